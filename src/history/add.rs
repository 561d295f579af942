//! A run is added, and the oldest ones go.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Result, Transaction, TransactionBehavior, params};

use super::{Trouble, open};
use crate::model::history::PastRun;

/// Runs kept of each target, and of all together.
pub(super) const OF_TARGET: i64 = 300;
pub(super) const OF_ALL: i64 = 1000;

/// Adds a run, whole or not at all. One that joins others takes their place, and that of an earlier joining of them.
pub fn add(path: &Path, run: &PastRun) -> Result<(), Trouble> {
    add_within(path, run, open::PATIENCE)
}

/// The same, where another process is waited for that long at most.
pub(super) fn add_within(path: &Path, run: &PastRun, patience: Duration) -> Result<(), Trouble> {
    let mut connection = open::for_adding(path, patience)?;
    let of = |error| Trouble::of(path, error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of)?;
    open::begin(&transaction, path)?;
    insert(transaction, run).map_err(of)
}

pub(super) fn insert(transaction: Transaction<'_>, run: &PastRun) -> Result<()> {
    displace(&transaction, run)?;
    let n = head(&transaction, run)?;
    pairs(&transaction, n, run)?;
    scenarios(&transaction, n, run)?;
    prune(&transaction, n, run)?;
    transaction.commit()
}

fn displace(transaction: &Transaction<'_>, run: &PastRun) -> Result<()> {
    if run.parts.is_empty() {
        return Ok(());
    }
    transaction.execute("DELETE FROM runs WHERE parts = ?1", [run.parts.join(" ")])?;
    let mut delete = transaction.prepare("DELETE FROM runs WHERE id = ?1")?;
    run.parts.iter().try_for_each(|part| delete.execute([part]).map(drop))
}

fn head(transaction: &Transaction<'_>, run: &PastRun) -> Result<i64> {
    let totals = &run.totals;
    transaction.execute(
        "INSERT INTO runs (id, parts, started_at, target, simulation, tool, complete, exit, duration_ms, scenarios,
           conforms, violates, inconclusive, skipped, requests)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params![
            run.id,
            run.parts.join(" "),
            run.started_at,
            run.target,
            run.simulation,
            run.tool,
            run.complete,
            run.exit,
            whole(run.duration_ms),
            whole(totals.scenarios as u64),
            whole(totals.conforms as u64),
            whole(totals.violates as u64),
            whole(totals.inconclusive as u64),
            whole(totals.skipped as u64),
            whole(totals.requests),
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

fn pairs(transaction: &Transaction<'_>, n: i64, run: &PastRun) -> Result<()> {
    let mut insert = transaction
        .prepare("INSERT INTO pairs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)")?;
    for (place, pair) in (0_i64..).zip(&run.pairs) {
        let (counts, latency) = (&pair.counts, pair.latency);
        insert.execute(params![
            n,
            place,
            pair.code,
            pair.status,
            counts.conforms,
            counts.violates,
            counts.inconclusive,
            counts.skipped,
            counts.flaky,
            pair.rule,
            pair.seen,
            latency.map(|l| whole(l.least)),
            latency.map(|l| whole(l.median)),
            latency.map(|l| whole(l.p95)),
            latency.map(|l| whole(l.most)),
        ])?;
    }
    Ok(())
}

fn scenarios(transaction: &Transaction<'_>, n: i64, run: &PastRun) -> Result<()> {
    let mut insert =
        transaction.prepare("INSERT INTO scenarios VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    for (place, scenario) in (0_i64..).zip(&run.scenarios) {
        insert.execute(params![
            n,
            place,
            scenario.id,
            scenario.code,
            scenario.status,
            scenario.verdict,
            scenario.rule,
            scenario.seen,
            scenario.attempts,
            scenario.flaky,
            whole(scenario.duration_ms),
        ])?;
    }
    Ok(())
}

fn prune(transaction: &Transaction<'_>, n: i64, run: &PastRun) -> Result<()> {
    // Numbers go up from 1: there are no more runs than the number of the last.
    if n <= OF_TARGET {
        return Ok(());
    }
    transaction.execute(
        "DELETE FROM runs WHERE target = ?1 AND simulation = ?2 AND n NOT IN
           (SELECT n FROM runs WHERE target = ?1 AND simulation = ?2 ORDER BY n DESC LIMIT ?3)",
        params![run.target, run.simulation, OF_TARGET],
    )?;
    transaction
        .execute("DELETE FROM runs WHERE n NOT IN (SELECT n FROM runs ORDER BY n DESC LIMIT ?1)", params![OF_ALL])?;
    Ok(())
}

/// What the database holds is signed.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
