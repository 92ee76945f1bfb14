//! Creates a cluster atomically. It is created under a temporary name, with its role and database, and renamed to
//! `data` when it is complete. After a crash, the next start removes the incomplete directory.

use std::{
    fs::{File, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
};

use crate::{
    Binaries, Durability, Error,
    control::Control,
    launch::{Launcher, Running},
    place::Place,
    server_log::ServerLog,
};

/// Name of the platform's role and of its database.
pub(crate) const NAME: &str = "ioc";

const UNFINISHED: &str = "unfinished-";

/// The role is not a superuser: row-level policies apply to it, and it has only rights that the owner on a managed
/// server also has. The single-user server reads one statement per line.
const SETUP: &str = "CREATE ROLE ioc LOGIN CREATEDB CREATEROLE REPLICATION\nCREATE DATABASE ioc OWNER ioc\n";

/// Creates the cluster, or checks that these programs and this user can run the existing one.
pub(crate) fn ensure(
    place: &Place,
    binaries: &Binaries,
    durability: Durability,
    launcher: &Launcher,
    control: &Control,
    log: &ServerLog,
) -> Result<(), Error> {
    let data = place.data();
    remove_unfinished(place.dir());
    match std::fs::read_to_string(data.join("PG_VERSION")) {
        Ok(version) => return check(&data, version.trim(), binaries, launcher),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("read", data.join("PG_VERSION"))(error)),
    }
    if data.exists() {
        // `remove_dir` succeeds only for an empty directory.
        std::fs::remove_dir(&data).map_err(|_| Error::NotADatabase { dir: data.clone() })?;
    }
    tracing::info!(data = %data.display(), version = binaries.major(), "making a PostgreSQL cluster");
    let unfinished = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(place.dir())
        .map_err(Error::io("create a directory in", place.dir()))?;
    launcher.account().give(unfinished.path())?;

    let mut initdb = launcher.command(&binaries.initdb(), unfinished.path());
    initdb.arg("-D").arg(unfinished.path());
    initdb.args([
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]);
    // The directory of the socket decides who may connect. The server does not listen elsewhere; if it ever did,
    // `reject` would refuse all connections.
    initdb.args(["--auth-local=trust", "--auth-host=reject"]);
    if durability == Durability::Throwaway {
        initdb.arg("--no-sync");
    }
    run("initdb", initdb, "", place.data_dir(), control, log)?;

    let mut single = launcher.command(&binaries.postgres(), unfinished.path());
    single.arg("--single").arg("-D").arg(unfinished.path()).args(["-c", "exit_on_error=on"]);
    if durability == Durability::Throwaway {
        single.args(["-c", "fsync=off"]);
    }
    single.arg("postgres");
    run("postgres --single", single, SETUP, place.data_dir(), control, log)?;

    let complete = unfinished.keep();
    std::fs::rename(&complete, &data).map_err(Error::io("rename", complete))?;
    if durability == Durability::Durable {
        File::open(place.dir()).and_then(|dir| dir.sync_all()).map_err(Error::io("sync", place.dir()))?;
    }
    Ok(())
}

/// Checks that the cluster belongs to this user and has the major version of these programs.
fn check(data: &Path, version: &str, binaries: &Binaries, launcher: &Launcher) -> Result<(), Error> {
    let owner = data.metadata().map_err(Error::io("read", data))?.uid();
    let account = launcher.account();
    if owner != account.uid() {
        return Err(Error::WrongOwner { dir: data.to_owned(), owner, user: account.name().to_owned() });
    }
    if version.parse() != Ok(binaries.major()) {
        return Err(Error::OtherMajorVersion {
            dir: data.to_owned(),
            found: version.to_owned(),
            binaries: binaries.dir().to_owned(),
            major: binaries.major(),
        });
    }
    Ok(())
}

fn run(
    program: &'static str,
    command: Command,
    input: &str,
    dir: &Path,
    control: &Control,
    log: &ServerLog,
) -> Result<(), Error> {
    let status = Running::start(command, input, control, log)?.wait();
    if control.stopping() {
        return Err(Error::Interrupted);
    }
    if status.is_some_and(|status| status.success()) {
        return Ok(());
    }
    let reason = status.map_or_else(|| "it ended".to_owned(), |status| status.to_string());
    Err(Error::ServerFailed { program, dir: dir.to_owned(), report: Box::new(log.report(reason)) })
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
