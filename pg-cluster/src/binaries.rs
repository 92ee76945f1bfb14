//! Finds PostgreSQL's server programs. Debian does not install them in `PATH`, so `PATH` is searched last.

use std::{
    ffi::OsString,
    fs::DirEntry,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Error;

/// The oldest major version that supports the platform's SQL.
pub const MINIMUM_MAJOR: u32 = 15;

/// Where to look for the programs. The caller reads the environment.
#[derive(Clone, Debug)]
pub struct Search {
    /// A directory that the user chose (`IOC_PG_BIN`). It is used or refused; no other directory is searched.
    pub chosen: Option<PathBuf>,
    /// The value of `PATH`.
    pub path: Option<OsString>,
    /// The folder that contains one folder for each packaged major version.
    pub packaged: PathBuf,
}

impl Search {
    /// A search in the default places, with the values of `IOC_PG_BIN` and `PATH`.
    pub fn new(chosen: Option<PathBuf>, path: Option<OsString>) -> Self {
        Self { chosen, path, packaged: PathBuf::from("/usr/lib/postgresql") }
    }

    /// Directories that may contain the programs, the preferred one first.
    fn candidates(&self) -> Vec<PathBuf> {
        // A relative entry depends on the current directory, whose programs are not trusted.
        let on_path: Vec<PathBuf> =
            self.path.iter().flat_map(std::env::split_paths).filter(|dir| dir.is_absolute()).collect();
        let configured = on_path.iter().find_map(|dir| output(&dir.join("pg_config"), "--bindir"));
        let configured = configured.map(|dir| PathBuf::from(dir.trim()));
        configured.into_iter().chain(packaged_newest_first(&self.packaged)).chain(on_path).collect()
    }
}

/// The programs of an installed PostgreSQL, of version [`MINIMUM_MAJOR`] or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds the programs. Tries the chosen directory, `pg_config --bindir`, the newest packaged version, then `PATH`.
    ///
    /// # Errors
    ///
    /// [`Error::NoBinaries`], [`Error::NotABinaryDirectory`] or [`Error::TooOld`]. Each says what to install.
    pub fn find(search: &Search) -> Result<Self, Error> {
        if let Some(dir) = &search.chosen {
            return Self::in_dir(dir).ok_or_else(|| Error::NotABinaryDirectory { dir: dir.clone() })?.recent_enough();
        }
        let mut too_old = None;
        for found in search.candidates().iter().filter_map(|dir| Self::in_dir(dir)) {
            match found.recent_enough() {
                Ok(binaries) => return Ok(binaries),
                Err(error) => too_old = too_old.or(Some(error)),
            }
        }
        Err(too_old.unwrap_or(Error::NoBinaries { minimum: MINIMUM_MAJOR }))
    }

    /// The directory of the programs.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The major version, for example 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    fn in_dir(dir: &Path) -> Option<Self> {
        let dir = std::path::absolute(dir).ok()?;
        let initdb = dir.join("initdb");
        if !initdb.is_file() {
            return None;
        }
        let major = major_version(&output(&dir.join("postgres"), "--version")?)?;
        Some(Self { dir, major })
    }

    fn recent_enough(self) -> Result<Self, Error> {
        if self.major < MINIMUM_MAJOR {
            return Err(Error::TooOld { dir: self.dir, found: self.major, minimum: MINIMUM_MAJOR });
        }
        Ok(self)
    }
}

fn packaged_newest_first(packaged: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(packaged).into_iter().flatten().flatten();
    let major_and_dir = |entry: DirEntry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path()));
    let mut versions: Vec<_> = entries.filter_map(major_and_dir).collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, dir)| dir.join("bin"))
}

fn output(program: &Path, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Parses `postgres (PostgreSQL) 15.18 (Debian …)`, and also `17beta1` and `18devel`.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).map_or(version, |end| &version[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn major_versions_are_read_from_every_form_that_postgres_prints() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_version("postgres (PostgreSQL) 18devel"), Some(18));
        assert_eq!(major_version("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major_version("postgres (PostgreSQL)"), None);
    }
}
