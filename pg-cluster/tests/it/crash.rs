//! What comes back without a hand.

use std::{
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use pg_cluster::{Cluster, Health};
use tokio::sync::watch;

use crate::{
    other_process::OtherProcess,
    support::{
        as_server_user, binaries, connect, data_dir, execute, in_time, kill_hard, options, runs, server_pid,
        socket_dir, start, started, text, wait_until,
    },
};

const COUNT: &str = "SELECT count(*)::text FROM notes";

/// Waits for a state of the server that the supervisor reports.
async fn becomes(health: &mut watch::Receiver<Health>, expected: impl FnMut(&Health) -> bool) {
    in_time("the server's state changes", health.wait_for(expected)).await.expect("it is watched");
}

#[tokio::test]
async fn kill_9_of_the_owner_loses_nothing_acknowledged_and_ends_the_server() {
    let dir = data_dir();
    let mut owner = OtherProcess::hold_cluster(dir.path());
    let url = owner.says("url").expect("it starts");
    let server = server_pid(&dir.path().join("postgres"));
    execute(&url, "CREATE TABLE notes (note text); INSERT INTO notes VALUES ('acknowledged')").await;
    let mut open = connect(&url).await;
    sqlx::raw_sql("BEGIN; INSERT INTO notes VALUES ('not committed')").execute(&mut open).await.expect("inserted");

    owner.kill_hard();
    if Path::new("/usr/bin/setpriv").exists() {
        wait_until("the kernel has told the server to end", || !runs(server)).await;
    }
    let cluster = start(dir.path()).await;

    assert!(!runs(server), "the old server is gone");
    assert_eq!(text(cluster.url(), COUNT).await, "1");
}

#[tokio::test]
async fn a_server_that_outlived_its_owner_is_stopped_and_a_new_one_started() {
    let (dir, cluster) = started().await;
    let (url, data) = (cluster.url().to_owned(), cluster.dir().join("data"));
    execute(&url, "CREATE TABLE notes (note text)").await;
    let socket_dir = socket_dir(&url);
    cluster.stop().await;
    // As after a kill -9 where nothing ties the server's life to its owner's.
    let other_socket = data.join("base");
    let mut command = Command::new(binaries().dir().join("postgres"));
    command.arg("-D").arg(&data).arg("-k").arg(&other_socket).args(["-c", "listen_addresses="]);
    command.current_dir(&data).stdout(Stdio::null()).stderr(Stdio::null());
    let mut orphan = as_server_user(command).spawn().expect("it runs");
    let orphan_url = format!("postgres://ioc@localhost/ioc?host={}", other_socket.display());
    wait_until("the orphan is ready", || {
        std::fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|file| file.contains("ready"))
    })
    .await;
    let mut session = connect(&orphan_url).await;
    sqlx::raw_sql("BEGIN; LOCK TABLE notes").execute(&mut session).await.expect("locked");

    let cluster = in_time("a start beside an orphan", start(dir.path())).await;

    assert!(orphan.try_wait().expect("it is our child").is_some(), "the orphan has ended");
    assert_eq!(text(cluster.url(), COUNT).await, "0");
    assert_eq!(cluster.url(), url);
    cluster.stop().await;
    assert!(!socket_dir.join(".s.PGSQL.5432").exists());
}

#[tokio::test]
async fn kill_9_of_the_server_is_recovered_while_its_sessions_still_work() {
    let (_dir, cluster) = started().await;
    let url = cluster.url();
    execute(url, "CREATE TABLE notes (note text); INSERT INTO notes VALUES ('acknowledged')").await;
    // A session that computes does not notice by itself that its server is gone.
    let mut busy = connect(url).await;
    let worker: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut busy).await.expect("a number");
    let busy = tokio::spawn(async move {
        let endless = "DO $$ BEGIN LOOP END LOOP; END $$";
        sqlx::raw_sql(endless).execute(&mut busy).await.is_err()
    });
    let mut health = cluster.health();

    kill_hard(server_pid(cluster.dir()));

    becomes(&mut health, |is| matches!(is, Health::Restarting { attempt: 1, reason } if reason.contains("signal: 9")))
        .await;
    becomes(&mut health, |is| *is == Health::Ready).await;
    assert_eq!(text(url, COUNT).await, "1");
    assert!(!runs(worker), "the old server's worker is gone");
    assert!(in_time("the busy session ends", busy).await.expect("it does not panic"));
}

#[tokio::test]
async fn a_crash_of_the_machine_leaves_files_that_are_in_nobodys_way() {
    let dir = data_dir();
    let mut owner = OtherProcess::hold_cluster(dir.path());
    let url = owner.says("url").expect("it starts");
    let cluster_dir = dir.path().join("postgres");
    let data = cluster_dir.join("data");
    execute(&url, "CREATE TABLE notes (note text); INSERT INTO notes VALUES ('acknowledged')").await;
    let server = server_pid(&cluster_dir);
    kill_hard(owner.pid());
    kill_hard(server);
    wait_until("both are gone", || !runs(server)).await;
    drop(owner);
    // The numbers belong to a living process of ours by now: this one.
    let pid_file = data.join("postmaster.pid");
    let text_of_file = std::fs::read_to_string(&pid_file).unwrap_or_else(|_| server.to_string());
    let reused = text_of_file.replacen(&server.to_string(), &std::process::id().to_string(), 1);
    std::fs::write(&pid_file, &reused).expect("written");
    std::fs::create_dir_all(cluster_dir.join("run")).expect("made");
    std::fs::write(cluster_dir.join("run/.s.PGSQL.5432.lock"), &reused).expect("written");

    let cluster = start(dir.path()).await;

    assert_eq!(text(cluster.url(), COUNT).await, "1");
}

#[tokio::test]
async fn a_kill_9_while_the_cluster_is_made_leaves_no_half_of_it() {
    let dir = data_dir();
    let making = OtherProcess::hold_cluster(dir.path());
    let cluster_dir = dir.path().join("postgres");
    let unfinished = || {
        let entries = std::fs::read_dir(&cluster_dir).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("unfinished-")).count()
    };
    wait_until("the cluster is being made", || unfinished() > 0).await;
    making.kill_hard();
    assert!(!cluster_dir.join("data").exists());

    let cluster = start(dir.path()).await;

    assert_eq!(text(cluster.url(), "SELECT current_database()::text").await, "ioc");
    assert_eq!(unfinished(), 0);
}

#[tokio::test]
async fn a_server_that_cannot_come_back_is_tried_again_until_it_can() {
    let (_dir, cluster) = started().await;
    let data = cluster.dir().join("data");
    let (control_file, hidden) = (data.join("global/pg_control"), data.join("global/pg_control.hidden"));
    let mut health = cluster.health();
    std::fs::rename(&control_file, &hidden).expect("renamed");
    kill_hard(server_pid(cluster.dir()));
    becomes(&mut health, |is| matches!(is, Health::Restarting { attempt: 3, reason } if reason.contains("pg_control")))
        .await;

    std::fs::rename(&hidden, &control_file).expect("renamed");

    becomes(&mut health, |is| *is == Health::Ready).await;
    assert_eq!(text(cluster.url(), "SELECT 'back'").await, "back");
}

#[tokio::test]
async fn a_cluster_is_found_through_a_link_to_its_data_directory() {
    let (dir, _cluster) = started().await;
    let links = data_dir();
    let link = links.path().join("link");
    symlink(dir.path(), &link).expect("linked");

    let refused = Cluster::start(options(&link)).await.expect_err("it is the same cluster");

    assert!(refused.to_string().contains("already running"), "{refused}");
}
