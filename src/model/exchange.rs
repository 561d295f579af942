//! Exchanges: one request as it was sent, and what came back or why nothing did.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::headers::Headers;
use super::secret::NamedSecret;
use super::verdict::Early;

/// Which step an exchange belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A login step of a credential.
    Login,
    Given,
    When,
    Finally,
}

impl Phase {
    pub fn id(self) -> &'static str {
        match self {
            Phase::Login => "login",
            Phase::Given => "given",
            Phase::When => "when",
            Phase::Finally => "finally",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Exchange {
    pub phase: Phase,
    /// Index of the step within its phase.
    pub index: u16,
    /// Whether it went to the control service; such an exchange is not judged.
    pub control: bool,
    pub sent: Sent,
    pub observation: Observation,
    pub elapsed: Duration,
    /// How long a `Retry-After` was waited for before this request was sent.
    pub waited: Duration,
    /// Whether the same step was asked again afterwards (`until`, `repeat`, `eventually`, a 429 waited out, a retry):
    /// then this answer is not the one that is judged for what is expected.
    pub superseded: bool,
    /// What was made of an answer when it came, where most of it was let go afterwards: what is left is only shown.
    pub early: Option<Arc<Early>>,
}

/// The request as it left.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub method: Box<str>,
    /// Absolute.
    pub url: Box<str>,
    /// In the order in which they were set; a credential's header is among them.
    pub headers: Vec<(Box<str>, Box<str>)>,
    pub body: SentBody,
    /// The secrets that this request carried.
    pub secrets: Vec<NamedSecret>,
}

#[derive(Debug, Clone, Default)]
pub enum SentBody {
    #[default]
    None,
    Bytes(Bytes),
    /// Generated or read while sending; the whole length in bytes.
    Streamed {
        length: u64,
    },
}

#[derive(Debug, Clone)]
pub enum Observation {
    Answered(Answer),
    Silent(Silence),
}

/// An answer that was read whole, or up to `max_body`.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    /// After decoding; cut at `max_body`.
    pub body: Bytes,
    /// Whether there was more.
    pub cut: bool,
}

impl Answer {
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    pub kind: Silent,
    /// The cause in words, without secrets.
    pub text: String,
    /// The status, where the head of an answer came before it broke off.
    pub status: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Silent {
    /// Nothing listens there.
    Refused,
    /// The connection was closed or reset before a whole answer.
    Reset,
    /// The name has no address.
    Dns,
    Tls,
    /// What came is not HTTP.
    NotHttp,
    /// The body broke off or could not be decoded.
    BrokenBody,
    Timeout,
    /// The run was interrupted.
    Interrupted,
    /// Anything else, such as a proxy that refuses.
    Other,
}
