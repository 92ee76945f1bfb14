//! Check and normalization of text that people write.
//!
//! The database cannot store a NUL. A control character can forge a log line or a spreadsheet cell. A field without a
//! limit can fill the disk. All mutations and imports use this check.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// A text that a field does not accept.
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
    /// Only white space and invisible characters.
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

/// Returns the text to store for `value`: without invisible characters, without white space at both ends, normalized
/// (Unicode NFC), so that the same word from two keyboards is stored the same.
///
/// Invisible characters (zero width, bidirectional controls, soft hyphens, byte order marks …) often come with pasted
/// text. The user does not see them, so they are removed and not refused. A variation selector after a character is
/// kept, because it selects the look of an emoji. Line and paragraph separators become line breaks.
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
    let error = |fault| TextError { field: field.to_owned(), fault };
    let refused = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if let Some((index, character)) = value.chars().enumerate().find(|(_, character)| refused(*character)) {
        return Err(error(TextFault::Control { character, position: index + 1 }));
    }
    let visible: String = value
        .chars()
        .map(|character| if matches!(character, '\u{2028}' | '\u{2029}') { '\n' } else { character })
        .filter(|character| is_variation_selector(*character) || !is_invisible(*character) || character.is_control())
        .collect();
    let text: String = visible.trim().nfc().collect();
    let chars = text.chars().count();
    if text.chars().all(|character| is_invisible(character) || character.is_whitespace()) {
        return Err(error(TextFault::Blank));
    }
    if chars > max_chars {
        return Err(error(TextFault::TooLong { chars, max: max_chars }));
    }
    Ok(text)
}

/// Whether a character has no width or changes the text direction: control characters, Unicode's
/// `Default_Ignorable_Code_Point`, line and paragraph separators, and the blank braille pattern.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || is_variation_selector(character)
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}')
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
        assert_eq!(fault("a\0"), TextFault::Control { character: '\0', position: 2 });
        assert_eq!(
            check_text("\u{85}", "title", 5).unwrap_err().to_string(),
            "title holds the control character U+0085 at position 1; remove it"
        );
    }

    #[test]
    fn a_text_of_which_nothing_can_be_seen_is_blank() {
        for value in [
            "",
            " \u{a0}\u{3000}\n",
            "\u{200b}",
            " \u{feff} ",
            "\u{202e}\u{2066}",
            "\u{ad}",
            "\u{2060}\u{180e}",
            "\u{3164}",
            "\u{2800}",
            "\u{fe0f}",
            "\u{e0041}",
            "\u{200d}\u{200c}",
            "\u{2028}\u{2029}",
        ] {
            assert_eq!(fault(value), TextFault::Blank, "{value:?}");
        }
    }

    #[test]
    fn invisible_characters_are_removed_and_visible_ones_kept() {
        for (value, kept) in [
            ("\u{feff}a\u{200b}b", "ab"),
            ("a\u{202e}b\u{2069}", "ab"),
            ("Đu\u{ad}ờng", "Đuờng"),
            ("\u{200b} a \u{200b}", "a"),
            ("a\u{2028}b", "a\nb"),
            ("⚠\u{fe0f}", "⚠\u{fe0f}"),
            // What separates a letter from its accent does not survive, so the two are one letter.
            ("e\u{200b}\u{323}\u{302}", "ệ"),
        ] {
            assert_eq!(check_text(value, "title", 10).unwrap(), kept, "{value:?}");
        }
    }

    #[test]
    fn every_vietnamese_letter_survives_in_both_unicode_forms() {
        let letters = "aàảãáạăằẳẵắặâầẩẫấậđeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ";
        for text in [letters.to_owned(), letters.to_uppercase()] {
            let decomposed: String = text.nfd().collect();
            assert_eq!(check_text(&text, "title", 200).unwrap(), text);
            assert_eq!(check_text(&decomposed, "title", 200).unwrap(), text);
        }
    }
}
