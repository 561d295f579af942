//! The frame over real sockets.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::prelude::{Route, World, get};
use super::profile::Profile;
use super::server::{Entrance, Site, router};
use super::{Credential, Deployed, Options, Running, start};

struct Bench {
    running: Running,
    client: Client,
}

async fn bench() -> Bench {
    let client = Client::builder().no_proxy().build().unwrap();
    Bench { running: start(Options::default()).await.unwrap(), client }
}

impl Bench {
    fn full(&self) -> &Deployed {
        &self.running.deployments()[0]
    }

    fn request(&self, method: Method, path: &str, credential: Option<&str>) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.full().url));
        match credential.and_then(|name| self.full().credentials.get(name)) {
            Some(Credential::Bearer(token)) => request.bearer_auth(token),
            _ => request,
        }
    }

    fn control(&self, method: Method, path: &str) -> RequestBuilder {
        let Credential::Bearer(token) = &self.full().control else { panic!("the control side takes a bearer token") };
        self.client.request(method, format!("{}{path}", self.full().control_url)).bearer_auth(token)
    }
}

async fn said(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

async fn fetched(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap().error_for_status().unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_the_envelope() {
    let it = bench().await;
    for (method, path) in
        [(Method::GET, "/nowhere"), (Method::PUT, "/api/v1/auth/me"), (Method::GET, "/api/v1/roles/%ff")]
    {
        assert_eq!(said(it.request(method, path, None)).await, (404, "NOT_FOUND".into()));
    }
}

#[tokio::test]
async fn the_control_side_is_no_part_of_the_api_and_has_a_token_of_its_own() {
    let it = bench().await;
    assert_eq!(said(it.request(Method::GET, "/full/faults", Some("owner"))).await.0, 404);
    assert_eq!(said(it.request(Method::GET, "/faults", Some("owner"))).await.0, 404);
    let bare = it.client.get(format!("{}/faults", it.full().control_url));
    assert_eq!(said(bare).await, (401, "AUTH_REQUIRED".into()));
}

#[tokio::test]
async fn the_credential_is_looked_at_before_the_body() {
    let it = bench().await;
    let request = it.request(Method::POST, "/api/v1/roles", None).body("{");
    assert_eq!(said(request).await, (401, "AUTH_REQUIRED".into()));
}

#[tokio::test]
async fn the_role_is_looked_at_before_the_body() {
    let it = bench().await;
    let request = it.request(Method::POST, "/api/v1/roles", Some("reader")).body("{");
    assert_eq!(said(request).await, (403, "FORBIDDEN".into()));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_the_refusal_is_heard() {
    let it = bench().await;
    let request = it.request(Method::POST, "/api/v1/roles", Some("owner")).body(vec![b'x'; 8 << 20]);
    assert_eq!(said(request).await, (413, "PAYLOAD_TOO_LARGE".into()));
}

#[tokio::test]
async fn an_organisation_made_to_order_works_and_goes() {
    let it = bench().await;
    let made = fetched(it.control(Method::POST, "/tenants").body(json!({ "country": "FR" }).to_string())).await;
    let me =
        || it.request(Method::GET, "/api/v1/users/me", None).bearer_auth(made["tokens"]["owner"].as_str().unwrap());
    assert_eq!(fetched(me()).await["id"].as_str().map(str::len), Some(36));
    let path = format!("/tenants/{}", made["id"].as_str().unwrap());
    assert_eq!(it.control(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(said(me()).await, (401, "AUTH_REQUIRED".into()));
    assert_eq!(said(it.control(Method::DELETE, &path)).await.0, 404);
}

#[tokio::test]
async fn a_seeded_organisation_cannot_be_removed() {
    let it = bench().await;
    let path = format!("/tenants/{}", it.full().vars["tenant_id"]);
    assert_eq!(said(it.control(Method::DELETE, &path)).await.0, 404);
}

#[tokio::test]
async fn a_suspended_organisation_may_still_ask_who_it_is() {
    let it = bench().await;
    let tickets = it.request(Method::GET, "/api/v1/tickets", Some("suspended_technician"));
    assert_eq!(said(tickets).await, (402, "DUNNING_SUSPENDED".into()));
    fetched(it.request(Method::GET, "/api/v1/auth/me", Some("suspended_technician"))).await;
}

#[tokio::test]
async fn an_organisation_whose_trial_ended_may_read_but_not_write() {
    let it = bench().await;
    fetched(it.request(Method::GET, "/api/v1/tickets", Some("trial_technician"))).await;
    let create = it.request(Method::POST, "/api/v1/tickets", Some("trial_technician"));
    assert_eq!(said(create).await, (402, "TRIAL_EXPIRED".into()));
}

#[tokio::test]
async fn a_clock_moved_for_one_session_runs_out_that_session_only() {
    let it = bench().await;
    let made = fetched(it.control(Method::POST, "/tenants")).await;
    let login =
        json!({ "username": made["vars"]["technician_username"], "password": made["vars"]["technician_password"] });
    let login = fetched(it.request(Method::POST, "/api/v1/auth/login", None).body(login.to_string())).await;
    let token = login["token"].as_str().unwrap();
    let me = |token: &str| it.request(Method::GET, "/api/v1/auth/me", None).bearer_auth(token);
    fetched(me(token)).await;
    let advance = json!({ "scope": { "session": token }, "advance_seconds": 13 * 3_600 });
    fetched(it.control(Method::POST, "/clock").body(advance.to_string())).await;
    assert_eq!(said(me(token)).await, (401, "SESSION_EXPIRED".into()));
    fetched(me(made["tokens"]["technician"].as_str().unwrap())).await;
}

#[tokio::test]
async fn a_misspelt_setting_or_scope_is_refused_at_the_control_side() {
    let it = bench().await;
    let setting = it.control(Method::POST, "/tenants").body(json!({ "contry": "FR" }).to_string());
    assert_eq!(said(setting).await.0, 400);
    let fault = json!({ "component": "search", "scope": { "tenat": "x" } });
    assert_eq!(said(it.control(Method::POST, "/faults").body(fault.to_string())).await.0, 400);
}

#[tokio::test]
async fn stopping_frees_the_port() {
    let it = bench().await;
    fetched(it.request(Method::GET, "/api/v1/auth/me", Some("owner"))).await;
    let url = it.full().url.clone();
    tokio::time::timeout(Duration::from_secs(5), it.running.stop()).await.unwrap();
    assert!(it.client.get(url).send().await.is_err());
}

#[tokio::test]
async fn credentials_and_variables_are_the_same_at_every_start_and_differ_between_deployments() {
    let (one, two) = (bench().await, bench().await);
    for (a, b) in one.running.deployments().iter().zip(two.running.deployments()) {
        assert_eq!((&a.credentials, &a.vars), (&b.credentials, &b.vars));
    }
    let [full, bare, _] = one.running.deployments() else { panic!("three deployments run") };
    assert_ne!(full.credentials["owner"], bare.credentials["owner"]);
}

#[tokio::test]
async fn a_handler_that_panics_is_answered_and_the_next_one_works() {
    static ROUTES: [Route; 2] = [
        get("/broken", |_| panic!("on purpose")).open(),
        get("/whole", |call| super::answer::ok(json!({ "now": call.now() }))).open(),
    ];
    let site = Site::new(World::new(Profile::FULL));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(&site, Entrance::Gate, "", ROUTES.iter())).await });
    let client = Client::builder().no_proxy().build().unwrap();
    assert_eq!(said(client.get(format!("{url}/broken"))).await, (500, "INTERNAL".into()));
    fetched(client.get(format!("{url}/whole"))).await;
}

#[test]
fn it_imports_nothing_of_the_rest_of_the_crate() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/reference");
    let mut files = 0;
    for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|it| it.file_type().is_file()) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let outside =
            text.split("crate::").skip(1).find(|rest| !rest.starts_with("reference::") && !rest.starts_with('"'));
        assert!(outside.is_none(), "{} reaches outside", entry.path().display());
        files += 1;
    }
    assert!(files > 20);
}
