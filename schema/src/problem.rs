//! Error codes that clients get.

crate::string_enum! {
    /// Code of an error in `extensions.code`. A client uses it to decide what to do next.
    pub enum ProblemCode {
        /// The input is wrong, and sending it again will not help; the message names the field.
        Validation = "VALIDATION",
        /// The entity does not exist, or the caller may not know that it does.
        NotFound = "NOT_FOUND",
        /// The request conflicts with the current state, for example by a transition that the state does not allow.
        Conflict = "CONFLICT",
        /// The entity has changed since the caller read it. Read it again and repeat the request.
        StaleVersion = "STALE_VERSION",
        /// The caller is authenticated, but not allowed to do this.
        Forbidden = "FORBIDDEN",
        /// The caller is not authenticated.
        Unauthenticated = "UNAUTHENTICATED",
        /// Too many requests. Wait, then try again.
        RateLimited = "RATE_LIMITED",
        /// The request would cause more work than one request may; `extensions.limit` says how much.
        BudgetLimitExceeded = "BUDGET_LIMIT_EXCEEDED",
        /// The timeout ended before there was a response.
        Timeout = "TIMEOUT",
        /// A service that owns part of the answer cannot be reached.
        SubgraphUnavailable = "SUBGRAPH_UNAVAILABLE",
        /// An internal error. Its details are in the log under the request id.
        Internal = "INTERNAL",
    }
}
