//! Scenarios: every row of every one, checked and put together, for no target yet.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::expects::is_about_429;
use super::fixtures::{Assembled, DraftStep, Stated, unused_capture};
use super::library::Library;
use super::scope::{Slot, Wanted};
use super::steps::Place;
use super::texts::Composer;
use crate::model::plan::{Destination, Expect, Repeat, Step, Work};
use crate::model::scenario::{AsSpec, Effects, Ordered, ScenarioSpec};

/// A scenario, or one row of it: what is sent is known but for the values of a target.
#[derive(Debug)]
pub(super) struct Draft<'i> {
    /// Index of the file in the inputs.
    pub file: usize,
    pub spec: &'i ScenarioSpec,
    pub name: Box<str>,
    pub expect: Expect,
    pub effects: Effects,
    /// Values and credentials are indexes into the two lists below.
    pub work: Box<Work>,
    pub wanted: Box<[(Wanted<'i>, bool)]>,
    pub credentials: Box<[&'i str]>,
    /// Whether a step goes to the control service.
    pub control: bool,
}

/// What putting a scenario together has shown about others.
#[derive(Debug, Default)]
pub(super) struct Usage<'i> {
    pub fixtures: Vec<usize>,
    pub slots: Vec<Slot<'i>>,
    pub row: Vec<&'i str>,
}

impl<'i> Composer<'_, 'i> {
    /// Puts one scenario together, with the row that the scope has; the notes stand at the scenario.
    pub fn scenario(
        mut self,
        file: usize,
        spec: &'i ScenarioSpec,
        library: &Library<'i>,
    ) -> (Option<Draft<'i>>, Usage<'i>) {
        let name = self.name(spec);
        let expect = self.expect(&spec.expect);
        self.scope.stated = self.scenario_auth(spec);
        let mut made = Assembled::default();
        self.notes.enter("given");
        self.setup(&spec.given, library, &mut made);
        self.notes.leave();
        self.notes.enter("when");
        let when = self.step(&spec.when, Place::When);
        self.notes.leave();
        self.notes.enter("finally");
        let mut finally = self.requests(&spec.finally, Place::Finally);
        self.notes.leave();
        self.tails(made.tails, &mut finally);
        self.unused_captures();
        if self.scope.stated.is_some() && !self.scope.taken {
            let text = "no request takes this `as`: each has a credential of its own";
            self.notes.notice(self.notes.key("as"), text, "take it out, or take the others out");
        }
        let eventually = spec.eventually.as_deref().and_then(|text| self.duration("eventually", text));
        let sound = name.zip(expect).zip(when);
        let draft = sound.map(|((name, expect), when)| {
            let (given, finally) = (plain(made.steps), plain(finally));
            let work = Work { given, when: when.step, finally, eventually, ..Work::default() };
            self.draft(file, spec, name, expect, Box::new(work))
        });
        let usage = Usage { fixtures: self.scope.fixtures, slots: self.scope.slots, row: self.scope.row_used };
        (draft, usage)
    }

    fn draft(
        &mut self,
        file: usize,
        spec: &'i ScenarioSpec,
        name: Box<str>,
        expect: Expect,
        mut work: Box<Work>,
    ) -> Draft<'i> {
        let entry = expect.code.map(|code| self.world.inputs.catalogue.entry(code));
        work.when.judges_429 = is_about_429(&expect, entry);
        work.repeat = spec.when.repeat.as_ref().map(|r| Repeat { at_most: r.at_most, unpaced: r.unpaced });
        let slots = &self.scope.slots;
        for step in work.given.iter_mut().chain([&mut work.when]).chain(&mut work.finally) {
            step.capture.iter_mut().for_each(|capture| capture.secret |= slots[usize::from(capture.slot)].secret);
        }
        work.slots = slot_names(slots);
        let control = steps(&work).any(|step| step.to == Destination::Control);
        let effects = self.effects(spec, &work, control);
        if &*work.when.method == "HEAD" {
            let text = "an answer to HEAD has no body, so this scenario triggers no code";
            self.notes.notice(
                self.notes.value("when"),
                text,
                "only its status and headers are judged; use GET to trigger it",
            );
        }
        let wanted = std::mem::take(&mut self.scope.wanted).into();
        let credentials = std::mem::take(&mut self.scope.credentials).into();
        Draft { file, spec, name, expect, effects, work, wanted, credentials, control }
    }

    fn effects(&mut self, spec: &'i ScenarioSpec, work: &Work, control: bool) -> Effects {
        if let Some(effects) = spec.effects {
            return effects;
        }
        if control {
            let text = "a scenario that calls the control service states its `effects`";
            let help = "add `effects: data`, or `disruptive` if others would notice";
            self.notes.add(self.notes.key("name"), text, help);
        }
        let reads = steps(work).all(|step| matches!(&*step.method, "GET" | "HEAD"));
        if reads { Effects::None } else { Effects::Data }
    }

    /// The `as` of the scenario and its place; a name that nothing knows is complained about here and left out.
    fn scenario_auth(&mut self, spec: &'i ScenarioSpec) -> Option<Stated<'i>> {
        let auth = spec.credential.as_ref()?;
        self.notes.enter("as");
        let place = self.notes.crumbs();
        if let AsSpec::Named(_) = auth {
            let (said, used) = (self.notes.list.len(), self.scope.credentials.len());
            self.auth(auth);
            // Only steps that take it make it something that the target must have.
            self.scope.credentials.truncate(used);
            self.notes.leave();
            return (self.notes.list.len() == said).then_some((auth, place));
        }
        self.notes.leave();
        Some((auth, place))
    }

    fn unused_captures(&mut self) {
        let bindings = std::mem::take(&mut self.scope.bindings);
        for binding in bindings.iter().filter(|binding| !binding.used) {
            if let Some(place) = &binding.place {
                unused_capture(place, self.notes);
            }
        }
    }

    /// The name, with the values of its row.
    fn name(&mut self, spec: &'i ScenarioSpec) -> Option<Box<str>> {
        self.notes.enter("name");
        let said = self.notes.list.len();
        let used = self.scope.row_used.len();
        let name = self.fixed(&spec.name.text, "a name");
        if self.scope.row.is_some() && self.scope.row_used.len() == used && self.notes.list.len() == said {
            let help = match self.scope.row.and_then(|row| row.values.names().next()) {
                Some(variable) => format!("add one, such as `{} ({{{{ {variable} }}}})`", spec.name.text),
                None => "add one".to_owned(),
            };
            let text = "the name must contain a variable of `each`, or all rows would have the same name";
            self.notes.add(self.notes.here(), text, help);
        }
        if let Err((text, help)) = sound_name(&name) {
            self.notes.add(self.notes.here(), text, help);
        }
        self.notes.leave();
        (self.notes.list.len() == said).then(|| name.into())
    }
}

/// The most characters of a name; longer ones are cut by what reads reports.
const LONGEST_NAME: usize = 250;

/// Letters that any name can have.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'<' | b'>' | b'&' | b'"');
        byte += 1;
    }
    plain
};

/// What is wrong with a name, and what to do.
fn sound_name(name: &str) -> Result<(), (String, &'static str)> {
    let ends = [name.as_bytes().first(), name.as_bytes().last()];
    let is_plain = ends.iter().all(|end| end.is_some_and(|byte| *byte != b' '))
        && name.bytes().all(|byte| PLAIN[usize::from(byte)]);
    if is_plain && name.len() <= LONGEST_NAME {
        return Ok(());
    }
    if name.trim().is_empty() {
        return Err(("the name is blank".to_owned(), "say in one sentence what the API does"));
    }
    if name.trim() != name {
        return Err(("the name begins or ends with a blank".to_owned(), "take the blank out"));
    }
    if let Some(wrong) = name.chars().find(|c| "<>&\"".contains(*c) || c.is_control()) {
        let text = format!(
            "a name cannot have `{}`: it would be told differently by what reads reports",
            wrong.escape_debug()
        );
        return Err((text, "use other words"));
    }
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err((format!("the name has {length} characters, and {LONGEST_NAME} are the most"), "make it shorter"));
    }
    Ok(())
}

fn plain(steps: Vec<DraftStep>) -> Box<[Step]> {
    steps.into_iter().map(|draft| draft.step).collect()
}

fn steps(work: &Work) -> impl Iterator<Item = &Step> {
    work.given.iter().chain([&work.when]).chain(&work.finally)
}

/// Names of the slots; one that is captured again gets a number, so that each is told apart in what is written.
pub(super) fn slot_names(slots: &[Slot<'_>]) -> Box<[Box<str>]> {
    if slots.is_empty() {
        return Box::default();
    }
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut names = Vec::with_capacity(slots.len());
    for slot in slots {
        let count = seen.entry(slot.name).and_modify(|count| *count += 1).or_insert(1);
        names.push(if *count == 1 { slot.name.into() } else { format!("{}_{count}", slot.name).into() });
    }
    names.into()
}

/// Variables of rows that nothing refers to. `used` are the names that some row used.
pub(super) fn unused_row_variables<'i>(rows: &'i [Ordered<Value>], used: &HashSet<&str>) -> Vec<(usize, &'i str)> {
    let mut said: HashSet<&str> = HashSet::new();
    let mut unused = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        unused.extend(row.names().filter(|name| !used.contains(name) && said.insert(name)).map(|name| (at, name)));
    }
    unused
}
