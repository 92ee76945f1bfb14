//! The stable codes by which shared entities are known, one type for each kind.
//!
//! A code is chosen by people (`57-NQ/TW`, `UBND-00004`) and stands in documents, so it is kept as written: letters of
//! any script, digits, `/`, `-`, `.` and inner spaces. Only what would make two equal-looking codes differ is refused
//! or removed: space at the ends, invisible characters, two Unicode forms of one letter (kept in NFC).

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::text::is_invisible;

/// The longest code, in characters.
pub const MAX_CODE_CHARS: usize = 64;

/// A text that is not a code of the kind it was read as.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} code {fault}")]
pub struct CodeError {
    /// The kind of entity, such as `organization`.
    pub kind: &'static str,
    /// What is wrong, and what is accepted.
    pub fault: CodeFault,
}

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
    /// Not an official area code.
    #[error("is not official; accepted: 5 digits for a ward or commune, 2 digits for a city or province")]
    NotOfficial,
}

/// Declares a code: a cheaply cloned text that was checked once, where it came in.
macro_rules! code {
    ($(#[$attribute:meta])* $name:ident, $kind:literal, $check:path) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The code as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                match $check(text) {
                    Ok(code) => Ok(Self(code)),
                    Err(fault) => Err(CodeError { kind: $kind, fault }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        // Lets a map keyed by codes be asked with a `&str`; the derived `Hash` and `Ord` agree with those of `str`.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

code! {
    /// The code of an organization, such as `UBND` or `UBND-00004`.
    ///
    /// # Example
    ///
    /// ```
    /// use schema::OrganizationCode;
    ///
    /// let code: OrganizationCode = "UBND-00004".parse()?;
    /// assert_eq!(code.as_str(), "UBND-00004");
    /// assert_eq!(
    ///     " UBND".parse::<OrganizationCode>().unwrap_err().to_string(),
    ///     "organization code begins or ends with white space; accepted: white space inside only",
    /// );
    /// # Ok::<(), schema::CodeError>(())
    /// ```
    OrganizationCode, "organization", check
}

code! {
    /// The official code of an administrative unit (General Statistics Office): 5 digits for a ward or commune, 2 for
    /// the city or province that it belongs to.
    AreaCode, "area", check_area
}

code! {
    /// The number of the document that a programme stands in, such as `57-NQ/TW`, `05-CT/TU` or `NQ-DH18-HN`.
    ProgrammeCode, "programme", check
}

code! {
    /// The code of a group of tasks.
    TaskGroupCode, "task group", check
}

code! {
    /// The code of an official, which carries no personal data.
    OfficialCode, "official", check
}

code! {
    /// The code of a position, to which responsibility is bound.
    PositionCode, "position", check
}

code! {
    /// The code of an indicator, such as `GRDP_GROWTH`.
    IndicatorCode, "indicator", check
}

code! {
    /// The code of a project, such as `VANH-DAI-4`.
    ProjectCode, "project", check
}

code! {
    /// The code of a task.
    TaskCode, "task", check
}

fn check(text: &str) -> Result<Arc<str>, CodeFault> {
    // The length is looked at before anything is copied: the text may come from outside and be of any size. Composing
    // never makes a text longer than four times its characters, and codes close to the limit are counted again below.
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
        1..=MAX_CODE_CHARS => Ok(code.into()),
        _ => Err(CodeFault::TooLong),
    }
}

fn check_area(text: &str) -> Result<Arc<str>, CodeFault> {
    match text.len() {
        0 => Err(CodeFault::Empty),
        2 | 5 if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.into()),
        _ => Err(CodeFault::NotOfficial),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn fault(text: &str) -> CodeFault {
        text.parse::<ProgrammeCode>().unwrap_err().fault
    }

    #[test]
    fn document_numbers_are_kept_as_written() {
        for text in [
            "57-NQ/TW",
            "05-CT/TU",
            "06-CTr/TU",
            "12-QĐ/ĐU",
            "Kế hoạch 01",
            &"Đ".repeat(64),
        ] {
            assert_eq!(text.parse::<ProgrammeCode>().unwrap().as_str(), text);
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
        assert_eq!(decomposed.parse::<ProgrammeCode>(), "57-NQ/ỦY".parse::<ProgrammeCode>());
    }

    #[test]
    fn an_area_code_has_the_digits_of_the_official_list() {
        assert_eq!("00004".parse::<AreaCode>().unwrap().as_str(), "00004");
        assert_eq!("01".parse::<AreaCode>().unwrap().as_str(), "01");
        for text in ["4", "0004", "000041", "0000x", " 0004", "٠٠", "٠"] {
            assert_eq!(
                text.parse::<AreaCode>().unwrap_err(),
                CodeError {
                    kind: "area",
                    fault: CodeFault::NotOfficial
                },
                "{text}"
            );
        }
    }

    #[test]
    fn a_set_of_codes_is_asked_with_a_text() {
        let codes: HashSet<TaskCode> = ["NV-001".parse().unwrap()].into();
        assert!(codes.contains("NV-001"));
    }
}
