//! Projects and land clearance against a database of their own, through the subgraph as the gateway calls it.

mod access;
mod city;
mod columns;
mod facts;
mod money;
mod oc4ids;
mod overlaps;
mod projects;
mod rules;
mod sheet;
mod steps;
mod warnings;
