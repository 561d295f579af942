//! What a target lacks is skipped, in the order of the documentation; what no target has is an error.

use super::*;

fn why(inputs: &Inputs) -> (&'static str, bool) {
    let skip = skipped(inputs);
    (skip.why.id(), skip.foreseen)
}

#[test]
fn effects_reach_as_far_as_the_target_allows() {
    let mut inputs = scenario("effects: disruptive\nwhen: { request: GET /a }");
    assert_eq!(why(&inputs), ("effects", true));
    assert_eq!(skipped(&inputs).reason, "its effects are disruptive, and target staging allows data");
    inputs.project.targets[0].effects = None;
    assert_eq!(why(&inputs), ("effects", false));
    inputs.project.targets[0].embedded = true;
    assert!(first(&planned(&inputs)).work().is_some());
    inputs.project.targets[0].effects = Some(Effects::None);
    assert_eq!(why(&inputs), ("effects", true));
    assert!(first(&planned(&scenario("effects: data\nwhen: { request: GET /a }"))).work().is_some());
}

#[test]
fn a_capability_is_declared() {
    assert!(first(&planned(&scenario("requires: [faults]\nwhen: { request: GET /a }"))).work().is_some());
    assert_eq!(why(&scenario("requires: [faults, deep_freeze]\nwhen: { request: GET /a }")), ("capability", true));
    let slip = scenario("requires: [fautls]\nwhen: { request: GET /a }");
    assert_eq!(why(&slip), ("capability", false));
    notices(&slip, &["scenarios/0/requires/0: ", "did you mean `faults`?"]);
}

#[test]
fn a_deployment_is_named_by_the_target() {
    assert_eq!(why(&scenario("deployment: miskeyed\nwhen: { request: GET /a }")), ("deployment", true));
    let slip = scenario("deployment: bar\nwhen: { request: GET /a }");
    assert_eq!(why(&slip), ("deployment", false));
    notices(&slip, &["scenarios/0/deployment: ", "did you mean `bare`?"]);
    let reach = scenario("deployment: bare\nwhen: { request: POST /a }");
    assert!(skipped(&reach).reason.contains("target staging-bare"));
}

#[test]
fn control_is_there_or_not() {
    let mut inputs = scenario("effects: data\nwhen: { request: POST control:/a }");
    assert!(first(&planned(&inputs)).work().is_some());
    inputs.project.targets[0].control = None;
    assert_eq!(why(&inputs), ("control", false));
    inputs.project.targets[0].without.push("control".into());
    assert_eq!(why(&inputs), ("control", true));
}

#[test]
fn a_credential_that_another_target_has_is_skipped_and_one_that_none_has_is_an_error() {
    assert_eq!(why(&when("request: GET /a\nas: auditor")), ("credential", false));
    assert_eq!(why(&when("request: GET /a\nas: platform_admin")), ("credential", true));
    refuses(&when("request: GET /a\nas: auditr"), &["no target has a credential `auditr`", "did you mean `auditor`?"]);
    assert!(first(&planned(&when("request: GET /a\nas: technician"))).work().is_some());
}

#[test]
fn a_variable_that_another_target_has_is_skipped_and_one_that_none_has_is_an_error() {
    assert_eq!(why(&when("request: GET /{{ region }}")), ("variable", false));
    assert_eq!(why(&when("request: GET /{{ mailbox }}")), ("variable", true));
    refuses(&when("request: GET /{{ regoin }}"), &["did you mean `region`?"]);
}

#[test]
fn a_credential_that_no_step_takes_is_not_needed() {
    let inputs = scenario("as: auditor\nwhen: { request: GET /a, as: technician }");
    assert!(first(&planned(&inputs)).work().is_some());
    let control = scenario("as: auditor\neffects: data\nwhen: { request: POST control:/a }");
    assert!(first(&planned(&control)).work().is_some());
    refuses(&scenario("as: auditr\nwhen: { request: GET /a, as: technician }"), &["scenarios/0/as: "]);
}

#[test]
fn the_first_lack_in_the_order_of_the_documentation_is_told() {
    let all = ["effects: disruptive", "requires: [deep_freeze]", "deployment: miskeyed", "", "as: auditor", ""];
    let expected = ["effects", "capability", "deployment", "control", "credential", "variable"];
    for (from, expected) in expected.into_iter().enumerate() {
        let stated: Vec<&str> =
            all.iter().enumerate().skip(from).map(|(_, line)| *line).filter(|l| !l.is_empty()).collect();
        let effects = if from == 0 { "" } else { "effects: data\n" };
        let given = if from <= 3 { "given: [{ request: POST control:/a }]\n" } else { "" };
        let mut inputs =
            scenario(&format!("{effects}{}\n{given}when: {{ request: 'GET /{{{{ region }}}}' }}", stated.join("\n")));
        inputs.project.targets[0].control = None;
        assert_eq!(why(&inputs).0, expected);
    }
}
