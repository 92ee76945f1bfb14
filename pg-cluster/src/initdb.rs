//! Making a cluster, all at once or not at all: it is made under another name, with its role and database, and only a
//! complete one is renamed to `data`. A crash in between leaves a directory that the next start removes.

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

/// The role and the database of the platform.
pub(crate) const NAME: &str = "ioc";

const UNFINISHED: &str = "unfinished-";

/// Not a superuser: row policies hold for it, and what it may do, a managed server's owner may do as well.
/// The single-user server reads one statement a line.
const SETUP: &str = "CREATE ROLE ioc LOGIN CREATEDB CREATEROLE REPLICATION\nCREATE DATABASE ioc OWNER ioc\n";

/// Makes the cluster, or makes sure that the one there can be run by these binaries and this user.
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
        // Only an empty directory can be removed so.
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
    // The socket's directory decides who may connect. Nothing listens elsewhere; should it ever, nobody gets in.
    initdb.args(["--auth-local=trust", "--auth-host=reject"]);
    if durability == Durability::Throwaway {
        initdb.arg("--no-sync");
    }
    run("initdb", initdb, "", place.data_dir(), control, log)?;

    let mut single = launcher.command(&binaries.postgres(), unfinished.path());
    single
        .arg("--single")
        .arg("-D")
        .arg(unfinished.path())
        .args(["-c", "exit_on_error=on"]);
    if durability == Durability::Throwaway {
        single.args(["-c", "fsync=off"]);
    }
    single.arg("postgres");
    run("postgres --single", single, SETUP, place.data_dir(), control, log)?;

    let complete = unfinished.keep();
    std::fs::rename(&complete, &data).map_err(Error::io("rename", complete))?;
    if durability == Durability::Durable {
        File::open(place.dir())
            .and_then(|dir| dir.sync_all())
            .map_err(Error::io("sync", place.dir()))?;
    }
    Ok(())
}

/// A cluster is run by its owner and by programs of its own major version, or not at all.
fn check(data: &Path, version: &str, binaries: &Binaries, launcher: &Launcher) -> Result<(), Error> {
    let owner = data.metadata().map_err(Error::io("read", data))?.uid();
    let account = launcher.account();
    if owner != account.uid() {
        return Err(Error::WrongOwner {
            dir: data.to_owned(),
            owner,
            user: account.name().to_owned(),
        });
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
    Err(Error::ServerFailed {
        program,
        dir: dir.to_owned(),
        report: Box::new(log.report(reason)),
    })
}

fn remove_unfinished(dir: &Path) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            // It is only in the way of the disk's space; the next start tries again.
            tracing::warn!(dir = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
}
