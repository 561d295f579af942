//! The run over all contracts, once for each month.

use crate::reference::prelude::*;

use super::super::contracts::{self, Contracts, Stage};
use super::{invalid, period};

/// Recurring runs that were made.
#[derive(Default)]
struct Runs(Shelf<Run>);

struct Run {
    period: String,
    invoices: Vec<Uuid>,
    /// Contracts that could not be invoiced, each with the reason.
    left_out: Vec<Value>,
}

fn shown(id: Uuid, run: &Run) -> Value {
    json!({ "id": id, "period": run.period, "invoices": run.invoices, "left_out": run.left_out })
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let runs: Vec<Value> = call.state::<Runs>()?.0.iter().map(|(id, run)| shown(id, run)).collect();
    ok(json!({ "runs": runs }))
}

pub fn run(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let period = period(call, &body)?;
    if call.state::<Runs>()?.0.values().any(|run| run.period == period) {
        return Err(refuse(409, "CONFLICT", "This period has been run already."));
    }
    let active = |(id, it): (Uuid, &contracts::Contract)| (it.stage == Stage::Active).then_some(id);
    let due: Vec<Uuid> = call.state::<Contracts>()?.all.iter().filter_map(active).collect();
    let mut run = Run { period, invoices: Vec::new(), left_out: Vec::new() };
    for contract in due {
        match contracts::bill(call, contract, &run.period) {
            Ok(invoice) => run.invoices.push(invoice),
            Err(why) => run.left_out.push(json!({ "contract_id": contract, "reason": why.message })),
        }
    }
    let id = Uuid::new_v4();
    created(shown(id, call.state::<Runs>()?.0.insert(id, run)))
}
