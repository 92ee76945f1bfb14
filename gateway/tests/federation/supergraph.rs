//! The composed supergraph.

use gateway::compose::{SubgraphSdl, compose};

use crate::fixture::{subgraphs, supergraph_sdl};

#[test]
fn the_supergraph_is_as_committed() {
    insta::assert_snapshot!("supergraph", supergraph_sdl());
}

#[test]
fn the_order_of_subgraphs_does_not_matter() {
    let mut sdls: Vec<_> = subgraphs()
        .into_iter()
        .map(|(name, (sdl, _))| SubgraphSdl { name: name.to_owned(), url: format!("http://{name}.test/graphql"), sdl })
        .collect();
    sdls.reverse();
    assert_eq!(compose(&sdls).unwrap(), supergraph_sdl());
}
