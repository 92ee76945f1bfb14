//! An export: published observations series by series, as one table.

use chrono::{DateTime, Utc};
use futures::stream::{self, Stream};
use service_kit::store::audit::{self, Entry};
use service_kit::store::facts::read_current;
use service_kit::vocabulary::AuditAction;
use service_kit::{Budget, Database, Principal, Problem, Reader};
use uuid::Uuid;

use super::line::{ObservedRow, header};
use super::selection::Selection;
use crate::model::KPIS;
use crate::store::{FACTS, sdmx as store};

/// Name of the export in the audit trail.
const OPERATION: &str = "exportSdmx";

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The caller, who gets the observations that it sees.
    pub principal: Principal,
    /// The observations.
    pub selection: Selection,
    /// Time of the export.
    pub now: DateTime<Utc>,
}

/// An export that has begun. Its series are known.
#[derive(Debug)]
pub struct Export {
    database: Database,
    asked: Asked,
    series: Vec<Uuid>,
}

/// A part of the table.
#[derive(Debug)]
pub struct Chunk {
    /// Bytes of the table.
    pub bytes: Vec<u8>,
    /// Number of the series that are in them.
    pub series: u64,
    /// Number of the observations.
    pub observations: u64,
}

impl Export {
    /// Checks what is asked for and finds the series.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` and `FORBIDDEN` for who sees no observations, `VALIDATION` for an unknown code.
    pub async fn begin(database: &Database, asked: Asked) -> Result<Self, Problem> {
        KPIS.permit_list(&asked.principal)?;
        let reader = &reader(database, &asked);
        let selection = &asked.selection;
        let find = || async move {
            if let Some((kind, code)) = store::unknown(reader, selection).await? {
                let message = format!("there is no {kind} {code:?}; accepted: the code of an {kind}");
                return Err(Problem::validation(kind, message));
            }
            store::series(reader, selection).await
        };
        let found = read_current(database.pool(), FACTS, find).await;
        reader.end().await;
        Ok(Self { database: database.clone(), asked, series: found? })
    }

    /// Number of series, as of the beginning.
    pub fn total(&self) -> u64 {
        self.series.len() as u64
    }

    /// Adds the entry of the export to the audit trail.
    ///
    /// # Errors
    /// The error of the database; then nothing may be sent.
    pub async fn record(&self, request_id: Option<&str>) -> Result<(), Problem> {
        let reason = self.asked.selection.words();
        let entry = entry(&self.asked.principal, &reason, request_id);
        Ok(audit::add_alone(self.database.pool(), AuditAction::Export, &[entry]).await?)
    }

    /// Adds the entry of a refused export to the audit trail.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn record_refused(
        database: &Database,
        principal: &Principal,
        problem: &Problem,
        request_id: Option<&str>,
    ) -> Result<(), Problem> {
        let entry = entry(principal, &problem.message, request_id);
        Ok(audit::add_alone(database.pool(), AuditAction::Refused, &[entry]).await?)
    }

    /// The table in parts: the header, then one part for each page of series. A page is read when the part before it was taken,
    /// in a transaction of its own, so a slow receiver keeps no connection and memory holds one page and the ids of the series.
    pub fn into_chunks(self) -> impl Stream<Item = Result<Chunk, Problem>> + Send + 'static {
        let Self { database, asked, series } = self;
        stream::try_unfold(None, move |place: Option<usize>| {
            let (database, asked) = (database.clone(), asked.clone());
            let first = place.unwrap_or_default();
            let page: Vec<Uuid> = series.iter().skip(first).take(store::PAGE).copied().collect();
            async move {
                let Some(first) = place else {
                    let header = header().into_bytes();
                    return Ok(Some((Chunk { bytes: header, series: 0, observations: 0 }, Some(0))));
                };
                if page.is_empty() {
                    return Ok(None);
                }
                let reader = reader(&database, &asked);
                let read = || store::page(&reader, &page, &asked.selection);
                let rows = read_current(database.pool(), FACTS, read).await;
                reader.end().await;
                let rows = rows?;
                let bytes = rows.iter().map(ObservedRow::line).collect::<String>().into_bytes();
                let chunk = Chunk { bytes, series: page.len() as u64, observations: rows.len() as u64 };
                Ok(Some((chunk, Some(first + page.len()))))
            }
        })
    }
}

fn reader(database: &Database, asked: &Asked) -> Reader {
    Reader::new(database.clone(), Budget::new(Budget::DEFAULT), asked.principal.clone()).rows(&KPIS)
}

fn entry<'a>(principal: &'a Principal, reason: &'a str, request_id: Option<&'a str>) -> Entry<'a> {
    Entry {
        operation: OPERATION,
        subject: principal.subject.as_deref(),
        reason: Some(reason),
        request_id,
        ..Entry::default()
    }
}
