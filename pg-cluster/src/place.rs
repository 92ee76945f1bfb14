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
    fmt::Write as _,
    fs::{DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{Binaries, Error, account::Account, leftovers, lock::Lock};

/// Where root stores the clusters of data directories that the server's user cannot enter.
const ELSEWHERE: &str = "/var/lib/ioc";

/// The cluster's directory, locked for this process.
#[derive(Debug)]
pub(crate) struct Place {
    dir: PathBuf,
    data_dir: PathBuf,
    lock: Lock,
}

impl Place {
    /// Creates missing directories and acquires the lock.
    pub(crate) fn settle(data_dir: &Path, account: &Account, binaries: &Binaries) -> Result<Self, Error> {
        std::fs::create_dir_all(data_dir).map_err(Error::io("create", data_dir))?;
        let data_dir = data_dir.canonicalize().map_err(Error::io("find", data_dir))?;
        let beside = data_dir.join("postgres");
        let pointer = data_dir.join("postgres.location");
        let made_beside = beside.join("data").exists();

        if !account.differs_from_ours() {
            if !made_beside && let Some(location) = read_pointer(&pointer)? {
                return Err(Error::MadeByRoot { data_dir, location });
            }
            return Self::lock(&beside, data_dir, 0o700);
        }
        if made_beside {
            if !account.can_enter(&beside, binaries) {
                return Err(Error::NotEnterable { dir: beside, user: account.name().to_owned() });
            }
            return Self::lock(&beside, data_dir, 0o755);
        }
        if let Some(location) = read_pointer(&pointer)? {
            if !is_root_directory(&location) {
                return Err(Error::LostLocation { pointer });
            }
            return Self::lock(&location, data_dir, 0o755);
        }
        if account.can_enter(&data_dir, binaries) {
            return Self::lock(&beside, data_dir, 0o755);
        }
        let location = Path::new(ELSEWHERE).join(hash_of(&data_dir));
        let place = Self::lock_unclaimed(&location, data_dir)?;
        tracing::info!(
            data_dir = %place.data_dir.display(), location = %place.dir.display(),
            "the user {} cannot enter the data directory; the database is elsewhere", account.name()
        );
        write_pointer(&pointer, &place.dir, account)?;
        Ok(place)
    }

    /// The absolute path of the requested data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The cluster's directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
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
        let lock = Lock::take(&dir.join("ioc.lock"), &data_dir)?;
        Ok(Self { dir, data_dir, lock })
    }

    /// Locks a directory in `/var/lib/ioc` to which no pointer file leads. If it contains a database, its data
    /// directory was deleted and created again, so an empty database is wanted. The old database is moved aside and
    /// never deleted.
    fn lock_unclaimed(location: &Path, data_dir: PathBuf) -> Result<Self, Error> {
        make_dir(Path::new(ELSEWHERE), 0o755)?;
        let place = Self::lock(location, data_dir, 0o755)?;
        if !place.data().exists() {
            return Ok(place);
        }
        leftovers::end_servers(&place.data(), &|pause| {
            std::thread::sleep(pause);
            false
        })?;
        // A directory can be renamed to an existing empty directory, so the new name is reserved first.
        let aside = tempfile::Builder::new()
            .prefix(&format!("{}.deleted-", hash_of(&place.data_dir)))
            .tempdir_in(ELSEWHERE)
            .map_err(Error::io("create a directory in", ELSEWHERE))?
            .keep();
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

/// The first 16 hexadecimal digits of the SHA-256 hash of a path: a name that does not change between releases.
fn hash_of(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let mut name = String::with_capacity(16);
    for byte in &digest[..8] {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
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
        account.name(),
        location.display()
    );
    std::fs::write(pointer, text).map_err(Error::io("write", pointer))
}

fn read_pointer(pointer: &Path) -> Result<Option<PathBuf>, Error> {
    match std::fs::read_to_string(pointer) {
        Ok(text) => {
            let location = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty());
            location
                .map(|line| Some(PathBuf::from(line.trim())))
                .ok_or_else(|| Error::LostLocation { pointer: pointer.to_owned() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", pointer)(error)),
    }
}
