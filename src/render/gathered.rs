//! Many small pieces of text, gathered before they reach a writer of unknown kind.

use std::io::{self, Write};

/// So many bytes are passed on at once.
const ENOUGH: usize = 32 << 10;

/// What it holds is passed on by `flush` alone, or when there is enough of it.
pub(super) struct Gathered<'w> {
    bytes: Vec<u8>,
    out: &'w mut dyn Write,
}

impl<'w> Gathered<'w> {
    pub fn new(out: &'w mut dyn Write) -> Self {
        Gathered { bytes: Vec::with_capacity(2 * ENOUGH), out }
    }

    /// What waits; more may be added.
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    #[inline]
    pub fn flush_if_enough(&mut self) -> io::Result<()> {
        if self.bytes.len() >= ENOUGH { self.flush() } else { Ok(()) }
    }
}

impl Write for Gathered<'_> {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece)?;
        Ok(piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(piece);
        self.flush_if_enough()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        // One long text is no reason to keep its room.
        self.bytes.shrink_to(2 * ENOUGH);
        Ok(())
    }
}
