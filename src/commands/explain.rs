//! `trueline explain CODE|RULE`

use super::console::Console;
use super::last;
use super::session;
use crate::cli::{ExplainArgs, GeneralArgs, SelectionArgs, TargetArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::rule::Rule;
use crate::render::explain;

pub fn run(console: &Console, general: &GeneralArgs, args: &ExplainArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let report = last::read(&session.reports(args.reports.as_deref()).join("run.json")).ok();
    let subject = args.subject.trim();
    if let Some(rule) = Rule::from_id(subject) {
        console.print(&explain::rule(rule, report.as_ref(), console.style()));
        return Ok(Exit::Conforms);
    }
    let Some(id) = session.catalogue.find(subject) else {
        let codes = session.catalogue.entries().map(|(_, entry)| &*entry.code);
        let known = codes.chain(Rule::ALL.iter().map(|rule| rule.id()));
        let text = format!("`{subject}` is neither a code of {} nor a rule", session.catalogue.page);
        let complaint = Complaint::error("", At::File, text).did_you_mean(subject, known);
        return Err(console.refuse(Some(&session.home), &[complaint]));
    };
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &SelectionArgs::default(), &TargetArgs::default(), settings)?;
    let plan = session.plan_for_reading(console, &asked)?;
    console.print(&explain::code(id, &session.catalogue, &plan, report.as_ref(), console.style()));
    Ok(Exit::Conforms)
}
