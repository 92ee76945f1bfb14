//! Location of the cluster's files: in the data directory, unless the server's user cannot enter it.
//!
//! ```text
//! <data-dir>/postgres/            or /var/lib/ioc/<hash>/, to which <data-dir>/postgres.location points
//!     ioc.lock                    held by the one process that runs the cluster
//!     data/                       PGDATA
//!     log/postgres.log
//!     run/                        the socket, where the path is short enough for one
//! ```
//!
//! As root, everything except `data` and `run` belongs to root. So root never writes through a link that the server's
//! user could have created.

use std::{
    fs::{DirBuilder, File, Permissions, TryLockError},
    io::Write,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{Binaries, Error, account::Account, leftovers, program::Stop};

/// Where root stores the clusters of data directories that the server's user cannot enter.
const ELSEWHERE: &str = "/var/lib/ioc";

/// The cluster's directory, locked for this process.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    /// The absolute path of the requested data directory.
    pub(crate) data_dir: PathBuf,
    /// Closed on exec, so a server that outlives this process does not keep the lock.
    lock: File,
}

impl Place {
    /// Creates missing directories and acquires the lock.
    pub(crate) fn settle(data_dir: &Path, account: &Account, binaries: &Binaries, stop: &Stop) -> Result<Self, Error> {
        std::fs::create_dir_all(data_dir).map_err(Error::io("create", data_dir))?;
        let data_dir = data_dir.canonicalize().map_err(Error::io("find", data_dir))?;
        let beside = data_dir.join("postgres");
        let pointer = data_dir.join("postgres.location");
        let made_beside = beside.join("data").exists();
        let (dir, mode) = match if made_beside { None } else { read_pointer(&pointer)? } {
            Some(location) if !account.differs_from_ours() => return Err(Error::MadeByRoot { data_dir, location }),
            Some(location) if is_root_directory(&location) => (location, 0o755),
            Some(_) => return Err(Error::LostLocation { pointer }),
            None if !account.differs_from_ours() => (beside, 0o700),
            None if made_beside && !account.can_enter(&beside, binaries) => {
                return Err(Error::NotEnterable { dir: beside, user: account.name.clone() });
            }
            None if made_beside || account.can_enter(&data_dir, binaries) => (beside, 0o755),
            None => {
                let place = Self::lock_unclaimed(data_dir, stop)?;
                tracing::info!(
                    data_dir = %place.data_dir.display(), location = %place.dir.display(),
                    "the user {} cannot enter the data directory; the database is elsewhere", account.name
                );
                write_pointer(&pointer, &place.dir, account)?;
                return Ok(place);
            }
        };
        Self::lock(&dir, data_dir, mode)
    }

    /// `PGDATA`.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.dir.join("run")
    }

    /// The path of the log file. Its directory belongs to the user of this process.
    pub(crate) fn log_file(&self) -> Result<PathBuf, Error> {
        let dir = self.dir.join("log");
        make_dir(&dir, 0o700)?;
        Ok(dir.join("postgres.log"))
    }

    /// Identifies this cluster in the name of a short socket directory.
    pub(crate) fn key(&self) -> String {
        hash_of(&self.dir)
    }

    fn lock(dir: &Path, data_dir: PathBuf, mode: u32) -> Result<Self, Error> {
        make_dir(dir, mode)?;
        let dir = dir.canonicalize().map_err(Error::io("find", dir))?;
        let lock = lock(&dir.join("ioc.lock"), &data_dir)?;
        Ok(Self { dir, data_dir, lock })
    }

    /// Locks a directory in `/var/lib/ioc` to which no pointer file leads. If it contains a database, its data
    /// directory was deleted and created again, so an empty database is wanted. The old database is moved aside and
    /// never deleted.
    fn lock_unclaimed(data_dir: PathBuf, stop: &Stop) -> Result<Self, Error> {
        let key = hash_of(&data_dir);
        let location = &Path::new(ELSEWHERE).join(&key);
        make_dir(Path::new(ELSEWHERE), 0o755)?;
        let place = Self::lock(location, data_dir, 0o755)?;
        if !place.data().exists() {
            return Ok(place);
        }
        leftovers::end_servers(&place.data(), stop)?;
        // A directory can be renamed to an existing empty directory, so the new name is reserved first.
        let aside = temporary_dir(Path::new(ELSEWHERE), &format!("{key}.deleted-"))?.keep();
        std::fs::rename(&place.dir, &aside).map_err(Error::io("move aside", location))?;
        tracing::warn!(
            database = %aside.display(), data_dir = %place.data_dir.display(),
            "the data directory was deleted, so its old database was moved aside; delete it when nobody needs it"
        );
        let Self { data_dir, lock, .. } = place;
        drop(lock);
        Self::lock(location, data_dir, 0o755)
    }
}

fn make_dir(dir: &Path, mode: u32) -> Result<(), Error> {
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(mode).create(dir).map_err(Error::io("create", dir))?;
        // The umask may have removed bits that the server's user needs.
        std::fs::set_permissions(dir, Permissions::from_mode(mode)).map_err(Error::io("set the mode of", dir))?;
    }
    Ok(())
}

/// Creates a directory with a random name that only this user may enter.
pub(crate) fn temporary_dir(parent: &Path, prefix: &str) -> Result<TempDir, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).permissions(Permissions::from_mode(0o700));
    builder.tempdir_in(parent).map_err(Error::io("create a directory in", parent))
}

/// Ensures that only one process runs a cluster, with a locked file that contains the process id. The kernel releases
/// the lock when the process ends, so nothing remains after a kill -9. The file is never removed, because that would
/// cause a race.
fn lock(path: &Path, data_dir: &Path) -> Result<File, Error> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false).mode(0o644);
    let mut file = options.open(path).map_err(Error::io("open", path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
            return Err(Error::AlreadyRunning { pid: holder.trim().parse().ok(), data_dir: data_dir.to_owned() });
        }
        Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(Error::io("write", path))?;
    Ok(file)
}

/// The first 16 hexadecimal digits of the SHA-256 hash of a path: a name that does not change between releases.
fn hash_of(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let number = digest[..8].iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    format!("{number:016x}")
}

/// Whether root created this directory in `/var/lib/ioc`. A pointer file that another user wrote must not lead root to
/// another directory.
fn is_root_directory(location: &Path) -> bool {
    location.parent() == Some(Path::new(ELSEWHERE))
        && std::fs::symlink_metadata(location).is_ok_and(|found| found.is_dir() && found.uid() == 0)
}

fn write_pointer(pointer: &Path, location: &Path, account: &Account) -> Result<(), Error> {
    let text = format!(
        "# PostgreSQL does not run as root, and the user {} cannot enter this directory, so the database is in the\n\
         # directory named below. Delete both to begin with an empty database.\n{}\n",
        account.name,
        location.display()
    );
    std::fs::write(pointer, text).map_err(Error::io("write", pointer))
}

fn read_pointer(pointer: &Path) -> Result<Option<PathBuf>, Error> {
    let text = match std::fs::read_to_string(pointer) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(Error::io("read", pointer))?,
    };
    let location = text.lines().map(str::trim).find(|line| !line.starts_with('#') && !line.is_empty());
    Ok(Some(location.ok_or_else(|| Error::LostLocation { pointer: pointer.to_owned() })?.into()))
}
