//! Measures of projects, over the rows `f` of `store::project`.
//!
//! The scope of a period, as of a date, has the projects that had not ended before the period. Money is that of the plan years
//! which the period touches, as of the date: a rate of disbursement always names its basis. Payments of a plan year count until the
//! last day that its plan says, which is after the year.

use service_kit::access::Kind;
use service_kit::measures::{Breakdown, FactMeasures, Measure, MeasureSet, Shape, Term};

use crate::model::PROJECTS;
use crate::store::project;

/// The measures of projects.
#[derive(Debug)]
pub struct ProjectSet;

const fn rate(name: &'static str, description: &'static str, paid: &'static str, planned: &'static str) -> Measure {
    Measure::new(name, description, Shape::Rate(Term::sum(paid, "true"), Term::sum(planned, "true")))
}

const fn amount(name: &'static str, description: &'static str, sum: &'static str) -> Measure {
    Measure::new(name, description, Shape::Amount(Term::sum(sum, "true")))
}

impl MeasureSet for ProjectSet {
    const PREFIX: &'static str = "Project";
    const DESCRIPTION: &'static str = "Measures of projects over a period, as of a date. The scope has the projects that had \
        not ended before the period. Money is that of the plan years which the period touches, as of the date, in VND; of a year that is whole in the \
        period also what was paid after its end. A rate \
        of disbursement is named by the basis of its plan: what was paid by the last day on which a payment of that plan \
        counts, of the plan in force.";
    const KIND: &'static Kind = &PROJECTS;
    const MEASURES: &'static [Measure] = &[
        Measure::count("total", "Number of projects in scope.", "f.in_scope"),
        Measure::new(
            "phases",
            "Number of projects in each phase; phases without a project are left out.",
            Shape::Breakdown(&Breakdown {
                entry: ("ProjectPhaseCount", "Number of projects in a phase."),
                key: ("phase", "ProjectPhase"),
                count: "projects",
                parts: &[
                    ("IDENTIFICATION", "f.in_scope AND f.phase = 'IDENTIFICATION'"),
                    ("PREPARATION", "f.in_scope AND f.phase = 'PREPARATION'"),
                    ("IMPLEMENTATION", "f.in_scope AND f.phase = 'IMPLEMENTATION'"),
                    ("COMPLETION", "f.in_scope AND f.phase = 'COMPLETION'"),
                    ("COMPLETED", "f.in_scope AND f.phase = 'COMPLETED'"),
                    ("CANCELLED", "f.in_scope AND f.phase = 'CANCELLED'"),
                ],
            }),
        ),
        Measure::count("suspended", "Number of suspended projects.", "f.in_scope AND f.suspended"),
        Measure::count("keyProjects", "Number of projects on the list of key projects.", "f.in_scope AND f.key_list"),
        Measure::count_flow(
            "completed",
            "Number of projects completed within the period.",
            "f.phase = 'COMPLETED' AND f.ended_on >= f.first_day AND f.ended_on < f.end_day",
        ),
        Measure::count_flow(
            "begun",
            "Number of projects whose ground was broken within the period.",
            "f.groundbreaking_on >= f.first_day AND f.groundbreaking_on < f.end_day",
        ),
        Measure::count(
            "late",
            "Number of late projects: past their baseline and not completed, or forecast to end after it.",
            "f.in_scope AND f.late_from <= f.as_of",
        ),
        Measure::count(
            "pastBaseline",
            "Number of projects that are not completed although their baseline end is over.",
            "f.in_scope AND f.ended_on IS NULL AND f.baseline_end < f.as_of",
        ),
        Measure::new(
            "lateRate",
            "Share of the projects with a baseline end that are late.",
            Shape::Rate(
                Term::count("f.in_scope AND f.baseline_end IS NOT NULL AND f.late_from <= f.as_of"),
                Term::count("f.in_scope AND f.baseline_end IS NOT NULL"),
            ),
        ),
        Measure::new(
            "slipDays",
            "Mean days from the baseline to the forecast end of the projects with both; null without one.",
            Shape::Mean(
                Term::sum("f.forecast_end - f.baseline_end", "f.in_scope"),
                Term::count("f.in_scope AND f.forecast_end IS NOT NULL AND f.baseline_end IS NOT NULL"),
            ),
        ),
        Measure::count("red", "Number of projects whose latest judgement is RED.", "f.in_scope AND f.rag = 'RED'"),
        Measure::new(
            "investment",
            "Total investment in VND of the projects in scope.",
            Shape::Amount(Term::sum("f.total_investment", "f.in_scope")),
        ),
        Measure::new(
            "planned",
            "Capital planned in VND, by basis. Bases are views of the same money: they are never added.",
            Shape::Group(
                "PlannedCapital",
                "Capital planned in VND, by basis.",
                &[
                    amount("pm", "Assigned by the Prime Minister.", "f.planned_pm"),
                    amount("city", "Assigned by the city.", "f.planned_city"),
                    amount("adjusted", "Adjusted within the year.", "f.planned_adjusted"),
                    amount("carriedOver", "Carried over from the year before.", "f.planned_carried_over"),
                ],
            ),
        ),
        Measure::new(
            "disbursed",
            "Paid in VND of the plan years, reversals taken off.",
            Shape::Amount(Term::sum("f.paid", "true")),
        ),
        Measure::new(
            "disbursement",
            "Rate of disbursement by basis: of the projects with a plan on the basis, what was paid in time of the plan in force.",
            Shape::Group(
                "DisbursementByBasis",
                "Rates of disbursement, each on its basis.",
                &[
                    rate("pm", "On the Prime Minister's plan.", "f.paid_pm", "f.planned_pm"),
                    rate("city", "On the city's plan.", "f.paid_city", "f.planned_city"),
                    rate("adjusted", "On the adjusted plan.", "f.paid_adjusted", "f.planned_adjusted"),
                    rate("carriedOver", "On what was carried over.", "f.paid_carried_over", "f.planned_carried_over"),
                ],
            ),
        ),
        Measure::new(
            "gravesMoved",
            "Share of the graves on the sites of the projects that were moved, as known today.",
            Shape::Rate(Term::sum("f.graves_moved", "f.in_scope"), Term::sum("f.graves", "f.in_scope")),
        ),
    ];
}

impl FactMeasures for ProjectSet {
    const TABLE: &'static str = "projects.fact";
    const PRESENT: &'static str = project::PRESENT;
    const CODES: Option<(&'static str, &'static str)> = Some(("projects.fact_code", "project_id"));
    const ROWS: &'static str = project::MEASURED;
    const CURRENT: &'static str = project::CURRENT;
    const FED_BY: &'static [&'static str] = &["projects", "capital-plans", "disbursements", "contracts", "assessments"];
}
