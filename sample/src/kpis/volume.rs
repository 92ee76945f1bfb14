//! Series of a whole city: indicators that wards and communes report every month.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ILLUSTRATIVE;
use super::catalogue::since;
use super::course::{Said, noise, on_the_way};
use super::period::{Period, YEARS, periods};
use super::report::{Report, Scope, text};
use crate::city::City;
use crate::draw::Draw;
use crate::reference::head_position;
use crate::row::{Row, Rows};

/// Natures of the indicators, with the way in which areas add up and the direction.
const NATURES: [(&str, &str, &str); 3] =
    [("FLOW", "SUM", "HIGHER"), ("RATE", "RATIO", "HIGHER"), ("STOCK", "SUM", "LOWER")];

const LAG: u32 = 12;

/// Code of the indicator at this place.
fn code(place: usize) -> String {
    format!("CS-{:03}", place + 1)
}

/// Number of indicators of so many series.
pub(super) fn indicators(city: &City, series: usize) -> usize {
    series.div_ceil(city.areas.len())
}

/// The row of the indicator at this place.
pub(super) fn indicator(city: &City, place: usize) -> Row {
    let code = code(place);
    let (nature, over, direction) = NATURES[place % NATURES.len()];
    let departments: Vec<_> =
        city.facts.organizations.iter().filter(|one| one.parent.as_deref() == Some("UBND")).collect();
    let owner = &departments[place % departments.len()].code;
    let programme = &city.facts.programmes[place % city.facts.programmes.len()].code;
    let row = Row::new(&code, since(), 0)
        .with("code", code.as_str())
        .with("name", format!("Chỉ số cơ sở {}", place + 1))
        .with("unit", if nature == "RATE" { "%" } else { "đơn vị" })
        .with("direction", direction)
        .with("nature", nature)
        .with("frequency", "MONTH")
        .with("overPlaces", over)
        .with("reportingLagDays", LAG)
        .with("organization", owner.as_str())
        .with("accountable", head_position(owner))
        .with("programmes", vec![programme.clone()])
        .with("scopes", vec!["AREA"])
        .with("document", ILLUSTRATIVE);
    if nature == "RATE" { row.with("numerator", "Số đạt").with("denominator", "Tổng số") } else { row }
}

/// Rows of a series: an observation of each month, and a target of 2026.
pub(super) fn series(city: &City, number: usize, rows: &mut Rows) {
    let (place, area) = (number / city.areas.len(), &city.areas[number % city.areas.len()].code);
    let indicator = code(place);
    let nature = NATURES[place % NATURES.len()].0;
    let scope = Scope::Area(area);
    let id = format!("{indicator}/{area}");
    let draw = Draw(&id);
    let periods = periods("MONTH", YEARS);
    let (from, change) = (Decimal::from(draw.between("from", 200, 4000)), noise(draw, "change", 300));
    let value = |place: usize, period: &Period| {
        let value = on_the_way(from, from * change, place, periods.len()) * noise(draw, &period.to_string(), 80);
        match nature {
            "RATE" => Said::parts(
                (value * noise(draw, &format!("part {period}"), 90) * Decimal::new(85, 2)).round(),
                value.round(),
            ),
            _ => Said::value(value.round()),
        }
    };
    for (place, period) in periods.iter().enumerate() {
        let said = value(place, period);
        let (indicator, period) = (indicator.as_str(), *period);
        let report = Report {
            indicator,
            scope,
            period,
            lag: LAG,
            said,
            flags: if period.end() <= city.kpis.areas.since { &["BREAK"] } else { &[] },
            restated_on: None,
            provisional: 10,
            gaps: 6,
        };
        report.rows(rows);
    }
    let on = NaiveDate::from_ymd_opt(2026, 1, 9).unwrap_or_default();
    let target = match nature {
        "RATE" => Decimal::from(90),
        "FLOW" => (from * change * Decimal::from(12)).round(),
        _ => (from * change * Decimal::new(97, 2)).round(),
    };
    let row = Row::new(format!("{id}/2026"), on, 60)
        .with("indicator", indicator.as_str())
        .with(scope.field(), scope.code())
        .with("period", "2026")
        .with("value", text(target))
        .on("decidedOn", on)
        .with("document", ILLUSTRATIVE);
    rows.add("targets", row);
}
