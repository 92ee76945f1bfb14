//! `Idempotency-Key` of a file: the same file pushed again gives the results of the first push.

use std::io;

use sha2::{Digest, Sha256};

use super::body::{CHUNK_BYTES, WIRE};
use super::input::Input;

/// SHA-256 of a file's content and of everything that decides what a push does with it, in hexadecimal digits.
///
/// `push` is the kind and the query of the request; `occasion` tells apart pushes of one content that are not the same push.
///
/// # Errors
/// When the file cannot be read.
pub fn of(input: &Input, push: &str, occasion: &str) -> io::Result<String> {
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
    let mut key = Sha256::new();
    key.update(content.finalize());
    for part in [push, input.file_type.media_type(), &wire, occasion] {
        key.update([0]);
        key.update(part);
    }
    Ok(key.finalize().iter().fold(String::with_capacity(64), |key, byte| key + &format!("{byte:02x}")))
}
