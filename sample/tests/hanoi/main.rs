//! The bundled city Hanoi, loaded into a database and looked at with plain SQL.

mod chasing;
mod counts;
mod feedback;
mod kpis;
mod loading;
mod measures;
mod projects;
mod stories;
mod support;
mod volume;
