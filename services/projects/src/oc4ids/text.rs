//! Texts and ids: the standard has no empty text.

use uuid::Uuid;

/// The text without outer white space; `None` if nothing is left.
pub fn shown(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The same for a text that may be absent.
pub fn optional(text: Option<&String>) -> Option<String> {
    text.and_then(|text| shown(text))
}

/// An id that depends only on these parts, for what has no id of its own.
pub fn local_id(kind: &str, parts: &[&str]) -> String {
    let name = format!("{kind}\n{}", parts.join("\n"));
    format!("{kind}-{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_no_text() {
        assert_eq!(shown(" \n\u{a0} "), None);
        assert_eq!(shown(" a b "), Some("a b".to_owned()));
        assert_eq!(optional(None), None);
    }

    #[test]
    fn an_id_is_stable_and_its_own() {
        assert_eq!(local_id("supplier", &["A"]), local_id("supplier", &["A"]));
        assert_ne!(local_id("supplier", &["A", "B"]), local_id("supplier", &["AB"]));
    }
}
