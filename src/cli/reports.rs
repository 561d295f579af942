//! Flags that say which reports are written, and where.

use std::path::{Path, PathBuf};

use clap::{ArgAction, Args, ValueEnum};

use super::args::switch;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reports")]
pub struct ReportArgs {
    /// The folder for reports [default: reports]
    #[arg(long, value_name = "DIR", env = "TRUELINE_REPORTS")]
    pub reports: Option<PathBuf>,
    /// JUnit XML here [default: junit.xml in the folder]
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_JUNIT")]
    pub report_junit: Option<PathBuf>,
    /// run.json here [default: run.json in the folder]
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_JSON")]
    pub report_json: Option<PathBuf>,
    /// An HTML page here
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_HTML")]
    pub report_html: Option<PathBuf>,
    /// A page of Markdown here, for the summary of a CI job or a comment
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_MARKDOWN")]
    pub report_markdown: Option<PathBuf>,
    /// SARIF here: the drift of the documentation, for code scanning
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_SARIF")]
    pub report_sarif: Option<PathBuf>,
    /// JSON in the Common Test Report Format here
    #[arg(long, value_name = "PATH", env = "TRUELINE_REPORT_CTRF")]
    pub report_ctrf: Option<PathBuf>,
    /// Whether the run is added to history.db in the folder, for `trueline history` [default: on]
    #[arg(long, value_name = "WHEN", env = "TRUELINE_HISTORY")]
    pub history: Option<Switch>,
    /// Leaves the history as it is: --history off
    #[arg(long)]
    pub no_history: bool,
    /// Keeps all exchanges in run.json, whole
    #[arg(long, env = "TRUELINE_RECORD", action = ArgAction::SetTrue, value_parser = switch())]
    pub record: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

impl ReportArgs {
    /// What was asked for; nothing where the project decides.
    pub fn keeps_history(&self) -> Option<bool> {
        if self.no_history { Some(false) } else { self.history.map(|switch| switch == Switch::On) }
    }

    /// Where a format is wanted, by its id.
    pub fn path(&self, format: &str) -> Option<&Path> {
        let path = match format {
            "junit" => &self.report_junit,
            "json" => &self.report_json,
            "html" => &self.report_html,
            "markdown" => &self.report_markdown,
            "sarif" => &self.report_sarif,
            "ctrf" => &self.report_ctrf,
            _ => return None,
        };
        path.as_deref()
    }
}
