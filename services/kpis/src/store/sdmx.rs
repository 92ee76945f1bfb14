//! Rows of the exchange with statistics offices, and the codes of its structure.

use service_kit::{Problem, Reader};
use sqlx::{Postgres, QueryBuilder, query_as, query_scalar};
use uuid::Uuid;

use crate::sdmx::{ObservedRow, Selection};

/// Number of series of a page.
pub const PAGE: usize = 200;

/// A code of a selection that names nothing, with the parameter that has it.
///
/// # Errors
/// The problem of a statement.
pub async fn unknown(reader: &Reader, selection: &Selection) -> Result<Option<(&'static str, String)>, Problem> {
    let one = |code: &Option<String>| code.iter().cloned().collect::<Vec<_>>();
    for (kind, codes) in [
        ("indicator", selection.indicators.clone()),
        ("area", one(&selection.area)),
        ("organization", one(&selection.organization)),
    ] {
        if codes.is_empty() {
            continue;
        }
        let sql =
            "SELECT code FROM unnest($1::text[]) AS asked(code) WHERE NOT directory.published_knows($2, code) LIMIT 1";
        let found: Option<String> = query_scalar(sql).bind(codes).bind(kind).fetch_optional(reader).await?;
        if let Some(code) = found {
            return Ok(Some((kind, code)));
        }
    }
    Ok(None)
}

/// The series of a selection that the caller sees, in the order of their codes.
///
/// # Errors
/// The problem of the statement.
pub async fn series(reader: &Reader, selection: &Selection) -> Result<Vec<Uuid>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT s.id FROM kpis.series AS s WHERE kpis.check_facts()");
    if !selection.indicators.is_empty() {
        sql.push(" AND s.indicator_code = ANY(").push_bind(selection.indicators.clone()).push(")");
    }
    if let Some(area) = &selection.area {
        sql.push(" AND s.area_code = ").push_bind(area.clone());
    }
    if let Some(organization) = &selection.organization {
        sql.push(" AND s.organization_code = ").push_bind(organization.clone());
    }
    sql.push(" ORDER BY s.indicator_code, s.area_code, s.organization_code");
    Ok(sql.build_query_scalar().fetch_all(reader).await?)
}

/// The published observations of series, as known on the day of the selection.
///
/// # Errors
/// The problem of the statement.
pub async fn page(reader: &Reader, series: &[Uuid], selection: &Selection) -> Result<Vec<ObservedRow>, Problem> {
    let sql = "SELECT s.indicator_code AS indicator, s.area_code AS area, s.organization_code AS organization, f.period,
             f.value::text AS value, trim_scale(f.numerator)::text AS numerator, trim_scale(f.denominator)::text AS denominator,
             f.flags, i.unit, o.revision, f.from_day AS published_on, o.source, o.external_id
         FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, place)
         JOIN kpis.series AS s ON s.id = asked.id
         JOIN kpis.indicator AS i ON i.code = s.indicator_code
         JOIN kpis.observed_fact AS f ON f.series_id = s.id AND f.from_day <= $2 AND $2 < f.to_day
             AND ($3::date IS NULL OR f.period_first >= $3) AND ($4::date IS NULL OR f.period_end <= $4)
         JOIN kpis.observation AS o ON o.id = f.observation_id
         WHERE kpis.check_facts()
         ORDER BY asked.place, f.period_first, f.period_end";
    let asked = query_as(sql).bind(series.to_vec()).bind(selection.as_of).bind(selection.first).bind(selection.end);
    Ok(asked.fetch_all(reader).await?)
}

/// A code and its Vietnamese name.
pub type Code = (String, String);

/// The codes of the structure.
#[derive(Debug, Default)]
pub struct Codes {
    pub indicators: Vec<Code>,
    pub areas: Vec<Code>,
    pub organizations: Vec<Code>,
}

/// Reads the codes of the structure.
///
/// # Errors
/// The problem of a statement.
pub async fn codes(reader: &Reader) -> Result<Codes, Problem> {
    let read = async |sql: &'static str| -> Result<Vec<Code>, Problem> { Ok(query_as(sql).fetch_all(reader).await?) };
    Ok(Codes {
        indicators: read("SELECT code, name FROM kpis.published_indicator ORDER BY code").await?,
        areas: read("SELECT code, name FROM directory.published_area ORDER BY code").await?,
        organizations: read("SELECT code, name FROM directory.published_organization ORDER BY code").await?,
    })
}
