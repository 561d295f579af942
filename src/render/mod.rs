//! The report to text in every format. Pure.
