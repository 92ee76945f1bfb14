//! Check of the ZIP archive before a parser sees it: parts, encryption, and what really comes out of it.

use super::message::{Refusal, Task};
use std::fs::File;
use std::io::Read;

/// Inflates all parts once and counts. The sizes that the archive states are not believed.
pub(super) fn archive(task: &Task) -> Result<(), Refusal> {
    let unreadable = |error: &dyn std::fmt::Display| Refusal::Unreadable(error.to_string());
    let file = File::open(&task.path).map_err(|error| unreadable(&error))?;
    let sent = file.metadata().map_err(|error| unreadable(&error))?.len();
    let mut archive = zip::ZipArchive::new(file).map_err(|error| unreadable(&error))?;
    if archive.len() > task.parts {
        return Err(Refusal::TooLarge);
    }
    let mut inflated = 0_u64;
    let mut buffer = vec![0_u8; 64 * 1024];
    for index in 0..archive.len() {
        if archive.by_index_raw(index).map_err(|error| unreadable(&error))?.encrypted() {
            return Err(Refusal::Encrypted);
        }
        let mut part = archive.by_index(index).map_err(|error| unreadable(&error))?;
        loop {
            let read = part.read(&mut buffer).map_err(|error| unreadable(&error))?;
            inflated += read as u64;
            let grown = inflated > task.ratio_from_bytes && inflated / sent.max(1) > task.ratio;
            if grown || inflated > task.inflated_bytes {
                return Err(Refusal::TooLarge);
            }
            if read == 0 {
                break;
            }
        }
    }
    Ok(())
}
