//! HTTP/2 that misbehaves: frames that no library would send, and the verdict that is due for each.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::frames::*;
use super::project::{Outcome, Project, scenarios};
use super::server::Act::{self, *};
use super::server::perform;
use super::table::{every_exchange_ends_in_time, wrong};
use super::tls::Authority;
use super::words::{Due, Kind, bomb, envelope, good_body, gzip, kind};

const NO_ERROR: u32 = 0;
const ENHANCE_YOUR_CALM: u32 = 11;

/// A server that does this when it is asked. Counts what it is asked.
fn serve(config: Arc<ServerConfig>, act: Act, asked: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, act, asked) = (config.clone(), act.clone(), asked.clone());
            thread::spawn(move || answer(stream, config, act, &asked));
        }
    });
    port
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>, act: Act, asked: &AtomicUsize) {
    let _set = stream.set_nodelay(true);
    let _set = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _set = stream.set_write_timeout(Some(Duration::from_secs(20)));
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut preface = [0; 24];
    if stream.read_exact(&mut preface).is_err() {
        return;
    }
    // What does not begin with settings of its own is given those that all have.
    let begins = |bytes: &[u8]| bytes.get(3) == Some(&SETTINGS);
    let own = matches!(&act, Says(bytes) | Ends(bytes) | Hangs(bytes) if begins(bytes));
    if !own && stream.write_all(&settings(&[])).is_err() {
        return;
    }
    if own && let Says(bytes) | Ends(bytes) | Hangs(bytes) = &act {
        let length = 9 + usize::from(bytes[2]);
        let _written = stream.write_all(&bytes[..length]);
    }
    let mut credit = Credit::new();
    if !until_asked(&mut stream, &mut credit) {
        return;
    }
    asked.fetch_add(1, Ordering::SeqCst);
    // Only what is acknowledged holds: the windows that the client has asked for among it.
    if stream.write_all(&frame(SETTINGS, ACK, 0, "")).is_err() {
        return;
    }
    let act = match act {
        Says(bytes) if own => Says(bytes[9 + usize::from(bytes[2])..].to_vec()),
        Ends(bytes) if own => Ends(bytes[9 + usize::from(bytes[2])..].to_vec()),
        other => other,
    };
    if let Floods(first, unit) = &act
        && is_polite(unit)
    {
        return flood_politely(&mut stream, first, unit, credit);
    }
    if perform(&mut stream, act) {
        // Until the other side hangs up, or asks once more.
        if until_asked(&mut stream, &mut credit) {
            asked.fetch_add(1, Ordering::SeqCst);
        }
    }
    stream.conn.send_close_notify();
    let _written = stream.flush();
}

/// What may be sent on the connection, and on the stream of the first request.
#[derive(Clone, Copy)]
struct Credit {
    connection: i64,
    stream: i64,
}

impl Credit {
    fn new() -> Credit {
        Credit { connection: 65_535, stream: 65_535 }
    }

    fn count(&mut self, kind: u8, on: u32, payload: &[u8]) {
        let number = |bytes: &[u8]| i64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        match (kind, on) {
            (SETTINGS, _) => {
                let mut window =
                    payload.chunks_exact(6).filter(|pair| pair[..2] == [0, 4]).map(|pair| number(&pair[2..]));
                self.stream = window.next_back().unwrap_or(self.stream);
            }
            (WINDOW_UPDATE, 0) => self.connection += number(payload),
            (WINDOW_UPDATE, FIRST) => self.stream += number(payload),
            _ => {}
        }
    }
}

/// Reads a frame, and gives its kind; nothing if the connection has ended.
fn next_frame(stream: &mut impl Read, credit: &mut Credit) -> Option<u8> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    stream.read_exact(&mut payload).ok()?;
    credit.count(head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), &payload);
    Some(head[3])
}

/// Reads frames up to the head of a request; `false` if the connection ended before.
fn until_asked(stream: &mut impl Read, credit: &mut Credit) -> bool {
    while let Some(kind) = next_frame(stream, credit) {
        if kind == HEADERS {
            return true;
        }
    }
    false
}

/// Whether this is one piece of a body, which is sent without end as far as its reader lets it. Two are sent all the same.
fn is_polite(unit: &[u8]) -> bool {
    unit[3] == DATA && unit.len() > 9 && unit.len() == 9 + u32::from_be_bytes([0, unit[0], unit[1], unit[2]]) as usize
}

/// Sends a body without end, never more than its reader has room for.
fn flood_politely(stream: &mut (impl Read + Write), first: &[u8], unit: &[u8], mut credit: Credit) {
    let length = unit.len() as i64 - 9;
    let _written = stream.write_all(first);
    loop {
        while credit.connection < length || credit.stream < length {
            if !matches!(next_frame(stream, &mut credit), Some(kind) if kind != RST_STREAM && kind != GOAWAY) {
                return;
            }
        }
        if stream.write_all(unit).is_err() {
            return;
        }
        credit = Credit { connection: credit.connection - length, stream: credit.stream - length };
    }
}

fn good() -> Vec<u8> {
    [head("404", &[]), last_data(good_body())].concat()
}

fn kinds() -> Vec<Kind> {
    [sound(), hung_up(), slow(), framing(), fields_of_all_kinds(), sizes(), meaning()].concat()
}

fn sound() -> Vec<Kind> {
    let body = good_body();
    let singly: Vec<u8> = body.bytes().flat_map(|byte| data([byte])).chain(last_data("")).collect();
    let parts = fields("404", &[("x-noise", "1"), ("content-length", &body.len().to_string())]);
    let (one, other) = parts.split_at(10);
    let padded = [&[5][..], body.as_bytes(), &[0; 5]].concat();
    let early = frame(HEADERS, END_HEADERS, FIRST, field(":status", "103"));
    let noise = [
        frame(0xfa, 0xff, 0, "nobody knows this"),
        frame(PING, 0, 0, [7; 8]),
        frame(WINDOW_UPDATE, 0, 0, 1000u32.to_be_bytes()),
        settings(&[(1, 0), (5, 20_000), (0xff, 7)]),
        frame(PRIORITY, 0, FIRST, [0, 0, 0, 0, 9]),
    ];
    vec![
        kind("a good answer", Says(good()), Due::Conforms),
        kind("a body of single bytes", Says([head("404", &[]), singly].concat()), Due::Conforms),
        kind(
            "a head in three frames",
            Says(
                [
                    frame(HEADERS, 0, FIRST, one),
                    frame(CONTINUATION, 0, FIRST, other),
                    frame(CONTINUATION, END_HEADERS, FIRST, ""),
                    last_data(&body),
                ]
                .concat(),
            ),
            Due::Conforms,
        ),
        kind(
            "a padded body",
            Says([head("404", &[]), frame(DATA, END_STREAM | PADDED, FIRST, padded)].concat()),
            Due::Conforms,
        ),
        kind(
            "trailers",
            Says(
                [
                    head("404", &[]),
                    data(&body),
                    frame(HEADERS, END_STREAM | END_HEADERS, FIRST, field("x-trailer", "x")),
                ]
                .concat(),
            ),
            Due::Conforms,
        ),
        kind("informational answers before it", Says([early.repeat(3), good()].concat()), Due::Conforms),
        kind("frames that say nothing to us", Says([noise.concat(), good()].concat()), Due::Conforms),
        kind(
            "a good answer while the connection is given up",
            Says([goaway(FIRST, NO_ERROR, ""), good()].concat()),
            Due::Conforms,
        ),
        kind("a good answer and the end", Ends(good()), Due::Conforms),
        kind("a good answer and a reset", Says([good(), reset(NO_ERROR)].concat()), Due::Conforms),
        kind(
            "a good answer in gzip",
            Says([head("404", &[("content-encoding", "gzip")]), last_data(gzip(body.as_bytes()))].concat()),
            Due::Conforms,
        ),
        kind("80 fields", Says([head("404", &[("x-noise", "x"); 80]), last_data(&body)].concat()), Due::Conforms),
    ]
}

fn unheard(name: &'static str, act: Act) -> Kind {
    kind(name, act, Due::Inconclusive("no-answer"))
}

fn late(name: &'static str, act: Act) -> Kind {
    kind(name, act, Due::Inconclusive("timeout"))
}

fn hung_up() -> Vec<Kind> {
    let begun = || [head("404", &[("content-length", "66")]), data(&good_body()[..30])].concat();
    let mut kinds: Vec<Kind> = (0..=14)
        .map(|error| {
            let name: &'static str = format!("a stream that is reset with {error}").leak();
            unheard(name, Says(reset(error)))
        })
        .collect();
    kinds.extend([
        unheard("a stream that is reset after the head", Says([head("404", &[]), reset(2)].concat())),
        unheard("a stream that is reset in the body", Says([begun(), reset(8)].concat())).saying("body"),
        unheard("a stream that ends in the body as if that were no error", Says([begun(), reset(NO_ERROR)].concat()))
            .saying("broke off"),
        unheard("given up at once", Says(goaway(0, NO_ERROR, ""))),
        unheard("given up for our noise", Says(goaway(0, ENHANCE_YOUR_CALM, "\u{1b}[31mcalm"))),
        unheard("given up in the body", Ends([begun(), goaway(0, 2, "")].concat())),
        unheard("closed without a word", Ends(vec![])),
        unheard("closed after the head", Ends(head("404", &[("content-length", "66")]))),
        unheard("closed in the body", Ends(begun())),
        unheard("closed in a frame", Ends(good()[..20].to_vec())),
    ]);
    kinds
}

fn slow() -> Vec<Kind> {
    let second = Duration::from_secs(1);
    vec![
        late("never an answer", Hangs(vec![])),
        late("a byte a second", Drips(vec![], good(), second)),
        late("a byte of the body a second", Drips(head("404", &[]), data("{").repeat(9), second)).saying("did not end"),
        late("silence after the head", Hangs(head("404", &[]))).saying("did not end"),
        late("silence in the body", Hangs([head("404", &[]), data("{")].concat())).saying("did not end"),
        late("given up and never answered", Hangs(goaway(FIRST, NO_ERROR, ""))),
        late("pings without end", Floods(vec![], frame(PING, 0, 0, [1; 8]))),
        late("frames without end that nobody knows", Floods(vec![], frame(0xfa, 0, 0, [0; 64]))),
    ]
}

fn framing() -> Vec<Kind> {
    let block = fields("404", &[]);
    vec![
        unheard("noise in place of frames", Ends((0..=255).rev().collect())),
        unheard("HTTP/1.1 in place of frames", Ends(super::words::good(""))),
        unheard(
            "a frame that is larger than agreed",
            Says([vec![0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1], vec![0; 70_000]].concat()),
        ),
        unheard("a body before the head", Says(data(good_body()))),
        unheard("a head on no stream", Says(frame(HEADERS, END_HEADERS, 0, &block))),
        unheard("a head on a stream that nobody opened", Says(frame(HEADERS, END_HEADERS, 7, &block))),
        unheard("a continuation of nothing", Says(frame(CONTINUATION, END_HEADERS, FIRST, &block))),
        unheard(
            "a head that another frame interrupts",
            Says([frame(HEADERS, 0, FIRST, &block), frame(PING, 0, 0, [0; 8])].concat()),
        ),
        unheard(
            "more padding than frame",
            Says([head("404", &[]), frame(DATA, END_STREAM | PADDED, FIRST, [200, 1])].concat()),
        ),
        unheard("a ping of seven bytes", Says(frame(PING, 0, 0, [0; 7]))),
        unheard("settings of five bytes", Says(frame(SETTINGS, 0, 0, [0; 5]))),
        unheard("a window that no number holds", Says(settings(&[(4, u32::MAX)]))),
        unheard("a window that grows by nothing", Says(frame(WINDOW_UPDATE, 0, 0, [0; 4]))),
        unheard(
            "a promise that nobody wants",
            Says(frame(PUSH_PROMISE, END_HEADERS, FIRST, [&[0, 0, 0, 2][..], &block].concat())),
        ),
        unheard("a head without end", Floods(frame(HEADERS, 0, FIRST, &block), frame(CONTINUATION, 0, FIRST, ""))),
        unheard(
            "a large head without end",
            Floods(frame(HEADERS, 0, FIRST, &block), frame(CONTINUATION, 0, FIRST, field("x", &"x".repeat(9000)))),
        ),
        unheard("resets without end", Floods(vec![], [settings(&[]), frame(SETTINGS, ACK, 0, ""), reset(8)].concat())),
    ]
}

fn fields_of_all_kinds() -> Vec<Kind> {
    let with = |block: Vec<u8>| Says([frame(HEADERS, END_HEADERS, FIRST, block), last_data(good_body())].concat());
    let and = |name: &str, value: &str| with([fields("404", &[]), field(name, value)].concat());
    vec![
        unheard("no status", with(field("content-type", "application/json"))),
        unheard("status 99", with(fields("99", &[]))),
        unheard("status 1000", with(fields("1000", &[]))),
        unheard("a status in words", with(fields("not found", &[]))),
        unheard("two statuses", with([field(":status", "404"), fields("409", &[])].concat())),
        unheard("a status after the fields", with([field("x", "y"), fields("404", &[])].concat())),
        unheard("a name in upper case", and("X-Noise", "x")),
        unheard("a name that is none", and("x y", "x")),
        unheard("an empty name", and("", "x")),
        unheard("a line end in a value", and("x", "a\r\nb: c")),
        unheard("a NUL in a value", and("x", "a\0b")),
        unheard("a field of HTTP/1", and("transfer-encoding", "chunked")),
        unheard("a request's field", and(":path", "/")),
        unheard("a block that cannot be read", with(vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        unheard("an index of nothing", with(vec![0x80 | 120])),
        unheard("a length that is too short", and("content-length", "20")),
        unheard("a length that is too long", and("content-length", "999")),
        unheard("a length in words", and("content-length", "many")),
    ]
}

fn sizes() -> Vec<Kind> {
    let endless = |status: &str| Floods(head(status, &[]), data([b' '; 16_000]));
    let long = fields("404", &[("x-long", &"x".repeat(60_000))]);
    let pieces: Vec<u8> = long[100..].chunks(16_000).flat_map(|piece| frame(CONTINUATION, 0, FIRST, piece)).collect();
    let bombs = bomb();
    let packed: Vec<u8> = bombs.chunks(16_000).flat_map(data).collect();
    vec![
        kind("an endless body", endless("404"), Due::Violates("body-too-large")),
        kind("an endless body under a 200", endless("200"), Due::Violates("unexpected-success")),
        kind(
            "a gzip bomb",
            Says([head("404", &[("content-encoding", "gzip")]), packed, last_data("")].concat()),
            Due::Violates("body-too-large"),
        ),
        unheard(
            "a field of 60 kB",
            Says(
                [
                    frame(HEADERS, 0, FIRST, &long[..100]),
                    pieces,
                    frame(CONTINUATION, END_HEADERS, FIRST, ""),
                    last_data(good_body()),
                ]
                .concat(),
            ),
        ),
    ]
}

fn meaning() -> Vec<Kind> {
    let said = |status: &str, body: &str| Says([head(status, &[]), last_data(body)].concat());
    let too_large = [head("413", &[]), last_data(envelope("TOO_LARGE"))].concat();
    let upload =
        |name, act| kind(name, act, Due::Conforms).expecting("TOO_LARGE").sending("POST", r#", "bytes": "6MiB""#);
    vec![
        upload("an early refusal of a large body", Says(too_large.clone())),
        upload(
            "an early refusal of a large body, and a reset that is no error",
            Says([too_large.clone(), reset(NO_ERROR)].concat()),
        ),
        Kind { due: Due::Inconclusive("timeout"), ..upload("a window that never opens", Hangs(settings(&[(4, 0)]))) },
        kind("another code", said("409", &envelope("CONFLICT")), Due::Violates("wrong-code")),
        kind("a status of another code", said("409", &good_body()), Due::Violates("undocumented-status")),
        kind("an envelope under a 200", said("200", &good_body()), Due::Violates("unexpected-success")),
        kind("a body that is cut off", said("404", &good_body()[..30]), Due::Violates("not-json")).saying("cut off"),
        kind(
            "a head that is all",
            Says(frame(HEADERS, END_HEADERS | END_STREAM, FIRST, fields("404", &[]))),
            Due::Violates("not-json"),
        )
        .saying("empty"),
        kind(
            "a page of a proxy",
            Says([head("502", &[("via", "2 x")]), last_data("<html>")].concat()),
            Due::Inconclusive("gateway"),
        ),
    ]
}

/// Fires at each of these so many times, each at a server of its own, which is asked no more than once for it.
fn run(kinds: &[Kind], times: usize, flags: &[&str]) -> Outcome {
    let authority = Authority::new();
    let config = authority.http2("127.0.0.1");
    let mut asked = Vec::new();
    let mut placed = Vec::new();
    let mut deployments = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let name: &'static str = format!("h2-{number}").leak();
        let count = Arc::new(AtomicUsize::new(0));
        let port = serve(config.clone(), kind.act.clone(), count.clone());
        asked.push(count);
        placed.push(kind.clone().at(name));
        deployments.push((name, format!("https://127.0.0.1:{port}")));
    }
    let project = Project::new(&deployments[0].1, &deployments, &scenarios(&placed, times));
    std::fs::write(project.path().join("roots.pem"), authority.pem()).unwrap();
    let outcome = project.run(&[&["--cacert", "roots.pem", "--connect-timeout", "5s"], flags].concat());
    for (kind, asked) in kinds.iter().zip(asked) {
        assert!(asked.load(Ordering::SeqCst) <= times, "{} was asked more than once", kind.name);
    }
    assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
    outcome
}

#[test]
fn every_kind_of_http2_comes_to_the_verdict_that_is_due() {
    let all = kinds();
    assert!(all.len() >= 60, "{}", all.len());
    let (storms, calm): (Vec<Kind>, Vec<Kind>) = all.into_iter().partition(|kind| matches!(kind.act, Floods(..)));
    for kinds in [calm, storms] {
        let outcome = run(&kinds, 1, &[]);
        let wrong: Vec<String> =
            kinds.iter().zip(outcome.scenarios()).filter_map(|(kind, came)| wrong(kind, came)).collect();
        assert!(wrong.is_empty(), "{} of {} kinds:\n{}", wrong.len(), kinds.len(), wrong.join("\n"));
        assert_eq!(outcome.scenarios().len(), kinds.len());
        every_exchange_ends_in_time(&outcome);
    }
}

#[test]
fn http2_takes_no_more_memory_than_its_bodies() {
    let early = frame(HEADERS, END_HEADERS, FIRST, field(":status", "103"));
    let mut kinds: Vec<Kind> = kinds().into_iter().filter(|kind| matches!(kind.act, Floods(..))).collect();
    kinds.push(kind("informational answers without end", Floods(vec![], early), Due::Conforms));
    kinds.push(kind(
        "a body beyond the window",
        Floods(head("404", &[]), data([b' '; 16_000]).repeat(2)),
        Due::Conforms,
    ));
    let empty = Floods(head("404", &[]), data(""));
    kinds.push(kind("an endless body of nothing", empty, Due::Conforms));
    let outcome = run(&kinds, 4, &["--timeout", "2s", "--jobs", "16"]);
    assert!(outcome.scenarios().iter().all(|came| came["verdict"] != "conforms"), "{}", outcome.stdout);
    // So many storms at a time only show how much a processor can bear: their time is looked at elsewhere.
    let bound = (16 << 20) + (64 << 20);
    assert!(outcome.peak > 0 && outcome.peak <= bound, "{} MiB", outcome.peak >> 20);
}
