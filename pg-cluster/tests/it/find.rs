//! Finding the programs, with shell scripts in their place.

use std::{
    ffi::OsString,
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use pg_cluster::{Binaries, Error, Search};

use crate::support::data_dir;

fn script(path: &Path, says: &str) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    std::fs::write(path, format!("#!/bin/sh\necho '{says}'\n")).expect("written");
    std::fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it is ours");
}

fn install(dir: &Path, version: &str) -> PathBuf {
    script(&dir.join("postgres"), &format!("postgres (PostgreSQL) {version}"));
    script(&dir.join("initdb"), "initdb");
    dir.to_owned()
}

fn search(root: &Path, path: &[&Path]) -> Search {
    let path: OsString = std::env::join_paths(path).expect("plain paths");
    Search { chosen: None, path: Some(path), packaged: root.join("packaged") }
}

#[test]
fn the_order_is_chosen_then_pg_config_then_the_newest_package_then_the_path() {
    let root = data_dir();
    let root = root.path();
    let on_path = install(&root.join("on-path"), "16.1");
    let mut search = search(root, &[&root.join("tools"), &on_path]);
    let found = |search: &Search| Binaries::find(search).map(|binaries| (binaries.dir().to_owned(), binaries.major()));

    assert_eq!(found(&search).expect("on the path"), (on_path, 16));
    install(&root.join("packaged/9.6/bin"), "9.6.24");
    install(&root.join("packaged/15/bin"), "15.3");
    let newest = install(&root.join("packaged/17/bin"), "17beta1");
    assert_eq!(found(&search).expect("a package"), (newest, 17));
    let configured = install(&root.join("configured"), "15.18 (Debian 15.18-0+deb12u1)");
    script(&root.join("tools/pg_config"), &configured.display().to_string());
    assert_eq!(found(&search).expect("pg_config's"), (configured, 15));
    let chosen = install(&root.join("chosen"), "18.0");
    search.chosen = Some(chosen.clone());
    assert_eq!(found(&search).expect("the chosen one"), (chosen, 18));
}

#[test]
fn a_package_that_is_too_old_is_passed_over_for_a_newer_one_on_the_path() {
    let root = data_dir();
    install(&root.path().join("packaged/13/bin"), "13.9");
    let on_path = install(&root.path().join("on-path"), "15.0");
    let binaries = Binaries::find(&search(root.path(), &[&on_path])).expect("the newer one");
    assert_eq!(binaries.dir(), on_path);
}

#[test]
fn what_is_missing_or_too_old_is_said_with_what_to_install() {
    let root = data_dir();
    let missing = Binaries::find(&search(root.path(), &[root.path()])).expect_err("there is none");
    assert!(matches!(missing, Error::NoBinaries { minimum: 15 }));
    assert!(missing.to_string().contains("apt install postgresql"), "{missing}");

    let old = install(&root.path().join("packaged/13/bin"), "13.9");
    let too_old = Binaries::find(&search(root.path(), &[])).expect_err("it is too old");
    assert!(matches!(&too_old, Error::TooOld { dir, found: 13, .. } if *dir == old), "{too_old}");
    assert!(too_old.to_string().contains("apt install postgresql"), "{too_old}");

    let mut chosen = search(root.path(), &[]);
    chosen.chosen = Some(root.path().to_owned());
    let wrong = Binaries::find(&chosen).expect_err("no programs there");
    assert!(wrong.to_string().contains("set IOC_PG_BIN"), "{wrong}");
}
