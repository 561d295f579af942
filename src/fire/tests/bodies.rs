//! Bodies of every kind.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::project::{Lab, answer, ask, last, only, step, text_with};
use super::server::{Reply, Server, head, raw};
use crate::fire::stream::PAUSE;
use crate::model::exchange::SentBody;
use crate::model::plan::{Body, Filler, MultipartPart, PartContent, Step};
use crate::model::template::{Source, Template};
use crate::model::verdict::ObstacleKind;

fn with_body(body: Body) -> Step {
    Step { body, ..step("POST /") }
}

fn filler(unit: &str, times: u64) -> Filler {
    Filler { head: [].into(), unit: unit.as_bytes().into(), times, rest: 0, tail: [].into() }
}

#[tokio::test]
async fn json_and_forms_say_what_they_are_and_raw_bodies_do_not() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let text = Template::text;
    for (body, content_type, bytes) in [
        (Body::None, None, ""),
        (Body::Json(text("{\"b\":1,\"a\":2}")), Some("application/json"), "{\"b\":1,\"a\":2}"),
        (Body::Text(text("{broken")), None, "{broken"),
        (Body::Bytes(b"raw".as_slice().into()), None, "raw"),
        (Body::Filler(filler("ab", 3)), None, "ababab"),
        (
            Body::Form(vec![(text("a%20b"), text("1")), (text("c"), text("%26"))]),
            Some("application/x-www-form-urlencoded"),
            "a%20b=1&c=%26",
        ),
    ] {
        let fired = ask(&server.url, with_body(body.clone())).await;
        let heard = server.heard().pop().unwrap();
        assert_eq!(heard.header("content-type"), content_type, "{body:?}");
        assert_eq!(String::from_utf8_lossy(&heard.body), bytes);
        match &last(&fired).sent.body {
            SentBody::Bytes(sent) => assert_eq!(sent, bytes),
            other => assert!(matches!(other, SentBody::None) && bytes.is_empty(), "{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_body_of_nothing_has_a_length_where_a_body_is_usual() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let nothing = || Body::Text(Template::text(""));
    for (line, body, length) in [
        ("POST /", Body::None, Some("0")),
        ("PATCH /", Body::None, Some("0")),
        ("PUT /", nothing(), Some("0")),
        ("DELETE /", nothing(), Some("0")),
        ("DELETE /", Body::None, None),
        ("GET /", Body::None, None),
    ] {
        ask(&server.url, Step { body, ..step(line) }).await;
        assert_eq!(server.heard().pop().unwrap().header("content-length"), length, "{line}");
    }
    let chunked = vec![("Transfer-Encoding".into(), Template::text("chunked"))];
    ask(&server.url, Step { headers: chunked, ..step("POST /") }).await;
    assert_eq!(server.heard().pop().unwrap().header("content-length"), None);
}

#[tokio::test]
async fn the_authors_content_type_wins() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let mut when = with_body(Body::Json(Template::text("{}")));
    when.headers.push(("content-TYPE".into(), Template::text("text/plain")));
    ask(&server.url, when).await;
    let heard = server.heard().pop().unwrap();
    let types: Vec<_> = heard.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type")).collect();
    assert_eq!(types, [&("content-type".to_owned(), "text/plain".to_owned())]);
}

#[tokio::test]
async fn multipart_holds_text_bytes_files_and_filler() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("logo.png"), b"\x89PNG").unwrap();
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let part =
        |name: &str, content| MultipartPart { name: Template::text(name), filename: None, content_type: None, content };
    let parts = vec![
        part("a\"b", PartContent::Text(text_with("x", Source::Unique))),
        MultipartPart {
            filename: Some(Template::text("logo.png")),
            content_type: Some("image/png".into()),
            ..part("file", PartContent::File("logo.png".into()))
        },
        part("raw", PartContent::Bytes([0, 255].as_slice().into())),
        part("big", PartContent::Filler(filler("0123456789", 20_000))),
    ];
    let mut lab = Lab::new(&server.url).with(only(with_body(Body::Multipart(parts))));
    lab.root = Some(root.path().to_owned());
    assert_eq!(answer(&lab.fire().await).status, 200);
    let heard = server.heard().pop().unwrap();
    let boundary = heard.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8_lossy(&heard.body);
    let parts: Vec<_> = body.split(&format!("--{boundary}")).collect();
    assert_eq!((parts.len(), parts[0], parts[5]), (6, "", "--\r\n"));
    assert!(parts[1].starts_with("\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\nx"), "{}", parts[1]);
    assert_eq!(
        parts[2],
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"logo.png\"\r\nContent-Type: image/png\r\n\r\n\u{fffd}PNG\r\n"
    );
    assert!(heard.body.windows(6).any(|w| w == b"\r\n\r\n\0\xff"));
    assert!(parts[4].len() > 200_000);
}

#[tokio::test]
async fn a_large_body_arrives_whole_after_its_pause() {
    let root = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..300_000_u32).map(|i| i as u8).collect();
    std::fs::write(root.path().join("dump.bin"), &content).unwrap();
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    for (body, whole) in [
        (Body::Filler(filler("abc", 100_000)), "abc".repeat(100_000).into_bytes()),
        (Body::File("dump.bin".into()), content.clone()),
        (Body::Bytes(content.as_slice().into()), content.clone()),
    ] {
        let mut lab = Lab::new(&server.url).with(only(with_body(body)));
        lab.root = Some(root.path().to_owned());
        let start = Instant::now();
        assert_eq!(answer(&lab.fire().await).status, 200);
        assert!(start.elapsed() >= Duration::from_millis(100));
        let heard = server.heard().pop().unwrap();
        assert_eq!(heard.header("content-length"), Some("300000"));
        assert!(heard.body == whole);
    }
}

#[tokio::test]
async fn an_early_refusal_of_a_large_body_is_heard_though_the_server_closes() {
    let closed = Arc::new(Mutex::new(Instant::now()));
    let closing = closed.clone();
    let url = raw(move |mut stream| {
        let closing = closing.clone();
        async move {
            // Up to the last byte before the pause: an answer that comes in the very moment of a write may be lost.
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let small = String::from_utf8_lossy(&head).to_lowercase().contains("content-length: 61440\r\n");
            let before_the_pause = if small { 60 << 10 } else { 64 << 10 };
            let _ = stream.read_exact(&mut vec![0; before_the_pause - 1]).await;
            let _ =
                stream.write_all(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}").await;
            // Closed with most of the body unread, so that the peer is reset.
            drop(stream);
            *closing.lock().unwrap() = Instant::now();
        }
    })
    .await;
    for length in [60 << 10, 65 << 10, 200 << 10, 20 << 20] {
        let lab = Lab::new(&url).with(only(with_body(Body::Filler(filler("x", length)))));
        let (mut heard, mut late) = (0, 0);
        while heard < 10 {
            let start = Instant::now();
            let fired = lab.fire().await;
            // Nobody hears a server that is too busy to refuse before the pause is over.
            if *closed.lock().unwrap() - start >= PAUSE {
                late += 1;
                assert!(late < 500, "the server was in time only {heard} times");
                continue;
            }
            heard += 1;
            assert_eq!((answer(&fired).status, &answer(&fired).body[..]), (413, &b"{}"[..]));
            match last(&fired).sent.body {
                SentBody::Streamed { length: sent } => assert_eq!(sent, length),
                _ => assert_eq!(length, 60 << 10),
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_a_large_body_is_heard() {
    let url = raw(|mut stream| async move {
        head(&mut stream, &mut Vec::new()).await;
        let mut read = 0;
        let mut piece = vec![0; 64 << 10];
        while read < 1 << 20 {
            read += stream.read(&mut piece).await.unwrap_or(0);
        }
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}").await;
        // Reads no more, and stays open until the peer has understood.
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    let fired = ask(&url, with_body(Body::Filler(filler("x", 200 << 20)))).await;
    assert_eq!((answer(&fired).status, &answer(&fired).body[..]), (413, &b"{}"[..]));
    assert!(fired.elapsed < Duration::from_secs(20), "{:?}", fired.elapsed);
}

#[tokio::test]
async fn a_file_outside_the_project_is_never_read() {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("project");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(root.path().join("secret.txt"), "s").unwrap();
    std::os::unix::fs::symlink(root.path().join("secret.txt"), inner.join("link")).unwrap();
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    for path in ["../secret.txt", "link", "/etc/hostname", "absent", "."] {
        let mut lab = Lab::new(&server.url).with(only(with_body(Body::File(path.into()))));
        lab.root = Some(inner.clone());
        let fired = lab.fire().await;
        assert_eq!(fired.obstacles[0].kind, ObstacleKind::Request, "{path}");
        assert!(fired.exchanges.is_empty());
    }
    assert!(server.heard().is_empty());
}
