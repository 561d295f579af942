//! Makes HTML of the Markdown in templates: headings, lists, paragraphs, and what stands out in them.

/// A block is what empty lines part.
pub(super) fn html(text: &str) -> String {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks.map(block).collect::<Vec<_>>().join("\n")
}

fn block(text: &str) -> String {
    if let Some(heading) = text.strip_prefix("# ") {
        return format!("<h1>{}</h1>", inline(heading));
    }
    if text.lines().all(|line| line.starts_with("- ")) {
        let items = text.lines().map(|line| format!("<li>{}</li>", inline(&line[2..])));
        return format!("<ul>{}</ul>", items.collect::<String>());
    }
    format!("<p>{}</p>", inline(text))
}

/// Every second piece between double asterisks is bold; the last one only if they come in pairs.
fn inline(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let pieces: Vec<&str> = text.split("**").collect();
    if pieces.len().is_multiple_of(2) {
        return text;
    }
    let piece = |(at, piece): (usize, &&str)| match at % 2 {
        0 => (*piece).to_owned(),
        _ => format!("<strong>{piece}</strong>"),
    };
    pieces.iter().enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn blocks_become_elements_and_markup_does_not_pass_through() {
        let text = "# News\n\nA **bold** <b>\n\n- one\n- two";
        assert_eq!(
            html(text),
            "<h1>News</h1>\n<p>A <strong>bold</strong> &lt;b&gt;</p>\n<ul><li>one</li><li>two</li></ul>"
        );
    }

    #[test]
    fn a_lonely_pair_of_asterisks_stays() {
        assert_eq!(html("2 ** 3"), "<p>2 ** 3</p>");
    }
}
