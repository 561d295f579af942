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
