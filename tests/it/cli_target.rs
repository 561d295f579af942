//! Against what is tested, and with what.

use crate::support::{Answer, Project, Request, Server, scenario};

/// Two targets, `one` and `two`, with a variable and a credential from the environment each.
struct Shops {
    one: Server,
    two: Server,
    project: Project,
}

fn shops(run: &str) -> Shops {
    let (one, two) = (Server::shop(), Server::shop());
    let target = |name: &str, server: &Server| {
        let url = &server.url;
        format!(
            "[targets.{name}]\nurl = \"{url}\"\neffects = \"data\"\nvars = {{ place = \"{name}-place\" }}\n\
             [targets.{name}.credentials]\nclerk = {{ bearer = {{ env = \"CLERK_KEY\" }} }}\n"
        )
    };
    let project = Project::new(&format!("{run}\n{}{}", target("one", &one), target("two", &two)));
    let scenarios = [
        scenario("a thing is unknown", "NOT_FOUND", "GET /404/NOT_FOUND?at={{ place }}"),
        "  - name: a clerk is refused
    expect: NOT_FOUND
    as: clerk
    tags: [clerk]
    when: { request: GET /404/NOT_FOUND }
"
        .to_owned(),
    ];
    Shops { one, two, project: project.area("shop", &scenarios) }
}

impl Shops {
    fn counts(&self) -> (usize, usize) {
        (self.one.heard().len(), self.two.heard().len())
    }
}

const NO_CLERK: [&str; 2] = ["--exclude-tag", "clerk"];

#[test]
fn of_several_targets_one_must_be_named() {
    let shops = shops("");
    shops.project.run(&[]).exits(2).complains(&[
        "several targets are defined, and none is named",
        "--target",
        "one, two",
    ]);
    assert_eq!(shops.counts(), (0, 0));
}

#[test]
fn a_flag_beats_the_environment_and_that_the_file() {
    let shops = shops("[run]\ntarget = \"one\"\n");
    shops.project.run(&NO_CLERK).exits(0);
    assert_eq!(shops.counts(), (1, 0));
    shops.project.run_with(&[("TRUELINE_TARGET", "two")], &NO_CLERK).exits(0);
    assert_eq!(shops.counts(), (1, 1));
    let args = [&NO_CLERK[..], &["--target", "one"]].concat();
    shops.project.run_with(&[("TRUELINE_TARGET", "two")], &args).exits(0);
    assert_eq!(shops.counts(), (2, 1));
    assert_eq!(shops.project.json()["target"]["name"], "one");
}

#[test]
fn an_unknown_target_is_a_mistake() {
    let shops = shops("");
    shops.project.run(&["-t", "tow"]).exits(2).complains(&["there is no target `tow`", "did you mean `two`?"]);
}

#[test]
fn an_empty_target_in_the_environment_is_a_mistake() {
    let shops = shops("[run]\ntarget = \"one\"\n");
    for value in ["", "  "] {
        let said = shops.project.run_with(&[("TRUELINE_TARGET", value)], &NO_CLERK).exits(2);
        said.complains(&["TRUELINE_TARGET", "is set but empty"]);
        shops.project.run_with(&[("TRUELINE_URL", value)], &NO_CLERK).exits(2).complains(&["TRUELINE_URL"]);
    }
    assert_eq!(shops.counts(), (0, 0));
}

#[test]
fn a_url_alone_is_a_target_that_may_only_be_read() {
    let shops = shops("");
    let elsewhere = Server::shop();
    let args = ["--url", &elsewhere.url, "--var", "place=here", "--allow-skips"];
    shops.project.run(&args).exits(0).says(&["lacks the credential clerk"]);
    assert_eq!(elsewhere.lines(), ["GET /404/NOT_FOUND?at=here"]);
    assert_eq!(shops.project.json()["target"]["effects"], "none");
    shops.project.run(&args[..4]).exits(4);
    assert_eq!(shops.counts(), (0, 0));
}

#[test]
fn what_a_url_alone_does_not_allow_misses_the_gate() {
    let server = Server::shop();
    let project = Project::new("").area(
        "shop",
        &[
            scenario("a thing is unknown", "NOT_FOUND", "GET /404/NOT_FOUND"),
            scenario("a thing is changed", "ALREADY_CLOSED", "POST /409/ALREADY_CLOSED"),
        ],
    );
    let said = ["its effects are data, and `--url` alone allows none", "`--target`", "`--allow-skips`"];
    project.run(&["--url", &server.url]).exits(4).says(&said);
    project.run_with(&[("TRUELINE_URL", &server.url)], &[]).exits(4).says(&said);
    assert_eq!(server.lines().len(), 2, "only what reads is sent: {:?}", server.lines());
    project.run(&["--url", &server.url, "--allow-skips"]).exits(0);
    let named = format!(
        "{}\n[targets.shop]\nurl = \"http://127.0.0.1:1\"\neffects = \"none\"\n",
        project.read("trueline.toml")
    );
    project.write("trueline.toml", &named);
    // A target that states it foresees the skip, wherever it is moved.
    project.run(&["--url", &server.url, "--target", "shop"]).exits(0);
    project.write("trueline.toml", &named.replace("\"none\"", "\"data\""));
    project.run(&["--url", &server.url, "--target", "shop"]).exits(0);
    assert_eq!(server.lines().last().unwrap(), "POST /409/ALREADY_CLOSED");
}

#[test]
fn a_url_replaces_that_of_the_named_target() {
    let shops = shops("");
    let elsewhere = Server::shop();
    let args = ["--url", &elsewhere.url, "--target", "one"];
    shops.project.run_with(&[("CLERK_KEY", "a-key-of-the-clerk")], &args).exits(0);
    let heard = elsewhere.heard();
    assert!(heard.iter().any(|r| r.path.ends_with("at=one-place")), "{heard:?}");
    assert!(heard.iter().any(|r| r.header("authorization") == Some("Bearer a-key-of-the-clerk")), "{heard:?}");
    assert_eq!(shops.counts(), (0, 0));
    let third = Server::shop();
    shops.project.run_with(&[("TRUELINE_URL", &third.url), ("CLERK_KEY", "a-key")], &["-t", "one"]).exits(0);
    assert_eq!(third.heard().len(), 2);
}

#[test]
fn a_url_that_is_none_is_a_mistake() {
    for (url, why) in [
        ("127.0.0.1:80", "http://"),
        ("ftp://a", "http://"),
        ("http://me:pw@127.0.0.1", "--header"),
        ("http://127.0.0.1/?a=1", "query"),
        ("http://", "URL"),
    ] {
        let said = shops("").project.run(&["-u", url]).exits(2).complains(&[why]);
        // Who one is and what one asks may be secret: only the rest of the URL is repeated.
        assert!(said.stderr.contains(url) != url.contains(['@', '?']), "{}", said.stderr);
    }
}

#[test]
fn a_header_goes_with_every_request() {
    let shops = shops("");
    let args = [&NO_CLERK[..], &["-t", "one", "-H", "X-Trace: a b", "--header", "X-Two:2"]].concat();
    shops.project.run(&args).exits(0);
    let heard = shops.one.heard();
    assert_eq!((heard[0].header("x-trace"), heard[0].header("x-two")), (Some("a b"), Some("2")));
    shops.project.run(&["-t", "one", "-H", "no colon"]).exits(2).complains(&["Name: value"]);
}

#[test]
fn a_var_beats_that_of_the_target() {
    let shops = shops("");
    let args = [&NO_CLERK[..], &["-t", "one", "--var", "place=by hand"]].concat();
    shops.project.run(&args).exits(0);
    assert_eq!(shops.one.lines(), ["GET /404/NOT_FOUND?at=by%20hand"]);
    shops.project.run(&["-t", "one", "--var", "place"]).exits(2).complains(&["name=value"]);
    shops.project.run(&["-t", "one", "--var", "unique=1"]).exits(2).complains(&["built in"]);
}

#[test]
fn an_env_file_brings_secrets_and_the_environment_beats_it() {
    let shops = shops("[run]\ntarget = \"one\"\n");
    shops.project.write("secrets.env", "# of the clerk\nCLERK_KEY='from the file'\n");
    let key = |server: &Server| {
        let heard = server.heard();
        let with_key = |r: &Request| r.header("authorization").map(str::to_owned);
        heard.iter().filter_map(with_key).next_back().unwrap()
    };
    shops.project.run(&["--env-file", "secrets.env"]).exits(0);
    assert_eq!(key(&shops.one), "Bearer from the file");
    shops.project.run_with(&[("TRUELINE_ENV_FILE", "secrets.env"), ("CLERK_KEY", "from outside")], &[]).exits(0);
    assert_eq!(key(&shops.one), "Bearer from outside");
    shops.project.run(&["--env-file", "missing.env"]).exits(2).complains(&["there is no file `missing.env`"]);
}

#[test]
fn an_unset_secret_is_named_with_what_needs_it() {
    let shops = shops("[run]\ntarget = \"one\"\n");
    let said = shops.project.run(&[]).exits(2).complains(&["`CLERK_KEY` is not set", "clerk", "one", "--env-file"]);
    assert_eq!(said.stderr.matches("CLERK_KEY").count(), 1, "{}", said.stderr);
    shops.project.run_with(&[("CLERK_KEY", "")], &[]).exits(2).complains(&["`CLERK_KEY` is set to nothing"]);
    assert_eq!(shops.counts(), (0, 0));
    // What is not selected needs no secret, and what sends nothing reads none.
    shops.project.run(&NO_CLERK).exits(0);
    for command in ["check", "list"] {
        shops.project.trueline(&[command]).exits(0);
    }
    shops.project.run(&["--dry-run"]).exits(0);
}

#[test]
fn a_credential_goes_to_no_other_origin() {
    let thief = Server::shop();
    let to = format!("{}/404/NOT_FOUND", thief.url);
    let shop = Server::start(move |_| Answer::error(302, "NOT_FOUND").header("Location", &to));
    let target = format!(
        "[targets.one]\nurl = \"{}\"\n[targets.one.credentials]\nclerk = {{ bearer = \"key-of-the-clerk\" }}\n",
        shop.url
    );
    let project = Project::new(&target).area(
        "shop",
        &["  - name: a clerk is sent away\n    expect: NOT_FOUND\n    as: clerk\n    when: { request: GET /a }\n"
            .to_owned()],
    );
    project.run(&[]).exits(1).says(&["unexpected-success"]);
    assert!(thief.heard().is_empty() && shop.heard().len() == 1);
}

#[test]
fn a_check_tells_what_a_target_would_be_sent_and_reads_no_environment() {
    let shops = shops("");
    let project = shops.project.file(
        "scenarios/more.yaml",
        "area: more\nscenarios:\n  - name: a lock\n    expect: NOT_FOUND\n    effects: disruptive\n    when: { request: GET /x }\n",
    );
    project.trueline(&["check"]).exits(0).says(&["3 scenarios in 2 files", "all in order"]);
    let said = project.trueline(&["check", "--target", "one"]).exits(0);
    said.says(&["all in order\nagainst one, 2 would be fired and 1 skipped\n"]);
    let said = project.trueline(&["check", "-u", "http://127.0.0.1:1", "--var", "place=x", "--name", "more"]).exits(0);
    said.says(&["1 selected scenario", "against url, 0 would be fired and 1 skipped"]);
    project.trueline(&["check", "-t", "on"]).exits(2).complains(&["no target `on`", "one"]);
}
