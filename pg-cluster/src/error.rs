//! Errors of this crate. Each is one sentence that says what to do.

use std::{fmt, io, path::PathBuf, time::Duration};

/// Why the cluster is not running.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "PostgreSQL {minimum} or later is needed and its server was not found; install it (Debian, Ubuntu: apt install postgresql) or set IOC_PG_BIN to the directory of its programs"
    )]
    NoBinaries { minimum: u32 },

    #[error("{} does not hold the programs postgres and initdb; set IOC_PG_BIN to the directory that does", dir.display())]
    NotABinaryDirectory { dir: PathBuf },

    #[error(
        "{} is PostgreSQL {found}, and {minimum} or later is needed; install a newer one (Debian, Ubuntu: apt install postgresql) or set IOC_PG_BIN to the directory of its programs",
        dir.display()
    )]
    TooOld { dir: PathBuf, found: u32, minimum: u32 },

    #[error(
        "PostgreSQL does not run as root and there is no user postgres to run it as; install the server's package (apt install postgresql), add the user (useradd --system postgres), or start as another user"
    )]
    NoPostgresUser,

    #[error("the user {user} cannot run {}; install PostgreSQL where every user may run it", program.display())]
    ProgramNotRunnable { user: String, program: PathBuf },

    #[error(
        "another ioc ({}) is already running on {}; stop it or choose another --data-dir",
        pid.map_or_else(|| "pid unknown".to_owned(), |pid| format!("pid {pid}")), data_dir.display()
    )]
    AlreadyRunning { pid: Option<i32>, data_dir: PathBuf },

    #[error("the database in {} belongs to the user with id {owner}, and this process would run it as {user}; start as its owner or choose another --data-dir", dir.display())]
    WrongOwner { dir: PathBuf, owner: u32, user: String },

    #[error("the user {user} can no longer enter {}, where the database is; give the directories above it back their permission to be entered (chmod o+x)", dir.display())]
    NotEnterable { dir: PathBuf, user: String },

    #[error("the database of {} was made by root and is in {}; start as root or choose another --data-dir", data_dir.display(), location.display())]
    MadeByRoot { data_dir: PathBuf, location: PathBuf },

    #[error("{} does not name an existing directory of a database; restore that directory, or delete the file to begin with an empty database", pointer.display())]
    LostLocation { pointer: PathBuf },

    #[error(
        "the database in {} was made by PostgreSQL {found}, and {} is version {}; set IOC_PG_BIN to the programs of version {found}, or move the data with pg_upgrade",
        dir.display(), binaries.display(), major
    )]
    OtherMajorVersion { dir: PathBuf, found: String, binaries: PathBuf, major: u32 },

    #[error("{} holds files but is not a database; move them away or choose another --data-dir", dir.display())]
    NotADatabase { dir: PathBuf },

    #[error("no short path for a unix socket could be had below {}", dir.display())]
    NoSocketDirectory { dir: PathBuf, source: io::Error },

    #[error("a PostgreSQL server of an earlier run (pid {pid}) on {} does not end; end it by hand", dir.display())]
    LeftoverDoesNotEnd { dir: PathBuf, pid: i32 },

    #[error("{program} failed on {}: {report}", dir.display())]
    ServerFailed { program: &'static str, dir: PathBuf, report: Box<Report> },

    #[error("PostgreSQL on {} was not ready within {} s; its last lines:\n{tail}\n(log: {})", dir.display(), waited.as_secs(), log.display())]
    NotReadyInTime { dir: PathBuf, waited: Duration, tail: String, log: PathBuf },

    #[error("the start was interrupted")]
    Interrupted,

    #[error("cannot {action} {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

/// How a server program ended, and its last output.
#[derive(Debug)]
pub struct Report {
    /// The exit status.
    pub(crate) reason: String,
    /// The cause, if the log shows a known one. It begins with a comma.
    pub(crate) hint: &'static str,
    /// The last lines of the log.
    pub(crate) tail: String,
    /// Path of the log file.
    pub(crate) log: PathBuf,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, hint, tail, log } = self;
        write!(f, "{reason}{hint}; its last lines:\n{tail}\n(log: {})", log.display())
    }
}

impl Error {
    /// Converts an I/O error to one with the action and the path; for `map_err`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
