//! Cleans up after an earlier run: a server whose owner was killed, its remaining workers, and stale files.
//!
//! A server of an earlier run is stopped and a new one is started. It is not reused, for three reasons: it may run with
//! other settings or an older program; its sessions may hold locks for a process that has ended; and a supervisor can
//! wait only for its own child.

use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;

use crate::{
    Error,
    program::{self, Stop},
};

/// The server's status in `postmaster.pid`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PostmasterFile {
    pub(crate) pid: i32,
    pub(crate) ready: bool,
}

impl PostmasterFile {
    /// Reads the file; `None` if it does not exist or is incomplete.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        // The eighth line is the state, which `pg_ctl --wait` reads too.
        let ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
        Some(Self { pid, ready })
    }
}

/// Ends the servers that run on `data`, and removes the file that would prevent a new server from starting.
///
/// The caller holds the cluster's lock, so no other process owns these servers.
pub(crate) fn end_servers(data: &Path, stop: &Stop) -> Result<(), Error> {
    let end = |steps, alive: &dyn Fn() -> Vec<i32>| match program::end(steps, alive, |pause| stop.pause(pause))? {
        Some(pid) => Err(Error::LeftoverDoesNotEnd { dir: data.to_owned(), pid }),
        None => Ok(()),
    };
    let processes = || server_processes(data);
    if let Some(server) = PostmasterFile::read(data).filter(|file| processes().contains(&file.pid)) {
        tracing::warn!(pid = server.pid, data = %data.display(), "stopping the PostgreSQL server of an earlier run");
        let fast_then_harder = &[(Signal::SIGINT, 10), (Signal::SIGQUIT, 10), (Signal::SIGKILL, 5)];
        end(fast_then_harder, &|| processes().into_iter().filter(|&pid| pid == server.pid).collect())?;
    }
    // Workers of a killed server continue until they next check for it, and a new server cannot start while they run.
    end(&[(Signal::SIGQUIT, 2), (Signal::SIGKILL, 5)], &processes)?;
    let stale = data.join("postmaster.pid");
    match std::fs::remove_file(&stale) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", stale)(error)),
        // If the file stayed, it would prevent the start whenever another process has the same process id.
        _ => Ok(()),
    }
}

/// The PostgreSQL server processes on `data`. Each of them has `data` as its working directory. This distinguishes them
/// from an unrelated process whose process id is in an old file.
fn server_processes(data: &Path) -> Vec<i32> {
    let is_server = |process: &PathBuf| {
        std::fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim_end() == "postgres")
            && std::fs::read_link(process.join("cwd")).is_ok_and(|dir| dir == data)
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
        let entry = entry.ok()?;
        let pid = entry.file_name().to_str()?.parse().ok()?;
        is_server(&entry.path()).then_some(pid)
    });
    processes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_read_as_pg_ctl_reads_it() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let read = |text: &str| {
            std::fs::write(dir.path().join("postmaster.pid"), text).expect("written");
            PostmasterFile::read(dir.path())
        };
        let lines = "17\n/data\n1700000000\n5432\n/run\n\n  5432001   0\n";
        assert_eq!(read(&format!("{lines}ready   \n")), Some(PostmasterFile { pid: 17, ready: true }));
        assert_eq!(read(&format!("{lines}starting\n")), Some(PostmasterFile { pid: 17, ready: false }));
        assert_eq!(read("17\n"), Some(PostmasterFile { pid: 17, ready: false }));
        assert_eq!(read(""), None);
    }

    #[test]
    fn a_process_that_only_has_the_old_number_is_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut stranger = std::process::Command::new("sleep").arg("60").current_dir(&dir).spawn().expect("sleep runs");
        std::fs::write(dir.path().join("postmaster.pid"), format!("{}\n", stranger.id())).expect("written");

        let (_owner, stop) = Stop::new();
        end_servers(dir.path(), &stop).expect("nothing is in the way");

        assert!(!dir.path().join("postmaster.pid").exists());
        assert!(stranger.try_wait().expect("it is our child").is_none(), "it still runs");
        stranger.kill().expect("it is our child");
        stranger.wait().expect("it is our child");
    }
}
