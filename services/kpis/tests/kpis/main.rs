//! KPIs against a database of their own, through the subgraph as the gateway calls it.

mod access;
mod aggregation;
mod city;
mod exchange;
mod facts;
mod formulas;
mod guide;
mod input;
mod measures;
mod places;
mod revisions;
mod sdmx_export;
mod sdmx_import;
mod verbs;
