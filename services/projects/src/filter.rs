//! Filters and orders of lists and measures.

use async_graphql::{Enum, ID, InputObject};
use service_kit::filter::DateFilter;
use service_kit::measures::MeasureName;
use service_kit::scalar::Period;
use service_kit::vocabulary::{Axis, Direction, Level};

use crate::model::{
    ClearanceDimension, ClearanceStage, LandType, ParcelBlocker, PartyKind, ProjectDimension, ProjectKind,
    ProjectPhase, Rag, ViolationCode,
};
use crate::stats::{ClearanceSet, ProjectSet};

/// Conditions on projects, joined by AND; the values of one list are joined by OR. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ProjectFilter {
    /// Words in code, name or objective, in any order, without regard to accents and case.
    pub search: Option<String>,
    /// Source systems of the projects.
    pub source: Option<Vec<String>>,
    /// Codes of the projects.
    pub project: Option<Vec<ID>>,
    /// Kinds of the projects.
    pub kind: Option<Vec<ProjectKind>>,
    /// Phases of the projects.
    pub phase: Option<Vec<ProjectPhase>>,
    /// Whether the project is suspended.
    pub suspended: Option<bool>,
    /// Whether it is on the list of key projects.
    pub key_list: Option<bool>,
    /// Whether it has a special mechanism.
    pub special_mechanism: Option<bool>,
    /// Axes of the owners.
    pub axis: Option<Vec<Axis>>,
    /// Levels of the owners.
    pub level: Option<Vec<Level>>,
    /// Codes of the owners.
    pub organization: Option<Vec<ID>>,
    /// Codes of the officials who hold the accountable position on the day.
    pub official: Option<Vec<ID>>,
    /// Codes of the accountable positions.
    pub position: Option<Vec<ID>>,
    /// Codes of the programmes that the project belongs to.
    pub programme: Option<Vec<ID>>,
    /// Codes of the bottlenecks that the project addresses.
    pub bottleneck: Option<Vec<ID>>,
    /// Codes of the indicators that the project serves.
    pub indicator: Option<Vec<ID>>,
    /// Codes of the areas that the project concerns.
    pub area: Option<Vec<ID>>,
    /// Bounds on the day of the ground-breaking.
    pub groundbreaking_on: Option<DateFilter>,
    /// Days of the ground-breaking: cohorts.
    pub cohort: Option<Vec<String>>,
    /// Bounds on the baseline end.
    pub baseline_end: Option<DateFilter>,
    /// Bounds on the forecast end.
    pub forecast_end: Option<DateFilter>,
    /// Whether the project has not ended.
    pub open: Option<bool>,
    /// Whether the project is late.
    pub late: Option<bool>,
    /// Minimum number of days from the baseline to the forecast end.
    pub slip_at_least: Option<i32>,
    /// Latest judgements of a reviewer.
    pub rag: Option<Vec<Rag>>,
    /// Dimensions in which the project has no value: no area, no holder of the accountable position …
    pub without: Option<Vec<ProjectDimension>>,
    /// Projects that a measure counts; in lists only. `drillDown` of a row of measures gives it.
    pub counted: Option<ProjectCounted>,
}

/// Projects that a measure counts in a period, as of the day of the list.
#[derive(InputObject, Debug, Clone)]
pub struct ProjectCounted {
    /// Measure that counts the projects.
    pub measure: MeasureName<ProjectSet>,
    /// Period of the measure.
    pub period: Period,
    /// Of a rate or a mean: whether only the projects of its numerator are listed, not all of its denominator.
    #[graphql(default)]
    pub numerator: bool,
}

/// Field that projects are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectOrderField {
    /// Code of the project.
    Code,
    /// Name of the project without accents.
    Name,
    /// Baseline end; projects without one come last in both directions.
    BaselineEnd,
    /// Forecast end; projects without one come last in both directions.
    ForecastEnd,
    /// Days from the baseline to the forecast end; projects without both come last in both directions.
    SlipDays,
    /// Total investment; projects without one come last in both directions.
    TotalInvestment,
    /// Time of the last change.
    ObservedAt,
}

/// One term of an order of projects.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct ProjectOrder {
    /// Field to order by.
    pub field: ProjectOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}

/// Conditions on parcels, joined by AND; the values of one list are joined by OR. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ParcelCaseFilter {
    /// Codes of the sites.
    pub site: Option<Vec<ID>>,
    /// Codes of the projects.
    pub project: Option<Vec<ID>>,
    /// Codes of the areas of the sites.
    pub area: Option<Vec<ID>>,
    /// Codes of the owners of the projects.
    pub organization: Option<Vec<ID>>,
    /// Codes of the officials who hold the accountable position of the project on the day.
    pub official: Option<Vec<ID>>,
    /// Codes of the programmes of the projects.
    pub programme: Option<Vec<ID>>,
    /// Codes of the bottlenecks of the projects.
    pub bottleneck: Option<Vec<ID>>,
    /// Whether the project is on the list of key projects.
    pub key_list: Option<bool>,
    /// Bounds on the day of the project's ground-breaking.
    pub groundbreaking_on: Option<DateFilter>,
    /// Days of the project's ground-breaking: cohorts.
    pub cohort: Option<Vec<String>>,
    /// Furthest stages.
    pub stage: Option<Vec<ClearanceStage>>,
    /// Types of the land.
    pub land_type: Option<Vec<LandType>>,
    /// What blocks the parcels.
    pub blocker: Option<Vec<ParcelBlocker>>,
    /// Whether something blocks the parcel.
    pub blocked: Option<bool>,
    /// Whether the parcel is on hold.
    pub on_hold: Option<bool>,
    /// Whether the parcel was taken out of the project.
    pub withdrawn: Option<bool>,
    /// Whether all of the parcel is handed over.
    pub cleared: Option<bool>,
    /// Maximum number of days until the notice lapses; only of parcels whose recovery is not decided. Those that have lapsed
    /// are included.
    pub notice_days_left_at_most: Option<i32>,
    /// Whether a payment of it is late.
    pub payment_late: Option<bool>,
    /// Rules of the law that the parcel breaks.
    pub violation: Option<Vec<ViolationCode>>,
    /// Whether the parcel breaks a rule of the law.
    pub violated: Option<bool>,
    /// Codes of the parties with a right to the parcel.
    pub party: Option<Vec<String>>,
    /// Kinds of the parties with a right to the parcel.
    pub party_kind: Option<Vec<PartyKind>>,
    /// Dimensions in which the parcel has no value: no blocker, no holder of the accountable position …
    pub without: Option<Vec<ClearanceDimension>>,
    /// Parcels that a measure counts; in lists only. `drillDown` of a row of measures gives it.
    pub counted: Option<ParcelCounted>,
}

/// Parcels that a measure counts in a period, as of the day of the list.
#[derive(InputObject, Debug, Clone)]
pub struct ParcelCounted {
    /// Measure that counts the parcels, or their parties.
    pub measure: MeasureName<ClearanceSet>,
    /// Period of the measure.
    pub period: Period,
    /// Of a rate or a mean: whether only the parcels of its numerator are listed, not all of its denominator.
    #[graphql(default)]
    pub numerator: bool,
}

/// Field that parcels are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParcelCaseOrderField {
    /// Code of the site.
    Site,
    /// Area to acquire.
    AreaToAcquire,
    /// Last day of the notice; parcels without one come last in both directions.
    NoticeUntil,
    /// Time of the last change.
    ObservedAt,
}

/// One term of an order of parcels.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct ParcelCaseOrder {
    /// Field to order by.
    pub field: ParcelCaseOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}
