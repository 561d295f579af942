use super::*;

use crate::effort::effort;
use crate::load::catalogue;
use crate::model::catalogue::Catalogue;

fn catalogue(text: &str) -> (Catalogue, Vec<String>) {
    let (tables, words) = read("page.html", text);
    let (catalogue, mut said) = catalogue::of_tables("page.html", &tables);
    said.extend(words.list);
    (catalogue, said.iter().map(Complaint::to_string).collect())
}

/// `CODE 400 404 @line section: meaning` of each entry of a page that nothing is wrong with.
fn outline(text: &str) -> Vec<String> {
    let (catalogue, said) = catalogue(text);
    assert_eq!(said, Vec::<String>::new());
    let one = |entry: &crate::model::catalogue::Entry| {
        let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
        let section = catalogue.section_of(entry);
        format!("{} {} @{} {section}: {}", entry.code, statuses.join(" "), entry.line, entry.meaning)
    };
    catalogue.entries().map(|(_, entry)| one(entry)).collect()
}

const HEAD: &str = "<table><tr><th>Code</th><th>HTTP status</th><th>Meaning</th></tr>";

#[test]
fn a_table_is_read_with_its_heading_and_its_lines() {
    let page = format!(
        "<nav><h2>Menu</h2></nav>\n<h2>Tickets <a href=#t>¶</a></h2>\n{HEAD}\n<tr>\n<td>\n<code>A_B</code><td>404 <td>No &lt;such&gt;<br>thing.\n</table>"
    );
    assert_eq!(outline(&page), ["A_B 404 @6 Tickets: No <such> thing."]);
}

#[test]
fn a_code_over_several_rows_has_the_statuses_of_all() {
    let page = format!(
        "{HEAD}<tr><td rowspan=2><code>A</code><td>400<td>While signing up.</tr><tr><td>401<td>While signing in.</tr>\
         <tr><td>B<td rowspan=2>409<td>x</tr><tr><td>C<td>y</tr></table>"
    );
    assert_eq!(outline(&page), ["A 400 401 @1 : While signing up. While signing in.", "B 409 @1 : x", "C 409 @1 : y"]);
}

#[test]
fn a_cell_over_several_columns_takes_their_places() {
    let page = "<table><tr><th>Code<th>Status<th colspan=2>Meaning<tr><td>A<td>404<td>x<td>y<tr><td>B<td>409<td colspan=2>z</table>";
    assert_eq!(outline(page), ["A 404 @1 : x · y", "B 409 @1 : z"]);
}

#[test]
fn a_row_of_one_wide_cell_is_a_heading() {
    let page = format!("<h1>All</h1>{HEAD}<tr><td>A<td>404<td>x<tr><th colspan=3>Money<tr><td>B<td>402<td>y</table>");
    assert_eq!(outline(&page), ["A 404 @1 All: x", "B 402 @1 Money: y"]);
}

#[test]
fn markup_inside_a_cell_is_no_part_of_a_code() {
    for cell in [
        "<b><a href=x><code>A_B</code></a></b>",
        "<code><span class=x>A</span>_<i>B</i></code> <small>new</small>",
        "<code>A_</code><code>B</code>",
        "A_<wbr>B<button>Copy</button>",
        "A_B<sup><a href=#fn>1</a></sup>",
        "<!-- old: C -->A_B",
    ] {
        let page = format!("{HEAD}<tr><td>{cell}</td><td>404</td><td>x</td></tr></table>");
        assert_eq!(outline(&page), ["A_B 404 @1 : x"], "{cell}");
    }
}

#[test]
fn several_codes_in_one_cell_are_several() {
    let page = format!("{HEAD}<tr><td><code>A</code>, <code>B</code><td>404<td>x</table>");
    assert_eq!(outline(&page), ["A 404 @1 : x", "B 404 @1 : x"]);
}

#[test]
fn a_table_inside_a_cell_is_a_table_of_its_own() {
    let page = format!("<table><tr><td>layout {HEAD}<tr><td>A<td>404<td>x</table> more</td></tr></table>");
    assert_eq!(outline(&page), ["A 404 @1 : x"]);
}

#[test]
fn a_table_without_headings_is_read_by_its_content_and_that_is_said() {
    let (catalogue, said) = catalogue("<table><tr><td>404<td>NOT_FOUND<td>x<tr><td>409<td>CONFLICT<td>y</table>");
    assert_eq!(catalogue.len(), 2);
    assert!(said[0].contains("column 2 of this table is read as the code"), "{said:?}");
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    let page = format!("{HEAD}\n<tr><td>A<td>999<td>x\n<tr><td><td>404<td>y\n<tr><td>C<td>404<td>z</table>");
    let (tables, _) = read("page.html", &page);
    let (catalogue, said) = catalogue::of_tables("page.html", &tables);
    assert!(catalogue.find("C").is_some());
    let lines: Vec<&At> = said.iter().map(|complaint| &complaint.at).collect();
    assert_eq!(lines, [&At::Line(2), &At::Line(3)]);
}

#[test]
fn spans_cannot_make_a_page_explode() {
    let wide = "<td colspan=1000 rowspan=0>x".repeat(2);
    let page = format!("{HEAD}<tr>{wide}{}</table>", "<tr><td>A_B<td>404".repeat(10_000));
    let ((_, said), taken) = effort(|| catalogue(&page));
    assert!(said.iter().any(|text| text.contains("span far more")), "{:?}", said.first());
    assert!(taken.as_secs() < 20, "{taken:?}");
}

const RUBBLE: [&str; 30] = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<th>",
    "<td rowspan=3>",
    "<td colspan=0>",
    "<th colspan=9 rowspan=0>",
    "<code>",
    "</code>",
    "<h2>",
    "</h2>",
    "A_B",
    "404",
    "4xx",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<",
    ">",
    "\"",
    "='",
    "&",
    "&#x41;",
    "<sup><a>",
    "<svg>",
    "<thead>",
    "\n",
];

proptest::proptest! {
    #[test]
    fn any_rubble_of_tags_is_read_without_a_panic(
        parts in proptest::collection::vec(proptest::sample::select(RUBBLE.to_vec()), 0..80),
    ) {
        let page = format!("{HEAD}{}", parts.concat());
        let (read, _) = catalogue(&page);
        let lines = page.split('\n').count() as u32;
        for (_, line) in read.pairs() {
            proptest::prop_assert!((1..=lines).contains(&line));
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in proptest::prelude::any::<String>()) {
        read("page.html", &text);
    }
}

#[test]
fn the_same_rubble_again_and_again_takes_linear_time() {
    for part in RUBBLE.into_iter().chain(["<a b", "<div>", "&amp", "&a;", "<x y=\"", "</", "<!", "<table><tr><td>"]) {
        let page = format!("{HEAD}{}", part.repeat(100_000 / part.len()));
        let (_, taken) = effort(|| read("page.html", &page));
        assert!(taken.as_secs() < 10, "{part:?} took {taken:?}");
    }
}

#[test]
fn a_table_in_a_cell_belongs_to_what_the_cell_says() {
    let inner = "<table><tr><th>Header<th>Value<tr><td>Retry-After<td>503</table>";
    let page = format!("<h2>A</h2>{HEAD}<tr><td>A_B<td>429<td>Wait.{inner}Then go on.<tr><td>C_D<td>404<td>x</table>");
    assert_eq!(outline(&page), ["A_B 429 @1 A: Wait. Header Value Retry-After 503 Then go on.", "C_D 404 @1 A: x"]);
    // One that lists codes itself is read, in a table of codes as in one that only lays the page out.
    let listed = format!("{HEAD}<tr><td>E_F<td>400<td>y</table>");
    let page = format!("{HEAD}<tr><td>A_B<td>429<td>Wait.{listed}</table>");
    assert_eq!(outline(&page).len(), 2);
    let laid_out = format!("<table><tr><td>menu<td>{listed}</table>");
    assert_eq!(outline(&laid_out), ["E_F 400 @1 : y"]);
    let (read, _) = catalogue("<table><tr><td>menu<td><table><tr><td>G_H<td>409<tr><td>I_J<td>410</table></table>");
    assert_eq!(read.len(), 2);
}

#[test]
fn tables_in_tables_are_told_only_so_far() {
    let deep = format!("{}{}", "<table><tr><td>".repeat(60), "x".repeat(100_000));
    let begun = std::time::Instant::now();
    assert!(catalogue(&format!("{HEAD}<tr><td>A_B<td>429<td>{deep}")).0.len() <= 1);
    assert!(begun.elapsed().as_secs() < 5);
}
