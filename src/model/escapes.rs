//! Texts as they read once their escapes are taken away, with the place that each byte came from.

/// A way of escaping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// `%2F`
    Percent,
    /// `%252F`
    PercentTwice,
    /// `%2F`, and `+` for a space
    Form,
    /// `\/`, `\u002f`
    Json,
    /// `&amp;`, `&#47;`
    Html,
}

/// Whether the text has what any escape begins with; most texts have not.
pub fn may_hold_any(text: &[u8]) -> bool {
    memchr::memchr3(b'%', b'\\', b'&', text).is_some()
}

/// A text without its escapes.
pub struct Read {
    pub bytes: Vec<u8>,
    /// Where in the original each byte comes from; then where the original ends.
    pub starts: Vec<usize>,
}

impl Reading {
    pub const ALL: [Reading; 5] =
        [Reading::Percent, Reading::PercentTwice, Reading::Form, Reading::Json, Reading::Html];

    /// Whether the text has what begins an escape of this kind.
    pub fn may_differ(self, text: &[u8]) -> bool {
        match self {
            Reading::Percent => text.contains(&b'%'),
            Reading::PercentTwice => text.windows(3).any(|part| part == b"%25"),
            Reading::Form => text.contains(&b'+') && text.contains(&b'%'),
            Reading::Json => text.contains(&b'\\'),
            Reading::Html => text.contains(&b'&') && text.contains(&b';'),
        }
    }

    /// Takes the escapes away; what only looks like one stays.
    pub fn read(self, text: &[u8]) -> Read {
        if self == Reading::PercentTwice {
            let first = Reading::Percent.read(text);
            let mut second = Reading::Percent.read(&first.bytes);
            second.starts.iter_mut().for_each(|start| *start = first.starts[*start]);
            return second;
        }
        let mut read = Read { bytes: Vec::with_capacity(text.len()), starts: Vec::with_capacity(text.len() + 1) };
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let (meant, length) = self.escape(rest).unwrap_or((Meant::Byte(rest[0]), 1));
            match meant {
                Meant::Byte(byte) => read.push(byte, at),
                Meant::Char(c) => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| read.push(byte, at)),
            }
            at += length;
        }
        read.starts.push(at);
        read
    }

    /// What an escape at the beginning of this text means, and how long it is.
    fn escape(self, rest: &[u8]) -> Option<(Meant, usize)> {
        match (self, rest[0]) {
            (Reading::Percent | Reading::Form, b'%') => Some((Meant::Byte(number(rest.get(1..3)?, 16)? as u8), 3)),
            (Reading::Form, b'+') => Some((Meant::Byte(b' '), 1)),
            (Reading::Json, b'\\') => json(rest),
            (Reading::Html, b'&') => html(rest),
            _ => None,
        }
    }
}

enum Meant {
    Byte(u8),
    Char(char),
}

impl Read {
    fn push(&mut self, byte: u8, start: usize) {
        self.bytes.push(byte);
        self.starts.push(start);
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u32::from_str_radix(digits, radix).ok()
}

fn json(rest: &[u8]) -> Option<(Meant, usize)> {
    let byte = match rest.get(1)? {
        b'u' => {
            let unit = number(rest.get(2..6)?, 16)?;
            if let Some(c) = char::from_u32(unit) {
                return Some((Meant::Char(c), 6));
            }
            let low = rest.get(6..8).filter(|next| *next == b"\\u").and_then(|_| number(rest.get(8..12)?, 16))?;
            let pair = [unit as u16, low as u16];
            let c = char::decode_utf16(pair).next()?.ok()?;
            return Some((Meant::Char(c), 12));
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        other @ (b'"' | b'\\' | b'/') => *other,
        _ => return None,
    };
    Some((Meant::Byte(byte), 2))
}

fn html(rest: &[u8]) -> Option<(Meant, usize)> {
    let end = rest.iter().take(12).position(|byte| *byte == b';')?;
    let c = match &rest[1..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', hex @ ..] => char::from_u32(number(hex, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some((Meant::Char(c), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reading: Reading, text: &str) -> String {
        let read = reading.read(text.as_bytes());
        assert_eq!(read.starts.len(), read.bytes.len() + 1);
        assert_eq!(read.starts.last(), Some(&text.len()));
        String::from_utf8_lossy(&read.bytes).into_owned()
    }

    #[test]
    fn escapes_are_read_and_what_is_none_stays() {
        assert_eq!(read(Reading::Percent, "a%2Fb%2f%C3%BC%zz%4"), "a/b/ü%zz%4");
        assert_eq!(read(Reading::PercentTwice, "a%252Fb"), "a/b");
        assert_eq!(read(Reading::Form, "a+b%2B"), "a b+");
        assert_eq!(read(Reading::Json, r#"\u0061\/\"\ud83d\ude00\ud800\x\"#), "a/\"😀\\ud800\\x\\");
        assert_eq!(read(Reading::Html, "&lt;&#47;&#x2f;&amp;&none;&"), "<//&&none;&");
    }
}
