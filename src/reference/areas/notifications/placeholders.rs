//! Placeholders in templates: `{{.ticket.subject}}`.

/// What a preview fills in.
const SAMPLES: &[(&str, &str)] = &[
    ("ticket.reference", "INC-1042"),
    ("ticket.subject", "The scanner makes stripes"),
    ("ticket.status", "in_progress"),
    ("requester.name", "Robin Alder"),
    ("requester.email", "robin@alder.example"),
    ("assignee.name", "Sam Technician"),
    ("watchers", "kim@alder.example"),
];

/// Puts values into a text. What cannot be read is said in a sentence.
pub(super) fn fill(text: &str) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").ok_or("a placeholder is opened and never closed")?;
        let name = inside.trim().strip_prefix('.').ok_or("the name in a placeholder begins with a dot")?;
        let sample = SAMPLES.iter().find(|(known, _)| *known == name);
        let (_, value) = sample.ok_or_else(|| format!("there is no placeholder {name}"))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn placeholders_are_replaced_and_the_rest_stays() {
        let text = "Re {{.ticket.reference}} {single}: hello {{ .requester.name }}";
        assert_eq!(fill(text).unwrap(), "Re INC-1042 {single}: hello Robin Alder");
    }

    #[test]
    fn what_is_open_unknown_or_without_a_dot_is_refused() {
        for text in ["{{.ticket.subject", "{{.shoe.size}}", "{{ticket.subject}}"] {
            assert!(fill(text).is_err(), "{text}");
        }
    }
}
