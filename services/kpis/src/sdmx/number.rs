//! Numbers of SDMX: `xs:double`, with a point, without grouping. They are kept as decimals, without floating point.

/// Most digits that are stored, before the point and in all, as of every pushed number (`tabular::Form::NUMBER`).
const MOST_DIGITS: (usize, usize) = (15, 28);
/// Longest shift by an exponent.
const LONGEST_SHIFT: usize = 60;

/// What a cell of a number states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// `NaN`: there is no value.
    Missing,
    /// The canonical text of a decimal.
    Value(String),
}

/// Reads a cell. `None` for what is no number, or has more than 15 digits before the point or 28 in all.
pub fn number(text: &str) -> Option<Number> {
    if text == "NaN" {
        return Some(Number::Missing);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let shift = usize::try_from(exponent.unsigned_abs()).ok().filter(|shift| *shift <= LONGEST_SHIFT)?;
    let (whole, fraction) = if exponent < 0 {
        let padded = "0".repeat(shift) + whole;
        let (left, moved) = padded.split_at(padded.len() - shift);
        (left.to_owned(), moved.to_owned() + fraction)
    } else {
        let padded = fraction.to_owned() + &"0".repeat(shift);
        let (moved, left) = padded.split_at(shift);
        (whole.to_owned() + moved, left.to_owned())
    };
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if whole.len() > MOST_DIGITS.0 || whole.len() + fraction.len() > MOST_DIGITS.1 {
        return None;
    }
    if whole.is_empty() && fraction.is_empty() {
        return Some(Number::Value("0".to_owned()));
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(Number::Value(format!("{sign}{whole}{point}{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_a_point_is_never_a_group() {
        for (text, value) in [
            ("10.230", "10.23"),
            ("1.234", "1.234"),
            ("-0.0", "0"),
            ("+007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.5e3", "1500"),
            ("1.5E+11", "150000000000"),
            ("-12.5e-4", "-0.00125"),
            ("123456789012345.1234567890123", "123456789012345.1234567890123"),
        ] {
            assert_eq!(number(text), Some(Number::Value(value.to_owned())), "{text}");
        }
        assert_eq!(number("NaN"), Some(Number::Missing));
        for wrong in [
            "",
            "-",
            ".",
            "nan",
            "INF",
            "-INF",
            "1,5",
            "1.234,5",
            "1 000",
            "1e",
            "1e99",
            "0x10",
            "--1",
            "1.2.3",
            "1234567890123456",
            "123456789012345.12345678901234",
        ] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
