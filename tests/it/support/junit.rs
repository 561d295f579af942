//! A JUnit file read again, by another library than the one that wrote it.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Attributes by name.
type Attributes = HashMap<String, String>;

#[derive(Debug, Default)]
pub struct Junit {
    pub total: Attributes,
    pub suites: Vec<Suite>,
}

#[derive(Debug, Default)]
pub struct Suite {
    pub attributes: Attributes,
    pub properties: Vec<(String, String)>,
    pub cases: Vec<Case>,
}

#[derive(Debug, Default)]
pub struct Case {
    pub attributes: Attributes,
    pub properties: Vec<(String, String)>,
    /// `failure`, `error`, `skipped`, or nothing for a pass.
    pub outcome: String,
    pub told: Attributes,
    pub text: String,
    pub system_out: String,
}

impl Case {
    pub fn name(&self) -> &str {
        &self.attributes["name"]
    }

    /// Such as `contract.wrong-code`.
    pub fn kind(&self) -> &str {
        self.told.get("type").map_or("", String::as_str)
    }
}

impl Junit {
    /// Reads a whole document; what is not well-formed fails the test.
    pub fn read(text: &str) -> Junit {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut junit = Junit::default();
        let mut open: Vec<String> = Vec::new();
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error} in\n{text}")) {
                Event::Start(tag) => {
                    junit.open(&tag);
                    open.push(name(&tag));
                }
                Event::Empty(tag) => junit.open(&tag),
                Event::End(_) => drop(open.pop()),
                Event::Text(part) => junit.text(&open, &part.decode().unwrap()),
                Event::GeneralRef(part) => {
                    let written = part.decode().unwrap();
                    let one = part.resolve_char_ref().unwrap().map(String::from);
                    let known = quick_xml::escape::resolve_predefined_entity(&written).map(str::to_owned);
                    junit.text(&open, &one.or(known).unwrap_or_else(|| panic!("&{written};")));
                }
                Event::CData(part) => junit.text(&open, &part.decode().unwrap()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty(), "{open:?} stay open");
        junit
    }

    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.suites.iter().flat_map(|suite| &suite.cases)
    }

    pub fn case(&self, name: &str) -> &Case {
        self.cases().find(|case| case.name() == name).unwrap_or_else(|| panic!("no case `{name}` in {self:#?}"))
    }

    fn open(&mut self, tag: &BytesStart) {
        let attributes = attributes(tag);
        match name(tag).as_str() {
            "testsuites" => self.total = attributes,
            "testsuite" => self.suites.push(Suite { attributes, ..Suite::default() }),
            "testcase" => self.suites.last_mut().unwrap().cases.push(Case { attributes, ..Case::default() }),
            "property" => {
                let pair = (attributes["name"].clone(), attributes["value"].clone());
                let suite = self.suites.last_mut().unwrap();
                match suite.cases.last_mut() {
                    Some(case) => case.properties.push(pair),
                    None => suite.properties.push(pair),
                }
            }
            outcome @ ("failure" | "error" | "skipped") => {
                let case = self.suites.last_mut().unwrap().cases.last_mut().unwrap();
                assert_eq!(case.outcome, "", "two outcomes of {}", case.name());
                case.outcome = outcome.to_owned();
                case.told = attributes;
            }
            _ => {}
        }
    }

    fn text(&mut self, open: &[String], text: &str) {
        let Some(case) = self.suites.last_mut().and_then(|suite| suite.cases.last_mut()) else { return };
        match open.last().map(String::as_str) {
            Some("failure" | "error" | "skipped") => case.text.push_str(text),
            Some("system-out") => case.system_out.push_str(text),
            _ => {}
        }
    }
}

fn name(tag: &BytesStart) -> String {
    String::from_utf8(tag.name().as_ref().to_vec()).unwrap()
}

fn attributes(tag: &BytesStart) -> Attributes {
    let pairs = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
        let raw = std::str::from_utf8(&attribute.value).unwrap();
        (key, quick_xml::escape::unescape(raw).unwrap().into_owned())
    });
    pairs.collect()
}
