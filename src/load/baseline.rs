//! A baseline file: deviations that are known and accepted, with every mistake in it.

use std::collections::HashMap;
use std::path::Path;

use super::check::{self, Language};
use super::home::{FILE, Home};
use super::settings::Checker;
use super::{schema, tree};
use crate::model::baseline::{Acceptance, Accepted, AcceptedSpec, BaselineSpec, Deviation};
use crate::model::complaint::{At, Complaint, Seg};
use crate::model::rule::{Outcome, Rule};

/// The largest file that is read, in bytes.
const LARGEST: usize = 8 << 20;

/// What a baseline file has.
#[derive(Debug, Clone, Default)]
pub struct BaselineFile {
    /// As it is written; empty where there is no file yet.
    pub text: String,
    pub accepted: Vec<Accepted>,
}

/// Where the file of complaints about a baseline stands: paths on a command line begin at the working directory.
pub fn baseline_home() -> Home {
    let root = std::env::current_dir().unwrap_or_default();
    Home::Folder { config: root.join(FILE), root }
}

/// Reads a baseline. One that is not there is a mistake, unless it is about to be written.
pub fn baseline(path: &Path, to_be_written: bool) -> Result<BaselineFile, Vec<Complaint>> {
    let shown = path.to_string_lossy().replace('\\', "/");
    if to_be_written && !path.exists() {
        return Ok(BaselineFile::default());
    }
    let text = baseline_home().text(&shown).map_err(|complaint| {
        let missing = !path.exists();
        vec![if missing { complaint.help("`--baseline-update` writes it from what a run finds") } else { complaint }]
    })?;
    if text.len() > LARGEST {
        let text = format!("`{shown}` is larger than {} MB", LARGEST >> 20);
        return Err(vec![Complaint::error(&shown, At::File, text)]);
    }
    let accepted = read_baseline(&shown, &text)?;
    Ok(BaselineFile { text, accepted })
}

/// The same of a text that is about to become this file.
pub fn read_baseline(file: &str, text: &str) -> Result<Vec<Accepted>, Vec<Complaint>> {
    match toml::from_str::<BaselineSpec>(text) {
        Ok(spec) => checked(file, spec),
        Err(error) => {
            let (tree, syntax) = tree::read_toml(text);
            let found = match syntax.is_empty() {
                true => check::check(file, &tree, &schema::BASELINE, Language::Toml),
                false => syntax.iter().take(10).map(|error| super::project_file::complaint(file, error)).collect(),
            };
            Err(if found.is_empty() { vec![super::project_file::complaint(file, &error)] } else { found })
        }
    }
}

fn checked(file: &str, spec: BaselineSpec) -> Result<Vec<Accepted>, Vec<Complaint>> {
    let mut checker = Checker::new(file);
    let mut first: HashMap<Deviation, usize> = HashMap::with_capacity(spec.accepted.len());
    let mut accepted = Vec::with_capacity(spec.accepted.len());
    for (index, entry) in spec.accepted.into_iter().enumerate() {
        let Some(entry) = one(&mut checker, index, entry) else { continue };
        if let Some(before) = first.insert(entry.deviation.clone(), index) {
            let text = format!("this deviation is accepted already, by entry {} of this file", before + 1);
            checker.add(checker.value(&place(index, "scenario"), text).help("take one of the two out"));
        }
        accepted.push(entry);
    }
    if checker.complaints.is_empty() { Ok(accepted) } else { Err(checker.complaints) }
}

fn place(index: usize, key: &str) -> Vec<Seg> {
    vec![Seg::from("accepted"), Seg::from(index), Seg::from(key)]
}

fn one(checker: &mut Checker<'_>, index: usize, entry: AcceptedSpec) -> Option<Accepted> {
    if entry.reason.trim().is_empty() {
        let complaint = checker.value(&place(index, "reason"), "what is accepted needs a reason");
        checker.add(complaint.help("say why, so that whoever reads it can tell whether it still holds"));
    }
    if !entry.scenario.contains('/') {
        let complaint = checker.value(&place(index, "scenario"), "this is not the id of a scenario");
        checker.add(complaint.help("write it like `tickets/closing a ticket twice is refused`, as reports do"));
    }
    let rule = rule(checker, index, &entry.rule)?;
    let deviation = Deviation {
        scenario: entry.scenario,
        rule,
        step: entry.step.unwrap_or_else(|| "when".to_owned()),
        pointer: entry.pointer.unwrap_or_default(),
        seen: entry.seen.unwrap_or_default(),
    };
    let acceptance = Acceptance { reason: entry.reason, owner: entry.owner, until: entry.until };
    Some(Accepted { deviation, acceptance })
}

fn rule(checker: &mut Checker<'_>, index: usize, id: &str) -> Option<Rule> {
    let place = place(index, "rule");
    match Rule::from_id(id) {
        None => {
            let complaint = checker.value(&place, format!("there is no rule `{id}`"));
            checker.add(complaint.did_you_mean(id, Rule::ALL.iter().map(|rule| rule.id())));
            None
        }
        Some(rule) if rule.outcome() == Outcome::Inconclusive => {
            let text = format!("`{id}` cannot be accepted: what could not be heard is not known");
            checker.add(checker.value(&place, text));
            None
        }
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[accepted]]\nscenario = \"shop/a thing\"\nrule = \"wrong-code\"\nreason = \"known\"\n";

    fn said(text: &str) -> Vec<String> {
        read_baseline("b.toml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_entry_is_read_with_all_that_it_may_have() {
        let text = format!("{ENTRY}seen = \"DOWN 503\"\nowner = \"platform\"\nuntil = 2027-06-30\n");
        let accepted = read_baseline("b.toml", &text).unwrap();
        let Accepted { deviation, acceptance } = &accepted[0];
        assert_eq!((deviation.rule, &*deviation.step, &*deviation.seen), (Rule::WrongCode, "when", "DOWN 503"));
        assert_eq!(acceptance.until.map(|day| day.to_string()).as_deref(), Some("2027-06-30"));
        assert!(read_baseline("b.toml", "").unwrap().is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let text = format!(
            "{ENTRY}\n{ENTRY}\n{}\n{}\n{}",
            ENTRY.replace("wrong-code", "wrong-cod"),
            ENTRY.replace("wrong-code", "timeout"),
            ENTRY.replace("shop/a thing", "a thing").replace("\"known\"", "\" \""),
        );
        insta::assert_snapshot!(said(&text).join("\n"), @r"
        b.toml: this deviation is accepted already, by entry 1 of this file (take one of the two out)
        b.toml: there is no rule `wrong-cod` (did you mean `wrong-code`?)
        b.toml: `timeout` cannot be accepted: what could not be heard is not known
        b.toml: what is accepted needs a reason (say why, so that whoever reads it can tell whether it still holds)
        b.toml: this is not the id of a scenario (write it like `tickets/closing a ticket twice is refused`, as reports do)
        ");
    }

    #[test]
    fn a_misspelt_key_and_a_wrong_type_are_told_with_what_was_meant() {
        let text = format!("{}\n{}", ENTRY.replace("reason", "raeson"), ENTRY.replace("\"known\"", "3"));
        insta::assert_snapshot!(said(&text).join("\n"), @r"
        b.toml: unknown key `raeson` (did you mean `reason`?)
        b.toml: `reason` takes a text, not `3`
        ");
        assert!(said("[[accepted]\n")[0].starts_with("b.toml: "));
    }
}
