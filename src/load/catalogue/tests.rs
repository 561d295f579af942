use super::*;

use crate::model::complaint::{At, Weight};

const PAGE: &str = "docs/errors.md";

/// Reads a page that nothing is wrong with.
fn clean(text: &str) -> Catalogue {
    let (catalogue, complaints) = read(PAGE, text);
    assert_eq!(complaints, []);
    catalogue
}

/// `CODE 400 404 @line` of each entry.
fn outline(catalogue: &Catalogue) -> Vec<String> {
    let one = |entry: &Entry| {
        let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
        format!("{} {} @{}", entry.code, statuses.join(" "), entry.line)
    };
    catalogue.entries().map(|(_, entry)| one(entry)).collect()
}

/// Weight, line and text of each complaint.
fn told(complaints: &[Complaint]) -> Vec<(Weight, u32, &str)> {
    let line = |at: &At| match at {
        At::Line(line) => *line,
        _ => 0,
    };
    complaints.iter().map(|c| (c.weight, line(&c.at), c.text.as_str())).collect()
}

#[test]
fn the_documentation_here_has_284_codes_and_297_pairs() {
    let text = include_str!("../../../catalogue.md");
    let (catalogue, complaints) = read("catalogue.md", text);
    assert_eq!(complaints, []);
    assert_eq!((catalogue.len(), catalogue.pairs().count()), (284, 297));
    assert_eq!(catalogue.sections.len(), 14);
    assert_eq!(&*catalogue.sections[0], "Authentication and authorisation");
    for (_, entry) in catalogue.entries() {
        let row = text.lines().nth(entry.line as usize - 1).unwrap();
        assert!(row.starts_with(&format!("| `{}` | {} ", entry.code, entry.statuses[0].status)), "{row}");
        assert!(!entry.meaning.is_empty(), "{row}");
    }
    let not_configured = catalogue.entry(catalogue.find("NOT_CONFIGURED").unwrap());
    let statuses: Vec<String> = not_configured.statuses.iter().map(|d| d.status.to_string()).collect();
    assert_eq!(statuses, ["503", "404", "412", "400"]);
    assert_eq!(catalogue.section_of(not_configured), "5xx Server errors");
}

#[test]
fn each_section_here_holds_the_codes_of_its_status() {
    let catalogue = clean(include_str!("../../../catalogue.md"));
    for (_, entry) in catalogue.entries() {
        let section = catalogue.section_of(entry);
        if let Some(class) = section.split(' ').next().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            let first = entry.statuses[0].status.to_string();
            assert!(first == class || class.strip_suffix("xx").is_some_and(|c| first.starts_with(c)), "{}", entry.code);
        }
    }
}

#[test]
fn a_row_has_code_statuses_section_meaning_and_line() {
    let catalogue =
        clean("# API\n\n## Tickets\n\n| Code | HTTP status | Meaning |\n|---|---|---|\n| A_B | 404 | Gone. |\n");
    let entry = catalogue.entry(CodeId(0));
    assert_eq!((&*entry.code, &*entry.meaning, entry.line), ("A_B", "Gone.", 7));
    assert_eq!(entry.statuses, [DocumentedStatus { status: Status::Exact(404), line: 7 }]);
    assert_eq!((catalogue.section_of(entry), &*catalogue.page), ("Tickets", PAGE));
}

#[test]
fn case_and_markup_of_the_headings_do_not_matter() {
    for heading in
        ["code|status", "**Code** | `HTTP Status`", "[CODE](#code) | _http  STATUS_", "Code|Status|Why|Since|Retry"]
    {
        let rule = heading.split('|').map(|_| "-").collect::<Vec<_>>().join("|");
        assert_eq!(outline(&clean(&format!("|{heading}|\n|{rule}|\n|A|404|\n"))), ["A 404 @3"], "{heading}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_the_rest_is_the_meaning() {
    let catalogue =
        clean("|Meaning|Status|Since|Code|Fix|\n|-|-|-|-|-|\n| No *such* thing. | 404 | | `A` | Look [twice](/x). |\n");
    assert_eq!(outline(&catalogue), ["A 404 @3"]);
    assert_eq!(&*catalogue.entry(CodeId(0)).meaning, "No such thing. · Look twice.");
}

#[test]
fn two_columns_are_enough() {
    let catalogue = clean("Code | Status\n--- | ---\nA | 404\nB | 409\n");
    assert_eq!(outline(&catalogue), ["A 404 @3", "B 409 @4"]);
    assert_eq!(&*catalogue.entry(CodeId(0)).meaning, "");
}

#[test]
fn a_code_is_read_through_its_markup() {
    for cell in
        ["A_B", "`A_B`", "**A_B**", "[A_B](#a-b)", "[`A_B`][ref]", "A\\_B", "<code>A_B</code>", "A_<wbr>B", "  A_B\t"]
    {
        let page = format!("|Code|Status|\n|-|-|\n|{cell}|404|\n\n[ref]: /there\n");
        assert_eq!(outline(&clean(&page)), ["A_B 404 @3"], "{cell}");
    }
}

#[test]
fn codes_keep_their_case_and_may_be_integers() {
    let catalogue =
        clean("|Code|Status|\n|-|-|\n|104|404|\n|notFound|404|\n|NOTFOUND|404|\n|Not Found|404|\n|auth/no-user|401|\n");
    let codes: Vec<&str> = catalogue.entries().map(|(_, entry)| &*entry.code).collect();
    assert_eq!(codes, ["104", "notFound", "NOTFOUND", "Not Found", "auth/no-user"]);
}

#[test]
fn escaped_pipes_belong_to_their_cell() {
    let catalogue = clean("|Code|Status|Meaning|\n|-|-|-|\n| A\\|B | 404 | x \\| `y\\|z` |\n");
    assert_eq!(outline(&catalogue), ["A|B 404 @3"]);
    assert_eq!(&*catalogue.entry(CodeId(0)).meaning, "x | y|z");
}

#[test]
fn statuses_keep_the_order_of_the_cell() {
    let page = "|Code|Status|\n|-|-|\n|A|400/401|\n|B|422, 400|\n|C|404 Not Found|\n|D|4xx|\n|E|`503` / **4XX**|\n|F|409<br>404|\n";
    let expected = ["A 400 401 @3", "B 422 400 @4", "C 404 @5", "D 4xx @6", "E 503 4xx @7", "F 409 404 @8"];
    assert_eq!(outline(&clean(page)), expected);
}

#[test]
fn a_cell_without_a_digit_is_one_unstated_pair() {
    let catalogue = clean("|Code|Status|Meaning|\n|-|-|-|\n|A|not stated|x|\n|B||x|\n|C\n");
    // A row that ends early has empty cells, as Markdown shows it.
    let pairs: Vec<String> = catalogue.pairs().map(|(pair, _)| pair.status.to_string()).collect();
    assert_eq!(pairs, ["*", "*", "*"]);
}

#[test]
fn digits_that_form_no_status_are_refused_with_their_line() {
    let (catalogue, complaints) = read(PAGE, "|Code|Status|\n|-|-|\n|A|404|\n|B|600|\n|C|4040 / 409|\n|D|99|\n");
    let expected = [
        (Weight::Error, 4, "`600` is no HTTP status"),
        (Weight::Error, 5, "`4040` is no HTTP status"),
        (Weight::Error, 6, "`99` is no HTTP status"),
    ];
    assert_eq!(told(&complaints), expected);
    // What the row says clearly stays, so that scenarios are not told that the code is unknown.
    assert_eq!(outline(&catalogue), ["A 404 @3", "B * @4", "C 409 @5", "D * @6"]);
}

#[test]
fn a_range_of_statuses_is_pointed_out() {
    let (catalogue, complaints) = read(PAGE, "|Code|Status|\n|-|-|\n|A|400-404|\n");
    assert_eq!(told(&complaints), [(Weight::Notice, 3, "`400` and `404` are read as two statuses, not as a range")]);
    assert_eq!(outline(&catalogue), ["A 400 404 @3"]);
}

#[test]
fn a_row_without_a_code_is_refused() {
    let (catalogue, complaints) = read(PAGE, "|Code|Status|\n|-|-|\n|A|404|\n||409|\n| <br> |409|\n|B|409|\n");
    assert_eq!(
        told(&complaints),
        [(Weight::Error, 4, "this row has no code"), (Weight::Error, 5, "this row has no code")]
    );
    assert_eq!(outline(&catalogue), ["A 404 @3", "B 409 @6"]);
}

#[test]
fn a_code_twice_in_one_table_is_refused() {
    let (catalogue, complaints) = read(PAGE, "|Code|Status|\n|-|-|\n|A|404|\n|B|404|\n|`A`|409|\n");
    assert_eq!(told(&complaints), [(Weight::Error, 5, "`A` is in this table twice, first on line 3")]);
    assert_eq!(outline(&catalogue), ["A 404 @3", "B 404 @4"]);
}

#[test]
fn a_code_in_another_table_adds_its_statuses_with_a_notice() {
    let table = |rows: &str| format!("|Code|Status|Meaning|\n|-|-|-|\n{rows}\n\n");
    let page =
        ["# One\n", &table("|A|404||\n|B|400|x|"), "# Two\n", &table("|A|409 404 4xx|late|\n|C|410|y|")].concat();
    let (catalogue, complaints) = read(PAGE, &page);
    assert_eq!(
        told(&complaints),
        [(Weight::Notice, 10, "`A` is documented on line 4 already; this row adds 409, 4xx")]
    );
    assert_eq!(outline(&catalogue), ["A 404 409 4xx @4", "B 400 @5", "C 410 @11"]);
    let entry = catalogue.entry(catalogue.find("A").unwrap());
    assert_eq!(entry.statuses.iter().map(|d| d.line).collect::<Vec<_>>(), [4, 10, 10]);
    // The first section keeps it; the meaning is the first that there is.
    assert_eq!((catalogue.section_of(entry), &*entry.meaning), ("One", "late"));
}

#[test]
fn a_stated_status_takes_the_place_of_none_stated() {
    for (first, second, effect) in [("", "404", "this row adds 404"), ("404", "", "this row adds no status")] {
        let page = format!("|Code|Status|\n|-|-|\n|A|{first}|\n\n|Code|Status|\n|-|-|\n|A|{second}|\n");
        let (catalogue, complaints) = read(PAGE, &page);
        assert_eq!(
            told(&complaints),
            [(Weight::Notice, 7, &*format!("`A` is documented on line 3 already; {effect}"))]
        );
        assert_eq!(outline(&catalogue), ["A 404 @3"]);
    }
}

#[test]
fn the_nearest_heading_above_is_the_section() {
    let table = |code: &str| format!("|Code|Status|\n|-|-|\n|{code}|404|\n\n");
    let page = [
        &table("A"),
        "# Errors\n",
        "text\n\n### Of **tickets** `v2`\n",
        &table("B"),
        "text\n\n",
        &table("C"),
        "Of money\n---\n\n",
        &table("D"),
        "## Empty\n## Of money\n",
        &table("E"),
    ]
    .concat();
    let catalogue = clean(&page);
    let sections: Vec<&str> = catalogue.entries().map(|(_, entry)| catalogue.section_of(entry)).collect();
    assert_eq!(sections, ["", "Of tickets v2", "Of tickets v2", "Of money", "Of money"]);
    assert_eq!(catalogue.sections.len(), 4);
}

#[test]
fn a_table_with_one_of_the_two_columns_gets_a_notice() {
    let page = "|Status|Meaning|\n|-|-|\n|404|x|\n\n|Code|Meaning|\n|-|-|\n|Z|x|\n\n|Code|Status|\n|-|-|\n|A|404|\n";
    let (catalogue, complaints) = read(PAGE, page);
    assert_eq!(outline(&catalogue), ["A 404 @11"]);
    let expected = [
        (
            Weight::Notice,
            1,
            "this table has a column headed `HTTP status` or `Status` but none headed `Code`, and is not read",
        ),
        (
            Weight::Notice,
            5,
            "this table has a column headed `Code` but none headed `HTTP status` or `Status`, and is not read",
        ),
    ];
    assert_eq!(told(&complaints), expected);
}

#[test]
fn prose_other_tables_code_and_comments_are_ignored() {
    let table = "|Code|Status|\n|-|-|\n|X|404|\n";
    let page = format!(
        "A `400` here, | Code | there.\n\n|Scope|Level|\n|-|-|\n|a|b|\n\n```\n{table}```\n\n~~~md\n{table}~~~\n\n    {}\n\n<!--\n{table}\n{table}-->\n\n|Code|Status|\n|-|-|\n|A|404|\n",
        table.replace('\n', "\n    ")
    );
    let catalogue = clean(&page);
    assert_eq!(catalogue.entries().map(|(_, entry)| &*entry.code).collect::<Vec<_>>(), ["A"]);
}

#[test]
fn tables_in_lists_and_quotes_are_read() {
    let catalogue = clean("> |Code|Status|\n> |-|-|\n> |A|404|\n\n- item\n\n  |Code|Status|\n  |-|-|\n  |B|409|\n");
    assert_eq!(outline(&catalogue), ["A 404 @3", "B 409 @9"]);
}

#[test]
fn line_endings_and_a_byte_order_mark_do_not_matter() {
    let page = "\u{feff}# API\n\n|Code|Status|\n|-|-|\n|A|404|\n|B|409|";
    let catalogue = clean(&page.replace('\n', "\r\n"));
    assert_eq!(outline(&catalogue), ["A 404 @5", "B 409 @6"]);
    assert_eq!(catalogue.section_of(catalogue.entry(CodeId(0))), "API");
    let table_first = clean("\u{feff}|Code|Status|\n|-|-|\n|A|404|\n");
    assert_eq!(outline(&table_first), ["A 404 @3"]);
}

#[test]
fn a_page_without_a_table_of_codes_is_refused_with_what_it_needs() {
    for (page, line, text) in [
        ("", 0, "the page has no table of codes"),
        ("\u{feff}", 0, "the page has no table of codes"),
        ("# Errors\n\nSee `A`, 404.\n", 0, "the page has no table of codes"),
        (
            "\n|Error|Meaning|\n|-|-|\n|A|x|\n",
            2,
            "the page has no table of codes; the first table is headed `Error | Meaning`",
        ),
    ] {
        let (catalogue, complaints) = read(PAGE, page);
        assert!(catalogue.is_empty());
        assert_eq!(told(&complaints), [(Weight::Error, line, text)]);
        assert!(complaints[0].help.as_ref().unwrap().contains("`| Code | HTTP status | Meaning |`"));
    }
}

#[test]
fn a_notice_does_not_hide_that_nothing_was_read() {
    let (_, complaints) = read(PAGE, "|Code|Meaning|\n|-|-|\n|A|x|\n");
    assert_eq!(complaints.iter().map(|c| c.weight).collect::<Vec<_>>(), [Weight::Notice, Weight::Error]);
}

#[test]
fn a_table_of_codes_without_rows_is_refused() {
    let (_, complaints) = read(PAGE, "# API\n\n|Code|Status|\n|-|-|\n");
    assert_eq!(told(&complaints), [(Weight::Error, 3, "the table of codes has no rows")]);
}

#[test]
fn rows_that_lost_cells_or_were_prose_are_pointed_out() {
    let (_, complaints) = read(PAGE, "|Code|Status|Meaning|\n|-|-|-|\n|A|404|x | y|\nThat was all.\n");
    let expected = [
        (Weight::Notice, 3, "this row has 4 cells and the table 3 columns; the rest is not read"),
        (Weight::Notice, 4, "this line is read as a row of the table above"),
    ];
    assert_eq!(told(&complaints), expected);
}

#[test]
fn codes_that_no_answer_may_hold_are_pointed_out() {
    let (catalogue, complaints) = read(PAGE, "|Code|Status|\n|-|-|\n|A\u{200b}B|404|\n|C, D|404|\n");
    let expected = [
        (Weight::Notice, 3, "the code `A\u{200b}B` contains an invisible character, U+200B"),
        (Weight::Notice, 4, "`C, D` is read as one code"),
    ];
    assert_eq!(told(&complaints), expected);
    assert!(catalogue.find("A\u{200b}B").is_some());
}

#[test]
fn a_message_shows_no_more_than_a_line_of_the_page() {
    let (_, complaints) = read(PAGE, &format!("|Code|Status|\n|-|-|\n|A|{}|\n", "9".repeat(100_000)));
    assert!(complaints[0].text.len() < 200, "{}", complaints[0].text.len());
}

#[test]
fn a_huge_table_takes_no_more_than_its_share() {
    let mut page = String::from("|Code|Status|\n|-|-|\n");
    for i in 0..50_000 {
        page.push_str(&format!("|C{i}|{}|\n", 400 + i % 100));
    }
    assert_eq!(clean(&page).len(), 50_000);
}

#[test]
fn a_long_heading_is_not_kept_for_each_table_below_it() {
    let page = ["# ", &"x".repeat(100_000), "\n\n", &"|Code|Status|\n|-|-|\n|A|404|\n\n".repeat(20_000)].concat();
    let (catalogue, complaints) = read(PAGE, &page);
    assert_eq!((catalogue.len(), catalogue.sections.len(), complaints.len()), (1, 1, 19_999));
}
