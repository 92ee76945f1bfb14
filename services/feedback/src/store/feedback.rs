//! Cases as of an instant: the source of lists and measures, with their parents and dimensions.

use service_kit::access::Kind;
use service_kit::question::Grouping;
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};
use service_kit::store::page::OrderTerm;

use crate::model::{FEEDBACK, FeedbackDimension, FeedbackFacts};

/// A case as of the end of a day, with its derived values, for each row of `page`. A case can have been received before its first
/// row arrived.
const ROW: &str = "(SELECT (s.t).*, d.*, ({day})::date AS as_of FROM (SELECT platform.day_end({day}) AS instant, platform.moment({day}) AS at OFFSET 0) AS day \
     CROSS JOIN LATERAL (SELECT feedback.as_shown(coalesce((SELECT t FROM feedback.feedback_at(day.instant, ARRAY[page.id]) AS t), \
         (SELECT t FROM feedback.feedback AS t WHERE t.id = page.id AND t.deleted_at IS NULL))) AS t OFFSET 0) AS s \
     CROSS JOIN LATERAL feedback.derived(s.t, {day}, day.at) AS d) AS f";

/// Columns of a row `f` at the instant `$at`: those of the fact, and what is compared.
macro_rules! columns {
    ($at:literal) => {
        concat!(
            "d.*, feedback.status_at(d.stored_status, d.closes_at, ",
            $at,
            ") AS status, feedback.is_open(d.stored_status) AS is_open, \
             feedback.is_open(d.stored_status) AND d.due_at < ",
            $at,
            " AS is_overdue, \
             feedback.is_open(d.stored_status) AND d.soon_at <= ",
            $at,
            " AND ",
            $at,
            " <= d.due_at AS is_due_soon"
        )
    };
}

/// The facts of a day, from one partition. To be counted, they join the cases only when a condition reads these.
macro_rules! listed {
    ($partition:literal, $join:literal) => {
        concat!(
            "(SELECT d.feedback_id AS id, ",
            columns!("moment.at"),
            ", c.source, c.code, c.search, c.is_anonymous FROM (SELECT platform.moment({day}) AS at OFFSET 0) AS moment CROSS JOIN ",
            $partition,
            " AS d ",
            $join,
            " feedback.feedback AS c ON c.id = d.feedback_id WHERE d.is_case AND d.from_day <= {day} AND {day} < d.to_day) AS f WHERE true"
        )
    };
}

/// Source, code and search use those of today, also for a past day; so does the text that is shown (`feedback.as_shown`).
impl Listed for FeedbackFacts {
    const KIND: &'static Kind = &FEEDBACK;
    const SOURCES: &'static [&'static str] =
        &[listed!("feedback.fact_present", "JOIN"), listed!("feedback.fact_past", "JOIN")];
    const COUNTED: &'static [&'static str] =
        &[listed!("feedback.fact_present", "LEFT JOIN"), listed!("feedback.fact_past", "LEFT JOIN")];
    const IS_JOINED: fn(&OrderTerm) -> bool = |_| false;
    const CURRENT: &'static str = CURRENT;
    const ROW: Option<&'static str> = Some(ROW);
    const PRESENT: Option<&'static str> = Some(PRESENT);
}

/// The partition of the facts that hold today.
pub const PRESENT: &str = "feedback.fact_present";

/// Refuses facts that were computed with rules that are no longer in force.
pub const CURRENT: &str = "feedback.check_facts()";

/// Rows for measures: of cases, of their terms and of their ratings. Rows that no measure of the period counts are left out: those
/// that ended before it, and those that began after it. The prior of a satisfaction is the city's in the period; it is joined only when a measure reads it.
pub const MEASURED: &str = concat!(
    "SELECT s.*, f.*, prior.prior_all, prior.prior_people, prior.prior_business, prior.prior_weight FROM {facts} LEFT JOIN feedback.feedback AS c ON c.id = d.feedback_id CROSS JOIN LATERAL (SELECT ",
    columns!("s.at"),
    ", c.source, c.code, c.search, c.is_anonymous) AS f \
     LEFT JOIN (SELECT {several:s.span, s.as_of, }avg((g.score >= 4)::int) AS prior_all, \
         avg((g.score >= 4)::int) FILTER (WHERE g.sender = 'CITIZEN') AS prior_people, \
         avg((g.score >= 4)::int) FILTER (WHERE g.sender = 'BUSINESS') AS prior_business, \
         feedback.rule('FEEDBACK_SATISFACTION_PRIOR', max(s.as_of)) AS prior_weight \
         FROM {spans} JOIN feedback.fact AS g ON g.score IS NOT NULL AND g.from_day <= s.as_of AND s.as_of < g.to_day \
           AND g.rated_on >= s.first_day AND g.rated_on < s.end_day{several: GROUP BY s.span, s.as_of}) AS prior \
         ON true{several: AND prior.span = s.span AND prior.as_of = s.as_of} \
     WHERE f.last_on >= s.first_day AND coalesce(f.rated_on, f.submitted_on) < s.end_day"
);

/// Joins the codes that a case has in a dimension on the day.
macro_rules! codes {
    ($name:literal, $dimension:literal) => {
        concat!(
            "LEFT JOIN feedback.fact_code AS ",
            $name,
            " ON ",
            $name,
            ".feedback_id = f.feedback_id AND ",
            $name,
            ".dimension = '",
            $dimension,
            "' AND ",
            $name,
            ".from_day <= f.as_of AND f.as_of < ",
            $name,
            ".to_day"
        )
    };
}

/// Tests whether a case has one of the codes `$codes` in a dimension on the day.
macro_rules! has_code {
    ($dimension:literal, $codes:literal) => {
        concat!(
            "EXISTS (SELECT FROM feedback.fact_code AS c WHERE c.feedback_id = f.feedback_id AND c.dimension = '",
            $dimension,
            "' AND c.code = ",
            $codes,
            " AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}

/// Tests whether a case has no code in a dimension on the day.
macro_rules! no_code {
    ($dimension:literal) => {
        concat!(
            "NOT EXISTS (SELECT FROM feedback.fact_code AS c WHERE c.feedback_id = f.feedback_id AND c.dimension = '",
            $dimension,
            "' AND c.from_day <= {day} AND {day} < c.to_day)"
        )
    };
}

/// The organization that has a case.
const LEAD: &str = "LEFT JOIN directory.published_organization AS lead ON lead.code = f.lead";
/// The holder of the accountable position on the day.
const HOLDER: &str = "LEFT JOIN directory.published_appointment AS held ON held.position_code = f.position \
     AND directory.published_runs(held.from_on, held.to_on, f.as_of)";
/// Tests whether an official holds the accountable position on the day.
const HELD_BY: &str = "f.position = ANY(ARRAY(SELECT directory.published_positions_of({}, {day})))";
/// Tests whether nobody holds the accountable position on the day.
const NOT_HELD: &str = "NOT EXISTS (SELECT FROM directory.published_appointment AS a WHERE a.position_code = f.position \
     AND directory.published_runs(a.from_on, a.to_on, {day}))";

impl Grouping for FeedbackDimension {
    fn dimension(self) -> Dimension {
        self.sql()
    }

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl FeedbackDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Kind => ("kind", "", "f.kind"),
            Self::Sender => ("sender", "", "f.sender"),
            Self::Channel => ("channel", "", "f.channel"),
            Self::Category => ("category", "", "f.category"),
            Self::Level => ("level", "", "f.level"),
            Self::Status => ("status", "", "f.status"),
            Self::Area => ("area", "", "f.area"),
            Self::Organization => ("organization", "", "f.lead"),
            Self::Axis => ("axis", LEAD, "lead.axis"),
            Self::Project => ("project", "", "f.project"),
            Self::Programme => ("programme", codes!("programme", "PROGRAMME"), "programme.code"),
            Self::Bottleneck => ("bottleneck", codes!("bottleneck", "BOTTLENECK"), "bottleneck.code"),
            Self::Official => ("official", HOLDER, "held.official_code"),
        };
        let several = matches!(self, Self::Programme | Self::Bottleneck);
        Dimension { field, join, key, several }
    }
}

/// Condition on the cases that have no value in a dimension.
pub const fn without(dimension: FeedbackDimension) -> &'static str {
    match dimension {
        FeedbackDimension::Programme => no_code!("PROGRAMME"),
        FeedbackDimension::Bottleneck => no_code!("BOTTLENECK"),
        FeedbackDimension::Official => NOT_HELD,
        FeedbackDimension::Organization | FeedbackDimension::Axis => "f.lead IS NULL",
        FeedbackDimension::Area => "f.area IS NULL",
        FeedbackDimension::Project => "f.project IS NULL",
        FeedbackDimension::Kind
        | FeedbackDimension::Sender
        | FeedbackDimension::Channel
        | FeedbackDimension::Category
        | FeedbackDimension::Level
        | FeedbackDimension::Status => "false",
    }
}

/// The organization that has the case.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.feedbacks",
    tie: "f.lead = parent.code",
    filter: "f.lead = ANY({})",
    dimension: FeedbackDimension::Organization.sql(),
};

/// The area.
pub const AREA: Parent = Parent {
    list: "area.feedbacks",
    tie: "f.area = parent.code",
    filter: "f.area = ANY({})",
    dimension: FeedbackDimension::Area.sql(),
};

/// A programme that the case belongs to.
pub const PROGRAMME: Parent = Parent {
    list: "programme.feedbacks",
    tie: has_code!("PROGRAMME", "parent.code"),
    filter: has_code!("PROGRAMME", "ANY({})"),
    dimension: FeedbackDimension::Programme.sql(),
};

/// A bottleneck that the case is about.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.feedbacks",
    tie: has_code!("BOTTLENECK", "parent.code"),
    filter: has_code!("BOTTLENECK", "ANY({})"),
    dimension: FeedbackDimension::Bottleneck.sql(),
};

/// The holder of the accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.feedbacks",
    tie: "f.position = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: HELD_BY,
    dimension: FeedbackDimension::Official.sql(),
};

/// The project that the case is about.
pub const PROJECT: Parent = Parent {
    list: "project.feedbacks",
    tie: "f.project = parent.code",
    filter: "f.project = ANY({})",
    dimension: FeedbackDimension::Project.sql(),
};

/// Cases as of the end of a day, for maps.
pub const ON_MAP: &str = listed!("feedback.fact", "LEFT JOIN");
