//! Numbers with limits.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

/// An integer greater than zero.
pub(crate) fn positive<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: Deserialize<'de> + Default + PartialEq,
{
    let number = N::deserialize(deserializer)?;
    if number == N::default() {
        return Err(Error::invalid_value(Unexpected::Unsigned(0), &"a whole number, 1 or more"));
    }
    Ok(number)
}

/// A ratio: above 0, at most 1.
pub(crate) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number > 0.0 && number <= 1.0 {
        return Ok(number);
    }
    Err(Error::invalid_value(Unexpected::Float(number), &"a number above 0 and at most 1"))
}

/// A finite number that is not negative.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() && number >= 0.0 {
        return Ok(number);
    }
    Err(Error::invalid_value(Unexpected::Float(number), &"a number that is not negative"))
}
