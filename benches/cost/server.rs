//! A server that answers at once, or after a delay: raw HTTP/1.1 that is kept alive, one thread, hardly any work. What
//! it answers stands in the path: `/api/v1/STATUS/CODE/...` is answered with that status and code.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The path that is answered with the number of connections so far.
const CONNECTIONS: &str = "/connections";

/// The server as a process beside this one. It ends with this value.
pub struct Server {
    pub port: u16,
    process: Child,
}

impl Server {
    pub fn start(delay: Duration) -> io::Result<Server> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", &delay.as_millis().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let port = line.trim().parse().map_err(|_| io::Error::other("the server did not start"))?;
        Ok(Server { port, process })
    }

    /// How many connections were made so far, this one left out.
    pub fn connections(&self) -> io::Result<usize> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "GET {CONNECTIONS} HTTP/1.1\r\nconnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let count = text.rsplit("\r\n").next().and_then(|body| body.parse::<usize>().ok());
        count.map(|count| count - 1).ok_or_else(|| io::Error::other("the server does not count"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server itself: says its port on standard output, and serves until it is killed or standard input is closed.
pub fn run(delay_ms: u64) -> Result<(), String> {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(listen(Duration::from_millis(delay_ms))).map_err(|e| e.to_string())
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

async fn listen(delay: Duration) -> io::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        COUNT.fetch_add(1, Ordering::Relaxed);
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            // A client that goes away is no failure.
            let _ = serve(stream, delay).await;
        });
    }
}

async fn serve(mut stream: tokio::net::TcpStream, delay: Duration) -> io::Result<()> {
    let mut read: Vec<u8> = Vec::with_capacity(4096);
    let mut answer = String::new();
    loop {
        let end = loop {
            if let Some(end) = whole(&read) {
                break end;
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        answer.clear();
        let closes = write_answer(&read[..end], &mut answer);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        stream.write_all(answer.as_bytes()).await?;
        if closes {
            return Ok(());
        }
        read.drain(..end);
    }
}

/// Length of the first request, if it is there with its body.
fn whole(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let name = b"content-length: ";
    let start = read[..head].windows(name.len()).position(|part| part.eq_ignore_ascii_case(name));
    let length = start.map_or(0, |start| {
        let digits = read[start + name.len()..].iter().take_while(|b| b.is_ascii_digit());
        digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
    });
    (head + length <= read.len()).then_some(head + length)
}

/// Gives whether the connection is to be closed.
fn write_answer(request: &[u8], answer: &mut String) -> bool {
    let line = std::str::from_utf8(request).ok().and_then(|text| text.lines().next()).unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    if path == CONNECTIONS {
        let count = COUNT.load(Ordering::Relaxed).to_string();
        let _ =
            write!(answer, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{count}", count.len());
        return true;
    }
    let mut parts = path.split('/').skip(3);
    let (status, code) = (parts.next().unwrap_or("500"), parts.next().unwrap_or("UNKNOWN"));
    // Only what a 429 has to carry.
    let more = if status == "429" { "retry-after: 1\r\n" } else { "" };
    let length = "{\"error\":{\"code\":\"\",\"message\":\"the request is refused\"}}".len() + code.len();
    let _ = write!(
        answer,
        "HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\n{more}content-length: {length}\r\n\r\n\
         {{\"error\":{{\"code\":\"{code}\",\"message\":\"the request is refused\"}}}}"
    );
    false
}
