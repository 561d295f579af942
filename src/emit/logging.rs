//! Logs: to standard error, around the progress bar, without secrets.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::screen::Screen;
use crate::model::known_secrets::KnownSecrets;
use crate::model::visible::visible_lines;

/// Starts logging for the process. `-v` and `-vv` are `verbosity` 1 and 2; a filter (`TRUELINE_LOG`) outweighs them.
/// The error says what is wrong with the filter.
pub fn start(verbosity: u8, filter: Option<&str>, secrets: KnownSecrets, screen: Screen) -> Result<(), String> {
    let written = filter.map(str::trim).filter(|f| !f.is_empty());
    let directives = written.unwrap_or(match verbosity {
        0 => "trueline=warn",
        1 => "trueline=debug",
        _ => "trueline=trace,reqwest=debug,hyper_util=debug",
    });
    let filter = EnvFilter::builder()
        .parse(directives)
        .map_err(|error| format!("TRUELINE_LOG=`{directives}` is not a filter such as `trueline=debug`: {error}"))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Lines { secrets, screen, out: io::stderr })
        .finish();
    // A second start, as in tests, keeps the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Makes a writer for each line.
struct Lines<F> {
    secrets: KnownSecrets,
    screen: Screen,
    out: F,
}

impl<'a, W: Write, F: Fn() -> W + 'a> MakeWriter<'a> for Lines<F> {
    type Writer = Line<'a, F, W>;

    fn make_writer(&'a self) -> Line<'a, F, W> {
        Line { lines: self, text: Vec::new() }
    }
}

/// One event, gathered whole: a secret in two writes would be found in neither.
struct Line<'a, F: Fn() -> W, W: Write> {
    lines: &'a Lines<F>,
    text: Vec<u8>,
}

impl<F: Fn() -> W, W: Write> Write for Line<'_, F, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: Fn() -> W, W: Write> Drop for Line<'_, F, W> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.text);
        let shown = visible_lines(&self.lines.secrets.redactor().redact(&text));
        // A log that cannot be written is nothing to fail for.
        let _ = self.lines.screen.around(|| (self.lines.out)().write_all(shown.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::NamedSecret;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_log_line_holds_a_secret_or_a_control_character() {
        let (secrets, out) = (KnownSecrets::default(), Shared::default());
        let to = out.clone();
        let lines = Lines { secrets: secrets.clone(), screen: Screen::default(), out: move || to.clone() };
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines).finish();
        tracing::subscriber::with_default(subscriber, || {
            secrets.learn([NamedSecret::new("KEY", "canary-key-4711")]);
            tracing::warn!(url = "http://x/?k=canary-key-4711", "sent \u{1b}[31m{}\u{202e}", "canary-key-4711");
        });
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("canary") && text.matches("[secret:KEY]").count() == 2, "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.ends_with('\n'), "{text}");
    }

    #[test]
    fn a_filter_that_is_none_is_refused_with_its_text() {
        let error = start(0, Some("trueline=loud"), KnownSecrets::default(), Screen::default()).unwrap_err();
        assert!(error.contains("trueline=loud"), "{error}");
    }
}
