//! Files to inputs: reads the project, and complains about all of it at once.

pub mod catalogue;
