//! Periods tile the calendar, and each has one spelling.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;
use schema::period::MAX_BUCKETS;
use schema::{Comparison, Grain, Period};

use crate::config;

/// A day with room around it for the periods before and after.
fn day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..397_000).prop_map(|days| NaiveDate::from_ymd_opt(1904, 1, 1).unwrap() + Days::new(days))
}

fn grain() -> impl Strategy<Value = Grain> {
    prop::sample::select(Grain::ALL)
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(Comparison::ALL)
}

/// Any of the six forms; an interval is at most some three years long.
fn period() -> impl Strategy<Value = Period> {
    let unit = (grain(), day()).prop_map(|(grain, day)| Period::containing(grain, day).unwrap());
    let interval =
        (day(), 0_u64..1_000).prop_map(|(first, days)| Period::interval(first, first + Days::new(days)).unwrap());
    prop_oneof![4 => unit, 1 => interval]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(period in period()) {
        prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in any::<String>()) {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string(), text);
        }
    }

    #[test]
    fn any_text_of_the_right_shape_is_read_or_refused_without_a_panic(
        text in "[0-9]{4}(-(Q[0-9]|W[0-9]{2}|[0-9]{2}|[0-9]{2}-[0-9]{2}))?(/[12][0-9]{3}-[01][0-9]-[0-3][0-9])?"
    ) {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string(), text);
        }
    }

    #[test]
    fn a_unit_holds_the_day_it_was_made_from_and_keeps_its_grain(grain in grain(), day in day()) {
        let unit = Period::containing(grain, day).unwrap();
        prop_assert!(unit.contains(day));
        prop_assert_eq!(unit.grain(), Some(grain));
        prop_assert!(!unit.contains(unit.end()));
        prop_assert!(!unit.contains(unit.first_day() - Days::new(1)));
        let (shortest, longest) = match grain {
            Grain::Day => (1, 1),
            Grain::Week => (7, 7),
            Grain::Month => (28, 31),
            Grain::Quarter => (90, 92),
            Grain::Year => (365, 366),
        };
        prop_assert!((shortest..=longest).contains(&(unit.end() - unit.first_day()).num_days()));
    }

    #[test]
    fn the_previous_period_ends_where_this_one_begins(period in period()) {
        let previous = period.previous().unwrap();
        prop_assert_eq!(previous.end(), period.first_day());
        prop_assert_eq!(previous.grain(), period.grain());
        if period.grain().is_none() {
            prop_assert_eq!(
                previous.end() - previous.first_day(),
                period.end() - period.first_day(),
            );
        }
    }

    #[test]
    fn a_week_is_the_one_that_iso_8601_names(day in day()) {
        let week = Period::containing(Grain::Week, day).unwrap();
        prop_assert_eq!(week.first_day().weekday(), Weekday::Mon);
        // The year of a week is that of its Thursday, also for week 53 and for week 1 that begins in December.
        let thursday = week.first_day() + Days::new(3);
        prop_assert_eq!(week.to_string(), format!("{}-W{:02}", thursday.year(), (thursday.ordinal() - 1) / 7 + 1));
    }

    #[test]
    fn the_same_period_last_year_is_about_a_year_away(period in period()) {
        let earlier = period.same_last_year().unwrap();
        prop_assert_eq!(earlier.grain(), period.grain());
        let days = (period.first_day() - earlier.first_day()).num_days();
        // A leap day more or less; for weeks 52 or 53 of them, whichever number the week has.
        let expected = if period.grain() == Some(Grain::Week) { 364..=371 } else { 365..=366 };
        prop_assert!(expected.contains(&days), "{period} is {days} days after {earlier}");
        if period.grain() == Some(Grain::Week) {
            prop_assert_eq!(earlier.first_day().iso_week().year(), period.first_day().iso_week().year() - 1);
        } else {
            prop_assert_eq!(earlier.first_day().year(), period.first_day().year() - 1);
        }
    }

    #[test]
    fn buckets_cover_the_period_and_do_not_overlap(period in period(), grain in grain()) {
        let buckets = period.buckets(grain).unwrap();
        prop_assert!((1..=MAX_BUCKETS).contains(&buckets.len()));
        prop_assert!(buckets[0].contains(period.first_day()));
        prop_assert!(buckets[buckets.len() - 1].contains(period.last_day()));
        for pair in buckets.windows(2) {
            prop_assert_eq!(pair[0].end(), pair[1].first_day());
        }
        for bucket in buckets {
            prop_assert_eq!(bucket.grain(), Some(grain));
        }
    }

    #[test]
    fn the_earlier_as_of_day_is_as_complete_as_the_later_one(
        period in period(),
        comparison in comparison(),
        offset in -400_i64..800,
    ) {
        let as_of = period.first_day() + chrono::TimeDelta::days(offset);
        let earlier = period.compared(comparison).unwrap();
        let earlier_as_of = period.compare_as_of(comparison, as_of).unwrap();
        prop_assert!(earlier_as_of < as_of);
        if period.is_partial(as_of) {
            prop_assert!(earlier_as_of <= earlier.last_day());
        } else {
            prop_assert_eq!(earlier_as_of - earlier.last_day(), as_of - period.last_day());
        }
        // A day within the period stays within the earlier one.
        if period.contains(as_of) {
            prop_assert!(earlier_as_of >= earlier.first_day(), "{earlier_as_of} is before {earlier}");
        }
    }

    #[test]
    fn a_later_as_of_day_never_moves_the_earlier_one_back(
        period in period(),
        comparison in comparison(),
        offset in -100_i64..500,
    ) {
        let as_of = period.first_day() + chrono::TimeDelta::days(offset);
        let today = period.compare_as_of(comparison, as_of).unwrap();
        let tomorrow = period.compare_as_of(comparison, as_of + Days::new(1)).unwrap();
        prop_assert!(today <= tomorrow);
    }
}
