//! Plain HTTP/1.1 without a proxy to an address that is known: an exchange drives its connection itself, so that it
//! wakes no other task and no other thread.
//!
//! Names, TLS, HTTP/2 and proxies are left to the client library.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use reqwest::{Body, Url};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::client::{AGENT, IDLE};
use super::silence::Failure;
use super::socket::Socket;

/// Where connections go to, and those that wait to be used again.
pub(super) struct Direct {
    to: To,
    /// Scheme, host and port, as URLs begin with them.
    origin: String,
    host: HeaderValue,
    connect_timeout: Duration,
    idle: Mutex<Vec<Line>>,
}

#[derive(Debug)]
enum To {
    Address(SocketAddr),
    /// Looked up in the file of hosts.
    Localhost(u16),
}

/// A connection, with the end that requests are put in at.
struct Line {
    requests: SendRequest<Body>,
    /// Large, so that it stays where it is.
    connection: Box<Connection<Socket, Body>>,
    ended: bool,
    in_body: Arc<AtomicBool>,
    /// When it became idle.
    since: Instant,
}

/// An answer whose body is still to be read.
pub(super) struct Reply<'d> {
    direct: &'d Direct,
    line: Line,
    body: Incoming,
}

impl Direct {
    /// A way to this origin, if it is one that needs no client: plain, with its address in the URL.
    pub(super) fn new(url: &Url, connect_timeout: Duration) -> Option<Self> {
        let port = url.port_or_known_default()?;
        let host = url.host_str()?;
        let to = match host.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(ip) => To::Address(SocketAddr::new(ip, port)),
            Err(_) if host == "localhost" => To::Localhost(port),
            Err(_) => return None,
        };
        let origin = url.origin().ascii_serialization();
        let host = HeaderValue::from_str(origin.strip_prefix("http://")?).ok()?;
        Some(Direct { to, origin, host, connect_timeout, idle: Mutex::default() })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The request for a URL of this origin; `None` if it cannot be one.
    pub(super) fn request(
        &self,
        method: Method,
        url: &str,
        mut headers: HeaderMap,
        body: Body,
    ) -> Option<Request<Body>> {
        let path = url.strip_prefix(&*self.origin)?;
        let path = PathAndQuery::from_maybe_shared(Bytes::copy_from_slice(path.as_bytes())).ok()?;
        let plain = [(ACCEPT, "*/*"), (USER_AGENT, AGENT), (ACCEPT_ENCODING, "gzip")];
        for (name, value) in plain {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        headers.entry(HOST).or_insert_with(|| self.host.clone());
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from(path);
        *request.headers_mut() = headers;
        Some(request)
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn ask(&self, mut request: Request<Body>) -> Result<Response<Reply<'_>>, Failure> {
        loop {
            let kept = self.kept().await;
            let was_kept = kept.is_some();
            let mut line = match kept {
                Some(line) => {
                    tracing::trace!(origin = self.origin, "connection used again");
                    line
                }
                None => self.connect().await?,
            };
            match line.ask(request).await {
                Ok(response) => {
                    line.in_body.store(true, Relaxed);
                    return Ok(response.map(|body| Reply { direct: self, line, body }));
                }
                Err(mut error) => match error.take_message().filter(|_| was_kept) {
                    // The other side closed what was kept before anything was sent over it.
                    Some(unsent) => request = unsent,
                    None => return Err(Failure::Talking(error.into_error())),
                },
            }
        }
    }

    /// A connection that was used before and is still open.
    async fn kept(&self) -> Option<Line> {
        loop {
            let mut line = self.idle().pop()?;
            if line.since.elapsed() > IDLE {
                // Those below it have waited longer.
                self.idle().clear();
                return None;
            }
            poll_fn(|cx| {
                line.drive(cx);
                Poll::Ready(())
            })
            .await;
            if !line.ended && line.requests.is_ready() {
                return Some(line);
            }
        }
    }

    async fn connect(&self) -> Result<Line, Failure> {
        let connecting = async {
            match self.to {
                To::Address(address) => TcpStream::connect(address).await,
                To::Localhost(port) => TcpStream::connect(("localhost", port)).await,
            }
        };
        let stream = match timeout(self.connect_timeout, connecting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::trace!(origin = self.origin, %error, "not connected");
                return Err(Failure::Connecting(error));
            }
            Err(_) => return Err(Failure::NoConnection),
        };
        tracing::trace!(origin = self.origin, "connected");
        let _slower = stream.set_nodelay(true);
        let in_body = Arc::new(AtomicBool::new(false));
        let shaken = http1::Builder::new().handshake(Socket::new(stream, in_body.clone())).await;
        let (requests, connection) = shaken.map_err(Failure::Talking)?;
        let connection = Box::new(connection);
        Ok(Line { requests, connection, ended: false, in_body, since: Instant::now() })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Line>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Lets the connection go on as far as it can.
    fn drive(&mut self, cx: &mut Context<'_>) {
        // What it ends with is told by the request or by the body.
        self.ended = self.ended || Pin::new(&mut *self.connection).poll(cx).is_ready();
    }

    async fn ask(&mut self, request: Request<Body>) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
        let mut head = pin!(self.requests.try_send_request(request));
        poll_fn(|cx| {
            self.ended = self.ended || Pin::new(&mut *self.connection).poll(cx).is_ready();
            head.as_mut().poll(cx)
        })
        .await
    }
}

impl Reply<'_> {
    /// The next piece of the body.
    pub(super) async fn piece(&mut self) -> hyper::Result<Option<Bytes>> {
        loop {
            if self.body.is_end_stream() {
                return Ok(None);
            }
            let frame = poll_fn(|cx| match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => {
                    self.line.drive(cx);
                    Pin::new(&mut self.body).poll_frame(cx)
                }
                ready => ready,
            });
            match frame.await.transpose()?.map(hyper::body::Frame::into_data) {
                Some(Ok(piece)) => return Ok(Some(piece)),
                // Trailers.
                Some(Err(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// The body was read to its end: the connection can be used again, unless it says otherwise.
    pub(super) async fn read(self) {
        let Reply { direct, mut line, body } = self;
        drop(body);
        line.in_body.store(false, Relaxed);
        if !line.requests.is_ready() {
            poll_fn(|cx| {
                line.drive(cx);
                Poll::Ready(())
            })
            .await;
        }
        if !line.ended && line.requests.is_ready() {
            line.since = Instant::now();
            direct.idle().push(line);
        }
    }
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Direct({:?})", self.to)
    }
}
