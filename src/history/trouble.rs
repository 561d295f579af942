//! Why a history cannot be used, in words.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

/// What is wrong with a history, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct Trouble {
    /// As it was given, with forward slashes.
    path: String,
    what: String,
    #[source]
    cause: Option<Error>,
}

const AWAY: &str = "delete it or move it away, and the next run begins a new one";

impl Trouble {
    pub(super) fn new(path: &Path, what: impl Into<String>) -> Trouble {
        Trouble { path: path.to_string_lossy().replace('\\', "/"), what: what.into(), cause: None }
    }

    pub(super) fn of(path: &Path, error: Error) -> Trouble {
        let what = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Trouble::damaged(path).what,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another process held it for too long".to_owned()
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => "it may not be written".to_owned(),
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            Some(ErrorCode::CannotOpen) => "it cannot be opened".to_owned(),
            Some(ErrorCode::SystemIoFailure) => "it cannot be read or written".to_owned(),
            // Columns that are missing or of another kind.
            _ => format!("it does not hold what a history holds ({error}); {AWAY}"),
        };
        Trouble { cause: Some(error), ..Trouble::new(path, what) }
    }

    pub(super) fn damaged(path: &Path) -> Trouble {
        Trouble::new(path, format!("the file is damaged; {AWAY}"))
    }

    pub(super) fn foreign(path: &Path) -> Trouble {
        Trouble::new(path, format!("it is a database of something else; {AWAY}"))
    }

    pub(super) fn newer(path: &Path, version: i64, known: i64) -> Trouble {
        let what = format!("it was written by a newer trueline, in version {version}; this one knows version {known}");
        Trouble::new(path, what)
    }
}
