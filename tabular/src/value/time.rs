//! Days and times of cells: `2026-03-15`, `15/03/2026`, `15/03/2026 08:30`, RFC 3339. The day is always before the month.

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// Years that are accepted; a year outside is a slip such as `0206`.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// Why a text is no day or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// Wrong form.
    Form,
    /// The calendar does not have this day.
    NoSuchDay,
    /// The year has two digits.
    ShortYear,
    /// The year is outside [`YEARS`].
    Year,
    /// There is no time of day.
    NoTime,
    /// There is a time of day where only a day is accepted.
    HasTime,
    /// The clock does not show this time.
    NoSuchTime,
    /// The local time occurs twice or never, because clocks are changed.
    ClockChange,
}

/// Reads a day.
pub(super) fn date(text: &str) -> Result<NaiveDate, TimeFault> {
    let (parts, day_first) = if text.contains('/') { (text.split('/'), true) } else { (text.split('-'), false) };
    let parts: Vec<&str> = parts.collect();
    let [first, month, last] = parts[..] else { return Err(TimeFault::Form) };
    let (year, day) = if day_first { (last, first) } else { (first, last) };
    if !day_first && (month.len() != 2 || day.len() != 2) {
        return Err(TimeFault::Form);
    }
    let number = |part: &str, longest: usize| {
        let digits = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<u32>().map_err(|_| TimeFault::Form) } else { Err(TimeFault::Form) }
    };
    let (day, month) = (number(day, 2)?, number(month, 2)?);
    if year.len() == 2 && day_first {
        return number(year, 2).and(Err(TimeFault::ShortYear));
    }
    if year.len() != 4 {
        return Err(TimeFault::Form);
    }
    let year = i32::try_from(number(year, 4)?).map_err(|_| TimeFault::Year)?;
    if !YEARS.contains(&year) {
        return Err(TimeFault::Year);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(TimeFault::NoSuchDay)
}

/// Reads a day that must not have a time of day.
pub(super) fn day(text: &str) -> Result<NaiveDate, TimeFault> {
    date(text).map_err(|fault| match text.split_once(['T', ' ']) {
        Some((day, _)) if fault == TimeFault::Form && date(day).is_ok() => TimeFault::HasTime,
        _ => fault,
    })
}

/// Reads a time; without an offset it is a local time of `zone`.
pub(super) fn time(text: &str, zone: Tz) -> Result<DateTime<Utc>, TimeFault> {
    let Some((day, clock)) = text.split_once(['T', 't', ' ']) else {
        return date(text).and(Err(TimeFault::NoTime));
    };
    let day = date(day)?;
    let (clock, offset_s) = offset(clock.trim())?;
    let local = day.and_time(time_of_day(clock)?);
    match offset_s {
        Some(seconds) => Ok((local - Duration::seconds(seconds)).and_utc()),
        None => in_zone(local, zone),
    }
}

/// The instant of a local time.
pub(super) fn in_zone(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, TimeFault> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => Ok(instant.with_timezone(&Utc)),
        _ => Err(TimeFault::ClockChange),
    }
}

/// The clock text and the offset behind it in seconds.
fn offset(clock: &str) -> Result<(&str, Option<i64>), TimeFault> {
    if let Some(utc) = clock.strip_suffix(['Z', 'z']) {
        return Ok((utc, Some(0)));
    }
    let Some(at) = clock.find(['+', '-']) else { return Ok((clock, None)) };
    let (time, sign, zone) = (&clock[..at], &clock[at..=at], &clock[at + 1..]);
    let digits = zone.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TimeFault::Form);
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (i64, i64) = (hours.parse().unwrap_or(99), minutes.parse().unwrap_or(99));
    if hours > 14 || minutes > 59 {
        return Err(TimeFault::NoSuchTime);
    }
    let seconds = hours * 3600 + minutes * 60;
    Ok((time, Some(if sign == "-" { -seconds } else { seconds })))
}

/// `08:30`, `8:30:15`, `08:30:15.123456`; digits behind microseconds are dropped.
fn time_of_day(clock: &str) -> Result<NaiveTime, TimeFault> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    let digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(digits) || (parts.len() == 2 && !fraction.is_empty()) {
        return Err(TimeFault::Form);
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || parts[1].len() != 2 {
        return Err(TimeFault::Form);
    }
    let number = |index: usize| parts.get(index).map_or(0, |part| part.parse::<u32>().unwrap_or(99));
    let microseconds = format!("{fraction:0<6.6}").parse::<u32>().unwrap_or(0);
    NaiveTime::from_hms_micro_opt(number(0), number(1), number(2), microseconds).ok_or(TimeFault::NoSuchTime)
}

/// The local time of a serial number of a spreadsheet: days since 1899-12-30, or since 1904-01-01 in the other system.
/// Days before 1900-03-01 are refused, because spreadsheets count a 29 February 1900 that did not exist.
pub(super) fn of_serial(serial: f64, from_1904: bool) -> Option<NaiveDateTime> {
    const MS_OF_DAY: f64 = 86_400_000.0;
    let first = if from_1904 { 0.0 } else { 61.0 };
    if !(first..110_000.0).contains(&serial) {
        return None;
    }
    let epoch = if from_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
    #[expect(clippy::cast_possible_truncation, reason = "at most 110,000 days, checked above")]
    let milliseconds = (serial * MS_OF_DAY).round() as i64;
    Some(epoch?.and_time(NaiveTime::MIN) + Duration::milliseconds(milliseconds))
}

/// The serial number of a day or a time in its canonical form.
pub(crate) fn serial_of(value: &str, zone: Tz) -> Option<f64> {
    let local = match DateTime::parse_from_rfc3339(value) {
        Ok(instant) => instant.with_timezone(&zone).naive_local(),
        Err(_) => date(value).ok()?.and_time(NaiveTime::MIN),
    };
    let since = local - NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    let seconds = i32::try_from(since.num_seconds() % 86_400).ok()?;
    Some(f64::from(i32::try_from(since.num_days()).ok()?) + f64::from(seconds) / 86_400.0)
}

/// The JSON value of a time: RFC 3339 in UTC with microseconds.
pub(super) fn instant_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Ho_Chi_Minh;

    #[test]
    fn days_are_read_day_first() {
        for (text, read) in [
            ("2026-03-15", Ok("2026-03-15")),
            ("15/03/2026", Ok("2026-03-15")),
            ("5/3/2026", Ok("2026-03-05")),
            ("29/02/2024", Ok("2024-02-29")),
            ("29/02/2026", Err(TimeFault::NoSuchDay)),
            ("03/15/2026", Err(TimeFault::NoSuchDay)),
            ("15/03/26", Err(TimeFault::ShortYear)),
            ("15/03/0206", Err(TimeFault::Year)),
            ("2026-3-15", Err(TimeFault::Form)),
            ("2026-03-15 08:30", Err(TimeFault::HasTime)),
            ("15.03.2026", Err(TimeFault::Form)),
            ("46096", Err(TimeFault::Form)),
            ("", Err(TimeFault::Form)),
        ] {
            assert_eq!(day(text).map(|day| day.to_string()), read.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn times_without_an_offset_are_of_the_city() {
        for (text, read) in [
            ("2026-03-15T08:30:00+07:00", Ok("2026-03-15T01:30:00.000000+00:00")),
            ("2026-03-15T08:30:00Z", Ok("2026-03-15T08:30:00.000000+00:00")),
            ("2026-03-15 08:30", Ok("2026-03-15T01:30:00.000000+00:00")),
            ("15/03/2026 8:30", Ok("2026-03-15T01:30:00.000000+00:00")),
            ("15/03/2026 08:30:15.1234567", Ok("2026-03-15T01:30:15.123456+00:00")),
            ("15/03/2026 24:00", Err(TimeFault::NoSuchTime)),
            ("15/03/2026 08:30:60", Err(TimeFault::NoSuchTime)),
            ("15/03/2026", Err(TimeFault::NoTime)),
            ("15/03/2026 8h30", Err(TimeFault::Form)),
            ("2026-03-15T08:30:00+25:00", Err(TimeFault::NoSuchTime)),
        ] {
            assert_eq!(time(text, Ho_Chi_Minh).map(instant_text), read.map(str::to_owned), "{text:?}");
        }
        assert_eq!(time("2026-03-29 02:30", chrono_tz::Europe::Berlin), Err(TimeFault::ClockChange));
    }

    #[test]
    fn serial_numbers_of_both_systems() {
        let text = |serial, from_1904| of_serial(serial, from_1904).map(|time| time.to_string());
        assert_eq!(text(46_096.0, false).unwrap(), "2026-03-15 00:00:00");
        assert_eq!(text(44_634.0, true).unwrap(), "2026-03-15 00:00:00");
        assert_eq!(text(46_096.354_166_666_664, false).unwrap(), "2026-03-15 08:30:00");
        assert_eq!(text(60.0, false), None);
        assert_eq!(text(f64::NAN, false), None);
    }
}
