//! The hash chain of the audit trail, and its heads: signed hashes in a file outside of the database. Whoever can write
//! every table could compute the whole chain anew, and would then differ from the heads.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use service_kit::principal::secrets;
use sha2::{Digest, Sha256};

/// Content of an entry, each column as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub id: i64,
    pub at: String,
    pub action: String,
    pub operation: String,
    pub subject: Option<String>,
    pub rows: String,
    pub reason: Option<String>,
    pub request_id: Option<String>,
}

impl Text {
    /// The hash of the entry after the hash before it.
    pub fn hash(&self, before: &[u8]) -> Vec<u8> {
        let Self { id, at, action, operation, subject, rows, reason, request_id } = self;
        // JSON keeps the columns apart, whatever characters they have.
        let content = serde_json::json!([id, at, action, operation, subject, rows, reason, request_id]);
        Sha256::new().chain_update(before).chain_update(content.to_string()).finalize().to_vec()
    }
}

/// A seal, with its entry as it is now.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub sequence: i64,
    pub entry_id: i64,
    pub hash: Vec<u8>,
    pub text: Option<Text>,
}

/// A signed hash of the chain: a line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    pub sequence: i64,
    pub hash: String,
    signature: String,
}

/// The file of the heads.
#[derive(Clone)]
pub struct Heads {
    path: PathBuf,
    secret: SecretString,
}

impl Heads {
    /// The file in a data folder.
    pub fn of(data_dir: &Path, secret: &SecretString) -> Self {
        Self { path: data_dir.join("audit-heads.ndjson"), secret: secret.clone() }
    }

    /// Appends a head and waits until it is on the disk.
    pub(crate) fn append(&self, sequence: i64, hash: &[u8]) -> std::io::Result<()> {
        let hash = hex(hash);
        let present = secrets(&self.secret).next().unwrap_or_default();
        let signature = hex(&signed(present, sequence, &hash).finalize().into_bytes());
        let line = serde_json::to_string(&Head { sequence, hash, signature })?;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_data()
    }

    /// Reads the heads. A line that is cut off, after a crash, is left out; one with a false signature is an error.
    pub(crate) fn read(&self) -> std::io::Result<Vec<Result<Head, String>>> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let complete = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
        let heads = complete.lines().enumerate().map(|(index, line)| {
            let place = format!("line {} of {}", index + 1, self.path.display());
            let head: Head = serde_json::from_str(line).map_err(|_| format!("{place} is no head"))?;
            let signature = unhex(&head.signature).unwrap_or_default();
            let mut secrets = secrets(&self.secret);
            let genuine =
                secrets.any(|secret| signed(secret, head.sequence, &head.hash).verify_slice(&signature).is_ok());
            if genuine { Ok(head) } else { Err(format!("{place} is not signed with the platform's secret")) }
        });
        Ok(heads.collect())
    }
}

fn signed(secret: &str, sequence: i64, hash: &str) -> Hmac<Sha256> {
    let key = Sha256::new().chain_update("ioc audit head\n").chain_update(secret).finalize();
    // A shorter key is filled with zeros up to the block of the hash function.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(&key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(format!("{sequence} {hash}").as_bytes());
    mac
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
