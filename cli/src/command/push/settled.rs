//! Files of a folder that are whole, because nobody has written to them for a while.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Number of looks without a change after which a file is whole.
const QUIET_LOOKS: u32 = 2;

/// Endings of names that programs give to files which they still write.
const UNFINISHED: [&str; 6] = [".part", ".tmp", ".filepart", ".crdownload", ".swp", "~"];

/// What changes when a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub modified: SystemTime,
    pub len: u64,
}

/// The files that were seen, each with the number of looks since its last change.
#[derive(Default)]
pub struct Settled {
    seen: HashMap<OsString, (Mark, u32)>,
}

impl Settled {
    /// Takes the next look at the folder. Returns the files that are whole, the oldest first.
    pub fn look(&mut self, files: Vec<(OsString, Mark)>) -> Vec<(OsString, Mark)> {
        let before = std::mem::take(&mut self.seen);
        let mut whole = Vec::new();
        for (name, mark) in files {
            let quiet = match before.get(&name) {
                Some((earlier, quiet)) if *earlier == mark => quiet + 1,
                _ => 0,
            };
            if quiet >= QUIET_LOOKS {
                whole.push((name.clone(), mark));
            }
            self.seen.insert(name, (mark, quiet));
        }
        // A later file may correct an earlier one.
        whole.sort_by(|(name, mark), (other, other_mark)| (mark, name).cmp(&(other_mark, other)));
        whole
    }
}

/// Whether a file with a name is to be pushed.
pub fn is_finished(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    !name.starts_with(['.', '~']) && UNFINISHED.iter().all(|ending| !name.ends_with(ending))
}

/// The kind that a file's name begins with, as in `tasks.csv` and `tasks-2026.csv`; the longest if there are several.
pub fn kind_of<'a>(name: &str, kinds: &'a [String]) -> Option<&'a str> {
    let names = |kind: &&String| name.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with(['.', '-']));
    kinds.iter().filter(names).max_by_key(|kind| kind.len()).map(String::as_str)
}

/// A path in a folder that is not taken: the name, or the name with a number before its first dot.
pub fn free(folder: &Path, name: &OsStr, is_taken: impl Fn(&Path) -> bool) -> PathBuf {
    let first = folder.join(name);
    if !is_taken(&first) {
        return first;
    }
    let name = name.to_string_lossy();
    let (stem, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
    let mut numbered = (2_u64..).map(|number| folder.join(format!("{stem}.{number}{rest}")));
    numbered.find(|path| !is_taken(path)).unwrap_or(first)
}
