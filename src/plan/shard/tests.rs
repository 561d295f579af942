use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::plan::{Act, Expect, PlannedFile, PlannedTarget, Work};
use crate::model::units::Rate;

const CLOCK: Option<Lock> = Some(Lock::Exclusive(0));

/// A plan of scenarios `0`, `1`, ... with these locks and effects.
fn plan(scenarios: &[(Option<Lock>, Effects)]) -> Plan {
    let planned = |(at, (lock, effects)): (usize, &(Option<Lock>, Effects))| Planned {
        file: 0,
        line: at as u32 + 1,
        name: at.to_string().into(),
        expect: Expect { code: None, pinned: None, at: None },
        effects: *effects,
        tags: Box::default(),
        act: Act::Fire(Box::new(Work { lock: *lock, ..Work::default() })),
    };
    Plan {
        targets: vec![PlannedTarget { rate: "10/s".parse().ok(), ..PlannedTarget::default() }],
        files: vec![PlannedFile { path: "a.yaml".into(), area: "a".into() }],
        scenarios: scenarios.iter().enumerate().map(planned).collect(),
        locks: vec!["clock".into(), "mail".into(), "disk".into(), "audit".into()],
        ..Plan::default()
    }
}

fn free(count: usize) -> Vec<(Option<Lock>, Effects)> {
    vec![(None, Effects::None); count]
}

/// Names of the scenarios of each shard.
fn cut(plan: &Plan, of: u32, durations: Option<&Durations>) -> Vec<Vec<String>> {
    let slice = |index| sliced(plan.clone(), Shard { index, of }, durations);
    let names = |plan: Plan| plan.scenarios.iter().map(|planned| planned.name.to_string()).collect();
    (1..=of).map(|index| names(slice(index))).collect()
}

/// The shard, from 0, that has a scenario.
fn home(slices: &[Vec<String>], name: usize) -> usize {
    slices.iter().position(|slice| slice.contains(&name.to_string())).unwrap()
}

#[test]
fn where_a_scenario_goes_is_fixed_for_all_machines_and_releases() {
    let slices = cut(&plan(&free(12)), 3, None);
    assert_eq!(slices, [vec!["0", "2", "6", "7", "9", "10", "11"], vec!["1", "4", "5"], vec!["3", "8"]]);
}

#[test]
fn a_scenario_stays_where_it_is_when_others_come_and_go() {
    let all = cut(&plan(&free(40)), 4, None);
    let fewer = cut(&plan(&free(20)), 4, None);
    assert!((0..20).all(|name| home(&all, name) == home(&fewer, name)));
}

#[test]
fn scenarios_that_a_lock_keeps_apart_in_time_stay_together() {
    let (mut scenarios, of) = (free(60), 7);
    for (at, lock) in [(3, Lock::Exclusive(0)), (31, Lock::Shared(0)), (58, Lock::Shared(0))] {
        scenarios[at].0 = Some(lock);
    }
    for durations in [None, Some(&Durations::default())] {
        let slices = cut(&plan(&scenarios), of, durations);
        assert_eq!(home(&slices, 3), home(&slices, 31));
        assert_eq!(home(&slices, 3), home(&slices, 58));
    }
}

#[test]
fn a_scenario_with_two_locks_joins_all_that_have_either() {
    let mut scenarios = free(60);
    let locks = [Lock::Exclusive(2), Lock::Both(3, 2), Lock::Both(1, 3), Lock::Exclusive(1)];
    for (at, lock) in [5, 22, 40, 59].into_iter().zip(locks) {
        scenarios[at].0 = Some(lock);
    }
    let slices = cut(&plan(&scenarios), 9, None);
    for at in [22, 40, 59] {
        assert_eq!(home(&slices, at), home(&slices, 5), "{at}");
    }
}

#[test]
fn a_lock_that_all_share_keeps_nobody_together() {
    let scenarios = vec![(Some(Lock::Shared(0)), Effects::None); 60];
    assert_eq!(cut(&plan(&scenarios), 3, None).iter().filter(|slice| !slice.is_empty()).count(), 3);
}

#[test]
fn what_is_disruptive_is_in_the_first_shard_with_whatever_shares_a_lock_with_it() {
    let mut scenarios = free(60);
    for at in [1, 17, 44] {
        scenarios[at].1 = Effects::Disruptive;
    }
    scenarios[17].0 = CLOCK;
    scenarios[20].0 = Some(Lock::Shared(0));
    for durations in [None, Some(&Durations::default())] {
        let slices = cut(&plan(&scenarios), 5, durations);
        for at in [1, 17, 44, 20] {
            assert_eq!(home(&slices, at), 0, "{at}");
        }
    }
}

#[test]
fn durations_balance_the_slices() {
    let times = |at: usize| if at < 3 { 900 } else { 100 };
    let durations: Durations = (0..30).map(|at| (format!("a/{at}"), times(at))).collect();
    let slices = cut(&plan(&free(30)), 3, Some(&durations));
    let took = |slice: &Vec<String>| slice.iter().map(|name| times(name.parse().unwrap())).sum::<u64>();
    assert_eq!(slices.iter().map(took).collect::<Vec<_>>(), [1800, 1800, 1800]);
}

#[test]
fn a_scenario_that_the_durations_lack_counts_like_the_mean() {
    let durations: Durations = [("a/0".to_owned(), 10), ("a/1".to_owned(), 30)].into();
    assert_eq!(usual(&durations), 20);
    assert_eq!(usual(&Durations::default()), 0);
}

#[test]
fn a_limit_of_requests_is_divided() {
    let slice = sliced(plan(&free(3)), Shard { index: 2, of: 5 }, None);
    assert_eq!(slice.targets[0].rate, Some(Rate { every: Duration::from_millis(500) }));
}

fn scenarios() -> impl Strategy<Value = Vec<(Option<Lock>, Effects)>> {
    let lock = prop_oneof![
        4 => Just(None),
        1 => (0..4_u16).prop_map(|lock| Some(Lock::Exclusive(lock))),
        1 => (0..4_u16).prop_map(|lock| Some(Lock::Shared(lock))),
        1 => (0..4_u16, 1..4_u16).prop_map(|(lock, by)| Some(Lock::Both(lock, (lock + by) % 4))),
    ];
    let effects = prop_oneof![9 => Just(Effects::None), 1 => Just(Effects::Disruptive)];
    prop::collection::vec((lock, effects), 0..80)
}

/// Whether two scenarios keep each other out.
fn keep_apart(one: Option<Lock>, other: Option<Lock>) -> bool {
    let held = |lock: Option<Lock>| match lock {
        None => vec![],
        Some(Lock::Exclusive(lock)) => vec![(lock, true)],
        Some(Lock::Shared(lock)) => vec![(lock, false)],
        Some(Lock::Both(exclusive, shared)) => vec![(exclusive, true), (shared, false)],
    };
    let meets = |(lock, exclusive)| held(other).iter().any(|(l, e)| *l == lock && (exclusive || *e));
    held(one).into_iter().any(meets)
}

proptest! {
    #[test]
    fn slices_are_disjoint_and_together_the_whole(
        scenarios in scenarios(), of in 1..12_u32, durations in prop::option::of(prop::collection::vec(0..5000_u64, 0..80)),
    ) {
        let durations = durations.map(|list| -> Durations {
            list.into_iter().enumerate().map(|(at, millis)| (format!("a/{at}"), millis)).collect()
        });
        let slices = cut(&plan(&scenarios), of, durations.as_ref());
        let mut all: Vec<usize> = slices.iter().flatten().map(|name| name.parse().unwrap()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..scenarios.len()).collect::<Vec<_>>());
        for (one, (lock, effects)) in scenarios.iter().enumerate() {
            prop_assert!(*effects != Effects::Disruptive || home(&slices, one) == 0);
            for (other, (others, _)) in scenarios.iter().enumerate() {
                prop_assert!(!keep_apart(*lock, *others) || home(&slices, one) == home(&slices, other));
            }
        }
    }
}
