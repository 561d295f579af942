//! Standard output. A reader that has gone away is no error: the exit code tells what the run came to.

use std::io::{self, IsTerminal, Write};

use super::screen::Screen;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// On a terminal, as `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM` say.
    #[default]
    Auto,
    Always,
    Never,
}

/// Whether what goes to standard output is coloured.
pub fn coloured(colour: Colour) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Whether what goes to standard error is coloured.
pub fn errors_coloured(colour: Colour) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
    }
}

/// Says something on standard error, around the progress bar. Nobody hears it if that fails.
pub fn say(screen: &Screen, text: &str) {
    let _ = screen.around(|| write(&mut io::stderr().lock(), text.as_bytes()));
}

/// Whether standard error is a terminal that nobody's CI pretends to be.
pub fn interactive(ci: bool) -> bool {
    io::stderr().is_terminal() && !ci
}

/// Prints a text as it is, around the progress bar.
pub fn print(screen: &Screen, text: &str) -> io::Result<()> {
    screen.around(|| write(&mut io::stdout().lock(), text.as_bytes()))
}

/// Writes and flushes; a closed pipe counts as written.
pub fn write(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        assert!(write(&mut Failing(io::ErrorKind::BrokenPipe), b"x").is_ok());
        assert!(write(&mut Failing(io::ErrorKind::StorageFull), b"x").is_err());
    }
}
