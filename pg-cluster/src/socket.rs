//! The directory of the unix socket: next to the data, or a short path elsewhere if that path is too long for a socket.

use std::{
    fs::{DirBuilder, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use nix::unistd::Uid;

use crate::{Error, account::Account, initdb::NAME};

/// Only part of the socket's file name; the server does not listen on the network.
pub(crate) const PORT: u16 = 5432;

/// The kernel's limit for the path of a socket, without the final zero byte.
const LONGEST_PATH_BYTES: usize = 107;

/// A directory that only the server's user may enter. It is removed when this value is dropped.
#[derive(Debug)]
pub(crate) struct SocketDir {
    pub(crate) path: PathBuf,
}

impl SocketDir {
    /// Creates the directory. Uses `beside` if its path is short and has only plain characters, otherwise a directory
    /// in `/tmp`. `key` distinguishes it from those of other clusters.
    pub(crate) fn make(beside: PathBuf, key: &str, account: &Account) -> Result<Self, Error> {
        if is_usable(&beside) && claim(&beside, account).is_ok() {
            return Ok(Self { path: beside });
        }
        let short = PathBuf::from(format!("/tmp/ioc-{}-{key}", account.uid));
        let Err(error) = claim(&short, account) else { return Ok(Self { path: short }) };
        // Another user created it first, perhaps to intercept connections. A random name is used instead.
        tracing::warn!(dir = %short.display(), %error, "the socket's directory is not ours; using another");
        let mut builder = tempfile::Builder::new();
        builder.prefix("ioc-").permissions(Permissions::from_mode(0o700));
        let dir = builder.tempdir_in("/tmp");
        let dir = Self { path: dir.map_err(|source| Error::NoSocketDirectory { dir: "/tmp".into(), source })?.keep() };
        account.give(&dir.path)?;
        Ok(dir)
    }

    /// Removes the socket files of a server that has ended. With them, a new server would refuse to start if another
    /// process had the old process id.
    pub(crate) fn clear(&self) {
        for name in [socket_name(), format!("{}.lock", socket_name())] {
            // Usually there are none. If one cannot be removed, the server reports it.
            let _ = std::fs::remove_file(self.path.join(name));
        }
    }

    /// The URL for clients, in the form of libpq and sqlx: the percent-encoded directory replaces the host.
    pub(crate) fn url(&self) -> String {
        // The slash is the only character of a usable path that must be encoded.
        format!("postgres://{NAME}@{}/{NAME}", self.path.display().to_string().replace('/', "%2F"))
    }
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        self.clear();
        // This fails if the directory contains anything else, and then it stays. The next start creates it again.
        let _ = std::fs::remove_dir(&self.path);
    }
}

fn socket_name() -> String {
    format!(".s.PGSQL.{PORT}")
}

/// Whether the path is short enough for a socket, and has no characters with a special meaning in PostgreSQL's list of
/// directories or in a URL.
fn is_usable(dir: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._".contains(byte);
    let bytes = dir.as_os_str().as_bytes();
    bytes.iter().all(plain) && bytes.len() + 1 + socket_name().len() <= LONGEST_PATH_BYTES
}

/// Creates `dir`, or uses an existing one if it belongs to us and no other user may enter it.
fn claim(dir: &Path, account: &Account) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_private(dir, account) => {}
        Err(error) => return Err(error),
    }
    account.give(dir).map_err(io::Error::other)?;
    std::fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// Whether it is a directory and not a link, belongs to the server's user or to this process, and is closed to other
/// users.
fn is_private(dir: &Path, account: &Account) -> bool {
    std::fs::symlink_metadata(dir).is_ok_and(|found| {
        let ours = found.uid() == account.uid || found.uid() == Uid::effective().as_raw();
        let closed_to_others = found.mode().trailing_zeros() >= 6;
        found.is_dir() && ours && closed_to_others
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_usable_up_to_the_kernels_limit() {
        let socket = "/.s.PGSQL.5432".len();
        assert!(is_usable(Path::new(&format!("/{}", "a".repeat(106 - socket)))));
        assert!(!is_usable(Path::new(&format!("/{}", "a".repeat(107 - socket)))));
        assert!(!is_usable(Path::new("/a,b")) && !is_usable(Path::new("/Hà Nội")));
    }

    #[test]
    fn a_directory_that_others_may_enter_is_not_taken() {
        let account = Account::resolve().expect("an account");
        let key = format!("test-{}", std::process::id());
        let taken = PathBuf::from(format!("/tmp/ioc-{}-{key}", account.uid));
        std::fs::create_dir(&taken).expect("the directory is new");
        std::fs::set_permissions(&taken, Permissions::from_mode(0o777)).expect("it is ours");

        let too_long = PathBuf::from(format!("/{}", "a".repeat(200)));
        let dir = SocketDir::make(too_long, &key, &account).expect("another directory is found");
        let (path, mode) = (dir.path.clone(), dir.path.metadata().expect("it exists").permissions().mode());
        std::fs::remove_dir(&taken).expect("it is empty");
        assert_ne!(path, taken);
        assert_eq!(mode & 0o777, 0o700);
        drop(dir);
        assert!(!path.exists());
    }

    #[test]
    fn the_url_encodes_the_directory_as_its_host() {
        let dir = SocketDir { path: "/tmp/ioc-1_a".into() };
        assert_eq!(dir.url(), "postgres://ioc@%2Ftmp%2Fioc-1_a/ioc");
    }
}
