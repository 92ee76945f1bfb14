//! Start, use, stop, start again.

use std::path::Path;

use nix::unistd::{Pid, getpgid};
use pg_cluster::{Cluster, Durability, Error, Health};

use crate::{
    other_process::OtherProcess,
    support::{data_dir, execute, options, runs, server_pid, start, started, text, wait_until},
};

#[tokio::test]
async fn a_durable_cluster_keeps_its_data_and_its_address_over_a_stop() {
    let dir = data_dir();
    let options = options(dir.path());
    let cluster = Cluster::start(options.clone()).await.expect("it starts");
    let (url, pid) = (cluster.url().to_owned(), server_pid(cluster.dir()));
    execute(&url, "CREATE TABLE kept (note text); INSERT INTO kept VALUES ('here')").await;
    let health = cluster.health();
    assert_eq!(*health.borrow(), Health::Ready);

    cluster.stop().await;
    assert_eq!(*health.borrow(), Health::Stopped);
    assert!(!runs(pid), "the server has ended");

    let cluster = Cluster::start(options).await.expect("it starts again");
    assert_eq!(cluster.url(), url);
    assert_eq!(text(&url, "SELECT note FROM kept").await, "here");
}

#[tokio::test]
async fn settings_are_those_of_the_durability_and_the_caller() {
    let dir = data_dir();
    let mut options = options(dir.path());
    options.settings = vec![("work_mem".to_owned(), "5MB".to_owned())];
    let cluster = Cluster::start(options.clone()).await.expect("it starts");
    let settings = "SELECT string_agg(current_setting(name), ' ' ORDER BY ordinality) FROM unnest(ARRAY['fsync', \
        'full_page_writes', 'synchronous_commit', 'data_checksums', 'wal_level', 'max_connections', 'jit', 'work_mem', \
        'server_encoding', 'TimeZone', 'listen_addresses']) WITH ORDINALITY AS names (name, ordinality)";
    assert_eq!(text(cluster.url(), settings).await, "on on on on logical 200 off 5MB UTF8 UTC ");
    cluster.stop().await;

    options.durability = Durability::Throwaway;
    let cluster = Cluster::start(options).await.expect("it starts");
    assert_eq!(text(cluster.url(), settings).await, "off off off on logical 200 off 5MB UTF8 UTC ");
}

#[tokio::test]
async fn the_role_owns_its_database_and_is_held_by_row_policies() {
    let (_dir, cluster) = started().await;
    let role = "SELECT concat(current_user, ' ', current_database(), ' ', rolsuper, ' ', rolbypassrls, ' ', \
        rolcreatedb, ' ', rolcreaterole, ' ', rolreplication) FROM pg_roles WHERE rolname = current_user";
    assert_eq!(text(cluster.url(), role).await, "ioc ioc f f t t t");
    execute(cluster.url(), "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE SCHEMA own").await;
    execute(cluster.url(), "CREATE DATABASE other").await;
    // A lower-case letter outside ASCII needs the locale.
    assert_eq!(text(cluster.url(), "SELECT lower('HÀ ĐÔNG')").await, "hà đông");
}

#[tokio::test]
async fn a_second_start_is_refused_and_names_the_first() {
    let dir = data_dir();
    let mut first = OtherProcess::hold_cluster(dir.path());
    let url = first.says("url").expect("the first one starts");

    let refused = Cluster::start(options(dir.path())).await.expect_err("only one may run");

    let dir_shown = dir.path().canonicalize().expect("it exists").display().to_string();
    let pid = first.pid();
    let expected =
        format!("another ioc (pid {pid}) is already running on {dir_shown}; stop it or choose another --data-dir");
    assert_eq!(refused.to_string(), expected);
    assert_eq!(text(&url, "SELECT 'unharmed'").await, "unharmed");
}

#[tokio::test]
async fn ctrl_c_at_the_terminal_does_not_reach_the_server() {
    let (_dir, cluster) = started().await;
    let server = Pid::from_raw(server_pid(cluster.dir()));
    assert_eq!(getpgid(Some(server)), Ok(server));
    assert_ne!(getpgid(None), Ok(server));
}

#[tokio::test]
async fn a_failed_start_says_what_the_server_said() {
    let dir = data_dir();
    let mut options = options(dir.path());
    options.settings = vec![("no_such_setting".to_owned(), "1".to_owned())];
    let failed = Cluster::start(options.clone()).await.expect_err("the server refuses the setting").to_string();
    assert!(failed.contains("unrecognized configuration parameter \"no_such_setting\""), "{failed}");
    assert!(failed.contains("because of a setting that this version does not know"), "{failed}");
    assert!(failed.contains("postgres.log"), "{failed}");

    options.settings.clear();
    Cluster::start(options).await.expect("nothing is in the way of a better start").stop().await;
}

#[tokio::test]
async fn dropping_a_cluster_stops_it() {
    let (_dir, cluster) = started().await;
    let pid = server_pid(cluster.dir());
    drop(cluster);
    assert!(!runs(pid));
}

#[tokio::test]
async fn a_start_that_nobody_waits_for_leaves_nothing_running() {
    let dir = data_dir();
    let begun = dir.path().join("postgres");
    tokio::select! {
        biased;
        () = wait_until("the start has begun", || begun.join("log").exists()) => {}
        _ = Cluster::start(options(dir.path())) => panic!("it starts before it begins"),
    }
    start(dir.path()).await.stop().await;
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_and_left_as_it_is() {
    let (dir, cluster) = started().await;
    let version = cluster.dir().join("data/PG_VERSION");
    cluster.stop().await;
    std::fs::write(&version, "14\n").expect("written");

    let refused = Cluster::start(options(dir.path())).await.expect_err("version 14 is another");

    assert!(matches!(&refused, Error::OtherMajorVersion { found, .. } if found == "14"), "{refused}");
    assert!(refused.to_string().contains("pg_upgrade"), "{refused}");
    assert_eq!(std::fs::read_to_string(&version).expect("it is there"), "14\n");
}

#[tokio::test]
async fn files_that_are_no_database_are_left_alone() {
    let dir = data_dir();
    let precious = dir.path().join("postgres/data/thesis.txt");
    std::fs::create_dir_all(precious.parent().unwrap_or(Path::new("/"))).expect("made");
    std::fs::write(&precious, "years of work").expect("written");

    let refused = Cluster::start(options(dir.path())).await.expect_err("it is no database");

    assert!(matches!(refused, Error::NotADatabase { .. }), "{refused}");
    assert!(precious.exists());
}
