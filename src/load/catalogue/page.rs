//! A Markdown page, seen as its tables. The only place that knows the Markdown parser.

use pulldown_cmark::{Event, OffsetIter, Options, Parser, Tag, TagEnd};

/// What of a page is of interest here.
#[derive(Debug)]
pub(in crate::load) struct Page {
    /// The text of every heading; the first is empty and stands for none.
    pub headings: Vec<Box<str>>,
    pub tables: Vec<Table>,
}

/// One table of the page, with every cell as plain text.
#[derive(Debug, Default)]
pub(in crate::load) struct Table {
    /// The nearest heading above it, as an index into [`Page::headings`].
    pub heading: usize,
    /// Line of the row of column headings, from 1.
    pub line: u32,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row of a table. It has as many cells as the table has columns.
#[derive(Debug)]
pub(in crate::load) struct Row {
    /// From 1.
    pub line: u32,
    pub cells: Vec<String>,
    /// Cells in the source, where there may be more than the table has columns; none without a bar.
    pub written: usize,
}

/// Reads a page. Code blocks and HTML, comments among it, hold no tables.
pub(in crate::load) fn read(text: &str) -> Page {
    let body = front_matter(text);
    // Footnote marks and strike-through are markup too: without these options they would be
    // read as part of a code or a status.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(&text[body..], options).into_offset_iter();
    Walk { text, body, lines: Lines::default() }.page(events)
}

struct Walk<'a> {
    text: &'a str,
    /// Where the parsed part begins; the parser's offsets count from here.
    body: usize,
    lines: Lines,
}

impl Walk<'_> {
    fn page(mut self, mut events: OffsetIter<'_>) -> Page {
        let mut page = Page { headings: vec!["".into()], tables: Vec::new() };
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::Heading { .. }) => {
                    let text = plain_text(&mut events, |end| matches!(end, TagEnd::Heading(_)));
                    page.headings.push(text.into());
                }
                Event::Start(Tag::Table(_)) => {
                    let (heading, line) = (page.headings.len() - 1, self.line(range.start));
                    page.tables.push(self.table(&mut events, Table { heading, line, ..Table::default() }));
                }
                _ => {}
            }
        }
        page
    }

    /// Fills a table whose start tag was met.
    fn table(&mut self, events: &mut OffsetIter<'_>, mut table: Table) -> Table {
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::TableHead) => table.columns = cells(events, TagEnd::TableHead),
                Event::Start(Tag::TableRow) => {
                    let line = self.line(range.start);
                    let written = self.written_cells(range.start);
                    table.rows.push(Row { line, cells: cells(events, TagEnd::TableRow), written });
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        table
    }

    fn line(&mut self, offset: usize) -> u32 {
        self.lines.of(self.text, self.body + offset)
    }

    /// How many cells the source line of a row has. The parser drops those beyond the last column.
    fn written_cells(&self, offset: usize) -> usize {
        let from_row = self.text.get(self.body + offset..).unwrap_or("");
        let end = memchr::memchr2(b'\n', b'\r', from_row.as_bytes()).unwrap_or(from_row.len());
        let row = from_row[..end].trim();
        let inner = row.strip_prefix('|').unwrap_or(row);
        let (mut cells, mut escaped, mut last_is_bar) = (1, None, false);
        for at in memchr::memchr2_iter(b'|', b'\\', inner.as_bytes()) {
            if escaped == Some(at) {
                continue;
            }
            if inner.as_bytes()[at] == b'\\' {
                escaped = Some(at + 1);
            } else {
                cells += 1;
                last_is_bar = at + 1 == inner.len();
            }
        }
        let no_bar = cells == 1 && inner.len() == row.len();
        if no_bar { 0 } else { cells - usize::from(last_is_bar) }
    }
}

/// The plain text of each cell up to the end of the row.
fn cells(events: &mut OffsetIter<'_>, row: TagEnd) -> Vec<String> {
    let mut cells = Vec::new();
    while let Some((event, _)) = events.next() {
        match event {
            Event::Start(Tag::TableCell) => cells.push(plain_text(events, |end| end == TagEnd::TableCell)),
            Event::End(end) if end == row => break,
            _ => {}
        }
    }
    cells
}

/// The text up to an end tag, without markup, with single spaces.
fn plain_text(events: &mut OffsetIter<'_>, is_end: impl Fn(TagEnd) -> bool) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::End(end) if is_end(end) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::InlineHtml(tag) if is_line_break(&tag) => text.push(' '),
            _ => {}
        }
    }
    // Most cells are so already.
    if is_single_spaced(text.as_bytes()) { text } else { single_spaced(&text) }
}

fn is_single_spaced(text: &[u8]) -> bool {
    let mut blank = true;
    for byte in text {
        if !matches!(byte, b' '..=b'~') || (*byte == b' ' && blank) {
            return false;
        }
        blank = *byte == b' ';
    }
    !blank || text.is_empty()
}

pub(in crate::load) fn single_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Whether an HTML tag is a `<br>`; a `<wbr>` inside a long code is not.
fn is_line_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches(['>', '/', ' ']);
    name.split_whitespace().next().is_some_and(|name| name.eq_ignore_ascii_case("br"))
}

/// Where the page proper begins: after a byte order mark and the front matter of site generators,
/// which Markdown itself would take for a heading.
fn front_matter(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = text[mark..].split_inclusive('\n');
    let Some(opening) = lines.next().filter(|line| line.trim_end() == "---") else { return mark };
    let mut end = mark + opening.len();
    for (i, line) in lines.enumerate() {
        end += line.len();
        let line = line.trim_end();
        if line == "---" {
            return end;
        }
        // A rule above a table or an empty line is a rule, not the beginning of front matter.
        if i == 0 && (line.is_empty() || line.starts_with('|')) {
            return mark;
        }
    }
    mark
}

/// Turns offsets into line numbers, going forward only, so that a page is counted once.
#[derive(Default)]
struct Lines {
    offset: usize,
    before: u32,
}

impl Lines {
    fn of(&mut self, text: &str, offset: usize) -> u32 {
        if let Some(passed) = text.as_bytes().get(self.offset..offset) {
            self.before += passed.iter().filter(|byte| **byte == b'\n').count() as u32;
            self.offset = offset;
        }
        self.before + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Table {
        let mut tables = read(text).tables;
        assert_eq!(tables.len(), 1, "{tables:?}");
        tables.remove(0)
    }

    #[test]
    fn cells_are_plain_text() {
        let table = only("|a|b|\n|-|-|\n| **x** [y](#z) `v\\|w` | p\\|q ~~r~~<br>s<wbr>t &amp; \\_u\\_ |\n");
        assert_eq!(table.rows[0].cells, ["x y v|w", "p|q r st & _u_"]);
    }

    #[test]
    fn footnote_marks_are_no_text() {
        let table = only("|a|b|\n|-|-|\n| x[^1] | 404[^1] |\n\n[^1]: Since spring.\n");
        assert_eq!(table.rows[0].cells, ["x", "404"]);
    }

    #[test]
    fn lines_count_from_one_whatever_ends_them() {
        for end in ["\n", "\r\n"] {
            let page = ["# A", "", "|a|b|", "|-|-|", "|1|2|", "|3|4|", "", "Text", "", "> |c|d|", "> |-|-|", "> |5|6|"];
            let tables = read(&page.join(end)).tables;
            let lines: Vec<u32> = tables.iter().flat_map(|t| t.rows.iter().map(|r| r.line)).collect();
            assert_eq!(lines, [5, 6, 12]);
            assert_eq!((tables[0].line, tables[1].line), (3, 10));
        }
    }

    #[test]
    fn the_cells_of_a_row_are_counted_as_written() {
        let table = only("|a|b|\n|-|-|\n|1|2|3|\n|1\\|1|2\n1|2\\\\|3\nprose\n| | |\n|1\n1|\n");
        let written: Vec<usize> = table.rows.iter().map(|r| r.written).collect();
        assert_eq!(written, [3, 2, 3, 0, 2, 1, 1]);
    }

    #[test]
    fn front_matter_is_no_heading_and_keeps_the_lines() {
        let table = only("\u{feff}---\ntitle: Errors\nposition: 3\n---\n\n|a|b|\n|-|-|\n|1|2|\n");
        assert_eq!((table.heading, table.line, table.rows[0].line), (0, 6, 8));
    }

    #[test]
    fn a_rule_above_a_table_is_no_front_matter() {
        assert_eq!(only("---\n|a|b|\n|-|-|\n|1|2|\n\n---\n").rows.len(), 1);
        assert_eq!(only("---\n\n|a|b|\n|-|-|\n|1|2|\n\n---\n").rows.len(), 1);
        assert_eq!(only("---\n|a|b|\n|-|-|\n|1|2|\n").rows.len(), 1);
    }
}
