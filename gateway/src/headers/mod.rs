//! Headers that pass through: the client's to the subgraphs, the subgraphs' to the client.

mod cache_control;
mod per_message;
mod request;
mod response;

pub(crate) use self::{
    request::{ForwardRules, ForwardedHeaders},
    response::{ResponseHeaders, ReturnRules},
};
