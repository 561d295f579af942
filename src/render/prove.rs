//! The proof: a table of lies, a table of harmless changes, and every one that came out wrong.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::style::Style;
use super::words::{counted, line, table};
use crate::model::proof::{LieReport, Proof, Survivor};
use crate::model::visible::visible;

/// How many survivors are told one by one; the file has all.
const MOST: usize = 200;

/// The proof as one JSON text.
pub fn json(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    super::json_text::write_pretty(proof, out)?;
    out.write_all(b"\n")
}

/// The proof for a terminal; `written` is where the JSON went.
pub fn text(proof: &Proof, written: Option<&str>, style: Style) -> String {
    let mut out = String::new();
    if proof.is_empty() {
        out.push_str("nothing was tried\n");
    } else {
        lies(&mut out, &proof.lies, style);
        out.push('\n');
        harmless(&mut out, &proof.harmless, style);
    }
    told(&mut out, "came through", &proof.survivors, style);
    told(&mut out, "gave a false alarm", &proof.false_alarms, style);
    out.push('\n');
    notes(&mut out, proof, style);
    // Writing to a string cannot fail.
    if let Some(path) = written {
        let _ = writeln!(out, "report: {}", visible(path));
    }
    let _ = writeln!(out, "{}", verdict(proof, style));
    out
}

/// `caught 4,321 of 4,321, 0 false alarms of 1,188`
fn verdict(proof: &Proof, style: Style) -> String {
    let totals = &proof.totals;
    let text = format!(
        "caught {} of {}, {} of {}",
        grouped(totals.caught),
        grouped(totals.lies),
        false_alarms(totals.false_alarms),
        grouped(totals.harmless)
    );
    let is_whole = totals.lies > 0 && totals.caught == totals.lies && totals.false_alarms == 0;
    if is_whole { style.green(text) } else { style.red(text) }
}

fn false_alarms(count: usize) -> String {
    if count == 1 { "1 false alarm".to_owned() } else { format!("{} false alarms", grouped(count)) }
}

fn lies(out: &mut String, lies: &[LieReport], style: Style) {
    let heading = ["lie", "tried", "caught", "under the promised rule", "not applicable", "seconds", ""];
    let rows = lies.iter().map(|lie| {
        let counts = [lie.tried, lie.caught, lie.under_promised_rule, lie.not_applicable].map(grouped);
        (lie.id.clone(), counts.to_vec(), lie, promised(lie))
    });
    let rows: Vec<_> = rows.collect();
    written(out, &heading, &rows, style, |lie| lie.under_promised_rule < lie.tried);
}

fn harmless(out: &mut String, changes: &[LieReport], style: Style) {
    let heading = ["harmless change", "tried", "false alarms", "not applicable", "seconds", ""];
    let rows = changes.iter().map(|change| {
        let counts = [change.tried, change.tried - change.caught, change.not_applicable].map(grouped);
        (change.id.clone(), counts.to_vec(), change, String::new())
    });
    let rows: Vec<_> = rows.collect();
    written(out, &heading, &rows, style, |change| change.caught < change.tried);
}

/// The rules that were promised: with their counts where there are several.
fn promised(lie: &LieReport) -> String {
    match &*lie.promised {
        [(rule, _)] => rule.clone(),
        several => {
            several.iter().map(|(rule, times)| format!("{rule} {}", grouped(*times))).collect::<Vec<_>>().join(", ")
        }
    }
}

type Row<'a> = (String, Vec<String>, &'a LieReport, String);

fn written(out: &mut String, heading: &[&str], rows: &[Row<'_>], style: Style, wrong: impl Fn(&LieReport) -> bool) {
    let widths: Vec<usize> = heading.iter().map(|cell| cell.len()).collect();
    let mut cells = vec![heading.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()];
    for (id, counts, lie, promised) in rows {
        let mut row = vec![id.clone()];
        row.extend(counts.iter().enumerate().map(|(x, count)| format!("{count:>0$}", widths[x + 1])));
        row.push(format!("{:>1$.3}", lie.seconds, widths[widths.len() - 2]));
        row.push(promised.clone());
        cells.push(row);
    }
    table(out, "", &cells, |y, x, cell| match y.checked_sub(1).map(|y| rows[y].2) {
        None => style.strong(cell),
        Some(lie) if wrong(lie) => style.red(cell),
        Some(lie) if lie.tried == 0 => style.yellow(cell),
        Some(_) if x + 1 == heading.len() => style.faint(cell),
        Some(_) => cell.to_owned(),
    });
}

fn told(out: &mut String, what: &str, survivors: &[Survivor], style: Style) {
    if survivors.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", style.red(format_args!("{} {what}:", grouped(survivors.len()))));
    for survivor in survivors.iter().take(MOST) {
        let due = survivor.promised.as_deref().map_or(String::new(), |rule| format!("{rule} was due, "));
        let found = if survivor.found.is_empty() { "nothing was found".to_owned() } else { survivor.found.join(", ") };
        let _ = writeln!(
            out,
            "  {}  {} ({})\n      {}:{}: {due}it {}: {found}",
            style.strong(&survivor.lie),
            line(&survivor.scenario),
            survivor.step,
            visible(&survivor.file),
            survivor.line,
            survivor.verdict,
        );
    }
    if survivors.len() > MOST {
        let _ = writeln!(out, "  and {} more; --report-json has all", grouped(survivors.len() - MOST));
    }
}

fn notes(out: &mut String, proof: &Proof, style: Style) {
    let never: Vec<&str> = proof.never_applied().map(|lie| &*lie.id).collect();
    if !never.is_empty() && !proof.is_empty() {
        let _ = writeln!(out, "{} {}", style.yellow("never applied here:"), never.join(", "));
    }
    for notice in &proof.notices {
        let _ = writeln!(out, "{}", line(notice));
    }
    let run = &proof.run;
    let source = match &proof.recording {
        Some(path) => format!("the recording {}", visible(path)),
        None => format!("the run against {}", line(&proof.target.url)),
    };
    let _ = writeln!(
        out,
        "{source}: {} of {} conform; {} altered",
        grouped(run.conforms),
        counted(run.scenarios, "scenario"),
        counted(run.answers, "answer")
    );
    if run.exit != 0 {
        let reasons = run.reasons.iter().map(|reason| line(reason)).collect::<Vec<_>>().join("; ");
        let said = format!("the run itself ended with {}: {reasons}; only what conforms is proved", run.exit);
        let _ = writeln!(out, "{}", style.red(said));
    }
}

/// `4,321`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::proof::{ProofTotals, RunBehind, VERSION};
    use crate::model::report::{ExitReport, TargetReport};

    fn kind(id: &str, tried: usize, caught: usize, promised: &[(&str, usize)]) -> LieReport {
        LieReport {
            id: id.into(),
            says: "something else".into(),
            tried,
            caught,
            under_promised_rule: caught,
            promised: promised.iter().map(|(rule, times)| ((*rule).to_owned(), *times)).collect(),
            not_applicable: 2,
            seconds: 0.0123,
        }
    }

    fn proof() -> Proof {
        Proof {
            version: VERSION,
            tool: "trueline".into(),
            target: TargetReport { url: "http://127.0.0.1:1".into(), ..TargetReport::default() },
            recording: None,
            run: RunBehind {
                scenarios: 3,
                conforms: 2,
                answers: 4,
                exit: 1,
                reasons: vec!["1 scenario violates".into()],
            },
            duration_ms: 5,
            totals: ProofTotals { lies: 4321, caught: 4320, harmless: 4, false_alarms: 1 },
            lies: vec![
                kind("status-documented", 4320, 4320, &[("wrong-status", 4000), ("undocumented-status", 320)]),
                kind("code-null", 1, 0, &[("envelope", 1)]),
                kind("message-missing", 0, 0, &[]),
            ],
            harmless: vec![kind("header-case", 4, 3, &[])],
            survivors: vec![Survivor {
                scenario: "tickets/a ticket".into(),
                file: "scenarios/tickets.yaml".into(),
                line: 19,
                lie: "code-null".into(),
                step: "when".into(),
                promised: Some("envelope".into()),
                verdict: "conforms".into(),
                found: vec![],
            }],
            false_alarms: vec![],
            notices: vec![],
            exit: ExitReport::default(),
        }
    }

    #[test]
    fn a_proof_that_failed_looks_like_this() {
        insta::assert_snapshot!(text(&proof(), Some("reports/proof.json"), Style::PLAIN));
    }

    #[test]
    fn the_last_line_counts_with_commas() {
        let mut proof = proof();
        proof.totals = ProofTotals { lies: 4321, caught: 4321, harmless: 1188, false_alarms: 0 };
        assert!(text(&proof, None, Style::PLAIN).ends_with("caught 4,321 of 4,321, 0 false alarms of 1,188\n"));
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123), "123");
    }
}
