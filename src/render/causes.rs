//! Failures grouped by what caused them.

use std::collections::HashMap;

use super::failure::telling_exchange;
use super::words::{line, pair};
use crate::model::report::{FindingReport, ScenarioReport};
use crate::model::rule::{Outcome, Rule};
use crate::model::verdict::Verdict;

/// A rule, what broke it, and the scenarios in which it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub verdict: Verdict,
    pub rule: String,
    /// One line: the same for all that belong here.
    pub text: String,
    /// Indices into the report's scenarios.
    pub scenarios: Vec<usize>,
}

/// The causes of all that did not conform: violations first, the most frequent first.
pub fn causes(scenarios: &[ScenarioReport]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    let mut places: HashMap<(Verdict, String, String), usize> = HashMap::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        let Some(key) = key(scenario) else { continue };
        let at = *places.entry(key).or_insert_with_key(|(verdict, rule, text)| {
            causes.push(Cause { verdict: *verdict, rule: rule.clone(), text: text.clone(), scenarios: Vec::new() });
            causes.len() - 1
        });
        causes[at].scenarios.push(index);
    }
    causes.sort_by_key(|c| (c.verdict, std::cmp::Reverse(c.scenarios.len())));
    causes
}

/// What makes two failures the same; `None` for a scenario that conforms, was skipped, or violates only in known ways.
pub fn key(scenario: &ScenarioReport) -> Option<(Verdict, String, String)> {
    let verdict = scenario.counts_as();
    if !matches!(verdict, Verdict::Violates | Verdict::Inconclusive) {
        return None;
    }
    let Some(finding) = scenario.leading() else {
        return Some((verdict, scenario.reason.clone().unwrap_or_default(), String::new()));
    };
    Some((verdict, finding.rule.clone(), text(finding, scenario)))
}

fn text(finding: &FindingReport, scenario: &ScenarioReport) -> String {
    // An answer that was asked for again, or of another step, is not the one that the scenario has seen.
    let seen = finding.came.as_ref().or(scenario.seen.as_ref().filter(|_| finding.step == "when"));
    match (Rule::from_id(&finding.rule), seen) {
        // Where another pair came, that pair is the cause: a wrong credential gives one group and not hundreds.
        (Some(Rule::UndocumentedCode | Rule::UndocumentedStatus | Rule::WrongCode | Rule::WrongStatus), Some(seen)) => {
            format!("{} came", pair(seen))
        }
        (Some(Rule::UnexpectedSuccess), Some(seen)) => format!("{} came", seen.status),
        (Some(Rule::NoAnswer | Rule::Timeout), _) => {
            let of_others = || not_fired(&finding.text).unwrap_or_else(|| line(came(&finding.text)));
            silence(scenario).unwrap_or_else(of_others)
        }
        (Some(rule), _) if rule.outcome() == Outcome::Inconclusive => line(&without_paths(came(&finding.text))),
        _ => line(came(&finding.text)),
    }
}

/// What came, where a finding says what was due first: that differs from scenario to scenario.
fn came(text: &str) -> &str {
    let after = text.strip_prefix("expected ").and_then(|rest| rest.split_once(", got "));
    after.map_or(text, |(_, came)| came)
}

/// Why there was no answer, and from where.
fn silence(scenario: &ScenarioReport) -> Option<String> {
    let exchange = telling_exchange(scenario).filter(|e| e.silence.is_some())?;
    let url = without_paths(&exchange.request.url);
    Some(format!("{} ({})", line(exchange.silence.as_deref()?), line(&url)))
}

/// What kept a scenario from being fired is what those before it met: the cause is told in the same words.
fn not_fired(text: &str) -> Option<String> {
    let (url, rest) = text.strip_prefix("not fired, since ")?.split_once(" counts as down: ")?;
    let (_, why) = rest.split_once("the last for this: ")?;
    Some(format!("{} ({})", line(why), line(&without_paths(url))))
}

/// URLs cut down to their origin, so that one dead host is one cause.
fn without_paths(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let host = at + 3;
        let end = rest[host..].find(|c: char| "/?# ,;)\"'`".contains(c)).map_or(rest.len(), |e| host + e);
        out.push_str(&rest[..end]);
        let path = rest[end..].starts_with(['/', '?', '#']);
        let after = |c: char| c.is_whitespace() || ",;)\"'`".contains(c);
        rest = if path { &rest[end..][rest[end..].find(after).unwrap_or(rest.len() - end)..] } else { &rest[end..] };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn one_dead_host_is_one_cause() {
        let silent = |n: usize| {
            let text = format!("expected {n} CODE_{n}, got no whole answer: nothing listens there");
            let mut scenario = fixture::inconclusive(Rule::NoAnswer, &text);
            let when = scenario.exchanges.last_mut().unwrap();
            when.request.url = format!("http://127.0.0.1:9/api/{n}?x={n}");
            (when.response, when.silence) = (None, Some("nothing listens there".to_owned()));
            scenario
        };
        let causes = causes(&(400..599).map(silent).collect::<Vec<_>>());
        assert_eq!((causes.len(), causes[0].scenarios.len()), (1, 199));
        assert_eq!(causes[0].text, "nothing listens there (http://127.0.0.1:9)");
    }

    #[test]
    fn what_was_not_fired_has_the_cause_of_what_was() {
        let met = "not fired, since http://127.0.0.1:9 counts as down: 16 requests in a row were not answered, the last for this: nothing listens there";
        let mut scenario = fixture::inconclusive(Rule::NoAnswer, met);
        scenario.exchanges.clear();
        assert_eq!(causes(&[scenario])[0].text, "nothing listens there (http://127.0.0.1:9)");
    }

    #[test]
    fn what_was_due_does_not_part_what_has_one_cause() {
        let of = |due: &str| fixture::inconclusive(Rule::Gateway, &format!("expected {due}, got 502 with `Via`"));
        let causes = causes(&[of("404 A"), of("409 B")]);
        assert_eq!((causes.len(), causes[0].text.as_str()), (1, "502 with `Via`"));
    }

    #[test]
    fn urls_lose_their_paths_wherever_they_stand() {
        assert_eq!(without_paths("a http://h:1/x?y (b), `https://i/` c"), "a http://h:1 (b), `https://i` c");
    }
}
