//! Plans made by hand.

use crate::model::plan::{Act, Expect, Lock, Planned, Step, Work};
use crate::model::scenario::Effects;
use crate::model::template::Template;

/// A step of this request, such as `GET /x`.
pub(in crate::fire) fn step(request: &str) -> Step {
    let (method, path) = request.split_once(' ').unwrap();
    Step { method: method.into(), path: Template::text(path), ..Step::default() }
}

pub(in crate::fire) fn planned(work: Work) -> Planned {
    Planned {
        file: 0,
        line: 1,
        name: "a scenario".into(),
        expect: Expect { code: None, pinned: None, at: None },
        effects: Effects::None,
        tags: Box::default(),
        act: Act::Fire(Box::new(work)),
    }
}

pub(in crate::fire) fn scenario_with_lock(lock: Option<Lock>) -> Planned {
    planned(Work { lock, when: step("GET /"), ..Work::default() })
}
