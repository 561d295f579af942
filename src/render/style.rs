//! Colours, or none. Plain output is the same text without the escapes.

use std::fmt::Display;

use anstyle::AnsiColor;

use crate::model::report::CoverageState;
use crate::model::verdict::Verdict;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    colour: bool,
}

impl Style {
    pub const PLAIN: Style = Style { colour: false };
    pub const COLOURED: Style = Style { colour: true };

    pub fn new(colour: bool) -> Self {
        Style { colour }
    }

    fn paint(self, style: anstyle::Style, text: impl Display) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    pub fn strong(self, text: impl Display) -> String {
        self.paint(anstyle::Style::new().bold(), text)
    }

    pub fn faint(self, text: impl Display) -> String {
        self.paint(anstyle::Style::new().dimmed(), text)
    }

    pub fn red(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    pub fn green(self, text: impl Display) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    pub fn yellow(self, text: impl Display) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    pub fn blue(self, text: impl Display) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    pub fn verdict(self, verdict: Verdict, text: impl Display) -> String {
        match verdict {
            Verdict::Conforms => self.green(text),
            Verdict::Violates => self.red(text),
            Verdict::Inconclusive => self.yellow(text),
            Verdict::Skipped => self.faint(text),
        }
    }

    pub fn state(self, state: CoverageState, text: impl Display) -> String {
        match state {
            CoverageState::Triggered => self.green(text),
            CoverageState::Planned => self.blue(text),
            CoverageState::Waived => self.faint(text),
            CoverageState::Missing => self.yellow(text),
        }
    }
}
