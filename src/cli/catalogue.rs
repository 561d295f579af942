//! `trueline catalogue` and its flags.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Clone, Args)]
pub struct CatalogueArgs {
    #[command(subcommand)]
    pub command: CatalogueCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum CatalogueCommand {
    /// Lists the documented codes
    Show(CatalogueShowArgs),
    /// Reads a documentation page of any kind and writes it as a catalogue.md
    Import(CatalogueImportArgs),
    /// What changed from one page to another, and which of it breaks clients
    Diff(CatalogueDiffArgs),
}

/// What a page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    Markdown,
    Html,
    /// The text of a page as copied from a browser
    Text,
    /// OpenAPI 3, JSON or YAML
    Openapi,
}

#[derive(Debug, Clone, Args)]
pub struct CatalogueShowArgs {
    /// Shows this page in place of the project's; `-` is standard input
    #[arg(value_name = "PAGE")]
    pub page: Option<PathBuf>,
    /// Sections whose heading contains this text
    #[arg(long, value_name = "TEXT")]
    pub section: Vec<String>,
    /// Codes with this status
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(100..600))]
    pub status: Vec<u16>,
    /// Codes that match
    #[arg(long, value_name = "GLOB")]
    pub code: Vec<String>,
    /// As data
    #[arg(long)]
    pub json: bool,
    /// How many there are, by section
    #[arg(long)]
    pub count: bool,
}

#[derive(Debug, Clone, Args)]
pub struct CatalogueImportArgs {
    /// The page: Markdown, HTML, the text of a page as pasted, or OpenAPI; `-` is standard input
    #[arg(value_name = "PAGE")]
    pub page: PathBuf,
    /// Writes here; `-` is standard output
    #[arg(short, long, value_name = "PATH", default_value = "catalogue.md")]
    pub output: PathBuf,
    /// What the page is written in, where its name and content do not say it
    #[arg(long, value_name = "KIND")]
    pub kind: Option<PageFormat>,
    /// Overwrites a file that is there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

#[derive(Debug, Clone, Args)]
pub struct CatalogueDiffArgs {
    /// The page as it was; `-` is standard input
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The page as it is
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// What the old page is written in
    #[arg(long, value_name = "KIND")]
    pub old_kind: Option<PageFormat>,
    /// What the new page is written in
    #[arg(long, value_name = "KIND")]
    pub new_kind: Option<PageFormat>,
    /// As data
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// As Markdown
    #[arg(long)]
    pub markdown: bool,
    /// Ends with 4 on such a change
    #[arg(long, value_name = "CHANGE")]
    pub fail_on: Option<FailOn>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

#[derive(Debug, Clone, Args)]
pub struct ReadingArgs {
    /// JSON Pointer to the code in an error answer, such as /error/code; for OpenAPI
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub code_at: Option<String>,
    /// What a page has that cannot be read does not end the command with 2
    #[arg(long)]
    pub allow_refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// One that breaks clients
    Breaking,
    /// Any at all
    Any,
}

fn pointer(text: &str) -> Result<String, String> {
    match text.len() > 1 && text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("write it like `/error/code`".into()),
    }
}
