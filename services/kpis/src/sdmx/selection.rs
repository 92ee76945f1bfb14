//! What an export is asked for.

use chrono::NaiveDate;
use schema::parse_date;
use service_kit::Problem;

use super::period;

/// What a caller states, as texts.
#[derive(Debug, Clone, Default)]
pub struct Stated {
    /// Codes of indicators; all without one.
    pub indicators: Vec<String>,
    /// Code of the area of the scope.
    pub area: Option<String>,
    /// Code of the organization of the scope.
    pub organization: Option<String>,
    /// First period.
    pub start: Option<String>,
    /// Last period.
    pub end: Option<String>,
    /// Day as of which it is known.
    pub as_of: Option<String>,
}

/// The observations of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Codes of indicators; all without one.
    pub indicators: Vec<String>,
    /// Code of the area of the scope.
    pub area: Option<String>,
    /// Code of the organization of the scope.
    pub organization: Option<String>,
    /// First day of the first period.
    pub first: Option<NaiveDate>,
    /// The day after the last period.
    pub end: Option<NaiveDate>,
    /// Day as of which they are known.
    pub as_of: NaiveDate,
}

impl Selection {
    /// Checks what is stated.
    ///
    /// # Errors
    /// `VALIDATION` with the parameter and what it accepts.
    pub fn read(stated: Stated, today: NaiveDate) -> Result<Self, Problem> {
        let Stated { indicators, area, organization, start, end, as_of } = stated;
        let codes = indicators.iter().map(|code| ("indicator", code));
        let scopes = area.iter().map(|code| ("area", code));
        let scopes = scopes.chain(organization.iter().map(|code| ("organization", code)));
        for (parameter, code) in codes.chain(scopes) {
            if code.is_empty() || code.contains('\0') {
                return Err(Problem::validation(parameter, format!("{code:?}; accepted: a code")));
            }
        }
        if area.is_some() && organization.is_some() {
            let message = "an observation is about an area or an organization; accepted: one of area, organization";
            return Err(Problem::validation("organization", message));
        }
        let first = start.as_deref().map(|text| days("start", text)).transpose()?.map(|(first, _)| first);
        let end = end.as_deref().map(|text| days("end", text)).transpose()?.map(|(_, end)| end);
        if let (Some(first), Some(end)) = (first, end)
            && end <= first
        {
            return Err(Problem::validation("end", "the last period is before the first; accepted: start up to end"));
        }
        let as_of = match as_of {
            None => today,
            Some(text) => {
                let day = parse_date(&text).map_err(|error| Problem::validation("asOf", error.to_string()))?;
                if day > today {
                    let message = format!("asOf {day} is in the future; accepted: a date up to today, {today}");
                    return Err(Problem::validation("asOf", message));
                }
                day
            }
        };
        Ok(Self { indicators, area, organization, first, end, as_of })
    }

    /// The selection in words, for the audit trail.
    pub fn words(&self) -> String {
        let mut words: Vec<String> = self.indicators.iter().map(|code| format!("indicator={code}")).collect();
        words.extend(self.area.iter().map(|code| format!("area={code}")));
        words.extend(self.organization.iter().map(|code| format!("organization={code}")));
        words.extend(self.first.iter().map(|day| format!("from={day}")));
        words.extend(self.end.iter().map(|day| format!("before={day}")));
        words.push(format!("asOf={}", self.as_of));
        words.join("&")
    }
}

/// First day of a period, and the day after its last.
fn days(parameter: &'static str, text: &str) -> Result<(NaiveDate, NaiveDate), Problem> {
    let read = period::period(text).and_then(|text| text.parse::<schema::Period>().ok());
    let period = read.ok_or_else(|| {
        let message = format!("{text:?}; accepted: a year (2026), a quarter (2026-Q1) or a month (2026-03)");
        Problem::validation(parameter, message)
    })?;
    Ok((period.first_day(), period.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn read(stated: Stated) -> Result<Selection, String> {
        Selection::read(stated, day("2026-11-27")).map_err(|problem| problem.path.unwrap_or_default())
    }

    #[test]
    fn a_range_begins_with_its_first_period_and_ends_with_its_last() {
        let some = |text: &str| Some(text.to_owned());
        let stated = Stated { start: some("2025"), end: some("2026-Q1"), ..Stated::default() };
        let read_whole = read(stated).expect("a selection");
        assert_eq!((read_whole.first, read_whole.end), (Some(day("2025-01-01")), Some(day("2026-04-01"))));
        assert_eq!(read_whole.words(), "from=2025-01-01&before=2026-04-01&asOf=2026-11-27");
        for (stated, parameter) in [
            (Stated { start: some("2026-W10"), ..Stated::default() }, "start"),
            (Stated { start: some("2026"), end: some("2025"), ..Stated::default() }, "end"),
            (Stated { as_of: some("2026-11-28"), ..Stated::default() }, "asOf"),
            (Stated { as_of: some("2026-11"), ..Stated::default() }, "asOf"),
            (Stated { indicators: vec![String::new()], ..Stated::default() }, "indicator"),
            (Stated { area: some("01"), organization: some("STC"), ..Stated::default() }, "organization"),
        ] {
            assert_eq!(read(stated).expect_err("refused"), parameter);
        }
    }
}
