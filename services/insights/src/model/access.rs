//! Who sees which insights.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// Measures of all services side by side: every row for who sees every row of each service, and for everybody the groups that are
/// public in each. A test compares it with the kinds of the services.
pub const SCORECARDS: Kind = Kind {
    name: "scorecards",
    rows: &[(Role::Ioc, Rows::All), (Role::Issuer, Rows::All), (Role::Inspector, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &["city", "area", "organization", "programme", "bottleneck"],
    writes: &[],
};

/// Who sees which tasks, projects and targets.
const RECORDS: &[(Role, Rows)] = &[
    (Role::Ioc, Rows::All),
    (Role::Issuer, Rows::All),
    (Role::Approver, Rows::All),
    (Role::Inspector, Rows::All),
    (Role::Department, Rows::Organization),
    (Role::Lead, Rows::Organization),
    (Role::Ward, Rows::Area),
];

/// Who sees which parcels.
const LAND: &[(Role, Rows)] = &[
    (Role::Ioc, Rows::All),
    (Role::Issuer, Rows::All),
    (Role::Approver, Rows::All),
    (Role::Inspector, Rows::All),
    (Role::Department, Rows::Organization),
    (Role::Lead, Rows::Organization),
    (Role::Ward, Rows::Area),
    (Role::Handler, Rows::Organization),
    (Role::Handler, Rows::Area),
];

/// Who sees which cases of feedback.
const CASES: &[(Role, Rows)] = &[
    (Role::Ioc, Rows::All),
    (Role::Issuer, Rows::All),
    (Role::Inspector, Rows::All),
    (Role::Department, Rows::Organization),
    (Role::Lead, Rows::Organization),
    (Role::Handler, Rows::Organization),
    (Role::Ward, Rows::Area),
];

/// Feedback near sites: the cases that the caller sees. A test compares it with the kind of the feedback.
pub const NEARBY: Kind = Kind {
    name: "feedback near sites",
    rows: CASES,
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[],
};

/// The rules of alerts on one dataset: the rows are those of its records, so nobody sees an alert on a record that is hidden. A
/// test compares them with the kinds of the services.
const fn alerts(name: &'static str, rows: &'static [(Role, Rows)]) -> Kind {
    Kind { name, rows, public: false, public_filters: &[], public_dimensions: &[], writes: HANDLED }
}

const HANDLED: &[(Role, &str)] = &[
    (Role::Ioc, "acknowledges and assigns alerts"),
    (Role::Department, "the same, of alerts on which its organization or one below it must act"),
    (Role::Lead, "the same, of alerts on which its organization or one below it must act"),
    (Role::Ward, "the same, of alerts on which its organization or one below it must act"),
];

/// Alerts on tasks.
pub const TASK_ALERTS: Kind = alerts("alerts on tasks", RECORDS);

/// Alerts on projects.
pub const PROJECT_ALERTS: Kind = alerts("alerts on projects", RECORDS);

/// Alerts on parcels.
pub const CLEARANCE_ALERTS: Kind = alerts("alerts on land clearance", LAND);

/// Alerts on targets.
pub const KPI_ALERTS: Kind = alerts("alerts on targets", RECORDS);

/// Alerts on feedback, and on the satisfaction with it.
pub const FEEDBACK_ALERTS: Kind = alerts("alerts on feedback", CASES);

/// Alerts on sources: who reads the sources, and the organization that answers for one, because everybody reads the lag of a source
/// in the freshness of the figures.
pub const SOURCE_ALERTS: Kind = alerts(
    "alerts on sources",
    &[
        (Role::Ioc, Rows::All),
        (Role::Auditor, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
    ],
);

/// What was added to alerts is read for alerts that the caller sees.
pub const HANDLING: Kind = alerts("handling of alerts", &[]);

/// The rules of the changes of one dataset: the rows are those of its records, so nobody sees a change of a record that is hidden. A
/// test compares them with the kinds of the services.
const fn changes(name: &'static str, rows: &'static [(Role, Rows)]) -> Kind {
    Kind { name, rows, public: false, public_filters: &[], public_dimensions: &[], writes: &[] }
}

/// Changes of tasks.
pub const TASK_CHANGES: Kind = changes("changes of tasks", RECORDS);

/// Changes of projects.
pub const PROJECT_CHANGES: Kind = changes("changes of projects", RECORDS);

/// Changes of parcels.
pub const CLEARANCE_CHANGES: Kind = changes("changes of land clearance", LAND);

/// Changes of targets and published values.
pub const KPI_CHANGES: Kind = changes("changes of KPIs", RECORDS);

/// Changes of feedback.
pub const FEEDBACK_CHANGES: Kind = changes("changes of feedback", CASES);
