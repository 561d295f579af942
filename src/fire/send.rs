//! One exchange: sends the request and reads the answer, within its time and its size.

use std::cell::Cell;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Request, Response};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::endpoint::Endpoint;
use super::gzip;
use super::silence::Circumstances;
use super::stream::Hearing;
use super::wire::Wire;
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

/// Sends a request and reads what comes back. `hearing` ends the sending of a large body.
pub(super) async fn exchange(
    wire: &Wire,
    endpoint: &Endpoint,
    request: Request,
    hearing: Option<watch::Sender<Hearing>>,
    limits: Limits,
) -> Observation {
    let deadline = Instant::now() + limits.timeout;
    let status = Cell::new(None);
    let circumstances = || Circumstances {
        https: endpoint.https,
        timeout: limits.timeout,
        connect_timeout: limits.connect_timeout,
        status: status.get(),
    };
    let whole = async {
        let mut response = wire.starting(endpoint.client.execute(request)).await?;
        if let Some(hearing) = &hearing {
            hearing.send_replace(Hearing::Answer);
        }
        status.set(Some(response.status().as_u16()));
        let headers = Headers::new(std::mem::take(response.headers_mut()));
        let read = read(&mut response, limits.max_body, deadline).await?;
        let answer = |(body, cut)| Answer { status: response.status().as_u16(), headers, body, cut };
        Ok::<_, reqwest::Error>(read.map(answer))
    };
    match timeout_at(deadline, whole).await {
        Ok(Ok(Some(answer))) => Observation::Answered(gzip::unpacked(answer, limits.max_body)),
        Ok(Ok(None)) | Err(_) => Observation::Silent(circumstances().timed_out()),
        Ok(Err(error)) => Observation::Silent(circumstances().explain(&error)),
    }
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
