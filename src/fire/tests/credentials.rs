//! Who a request says it is, and to whom.

use super::project::{Lab, Status, answer, ask, capture, last, only, step, text_with};
use super::server::{Reply, Server};
use crate::fire::{FireError, Stop};
use crate::model::exchange::Phase;
use crate::model::plan::{Auth, Destination, Login, PlannedControl, PlannedCredential, Scheme, Step, ValueFrom, Work};
use crate::model::template::{Source, Template};
use crate::model::verdict::ObstacleKind;

fn named(request: &str) -> Step {
    Step { auth: Auth::Named(0), ..step(request) }
}

fn bearer(name: &str, source: Source) -> PlannedCredential {
    PlannedCredential { name: name.into(), scheme: Scheme::Bearer(text_with("", source)), login: None }
}

fn revealed(fired: &crate::model::verdict::Fired) -> Vec<(String, String)> {
    let secrets = last(fired).sent.secrets.iter();
    secrets.map(|secret| (secret.name.to_string(), secret.value.reveal().to_owned())).collect()
}

#[tokio::test]
async fn a_credential_is_sent_as_its_scheme_says_and_listed_as_a_secret() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let mut lab = Lab::new(&server.url);
    let key = lab.secret("LAB_KEY", "key-0123456789");
    let template = || text_with("", key.clone());
    for (scheme, header, value, secrets) in [
        (Scheme::Bearer(template()), "authorization", "Bearer key-0123456789", vec![("LAB_KEY", "key-0123456789")]),
        (
            Scheme::Basic { username: Template::text("u"), password: template() },
            "authorization",
            "Basic dTprZXktMDEyMzQ1Njc4OQ==",
            vec![("LAB_KEY", "key-0123456789"), ("technician", "dTprZXktMDEyMzQ1Njc4OQ==")],
        ),
        (
            Scheme::Header { name: "X-Api-Key".into(), value: Template::text("literal-key") },
            "x-api-key",
            "literal-key",
            vec![("technician", "literal-key")],
        ),
    ] {
        let credential = PlannedCredential { name: "technician".into(), scheme, login: None };
        lab.target().credentials = vec![credential];
        lab.plan.scenarios.clear();
        lab = lab.with(only(named("GET /")));
        let fired = lab.fire().await;
        assert_eq!(server.heard().pop().unwrap().header(header), Some(value));
        let expected: Vec<_> = secrets.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        assert_eq!(revealed(&fired), expected);
        let known = lab.firing().unwrap().secrets();
        assert!(secrets.iter().all(|(_, value)| known.iter().any(|s| s.value.reveal() == *value)));
    }
}

#[tokio::test]
async fn a_written_authorization_wins_over_the_credential() {
    let server = Server::start(|_, _| Reply::new(401, "")).await;
    let mut lab = Lab::new(&server.url);
    let key = lab.secret("LAB_KEY", "key-0123456789");
    lab.target().credentials = vec![bearer("technician", key)];
    lab.target().headers = vec![("X-Tenant".into(), Template::text("acme"))];
    let mut when = named("GET /");
    when.headers.push(("authorization".into(), Template::text("Bearer not-a-real-key")));
    let fired = lab.with(only(when)).fire().await;
    let heard = server.heard().pop().unwrap();
    let sent: Vec<_> = heard.headers.iter().filter(|h| h.0 == "authorization").map(|h| h.1.as_str()).collect();
    assert_eq!(sent, ["Bearer not-a-real-key"]);
    assert_eq!(heard.header("x-tenant"), Some("acme"));
    assert_eq!(revealed(&fired), [("authorization".to_owned(), "not-a-real-key".to_owned())]);
}

#[tokio::test]
async fn a_credential_goes_to_its_own_origin_only() {
    let api = Server::start(|_, _| Reply::new(200, "")).await;
    let control = Server::start(|_, _| Reply::new(200, "")).await;
    let mut lab = Lab::new(&api.url);
    let (key, stubs) = (lab.secret("LAB_KEY", "key-0123456789"), lab.secret("STUBS_KEY", "stubs-0123456789"));
    lab.target().credentials = vec![bearer("technician", key)];
    lab.target().headers = vec![("X-Tenant".into(), Template::text("acme"))];
    let scheme = Scheme::Bearer(text_with("", stubs));
    lab.target().control = Some(PlannedControl { url: format!("{}/base", control.url).into(), scheme: Some(scheme) });
    let given = Step { to: Destination::Control, ..named("POST /clock") };
    let lab = lab.with(Work { given: [given].into(), when: named("GET //evil.test/@x"), ..Work::default() });
    let fired = lab.fire().await;
    assert_eq!(api.requests(), ["GET //evil.test/@x"]);
    assert_eq!(api.heard()[0].header("authorization"), Some("Bearer key-0123456789"));
    assert_eq!(control.requests(), ["POST /base/clock"]);
    assert_eq!(control.heard()[0].header("authorization"), Some("Bearer stubs-0123456789"));
    assert_eq!(control.heard()[0].header("x-tenant"), None);
    assert_eq!(fired.exchanges.iter().map(|e| e.control).collect::<Vec<_>>(), [true, false]);
}

fn with_login(lab: &mut Lab) {
    let login = Login {
        steps: vec![Step { capture: vec![capture(0, "/token")], ..step("POST /login") }],
        slots: ["token".into()].into(),
    };
    let scheme = Scheme::Bearer(text_with("", Source::Slot(0)));
    lab.target().credentials = vec![PlannedCredential { name: "owner".into(), scheme, login: Some(login) }];
}

#[tokio::test]
async fn a_login_is_done_once_for_all_scenarios_and_its_token_is_a_secret() {
    let server = Server::start(|heard, _| match heard.method.as_str() {
        "POST" => Reply::new(200, r#"{"token":"fetched-token-1"}"#).after(50),
        _ => Reply::new(200, ""),
    })
    .await;
    let mut lab = Lab::new(&server.url);
    with_login(&mut lab);
    for _ in 0..8 {
        lab = lab.with(only(named("GET /me")));
    }
    let firing = lab.firing().unwrap();
    assert!(firing.secrets().is_empty());
    let mut logins = 0;
    crate::fire::run(&firing, &[0, 1, 2, 3, 4, 5, 6, 7], &Status(200), &Stop::new(), |_, fired| {
        assert_eq!(answer(&fired).status, 200);
        assert_eq!(revealed(&fired), [("owner".to_owned(), "fetched-token-1".to_owned())]);
        let of_login = fired.exchanges.iter().filter(|e| e.phase == Phase::Login).count();
        assert_eq!(fired.secrets.len(), of_login);
        logins += of_login;
        crate::fire::Flow::Go
    })
    .await;
    assert_eq!(logins, 1);
    assert_eq!(server.requests().iter().filter(|r| *r == "POST /login").count(), 1);
    let me = server.heard().pop().unwrap();
    assert_eq!(me.header("authorization"), Some("Bearer fetched-token-1"));
    assert_eq!(firing.secrets()[0].value.reveal(), "fetched-token-1");
}

#[tokio::test]
async fn a_failed_login_is_an_obstacle_for_everyone_who_needs_it() {
    let server = Server::start(|_, _| Reply::new(403, "{}")).await;
    let mut lab = Lab::new(&server.url);
    with_login(&mut lab);
    let lab = lab.with(only(named("GET /me"))).with(only(named("GET /me"))).with(only(step("GET /open")));
    let ended = lab.run(&[0, 1, 2]).await;
    for (index, fired) in &ended {
        let kinds: Vec<_> = fired.obstacles.iter().map(|o| (o.phase, o.kind)).collect();
        let due: &[_] = if *index < 2 { &[(Phase::When, ObstacleKind::Login)] } else { &[] };
        assert_eq!(kinds, due);
    }
    assert_eq!(ended.iter().flat_map(|(_, f)| &f.exchanges).filter(|e| e.phase == Phase::Login).count(), 1);
    assert_eq!(server.requests().iter().filter(|r| *r == "POST /login").count(), 1);
}

#[tokio::test]
async fn a_captured_credential_is_sent_and_listed() {
    let server = Server::start(|_, _| Reply::new(200, r#"{"id":"session-12345"}"#)).await;
    let mut session = capture(0, "/id");
    session.secret = true;
    let given = Step { capture: vec![session], ..step("POST /sessions") };
    let auth = Auth::Captured(Box::new(Scheme::Bearer(text_with("", Source::Slot(0)))));
    let when = Step { auth, ..step("GET /me") };
    let work = Work { given: [given].into(), when, slots: ["session".into()].into(), ..Work::default() };
    let fired = Lab::new(&server.url).with(work).fire().await;
    assert_eq!(server.heard()[1].header("authorization"), Some("Bearer session-12345"));
    assert_eq!(revealed(&fired), [("session".to_owned(), "session-12345".to_owned())]);
    assert_eq!(fired.secrets[0].value.reveal(), "session-12345");
    assert_eq!(fired.captured, [Some("session-12345".into())]);
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_an_obstacle_and_not_a_panic() {
    let mut when = step("GET /");
    when.headers.push(("X-Bad".into(), Template::text("a\r\nX-Injected: 1")));
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let fired = ask(&server.url, when).await;
    assert_eq!(fired.obstacles[0].kind, ObstacleKind::Request);
    assert!(server.heard().is_empty());
}

#[test]
fn mistakes_of_a_target_are_found_before_anything_is_sent() {
    let mut lab = Lab::new("http://127.0.0.1:1");
    lab.value("key", ValueFrom::Env("LAB_ABSENT".into()));
    let error = lab.firing().unwrap_err();
    assert!(matches!(&error, FireError::Environment { name, .. } if &**name == "LAB_ABSENT"), "{error}");
    let mut lab = Lab::new("http://127.0.0.1:1");
    let key = lab.secret("LAB_KEY", "two\nlines");
    lab.target().credentials = vec![bearer("technician", key)];
    let error = lab.firing().unwrap_err();
    assert!(!error.to_string().contains("two"), "{error}");
    assert!(matches!(error, FireError::Credential { .. }));
    let mut lab = Lab::new("https://127.0.0.1:1");
    lab.network.roots = Some(b"no PEM".to_vec());
    assert!(matches!(lab.firing(), Err(FireError::Tls(_))));
    let mut lab = Lab::new("http://127.0.0.1:1");
    lab.network.proxy = Some("::not a url".to_owned());
    assert!(matches!(lab.firing(), Err(FireError::Proxy(_))));
}

#[tokio::test]
async fn a_proxy_of_the_command_line_is_used() {
    let proxy = Server::start(|_, _| Reply::new(404, "through the proxy")).await;
    let mut lab = Lab::new("http://api.invalid").with(only(step("GET /x")));
    lab.network.proxy = Some(proxy.url.replace("http://", "http://user:proxy-password@"));
    let fired = lab.fire().await;
    assert_eq!(&answer(&fired).body[..], b"through the proxy");
    assert_eq!(proxy.requests(), ["GET http://api.invalid/x"]);
    assert_eq!(lab.firing().unwrap().secrets()[0].value.reveal(), "proxy-password");
}

#[tokio::test]
async fn resolve_sends_a_name_to_an_address() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let address: std::net::SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    let mut lab = Lab::new(&format!("http://api.invalid:{}", address.port())).with(only(step("GET /")));
    lab.network.resolve = vec![(format!("api.invalid:{}", address.port()), address)];
    assert_eq!(answer(&lab.fire().await).status, 200);
}
