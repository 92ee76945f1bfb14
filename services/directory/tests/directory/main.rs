//! The directory against a database of its own, through the subgraph as the gateway calls it.

mod city;
mod dated;
mod history;
mod lists;
mod push;
mod trees;
