//! Text to files and the terminal.
