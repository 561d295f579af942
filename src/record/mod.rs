//! What happened to what is told: redacted records, coverage, the report. Pure.
