//! `GET /v1/export/sdmx`: published observations as SDMX-CSV 2.0, and their structure.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use futures::TryStreamExt;
use http::HeaderMap;
use kpis::sdmx::{Asked, CSV, Chunk, Export, STRUCTURE, Selection, Stated, structure};
use service_kit::{Problem, ServiceContext};

use super::{broken, charged, download, failure, is_refused, request_id};

/// The path.
pub const PATH: &str = "/v1/export/sdmx";
/// The path of the structure.
pub const STRUCTURE_PATH: &str = "/v1/export/sdmx/structure";

const PARAMETERS: &str = "accepted: indicator (any number), area or organization, start, end, asOf";

/// The routes in the process of the KPIs.
pub fn router(context: &ServiceContext) -> Router {
    Router::new().route(PATH, get(data)).route(STRUCTURE_PATH, get(definition)).with_state(context.clone())
}

/// Parameters as they are written, as in `?indicator=GRDP&indicator=THU&start=2025`.
type Parameters = Vec<(String, String)>;

async fn data(
    State(context): State<ServiceContext>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    match begin(&context, query, &headers).await {
        Ok(export) => {
            let chunks = export.into_chunks().map_ok(|Chunk { bytes, .. }| bytes).map_err(broken);
            charged(download(&format!("{CSV}; version=2.0.0"), "kpis.csv", Body::from_stream(chunks)))
        }
        Err(problem) => failure(&problem),
    }
}

/// Begins an export. Its entry is in the audit trail before the first byte is sent.
async fn begin(
    context: &ServiceContext,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Export, Problem> {
    let principal = context.authenticator.authenticate(headers)?;
    let Query(parameters) =
        query.map_err(|rejection| Problem::validation("query", format!("{}; {PARAMETERS}", rejection.body_text())))?;
    let now = context.clock.now();
    let selection = Selection::read(stated(parameters)?, context.city.today(now))?;
    let request_id = request_id(headers);
    let asked = Asked { principal: principal.clone(), selection, now };
    match Export::begin(&context.database, asked).await {
        Ok(export) => {
            export.record(request_id).await?;
            Ok(export)
        }
        Err(problem) if is_refused(&problem) => {
            let recorded = Export::record_refused(&context.database, &principal, &problem, request_id).await;
            Err(recorded.err().unwrap_or(problem))
        }
        Err(problem) => Err(problem),
    }
}

fn stated(parameters: Parameters) -> Result<Stated, Problem> {
    let mut stated = Stated::default();
    for (name, value) in parameters {
        let place = match name.as_str() {
            "indicator" => {
                stated.indicators.push(value);
                continue;
            }
            "area" => &mut stated.area,
            "organization" => &mut stated.organization,
            "start" => &mut stated.start,
            "end" => &mut stated.end,
            "asOf" => &mut stated.as_of,
            _ => return Err(Problem::validation("query", format!("{name:?}; {PARAMETERS}"))),
        };
        if place.replace(value).is_some() {
            return Err(Problem::validation("query", format!("{name:?} is there twice; {PARAMETERS}")));
        }
    }
    Ok(stated)
}

/// `GET /v1/export/sdmx/structure`
async fn definition(State(context): State<ServiceContext>, headers: HeaderMap) -> Response {
    let written = async {
        let principal = context.authenticator.authenticate(&headers)?;
        structure(&context.database, &principal, context.clock.now()).await
    };
    match written.await {
        Ok(document) => charged(download(STRUCTURE, "kpis-structure.xml", Body::from(document))),
        Err(problem) => failure(&problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indicator_may_repeat_and_nothing_else() {
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let read = |pairs: &[(&str, &str)]| stated(pairs.iter().copied().map(pair).collect());
        let both = read(&[("indicator", "GRDP"), ("indicator", "THU"), ("start", "2025")]).expect("read");
        assert_eq!((both.indicators, both.start.as_deref()), (vec!["GRDP".to_owned(), "THU".to_owned()], Some("2025")));
        assert!(read(&[("area", "01"), ("area", "02")]).is_err() && read(&[("period", "2026")]).is_err());
    }
}
