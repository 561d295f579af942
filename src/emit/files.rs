//! Reports on disk: whole, or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::net::unix::pipe;

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {}", in_words(.cause))]
pub struct Unwritten {
    /// As it was given, with forward slashes.
    pub path: String,
    #[source]
    pub cause: io::Error,
}

/// Writes a file through a buffer. The text goes to another name in the same folder, which is created where it is
/// missing, and gets its own name when it is complete; a reader never sees a half.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Unwritten> {
    replace(path, fill).map_err(|cause| Unwritten { path: path.to_string_lossy().replace('\\', "/"), cause })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let words = "what should be its folder is a file, or a link that leads nowhere";
            io::Error::new(io::ErrorKind::NotADirectory, words)
        }
        _ => error,
    })
}

/// Adds a text to a file, which is made where it is missing; it begins on a line of its own.
pub fn append(path: &Path, text: &str) -> Result<(), Unwritten> {
    add(path, text).map_err(|cause| Unwritten { path: path.to_string_lossy().replace('\\', "/"), cause })
}

fn add(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::options().create(true).append(true).open(path)?;
    let between = if file.metadata()?.len() > 0 { "\n" } else { "" };
    file.write_all(format!("{between}{text}").as_bytes())
}

/// Finds out whether a file could be written here, and leaves nothing but the folder that it needs.
pub fn could_write(path: &Path) -> Result<(), Unwritten> {
    let attempt = || {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let found = fs::metadata(&path);
        if found.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if found.is_ok_and(|found| !found.is_file()) {
            // A device takes what it takes, and to open a pipe is to wait for its reader.
            return Ok(());
        }
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            make_folder(folder)?;
        }
        let temporary = temporary(&path)?;
        File::create(&temporary)?;
        fs::remove_file(&temporary)
    };
    attempt().map_err(|cause| Unwritten { path: path.to_string_lossy().replace('\\', "/"), cause })
}

/// The first of these paths that leads to the same file as one before it. Of a device or a pipe, which takes one after
/// another, nothing is said.
pub fn named_twice<'p>(paths: &[&'p Path]) -> Option<&'p Path> {
    let whole = |path: &Path| {
        let beside = |path: &Path| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
        };
        fs::canonicalize(path).ok().or_else(|| beside(path)).unwrap_or_else(|| path.to_owned())
    };
    let is_file = |path: &Path| !fs::metadata(path).is_ok_and(|found| !found.is_file());
    let mut known: Vec<PathBuf> = Vec::new();
    paths.iter().copied().filter(|path| is_file(path)).find(|path| {
        let path = whole(path);
        let is_known = known.contains(&path);
        known.push(path);
        is_known
    })
}

/// Writes files that are not there yet, and the folders that they need. Where one cannot be written, those before it
/// are taken away again; what was there is never touched.
pub fn create(files: &[(PathBuf, String)]) -> Result<(), Unwritten> {
    for (index, (path, text)) in files.iter().enumerate() {
        if let Err(cause) = create_one(path, text) {
            for (path, _) in &files[..index] {
                // The error that matters is the first one.
                let _ = fs::remove_file(path);
            }
            return Err(Unwritten { path: path.to_string_lossy().replace('\\', "/"), cause });
        }
    }
    Ok(())
}

fn create_one(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let written = File::create_new(path)?.write_all(text.as_bytes());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(found) = fs::metadata(&path)
        && !found.is_file()
        && !found.is_dir()
    {
        // A pipe or a device has no name to take over.
        let is_pipe = found.file_type().is_fifo();
        let open = if is_pipe { open_pipe(&path) } else { File::options().write(true).open(&path) };
        return fill_file(open?, fill);
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let temporary = temporary(&path)?;
    let result = File::create(&temporary).and_then(|file| fill_file(file, fill));
    let result = result.and_then(|()| fs::rename(&temporary, &path));
    if result.is_err() {
        // It may not exist; the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// Opens a pipe as soon as somebody reads from it: to open it as a file would wait for that without end.
fn open_pipe(path: &Path) -> io::Result<File> {
    // The system's number for a pipe without a reader.
    const ENXIO: i32 = 6;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _within = runtime.enter();
    let end = Instant::now() + READER;
    loop {
        match pipe::OpenOptions::new().open_sender(path) {
            Err(error) if error.raw_os_error() == Some(ENXIO) => {
                if Instant::now() >= end {
                    return Err(io::Error::new(io::ErrorKind::NotConnected, "nobody reads from this pipe"));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            opened => return opened?.into_blocking_fd().map(File::from),
        }
    }
}

/// How long a pipe may be without a reader.
const READER: Duration = Duration::from_secs(3);

fn fill_file(file: File, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, file);
    fill(&mut out)?;
    out.flush()
}

/// `.junit.xml.4711.part`: hidden, so that no CI system collects it, and one's own.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    Ok(path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id())))
}

/// The system's sentence, without its number.
fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_into_a_folder_that_was_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/run.json");
        for text in ["first", "second"] {
            write(&path, |out| out.write_all(text.as_bytes())).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_writing_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        fs::write(&path, "old").unwrap();
        let error = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(error.unwrap_err().to_string().ends_with("run.json: no storage space"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_text_is_added_after_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        append(&path, "one\n").unwrap();
        append(&path, "two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\n\ntwo\n");
        assert!(append(folder.path(), "x").is_err());
    }

    #[test]
    fn the_error_says_the_path_and_the_cause() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("reports"), "a file").unwrap();
        let error = write(&folder.path().join("reports/junit.xml"), |_| Ok(())).unwrap_err().to_string();
        assert!(error.starts_with("cannot write ") && error.contains("reports/junit.xml: "), "{error}");
        assert!(!error.contains("os error"), "{error}");
    }

    #[test]
    fn new_files_are_written_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<(PathBuf, String)> =
            ["a", "b/c", "d"].iter().map(|name| (folder.path().join(name), (*name).to_owned())).collect();
        fs::write(&files[2].0, "old").unwrap();
        assert!(create(&files).unwrap_err().path.ends_with("/d"));
        assert!(!files[0].0.exists() && !files[1].0.exists());
        assert_eq!(fs::read_to_string(&files[2].0).unwrap(), "old");
        fs::remove_file(&files[2].0).unwrap();
        create(&files).unwrap();
        assert_eq!(fs::read_to_string(&files[1].0).unwrap(), "b/c");
    }

    #[test]
    fn what_could_not_be_written_is_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/run.json");
        could_write(&path).unwrap();
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
        fs::write(&path, "old").unwrap();
        could_write(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert!(could_write(&path.join("x")).unwrap_err().to_string().starts_with("cannot write "));
        assert!(could_write(folder.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_full_device_is_an_error_and_a_link_stays_a_link() {
        let full = write(Path::new("/dev/full"), |out| out.write_all(b"x")).unwrap_err().to_string();
        assert_eq!(full, "cannot write /dev/full: No space left on device");
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.xml"), folder.path().join("link.xml"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, |out| out.write_all(b"new")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }

    #[test]
    fn a_pipe_is_written_to_once_it_has_a_reader_and_not_waited_for_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let started = Instant::now();
        let error = write(&path, |out| out.write_all(b"text")).unwrap_err();
        assert!(error.to_string().ends_with("nobody reads from this pipe"), "{error}");
        assert!(started.elapsed() >= READER);
        let reader = std::thread::spawn({
            let path = path.clone();
            move || {
                std::thread::sleep(Duration::from_millis(200));
                fs::read_to_string(path).unwrap()
            }
        });
        // More than a pipe holds.
        let long = "x".repeat(1 << 20);
        write(&path, |out| out.write_all(long.as_bytes())).unwrap();
        assert_eq!(reader.join().unwrap(), long);
    }
}
