//! Why there is no answer: the causes in the chain below an error of the client, in plain words.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::client::root_cause;
use crate::model::exchange::{Silence, Silent};

/// What is known of the exchange that broke.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub(super) https: bool,
    pub(super) proxied: bool,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    /// The status, once the head of an answer is there.
    pub(super) status: Option<u16>,
}

impl Circumstances {
    /// The exchange took too long as a whole.
    pub(super) fn timed_out(self) -> Silence {
        let text = match self.status {
            None => format!("no answer within {}", spoken(self.timeout)),
            Some(_) => format!("the answer began but did not end within {}", spoken(self.timeout)),
        };
        self.silence(Silent::Timeout, text)
    }

    /// The body ended too early, without an error of the connection.
    pub(super) fn broke_off(self) -> Silence {
        self.silence(Silent::BrokenBody, "the body broke off".to_owned())
    }

    /// A proxy in use wants a password first: the API was not asked.
    pub(super) fn refused_by_the_proxy(self) -> Silence {
        self.silence(Silent::Other, "the proxy asks for a user and a password, or for others (407)".to_owned())
    }

    /// The exchange ended without telling why, which is a mistake of ours.
    pub(super) fn broken(self) -> Silence {
        self.silence(Silent::Other, "the exchange broke off".to_owned())
    }

    /// Why there is no whole answer. The URL and its query are not part of the text.
    pub(super) fn explain(self, error: &reqwest::Error) -> Silence {
        let (kind, text) = if self.status.is_some() { in_the_body(error) } else { self.before_the_head(error) };
        self.silence(kind, text)
    }

    fn silence(self, kind: Silent, text: String) -> Silence {
        Silence { kind, text, status: self.status }
    }

    fn before_the_head(self, error: &reqwest::Error) -> (Silent, String) {
        let connecting = error.is_connect();
        let io = io_kind(error);
        if error.is_timeout() {
            return (
                Silent::Timeout,
                match connecting {
                    true => format!("no connection within {}", spoken(self.connect_timeout.min(self.timeout))),
                    false => format!("no answer within {}", spoken(self.timeout)),
                },
            );
        }
        if error.is_dns() || mentions(error, "dns error") {
            return (Silent::Dns, "the name of the host has no address".to_owned());
        }
        if io == Some(ErrorKind::ConnectionRefused) {
            let text = match self.proxied {
                true => "the connection to the proxy was refused: nothing listens there",
                false => "the connection was refused: nothing listens there",
            };
            return (Silent::Refused, text.to_owned());
        }
        if connecting && mentions(error, "tunnel error") {
            return (Silent::Other, "the proxy did not open a connection to the target".to_owned());
        }
        if matches!(io, Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable)) {
            return (Silent::Other, "there is no route to the host".to_owned());
        }
        if connecting && self.https {
            return (Silent::Tls, format!("no TLS connection came about: {}", root_cause(error)));
        }
        talking(error, io)
    }
}

/// The connection was there, but no head of an answer came.
fn talking(error: &reqwest::Error, io: Option<ErrorKind>) -> (Silent, String) {
    if let Some(hyper) = find::<hyper::Error>(error) {
        if hyper.is_parse_too_large() {
            return (Silent::NotHttp, "the head of the answer is too large".to_owned());
        }
        if hyper.is_parse() {
            return (Silent::NotHttp, format!("what came is not HTTP: {}", root_cause(hyper)));
        }
        if hyper.to_string().starts_with("received unexpected message") {
            return (Silent::NotHttp, "what came is not HTTP: it came before anything was asked".to_owned());
        }
        if hyper.is_incomplete_message() {
            return (Silent::Reset, "the connection was closed before an answer came".to_owned());
        }
        if hyper.is_user() {
            return (Silent::Other, format!("the request could not be sent: {}", root_cause(hyper)));
        }
    }
    match io {
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => {
            (Silent::Reset, "the connection was reset before an answer came".to_owned())
        }
        Some(ErrorKind::UnexpectedEof | ErrorKind::NotConnected) => {
            (Silent::Reset, "the connection was closed before an answer came".to_owned())
        }
        _ if find::<hyper::Error>(error).is_some_and(|e| e.is_canceled() || e.is_closed()) => {
            (Silent::Reset, "the connection was closed before an answer came".to_owned())
        }
        _ => (Silent::Other, format!("the exchange failed: {}", root_cause(error))),
    }
}

fn in_the_body(error: &reqwest::Error) -> (Silent, String) {
    let io = io_kind(error);
    let incomplete = find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
    let text = match io {
        _ if error.is_timeout() => return (Silent::Timeout, "the body stopped coming".to_owned()),
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => {
            "the connection was reset within the body".to_owned()
        }
        _ if incomplete => "the body broke off".to_owned(),
        // A gzip stream that ends early reports this too, without an error of the connection.
        Some(ErrorKind::UnexpectedEof) if find::<hyper::Error>(error).is_some() => "the body broke off".to_owned(),
        _ => format!("the body cannot be decoded: {}", root_cause(error)),
    };
    (Silent::BrokenBody, text)
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error: &&'e (dyn Error + 'static)| error.source())
}

fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn mentions(error: &(dyn Error + 'static), words: &str) -> bool {
    chain(error).skip(1).any(|cause| cause.to_string().starts_with(words))
}

/// The kind of the innermost I/O error.
fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    chain(error).filter_map(|error| error.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// A duration as people say it.
pub(super) fn spoken(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) { format!("{} s", millis / 1000) } else { format!("{millis} ms") }
}
