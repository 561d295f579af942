//! Answers that misbehave in every way that a socket allows, and what has to be made of each.

mod attribution;
mod bounds;
mod frames;
mod http2;
mod kinds;
mod project;
mod server;
mod table;
mod tls;
mod words;
