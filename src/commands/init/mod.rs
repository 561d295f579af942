//! `trueline init`: writes a small project that runs at once.

use std::path::{Component, Path, PathBuf};

use super::console::Console;
use crate::cli::InitArgs;
use crate::emit::files;
use crate::load;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;

/// A file of the new project: its path, what it is, and its text where that is fixed.
struct Part {
    path: &'static str,
    is: &'static str,
    text: Option<&'static str>,
}

const PARTS: [Part; 6] = [
    Part {
        path: load::FILE,
        is: "what is tested against what: the reference inside trueline, until you name your own",
        text: Some(include_str!("project/trueline.toml")),
    },
    Part {
        path: "catalogue.md",
        is: "the documentation page: the codes that are promised",
        text: Some(include_str!("project/catalogue.md")),
    },
    Part {
        path: "schemas/error-envelope.json",
        is: "the shape of every error answer",
        text: Some(include_str!("../../../schemas/error-envelope.json")),
    },
    Part {
        path: "schemas/scenario.json",
        is: "what a scenario file may hold, for your editor",
        text: None, // generated from the types
    },
    Part {
        path: FIRST,
        is: "three scenarios, one of them red on purpose",
        text: Some(include_str!("project/scenarios/first.yaml")),
    },
    Part {
        path: ".gitignore",
        is: "keeps reports out of the repository",
        text: Some(include_str!("project/gitignore")),
    },
];

const FIRST: &str = "scenarios/first.yaml";

pub fn run(console: &Console, args: &InitArgs) -> Result<Exit, Exit> {
    let folder = as_shown(&args.folder);
    let new: Vec<(PathBuf, String)> = PARTS.iter().map(|part| (folder.join(part.path), text(part))).collect();
    let in_the_way = in_the_way(&new);
    if !in_the_way.is_empty() {
        return Err(console.refuse(None, &in_the_way));
    }
    files::create(&new).map_err(|error| console.refuse(None, &[Complaint::error("", At::File, error.to_string())]))?;
    if !console.is_quiet() {
        console.print(&told(&folder));
    }
    Ok(Exit::Conforms)
}

fn text(part: &Part) -> String {
    let generated = || format!("{:#}\n", load::scenario_schema());
    part.text.map_or_else(generated, str::to_owned)
}

/// The path without `.`, as people name it.
fn as_shown(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// What is there and would have to go.
fn in_the_way(new: &[(PathBuf, String)]) -> Vec<Complaint> {
    let (mut no_folders, mut there) = (Vec::new(), Vec::new());
    for (path, _) in new {
        // The nearest thing above that exists; a link to nothing is in the way as well.
        let above = path.ancestors().skip(1).find(|folder| folder.symlink_metadata().is_ok());
        if let Some(thing) = above.filter(|thing| !thing.is_dir()) {
            no_folders.push(format!("`{}` is no folder", shown(thing)));
        } else if path.symlink_metadata().is_ok() {
            there.push(format!("`{}`", shown(path)));
        }
    }
    no_folders.dedup();
    let mut said = no_folders;
    match &there[..] {
        [] => {}
        [file] => said.push(format!("{file} is there already")),
        files => said.push(format!("these files are there already: {}", files.join(", "))),
    }
    let help = "nothing was written; name a folder for the project, such as `trueline init my-api`";
    said.into_iter().map(|text| Complaint::error("", At::File, text).help(help)).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn told(folder: &Path) -> String {
    let paths: Vec<String> = PARTS.iter().map(|part| shown(&folder.join(part.path))).collect();
    let width = paths.iter().map(|path| path.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (index, (path, part)) in paths.iter().zip(&PARTS).enumerate() {
        let label = if index == 0 { "wrote" } else { "" };
        out.push_str(&format!("{label:<7}{path:<width$}  {}\n", part.is));
    }
    let go = if folder.as_os_str().is_empty() { String::new() } else { format!("cd {} && ", for_a_shell(folder)) };
    out.push_str(&format!("\nnext   {go}trueline run\n"));
    let first = shown(&folder.join(FIRST));
    out + &format!("       One scenario will be red; {first} says why, and what to change.\n")
}

/// A folder as a shell takes it.
fn for_a_shell(folder: &Path) -> String {
    let mut text = folder.to_string_lossy().into_owned();
    if text.starts_with('-') {
        text.insert_str(0, "./");
    }
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,=".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_written_as_a_shell_takes_it() {
        for (folder, due) in
            [("my-api", "my-api"), ("my api", "'my api'"), ("it's", "'it'\\''s'"), ("-x", "./-x"), ("a;b", "'a;b'")]
        {
            assert_eq!(for_a_shell(Path::new(folder)), due);
        }
    }

    #[test]
    fn where_one_stands_is_not_named() {
        assert_eq!(as_shown(Path::new(".")), Path::new(""));
        assert_eq!(as_shown(Path::new("./a/./b/")), Path::new("a/b"));
        assert_eq!(as_shown(Path::new("../b")), Path::new("../b"));
        assert!(told(Path::new("")).contains("next   trueline run\n"));
        assert!(told(Path::new("a b")).contains("next   cd 'a b' && trueline run\n"));
    }
}
