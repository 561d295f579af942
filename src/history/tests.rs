use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::add::{OF_TARGET, add_within, insert};
use super::{Wanted, add, open, read};
use crate::model::history::PastRun;
use crate::record::past::past;
use crate::render::fixture;

/// Longer than the slowest disk takes for what the others add.
const LONG: Duration = Duration::from_secs(100);

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep/history.db")
    }

    fn add(&self, run: &PastRun) -> Result<(), String> {
        add(&self.path(), run).map_err(|trouble| trouble.to_string())
    }

    fn all(&self) -> Vec<PastRun> {
        read(&self.path(), Wanted::default()).unwrap()
    }

    fn write(&self, bytes: &[u8]) {
        fs::create_dir_all(self.path().parent().unwrap()).unwrap();
        fs::write(self.path(), bytes).unwrap();
    }
}

fn run(id: &str, target: &str) -> PastRun {
    PastRun { id: id.into(), target: target.into(), ..past(&fixture::report()).unwrap() }
}

#[test]
fn a_run_comes_back_as_it_was_added() {
    let place = Place::new();
    let run = run("one", "staging");
    assert!(run.pairs.iter().any(|p| p.latency.is_some() && p.rule.is_some()) && !run.scenarios.is_empty());
    place.add(&run).unwrap();
    assert_eq!(place.all(), [PastRun { scenarios: vec![], ..run.clone() }]);
    let code = run.pairs[0].code.as_str();
    let told = read(&place.path(), Wanted { code: Some(code), ..Wanted::default() }).unwrap().remove(0);
    let of_code = |list: &PastRun| list.scenarios.iter().filter(|s| s.code == code).cloned().collect::<Vec<_>>();
    assert_eq!(told.scenarios, of_code(&run));
    assert!(told.pairs.iter().all(|pair| pair.code == code));
}

#[test]
fn no_file_is_no_history() {
    let place = Place::new();
    assert_eq!(place.all(), []);
    assert!(!place.path().exists());
    place.write(b"");
    assert_eq!(place.all(), []);
    place.add(&run("one", "staging")).unwrap();
    assert_eq!(place.all().len(), 1);
}

#[test]
fn the_last_runs_of_one_target_are_read_the_oldest_first() {
    let place = Place::new();
    for n in 0..4 {
        place.add(&run(&format!("s{n}"), "staging")).unwrap();
        place.add(&run(&format!("l{n}"), "live")).unwrap();
    }
    let ids = |target, last| {
        let runs = read(&place.path(), Wanted { target, last, code: None }).unwrap();
        runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(Some("live"), Some(2)), ["l2", "l3"]);
    assert_eq!(ids(None, Some(1)), ["s3", "l3"]);
    assert_eq!(ids(Some("staging"), None), ["s0", "s1", "s2", "s3"]);
    assert!(ids(Some("nowhere"), None).is_empty());
}

#[test]
fn only_the_latest_runs_of_a_target_are_kept() {
    let place = Place::new();
    place.add(&run("other", "live")).unwrap();
    let mut connection = open::for_adding(&place.path(), open::PATIENCE).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    for n in 0..OF_TARGET + 3 {
        let mut run = run(&format!("s{n}"), "staging");
        (run.pairs, run.scenarios) = (run.pairs[..1].to_vec(), vec![]);
        insert(connection.transaction().unwrap(), &run).unwrap();
    }
    let rows = |table: &str| {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(rows("runs"), OF_TARGET + 1);
    let others = run("other", "live").pairs.len() as i64;
    assert_eq!(rows("pairs"), OF_TARGET + others, "pairs of runs that went are left");
    assert_eq!(read(&place.path(), Wanted::default()).unwrap()[1].id, "s3");
}

#[test]
fn a_joined_run_takes_the_place_of_its_parts_and_of_itself() {
    let place = Place::new();
    for id in ["a", "b", "c"] {
        place.add(&run(id, "staging")).unwrap();
    }
    for id in ["joined", "joined again"] {
        place.add(&PastRun { parts: vec!["a".into(), "b".into()], ..run(id, "staging") }).unwrap();
    }
    let ids: Vec<String> = place.all().into_iter().map(|run| run.id).collect();
    assert_eq!(ids, ["c", "joined again"]);
}

#[test]
fn a_damaged_file_is_told_with_what_to_do_and_left_alone() {
    let place = Place::new();
    for text in [&[b'x'; 5000][..], b"x", b"SQLite format 3\0 and then nothing that follows from it"] {
        place.write(text);
        let told = place.add(&run("one", "staging")).unwrap_err();
        assert!(told.contains("history.db: the file is damaged; delete it or move it away"), "{told}");
        let told = read(&place.path(), Wanted::default()).unwrap_err().to_string();
        assert!(told.contains("the file is damaged"), "{told}");
        assert_eq!(fs::read(place.path()).unwrap(), text);
    }
}

#[test]
fn a_file_that_is_damaged_in_the_middle_ends_in_words() {
    let place = Place::new();
    for n in 0..20 {
        place.add(&run(&n.to_string(), "staging")).unwrap();
    }
    let whole = fs::read(place.path()).unwrap();
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..][..4096].fill(0xA5);
        place.write(&bytes);
        let read = read(&place.path(), Wanted::default()).map_err(|trouble| trouble.to_string());
        let added = place.add(&run("more", "staging"));
        for told in [read.map(drop), added].into_iter().filter_map(Result::err) {
            assert!(told.contains("delete it or move it away"), "page {page}: {told}");
        }
    }
    place.write(&whole[..whole.len() / 2]);
    assert!(place.add(&run("more", "staging")).unwrap_err().contains("the file is damaged"));
}

#[test]
fn a_newer_history_and_a_foreign_database_are_left_alone() {
    let place = Place::new();
    place.add(&run("one", "staging")).unwrap();
    let connection = Connection::open(place.path()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    let told = place.add(&run("two", "staging")).unwrap_err();
    assert!(told.contains("written by a newer trueline, in version 2; this one knows version 1"), "{told}");
    assert!(read(&place.path(), Wanted::default()).is_err());
    let other = Place::new();
    other.write(b"");
    Connection::open(other.path()).unwrap().execute_batch("CREATE TABLE runs (n)").unwrap();
    let told = other.add(&run("one", "staging")).unwrap_err();
    assert!(told.contains("a database of something else"), "{told}");
}

#[test]
fn a_lock_is_waited_for_and_not_for_long() {
    let place = Place::new();
    place.add(&run("one", "staging")).unwrap();
    let other = Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let begun = Instant::now();
    let told = add_within(&place.path(), &run("two", "staging"), Duration::from_millis(300)).unwrap_err().to_string();
    assert!(told.contains("another process held it for too long"), "{told}");
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    let (path, begun) = (place.path(), Instant::now());
    let adding = std::thread::spawn(move || add_within(&path, &run("two", "staging"), LONG).map_err(drop));
    std::thread::sleep(Duration::from_millis(200));
    other.execute_batch("COMMIT").unwrap();
    adding.join().unwrap().unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert_eq!(place.all().len(), 2);
}

#[test]
fn a_history_that_is_being_begun_is_never_taken_for_something_else() {
    let run = run("one", "staging");
    for _ in 0..20 {
        let place = Place::new();
        let together = std::sync::Barrier::new(3);
        let look = || {
            together.wait();
            while place.all().is_empty() {}
        };
        std::thread::scope(|scope| {
            let looking = [(); 2].map(|()| scope.spawn(look));
            together.wait();
            add_within(&place.path(), &run, LONG).unwrap();
            looking.into_iter().for_each(|thread| thread.join().unwrap());
        });
    }
}

#[test]
fn many_at_once_lose_nothing() {
    let place = Place::new();
    let threads: Vec<_> = (0..8)
        .map(|n| {
            let path = place.path();
            std::thread::spawn(move || add_within(&path, &run(&n.to_string(), "staging"), LONG).unwrap())
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(place.all().len(), 8);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let place = Place::new();
    place.add(&run("one", "staging")).unwrap();
    let mut connection = open::for_adding(&place.path(), open::PATIENCE).unwrap();
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages).unwrap();
    let mut large = run("two", "staging");
    large.pairs = std::iter::repeat_n(large.pairs[0].clone(), 1000).collect();
    let error = insert(connection.transaction().unwrap(), &large).unwrap_err();
    let told = super::Trouble::of(&place.path(), error).to_string();
    assert!(told.contains("the disk is full"), "{told}");
    drop(connection);
    assert_eq!(place.all().len(), 1);
}

#[test]
fn tables_come_with_the_first_run_or_not_at_all() {
    let place = Place::new();
    let mut connection = open::for_adding(&place.path(), open::PATIENCE).unwrap();
    let transaction = connection.transaction().unwrap();
    open::begin(&transaction, &place.path()).unwrap();
    drop(transaction);
    drop(connection);
    assert!(place.all().is_empty());
    assert_eq!(fs::metadata(place.path()).unwrap().len(), 0);
    place.add(&run("one", "staging")).unwrap();
    assert_eq!(place.all().len(), 1);
}

#[test]
fn what_is_not_a_file_is_not_opened() {
    let place = Place::new();
    fs::create_dir_all(place.path()).unwrap();
    assert!(place.add(&run("one", "staging")).unwrap_err().contains("it is not a file"));
    assert!(read(&place.path(), Wanted::default()).unwrap_err().to_string().contains("it is not a file"));
}
