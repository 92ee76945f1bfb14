//! The tasks against a database of their own, through the subgraph as the gateway calls it.

mod access;
mod chasing;
mod city;
mod columns;
mod drafts;
mod facts;
mod lists;
mod measures;
mod origin;
mod push;
mod push_lanes;
mod push_order;
mod push_receipts;
mod reporting;
mod risk;
mod schema_language;
mod transitions;
mod twice;
mod wrong_input;
