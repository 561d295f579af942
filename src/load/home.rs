//! Where the project is, and the reading of its files.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::embedded;
use crate::model::complaint::{At, Complaint};

/// The file that makes a folder a project.
pub const FILE: &str = "trueline.toml";

/// The word that `--config` takes for the project in the binary.
pub const EMBEDDED: &str = "embedded";

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// A project: a folder, or the one embedded in the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    Folder { root: PathBuf, config: PathBuf },
    Embedded,
}

/// The project that `--config` names, or else the nearest one from this folder upwards.
pub fn find(start: &Path, config: Option<&Path>) -> Result<Home, Complaint> {
    match config {
        Some(word) if word == Path::new(EMBEDDED) => Ok(Home::Embedded),
        Some(path) => named(start, path),
        None => upwards(start),
    }
}

fn named(start: &Path, path: &Path) -> Result<Home, Complaint> {
    let mut config = start.join(path);
    if config.is_dir() {
        config.push(FILE);
    }
    if !config.is_file() {
        let text = format!("there is no file `{}`", config.display());
        return Err(Complaint::error("", At::File, text)
            .help("`--config` takes the path of a `trueline.toml`, or `embedded` for the project in the binary"));
    }
    Ok(folder(config))
}

fn upwards(start: &Path) -> Result<Home, Complaint> {
    let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    let found = start.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file());
    found.map(folder).ok_or_else(|| {
        let text = format!("there is no `{FILE}` in `{}` or above it", start.display());
        Complaint::error("", At::File, text).help(
            "`trueline init` starts a project here; `--config embedded` runs the project in the binary, a simulation",
        )
    })
}

fn folder(config: PathBuf) -> Home {
    let root = config.parent().map(Path::to_owned).unwrap_or_default();
    Home::Folder { root, config }
}

impl Home {
    /// The name of the project file, as complaints show it.
    pub fn config_name(&self) -> Cow<'_, str> {
        match self {
            Home::Folder { config, .. } => config.file_name().map_or(FILE.into(), |name| name.to_string_lossy()),
            Home::Embedded => FILE.into(),
        }
    }

    /// The bytes of a file of the project, or in words why they cannot be had.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>, String> {
        match self {
            Home::Embedded => match embedded::file(path) {
                Some(content) => Ok(content.into()),
                None => Err(format!("the project in the binary has no file `{path}`")),
            },
            Home::Folder { root, .. } => {
                let place = root.join(path);
                // A pipe or a device may never come to an end, or hold up whoever opens it.
                if std::fs::metadata(&place).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
                    return Err(format!("`{path}` is a pipe or a device, not a file"));
                }
                read(&place).map(Cow::Owned).map_err(|e| reason(path, &e))
            }
        }
    }

    /// The text of a file of the project.
    pub fn text(&self, path: &str) -> Result<String, Complaint> {
        let bytes = self.bytes(path).map_err(|why| Complaint::error(path, At::File, why))?;
        text(path, bytes.into_owned())
    }
}

/// A file whole, if it is not too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let known = file.metadata()?;
    if known.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if known.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(known.len()).unwrap_or(0));
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Why a file cannot be read, in words.
pub fn reason(path: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{path}`"),
        io::ErrorKind::PermissionDenied => format!("`{path}` may not be read"),
        io::ErrorKind::IsADirectory => format!("`{path}` is a folder"),
        io::ErrorKind::FileTooLarge => format!("`{path}` is larger than {} MB", LARGEST >> 20),
        _ => format!("`{path}` cannot be read: {error}"),
    }
}

pub fn text(path: &str, bytes: Vec<u8>) -> Result<String, Complaint> {
    let wrong = |at, text: &str| Err(Complaint::error(path, at, text).help("save it as UTF-8 text"));
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return wrong(At::File, "the file is UTF-16");
    }
    if bytes.contains(&0) {
        return wrong(At::File, "the file is binary, not text: it holds a zero byte");
    }
    String::from_utf8(bytes).or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        wrong(At::Line(u32::try_from(line).unwrap_or(u32::MAX)), "this line is not UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_found_by_walking_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "").unwrap();
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        let home = find(&deep, None).unwrap();
        assert_eq!(home, Home::Folder { root: folder.path().into(), config: folder.path().join(FILE) });
    }

    #[test]
    fn without_a_project_two_ways_on_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let complaint = find(folder.path(), None).unwrap_err().to_string();
        assert!(complaint.contains("trueline init") && complaint.contains("--config embedded"), "{complaint}");
    }

    #[test]
    fn config_takes_a_file_a_folder_or_the_embedded_project() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("other.toml"), "").unwrap();
        assert_eq!(find(folder.path(), Some(Path::new("embedded"))), Ok(Home::Embedded));
        let named = find(folder.path(), Some(Path::new("other.toml"))).unwrap();
        assert_eq!(named.config_name(), "other.toml");
        assert!(find(folder.path(), Some(Path::new("missing.toml"))).is_err());
        std::fs::write(folder.path().join(FILE), "").unwrap();
        assert_eq!(find(folder.path(), Some(folder.path())).unwrap().config_name(), FILE);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let said = |bytes: &[u8]| text("a.yaml", bytes.to_vec()).map_err(|c| c.to_string());
        assert_eq!(said("ä".as_bytes()), Ok("ä".to_owned()));
        insta::assert_snapshot!(said(b"\xff\xfea\0").unwrap_err(), @"a.yaml: the file is UTF-16 (save it as UTF-8 text)");
        insta::assert_snapshot!(said(b"a\0").unwrap_err(), @"a.yaml: the file is binary, not text: it holds a zero byte (save it as UTF-8 text)");
        insta::assert_snapshot!(said(b"a\n\xe9").unwrap_err(), @"a.yaml: this line is not UTF-8 (save it as UTF-8 text)");
    }

    #[test]
    fn a_huge_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join("huge.yaml")).unwrap();
        file.set_len(LARGEST + 1).unwrap();
        let home = Home::Folder { root: folder.path().into(), config: folder.path().join(FILE) };
        insta::assert_snapshot!(home.bytes("huge.yaml").unwrap_err(), @"`huge.yaml` is larger than 64 MB");
    }
}
