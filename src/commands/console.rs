//! What commands say, and how: results to standard output, everything else to standard error.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cli::{ColorWhen, GeneralArgs};
use crate::emit::logging;
use crate::emit::progress::{Progress, Show};
use crate::emit::screen::Screen;
use crate::emit::stdout::{self, Colour};
use crate::load::{self, Home};
use crate::model::complaint::{At, Complaint, Weight};
use crate::model::exit::Exit;
use crate::model::known_secrets::KnownSecrets;
use crate::model::report::ScenarioReport;
use crate::render::style::Style;
use crate::render::terminal::Flow;

pub struct Console {
    style: Style,
    colour_errors: bool,
    quiet: bool,
    ci: bool,
    screen: Screen,
    secrets: KnownSecrets,
    flow: Mutex<Option<Flow>>,
    progress: Mutex<Option<Progress>>,
    /// Whether a run shows nothing while it goes on.
    muted: AtomicBool,
    /// Set when standard output cannot be written, for another reason than that nobody reads it.
    lost: AtomicBool,
}

impl Console {
    /// Starts logging too. The error has been shown.
    pub fn start(general: &GeneralArgs) -> Result<Console, Exit> {
        let colour = match general.color {
            ColorWhen::Auto => Colour::Auto,
            ColorWhen::Always => Colour::Always,
            ColorWhen::Never => Colour::Never,
        };
        let console = Console {
            style: Style::new(stdout::coloured(colour)),
            colour_errors: stdout::errors_coloured(colour),
            quiet: general.quiet,
            ci: std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false"),
            screen: Screen::default(),
            secrets: KnownSecrets::default(),
            flow: Mutex::new(None),
            progress: Mutex::new(None),
            muted: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        };
        let filter = std::env::var("TRUELINE_LOG").ok();
        logging::start(general.verbose, filter.as_deref(), console.secrets.clone(), console.screen.clone())
            .map_err(|text| console.refuse(None, &[Complaint::error("", At::File, text)]))?;
        Ok(console)
    }

    pub fn style(&self) -> Style {
        self.style
    }

    /// Whether standard output failed although somebody reads it.
    pub fn has_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// To standard output: what the command is for.
    pub fn print(&self, text: &str) {
        if let Err(error) = stdout::print(&self.screen, text)
            && !self.lost.swap(true, Ordering::Relaxed)
        {
            self.say(&format!("standard output cannot be written: {error}"));
        }
    }

    /// To standard error: what a person should know.
    pub fn say(&self, text: &str) {
        stdout::say(&self.screen, &format!("{text}\n"));
    }

    /// Shows what is wrong with files, arguments or the environment, and gives the exit that follows.
    pub fn refuse(&self, home: Option<&Home>, complaints: &[Complaint]) -> Exit {
        self.say(load::show(home.unwrap_or(&Home::Embedded), complaints, self.colour_errors).trim_end());
        Exit::BadInput
    }

    /// Shows what does not stop a command.
    pub fn notices(&self, home: &Home, complaints: &[Complaint]) {
        let notices: Vec<Complaint> = complaints.iter().filter(|c| c.weight == Weight::Notice).cloned().collect();
        if !notices.is_empty() && !self.quiet {
            self.say(load::show(home, &notices, self.colour_errors).trim_end());
        }
    }

    /// What is kept out of the log, and of all else that is written; more may be added.
    pub fn secrets(&self) -> &KnownSecrets {
        &self.secrets
    }

    /// From now on a run shows nothing while it goes on: somebody tells all of it at the end.
    pub fn mute(&self) {
        self.muted.store(true, Ordering::Relaxed);
    }

    /// A run begins.
    pub fn begin<'r>(&self, page: &str, total: usize, skipped: impl Iterator<Item = &'r ScenarioReport>) {
        if self.muted.load(Ordering::Relaxed) {
            return;
        }
        *held(&self.flow) = Some(Flow::new(page, self.style));
        let progress = Progress::start(&self.screen, total, Show::choose(self.quiet, self.ci));
        skipped.for_each(|report| progress.done(report.verdict));
        *held(&self.progress) = Some(progress);
    }

    /// A scenario has ended: counts it, and shows the block of a failure.
    pub fn ended(&self, report: &ScenarioReport) {
        if let Some(progress) = &*held(&self.progress) {
            progress.done(report.verdict);
        }
        let block = held(&self.flow).as_mut().and_then(|flow| flow.block(report));
        if let Some(block) = block {
            self.print(&block);
        }
    }

    /// A signal came.
    pub fn stopping(&self, again: bool) {
        self.say(match again {
            false => {
                "\nstopping: clean-up runs for at most 10 s, then the reports are written (once more stops at once)"
            }
            true => "\nstopping at once",
        });
    }

    /// The run is over.
    pub fn end(&self) {
        let progress = held(&self.progress).take();
        if let Some(progress) = progress {
            progress.finish();
        }
    }

    pub fn is_quiet(&self) -> bool {
        self.quiet
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
