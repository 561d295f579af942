//! Which scenarios a selection takes.

use globset::{GlobBuilder, GlobMatcher};

use super::names::World;
use super::nothing::tagged;
use super::scenarios::Draft;
use crate::model::complaint::{At, Complaint};
use crate::model::scenario::{ScenarioSpec, SourceFile};

/// A selection, made ready.
pub(super) struct Selector<'i> {
    world: &'i World<'i>,
    paths: Vec<Taken<'i>>,
    codes: Vec<GlobMatcher>,
    names: Vec<String>,
}

/// What a path takes.
enum Taken<'i> {
    /// A file or a folder, by path; the empty one is everything.
    Below(String),
    Scenario(&'i ScenarioSpec),
}

impl<'i> Selector<'i> {
    /// Complains about paths that name nothing and globs that are none.
    pub fn new(world: &'i World<'i>, complaints: &mut Vec<Complaint>) -> Self {
        let asked = &world.asked.selection;
        let mut paths = Vec::with_capacity(asked.paths.len());
        let mut codes = Vec::with_capacity(asked.codes.len());
        for path in &asked.paths {
            match taken(&world.inputs.files, path) {
                Ok(taken) => paths.push(taken),
                Err(complaint) => complaints.push(complaint),
            }
        }
        for glob in &asked.codes {
            match pattern(glob) {
                Ok(built) => codes.push(built),
                Err(complaint) => complaints.push(complaint),
            }
        }
        complaints
            .extend(asked.codes.iter().zip(&codes).filter_map(|(glob, matcher)| unheard_of(world, glob, matcher)));
        let names = asked.names.iter().map(|name| name.to_lowercase()).collect();
        Selector { world, paths, codes, names }
    }

    pub fn takes(&self, draft: &Draft<'_>) -> bool {
        let asked = &self.world.asked.selection;
        (asked.files.is_empty() || asked.files.iter().any(|path| **path == *self.file(draft).path))
            && (self.paths.is_empty() || self.in_paths(draft))
            && (self.codes.is_empty() || self.in_codes(draft))
            && (asked.statuses.is_empty() || self.in_statuses(draft))
            && (asked.tags.is_empty() || tagged(draft, &asked.tags))
            && !tagged(draft, &asked.exclude_tags)
            && (self.names.is_empty() || self.in_names(draft))
            && self.in_only(draft)
    }

    fn file(&self, draft: &Draft<'_>) -> &SourceFile {
        &self.world.inputs.files[draft.file]
    }

    pub(super) fn in_paths(&self, draft: &Draft<'_>) -> bool {
        let path = &self.file(draft).path;
        self.paths.iter().any(|taken| match taken {
            Taken::Below(below) => is_below(path, below),
            Taken::Scenario(spec) => std::ptr::eq(*spec, draft.spec),
        })
    }

    pub(super) fn in_codes(&self, draft: &Draft<'_>) -> bool {
        let Some(code) = draft.expect.code else { return false };
        let code = &*self.world.inputs.catalogue.entry(code).code;
        self.codes.iter().any(|glob| glob.is_match(code))
    }

    pub(super) fn in_statuses(&self, draft: &Draft<'_>) -> bool {
        let wanted = &self.world.asked.selection.statuses;
        match (draft.expect.pinned, draft.expect.code) {
            (Some(pinned), _) => wanted.iter().any(|status| pinned.covers(*status)),
            (None, Some(code)) => {
                let documented = &self.world.inputs.catalogue.entry(code).statuses;
                wanted.iter().any(|status| documented.iter().any(|d| d.status.covers(*status)))
            }
            (None, None) => false,
        }
    }

    /// `area/name`
    fn id(&self, draft: &Draft<'_>) -> String {
        format!("{}/{}", self.file(draft).content.area.as_deref().unwrap_or_default(), draft.name)
    }

    pub(super) fn in_only(&self, draft: &Draft<'_>) -> bool {
        self.world.asked.selection.only.as_ref().is_none_or(|only| only.contains(&self.id(draft)))
    }

    pub(super) fn in_names(&self, draft: &Draft<'_>) -> bool {
        let id = self.id(draft).to_lowercase();
        self.names.iter().any(|name| id.contains(name))
    }
}

/// Whether a code is like one of these globs; without any, every code is.
pub fn codes_like(globs: &[String]) -> Result<impl Fn(&str) -> bool + use<>, Vec<Complaint>> {
    let (mut built, mut complaints) = (Vec::with_capacity(globs.len()), Vec::new());
    for glob in globs {
        match pattern(glob) {
            Ok(pattern) => built.push(pattern),
            Err(complaint) => complaints.push(complaint),
        }
    }
    if !complaints.is_empty() {
        return Err(complaints);
    }
    Ok(move |code: &str| built.is_empty() || built.iter().any(|pattern| pattern.is_match(code)))
}

fn pattern(glob: &str) -> Result<GlobMatcher, Complaint> {
    GlobBuilder::new(glob).build().map(|built| built.compile_matcher()).map_err(|error| {
        let text = format!("`{glob}` is not a pattern for codes: {}", error.kind());
        Complaint::error("", At::File, text).help("write it like `AUTH_*`")
    })
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn taken<'i>(files: &'i [SourceFile], written: &str) -> Result<Taken<'i>, Complaint> {
    let mut path = written.trim_end_matches('/');
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    let path = if path == "." { "" } else { path };
    if files.iter().any(|file| is_below(&file.path, path)) {
        return Ok(Taken::Below(path.to_owned()));
    }
    if let Some((file, line)) = with_line(files, path) {
        let before = file.content.scenarios.iter().filter(|spec| spec.name.line > 0 && spec.name.line <= line);
        return before.max_by_key(|spec| spec.name.line).map(Taken::Scenario).ok_or_else(|| {
            let first = file.content.scenarios.iter().map(|spec| spec.name.line).min();
            let complaint =
                Complaint::error("", At::File, format!("no scenario begins at or above line {line} of {}", file.path));
            match first {
                Some(first) => complaint.help(format!("the first one is at `{}:{first}`", file.path)),
                None => complaint,
            }
        });
    }
    let help = "name a file or a folder of scenarios, or `file.yaml:LINE` for one of them";
    let complaint = Complaint::error("", At::File, format!("no scenario file is at `{written}`")).help(help);
    let ending = files
        .iter()
        .find(|file| file.path.ends_with(&format!("/{path}")) || file.path.ends_with(&format!("/{path}.yaml")));
    Err(match ending {
        Some(file) => complaint.help(format!("did you mean `{}`?", file.path)),
        None => complaint.did_you_mean(path, files.iter().map(|file| &*file.path)),
    })
}

/// The file and line of `file.yaml:19`, or of `file.yaml:19:3` as findings have it.
fn with_line<'i>(files: &'i [SourceFile], path: &str) -> Option<(&'i SourceFile, u32)> {
    let number = |path: &'_ str| -> Option<(String, u32)> {
        let (path, number) = path.rsplit_once(':')?;
        Some((path.to_owned(), number.parse().ok()?))
    };
    let (path, line) = number(path)?;
    let (path, line) = number(&path).unwrap_or((path, line));
    files.iter().find(|file| *file.path == path).map(|file| (file, line))
}

fn unheard_of(world: &World<'_>, glob: &str, matcher: &GlobMatcher) -> Option<Complaint> {
    let codes = || world.inputs.catalogue.entries().map(|(_, entry)| &*entry.code);
    if codes().any(|code| matcher.is_match(code)) {
        return None;
    }
    let text = format!("no code of {} is like `{glob}`", world.inputs.catalogue.page);
    let help = "patterns tell upper case from lower case";
    Some(Complaint::notice("", At::File, text).help(help).did_you_mean(glob, codes()))
}
