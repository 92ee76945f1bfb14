//! Data directories in awkward places.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use nix::unistd::Uid;
use pg_cluster::{Cluster, Error};

use crate::support::{data_dir, execute, options, socket_dir, start, text};

/// A directory elsewhere, removed with everything that was moved aside from it.
struct Elsewhere(PathBuf);

impl Elsewhere {
    fn moved_aside(&self) -> Vec<PathBuf> {
        let name = self.0.file_name().expect("a name").to_string_lossy().into_owned() + ".deleted";
        let entries = std::fs::read_dir("/var/lib/ioc").into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&name));
        named.map(|entry| entry.path()).collect()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        for dir in self.moved_aside().iter().chain([&self.0]) {
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

#[tokio::test]
async fn below_a_directory_that_the_servers_user_cannot_enter() {
    let closed = data_dir();
    std::fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).expect("it is ours");
    let dir = closed.path().join("clone/.ioc");
    let cluster = start(&dir).await;
    let pointer = dir.join("postgres.location");
    if !Uid::effective().is_root() {
        assert_eq!(cluster.dir(), dir.canonicalize().expect("it exists").join("postgres"));
        assert!(!pointer.exists());
        return cluster.stop().await;
    }
    let elsewhere = Elsewhere(cluster.dir().to_owned());
    assert_eq!(cluster.dir().parent(), Some(Path::new("/var/lib/ioc")));
    let note = std::fs::read_to_string(&pointer).expect("the pointer is written");
    assert!(note.starts_with("# PostgreSQL does not run as root"), "{note}");
    assert_eq!(note.lines().last(), cluster.dir().to_str());
    assert_eq!(text(cluster.url(), "SELECT 'reached'").await, "reached");
    execute(cluster.url(), "CREATE TABLE kept ()").await;
    cluster.stop().await;

    // The same place is found again, also when the directory was moved.
    let moved = closed.path().join("moved");
    std::fs::rename(&dir, &moved).expect("moved");
    let cluster = start(&moved).await;
    assert_eq!(cluster.dir(), elsewhere.0);
    execute(cluster.url(), "SELECT FROM kept").await;
    cluster.stop().await;

    // Who deletes the data directory wants an empty database, and may still regret it.
    std::fs::remove_dir_all(&moved).expect("removed");
    let cluster = start(&dir).await;
    assert_eq!(text(cluster.url(), "SELECT (to_regclass('kept') IS NULL)::text").await, "true");
    cluster.stop().await;
    assert!(elsewhere.moved_aside().iter().all(|aside| aside.join("data/PG_VERSION").exists()));
    assert_eq!(elsewhere.moved_aside().len(), 1);

    // A pointer that leads somewhere else is not followed by root.
    std::fs::write(&pointer, "/etc\n").expect("written");
    let refused = Cluster::start(options(&dir)).await.expect_err("it is no place of ours");
    assert!(matches!(refused, Error::LostLocation { .. }), "{refused}");
}

#[tokio::test]
async fn a_database_that_can_no_longer_be_entered_is_not_replaced_by_an_empty_one() {
    if !Uid::effective().is_root() {
        return; // Only root's server is somebody else.
    }
    let parent = data_dir();
    let dir = parent.path().join("data");
    start(&dir).await.stop().await;
    std::fs::set_permissions(parent.path(), Permissions::from_mode(0o700)).expect("it is ours");

    let refused = Cluster::start(options(&dir)).await.expect_err("the server cannot get there");

    assert!(matches!(refused, Error::NotEnterable { .. }), "{refused}");
    assert!(!dir.join("postgres.location").exists());
}

#[tokio::test]
async fn in_a_path_too_long_for_a_socket_with_spaces_and_accents() {
    let root = data_dir();
    let dir = root.path().join("Hà Nội, phường %2F 'Hoàn Kiếm'").join("a".repeat(120));
    let cluster = start(&dir).await;
    assert!(cluster.dir().as_os_str().len() > 150, "the data is where it was asked for");
    let socket_dir = socket_dir(cluster.url());
    assert_eq!(socket_dir.metadata().expect("it exists").permissions().mode() & 0o777, 0o700);
    cluster.stop().await;
    assert!(!socket_dir.exists(), "nothing is left in /tmp");
}
