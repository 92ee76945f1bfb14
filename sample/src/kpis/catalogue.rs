//! The 43 indicators.

use chrono::NaiveDate;

use super::{ILLUSTRATIVE, PUBLISHED};
use crate::city::{City, IndicatorFact};
use crate::reference::head_position;
use crate::row::{Row, Rows};

/// Day on which the catalogue begins.
pub(super) fn since() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 12, 20).unwrap_or_default()
}

/// Rows of the indicators, the parents first.
pub(super) fn rows(city: &City, rows: &mut Rows) {
    for fact in &city.kpis.indicators {
        rows.add("indicators", indicator(fact));
    }
}

fn indicator(fact: &IndicatorFact) -> Row {
    let scopes = if fact.scopes.is_empty() { vec!["CITY".to_owned()] } else { fact.scopes.clone() };
    Row::new(&fact.code, since(), 0)
        .with("code", fact.code.as_str())
        .with("name", fact.name.as_str())
        .with("unit", fact.unit.as_str())
        .with("direction", fact.direction.as_str())
        .with("nature", fact.nature.as_str())
        .with("frequency", fact.frequency.as_str())
        .maybe("overPlaces", fact.over_places.as_deref())
        .with("reportingLagDays", fact.lag)
        .with("organization", fact.owner.as_str())
        .with("accountable", head_position(&fact.owner))
        .with("programmes", fact.programmes.clone())
        .with("bottlenecks", fact.bottlenecks.clone())
        .maybe("parent", fact.parent.as_deref())
        .maybe("formula", fact.formula.as_deref())
        .maybe("numerator", fact.numerator.as_deref())
        .maybe("denominator", fact.denominator.as_deref())
        .with("scopes", scopes)
        .with("critical", fact.critical)
        .with("document", if fact.published.is_empty() { ILLUSTRATIVE } else { PUBLISHED })
}
