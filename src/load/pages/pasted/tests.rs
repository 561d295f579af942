use super::*;

use crate::effort::effort;
use crate::load::catalogue;

fn outline(text: &str) -> (Vec<String>, Vec<String>) {
    let (tables, words) = read("page.txt", text);
    let (catalogue, mut said) = catalogue::of_tables("page.txt", &tables);
    said.extend(words.list);
    let one = |entry: &crate::model::catalogue::Entry| {
        let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
        let section = catalogue.section_of(entry);
        format!("{} {} @{} {section}: {}", entry.code, statuses.join(" "), entry.line, entry.meaning)
    };
    (
        catalogue.entries().map(|(_, entry)| one(entry)).collect(),
        said.iter().map(|c| format!("{:?} {c}", c.at)).collect(),
    )
}

fn clean(text: &str) -> Vec<String> {
    let (outline, said) = outline(text);
    assert_eq!(said, Vec::<String>::new(), "{text}");
    outline
}

const ROWS: [&str; 2] = ["A_B 404 @5 Tickets: It is gone.", "CONFLICT 409 412 @6 Tickets: It is there."];

#[test]
fn columns_may_run_together_or_be_parted_by_blanks_or_tabs() {
    for between in ["", " ", "   ", "\t", " \t "] {
        for head in [format!("Code{between}HTTP status{between}Meaning"), String::new()] {
            let rows = [["A_B", "404", "It is gone."], ["CONFLICT", "409/412", "It is there."]];
            let rows = rows.map(|row| row.join(between)).join("\n");
            assert_eq!(
                clean(&format!("Docs\nTickets\nText about them.\n{head}\n{rows}\n\nFooter\n")),
                ROWS,
                "{between:?}"
            );
        }
    }
}

#[test]
fn cells_may_stand_one_below_the_other() {
    for head in ["Code\nHTTP status\nMeaning\n\n", ""] {
        let page = format!(
            "Docs\nTickets\n\n{head}A_B\n404\nIt is gone.\n\nCONFLICT\n409 / 412\n\nIt is there.\nOTHER_ONE\n500\n"
        );
        let codes: Vec<String> = clean(&page).iter().map(|row| row.replace('@', "")).collect();
        let bare: Vec<String> = codes.iter().map(|row| row.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(bare, ["A_B 404", "CONFLICT 409", "OTHER_ONE 500"], "{head}");
        assert!(codes[0].ends_with("Tickets: It is gone.") && codes[1].ends_with("Tickets: It is there."), "{codes:?}");
    }
}

#[test]
fn a_cell_that_is_not_there_takes_no_line() {
    let page = "Code\nStatus\nMeaning\nA_B\n404\nC_D\n409\nIt is there.\n";
    assert_eq!(clean(page), ["A_B 404 @4 : ", "C_D 409 @6 : It is there."]);
}

#[test]
fn headings_say_the_order_of_the_columns() {
    assert_eq!(clean("Status\tCode\tWhy\n404\tgone\tx\n"), ["gone 404 @2 : x"]);
    assert_eq!(clean("Status\nError code\n404\ngone\n409\nthere\n"), ["gone 404 @3 : ", "there 409 @5 : "]);
}

#[test]
fn sections_are_the_nearest_titles_above() {
    let page = "Home\nErrors\nOn this page\n\n400 Bad Request\n\nSomething in the request is wrong.\n\nA_B400Wrong.\n\n\
                Not found\n\nCodeStatusMeaning\nC_D404Gone.\n";
    assert_eq!(clean(page), ["A_B 400 @9 400 Bad Request: Wrong.", "C_D 404 @14 Not found: Gone."]);
}

#[test]
fn a_line_between_two_rows_goes_on_with_the_one_above() {
    assert_eq!(clean("A_B404Gone.\nSee the list\nC_D409There.\n")[0], "A_B 404 @1 : Gone. See the list");
}

#[test]
fn what_is_left_out_is_said_with_its_line() {
    let (read, said) =
        outline("A_B404Gone.\n\nCREATED201It was made.\n\nC_D\n\nMore text here.\n\nTOO_LARGE4135 MB at most.\n");
    assert_eq!(read, ["A_B 404 @1 : Gone.", "TOO_LARGE 413 @9 : 5 MB at most."]);
    assert_eq!(said.len(), 3, "{said:?}");
    for (said, due) in said.iter().zip(["Line(3) page.txt: this line is left out: `201`", "Line(5)", "Line(9)"]) {
        assert!(said.starts_with(due), "{said}");
    }
}

const RUBBLE: [&str; 18] = [
    "A_B404Gone.",
    "A_B",
    "404",
    "\n",
    "\t",
    " ",
    "Code",
    "HTTP status",
    "Meaning",
    "CodeStatus",
    "4",
    "_",
    "not stated",
    "é",
    "Tickets",
    "/",
    "CREATED201Made",
    "\r",
];

proptest::proptest! {
    #[test]
    fn any_rubble_of_lines_is_read_without_a_panic(
        parts in proptest::collection::vec(proptest::sample::select(RUBBLE.to_vec()), 0..80),
    ) {
        let page = parts.concat();
        has_rows(&page);
        let (tables, _) = read("page.txt", &page);
        let (catalogue, _) = catalogue::of_tables("page.txt", &tables);
        let lines = page.split('\n').count() as u32;
        for (_, line) in catalogue.pairs() {
            proptest::prop_assert!((1..=lines).contains(&line));
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in proptest::prelude::any::<String>()) {
        read("page.txt", &text);
        has_rows(&text);
    }
}

#[test]
fn the_same_rubble_again_and_again_takes_linear_time() {
    for part in RUBBLE.into_iter().chain(["A404", "A_B404/", "Code\n", "A_B\n404\n", "A404/405", "45"]) {
        let page = part.repeat(150_000 / part.len());
        let (_, taken) = effort(|| read("page.txt", &page));
        assert!(taken.as_secs() < 10, "{part:?} took {taken:?}");
    }
}
