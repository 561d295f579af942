//! The whole table in one run.

use std::net::TcpListener;

use serde_json::Value;

use super::kinds;
use super::project::{Outcome, Project, scenarios};
use super::server::{Act, Server, greeter};
use super::tls::{Authority, self_signed};
use super::words::{Due, Kind, good};
use crate::support::closed_port;

/// A server that does what the path's number says.
pub fn serve(kinds: Vec<Kind>) -> Server {
    Server::start(move |path, _| {
        let number = path.strip_prefix("/k/").and_then(|number| number.parse::<usize>().ok());
        number.and_then(|number| kinds.get(number)).map_or(Act::Ends(vec![]), |kind| kind.act.clone())
    })
}

/// Redirects lead to a host of this run.
fn with_stranger(kinds: Vec<Kind>, stranger: &Server) -> Vec<Kind> {
    let named = |kind: Kind| match &kind.act {
        Act::Says(bytes) if bytes.windows(8).any(|part| part == b"STRANGER") => {
            let text = String::from_utf8(bytes.clone()).unwrap();
            Kind { act: Act::Says(text.replace("STRANGER", &stranger.port.to_string()).into()), ..kind }
        }
        _ => kind,
    };
    kinds.into_iter().map(named).collect()
}

#[test]
fn every_kind_of_misbehaviour_comes_to_the_verdict_that_is_due() {
    let all = kinds::all();
    assert!(all.len() >= 60);
    // A storm takes all of a processor, which what it leaves to others is no measure of.
    let (storms, calm) = all.into_iter().partition(Kind::is_storm);
    comes_as_due(calm);
    comes_as_due(storms);
}

fn comes_as_due(kinds: Vec<Kind>) {
    let stranger = Server::start(|_, _| Act::Says(good("")));
    let kinds = with_stranger(kinds, &stranger);
    let (here, proxied) = (serve(kinds.clone()), serve(kinds.clone()));
    let authority = Authority::new();
    // Connections to it are taken by the system and never by anybody else.
    let stalled = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let http = |port: u16| format!("http://127.0.0.1:{port}");
    let https = |port: u16| format!("https://127.0.0.1:{port}");
    let deployments = [
        ("refused", http(closed_port())),
        ("proxied", http(proxied.port)),
        ("self-signed", https(self_signed("127.0.0.1"))),
        ("expired", https(authority.server("127.0.0.1", true, vec![]))),
        ("wrong-host", https(authority.server("other.example", false, vec![]))),
        ("trusted", https(authority.server("127.0.0.1", false, good("")))),
        ("not-tls", https(greeter(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))),
        ("not-plain", http(authority.server("127.0.0.1", false, vec![]))),
        ("stalled", https(stalled.local_addr().unwrap().port())),
    ];
    let project = Project::new(&http(here.port), &deployments, &scenarios(&kinds, 1));
    let roots = project.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let outcome = project.run(&["--cacert", "roots.pem", "--connect-timeout", "4s"]);

    let wrong: Vec<String> =
        kinds.iter().zip(outcome.scenarios()).filter_map(|(kind, came)| wrong(kind, came)).collect();
    assert!(wrong.is_empty(), "{} of {} kinds:\n{}", wrong.len(), kinds.len(), wrong.join("\n"));
    assert_eq!(outcome.scenarios().len(), kinds.len());
    assert_eq!(stranger.connections(), 0, "a redirect was followed");
    every_exchange_ends_in_time(&outcome);
    assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
}

/// What differs from the table.
pub fn wrong(kind: &Kind, came: &Value) -> Option<String> {
    let findings = came["findings"].as_array().cloned().unwrap_or_default();
    let rules: Vec<&str> = findings.iter().filter_map(|finding| finding["rule"].as_str()).collect();
    let (verdict, rule) = match kind.due {
        Due::Conforms => ("conforms", None),
        Due::Warns(rule) => ("conforms", Some(rule)),
        Due::Violates(rule) => ("violates", Some(rule)),
        Due::Inconclusive(rule) => ("inconclusive", Some(rule)),
    };
    let says = findings.iter().any(|finding| finding["text"].as_str().is_some_and(|text| text.contains(kind.says)));
    let is_right = came["verdict"] == verdict
        && rules.first().copied() == rule
        && (says || kind.says.is_empty())
        && came["id"].as_str().is_some_and(|id| id.ends_with(kind.name));
    let told = || format!("{}: {:?} is due, came {} {}", kind.name, kind.due, came["verdict"], brief(&findings));
    (!is_right).then(told)
}

fn brief(findings: &[Value]) -> String {
    findings
        .iter()
        .map(|finding| format!("[{}: {:.300}]", finding["rule"], finding["text"].as_str().unwrap()))
        .collect()
}

/// The longest timeout is of four seconds; the others are what may pass on a busy machine until it is noticed. Without a
/// timeout, a server that says nothing holds out for twenty seconds, and one that drips for a minute.
const IN_TIME: u64 = 15_000;
/// What is promised, a second more than the timeout: a build that is named has to keep it, on a machine that is quiet.
const PROMISED: u64 = 5_000;

pub fn every_exchange_ends_in_time(outcome: &Outcome) {
    let exchanges =
        outcome.scenarios().iter().flat_map(|scenario| scenario["exchanges"].as_array().into_iter().flatten());
    let most = if std::env::var_os("TRUELINE_TEST_BINARY").is_some() { PROMISED } else { IN_TIME };
    let mut count = 0;
    for exchange in exchanges {
        count += 1;
        assert!(exchange["duration_ms"].as_u64().unwrap() <= most, "{exchange:.500}");
    }
    assert!(count > 0);
}
