//! Files that bodies name: whether they are there. What those in a folder hold is read when it is sent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};

use super::embedded;
use super::home::{Home, reason};
use crate::model::inputs::BodyFile;
use crate::model::project::Project;
use crate::model::scenario::{SourceFile, StepSpec};

/// Every file that a body names, or why it cannot be sent.
pub fn facts(home: &Home, project: &Project, files: &[SourceFile]) -> BTreeMap<Box<str>, Result<BodyFile, String>> {
    let logins = project.targets.iter().flat_map(|target| target.credentials.iter().flat_map(|(_, c)| &c.login));
    let mut facts = BTreeMap::new();
    for path in files.iter().flat_map(steps).chain(logins).flat_map(named) {
        if !facts.contains_key(path) {
            facts.insert(path.into(), found(home, path));
        }
    }
    facts
}

fn steps(file: &SourceFile) -> impl Iterator<Item = &StepSpec> {
    let fixtures = file.content.fixtures.iter().flat_map(|(_, fixture)| fixture.steps.iter().chain(&fixture.finally));
    let scenarios = file.content.scenarios.iter();
    fixtures.chain(scenarios.flat_map(|s| s.given.iter().chain([&*s.when]).chain(&s.finally)))
}

fn named(step: &StepSpec) -> impl Iterator<Item = &str> {
    let parts = step.multipart.iter().flatten().filter_map(|part| part.file.as_deref());
    step.file.as_deref().into_iter().chain(parts)
}

fn found(home: &Home, path: &str) -> Result<BodyFile, String> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.is_empty() || !Path::new(path).components().all(plain) {
        return Err(format!(
            "`{path}` does not stay inside the project; write a path relative to its root, without `..`"
        ));
    }
    match home {
        Home::Embedded => match embedded::file(path.trim_start_matches("./")) {
            Some(content) => Ok(BodyFile::Embedded(content)),
            None => Err(format!("the project in the binary has no file `{path}`")),
        },
        Home::Folder { root, .. } => in_folder(root, path),
    }
}

fn in_folder(root: &Path, path: &str) -> Result<BodyFile, String> {
    let said = |error| reason(path, &error);
    let real = fs::canonicalize(root.join(path)).map_err(said)?;
    let root = fs::canonicalize(root).map_err(said)?;
    if !real.starts_with(root) {
        return Err(format!("`{path}` leads out of the project through a link"));
    }
    let known = fs::metadata(&real).map_err(said)?;
    if known.is_file() { Ok(BodyFile::Folder) } else { Err(format!("`{path}` is not a file")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_from_inside_the_project_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("body.bin"), b"12345").unwrap();
        fs::write(folder.path().join("outside"), b"x").unwrap();
        let home = Home::Folder { config: root.join("trueline.toml"), root: root.clone() };
        assert_eq!(found(&home, "body.bin"), Ok(BodyFile::Folder));
        assert_eq!(found(&home, "./body.bin"), Ok(BodyFile::Folder));
        for path in ["../outside", "/etc/passwd", "", "a/../../outside"] {
            assert!(found(&home, path).unwrap_err().contains("does not stay inside the project"), "{path}");
        }
        assert_eq!(found(&home, "none"), Err("there is no file `none`".to_owned()));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("outside"), root.join("link")).unwrap();
            assert!(found(&home, "link").unwrap_err().contains("through a link"));
        }
    }

    #[test]
    fn a_body_of_the_project_in_the_binary_comes_from_there() {
        let content = embedded::file("catalogue.md").unwrap();
        assert_eq!(found(&Home::Embedded, "./catalogue.md"), Ok(BodyFile::Embedded(content)));
        assert!(found(&Home::Embedded, "Cargo.toml").unwrap_err().contains("has no file"));
    }
}
