//! `trueline man`: pages that `man` can show.

use std::process::{Command, Stdio};

use crate::support::{Outcome, trueline};

#[test]
fn a_manual_page_needs_no_project_and_names_every_command() {
    let page = trueline(&["man"]).exits(0);
    for command in ["init", "run", "check", "list", "merge", "history", "coverage", "explain", "prove", "serve", "man"]
    {
        assert!(page.stdout.contains(&format!("trueline\\-{command}(1)")), "{}", page.stdout);
    }
    trueline(&["man", "run"]).exits(0).says(&[".TH trueline-run 1", "exclude\\-tag", "EXIT STATUS"]);
    trueline(&["man", "rum"]).exits(2).complains(&["there is no command `rum`", "did you mean `run`?"]);
}

#[test]
fn groff_reads_the_pages_without_a_warning() {
    if Command::new("groff").arg("--version").stdout(Stdio::null()).status().is_err() {
        return; // a machine without groff
    }
    let folder = tempfile::tempdir().unwrap();
    for words in [&["man"][..], &["man", "run"], &["man", "catalogue", "diff"]] {
        let page = folder.path().join("page.1");
        std::fs::write(&page, trueline(words).exits(0).stdout).unwrap();
        let mut groff = Command::new("groff");
        let output = groff.args(["-man", "-Tutf8", "-ww", "-P-cbou"]).arg(&page).output().unwrap();
        let shown = Outcome::of(&output).exits(0);
        assert_eq!(shown.stderr, "");
        shown.says(&["NAME", "SYNOPSIS", "--config"]);
    }
}
