//! Opening a history: the file is one of ours, in a version that we know.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction};

use super::Trouble;

/// Stands in the header of every history; `trln`.
const APPLICATION: i64 = 0x7472_6c6e;
pub(super) const VERSION: i64 = 1;

const HEAD: &[u8] = b"SQLite format 3\0";

/// The longest that another process is waited for: the shards of a run may end at the same time on one slow disk, and
/// who comes last waits for all of them.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE runs (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL, parts TEXT NOT NULL, started_at TEXT NOT NULL, target TEXT NOT NULL,
  simulation INTEGER NOT NULL, tool TEXT NOT NULL, complete INTEGER NOT NULL, exit INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL, scenarios INTEGER NOT NULL, conforms INTEGER NOT NULL, violates INTEGER NOT NULL,
  inconclusive INTEGER NOT NULL, skipped INTEGER NOT NULL, requests INTEGER NOT NULL);
CREATE INDEX runs_of_target ON runs (target, simulation, n);
CREATE TABLE pairs (
  run INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE, place INTEGER NOT NULL, code TEXT NOT NULL,
  status TEXT NOT NULL, conforms INTEGER NOT NULL, violates INTEGER NOT NULL, inconclusive INTEGER NOT NULL,
  skipped INTEGER NOT NULL, flaky INTEGER NOT NULL, rule TEXT, seen TEXT, least_us INTEGER, median_us INTEGER,
  p95_us INTEGER, most_us INTEGER, PRIMARY KEY (run, place)) WITHOUT ROWID;
CREATE TABLE scenarios (
  run INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE, place INTEGER NOT NULL, id TEXT NOT NULL,
  code TEXT NOT NULL, status TEXT NOT NULL, verdict TEXT NOT NULL, rule TEXT, seen TEXT, attempts INTEGER NOT NULL,
  flaky INTEGER NOT NULL, duration_ms INTEGER NOT NULL, PRIMARY KEY (run, place)) WITHOUT ROWID;
";

/// For adding; where it is missing it is empty until [`begin`].
pub(super) fn for_adding(path: &Path, patience: Duration) -> Result<Connection, Trouble> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|error| Trouble::new(path, format!("its folder cannot be made: {error}")))?;
    }
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, patience)
}

/// For reading; nothing where there is no file.
pub(super) fn for_reading(path: &Path) -> Result<Option<Connection>, Trouble> {
    if !path.exists() {
        return Ok(None);
    }
    // What a process that was killed has left half done is undone, where the file may be written.
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, PATIENCE)?;
    Ok(if looks_begun(&connection, path)? { Some(connection) } else { None })
}

fn connect(path: &Path, flags: OpenFlags, patience: Duration) -> Result<Connection, Trouble> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Trouble::new(path, "it is not a file"));
    }
    if !looks_like_one(path) {
        return Err(Trouble::damaged(path));
    }
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .and_then(|connection| {
            connection.busy_timeout(patience)?;
            // What a foreign file brings along is not run.
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            connection.pragma_update(None, "foreign_keys", true)?;
            // A power cut may lose the last run, never the others.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            Ok(connection)
        })
        .map_err(|error| Trouble::of(path, error))?;
    Ok(connection)
}

/// A short file without this head counts as an empty one to SQLite, and would be written over.
fn looks_like_one(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEAD.len() as u64).read_to_end(&mut head));
    // What cannot be read is told by SQLite.
    read.is_err() || head.is_empty() || head == HEAD
}

/// Makes the tables where there are none. The transaction is one that writes, so that another process that begins at the
/// same time is waited for, and what is put into the tables comes with them.
pub(super) fn begin(transaction: &Transaction<'_>, path: &Path) -> Result<(), Trouble> {
    if is_begun(transaction, path)? {
        return Ok(());
    }
    let made = transaction.execute_batch(TABLES).and_then(|()| {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)
    });
    made.map_err(|error| Trouble::of(path, error))
}

/// Whether it is begun at this moment.
fn looks_begun(connection: &Connection, path: &Path) -> Result<bool, Trouble> {
    // One look, or what another process begins between two numbers would seem to be no history.
    let look = connection.unchecked_transaction().map_err(|error| Trouble::of(path, error))?;
    is_begun(&look, path)
}

/// Whether it holds the tables; an empty file does not.
fn is_begun(transaction: &Transaction<'_>, path: &Path) -> Result<bool, Trouble> {
    let number = |query: &str| transaction.query_row(query, [], |row| row.get::<_, i64>(0));
    let numbers = || {
        let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
        Ok((application, version, number("SELECT count(*) FROM sqlite_schema")?))
    };
    match numbers().map_err(|error| Trouble::of(path, error))? {
        (0, 0, 0) => Ok(false),
        (APPLICATION, VERSION, _) => Ok(true),
        (APPLICATION, version, _) if version > VERSION => Err(Trouble::newer(path, version, VERSION)),
        _ => Err(Trouble::foreign(path)),
    }
}
