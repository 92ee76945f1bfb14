//! KPIs against a database of their own, through the subgraph as the gateway calls it.

mod city;
mod measures;
