//! Indicators: the catalogue.

use async_graphql::SimpleObject;
use rust_decimal::Decimal;
use serde::Serialize;
use service_kit::record::Meta;
use sqlx::FromRow;

use super::vocabulary::{Frequency, IndicatorDirection, IndicatorNature, KpiScope, OverPlaces};

/// Indicator (chỉ tiêu): what is measured, and how its values add up.
#[derive(SimpleObject, FromRow, Serialize, Debug, Clone)]
#[graphql(complex)]
pub struct Indicator {
    #[graphql(flatten)]
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub meta: Meta,
    #[graphql(skip)]
    pub code: String,
    /// Name of the indicator.
    pub name: String,
    /// Unit of the values: `%`, `tỷ đồng`, `km`.
    pub unit: String,
    /// Which way is better.
    pub direction: IndicatorDirection,
    /// What it measures.
    pub nature: IndicatorNature,
    /// How often it is observed.
    pub frequency: Frequency,
    /// How the value of the city follows from its parts.
    pub over_places: OverPlaces,
    /// Value of the quotient 1 of a rate or growth: 100 for percent.
    pub scale: Decimal,
    /// Days after the end of a period until which its value is to be published.
    pub reporting_lag_days: i32,
    #[graphql(skip)]
    pub owner_organization_code: Option<String>,
    #[graphql(skip)]
    pub accountable_position_code: Option<String>,
    #[graphql(skip)]
    pub programme_codes: Vec<String>,
    #[graphql(skip)]
    pub bottleneck_codes: Vec<String>,
    #[graphql(skip)]
    pub parent_code: Option<String>,
    /// Number of the version of the formula.
    pub formula_version: i32,
    /// Formula in words.
    pub formula: Option<String>,
    /// What the numerator of a rate is.
    pub numerator: Option<String>,
    /// What the denominator of a rate is.
    pub denominator: Option<String>,
    /// Scopes that are to report.
    pub scopes: Vec<KpiScope>,
    /// Whether it is critical: in red it caps a score.
    pub critical: bool,
    /// Document that sets the indicator.
    pub document: Option<String>,
}
