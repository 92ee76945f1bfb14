//! Numbers with bounds.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

/// A whole number that is not zero.
pub(crate) fn positive<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: Deserialize<'de> + Default + PartialEq,
{
    let number = N::deserialize(deserializer)?;
    if number == N::default() {
        return Err(Error::invalid_value(
            Unexpected::Unsigned(0),
            &"a whole number, 1 or more",
        ));
    }
    Ok(number)
}

/// A share of a whole: above 0, at most 1.
pub(crate) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number > 0.0 && number <= 1.0 {
        return Ok(number);
    }
    Err(Error::invalid_value(
        Unexpected::Float(number),
        &"a number above 0 and at most 1",
    ))
}

/// A number that is finite and not negative.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number.is_finite() && number >= 0.0 {
        return Ok(number);
    }
    Err(Error::invalid_value(
        Unexpected::Float(number),
        &"a number that is not negative",
    ))
}
