//! Complaints as people read them: the place, the line itself, a caret, and what to write instead.

mod excerpt;
mod mask;
mod page;

use std::collections::HashMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use self::excerpt::{Excerpt, plain};
use self::page::Page;
use super::home::Home;
use crate::model::complaint::{Complaint, Weight};
use crate::model::visible::shortened;

/// No more complaints than this are shown; the rest is counted.
const MOST: usize = 50;

/// Characters of one sentence; names that files make up may be of any length.
const LONGEST: usize = 1000;

/// Wide enough for every excerpt, so that the renderer cuts nothing.
const WIDTH: usize = 200;

/// All complaints as text, in the order of files and places, with their number at the end. Empty if there are none.
pub fn show(home: &Home, complaints: &[Complaint], colour: bool) -> String {
    let mut pages = Pages::new(home);
    let mut placed: Vec<Placed<'_>> = complaints.iter().map(|complaint| pages.placed(complaint)).collect();
    placed.sort_by(|a, b| a.order().cmp(&b.order()));
    placed.dedup_by(|a, b| a.order() == b.order() && a.complaint.help == b.complaint.help);
    let end = summary(&placed);
    if placed.len() > MOST {
        placed.sort_by_key(|placed| placed.complaint.weight);
        placed.truncate(MOST);
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut out = String::new();
    for placed in &placed {
        out.push_str(&disarmed(render(&renderer, placed, pages.get(&placed.complaint.file))));
        out.push_str("\n\n");
    }
    out + &end
}

/// Without what a CI system would take for an order.
fn disarmed(text: String) -> String {
    let orders = [("##[", "# #["), ("##vso", "# #vso"), ("[[ATTACHMENT", "[ [ATTACHMENT")];
    orders.into_iter().fold(
        text,
        |text, (order, broken)| {
            if text.contains(order) { text.replace(order, broken) } else { text }
        },
    )
}

/// The line and column, both from 1, that a complaint points at, if it points into a file.
pub fn place(home: &Home, complaint: &Complaint) -> Option<(u32, u32)> {
    places(home, std::slice::from_ref(complaint)).pop().flatten()
}

/// The same for many complaints, with each file read once.
pub fn places(home: &Home, complaints: &[Complaint]) -> Vec<Option<(u32, u32)>> {
    let mut pages = Pages::new(home);
    let place = |complaint: &Complaint| {
        let range = pages.placed(complaint).range?;
        Some(pages.get(&complaint.file)?.line_and_column(range.start))
    };
    complaints.iter().map(place).collect()
}

struct Placed<'c> {
    complaint: &'c Complaint,
    range: Option<Range<usize>>,
}

impl Placed<'_> {
    fn order(&self) -> (&str, Option<(usize, usize)>, &str) {
        let range = self.range.as_ref().map(|range| (range.start, range.end));
        (&self.complaint.file, range, &self.complaint.text)
    }
}

/// The files that complaints are about, each read once.
struct Pages<'h> {
    home: &'h Home,
    read: HashMap<Box<str>, Option<Page>>,
}

impl<'h> Pages<'h> {
    fn new(home: &'h Home) -> Self {
        Pages { home, read: HashMap::new() }
    }

    fn placed<'c>(&mut self, complaint: &'c Complaint) -> Placed<'c> {
        let range = self.get(&complaint.file).and_then(|page| page.locate(&complaint.at));
        Placed { complaint, range }
    }

    fn get(&mut self, file: &str) -> Option<&Page> {
        if file.is_empty() {
            return None;
        }
        if !self.read.contains_key(file) {
            self.read.insert(file.into(), Page::read(self.home, file));
        }
        self.read.get(file)?.as_ref()
    }
}

fn render(renderer: &Renderer, placed: &Placed<'_>, page: Option<&Page>) -> String {
    let Complaint { weight, file, at: _, text, help } = placed.complaint;
    let text = shortened(text, LONGEST);
    let help = help.as_deref().map(|help| shortened(help, LONGEST));
    let level = match weight {
        Weight::Error => Level::ERROR,
        Weight::Notice => Level::NOTE.with_name("notice"),
    };
    let mut group = Group::with_title(level.primary_title(plain(&text)));
    let excerpt = page.zip(placed.range.as_ref()).map(|(page, range)| Excerpt::of(page, range));
    match &excerpt {
        Some(Excerpt { text, caret, line, .. }) => {
            let caret = AnnotationKind::Primary.span(caret.clone());
            group = group.element(Snippet::source(text).path(plain(file)).line_start(*line).annotation(caret));
        }
        None if !file.is_empty() => group = group.element(Origin::path(plain(file))),
        None => {}
    }
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(plain(help)));
    }
    let out = renderer.render(&[group]);
    match excerpt {
        // The renderer knows the excerpt alone, and counts columns in it.
        Some(Excerpt { text, caret, line, column }) => {
            let counted = text[..caret.start].chars().count() + 1;
            out.replacen(&format!("{}:{line}:{counted}", plain(file)), &format!("{}:{line}:{column}", plain(file)), 1)
        }
        None if file.is_empty() => without_margin(&out),
        None => out,
    }
}

/// Without the line of the margin alone, which leads from a place to what is said of it: here is no place.
fn without_margin(text: &str) -> String {
    let is_of_colour = |c: char| matches!(c, '\u{1b}' | '[' | ';' | 'm' | ' ') || c.is_ascii_digit();
    let lines = text.lines().filter(|line| line.trim_matches(is_of_colour) != "|");
    lines.collect::<Vec<_>>().join("\n")
}

fn summary(placed: &[Placed<'_>]) -> String {
    let errors = placed.iter().filter(|placed| placed.complaint.weight == Weight::Error).count();
    let counted = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{number} {word}s")),
    };
    let parts: Vec<String> =
        [counted(errors, "error"), counted(placed.len() - errors, "notice")].into_iter().flatten().collect();
    match (placed.len(), parts.join(" and ")) {
        (0, _) => String::new(),
        (number, all) if number > MOST => format!("{all}; the first {MOST} are shown\n"),
        (_, all) => format!("{all}\n"),
    }
}
