//! Words of a POSIX shell.

use std::fmt::Write;

use crate::model::visible::is_plain;

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The value of an environment variable.
    Env(String),
}

/// One argument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word(Vec<Piece>);

impl Word {
    pub fn text(text: &str) -> Self {
        Word(vec![Piece::Text(text.to_owned())])
    }

    pub fn push(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            match (self.0.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
                (_, piece) => self.0.push(piece),
            }
        }
    }

    pub fn of(pieces: Vec<Piece>) -> Self {
        let mut word = Word::default();
        word.push(pieces);
        word
    }

    pub fn into_pieces(self) -> Vec<Piece> {
        self.0
    }

    /// The pieces with `\` and `"` escaped, as curl reads a quoted file name.
    pub fn escaped(self) -> Vec<Piece> {
        let escape = |piece| match piece {
            Piece::Text(text) => Piece::Text(text.replace('\\', "\\\\").replace('"', "\\\"")),
            env => env,
        };
        self.0.into_iter().map(escape).collect()
    }

    pub fn has_any(&self, needle: &str) -> bool {
        self.0.iter().any(|p| matches!(p, Piece::Text(text) if text.contains(needle)))
    }

    /// Whether the word can stand on one line as it is: no control or otherwise hidden character in it.
    pub fn is_plain(&self) -> bool {
        self.0.iter().all(|p| match p {
            Piece::Text(text) => text.chars().all(is_plain),
            Piece::Env(_) => true,
        })
    }

    /// Whether the first character is one of these, or cannot be known.
    pub fn may_start_with(&self, chars: &[char]) -> bool {
        match self.0.first() {
            Some(Piece::Text(text)) => text.starts_with(chars),
            Some(Piece::Env(_)) => true,
            None => false,
        }
    }

    pub fn ends_with_newline(&self) -> bool {
        matches!(self.0.last(), Some(Piece::Text(text)) if text.ends_with('\n'))
    }

    /// The word, quoted. Hidden characters go through `printf`, so that the line stays one line and shows all it holds.
    pub fn quoted(&self) -> String {
        match self.is_plain() {
            true => self.plainly(),
            false => format!("\"$({})\"", self.printf()),
        }
    }

    fn plainly(&self) -> String {
        let has_variable = self.0.iter().any(|p| matches!(p, Piece::Env(_)));
        let harmless = |c: char| !matches!(c, '$' | '`' | '"' | '\\' | '!' | '#' | '[');
        let all_harmless = self.0.iter().all(|p| !matches!(p, Piece::Text(text) if !text.chars().all(harmless)));
        if has_variable && all_harmless {
            return self.in_double_quotes();
        }
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => single(&mut out, text),
                Piece::Env(name) => {
                    let _ = write!(out, "\"${name}\"");
                }
            }
        }
        if out.is_empty() { "''".to_owned() } else { out }
    }

    fn in_double_quotes(&self) -> String {
        let mut out = String::from("\"");
        for (index, piece) in self.0.iter().enumerate() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Env(name) => {
                    let runs_on = matches!(self.0.get(index + 1), Some(Piece::Text(next))
                        if next.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
                    let _ = if runs_on { write!(out, "${{{name}}}") } else { write!(out, "${name}") };
                }
            }
        }
        out.push('"');
        out
    }

    /// A `printf` command that writes the word.
    pub fn printf(&self) -> String {
        let mut format = String::new();
        let mut arguments = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => format.push_str(&printf_format(text.as_bytes())),
                Piece::Env(name) => {
                    format.push_str("%s");
                    let _ = write!(arguments, " \"${name}\"");
                }
            }
        }
        printf_command(format) + &arguments
    }
}

/// `printf` with a format.
pub fn printf_command(mut format: String) -> String {
    // A format that begins with a dash would be an option.
    if format.starts_with('-') {
        format.replace_range(..1, "\\055");
    }
    let mut out = String::from("printf ");
    single(&mut out, &format);
    if format.is_empty() {
        out.push_str("''");
    }
    out
}

/// Bytes as a format of `printf`: what is hidden, and what is no UTF-8, in octal.
pub fn printf_format(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '%' => out.push_str("%%"),
                c if is_plain(c) => out.push(c),
                hidden => octal(&mut out, hidden.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        octal(&mut out, chunk.invalid());
    }
    out
}

fn octal(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\{byte:03o}");
    }
}

/// Appends a text in single quotes. `##` and `[[` are parted by closing and opening the quotes, so that no CI system
/// takes a part of the line for an order.
pub fn single(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push('\'');
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\'' => out.push_str("'\\''"),
            '#' | '[' if before == c => {
                out.push_str("''");
                out.push(c);
            }
            c => out.push(c),
        }
        before = c;
    }
    out.push('\'');
}

/// A name for the environment: upper case letters, digits and `_`.
pub fn variable(name: &str) -> String {
    let mut out: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

/// Parts a text at every place of a value; the places become variables.
pub fn split_out(piece: Piece, value: &str, name: &str) -> Vec<Piece> {
    let Piece::Text(text) = piece else { return vec![piece] };
    let mut pieces = Vec::new();
    for (index, part) in text.split(value).enumerate() {
        if index > 0 {
            pieces.push(Piece::Env(name.to_owned()));
        }
        pieces.push(Piece::Text(part.to_owned()));
    }
    pieces
}

/// A redacted text with its markers as variables.
pub fn markers_to_env(redacted: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = redacted;
    while let Some((before, after)) = rest.split_once("[secret:") {
        let Some((name, after)) = after.split_once(']') else { break };
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Env(variable(name)));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}
