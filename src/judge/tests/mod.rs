//! For every rule an answer that breaks it, and one close to it that does not.

mod answers;
mod any_answer;
mod findings;
mod proxies;
mod scenarios;
