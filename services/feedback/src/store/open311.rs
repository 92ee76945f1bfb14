//! Published cases, as Open311 shows them.

use chrono::{DateTime, Utc};
use service_kit::{Problem, Reader};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::feedback::CURRENT;
use super::grid::Near;

/// A published case.
#[derive(Debug, Clone, FromRow)]
pub struct Row {
    pub code: String,
    pub is_open: bool,
    pub status: String,
    pub level: String,
    pub channel: String,
    pub notes: Option<String>,
    pub service_code: String,
    pub service_name: String,
    pub description: String,
    pub attributes: Vec<String>,
    pub primary_code: Option<String>,
    pub agency: Option<String>,
    pub requested_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub expected_at: Option<DateTime<Utc>>,
    pub area_code: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub media_url: Option<String>,
}

/// Which cases are asked for; all conditions hold.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub categories: Option<Vec<String>>,
    pub open: Option<bool>,
    /// First and last time of the submission, both included.
    pub submitted: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Bounds on the time of the last change, both included.
    pub updated: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// Circle in which the public point lies.
    pub near: Option<Near>,
    pub page: Page,
}

/// Page of an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page {
    pub limit: i64,
    pub offset: i64,
}

/// A closed case was last updated when it was closed; no case before it was made.
const COLUMNS: &str = "SELECT c.code, feedback.is_open(d.stored_status) AS is_open, feedback.status_at(d.stored_status, d.closes_at, m.at) AS status, \
     d.level, d.channel, coalesce(c.reply, c.reason) AS notes, c.category_code AS service_code, g.name AS service_name, coalesce(c.moderated_text, c.text) AS description, \
     c.attributes, \
     (SELECT p.code FROM feedback.feedback AS p WHERE p.code = c.primary_code AND p.is_public AND NOT p.is_hidden AND p.deleted_at IS NULL) AS primary_code, o.name AS agency, c.submitted_at AS requested_at, u.updated_at, d.due_at AS expected_at, c.area_code, c.lat, c.lon, \
     (SELECT a.uri FROM feedback.attachment AS a WHERE a.feedback_id = c.id AND a.role = 'REPORT' AND a.deleted_at IS NULL ORDER BY a.observed_at, a.id LIMIT 1) AS media_url";

const TABLES: &str = " FROM feedback.feedback AS c JOIN feedback.fact_present AS d ON d.feedback_id = c.id AND d.is_case \
     CROSS JOIN (SELECT coalesce(nullif(current_setting('ioc.now', true), '')::timestamptz, now()) AS at OFFSET 0) AS m \
     CROSS JOIN LATERAL (SELECT greatest(c.submitted_at, CASE WHEN feedback.is_open(d.stored_status) THEN c.observed_at \
         ELSE coalesce(d.resolved_at, c.observed_at) END) AS updated_at) AS u \
     JOIN feedback.category AS g ON g.code = c.category_code LEFT JOIN directory.published_organization AS o ON o.code = c.lead_organization_code \
     WHERE c.is_public AND NOT c.is_hidden AND c.deleted_at IS NULL";

fn select() -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("SELECT found.* FROM (");
    sql.push(COLUMNS).push(TABLES);
    sql
}

/// Reads the cases, the newest first.
///
/// # Errors
/// The problem of the statement.
pub async fn list(reader: &Reader, asked: &Found) -> Result<Vec<Row>, Problem> {
    let mut sql = select();
    if let Some(categories) = &asked.categories {
        sql.push(" AND c.category_code = ANY(").push_bind(categories.clone()).push(")");
    }
    if let Some(open) = asked.open {
        sql.push(if open {
            " AND feedback.is_open(d.stored_status)"
        } else {
            " AND NOT feedback.is_open(d.stored_status)"
        });
    }
    if let Some((first, last)) = asked.submitted {
        sql.push(" AND c.submitted_at >= ").push_bind(first).push(" AND c.submitted_at <= ").push_bind(last);
    }
    if let Some(after) = asked.updated.0 {
        // What was updated after a time was changed after it: the index finds these.
        sql.push(" AND u.updated_at >= ")
            .push_bind(after)
            .push(" AND greatest(c.observed_at, c.submitted_at) >= ")
            .push_bind(after);
    }
    if let Some(before) = asked.updated.1 {
        sql.push(" AND u.updated_at <= ").push_bind(before);
    }
    if let Some(near) = asked.near {
        sql.push(" AND ");
        near.push(&mut sql, "d");
    }
    sql.push(" ORDER BY c.submitted_at DESC, c.id DESC LIMIT ").push_bind(asked.page.limit);
    sql.push(" OFFSET ").push_bind(asked.page.offset);
    sql.push(") AS found WHERE ").push(CURRENT);
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Reads the cases with these codes, in the order of their codes.
///
/// # Errors
/// The problem of the statement.
pub async fn by_codes(reader: &Reader, codes: &[String]) -> Result<Vec<Row>, Problem> {
    let mut sql = select();
    sql.push(" AND c.code = ANY(").push_bind(codes.to_vec()).push(") ORDER BY c.code) AS found WHERE ").push(CURRENT);
    Ok(sql.build_query_as().fetch_all(reader).await?)
}

/// Code of a case.
///
/// # Errors
/// The problem of the statement.
pub async fn code_of(reader: &Reader, id: Uuid) -> Result<Option<String>, Problem> {
    let sql = "SELECT code FROM feedback.feedback WHERE id = $1 AND is_public AND NOT is_hidden AND deleted_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(id).fetch_optional(reader).await?)
}

/// A published case that a client sends an update of, and what is stored of that update.
#[derive(Debug, Clone, FromRow)]
pub struct Updated {
    pub id: Uuid,
    pub version: i32,
    pub is_open: bool,
    pub submitted_at: DateTime<Utc>,
    /// Text and time of the update, if the client has sent it before.
    pub stored_note: Option<String>,
    pub stored_at: Option<DateTime<Utc>>,
}

/// A published case, with the update of a client that has an id.
///
/// # Errors
/// The problem of the statement.
pub async fn updated(
    pool: &sqlx::PgPool,
    code: &str,
    client: &str,
    update_id: &str,
) -> Result<Option<Updated>, Problem> {
    let mut transaction = service_kit::store::role::begin(pool).await?;
    let sql = "SELECT f.id, f.version, feedback.is_open(f.status) AS is_open, f.submitted_at, s.note AS stored_note, s.observed_at AS stored_at \
         FROM feedback.feedback AS f LEFT JOIN feedback.step AS s ON s.feedback_id = f.id AND s.recorded_by = $2 AND s.update_id = $3 \
         WHERE f.code = $1 AND f.is_public AND NOT f.is_hidden AND f.deleted_at IS NULL";
    Ok(sqlx::query_as(sql).bind(code).bind(client).bind(update_id).fetch_optional(&mut *transaction).await?)
}

/// A change of a published case, or a public note to it.
#[derive(Debug, Clone, FromRow)]
pub struct Update {
    pub id: String,
    pub code: String,
    pub is_open: bool,
    pub at: DateTime<Utc>,
    pub description: Option<String>,
}

/// Reads the changes of states and the public notes of all cases, or of one, within times, the earliest first.
///
/// # Errors
/// The problem of the statement.
pub async fn updates(
    reader: &Reader,
    code: Option<&str>,
    (first, last): (DateTime<Utc>, DateTime<Utc>),
    page: Page,
) -> Result<Vec<Update>, Problem> {
    let mut sql = QueryBuilder::new(
        "SELECT u.* FROM (SELECT md5(concat_ws('/', e.id, e.observed_at, e.rank, e.ordinal)) AS id, c.code, \
             feedback.is_open(e.changes ->> 'status') AS is_open, e.observed_at AS at, coalesce(e.changes ->> 'reply', e.changes ->> 'reason') AS description \
         FROM feedback.feedback_event AS e JOIN feedback.feedback AS c ON c.id = e.id \
         WHERE e.effective AND e.withdrawn_at IS NULL AND e.changes ? 'status' AND c.is_public AND NOT c.is_hidden AND c.deleted_at IS NULL AND e.observed_at >= ",
    );
    sql.push_bind(first).push(" AND e.observed_at <= ").push_bind(last);
    if let Some(code) = code {
        sql.push(" AND c.code = ").push_bind(code.to_owned());
    }
    sql.push(
        " UNION ALL SELECT coalesce(s.update_id, s.id::text) AS id, c.code, feedback.is_open(c.status), s.observed_at, s.note FROM feedback.step AS s \
         JOIN feedback.feedback AS c ON c.id = s.feedback_id WHERE s.is_public AND s.status IS NULL AND s.note IS NOT NULL AND s.deleted_at IS NULL \
         AND c.is_public AND NOT c.is_hidden AND c.deleted_at IS NULL AND s.observed_at >= ",
    );
    sql.push_bind(first).push(" AND s.observed_at <= ").push_bind(last);
    if let Some(code) = code {
        sql.push(" AND c.code = ").push_bind(code.to_owned());
    }
    sql.push(") AS u ORDER BY u.at, u.code, u.id LIMIT ").push_bind(page.limit).push(" OFFSET ").push_bind(page.offset);
    Ok(sql.build_query_as().fetch_all(reader).await?)
}
