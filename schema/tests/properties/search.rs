//! Folding reaches a fixed point, whatever is folded.

use proptest::prelude::*;
use schema::{check_text, fold};
use unicode_normalization::UnicodeNormalization;

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn all_unicode_forms_of_a_text_fold_alike(text in any::<String>()) {
        let folded = fold(&text);
        prop_assert_eq!(&fold(&text.nfc().collect::<String>()), &folded);
        prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &folded);
    }

    #[test]
    fn case_and_spacing_do_not_matter_in_vietnamese(
        words in prop::collection::vec("[a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ0-9]{1,7}", 1..8)
    ) {
        let folded = fold(&words.join(" "));
        prop_assert!(folded.is_ascii());
        prop_assert_eq!(&fold(&words.join(" \n\t ").to_uppercase()), &folded);
        prop_assert_eq!(folded.split(' ').count(), words.len());
    }

    #[test]
    fn an_accepted_text_is_within_its_limit_and_accepted_again(text in any::<String>(), max_chars in 1_usize..40) {
        if let Ok(accepted) = check_text(&text, "title", max_chars) {
            prop_assert!((1..=max_chars).contains(&accepted.chars().count()));
            prop_assert!(!accepted.contains('\0'));
            prop_assert_eq!(check_text(&accepted, "title", max_chars), Ok(accepted.clone()));
        }
    }
}
