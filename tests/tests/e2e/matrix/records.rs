//! The kinds of records: how each is read through the gateway, and which rows there are, in SQL over base tables.
//!
//! In every condition `$1` are organizations with all below them, `$2` positions and `$3` areas.

/// A kind of records.
#[derive(Clone, Copy)]
pub struct Records {
    /// Its list at the root.
    pub list: &'static str,
    /// A single one at the root, with the name of its argument.
    pub one: (&'static str, &'static str),
    /// What tells one from another, in GraphQL.
    pub key: &'static str,
    /// The rows `t` that exist, with the key as SQL.
    pub rows: (&'static str, &'static str),
    /// Which of them belong to organizations, positions and areas.
    pub own: &'static str,
    /// In which orders they are listed.
    pub orders: &'static [&'static str],
    /// Filters, each with the same condition in SQL.
    pub filters: &'static [(&'static str, &'static str)],
    /// The list below an organization or an area, each with its condition in SQL.
    pub below: &'static [(&'static str, &'static str)],
    /// An aggregate that is public. Whether it is about persons, of whom fewer than five are not told.
    pub aggregate: (&'static str, bool),
    /// Aggregates that need the right to every row, each with the argument that needs it.
    pub closed: &'static [(&'static str, &'static str)],
    /// A mutation of one row, without its input's `id` and version.
    pub verb: (&'static str, &'static str),
}

pub const TASKS: Records = Records {
    list: "tasks",
    one: ("task", "id"),
    key: "id",
    rows: ("tasks.task AS t WHERE t.deleted_at IS NULL AND t.status <> 'DRAFT'", "t.id::text"),
    own: "t.lead_organization_code = ANY ($1) OR t.coordinating_organization_codes && $1
          OR t.accountable_position_code = ANY ($2) OR t.approver_position_code = ANY ($2) OR t.area_codes && $3",
    orders: &["CODE", "OBSERVED_AT", "PRIORITY", "DUE_ON", "START_ON", "TITLE", "PROGRESS"],
    filters: &[
        ("organization: [\"SYT\"]", "t.lead_organization_code = 'SYT'"),
        ("area: [\"00328\"]", "t.area_codes && '{00328}'"),
        ("code: [\"NV-001\", \"NV-100\"]", "t.code IN ('NV-001', 'NV-100')"),
        ("status: [COMPLETED]", "t.status = 'COMPLETED'"),
        ("position: [\"SXD-TT\"]", "t.accountable_position_code = 'SXD-TT'"),
    ],
    below: &[
        ("organization(code: \"SYT\")", "t.lead_organization_code = 'SYT'"),
        ("area(code: \"00328\")", "t.area_codes && '{00328}'"),
    ],
    aggregate: (
        "taskStats(period: \"2026\", groupBy: [ORGANIZATION, AREA]) { rows { organization { code } area { code } measures { total overdue } } totals { total overdue } }",
        false,
    ),
    closed: &[
        ("taskStats(period: \"2026\", groupBy: [OFFICIAL]) { totals { total } }", "groupBy"),
        ("taskStats(period: \"2026\", filter: { code: [\"NV-001\"] }) { totals { total } }", "filter.code"),
        ("taskStats(period: \"2026\", filter: { search: \"x\" }) { totals { total } }", "filter.search"),
        (
            "taskStats(period: \"2026\", filter: { dueOn: { from: \"2026-06-30\" } }) { totals { total } }",
            "filter.dueOn",
        ),
    ],
    verb: ("startTask", ""),
};

pub const PROJECTS: Records = Records {
    list: "projects",
    one: ("project", "code"),
    key: "code",
    rows: ("projects.project AS t WHERE t.deleted_at IS NULL", "t.code"),
    own: "t.owner_organization_code = ANY ($1) OR t.accountable_position_code = ANY ($2) OR t.area_codes && $3
          OR EXISTS (SELECT FROM projects.site AS s WHERE s.project_code = t.code AND s.area_code = ANY ($3) AND s.deleted_at IS NULL)",
    orders: &["CODE", "NAME", "OBSERVED_AT", "SLIP_DAYS", "BASELINE_END", "FORECAST_END", "TOTAL_INVESTMENT"],
    filters: &[
        ("organization: [\"SNNMT\"]", "t.owner_organization_code = 'SNNMT'"),
        ("area: [\"00328\"]", "t.area_codes && '{00328}'"),
        ("keyList: true", "t.key_list"),
        ("phase: [IMPLEMENTATION]", "t.phase = 'IMPLEMENTATION'"),
    ],
    below: &[
        ("organization(code: \"SXD\")", "t.owner_organization_code = 'SXD'"),
        ("area(code: \"00328\")", "t.area_codes && '{00328}'"),
    ],
    aggregate: (
        "projectStats(period: \"2026\", groupBy: [ORGANIZATION]) { rows { organization { code } measures { total late } } totals { total late } }",
        false,
    ),
    closed: &[
        ("projectStats(period: \"2026\", groupBy: [OFFICIAL]) { totals { total } }", "groupBy"),
        ("projectStats(period: \"2026\", filter: { search: \"x\" }) { totals { total } }", "filter.search"),
    ],
    verb: ("suspendProject", "reason: \"Dừng để kiểm tra\""),
};

pub const PARCELS: Records = Records {
    list: "parcelCases",
    one: ("parcelCase", "id"),
    key: "id",
    rows: (
        "projects.parcel_case AS t JOIN projects.site AS s ON s.code = t.site_code JOIN projects.project AS p ON p.code = s.project_code
         WHERE t.deleted_at IS NULL",
        "t.id::text",
    ),
    own: "p.owner_organization_code = ANY ($1) OR p.accountable_position_code = ANY ($2) OR s.area_code = ANY ($3)",
    orders: &["OBSERVED_AT", "SITE", "AREA_TO_ACQUIRE", "NOTICE_UNTIL"],
    filters: &[
        ("area: [\"00328\"]", "s.area_code = '00328'"),
        ("organization: [\"SXD\"]", "p.owner_organization_code = 'SXD'"),
        ("landType: [RESIDENTIAL]", "t.land_type = 'RESIDENTIAL'"),
    ],
    below: &[
        ("organization(code: \"SXD\")", "p.owner_organization_code = 'SXD'"),
        ("area(code: \"00328\")", "s.area_code = '00328'"),
    ],
    aggregate: (
        "clearanceStats(groupBy: [AREA, STAGE]) { rows { area { code } stage measures { parties } } totals { parties } }",
        true,
    ),
    closed: &[
        ("clearanceStats(groupBy: [SITE]) { totals { parcels } }", "groupBy"),
        ("clearanceStats(groupBy: [OFFICIAL]) { totals { parcels } }", "groupBy"),
        ("clearanceStats(filter: { party: [\"x\"] }) { totals { parcels } }", "filter.party"),
    ],
    verb: ("holdParcel", "note: \"Chờ xác minh\""),
};

pub const TARGETS: Records = Records {
    list: "kpiTargets",
    one: ("kpiTarget", "id"),
    key: "id",
    rows: (
        // The last decision counts.
        "kpis.target AS t JOIN kpis.indicator AS i ON i.code = t.indicator_code WHERE t.deleted_at IS NULL AND NOT EXISTS (
             SELECT FROM kpis.target AS n WHERE n.deleted_at IS NULL AND n.decided_on > t.decided_on AND n.period = t.period
             AND (n.indicator_code, n.area_code, n.organization_code) IS NOT DISTINCT FROM (t.indicator_code, t.area_code, t.organization_code))",
        "t.id::text",
    ),
    own: OF_A_SERIES,
    orders: &["INDICATOR", "PERIOD", "SCOPE", "SHORTFALL", "GAP", "ATTAINMENT"],
    filters: &[
        ("area: [\"00328\"]", "t.area_code = '00328'"),
        ("period: [\"2026\"]", "t.period = '2026'"),
        ("nature: [FLOW]", "i.nature = 'FLOW'"),
    ],
    below: &[("area(code: \"00328\")", "t.area_code = '00328'")],
    aggregate: (
        "kpiStats(period: \"2026\", groupBy: [AREA]) { rows { area { code } measures { total red } } totals { total red } }",
        false,
    ),
    closed: &[
        ("kpiStats(period: \"2026\", groupBy: [OFFICIAL]) { totals { total } }", "groupBy"),
        ("kpiStats(period: \"2026\", filter: { search: \"x\" }) { totals { total } }", "filter.search"),
    ],
    verb: ("changeKpiTarget", "value: \"1\", decidedOn: \"2026-11-20\", document: \"QĐ 1\""),
};

pub const OBSERVATIONS: Records = Records {
    list: "observations",
    one: ("observation", "id"),
    key: "id",
    rows: (
        "kpis.observation AS t JOIN kpis.indicator AS i ON i.code = t.indicator_code WHERE t.deleted_at IS NULL",
        "t.id::text",
    ),
    own: OF_A_SERIES,
    orders: &["OBSERVED_AT", "INDICATOR"],
    filters: &[
        ("area: [\"00328\"]", "t.area_code = '00328'"),
        ("status: [PUBLISHED]", "t.status = 'PUBLISHED'"),
        ("period: [\"2026-Q1\"]", "t.period = '2026-Q1'"),
    ],
    below: &[],
    aggregate: ("kpiStats(period: \"2026\", groupBy: [INDICATOR]) { totals { total } }", false),
    closed: &[],
    verb: ("withdrawObservation", "reason: \"Số liệu sai\""),
};

/// Rows of an indicator's series: of the areas, with the old ones that became a part of them, of the organizations, or of an
/// indicator that is theirs.
/// Series of a scope: of an area or one that became a part of it, of an organization, or of the owner of the indicator.
pub const OF_A_SERIES: &str =
    "t.area_code = ANY ($3) OR t.area_code IN (SELECT from_code FROM directory.area_succession WHERE to_code = ANY ($3))
     OR t.organization_code = ANY ($1) OR i.owner_organization_code = ANY ($1) OR i.accountable_position_code = ANY ($2)";

pub const FEEDBACK: Records = Records {
    list: "feedbacks",
    one: ("feedback", "id"),
    key: "id",
    rows: ("feedback.feedback AS t WHERE t.deleted_at IS NULL", "t.id::text"),
    own: "t.lead_organization_code = ANY ($1) OR t.accountable_position_code = ANY ($2) OR t.area_code = ANY ($3)",
    orders: &["SUBMITTED_AT", "DUE_AT", "TRANSFERS", "OBSERVED_AT"],
    filters: &[
        ("organization: [\"SYT\"]", "t.lead_organization_code = 'SYT'"),
        ("area: [\"00328\"]", "t.area_code = '00328'"),
        ("status: [REJECTED]", "t.status = 'REJECTED'"),
        ("channel: [IHANOI]", "t.channel = 'IHANOI'"),
    ],
    below: &[
        ("organization(code: \"SYT\")", "t.lead_organization_code = 'SYT'"),
        ("area(code: \"00328\")", "t.area_code = '00328'"),
    ],
    aggregate: (
        "feedbackStats(period: \"2026-10\", groupBy: [AREA, CATEGORY]) { rows { area { code } category { code } measures { received } } totals { received } }",
        true,
    ),
    closed: &[
        ("feedbackStats(period: \"2026\", groupBy: [OFFICIAL]) { totals { received } }", "groupBy"),
        ("feedbackStats(period: \"2026\", filter: { search: \"x\" }) { totals { received } }", "filter.search"),
        ("feedbackStats(period: \"2026\", filter: { code: [\"x\"] }) { totals { received } }", "filter.code"),
    ],
    verb: ("startFeedback", ""),
};
