//! trueline: checks that a live HTTP API answers with the error codes its documentation promises.
pub mod reference;
