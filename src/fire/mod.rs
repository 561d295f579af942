//! A plan to exchanges: the only place that sends, waits and rolls dice.
//!
//! [`Firing`] is what one run shares: clients, bound values, logins, pacers. [`run`] keeps `jobs` scenarios going;
//! [`Firing::scenario`] fires one. Nothing here judges: whether an answer is what was due is asked of [`Due`].

mod body;
mod capture;
mod client;
mod course;
mod credential;
mod endpoint;
mod error;
mod firing;
mod form_data;
mod gzip;
mod locks;
mod login;
mod pacer;
mod proxies;
mod pulse;
mod request;
mod run;
mod scenario;
mod send;
mod silence;
mod step;
mod stop;
mod stream;
mod target;
mod throttle;
mod values;
mod wire;

#[cfg(test)]
mod tests;

use crate::model::exchange::Exchange;
use crate::model::headers::Headers;
use crate::model::verdict::Early;

pub use error::FireError;
pub use firing::Firing;
pub use run::{Flow, run};
pub use stop::Stop;

/// Whether an answer is what its scenario expects. Firing does not judge; it is told.
pub trait Due: Send + Sync {
    /// Asked of answers to `when` only; `scenario` is an index into the plan's scenarios.
    fn is_met(&self, scenario: usize, exchange: &Exchange) -> bool;
    /// What an error answer comes to of which most is let go. It is one of which nothing special is expected.
    fn judge(&self, exchange: &Exchange) -> Early;
    /// The headers that have to be kept of such an answer.
    fn telling(&self, headers: &Headers) -> Headers;
}
