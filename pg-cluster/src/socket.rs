//! The directory of the unix socket: next to the data, or a short path elsewhere if that path is too long for a socket.

use std::{
    fmt::Write as _,
    fs::{DirBuilder, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use nix::unistd::Uid;

use crate::{Error, account::Account};

/// Only part of the socket's file name; the server does not listen on the network.
pub(crate) const PORT: u16 = 5432;

/// The kernel's limit for the path of a socket, without the final zero byte.
const LONGEST_PATH_BYTES: usize = 107;

/// A directory that only the server's user may enter.
#[derive(Debug)]
pub(crate) struct SocketDir {
    path: PathBuf,
    /// The fallback directory, which is removed when this value is dropped.
    _fallback: Option<tempfile::TempDir>,
}

impl SocketDir {
    /// Creates the directory. Uses `beside` if its path is short and has only plain characters, otherwise a directory
    /// in `runtime_dir` or `/tmp`. `key` distinguishes it from those of other clusters.
    pub(crate) fn make(
        beside: PathBuf,
        runtime_dir: Option<&Path>,
        key: &str,
        account: &Account,
    ) -> Result<Self, Error> {
        if is_usable(&beside) && claim(&beside, account).is_ok() {
            return Ok(Self { path: beside, _fallback: None });
        }
        let own_runtime_dir = runtime_dir.filter(|dir| !account.differs_from_ours() && is_private(dir, account));
        let short = match own_runtime_dir.map(|dir| dir.join(format!("ioc-{key}"))) {
            Some(path) if is_usable(&path) => path,
            _ => PathBuf::from(format!("/tmp/ioc-{}-{key}", account.uid())),
        };
        match claim(&short, account) {
            Ok(()) => Ok(Self { path: short, _fallback: None }),
            Err(error) => {
                // Another user created it first, perhaps to intercept connections. A random name is used instead.
                tracing::warn!(dir = %short.display(), %error, "the socket's directory is not ours; using another");
                let source = |source| Error::NoSocketDirectory { dir: PathBuf::from("/tmp"), source };
                let dir = tempfile::Builder::new()
                    .prefix("ioc-")
                    .permissions(Permissions::from_mode(0o700))
                    .tempdir_in("/tmp")
                    .map_err(source)?;
                account.give(dir.path())?;
                Ok(Self { path: dir.path().to_owned(), _fallback: Some(dir) })
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the socket files of a server that has ended. With them, a new server would refuse to start if another
    /// process had the old process id.
    pub(crate) fn clear(&self) {
        for name in [socket_name(), format!("{}.lock", socket_name())] {
            // Usually there are none. If one cannot be removed, the server reports it.
            let _ = std::fs::remove_file(self.path.join(name));
        }
    }

    /// Removes the directory of a stopped server. The next start creates it again.
    pub(crate) fn remove(&self) {
        self.clear();
        // This fails if the directory contains anything else, and then it stays.
        let _ = std::fs::remove_dir(&self.path);
    }

    /// The URL for clients, in the form of libpq and sqlx: the percent-encoded directory replaces the host.
    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        let mut url = format!("postgres://{user}@");
        for &byte in self.path.as_os_str().as_bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(url, "%{byte:02X}");
            }
        }
        url + "/" + database
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
        let ours = found.uid() == account.uid() || found.uid() == Uid::effective().as_raw();
        let closed_to_others = found.mode().trailing_zeros() >= 6;
        found.is_dir() && ours && closed_to_others
    })
}

#[cfg(test)]
mod tests {
    use std::{
        fs::Permissions,
        os::unix::fs::PermissionsExt,
        path::{Path, PathBuf},
    };

    use super::{SocketDir, is_usable};
    use crate::account::Account;

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
        let taken = PathBuf::from(format!("/tmp/ioc-{}-{key}", account.uid()));
        std::fs::create_dir(&taken).expect("the directory is new");
        std::fs::set_permissions(&taken, Permissions::from_mode(0o777)).expect("it is ours");

        let too_long = PathBuf::from(format!("/{}", "a".repeat(200)));
        let dir = SocketDir::make(too_long, None, &key, &account).expect("another directory is found");
        let (path, mode) = (dir.path().to_owned(), dir.path().metadata().expect("it exists").permissions().mode());
        std::fs::remove_dir(&taken).expect("it is empty");
        assert_ne!(path, taken);
        assert_eq!(mode & 0o777, 0o700);
        drop(dir);
        assert!(!path.exists());
    }

    #[test]
    fn the_url_encodes_the_directory_as_its_host() {
        let dir = SocketDir { path: PathBuf::from("/tmp/ioc-1_a"), _fallback: None };
        assert_eq!(dir.url("ioc", "ioc"), "postgres://ioc@%2Ftmp%2Fioc-1_a/ioc");
    }
}
