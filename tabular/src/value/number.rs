//! Whole and decimal numbers as people write them, without floating point.

/// A decimal number: sign, digits before and after the point, without needless zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    whole: String,
    fraction: String,
}

/// Why a text is no number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NumberFault {
    /// The separator can be one of groups or of decimals.
    Ambiguous(Box<TwoReadings>),
    /// It is no number.
    Form,
}

/// The readings of a text that can be read in two ways.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TwoReadings {
    pub(super) grouped: Number,
    pub(super) decimal: Number,
    /// A text that is read as the decimal number.
    pub(super) advice: String,
}

impl Number {
    fn new(negative: bool, whole: &str, fraction: &str) -> Option<Self> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0').to_owned();
        let whole = if whole.is_empty() { "0" } else { whole }.to_owned();
        Some(Self { negative: negative && (whole != "0" || !fraction.is_empty()), whole, fraction })
    }

    /// Number of significant digits that the database must store.
    pub(super) fn digits(&self) -> usize {
        let whole = if self.whole == "0" { 0 } else { self.whole.len() };
        whole + self.fraction.len()
    }

    /// The canonical text, for example `-1234.5`.
    pub(super) fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{}{point}{}", self.whole, self.fraction)
    }

    /// The whole number, or nothing when it has a fraction or needs more than 64 bits.
    pub(super) fn whole(&self) -> Option<i64> {
        if self.fraction.is_empty() { self.text().parse().ok() } else { None }
    }

    /// Whether it is from the first number to the second, both included.
    pub(super) fn is_within(&self, min: i64, max: i64) -> bool {
        // The whole part, and a fraction beyond it, away from zero.
        let Ok(whole) = self.whole.parse::<i128>() else { return false };
        let beyond = i128::from(self.has_fraction());
        if self.negative {
            -whole - beyond >= min.into() && -whole <= max.into()
        } else {
            whole + beyond <= max.into() && whole >= min.into()
        }
    }

    /// Whether it has digits after the point.
    pub(super) fn has_fraction(&self) -> bool {
        !self.fraction.is_empty()
    }
}

fn signed(text: &str) -> (bool, &str) {
    let text = text.trim();
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Reads a number of a cell. A comma is the decimal separator. Dots group thousands when a comma follows or when
/// there are at least two of them; a single dot is the decimal point, unless exactly three digits follow at most three,
/// which can be read in two ways.
pub(super) fn from_cell(text: &str) -> Result<Number, NumberFault> {
    let (negative, digits) = signed(text);
    let number = |whole: &str, fraction: &str| Number::new(negative, whole, fraction).ok_or(NumberFault::Form);
    if let Some((whole, fraction)) = digits.split_once(',') {
        if fraction.is_empty() {
            return Err(NumberFault::Form);
        }
        // `1,234` is 1234 where a comma groups thousands.
        if fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') && number(whole, fraction).is_ok() {
            return Err(ambiguous(negative, (whole, fraction), ','));
        }
        let whole = if whole.contains('.') { ungroup(whole).ok_or(NumberFault::Form)? } else { whole.to_owned() };
        return number(&whole, fraction);
    }
    match digits.matches('.').count() {
        0 => number(digits, ""),
        1 => {
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            if fraction.is_empty() {
                return Err(NumberFault::Form);
            }
            let decimal = number(whole, fraction)?;
            if fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
                return Err(ambiguous(negative, (whole, fraction), '.'));
            }
            Ok(decimal)
        }
        _ => number(&ungroup(digits).ok_or(NumberFault::Form)?, ""),
    }
}

/// The two readings of three digits behind a separator. Four digits behind it are no group.
fn ambiguous(negative: bool, (whole, fraction): (&str, &str), separator: char) -> NumberFault {
    let grouped = Number::new(negative, &format!("{whole}{fraction}"), "");
    let Some((grouped, decimal)) = grouped.zip(Number::new(negative, whole, fraction)) else {
        return NumberFault::Form;
    };
    let sign = if negative { "-" } else { "" };
    let advice = format!("{sign}{whole}{separator}{fraction}0");
    NumberFault::Ambiguous(Box::new(TwoReadings { grouped, decimal, advice }))
}

/// Digits without the dots between groups of exactly three.
fn ungroup(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3);
    fits.then(|| text.replace('.', ""))
}

/// Reads a number as JSON writes it, with an exponent where there is one.
pub(super) fn from_json(text: &str) -> Option<Number> {
    // Longer exponents cannot be stored, and would make a long text of a short one.
    const MAX_SHIFT: i32 = 60;
    let (negative, rest) = signed(text);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if exponent == 0 {
        return Number::new(negative, whole, fraction);
    }
    if exponent.abs() > MAX_SHIFT || Number::new(negative, whole, fraction).is_none() {
        return None;
    }
    let zeros = "0".repeat(exponent.unsigned_abs() as usize);
    if exponent > 0 {
        let padded = format!("{fraction}{zeros}");
        let (moved, left) = padded.split_at(exponent.unsigned_abs() as usize);
        Number::new(negative, &format!("{whole}{moved}"), left)
    } else {
        let padded = format!("{zeros}{whole}");
        let (left, moved) = padded.split_at(padded.len() - exponent.unsigned_abs() as usize);
        Number::new(negative, left, &format!("{moved}{fraction}"))
    }
}

/// The text of a number of a spreadsheet. Spreadsheets show 15 digits; the ones behind are noise of binary fractions.
pub(super) fn of_sheet(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let text = if value.fract() == 0.0 { format!("{value:e}") } else { format!("{value:.14e}") };
    from_json(&text).map(|number| number.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        match from_cell(text) {
            Ok(number) => number.text(),
            Err(NumberFault::Ambiguous(two)) => format!("{} or {}", two.grouped.text(), two.advice),
            Err(NumberFault::Form) => "no number".to_owned(),
        }
    }

    #[test]
    fn numbers_of_cells() {
        for (text, read) in [
            ("1234.56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("1234,56", "1234.56"),
            ("1.234.567", "1234567"),
            ("1.234.567,0", "1234567"),
            ("1.234", "1234 or 1.2340"),
            ("-12.500", "-12500 or -12.5000"),
            ("0.123", "0.123"),
            ("1234.567", "1234.567"),
            ("1.2345", "1.2345"),
            ("007", "7"),
            ("-0,00", "0"),
            ("−5", "-5"),
            ("+5", "5"),
            ("1,234.56", "no number"),
            ("1,2,3", "no number"),
            ("1.23.456", "no number"),
            ("12.34,5", "no number"),
            ("1e5", "no number"),
            (".5", "no number"),
            ("5.", "no number"),
            ("5,", "no number"),
            ("", "no number"),
            ("-", "no number"),
            ("1 234", "no number"),
            ("１２", "no number"),
        ] {
            assert_eq!(cell(text), read, "{text:?}");
        }
    }

    #[test]
    fn advice_is_read_as_the_decimal_number() {
        for (text, read) in [("21.028", "21.028"), ("21,028", "21.028"), ("-120.500", "-120.5")] {
            let Err(NumberFault::Ambiguous(two)) = from_cell(text) else { panic!("{text} has two readings") };
            assert_eq!(cell(&two.advice), read);
        }
    }

    #[test]
    fn a_range_includes_its_ends() {
        let within = |text: &str| from_json(text).expect("a number").is_within(-90, 1);
        for (text, fits) in [
            ("1", true),
            ("1.0", true),
            ("1.000001", false),
            ("0.999", true),
            ("0", true),
            ("-0.5", true),
            ("-90", true),
            ("-90.1", false),
            ("-89.9", true),
            ("9223372036854775808", false),
            ("1e50", false),
        ] {
            assert_eq!(within(text), fits, "{text}");
        }
        assert!(
            from_json("0.5").expect("a number").is_within(0, 1)
                && !from_json("-0.5").expect("a number").is_within(0, 1)
        );
    }

    #[test]
    fn numbers_of_json_keep_every_digit() {
        let text = |json| from_json(json).map(|number| number.text());
        assert_eq!(text("12345678901234567890123456789012345.678").unwrap(), "12345678901234567890123456789012345.678");
        assert_eq!(text("1.5e3").unwrap(), "1500");
        assert_eq!(text("15e-3").unwrap(), "0.015");
        assert_eq!(text("1.25E1").unwrap(), "12.5");
        assert_eq!(text("1e999999999"), None);
        assert_eq!(text("abc"), None);
    }

    #[test]
    fn noise_of_binary_fractions_is_removed() {
        assert_eq!(of_sheet(0.1 + 0.2).unwrap(), "0.3");
        assert_eq!(of_sheet(123_456_789_012.0).unwrap(), "123456789012");
        assert_eq!(of_sheet(-4.0).unwrap(), "-4");
        assert_eq!(of_sheet(f64::NAN), None);
    }
}
