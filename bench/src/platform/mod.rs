//! Measures the platform with the data of a whole city, through the gateway, over HTTP.
//!
//! - [`city`] starts `ioc up` on a data directory that is kept, and issues credentials;
//! - [`questions`] has the questions: the operations of `schema/operations` beside hand-written SQL, questions with
//!   figures from before facts were stored, and pages in each order;
//! - [`postgraphile`] starts the peer that answers some of them over the same database;
//! - [`turns`] asks all of them the same question in turns, one request at a time;
//! - [`crowd`] sends many requests at once, and [`crowds`] has the loads;
//! - [`push`] measures a bulk push beside raw `COPY`;
//! - [`table`] makes the report.

pub mod city;
pub mod crowd;
pub mod crowds;
pub mod postgraphile;
pub mod push;
pub mod questions;
pub mod table;
pub mod turns;
