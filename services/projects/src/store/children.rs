//! Rows that hang on a project, a contract, a site or a parcel: their tables, and the changes that the history of a project has.

use std::collections::HashMap;
use std::marker::PhantomData;

use service_kit::store::child::Child;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{
    Assessment, CapitalPlan, CompensationPlan, Contract, Disbursement, ForecastChange, GraveRelocation, Milestone,
    Modification, ParcelRight, Payment, PhaseChange, Resettlement, Site, UtilityRelocation, Violation,
};

macro_rules! children {
    ($($row:ty: $table:literal, $tie:expr, $order:literal;)+) => {$(
        impl Child for $row {
            const TABLE: &'static str = $table;
            const TIE: &'static str = $tie;
            const ORDER: &'static str = $order;
        }
    )+};
}

/// Of a project, which its children name by code.
const OF_PROJECT: &str =
    "c.project_code = (SELECT p.code FROM projects.project AS p WHERE p.id = parent.id) AND c.deleted_at IS NULL";
/// Of a site, which is named by code.
const OF_SITE: &str =
    "c.site_code = (SELECT s.code FROM projects.site AS s WHERE s.id = parent.id) AND c.deleted_at IS NULL";
/// Of a parcel.
const OF_PARCEL: &str = "c.parcel_id = parent.id AND c.deleted_at IS NULL";
/// Plans of the party of a right, on the site of its parcel.
const OF_RIGHT: &str = "(c.site_code, c.party_code) = (SELECT p.site_code, r.party_code FROM projects.parcel_right AS r \
     JOIN projects.parcel_case AS p ON p.id = r.parcel_id WHERE r.id = parent.id) AND c.deleted_at IS NULL";

children! {
    CapitalPlan: "projects.capital_plan", OF_PROJECT, "c.year DESC, c.basis, c.decided_on DESC, c.id";
    Disbursement: "projects.disbursement", OF_PROJECT, "c.paid_on DESC, c.id";
    Contract: "projects.contract", OF_PROJECT, "c.signed_on, c.id";
    Modification: "projects.modification", "c.contract_id = parent.id AND c.deleted_at IS NULL", "c.decided_on, c.id";
    Assessment: "projects.assessment", OF_PROJECT, "c.assessed_on DESC, c.id";
    Site: "projects.site", OF_PROJECT, "c.code, c.id";
    Milestone: "projects.milestone", OF_PARCEL, "c.happened_on, c.happened_at NULLS FIRST, c.id";
    ParcelRight: "projects.parcel_right", OF_PARCEL, "c.kind, c.party_code, c.id";
    Violation: "projects.violation", "c.parcel_id = parent.id", "c.happened_on, c.code";
    CompensationPlan: "projects.compensation_plan", OF_RIGHT, "c.revision DESC, c.id";
    Payment: "projects.payment", "c.plan_id = parent.id AND c.deleted_at IS NULL", "c.happened_on, c.id";
    Resettlement: "projects.resettlement", OF_SITE, "c.party_code, c.id";
    GraveRelocation: "projects.grave_relocation", OF_SITE, "c.place, c.id";
    UtilityRelocation: "projects.utility_relocation", OF_SITE, "c.due_on, c.id";
}

/// Change that the history of a project has.
pub trait Changed: for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Columns of which one must have changed.
    const COLUMNS: &'static [&'static str];
    /// Columns of the change, from the folded state.
    const STATE: &'static str;
}

impl Changed for ForecastChange {
    const COLUMNS: &'static [&'static str] = &["forecast_end"];
    const STATE: &'static str = "(state ->> 'forecast_end')::date AS forecast_end, state ->> 'forecast_reason' AS reason, state ->> 'recorded_by' AS by_subject";
}

impl Changed for PhaseChange {
    const COLUMNS: &'static [&'static str] = &["phase", "suspended"];
    const STATE: &'static str = "state ->> 'phase' AS phase, (state ->> 'suspended')::boolean AS suspended, state ->> 'phase_reason' AS reason, \
         state ->> 'phase_document' AS document, state ->> 'recorded_by' AS by_subject";
}

/// Loads the changes of one kind of many projects, the earliest first.
#[derive(Debug)]
pub struct ChangesOf<C> {
    reader: Reader,
    kind: PhantomData<fn() -> C>,
}

impl<C> ChangesOf<C> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, kind: PhantomData }
    }
}

impl<C: Changed> BatchSource for ChangesOf<C> {
    type Key = Uuid;
    type Value = Vec<C>;

    async fn load(&self, projects: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<C>>, Problem> {
        let mut sql = QueryBuilder::new("SELECT id, at, ");
        sql.push(C::STATE).push(
            " FROM (SELECT e.id, e.observed_at AS at, e.ordinal, e.rank, e.changes, projects.project_defaults() || platform.fold_events(e.changes) OVER \
             (PARTITION BY e.id ORDER BY e.observed_at, e.rank, e.ordinal) AS state FROM projects.project_event AS e \
             WHERE e.effective AND e.withdrawn_at IS NULL AND e.id = ANY(",
        );
        sql.push_bind(projects).push(")) AS folded WHERE changes ?| ").push_bind(C::COLUMNS);
        sql.push(" ORDER BY id, at, rank, ordinal");
        let mut found: HashMap<Uuid, Vec<C>> = HashMap::new();
        for row in sql.build().fetch_all(&self.reader).await? {
            found.entry(row.try_get("id")?).or_default().push(C::from_row(&row)?);
        }
        Ok(found)
    }
}
