//! The exchange that shows a drift.

use crate::model::drift::Proof;
use crate::model::report::{ExchangeRecord, FindingReport, ScenarioReport};
use crate::model::visible::shortened;

/// Characters kept of a URL; the exchange itself has the rest.
const URL: usize = 2000;

pub fn of_finding(scenario: &ScenarioReport, finding: usize) -> Proof {
    let finding = &scenario.findings[finding];
    let status = finding.came.as_ref().map(|came| came.status);
    let exchange = finding.exchange.filter(|index| *index < scenario.exchanges.len());
    proof(scenario, &finding.step, exchange.or_else(|| of_step(scenario, finding)), status)
}

/// Of the answer that counts.
pub fn of_scenario(scenario: &ScenarioReport) -> Proof {
    let counts = |e: &ExchangeRecord| e.step == "when" && !e.superseded;
    proof(scenario, "when", scenario.exchanges.iter().rposition(counts), scenario.seen.as_ref().map(|seen| seen.status))
}

/// The last kept exchange of the finding's step that has its status: the very one was one of many, or the report is of
/// an earlier release.
fn of_step(scenario: &ScenarioReport, finding: &FindingReport) -> Option<usize> {
    let came = finding.came.as_ref().or(scenario.seen.as_ref())?;
    let has = |e: &ExchangeRecord| e.response.as_ref().is_some_and(|response| response.status == came.status);
    scenario.exchanges.iter().rposition(|e| e.step == finding.step && has(e))
}

fn proof(scenario: &ScenarioReport, step: &str, exchange: Option<usize>, status: Option<u16>) -> Proof {
    let record = exchange.map(|index| &scenario.exchanges[index]);
    let answered = record.and_then(|record| record.response.as_ref()).map(|response| response.status);
    Proof {
        scenario: scenario.id.clone(),
        file: scenario.file.to_string(),
        line: scenario.line,
        step: record.map_or(step, |record| &record.step).to_owned(),
        exchange,
        method: record.map(|record| record.request.method.clone()),
        url: record.map(|record| shortened(&record.request.url, URL).into_owned()),
        status: answered.or(status),
    }
}
