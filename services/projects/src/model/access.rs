//! Who sees and writes what.

use service_kit::Role;
use service_kit::access::{Kind, Rows};

/// Projects, with their money and contracts.
pub const PROJECTS: Kind = Kind {
    name: "projects",
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
        "kind",
        "phase",
        "suspended",
        "keyList",
        "axis",
        "level",
        "organization",
        "programme",
        "bottleneck",
        "indicator",
        "area",
        "late",
        "groundbreakingOn",
        "specialMechanism",
    ],
    public_dimensions: &[
        "axis",
        "level",
        "organization",
        "programme",
        "bottleneck",
        "indicator",
        "area",
        "kind",
        "phase",
        "cohort",
        "project",
    ],
    writes: &[
        (Role::Issuer, "creates and cancels projects, suspends and resumes them"),
        (
            Role::Lead,
            "advances phases and revises forecasts of projects that its organization owns or that its position is accountable for",
        ),
        (Role::Inspector, "judges projects, never those of its own organization"),
    ],
};

/// Sites and parcels, without the personal data of parties.
pub const CLEARANCE: Kind = Kind {
    name: "land clearance",
    rows: &[
        (Role::Ioc, Rows::All),
        (Role::Issuer, Rows::All),
        (Role::Approver, Rows::All),
        (Role::Inspector, Rows::All),
        (Role::Department, Rows::Organization),
        (Role::Lead, Rows::Organization),
        (Role::Ward, Rows::Area),
        (Role::Handler, Rows::Organization),
        (Role::Handler, Rows::Area),
    ],
    public: false,
    public_filters: &[
        "stage",
        "landType",
        "area",
        "project",
        "organization",
        "programme",
        "bottleneck",
        "blocker",
        "groundbreakingOn",
        "keyList",
    ],
    public_dimensions: &[
        "stage",
        "area",
        "project",
        "organization",
        "programme",
        "bottleneck",
        "landType",
        "blocker",
        "cohort",
        "partyKind",
    ],
    writes: &[
        (Role::Ward, "records milestones of parcels of its areas, except decisions"),
        (Role::Handler, "records milestones and payments of parcels of its areas and organization"),
        (Role::Approver, "approves compensation plans and decides recovery and enforcement"),
        (Role::Inspector, "corrects milestones"),
    ],
};

/// Names, identity numbers and amounts of parties. Each reading states a purpose and goes into the audit trail.
pub const PERSONAL: Kind = Kind {
    name: "personal data of parties",
    rows: &[(Role::Handler, Rows::Organization), (Role::Handler, Rows::Area)],
    public: false,
    public_filters: &[],
    public_dimensions: &[],
    writes: &[],
};
