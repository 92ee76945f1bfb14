//! The bundled city Hanoi, loaded into a database and looked at with plain SQL.

mod counts;
mod kpis;
mod feedback;
mod loading;
mod measures;
mod projects;
mod stories;
mod support;
mod volume;
