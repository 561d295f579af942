//! Scenario files: which there are, and their texts to what they say.

#[cfg(test)]
mod properties;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use walkdir::WalkDir;

use super::check::{self, Language};
use super::home::Home;
use super::{embedded, left_out, path_of, schema, tree, yaml};
use crate::model::complaint::{At, Complaint};
use crate::model::scenario::{ScenarioFile, SourceFile};

/// Folders deeper than this are not searched, and no more files than this are read.
const DEEPEST: usize = 16;
const MOST_FILES: usize = 100_000;

/// Reads every scenario file of a folder, in the order of their paths; parts with mistakes are left out.
pub fn read(home: &Home, folder: &str, complaints: &mut Vec<Complaint>) -> Vec<SourceFile> {
    let paths = match paths(home, folder) {
        Ok(paths) => paths,
        Err(complaint) => {
            complaints.push(complaint);
            return Vec::new();
        }
    };
    let mut files = Vec::with_capacity(paths.len());
    for outcome in side_by_side(&paths, |path| file(home, path)) {
        match outcome {
            Ok(file) => files.push(file),
            Err(broken) => {
                let Broken { said, rest } = *broken;
                complaints.extend(said);
                files.push(rest);
            }
        }
    }
    files
}

/// A file with mistakes.
#[derive(Debug)]
pub struct Broken {
    pub said: Vec<Complaint>,
    /// What is sound of it.
    pub rest: SourceFile,
}

type Outcome = Result<SourceFile, Box<Broken>>;

/// Reads files on all cores. The order of the outcomes is that of the paths.
fn side_by_side(paths: &[Box<str>], read: impl Fn(&str) -> Outcome + Sync) -> Vec<Outcome> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8).min(paths.len());
    if workers < 2 {
        return paths.iter().map(|path| read(path)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(paths.len()));
    let work = || {
        while let Some((index, path)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, paths.get(i)?)))
        {
            let outcome = read(path);
            done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, outcome));
        }
    };
    std::thread::scope(|scope| {
        (1..workers).for_each(|_| {
            scope.spawn(work);
        });
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn file(home: &Home, path: &str) -> Outcome {
    match home.text(path) {
        Ok(text) => parse(path, &text),
        Err(complaint) => Err(broken(complaint, "")),
    }
}

/// One file: the quick pass, the careful one if that fails, and the thorough one for what is wrong.
pub fn parse(path: &str, text: &str) -> Outcome {
    if let Some(complaint) = yaml::too_deep(path, text) {
        return Err(broken(complaint, text));
    }
    match yaml::quick(text).map_or_else(|| yaml::read::<ScenarioFile>(text), Ok) {
        Ok(content) if is_nothing(&content) => Err(broken(nothing(path, text), text)),
        Ok(mut content) => {
            // There may be many of them, and a list that grew has up to twice the room that it needs.
            content.scenarios.shrink_to_fit();
            Ok(SourceFile { path: path.into(), content })
        }
        Err(error) => Err(mistakes(path, text, &error)),
    }
}

fn broken(complaint: Complaint, text: &str) -> Box<Broken> {
    Box::new(Broken { rest: left_out::whole(&complaint.file, text), said: vec![complaint] })
}

fn is_nothing(content: &ScenarioFile) -> bool {
    content.area.is_none() && content.fixtures.is_empty() && content.scenarios.is_empty()
}

fn nothing(path: &str, text: &str) -> Complaint {
    let said = if text.trim().is_empty() { "the file is empty" } else { "the file says nothing" };
    Complaint::error(path, At::File, said).help("a scenario file has an `area` and `scenarios`, or only `fixtures`")
}

fn mistakes(path: &str, text: &str, error: &serde_saphyr::Error) -> Box<Broken> {
    let tree = match tree::read_yaml(text) {
        Ok(tree) => tree,
        Err(error) => return broken(yaml::complaint(path, text, &error), text),
    };
    let said = check::check(path, &tree, &schema::SCENARIO, Language::Yaml);
    if said.is_empty() {
        return broken(yaml::complaint(path, text, error), text);
    }
    // With so many mistakes more may be untold, and nothing of the file can be trusted to be sound.
    let rest = if said.len() < check::MOST { left_out::rest(path, &tree, &said) } else { left_out::whole(path, text) };
    Box::new(Broken { rest, said })
}

fn paths(home: &Home, folder: &str) -> Result<Vec<Box<str>>, Complaint> {
    match home {
        Home::Embedded => {
            let inside = |path: &&str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            Ok(embedded::paths().filter(inside).filter(|path| is_yaml(Path::new(path))).map(Box::from).collect())
        }
        Home::Folder { root, .. } => {
            let wrong = |text: String| Complaint::error(&home.config_name(), At::Value(path_of(&["scenarios"])), text);
            if !root.join(folder).exists() {
                return Err(wrong(format!("there is no folder `{folder}`")));
            }
            walk(root, folder).map_err(wrong)
        }
    }
}

fn walk(root: &Path, folder: &str) -> Result<Vec<Box<str>>, String> {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let start = root.join(folder);
    let mut paths: Vec<Box<str>> = Vec::new();
    let entries = WalkDir::new(&start).follow_links(true).max_depth(DEEPEST).sort_by_file_name();
    for entry in entries.into_iter().filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        let entry = match entry {
            Ok(entry) => entry,
            // A link that leads back above itself leads to nothing new.
            Err(error) if error.loop_ancestor().is_some() => continue,
            Err(error) => return Err(format!("`{folder}` cannot be read: {error}")),
        };
        if entry.file_type().is_file() && is_yaml(entry.path()) {
            paths.push(shown(root, entry.path()));
        }
        if paths.len() > MOST_FILES {
            return Err(format!("`{folder}` holds more than {MOST_FILES} scenario files"));
        }
    }
    paths.sort();
    Ok(paths)
}

pub(super) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// A path relative to the root, with forward slashes.
fn shown(root: &Path, path: &Path) -> Box<str> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").into()
}
