//! Commands beside a throw-away cluster.

use std::{ffi::OsString, path::Path};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use pg_cluster::{Error, Finished, Keep, ThrowawayOptions, with_postgres};

use crate::{
    other_process::OtherProcess,
    support::{binaries, data_dir, start, text, wait_until},
};

async fn run(temp_root: &Path, keep: Keep, command: &str, arguments: &[&str]) -> Result<Finished, Error> {
    let options = ThrowawayOptions { binaries: binaries(), temp_root: temp_root.to_owned() };
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    with_postgres(options, keep, command.as_ref(), &arguments).await
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).expect("it exists").next().is_none()
}

/// Sends a signal, which must end the process with a code and leave nothing in its directory.
fn ends_at(signal: Signal, code: &str, mut other: OtherProcess, dir: &Path) {
    kill(Pid::from_raw(other.pid()), signal).expect("it runs");
    assert_eq!(other.says("code").as_deref(), Some(code));
    assert!(is_empty(dir), "{signal}");
}

#[tokio::test]
async fn the_exit_status_is_the_commands_and_nothing_stays() {
    let root = data_dir();
    for (script, code) in [("case $DATABASE_URL in postgres://ioc@%2F*/ioc) exit 7;; esac", 7), ("kill -9 $$", 137)] {
        let finished = run(root.path(), Keep::Nothing, "sh", &["-c", script]).await.expect("it runs");
        assert_eq!(finished, Finished { code, kept: None });
        assert!(is_empty(root.path()));
    }
}

#[tokio::test]
async fn a_kept_cluster_can_be_started_again() {
    let root = data_dir();
    let psql = binaries().dir().join("psql");
    let script = format!("{} \"$DATABASE_URL\" -qc 'CREATE TABLE left_to_look_at ()'", psql.display());
    let finished = run(root.path(), Keep::Files, "sh", &["-c", &script]).await.expect("it runs");
    assert_eq!(finished.code, 0);

    let cluster = start(&finished.kept.expect("it was to be kept")).await;
    assert_eq!(text(cluster.url(), "SELECT to_regclass('left_to_look_at')::text").await, "left_to_look_at");
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_an_error_and_nothing_stays() {
    let root = data_dir();
    let error = run(root.path(), Keep::Nothing, "/no/such/command", &[]).await;
    assert_eq!(error.expect_err("it cannot run").to_string(), "cannot run /no/such/command");
    assert!(is_empty(root.path()));
}

#[tokio::test]
async fn signals_end_the_command_and_the_cluster() {
    for (signal, code) in [(Signal::SIGINT, "130"), (Signal::SIGTERM, "143")] {
        let root = data_dir();
        let mut other = OtherProcess::with_postgres(root.path());
        other.says("url").expect("the command runs");
        ends_at(signal, code, other, root.path());
    }
}

#[tokio::test]
async fn a_signal_during_the_start_leaves_nothing() {
    let root = data_dir();
    let other = OtherProcess::with_postgres(root.path());
    wait_until("the start has begun", || !is_empty(root.path())).await;
    ends_at(Signal::SIGTERM, "143", other, root.path());
}
