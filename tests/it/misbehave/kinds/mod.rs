//! The table: every behaviour, and the verdict and the rule that are due for it.

mod connecting;
mod encoding;
mod framing;
mod gateways;
mod json;
mod meaning;
mod size;
mod tls;

use super::words::Kind;

pub fn all() -> Vec<Kind> {
    [
        connecting::kinds(),
        framing::kinds(),
        size::kinds(),
        encoding::kinds(),
        json::kinds(),
        meaning::kinds(),
        gateways::kinds(),
        tls::kinds(),
    ]
    .concat()
}
