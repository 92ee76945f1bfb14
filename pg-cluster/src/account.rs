//! The user that runs the server: the user of this process, or `postgres` if this process is root, because PostgreSQL
//! refuses to run as root.

use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Uid, User};

use crate::{Binaries, Error};

/// The user that owns the database's files and runs the server.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    name: String,
    uid: u32,
    /// The group to change to; `None` when the server runs as the user of this process.
    change_to_gid: Option<u32>,
}

impl Account {
    pub(crate) fn resolve() -> Result<Self, Error> {
        let own = Uid::effective();
        if !own.is_root() {
            let name = User::from_uid(own).ok().flatten().map_or_else(|| own.to_string(), |user| user.name);
            return Ok(Self { name, uid: own.as_raw(), change_to_gid: None });
        }
        let postgres = User::from_name("postgres").ok().flatten().ok_or(Error::NoPostgresUser)?;
        Ok(Self { name: postgres.name, uid: postgres.uid.as_raw(), change_to_gid: Some(postgres.gid.as_raw()) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    /// Whether this process is root and the server runs as another user.
    pub(crate) fn differs_from_ours(&self) -> bool {
        self.change_to_gid.is_some()
    }

    /// Makes the command run as this user. The standard library also drops the supplementary groups of root.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some(gid) = self.change_to_gid {
            command.uid(self.uid).gid(gid);
        }
    }

    /// Changes the owner of a path that this process created to the server's user.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self.change_to_gid {
            Some(gid) => chown(path, Some(self.uid), Some(gid)).map_err(Error::io("change the owner of", path)),
            None => Ok(()),
        }
    }

    /// Whether the server's user can run these programs.
    pub(crate) fn check_can_run(&self, binaries: &Binaries) -> Result<(), Error> {
        if self.can_enter(Path::new("/"), binaries) {
            return Ok(());
        }
        Err(Error::ProgramNotRunnable { user: self.name.clone(), program: binaries.initdb() })
    }

    /// Whether the server's user can enter `dir`. This is tried and not computed from the mode bits, because access
    /// control lists and security modules also matter.
    pub(crate) fn can_enter(&self, dir: &Path, binaries: &Binaries) -> bool {
        let mut command = Command::new(binaries.initdb());
        command.arg("--version").current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}
