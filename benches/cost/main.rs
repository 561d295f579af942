//! What a run costs beside the requests themselves: `cargo bench`, or `cargo bench -- --short` for a check of the
//! instructions alone. The full form takes some minutes and wants a quiet machine; the short one does not mind.
//! `TRUELINE_COST_OF=target/release/trueline cargo bench --profile dev -- --short` measures a program that is built
//! already, without building a second one.
//!
//! The figures are those of whole processes: loading, checking, firing, judging, JUnit and `run.json`. They are held
//! against a bare loop, which sends the same requests with the same client library and does nothing else.

mod bare;
mod counter;
mod figures;
mod full;
mod process;
mod project;
mod server;
mod short;

use std::process::ExitCode;

/// Requests at a time, here and there.
const JOBS: usize = 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        // Parts of the measurement that are processes of their own.
        ["serve", delay] => server::run(number(delay) as u64),
        ["bare", port, count] => bare::run(number(port) as u16, number(count)),
        words if words.contains(&"--short") => short::run(words.contains(&"--keep")),
        words if words.contains(&"--bench") => full::run(),
        // `cargo test --all-targets` starts benches too.
        _ => {
            println!("this is measured with `cargo bench`");
            Ok(())
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn number(word: &str) -> usize {
    word.parse().expect("these arguments are written by this program")
}
