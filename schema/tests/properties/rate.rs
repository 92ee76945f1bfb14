//! The value of a rate.

use proptest::prelude::*;
use schema::Rate;

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_share_lies_between_0_and_1(denominator in 1_u32.., part in 0.0..=1.0_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32 is a u32")]
        let numerator = (f64::from(denominator) * part) as u32;
        let value = Rate::new(numerator, denominator).value().unwrap();
        prop_assert!((0.0..=1.0).contains(&value));
    }
}
