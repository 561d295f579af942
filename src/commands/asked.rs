//! Flags to nouns: what was asked for, over what the file says, over defaults.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::cli::{NetworkArgs, PaceArgs, SelectionArgs, TargetArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::inputs::Asked;
use crate::model::project::{Network, RunSettings};
use crate::model::selection::Selection;

/// What a command that selects was asked for; `base` is what the file says of runs.
pub fn asked(
    root: Option<&Path>,
    selection: &SelectionArgs,
    target: &TargetArgs,
    settings: RunSettings,
) -> Result<Asked, Vec<Complaint>> {
    let complaints: Vec<Complaint> = [("TRUELINE_TARGET", &target.target), ("TRUELINE_URL", &target.url)]
        .into_iter()
        .filter(|(_, value)| value.as_deref().is_some_and(|text| text.trim().is_empty()))
        .map(|(name, _)| {
            Complaint::error("", At::File, format!("{name} (or its flag) is set but empty"))
                .help("unset it, or name what is to be tested: nothing goes green against a target that nobody chose")
        })
        .collect();
    if !complaints.is_empty() {
        return Err(complaints);
    }
    Ok(Asked {
        selection: selected(root, selection),
        target: target.target.clone(),
        url: target.url.clone(),
        headers: target.headers.clone(),
        vars: target.vars.clone(),
        settings,
    })
}

/// The selection, with its paths made relative to the project's root.
pub fn selected(root: Option<&Path>, args: &SelectionArgs) -> Selection {
    Selection {
        paths: args.paths.iter().map(|path| relative(root, path)).collect(),
        codes: args.code.clone(),
        statuses: args.status.clone(),
        tags: args.tag.clone(),
        exclude_tags: args.exclude_tag.clone(),
        names: args.name.clone(),
        only: None,
        files: Vec::new(),
    }
}

/// `./scenarios/a.yaml:19`, typed in any folder, as a path from the root with forward slashes.
fn relative(root: Option<&Path>, typed: &str) -> String {
    let (path, line) = match typed.rsplit_once(':') {
        Some((path, line)) if !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) => (path, Some(line)),
        _ => (typed, None),
    };
    let absolute = std::env::current_dir().unwrap_or_default().join(path);
    // Reports name files from the root, wherever one stands when pasting their lines.
    let named = root.map(|root| root.join(path)).filter(|from_root| !absolute.exists() && from_root.exists());
    let absolute = named.unwrap_or(absolute);
    let absolute = absolute.canonicalize().unwrap_or_else(|_| tidy(&absolute));
    let from_root = root.and_then(|root| {
        let root = root.canonicalize().ok()?;
        Some(absolute.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
    });
    let path = from_root.unwrap_or_else(|| path.trim_start_matches("./").replace('\\', "/"));
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path,
    }
}

/// The path without `.` and `..`, without asking the file system.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

/// The file's settings with the flags laid over them.
pub fn settings(base: &RunSettings, pace: &PaceArgs, record: bool) -> RunSettings {
    RunSettings {
        jobs: pace.jobs.unwrap_or(base.jobs),
        timeout: pace.timeout.unwrap_or(base.timeout),
        connect_timeout: pace.connect_timeout.unwrap_or(base.connect_timeout),
        max_body: base.max_body,
        max_wait: pace.max_wait.unwrap_or(base.max_wait),
        retry: pace.retry.unwrap_or(base.retry),
        max_failures: if pace.fail_fast { Some(1) } else { pace.max_failures.or(base.max_failures) },
        rate: pace.rate_limit.or(base.rate),
        seed: pace.seed.or(base.seed),
        record: record || base.record,
        history: base.history,
    }
}

/// Bytes of a file of certificates or keys: all roots of an operating system take a quarter of it.
const LARGEST: u64 = 1 << 20;

/// A file, or what shows that it is too large.
fn read_some(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How connections are made; reads the files that the flags name.
pub fn network(args: &NetworkArgs) -> Result<Network, Vec<Complaint>> {
    let mut complaints = Vec::new();
    let mut read = |flag: &str, path: &Option<PathBuf>| {
        let path = path.as_ref()?;
        let why = match read_some(path) {
            Ok(bytes) if bytes.len() as u64 <= LARGEST => return Some(bytes),
            Ok(_) => "is larger than 1 MiB, which no certificate is".to_owned(),
            Err(error) => format!("cannot be read: {error}"),
        };
        complaints.push(Complaint::error("", At::File, format!("{flag}: {} {why}", path.display())));
        None
    };
    let roots = read("--cacert", &args.cacert);
    let cert = read("--cert", &args.cert);
    let key = read("--key", &args.key);
    let identity = cert.map(|mut cert| {
        cert.push(b'\n');
        cert.extend(key.unwrap_or_default());
        cert
    });
    if !complaints.is_empty() {
        return Err(complaints);
    }
    let (insecure, proxy, resolve) = (args.insecure, args.proxy.clone(), args.resolve.clone());
    Ok(Network { insecure, roots, identity, proxy, resolve })
}
