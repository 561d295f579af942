//! One exchange: sends the request and reads the answer, within its time and its size.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Method, Request, Response, Version};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::endpoint::Endpoint;
use super::gzip;
use super::silence::Circumstances;
use super::stream::Hearing;
use super::wire::Wires;
use crate::model::exchange::{Answer, Observation};
use crate::model::headers::Headers;

/// The limits of one exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    /// Bytes of the body after decoding.
    pub(super) max_body: u64,
}

/// How much later than the exchange itself the run notices that its time is up.
const GRACE: Duration = Duration::from_millis(100);

/// Sends a request and reads what comes back. `hearing` ends the sending of a large body.
pub(super) async fn exchange(
    wires: &Wires,
    endpoint: &Endpoint,
    request: Request,
    hearing: Option<watch::Sender<Hearing>>,
    limits: Limits,
) -> Observation {
    let deadline = Instant::now() + limits.timeout;
    let talk = Talk {
        https: endpoint.https,
        proxied: endpoint.clients.is_proxied(),
        limits,
        deadline,
        status: Arc::default(),
    };
    let (here, clients) = (talk.clone(), endpoint.clients.clone());
    let sending = wires.send(|thread| async move { here.on_the_wire(clients.of(thread), request, hearing).await });
    match timeout_at(deadline + GRACE, sending).await {
        Ok(Ok(observation)) => observation,
        Ok(Err(_)) => Observation::Silent(talk.circumstances().broken()),
        // Its thread is too busy to notice.
        Err(_) => Observation::Silent(talk.circumstances().timed_out()),
    }
}

/// What is known of an exchange while it goes on.
#[derive(Clone)]
struct Talk {
    https: bool,
    proxied: bool,
    limits: Limits,
    deadline: Instant,
    /// 0 before the head of the answer.
    status: Arc<AtomicU16>,
}

impl Talk {
    fn circumstances(&self) -> Circumstances {
        Circumstances {
            https: self.https,
            proxied: self.proxied,
            timeout: self.limits.timeout,
            connect_timeout: self.limits.connect_timeout,
            status: Some(self.status.load(Relaxed)).filter(|status| *status > 0),
        }
    }

    async fn on_the_wire(
        self,
        client: &Client,
        request: Request,
        hearing: Option<watch::Sender<Hearing>>,
    ) -> Observation {
        match timeout_at(self.deadline, self.whole(client, request, hearing)).await {
            Ok(Ok(Some(Whole { is_short: true, .. }))) => Observation::Silent(self.circumstances().broke_off()),
            Ok(Ok(Some(Whole { answer, .. }))) if answer.status == 407 && self.proxied => {
                Observation::Silent(self.circumstances().refused_by_the_proxy())
            }
            Ok(Ok(Some(Whole { answer, .. }))) => Observation::Answered(gzip::unpacked(answer, self.limits.max_body)),
            Ok(Ok(None)) | Err(_) => Observation::Silent(self.circumstances().timed_out()),
            Ok(Err(error)) => Observation::Silent(self.circumstances().explain(&error)),
        }
    }

    /// The whole answer; `None` if the time is up.
    async fn whole(
        &self,
        client: &Client,
        request: Request,
        hearing: Option<watch::Sender<Hearing>>,
    ) -> reqwest::Result<Option<Whole>> {
        let is_head = request.method() == Method::HEAD;
        let mut response = client.execute(request).await?;
        if let Some(hearing) = &hearing {
            hearing.send_replace(Hearing::Answer);
        }
        let status = response.status().as_u16();
        self.status.store(status, Relaxed);
        let headers = Headers::new(std::mem::take(response.headers_mut()));
        let read = read(&mut response, self.limits.max_body, self.deadline).await?;
        let Some((body, cut)) = read else { return Ok(None) };
        let has_body = !is_head && !cut && !matches!(status, 100..=199 | 204 | 304);
        let is_short = has_body && response.version() == Version::HTTP_2 && is_short(&headers, body.len());
        Ok(Some(Whole { answer: Answer { status, headers, body, cut }, is_short }))
    }
}

/// An answer that was read to its end.
struct Whole {
    answer: Answer,
    /// Whether it ended before its Content-Length: in HTTP/2 a stream may be reset as if that were no error.
    is_short: bool,
}

fn is_short(headers: &Headers, length: usize) -> bool {
    headers.text("content-length").and_then(|due| due.parse::<u64>().ok()).is_some_and(|due| due > length as u64)
}

/// Reads the body up to `most` bytes, and whether there was more; `None` if the time is up. The pieces are looked at
/// one by one, since a body that unpacks to any size never waits, so that no timer interrupts it.
async fn read(response: &mut Response, most: u64, deadline: Instant) -> reqwest::Result<Option<(Bytes, bool)>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Some(mut first) = response.chunk().await? else { return Ok(Some((Bytes::new(), false))) };
    if first.len() > most {
        first.truncate(most);
        return Ok(Some((first, true)));
    }
    // Most answers come in one piece, which is taken as it is.
    let Some(second) = response.chunk().await? else { return Ok(Some((first, false))) };
    let mut body = Vec::with_capacity((first.len() + second.len()).saturating_mul(2).min(most));
    body.extend_from_slice(&first);
    // A piece keeps the whole buffer that it was read into.
    drop(first);
    let mut next = Some(second);
    while let Some(piece) = next {
        let room = most - body.len();
        let taken = &piece[..piece.len().min(room)];
        if body.capacity() - body.len() < taken.len() {
            // Doubled, but never beyond what is read at most.
            body.reserve_exact(taken.len().max(body.len()).min(room));
        }
        body.extend_from_slice(taken);
        if piece.len() > room {
            return Ok(Some((body.into(), true)));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        next = response.chunk().await?;
    }
    Ok(Some((body.into(), false)))
}
