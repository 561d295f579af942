//! The part of the domain name system that the deployment asks: TXT records.

use std::collections::VecDeque;

use super::invalid;
use crate::reference::prelude::*;

const MOST: usize = 2_000;

/// All TXT records, by name.
#[derive(Default)]
struct Records(VecDeque<(String, String)>);

/// Whether a name has a TXT record with this text.
pub fn says(world: &mut World, name: &str, text: &str) -> bool {
    world.state::<Records>().0.iter().any(|(its, txt)| its.eq_ignore_ascii_case(name) && txt == text)
}

/// What the owner of a domain does at their registrar.
pub fn publish(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let record = (body.text("name")?, body.text("txt")?);
    let records = &mut call.world.state::<Records>().0;
    if records.len() >= MOST {
        records.pop_front();
    }
    records.push_back(record);
    done()
}
