//! The text of an API key: `ioc_`, an id, 32 random bytes and a checksum, so that a mistyped key is refused without a
//! look-up and a search for leaked keys finds them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Beginning of every key.
pub const PREFIX: &str = "ioc_";
const ID_CHARS: usize = 12;
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A key that was made or sent.
pub struct Key {
    /// Public part, by which the key is found.
    pub id: String,
    /// The whole key.
    pub text: String,
}

impl Key {
    /// Makes a key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new() -> Result<Self, getrandom::Error> {
        let (mut id, mut secret) = ([0; ID_CHARS], [0; 32]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let id: String = id.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let body = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret));
        let text = format!("{body}{}", checksum(&body));
        Ok(Self { id, text })
    }

    /// Reads a key that a caller sent; `None` when it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let body = text.get(..text.len().checked_sub(CHECKSUM_CHARS)?)?;
        let id = body.strip_prefix(PREFIX)?.get(..ID_CHARS)?;
        (text.get(body.len()..)? == checksum(body)).then(|| Self { id: id.to_owned(), text: text.to_owned() })
    }

    /// What is stored of it.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.text).to_vec()
    }
}

fn checksum(body: &str) -> String {
    let mut encoded = URL_SAFE_NO_PAD.encode(Sha256::digest(body));
    encoded.truncate(CHECKSUM_CHARS);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_mistyped_one_is_none() {
        let (one, two) = (Key::new().expect("random bytes"), Key::new().expect("random bytes"));
        assert_ne!(one.text, two.text);
        assert_eq!(Key::read(&one.text).expect("a key").id, one.id);
        for place in 0..one.text.len() {
            let mut typed = one.text.clone().into_bytes();
            typed[place] = if typed[place] == b'x' { b'y' } else { b'x' };
            assert!(Key::read(&String::from_utf8(typed).expect("ASCII")).is_none(), "{place}");
        }
        for text in ["", "ioc_", "ioc_é", &one.text[..40], &format!("{}a", one.text)] {
            assert!(Key::read(text).is_none(), "{text}");
        }
    }
}
