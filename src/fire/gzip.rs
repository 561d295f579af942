//! Gzip under the names that the client does not know: codings compare without case, and `x-gzip` is the same
//! (RFC 9110, 8.4.1).

use std::io::Read;

use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::silence::Failure;
use crate::model::exchange::Answer;

/// How much is read of the body of this answer: what fills `most` bytes unpacked, if it is packed in the one way that is
/// asked for.
pub(super) fn most_packed(answer: &Answer, most: u64) -> u64 {
    match answer.headers.known(&CONTENT_ENCODING) {
        // What cannot be packed grows by less.
        Some(b"gzip") => most.saturating_add(most >> 9).saturating_add(LARGEST_HEAD),
        _ => most,
    }
}

/// More than is before the packed bytes.
const LARGEST_HEAD: u64 = 4 << 10;

/// Unpacked at a time, before others have their turn.
const TURN: u64 = 32 << 10;

/// The answer with its body unpacked, up to `most` bytes; `None` if the time is up. One that cannot be unpacked is an
/// error under the name that every client knows; under another one it stays as it is, with its header.
pub(super) async fn unpacked(mut answer: Answer, most: u64, deadline: Instant) -> Result<Option<Answer>, Failure> {
    let is_gzip = |value: &[u8]| [&b"gzip"[..], b"x-gzip"].iter().any(|name| value.eq_ignore_ascii_case(name));
    let Some(coding) = answer.headers.known(&CONTENT_ENCODING).filter(|value| is_gzip(value)) else {
        return Ok(Some(answer));
    };
    let is_known = coding == b"gzip";
    if answer.body.is_empty() || (answer.cut && !is_known) {
        return Ok(Some(answer));
    }
    let mut body = Vec::new();
    let mut unpacking = MultiGzDecoder::new(&*answer.body).take(most.saturating_add(1));
    loop {
        match unpacking.by_ref().take(TURN).read_to_end(&mut body) {
            Ok(0) => break,
            Ok(_) if Instant::now() >= deadline => return Ok(None),
            Ok(_) => yield_now().await,
            // The rest was not read.
            Err(_) if answer.cut => break,
            Err(error) if is_known => return Err(Failure::Unpacking(error)),
            Err(_) => return Ok(Some(answer)),
        }
    }
    answer.cut |= body.len() as u64 > most;
    body.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    answer.body = body.into();
    answer.headers.remove("content-encoding");
    answer.headers.remove("content-length");
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::model::headers::Headers;

    fn answer(coding: &str, body: &[u8]) -> Answer {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        let mut headers = Headers::default();
        headers.set("Content-Encoding", coding.as_bytes());
        Answer { status: 404, headers, body: encoder.finish().unwrap().into(), cut: false }
    }

    async fn read(answer: Answer, most: u64) -> Answer {
        let deadline = Instant::now() + std::time::Duration::from_secs(60);
        unpacked(answer, most, deadline).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn gzip_is_known_by_every_name() {
        for coding in ["gzip", "GZIP", "x-gzip", "X-GZip"] {
            let read = read(answer(coding, b"{}"), 9).await;
            assert_eq!((&*read.body, read.cut, read.headers.len()), (&b"{}"[..], false, 0), "{coding}");
        }
    }

    #[tokio::test]
    async fn a_bomb_is_unpacked_as_far_as_is_read() {
        for most in [1000, 1 << 19] {
            let read = read(answer("x-gzip", &vec![b' '; 1 << 20]), most as u64).await;
            assert_eq!((read.body.len(), read.cut), (most, true));
        }
    }

    #[tokio::test]
    async fn of_what_was_cut_off_so_much_is_unpacked_as_is_there() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect();
        let whole = answer("gzip", &text);
        let half = Answer { body: whole.body.slice(..whole.body.len() / 2), cut: true, ..whole };
        let read = read(half, 1 << 20).await;
        assert!(read.cut && read.body.len() > 100_000 && text.starts_with(&read.body), "{}", read.body.len());
    }

    #[tokio::test]
    async fn what_is_no_gzip_stays_as_it_is_or_is_told() {
        let whole = answer("br", b"{}");
        assert_eq!(read(whole.clone(), 9).await.body, whole.body);
        let broken = |coding| Answer { body: whole.body.slice(..12), ..answer(coding, b"{}") };
        assert!(read(broken("GZIP"), 9).await.headers.get("content-encoding").is_some());
        let told = unpacked(broken("gzip"), 9, Instant::now()).await;
        assert!(matches!(told, Err(Failure::Unpacking(_))), "{told:?}");
    }
}
