//! Large bodies: generated or read piece by piece while sending. After the first 64 KiB the sending pauses, and it
//! ends when an answer begins, so that a server which refuses early and closes is still heard.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use crate::model::plan::Filler;

/// Bodies up to here are sent in one piece.
pub(super) const LARGE: u64 = 64 * 1024;
/// How long an early answer is listened for.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
const CHUNK: usize = 64 * 1024;
/// Pieces before the pause are small enough to be written at once: a write that waits for room is tried again without
/// looking for an answer first.
const FIRST: usize = 16 * 1024;

/// A part of a body.
#[derive(Debug)]
pub(super) enum Part {
    Bytes(Bytes),
    /// A block that is sent again and again from an offset within its period.
    Cycle {
        block: Bytes,
        period: usize,
        at: usize,
        left: u64,
    },
    File {
        file: File,
        left: u64,
    },
}

impl Part {
    pub(super) fn len(&self) -> u64 {
        match self {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Cycle { left, .. } | Part::File { left, .. } => *left,
        }
    }

    /// The next piece, at most `most` bytes; empty at the end.
    fn piece(&mut self, most: usize) -> io::Result<Bytes> {
        match self {
            Part::Bytes(bytes) => Ok(bytes.split_to(most.min(bytes.len()))),
            Part::Cycle { block, period, at, left } => {
                let size = most.min(block.len() - *at).min(usize::try_from(*left).unwrap_or(usize::MAX));
                let piece = block.slice(*at..*at + size);
                *at = (*at + size) % *period;
                *left -= size as u64;
                Ok(piece)
            }
            Part::File { file, left } => {
                let mut piece = vec![0; most.min(usize::try_from(*left).unwrap_or(usize::MAX))];
                file.read_exact(&mut piece)?;
                *left -= piece.len() as u64;
                Ok(piece.into())
            }
        }
    }
}

/// The parts of filler.
pub(super) fn filler_parts(filler: &Filler, parts: &mut VecDeque<Part>) {
    parts.push_back(Part::Bytes(Bytes::from_owner(filler.head.clone())));
    let period = filler.unit.len();
    let left = filler.len() - (filler.head.len() + filler.tail.len()) as u64;
    if period > 0 && left > 0 {
        let times = (CHUNK / period).max(1).min(usize::try_from(left / period as u64 + 1).unwrap_or(usize::MAX));
        parts.push_back(Part::Cycle { block: filler.unit.repeat(times).into(), period, at: 0, left });
    }
    parts.push_back(Part::Bytes(Bytes::from_owner(filler.tail.clone())));
}

/// All parts in one piece; for those that are small.
pub(super) fn joined(parts: VecDeque<Part>) -> io::Result<Bytes> {
    let mut whole = Vec::with_capacity(parts.iter().map(|part| part.len() as usize).sum());
    for mut part in parts {
        while part.len() > 0 {
            whole.extend_from_slice(&part.piece(CHUNK)?);
        }
    }
    Ok(whole.into())
}

/// How far the answer to a request with a large body has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hearing {
    Nothing,
    /// An answer has begun: no more is sent, but the connection stays open until the answer is read.
    Answer,
}

/// The body of these parts. Dropping the sender ends it.
pub(super) fn body(parts: VecDeque<Part>, hearing: watch::Receiver<Hearing>) -> reqwest::Body {
    reqwest::Body::wrap_stream(pieces(parts, hearing))
}

struct Feed {
    parts: VecDeque<Part>,
    hearing: watch::Receiver<Hearing>,
    sent: u64,
    paused: bool,
}

fn pieces(
    parts: VecDeque<Part>,
    hearing: watch::Receiver<Hearing>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let feed = Feed { parts, hearing, sent: 0, paused: false };
    stream::unfold(Some(feed), |feed| async move {
        let mut feed = feed?;
        match feed.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(feed))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

impl Feed {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.parts.front().is_some_and(|part| part.len() == 0) {
            self.parts.pop_front();
        }
        let Some(part) = self.parts.front_mut() else { return Ok(None) };
        if self.sent >= LARGE && !self.paused {
            self.paused = true;
            let heard = self.hearing.wait_for(|hearing| *hearing == Hearing::Answer);
            let _ = tokio::time::timeout(PAUSE, heard).await;
        }
        // Lets the connection look for an answer before every piece. It asks for the body twice before it reads again,
        // hence two turns.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let answered = *self.hearing.borrow() == Hearing::Answer;
        if answered || self.hearing.has_changed().is_err() {
            // Comes back when the answer is read: the sender is gone then.
            let _ = self.hearing.wait_for(|_| false).await;
            return Err(io::Error::other("the answer came before the body was sent"));
        }
        let piece = part.piece(if self.paused { CHUNK } else { FIRST })?;
        self.sent += piece.len() as u64;
        Ok(Some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filler(head: &str, unit: &str, times: u64, rest: usize, tail: &str) -> Filler {
        let bytes = |text: &str| text.as_bytes().into();
        Filler { head: bytes(head), unit: bytes(unit), times, rest, tail: bytes(tail) }
    }

    fn whole(filler: &Filler) -> Bytes {
        let mut parts = VecDeque::new();
        filler_parts(filler, &mut parts);
        assert_eq!(parts.iter().map(Part::len).sum::<u64>(), filler.len());
        joined(parts).unwrap()
    }

    #[test]
    fn filler_is_head_units_rest_and_tail() {
        assert_eq!(whole(&filler("[", "ab,", 3, 2, "]")), "[ab,ab,ab,ab]");
        assert_eq!(whole(&filler("", "x", 0, 0, "")), "");
        let long = whole(&filler("", "abc", 50_000, 1, ""));
        assert_eq!(long.len(), 150_001);
        assert!(long.iter().enumerate().all(|(i, b)| *b == b"abc"[i % 3]));
        let wide = "0123456789".repeat(10_000);
        assert_eq!(whole(&filler("", &wide, 2, 5, "")), format!("{wide}{wide}01234"));
    }
}
