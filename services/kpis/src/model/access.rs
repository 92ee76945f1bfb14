//! Who sees and writes what.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// The catalogue of indicators.
pub const INDICATORS: Kind =
    Kind { name: "indicators", rows: &[], public: true, public_filters: &[], public_dimensions: &[], writes: &[] };

/// Targets and observations, published or not.
pub const KPIS: Kind = Kind {
    name: "targets and observations",
    rows: &[
        (Role::Ioc, Rows::All),
        (Role::Issuer, Rows::All),
        (Role::Approver, Rows::All),
        (Role::Inspector, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
        (Role::Ward, Rows::Area),
    ],
    public: false,
    public_filters: &[
        "indicator",
        "scope",
        "span",
        "nature",
        "direction",
        "critical",
        "axis",
        "level",
        "organization",
        "programme",
        "bottleneck",
        "area",
        "rag",
    ],
    public_dimensions: &[
        "indicator",
        "scope",
        "axis",
        "level",
        "organization",
        "programme",
        "bottleneck",
        "area",
        "nature",
        "rag",
    ],
    writes: &[
        (Role::Issuer, "sets and changes targets"),
        (
            Role::Lead,
            "records, submits and corrects observations of indicators that its organization owns, or of its own scope",
        ),
        (Role::Ward, "records, submits and corrects observations of its areas"),
        (
            Role::Approver,
            "verifies, returns, publishes and withdraws observations, never those that it submitted itself",
        ),
    ],
};
