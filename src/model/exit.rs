//! How a command ends.

/// Exit codes, in the order in which one outranks another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// 2
    BadInput,
    /// 5
    NothingJudged,
    /// 130
    Interrupted,
    /// 143
    Terminated,
    /// 1
    Broken,
    /// 3
    Inconclusive,
    /// 4
    GateMissed,
    /// 0
    Conforms,
}

impl Exit {
    pub const ALL: [Exit; 8] = [
        Exit::Conforms,
        Exit::Broken,
        Exit::BadInput,
        Exit::Inconclusive,
        Exit::GateMissed,
        Exit::NothingJudged,
        Exit::Interrupted,
        Exit::Terminated,
    ];

    pub fn code(self) -> u8 {
        match self {
            Exit::Conforms => 0,
            Exit::Broken => 1,
            Exit::BadInput => 2,
            Exit::Inconclusive => 3,
            Exit::GateMissed => 4,
            Exit::NothingJudged => 5,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// What the code says, as shown in `--help`.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Conforms => "all that was asked for was checked and conforms",
            Exit::Broken => "the contract is broken",
            Exit::BadInput => "usage, configuration, scenario or catalogue error, or reports that cannot be written",
            Exit::Inconclusive => "something could not be judged",
            Exit::GateMissed => {
                "no finding, but a gate was missed (coverage, expired waiver, an unforeseen skip, change of the documentation)"
            }
            Exit::NothingJudged => "nothing was selected, or nothing could be judged because all was skipped",
            Exit::Interrupted => "interrupted (SIGINT), with reports for what ran",
            Exit::Terminated => "interrupted (SIGTERM), with reports for what ran",
        }
    }
}

/// The ending of a command: every reason that applies; the first in rank gives the code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    reasons: Vec<(Exit, String)>,
}

impl Ending {
    pub fn because(&mut self, exit: Exit, reason: impl Into<String>) {
        self.reasons.push((exit, reason.into()));
    }

    pub fn exit(&self) -> Exit {
        self.reasons.iter().map(|(exit, _)| *exit).min().unwrap_or(Exit::Conforms)
    }

    /// The reasons, those of the highest rank first.
    pub fn reasons(&self) -> Vec<&str> {
        let mut sorted: Vec<_> = self.reasons.iter().collect();
        sorted.sort_by_key(|(exit, _)| *exit);
        sorted.into_iter().map(|(_, text)| text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_2_5_130_1_3_4_wins() {
        let mut ending = Ending::default();
        assert_eq!(ending.exit().code(), 0);
        for (exit, code) in [
            (Exit::GateMissed, 4),
            (Exit::Inconclusive, 3),
            (Exit::Broken, 1),
            (Exit::Terminated, 143),
            (Exit::Interrupted, 130),
            (Exit::NothingJudged, 5),
            (Exit::BadInput, 2),
        ] {
            ending.because(exit, "reason");
            assert_eq!(ending.exit().code(), code);
        }
    }
}
