//! Exchanges to findings and verdicts. Pure.
