//! What an error repeats of a text that it refuses.
//!
//! The text comes from outside and may be megabytes long or carry control characters, and the error ends in an answer
//! and in a log line, so only a short printable start of it is kept.

/// The longest part of a refused text that is repeated.
const MAX_CHARS: usize = 48;

/// The printable start of `text`, with `…` where it was cut.
pub(crate) fn excerpt(text: &str) -> String {
    let mut chars = text.chars();
    let mut kept: String =
        chars.by_ref().take(MAX_CHARS).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_character_and_not_inside_one() {
        let cut = excerpt(&"ệ".repeat(1_000));
        assert_eq!(cut.chars().count(), MAX_CHARS + 1);
        assert!(cut.ends_with("ệ…"));
    }

    #[test]
    fn a_line_break_cannot_forge_a_log_line() {
        assert_eq!(excerpt("2026\nERROR"), "2026\u{fffd}ERROR");
    }
}
