//! Codes and enums have one spelling each.

use proptest::prelude::*;
use schema::{AreaCode, AreaKind, Axis, Bottleneck, Comparison, Grain, Level, ProblemCode, ProgrammeCode};

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_accepted_code_is_read_back_unchanged(text in "[\\PC]{0,80}") {
        if let Ok(code) = text.parse::<ProgrammeCode>() {
            prop_assert!((1..=64).contains(&code.as_str().chars().count()));
            prop_assert_eq!(code.as_str().trim(), code.as_str());
            prop_assert_eq!(code.to_string().parse::<ProgrammeCode>(), Ok(code.clone()));
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<ProgrammeCode>(&json).unwrap(), code);
        }
    }

    #[test]
    fn letters_digits_and_document_marks_make_a_code(text in "[0-9A-ZĐa-zàỹ][0-9A-ZĐa-zàỹ/. -]{0,62}[0-9A-ZĐ]") {
        let code = text.parse::<ProgrammeCode>().unwrap();
        prop_assert_eq!(code.as_str(), text);
    }

    #[test]
    fn every_number_of_five_digits_is_an_area_code(number in 0..100_000_u32) {
        let text = format!("{number:05}");
        let code = text.parse::<AreaCode>().unwrap();
        prop_assert_eq!(code.as_str(), text);
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
    check!(Axis, Level, AreaKind, Bottleneck, Grain, Comparison, ProblemCode);
}

#[test]
fn an_unknown_value_in_json_is_answered_with_the_accepted_ones() {
    let error = serde_json::from_str::<Axis>("\"MAYOR\"").unwrap_err().to_string();
    assert!(
        error.contains("`MAYOR` is not a value of Axis; accepted: PARTY, COUNCIL, COMMITTEE, FRONT"),
        "{error}"
    );
}
