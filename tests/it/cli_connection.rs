//! TLS, proxies, names.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::support::server::{as_the_path_says, listen, read, serve};
use crate::support::tls::TlsShop;
use crate::support::{Outcome, Project, Request, Server, closed_port, scenario};

fn project(url: &str) -> Project {
    Project::at_url(url).area("shop", &[scenario("a thing is unknown", "NOT_FOUND", "GET /404/NOT_FOUND")])
}

struct Tls {
    shop: TlsShop,
    project: Project,
    _files: tempfile::TempDir,
}

fn tls(asks_for_certificate: bool) -> Tls {
    let files = tempfile::tempdir().unwrap();
    let shop = TlsShop::start(files.path(), asks_for_certificate);
    Tls { project: project(&shop.url), shop, _files: files }
}

#[test]
fn an_unknown_certificate_is_no_answer() {
    let tls = tls(false);
    tls.project.run(&[]).exits(3).says(&["no-answer", "TLS", "certificate"]);
    assert!(tls.shop.heard.lock().unwrap().is_empty());
}

#[test]
fn insecure_accepts_any_certificate() {
    tls(false).project.run(&["-k"]).exits(0);
}

#[test]
fn cacert_makes_an_authority_known() {
    let tls = tls(false);
    tls.project.run(&["--cacert", tls.shop.roots.to_str().unwrap()]).exits(0);
    tls.project.run(&["--cacert", "missing.pem"]).exits(2).complains(&["--cacert", "missing.pem"]);
    tls.project.run(&["--cacert", "trueline.toml"]).exits(2).complains(&["the file of `--cacert` holds none in PEM"]);
}

#[test]
fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let tls = tls(true);
    let file = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (roots, certificate, key) = (&tls.shop.roots, &tls.shop.client_certificate, &tls.shop.client_key);
    let (roots, certificate, key) = (file(roots), file(certificate), file(key));
    let with = |args: &[&str]| tls.project.run(&[&["--cacert", roots.as_str()], args].concat());
    with(&[]).exits(3).says(&["no-answer"]);
    with(&["--cert", &certificate, "--key", &key]).exits(0);
    with(&["--key", &key]).exits(2).complains(&["--cert"]);
    with(&["-E", &certificate]).exits(2).complains(&["--key"]);
    tls.project.write("both.pem", &(tls.project.read(&certificate) + &tls.project.read(&key)));
    with(&["-E", "both.pem"]).exits(0);
}

#[test]
fn resolve_connects_elsewhere_under_the_same_name() {
    let server = Server::shop();
    let project = project(&format!("http://shop.test:{}", server.port));
    project.run(&["--resolve", &format!("shop.test:{}:127.0.0.1", server.port)]).exits(0);
    assert_eq!(server.heard()[0].header("host"), Some(format!("shop.test:{}", server.port).as_str()));
    project.run(&["--resolve", "shop.test:80"]).exits(2).complains(&["api.example.com:443:127.0.0.1"]);
}

#[test]
fn resolve_keeps_the_name_that_a_certificate_is_for() {
    let tls = tls(false);
    let project = project(&format!("https://shop.test:{}", tls.shop.port));
    let resolve = format!("shop.test:{}:127.0.0.1", tls.shop.port);
    project.run(&["--resolve", &resolve, "--cacert", tls.shop.roots.to_str().unwrap()]).exits(0);
}

/// A forward proxy to one server, whatever the name. Gives its port and what it was asked for.
fn proxy(to: u16) -> (u16, Arc<Mutex<Vec<Request>>>) {
    let asked = Arc::<Mutex<Vec<Request>>>::default();
    let log = asked.clone();
    let port = listen(move |client: TcpStream| {
        let mut reader = BufReader::new(client.try_clone().unwrap());
        let Some(request) = read(&mut reader) else { return };
        log.lock().unwrap().push(request.clone());
        if request.method != "CONNECT" {
            return serve(Replayed { line: request.path, client }, &Mutex::default(), &as_the_path_says);
        }
        let (mut client, mut server) = (client, TcpStream::connect(("127.0.0.1", to)).unwrap());
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        let (mut from, mut back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let up = std::thread::spawn(move || std::io::copy(&mut from, &mut server));
        let _ = std::io::copy(&mut back, &mut client);
        drop(client.shutdown(std::net::Shutdown::Both));
        let _ = up.join();
    });
    (port, asked)
}

/// A request that was read already, answered by its path.
struct Replayed {
    line: String,
    client: TcpStream,
}

impl std::io::Read for Replayed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let path = self.line.split_once("//").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()));
        let Some(path) = path else { return Ok(0) };
        self.line.clear();
        let text = format!("GET {path} HTTP/1.1\r\n\r\n");
        into[..text.len()].copy_from_slice(text.as_bytes());
        Ok(text.len())
    }
}

impl std::io::Write for Replayed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.client.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.client.flush()
    }
}

#[test]
fn a_proxy_is_asked_for_the_whole_address() {
    let (port, asked) = proxy(0);
    let project = project("http://shop.test");
    project.run(&["--proxy", &format!("http://127.0.0.1:{port}")]).exits(0);
    assert_eq!(asked.lock().unwrap()[0].line(), "GET http://shop.test/404/NOT_FOUND");
}

#[test]
fn a_proxy_tunnels_tls() {
    let tls = tls(false);
    let (port, asked) = proxy(tls.shop.port);
    let project = project("https://shop.test");
    let proxy = format!("http://me:proxy-password@127.0.0.1:{port}");
    let said = project.run(&["-x", &proxy, "--cacert", tls.shop.roots.to_str().unwrap()]).exits(0);
    let asked = asked.lock().unwrap();
    assert_eq!(asked[0].line(), "CONNECT shop.test:443");
    assert!(asked[0].header("proxy-authorization").is_some_and(|value| value.starts_with("Basic ")));
    assert!(!format!("{}{}", said.said(), project.read("reports/run.json")).contains("proxy-password"));
}

#[test]
fn proxies_of_the_environment_are_obeyed_but_not_for_this_machine() {
    let (port, asked) = proxy(0);
    let address = format!("http://127.0.0.1:{port}");
    let run = |url: &str, more: &[(&str, &str)]| -> Outcome {
        project(url).run_with(&[&[("http_proxy", address.as_str())], more].concat(), &[])
    };
    run("http://shop.test", &[]).exits(0);
    assert_eq!(asked.lock().unwrap().len(), 1);
    let server = Server::shop();
    run(&server.url, &[]).exits(0);
    run("http://shop.test:1", &[("no_proxy", "test"), ("TRUELINE_CONNECT_TIMEOUT", "500ms")]).exits(3);
    assert_eq!((asked.lock().unwrap().len(), server.heard().len()), (1, 1));
}

#[test]
fn a_proxy_that_is_away_or_none_is_told() {
    let project = project("http://shop.test");
    let said = project.run(&["-x", &format!("http://127.0.0.1:{}", closed_port())]).exits(3);
    said.says(&["no-answer"]);
    project.run(&["-x", "::"]).exits(2).complains(&["proxy"]);
}

#[test]
fn a_proxy_that_wants_a_password_is_not_the_api() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _read = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let _written =
                stream.write_all(b"HTTP/1.1 407 Who Are You\r\nContent-Length: 5\r\nConnection: close\r\n\r\nnope!");
        }
    });
    let proxy = format!("http://127.0.0.1:{port}");
    project("http://shop.test").run(&["-x", &proxy]).exits(3).says(&["no-answer", "the proxy asks for a user"]);
    project("https://shop.test").run(&["-x", &proxy, "-k"]).exits(3).says(&["no-answer", "the proxy did not open"]);
    let away = format!("http://127.0.0.1:{}", closed_port());
    project("http://shop.test").run(&["-x", &away]).exits(3).says(&["the connection to the proxy was refused"]);
}
