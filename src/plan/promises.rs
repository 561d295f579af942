//! What the project file says of codes: waivers and headers that are due. The codes must be documented.

use crate::model::catalogue::Catalogue;
use crate::model::complaint::{At, Complaint};
use crate::model::project::Project;

/// What is wrong with the codes and pairs that the project file names.
pub fn unknown_codes(project: &Project, catalogue: &Catalogue) -> Vec<Complaint> {
    if catalogue.is_partial {
        return Vec::new();
    }
    let headers = project.required_headers.iter().map(|(code, _)| unknown_code(project, catalogue, code));
    let waivers = project.waivers.iter().map(|waiver| unknown_pair(project, catalogue, &waiver.pair));
    headers.chain(waivers).flatten().collect()
}

fn unknown_code(project: &Project, catalogue: &Catalogue, code: &str) -> Option<Complaint> {
    let at = At::Key(vec!["required-headers".into(), code.into()]);
    catalogue.find(code).is_none().then(|| undocumented(project, catalogue, at, code))
}

fn unknown_pair(project: &Project, catalogue: &Catalogue, pair: &str) -> Option<Complaint> {
    let at = At::Key(vec!["waivers".into(), pair.into()]);
    let Some((code, status)) = pair.trim().rsplit_once(char::is_whitespace) else {
        let text = format!("`{pair}` is no pair of a code and a status");
        let status = catalogue.find(pair.trim()).and_then(|id| catalogue.entry(id).statuses.first());
        let example = match status {
            Some(documented) => format!("{} {}", pair.trim(), documented.status),
            None => "NOT_FOUND 404".to_owned(),
        };
        return Some(Complaint::error(&project.file, at, text).help(format!("write it like `{example}`")));
    };
    let Some(id) = catalogue.find(code.trim()) else {
        return Some(undocumented(project, catalogue, at, code.trim()));
    };
    let statuses: Vec<String> = catalogue.entry(id).statuses.iter().map(|d| d.status.to_string()).collect();
    if statuses.iter().any(|documented| documented == status) {
        return None;
    }
    let text = format!("{} does not document {} with the status `{status}`", catalogue.page, code.trim());
    Some(Complaint::error(&project.file, at, text).help(format!("it documents {}", statuses.join(", "))))
}

fn undocumented(project: &Project, catalogue: &Catalogue, at: At, code: &str) -> Complaint {
    let codes = catalogue.entries().map(|(_, entry)| &*entry.code);
    let text = format!("`{code}` is not in {}", catalogue.page);
    Complaint::error(&project.file, at, text).did_you_mean(code, codes)
}
