//! What can go wrong, as a client sees it.

crate::string_enum! {
    /// The code that an error carries in `extensions.code`, by which a client decides what to do next.
    pub enum ProblemCode {
        /// The input is wrong, and sending it again will not help; the message names the field.
        Validation = "VALIDATION",
        /// The entity does not exist, or the caller may not know that it does.
        NotFound = "NOT_FOUND",
        /// The request contradicts the present state, such as a transition that the state does not allow.
        Conflict = "CONFLICT",
        /// The entity was changed since the caller read it; read it again and decide anew.
        StaleVersion = "STALE_VERSION",
        /// The caller is known and may not do this.
        Forbidden = "FORBIDDEN",
        /// The caller is not known.
        Unauthenticated = "UNAUTHENTICATED",
        /// Too many requests; wait, then try again.
        RateLimited = "RATE_LIMITED",
        /// The deadline passed before there was an answer.
        Timeout = "TIMEOUT",
        /// A service that owns part of the answer cannot be reached.
        SubgraphUnavailable = "SUBGRAPH_UNAVAILABLE",
        /// A fault of the platform; its details stand in the log under the request id.
        Internal = "INTERNAL",
    }
}
