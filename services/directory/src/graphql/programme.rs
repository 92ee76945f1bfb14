//! `Programme` and `TaskGroup`.

use async_graphql::{Context, Enum, ID, Object, Result};
use service_kit::ScopeContext;
use service_kit::scalar::Date;

use super::loaders::{ProgrammeByCode, ProgrammeChildren, SupersededBy};
use crate::model;

/// What kind of document a programme is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::ProgrammeKind")]
pub enum ProgrammeKind {
    /// Nghị quyết.
    Resolution,
    /// Chương trình hành động.
    ActionProgramme,
    /// Kế hoạch.
    Plan,
    /// Chỉ thị.
    Directive,
}

/// A resolution, action programme, plan or directive under which work is done.
pub struct Programme(pub model::Programme);

#[Object]
impl Programme {
    /// The stable code, mostly the document's number.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// The number on the document, where it differs from the code.
    async fn doc_no(&self) -> Option<&str> {
        self.0.doc_no.as_deref()
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Resolution, action programme, plan or directive.
    async fn kind(&self) -> ProgrammeKind {
        self.0.kind.into()
    }

    /// The day of issue; null when unknown.
    async fn issued_on(&self) -> Option<Date> {
        self.0.issued_on.map(Into::into)
    }

    /// The programme that this one carries out.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        let Some(code) = self.0.parent_code.clone() else {
            return Ok(None);
        };
        Ok(ctx.loader::<ProgrammeByCode>().load_one(code).await?.map(Programme))
    }

    /// The programmes that carry this one out, by code.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Programme>> {
        let found = ctx.loader::<ProgrammeChildren>().load_one(self.0.code.clone()).await?;
        Ok(found.unwrap_or_default().into_iter().map(Programme).collect())
    }

    /// The programme that this one replaced.
    async fn supersedes(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        let Some(code) = self.0.supersedes_code.clone() else {
            return Ok(None);
        };
        Ok(ctx.loader::<ProgrammeByCode>().load_one(code).await?.map(Programme))
    }

    /// The programmes that replaced this one; empty while it is in force.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Vec<Programme>> {
        let found = ctx.loader::<SupersededBy>().load_one(self.0.code.clone()).await?;
        Ok(found.unwrap_or_default().into_iter().map(Programme).collect())
    }
}

/// One of the groups into which the yearly programme sorts its tasks.
pub struct TaskGroup(pub model::TaskGroup);

#[Object]
impl TaskGroup {
    /// The stable code.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// Its place in the programme, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The programme that it belongs to.
    async fn programme(&self, ctx: &Context<'_>) -> Result<Option<Programme>> {
        let Some(code) = self.0.programme_code.clone() else {
            return Ok(None);
        };
        Ok(ctx.loader::<ProgrammeByCode>().load_one(code).await?.map(Programme))
    }
}
