//! The directory of the unix socket: beside the data, or, where that path is too long for a socket, a short one.

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

/// Part of the socket's file name only; nothing listens on the network.
pub(crate) const PORT: u16 = 5432;

/// The kernel's limit of a socket's path, without the closing zero byte.
const LONGEST_PATH_BYTES: usize = 107;

/// A directory that only the server's user may enter, and whether it goes when the server stops.
#[derive(Debug)]
pub(crate) struct SocketDir {
    path: PathBuf,
    /// Holds the fallback directory, which is removed with this value.
    _fallback: Option<tempfile::TempDir>,
}

impl SocketDir {
    /// Makes the directory: `beside` when its path is short and plain, otherwise one in `runtime_dir` or `/tmp` that
    /// `key` tells apart from those of other clusters.
    pub(crate) fn make(
        beside: PathBuf,
        runtime_dir: Option<&Path>,
        key: &str,
        account: &Account,
    ) -> Result<Self, Error> {
        if is_usable(&beside) && claim(&beside, account).is_ok() {
            return Ok(Self {
                path: beside,
                _fallback: None,
            });
        }
        let own_runtime_dir = runtime_dir.filter(|dir| !account.differs_from_ours() && is_private(dir, account));
        let short = match own_runtime_dir.map(|dir| dir.join(format!("ioc-{key}"))) {
            Some(path) if is_usable(&path) => path,
            _ => PathBuf::from(format!("/tmp/ioc-{}-{key}", account.uid())),
        };
        match claim(&short, account) {
            Ok(()) => Ok(Self {
                path: short,
                _fallback: None,
            }),
            Err(error) => {
                // Somebody else made it first, perhaps to listen in: a name nobody can foresee takes its place.
                tracing::warn!(dir = %short.display(), %error, "the socket's directory is not ours; using another");
                let source = |source| Error::NoSocketDirectory {
                    dir: PathBuf::from("/tmp"),
                    source,
                };
                let dir = tempfile::Builder::new()
                    .prefix("ioc-")
                    .permissions(Permissions::from_mode(0o700))
                    .tempdir_in("/tmp")
                    .map_err(source)?;
                account.give(dir.path())?;
                Ok(Self {
                    path: dir.path().to_owned(),
                    _fallback: Some(dir),
                })
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a server that is gone left: it would refuse to start when its old process number is in use again.
    pub(crate) fn clear(&self) {
        for name in [socket_name(), format!("{}.lock", socket_name())] {
            // Usually there is none; what cannot be removed the server reports itself.
            let _ = std::fs::remove_file(self.path.join(name));
        }
    }

    /// Removes the directory of a server that has stopped; the next start makes it again.
    pub(crate) fn remove(&self) {
        self.clear();
        // Where something else is in it, it stays.
        let _ = std::fs::remove_dir(&self.path);
    }

    /// The address for clients, as libpq and sqlx read it: the percent-encoded directory in the place of the host.
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

/// Short enough for a socket, and free of what PostgreSQL's list of directories or a URL would read otherwise.
fn is_usable(dir: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._".contains(byte);
    let bytes = dir.as_os_str().as_bytes();
    bytes.iter().all(plain) && bytes.len() + 1 + socket_name().len() <= LONGEST_PATH_BYTES
}

/// Makes `dir`, or takes it over when it is ours already and nobody else may enter.
fn claim(dir: &Path, account: &Account) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_private(dir, account) => {}
        Err(error) => return Err(error),
    }
    account.give(dir).map_err(io::Error::other)?;
    std::fs::set_permissions(dir, Permissions::from_mode(0o700))
}

/// A real directory, not a link, of the server's user or of this process, that nobody else may enter.
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
        let (path, mode) = (
            dir.path().to_owned(),
            dir.path().metadata().expect("it exists").permissions().mode(),
        );
        std::fs::remove_dir(&taken).expect("it is empty");
        assert_ne!(path, taken);
        assert_eq!(mode & 0o777, 0o700);
        drop(dir);
        assert!(!path.exists());
    }

    #[test]
    fn the_url_encodes_the_directory_as_its_host() {
        let dir = SocketDir {
            path: PathBuf::from("/tmp/ioc-1_a"),
            _fallback: None,
        };
        assert_eq!(dir.url("ioc", "ioc"), "postgres://ioc@%2Ftmp%2Fioc-1_a/ioc");
    }
}
