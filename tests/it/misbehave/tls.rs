//! Servers with certificates of every kind.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Signs certificates; its own is given to the run as a root.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server whose certificate this authority has signed for a host.
    pub fn server(&self, host: &str, expired: bool, answer: Vec<u8>) -> u16 {
        let (params, key) = certificate(host, expired);
        let signed = params.signed_by(&key, &self.0).unwrap();
        start(signed.der().clone(), &key, answer)
    }

    /// What a server of HTTP/2 at this host needs.
    pub fn http2(&self, host: &str) -> Arc<ServerConfig> {
        let (params, key) = certificate(host, false);
        let signed = params.signed_by(&key, &self.0).unwrap();
        let mut config = config(signed.der().clone(), &key);
        config.alpn_protocols = vec![b"h2".to_vec()];
        Arc::new(config)
    }
}

/// A server whose certificate only itself has signed.
pub fn self_signed(host: &str) -> u16 {
    let (params, key) = certificate(host, false);
    let signed = params.self_signed(&key).unwrap();
    start(signed.der().clone(), &key, Vec::new())
}

fn certificate(host: &str, expired: bool) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = if expired { date_time_ymd(2021, 1, 1) } else { date_time_ymd(2120, 1, 1) };
    (params, KeyPair::generate().unwrap())
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

fn start(certificate: CertificateDer<'static>, key: &KeyPair, answer: Vec<u8>) -> u16 {
    let config = Arc::new(config(certificate, key));
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, answer) = (config.clone(), answer.clone());
            thread::spawn(move || {
                let _set = stream.set_read_timeout(Some(Duration::from_secs(10)));
                let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                let mut seen = Vec::new();
                let mut piece = [0; 4096];
                // A client that does not like the certificate hangs up here.
                while !seen.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(count) if count > 0 => seen.extend_from_slice(&piece[..count]),
                        _ => return,
                    }
                }
                let _written = stream.write_all(&answer);
                stream.conn.send_close_notify();
                let _written = stream.flush();
            });
        }
    });
    port
}
