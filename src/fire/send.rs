//! One exchange: sends the request and reads the answer, within its time and its size.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Method, Response, Version};
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};

use super::client::Way;
use super::direct::{Direct, Reply};
use super::endpoint::Endpoint;
use super::gzip;
use super::request::Request;
use super::silence::{Circumstances, Failure};
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
    let proxied = matches!(&endpoint.way, Way::Client(clients) if clients.is_proxied());
    let talk = Talk { https: endpoint.https, proxied, limits, deadline, status: Arc::default() };
    let (clients, request) = match (&endpoint.way, request) {
        (Way::Direct(direct), Request::Direct(request)) => {
            return talk.in_time(pin!(talk.directly(direct, *request, hearing))).await;
        }
        (Way::Client(clients), Request::Client(request)) => (clients.clone(), *request),
        // A request is made for the way of its endpoint.
        _ => return Observation::Silent(talk.circumstances().broken()),
    };
    let here = talk.clone();
    let sending = wires
        .send(|thread| async move { here.in_time(pin!(here.by_client(clients.of(thread), request, hearing))).await });
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

    /// What comes of the exchange within its time. It is pinned, for it is large to move.
    async fn in_time(&self, whole: Pin<&mut impl Future<Output = Result<Option<Whole>, Failure>>>) -> Observation {
        match timeout_at(self.deadline, whole).await {
            Ok(Ok(Some(Whole { is_short: true, .. }))) => Observation::Silent(self.circumstances().broke_off()),
            Ok(Ok(Some(Whole { answer, .. }))) if answer.status == 407 && self.proxied => {
                Observation::Silent(self.circumstances().refused_by_the_proxy())
            }
            Ok(Ok(Some(Whole { answer, .. }))) => Observation::Answered(answer),
            Ok(Ok(None)) | Err(_) => Observation::Silent(self.circumstances().timed_out()),
            Ok(Err(failure)) => Observation::Silent(self.circumstances().explain(&failure)),
        }
    }

    /// The whole answer; `None` if the time is up.
    async fn directly(
        &self,
        direct: &Direct,
        request: http::Request<reqwest::Body>,
        hearing: Option<watch::Sender<Hearing>>,
    ) -> Result<Option<Whole>, Failure> {
        let (head, mut reply) = direct.ask(request).await?.into_parts();
        let answer = self.begun(head.status, head.headers, &hearing);
        let most = gzip::most_packed(&answer, self.limits.max_body);
        let Some((body, cut)) = read(&mut reply, most, self.deadline).await? else { return Ok(None) };
        if !cut {
            reply.read().await;
        }
        let answer = gzip::unpacked(Answer { body, cut, ..answer }, self.limits.max_body, self.deadline).await?;
        Ok(answer.map(|answer| Whole { answer, is_short: false }))
    }

    /// The same by a client.
    async fn by_client(
        &self,
        client: &Client,
        request: reqwest::Request,
        hearing: Option<watch::Sender<Hearing>>,
    ) -> Result<Option<Whole>, Failure> {
        let is_head = request.method() == Method::HEAD;
        let mut response = client.execute(request).await.map_err(Failure::Client)?;
        let headers = std::mem::take(response.headers_mut());
        let answer = self.begun(response.status(), headers, &hearing);
        let Some((body, cut)) = read(&mut response, self.limits.max_body, self.deadline).await? else {
            return Ok(None);
        };
        let has_body = !is_head && !cut && !matches!(answer.status, 100..=199 | 204 | 304);
        let is_short = has_body && response.version() == Version::HTTP_2 && is_short(&answer.headers, body.len());
        let answer = gzip::unpacked(Answer { body, cut, ..answer }, self.limits.max_body, self.deadline).await?;
        Ok(answer.map(|answer| Whole { answer, is_short }))
    }

    /// The head of the answer is there.
    fn begun(&self, status: StatusCode, headers: HeaderMap, hearing: &Option<watch::Sender<Hearing>>) -> Answer {
        if let Some(hearing) = hearing {
            hearing.send_replace(Hearing::Answer);
        }
        self.status.store(status.as_u16(), Relaxed);
        Answer { status: status.as_u16(), headers: Headers::new(headers), body: Bytes::new(), cut: false }
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

/// A body that comes in pieces.
trait Pieces {
    async fn piece(&mut self) -> Result<Option<Bytes>, Failure>;
}

impl Pieces for Response {
    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        self.chunk().await.map_err(Failure::Client)
    }
}

impl Pieces for Reply<'_> {
    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        Reply::piece(self).await.map_err(Failure::Talking)
    }
}

/// So many pieces, and it is the turn of others.
const TURN: u32 = 32;

/// Reads the body up to `most` bytes, and whether there was more; `None` if the time is up. The pieces are looked at
/// one by one, since a body that unpacks to any size never waits, so that no timer interrupts it.
async fn read(pieces: &mut impl Pieces, most: u64, deadline: Instant) -> Result<Option<(Bytes, bool)>, Failure> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Some(mut first) = pieces.piece().await? else { return Ok(Some((Bytes::new(), false))) };
    if first.len() > most {
        first.truncate(most);
        return Ok(Some((first, true)));
    }
    // Most answers come in one piece, which is taken as it is.
    let Some(second) = pieces.piece().await? else { return Ok(Some((first, false))) };
    let mut body = Vec::with_capacity((first.len() + second.len()).saturating_mul(2).min(most));
    body.extend_from_slice(&first);
    // A piece keeps the whole buffer that it was read into.
    drop(first);
    let mut next = Some(second);
    let mut count = 0_u32;
    while let Some(piece) = next {
        count = count.wrapping_add(1);
        // Pieces of a byte are there by the thousand at once.
        if count.is_multiple_of(TURN) {
            yield_now().await;
        }
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
        next = pieces.piece().await?;
    }
    Ok(Some((body.into(), false)))
}
