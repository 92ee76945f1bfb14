//! The user that runs the server: the user of this process, or `postgres` if this process is root, because PostgreSQL
//! refuses to run as root.
//!
//! PostgreSQL's programs get a clean environment and their own process group, so that Ctrl-C in the terminal does not
//! reach them. If `setpriv` is available, they end when this process ends.

use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Uid, User};

use crate::{Binaries, Error};

/// `INT` is the signal for a fast shutdown. The kernel sends it when the thread that started the program ends, so the
/// supervisor is a thread of its own and not a task.
const END_WITH_US: [&str; 3] = ["--pdeathsig", "INT", "--"];

/// The user that owns the database's files and runs the server.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    /// The group to change to; `None` when the server runs as the user of this process.
    change_to_gid: Option<u32>,
    /// A `setpriv` that supports `--pdeathsig`.
    setpriv: Option<&'static str>,
}

impl Account {
    pub(crate) fn resolve() -> Result<Self, Error> {
        let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"]
            .into_iter()
            .find(|setpriv| succeeds(Command::new(setpriv).args(END_WITH_US).arg("true").current_dir("/")));
        let own = Uid::effective();
        if !own.is_root() {
            let name = User::from_uid(own).ok().flatten().map_or_else(|| own.to_string(), |user| user.name);
            return Ok(Self { name, uid: own.as_raw(), change_to_gid: None, setpriv });
        }
        let User { name, uid, gid, .. } = User::from_name("postgres").ok().flatten().ok_or(Error::NoPostgresUser)?;
        Ok(Self { name, uid: uid.as_raw(), change_to_gid: Some(gid.as_raw()), setpriv })
    }

    /// Whether this process is root and the server runs as another user.
    pub(crate) fn differs_from_ours(&self) -> bool {
        self.change_to_gid.is_some()
    }

    /// A command that runs as this user in `dir`.
    pub(crate) fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(self.setpriv.map_or(program, Path::new));
        if self.setpriv.is_some() {
            command.args(END_WITH_US).arg(program);
        }
        // The environment is not inherited: variables such as `PGPORT` would change the server, and it must not get our
        // secrets.
        command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")]);
        command.current_dir(dir).stdin(Stdio::null()).process_group(0);
        if let Some(gid) = self.change_to_gid {
            // The standard library also drops the supplementary groups of root.
            command.uid(self.uid).gid(gid);
        }
        command
    }

    /// Changes the owner of a path that this process created to the server's user.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self.change_to_gid {
            Some(gid) => chown(path, Some(self.uid), Some(gid)).map_err(Error::io("change the owner of", path)),
            None => Ok(()),
        }
    }

    /// Whether the server's user can enter `dir` and run these programs there. This is tried and not computed from the
    /// mode bits, because access control lists and security modules also matter.
    pub(crate) fn can_enter(&self, dir: &Path, binaries: &Binaries) -> bool {
        succeeds(self.command(&binaries.initdb(), dir).arg("--version"))
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
