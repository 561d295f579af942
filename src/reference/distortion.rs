//! Answers that are altered on their way out, by whoever started the deployment: to see what tests make of it.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn};

/// The largest body that is altered, in bytes.
const MOST: usize = 16 << 20;

/// What an answer is about.
#[derive(Debug, Clone)]
pub struct Question {
    pub method: String,
    /// The value of `Authorization`, where it is text.
    pub authorization: Option<String>,
}

/// An error answer as it is about to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

type Alter = dyn Fn(&Question, Leaving) -> Leaving + Send + Sync;

/// Alters error answers of the API; control's it never sees.
#[derive(Clone)]
pub struct Distortion(Arc<Alter>);

impl Distortion {
    pub fn new(alter: impl Fn(&Question, Leaving) -> Leaving + Send + Sync + 'static) -> Self {
        Distortion(Arc::new(alter))
    }

    pub(super) fn around(self, router: Router) -> Router {
        router.layer(from_fn(move |request: Request, next: Next| {
            let distortion = self.clone();
            async move {
                let authorization = request.headers().get(header::AUTHORIZATION);
                let authorization = authorization.and_then(|value| Some(value.to_str().ok()?.to_owned()));
                let question = Question { method: request.method().to_string(), authorization };
                let response = next.run(request).await;
                let is_error = response.status().is_client_error() || response.status().is_server_error();
                if is_error { distortion.distorted(&question, response).await } else { response }
            }
        }))
    }

    async fn distorted(&self, question: &Question, response: Response<Body>) -> Response<Body> {
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, MOST).await else { return Response::from_parts(parts, Body::empty()) };
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let leaving = Leaving { status: parts.status.as_u16(), headers, body: body.into() };
        let altered = (self.0)(question, leaving);
        let mut headers = HeaderMap::new();
        for (name, value) in &altered.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        // The length is that of the body that leaves; the server writes it.
        headers.remove(header::CONTENT_LENGTH);
        let mut response = Response::new(Body::from(altered.body));
        *response.status_mut() = StatusCode::from_u16(altered.status).unwrap_or(parts.status);
        *response.headers_mut() = headers;
        response
    }
}

impl fmt::Debug for Distortion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Distortion")
    }
}
