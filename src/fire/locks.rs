//! Which scenario starts next: the first in order whose lock is free. One that waits for its lock takes no place of the
//! others, and nobody younger overtakes it on that lock.

use std::collections::{BTreeSet, VecDeque};

use crate::model::plan::{Lock, Plan};

/// The scenarios that have not started, and who holds which lock.
#[derive(Debug)]
pub(super) struct Queue<'p> {
    plan: &'p Plan,
    order: &'p [usize],
    /// Position in `order` of the next scenario that was not looked at yet.
    next: usize,
    /// Positions whose locks became free while others were waiting for them.
    ready: VecDeque<usize>,
    locks: Vec<State>,
}

#[derive(Debug, Default)]
struct State {
    exclusive: bool,
    shared: u32,
    /// Positions in `order` of those that wait for this lock, oldest first.
    waiting: BTreeSet<usize>,
}

impl State {
    fn admits(&self, exclusively: bool) -> bool {
        !self.exclusive && (!exclusively || self.shared == 0)
    }
}

/// The locks of a scenario with whether each is exclusive.
fn parts(lock: Option<Lock>) -> impl Iterator<Item = (u16, bool)> {
    let (first, second) = match lock {
        None => (None, None),
        Some(Lock::Exclusive(a)) => (Some((a, true)), None),
        Some(Lock::Shared(a)) => (Some((a, false)), None),
        Some(Lock::Both(a, b)) if a == b => (Some((a, true)), None),
        Some(Lock::Both(a, b)) => (Some((a, true)), Some((b, false))),
    };
    first.into_iter().chain(second)
}

impl<'p> Queue<'p> {
    pub(super) fn new(plan: &'p Plan, order: &'p [usize]) -> Self {
        let locks = plan.locks.iter().map(|_| State::default()).collect();
        Queue { plan, order, next: 0, ready: VecDeque::new(), locks }
    }

    /// The scenario that starts now, its lock taken; `None` while all that are left wait for locks, or none is left.
    pub(super) fn start(&mut self) -> Option<usize> {
        if let Some(position) = self.ready.pop_front() {
            return Some(self.order[position]);
        }
        while let Some(&scenario) = self.order.get(self.next) {
            let position = self.next;
            self.next += 1;
            if self.take_or_wait(position) {
                return Some(scenario);
            }
        }
        None
    }

    /// Whether all have started.
    pub(super) fn is_empty(&self) -> bool {
        let nobody_waits = || self.locks.iter().all(|state| state.waiting.is_empty());
        self.next >= self.order.len() && self.ready.is_empty() && nobody_waits()
    }

    /// Gives the lock of a scenario that ended to those who wait for it.
    pub(super) fn ended(&mut self, scenario: usize) {
        let lock = self.lock_of(scenario);
        for (lock, exclusively) in parts(lock) {
            if let Some(state) = self.locks.get_mut(usize::from(lock)) {
                if exclusively {
                    state.exclusive = false;
                } else {
                    state.shared = state.shared.saturating_sub(1);
                }
            }
        }
        for (lock, _) in parts(lock) {
            self.wake(usize::from(lock));
        }
    }

    fn lock_of(&self, scenario: usize) -> Option<Lock> {
        self.plan.scenarios.get(scenario)?.work()?.lock
    }

    /// Lets those in who wait for this lock, oldest first, up to the first who still has to wait for it.
    fn wake(&mut self, lock: usize) {
        while let Some(position) = self.locks.get_mut(lock).and_then(|state| state.waiting.pop_first()) {
            if self.take_or_wait(position) {
                self.ready.push_back(position);
            } else if self.locks[lock].waiting.contains(&position) {
                return;
            }
        }
    }

    /// Takes all the locks of a scenario at once, or puts it in line at the first that is not to be had.
    fn take_or_wait(&mut self, position: usize) -> bool {
        let lock = self.lock_of(self.order[position]);
        let busy = parts(lock).find(|&(lock, exclusively)| {
            self.locks.get(usize::from(lock)).is_some_and(|state| {
                !state.admits(exclusively) || state.waiting.first().is_some_and(|&oldest| oldest < position)
            })
        });
        if let Some((lock, _)) = busy {
            self.locks[usize::from(lock)].waiting.insert(position);
            return false;
        }
        for (lock, exclusively) in parts(lock) {
            if let Some(state) = self.locks.get_mut(usize::from(lock)) {
                if exclusively {
                    state.exclusive = true;
                } else {
                    state.shared += 1;
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fire::tests::project::scenario_with_lock;

    fn plan(locks: &[Option<Lock>]) -> Plan {
        Plan {
            scenarios: locks.iter().map(|&lock| scenario_with_lock(lock)).collect(),
            locks: ["a".into(), "b".into()].into(),
            ..Plan::default()
        }
    }

    fn started(queue: &mut Queue) -> Vec<usize> {
        std::iter::from_fn(|| queue.start()).collect()
    }

    #[test]
    fn one_that_waits_for_its_lock_lets_others_pass() {
        let plan = plan(&[Some(Lock::Exclusive(0)), Some(Lock::Exclusive(0)), None, Some(Lock::Exclusive(1))]);
        let mut queue = Queue::new(&plan, &[0, 1, 2, 3]);
        assert_eq!(started(&mut queue), [0, 2, 3]);
        queue.ended(0);
        assert_eq!(started(&mut queue), [1]);
    }

    #[test]
    fn shared_ones_overlap_but_do_not_overtake_an_exclusive_one() {
        let plan =
            plan(&[Some(Lock::Shared(0)), Some(Lock::Shared(0)), Some(Lock::Exclusive(0)), Some(Lock::Shared(0))]);
        let mut queue = Queue::new(&plan, &[0, 1, 2, 3]);
        assert_eq!(started(&mut queue), [0, 1]);
        queue.ended(1);
        assert_eq!(started(&mut queue), [] as [usize; 0]);
        queue.ended(0);
        assert_eq!(started(&mut queue), [2]);
        queue.ended(2);
        assert_eq!(started(&mut queue), [3]);
    }

    #[test]
    fn whatever_locks_there_are_every_scenario_starts_once_and_exclusive_ones_alone() {
        let kinds = [
            None,
            Some(Lock::Exclusive(0)),
            Some(Lock::Shared(0)),
            Some(Lock::Both(0, 1)),
            Some(Lock::Both(1, 0)),
            Some(Lock::Both(0, 0)),
            Some(Lock::Exclusive(1)),
            Some(Lock::Shared(1)),
        ];
        // A small generator of its own keeps the orders the same in every run.
        let mut seed = 1_u32;
        let mut dice = move |sides: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize % sides
        };
        for _ in 0..50 {
            let locks: Vec<_> = (0..60).map(|_| kinds[dice(kinds.len())]).collect();
            let plan = plan(&locks);
            let order: Vec<usize> = (0..60).rev().collect();
            let mut queue = Queue::new(&plan, &order);
            let (mut running, mut seen) = (Vec::new(), Vec::new());
            loop {
                while running.len() < 5
                    && let Some(scenario) = queue.start()
                {
                    running.push(scenario);
                    seen.push(scenario);
                    check(&running, &locks);
                }
                if running.is_empty() {
                    break;
                }
                queue.ended(running.remove(dice(running.len())));
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..60).collect::<Vec<_>>());
        }
    }

    fn check(running: &[usize], locks: &[Option<Lock>]) {
        for lock in 0..2 {
            let holders: Vec<bool> =
                running.iter().flat_map(|&s| parts(locks[s])).filter(|p| p.0 == lock).map(|p| p.1).collect();
            assert!(holders.len() < 2 || !holders.contains(&true), "{running:?}");
        }
    }
}
