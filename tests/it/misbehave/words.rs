//! What the table of kinds is written in.

use std::io::Write;
use std::sync::OnceLock;

use super::server::Act;

/// What a behaviour has to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Conforms,
    /// Conforms, with this warning.
    Warns(&'static str),
    Violates(&'static str),
    Inconclusive(&'static str),
}

pub use Due::*;

/// Where a scenario is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    Here,
    /// A deployment by its name.
    At(&'static str),
}

/// One behaviour: a row of the table.
#[derive(Debug, Clone)]
pub struct Kind {
    pub name: &'static str,
    pub act: Act,
    pub due: Due,
    /// What the scenario expects, as in its file.
    pub expect: &'static str,
    /// Further members of `when`, as JSON, with a comma before them.
    pub sending: &'static str,
    pub method: &'static str,
    pub place: Where,
    /// A part of what the finding has to say.
    pub says: &'static str,
}

/// A row. The code `NOT_FOUND` is due, to a GET.
pub fn kind(name: &'static str, act: Act, due: Due) -> Kind {
    Kind { name, act, due, expect: "NOT_FOUND", sending: "", method: "GET", place: Where::Here, says: "" }
}

impl Kind {
    pub fn expecting(self, expect: &'static str) -> Kind {
        Kind { expect, ..self }
    }

    pub fn sending(self, method: &'static str, sending: &'static str) -> Kind {
        Kind { method, sending, ..self }
    }

    pub fn at(self, deployment: &'static str) -> Kind {
        Kind { place: Where::At(deployment), ..self }
    }

    /// Whether it keeps a processor busy until its time is up.
    pub fn is_storm(&self) -> bool {
        matches!(self.act, Act::Floods(..)) && self.due == Inconclusive("timeout")
    }

    pub fn saying(self, says: &'static str) -> Kind {
        Kind { says, ..self }
    }
}

/// The envelope with this code, as it should be.
pub fn envelope(code: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"there is no such thing"}}}}"#)
}

pub fn good_body() -> String {
    envelope("NOT_FOUND")
}

/// A whole answer with a Content-Length. `headers` are lines, each with its end.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut out = head(status, &format!("{headers}Content-Length: {}\r\n", body.len()));
    out.extend_from_slice(body);
    out
}

/// The head of an answer, with the type of JSON.
pub fn head(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{headers}\r\n").into_bytes()
}

/// An answer in chunks.
pub fn chunked(status: u16, headers: &str, chunks: &str) -> Vec<u8> {
    [head(status, &format!("{headers}Transfer-Encoding: chunked\r\n")), chunks.into()].concat()
}

/// A 404 with this body.
pub fn not_found(body: impl AsRef<[u8]>) -> Act {
    Act::Says(answer(404, "", body))
}

/// What is due, with these headers beside.
pub fn good(headers: &str) -> Vec<u8> {
    answer(404, headers, good_body())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Gzip that unpacks to a great many zeros, 40 MiB of them.
pub fn bomb() -> Vec<u8> {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| gzip(&vec![0; 40 << 20])).clone()
}
