//! Frames of HTTP/2 written by hand, right and wrong ones (RFC 9113, 6; RFC 7541 without Huffman).

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PUSH_PROMISE: u8 = 5;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const ACK: u8 = 1;
pub const END_HEADERS: u8 = 4;
pub const PADDED: u8 = 8;

/// The stream of the first request.
pub const FIRST: u32 = 1;

pub fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut out = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    out.extend([kind, flags]);
    out.extend(stream.to_be_bytes());
    out.extend(payload);
    out
}

pub fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let pairs = pairs.iter().flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat());
    frame(SETTINGS, 0, 0, pairs.collect::<Vec<u8>>())
}

pub fn reset(error: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, FIRST, error.to_be_bytes())
}

pub fn goaway(last: u32, error: u32, words: &str) -> Vec<u8> {
    frame(GOAWAY, 0, 0, [&last.to_be_bytes()[..], &error.to_be_bytes(), words.as_bytes()].concat())
}

/// A field that goes into no table.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    [vec![0], text(name), text(value)].concat()
}

fn text(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut left = text.len();
    // An integer with a prefix of seven bits.
    if left < 127 {
        out.push(left as u8);
    } else {
        out.push(127);
        left -= 127;
        while left >= 128 {
            out.push((left % 128) as u8 | 128);
            left /= 128;
        }
        out.push(left as u8);
    }
    out.extend(text.as_bytes());
    out
}

/// The fields of an answer with the type of JSON, and these.
pub fn fields(status: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut out = [field(":status", status), field("content-type", "application/json")].concat();
    more.iter().for_each(|(name, value)| out.extend(field(name, value)));
    out
}

/// The head of an answer that a body follows.
pub fn head(status: &str, more: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, FIRST, fields(status, more))
}

pub fn data(body: impl AsRef<[u8]>) -> Vec<u8> {
    frame(DATA, 0, FIRST, body)
}

pub fn last_data(body: impl AsRef<[u8]>) -> Vec<u8> {
    frame(DATA, END_STREAM, FIRST, body)
}
