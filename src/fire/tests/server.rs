//! Small servers on loopback: one that answers as it is told and remembers what it heard, one that does what it likes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Heard {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn request(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    after: Duration,
    together: Option<Arc<Gathering>>,
}

impl Reply {
    pub(super) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO, together: None }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn after(mut self, millis: u64) -> Self {
        self.after = Duration::from_millis(millis);
        self
    }

    /// Held back as the gathering says.
    pub(super) fn together(mut self, gathering: &Arc<Gathering>) -> Self {
        self.together = Some(gathering.clone());
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(&self.body);
        out
    }
}

/// Requests that are answered only when so many are there at once, or none comes any more.
pub(super) struct Gathering {
    due: usize,
    patience: Duration,
    now: AtomicUsize,
    most: watch::Sender<usize>,
}

impl Gathering {
    pub(super) fn new(due: usize, patience: Duration) -> Self {
        Gathering { due, patience, now: AtomicUsize::new(0), most: watch::Sender::new(0) }
    }

    /// How many there were at most.
    pub(super) fn most(&self) -> usize {
        *self.most.borrow()
    }

    async fn meet(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.send_modify(|most| *most = now.max(*most));
        let mut most = self.most.subscribe();
        drop(timeout(self.patience, most.wait_for(|most| *most >= self.due)).await);
        // In which one too many would come.
        tokio::time::sleep(Duration::from_millis(30)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What a server has heard so far.
pub(super) type Log = Arc<Mutex<Vec<Heard>>>;

pub(super) struct Server {
    pub(super) url: String,
    heard: Log,
}

impl Server {
    /// Answers each request as `answer` says; it is told how many came before.
    pub(super) async fn start(answer: impl Fn(&Heard, usize) -> Reply + Send + Sync + 'static) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (heard.clone(), Arc::new(answer));
        let url = raw(move |mut stream| {
            let (log, answer) = (log.clone(), answer.clone());
            async move {
                let mut buffer = Vec::new();
                while let Some(request) = read(&mut stream, &mut buffer).await {
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push(request.clone());
                        log.len() - 1
                    };
                    let reply = answer(&request, number);
                    tokio::time::sleep(reply.after).await;
                    if let Some(gathering) = &reply.together {
                        gathering.meet().await;
                    }
                    if stream.write_all(&reply.bytes()).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await;
        Server { url, heard }
    }

    pub(super) fn log(&self) -> Log {
        self.heard.clone()
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.heard().iter().map(Heard::request).collect()
    }
}

/// Hands every connection to `serve`; gives the URL.
pub(super) async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    url
}

/// Sends these bytes to whoever asks, and closes.
pub(super) async fn saying(bytes: impl Into<Vec<u8>>) -> String {
    let bytes: Arc<[u8]> = bytes.into().into();
    raw(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            head(&mut stream, &mut Vec::new()).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

/// Reads up to the end of a head; what was read beyond stays in the buffer.
pub(super) async fn head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            buffer.drain(..end + 4);
            return Some(head);
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Heard> {
    let head = head(stream, buffer).await?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut heard = Heard { method: first.next()?.into(), path: first.next()?.into(), headers, body: Vec::new() };
    let length: usize = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    heard.body = buffer.drain(..length).collect();
    Some(heard)
}
