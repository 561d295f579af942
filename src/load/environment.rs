//! Environment variables that a selection uses, and no others.

use std::collections::HashMap;
use std::env;
use std::path::Path;

use super::home;
use crate::model::complaint::{At, Complaint};
use crate::model::project::Environment;
use crate::model::secret::Secret;

/// Reads these variables, each with what needs it. The process's own environment wins over the file.
pub fn environment(names: &[(Box<str>, Box<str>)], env_file: Option<&Path>) -> Result<Environment, Vec<Complaint>> {
    let from_file = env_file.map_or_else(|| Ok(HashMap::new()), from_file).map_err(|complaint| vec![complaint])?;
    let mut environment = Environment::new();
    let mut complaints = Vec::new();
    for (name, needed_by) in names {
        match value(name, &from_file) {
            Ok(value) => {
                environment.insert(name.to_string(), Secret::new(value));
            }
            Err(why) => complaints.push(missing(name, needed_by, why, env_file)),
        }
    }
    if complaints.is_empty() { Ok(environment) } else { Err(complaints) }
}

fn value(name: &str, from_file: &HashMap<String, String>) -> Result<String, &'static str> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err("cannot be the name of a variable");
    }
    let value = match env::var(name) {
        Ok(value) => value,
        Err(env::VarError::NotUnicode(_)) => return Err("is not UTF-8"),
        Err(env::VarError::NotPresent) => from_file.get(name).cloned().ok_or("is not set")?,
    };
    if value.is_empty() { Err("is set to nothing") } else { Ok(value) }
}

fn missing(name: &str, needed_by: &str, why: &str, env_file: Option<&Path>) -> Complaint {
    let text = format!("the environment variable `{name}` {why}; {needed_by} needs it");
    let complaint = Complaint::error("", At::File, text);
    match env_file {
        Some(file) => complaint.help(format!("set it, or write it into `{}`", file.display())),
        None => complaint.help("set it, or name a file that has it with `--env-file`"),
    }
}

/// The first definition of each name counts. Values are never part of a complaint.
fn from_file(path: &Path) -> Result<HashMap<String, String>, Complaint> {
    let shown = path.to_string_lossy();
    let wrong = |at, text: String| Complaint::error(&shown, at, text);
    let bytes = home::read(path).map_err(|error| wrong(At::File, home::reason(&shown, &error)))?;
    let mut found = HashMap::new();
    for (index, line) in dotenvy::from_read_iter(bytes.as_slice()).enumerate() {
        let (name, value) = line.map_err(|_| {
            wrong(At::File, format!("entry {} of the env file is not `NAME=value`", index + 1))
                .help("put a value with spaces or `#` in single quotes")
        })?;
        found.entry(name).or_insert(value);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn named(name: &str) -> (Box<str>, Box<str>) {
        (name.into(), "credential `owner` of target `staging`".into())
    }

    #[test]
    fn only_the_variables_asked_for_are_read() {
        let file = file("# a comment\nTL_TEST_A='one two'\nTL_TEST_B=x\n");
        let read = environment(&[named("TL_TEST_A")], Some(file.path())).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["TL_TEST_A"]);
        assert_eq!(read["TL_TEST_A"].reveal(), "one two");
        assert!(std::env::var_os("TL_TEST_A").is_none());
    }

    #[test]
    fn the_process_wins_over_the_file() {
        let file = file("PATH=from-the-file\n");
        let read = environment(&[named("PATH")], Some(file.path())).unwrap();
        assert_eq!(Some(read["PATH"].reveal()), std::env::var("PATH").ok().as_deref());
    }

    #[test]
    fn unset_and_empty_variables_are_named_with_what_needs_them() {
        let file = file("TL_TEST_EMPTY=\n");
        let said = environment(&[named("TL_TEST_UNSET"), named("TL_TEST_EMPTY")], Some(file.path())).unwrap_err();
        let said: Vec<&str> = said.iter().map(|c| c.text.as_str()).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        the environment variable `TL_TEST_UNSET` is not set; credential `owner` of target `staging` needs it
        the environment variable `TL_TEST_EMPTY` is set to nothing; credential `owner` of target `staging` needs it
        ");
    }

    #[test]
    fn a_broken_env_file_does_not_tell_its_values() {
        let file = file("A=b\nTL_TEST=\"hunter2 hunter2\n");
        let said = environment(&[named("TL_TEST")], Some(file.path())).unwrap_err();
        assert!(said[0].text.contains("entry 2"), "{}", said[0]);
        assert!(!said[0].to_string().contains("hunter2"));
        assert!(environment(&[], Some(Path::new("no/such/file"))).is_err());
    }
}
