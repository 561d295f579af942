//! All files: every scenario of them is put together, whatever is selected, so that no mistake waits for its day.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::library::Library;
use super::names::World;
use super::notes::{Crumb, Notes};
use super::scenarios::{Draft, unused_row_variables};
use super::scope::{Kind, Row, Scope};
use super::texts::Composer;
use crate::model::complaint::At;
use crate::model::scenario::{ScenarioSpec, SourceFile};

/// What the files come to.
#[derive(Debug)]
pub(super) struct Survey<'i> {
    /// In the order of files and of their text.
    pub drafts: Vec<Draft<'i>>,
    pub notes: Notes<'i>,
}

/// Reads all files.
pub(super) fn survey<'i>(world: &World<'i>) -> Survey<'i> {
    let files = &world.inputs.files;
    let shared = files.iter().find(|file| is_shared(world, file)).map_or("", |file| &file.path);
    let mut surveyor = Surveyor {
        world,
        notes: Notes::default(),
        patterns: HashSet::new(),
        drafts: Vec::with_capacity(count(files).min(ROOM)),
        size: 0,
        is_full: false,
    };
    surveyor.areas();
    let mut library = surveyor.library(shared);
    for (at, file) in files.iter().enumerate() {
        surveyor.file(at, file, &mut library);
    }
    library.unused(&mut surveyor.notes);
    super::locks::lonely(files, &mut surveyor.notes);
    Survey { drafts: surveyor.drafts, notes: surveyor.notes }
}

/// More scenarios than this are rare: room for them is made when they come.
const ROOM: usize = 200_000;

/// How many scenarios there are, a row counting as one.
fn count(files: &[SourceFile]) -> usize {
    files.iter().flat_map(|file| &file.content.scenarios).map(|spec| spec.each.len().max(1)).sum()
}

/// `scenarios/fixtures.yaml` serves all files and has no scenarios of its own.
fn is_shared(world: &World<'_>, file: &SourceFile) -> bool {
    let folder = world.inputs.project.scenarios.trim_end_matches('/');
    let name = file.path.strip_prefix(folder).unwrap_or(&file.path);
    matches!(name.trim_start_matches('/'), "fixtures.yaml" | "fixtures.yml")
}

/// Bytes of requests that a scenario may come to without being counted, and those that all others may come to.
const ORDINARY: usize = 4 << 10;
const LARGEST: usize = 32 << 20;

struct Surveyor<'a, 'i> {
    /// Bytes of requests so far, ordinary ones aside; and whether they are too many.
    size: usize,
    is_full: bool,
    world: &'a World<'i>,
    notes: Notes<'i>,
    patterns: HashSet<&'i str>,
    drafts: Vec<Draft<'i>>,
}

impl<'i> Surveyor<'_, 'i> {
    fn areas(&mut self) {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for file in &self.world.inputs.files {
            self.notes.open(&file.path);
            let shared = is_shared(self.world, file);
            match file.content.area.as_deref() {
                Some(area) if !shared => self.area(area, &file.path, &mut seen),
                None if !shared && !file.content.left_out.head => {
                    let help = format!("begin it with `area: {}`", area_of(&file.path));
                    self.notes.add(At::File, "the file names no `area`", help);
                }
                Some(_) => {
                    let help = "leave `area` out, or give the file another name";
                    self.notes.add(self.notes.key("area"), "this file serves all areas and has none itself", help);
                }
                None => {}
            }
            self.emptiness(file, shared);
        }
    }

    fn area(&mut self, area: &'i str, path: &'i str, seen: &mut HashMap<&'i str, &'i str>) {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if area.is_empty() || !area.chars().all(letters) {
            let text = format!("`{area}` cannot be an area: it has lower-case letters, digits and `-`");
            self.notes.add(self.notes.value("area"), text, format!("write `area: {}`", slug(area)));
        } else if let Some(first) = seen.insert(area, path) {
            let text = format!("the area `{area}` is also that of {first}");
            self.notes.add(self.notes.value("area"), text, "an area has one file; choose another name");
        }
    }

    fn emptiness(&mut self, file: &'i SourceFile, shared: bool) {
        let content = &file.content;
        if !content.left_out.is_nothing() {
            return;
        }
        if shared && !content.scenarios.is_empty() {
            let help = "move them to a file with an `area`";
            self.notes.add(
                self.notes.key("scenarios"),
                "this file holds fixtures for all files, and no scenarios",
                help,
            );
        } else if shared && content.fixtures.is_empty() {
            self.notes.add(At::File, "the file has no fixtures", "give it some, or delete it");
        } else if !shared && content.scenarios.is_empty() {
            let help = "add `scenarios:`; fixtures for all files stand in `fixtures.yaml`";
            self.notes.add(At::File, "the file has no scenarios", help);
        }
    }

    fn library(&mut self, shared: &'i str) -> Library<'i> {
        let mut library = Library::new(shared, &self.world.inputs.files);
        for file in &self.world.inputs.files {
            for (name, fixture) in file.content.fixtures.iter() {
                library.add(&file.path, name, fixture);
            }
        }
        self.hidden_fixtures(&library, shared);
        let (world, patterns) = (self.world, &mut self.patterns);
        library.assemble(&mut self.notes, &mut |library, notes, spec, file, name| {
            notes.open(file);
            Composer { world, notes, patterns, scope: Scope::new(Kind::Fixture, None) }.fixture(spec, name, library)
        });
        library
    }

    fn hidden_fixtures(&mut self, library: &Library<'i>, shared: &str) {
        for file in self.world.inputs.files.iter().filter(|file| &*file.path != shared) {
            for (name, _) in file.content.fixtures.iter().filter(|(name, _)| library.is_shared(name)) {
                self.notes.open(&file.path);
                self.notes.enter("fixtures");
                let text = format!("{shared} has a fixture `{name}` already");
                self.notes.add(self.notes.key(name), text, "choose another name, so that `use` means one thing");
            }
        }
    }

    fn file(&mut self, file: usize, source: &'i SourceFile, library: &mut Library<'i>) {
        let mut names: HashSet<Cow<'i, str>> = HashSet::with_capacity(source.content.scenarios.len());
        for (at, spec) in source.content.scenarios.iter().enumerate() {
            self.notes.open(&source.path);
            self.notes.enter("scenarios");
            self.notes.enter(source.content.place_of(at));
            let since = self.notes.list.len();
            self.attributes(spec);
            let first = self.drafts.len();
            self.rows(file, spec, library);
            self.notes.forget_repeats(since);
            for draft in &self.drafts[first..] {
                let written = spec.name.text.as_str();
                let name = if *draft.name == *written { written.into() } else { draft.name.to_string().into() };
                if !names.insert(name) {
                    let text = format!("there is a scenario `{}` in this file already", draft.name);
                    let help = if spec.each.is_empty() {
                        "choose another name: reports keep the history of a scenario by it"
                    } else {
                        "put a variable into the name that differs in every row"
                    };
                    self.notes.add(self.notes.value("name"), text, help);
                }
            }
        }
    }

    /// Said once: what comes after is not put together.
    fn too_large(&mut self, spec: &ScenarioSpec) {
        if !std::mem::replace(&mut self.is_full, true) {
            let key = if spec.each.is_empty() { "name" } else { "each" };
            let text = format!("rows and fixtures make more than {} MB of requests out of these files", LARGEST >> 20);
            self.notes.add(self.notes.value(key), text, "make fewer or shorter steps; send large bodies with `bytes`");
        }
    }

    fn rows(&mut self, file: usize, spec: &'i ScenarioSpec, library: &mut Library<'i>) {
        let mut used: HashSet<&'i str> = HashSet::new();
        if self.is_full {
            return;
        }
        let rows = spec.each.iter().enumerate().map(|(at, values)| Some(Row { at, values }));
        let alone = spec.each.is_empty().then_some(None);
        for row in rows.chain(alone) {
            let scope = Scope::new(Kind::Scenario, row);
            let composer = Composer { world: self.world, notes: &mut self.notes, patterns: &mut self.patterns, scope };
            let (draft, usage) = composer.scenario(file, spec, library);
            self.size += draft.as_ref().map_or(0, |draft| draft.work.text_size().saturating_sub(ORDINARY));
            if self.size > LARGEST {
                self.too_large(spec);
                return;
            }
            self.drafts.extend(draft);
            usage.fixtures.iter().for_each(|fixture| library.note_used(*fixture));
            library.note_use(&usage.slots);
            used.extend(usage.row);
        }
        self.each(spec, &used);
    }

    fn each(&mut self, spec: &'i ScenarioSpec, used: &HashSet<&'i str>) {
        self.notes.enter("each");
        for (at, name) in unused_row_variables(&spec.each, used) {
            self.notes.enter(at);
            self.notes.add(
                self.notes.key(name),
                format!("nothing uses the variable `{name}`"),
                "use it, or take it out",
            );
            self.notes.leave();
        }
        for (at, row) in spec.each.iter().enumerate() {
            for name in row.names().filter(|name| super::names::BUILT_IN.contains(name)) {
                self.notes.enter(at);
                let text = format!("`{name}` is built in and cannot mean something else");
                self.notes.add(self.notes.key(name), text, "choose another name");
                self.notes.leave();
            }
        }
        self.notes.leave();
    }

    /// What a scenario says beside its steps.
    fn attributes(&mut self, spec: &'i ScenarioSpec) {
        // `skip: true` and `skip: false` are words that YAML reads as texts here.
        if spec.skip.as_deref().is_some_and(|why| matches!(why.trim(), "" | "true" | "false")) {
            self.notes.add(self.notes.value("skip"), "a skip always has a reason", "write `skip: \"why\"`");
        }
        for (key, list) in [("tags", &spec.tags), ("requires", &spec.requires)] {
            for (at, _) in list.iter().enumerate().filter(|(_, word)| word.trim().is_empty()) {
                self.notes.enter(key);
                self.notes.add(self.notes.value(at), "this word is blank", "write one, or take it out");
                self.notes.leave();
            }
        }
        super::locks::sound(spec, &mut self.notes);
        self.known_to_targets(spec);
    }

    /// A capability or deployment that no target has is no mistake; a slip of the finger might be.
    fn known_to_targets(&mut self, spec: &'i ScenarioSpec) {
        let requires = spec.requires.iter().enumerate().map(|(at, name)| ("requires", Some(at), name.as_str()));
        let deployment = spec.deployment.iter().map(|name| ("deployment", None, &**name));
        for (key, at, name) in requires.chain(deployment) {
            let (known, what) = match key {
                "requires" => (&self.world.capabilities, "capability"),
                _ => (&self.world.deployments, "deployment"),
            };
            if known.contains(name) || name.trim().is_empty() {
                continue;
            }
            let place: Vec<Crumb<'i>> = [Crumb::Key(key)].into_iter().chain(at.map(Crumb::Index)).collect();
            place.iter().for_each(|crumb| self.notes.enter(*crumb));
            let help = format!("a target that has it lists it; until then the scenario is skipped ({what})");
            let complaint = crate::model::complaint::Complaint::notice(
                self.notes.file(),
                self.notes.here(),
                format!("no target has the {what} `{name}`"),
            );
            self.notes.push(complaint.help(help).did_you_mean(name, known.iter().copied()));
            place.iter().for_each(|_| self.notes.leave());
        }
    }
}

fn area_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    slug(name.split('.').next().unwrap_or(name))
}

/// The word made of what an area may have.
fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit())).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    if slug.is_empty() { "tickets".to_owned() } else { slug }
}
