//! One process for each cluster: a locked file that names its holder. The lock is the kernel's and dies with the
//! process, so a kill -9 leaves nothing to clean up; the file itself stays, because removing it would race.

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

/// The held lock. Its descriptor is closed on exec, so a server that outlives this process does not keep it.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Flock<File>,
}

impl Lock {
    /// Takes the lock `file`, or says who holds it on behalf of `data_dir`.
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
                Err(Error::AlreadyRunning {
                    pid: holder.trim().parse().ok(),
                    data_dir: data_dir.to_owned(),
                })
            }
            Err((_, errno)) => Err(Error::io("lock", file)(errno.into())),
        }
    }
}
