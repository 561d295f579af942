//! What stops a run before anything is sent: mistakes in the target or in the network flags.

/// A mistake in what a run was given; the text says what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FireError {
    #[error("the URL of target `{target}` {problem}")]
    Url { target: Box<str>, problem: String },
    #[error("environment variable `{name}` is not set; {needed_by}")]
    Environment { name: Box<str>, needed_by: Box<str> },
    #[error("the credential `{credential}` of target `{target}` cannot be sent: {problem}")]
    Credential { target: Box<str>, credential: Box<str>, problem: String },
    #[error(
        "the variable `{name}` of target `{target}` makes a segment of dots in a path of the scenario `{scenario}`, and clients take that out before they send it"
    )]
    Dots { name: Box<str>, target: Box<str>, scenario: String },
    #[error("the proxy {0}")]
    Proxy(String),
    #[error("the threads for connections could not be started: {0}")]
    Threads(String),
    #[error("the certificates cannot be used: {0}")]
    Tls(String),
}
