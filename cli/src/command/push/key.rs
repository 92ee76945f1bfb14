//! `Idempotency-Key` of a push.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use schema::clock::{Clock, SystemClock};
use sha2::{Digest, Sha256};

use super::body::{CHUNK_BYTES, WIRE};
use super::input::Input;

/// What makes two attempts the same push.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// The same run of the command. A file that is pushed again is applied again: another one may have come between.
    Run,
    /// The same content in a file of this time, also after a crash of the command.
    Content(SystemTime),
}

impl Key {
    /// The key. `push` is the kind and the query of the request.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn text(self, input: &Input, push: &str) -> io::Result<String> {
        match self {
            Self::Run => Ok(schema::new_id(SystemClock.now()).to_string()),
            Self::Content(modified) => of_content(input, push, modified),
        }
    }
}

/// SHA-256 of a file's content and time, and of everything that decides what a push does with it, in hexadecimal digits.
fn of_content(input: &Input, push: &str, modified: SystemTime) -> io::Result<String> {
    let mut content = Sha256::new();
    let mut reader = input.reader();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let read = reader.fill(&mut buffer)?;
        if read == 0 {
            break;
        }
        content.update(&buffer[..read]);
    }
    // The server compares the bytes that are sent, so a key does not outlive the way in which they are made.
    let wire = if input.is_compressed_while_sent() {
        format!("{WIRE} {}", zstd::zstd_safe::version_number())
    } else {
        input.content_encoding().unwrap_or("identity").to_owned()
    };
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string();
    let mut key = Sha256::new();
    key.update(content.finalize());
    for part in [push, input.file_type.media_type(), &wire, &modified] {
        key.update([0]);
        key.update(part);
    }
    Ok(key.finalize().iter().fold(String::with_capacity(64), |key, byte| key + &format!("{byte:02x}")))
}
