//! Who sees which insights.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// Measures of all services side by side: every row for who sees every row of each service, and for everybody the groups that are
/// public in each. A test compares it with the kinds of the services.
pub const SCORECARDS: Kind = Kind {
    name: "scorecards",
    rows: &[(Role::Ioc, Rows::All), (Role::Issuer, Rows::All), (Role::Inspector, Rows::All)],
    public: false,
    public_filters: &[],
    public_dimensions: &["city", "area", "organization", "programme", "bottleneck"],
    writes: &[],
};

/// Feedback near sites: the cases that the caller sees. A test compares it with the kind of the feedback.
pub const NEARBY: Kind = Kind {
    name: "feedback near sites",
    rows: &[
        (Role::Ioc, Rows::All),
        (Role::Issuer, Rows::All),
        (Role::Inspector, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
        (Role::Handler, Rows::Organization),
        (Role::Ward, Rows::Area),
    ],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[],
};
