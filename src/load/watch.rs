//! What people change in a project while `--watch` waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{CreateKind, ModifyKind, RemoveKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::home::Home;
use super::scenarios::is_yaml;
use super::{bodies, project_file, scenarios};
use crate::model::complaint::{At, Complaint};

/// Editors write a file in several steps, and people save several files: changes are told when it is quiet so long.
const QUIET: Duration = Duration::from_millis(200);

/// They are told after this time even if it never gets quiet.
const LONGEST: Duration = Duration::from_secs(2);

/// With more files than these changed, everything is taken to be.
const MOST: usize = 200;

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Scenario files, from the project's root.
    Files(BTreeSet<String>),
    /// Something that all scenarios rest on; the names, from the project's root, as far as they are known.
    Everything(BTreeSet<String>),
}

/// The files of a project, watched.
pub struct Watch {
    root: PathBuf,
    further: Vec<PathBuf>,
    heard: Arc<Heard>,
    /// Stops when it is dropped.
    watcher: Option<RecommendedWatcher>,
}

#[derive(Default)]
struct Heard {
    bell: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    files: Files,
    changed: BTreeSet<String>,
    everything: bool,
}

/// The files that a run depends on.
#[derive(Default)]
struct Files {
    root: PathBuf,
    scenarios: PathBuf,
    /// Those that all scenarios rest on.
    common: BTreeSet<PathBuf>,
    /// Those in which scenario files are.
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// Watches the project at this root, and further files that all scenarios rest on.
    pub fn start(home: &Home, further: &[PathBuf]) -> Result<Watch, Complaint> {
        let Home::Folder { root, .. } = home else {
            let text = "`--watch` waits for changes of files, and the project in the binary has none";
            return Err(Complaint::error("", At::File, text).help("`trueline init` starts a project of your own"));
        };
        let further = further.iter().filter_map(|path| std::path::absolute(path).ok()).collect();
        let mut watch = Watch { root: root.clone(), further, heard: Arc::default(), watcher: None };
        watch.follow(home)?;
        Ok(watch)
    }

    /// Looks again which files the project has. What changes meanwhile is heard.
    pub fn follow(&mut self, home: &Home) -> Result<(), Complaint> {
        let files = Files::of(home, &self.root, &self.further);
        let folders = files.folders();
        self.heard.state().files = files;
        let heard = self.heard.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if let Ok(event) = event {
                heard.take(&event);
            }
        });
        let mut watcher = watcher.map_err(|error| cannot(&error))?;
        for (folder, mode) in folders {
            // One that is not there is told when the project is read, and its coming is seen from above it.
            if folder.is_dir() {
                watcher.watch(&folder, mode).map_err(|error| cannot(&error))?;
            }
        }
        self.watcher = Some(watcher);
        Ok(())
    }

    /// Waits for the next changes.
    pub async fn changes(&self) -> Changes {
        loop {
            self.heard.bell.notified().await;
            let deadline = Instant::now() + LONGEST;
            while Instant::now() < deadline
                && timeout_at(deadline.min(Instant::now() + QUIET), self.heard.bell.notified()).await.is_ok()
            {
            }
            if let Some(changes) = self.heard.state().told() {
                return changes;
            }
        }
    }
}

fn cannot(error: &notify::Error) -> Complaint {
    let help = "the system may allow more (on Linux `fs.inotify.max_user_watches` and `max_user_instances`)";
    Complaint::error("", At::File, format!("the project's files cannot be watched: {error}")).help(help)
}

impl Heard {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: &Event) {
        if self.state().take(event) {
            self.bell.notify_one();
        }
    }
}

impl State {
    /// Whether the event matters.
    fn take(&mut self, event: &Event) -> bool {
        if event.need_rescan() {
            self.everything = true;
            return true;
        }
        // That somebody reads a file, or its owner changes, is no change of what it says.
        if matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) | EventKind::Other) {
            return false;
        }
        let mut matters = false;
        for path in &event.paths {
            let Some(rest_on_it) = self.files.concern(path, &event.kind) else { continue };
            matters = true;
            self.everything |= rest_on_it == Rest::All || self.changed.len() >= MOST;
            if self.changed.len() < MOST {
                self.changed.insert(self.files.name(path));
            }
        }
        matters
    }

    /// What was heard since the last time.
    fn told(&mut self) -> Option<Changes> {
        let changed = std::mem::take(&mut self.changed);
        match std::mem::take(&mut self.everything) {
            true => Some(Changes::Everything(changed)),
            false if changed.is_empty() => None,
            false => Some(Changes::Files(changed)),
        }
    }
}

/// Which scenarios rest on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    All,
    Own,
}

impl Files {
    fn of(home: &Home, root: &Path, further: &[PathBuf]) -> Files {
        // What is wrong with the files is told by the run that reads them.
        let mut complaints = Vec::new();
        let read = project_file::read(home, &mut complaints);
        let places = &read.places;
        let mut common: BTreeSet<PathBuf> = further.iter().cloned().collect();
        common.insert(root.join(&*read.file));
        common.extend([&places.catalogue, &places.schema].map(|path| root.join(&**path)));
        let folder = root.join(&*places.scenarios);
        common.extend(["fixtures.yaml", "fixtures.yml"].map(|name| folder.join(name)));
        let mut folders = BTreeSet::new();
        if let Some(project) = &read.project {
            let files = scenarios::read(home, &places.scenarios, &mut complaints);
            let above = files.iter().flat_map(|file| Path::new(&*file.path).ancestors().skip(1).collect::<Vec<_>>());
            folders.extend(above.map(|path| root.join(path)).filter(|path| path.starts_with(&folder)));
            common.extend(bodies::facts(home, project, &files).keys().map(|path| root.join(&**path)));
        }
        Files { root: root.to_owned(), scenarios: folder, common, folders }
    }

    /// The folders to watch. Files are not watched themselves: an editor puts a new one in the place of the old.
    fn folders(&self) -> BTreeMap<PathBuf, RecursiveMode> {
        let above = self.common.iter().filter_map(|path| path.parent()).map(Path::to_owned);
        let mut folders: BTreeMap<_, _> = above.map(|folder| (folder, RecursiveMode::NonRecursive)).collect();
        folders.extend(self.scenarios.parent().map(|folder| (folder.to_owned(), RecursiveMode::NonRecursive)));
        folders.retain(|folder, _| !folder.starts_with(&self.scenarios));
        folders.insert(self.scenarios.clone(), RecursiveMode::Recursive);
        folders
    }

    fn concern(&self, path: &Path, kind: &EventKind) -> Option<Rest> {
        if self.common.contains(path) || path == self.scenarios {
            return Some(Rest::All);
        }
        let inside = path.strip_prefix(&self.scenarios).ok()?;
        if inside.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')) {
            return None;
        }
        let of_folder = match kind {
            EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => true,
            // Of what has a new name nobody says what it is, and many an editor gives a file its name at the end.
            EventKind::Modify(ModifyKind::Name(_)) => self.folders.contains(path) || path.is_dir(),
            _ => false,
        };
        match () {
            () if of_folder => Some(Rest::All),
            () if is_yaml(path) => Some(Rest::Own),
            () => None,
        }
    }

    fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, DataChange, MetadataKind, RenameMode};

    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));

    fn state() -> State {
        let root = PathBuf::from("/p");
        let common = ["trueline.toml", "docs/catalogue.md", "scenarios/fixtures.yaml"].map(|path| root.join(path));
        let folders = [root.join("scenarios/known")].into();
        let files = Files { scenarios: root.join("scenarios"), root, common: common.into(), folders };
        State { files, ..State::default() }
    }

    fn told(events: &[(EventKind, &str)]) -> Option<Changes> {
        let mut state = state();
        for (kind, path) in events {
            state.take(&Event::new(*kind).add_path(Path::new("/p").join(path)));
        }
        state.told()
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_scenario_file_touches_itself_alone() {
        let events = [(WRITTEN, "scenarios/a.yaml"), (WRITTEN, "scenarios/deep/b.yml"), (WRITTEN, "scenarios/a.yaml")];
        assert_eq!(told(&events), Some(Changes::Files(names(&["scenarios/a.yaml", "scenarios/deep/b.yml"]))));
    }

    #[test]
    fn what_all_rest_on_touches_all() {
        for path in ["trueline.toml", "docs/catalogue.md", "scenarios/fixtures.yaml", "scenarios"] {
            assert_eq!(told(&[(WRITTEN, path)]), Some(Changes::Everything(names(&[path]))), "{path}");
        }
    }

    #[test]
    fn what_is_no_file_of_the_project_touches_nothing() {
        for path in
            ["reports", "reports/run.json", "README.md", "scenarios/.a.yaml.swp", "scenarios/a.yaml~", "docs/4913"]
        {
            assert_eq!(told(&[(WRITTEN, path)]), None, "{path}");
        }
        let read = EventKind::Access(AccessKind::Any);
        let owned = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert_eq!(told(&[(read, "scenarios/a.yaml"), (owned, "scenarios/a.yaml")]), None);
    }

    #[test]
    fn a_folder_that_comes_or_goes_touches_all() {
        let came = EventKind::Create(CreateKind::Folder);
        let moved = EventKind::Modify(ModifyKind::Name(RenameMode::Any));
        for (kind, folder) in [(came, "scenarios/deep"), (moved, "scenarios/known")] {
            assert!(matches!(told(&[(kind, folder)]), Some(Changes::Everything(_))));
        }
        // A file may have such a name for a moment, before an editor gives it the one that it is to have.
        assert_eq!(told(&[(moved, "scenarios/sedAbCd12")]), None);
        assert_eq!(told(&[(moved, "scenarios/a.yaml")]), Some(Changes::Files(names(&["scenarios/a.yaml"]))));
    }

    #[test]
    fn a_flood_of_files_is_everything_and_not_kept() {
        let paths: Vec<String> = (0..MOST + 5).map(|n| format!("scenarios/{n}.yaml")).collect();
        let events: Vec<_> = paths.iter().map(|path| (WRITTEN, path.as_str())).collect();
        let Some(Changes::Everything(kept)) = told(&events) else { panic!("not everything") };
        assert_eq!(kept.len(), MOST);
    }

    #[test]
    fn no_folder_is_watched_twice_or_deeper_than_it_must_be() {
        let folders = state().files.folders();
        let modes: Vec<_> = folders.iter().map(|(path, mode)| (path.to_str().unwrap(), *mode)).collect();
        let (flat, deep) = (RecursiveMode::NonRecursive, RecursiveMode::Recursive);
        assert_eq!(modes, [("/p", flat), ("/p/docs", flat), ("/p/scenarios", deep)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_told_once() {
        let watch = Watch { root: "/p".into(), further: vec![], heard: Arc::default(), watcher: None };
        *watch.heard.state() = state();
        let heard = watch.heard.clone();
        let write = |name: &str| heard.take(&Event::new(WRITTEN).add_path(format!("/p/scenarios/{name}").into()));
        let burst = async {
            for name in ["a.yaml", "b.yaml", "c.yaml"] {
                write(name);
                tokio::time::sleep(QUIET / 2).await;
            }
        };
        let (changes, ()) = tokio::join!(watch.changes(), burst);
        let due = names(&["scenarios/a.yaml", "scenarios/b.yaml", "scenarios/c.yaml"]);
        assert_eq!(changes, Changes::Files(due));
        let endless = async {
            loop {
                write("a.yaml");
                tokio::time::sleep(QUIET / 2).await;
            }
        };
        let start = Instant::now();
        tokio::select! {
            _ = watch.changes() => {}
            () = endless => {}
        }
        assert!(start.elapsed() <= LONGEST + QUIET, "{:?}", start.elapsed());
    }
}
