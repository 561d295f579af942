//! A request made from its step.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Body;
use tokio::sync::watch;

use super::body::{self, Made, Payload};
use super::client::Way;
use super::credential::{Prepared, written_secrets};
use super::endpoint::Endpoint;
use super::stream::{self, Hearing};
use super::target::header_secret;
use super::values::{Unready, Variables};
use crate::model::exchange::Sent;
use crate::model::plan::Step;
use crate::model::template::{Template, Values};

/// A request, for the way that its endpoint has.
pub(super) enum Request {
    Direct(Box<http::Request<Body>>),
    Client(Box<reqwest::Request>),
}

/// A request that can be sent, with its record.
pub(super) struct Outgoing {
    pub(super) request: Request,
    pub(super) sent: Sent,
    pub(super) hearing: Option<watch::Sender<Hearing>>,
}

/// What a request is made of beside its step.
pub(super) struct Ingredients<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) credential: Option<&'a Prepared>,
    /// Headers given on the command line; those of the step and its credential win.
    pub(super) common: &'a [(Box<str>, Template)],
    pub(super) root: Option<&'a std::path::Path>,
}

pub(super) fn make(step: &Step, with: &Ingredients, variables: &Variables) -> Result<Outgoing, Unready> {
    let path = match step.path.literal() {
        Some(path) => std::borrow::Cow::Borrowed(path),
        None => step.path.fill(variables)?.into(),
    };
    let query = body::pairs(&step.query, variables)?;
    let plain = match &with.endpoint.way {
        Way::Direct(direct) => with.endpoint.plain_url(direct.origin(), &path, &query),
        Way::Client(_) => None,
    };
    let url = match plain {
        Some(plain) => Address::Plain(plain),
        None => Address::Read(with.endpoint.url(&path, &query).map_err(Unready::Because)?),
    };
    let method = Method::from_bytes(step.method.as_bytes())
        .map_err(|_| Unready::Because(format!("`{}` is not a method", step.method)))?;
    let made = body::make(&step.body, variables, with.root)?;
    let mut sent = Sent { method: step.method.clone(), url: url.as_str().into(), ..Sent::default() };
    let mut headers = Fields { map: HeaderMap::with_capacity(8), sent: &mut sent };
    headers.fill(step, with, &made, variables)?;
    let Fields { mut map, .. } = headers;
    for secret in variables.take_carried() {
        if !sent.secrets.contains(&secret) {
            sent.secrets.push(secret);
        }
    }
    sent.body = made.payload.as_sent();
    let (body, hearing) = attach(&mut map, made.payload);
    state_emptiness(&method, &mut map, body.as_ref());
    let request = match (&with.endpoint.way, url) {
        (Way::Direct(direct), _) => direct
            .request(method, &sent.url, map, body.unwrap_or_default())
            .map(|request| Request::Direct(Box::new(request))),
        (Way::Client(_), Address::Read(url)) => {
            let mut request = reqwest::Request::new(method, url);
            *request.headers_mut() = map;
            *request.body_mut() = body;
            Some(Request::Client(Box::new(request)))
        }
        (Way::Client(_), Address::Plain(_)) => None,
    };
    let request = request.ok_or_else(|| Unready::Because("its URL cannot be sent".to_owned()))?;
    Ok(Outgoing { request, sent, hearing })
}

/// The URL of a request.
enum Address {
    Plain(String),
    Read(reqwest::Url),
}

impl Address {
    fn as_str(&self) -> &str {
        match self {
            Address::Plain(text) => text,
            Address::Read(url) => url.as_str(),
        }
    }
}

fn attach(headers: &mut HeaderMap, payload: Payload) -> (Option<Body>, Option<watch::Sender<Hearing>>) {
    match payload {
        Payload::None => (None, None),
        Payload::Whole(bytes) => (Some(bytes.into()), None),
        Payload::Streamed { parts, length, .. } => {
            if !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING) {
                headers.insert(CONTENT_LENGTH, length.into());
            }
            let (hearing, heard) = watch::channel(Hearing::Nothing);
            (Some(stream::body(parts, heard)), Some(hearing))
        }
    }
}

/// A body of nothing is said to be one where a body is usual (RFC 9110, 8.6): some servers answer 411 otherwise.
fn state_emptiness(method: &Method, headers: &mut HeaderMap, body: Option<&Body>) {
    let empty = body.is_none_or(|body| body.as_bytes().is_some_and(<[u8]>::is_empty));
    let usual = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
    let is_stated =
        |headers: &HeaderMap| headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    if empty && (usual || body.is_some()) && !is_stated(headers) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// The header fields of a request, on the wire and in its record.
struct Fields<'s> {
    map: HeaderMap,
    sent: &'s mut Sent,
}

impl Fields<'_> {
    fn fill(&mut self, step: &Step, with: &Ingredients, made: &Made, values: &dyn Values) -> Result<(), Unready> {
        let written = |name: &str| step.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
        let credential = with.credential.filter(|credential| !written(&credential.shown.0));
        for (name, value) in with.common {
            let replaced = credential.is_some_and(|credential| credential.shown.0.eq_ignore_ascii_case(name));
            if !written(name) && !replaced {
                let value = value.fill(values)?;
                header_secret(name, &value, &mut self.sent.secrets);
                self.add(name, value)?;
            }
        }
        if let Some(Prepared { header, value, shown, secrets }) = credential {
            self.map.append(header.clone(), value.clone());
            self.sent.headers.push(shown.clone());
            self.sent.secrets.extend_from_slice(secrets);
        }
        if let Some(content_type) = &made.content_type
            && !written("content-type")
        {
            let value = HeaderValue::from_str(content_type);
            self.map.insert(CONTENT_TYPE, value.map_err(|_| unsendable("Content-Type"))?);
            self.sent.headers.push(("Content-Type".into(), content_type.as_ref().into()));
        }
        for (name, value) in &step.headers {
            let value = value.fill(values)?;
            written_secrets(name, &value, &mut self.sent.secrets);
            self.add(name, value)?;
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: String) -> Result<(), Unready> {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable(name))?;
        let mut field = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unsendable(name))?;
        field.set_sensitive(matches!(header.as_str(), "authorization" | "cookie" | "proxy-authorization"));
        self.map.append(header, field);
        self.sent.headers.push((name.into(), value.into()));
        Ok(())
    }
}

fn unsendable(name: &str) -> Unready {
    Unready::Because(format!("the header `{name}` cannot be sent: its name or value holds what no header may hold"))
}
