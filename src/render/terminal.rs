//! What is said while a run goes on.

use std::collections::HashSet;

use super::causes;
use super::failure;
use super::style::Style;
use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;

/// After so many blocks the rest waits for the digest and the reports.
const MOST_BLOCKS: usize = 100;

/// Decides which failures get a block as they happen: each violation, and each new cause of an inconclusive, so that a
/// dead target is told of once and not with every scenario.
#[derive(Debug)]
pub struct Flow {
    page: String,
    style: Style,
    causes: HashSet<(String, String)>,
    blocks: usize,
}

impl Flow {
    pub fn new(page: &str, style: Style) -> Self {
        Flow { page: page.to_owned(), style, causes: HashSet::new(), blocks: 0 }
    }

    /// The block to print for a scenario that has just ended, with a blank line after it.
    pub fn block(&mut self, scenario: &ScenarioReport) -> Option<String> {
        let (verdict, rule, text) = causes::key(scenario)?;
        if verdict == Verdict::Inconclusive && !self.causes.insert((rule, text)) {
            return None;
        }
        self.blocks += 1;
        match self.blocks {
            1..=MOST_BLOCKS => Some(failure::block(scenario, &self.page, self.style) + "\n"),
            n if n == MOST_BLOCKS + 1 => Some("further failures are in the reports\n\n".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rule::Rule;
    use crate::render::fixture;

    #[test]
    fn a_dead_target_is_told_of_once() {
        let mut flow = Flow::new("catalogue.md", Style::PLAIN);
        let text = "nothing listens at http://127.0.0.1:9";
        assert!(flow.block(&fixture::inconclusive(Rule::NoAnswer, text)).is_some());
        assert!(flow.block(&fixture::inconclusive(Rule::NoAnswer, text)).is_none());
        assert!(flow.block(&fixture::inconclusive(Rule::Timeout, text)).is_some());
    }

    #[test]
    fn a_flood_of_violations_ends_in_one_sentence() {
        let mut flow = Flow::new("catalogue.md", Style::PLAIN);
        let report = fixture::report();
        let violation = report.scenarios.iter().find(|s| s.verdict == Verdict::Violates).unwrap();
        let blocks: Vec<_> = (0..150).filter_map(|_| flow.block(violation)).collect();
        assert_eq!(blocks.len(), MOST_BLOCKS + 1);
        assert!(blocks[MOST_BLOCKS].starts_with("further failures"));
    }
}
