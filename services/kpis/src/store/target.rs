//! Targets as of the end of a day: the source of lists and measures, with their parents and dimensions.

use service_kit::access::Kind;
use service_kit::question::Grouping;
use service_kit::store::list::Listed;
use service_kit::store::measure::{Dimension, Parent};

use crate::model::{KPIS, KpiDimension, Target};

/// What a row of facts `d` and its indicator `i` say of a target.
macro_rules! stated {
    () => {
        "d.*, i.programme_codes, i.bottleneck_codes, i.parent_code AS part_of, i.search, \
         kpis.gap(d.direction, d.actual, d.target, d.low, d.high) AS gap, \
         CASE WHEN d.complete OR NOT kpis.needs_whole(d.nature, d.direction, d.baseline) THEN kpis.rounded(kpis.attainment(d.direction, d.actual, d.target, d.baseline)) END AS attainment, \
         CASE WHEN d.complete THEN kpis.short_of(d.direction, d.actual, d.target, d.low, d.high) = 0 END AS met"
    };
}

/// The facts of a day, from one partition.
macro_rules! listed {
    ($partition:literal) => {
        concat!(
            "(SELECT d.target_id AS id, ",
            stated!(),
            " FROM ",
            $partition,
            " AS d LEFT JOIN kpis.indicator AS i ON i.code = d.indicator_code WHERE d.from_day <= {day} AND {day} < d.to_day) AS f WHERE true"
        )
    };
}

/// A target with its facts of a day, for each row of `page`.
const ROW: &str = concat!(
    "(SELECT t.id, t.source, t.external_id, t.version, t.recorded_by, t.recorded_at, t.deleted_at, t.document, t.reason, t.withdrawal_reason, t.decided_on, t.withdrawn_on, \
     t.baseline_period, t.trajectory AS trajectory_points, coalesce(d.late_from <= {day}, false) AS observation_late, \
     CASE WHEN d.actual IS NOT NULL AND NOT d.complete AND kpis.needs_whole(d.nature, d.direction, d.baseline) THEN 'PERIOD_NOT_OVER' \
         ELSE kpis.attainment_reason(d.direction, d.actual, d.target, d.baseline) END AS attainment_reason, ",
    stated!(),
    " FROM kpis.target_fact AS d JOIN kpis.indicator AS i ON i.code = d.indicator_code JOIN kpis.target AS t ON t.id = d.target_id \
     WHERE d.target_id = page.id AND d.from_day <= {day} AND {day} < d.to_day) AS f"
);

impl Listed for Target {
    const KIND: &'static Kind = &KPIS;
    const SOURCES: &'static [&'static str] = &[listed!("kpis.target_fact_present"), listed!("kpis.target_fact_past")];
    const CURRENT: &'static str = CURRENT;
    const ROW: Option<&'static str> = Some(ROW);
    const PRESENT: Option<&'static str> = Some(PRESENT);
}

/// The partition of the facts that hold today.
pub const PRESENT: &str = "kpis.target_fact_present";

/// Refuses facts that were computed with rules that are no longer in force.
pub const CURRENT: &str = "kpis.check_facts()";

/// Rows for measures. Observations are published, and due, when their sub-period has been over for the lag: ends are in their order, and
/// each sub-period ends some months after the first of a month.
pub const MEASURED: &str = concat!(
    "SELECT s.*, f.*, width_bucket(s.as_of - f.lag_days, f.ends) AS reported, \
     least(f.expected, greatest(0, ((extract(year FROM s.as_of - f.lag_days) - extract(year FROM f.period_first)) * 12 \
         + extract(month FROM s.as_of - f.lag_days) - extract(month FROM f.period_first))::int / f.step)) AS due \
     FROM {facts} JOIN kpis.indicator AS i ON i.code = d.indicator_code CROSS JOIN LATERAL (SELECT ",
    stated!(),
    ") AS f WHERE f.period_first < s.end_day AND s.first_day < f.period_end"
);

/// Finds the facts of indicators that have one of the codes `$1`.
pub const FOUND_BY: &[(&str, &str)] = &[
    ("PROGRAMME", "d.indicator_code IN (SELECT code FROM kpis.indicator WHERE programme_codes && $1)"),
    ("BOTTLENECK", "d.indicator_code IN (SELECT code FROM kpis.indicator WHERE bottleneck_codes && $1)"),
];

/// The organization that answers for a target.
const RESPONSIBLE: &str = "coalesce(f.organization_code, f.owner)";
const RESPONSIBLE_IN: &str =
    "LEFT JOIN directory.published_organization AS owner ON owner.code = coalesce(f.organization_code, f.owner)";
const HOLDER: &str = "LEFT JOIN directory.published_appointment AS held ON held.position_code = f.position \
     AND directory.published_runs(held.from_on, held.to_on, f.as_of)";
/// Tests whether an official holds the accountable position on the day.
pub const HELD_BY: &str = "f.position = ANY(ARRAY(SELECT directory.published_positions_of({}, {day})))";
const NOT_HELD: &str = "NOT EXISTS (SELECT FROM directory.published_appointment AS a WHERE a.position_code = f.position \
     AND directory.published_runs(a.from_on, a.to_on, {day}))";

impl Grouping for KpiDimension {
    fn dimension(self) -> Dimension {
        self.sql()
    }

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl KpiDimension {
    /// The dimension as SQL over the rows of [`MEASURED`].
    pub const fn sql(self) -> Dimension {
        let (field, join, key) = match self {
            Self::Indicator => ("indicator", "", "f.indicator_code"),
            Self::Scope => ("scope", "", "f.scope"),
            Self::Area => ("area", "", "f.area_code"),
            Self::Organization => ("organization", "", RESPONSIBLE),
            Self::Axis => ("axis", RESPONSIBLE_IN, "owner.axis"),
            Self::Level => ("level", RESPONSIBLE_IN, "owner.level"),
            Self::Official => ("official", HOLDER, "held.official_code"),
            Self::Programme => (
                "programme",
                "LEFT JOIN LATERAL unnest(f.programme_codes) AS programme(code) ON true",
                "programme.code",
            ),
            Self::Bottleneck => (
                "bottleneck",
                "LEFT JOIN LATERAL unnest(f.bottleneck_codes) AS bottleneck(code) ON true",
                "bottleneck.code",
            ),
            Self::Nature => ("nature", "", "f.nature"),
            Self::Rag => ("rag", "", "f.rag"),
        };
        let several = matches!(self, Self::Programme | Self::Bottleneck);
        Dimension { field, join, key, several }
    }
}

/// Condition on the targets that have no value in a dimension.
pub const fn without(dimension: KpiDimension) -> &'static str {
    match dimension {
        KpiDimension::Programme => "cardinality(f.programme_codes) = 0",
        KpiDimension::Bottleneck => "cardinality(f.bottleneck_codes) = 0",
        KpiDimension::Official => NOT_HELD,
        KpiDimension::Area => "f.area_code IS NULL",
        KpiDimension::Organization | KpiDimension::Axis | KpiDimension::Level => {
            "coalesce(f.organization_code, f.owner) IS NULL"
        }
        KpiDimension::Rag => "f.rag IS NULL",
        KpiDimension::Indicator | KpiDimension::Scope | KpiDimension::Nature => "false",
    }
}

/// The indicator.
pub const INDICATOR: Parent = Parent {
    list: "indicator.targets",
    tie: "f.indicator_code = parent.code",
    filter: "f.indicator_code = ANY({})",
    dimension: KpiDimension::Indicator.sql(),
};

/// The organization of the scope, else the owner of the indicator.
pub const ORGANIZATION: Parent = Parent {
    list: "organization.kpiTargets",
    tie: "coalesce(f.organization_code, f.owner) = parent.code",
    filter: "coalesce(f.organization_code, f.owner) = ANY({})",
    dimension: KpiDimension::Organization.sql(),
};

/// The area of the scope.
pub const AREA: Parent = Parent {
    list: "area.kpiTargets",
    tie: "f.area_code = parent.code",
    filter: "f.area_code = ANY({})",
    dimension: KpiDimension::Area.sql(),
};

/// A programme of the indicator.
pub const PROGRAMME: Parent = Parent {
    list: "programme.kpiTargets",
    tie: "parent.code = ANY(f.programme_codes)",
    filter: "f.programme_codes && {}",
    dimension: KpiDimension::Programme.sql(),
};

/// A bottleneck of the indicator.
pub const BOTTLENECK: Parent = Parent {
    list: "bottleneck.kpiTargets",
    tie: "parent.code = ANY(f.bottleneck_codes)",
    filter: "f.bottleneck_codes && {}",
    dimension: KpiDimension::Bottleneck.sql(),
};

/// The holder of the accountable position on the day.
pub const OFFICIAL: Parent = Parent {
    list: "official.kpiTargets",
    tie: "f.position = ANY(ARRAY(SELECT directory.published_positions_of(ARRAY[parent.code], {day})))",
    filter: HELD_BY,
    dimension: KpiDimension::Official.sql(),
};
