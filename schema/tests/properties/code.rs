//! Codes and enums have one spelling each.

use proptest::prelude::*;
use schema::{Comparison, Grain, ProblemCode, check_code};

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_accepted_code_is_accepted_again_unchanged(text in "[\\PC]{0,80}") {
        if let Ok(code) = check_code(&text) {
            prop_assert!((1..=64).contains(&code.chars().count()));
            prop_assert_eq!(code.trim(), &code);
            prop_assert_eq!(check_code(&code), Ok(code.clone()));
        }
    }

    #[test]
    fn letters_digits_and_document_marks_make_a_code(text in "[0-9A-ZĐa-zàỹ][0-9A-ZĐa-zàỹ/. -]{0,62}[0-9A-ZĐ]") {
        prop_assert_eq!(check_code(&text), Ok(text));
    }
}

#[test]
fn every_enum_value_is_read_back_from_its_spelling_in_text_and_json() {
    macro_rules! check {
        ($($name:ident),+) => {$(
            for value in $name::ALL {
                assert_eq!(value.as_str().parse(), Ok(*value));
                let json = serde_json::to_string(value).unwrap();
                assert_eq!(json, format!("\"{value}\""));
                assert_eq!(serde_json::from_str::<$name>(&json).unwrap(), *value);
                assert!(value.as_str().bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'));
                assert!(value.as_str().to_lowercase().parse::<$name>().is_err());
            }
        )+};
    }
    check!(Grain, Comparison, ProblemCode);
}

#[test]
fn an_unknown_value_in_json_is_answered_with_the_accepted_ones() {
    let error = serde_json::from_str::<Comparison>("\"LATER\"").unwrap_err().to_string();
    assert!(error.contains("`LATER` is not a value of Comparison; accepted: PREVIOUS, SAME_LAST_YEAR"), "{error}");
}
