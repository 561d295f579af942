//! A server on raw sockets that does what no library would let it do. A thread for each connection.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// What is done with one request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Writes this, and waits for the next request.
    Says(Vec<u8>),
    /// Writes this, and closes the connection.
    Ends(Vec<u8>),
    /// Writes this, and nothing more.
    Hangs(Vec<u8>),
    /// Writes this, and resets the connection.
    Resets(Vec<u8>),
    /// Writes the first at once and the second byte by byte, with a pause before each, then closes.
    Drips(Vec<u8>, Vec<u8>, Duration),
    /// Writes the first, and the second without end.
    Floods(Vec<u8>, Vec<u8>),
    /// One for each request in turn, the last again and again.
    Turns(Vec<Act>),
}

/// Answers requests by their path and by how often it was asked before.
pub type Book = dyn Fn(&str, usize) -> Act + Send + Sync;

pub struct Server {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    book: Box<Book>,
    asked: Mutex<HashMap<String, usize>>,
    connections: AtomicUsize,
    closed: AtomicBool,
    gone: Gone,
}

/// Whether nobody listens any more.
#[derive(Default)]
struct Gone(Mutex<bool>, Condvar);

impl Server {
    pub fn start(book: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            book: Box::new(book),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            gone: Gone::default(),
        });
        let kept = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.closed.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { break };
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let shared = shared.clone();
                thread::spawn(move || shared.serve(stream));
            }
            // Connections that the system has taken meanwhile are reset.
            drop(listener);
            *shared.gone.0.lock().unwrap() = true;
            shared.gone.1.notify_all();
        });
        Server { port, shared: kept }
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Listens no more, and hangs up after the answers that are being written. Once it returns, who connects is refused.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
        let gone = self.shared.gone.0.lock().unwrap();
        let (gone, _) = self.shared.gone.1.wait_timeout_while(gone, Duration::from_secs(60), |gone| !*gone).unwrap();
        assert!(*gone, "port {} is still open", self.port);
    }
}

/// The port of a server that writes this before anybody asks.
pub fn greeter(greeting: &'static [u8]) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _written = stream.write_all(greeting);
            let _read = stream.read(&mut [0; 4096]);
        }
    });
    port
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let _set = stream.set_nodelay(true);
        let _set = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let _set = stream.set_write_timeout(Some(Duration::from_secs(20)));
        while let Some((path, length)) = peek_head(&stream) {
            let nth = {
                let mut asked = self.asked.lock().unwrap();
                let count = asked.entry(path.clone()).or_default();
                *count += 1;
                *count - 1
            };
            let mut act = (self.book)(&path, nth);
            if let Act::Turns(mut acts) = act {
                act = acts.swap_remove(nth.min(acts.len() - 1));
            }
            // Where bytes are left unread, closing is a reset.
            if !matches!(act, Act::Resets(_)) {
                let mut head = vec![0; length];
                if stream.read_exact(&mut head).is_err() {
                    return;
                }
            }
            let goes_on = perform(&mut stream, act);
            if !goes_on || self.closed.load(Ordering::SeqCst) {
                return;
            }
        }
    }
}

/// The path and the length of the next request's head, which is left unread.
fn peek_head(stream: &TcpStream) -> Option<(String, usize)> {
    let mut seen = vec![0; 64 << 10];
    loop {
        let count = stream.peek(&mut seen).ok().filter(|count| *count > 0)?;
        let text = String::from_utf8_lossy(&seen[..count]);
        if let Some(end) = text.find("\r\n\r\n") {
            return Some((text.split(' ').nth(1)?.to_owned(), end + 4));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether the connection goes on. Write errors mean that the client has hung up, as it may.
pub fn perform(stream: &mut (impl Read + Write), act: Act) -> bool {
    match act {
        Act::Says(bytes) => return stream.write_all(&bytes).is_ok(),
        Act::Ends(bytes) => _ = stream.write_all(&bytes),
        Act::Hangs(bytes) => {
            let _written = stream.write_all(&bytes);
            while stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}
        }
        Act::Resets(bytes) => {
            let _written = stream.write_all(&bytes);
            thread::sleep(Duration::from_millis(50));
        }
        Act::Drips(at_once, slowly, pause) => {
            let _written = stream.write_all(&at_once);
            for byte in slowly {
                thread::sleep(pause);
                if stream.write_all(&[byte]).is_err() {
                    break;
                }
            }
        }
        Act::Floods(first, unit) => {
            let _written = stream.write_all(&first);
            let many = unit.repeat((64 << 10) / unit.len() + 1);
            while stream.write_all(&many).is_ok() {}
        }
        Act::Turns(_) => unreachable!("turns do not nest"),
    }
    false
}
