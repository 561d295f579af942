//! The project at the root of the repository, as it was when the binary was built.

/// Path and content, sorted by path.
static FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The content of an embedded file.
pub fn file(path: &str) -> Option<&'static [u8]> {
    FILES.binary_search_by_key(&path, |(name, _)| name).ok().map(|index| FILES[index].1)
}

/// Paths of all embedded files, in order.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_project_has_its_contract() {
        for path in ["trueline.toml", "catalogue.md", "schemas/error-envelope.json"] {
            assert!(file(path).is_some_and(|content| !content.is_empty()), "{path}");
        }
        assert_eq!(file("Cargo.toml"), None);
    }

    #[test]
    fn embedded_files_are_sorted() {
        assert!(paths().is_sorted());
    }
}
