//! Tests of the whole: the binary as a user meets it, the walls of the house, and what the documentation says.

mod html;
mod walls;
