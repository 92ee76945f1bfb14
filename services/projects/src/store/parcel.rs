//! Parcels as of the end of a day: the source of lists and measures, with their parents and dimensions.

use service_kit::access::Kind;
use service_kit::question::Grouping;
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};
use service_kit::store::template::Bare;

use super::project::{HELD_BY, HOLDER, NOT_HELD, codes, has_code, no_code};
use crate::model::{CLEARANCE, ClearanceDimension, ParcelFacts};

/// A parcel as of the end of a day, with its derived values, for each row of `page`. A milestone may be older than the first
/// version of the parcel.
const ROW: &str = "(SELECT (s.t).*, d.*, ({day})::date AS as_of FROM (SELECT platform.day_end({day}) AS instant OFFSET 0) AS day \
     CROSS JOIN LATERAL (SELECT coalesce((SELECT t FROM projects.parcel_case_at(day.instant, ARRAY[page.id]) AS t), \
         (SELECT t FROM projects.parcel_case AS t WHERE t.id = page.id AND t.deleted_at IS NULL)) AS t OFFSET 0) AS s \
     CROSS JOIN LATERAL projects.parcel_derived(s.t, {day}) AS d) AS f";

/// Columns of a row `f` on the day `$day`: those of the fact and what is compared, then those of its site, then those of its project.
macro_rules! columns {
    (alone, $day:literal) => {
        concat!(
            "d.*, NOT coalesce(d.withdrawn_on <= ",
            $day,
            ", false) AS in_scope, \
             CASE WHEN d.handed_on <= ",
            $day,
            " THEN d.handed_area ELSE d.in_part END AS cleared, \
             CASE WHEN d.handed_on <= ",
            $day,
            " THEN d.handed_area ELSE d.in_part END >= d.to_acquire AS is_cleared, \
             coalesce(d.settled_on <= ",
            $day,
            ", false) AS is_settled, \
             d.notified_on <= ",
            $day,
            " AND NOT coalesce(least(d.recovery_on, d.handed_on) <= ",
            $day,
            ", false) AS waits_for_recovery, \
             projects.stage(",
            $day,
            ", d.closed_on, d.handed_on, d.recovery_on, d.paid_on, d.deposited_on, d.approved_on, d.appraised_on, \
                 d.posted_on, d.drafted_on, d.inventoried_on, d.notified_on, d.scoped_on) AS stage, \
             (SELECT directory.published_rule('LAND_NOTICE_WARNING', ",
            $day,
            ")::int) AS warning_days"
        )
    };
    (of_site, $day:literal) => {
        concat!(columns!(alone, $day), ", site.area_code, site.project_code, site.target_handover")
    };
    (of_project, $day:literal) => {
        concat!(columns!(of_site, $day), ", pr.project_id, pr.owner, pr.position, pr.key_list, pr.groundbreaking_on")
    };
}
pub(super) use columns;

/// Joins of these columns.
macro_rules! joins {
    (alone, $day:literal) => {
        " "
    };
    (of_site, $day:literal) => {
        " LEFT JOIN projects.site AS site ON site.code = d.site_code AND site.deleted_at IS NULL "
    };
    (of_project, $day:literal) => {
        concat!(
            joins!(of_site, $day),
            "LEFT JOIN projects.fact AS pr ON pr.project_code = site.project_code AND pr.from_day <= ",
            $day,
            " AND ",
            $day,
            " < pr.to_day "
        )
    };
}
pub(super) use joins;

const OF_SITE: &[&str] = &["f.area_code", "f.project_code", "f.target_handover"];
const OF_PROJECT: &[&str] = &["f.project_id", "f.owner", "f.position", "f.key_list", "f.groundbreaking_on"];
macro_rules! listed {
    ($with:ident, $partition:literal) => {
        concat!(
            "(SELECT d.parcel_id AS id, ",
            columns!($with, "{day}"),
            " FROM ",
            $partition,
            " AS d",
            joins!($with, "{day}"),
            "WHERE d.is_first AND d.from_day <= {day} AND {day} < d.to_day) AS f WHERE true"
        )
    };
    ($with:ident) => {
        &[listed!($with, "projects.parcel_fact_present"), listed!($with, "projects.parcel_fact_past")]
    };
}

impl Listed for ParcelFacts {
    const KIND: &'static Kind = &CLEARANCE;
    const SOURCES: &'static [&'static str] = listed!(of_project);
    const BARE: &'static [Bare<&'static [&'static str]>] = &[
        Bare { rows: listed!(alone), without: &[OF_SITE, OF_PROJECT] },
        Bare { rows: listed!(of_site), without: &[OF_PROJECT] },
    ];
    const CURRENT: &'static str = CURRENT;
    const ROW: Option<&'static str> = Some(ROW);
    const PRESENT: Option<&'static str> = Some(PRESENT);
    const TOGETHER: &'static [Parent] = &[AREA, PROJECT, SITE];
}

/// The partition of the facts that hold today.
pub const PRESENT: &str = "projects.parcel_fact_present";

/// Refuses facts that were computed with rules that are no longer in force.
pub const CURRENT: &str = "projects.parcel_check_facts()";

macro_rules! measured {
    ($with:ident) => {
        concat!(
            "SELECT s.*, f.* FROM {facts}",
            joins!($with, "s.as_of"),
            "CROSS JOIN LATERAL (SELECT ",
            columns!($with, "s.as_of"),
            ") AS f WHERE true"
        )
    };
}

/// Rows for measures: one for each party of a parcel, and one for a parcel that has several or none.
pub const MEASURED: &str = measured!(of_project);

/// The same without the columns of the project, and without those of the site. All projects take longer to hash than the parcels of a
/// ward to read.
pub const MEASURED_BARE: &[Bare<&str>] = &[
    Bare { rows: measured!(alone), without: &[OF_SITE, OF_PROJECT] },
    Bare { rows: measured!(of_site), without: &[OF_PROJECT] },
];

impl Grouping for ClearanceDimension {
    fn dimension(self) -> Dimension {
        self.sql()
    }

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl ClearanceDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Stage => ("stage", "", "f.stage"),
            Self::Area => ("area", "", "f.area_code"),
            Self::Project => ("project", "", "f.project_code"),
            Self::Site => ("site", "", "f.site_code"),
            Self::Organization => ("organization", "", "f.owner"),
            Self::Programme => ("programme", codes!("programme", "PROGRAMME"), "programme.code"),
            Self::Bottleneck => ("bottleneck", codes!("bottleneck", "BOTTLENECK"), "bottleneck.code"),
            Self::Official => ("official", HOLDER, "held.official_code"),
            Self::Cohort => ("cohort", "", "f.groundbreaking_on"),
            Self::LandType => ("landType", "", "f.land_type"),
            Self::Blocker => ("blocker", "", "f.blocker"),
            Self::PartyKind => ("partyKind", PARTY_KINDS, "party_kind.code"),
        };
        let several = matches!(self, Self::Programme | Self::Bottleneck | Self::PartyKind);
        Dimension { field, join, key, several }
    }
}

/// The kinds of the parties of a row: those of all parties in the row by which a parcel is counted.
const PARTY_KINDS: &str = "LEFT JOIN LATERAL unnest(f.party_kinds) AS party_kind(code) ON true";

/// Condition on the parcels that have no value in a dimension.
pub const fn without(dimension: ClearanceDimension) -> &'static str {
    match dimension {
        ClearanceDimension::Programme => no_code!("PROGRAMME"),
        ClearanceDimension::Bottleneck => no_code!("BOTTLENECK"),
        ClearanceDimension::Official => NOT_HELD,
        ClearanceDimension::Organization => "f.owner IS NULL",
        ClearanceDimension::Cohort => "f.groundbreaking_on IS NULL",
        ClearanceDimension::Blocker => "f.blocker IS NULL",
        ClearanceDimension::PartyKind => "cardinality(f.party_kinds) = 0",
        ClearanceDimension::Area | ClearanceDimension::Project => "f.project_code IS NULL",
        ClearanceDimension::Stage | ClearanceDimension::Site | ClearanceDimension::LandType => "false",
    }
}

/// The owner of the project.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.parcelCases",
    tie: "f.owner = parent.code",
    filter: "f.owner = ANY({})",
    dimension: ClearanceDimension::Organization.sql(),
};

/// Tests whether the site of a parcel is one of those with a code. By the codes of the sites, which an index finds.
macro_rules! of_sites {
    ($column:literal, $codes:literal) => {
        concat!(
            "f.site_code = ANY(ARRAY(SELECT t.code FROM projects.site AS t WHERE t.",
            $column,
            " = ",
            $codes,
            " AND t.deleted_at IS NULL))"
        )
    };
}

/// The area of the site.
pub const AREA: Parent = Parent {
    list: "area.parcelCases",
    tie: of_sites!("area_code", "parent.code"),
    filter: of_sites!("area_code", "ANY({})"),
    dimension: ClearanceDimension::Area.sql(),
};

/// A programme of the project.
pub const PROGRAMME: Parent = Parent {
    list: "programme.parcelCases",
    tie: has_code!("PROGRAMME", "parent.code"),
    filter: has_code!("PROGRAMME", "ANY({})"),
    dimension: ClearanceDimension::Programme.sql(),
};

/// A bottleneck of the project.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.parcelCases",
    tie: has_code!("BOTTLENECK", "parent.code"),
    filter: has_code!("BOTTLENECK", "ANY({})"),
    dimension: ClearanceDimension::Bottleneck.sql(),
};

/// The holder of the project's accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.parcelCases",
    tie: "f.position = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: HELD_BY,
    dimension: ClearanceDimension::Official.sql(),
};

/// The project.
pub const PROJECT: Parent = Parent {
    list: "project.parcelCases",
    tie: of_sites!("project_code", "parent.code"),
    filter: of_sites!("project_code", "ANY({})"),
    dimension: ClearanceDimension::Project.sql(),
};

/// The site.
pub const SITE: Parent = Parent {
    list: "site.parcelCases",
    tie: "f.site_code = parent.code",
    filter: "f.site_code = ANY({})",
    dimension: ClearanceDimension::Site.sql(),
};
