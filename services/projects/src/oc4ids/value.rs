//! Amounts: numbers with their currency.

use rust_decimal::Decimal;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The currency of all amounts of the platform.
const CURRENCY: &str = "VND";

/// Amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Value {
    #[serde(serialize_with = "number")]
    amount: Decimal,
    currency: &'static str,
}

impl From<Decimal> for Value {
    fn from(amount: Decimal) -> Self {
        Self { amount, currency: CURRENCY }
    }
}

/// Writes all digits: a floating-point number would round amounts above 9 million billion.
fn number<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(amount.normalize().to_string()).map_err(S::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_an_exact_number() {
        for (amount, text) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("120000000000.00", "120000000000"),
            ("9007199254740993", "9007199254740993"),
            ("99999999999999999999999999", "99999999999999999999999999"),
            ("-12500000000", "-12500000000"),
            ("1234.50", "1234.5"),
            ("0.0000001", "0.0000001"),
        ] {
            let value = Value::from(amount.parse::<Decimal>().expect("a number"));
            let json = serde_json::to_string(&value).expect("JSON");
            assert_eq!(json, format!(r#"{{"amount":{text},"currency":"VND"}}"#));
        }
    }
}
