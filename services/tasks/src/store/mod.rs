//! All the SQL of the service. Reads of what is derived go through `tasks.task_facts`, the one definition of it.

pub mod children;
pub mod codes;
pub mod facts;
pub mod filter;
pub mod head;
pub mod import;
pub mod list;
pub mod measures;
mod text_enum;
