//! Measures of targets, over the rows `f` of `store::target`.
//!
//! The scope of a period, as of a date, has the targets in force whose period has a day of it. Each is judged by what was known on the
//! date.

use service_kit::access::Kind;
use service_kit::measures::{Breakdown, Measure, MeasureSet, Shape, Term};
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
    const TABLE: &'static str = "kpis.target_fact";
    const PRESENT: &'static str = target::PRESENT;
    const ROWS: &'static str = target::MEASURED;
    const CURRENT: &'static str = target::CURRENT;
    const KIND: &'static Kind = &KPIS;
    const FED_BY: &'static [&'static str] = &["indicators", "targets", "observations"];
    const MEASURES: &'static [Measure] = &[
        Measure::count("total", "Number of targets.", "true"),
        Measure::new("indicators", "Number of indicators.", Shape::Int(Term::distinct("f.indicator_code", "true"))),
        Measure::new(
            "judgements",
            "Number of targets of each judgement; judgements without a target are left out.",
            Shape::Breakdown(&Breakdown {
                entry: ("KpiRagCount", "Number of targets of a judgement."),
                key: ("rag", "KpiRag"),
                count: "targets",
                parts: &[
                    ("GREEN", "f.rag = 'GREEN'"),
                    ("AMBER_GREEN", "f.rag = 'AMBER_GREEN'"),
                    ("AMBER_RED", "f.rag = 'AMBER_RED'"),
                    ("RED", "f.rag = 'RED'"),
                ],
            }),
        ),
        Measure::count("green", "Number of targets in green.", "f.rag = 'GREEN'"),
        Measure::count("red", "Number of targets in red.", "f.rag = 'RED'"),
        Measure::count(
            "criticalRed",
            "Number of targets of critical indicators in red.",
            "f.rag = 'RED' AND f.critical",
        ),
        Measure::count("unjudged", "Number of targets without a judgement; each says why.", "f.rag IS NULL"),
        Measure::new(
            "onTrack",
            "Share of the judged targets in green or amber-green.",
            Shape::Rate(Term::count("f.rag IN ('GREEN', 'AMBER_GREEN')"), Term::count("f.rag IS NOT NULL")),
        ),
        Measure::new(
            "met",
            "Share of the targets whose period was observed whole that are met.",
            Shape::Rate(Term::count("f.complete AND f.met"), Term::count("f.complete AND f.met IS NOT NULL")),
        ),
        Measure::new(
            "reported",
            "Coverage: observations published, of those that are due on the date, over the periods of the targets.",
            Shape::Rate(Term::sum("f.reported", "true"), Term::sum("f.due", "true")),
        ),
        Measure::count("observationLate", "Number of targets with an overdue observation.", "f.late_from <= f.as_of"),
        Measure::count("withoutObservation", "Number of targets of which nothing was published.", "f.actual IS NULL"),
    ];
}

/// Returns the statements that define the SQL function with the measures.
pub fn published() -> String {
    let dimensions = KpiDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    functions::measures::<KpiSet>("kpis.published_measures", &dimensions.collect::<Vec<_>>())
}
