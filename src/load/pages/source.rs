//! Where a page comes from: a file, or standard input.

use std::io::{self, Read};
use std::path::Path;

use crate::load::home::{self, LARGEST};
use crate::model::complaint::{At, Complaint};

/// What standard input is called.
const STDIN: &str = "standard input";

/// The name of a page as complaints show it, and its text. `-` is standard input.
pub fn text(path: &Path) -> Result<(String, String), Complaint> {
    if path == Path::new("-") {
        return Ok((STDIN.to_owned(), home::text(STDIN, standard_input()?)?));
    }
    let shown = path.to_string_lossy().replace('\\', "/");
    let bytes = home::read(path).map_err(|error| Complaint::error("", At::File, home::reason(&shown, &error)))?;
    let text = home::text(&shown, bytes)?;
    Ok((shown, text))
}

fn standard_input() -> Result<Vec<u8>, Complaint> {
    let mut bytes = Vec::new();
    let wrong = |text: String| Complaint::error("", At::File, text);
    io::stdin()
        .lock()
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| wrong(format!("standard input cannot be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(wrong(format!("standard input is larger than {} MB", LARGEST >> 20)));
    }
    Ok(bytes)
}
