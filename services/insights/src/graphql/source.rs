//! The figures that a source feeds.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use service_kit::ScopeContext;

use crate::scorecard::DATASETS;
use crate::store::Feeds;

/// System that pushes rows, with the figures that are made of them.
#[derive(SimpleObject, Debug)]
#[graphql(complex)]
pub struct Source {
    /// Name of the source.
    code: String,
}

/// Measures that the rows of a source are in.
#[derive(SimpleObject, Debug)]
pub struct SourceFigures {
    /// Dataset, as a field of a scorecard: `tasks`, `projects`, `clearance`, `kpis`, `feedback`.
    dataset: String,
    /// Fields of its measures.
    measures: Vec<String>,
}

#[ComplexObject]
impl Source {
    /// Measures that are made of the kinds of records that the source has pushed: stale when the source is silent.
    async fn figures(&self, ctx: &Context<'_>) -> Result<Option<Vec<SourceFigures>>> {
        let fed = ctx.loader::<Feeds>().load_one(self.code.clone()).await?.unwrap_or_default();
        let figures = fed.into_iter().map(|place| SourceFigures {
            dataset: DATASETS[place].name.to_owned(),
            measures: DATASETS[place].measures.iter().map(|measure| measure.name.to_owned()).collect(),
        });
        Ok(Some(figures.collect()))
    }
}

#[derive(Default)]
pub struct SourceQuery;

#[Object]
impl SourceQuery {
    #[graphql(entity)]
    async fn source_entity(&self, code: String) -> Source {
        Source { code }
    }
}
