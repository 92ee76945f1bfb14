//! Processor time and memory of a process and its descendants, from `/proc`.

use std::{collections::HashMap, fs, io};

/// Ticks per second in `/proc/PID/stat`. Linux reports 100 to every program, whatever the kernel's own clock is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time in milliseconds that a process, its descendants and its ended children have used; an error when there
/// is no such process.
pub fn cpu_ms(pid: u32) -> io::Result<f64> {
    let mut ticks = 0;
    for member in tree(pid)? {
        // A descendant may end between the listing and the reading. Its time is then added to that of its parent.
        match stat(member) {
            Ok(stat) => ticks += stat.ticks,
            Err(error) if member == pid => return Err(error),
            Err(_) => {}
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "tick counts stay far below 2^52")]
    let ticks = ticks as f64;
    Ok(ticks * 1000.0 / TICKS_PER_SECOND)
}

/// The peak memory in KiB of a process and its living descendants, as the sum of their peaks.
pub fn peak_memory_kib(pid: u32) -> io::Result<u64> {
    let peak_of = |member: u32| {
        let status = fs::read_to_string(format!("/proc/{member}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Ok(tree(pid)?.into_iter().filter_map(peak_of).sum())
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(pid: u32) -> io::Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    parse_stat(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/PID/stat has an unknown form"))
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The second field is the program's name in parentheses, which may itself contain spaces and parentheses.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        // `utime` and `stime`, and the same of children that ended and were waited for.
        ticks: number(11)? + number(12)? + number(13)? + number(14)?,
    })
}

/// A process and all its descendants.
fn tree(root: u32) -> io::Result<Vec<u32>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        if let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok())
            && let Ok(stat) = stat(pid)
        {
            children.entry(stat.parent).or_default().push(pid);
        }
    }
    let mut members = vec![root];
    let mut next = 0;
    while let Some(&member) = members.get(next) {
        members.extend(children.remove(&member).unwrap_or_default());
        next += 1;
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_parentheses_does_not_shift_the_fields() {
        let text = "7 (a) b (c)) S 3 7 7 0 -1 0 0 0 0 0 10 20 30 40 20 0 1";
        let stat = parse_stat(text).expect("parsed");
        assert_eq!((stat.parent, stat.ticks), (3, 100));
    }

    #[test]
    fn this_process_has_used_memory_and_the_tree_begins_with_it() {
        let own = std::process::id();
        assert_eq!(tree(own).expect("tree")[0], own);
        assert!(peak_memory_kib(own).expect("memory") > 0);
        assert!(cpu_ms(own).is_ok());
    }
}
