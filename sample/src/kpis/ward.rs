//! What wards, communes and departments report of four indicators.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::course::{Said, noise, on_the_way};
use super::period::{Period, YEARS, periods};
use super::report::{Report, Scope};
use crate::city::{AreaRecord, City, FormerAreas, IndicatorFact};
use crate::draw::Draw;
use crate::row::Rows;

pub(super) const CONTRIBUTION: &str = "GRDP_CONTRIBUTION";
pub(super) const ON_TIME: &str = "ON_TIME_FILES";
pub(super) const POOR: &str = "POOR_HOUSEHOLDS";
pub(super) const TREES: &str = "TREES_PLANTED";

/// Departments that report the files that they handled.
pub(super) const DEPARTMENTS: [&str; 8] = ["SNV", "STC", "SXD", "SNNMT", "SYT", "SGDDT", "STP", "TTHCC"];

/// What one of them counted in a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) fact: &'a IndicatorFact,
    pub(super) scope: Scope<'a>,
    pub(super) period: Period,
    pub(super) said: Said,
}

/// The indicator with a code.
pub(super) fn fact<'a>(city: &'a City, code: &str) -> Option<&'a IndicatorFact> {
    city.kpis.indicators.iter().find(|fact| fact.code == code)
}

/// Size of the economy and of the population of an area, in percent of the mean.
pub(super) fn weight(area: &AreaRecord) -> i64 {
    i64::from(Draw(&area.code).between("size of the economy", 55, 145))
}

/// All that wards, communes and departments counted.
pub(super) fn told(city: &City) -> Vec<Told<'_>> {
    let mut told = Vec::new();
    let since = city.kpis.areas.since;
    for code in [CONTRIBUTION, ON_TIME, POOR, TREES] {
        let Some(fact) = fact(city, code) else { continue };
        let mut periods = periods(&fact.frequency, YEARS);
        // The growth has values from the beginning on, the trees from the year before the last, the others since there are these areas.
        periods.retain(|period| match code {
            CONTRIBUTION => true,
            TREES => period.year() > YEARS[0],
            _ => period.first >= since,
        });
        let all = city.areas.iter().map(weight).sum();
        for area in &city.areas {
            let count = |(place, period): (usize, &Period)| match code {
                CONTRIBUTION => contribution(city, area, *period, all),
                ON_TIME => Some(files(&area.code, 13 * weight(area), *period, (place, periods.len()))),
                POOR => Some(poor(area, place)),
                _ => Some(trees(fact, area, *period)),
            };
            let scope = Scope::Area(&area.code);
            let counted =
                periods.iter().enumerate().filter_map(|at| Some(Told { fact, scope, period: *at.1, said: count(at)? }));
            told.extend(counted);
        }
        if code == ON_TIME {
            for department in DEPARTMENTS {
                let scope = Scope::Organization(department);
                let counted = periods.iter().enumerate().map(|(place, period)| {
                    let said = files(department, 900, *period, (place, periods.len()));
                    Told { fact, scope, period: *period, said }
                });
                told.extend(counted);
            }
        }
    }
    told
}

/// Contribution to the growth of the year so far, which is the mean of its quarters; `None` before the city knows its growth.
fn contribution(city: &City, area: &AreaRecord, period: Period, all: i64) -> Option<Said> {
    let known = |period: Period| {
        let text = period.to_string();
        let of_period =
            city.kpis.observations.iter().filter(|fact| fact.indicator == "GRDP_GROWTH" && fact.period == text);
        of_period.max_by_key(|fact| fact.revision).and_then(|fact| fact.value)
    };
    let so_far = periods("QUARTER", [period.year(), period.year()]);
    let so_far: Option<Vec<Decimal>> = so_far[..=period.place()].iter().map(|quarter| known(*quarter)).collect();
    let so_far = so_far?;
    let growth = so_far.iter().sum::<Decimal>() / Decimal::from(so_far.len());
    let share = Decimal::from(weight(area)) / Decimal::from(all);
    let luck = noise(Draw(&area.code), &format!("growth {}", period.year()), 130);
    let quarter = noise(Draw(&area.code), &format!("growth {period}"), 50);
    Some(Said::value((growth * share * luck * quarter).round_dp(4)))
}

/// Files that were handled, and those in time.
fn files(code: &str, size: i64, period: Period, (place, of): (usize, usize)) -> Said {
    let draw = Draw(code);
    let late = Decimal::from(draw.between("late files", 12, 110)) / Decimal::ONE_THOUSAND;
    let late = on_the_way(late, late * Decimal::new(6, 1), place, of) * noise(draw, &format!("late {period}"), 350);
    let whole = (Decimal::from(size) * noise(draw, &format!("files {period}"), 150)).round();
    Said::parts((whole * (Decimal::ONE - late)).round(), whole)
}

/// Households that are left: fewer each quarter, none at last in a place with few.
fn poor(area: &AreaRecord, place: usize) -> Said {
    let draw = Draw(&area.code);
    let (low, high) = if area.name.starts_with("Xã") { (70, 260) } else { (2, 55) };
    let first = Decimal::from(draw.between("poor", low, high));
    let each = Decimal::from(draw.between("fewer", 30, 95)) / Decimal::ONE_THOUSAND;
    let left = first * (Decimal::ONE - each * Decimal::from(place)) - Decimal::from(place.min(3));
    Said::value(left.max(Decimal::ZERO).round())
}

/// Trees, in some quarters none.
fn trees(fact: &IndicatorFact, area: &AreaRecord, period: Period) -> Said {
    let draw = Draw(&area.code);
    if draw.chance(&format!("no trees {period}"), 6) {
        return Said::value(Decimal::ZERO);
    }
    let season = fact.season.get(period.place()).map_or(Decimal::ONE, |percent| percent / Decimal::ONE_HUNDRED);
    let more = if period.year() == YEARS[1] { Decimal::new(108, 2) } else { Decimal::ONE };
    Said::value(
        (Decimal::from(5 * weight(area) + 30) * season * more * noise(draw, &format!("trees {period}"), 300)).round(),
    )
}

/// Rows of what the areas counted that became an area. The last one has what the others leave.
fn of_former(told: &Told<'_>, former: &FormerAreas, rows: &mut Rows) {
    let whole = told.said.value.unwrap_or_default();
    let mut left = whole;
    let last = former.parts.keys().next_back();
    for (code, percent) in &former.parts {
        let part = (whole * Decimal::from(*percent) / Decimal::ONE_HUNDRED).round();
        let value = if Some(code) == last { left } else { part };
        left -= value;
        let report = Report {
            indicator: &told.fact.code,
            scope: Scope::Area(code),
            period: told.period,
            lag: told.fact.lag,
            said: Said::value(value),
            flags: &[],
            restated_on: None,
            provisional: 0,
            gaps: 0,
        };
        report.rows(rows);
    }
}

/// Rows of what was counted.
pub(super) fn rows(city: &City, told: &[Told<'_>], rows: &mut Rows) {
    let areas = &city.kpis.areas;
    for told in told {
        let former = areas.former.iter().find(|former| former.area == told.scope.code());
        if let Some(former) = former.filter(|_| told.fact.code == TREES && told.period.first < areas.since) {
            of_former(told, former, rows);
            continue;
        }
        let is_area = matches!(told.scope, Scope::Area(_));
        let is_restated = is_area && told.period.first < areas.since;
        let breaks: NaiveDate = areas.since + Days::new(1);
        let few =
            told.fact.code == POOR && told.said.value.is_some_and(|value| value > Decimal::ZERO && value < 5.into());
        let flags: &[&str] = match (is_restated, few) {
            (true, _) => &["ESTIMATED", "BREAK"],
            (_, true) => &["SUPPRESSED"],
            _ if is_area && told.period.first < breaks && told.fact.code != ON_TIME => &["BREAK"],
            _ => &[],
        };
        let report = Report {
            indicator: &told.fact.code,
            scope: told.scope,
            period: told.period,
            lag: told.fact.lag,
            said: told.said,
            flags,
            restated_on: is_restated.then_some(areas.restated_on),
            provisional: if flags.is_empty() && is_area { 12 } else { 0 },
            gaps: if is_area { 16 } else { 0 },
        };
        report.rows(rows);
    }
}
