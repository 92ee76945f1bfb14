//! Everything that a composed Federation 2 supergraph can ask of a router, each case against small subgraphs over plain
//! data and against one schema over the same data.

mod federation;
mod memory;
mod random;
mod random_federation;
mod random_operation;
mod world;

mod abstract_types;
mod conditions;
mod differential;
mod errors;
mod first_version;
mod http;
mod interface_objects;
mod keys;
mod left_out;
mod overrides;
mod provides;
mod refused_plans;
mod requires;
mod roots;
mod visibility;
