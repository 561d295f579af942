//! The rules. Each is one function over what was read; to add one, write it and add a line to its list.

mod body;
mod code;
mod envelope;
mod gateway;
mod headers;
mod hearing;
mod labels;
mod later;
mod success;

use crate::model::verdict::Finding;

use super::course::Course;
use super::reading::Reading;

/// Finds what is wrong with one answer.
pub type Check = fn(&Reading<'_>, &mut Vec<Finding>);

/// The rules about one answer, in the order of [`crate::model::rule::Rule`].
pub const CHECKS: &[Check] = &[
    gateway::gateway,
    success::unexpected_success,
    body::not_json,
    body::ambiguous_json,
    envelope::envelope,
    code::undocumented_code,
    code::undocumented_status,
    code::wrong_code,
    code::wrong_status,
    headers::missing_header,
    headers::malformed_header,
    body::body_too_large,
    headers::secret_echoed,
    labels::content_type,
    labels::extra_fields,
];

/// Finds what is wrong with the course of a scenario.
pub type CourseCheck = fn(&Course<'_>, &mut Vec<Finding>);

/// The rules about what was heard at all, and about clean-up.
pub const COURSE_CHECKS: &[CourseCheck] =
    &[hearing::no_answer, hearing::timeout, hearing::setup_failed, hearing::throttled, later::cleanup_failed];

pub use hearing::nothing_judged;
pub use later::flaky;
