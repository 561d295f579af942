//! Bounds on time and memory, whatever the server does.

use std::time::Duration;

use super::kinds;
use super::project::{Outcome, Project, scenarios};
use super::server::{Act, Server};
use super::table::{every_exchange_ends_in_time, serve};
use super::words::{Due, Kind, Where, answer, bomb, envelope, head, kind};

const JOBS: u64 = 16;
const MAX_BODY: u64 = 1 << 20;
/// For each body that is read at a time: its buffer, that is twice as large while it grows, the first and the last one of
/// the scenario where it asks again, and what the allocator holds back. Read or kept without a bound, the least of the
/// bodies here takes three times as much.
const BODIES: u64 = 6 * JOBS * MAX_BODY;

/// What the process takes beside bodies, for its code before all, which is large without optimisation: what it takes
/// where as many scenarios have answers of a few bytes.
fn beside_bodies(count: usize) -> u64 {
    let kinds = [kind("a small body", Act::Says(answer(409, "", envelope("CONFLICT"))), Due::Violates("wrong-code"))];
    let server = serve(kinds.to_vec());
    let text = scenarios(&kinds, count);
    let outcome = Project::new(&format!("http://127.0.0.1:{}", server.port), &[], &text).run(&["--jobs", "16"]);
    assert_eq!((outcome.exit, outcome.scenarios().len()), (Some(1), count));
    outcome.peak
}

/// No more than these bodies were held at a time.
#[track_caller]
fn held_few(outcome: &Outcome) {
    let (peak, beside) = (outcome.peak, beside_bodies(outcome.scenarios().len()));
    assert!(beside > 0 && peak <= beside + BODIES, "{} MiB, {} of them beside bodies", peak >> 20, beside >> 20);
}

#[test]
fn memory_stays_within_the_bodies_that_are_read_at_a_time() {
    let flood = |status, headers: &str| Act::Floods(head(status, headers), b"[\"x\"],".to_vec());
    let packed = Act::Says(
        [head(404, &format!("Content-Encoding: gzip\r\nContent-Length: {}\r\n", bomb().len())), bomb()].concat(),
    );
    let due = Due::Violates("body-too-large");
    let kinds = [
        kind("an endless body", flood(404, ""), due),
        kind("an endless chunk", flood(404, "Content-Length: 99999999999\r\n"), due),
        kind("a gzip bomb", packed, due),
        kind("an endless page of a proxy", flood(502, "Via: 1.1 x\r\n"), Due::Inconclusive("gateway")),
    ];
    let server = serve(kinds.to_vec());
    let project = Project::new(&format!("http://127.0.0.1:{}", server.port), &[], &scenarios(&kinds, 32));
    let outcome = project.run(&["--jobs", "16"]);
    for (kind, came) in kinds.iter().cycle().zip(outcome.scenarios()) {
        let rule = match kind.due {
            Due::Violates(rule) | Due::Inconclusive(rule) => rule,
            _ => unreachable!("all of them misbehave"),
        };
        assert_eq!(came["reason"], rule, "{came:.600}");
    }
    assert_eq!(outcome.scenarios().len(), 128);
    held_few(&outcome);
}

#[test]
fn a_thousand_misbehaving_scenarios_come_to_an_end_and_into_the_report() {
    // Many storms at a time would only show how much a processor can bear.
    let is_taken = |kind: &Kind| kind.place == Where::Here && !kind.is_storm();
    let kinds: Vec<Kind> = kinds::all().into_iter().filter(is_taken).collect();
    let server = serve(kinds.clone());
    let rounds = 1000_usize.div_ceil(kinds.len());
    let text = scenarios(&kinds, rounds);
    let thousand: Vec<&str> = text.split_inclusive("\n  - name").collect();
    let text = thousand[..=1000].concat();
    let text = text.trim_end_matches("\n  - name").to_owned() + "\n";
    let project = Project::new(&format!("http://127.0.0.1:{}", server.port), &[], &text);
    let outcome = project.run(&["--timeout", "500ms", "--max-wait", "50ms"]);
    assert_eq!(outcome.scenarios().len(), 1000);
    assert_eq!(outcome.junit.matches("<testcase ").count(), 1000);
    assert_eq!(outcome.run["complete"], true);
    for (kind, came) in kinds.iter().cycle().zip(outcome.scenarios()) {
        let may_conform = matches!(kind.due, Due::Conforms | Due::Warns(_));
        assert!(may_conform || came["verdict"] != "conforms", "{}: {came:.600}", kind.name);
    }
    let judged = outcome.scenarios().iter().filter(|came| came["verdict"] == "conforms").count();
    assert!(judged > 100, "{judged}");
    every_exchange_ends_in_time(&outcome);
    // The hundred or more that hang would hold out for twenty seconds each, sixteen at a time.
    assert!(outcome.elapsed < Duration::from_secs(120), "{:?}", outcome.elapsed);
}

#[test]
fn a_body_that_comes_again_and_again_is_kept_once() {
    let due = Due::Violates("body-too-large");
    let kinds = [kind("an endless body", Act::Floods(head(409, ""), b" ".to_vec()), due)];
    let server = serve(kinds.to_vec());
    let again = r#""GET /k/0", "repeat": { "at_most": 20 },"#;
    let text = scenarios(&kinds, 16).replace(r#""GET /k/0","#, again);
    let outcome = Project::new(&format!("http://127.0.0.1:{}", server.port), &[], &text).run(&["--timeout", "60s"]);
    assert!(outcome.scenarios().iter().all(|came| came["requests"] == 20), "{}", outcome.stdout);
    // Kept with every answer, the bodies alone would be twenty times as much as those of one moment.
    held_few(&outcome);
}

/// So many scenarios, each asking a path of its own again and again.
fn repeating(server: &Server, scenarios_at_a_time: usize, at_most: usize) -> Project {
    let kinds = [kind("asked again", Act::Says(vec![]), Due::Conforms)];
    let mut text = scenarios(&kinds, scenarios_at_a_time);
    for number in 0..scenarios_at_a_time {
        let again = format!(r#""GET /again/{number}", "repeat": {{ "at_most": {at_most} }},"#);
        text = text.replacen(r#""GET /k/0","#, &again, 1);
    }
    Project::new(&format!("http://127.0.0.1:{}", server.port), &[], &text)
}

/// All of these say 409 until the last one, which is what is due; one in between is of a code that nobody knows.
fn odd_one(nth: usize, odd: usize, last: usize, headers: &str, filler: usize) -> Act {
    let (status, code) = match nth {
        nth if nth == odd => (409, "NOBODY_KNOWS"),
        nth if nth == last => (404, "NOT_FOUND"),
        _ => (409, "CONFLICT"),
    };
    let body = envelope(code).replace("there is", &format!("{nth} {}", "x".repeat(filler)));
    Act::Says(answer(status, headers, body))
}

fn found_the_odd_one(came: &serde_json::Value, requests: usize) {
    assert_eq!((&came["requests"], &came["verdict"]), (&requests.into(), &"violates".into()), "{came:.600}");
    assert_eq!((&came["reason"], &came["seen"]["code"]), (&"undocumented-code".into(), &"NOT_FOUND".into()));
    assert_eq!(came["findings"].as_array().map(Vec::len), Some(1), "{came:.600}");
    assert!(came["findings"][0]["text"].as_str().unwrap().contains("NOBODY_KNOWS"), "{came:.600}");
}

#[test]
fn large_answers_are_all_judged_and_not_all_kept_until_the_last_one() {
    let server = Server::start(|_, nth| odd_one(nth, 4, 29, "", 900 << 10));
    let outcome = repeating(&server, 16, 30).run(&["--timeout", "60s"]);
    // The one that is judged, the one that is being read, and what the allocator holds back between two of them.
    outcome.scenarios().iter().for_each(|came| found_the_odd_one(came, 30));
    assert_eq!(outcome.scenarios().len(), 16);
    held_few(&outcome);
}

#[test]
fn a_great_many_small_answers_are_all_judged_and_not_all_kept() {
    let noise: String = (0..40).map(|n| format!("X-Noise-{n}: {}\r\n", "x".repeat(1000))).collect();
    let server = Server::start(move |_, nth| odd_one(nth, 100, 249, &noise, 18 << 10));
    let outcome = repeating(&server, 16, 250).run(&["--timeout", "60s"]);
    outcome.scenarios().iter().for_each(|came| found_the_odd_one(came, 250));
    assert_eq!(outcome.scenarios().len(), 16);
    // Kept, they would be 230 MB.
    held_few(&outcome);
}
