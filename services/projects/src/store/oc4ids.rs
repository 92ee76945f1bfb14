//! Rows of the export: pages of projects with what hangs on them, a constant number of statements for each page.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use service_kit::measures::FEWEST_PERSONS;
use service_kit::{Problem, Reader};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::model::{CLEARANCE, CapitalPlan, Contract, Disbursement, Modification, Project};
use crate::oc4ids::{Decision, ProjectRows};

/// Number of projects of a page.
pub const PAGE: usize = 50;

/// Whether the directory has an organization.
///
/// # Errors
/// The problem that the statement met.
pub async fn knows_organization(reader: &Reader, code: &str) -> Result<bool, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT directory.published_knows('organization', ");
    sql.push_bind(code).push(")");
    Ok(sql.build_query_scalar().fetch_one(reader).await?)
}

/// Name of the city's committee.
///
/// # Errors
/// The problem that the statement met.
pub async fn publisher(reader: &Reader) -> Result<Option<String>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT name FROM directory.published_organization WHERE axis = 'COMMITTEE' AND level = 'CITY' AND name ~ '\\S' \
         ORDER BY parent_code IS NOT NULL, code LIMIT 1",
    );
    Ok(sql.build_query_scalar().fetch_optional(reader).await?)
}

fn push_projects(sql: &mut QueryBuilder<Postgres>, owner: Option<&str>) {
    sql.push(" FROM projects.project AS p WHERE p.deleted_at IS NULL");
    if let Some(owner) = owner {
        sql.push(" AND p.owner_organization_code = ").push_bind(owner.to_owned());
    }
}

/// Number of the projects that the caller sees.
///
/// # Errors
/// The problem that the statement met.
pub async fn count(reader: &Reader, owner: Option<&str>) -> Result<u64, Problem> {
    let mut sql = QueryBuilder::new("SELECT count(*)");
    push_projects(&mut sql, owner);
    let counted: i64 = sql.build_query_scalar().fetch_one(reader).await?;
    Ok(counted.unsigned_abs())
}

/// The next projects that the caller sees, by code, with their rows.
///
/// # Errors
/// The problem that a statement met.
pub async fn page(
    reader: &Reader,
    after: Option<&str>,
    owner: Option<&str>,
    today: NaiveDate,
) -> Result<Vec<ProjectRows>, Problem> {
    let mut sql = QueryBuilder::new("SELECT p.*");
    push_projects(&mut sql, owner);
    if let Some(after) = after {
        sql.push(" AND p.code > ").push_bind(after.to_owned());
    }
    sql.push(format!(" ORDER BY p.code LIMIT {PAGE}"));
    let projects: Vec<Project> = sql.build_query_as().fetch_all(reader).await?;
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<String> = projects.iter().map(|project| project.code.clone()).collect();
    let named = |of: fn(&Project) -> &[String]| {
        projects.iter().flat_map(|project| of(project).iter().cloned()).collect::<Vec<String>>()
    };
    let owners = projects.iter().filter_map(|project| project.owner_organization_code.clone()).collect();
    let owners = names(reader, "SELECT code, name FROM directory.published_organization", owners).await?;
    let areas = named(|project| &project.area_codes);
    let areas = names(reader, "SELECT code, name FROM directory.published_area", areas).await?;
    let programmes = named(|project| &project.programme_codes);
    let programmes = names(reader, "SELECT code, title FROM directory.published_programme", programmes).await?;
    let mut plans = plans(reader, &codes, today).await?;
    let contracts: Vec<Contract> = children(reader, CONTRACTS, &codes, CONTRACT_ORDER).await?;
    let ids: Vec<Uuid> = contracts.iter().map(|contract| contract.id).collect();
    let mut modifications = grouped(modifications(reader, &ids).await?, |row| row.contract_id);
    let mut contracts = grouped(contracts, |row| row.project_code.clone());
    let payments: Vec<Disbursement> = children(reader, PAYMENTS, &codes, PAYMENT_ORDER).await?;
    let mut payments = grouped(payments, |row| row.project_code.clone());
    let compensation = compensation(&reader.whole(), &codes).await?;
    let mut decisions = decisions(&reader.rows(&CLEARANCE), &codes).await?;

    let rows = projects.into_iter().map(|project| {
        let code = project.code.clone();
        let contracts = contracts.remove(&code).unwrap_or_default();
        ProjectRows {
            owner: project.owner_organization_code.as_ref().and_then(|owner| owners.get(owner).cloned()),
            areas: project.area_codes.iter().map(|area| (area.clone(), areas.get(area).cloned())).collect(),
            programmes: project
                .programme_codes
                .iter()
                .filter_map(|programme| Some((programme.clone(), programmes.get(programme)?.clone())))
                .collect(),
            plans: plans.remove(&code).unwrap_or_default(),
            modifications: contracts
                .iter()
                .flat_map(|contract| modifications.remove(&contract.id).unwrap_or_default())
                .collect(),
            contracts,
            payments: payments.remove(&code).unwrap_or_default(),
            compensation: compensation.get(&code).copied(),
            decisions: decisions.remove(&code).unwrap_or_default(),
            project,
        }
    });
    Ok(rows.collect())
}

/// Rows by their parent, in the order in which they were read.
fn grouped<K: Hash + Eq, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut found: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        found.entry(key(&row)).or_default().push(row);
    }
    found
}

/// Names of codes that the directory publishes.
async fn names(reader: &Reader, from: &'static str, codes: Vec<String>) -> Result<HashMap<String, String>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(from);
    sql.push(" WHERE code = ANY(").push_bind(codes).push(")");
    let found: Vec<(String, String)> = sql.build_query_as().fetch_all(reader).await?;
    Ok(found.into_iter().collect())
}

const CONTRACTS: &str = "SELECT c.* FROM projects.contract AS c";
const CONTRACT_ORDER: &str = "c.signed_on, c.id";
const PAYMENTS: &str = "SELECT c.* FROM projects.disbursement AS c";
const PAYMENT_ORDER: &str = "c.paid_on, c.id";

/// Rows `c` of projects.
async fn children<C>(
    reader: &Reader,
    from: &'static str,
    codes: &[String],
    order: &'static str,
) -> Result<Vec<C>, Problem>
where
    C: for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static,
{
    let mut sql = QueryBuilder::<Postgres>::new(from);
    sql.push(" WHERE c.deleted_at IS NULL AND c.project_code = ANY(").push_bind(codes.to_vec());
    sql.push(") ORDER BY ").push(order);
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Of several versions of a plan the one decided last is in force.
async fn plans(
    reader: &Reader,
    codes: &[String],
    today: NaiveDate,
) -> Result<HashMap<String, Vec<CapitalPlan>>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT DISTINCT ON (c.project_code, c.basis, c.year) c.* FROM projects.capital_plan AS c \
         WHERE c.deleted_at IS NULL AND c.decided_on <= ",
    );
    sql.push_bind(today).push(" AND c.project_code = ANY(").push_bind(codes.to_vec());
    sql.push(") ORDER BY c.project_code, c.basis, c.year, c.decided_on DESC, c.id");
    let plans: Vec<CapitalPlan> = sql.build_query_as().fetch_all(reader).await?;
    Ok(grouped(plans, |plan| plan.project_code.clone()))
}

async fn modifications(reader: &Reader, contracts: &[Uuid]) -> Result<Vec<Modification>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT c.* FROM projects.modification AS c WHERE c.deleted_at IS NULL AND c.contract_id = ANY(",
    );
    sql.push_bind(contracts.to_vec()).push(") ORDER BY c.decided_on, c.id");
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Compensation in force by project: of each party on a site the approved plan with the highest revision. A sum of few
/// parties tells what each of them gets, so it is left out.
async fn compensation(reader: &Reader, codes: &[String]) -> Result<HashMap<String, Decimal>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT s.project_code, sum(c.amount) FROM projects.site AS s \
         CROSS JOIN LATERAL (SELECT DISTINCT ON (c.party_code) c.party_code, c.amount FROM projects.compensation_plan AS c \
             WHERE c.site_code = s.code AND c.deleted_at IS NULL AND c.approved_on IS NOT NULL ORDER BY c.party_code, c.revision DESC) AS c \
         WHERE s.deleted_at IS NULL AND s.project_code = ANY(",
    );
    sql.push_bind(codes.to_vec());
    sql.push(format!(") GROUP BY s.project_code HAVING count(DISTINCT c.party_code) >= {FEWEST_PERSONS}"));
    let found: Vec<(String, Decimal)> = sql.build_query_as().fetch_all(reader).await?;
    Ok(found.into_iter().collect())
}

/// A row of a decision: project, document, day, and of a recovery the number of parcels and m².
type DecisionRow = (String, String, NaiveDate, Option<i64>, Option<Decimal>);

/// Decisions about land by project. A text that is about few parties can name them, so it is left out.
async fn decisions(reader: &Reader, codes: &[String]) -> Result<HashMap<String, Vec<Decision>>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT d.project_code, d.document, d.happened_on, d.parcels, d.area FROM ( \
             SELECT s.project_code, c.document, min(c.approved_on) AS happened_on, NULL::bigint AS parcels, NULL::numeric AS area, \
                    count(DISTINCT c.party_code) AS parties \
             FROM projects.site AS s JOIN projects.compensation_plan AS c ON c.site_code = s.code \
             WHERE s.deleted_at IS NULL AND c.deleted_at IS NULL AND c.approved_on IS NOT NULL AND s.project_code = ANY(",
    );
    sql.push_bind(codes.to_vec());
    sql.push(
        ") GROUP BY s.project_code, c.document \
         UNION ALL \
         SELECT s.project_code, m.document, min(m.happened_on), count(*), sum(p.area_to_acquire), \
                (SELECT count(DISTINCT r.party_code) FROM projects.parcel_right AS r WHERE r.deleted_at IS NULL AND r.parcel_id = ANY(array_agg(p.id))) \
         FROM projects.site AS s JOIN projects.parcel_case AS p ON p.site_code = s.code JOIN projects.milestone AS m ON m.parcel_id = p.id \
         WHERE s.deleted_at IS NULL AND p.deleted_at IS NULL AND m.deleted_at IS NULL AND m.kind = 'RECOVERY_DECIDED' AND s.project_code = ANY(",
    );
    sql.push_bind(codes.to_vec());
    sql.push(format!(
        ") GROUP BY s.project_code, m.document) AS d WHERE d.document IS NOT NULL AND d.parties >= {FEWEST_PERSONS} \
         ORDER BY d.happened_on, d.document, d.parcels"
    ));
    let rows: Vec<DecisionRow> = sql.build_query_as().fetch_all(reader).await?;
    let mut found: HashMap<String, Vec<Decision>> = HashMap::new();
    for (project, document, on, parcels, area) in rows {
        let decision = match (parcels, area) {
            (Some(parcels), Some(area)) => Decision::Recovery { document, on, parcels, area },
            _ => Decision::Compensation { document, on },
        };
        found.entry(project).or_default().push(decision);
    }
    Ok(found)
}
