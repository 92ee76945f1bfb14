//! Header propagation: from the client to the subgraphs, and from the subgraphs to the client.

mod cache_control;
mod per_message;
mod request;
mod response;

pub(crate) use self::{
    request::{ForwardRules, ForwardedHeaders},
    response::{ResponseHeaders, ReturnRules},
};
