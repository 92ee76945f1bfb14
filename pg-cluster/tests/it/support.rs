//! Data directories, connections and waiting for conditions.

use std::{
    fs::Permissions,
    future::Future,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid, User},
};
use pg_cluster::{Binaries, Cluster, ClusterOptions, Search};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

pub(crate) fn binaries() -> Binaries {
    Binaries::find(&Search::new(std::env::var_os("IOC_PG_BIN").map(Into::into), std::env::var_os("PATH")))
        .expect("the tests need PostgreSQL's server programs")
}

/// A data directory that every user may pass through, so that root's cluster is made in it.
pub(crate) fn data_dir() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::set_permissions(dir.path(), Permissions::from_mode(0o711)).expect("it is ours");
    dir
}

pub(crate) fn options(data_dir: &Path) -> ClusterOptions {
    ClusterOptions::new(data_dir, binaries())
}

/// The directory that the address names.
pub(crate) fn socket_dir(url: &str) -> PathBuf {
    let host = url.strip_prefix("postgres://ioc@").and_then(|rest| rest.strip_suffix("/ioc"));
    PathBuf::from(host.expect("an address of ours").replace("%2F", "/"))
}

/// A cluster in a new data directory. Dropping it stops the server.
pub(crate) async fn started() -> (TempDir, Cluster) {
    let dir = data_dir();
    let cluster = start(dir.path()).await;
    (dir, cluster)
}

pub(crate) async fn start(data_dir: &Path) -> Cluster {
    Cluster::start(options(data_dir)).await.expect("the cluster starts")
}

pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("the server accepts connections")
}

pub(crate) async fn execute(url: &str, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&mut connect(url).await).await.expect("the statement runs");
}

pub(crate) async fn text(url: &str, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(&mut connect(url).await).await.expect("the query runs")
}

/// The process id of the server of the cluster in `dir`.
pub(crate) fn server_pid(dir: &Path) -> i32 {
    let file = std::fs::read_to_string(dir.join("data/postmaster.pid")).expect("a server runs");
    file.lines().next().expect("a first line").parse().expect("a process number")
}

/// Whether the process runs: one that has ended has no working directory, even when nobody has reaped it.
pub(crate) fn runs(pid: i32) -> bool {
    std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok()
}

pub(crate) fn kill_hard(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("the process runs");
}

/// A command that runs as the server's user.
pub(crate) fn as_server_user(mut command: Command) -> Command {
    use std::os::unix::process::CommandExt;
    if Uid::effective().is_root() {
        let user = User::from_name("postgres").expect("users can be read").expect("there is a user postgres");
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
}

pub(crate) async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    let condition_holds = async {
        while !condition() {
            tick.tick().await;
        }
    };
    in_time(what, condition_holds).await;
}

pub(crate) async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let limited = tokio::time::timeout(Duration::from_secs(40), future).await;
    limited.unwrap_or_else(|_| panic!("waited too long: {what}"))
}
