//! Commands beside a throw-away cluster.

use std::{ffi::OsString, path::Path};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use pg_cluster::{Keep, ThrowawayOptions, with_postgres};

use crate::{
    other_process::OtherProcess,
    support::{binaries, data_dir, start, text, wait_until},
};

fn options(temp_root: &Path) -> ThrowawayOptions {
    ThrowawayOptions { binaries: binaries(), settings: Vec::new(), temp_root: temp_root.to_owned() }
}

fn shell(script: &str) -> [OsString; 2] {
    [OsString::from("-c"), OsString::from(script)]
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).expect("it exists").next().is_none()
}

#[tokio::test]
async fn the_exit_status_is_the_commands_and_nothing_stays() {
    let root = data_dir();
    let script = shell("case $DATABASE_URL in postgres://ioc@%2F*/ioc) exit 7;; esac");
    let finished = with_postgres(options(root.path()), Keep::Nothing, "sh".as_ref(), &script).await.expect("it runs");
    assert_eq!((finished.code, finished.kept), (7, None));
    assert!(is_empty(root.path()));

    let finished = with_postgres(options(root.path()), Keep::Nothing, "sh".as_ref(), &shell("kill -9 $$")).await;
    assert_eq!(finished.expect("it runs").code, 137);
}

#[tokio::test]
async fn a_kept_cluster_can_be_started_again() {
    let root = data_dir();
    let psql = binaries().dir().join("psql");
    let arguments = shell(&format!("{} \"$DATABASE_URL\" -qc 'CREATE TABLE left_to_look_at ()'", psql.display()));
    let finished = with_postgres(options(root.path()), Keep::Files, "sh".as_ref(), &arguments).await.expect("it runs");
    assert_eq!(finished.code, 0);

    let cluster = start(&finished.kept.expect("it was to be kept")).await;
    assert_eq!(text(cluster.url(), "SELECT to_regclass('left_to_look_at')::text").await, "left_to_look_at");
    cluster.stop().await;
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_an_error_and_nothing_stays() {
    let root = data_dir();
    let error = with_postgres(options(root.path()), Keep::Nothing, "/no/such/command".as_ref(), &[]).await;
    assert_eq!(error.expect_err("it cannot run").to_string(), "cannot run /no/such/command");
    assert!(is_empty(root.path()));
}

#[tokio::test]
async fn signals_end_the_command_and_the_cluster() {
    for (signal, code) in [(Signal::SIGINT, "130"), (Signal::SIGTERM, "143")] {
        let root = data_dir();
        let mut other = OtherProcess::with_postgres(root.path());
        other.says("url").expect("the command runs");
        kill(Pid::from_raw(other.pid()), signal).expect("it runs");
        assert_eq!(other.says("code").as_deref(), Some(code));
        assert!(is_empty(root.path()), "{signal}");
    }
}

#[tokio::test]
async fn a_signal_during_the_start_leaves_nothing() {
    let root = data_dir();
    let mut other = OtherProcess::with_postgres(root.path());
    wait_until("the start has begun", || !is_empty(root.path())).await;
    kill(Pid::from_raw(other.pid()), Signal::SIGTERM).expect("it runs");
    assert_eq!(other.says("code").as_deref(), Some("143"));
    assert!(is_empty(root.path()));
}
