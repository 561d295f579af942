//! The slice of a plan that one of several machines fires. Slices are disjoint, together they are the whole, and every
//! machine cuts them alike, for they depend on names alone (or on the same durations).
//!
//! Scenarios that keep each other out by a lock stay together, for a lock does not reach from one machine to another.
//! Disruptive ones are all in the first slice, with whatever shares a lock with them.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::model::plan::{Lock, Plan, Planned};
use crate::model::scenario::Effects;
use crate::model::shard::Shard;

/// How long scenarios took, in milliseconds, by id.
pub type Durations = HashMap<String, u64>;

/// The plan with the scenarios of one shard, in their order. With durations the slices take about the same time; without,
/// about as many scenarios. A limit of requests per time is divided among the shards.
pub fn sliced(mut plan: Plan, shard: Shard, durations: Option<&Durations>) -> Plan {
    let slices = match durations {
        Some(durations) => balanced(&groups(&plan), shard.of, durations),
        None => hashed(&groups(&plan), shard.of),
    };
    let mut at = 0;
    plan.scenarios.retain(|_| {
        at += 1;
        slices[at - 1] + 1 == shard.index
    });
    for target in &mut plan.targets {
        target.rate = target.rate.map(|rate| rate.divided(shard.of));
    }
    plan
}

/// Scenarios that stay together.
#[derive(Debug, Default)]
struct Group {
    /// What it is called on every machine.
    name: String,
    disruptive: bool,
    /// Places in the plan, and ids.
    members: Vec<(usize, String)>,
}

/// All scenarios of a plan, in groups, in the order of the groups' names.
fn groups(plan: &Plan) -> Vec<Group> {
    let names = lock_groups(plan);
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (at, planned) in plan.scenarios.iter().enumerate() {
        let id = plan.id(planned);
        let held = locks(planned).find_map(|(lock, _)| names.get(&lock));
        let name = held.map_or_else(|| format!("scenario {id}"), |lock| format!("lock {lock}"));
        let group = groups.entry(name.clone()).or_insert_with(|| Group { name, ..Group::default() });
        group.disruptive |= planned.effects == Effects::Disruptive;
        group.members.push((at, id));
    }
    groups.into_values().collect()
}

/// The locks that a scenario has, and whether exclusively. One that is skipped has none.
fn locks(planned: &Planned) -> impl Iterator<Item = (u16, bool)> {
    let pair = match planned.work().and_then(|work| work.lock) {
        None => [None, None],
        Some(Lock::Exclusive(lock)) => [Some((lock, true)), None],
        Some(Lock::Shared(lock)) => [Some((lock, false)), None],
        Some(Lock::Both(exclusive, shared)) => [Some((exclusive, true)), Some((shared, false))],
    };
    pair.into_iter().flatten()
}

/// Each lock that keeps somebody out, with the name of the locks that it is joined with by scenarios that have two: the
/// first of theirs in the alphabet. A lock that nobody has exclusively keeps nobody out and joins nobody.
fn lock_groups(plan: &Plan) -> HashMap<u16, &str> {
    let exclusive: HashSet<u16> =
        plan.scenarios.iter().flat_map(locks).filter(|(_, exclusive)| *exclusive).map(|(lock, _)| lock).collect();
    let mut leader: Vec<u16> = (0..=u16::MAX).take(plan.locks.len()).collect();
    let name = |lock: u16| &*plan.locks[usize::from(lock)];
    for planned in &plan.scenarios {
        let held: Vec<u16> = locks(planned).map(|(lock, _)| lock).filter(|lock| exclusive.contains(lock)).collect();
        if let [one, other] = held[..] {
            let (one, other) = (led_by(&leader, one), led_by(&leader, other));
            let (first, second) = if name(one) <= name(other) { (one, other) } else { (other, one) };
            leader[usize::from(second)] = first;
        }
    }
    exclusive.into_iter().map(|lock| (lock, name(led_by(&leader, lock)))).collect()
}

/// Follows leaders to the last one. A leader is earlier in the alphabet than those that it leads, so this ends.
fn led_by(leader: &[u16], mut lock: u16) -> u16 {
    while leader[usize::from(lock)] != lock {
        lock = leader[usize::from(lock)];
    }
    lock
}

/// The slice of each scenario, from 0, by the names of the groups.
fn hashed(groups: &[Group], of: u32) -> Vec<u32> {
    placed(groups, groups.iter().map(|group| if group.disruptive { 0 } else { bucket(&group.name, of) }))
}

/// The slice of each scenario, from 0: the longest group first, each to the slice that has the least so far.
fn balanced(groups: &[Group], of: u32, durations: &Durations) -> Vec<u32> {
    let usual = usual(durations);
    let cost = |group: &Group| -> u64 {
        let costs = group.members.iter().map(|(_, id)| durations.get(id).copied().unwrap_or(usual).max(1));
        costs.fold(0, u64::saturating_add)
    };
    let mut order: Vec<(u64, usize)> = groups.iter().enumerate().map(|(at, group)| (cost(group), at)).collect();
    order.sort_by_key(|(cost, at)| (!groups[*at].disruptive, std::cmp::Reverse(*cost), *at));
    let mut loads = vec![0_u64; of as usize];
    let mut slices = vec![0_u32; groups.len()];
    for (cost, at) in order {
        let least = (0..).zip(&loads).min_by_key(|(_, load)| **load).map_or(0, |(slice, _)| slice);
        let slice = if groups[at].disruptive { 0 } else { least };
        loads[slice as usize] = loads[slice as usize].saturating_add(cost);
        slices[at] = slice;
    }
    placed(groups, slices.into_iter())
}

/// What a scenario is taken to last that the durations do not have: the mean of those that they have.
fn usual(durations: &Durations) -> u64 {
    let sum: u128 = durations.values().map(|millis| u128::from(*millis)).sum();
    u64::try_from(sum / (durations.len() as u128).max(1)).unwrap_or(u64::MAX)
}

fn placed(groups: &[Group], slices: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut placed = vec![0; groups.iter().map(|group| group.members.len()).sum()];
    for (group, slice) in groups.iter().zip(slices) {
        for (at, _) in &group.members {
            placed[*at] = slice;
        }
    }
    placed
}

/// From 0. The same on every machine and in every release.
fn bucket(name: &str, of: u32) -> u32 {
    let digest = Sha256::digest(name.as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (number % u64::from(of)) as u32
}

#[cfg(test)]
mod tests;
