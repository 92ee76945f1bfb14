//! Filters and orders of lists and measures.

use async_graphql::{Enum, ID, InputObject};
use service_kit::measures::MeasureName;
use service_kit::scalar::Period;
use service_kit::vocabulary::{Axis, Direction, Level};

use crate::model::{
    Frequency, IndicatorDirection, IndicatorNature, KpiDimension, KpiRag, KpiScope, ObservationFlag, ObservationStatus,
    TargetSpan,
};
use crate::stats::KpiSet;

/// Conditions on indicators, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Debug, Clone, Default)]
pub struct IndicatorFilter {
    /// Words in code, name or unit, without regard to accents and case.
    pub search: Option<String>,
    /// Codes of the indicators.
    pub codes: Option<Vec<ID>>,
    /// Directions.
    pub direction: Option<Vec<IndicatorDirection>>,
    /// Natures.
    pub nature: Option<Vec<IndicatorNature>>,
    /// Frequencies.
    pub frequency: Option<Vec<Frequency>>,
    /// Codes of the owners.
    pub organization: Option<Vec<ID>>,
    /// Codes of the programmes.
    pub programme: Option<Vec<ID>>,
    /// Codes of the bottlenecks.
    pub bottleneck: Option<Vec<ID>>,
    /// Code of the indicator that they are a part of.
    pub parent: Option<ID>,
    /// Whether the indicator is critical.
    pub critical: Option<bool>,
    /// Scopes of which one is to report.
    pub scope: Option<Vec<KpiScope>>,
}

/// Conditions on targets, joined by AND; the values of one list are joined by OR. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct KpiFilter {
    /// Words in code, name or unit of the indicator, without regard to accents and case.
    pub search: Option<String>,
    /// Codes of the indicators.
    pub indicator: Option<Vec<ID>>,
    /// Codes of the indicators that the targets' indicators are a part of.
    pub parent: Option<Vec<ID>>,
    /// What the targets are about.
    pub scope: Option<Vec<KpiScope>>,
    /// Lengths of the targets' periods.
    pub span: Option<Vec<TargetSpan>>,
    /// Periods of the targets, as they are written: `2026`, `2026-Q1`.
    pub period: Option<Vec<String>>,
    /// Codes of the areas of the scopes.
    pub area: Option<Vec<ID>>,
    /// Codes of the organizations: of the scope, else the owner of the indicator.
    pub organization: Option<Vec<ID>>,
    /// Axes of these organizations.
    pub axis: Option<Vec<Axis>>,
    /// Levels of these organizations.
    pub level: Option<Vec<Level>>,
    /// Codes of the officials who hold the accountable position of the indicator on the day.
    pub official: Option<Vec<ID>>,
    /// Codes of the programmes.
    pub programme: Option<Vec<ID>>,
    /// Codes of the bottlenecks.
    pub bottleneck: Option<Vec<ID>>,
    /// Natures of the indicators.
    pub nature: Option<Vec<IndicatorNature>>,
    /// Directions of the indicators.
    pub direction: Option<Vec<IndicatorDirection>>,
    /// Whether the indicator is critical.
    pub critical: Option<bool>,
    /// Judgements.
    pub rag: Option<Vec<KpiRag>>,
    /// Whether there is a judgement.
    pub judged: Option<bool>,
    /// Whether the target is met; only of periods that were observed whole.
    pub met: Option<bool>,
    /// Whether an observation is overdue.
    pub observation_late: Option<bool>,
    /// Dimensions in which the target has no value: no holder of the accountable position …
    pub without: Option<Vec<KpiDimension>>,
    /// Targets that a measure counts; in lists only. `drillDown` of a row of measures gives it.
    pub counted: Option<TargetCounted>,
}

/// Targets that a measure counts in a period, as of the day of the list.
#[derive(InputObject, Debug, Clone)]
pub struct TargetCounted {
    /// Measure that counts the targets.
    pub measure: MeasureName<KpiSet>,
    /// Period of the measure.
    pub period: Period,
    /// Of a rate: whether only the targets of its numerator are listed, not all of its denominator.
    #[graphql(default)]
    pub numerator: bool,
}

/// Field that targets are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KpiOrderField {
    /// Code of the indicator.
    Indicator,
    /// Code of the area or organization.
    Scope,
    /// First day of the period.
    Period,
    /// Shortfall; targets without one come last in both directions.
    Shortfall,
    /// Gap; targets without one come last in both directions. Gaps of different units do not compare.
    Gap,
    /// Attainment; targets without one come last in both directions.
    Attainment,
}

/// One term of an order of targets.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct KpiOrder {
    /// Field to order by.
    pub field: KpiOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}

/// Conditions on observations, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ObservationFilter {
    /// Codes of the indicators.
    pub indicator: Option<Vec<ID>>,
    /// Codes of the areas of the scopes.
    pub area: Option<Vec<ID>>,
    /// Codes of the organizations of the scopes.
    pub organization: Option<Vec<ID>>,
    /// Periods, as they are written: `2026-Q1`.
    pub period: Option<Vec<String>>,
    /// States.
    pub status: Option<Vec<ObservationStatus>>,
    /// Flags, of which one holds.
    pub flag: Option<Vec<ObservationFlag>>,
    /// Systems that own the observations.
    pub source: Option<Vec<String>>,
    /// Whether the observation is a correction.
    pub correction: Option<bool>,
}

/// Field that observations are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservationOrderField {
    /// Code of the indicator, then the period.
    Indicator,
    /// Time of the last change.
    ObservedAt,
}

/// One term of an order of observations.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct ObservationOrder {
    /// Field to order by.
    pub field: ObservationOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}

/// Conditions on revisions, joined by AND; the values of one list are joined by OR.
#[derive(InputObject, Debug, Clone, Default)]
pub struct KpiRevisionFilter {
    /// Codes of the indicators.
    pub indicator: Option<Vec<ID>>,
    /// Codes of the areas of the scopes.
    pub area: Option<Vec<ID>>,
    /// Whether the revision changed the judgement of a target.
    pub flipped: Option<bool>,
}
