//! Relay connections (GraphQL Cursor Connections Specification) over pages.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{OutputType, SimpleObject};

use crate::store::page::Page;

/// Size of a list.
#[derive(SimpleObject, Debug, Clone, Copy, Default)]
#[graphql(name = "ConnectionTotal", shareable)]
pub struct Total {
    /// Number of rows that match the filter, on all pages.
    pub total_count: i64,
}

/// The connection type of every list.
pub type RowConnection<N> = Connection<String, N, Total, EmptyFields>;

/// The connection over the rows of a page, each with its sort key: at most one row more than the page has room for.
pub fn connection<N: OutputType>(page: &Page, rows: Vec<(Vec<String>, N)>, total_count: i64) -> RowConnection<N> {
    let limit = usize::try_from(page.limit).unwrap_or_default();
    let (previous, next) = (page.is_continued(), rows.len() > limit);
    let mut connection = Connection::with_additional_fields(previous, next, Total { total_count });
    let edges = rows.into_iter().take(limit).map(|(sort_key, node)| Edge::new(page.cursor(&sort_key), node));
    connection.edges.extend(edges);
    connection
}
