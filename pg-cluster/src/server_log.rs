//! The server's log: a file of limited size, and the last lines in memory for the error of a failed start.
//!
//! The server writes to a pipe that this process reads. PostgreSQL's own collector never rotates a log with a fixed
//! file name, and the last lines would have to be read back from the file.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::Error;

/// The file is renamed to `postgres.log.1` at this size, so both files together take at most twice as much.
pub(crate) const ROTATE_AT_BYTES: u64 = 10 * 1024 * 1024;
const TAIL_LINES: usize = 15;

#[derive(Debug)]
pub(crate) struct ServerLog {
    pub(crate) path: PathBuf,
    rotate_at_bytes: u64,
    /// The file, and its last lines since the last call of [`Self::forget_tail`].
    open: Mutex<(File, VecDeque<String>)>,
}

impl ServerLog {
    pub(crate) fn open(path: PathBuf, rotate_at_bytes: u64) -> Result<Self, Error> {
        let file = open_file(&path).map_err(Error::io("open", &path))?;
        Ok(Self { path, rotate_at_bytes, open: Mutex::new((file, VecDeque::new())) })
    }

    /// Clears the last lines, so that they belong to the program that starts next.
    pub(crate) fn forget_tail(&self) {
        self.lock().1.clear();
    }

    /// The last lines and where to find the others, for the end of an error message.
    pub(crate) fn last_output(&self) -> String {
        let tail = self.lock().1.make_contiguous().join("\n");
        let tail = if tail.is_empty() { "(nothing)" } else { &tail };
        format!("its last lines:\n{tail}\n(log: {})", self.path.display())
    }

    /// The error for a program on `dir` that has ended.
    pub(crate) fn failure(&self, program: &'static str, dir: &Path, status: ExitStatus) -> Error {
        let output = self.last_output();
        Error::ServerFailed { program, dir: dir.to_owned(), status, hint: hint(&output), output }
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
        let (file, tail) = &mut *self.lock();
        if file.metadata().is_ok_and(|file| file.len() >= self.rotate_at_bytes)
            && std::fs::rename(&self.path, self.path.with_extension("log.1")).is_ok()
            && let Ok(next) = open_file(&self.path)
        {
            *file = next;
        }
        // If the disk is full, reading must continue. Otherwise the server would block on the pipe.
        let _ = file.write_all(line);
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(String::from_utf8_lossy(line).trim_end().to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, (File, VecDeque<String>)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_file(path: &Path) -> std::io::Result<File> {
    File::options().append(true).create(true).mode(0o600).open(path)
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
    use super::*;

    #[test]
    fn the_file_is_bounded_and_the_tail_holds_the_last_lines() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = ServerLog::open(dir.path().join("postgres.log"), 1000).expect("the log opens");
        let lines: Vec<String> = (0..500).map(|number| format!("line {number}")).collect();
        log.copy_from(lines.join("\n").as_bytes());

        for name in ["postgres.log", "postgres.log.1"] {
            let size = dir.path().join(name).metadata().expect("a file").len();
            assert!((1..=1010).contains(&size), "{name}: {size}");
        }
        assert_eq!(log.lock().1, &lines[500 - TAIL_LINES..]);
        assert!(log.last_output().contains("line 499\n(log: "), "{}", log.last_output());
    }

    #[test]
    fn a_full_disk_is_named() {
        let full = "FATAL:  could not write to file \"pg_wal/xlogtemp.7\": No space left on device";
        assert!(hint(full).contains("disk is full"));
        assert_eq!(hint("LOG:  database system is ready"), "");
    }
}
