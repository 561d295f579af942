//! Small servers on loopback. They stop with the test's process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How many came before it.
    pub before: usize,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// `GET /things`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    after: Duration,
}

impl Answer {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Answer { status, headers, body: body.into(), after: Duration::ZERO }
    }

    /// An error in the shape of the documentation.
    pub fn error(status: u16, code: &str) -> Answer {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"told by the shop"}}}}"#);
        Answer::new(status, "application/json", body)
    }

    pub fn json(status: u16, body: &str) -> Answer {
        Answer::new(status, "application/json", body)
    }

    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Says nothing before this time is over.
    pub fn after(mut self, millis: u64) -> Answer {
        self.after = Duration::from_millis(millis);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Told\r\nContent-Length: {}\r\n", self.status, self.body.len());
        head.push_str("Connection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

/// The shop as its paths say: `/404/NOT_FOUND` answers with that status and code, everything else with an empty 200.
pub fn as_the_path_says(request: &Request) -> Answer {
    let path = request.path.split('?').next().unwrap_or("");
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    match (parts.next().and_then(|status| status.parse().ok()), parts.next()) {
        (Some(status), Some(code)) => Answer::error(status, code),
        _ => Answer::json(200, "{}"),
    }
}

pub struct Server {
    pub url: String,
    pub port: u16,
    heard: Arc<Mutex<Vec<Request>>>,
    most: Arc<AtomicUsize>,
}

impl Server {
    /// The shop as its paths say.
    pub fn shop() -> Server {
        Server::start(as_the_path_says)
    }

    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Server {
        let (heard, most) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::<AtomicUsize>::default());
        let (log, peak, now) = (heard.clone(), most.clone(), AtomicUsize::new(0));
        // Counted until the answer leaves: afterwards a client may be quicker than this thread.
        let counted = move |request: &Request| {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let mut answer = answer(request);
            thread::sleep(std::mem::take(&mut answer.after));
            now.fetch_sub(1, Ordering::SeqCst);
            answer
        };
        let port = listen(move |stream| serve(stream, &log, &counted));
        Server { url: format!("http://127.0.0.1:{port}"), port, heard, most }
    }

    pub fn heard(&self) -> Vec<Request> {
        self.heard.lock().unwrap().clone()
    }

    /// `GET /things`, in the order of arrival.
    pub fn lines(&self) -> Vec<String> {
        self.heard().iter().map(Request::line).collect()
    }

    /// How many requests were answered at the same time.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// Waits until a request has come for which this holds.
    pub fn wait_for(&self, line: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.lines().iter().any(|heard| heard == line) {
            assert!(Instant::now() < deadline, "`{line}` never came, but {:?}", self.lines());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Hands each connection to `serve` in a thread of its own; gives the port.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    port
}

/// Answers one request; a client that went away is no matter.
pub fn serve(stream: impl Read + Write, log: &Mutex<Vec<Request>>, answer: &dyn Fn(&Request) -> Answer) {
    let mut stream = BufReader::new(stream);
    let Some(mut request) = read(&mut stream) else { return };
    {
        let mut log = log.lock().unwrap();
        request.before = log.len();
        log.push(request.clone());
    }
    let answer = answer(&request);
    thread::sleep(answer.after);
    let stream = stream.get_mut();
    let _ = stream.write_all(&answer.bytes()).and_then(|()| stream.flush());
}

/// The next request of a connection.
pub fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let mut request =
        Request { method: words.next()?.to_owned(), path: words.next()?.to_owned(), ..Request::default() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.body = body;
    Some(request)
}
