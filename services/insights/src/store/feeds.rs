//! Which datasets a source feeds.

use std::collections::HashMap;

use service_kit::store::push::lag::kinds_of;
use service_kit::{BatchSource, Problem, Reader};

use super::board::source_of;
use crate::scorecard::DATASETS;

/// Loads the positions of the [`DATASETS`] that a source feeds, by its code.
#[derive(Debug)]
pub struct Feeds(pub Reader);

impl BatchSource for Feeds {
    type Key = String;
    type Value = Vec<usize>;

    async fn load(&self, sources: Vec<String>) -> Result<HashMap<String, Vec<usize>>, Problem> {
        let reader = self.0.whole();
        let mut fed_by = Vec::new();
        for dataset in DATASETS {
            fed_by.push(source_of(&reader, dataset).await?.1);
        }
        let pushed = kinds_of(&reader, &sources).await?;
        let fed = |kinds: &[String]| {
            let places =
                fed_by.iter().enumerate().filter(|(_, feeding)| kinds.iter().any(|kind| feeding.contains(kind)));
            places.map(|(place, _)| place).collect()
        };
        Ok(pushed.into_iter().map(|(source, kinds)| (source, fed(&kinds))).collect())
    }
}
