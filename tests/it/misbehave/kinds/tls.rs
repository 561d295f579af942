//! Certificates.

use super::super::server::Act::*;
use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    let tls = |name, deployment, says| kind(name, Says(vec![]), Inconclusive("no-answer")).at(deployment).saying(says);
    vec![
        tls("a certificate that signed itself", "self-signed", "TLS"),
        tls("a certificate that has expired", "expired", "TLS"),
        tls("a certificate of another host", "wrong-host", "TLS"),
        tls("TLS where plain text answers", "not-tls", "TLS"),
        tls("plain text where TLS answers", "not-plain", "HTTP"),
        kind("a handshake that never ends", Says(vec![]), Inconclusive("timeout")).at("stalled"),
        kind("a certificate that holds", Says(vec![]), Conforms).at("trusted"),
    ]
}
