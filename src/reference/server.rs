//! Carries requests to handlers and their answers back.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::{Response, header};
use axum::routing::{MethodFilter, MethodRouter};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::answer::{Refusal, refuse};
use super::call::{BodyTrouble, Call, Caller, Inbound};
use super::gate;
use super::route::{Route, Verb};
use super::world::World;

/// What is read and thrown away of a body that is too large, so that its sender hears the answer.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
const BODY_TIME: Duration = Duration::from_secs(30);

/// One deployment behind its lock.
#[derive(Clone)]
pub(super) struct Site(Arc<Mutex<World>>);

impl Site {
    pub fn new(world: World) -> Self {
        Site(Arc::new(Mutex::new(world)))
    }

    // A handler that panicked is answered with a 500; what it held stays usable for the others.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands before the handlers of a listener.
#[derive(Clone, Copy)]
pub(super) enum Entrance {
    /// The gate of the API.
    Gate,
    /// The control listener: one token opens everything.
    Control(&'static str),
}

/// A router of these routes, each below the prefix. Fallbacks are the caller's.
pub(super) fn router(
    site: &Site,
    entrance: Entrance,
    prefix: &str,
    routes: impl Iterator<Item = &'static Route>,
) -> Router {
    let mut paths: BTreeMap<String, MethodRouter<(), Infallible>> = BTreeMap::new();
    for route in routes {
        let site = site.clone();
        let handler = move |request: Request| async move { serve(site, entrance, route, request).await };
        let methods = paths.remove(&format!("{prefix}{}", route.path)).unwrap_or_default();
        paths.insert(format!("{prefix}{}", route.path), methods.on(filter(route.verb), handler));
    }
    paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(&path, methods))
}

/// Answers for every path and method that no route has.
pub(super) fn with_fallbacks(router: Router) -> Router {
    let nothing = || async { refuse(404, "NOT_FOUND", "There is no such endpoint.").into_response() };
    router.fallback(nothing).method_not_allowed_fallback(nothing)
}

fn filter(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Put => MethodFilter::PUT,
        Verb::Patch => MethodFilter::PATCH,
        Verb::Delete => MethodFilter::DELETE,
    }
}

async fn serve(site: Site, entrance: Entrance, route: &'static Route, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Ok(params) = RawPathParams::from_request_parts(&mut parts, &()).await else {
        return refuse(404, "NOT_FOUND", "There is no such endpoint.").into_response();
    };
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    let reading = tokio::time::timeout(BODY_TIME, read(body, declared.unwrap_or(0), route.door.most));
    let (body, trouble) = reading.await.unwrap_or((Bytes::new(), Some(BodyTrouble::BrokenOff)));
    let inbound = Inbound { uri: parts.uri, headers: parts.headers, params, body, trouble };
    match handle(&site, entrance, route, &inbound) {
        Ok(reply) => reply,
        Err(refusal) => {
            if !refusal.wait().is_zero() {
                tokio::time::sleep(refusal.wait()).await;
            }
            refusal.into_response()
        }
    }
}

fn handle(site: &Site, entrance: Entrance, route: &Route, inbound: &Inbound) -> Result<Response<Body>, Refusal> {
    let mut world = site.lock();
    let mut call = Call { world: &mut world, caller: Caller::default(), inbound, writes: route.verb != Verb::Get };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        match entrance {
            Entrance::Gate => gate::enter(&mut call, &route.door)?,
            Entrance::Control(token) if call.bearer() == Some(token) => {}
            Entrance::Control(_) => {
                return Err(refuse(401, "AUTH_REQUIRED", "The control side has a token of its own."));
            }
        }
        (route.run)(&mut call)
    }));
    match outcome {
        Ok(answer) => answer.map(|reply| reply.into_response()),
        Err(_) => Err(refuse(500, "INTERNAL", "Something went wrong on our side.")),
    }
}

/// Reads a body as far as it is kept; the rest is thrown away, up to a limit.
async fn read(body: Body, declared: usize, most: usize) -> (Bytes, Option<BodyTrouble>) {
    let mut stream = body.into_data_stream();
    let mut kept = BytesMut::with_capacity(declared.min(most));
    let mut seen = 0;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return (kept.freeze(), Some(BodyTrouble::BrokenOff)) };
        seen += chunk.len();
        match seen {
            seen if seen <= most => kept.extend_from_slice(&chunk),
            seen if seen > MOST_DISCARDED => break,
            _ => kept = BytesMut::new(),
        }
    }
    match seen > most {
        true => (Bytes::new(), Some(BodyTrouble::TooLarge)),
        false => (kept.freeze(), None),
    }
}
