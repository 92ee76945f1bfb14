//! Rates are added by their parts.

use proptest::prelude::*;
use schema::Rate;

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_rate_of_a_whole_is_the_sum_of_its_parts_in_any_grouping(
        counts in prop::collection::vec((0_u32..1_000_000, 0_u32..1_000_000), 0..20),
        cut in 0_usize..20,
    ) {
        let rates: Vec<Rate> = counts.iter().map(|&(numerator, denominator)| Rate::new(numerator, denominator)).collect();
        let (left, right) = rates.split_at(cut.min(rates.len()));
        let grouped = left.iter().copied().sum::<Rate>() + right.iter().copied().sum::<Rate>();
        prop_assert_eq!(rates.iter().copied().sum::<Rate>(), grouped);

        let numerator: u64 = counts.iter().map(|&(numerator, _)| u64::from(numerator)).sum();
        let denominator: u64 = counts.iter().map(|&(_, denominator)| u64::from(denominator)).sum();
        prop_assert_eq!(grouped, Rate::new(numerator, denominator));
    }

    #[test]
    fn a_share_lies_between_0_and_1(denominator in 1_u32.., part in 0.0..=1.0_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32 is a u32")]
        let numerator = (f64::from(denominator) * part) as u32;
        let value = Rate::new(numerator, denominator).value().unwrap();
        prop_assert!((0.0..=1.0).contains(&value));
    }
}
