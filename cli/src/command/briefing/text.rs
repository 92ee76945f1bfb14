//! Numbers, dates and periods as people of a language write them.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use schema::{Grain, Period};

use super::document::Cell;
use crate::client::Language;

/// In the place of a value that does not exist.
pub const MISSING: &str = "—";

/// Digits of quarters, as Vietnamese offices write them.
const ROMAN: [&str; 4] = ["I", "II", "III", "IV"];

/// The text of a cell.
pub fn cell(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Missing => MISSING.to_owned(),
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number { value, decimals } => number(*value, *decimals, language),
        Cell::Share(value) => share(*value, language),
        Cell::Date(day) => date(*day, language),
        Cell::Moment(at) => moment(*at, language),
    }
}

/// A number with at most so many decimals: `1.234,5` in Vietnamese, `1,234.5` in English.
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    let (group, point) = language.pick((',', '.'), ('.', ','));
    let plain = format!("{:.*}", shown_decimals(value, decimals), value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    if value < 0.0 && plain.contains(|digit: char| ('1'..='9').contains(&digit)) {
        text.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// A number of things.
pub fn number_of(count: i64, language: Language) -> String {
    cell(&Cell::count(count), language)
}

/// Number of decimals without zeros at the end.
pub fn shown_decimals(value: f64, most: usize) -> usize {
    let plain = format!("{value:.most$}");
    plain.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len())
}

/// A share in percent, with one decimal.
pub fn share(value: f64, language: Language) -> String {
    format!("{}%", number(value * 100.0, 1, language))
}

/// A day: `22/11/2026` in Vietnamese, `22 Nov 2026` in English.
pub fn date(day: NaiveDate, language: Language) -> String {
    day.format(language.pick("%-d %b %Y", "%d/%m/%Y")).to_string()
}

/// A point in time, to the minute.
pub fn moment(at: NaiveDateTime, language: Language) -> String {
    at.format(language.pick("%-d %b %Y %H:%M", "%H:%M ngày %d/%m/%Y")).to_string()
}

/// A period: `Tuần 47 năm 2026`, `Week 47 of 2026`.
pub fn period(period: Period, language: Language) -> String {
    let first = period.first_day();
    let (year, month) = (first.year(), first.month());
    match period.grain() {
        Some(Grain::Year) => language.pick(format!("Year {year}"), format!("Năm {year}")),
        Some(Grain::Quarter) => {
            let quarter = month.div_ceil(3);
            let roman = ROMAN.get(quarter as usize - 1).copied().unwrap_or_default();
            language.pick(format!("Quarter {quarter} of {year}"), format!("Quý {roman} năm {year}"))
        }
        Some(Grain::Month) => language.pick(first.format("%B %Y").to_string(), format!("Tháng {month} năm {year}")),
        Some(Grain::Week) => {
            let week = first.iso_week();
            let (year, week) = (week.year(), week.week());
            language.pick(format!("Week {week} of {year}"), format!("Tuần {week} năm {year}"))
        }
        Some(Grain::Day) => language.pick(date(first, language), format!("Ngày {}", date(first, language))),
        None => {
            let days = days(period, language);
            language.pick(days.clone(), format!("Từ {days}"))
        }
    }
}

/// A period that the platform wrote; any other text as it is.
pub fn period_text(text: &str, language: Language) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |parsed| period(parsed, language))
}

/// First and last day.
pub fn days(period: Period, language: Language) -> String {
    let [first, last] = [period.first_day(), period.last_day()].map(|day| date(day, language));
    language.pick(format!("{first} to {last}"), format!("{first} đến {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, Vietnamese};

    #[test]
    fn numbers_have_the_separators_of_the_language() {
        for (value, decimals, vietnamese, english) in [
            (0.0, 0, "0", "0"),
            (7.0, 2, "7", "7"),
            (999.0, 0, "999", "999"),
            (1234.5, 1, "1.234,5", "1,234.5"),
            (1234.0, 1, "1.234", "1,234"),
            (1_234_567.891, 2, "1.234.567,89", "1,234,567.89"),
            (-1234.5, 1, "-1.234,5", "-1,234.5"),
            (-0.04, 1, "0", "0"),
            (0.05, 2, "0,05", "0.05"),
            (100_000.0, 0, "100.000", "100,000"),
        ] {
            assert_eq!(number(value, decimals, Vietnamese), vietnamese);
            assert_eq!(number(value, decimals, English), english);
        }
        assert_eq!((share(0.7554, Vietnamese), share(1.0, English)), ("75,5%".into(), "100%".into()));
    }

    #[test]
    fn what_is_missing_is_not_zero() {
        assert_eq!(cell(&Cell::count(None), Vietnamese), "—");
        assert_eq!(cell(&Cell::share(None), English), "—");
        assert_eq!(cell(&Cell::number(Some(f64::NAN), 1), English), "—");
        assert_eq!(cell(&Cell::decimal(Some("x"), 1), English), "—");
        assert_eq!(cell(&Cell::count(0), Vietnamese), "0");
        assert_eq!(cell(&Cell::share(Some(0.0)), Vietnamese), "0%");
    }

    #[test]
    fn days_and_moments_are_written_as_offices_do() {
        let at: NaiveDateTime = "2026-03-05T08:07:59".parse().expect("a moment");
        assert_eq!((date(at.date(), Vietnamese), date(at.date(), English)), ("05/03/2026".into(), "5 Mar 2026".into()));
        assert_eq!(moment(at, Vietnamese), "08:07 ngày 05/03/2026");
        assert_eq!(moment(at, English), "5 Mar 2026 08:07");
    }

    #[test]
    fn periods_are_named() {
        for (text, vietnamese, english) in [
            ("2026", "Năm 2026", "Year 2026"),
            ("2026-Q4", "Quý IV năm 2026", "Quarter 4 of 2026"),
            ("2026-03", "Tháng 3 năm 2026", "March 2026"),
            // 29 December 2025 is in the first week of 2026.
            ("2026-W01", "Tuần 1 năm 2026", "Week 1 of 2026"),
            ("2026-03-15", "Ngày 15/03/2026", "15 Mar 2026"),
            ("2026-01-05/2026-02-20", "Từ 05/01/2026 đến 20/02/2026", "5 Jan 2026 to 20 Feb 2026"),
            ("hai năm", "hai năm", "hai năm"),
        ] {
            assert_eq!(period_text(text, Vietnamese), vietnamese);
            assert_eq!(period_text(text, English), english);
        }
    }
}
