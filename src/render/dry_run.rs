//! What a run would send.

use std::fmt::Write;

use super::style::Style;
use super::words::counted;
use crate::model::catalogue::Catalogue;
use crate::model::plan::{Act, Auth, Destination, Plan, Planned, PlannedTarget, Step, Work};
use crate::model::template::{Part, Source, Template};
use crate::model::visible::visible;

/// Each scenario with its requests, in the order of sending; what is skipped, with the reason.
pub fn text(plan: &Plan, catalogue: &Catalogue, style: Style) -> String {
    let mut out = String::new();
    for scenario in &plan.scenarios {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}  {}", style.strong(visible(&plan.id(scenario))), due(scenario, catalogue));
        match &scenario.act {
            Act::Skip(skip) => {
                let _ = writeln!(out, "  {}", style.faint(format_args!("skipped: {}", visible(&skip.reason))));
            }
            Act::Fire(work) => requests(&mut out, plan, work, style),
        }
    }
    let skipped = plan.scenarios.iter().filter(|s| s.skip().is_some()).count();
    let fired = counted(plan.scenarios.len() - skipped, "scenario");
    let _ = writeln!(out, "{fired} would be fired, {skipped} skipped; nothing was sent");
    out
}

fn due(scenario: &Planned, catalogue: &Catalogue) -> String {
    let code = scenario.expect.code.map(|id| visible(&catalogue.entry(id).code).into_owned());
    let pinned = scenario.expect.pinned.map(|status| status.to_string());
    code.into_iter().chain(pinned).collect::<Vec<_>>().join(" ")
}

fn requests(out: &mut String, plan: &Plan, work: &Work, style: Style) {
    let Some(target) = plan.targets.get(usize::from(work.target)) else { return };
    let given = work.given.iter().map(|step| ("given", step));
    let finally = work.finally.iter().map(|step| ("finally", step));
    for (phase, step) in given.chain([("when", &work.when)]).chain(finally) {
        let base = match step.to {
            Destination::Api if target.url.is_empty() => "",
            Destination::Api => &*target.url,
            Destination::Control => "control:",
        };
        let path = written(&step.path, work, target);
        let _ = writeln!(
            out,
            "  {} {} {base}{}{}",
            style.faint(format_args!("{phase:7}")),
            step.method,
            visible(&path),
            style.faint(credential(step, target)),
        );
    }
}

fn credential(step: &Step, target: &PlannedTarget) -> String {
    match &step.auth {
        _ if step.to == Destination::Control => String::new(),
        Auth::Anonymous => String::new(),
        Auth::Named(index) => {
            let name = target.credentials.get(usize::from(*index)).map_or("", |credential| &credential.name);
            format!("  as {}", visible(name))
        }
        Auth::Captured(_) => "  as captured".to_owned(),
    }
}

/// The template as its author wrote it.
fn written(template: &Template, work: &Work, target: &PlannedTarget) -> String {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Value { source, .. } => {
                let _ = write!(out, "{{{{ {} }}}}", name(source, work, target));
            }
        }
    }
    out
}

fn name(source: &Source, work: &Work, target: &PlannedTarget) -> String {
    match source {
        Source::Slot(index) => work.slots.get(usize::from(*index)).map_or("?", |name| name).to_owned(),
        Source::Target(index) => target.values.get(usize::from(*index)).map_or("?", |value| &value.name).to_owned(),
        Source::Unique => "unique".to_owned(),
        Source::Uuid => "uuid".to_owned(),
        Source::Now => "now".to_owned(),
        Source::Today => "today".to_owned(),
        Source::Totp(secret) => format!("totp({})", name(secret, work, target)),
    }
}
