//! The server's log: a file of limited size, and the last lines in memory for the error of a failed start.
//!
//! The server writes to a pipe that this process reads. PostgreSQL's own collector never rotates a log with a fixed
//! file name, and the last lines would have to be read back from the file.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Error, error::Report};

/// The file is renamed to `postgres.log.1` at this size, so both files together take at most twice as much.
const ROTATE_AT_BYTES: u64 = 10 * 1024 * 1024;
const TAIL_LINES: usize = 15;

#[derive(Clone, Debug)]
pub(crate) struct ServerLog {
    path: PathBuf,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    bytes: u64,
    rotate_at_bytes: u64,
    tail: VecDeque<String>,
}

impl ServerLog {
    pub(crate) fn open(path: PathBuf) -> Result<Self, Error> {
        Self::open_with_limit(path, ROTATE_AT_BYTES)
    }

    fn open_with_limit(path: PathBuf, rotate_at_bytes: u64) -> Result<Self, Error> {
        let file = open_file(&path).map_err(Error::io("open", &path))?;
        let bytes = file.metadata().map_err(Error::io("read", &path))?.len();
        let inner = Inner { file, bytes, rotate_at_bytes, tail: VecDeque::new() };
        Ok(Self { path, inner: Arc::new(Mutex::new(inner)) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Clears the last lines, so that they belong to the program that starts next.
    pub(crate) fn forget_tail(&self) {
        self.lock().tail.clear();
    }

    /// The last lines since the last call of [`Self::forget_tail`].
    pub(crate) fn tail(&self) -> String {
        let inner = self.lock();
        let lines: Vec<&str> = inner.tail.iter().map(String::as_str).collect();
        if lines.is_empty() { "(nothing)".to_owned() } else { lines.join("\n") }
    }

    /// A report on a program that ended for `reason`, with its last output.
    pub(crate) fn report(&self, reason: String) -> Report {
        let tail = self.tail();
        Report { reason, hint: hint(&tail), tail, log: self.path.clone() }
    }

    /// Copies everything from `pipe` until all writers have closed it.
    pub(crate) fn copy_from(&self, pipe: impl Read) {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            self.write_line(&line);
            line.clear();
        }
    }

    fn write_line(&self, line: &[u8]) {
        let mut inner = self.lock();
        if inner.bytes >= inner.rotate_at_bytes {
            let previous = self.path.with_extension("log.1");
            if std::fs::rename(&self.path, previous).is_ok()
                && let Ok(file) = open_file(&self.path)
            {
                inner.file = file;
                inner.bytes = 0;
            }
        }
        // If the disk is full, reading must continue. Otherwise the server would block on the pipe.
        if inner.file.write_all(line).is_ok() {
            inner.bytes += line.len() as u64;
        }
        if inner.tail.len() == TAIL_LINES {
            inner.tail.pop_front();
        }
        inner.tail.push_back(String::from_utf8_lossy(line).trim_end().to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// The cause in the last lines of the log, if it is a known one that a person can fix. It begins with a comma.
fn hint(tail: &str) -> &'static str {
    const KNOWN: &[(&str, &str)] = &[
        ("No space left on device", ", because the disk is full; free some space and start again"),
        (
            "could not map anonymous shared memory",
            ", because there is too little memory; give it a smaller shared_buffers",
        ),
        ("Permission denied", ", because a file or directory is not the server's to use"),
        ("could not look up effective user ID", ", because this user has no name in /etc/passwd; add one"),
        ("unrecognized configuration parameter", ", because of a setting that this version does not know"),
    ];
    KNOWN.iter().find(|(sign, _)| tail.contains(sign)).map_or("", |(_, hint)| hint)
}

#[cfg(test)]
mod tests {
    use super::{ServerLog, TAIL_LINES, hint};

    #[test]
    fn the_file_is_bounded_and_the_tail_holds_the_last_lines() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = ServerLog::open_with_limit(dir.path().join("postgres.log"), 1000).expect("the log opens");
        let lines: Vec<String> = (0..500).map(|number| format!("line {number}")).collect();
        let text = lines.join("\n");
        log.copy_from(text.as_bytes());

        let sizes: Vec<u64> = ["postgres.log", "postgres.log.1"]
            .map(|name| dir.path().join(name).metadata().expect("a file").len())
            .into();
        assert!(sizes.iter().all(|&size| (1..=1010).contains(&size)), "{sizes:?}");
        let tail = log.tail();
        assert_eq!(tail.lines().count(), TAIL_LINES);
        assert!(tail.ends_with("line 499"), "{tail}");
    }

    #[test]
    fn a_full_disk_is_named() {
        assert!(
            hint("FATAL:  could not write to file \"pg_wal/xlogtemp.7\": No space left on device")
                .contains("disk is full")
        );
        assert_eq!(hint("LOG:  database system is ready"), "");
    }
}
