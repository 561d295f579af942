//! Files to inputs: reads the project, and complains about all of it at once.
//!
//! A file without mistakes is read in one pass into its type. Only where that fails is it read again, as a tree that
//! knows where everything stands, and checked against the schema of its type.

mod baseline;
mod bodies;
pub mod catalogue;
mod check;
mod embedded;
mod envelope;
mod environment;
mod home;
mod left_out;
mod mended;
pub mod pages;
mod project_file;
mod rest;
mod scenarios;
mod schema;
mod settings;
mod show;
mod targets;
mod tree;
mod url;
mod watch;
mod yaml;

use std::sync::Arc;

use serde_json::Value;

use crate::model::catalogue::Catalogue;
use crate::model::complaint::{At, Complaint, Seg, Weight};
use crate::model::inputs::Inputs;
use crate::model::project::Project;

pub use baseline::{BaselineFile, baseline, baseline_home, read_baseline};
pub use embedded::file as embedded_file;
pub use environment::environment;
pub use home::{EMBEDDED, FILE, Home, find};
pub use schema::scenario_schema;
pub use show::{place, places, show};
pub use watch::{Changes, Watch};

/// All that was read from a project.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub inputs: Inputs,
    /// The JSON Schema of the envelope, not compiled yet.
    pub envelope: Value,
    /// What does not stop a command.
    pub notices: Vec<Complaint>,
}

/// Why a project cannot be used.
#[derive(Debug, Clone)]
pub struct Refused {
    /// All mistakes in how its files are written, notices among them.
    pub complaints: Vec<Complaint>,
    /// All that is sound, if nothing that scenarios name has mistakes: what it says can be looked at all the same.
    pub rest: Option<Box<Inputs>>,
    /// The schema of the envelope beside that rest, if all of the contract is sound.
    pub envelope: Option<Value>,
    /// What is sound of a project file with mistakes, beside a catalogue.
    pub part: Option<Box<(Project, Catalogue)>>,
}

/// Reads a project whole.
pub fn project(home: &Home) -> Result<Loaded, Refused> {
    let mut complaints = Vec::new();
    let read = project_file::read(home, &mut complaints);
    let places = &read.places;
    let sound = |complaints: &[Complaint]| complaints.iter().all(|c| c.weight == Weight::Notice);
    let of_project = complaints.len();
    let catalogue = page(home, &read, &mut complaints);
    let is_sound_page = sound(&complaints[of_project..]);
    let names_are_sound = complaints[..of_project].iter().all(leaves_names_alone);
    let of_envelope = complaints.len();
    let envelope = envelope::read(home, &places.schema, &mut complaints);
    let is_sound_contract = read.project.is_some() && is_sound_page && sound(&complaints[of_envelope..]);
    let files = scenarios::read(home, &places.scenarios, &mut complaints);
    for (place, key) in [(&places.catalogue, &["catalogue"][..]), (&places.schema, &["envelope", "schema"])] {
        point_at_setting(&mut complaints, &read, place, key);
    }
    let mut catalogue = catalogue.unwrap_or_else(|| Catalogue::new(&places.catalogue));
    catalogue.is_partial = !is_sound_page;
    let (project, part) = match (read.project, read.part) {
        (None, Some(part)) if names_are_sound => (Some(part), None),
        other => other,
    };
    let Some(project) = project else {
        let part = part.map(|part| Box::new((part, catalogue)));
        return Err(Refused { complaints, rest: None, envelope: None, part });
    };
    let body_files = bodies::facts(home, &project, &files);
    let inputs = Inputs { project, catalogue: Arc::new(catalogue), files, body_files };
    match envelope {
        Some(envelope) if sound(&complaints) => Ok(Loaded { inputs, envelope, notices: complaints }),
        envelope => {
            let envelope = envelope.filter(|_| is_sound_contract);
            Err(Refused { complaints, rest: Some(Box::new(inputs)), envelope, part: None })
        }
    }
}

/// Whether a mistake of the project file is in a part that no scenario names anything of: scenarios can be looked at.
fn leaves_names_alone(complaint: &Complaint) -> bool {
    const PARTS: [&str; 6] = ["rules", "waivers", "required-headers", "envelope", "run", "reports"];
    let first = match &complaint.at {
        At::Value(path) | At::Key(path) | At::Within(path, _) => path.first(),
        At::File | At::Bytes(_) | At::Line(_) => None,
    };
    let in_part = matches!(first, Some(Seg::Key(key)) if PARTS.contains(&&**key));
    in_part || complaint.weight == Weight::Notice
}

fn page(home: &Home, read: &project_file::Read, complaints: &mut Vec<Complaint>) -> Option<Catalogue> {
    let path = &read.places.catalogue;
    match home.text(path) {
        Ok(text) => {
            let (catalogue, said) = catalogue::read(path, &text);
            complaints.extend(said);
            Some(catalogue)
        }
        Err(complaint) => {
            complaints.push(complaint);
            None
        }
    }
}

/// The catalogue of a project alone, whatever else is wrong with it; with what does not stop a command.
pub fn catalogue_of(home: &Home) -> Result<(Catalogue, Vec<Complaint>), Vec<Complaint>> {
    let mut complaints = Vec::new();
    let read = project_file::read(home, &mut complaints);
    match page(home, &read, &mut complaints) {
        Some(catalogue) if complaints.iter().all(|c| c.weight == Weight::Notice) => Ok((catalogue, complaints)),
        _ => Err(complaints),
    }
}

/// A file that is not there is a mistake of the setting that names it, if one does.
fn point_at_setting(complaints: &mut [Complaint], read: &project_file::Read, path: &str, key: &[&str]) {
    if !read.named.contains(&key.join(".")) {
        return;
    }
    let missing = |c: &&mut Complaint| &*c.file == path && c.at == At::File && c.text.starts_with("there is no file");
    for complaint in complaints.iter_mut().filter(missing) {
        complaint.file = read.file.clone();
        complaint.at = At::Value(path_of(key));
    }
}

fn path_of(keys: &[&str]) -> Vec<Seg> {
    keys.iter().map(|key| Seg::from(*key)).collect()
}

/// The names of a project's files, as the project itself or else the defaults have them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Places {
    catalogue: Box<str>,
    scenarios: Box<str>,
    schema: Box<str>,
}

impl Places {
    fn of(project: &Project) -> Self {
        Places {
            catalogue: project.catalogue.clone(),
            scenarios: project.scenarios.clone(),
            schema: project.envelope.schema.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
