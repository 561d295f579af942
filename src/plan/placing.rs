//! Keys that mean nothing where they stand.

use super::steps::Place;
use super::texts::Composer;
use crate::model::scenario::StepSpec;

/// The most requests of `repeat`.
const MOST_REPEATS: u32 = 10_000;

impl<'i> Composer<'_, 'i> {
    /// Keys that mean nothing where they stand.
    pub fn misplaced(&mut self, spec: &'i StepSpec, place: Place) {
        if spec.fixture.is_some() {
            let (text, help) = match place {
                Place::When => ("`when` is one request and uses no fixture", "use the fixture in `given`"),
                _ => ("a fixture is used in `given`; its own `finally` runs by itself", "write the requests out"),
            };
            self.notes.add(self.notes.key("use"), text, help);
        }
        if place != Place::When {
            if spec.repeat.is_some() {
                let help = "to wait for something use `until`; `repeat` belongs to `when`";
                self.notes.add(self.notes.key("repeat"), "only `when` is repeated", help);
            }
            return;
        }
        if spec.status.is_some() {
            let help = "pin it in `expect`, such as `expect: { code: NOT_FOUND, status: 404 }`";
            self.notes.add(self.notes.key("status"), "the status of `when` is what `expect` is about", help);
        }
        for (key, given) in [("until", spec.until.is_some()), ("within", spec.within.is_some())] {
            if given {
                let text = format!("`{key}` waits in a `given` step, and the answer to `when` is judged");
                self.notes.add(
                    self.notes.key(key),
                    text,
                    "to ask again until it conforms use `eventually: 5s` on the scenario",
                );
            }
        }
        if let Some(repeat) = &spec.repeat
            && !(1..=MOST_REPEATS).contains(&repeat.at_most)
        {
            self.notes.enter("repeat");
            let text = format!("`at_most` goes from 1 to {MOST_REPEATS}");
            self.notes.add(self.notes.value("at_most"), text, "write it like `repeat: { at_most: 50 }`");
            self.notes.leave();
        }
    }

    /// Keys of a step that mean nothing beside `use`.
    pub fn beside_use(&mut self, spec: &'i StepSpec) {
        if spec.request.is_some() {
            self.notes.add(self.notes.key("use"), "a step has either `request` or `use`", "make two steps of it");
        }
        let keys = [
            ("headers", !spec.headers.is_empty()),
            ("query", !spec.query.is_empty()),
            ("json", spec.json.is_some()),
            ("body", spec.body.is_some()),
            ("base64", spec.base64.is_some()),
            ("file", spec.file.is_some()),
            ("form", spec.form.is_some()),
            ("multipart", spec.multipart.is_some()),
            ("bytes", spec.bytes.is_some()),
            ("status", spec.status.is_some()),
            ("timeout", spec.timeout.is_some()),
            ("until", spec.until.is_some()),
            ("within", spec.within.is_some()),
            ("repeat", spec.repeat.is_some()),
        ];
        for (key, _) in keys.iter().filter(|(_, given)| *given) {
            let text = format!("`{key}` has no meaning beside `use`");
            self.notes.add(self.notes.key(*key), text, "beside `use` stand only `as` and `capture`");
        }
    }
}
