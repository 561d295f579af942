//! Which target a run is against, and what it takes from there.

use super::*;
use crate::model::plan::{PlannedValue, Scheme, ValueFrom};

fn get() -> Inputs {
    when("request: GET /a")
}

fn asked(target: Option<&str>, url: Option<&str>) -> Asked {
    Asked { target: target.map(Into::into), url: url.map(Into::into), ..Asked::default() }
}

#[track_caller]
fn name(inputs: &Inputs, asked: &Asked) -> String {
    let outcome = plan(inputs, asked).unwrap_or_else(|complaints| panic!("{:#?}", shown(&complaints)));
    outcome.plan.targets[0].name.to_string()
}

#[track_caller]
fn choice(inputs: &Inputs, asked: &Asked, parts: &[&str]) {
    let said = shown(&plan(inputs, asked).expect_err("it is refused"));
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(parts.iter().all(|part| said[0].contains(part)), "{said:#?}");
}

#[test]
fn the_target_named_wins_over_the_default_over_the_only_one() {
    let mut inputs = get();
    assert_eq!(name(&inputs, &asked(None, None)), "staging");
    assert_eq!(name(&inputs, &asked(Some("staging-bare"), None)), "staging-bare");
    choice(&inputs, &asked(Some("stagin"), None), &["file: there is no target `stagin`", "did you mean `staging`?"]);
    choice(&inputs, &asked(Some(""), None), &["the name of the target is empty", "staging, staging-bare"]);
    inputs.project.default_target = None;
    choice(&inputs, &asked(None, None), &["several targets are defined", "`--target`: staging, staging-bare"]);
    assert!(check(&inputs, &asked(None, None)).is_ok(), "a check needs no target");
    inputs.project.targets = vec![bare()];
    assert_eq!(name(&inputs, &asked(None, None)), "staging-bare");
    inputs.project.targets.push(Target { name: "staging-bare/beside".into(), brought: true, ..bare() });
    assert_eq!(name(&inputs, &asked(None, None)), "staging-bare", "what a target brings along is no choice");
    inputs.project.targets.clear();
    choice(&inputs, &asked(None, None), &["no target is defined", "`--url`"]);
    inputs.project.default_target = Some("gone".into());
    choice(&inputs, &asked(None, None), &["run/target: there is no target `gone`"]);
}

#[test]
fn a_url_alone_is_a_target_without_anything() {
    let outcome = plan(&get(), &asked(None, Some("http://127.0.0.1:8080/"))).expect("it is planned");
    let target = &outcome.plan.targets[0];
    assert_eq!((&*target.name, &*target.url), ("url", "http://127.0.0.1:8080"));
    let writing = plan(&when("request: POST /a"), &asked(None, Some("http://127.0.0.1:8080"))).expect("it is planned");
    let skip = first(&writing).skip().expect("it is skipped");
    assert_eq!((skip.why.id(), skip.foreseen), ("effects", false), "nobody has said it");
    assert!(skip.reason.contains("`--url` alone allows none"), "{}", skip.reason);
    let vars = Asked { vars: vec![("client_id".into(), "x".into())], ..asked(None, Some("http://127.0.0.1:8080")) };
    let outcome = plan(&when("request: GET /{{ client_id }}"), &vars).expect("it is planned");
    assert_eq!(outcome.plan.targets[0].values[0].value, ValueFrom::Literal("x".into()));
    let lacking = plan(&when("request: GET /{{ client_id }}"), &asked(None, Some("http://127.0.0.1:8080")));
    assert_eq!(first(&lacking.expect("it is planned")).skip().map(|s| s.why.id()), Some("variable"));
}

#[test]
fn a_url_replaces_that_of_the_target_named() {
    let mut inputs = when("request: GET /a\nas: technician");
    let outcome =
        plan(&inputs, &asked(Some("staging"), Some("https://other.example.com/base/"))).expect("it is planned");
    assert_eq!(&*outcome.plan.targets[0].url, "https://other.example.com/base");
    assert_eq!(outcome.plan.targets[0].credentials.len(), 1);
    inputs.project.targets[0].embedded = true;
    let outcome = plan(&inputs, &asked(Some("staging"), Some("http://127.0.0.1:1"))).expect("it is planned");
    let target = &outcome.plan.targets[0];
    assert!(target.embedded && &*target.url == "http://127.0.0.1:1", "it is a simulation wherever it is served");
}

#[test]
fn a_url_is_one_of_http() {
    for (url, why) in [
        ("staging.example.com", "neither `http://` nor `https://`"),
        ("ftp://a", "neither"),
        ("https://u:p@a", "use `--header`"),
        ("https://a/?b", "a query"),
        ("https://a/#b", "a fragment"),
        ("https://", "not a URL"),
    ] {
        choice(&get(), &asked(None, Some(url)), &[why]);
    }
}

#[test]
fn a_secret_that_is_written_out_does_not_follow_a_url_elsewhere() {
    let mut inputs = get();
    inputs.project.targets[0].credentials = vec![("technician".into(), bearer(Setting::Literal("abc".into())))];
    choice(
        &inputs,
        &asked(Some("staging"), Some("https://a.example")),
        &["`technician`", "is not this machine", "{ env"],
    );
    assert!(plan(&inputs, &asked(Some("staging"), Some("http://[::1]:80"))).is_ok());
    assert!(plan(&inputs, &asked(Some("staging"), Some("http://localhost:80"))).is_ok());
}

#[test]
fn a_deployment_is_the_target_that_the_runs_target_names() {
    let inputs = file(
        "scenarios:\n  - { name: a, expect: NOT_FOUND, when: { request: GET /a } }\n  - { name: b, expect: NOT_FOUND, deployment: bare, as: auditor, when: { request: 'GET /{{ region }}' } }\n  - { name: c, expect: NOT_FOUND, deployment: bare, when: { request: GET /a } }",
    );
    let plan = planned(&inputs).plan;
    let targets: Vec<_> = plan.targets.iter().map(|t| (&*t.name, &*t.deployment)).collect();
    assert_eq!(targets, [("staging", ""), ("staging-bare", "bare")]);
    assert_eq!(plan.scenarios.iter().filter_map(|s| Some(s.work()?.target)).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(plan.environment, [("AUDITOR_KEY".into(), "credential auditor of target staging-bare".into())]);
    let mut broken = get();
    broken.project.targets[0].deployments = vec![("bare".into(), "staging-bar".into())];
    refuses(&broken, &["targets/staging/deployments/bare: ", "did you mean `staging-bare`?"]);
}

#[test]
fn a_var_of_the_command_line_wins() {
    let vars = vec![("client_id".into(), "x".into()), ("client_id".into(), "y".into()), ("fresh".into(), "z".into())];
    let asked = Asked { vars, ..Asked::default() };
    let outcome = plan(&when("request: GET /{{ client_id }}/{{ fresh }}"), &asked).expect("it is planned");
    let literal = |name: &str, text: &str| PlannedValue {
        name: name.into(),
        value: ValueFrom::Literal(text.into()),
        secret: false,
    };
    assert_eq!(outcome.plan.targets[0].values, [literal("client_id", "y"), literal("fresh", "z")]);
    let bad = Asked { vars: vec![("now".into(), "x".into())], ..Asked::default() };
    choice(&get(), &bad, &["--var: `now` is built in"]);
}

#[test]
fn a_rate_of_the_command_line_wins() {
    let mut inputs = get();
    inputs.project.targets[0].rate = "20/s".parse().ok();
    assert_eq!(planned(&inputs).plan.targets[0].rate, "20/s".parse().ok());
    let settings = RunSettings { rate: "5/s".parse().ok(), ..RunSettings::default() };
    let outcome = plan(&inputs, &Asked { settings, ..Asked::default() }).expect("it is planned");
    assert_eq!(outcome.plan.targets[0].rate, "5/s".parse().ok());
}

#[test]
fn headers_that_look_like_credentials_are_secrets_and_stay_with_their_target() {
    let headers = [("X-Trace", "1"), ("Authorization", "Bearer abc"), ("X-API-Key", "k"), ("Cookie", "a=b; c=d")];
    let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    let inputs = file(
        "scenarios:\n  - { name: a, expect: NOT_FOUND, when: { request: GET /a } }\n  - { name: b, expect: NOT_FOUND, deployment: bare, when: { request: GET /a } }",
    );
    let outcome = plan(&inputs, &Asked { headers, ..Asked::default() }).expect("it is planned");
    let [staging, bare] = outcome.plan.targets.as_slice() else { panic!() };
    let shown: Vec<_> = staging.headers.iter().map(|(n, v)| format!("{n}: {}", filled(v))).collect();
    let expected =
        ["X-Trace: 1", "Authorization: Bearer Target(0)", "X-API-Key: Target(1)", "Cookie: a=Target(2); c=Target(3)"];
    assert_eq!(shown, expected);
    assert!(staging.values.iter().all(|v| v.secret));
    assert_eq!(bare.headers.iter().map(|(n, _)| &**n).collect::<Vec<_>>(), ["X-Trace"]);
    let broken = Asked { headers: vec![("X".into(), "a\nb".into())], ..Asked::default() };
    choice(&get(), &broken, &["--header: `X` cannot carry a line break"]);
}

#[test]
fn only_what_is_used_is_taken_from_the_environment() {
    let inputs = file(
        "scenarios:\n  - { name: a, expect: NOT_FOUND, as: owner, effects: data, when: { request: 'POST control:/{{ mailbox_password }}' } }\n  - { name: b, expect: NOT_FOUND, as: owner, when: { request: GET /a } }\n  - { name: c, expect: NOT_FOUND, skip: later, as: technician, when: { request: GET /a } }",
    );
    let plan = planned(&inputs).plan;
    let environment: Vec<_> = plan.environment.iter().map(|(name, by)| (&**name, &**by)).collect();
    let expected = [
        ("MAILBOX", "variable mailbox_password of target staging"),
        ("STUBS_KEY", "the control service of target staging"),
        ("OWNER_PASSWORD", "credential owner of target staging"),
    ];
    assert_eq!(environment, expected);
    assert!(plan.targets[0].values.iter().all(|v| v.secret));
    assert!(planned(&get()).plan.environment.is_empty());
    assert!(planned(&get()).plan.targets[0].control.is_none());
}

#[test]
fn a_login_fetches_what_its_credential_is_made_of() {
    let plan = planned(&when("request: GET /a\nas: owner")).plan;
    let owner = &plan.targets[0].credentials[0];
    assert_eq!(owner.scheme, Scheme::Bearer(Template { parts: vec![value(Source::Slot(0))] }));
    let login = owner.login.as_ref().expect("it logs in");
    assert_eq!(&*login.slots, ["token".into()]);
    assert!(login.steps[0].capture[0].secret);
    let crate::model::plan::Body::Json(body) = &login.steps[0].body else { panic!() };
    assert_eq!(filled(body), r#"{"email":"a@example.com","password":"Target(0)"}"#);
    assert_eq!(plan.targets[0].values[0].value, ValueFrom::Env("OWNER_PASSWORD".into()));
}

fn value(source: Source) -> crate::model::template::Part {
    crate::model::template::Part::Value { source, encoding: crate::model::template::Encoding::Plain }
}

#[test]
fn credentials_of_every_target_are_checked() {
    let with = |credential: CredentialSpec| {
        let mut inputs = get();
        inputs.project.targets[1].credentials = vec![("c".into(), credential)];
        inputs
    };
    let login = |text: &str| CredentialSpec {
        login: serde_saphyr::from_str(text).expect("the steps are sound"),
        ..bearer(Setting::Literal("{{ token }}".into()))
    };
    assert!(plan(&with(login("[{ request: POST /a, capture: { token: /t } }]")), &Asked::default()).is_ok());
    let place = "targets/staging-bare/credentials/c/";
    let slip = with(login("[{ request: POST /a, capture: { tokn: /t } }]"));
    refuses(&slip, &[place, "bearer {{ token }}: ", "did you mean `tokn`?"]);
    let unused = with(login("[{ request: POST /a, capture: { token: /t, other: /o } }]"));
    refuses(&unused, &["key targets/staging-bare/credentials/c/login/0/capture/other: "]);
    let foreign = with(login("[{ request: POST /a, as: technician, capture: { token: /t } }]"));
    refuses(&foreign, &[place, "login/0/as: ", "cannot use a credential"]);
    let elsewhere = with(login("[{ request: 'POST /{{ client_id }}', capture: { token: /t } }]"));
    refuses(&elsewhere, &[place, "login/0/request {{ client_id }}: ", "`vars` of target `staging-bare`"]);
    let control = with(login("[{ request: POST control:/a, capture: { token: /t } }]"));
    refuses(&control, &[place, "has no control service"]);
    refuses(&with(CredentialSpec::default()), &["exactly one of `bearer`, `basic` and `header`"]);
}

#[test]
fn variables_of_targets_have_names_that_are_free() {
    let mut inputs = get();
    inputs.project.targets[1].vars = vec![("now".into(), env("X"))];
    refuses(&inputs, &["key targets/staging-bare/vars/now: ", "is built in"]);
    inputs.project.targets[1].vars = vec![("a b".into(), env("X"))];
    refuses(&inputs, &["key targets/staging-bare/vars/a b: ", "cannot be the name"]);
}
