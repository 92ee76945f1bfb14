//! Creates a cluster atomically. It is created under a temporary name, with its role and database, and renamed to
//! `data` when it is complete. After a crash, the next start removes the incomplete directory.

use std::{fs::File, os::unix::fs::MetadataExt, path::Path};

use crate::{
    ClusterOptions, Durability, Error,
    place::{Place, temporary_dir},
    program::{Launcher, POLL},
};

/// Name of the platform's role and of its database.
pub(crate) const NAME: &str = "ioc";

const UNFINISHED: &str = "unfinished-";

/// The role is not a superuser: row-level policies apply to it, and it has only rights that the owner on a managed
/// server also has. The single-user server reads one statement per line.
const SETUP: &str = "CREATE ROLE ioc LOGIN CREATEDB CREATEROLE REPLICATION\nCREATE DATABASE ioc OWNER ioc\n";

const INITDB: &[&str] = &[
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
    // The directory of the socket decides who may connect. The server does not listen elsewhere; if it ever did,
    // `reject` would refuse all connections.
    "--auth-local=trust",
    "--auth-host=reject",
];
const SINGLE: &[&str] = &["--single", "-c", "exit_on_error=on"];

/// Creates the cluster, or checks that these programs and this user can run the existing one.
pub(crate) fn ensure(place: &Place, options: &ClusterOptions, launcher: &Launcher) -> Result<(), Error> {
    let data = place.data();
    remove_unfinished(&place.dir);
    match std::fs::read_to_string(data.join("PG_VERSION")) {
        Ok(version) => return check(&data, version.trim(), options, launcher),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("read", data.join("PG_VERSION"))(error)),
    }
    if data.exists() {
        // `remove_dir` succeeds only for an empty directory.
        std::fs::remove_dir(&data).map_err(|_| Error::NotADatabase { dir: data.clone() })?;
    }
    let (binaries, durable) = (&options.binaries, options.durability == Durability::Durable);
    tracing::info!(data = %data.display(), version = binaries.major(), "making a PostgreSQL cluster");
    let unfinished = temporary_dir(&place.dir, UNFINISHED)?;
    launcher.account.give(unfinished.path())?;
    let run = |name, program: &Path, arguments: &[&str], input| {
        let mut command = launcher.account.command(program, unfinished.path());
        // The current directory is the new cluster's.
        command.args(arguments).args(["-D", "."]);
        let status = launcher.start(command, input)?.wait(POLL)?;
        if status.success() { Ok(()) } else { Err(launcher.log.failure(name, &place.data_dir, status)) }
    };
    let unsafe_but_fast = |arguments: &'static [&str]| if durable { &[] } else { arguments };
    run("initdb", &binaries.initdb(), &[INITDB, unsafe_but_fast(&["--no-sync"])].concat(), "")?;
    run("postgres --single", &binaries.postgres(), &[SINGLE, unsafe_but_fast(&["-c", "fsync=off"])].concat(), SETUP)?;

    let complete = unfinished.keep();
    std::fs::rename(&complete, &data).map_err(Error::io("rename", complete))?;
    if durable {
        File::open(&place.dir).and_then(|dir| dir.sync_all()).map_err(Error::io("sync", &place.dir))?;
    }
    Ok(())
}

/// Checks that the cluster belongs to this user and has the major version of these programs.
fn check(data: &Path, version: &str, options: &ClusterOptions, launcher: &Launcher) -> Result<(), Error> {
    let owner = data.metadata().map_err(Error::io("read", data))?.uid();
    let (account, binaries, dir) = (&launcher.account, &options.binaries, data.to_owned());
    if owner != account.uid {
        return Err(Error::WrongOwner { dir, owner, user: account.name.clone() });
    }
    let (found, major) = (version.to_owned(), binaries.major());
    if found.parse() != Ok(major) {
        return Err(Error::OtherMajorVersion { dir, found, binaries: binaries.dir().to_owned(), major });
    }
    Ok(())
}

fn remove_unfinished(dir: &Path) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            // This only wastes disk space. The next start tries again.
            tracing::warn!(dir = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
}
