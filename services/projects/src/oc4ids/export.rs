//! An export: projects page by page, as one package.

use chrono::{DateTime, Utc};
use futures::stream::{self, Stream};
use schema::clock::CityTime;
use service_kit::store::audit::{self, Entry};
use service_kit::vocabulary::AuditAction;
use service_kit::{Budget, Database, Principal, Problem, Reader};

use super::package::{Head, TAIL, urn};
use super::project::exported;
use super::rows::ProjectRows;
use super::settings::Settings;
use super::time::Times;
use crate::model::PROJECTS;
use crate::store::oc4ids as store;

/// Name of the export in the audit trail.
const OPERATION: &str = "exportOc4ids";

/// The publisher if neither the settings nor the directory name one.
const PUBLISHER: &str = "IOC";

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The caller, who gets the projects that it sees.
    pub principal: Principal,
    /// Code of the owner to which the export is restricted.
    pub organization: Option<String>,
    /// Time of the export.
    pub now: DateTime<Utc>,
    /// The city's time zone.
    pub city: CityTime,
}

/// An export that has begun: it has at least one project.
#[derive(Debug)]
pub struct Export {
    database: Database,
    settings: Settings,
    asked: Asked,
    publisher: String,
    total: u64,
    first: Vec<ProjectRows>,
}

/// A part of the package.
#[derive(Debug)]
pub struct Chunk {
    /// Bytes of the package.
    pub bytes: Vec<u8>,
    /// Number of the projects that are in them.
    pub projects: u64,
}

/// What comes next of a package.
enum Next {
    Page(Vec<ProjectRows>),
    After(String),
    Nothing,
}

impl Export {
    /// Checks what is asked for and reads the first page.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` and `FORBIDDEN` for who sees no projects, `VALIDATION` for an unknown organization, `NOT_FOUND`
    /// when there is no project: a package has at least one.
    pub async fn begin(database: &Database, settings: &Settings, asked: Asked) -> Result<Self, Problem> {
        PROJECTS.permit_list(&asked.principal)?;
        let reader = reader(database, &asked);
        let begun = async {
            let owner = asked.organization.as_deref();
            if let Some(code) = owner
                && !store::knows_organization(&reader, code).await?
            {
                let message = format!("there is no organization {code:?}; accepted: the code of an organization");
                return Err(Problem::validation("organization", message));
            }
            let publisher = match &settings.publisher {
                Some(name) => name.clone(),
                None => store::publisher(&reader).await?.unwrap_or_else(|| PUBLISHER.to_owned()),
            };
            let total = store::count(&reader, owner).await?;
            let first = store::page(&reader, None, owner, asked.city.today(asked.now)).await?;
            Ok((publisher, total, first))
        };
        let begun = begun.await;
        reader.end().await;
        let (publisher, total, first) = begun?;
        if first.is_empty() {
            let owned = asked.organization.as_ref().map(|code| format!(" of {code:?}")).unwrap_or_default();
            let message = format!("there is no project{owned} that you see, and a package has at least one");
            return Err(Problem::not_found(message));
        }
        Ok(Self { database: database.clone(), settings: settings.clone(), asked, publisher, total, first })
    }

    /// Number of projects, as of the beginning.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Adds the entry of the export to the audit trail.
    ///
    /// # Errors
    /// The error of the database; then nothing may be sent.
    pub async fn record(&self, request_id: Option<&str>) -> Result<(), Problem> {
        let reason = self.asked.organization.as_ref().map(|code| format!("organization={code}"));
        let entry = entry(&self.asked.principal, reason.as_deref(), request_id);
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
        let entry = entry(principal, Some(&problem.message), request_id);
        Ok(audit::add_alone(database.pool(), AuditAction::Refused, &[entry]).await?)
    }

    /// The package in parts, one for each page of projects. A page is read when the part before it was taken, in a
    /// transaction of its own, so a slow receiver keeps no connection and memory holds one page.
    pub fn into_chunks(self) -> impl Stream<Item = Result<Chunk, Problem>> + Send + 'static {
        let Self { database, settings, asked, publisher, first, .. } = self;
        let times = Times::new(asked.city, asked.now);
        let published = times.instant(asked.now);
        let uri = settings.uri.clone().unwrap_or_else(|| {
            let subject = asked.principal.subject.as_deref().unwrap_or_default();
            let owner = asked.organization.as_deref().unwrap_or_default();
            urn(&[&settings.prefix.to_string(), &asked.now.to_rfc3339(), subject, owner])
        });
        let head = Head::new(uri, publisher, published);
        stream::try_unfold(Next::Page(first), move |next| {
            let (database, settings, asked, head) = (database.clone(), settings.clone(), asked.clone(), head.clone());
            async move {
                let (rows, begins) = match next {
                    Next::Page(rows) => (rows, true),
                    Next::After(code) => {
                        let reader = reader(&database, &asked);
                        let owner = asked.organization.as_deref();
                        let page = store::page(&reader, Some(&code), owner, times.today).await;
                        reader.end().await;
                        (page?, false)
                    }
                    Next::Nothing => return Ok(None),
                };
                let mut bytes = if begins { head.begin()? } else { Vec::new() };
                for (place, rows) in rows.iter().enumerate() {
                    bytes.extend_from_slice(if begins && place == 0 { b"\n" } else { b",\n" });
                    let project = exported(&settings.prefix, times, rows);
                    serde_json::to_writer(&mut bytes, &project).map_err(Problem::internal)?;
                }
                let next = match rows.last() {
                    Some(last) if rows.len() >= store::PAGE => Next::After(last.project.code.clone()),
                    _ => {
                        bytes.extend_from_slice(TAIL);
                        Next::Nothing
                    }
                };
                Ok(Some((Chunk { bytes, projects: rows.len() as u64 }, next)))
            }
        })
    }
}

fn reader(database: &Database, asked: &Asked) -> Reader {
    Reader::new(database.clone(), Budget::new(Budget::DEFAULT), asked.principal.clone()).rows(&PROJECTS)
}

fn entry<'a>(principal: &'a Principal, reason: Option<&'a str>, request_id: Option<&'a str>) -> Entry<'a> {
    Entry { operation: OPERATION, subject: principal.subject.as_deref(), reason, request_id, ..Entry::default() }
}
