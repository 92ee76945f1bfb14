//! Feedback against a database of its own, through the subgraph as the gateway calls it.

mod access;
mod calendar;
mod city;
mod columns;
mod deadlines;
mod facts;
mod lists;
mod map;
mod merging;
mod open311;
mod push;
mod satisfaction;
mod small_cells;
mod workflow;
