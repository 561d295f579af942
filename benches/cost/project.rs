//! Projects of any size, and the requests that they come to.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use trueline::model::catalogue::Status;

/// The documentation page of this repository: its codes are those of the generated projects.
const PAGE: &str = include_str!("../../catalogue.md");
const SCHEMA: &str = include_str!("../../schemas/error-envelope.json");
pub const TOKEN: &str = "tok-4f0c6d2a9b8e7f61";
pub const CLIENT: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// Every code of the page with the first of its statuses.
pub fn codes() -> Vec<(String, u16)> {
    let (catalogue, _) = trueline::load::catalogue::read("catalogue.md", PAGE);
    let exact = |status: Status| match status {
        Status::Exact(status) => Some(status),
        _ => None,
    };
    let entries = catalogue.entries();
    entries.filter_map(|(_, e)| Some((e.code.to_string(), exact(e.statuses.first()?.status)?))).collect()
}

/// The request of the scenario of this number: whether it is a POST with a body, and its path.
pub fn request(codes: &[(String, u16)], number: usize) -> (bool, String) {
    let (code, status) = &codes[number % codes.len()];
    (number % 4 >= 2, format!("/api/v1/{status}/{code}/{number}"))
}

/// A project in a folder of its own, which goes away with this value.
pub struct Project {
    pub folder: PathBuf,
}

impl Project {
    /// So many scenarios in so many files, against the server on this port.
    pub fn new(name: &str, scenarios: usize, files: usize, port: u16) -> io::Result<Project> {
        let folder = std::env::temp_dir().join(format!("trueline-cost-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("scenarios"))?;
        fs::create_dir_all(folder.join("schemas"))?;
        fs::write(folder.join("catalogue.md"), PAGE)?;
        fs::write(folder.join("schemas/error-envelope.json"), SCHEMA)?;
        fs::write(folder.join("trueline.toml"), settings(port))?;
        let codes = codes();
        let each = scenarios.div_ceil(files.max(1));
        for file in 0..files {
            let numbers = (file * each)..((file + 1) * each).min(scenarios);
            if !numbers.is_empty() {
                write_file(&folder.join(format!("scenarios/area-{file:05}.yaml")), file, &codes, numbers)?;
            }
        }
        Ok(Project { folder })
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn settings(port: u16) -> String {
    format!(
        "[run]\ntarget = \"local\"\njobs = {}\n\n[required-headers]\nRATE_LIMITED = [\"Retry-After\"]\n\n\
         [targets.local]\nurl = \"http://127.0.0.1:{port}\"\neffects = \"data\"\nvars = {{ client_id = \"{CLIENT}\" }}\n\
         [targets.local.credentials]\ntechnician = {{ bearer = \"{TOKEN}\" }}\n",
        super::JOBS
    )
}

fn write_file(path: &Path, file: usize, codes: &[(String, u16)], numbers: std::ops::Range<usize>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "area: area-{file:05}\n\nscenarios:")?;
    for number in numbers {
        let (posts, path) = request(codes, number);
        let code = &codes[number % codes.len()].0;
        let method = if posts { "POST" } else { "GET" };
        writeln!(out, "  - name: request {number} is refused for the reason that it states")?;
        writeln!(out, "    expect: {code}\n    as: technician\n    when:\n      request: {method} {path}")?;
        if posts {
            writeln!(
                out,
                "      json: {{ client_id: \"{{{{ client_id }}}}\", subject: \"Printer {{{{ unique }}}}\" }}"
            )?;
        }
        writeln!(out)?;
    }
    out.flush()
}
