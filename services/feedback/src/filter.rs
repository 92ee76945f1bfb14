//! Filters and orders of lists and measures.

use async_graphql::{Enum, ID, InputObject};
use service_kit::filter::DateFilter;
use service_kit::measures::MeasureName;
use service_kit::scalar::Period;
use service_kit::vocabulary::{Axis, Direction};

use crate::model::{FeedbackChannel, FeedbackDimension, FeedbackKind, FeedbackLevel, FeedbackStatus, SenderKind};
use crate::stats::FeedbackSet;

/// Conditions on cases, joined by AND; the values of one list are joined by OR. An absent field does not restrict the list.
#[derive(InputObject, Debug, Clone, Default)]
pub struct FeedbackFilter {
    /// Words in code or text, in any order, without regard to accents and case.
    pub search: Option<String>,
    /// Source systems of the cases.
    pub source: Option<Vec<String>>,
    /// Codes of the cases.
    pub code: Option<Vec<String>>,
    /// Kinds of the cases.
    pub kind: Option<Vec<FeedbackKind>>,
    /// Kinds of the senders.
    pub sender: Option<Vec<SenderKind>>,
    /// Channels.
    pub channel: Option<Vec<FeedbackChannel>>,
    /// Codes of the categories.
    pub category: Option<Vec<String>>,
    /// Levels.
    pub level: Option<Vec<FeedbackLevel>>,
    /// States.
    pub status: Option<Vec<FeedbackStatus>>,
    /// Codes of the areas.
    pub area: Option<Vec<ID>>,
    /// Codes of the organizations that have the cases.
    pub organization: Option<Vec<ID>>,
    /// Axes of the organizations.
    pub axis: Option<Vec<Axis>>,
    /// Codes of the officials who hold the accountable position on the day.
    pub official: Option<Vec<ID>>,
    /// Codes of the accountable positions.
    pub position: Option<Vec<ID>>,
    /// Codes of the projects that the cases are about.
    pub project: Option<Vec<ID>>,
    /// Codes of the programmes that the cases belong to.
    pub programme: Option<Vec<ID>>,
    /// Codes of the bottlenecks that the cases are about.
    pub bottleneck: Option<Vec<ID>>,
    /// Codes of the cases that they were merged into.
    pub primary: Option<Vec<String>>,
    /// Whether the case waits for an answer.
    pub open: Option<bool>,
    /// Whether the case is open past its deadline.
    pub overdue: Option<bool>,
    /// Whether the deadline of the open case is within the next four working hours.
    pub due_soon: Option<bool>,
    /// Whether the case is published.
    pub public: Option<bool>,
    /// Whether the sender asked not to be named.
    pub anonymous: Option<bool>,
    /// Whether the case was opened again at least once.
    pub reopened: Option<bool>,
    /// Minimum number of times that the case went to another organization.
    pub transfers_at_least: Option<i32>,
    /// Bounds on the day of the submission.
    pub submitted_on: Option<DateFilter>,
    /// Bounds on the day of the deadline.
    pub due_on: Option<DateFilter>,
    /// Bounds on the day of the answer.
    pub resolved_on: Option<DateFilter>,
    /// Circle in which the public point of the case lies.
    pub near: Option<NearInput>,
    /// Dimensions in which the case has no value: no area, no holder of the accountable position …
    pub without: Option<Vec<FeedbackDimension>>,
    /// Cases that a measure counts; in lists only. `drillDown` of a row of measures gives it.
    pub counted: Option<FeedbackCounted>,
}

/// Circle on the map.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct NearInput {
    /// Latitude of the centre in degrees.
    pub lat: f64,
    /// Longitude of the centre in degrees.
    pub lon: f64,
    /// Radius in metres, 1 to 20,000. Points are rounded to about 110 m.
    pub radius_m: f64,
}

/// Cases that a measure counts in a period, as of the day of the list.
#[derive(InputObject, Debug, Clone)]
pub struct FeedbackCounted {
    /// Measure that counts the cases; of a satisfaction the cases that were rated, or of which a merged one was.
    pub measure: MeasureName<FeedbackSet>,
    /// Period of the measure.
    pub period: Period,
    /// Of a rate or a mean: whether only the cases of its numerator are listed, not all of its denominator.
    #[graphql(default)]
    pub numerator: bool,
}

/// Field that cases are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedbackOrderField {
    /// Time of the submission.
    SubmittedAt,
    /// Deadline; cases without one come last in both directions.
    DueAt,
    /// Number of times that the case went to another organization.
    Transfers,
    /// Time of the last change.
    ObservedAt,
}

/// One term of an order of cases.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct FeedbackOrder {
    /// Field to order by.
    pub field: FeedbackOrderField,
    /// Direction of the order.
    #[graphql(default)]
    pub direction: Direction,
}
