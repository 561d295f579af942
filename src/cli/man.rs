//! Manual pages, made of the same words as `--help`.

use std::io;

use clap::builder::Resettable;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Cli;
use crate::model::exit::Exit;

/// What was asked for is no command; the names that would be.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchCommand {
    pub asked: String,
    pub there_are: Vec<String>,
}

/// The page of a command, in roff; without words, that of trueline itself.
pub fn man(words: &[String]) -> Result<Vec<u8>, NoSuchCommand> {
    let mut root = Cli::command();
    root.build();
    let mut command = &root;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| NoSuchCommand {
            asked: word.clone(),
            there_are: command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect(),
        })?;
    }
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = write(command, &mut page);
    Ok(page)
}

fn write(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let ends_with_codes = command.get_after_help().is_some();
    // The exit codes are a list here, not lines of text.
    let told = command.clone().after_help(Resettable::Reset);
    Man::new(told).source(concat!("trueline ", env!("CARGO_PKG_VERSION"))).manual("trueline").render(page)?;
    if ends_with_codes {
        page.extend(exit_status().into_bytes());
    }
    Ok(())
}

fn exit_status() -> String {
    let mut text = String::from(".SH \"EXIT STATUS\"\n");
    for exit in Exit::ALL {
        text.push_str(&format!(".TP\n\\fB{}\\fR\n{}\n", exit.code(), escaped(exit.meaning())));
    }
    text + ".PP\nWhere several apply, it is the first of 2, 5, 130/143, 1, 3, 4.\n"
}

/// A text as roff takes it, at the beginning of a line too.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        String::from_utf8(man(&words).unwrap()).unwrap()
    }

    #[test]
    fn every_command_has_a_page_under_its_name() {
        let mut root = Cli::command();
        root.build();
        for command in root.get_subcommands() {
            let name = command.get_name();
            let title = format!(".TH trueline-{name} 1 ");
            assert!(page(&[name]).contains(&title), "{title}");
        }
        assert!(page(&[]).contains(".TH trueline 1 "));
        assert!(page(&["catalogue", "diff"]).contains(".TH trueline-catalogue-diff 1 "));
    }

    #[test]
    fn the_exit_codes_are_a_list_once() {
        for words in [&[][..], &["run"]] {
            let page = page(words);
            assert_eq!(page.matches("all that was asked for").count(), 1);
            assert!(page.contains(".TP\n\\fB130\\fR\n"));
        }
        assert!(!page(&["list"]).contains("EXIT STATUS"));
    }

    #[test]
    fn what_is_no_command_is_told_with_those_that_are() {
        let wrong = man(&["catalogue".to_owned(), "dif".to_owned()]).unwrap_err();
        assert_eq!(wrong.asked, "dif");
        assert!(wrong.there_are.contains(&"diff".to_owned()), "{wrong:?}");
    }

    #[test]
    fn a_text_is_never_read_as_a_request() {
        assert_eq!(escaped(".so it-is\\"), "\\&.so it\\-is\\e");
    }
}
