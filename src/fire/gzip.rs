//! Gzip under the names that the client does not know: codings compare without case, and `x-gzip` is the same
//! (RFC 9110, 8.4.1).

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::model::exchange::Answer;

/// The answer with its body unpacked, up to `most` bytes. One that cannot be unpacked stays as it is, with its header.
pub(super) fn unpacked(mut answer: Answer, most: u64) -> Answer {
    let is_gzip = |value: &[u8]| [&b"gzip"[..], b"x-gzip"].iter().any(|name| value.eq_ignore_ascii_case(name));
    if answer.cut || answer.body.is_empty() || !answer.headers.get("content-encoding").is_some_and(is_gzip) {
        return answer;
    }
    let mut body = Vec::new();
    let mut unpacking = MultiGzDecoder::new(&*answer.body).take(most.saturating_add(1));
    if unpacking.read_to_end(&mut body).is_err() {
        return answer;
    }
    answer.cut = body.len() as u64 > most;
    body.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    answer.body = body.into();
    answer.headers.remove("content-encoding");
    answer.headers.remove("content-length");
    answer
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

    #[test]
    fn gzip_is_known_by_every_name() {
        for coding in ["GZIP", "x-gzip", "X-GZip"] {
            let unpacked = unpacked(answer(coding, b"{}"), 9);
            assert_eq!((&*unpacked.body, unpacked.cut, unpacked.headers.len()), (&b"{}"[..], false, 0), "{coding}");
        }
    }

    #[test]
    fn a_bomb_is_unpacked_as_far_as_is_read() {
        let unpacked = unpacked(answer("x-gzip", &vec![b' '; 1 << 20]), 1000);
        assert_eq!((unpacked.body.len(), unpacked.cut), (1000, true));
    }

    #[test]
    fn what_is_no_gzip_stays_as_it_is() {
        let whole = answer("br", b"{}");
        assert_eq!(unpacked(whole.clone(), 9).body, whole.body);
        let broken = Answer { body: whole.body.slice(..12), ..answer("GZIP", b"{}") };
        assert!(unpacked(broken, 9).headers.get("content-encoding").is_some());
    }
}
