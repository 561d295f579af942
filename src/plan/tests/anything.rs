//! Whatever the files hold, planning ends without a panic, and each scenario costs little.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::scenario::{Lined, ScenarioFile};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(GET|POST|get|HEAD)? ?(control:|https://)?/?[a-z./%?#&{} ]{0,20}",
        "[{} x-z()*\"\\\\\\n]{0,24}",
        "(\\{\\{ ?(x|y|unique|client_id|totp\\(x\\)) ?\\}\\}|a|/|~| ){0,6}",
        ".{0,12}",
    ]
}

fn any_file() -> impl Strategy<Value = ScenarioFile> {
    (prop::collection::vec(text(), 14), any::<u8>()).prop_map(|(t, choice)| {
        let given = json!({
            "request": t[0], "as": t[1], "headers": { &t[2]: t[3] }, "query": { &t[4]: [t[5], 1] },
            "capture": { &t[6]: { "at": t[7], "match": t[8] }, "x": t[9] }, "until": { &t[7]: [t[3]] }, "within": t[10],
        });
        let when = match choice % 6 {
            0 => json!({ "request": t[0], "json": { &t[2]: [t[3], { "a": t[4] }] } }),
            1 => json!({ "request": t[0], "body": t[3], "as": { "bearer": t[1] } }),
            2 => json!({ "request": t[0], "base64": t[3], "as": { "basic": { "username": t[1], "password": t[4] } } }),
            3 => json!({ "request": t[0], "bytes": t[3], "timeout": t[10] }),
            4 => json!({ "request": t[0], "multipart": [{ "name": t[1], "filename": t[2], "text": t[3], "type": t[4] }] }),
            _ => json!({ "request": t[0], "form": { &t[2]: t[3] }, "bytes": { "unit": t[4], "times": 3 } }),
        };
        let step = |value: &serde_json::Value| serde_json::from_value(value.clone()).expect("the shape is right");
        let scenario = crate::model::scenario::ScenarioSpec {
            name: Lined { text: t[11].clone(), line: 1 },
            expect: crate::model::scenario::ExpectSpec::Code(t[12].clone()),
            credential: None,
            effects: None,
            exclusive: Some(t[1].as_str().into()),
            shared: Some(t[2].as_str().into()),
            requires: vec![t[3].clone()],
            deployment: (choice % 2 == 0).then(|| t[4].as_str().into()),
            tags: vec![t[5].clone()],
            skip: None,
            each: if choice % 3 == 0 { vec![Ordered(vec![(t[6].clone(), json!(t[13])), ("y".into(), json!(null))])] } else { vec![] },
            eventually: Some(t[10].as_str().into()),
            given: vec![step(&json!({ "use": t[13], "capture": { "y": t[6] } })), step(&given)],
            when: Box::new(step(&when)),
            finally: vec![step(&json!({ "request": t[9] }))],
        };
        let fixture = crate::model::scenario::Fixture { steps: vec![step(&json!({ "request": t[0] }))], finally: vec![] };
        ScenarioFile { area: Some(t[3].clone()), fixtures: Ordered(vec![(t[13].clone(), fixture)]), scenarios: vec![scenario], ..ScenarioFile::default() }
    })
}

proptest! {
    #[test]
    fn any_file_is_planned_or_refused_without_a_panic(content in any_file()) {
        let mut inputs = file("scenarios: []");
        inputs.files[0].content = content;
        let outcome = plan(&inputs, &Asked::default());
        prop_assert_eq!(outcome.is_ok(), check(&inputs, &Asked::default()).is_ok());
    }
}

/// Generous: it is there to notice what grows with the square of the number of scenarios.
#[test]
fn ten_thousand_scenarios_are_planned_at_once() {
    let scenario = |at: usize| {
        format!(
            "  - name: it is {at}\n    expect: VALIDATION_ERROR\n    as: technician\n    given:\n      - use: a client\n    when:\n      \
             request: POST /clients/{{{{ client }}}}\n      json: {{ a: \"{{{{ client_id }}}}\", b: [1, 2, \"x {{{{ unique }}}}\"] }}\n"
        )
    };
    let fixtures = "fixtures:\n  a client:\n    steps:\n      - request: POST /clients\n        json: { name: a }\n        \
                    capture: { client: { at: /id, match: '[a-z0-9]+' } }\n    finally: [{ request: 'DELETE /clients/{{ client }}' }]\n";
    let few: String = (0..500).map(scenario).collect();
    let mut inputs = file(&format!("{fixtures}scenarios:\n{few}"));
    let content = inputs.files[0].content.clone();
    for copy in 1..20 {
        let (mut content, area) = (content.clone(), format!("t{copy}"));
        content.area = Some(area.clone());
        inputs.files.push(SourceFile { path: format!("scenarios/{area}.yaml").into(), content });
    }
    let started = std::time::Instant::now();
    let outcome = planned(&inputs);
    let elapsed = started.elapsed();
    assert_eq!(outcome.plan.scenarios.len(), 10_000);
    println!("{:?} a scenario", elapsed / 10_000);
    assert!(elapsed < std::time::Duration::from_secs(10), "{elapsed:?}");
}
