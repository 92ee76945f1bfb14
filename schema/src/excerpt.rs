//! Excerpts of refused texts for error messages.
//!
//! A text from a client can be megabytes long or have control characters. The error goes into a response and a log
//! line, so it repeats only a short printable start of the text.

/// Maximum length of the excerpt.
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
