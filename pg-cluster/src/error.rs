//! Errors of this crate. Each is one sentence that says what to do.

use std::{io, path::PathBuf, process::ExitStatus, time::Duration};

/// Why the cluster is not running.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "PostgreSQL {minimum} or later is needed and its server was not found; install it (Debian, Ubuntu: apt \
         install postgresql) or set IOC_PG_BIN to the directory of its programs"
    )]
    NoBinaries { minimum: u32 },

    #[error("{dir} does not hold the programs postgres and initdb; set IOC_PG_BIN to the directory that does")]
    NotABinaryDirectory { dir: PathBuf },

    #[error(
        "{dir} is PostgreSQL {found}, and {minimum} or later is needed; install a newer one (Debian, Ubuntu: apt \
         install postgresql) or set IOC_PG_BIN to the directory of its programs"
    )]
    TooOld { dir: PathBuf, found: u32, minimum: u32 },

    #[error(
        "PostgreSQL does not run as root and there is no user postgres to run it as; install the server's package \
         (apt install postgresql), add the user (useradd --system postgres), or start as another user"
    )]
    NoPostgresUser,

    #[error("the user {user} cannot run {program}; install PostgreSQL where every user may run it")]
    ProgramNotRunnable { user: String, program: PathBuf },

    #[error(
        "another ioc (pid {}) is already running on {data_dir}; stop it or choose another --data-dir",
        pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string())
    )]
    AlreadyRunning { pid: Option<i32>, data_dir: PathBuf },

    #[error(
        "the database in {dir} belongs to the user with id {owner}, and this process would run it as {user}; start as \
         its owner or choose another --data-dir"
    )]
    WrongOwner { dir: PathBuf, owner: u32, user: String },

    #[error(
        "the user {user} can no longer enter {dir}, where the database is; give the directories above it back their \
         permission to be entered (chmod o+x)"
    )]
    NotEnterable { dir: PathBuf, user: String },

    #[error(
        "the database of {data_dir} was made by root and is in {location}; start as root or choose another --data-dir"
    )]
    MadeByRoot { data_dir: PathBuf, location: PathBuf },

    #[error(
        "{pointer} does not name an existing directory of a database; restore that directory, or delete the file to \
         begin with an empty database"
    )]
    LostLocation { pointer: PathBuf },

    #[error(
        "the database in {dir} was made by PostgreSQL {found}, and {binaries} is version {major}; set IOC_PG_BIN to \
         the programs of version {found}, or move the data with pg_upgrade"
    )]
    OtherMajorVersion { dir: PathBuf, found: String, binaries: PathBuf, major: u32 },

    #[error("{dir} holds files but is not a database; move them away or choose another --data-dir")]
    NotADatabase { dir: PathBuf },

    #[error("no short path for a unix socket could be had below {dir}")]
    NoSocketDirectory { dir: PathBuf, source: io::Error },

    #[error("a PostgreSQL server of an earlier run (pid {pid}) on {dir} does not end; end it by hand")]
    LeftoverDoesNotEnd { dir: PathBuf, pid: i32 },

    /// `hint` is the cause, if the log shows a known one; it begins with a comma. `output` is the end of the log.
    #[error("{program} failed on {dir}: {status}{hint}; {output}")]
    ServerFailed { program: &'static str, dir: PathBuf, status: ExitStatus, hint: &'static str, output: String },

    #[error("PostgreSQL on {dir} was not ready within {} s; {output}", waited.as_secs())]
    NotReadyInTime { dir: PathBuf, waited: Duration, output: String },

    #[error("the start was interrupted")]
    Interrupted,

    #[error("cannot {action} {path}")]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl Error {
    /// Converts an I/O error to one with the action and the path; for `map_err`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
