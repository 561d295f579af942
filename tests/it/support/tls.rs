//! The shop behind TLS, with a certificate that nobody knows.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::server::{Request, as_the_path_says, listen, serve};

/// A server at `https://127.0.0.1:PORT`, and the files that a client needs.
pub struct TlsShop {
    pub url: String,
    pub port: u16,
    /// The authority that signed the server's certificate and the client's.
    pub roots: PathBuf,
    pub client_certificate: PathBuf,
    pub client_key: PathBuf,
    pub heard: Arc<Mutex<Vec<Request>>>,
}

impl TlsShop {
    /// Its files go into this folder. It may ask clients for a certificate of the same authority.
    pub fn start(folder: &Path, asks_for_certificate: bool) -> TlsShop {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let signed = |names: &[&str]| {
            let key = KeyPair::generate().unwrap();
            let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
            (CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap(), key)
        };
        let (certificate, key) = signed(&["localhost", "127.0.0.1", "shop.test"]);
        let (client, client_key) = signed(&["a client"]);
        let config = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        let mut trusted = RootCertStore::empty();
        trusted.add(authority.der().clone()).unwrap();
        let config = match asks_for_certificate {
            true => {
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), provider);
                config.unwrap().with_client_cert_verifier(verifier.build().unwrap())
            }
            false => config.unwrap().with_no_client_auth(),
        };
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], der).unwrap());
        let heard = Arc::<Mutex<Vec<Request>>>::default();
        let log = heard.clone();
        let port = listen(move |stream| {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut tls = StreamOwned::new(connection, stream);
            serve(&mut tls, &log, &as_the_path_says);
            tls.conn.send_close_notify();
            let _ = tls.conn.complete_io(&mut tls.sock);
        });
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        TlsShop {
            url: format!("https://127.0.0.1:{port}"),
            port,
            roots: write("roots.pem", authority.pem()),
            client_certificate: write("client.pem", client.pem()),
            client_key: write("client.key", client_key.serialize_pem()),
            heard,
        }
    }
}
