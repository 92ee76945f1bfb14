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
    public_dimensions: &["area", "organization", "programme", "bottleneck"],
    writes: &[],
};
