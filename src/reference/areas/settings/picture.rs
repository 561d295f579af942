//! Whether bytes are a picture: its blocks are walked through, its pixels are not looked at.

/// What a picture can come as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Gif,
}

impl Format {
    pub fn of_mime(mime: &str) -> Option<Self> {
        [Format::Png, Format::Jpeg, Format::Gif].into_iter().find(|format| format.mime() == mime)
    }

    pub fn mime(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::Gif => "image/gif",
        }
    }

    /// Whether the bytes are a whole picture of this format.
    pub fn reads(self, bytes: &[u8]) -> bool {
        match self {
            Format::Png => png(bytes),
            Format::Jpeg => jpeg(bytes),
            Format::Gif => gif(bytes),
        }
        .is_some()
    }
}

/// Takes so many bytes off the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (front, back) = rest.split_at_checked(count)?;
    *rest = back;
    Some(front)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Signature, then chunks with a checksum each: a header first, data, an end.
fn png(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let (mut first, mut data) = (true, false);
    loop {
        let length = number(take(&mut rest, 4)?);
        let chunk = take(&mut rest, length.checked_add(4)?)?;
        if number(take(&mut rest, 4)?) != crc(chunk) as usize {
            return None;
        }
        match (first, &chunk[..4]) {
            (true, b"IHDR") if length == 13 && number(&chunk[4..8]) > 0 && number(&chunk[8..12]) > 0 => first = false,
            (true, _) => return None,
            (_, b"IDAT") => data = true,
            (_, b"IEND") => return data.then_some(()),
            _ => {}
        }
    }
}

/// CRC-32 as PNG uses it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Segments up to the scan, a frame among them, and the end of the image.
fn jpeg(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?.strip_suffix(b"\xff\xd9")?;
    let mut frame = false;
    loop {
        let [0xff, marker] = take(&mut rest, 2)? else { return None };
        let length = number(take(&mut rest, 2)?);
        take(&mut rest, length.checked_sub(2)?)?;
        match marker {
            // Start of frame, all but the tables that share its range.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => frame = true,
            0xda => return (frame && !rest.is_empty()).then_some(()),
            _ => {}
        }
    }
}

/// Screen, then extensions and images made of sub-blocks, then the trailer.
fn gif(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let screen = take(&mut rest, 7)?;
    take(&mut rest, colors(screen[4]))?;
    let mut images = 0;
    loop {
        match take(&mut rest, 1)?[0] {
            0x21 => drop(take(&mut rest, 1)?),
            0x2c => {
                let image = take(&mut rest, 9)?;
                take(&mut rest, colors(image[8]) + 1)?;
                images += 1;
            }
            0x3b => return (images > 0).then_some(()),
            _ => return None,
        }
        while let length @ 1.. = take(&mut rest, 1)?[0] {
            take(&mut rest, usize::from(length))?;
        }
    }
}

/// How many bytes the colour table has that a flag byte announces.
fn colors(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc`\x98\xd7\x0d\0\x01\xcb\x01*\x14=+C\0\0\0\0IEND\xaeB`\x82";
    const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0\x3b";
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\x2a\xff\xd9";

    #[test]
    fn whole_pictures_are_read() {
        assert!(Format::Png.reads(PNG) && Format::Gif.reads(GIF) && Format::Jpeg.reads(JPEG));
    }

    #[test]
    fn no_cut_picture_is_read() {
        for (format, whole) in [(Format::Png, PNG), (Format::Gif, GIF), (Format::Jpeg, JPEG)] {
            for end in 0..whole.len() {
                assert!(!format.reads(&whole[..end]), "{format:?} cut at {end}");
            }
        }
    }

    #[test]
    fn a_changed_byte_of_a_png_is_noticed() {
        for at in 0..PNG.len() {
            let mut bytes = PNG.to_vec();
            bytes[at] ^= 0x20;
            assert!(!Format::Png.reads(&bytes), "byte {at}");
        }
    }

    #[test]
    fn one_format_does_not_pass_for_another() {
        assert!(!Format::Png.reads(GIF) && !Format::Gif.reads(JPEG) && !Format::Jpeg.reads(PNG));
    }
}
