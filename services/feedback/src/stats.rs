//! Measures of feedback, over the rows `f` of `store::feedback`: one for each term and each rating of a case. Cases are counted
//! over their present term (`is_case`), deadlines over all terms, satisfaction over ratings, so nothing counts twice.

use service_kit::access::Kind;
use service_kit::measures::{FactMeasures, Measure, MeasureSet, Shape, Term, Whole};
use service_kit::statistics::Statistic;
use service_kit::store::published;

use crate::model::{FEEDBACK, FeedbackDimension};
use crate::store::feedback;

/// The measures of feedback.
#[derive(Debug)]
pub struct FeedbackSet;

const RECEIVED: &str = "f.is_case AND f.submitted_on >= f.first_day AND f.submitted_on < f.end_day";
const RESOLVED: &str = "f.is_case AND f.resolved_on >= f.first_day AND f.resolved_on < f.end_day";
const OPEN: &str = "f.is_case AND f.is_open AND f.submitted_on < f.end_day";
const ANSWERED: &str = "f.is_case AND f.first_resolved_on >= f.first_day AND f.first_resolved_on < f.end_day";

/// What else shows the cases of which the rejected and the merged ones are a part.
const OF_RECEIVED: &[Whole] = &[Whole::Rows("received"), Whole::Rows("rejectionRate")];

/// Cases that concern the period: what a group of aggregates is about.
const CONCERNED: &str = "f.is_case AND f.submitted_on < f.end_day";

/// The ratings of the period that satisfy a condition.
macro_rules! rows {
    ($of:literal) => {
        concat!("f.score IS NOT NULL AND f.rated_on >= f.first_day AND f.rated_on < f.end_day AND ", $of)
    };
}

/// Their number, which is hidden when there are few of them, or few of the ratings that remain beside them.
macro_rules! rated {
    ($of:literal, $($rest:literal),*) => {
        Term::count(rows!($of)).flow().of_sample(&[rows!($of), $(rows!($rest)),*])
    };
}

macro_rules! satisfied {
    ($of:literal, $($rest:literal),*) => {
        Term::count(concat!("f.score >= 4 AND f.rated_on >= f.first_day AND f.rated_on < f.end_day AND ", $of))
            .flow()
            .of_sample(&[rows!($of), $(rows!($rest)),*])
    };
}

/// Declares the satisfaction of some raters: the condition on their ratings, the city's share among them, and the conditions on those
/// that a difference of what is shown would tell.
macro_rules! satisfaction {
    ($name:literal, $type:literal, $description:literal, $of:literal, $prior:literal, [$($rest:literal),*]) => {
        Measure::new(
            $name,
            $description,
            Shape::Group(
                $type,
                $description,
                &[
                    Measure::new(
                        "rated",
                        "Number of ratings within the period; null when there are fewer than five, or fewer than five others beside them, and the caller does not see all feedback.",
                        Shape::Sample(rated!($of, $($rest),*)),
                    ),
                    Measure::new("satisfied", "Number of ratings of 4 or 5; null as `rated`.", Shape::Sample(satisfied!($of, $($rest),*))),
                    Measure::new(
                        "rate",
                        "Share of the satisfied. With fewer than 30 ratings a row has no place in an order, and `having` leaves it out.",
                        Shape::Statistic(Statistic::Share, &[satisfied!($of, $($rest),*), rated!($of, $($rest),*)]),
                    ),
                    Measure::new(
                        "wilsonLow",
                        "Lower bound of the share at 95 % (Wilson); in an order as `rate`.",
                        Shape::Statistic(Statistic::WilsonLow, &[satisfied!($of, $($rest),*), rated!($of, $($rest),*)]),
                    ),
                    Measure::new(
                        "wilsonHigh",
                        "Upper bound of the share at 95 % (Wilson); in an order as `rate`.",
                        Shape::Statistic(Statistic::WilsonHigh, &[satisfied!($of, $($rest),*), rated!($of, $($rest),*)]),
                    ),
                    Measure::new(
                        "shrunk",
                        "Share drawn towards the city's in the period, by the weight of 20 ratings (rule FEEDBACK_SATISFACTION_PRIOR); in an order as `rate`.",
                        Shape::Statistic(
                            Statistic::Shrunk,
                            &[
                                satisfied!($of, $($rest),*),
                                rated!($of, $($rest),*),
                                Term::max($prior, rows!($of)).flow(),
                                Term::max("f.prior_weight", rows!($of)).flow(),
                            ],
                        ),
                    ),
                ],
            ),
        )
    };
}

/// Of the resolved cases: hours of the present term, so that a case is counted once.
const fn hours(name: &'static str, description: &'static str, share: &'static str) -> Measure {
    let hours = Term::quantile(share, "f.worked / 3600000000.0", RESOLVED).flow();
    Measure::new(name, description, Shape::OfRows(hours, Term::count(RESOLVED).flow()))
}

impl MeasureSet for FeedbackSet {
    const PREFIX: &'static str = "Feedback";
    const DESCRIPTION: &'static str = "Measures of feedback over a period, as of a date; today means now. Stocks (open, overdue, \
        due soon, age) are taken at the end of the period or at the date, whichever comes first. Flows (received, resolved, on time, \
        satisfaction …) are grouped by their own day and taken as known at the date. Deadlines are counted by term: one that was \
        broken before a reopening stays broken. Rejected and merged cases have no deadline of the answer.";
    const KIND: &'static Kind = &FEEDBACK;
    const MEASURES: &'static [Measure] = &[
        Measure::count_flow("received", "Number of cases submitted within the period, merged and rejected ones too.", RECEIVED),
        Measure::count_flow("resolved", "Number of cases answered within the period, and not opened again since.", RESOLVED),
        Measure::count("open", "Number of cases that wait for an answer.", OPEN),
        Measure::count(
            "overdue",
            "Number of open cases past their deadline.",
            "f.is_case AND f.is_overdue AND f.submitted_on < f.end_day",
        ),
        Measure::count(
            "dueSoon",
            "Number of open cases whose deadline is within the next four working hours.",
            "f.is_case AND f.is_due_soon AND f.submitted_on < f.end_day",
        ),
        Measure::count(
            "waiting",
            "Number of cases that wait for their senders, whose clock stands still.",
            "f.is_case AND f.stored_status = 'WAITING_CITIZEN' AND f.submitted_on < f.end_day",
        )
        .of_persons(&[Whole::Rows("open"), Whole::Rows("age")]),
        Measure::count_flow(
            "rejected",
            "Number of the cases submitted within the period that were rejected.",
            "f.is_case AND f.stored_status = 'REJECTED' AND f.submitted_on >= f.first_day AND f.submitted_on < f.end_day",
        )
        .of_persons(OF_RECEIVED),
        Measure::count_flow(
            "merged",
            "Number of the cases submitted within the period that were merged into another.",
            "f.is_case AND f.stored_status = 'MERGED' AND f.submitted_on >= f.first_day AND f.submitted_on < f.end_day",
        )
        .of_persons(OF_RECEIVED),
        Measure::new(
            "ackOnTime",
            "Share of the cases to be acknowledged within the period and by now that were, in time.",
            Shape::Rate(
                Term::count(
                    "f.is_case AND f.ack_due_on >= f.first_day AND f.ack_due_on < f.end_day AND f.ack_due_at <= f.at AND f.acked_at <= f.ack_due_at",
                )
                .flow(),
                Term::count("f.is_case AND f.ack_due_on >= f.first_day AND f.ack_due_on < f.end_day AND f.ack_due_at <= f.at").flow(),
            ),
        ),
        Measure::new(
            "onTime",
            "Share of the deadlines within the period and passed by now that were kept; open and late cases are in the denominator.",
            Shape::Rate(
                Term::count(
                    "f.is_term AND f.stored_status NOT IN ('REJECTED', 'MERGED') AND f.due_on >= f.first_day AND f.due_on < f.end_day AND f.due_at <= f.at \
                     AND f.resolved_at <= f.due_at",
                )
                .flow(),
                Term::count(
                    "f.is_term AND f.stored_status NOT IN ('REJECTED', 'MERGED') AND f.due_on >= f.first_day AND f.due_on < f.end_day AND f.due_at <= f.at",
                )
                .flow(),
            ),
        ),
        Measure::new(
            "hoursToResolve",
            "Working hours of the cases that `resolved` counts, from the submission or the last reopening to the answer, without the time of waiting for senders.",
            Shape::Group(
                "FeedbackHours",
                "Working hours to the answer.",
                &[
                    hours("p50", "Hours within which half of the cases were answered.", "0.5"),
                    hours("p90", "Hours within which nine of ten cases were answered.", "0.9"),
                ],
            ),
        ),
        Measure::new(
            "transfersPerCase",
            "Mean number of times that a case submitted within the period went to another organization.",
            Shape::Mean(Term::sum("f.transfers", RECEIVED).flow(), Term::count(RECEIVED).flow()),
        ),
        Measure::new(
            "reopenRate",
            "Share of the cases first answered within the period that were opened again.",
            Shape::Rate(
                Term::count(
                    "f.is_case AND f.reopenings > 0 AND f.first_resolved_on >= f.first_day AND f.first_resolved_on < f.end_day",
                )
                .flow(),
                Term::count(ANSWERED).flow(),
            ),
        )
        .of_persons(&[]),
        Measure::new(
            "rejectionRate",
            "Share of the cases submitted within the period that were rejected.",
            Shape::Rate(
                Term::count(
                    "f.is_case AND f.stored_status = 'REJECTED' AND f.submitted_on >= f.first_day AND f.submitted_on < f.end_day",
                )
                .flow(),
                Term::count(RECEIVED).flow(),
            ),
        )
        .of_persons(&[]),
        Measure::new(
            "age",
            "Age of the open cases.",
            Shape::Group(
                "FeedbackAge",
                "Number of open cases by the days since the submission.",
                &[
                    Measure::count(
                        "upTo7",
                        "Number of open cases of 0 to 7 days.",
                        "f.is_case AND f.is_open AND f.submitted_on < f.end_day AND f.as_of - f.submitted_on <= 7",
                    ),
                    Measure::count(
                        "from8To30",
                        "Number of open cases of 8 to 30 days.",
                        "f.is_case AND f.is_open AND f.submitted_on < f.end_day AND f.as_of - f.submitted_on BETWEEN 8 AND 30",
                    ),
                    Measure::count(
                        "from31To90",
                        "Number of open cases of 31 to 90 days.",
                        "f.is_case AND f.is_open AND f.submitted_on < f.end_day AND f.as_of - f.submitted_on BETWEEN 31 AND 90",
                    ),
                    Measure::count(
                        "over90",
                        "Number of open cases of more than 90 days.",
                        "f.is_case AND f.is_open AND f.submitted_on < f.end_day AND f.as_of - f.submitted_on > 90",
                    ),
                ],
            ),
        ),
        satisfaction!("satisfaction", "Satisfaction", "Satisfaction of all who rated within the period; ratings of merged cases count for the case that they were merged into.", "true", "f.prior_all", []),
        satisfaction!("satisfactionOfPeople", "SatisfactionOfPeople", "Satisfaction of citizens.", "f.sender = 'CITIZEN'", "f.prior_people", ["f.sender <> 'CITIZEN'"]),
        satisfaction!(
            "satisfactionOfBusinesses",
            "SatisfactionOfBusinesses",
            "Satisfaction of businesses.",
            "f.sender = 'BUSINESS'",
            "f.prior_business",
            ["f.sender <> 'BUSINESS'", "f.sender = 'ORGANIZATION'"]
        ),
    ];
}

impl FactMeasures for FeedbackSet {
    const TABLE: &'static str = "feedback.fact";
    const PRESENT: &'static str = feedback::PRESENT;
    const CODES: Option<(&'static str, &'static str)> = Some(("feedback.fact_code", "feedback_id"));
    const ROWS: &'static str = feedback::MEASURED;
    const CURRENT: &'static str = feedback::CURRENT;
    const FED_BY: &'static [&'static str] = &["feedback", "feedback-events", "feedback-ratings"];
    const PERSONS: Option<Term> = Some(Term::count(CONCERNED));
}

/// Returns the statements that define the SQL function `feedback.published_measures`.
pub fn published() -> String {
    let dimensions = FeedbackDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    published::measures::<FeedbackSet>("feedback.published_measures", &dimensions.collect::<Vec<_>>())
}
