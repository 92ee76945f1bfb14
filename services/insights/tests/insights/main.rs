//! Insights against a database of their own, over what the services publish.

mod access;
mod boundaries;
mod briefings;
mod city;
mod handling;
mod lists;
mod oracle;
mod wrong_input;
