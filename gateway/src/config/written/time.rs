//! Times: an integer and its unit.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

use super::optional;

/// Longest time that is accepted. A longer one is most likely a typing error, and adding it to an `Instant` could
/// overflow.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// A time. `ZERO` says whether zero is accepted.
pub(crate) struct WrittenTime<const ZERO: bool>(pub(crate) Duration);

struct TimeVisitor<const ZERO: bool>;

impl<const ZERO: bool> Visitor<'_> for TimeVisitor<ZERO> {
    type Value = WrittenTime<ZERO>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bounds = if ZERO { "0s or more" } else { "more than 0s" };
        write!(formatter, "a time such as \"500ms\", \"30s\", \"5m\" or \"1h\", {bounds} and at most a year")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        parse(text)
            .filter(|time| *time <= LONGEST && (ZERO || !time.is_zero()))
            .map(WrittenTime)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl<'de, const ZERO: bool> Deserialize<'de> for WrittenTime<ZERO> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let milliseconds = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// A time that is not zero.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    WrittenTime::<false>::deserialize(deserializer).map(|time| time.0)
}

/// A time that may be zero.
pub(crate) fn time_or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    WrittenTime::<true>::deserialize(deserializer).map(|time| time.0)
}

/// A time that is not zero, or `false`.
pub(crate) fn optional_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let time: Option<WrittenTime<false>> = optional(deserializer)?;
    Ok(time.map(|time| time.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_a_unit() {
        for (text, milliseconds) in [("0ms", 0), ("500ms", 500), ("30s", 30_000), ("5 m", 300_000), ("2h", 7_200_000)] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for wrong in ["", "30", "s", "1.5s", "-1s", "1d", "1s 5ms", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
