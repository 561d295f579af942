//! Past runs, read again.

use std::path::Path;

use rusqlite::{Connection, Result, Row, params};

use super::{Trouble, open};
use crate::model::history::{Counts, Latency, PastPair, PastRun, PastScenario};
use crate::model::report::Totals;

/// Which runs, and what of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Of this target; without it, of all.
    pub target: Option<&'a str>,
    /// At most so many of each target, the last ones.
    pub last: Option<u32>,
    /// Only what expected this code, and then its scenarios too.
    pub code: Option<&'a str>,
}

/// The runs, the oldest first; none where there is no history.
pub fn read(path: &Path, wanted: Wanted<'_>) -> Result<Vec<PastRun>, Trouble> {
    let Some(mut connection) = open::for_reading(path)? else { return Ok(Vec::new()) };
    select(&mut connection, wanted).map_err(|error| Trouble::of(path, error))
}

fn select(connection: &mut Connection, wanted: Wanted<'_>) -> Result<Vec<PastRun>> {
    // All of it as it stands at one moment.
    let transaction = connection.transaction()?;
    let mut heads = transaction.prepare(
        "SELECT n, id, parts, started_at, target, simulation, tool, complete, exit, duration_ms, scenarios, conforms,
           violates, inconclusive, skipped, requests
         FROM (SELECT *, row_number() OVER (PARTITION BY target, simulation ORDER BY n DESC) AS age FROM runs
           WHERE ?1 IS NULL OR target = ?1)
         WHERE age <= ?2 ORDER BY n",
    )?;
    let mut pairs = transaction.prepare(
        "SELECT code, status, conforms, violates, inconclusive, skipped, flaky, rule, seen, least_us, median_us, p95_us,
           most_us FROM pairs WHERE run = ?1 AND (?2 IS NULL OR code = ?2) ORDER BY place",
    )?;
    let mut scenarios = transaction.prepare(
        "SELECT id, code, status, verdict, rule, seen, attempts, flaky, duration_ms FROM scenarios
         WHERE run = ?1 AND code = ?2 ORDER BY place",
    )?;
    let last = wanted.last.map_or(i64::MAX, i64::from);
    let heads = heads.query_map(params![wanted.target, last], |row| Ok((row.get::<_, i64>(0)?, head(row)?)))?;
    let mut runs = Vec::new();
    for head in heads {
        let (n, mut run) = head?;
        run.pairs = pairs.query_map(params![n, wanted.code], pair)?.collect::<Result<_>>()?;
        if wanted.code.is_some() {
            run.scenarios = scenarios.query_map(params![n, wanted.code], scenario)?.collect::<Result<_>>()?;
        }
        runs.push(run);
    }
    Ok(runs)
}

fn head(row: &Row<'_>) -> Result<PastRun> {
    let parts: String = row.get(2)?;
    Ok(PastRun {
        id: row.get(1)?,
        parts: parts.split_whitespace().map(str::to_owned).collect(),
        started_at: row.get(3)?,
        target: row.get(4)?,
        simulation: row.get(5)?,
        tool: row.get(6)?,
        complete: row.get(7)?,
        exit: row.get(8)?,
        duration_ms: whole(row, 9)?,
        totals: Totals {
            scenarios: count(row, 10)?,
            conforms: count(row, 11)?,
            violates: count(row, 12)?,
            inconclusive: count(row, 13)?,
            skipped: count(row, 14)?,
            requests: whole(row, 15)?,
        },
        pairs: Vec::new(),
        scenarios: Vec::new(),
    })
}

fn pair(row: &Row<'_>) -> Result<PastPair> {
    Ok(PastPair {
        code: row.get(0)?,
        status: row.get(1)?,
        counts: Counts {
            conforms: row.get(2)?,
            violates: row.get(3)?,
            inconclusive: row.get(4)?,
            skipped: row.get(5)?,
            flaky: row.get(6)?,
        },
        rule: row.get(7)?,
        seen: row.get(8)?,
        latency: latency(row)?,
    })
}

fn latency(row: &Row<'_>) -> Result<Option<Latency>> {
    if row.get::<_, Option<i64>>(9)?.is_none() {
        return Ok(None);
    }
    Ok(Some(Latency { least: whole(row, 9)?, median: whole(row, 10)?, p95: whole(row, 11)?, most: whole(row, 12)? }))
}

fn scenario(row: &Row<'_>) -> Result<PastScenario> {
    Ok(PastScenario {
        id: row.get(0)?,
        code: row.get(1)?,
        status: row.get(2)?,
        verdict: row.get(3)?,
        rule: row.get(4)?,
        seen: row.get(5)?,
        attempts: row.get(6)?,
        flaky: row.get(7)?,
        duration_ms: whole(row, 8)?,
    })
}

fn whole(row: &Row<'_>, column: usize) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

fn count(row: &Row<'_>, column: usize) -> Result<usize> {
    Ok(usize::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
