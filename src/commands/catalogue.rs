//! `trueline catalogue show|import|diff`: documentation pages of all kinds.

use std::path::{Path, PathBuf};

use super::console::Console;
use crate::cli::{
    CatalogueArgs, CatalogueCommand, CatalogueDiffArgs, CatalogueImportArgs, CatalogueShowArgs, FailOn, GeneralArgs,
    PageFormat, ReadingArgs,
};
use crate::emit::files;
use crate::load::pages::{self, PageKind, ReadPage};
use crate::load::{self, Home};
use crate::model::catalogue::{Catalogue, CodeId};
use crate::model::complaint::{At, Complaint, Weight};
use crate::model::exit::Exit;
use crate::plan::codes_like;
use crate::record::catalogue_diff::diff;
use crate::render::{catalogue, catalogue_diff};

pub fn run(console: &Console, general: &GeneralArgs, args: &CatalogueArgs) -> Result<Exit, Exit> {
    match &args.command {
        CatalogueCommand::Show(args) => show(console, general, args),
        CatalogueCommand::Import(args) => import(console, args),
        CatalogueCommand::Diff(args) => compare(console, args),
    }
}

fn show(console: &Console, general: &GeneralArgs, args: &CatalogueShowArgs) -> Result<Exit, Exit> {
    let all = shown_catalogue(console, general, args)?;
    let is_like = codes_like(&args.code).map_err(|complaints| console.refuse(None, &complaints))?;
    let sections: Vec<String> = args.section.iter().map(|text| text.to_lowercase()).collect();
    let in_section = |heading: &str| {
        let heading = heading.to_lowercase();
        sections.is_empty() || sections.iter().any(|text| heading.contains(text))
    };
    let taken: Vec<CodeId> = all
        .entries()
        .filter(|(_, entry)| in_section(all.section_of(entry)))
        .filter(|(_, entry)| {
            args.status.is_empty() || args.status.iter().any(|status| catalogue::has_status(entry, *status))
        })
        .filter(|(_, entry)| is_like(&entry.code))
        .map(|(id, _)| id)
        .collect();
    match (args.json, args.count) {
        (true, true) => print_json(console, &catalogue::counts_json(&all, &taken)),
        (true, false) => print_json(console, &catalogue::json(&all, &taken)),
        (false, true) => console.print(&catalogue::counts(&all, &taken, console.style())),
        (false, false) => console.print(&catalogue::text(&all, &taken, console.style())),
    }
    if taken.is_empty() {
        console.say(&format!("no code of {} is like that", all.page));
        return Ok(Exit::NothingJudged);
    }
    Ok(Exit::Conforms)
}

/// The page that was named, or the project's; only that is read.
fn shown_catalogue(console: &Console, general: &GeneralArgs, args: &CatalogueShowArgs) -> Result<Catalogue, Exit> {
    if let Some(page) = &args.page {
        let reading = ReadingArgs { code_at: None, allow_refused: false };
        return Ok(read(console, page, None, &reading)?.page.catalogue);
    }
    let home =
        load::find(&here(), general.config.as_deref()).map_err(|complaint| console.refuse(None, &[complaint]))?;
    let (catalogue, notices) =
        load::catalogue_of(&home).map_err(|complaints| console.refuse(Some(&home), &complaints))?;
    console.notices(&home, &notices);
    Ok(catalogue)
}

fn import(console: &Console, args: &CatalogueImportArgs) -> Result<Exit, Exit> {
    let to_stdout = args.output == Path::new("-");
    let shown = args.output.to_string_lossy().replace('\\', "/");
    if !to_stdout && !args.force && args.output.is_file() {
        let complaint = Complaint::error("", At::File, format!("`{shown}` is there already, and was left as it is"))
            .help("--force overwrites it, and --output names another file");
        return Err(console.refuse(None, &[complaint]));
    }
    let read = read(console, &args.page, args.kind, &args.reading)?;
    let text = catalogue::page(&read.page.catalogue);
    if to_stdout {
        console.print(&text);
    } else {
        files::write(&args.output, |out| out.write_all(text.as_bytes()))
            .map_err(|unwritten| console.refuse(None, &[Complaint::error("", At::File, unwritten.to_string())]))?;
        console.say(&format!("wrote {shown}"));
    }
    Ok(read.exit)
}

fn compare(console: &Console, args: &CatalogueDiffArgs) -> Result<Exit, Exit> {
    if args.old == Path::new("-") && args.new == Path::new("-") {
        let complaint = Complaint::error("", At::File, "only one of the two pages can be standard input");
        return Err(console.refuse(None, &[complaint]));
    }
    let old = read(console, &args.old, args.old_kind, &args.reading)?;
    let new = read(console, &args.new, args.new_kind, &args.reading)?;
    let diff = diff(&old.page.catalogue, &new.page.catalogue);
    if args.json {
        print_json(console, &serde_json::to_value(&diff).unwrap_or_default());
    } else if args.markdown {
        console.print(&catalogue_diff::markdown(&diff));
    } else {
        console.print(&catalogue_diff::text(&diff, console.style()));
    }
    let missed = match args.fail_on {
        None => false,
        Some(FailOn::Breaking) => diff.breaking > 0,
        Some(FailOn::Any) => !diff.changes.is_empty(),
    };
    if missed {
        console.say(&format!("the documentation changed: {}", catalogue_diff::summary(&diff)));
    }
    let gate = if missed { Exit::GateMissed } else { Exit::Conforms };
    Ok([old.exit, new.exit, gate].into_iter().min().unwrap_or(gate))
}

/// A page that has codes, and how the command ends for what was refused in it.
struct Taken {
    page: ReadPage,
    exit: Exit,
}

/// Reads a page, and says what was taken, what was refused, and why.
fn read(console: &Console, path: &Path, kind: Option<PageFormat>, args: &ReadingArgs) -> Result<Taken, Exit> {
    let (name, text) = pages::text(path).map_err(|complaint| console.refuse(Some(&beside()), &[complaint]))?;
    let page = pages::read(&name, &text, kind.map(page_kind), args.code_at.as_deref());
    tell(console, path, &page);
    let refused = page.refused();
    if page.catalogue.is_empty() {
        return Err(Exit::BadInput);
    }
    if !console.is_quiet() || refused > 0 {
        console.say(&took(&name, &page, refused));
    }
    let exit = if refused > 0 && !args.allow_refused { Exit::BadInput } else { Exit::Conforms };
    Ok(Taken { page, exit })
}

/// `docs/errors.html, read as HTML: 284 codes, 297 pairs in 14 sections; 2 mistakes refused`
fn took(name: &str, page: &ReadPage, refused: usize) -> String {
    let codes: Vec<CodeId> = page.catalogue.entries().map(|(id, _)| id).collect();
    let mut sections: Vec<u32> = page.catalogue.entries().map(|(_, entry)| entry.section).collect();
    sections.dedup();
    let sections = match sections.len() {
        1 => "1 section".to_owned(),
        several => format!("{several} sections"),
    };
    let refused = match refused {
        0 => String::new(),
        1 => "; 1 mistake refused".to_owned(),
        several => format!("; {several} mistakes refused"),
    };
    format!(
        "{name}, read as {}: {} in {sections}{refused}",
        page.kind.name(),
        catalogue::total(&page.catalogue, &codes)
    )
}

/// Shows what was refused and what is doubtful, with its line.
fn tell(console: &Console, path: &Path, page: &ReadPage) {
    let mut said: Vec<Complaint> =
        page.complaints.iter().filter(|c| c.weight == Weight::Error || !console.is_quiet()).cloned().collect();
    if path == Path::new("-") {
        // What came through a pipe cannot be shown again, only counted.
        for complaint in &mut said {
            if let At::Line(line) = complaint.at {
                complaint.text = format!("line {line}: {}", complaint.text);
            }
        }
    }
    if !said.is_empty() {
        console.refuse(Some(&beside()), &said);
    }
}

/// The working directory, as the place that paths of pages start from.
fn beside() -> Home {
    Home::Folder { root: here(), config: PathBuf::new() }
}

fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

fn page_kind(format: PageFormat) -> PageKind {
    match format {
        PageFormat::Markdown => PageKind::Markdown,
        PageFormat::Html => PageKind::Html,
        PageFormat::Text => PageKind::Text,
        PageFormat::Openapi => PageKind::OpenApi,
    }
}

fn print_json(console: &Console, value: &serde_json::Value) {
    console.print(&format!("{}\n", serde_json::to_string_pretty(value).unwrap_or_default()));
}
