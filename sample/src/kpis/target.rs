//! Decisions about targets: of the city by year and quarter, of wards, communes and departments.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::period::periods;
use super::report::{Scope, text};
use super::ward::{self, CONTRIBUTION, ON_TIME, POOR, TREES, Told};
use super::{ILLUSTRATIVE, PUBLISHED};
use crate::city::{City, IndicatorFact, KpiAreas};
use crate::draw::Draw;
use crate::row::{Row, Rows};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// A decision about a period. Each has a day and a minute of its own.
fn decision(indicator: &str, scope: Scope<'_>, period: &str, on: NaiveDate) -> Row {
    Row::new(format!("{indicator}/{}/{period}/{on}", scope.code()), on, 60)
        .with("indicator", indicator)
        .with(scope.field(), scope.code())
        .with("period", period)
        .on("decidedOn", on)
}

/// Targets of the city.
pub(super) fn of_city(city: &City, rows: &mut Rows) {
    let whole = Scope::Area(&city.profile.code);
    for fact in &city.kpis.indicators {
        for year in 2026..=2030_i32 {
            let place = usize::try_from(year - 2026).unwrap_or(0);
            // What the council decided for the next year, and the programme for the later ones.
            let on = if year == 2026 { day(2025, 11, 27) } else { day(2026, 2, 7) };
            let published = fact.published.contains(&year);
            let row = decision(&fact.code, whole, &year.to_string(), on)
                .with("document", if published { PUBLISHED } else { ILLUSTRATIVE });
            if let Some([low, high]) = fact.band {
                rows.add("targets", row.with("low", text(low)).with("high", text(high)));
                continue;
            }
            let Some(value) = fact.targets.get(place) else { continue };
            rows.add("targets", with_way(row, fact, *value, year));
            if let Some(changed) = fact.changed.as_ref().filter(|_| year == 2026) {
                let row = decision(&fact.code, whole, "2026", changed.on).with("document", ILLUSTRATIVE);
                rows.add("targets", with_way(row, fact, changed.value, year));
            }
        }
        for (period, value) in periods("QUARTER", [2026, 2026]).iter().zip(&fact.quarters) {
            let first = period.place() == 0;
            let row = decision(&fact.code, whole, &period.to_string(), day(2026, 1, 6)).with("value", text(*value));
            rows.add("targets", row.with("document", if first { PUBLISHED } else { ILLUSTRATIVE }));
        }
    }
    for fact in &city.kpis.targets {
        let row = decision(&fact.indicator, whole, &fact.period, fact.on)
            .with("value", text(fact.value))
            .maybe("baseline", fact.baseline.map(text))
            .maybe("baselinePeriod", fact.baseline.map(|_| "2024"))
            .with("document", fact.document.as_str());
        rows.add("targets", row);
    }
}

/// The row with a target, its baseline and the way to it: straight, or of a flow by its season.
fn with_way(row: Row, fact: &IndicatorFact, target: Decimal, year: i32) -> Row {
    let row = row
        .with("value", text(target))
        .maybe("baseline", fact.baseline.map(text))
        .maybe("baselinePeriod", fact.baseline.map(|_| "2025"));
    if !fact.trajectory || year != 2026 {
        return row;
    }
    let periods = periods(&fact.frequency, [year, year]);
    let weight = |place: usize| fact.season.get(place).copied().unwrap_or(Decimal::ONE);
    let whole: Decimal = (0..periods.len()).map(weight).sum();
    let from = fact.baseline.filter(|_| fact.nature != "FLOW").unwrap_or_default();
    let points = periods.iter().map(|period| {
        let passed: Decimal = (0..=period.place()).map(weight).sum();
        let share = if fact.nature == "FLOW" {
            passed / whole
        } else {
            Decimal::from(period.place() + 1) / Decimal::from(periods.len())
        };
        let value = (from + (target - from) * share).round_dp(fact.decimals.max(1));
        format!("{}={}", period.end() - Days::new(1), text(value))
    });
    row.with("trajectory", points.collect::<Vec<_>>())
}

/// Wards and communes without a target: the last of a draw.
fn undeclared(city: &City, areas: &KpiAreas) -> Vec<String> {
    let mut codes: Vec<&str> = city.areas.iter().map(|area| area.code.as_str()).collect();
    codes.sort_by_key(|code| Draw(code).number("undeclared"));
    codes.into_iter().take(areas.undeclared).map(ToOwned::to_owned).collect()
}

/// Targets that wards, communes and departments declared for 2026. What the areas declared of the growth is a little less than the city's.
pub(super) fn of_parts(city: &City, told: &[Told<'_>], rows: &mut Rows) {
    let undeclared = undeclared(city, &city.kpis.areas);
    let all: i64 = city.areas.iter().map(ward::weight).sum();
    for area in city.areas.iter().filter(|area| !undeclared.contains(&area.code)) {
        let scope = Scope::Area(&area.code);
        let draw = Draw(&area.code);
        let on = crate::workday::from(draw.day("declared", day(2026, 1, 8), day(2026, 2, 12)));
        let mut declare = |indicator: &str, period: &str, value: Decimal, baseline: Option<(Decimal, &str)>| {
            let row = decision(indicator, scope, period, on)
                .with("value", text(value))
                .maybe("baseline", baseline.map(|(value, _)| text(value)))
                .maybe("baselinePeriod", baseline.map(|(_, period)| period))
                .with("document", ILLUSTRATIVE);
            rows.add("targets", row);
        };
        let share = Decimal::from(ward::weight(area)) / Decimal::from(all);
        declare(CONTRIBUTION, "2026-Q1", (Decimal::new(1023, 2) * share).round_dp(4), None);
        declare(CONTRIBUTION, "2026", (Decimal::from(11) * share).round_dp(4), None);
        let at_end = |code: &str, period: &str| {
            let mut of_area = told.iter().filter(|told| told.fact.code == code && told.scope.code() == area.code);
            of_area.find(|told| told.period.to_string() == period).and_then(|told| told.said.value)
        };
        declare(ON_TIME, "2026", Decimal::from(draw.between("on time", 96, 99)), None);
        let poor = at_end(POOR, "2025-Q4").unwrap_or_default();
        declare(POOR, "2026", (poor * Decimal::new(7, 1)).floor(), Some((poor, "2025-Q4")).filter(|_| !poor.is_zero()));
        declare(TREES, "2026", Decimal::from(ward::weight(area) / 10 * 215), None);
    }
    for department in ward::DEPARTMENTS {
        let row = decision(ON_TIME, Scope::Organization(department), "2026", day(2026, 1, 9));
        rows.add("targets", row.with("value", "98.5").with("document", ILLUSTRATIVE));
    }
}
