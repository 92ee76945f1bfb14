//! Measures of targets, over the rows `f` of `store::target`.
//!
//! The scope of a period has the targets in force on the date whose period has a day of it. Each is judged by what was known on the date,
//! also of a period that is over: its last value is published after it. So every term is a flow, which is read as of the date.

use service_kit::access::Kind;
use service_kit::measures::{FactMeasures, Measure, MeasureSet, Shape, Term};
use service_kit::store::published as functions;

use crate::model::{KPIS, KpiDimension};
use crate::store::target;

/// The measures of targets.
#[derive(Debug)]
pub struct KpiSet;

impl MeasureSet for KpiSet {
    const PREFIX: &'static str = "Kpi";
    const DESCRIPTION: &'static str = "Measures of targets as of a date. The scope has the targets in force whose period has a day \
        of the asked one: a year has its quarters' targets too (`filter.span` chooses). Attainments are never averaged; judgements are \
        counted.";
    const KIND: &'static Kind = &KPIS;
    const MEASURES: &'static [Measure] = &[
        Measure::count_flow("total", "Number of targets.", "true"),
        Measure::new(
            "indicators",
            "Number of indicators.",
            Shape::Int(Term::distinct("f.indicator_code", "true").flow()),
        ),
        Measure::count_flow("green", "Number of targets in green.", "f.rag = 'GREEN'"),
        Measure::count_flow("amberGreen", "Number of targets in amber-green.", "f.rag = 'AMBER_GREEN'"),
        Measure::count_flow("amberRed", "Number of targets in amber-red.", "f.rag = 'AMBER_RED'"),
        Measure::count_flow("red", "Number of targets in red.", "f.rag = 'RED'"),
        Measure::count_flow(
            "criticalRed",
            "Number of targets of critical indicators in red.",
            "f.rag = 'RED' AND f.critical",
        ),
        Measure::count_flow("unjudged", "Number of targets without a judgement; each says why.", "f.rag IS NULL"),
        Measure::new(
            "onTrack",
            "Share of the judged targets in green or amber-green.",
            Shape::Rate(
                Term::count("f.rag IN ('GREEN', 'AMBER_GREEN')").flow(),
                Term::count("f.rag IS NOT NULL").flow(),
            ),
        ),
        Measure::new(
            "met",
            "Share of the targets whose period was observed whole that are met.",
            Shape::Rate(
                Term::count("f.complete AND f.met").flow(),
                Term::count("f.complete AND f.met IS NOT NULL").flow(),
            ),
        ),
        Measure::new(
            "reported",
            "Coverage: observations published, of those that are due on the date, over the periods of the targets.",
            Shape::Rate(Term::sum("f.reported", "true").flow(), Term::sum("f.due", "true").flow()),
        ),
        Measure::count_flow(
            "unmoved",
            "Number of targets, higher or lower being better, whose last value is no better than the one before: the same part of the year before \
             for a flow, the baseline for others.",
            "(f.actual - CASE f.nature WHEN 'FLOW' THEN f.before ELSE f.baseline END) \
             * CASE f.direction WHEN 'HIGHER' THEN 1 WHEN 'LOWER' THEN -1 END <= 0",
        ),
        Measure::count_flow(
            "observationLate",
            "Number of targets with an overdue observation.",
            "f.late_from <= f.as_of",
        ),
        Measure::count_flow(
            "withoutObservation",
            "Number of targets of which nothing was published.",
            "f.actual IS NULL",
        ),
    ];
}

impl FactMeasures for KpiSet {
    const TABLE: &'static str = "kpis.target_fact";
    const PRESENT: &'static str = target::PRESENT;
    const ROWS: &'static str = target::MEASURED;
    const FOUND_BY: &'static [(&'static str, &'static str)] = target::FOUND_BY;
    const CURRENT: &'static str = target::CURRENT;
    const FED_BY: &'static [&'static str] = &["indicators", "targets", "observations"];
}

/// Returns the statements that define the SQL function with the measures.
pub fn published() -> String {
    let dimensions = KpiDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    functions::measures::<KpiSet>("kpis.published_measures", &dimensions.collect::<Vec<_>>())
}
