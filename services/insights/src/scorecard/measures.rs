//! The measures of a scorecard: those of each service by the names under which the service publishes them.
//!
//! A name with several words is one path of the service: `clarityMean` is `TaskMeasures.clarity.mean`. A test compares each with
//! the field of the service.

use std::collections::BTreeSet;

use service_kit::access::Kind;
use service_kit::measures::{Measure, MeasureSet, Shape, Term, Whole};
use service_kit::statistics::Statistic;

use crate::model::{SCORECARDS, ScorecardDimension};

/// The measures of a scorecard.
#[derive(Debug)]
pub struct ScorecardSet;

const TERM: Term = Term::published();

const fn int(name: &'static str, description: &'static str) -> Measure {
    Measure::new(name, description, Shape::Int(TERM))
}

const fn amount(name: &'static str, description: &'static str) -> Measure {
    Measure::new(name, description, Shape::Amount(TERM))
}

const fn rate(name: &'static str, description: &'static str) -> Measure {
    Measure::new(name, description, Shape::Rate(TERM, TERM))
}

const fn mean(name: &'static str, description: &'static str) -> Measure {
    Measure::new(name, description, Shape::Mean(TERM, TERM))
}

const fn statistic(name: &'static str, description: &'static str, statistic: Statistic) -> Measure {
    Measure::new(name, description, Shape::Statistic(statistic, &[TERM, TERM]))
}

const TASKS: &[Measure] = &[
    int("total", "Number of tasks in scope."),
    int("open", "Number of tasks that are assigned and not yet finished."),
    int("completed", "Number of tasks done within the period."),
    int("overdue", "Number of open tasks past their due date."),
    int("atRisk", "Number of open tasks that are at risk and not overdue."),
    int("dueThisPeriod", "Number of tasks due within the period."),
    int("awaitingApproval", "Number of tasks that are submitted and await approval."),
    rate("onTime", "Share of the tasks due within the period that were done by the due date in force."),
    rate("onTimeBaseline", "Share of the tasks with a first due date within the period that were done by it."),
    mean("clarityMean", "Mean number of the six criteria of clarity that a task meets."),
    int("extensions", "Number of approved extensions."),
    int("transfers", "Number of transfers to another lead."),
    mean(
        "averageDaysLate",
        "Mean days late of the tasks due within the period that are overdue or were done too late.",
    ),
];

const PROJECTS: &[Measure] = &[
    int("total", "Number of projects in scope."),
    int("keyProjects", "Number of projects on the list of key projects."),
    int("suspended", "Number of suspended projects."),
    int("late", "Number of late projects."),
    rate("lateRate", "Share of the projects with a baseline end that are late."),
    mean("slipDays", "Mean days from the baseline to the forecast end."),
    rate("disbursementPm", "Rate of disbursement on the Prime Minister's plan."),
    rate("disbursementCity", "Rate of disbursement on the city's plan."),
];

const CLEARANCE: &[Measure] = &[
    int("parcels", "Number of parcels."),
    int("parties", "Number of parties with a right to a parcel."),
    amount("remaining", "Area in m² that is not handed over."),
    rate("areaCleared", "Share of the area that is handed over; read it with `householdsCleared`."),
    rate("partiesCleared", "Share of the parties all of whose parcels are handed over.").of_persons(&[]),
    rate("householdsCleared", "Share of the households all of whose parcels are handed over.").of_persons(&[
        Whole::Rows("parties"),
        Whole::Terms("partiesCleared"),
        Whole::Rows("plansApproved"),
    ]),
    rate("plansApproved", "Share of the parties all of whose plans are approved.").of_persons(&[]),
    int(
        "overdue",
        "Number of parcels that are not handed over although the day on which their site was to be is past.",
    ),
    int("keyOverdue", "Number of parcels as `overdue`, of projects on the list of key projects."),
    int("noticesLapsing", "Number of parcels whose notice is about to lapse."),
    int("noticesLapsed", "Number of parcels whose notice has lapsed before the recovery was decided."),
    int("paymentsLate", "Number of parties that should have been paid already.").of_persons(&[
        Whole::Rows("parties"),
        Whole::Rows("partiesCleared"),
        Whole::Rows("plansApproved"),
    ]),
    int("blocked", "Number of parcels with a blocker that are not handed over."),
    int("violations", "Number of parcels that break a rule of the law."),
];

const KPIS: &[Measure] = &[
    int("total", "Number of targets."),
    int("green", "Number of targets in green."),
    int("amberGreen", "Number of targets in amber-green."),
    int("amberRed", "Number of targets in amber-red."),
    int("red", "Number of targets in red."),
    int("criticalRed", "Number of targets of critical indicators in red."),
    int("unjudged", "Number of targets without a judgement."),
    int(
        "unmoved",
        "Number of targets whose last value is no better than the baseline, or for a flow than a year before.",
    ),
    rate("onTrack", "Share of the judged targets in green or amber-green."),
    rate("met", "Share of the targets whose period was observed whole that are met."),
    rate("reported", "Share of the due observations that are published."),
];

const FEEDBACK: &[Measure] = &[
    int("received", "Number of cases submitted within the period."),
    int("resolved", "Number of cases answered within the period."),
    int("open", "Number of cases that wait for an answer."),
    int("overdue", "Number of open cases past their deadline."),
    rate("onTime", "Share of the deadlines within the period that were kept."),
    mean(
        "transfersPerCase",
        "Mean number of times that a case submitted within the period went to another organization.",
    ),
    rate("reopenRate", "Share of the cases first answered within the period that were opened again.").of_persons(&[]),
    Measure::new(
        "satisfactionRated",
        "Number of ratings within the period; null when they are too few for the caller.",
        Shape::Sample(TERM),
    ),
    statistic(
        "satisfactionRate",
        "Share of the satisfied; with fewer than 30 ratings it has no place in an order.",
        Statistic::Share,
    ),
    statistic("satisfactionWilsonLow", "Lower bound of the share at 95 % (Wilson).", Statistic::WilsonLow),
    statistic("satisfactionWilsonHigh", "Upper bound of the share at 95 % (Wilson).", Statistic::WilsonHigh),
];

const EVERY: &[ScorecardDimension] = ScorecardDimension::ALL;

/// The measures that one service publishes.
#[derive(Debug)]
pub struct Dataset {
    /// Field of the scorecard.
    pub name: &'static str,
    /// The SQL function.
    pub function: &'static str,
    /// The dimensions that it has.
    pub dimensions: &'static [ScorecardDimension],
    /// Its measures.
    pub measures: &'static [Measure],
}

/// The datasets, in the order of the fields of a scorecard after the score.
pub const DATASETS: &[Dataset] = &[
    Dataset { name: "tasks", function: "tasks.published_measures", dimensions: EVERY, measures: TASKS },
    Dataset { name: "projects", function: "projects.published_measures", dimensions: EVERY, measures: PROJECTS },
    Dataset {
        name: "clearance",
        function: "projects.published_clearance_measures",
        dimensions: &[
            ScorecardDimension::City,
            ScorecardDimension::Area,
            ScorecardDimension::Organization,
            ScorecardDimension::Programme,
            ScorecardDimension::Official,
            ScorecardDimension::Project,
            ScorecardDimension::Bottleneck,
        ],
        measures: CLEARANCE,
    },
    Dataset {
        name: "kpis",
        function: "kpis.published_measures",
        dimensions: &[
            ScorecardDimension::City,
            ScorecardDimension::Area,
            ScorecardDimension::Organization,
            ScorecardDimension::Programme,
            ScorecardDimension::Official,
            ScorecardDimension::Bottleneck,
            ScorecardDimension::Indicator,
        ],
        measures: KPIS,
    },
    Dataset {
        name: "feedback",
        function: "feedback.published_measures",
        dimensions: &[
            ScorecardDimension::City,
            ScorecardDimension::Area,
            ScorecardDimension::Organization,
            ScorecardDimension::Programme,
            ScorecardDimension::Official,
            ScorecardDimension::Project,
            ScorecardDimension::Bottleneck,
        ],
        measures: FEEDBACK,
    },
];

/// Measures that are wanted, each as the positions of its dataset and of itself. Only these are computed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Wanted(BTreeSet<(usize, usize)>);

impl Wanted {
    /// Adds a measure by the names of its dataset and of itself.
    pub fn add(&mut self, dataset: &str, measure: &str) {
        let Some(place) = DATASETS.iter().position(|known| known.name == dataset) else { return };
        let found = DATASETS[place].measures.iter().position(|known| known.name == measure);
        self.0.extend(found.map(|found| (place, found)));
    }

    /// Adds the measures that a condition selects.
    pub fn add_where(&mut self, shown: impl Fn(&str, &str) -> bool) {
        for dataset in DATASETS {
            for measure in dataset.measures.iter().filter(|measure| shown(dataset.name, measure.name)) {
                self.add(dataset.name, measure.name);
            }
        }
    }

    /// Whether a measure is wanted, by the positions of its dataset and of itself.
    pub fn has(&self, dataset: usize, measure: usize) -> bool {
        self.0.contains(&(dataset, measure))
    }

    /// Whether any measure of a dataset is.
    pub fn has_any(&self, dataset: usize) -> bool {
        self.0.iter().any(|(place, _)| *place == dataset)
    }
}

impl MeasureSet for ScorecardSet {
    const PREFIX: &'static str = "Scorecard";
    const DESCRIPTION: &'static str = "Measures of all services side by side, over a period and as of a date. A dataset is null when it \
        has no such dimension, and when its rows are about too few persons for the caller; it is never 0 instead.";
    const KIND: &'static Kind = &SCORECARDS;
    const MEASURES: &'static [Measure] = &[
        mean(
            "score",
            "Composite score of 0 to 100 (see `Scorecard.score`); null when too little of it can be measured.",
        ),
        Measure::new("tasks", "Tasks.", Shape::Dataset("ScorecardTasks", "Measures of tasks.", TASKS)),
        Measure::new("projects", "Projects.", Shape::Dataset("ScorecardProjects", "Measures of projects.", PROJECTS)),
        Measure::new(
            "clearance",
            "Land clearance, as of the date.",
            Shape::Dataset("ScorecardClearance", "Measures of land clearance.", CLEARANCE),
        ),
        Measure::new("kpis", "Targets.", Shape::Dataset("ScorecardKpis", "Measures of targets.", KPIS)),
        Measure::new("feedback", "Feedback.", Shape::Dataset("ScorecardFeedback", "Measures of feedback.", FEEDBACK)),
    ];
}
