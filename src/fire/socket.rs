//! A connection as the HTTP library sees it: what comes is handed on in turns, between which others have theirs.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most bytes of one piece, at first and once much has come.
const PIECE: usize = 8 << 10;
const LARGE_PIECE: usize = 64 << 10;
/// After so many bytes without a wait it is the turn of others. A storm of answers that say nothing is some hundreds of
/// them within one turn.
const TURN: usize = 16 << 10;
/// The same of a body, which is only copied.
const TURN_OF_A_BODY: usize = 256 << 10;
/// What a piece counts at least, however small it is.
const LEAST: usize = 1 << 10;

pub(super) struct Socket {
    stream: TcpStream,
    piece: Vec<u8>,
    /// What came since the last wait.
    run: usize,
    in_body: Arc<AtomicBool>,
}

impl Socket {
    /// `in_body` says whether what comes is the body of an answer.
    pub(super) fn new(stream: TcpStream, in_body: Arc<AtomicBool>) -> Self {
        Socket { stream, piece: vec![0; PIECE], run: 0, in_body }
    }
}

impl Read for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, mut to: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let in_body = this.in_body.load(Relaxed);
        if this.run >= if in_body { TURN_OF_A_BODY } else { TURN } {
            this.run = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if in_body && to.remaining() > this.piece.len() {
            this.piece.resize(LARGE_PIECE, 0);
        }
        let most = this.piece.len().min(to.remaining());
        let mut piece = ReadBuf::new(&mut this.piece[..most]);
        let came = Pin::new(&mut this.stream).poll_read(cx, &mut piece);
        match came {
            Poll::Ready(Ok(())) => {
                this.run += piece.filled().len().max(LEAST);
                to.put_slice(piece.filled());
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => this.run = 0,
        }
        came
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }
}
