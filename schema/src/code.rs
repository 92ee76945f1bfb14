//! The form of codes that people choose: of tasks, projects, programmes, documents.
//!
//! A code (`57-NQ/TW`, `UBND-00004`) is printed in documents, so it is stored as written: letters of any script,
//! digits, `/`, `-`, `.` and inner spaces. White space at the ends and invisible characters are refused, because two
//! codes that look equal must be equal. Unicode text is normalized (NFC).

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::text::is_invisible;

/// Maximum length of a code, in characters.
pub const MAX_CODE_CHARS: usize = 64;

/// What can be wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeFault {
    /// No characters at all.
    #[error("is empty; accepted: 1 to {MAX_CODE_CHARS} characters")]
    Empty,
    /// More characters than a code may have.
    #[error("has more than {MAX_CODE_CHARS} characters; accepted: 1 to {MAX_CODE_CHARS}")]
    TooLong,
    /// White space at the start or the end.
    #[error("begins or ends with white space; accepted: white space inside only")]
    OuterSpace,
    /// A control, formatting or other invisible character.
    #[error("holds the invisible character U+{:04X}; accepted: visible characters and inner spaces", u32::from(*character))]
    Invisible {
        /// The character.
        character: char,
    },
}

/// The code to store for a text.
///
/// # Errors
/// The [`CodeFault`] of a text that is no code.
///
/// # Example
///
/// ```
/// use schema::check_code;
///
/// assert_eq!(check_code("UBND-00004").unwrap(), "UBND-00004");
/// assert_eq!(
///     check_code(" UBND").unwrap_err().to_string(),
///     "begins or ends with white space; accepted: white space inside only",
/// );
/// ```
pub fn check_code(text: &str) -> Result<String, CodeFault> {
    // The length is checked before the text is copied, because a client can send a text of any size. Normalization
    // makes a text at most four times longer, and the length is checked again below.
    if text.chars().take(4 * MAX_CODE_CHARS + 1).count() > 4 * MAX_CODE_CHARS {
        return Err(CodeFault::TooLong);
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(CodeFault::OuterSpace);
    }
    if let Some(character) = text.chars().find(|character| is_invisible(*character)) {
        return Err(CodeFault::Invisible { character });
    }
    let code: String = text.nfc().collect();
    match code.chars().count() {
        0 => Err(CodeFault::Empty),
        1..=MAX_CODE_CHARS => Ok(code),
        _ => Err(CodeFault::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> CodeFault {
        check_code(text).unwrap_err()
    }

    #[test]
    fn document_numbers_are_kept_as_written() {
        for text in ["57-NQ/TW", "05-CT/TU", "06-CTr/TU", "12-QĐ/ĐU", "Kế hoạch 01", &"Đ".repeat(64)] {
            assert_eq!(check_code(text).unwrap(), text);
        }
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(fault(""), CodeFault::Empty);
        assert_eq!(fault(&"Đ".repeat(65)), CodeFault::TooLong);
        assert_eq!(fault(&"x".repeat(10_000_000)), CodeFault::TooLong);
        assert_eq!(fault("57-NQ/TW\u{a0}"), CodeFault::OuterSpace);
        assert_eq!(fault("57\0"), CodeFault::Invisible { character: '\0' });
        assert_eq!(fault("57\u{200b}-NQ"), CodeFault::Invisible { character: '\u{200b}' });
    }

    #[test]
    fn two_unicode_forms_of_one_code_are_one_code() {
        let decomposed: String = "57-NQ/ỦY".nfd().collect();
        assert_eq!(check_code(&decomposed), check_code("57-NQ/ỦY"));
    }
}
