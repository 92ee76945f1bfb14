//! KPIs against a database of their own, through the subgraph as the gateway calls it.

mod city;
mod exchange;
mod measures;
mod sdmx_export;
mod sdmx_import;
