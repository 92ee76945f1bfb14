//! What people may write into a field.
//!
//! The database cannot store a NUL, a control character can forge a log line or a spreadsheet cell, and a field without
//! a limit is a way to fill the disk. One check serves every mutation and every pushed row.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// A text that a field does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} {fault}")]
pub struct TextError {
    /// The field as the caller named it.
    pub field: String,
    /// What is wrong with the text.
    pub fault: TextFault,
}

/// What can be wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("must not be blank")]
    Blank,
    /// More characters than the field takes.
    #[error("has {chars} characters; accepted: at most {max}")]
    TooLong {
        /// How many it has.
        chars: usize,
        /// How many are accepted.
        max: usize,
    },
    /// A control character that is neither a line break nor a tab.
    #[error("holds the control character U+{:04X} at position {position}; remove it", u32::from(*character))]
    Control {
        /// The character.
        character: char,
        /// Its place in the text, counted in characters from 1.
        position: usize,
    },
}

/// The text to store for `value`: white space cut off at both ends, in Unicode's composed form (NFC), so that one word
/// typed on two keyboards is stored alike.
///
/// # Errors
///
/// [`TextError`] naming `field` when the text is blank, has more than `max_chars` characters, or holds a control
/// character other than line breaks and tabs.
///
/// # Example
///
/// ```
/// use schema::check_text;
///
/// assert_eq!(check_text(" Lý do trả lại ", "reason", 500).unwrap(), "Lý do trả lại");
/// assert_eq!(check_text("  ", "reason", 500).unwrap_err().to_string(), "reason must not be blank");
/// ```
pub fn check_text(value: &str, field: &str, max_chars: usize) -> Result<String, TextError> {
    let error = |fault| TextError {
        field: field.to_owned(),
        fault,
    };
    let refused = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if let Some((index, character)) = value.chars().enumerate().find(|(_, character)| refused(*character)) {
        return Err(error(TextFault::Control {
            character,
            position: index + 1,
        }));
    }
    let text: String = value.trim().nfc().collect();
    let chars = text.chars().count();
    if chars == 0 {
        return Err(error(TextFault::Blank));
    }
    if chars > max_chars {
        return Err(error(TextFault::TooLong { chars, max: max_chars }));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(value: &str) -> TextFault {
        check_text(value, "title", 5).unwrap_err().fault
    }

    #[test]
    fn the_limit_counts_characters_and_not_bytes() {
        assert_eq!(check_text("Đường", "title", 5).unwrap(), "Đường");
        assert_eq!(fault("Đường 4"), TextFault::TooLong { chars: 7, max: 5 });
    }

    #[test]
    fn a_decomposed_text_is_composed_before_it_is_counted() {
        let decomposed: String = "Đường".nfd().collect();
        assert_eq!(check_text(&decomposed, "title", 5).unwrap(), "Đường");
    }

    #[test]
    fn line_breaks_and_tabs_are_kept_and_other_control_characters_refused() {
        assert_eq!(check_text("a\r\n\tb", "title", 5).unwrap(), "a\r\n\tb");
        assert_eq!(
            fault("a\0"),
            TextFault::Control {
                character: '\0',
                position: 2
            }
        );
        assert_eq!(
            check_text("\u{85}", "title", 5).unwrap_err().to_string(),
            "title holds the control character U+0085 at position 1; remove it"
        );
    }
}
