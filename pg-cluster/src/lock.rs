//! Ensures that only one process runs a cluster, with a locked file that contains the process id. The kernel releases
//! the lock when the process ends, so nothing remains after a kill -9. The file is never removed, because that would
//! cause a race.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
};

use crate::Error;

/// The acquired lock. Its descriptor is closed on exec, so a server that outlives this process does not keep the lock.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Flock<File>,
}

impl Lock {
    /// Acquires the lock `file` for `data_dir`. The error names the process that holds it.
    pub(crate) fn take(file: &Path, data_dir: &Path) -> Result<Self, Error> {
        let open = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .open(file)
            .map_err(Error::io("open", file))?;
        match Flock::lock(open, FlockArg::LockExclusiveNonblock) {
            Ok(mut locked) => {
                locked.set_len(0).map_err(Error::io("write", file))?;
                locked.rewind().map_err(Error::io("write", file))?;
                writeln!(locked, "{}", std::process::id()).map_err(Error::io("write", file))?;
                Ok(Self { _file: locked })
            }
            Err((mut held, Errno::EWOULDBLOCK)) => {
                let mut holder = String::new();
                held.read_to_string(&mut holder).map_err(Error::io("read", file))?;
                Err(Error::AlreadyRunning { pid: holder.trim().parse().ok(), data_dir: data_dir.to_owned() })
            }
            Err((_, errno)) => Err(Error::io("lock", file)(errno.into())),
        }
    }
}
