//! Answers to altered answers: the lies that show that green could have been red, and the changes that must show nothing. Pure.
//!
//! A [`Lie`] alters what an answer says, and says which rule must name it. That follows from the catalogue, the schema and
//! what is due, and is worked out here and not asked of the judge: if both followed one reasoning they would share its mistakes.

mod list;
mod owed;
mod promises;
mod statement;
mod tales;
mod truth;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use list::{ALL, find};
pub use promises::Promises;
pub use statement::Statement;
pub use truth::Truth;

use crate::model::rule::Rule;

/// One way to alter an answer.
pub struct Lie {
    /// The stable id, as `serve --lie` takes it.
    pub id: &'static str,
    /// What it makes of the answer, in a few words.
    pub says: &'static str,
    pub owes: Owes,
    /// Why it cannot be told over the wire, where it cannot.
    pub not_over_the_wire: Option<&'static str>,
    tell: fn(&Truth<'_>) -> Option<Statement>,
}

/// Which rule must name it.
#[derive(Clone, Copy)]
pub enum Owes {
    /// This one, whatever is due.
    Always(Rule),
    /// The one that follows; none where the altered answer keeps every promise, so that it is no lie.
    Follows(fn(&Truth<'_>, &Statement) -> Option<Rule>),
    /// None: it is harmless.
    Nothing,
}

/// A lie, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub statement: Statement,
    /// The rule that must name it; none for what is harmless.
    pub rule: Option<Rule>,
}

impl Lie {
    pub fn is_harmless(&self) -> bool {
        matches!(self.owes, Owes::Nothing)
    }

    /// The altered answer. `None` where this does not apply: there is nothing to alter, or it would be the truth.
    pub fn tell(&self, truth: &Truth<'_>) -> Option<Told> {
        let statement = (self.tell)(truth).filter(|statement| statement != truth.said)?;
        let rule = match self.owes {
            Owes::Always(rule) => Some(rule),
            Owes::Follows(rule) => Some(rule(truth, &statement)?),
            Owes::Nothing => None,
        };
        Some(Told { statement, rule })
    }
}
