//! Which of several forms of a value its author meant.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

/// The mistakes of the one form that the value has the type of; none if it has the type of no form, or if all forms
/// are fixed words.
pub fn chosen<'c>(
    error: &ValidationError<'_>,
    context: &'c [Vec<ValidationError<'static>>],
) -> &'c [ValidationError<'static>] {
    let here = error.instance_path().as_str();
    context.iter().find(|branch| !branch.is_empty() && branch.iter().all(|e| fits(e, here))).map_or(&[], Vec::as_slice)
}

fn fits(error: &ValidationError<'_>, here: &str) -> bool {
    if error.instance_path().as_str() != here {
        return true;
    }
    match error.kind() {
        Kind::Type { .. } | Kind::Constant { .. } => false,
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let fixed = |branch: &Vec<ValidationError<'_>>| {
                branch.iter().all(|e| matches!(e.kind(), Kind::Constant { .. } | Kind::Enum { .. }))
            };
            !chosen(error, context).is_empty() || context.iter().all(fixed)
        }
        _ => true,
    }
}
