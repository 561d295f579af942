//! Clients from a file with comma-separated values.

use crate::reference::prelude::*;

use super::{Client, Clients, invalid, shown};

const MOST_ROWS: usize = 500;

fn unreadable(why: &str) -> Refusal {
    refuse(400, "FILE_ERROR", why)
}

pub(super) fn import(call: &mut Call<'_>) -> Answer {
    if call.oversize() {
        return Err(unreadable("A file for import may have 1 MB."));
    }
    let parts = call.parts().map_err(|why| match why {
        Unreadable::NotMultipart => invalid("send the file as multipart/form-data".into()),
        Unreadable::Truncated | Unreadable::Malformed => unreadable("The upload broke off."),
    })?;
    let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
        return Err(refuse(400, "MISSING_FILE", "The upload has no part named file."));
    };
    let clients = &mut call.state::<Clients>()?.all;
    let mut imported = Vec::new();
    for client in read(&part.bytes)? {
        let id = Uuid::new_v4();
        imported.push(shown(id, clients.insert(id, client)));
    }
    created(json!({ "imported": imported.len(), "clients": imported }))
}

/// The first line names the columns: `name` has to be among them, `domain` and `email` may be.
fn read(bytes: &[u8]) -> Result<Vec<Client>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable("The file is not text."))?;
    if text.chars().any(|it| it.is_control() && !matches!(it, '\r' | '\n' | '\t')) {
        return Err(unreadable("The file is not text."));
    }
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let heads = cells(lines.next().unwrap_or_default());
    let column = |name: &str| heads.iter().position(|head| head.eq_ignore_ascii_case(name));
    let name = column("name").ok_or_else(|| unreadable("The file has no column named name."))?;
    let (domain, email) = (column("domain"), column("email"));
    let mut clients = Vec::new();
    for line in lines {
        let row = cells(line);
        let cell = |at: usize| row.get(at).filter(|cell| !cell.is_empty()).cloned();
        let name = cell(name).ok_or_else(|| unreadable("A row has no name."))?;
        let (domain, email) = (domain.and_then(cell), email.and_then(cell));
        clients.push(Client { name, domain, email, archived: false });
        if clients.len() > MOST_ROWS {
            return Err(unreadable("A file for import may have 500 rows."));
        }
    }
    Ok(clients)
}

/// One line, cut at its commas; a cell in quotes may hold some.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            _ => cell.push(letter),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_names() {
        let clients = read(b"Email,Name\r\nhello@birch.example,\"Birch, Ltd\"\r\n").unwrap();
        assert_eq!(clients[0].name, "Birch, Ltd");
        assert_eq!(clients[0].email.as_deref(), Some("hello@birch.example"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(read(&[0x50, 0x4b, 0x03, 0x04, 0xff]).is_err());
    }
}
