//! Queries over what an organisation has: a table, some of its columns, and what they have to be.

use serde_json::Map;

use crate::reference::areas::agents::Agents;
use crate::reference::areas::clients::Clients;
use crate::reference::areas::tickets::Tickets;
use crate::reference::prelude::*;

const TABLES: &[(&str, &[&str])] = &[
    ("clients", &["id", "name", "domain", "archived"]),
    ("tickets", &["id", "client_id", "subject", "type", "priority", "status", "source", "created_at"]),
    ("agents", &["id", "client_id", "hostname", "os", "online"]),
];
const USUAL: i64 = 100;

fn wrong(why: String) -> Refusal {
    refuse(400, "QUERY_ERROR", why)
}

pub(super) fn run(call: &mut Call<'_>) -> Answer {
    let body = call.json(wrong)?;
    let table = body.text("from")?;
    let known = TABLES.iter().find(|(name, _)| *name == table).map(|(_, columns)| *columns);
    let known = known.ok_or_else(|| wrong(format!("there is no table {table}")))?;
    let (columns, conditions) = (body.texts("columns")?, body.object("where")?);
    let limit = usize::try_from(body.opt_int("limit", 1..=1_000)?.unwrap_or(USUAL)).unwrap_or_default();
    let mut asked = columns.iter().map(String::as_str).chain(conditions.names());
    if let Some(unknown) = asked.find(|column| !known.contains(column)) {
        return Err(wrong(format!("{table} has no column {unknown}")));
    }
    let columns: Vec<&str> = match columns.is_empty() {
        true => known.to_vec(),
        false => columns.iter().map(String::as_str).collect(),
    };
    let fits = |row: &Value| conditions.names().all(|name| row.get(name) == conditions.get(name));
    let rows = rows(call, &table)?.into_iter().filter(fits).take(limit);
    let shown = |row: Value| -> Value {
        let members = columns.iter().map(|name| ((*name).to_owned(), row.get(*name).cloned().unwrap_or_default()));
        Value::Object(members.collect::<Map<String, Value>>())
    };
    ok(json!({ "columns": columns, "rows": rows.map(shown).collect::<Vec<Value>>() }))
}

fn rows(call: &mut Call<'_>, table: &str) -> Result<Vec<Value>, Refusal> {
    Ok(match table {
        "clients" => call
            .state::<Clients>()?
            .all
            .iter()
            .map(|(id, it)| json!({ "id": id, "name": it.name, "domain": it.domain, "archived": it.archived }))
            .collect(),
        "tickets" => call
            .state::<Tickets>()?
            .all
            .iter()
            .map(|(id, it)| {
                json!({
                    "id": id,
                    "client_id": it.client,
                    "subject": it.subject,
                    "type": it.kind,
                    "priority": it.priority,
                    "status": it.status.text(),
                    "source": it.source,
                    "created_at": stamp(it.created),
                })
            })
            .collect(),
        _ => call
            .state::<Agents>()?
            .all
            .iter()
            .map(|(id, it)| {
                json!({
                    "id": id,
                    "client_id": it.client,
                    "hostname": it.hostname,
                    "os": it.os.name(),
                    "online": it.online,
                })
            })
            .collect(),
    })
}
