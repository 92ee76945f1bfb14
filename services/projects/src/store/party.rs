//! Sites and parties by their codes, and the personal data of parties.

use std::collections::HashMap;
use std::marker::PhantomData;

use chrono::NaiveDate;
use service_kit::store::plan::Plan;
use service_kit::{BatchSource, Problem, Reader};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{Party, PartyIdentity, PlanAmount, Site};

/// Row that others name by its code.
pub trait Coded: for<'r> FromRow<'r, PgRow> + Clone + Send + Sync + Unpin + 'static {
    /// Table with its schema.
    const TABLE: &'static str;
    /// Column of the code.
    const CODE: &'static str;
}

impl Coded for Site {
    const TABLE: &'static str = "projects.site";
    const CODE: &'static str = "code";
}

impl Coded for Party {
    const TABLE: &'static str = "projects.party";
    const CODE: &'static str = "code";
}

impl Coded for PartyIdentity {
    const TABLE: &'static str = "projects.party_identity";
    const CODE: &'static str = "party_code";
}

/// Loads rows by their codes.
#[derive(Debug)]
pub struct ByCode<C> {
    reader: Reader,
    kind: PhantomData<fn() -> C>,
}

impl<C> ByCode<C> {
    /// A source of one request.
    pub fn new(reader: Reader) -> Self {
        Self { reader, kind: PhantomData }
    }
}

impl<C: Coded> BatchSource for ByCode<C> {
    type Key = String;
    type Value = C;

    async fn load(&self, codes: Vec<String>) -> Result<HashMap<String, C>, Problem> {
        let mut sql = QueryBuilder::new(format!(
            "SELECT c.* FROM {} AS c WHERE c.deleted_at IS NULL AND c.{} = ANY(",
            C::TABLE,
            C::CODE
        ));
        sql.push_bind(codes).push(")");
        let mut found = HashMap::new();
        for row in sql.build().fetch_all(&self.reader.planned(Plan::Kept)).await? {
            found.insert(row.try_get(C::CODE)?, C::from_row(&row)?);
        }
        Ok(found)
    }
}

/// Loads the amounts of compensation plans, as of a day.
#[derive(Debug)]
pub struct AmountOf(pub Reader);

impl BatchSource for AmountOf {
    type Key = (Uuid, NaiveDate);
    type Value = PlanAmount;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, PlanAmount>, Problem> {
        let Some(&(_, day)) = keys.first() else { return Ok(HashMap::new()) };
        let ids: Vec<Uuid> = keys.into_iter().map(|(id, _)| id).collect();
        // The surcharge is that of the amount that was not settled in time, for each day.
        let mut sql = QueryBuilder::new(
            "SELECT c.id AS plan_id, c.amount, paid.settled, round(coalesce(greatest(c.amount - paid.in_time, 0) \
                 * greatest(least(paid.last_on, ",
        );
        sql.push_bind(day).push(") - due.until, 0) * directory.published_rule('LAND_LATE_PAYMENT_SURCHARGE', due.until), 0)) AS surcharge \
             FROM projects.compensation_plan AS c \
             CROSS JOIN LATERAL (SELECT coalesce(c.effective_on, c.approved_on) + directory.published_rule('LAND_PAYMENT_LIMIT', coalesce(c.effective_on, c.approved_on))::int AS until) AS due \
             CROSS JOIN LATERAL (SELECT coalesce(sum(CASE p.kind WHEN 'REVERSED' THEN -p.amount WHEN 'REFUSED' THEN 0 ELSE p.amount END), 0) AS settled, \
                 coalesce(sum(CASE p.kind WHEN 'REVERSED' THEN -p.amount WHEN 'REFUSED' THEN 0 ELSE p.amount END) FILTER (WHERE p.happened_on <= due.until), 0) AS in_time, \
                 CASE WHEN coalesce(sum(CASE p.kind WHEN 'REVERSED' THEN -p.amount WHEN 'REFUSED' THEN 0 ELSE p.amount END), 0) >= c.amount \
                     THEN max(p.happened_on) FILTER (WHERE p.kind IN ('PAID', 'DEPOSITED')) ELSE ");
        sql.push_bind(day).push(" END AS last_on FROM projects.payment AS p WHERE p.plan_id IN (SELECT projects.revisions_of(c)) AND p.deleted_at IS NULL AND p.happened_on <= ");
        sql.push_bind(day).push(") AS paid WHERE c.deleted_at IS NULL AND c.id = ANY(").push_bind(ids).push(")");
        let rows: Vec<PlanAmount> = sql.build_query_as().fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|row| ((row.plan_id, day), row)).collect())
    }
}
