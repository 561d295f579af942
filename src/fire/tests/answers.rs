//! What comes back, or why nothing does.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::project::{Lab, answer, ask, last, only, silence, step};
use super::server::{Reply, Server, head, raw, saying};
use crate::model::exchange::Silent;

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    let server = Server::start(|_, _| Reply::new(404, "{}").header("X-Two", "1").header("X-Two", "2")).await;
    let fired = ask(&server.url, step("GET /a%2Fb?q=%20")).await;
    let answer = answer(&fired);
    assert_eq!((answer.status, &answer.body[..], answer.cut), (404, &b"{}"[..], false));
    assert_eq!(answer.headers.all("x-two").collect::<Vec<_>>(), [b"1", b"2"]);
    let exchange = last(&fired);
    assert_eq!(*exchange.sent.url, format!("{}/a%2Fb?q=%20", server.url));
    assert_eq!(fired.attempts, 1);
    let heard = &server.heard()[0];
    assert_eq!(heard.request(), "GET /a%2Fb?q=%20");
    assert_eq!(heard.header("accept"), Some("*/*"));
    assert_eq!(heard.header("user-agent"), Some(concat!("trueline/", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Server::start(|_, _| Reply::new(200, "")).await;
    let to = other.url.clone();
    let server = Server::start(move |_, _| Reply::new(302, "").header("Location", to.clone())).await;
    assert_eq!(answer(&ask(&server.url, step("GET /")).await).status, 302);
    assert!(other.heard().is_empty());
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn each_way_of_not_answering_has_its_kind() {
    // A port of the system on which nothing listens; a free one could be taken by another test.
    let refused = "http://127.0.0.1:1".to_owned();
    let reset = raw(|mut stream| async move {
        head(&mut stream, &mut Vec::new()).await;
        let _ = stream.set_zero_linger();
    })
    .await;
    let plain = raw(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let huge_head = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: b\r\n".repeat(5000));
    for (url, kind, status) in [
        (refused, Silent::Refused, None),
        (reset, Silent::Reset, None),
        (saying("").await, Silent::Reset, None),
        (saying("HTTP/1.1 200 OK\r\nX-").await, Silent::Reset, None),
        (saying("SSH-2.0-OpenSSH_9.6\r\n").await, Silent::NotHttp, None),
        (saying("HTTP/1.1 099 Odd\r\n\r\n").await, Silent::NotHttp, None),
        (saying(huge_head).await, Silent::NotHttp, None),
        (saying("HTTP/1.1 500 X\r\nContent-Length: 10\r\n\r\n{").await, Silent::BrokenBody, Some(500)),
        (saying("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await, Silent::BrokenBody, Some(500)),
        (
            saying("HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd").await,
            Silent::BrokenBody,
            Some(500),
        ),
        // No name of a host is that long, so that no server of names is asked and waited for.
        (format!("http://{}.invalid", "x".repeat(64)), Silent::Dns, None),
        (plain.replace("http:", "https:"), Silent::Tls, None),
    ] {
        let fired = ask(&url, step("GET /?token=hush")).await;
        let silence = silence(&fired);
        assert_eq!((silence.kind, silence.status), (kind, status), "{url}: {silence:?}");
        assert!(!silence.text.contains("hush") && !silence.text.contains("http:"), "{silence:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_timeout_wherever_it_stalls() {
    let mute = raw(|mut stream| async move {
        head(&mut stream, &mut Vec::new()).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    let dripping = raw(|mut stream| async move {
        head(&mut stream, &mut Vec::new()).await;
        let _ = stream.write_all(b"HTTP/1.1 500 X\r\nContent-Length: 100000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    // The head has to be there before the time of the second is over, however busy the machine is.
    for (url, status, millis) in [(mute, None, 200), (dripping, Some(500), 2_000)] {
        let start = Instant::now();
        let mut when = step("GET /");
        when.timeout = Some(Duration::from_millis(millis));
        let fired = ask(&url, when).await;
        assert_eq!((silence(&fired).kind, silence(&fired).status), (Silent::Timeout, status));
        let told = if millis < 1_000 { "200 ms" } else { "2 s" };
        assert!(silence(&fired).text.contains(told), "{:?}", silence(&fired));
        // The first server would hold out for a minute, the second for days.
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_body_is_cut_at_its_most_and_only_then() {
    let endless = raw(|mut stream| async move {
        head(&mut stream, &mut Vec::new()).await;
        let _ = stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let exact = Server::start(|_, _| Reply::new(400, [b'x'; 100_000])).await;
    for (url, most, cut) in [(&endless, 100_000, true), (&exact.url, 100_000, false), (&exact.url, 99_999, true)] {
        let mut lab = Lab::new(url).with(only(step("GET /")));
        lab.settings.max_body = most;
        let fired = lab.fire().await;
        assert_eq!((answer(&fired).body.len() as u64, answer(&fired).cut), (most, cut));
    }
}

#[tokio::test]
async fn gzip_is_unpacked_up_to_the_most() {
    let pack = |plain: &[u8]| {
        // Stored blocks: a gzip file without compression, so that the test needs no packer.
        let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        let size = plain.len() as u16;
        out.push(1);
        out.extend(size.to_le_bytes());
        out.extend((!size).to_le_bytes());
        out.extend_from_slice(plain);
        let mut crc = u32::MAX;
        for byte in plain {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
            }
        }
        out.extend((!crc).to_le_bytes());
        out.extend((plain.len() as u32).to_le_bytes());
        out
    };
    let packed = pack(br#"{"error":{"code":"X"}}"#);
    let server = Server::start(move |_, _| Reply::new(400, packed.clone()).header("Content-Encoding", "gzip")).await;
    let mut lab = Lab::new(&server.url).with(only(step("GET /")));
    assert_eq!(&answer(&lab.fire().await).body[..], br#"{"error":{"code":"X"}}"#);
    lab.settings.max_body = 10;
    let fired = lab.fire().await;
    assert_eq!((&answer(&fired).body[..], answer(&fired).cut), (&br#"{"error":{"#[..], true));
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let opened = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = opened.clone();
    let url = raw(move |mut stream| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            let mut buffer = Vec::new();
            while head(&mut stream, &mut buffer).await.is_some() {
                let _ = stream.write_all(b"HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}").await;
            }
        }
    })
    .await;
    let mut lab = Lab::new(&url);
    for _ in 0..50 {
        lab = lab.with(only(step("GET /")));
    }
    lab.settings.jobs = 2;
    assert_eq!(lab.run(&(0..50).collect::<Vec<_>>()).await.len(), 50);
    assert!(opened.load(std::sync::atomic::Ordering::Relaxed) <= 2);
}
