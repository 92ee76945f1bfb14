//! KPIs against a database of their own, through the subgraph as the gateway calls it.

mod access;
mod aggregation;
mod city;
mod facts;
mod formulas;
mod guide;
mod input;
mod measures;
mod revisions;
mod verbs;
