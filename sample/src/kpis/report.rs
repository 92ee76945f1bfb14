//! How a value is reported: drafted, submitted, verified and published some days after its period, sometimes late or not at all,
//! and revised.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::ILLUSTRATIVE;
use super::course::{Said, noise};
use super::period::Period;
use crate::draw::Draw;
use crate::row::{Row, Rows};
use crate::workday;

/// The scope of a series.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    Area(&'a str),
    Organization(&'a str),
}

impl<'a> Scope<'a> {
    pub(super) fn code(self) -> &'a str {
        match self {
            Self::Area(code) | Self::Organization(code) => code,
        }
    }

    /// The field of a push that names it.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Area(_) => "area",
            Self::Organization(_) => "organization",
        }
    }
}

/// A value that is reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report<'a> {
    pub(super) indicator: &'a str,
    pub(super) scope: Scope<'a>,
    pub(super) period: Period,
    pub(super) lag: u32,
    pub(super) said: Said,
    pub(super) flags: &'a [&'a str],
    /// Day on which it was stated for a period long ago.
    pub(super) restated_on: Option<NaiveDate>,
    /// First published as provisional, and revised two months later: of all, or of so many in a thousand.
    pub(super) provisional: u32,
    /// Never reported, or reported as missing: so many in a thousand.
    pub(super) gaps: u32,
}

/// Reports of periods that end after this day have their drafts.
fn drafted_since() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 15).unwrap_or_default()
}

impl Report<'_> {
    pub(super) fn rows(&self, rows: &mut Rows) {
        let id = format!("{}/{}/{}", self.indicator, self.scope.code(), self.period);
        let draw = Draw(&id);
        let in_a_thousand = |purpose: &str, of: u32| draw.between(purpose, 1, 1000) <= of;
        if in_a_thousand("gap", self.gaps) {
            return;
        }
        let end = self.period.end();
        let on = self.restated_on.unwrap_or_else(|| {
            if draw.chance("late", 6) {
                return workday::after(end, self.lag + draw.between("late by", 4, 35));
            }
            workday::from(end + Days::new((self.lag * draw.between("within", 50, 85) / 100).into()))
        });
        if in_a_thousand("missing", self.gaps / 2) {
            let row = self.row(&id, on, 300, Said::default(), &["MISSING"]);
            rows.add("observations", row.with("status", "PUBLISHED"));
            return;
        }
        let is_provisional = in_a_thousand("provisional", self.provisional);
        let flags: &[&str] = if is_provisional { &["PROVISIONAL"] } else { self.flags };
        if end > drafted_since() && self.restated_on.is_none() {
            let submitted = workday::from(end + Days::new(2)).min(on);
            let verified = workday::before(on, draw.between("verified", 1, 12)).max(submitted);
            let drafted = workday::before(end, draw.between("drafted", 2, 9));
            for (status, on, minutes) in
                [("DRAFT", drafted, 30), ("SUBMITTED", submitted, 60), ("VERIFIED", verified, 200)]
            {
                rows.add("observations", self.row(&id, on, minutes, self.said, flags).with("status", status));
            }
        }
        rows.add("observations", self.row(&id, on, 300, self.said, flags).with("status", "PUBLISHED"));
        if is_provisional {
            let again = workday::after(on, draw.between("again", 50, 75));
            let factor = noise(draw, "revised", if self.said.parts.is_some() { 4 } else { 15 });
            let row = self.row(&format!("{id}/2"), again, 300, self.said.times(factor), self.flags);
            let row = row.with("revision", 2).with("status", "PUBLISHED");
            rows.add("observations", row.with("reason", "Số chính thức thay số sơ bộ"));
        }
    }

    fn row(&self, id: &str, on: NaiveDate, minutes: u32, said: Said, flags: &[&str]) -> Row {
        let row = Row::new(id, on, minutes)
            .with("indicator", self.indicator)
            .with(self.scope.field(), self.scope.code())
            .with("period", self.period.to_string());
        let row = said.in_row(row).with("note", ILLUSTRATIVE);
        if flags.is_empty() { row } else { row.with("flags", flags) }
    }
}

impl Said {
    /// The same, revised by a factor.
    fn times(self, factor: Decimal) -> Self {
        let value = self.value.map(|value| (value * factor).round_dp(value.scale()));
        let parts = self.parts.map(|(numerator, denominator)| ((numerator * factor).round(), denominator));
        Self { value, parts }
    }

    /// The row with what is said.
    pub(super) fn in_row(self, row: Row) -> Row {
        let row = row.maybe("value", self.value.map(text));
        let (numerator, denominator) = self.parts.unzip();
        row.maybe("numerator", numerator.map(text)).maybe("denominator", denominator.map(text))
    }
}

/// A number as it is written in a push.
pub(super) fn text(number: Decimal) -> String {
    number.normalize().to_string()
}
