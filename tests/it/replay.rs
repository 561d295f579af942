//! `trueline replay`: one scenario of the last run, with the whole conversation.

use crate::support::{Answer, Project, Request, Server, scenario};

const KEY: &str = "key-of-the-shop-4711";

/// Gives a session and says the rest as its paths do.
fn shop(request: &Request) -> Answer {
    match request.path.as_str() {
        "/things" => Answer::json(200, r#"{"id":"t-1","token":"token-of-the-thing"}"#),
        "/long" => {
            let message = "x".repeat(100_000);
            Answer::json(404, &format!(r#"{{"error":{{"code":"NOT_FOUND","message":"{message}"}}}}"#))
        }
        path if path.starts_with("/things/") => Answer::error(409, "ALREADY_CLOSED"),
        _ => crate::support::server::as_the_path_says(request),
    }
}

fn project(server: &Server) -> Project {
    let target = format!(
        "[targets.shop]\nurl = \"{}\"\neffects = \"data\"\n[targets.shop.credentials]\nclerk = {{ bearer = \"{KEY}\" }}\n",
        server.url
    );
    let with_setup = "  - name: a thing is closed
    expect: NOT_FOUND
    as: clerk
    given:
      - request: POST /things
        capture: { thing: /id, token: { at: /token, secret: true } }
    when:
      request: POST /things/{{ thing }}
      json: { token: \"{{ token }}\" }
";
    let scenarios = [
        with_setup.to_owned(),
        scenario("there is nothing", "NOT_FOUND", "GET /404/NOT_FOUND"),
        scenario("there is nothing long", "NOT_FOUND", "GET /long"),
    ];
    Project::new(&target).area("shop", &scenarios)
}

#[test]
fn the_whole_conversation_is_shown_redacted_and_no_report_is_touched() {
    let server = Server::start(shop);
    let project = project(&server);
    project.run(&[]).exits(1);
    let before = (project.read("reports/run.json"), project.read("reports/junit.xml"));
    let heard = server.heard().len();
    let said = project.trueline(&["replay", "shop/a thing is closed"]).exits(1);
    assert_eq!(server.lines()[heard..], ["POST /things", "POST /things/t-1"]);
    let said = said.says(&[
        "given 1",
        "> POST http://",
        "/things/t-1",
        "[secret:",
        "< 200",
        "< 409",
        "violates  shop/a thing is closed",
        "wrong-code",
        "last run   violates (wrong-code)",
    ]);
    assert!(!said.stdout.contains(KEY) && !said.stdout.contains("token-of-the-thing"), "{}", said.said());
    assert_eq!(before, (project.read("reports/run.json"), project.read("reports/junit.xml")));
    assert!(!project.has("reports/run.journal"));
}

#[test]
fn what_conforms_is_shown_too_and_long_bodies_whole() {
    let server = Server::start(shop);
    let project = project(&server);
    project.run(&[]).exits(1);
    let said = project.trueline(&["replay", "nothing long"]).exits(0);
    let said = said.says(&["conforms  shop/there is nothing long", "last run   conforms"]);
    assert!(said.stdout.contains(&"x".repeat(100_000)) && !said.stdout.contains("run.json has"));
}

#[test]
fn a_scenario_is_named_by_its_place_or_a_part_of_its_id() {
    let server = Server::start(shop);
    let project = project(&server);
    project.trueline(&["replay", "anything"]).exits(2).complains(&["run.json", "`--from`"]);
    project.run(&[]).exits(1);
    project.trueline(&["replay", "A THING is"]).exits(1);
    project.trueline(&["replay", "scenarios/shop.yaml:3"]).exits(1).says(&["shop/a thing is closed"]);
    project.trueline(&["replay", "shop.yaml:5"]).exits(1).says(&["shop/a thing is closed"]);
    // A whole id means itself, whatever else begins with it.
    project.trueline(&["replay", "shop/there is nothing"]).exits(0);
    let said = project.trueline(&["replay", "there is"]).exits(2);
    said.complains(&["could be any of 2 scenarios", "shop/there is nothing long"]);
    let said = project.trueline(&["replay", "shop/a thing is closde"]).exits(2);
    said.complains(&["did you mean `shop/a thing is closed`?"]);
}

#[test]
fn it_goes_where_the_run_went_unless_told_otherwise() {
    let (server, other) = (Server::start(shop), Server::start(shop));
    let project = project(&server);
    project.run(&["--url", &other.url, "--target", "shop"]).exits(1);
    let heard = other.heard().len();
    // A report does not decide where a credential goes.
    let said = project.trueline(&["replay", "a thing"]).exits(2);
    said.complains(&[&other.url, &server.url, "--url"]);
    assert_eq!((server.heard().len(), other.heard().len()), (0, heard));
    project.trueline(&["replay", "a thing", "--target", "shop"]).exits(1);
    assert_eq!(server.heard().len(), 2);
    project.run(&["--url", &other.url, "--name", "there is nothing"]).exits(0);
    let heard = other.heard().len();
    project.trueline(&["replay", "nothing long"]).exits(0);
    assert_eq!(other.heard().len(), heard + 1);
    project.trueline(&["replay", "shop/there is nothing", "--from", "elsewhere.json"]).exits(2);
}

#[test]
fn what_was_taken_out_or_is_skipped_is_said() {
    let server = Server::start(shop);
    let project = project(&server);
    project.run(&[]).exits(1);
    let skipped =
        "  - name: there is nothing\n    expect: NOT_FOUND\n    skip: not today\n    when: { request: GET /x }\n";
    let project = project.area("shop", &[skipped.to_owned()]);
    project.trueline(&["replay", "a thing"]).exits(2).complains(&["not in the project any more"]);
    let said = project.trueline(&["replay", "shop/there is nothing"]).exits(5);
    said.says(&["skipped  shop/there is nothing", "not today", "last run   conforms"]);
}

#[test]
fn a_scenario_that_had_no_part_in_the_last_run_is_found_all_the_same() {
    let server = Server::start(shop);
    let project = project(&server);
    project.run(&[]).exits(1);
    project.run(&["--name", "nothing long"]).exits(0);
    let said = project.trueline(&["replay", "a thing is"]).exits(1);
    said.says(&[
        "violates  shop/a thing is closed",
        "last run   had no part in it; at 2",
        "it was violates (wrong-code)",
    ]);
    project.trueline(&["replay", "shop/there is nothing"]).exits(0).says(&["last run   had no part in it\n"]);
    // Those of the last run come first.
    project.trueline(&["replay", "there is"]).exits(0).says(&["last run   conforms"]);
    project.trueline(&["replay", "nobody"]).exits(2).complains(&["no scenario of the last run or of the project"]);
}

#[test]
fn it_is_asked_in_the_same_way_as_the_run_was() {
    let server = Server::start(|request: &Request| match request.path.as_str() {
        "/more" => Answer::json(404, r#"{"error":{"code":"NOT_FOUND","message":"m","more":1}}"#),
        "/busy" => Answer::error(429, "RATE_LIMITED").header("Retry-After", "30"),
        _ => Answer::error(404, "NOT_FOUND").after(400),
    });
    let scenarios = ["more", "busy", "slow"].map(|name| scenario(name, "NOT_FOUND", &format!("GET /{name}")));
    let project = Project::at(&server).area("shop", &scenarios);
    project.run(&["--max-wait", "100ms", "--timeout", "100ms"]).exits(3);
    project.trueline(&["replay", "shop/slow", "--timeout", "100ms"]).exits(3).says(&["timeout"]);
    project.trueline(&["replay", "shop/slow"]).exits(0);
    let begun = std::time::Instant::now();
    project.trueline(&["replay", "shop/busy", "--max-wait", "100ms"]).exits(3).says(&["throttled"]);
    assert!(begun.elapsed().as_secs() < 25);
    project.trueline(&["replay", "shop/more"]).exits(0).says(&["extra-fields"]);
    project.trueline(&["replay", "shop/more", "--fail-on", "extra-fields"]).exits(1);
    let gone = format!("http://127.0.0.1:{}", crate::support::closed_port());
    let said = project.trueline(&["replay", "shop/more", "--url", &gone, "--retry", "2"]).exits(3);
    assert_eq!(said.stdout.matches("> GET ").count(), 3, "{}", said.said());
    for flags in [["--connect-timeout", "1s"], ["--rate-limit", "5/s"]] {
        project.trueline(&[&["replay", "shop/more"], &flags[..]].concat()).exits(0);
    }
}
