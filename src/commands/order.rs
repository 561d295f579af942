//! The order in which scenarios are started. Reports keep the plan's.

use crate::model::plan::Plan;

/// Indices of the scenarios that are fired: in plan order, or shuffled by a seed, the same for the same seed.
pub fn of(plan: &Plan, seed: Option<u64>) -> Vec<usize> {
    let fired = plan.scenarios.iter().enumerate().filter(|(_, planned)| planned.work().is_some());
    let mut order: Vec<usize> = fired.map(|(index, _)| index).collect();
    if let Some(seed) = seed {
        shuffle(&mut order, seed);
    }
    order
}

/// Fisher and Yates with SplitMix64: fixed here, so that a seed means the same on every machine and in every release.
fn shuffle(order: &mut [usize], seed: u64) {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    for last in (1..order.len()).rev() {
        let at = (next() % (last as u64 + 1)) as usize;
        order.swap(last, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_order_and_loses_nothing() {
        let shuffled = |seed| {
            let mut order: Vec<usize> = (0..50).collect();
            shuffle(&mut order, seed);
            order
        };
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
        let mut sorted = shuffled(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
