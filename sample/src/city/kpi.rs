//! Indicators: the catalogue, targets, observations in words, and the courses of synthetic values.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

/// All of `kpis.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct KpiFacts {
    #[serde(rename = "indicator")]
    pub(crate) indicators: Vec<IndicatorFact>,
    #[serde(rename = "observation")]
    pub(crate) observations: Vec<ObservationFact>,
    #[serde(rename = "target")]
    pub(crate) targets: Vec<TargetFact>,
    pub(crate) areas: KpiAreas,
    pub(crate) volume: KpiVolume,
}

#[derive(Debug, Deserialize)]
pub(crate) struct IndicatorFact {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) direction: String,
    pub(crate) nature: String,
    pub(crate) frequency: String,
    pub(crate) over_places: Option<String>,
    pub(crate) lag: u32,
    pub(crate) owner: String,
    pub(crate) programmes: Vec<String>,
    #[serde(default)]
    pub(crate) bottlenecks: Vec<String>,
    pub(crate) parent: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    pub(crate) critical: bool,
    pub(crate) formula: Option<String>,
    pub(crate) numerator: Option<String>,
    pub(crate) denominator: Option<String>,
    /// Value of 2025.
    pub(crate) baseline: Option<Decimal>,
    /// Targets of the years from 2026.
    #[serde(default)]
    pub(crate) targets: Vec<Decimal>,
    /// Lower and upper bound of each year, instead of targets.
    pub(crate) band: Option<[Decimal; 2]>,
    /// Targets of the quarters of 2026.
    #[serde(default)]
    pub(crate) quarters: Vec<Decimal>,
    /// Years of which the city has published the target.
    #[serde(default)]
    pub(crate) published: Vec<i32>,
    #[serde(default)]
    pub(crate) trajectory: bool,
    pub(crate) changed: Option<Changed>,
    #[serde(default)]
    pub(crate) decimals: u32,
    pub(crate) path: Option<PathFact>,
    /// Percent of the mean, by month or quarter.
    #[serde(default)]
    pub(crate) season: Vec<Decimal>,
    /// First published as provisional, and revised: so many in a thousand.
    #[serde(default)]
    pub(crate) provisional: u32,
    /// Never reported: so many in a thousand.
    #[serde(default)]
    pub(crate) gaps: u32,
}

/// A later decision about the target of 2026.
#[derive(Debug, Deserialize)]
pub(crate) struct Changed {
    pub(crate) on: NaiveDate,
    pub(crate) value: Decimal,
}

/// Course of synthetic values.
#[derive(Debug, Deserialize)]
pub(crate) struct PathFact {
    pub(crate) from: Decimal,
    pub(crate) to: Decimal,
    /// In per mille.
    pub(crate) noise: u32,
    /// Size of the denominator.
    pub(crate) size: Option<Decimal>,
}

/// An observation in words.
#[derive(Debug, Deserialize)]
pub(crate) struct ObservationFact {
    pub(crate) indicator: String,
    pub(crate) period: String,
    #[serde(default = "first")]
    pub(crate) revision: u32,
    pub(crate) value: Option<Decimal>,
    pub(crate) on: NaiveDate,
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    #[serde(default)]
    pub(crate) published: bool,
    pub(crate) reason: Option<String>,
    pub(crate) note: Option<String>,
    /// Day on which it was withdrawn, for the reason.
    pub(crate) withdrawn: Option<NaiveDate>,
}

fn first() -> u32 {
    1
}

/// A decision in words.
#[derive(Debug, Deserialize)]
pub(crate) struct TargetFact {
    pub(crate) indicator: String,
    pub(crate) period: String,
    pub(crate) value: Decimal,
    pub(crate) baseline: Option<Decimal>,
    pub(crate) on: NaiveDate,
    pub(crate) document: String,
}

/// What wards and communes report.
#[derive(Debug, Deserialize)]
pub(crate) struct KpiAreas {
    /// Number of those that declared no target.
    pub(crate) undeclared: usize,
    /// First day of the areas, and the day on which values before it were stated anew.
    pub(crate) since: NaiveDate,
    pub(crate) restated_on: NaiveDate,
    /// Areas of which nothing was stated anew.
    pub(crate) former: Vec<FormerAreas>,
}

/// The areas that became an area, of which some indicator has the values that they reported.
#[derive(Debug, Deserialize)]
pub(crate) struct FormerAreas {
    /// The area of today.
    pub(crate) area: String,
    /// What each of them is of the whole, in percent, by its code.
    pub(crate) parts: BTreeMap<String, u32>,
}

/// What is added by the volume of a city.
#[derive(Debug, Deserialize)]
pub(crate) struct KpiVolume {
    pub(crate) series: usize,
}
