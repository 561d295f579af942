//! All scenarios, what needs a reader first.

use std::io::{self, Write};

use serde::Serialize;

use super::budget::{self, CONVERSATIONS, has_failed, is_warned};
use super::conversation::conversation;
use super::scenario::{article, row};
use super::templates::Templates;
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::render::causes::causes;

/// A part of the list, under a heading.
#[derive(Serialize)]
struct Group {
    id: &'static str,
    verdict: &'static str,
    title: &'static str,
    remark: &'static str,
    count: usize,
    /// Whether its scenarios have one line each.
    rows: bool,
    /// Whether a line can be opened.
    opens: bool,
}

type Takes = fn(&ScenarioReport) -> bool;

/// Each scenario belongs to one of these: verdict, whether it is told in full where there is a choice, and titles.
const GROUPS: [(Verdict, bool, Takes, &str, &str, &str); 7] = [
    (Verdict::Violates, true, has_failed, "violates", "Violates", ""),
    (Verdict::Violates, false, has_failed, "violates-brief", "Violates, in brief", BRIEF),
    (Verdict::Inconclusive, true, has_failed, "inconclusive", "Inconclusive", ""),
    (Verdict::Inconclusive, false, has_failed, "inconclusive-brief", "Inconclusive, in brief", BRIEF),
    (Verdict::Conforms, true, is_warned, "warned", "Conforms, with warnings", ""),
    (Verdict::Skipped, false, |s| s.verdict == Verdict::Skipped, "skipped", "Skipped", ""),
    (Verdict::Conforms, false, |s| s.verdict == Verdict::Conforms, "conforms", "Conforms", ""),
];

const BRIEF: &str = "There are too many to tell each in full on one page: their conversations are in run.json.";

pub fn write(templates: &Templates, report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let full = budget::in_full(&report.scenarios, &causes(&report.scenarios));
    let mut left = CONVERSATIONS;
    for (verdict, whole, takes, id, title, remark) in GROUPS {
        let of_group = |n: &usize| {
            let scenario = &report.scenarios[*n];
            scenario.verdict == verdict && full[*n] == whole && takes(scenario)
        };
        let members: Vec<usize> = (0..report.scenarios.len()).filter(of_group).collect();
        if members.is_empty() {
            continue;
        }
        let opens = members.iter().any(|n| !report.scenarios[*n].exchanges.is_empty());
        let group = Group {
            id,
            verdict: verdict.id(),
            title,
            remark,
            count: members.len(),
            rows: !whole,
            opens: opens && remark.is_empty(),
        };
        templates.around("group.html", &group, out, &mut |out| {
            members.iter().try_for_each(|n| one(templates, report, *n, &group, &mut left, out))
        })?;
    }
    Ok(())
}

fn one(
    templates: &Templates,
    report: &RunReport,
    n: usize,
    group: &Group,
    left: &mut usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let scenario = &report.scenarios[n];
    if !group.rows {
        let conversation = conversation(scenario, *left);
        *left = left.saturating_sub(conversation.size);
        return templates.write("article.html", &article(n, scenario, &report.page, conversation), out);
    }
    let conversation = if group.opens { conversation(scenario, *left) } else { Default::default() };
    *left = left.saturating_sub(conversation.size);
    templates.write("row.html", &row(n, scenario, conversation), out)
}
