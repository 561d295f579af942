//! The mail that the deployment sent: what a test mailbox would hold.

use std::collections::VecDeque;

use serde_json::Value;

const MOST_MAILS: usize = 5_000;

/// A mail that went out.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    /// What the mail is for, for instance `password_reset`.
    pub kind: &'static str,
    /// What its links carry.
    pub values: Value,
}

/// All mails, newest last.
#[derive(Debug, Default)]
pub struct Outbox(VecDeque<Mail>);

impl Outbox {
    pub fn send(&mut self, to: &str, kind: &'static str, values: Value) {
        if self.0.len() >= MOST_MAILS {
            self.0.pop_front();
        }
        self.0.push_back(Mail { to: to.to_owned(), kind, values });
    }

    /// The newest mail to an address.
    pub fn newest(&self, to: &str) -> Option<&Mail> {
        self.0.iter().rev().find(|mail| mail.to.eq_ignore_ascii_case(to))
    }
}
