//! Every pair that was seen, expected or not.

use std::collections::HashMap;

use super::scenario::CODE_CAP;
use crate::model::catalogue::Catalogue;
use crate::model::report::Observed;
use crate::model::secret::Redactor;
use crate::model::verdict::Seen;
use crate::model::visible::shortened;

/// The most codes that are told apart; a service that invents a new one with each answer must not fill the memory.
const MOST: usize = 10_000;

/// Counts the pairs seen in the error answers of a run.
#[derive(Debug, Clone, Default)]
pub struct Sightings {
    counts: HashMap<Box<str>, Vec<(u16, u64)>>,
    left_out: u64,
}

impl Sightings {
    pub fn add<'s>(&mut self, seen: impl IntoIterator<Item = &'s Seen>) {
        for seen in seen {
            if let Some(code) = &seen.code {
                self.count(code, seen.status);
            }
        }
    }

    /// Takes over what another run has counted.
    pub fn restore(&mut self, observed: &[Observed]) {
        for pair in observed {
            self.count_many(&pair.code, pair.status, pair.count);
        }
    }

    fn count(&mut self, code: &str, status: u16) {
        self.count_many(code, status, 1);
    }

    fn count_many(&mut self, code: &str, status: u16, times: u64) {
        let full = self.counts.len() >= MOST;
        let statuses = match self.counts.get_mut(code) {
            Some(statuses) => statuses,
            None if full => {
                self.left_out += times;
                return;
            }
            None => self.counts.entry(code.into()).or_default(),
        };
        match statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += times,
            None => statuses.push((status, times)),
        }
    }

    /// How many sightings were of further codes.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The list, in order of codes and statuses.
    pub fn list(&self, catalogue: &Catalogue, redactor: &Redactor) -> Vec<Observed> {
        let mut list: Vec<Observed> = Vec::new();
        for (code, statuses) in &self.counts {
            let entry = catalogue.find(code).map(|id| catalogue.entry(id));
            let told = match entry {
                Some(_) => code.to_string(),
                None => shortened(&redactor.redact(code), CODE_CAP).into_owned(),
            };
            list.extend(statuses.iter().map(|(status, count)| Observed {
                code: told.clone(),
                status: *status,
                documented: entry.is_some_and(|e| e.documented(*status).is_some()),
                count: *count,
            }));
        }
        list.sort();
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

    #[test]
    fn sightings_are_counted_and_sorted() {
        let catalogue = fixture::catalogue();
        let mut sightings = Sightings::default();
        let seen = |code: &str, status| fixture::seen(code, status).unwrap();
        sightings.add(&[seen("NOT_FOUND", 404), seen("ALREADY_CLOSED", 400), seen("NOT_FOUND", 404)]);
        sightings.add(&[Seen { code: None, status: 500 }, seen("MADE_UP", 418)]);
        let list = sightings.list(&catalogue, &Redactor::default());
        let brief: Vec<_> = list.iter().map(|o| (o.code.as_str(), o.status, o.documented, o.count)).collect();
        let due = [("ALREADY_CLOSED", 400, false, 1), ("MADE_UP", 418, false, 1), ("NOT_FOUND", 404, true, 2)];
        assert_eq!(brief, due);
    }
}
