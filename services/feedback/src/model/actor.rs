//! Roles of a caller in relation to one case.

use service_kit::{Principal, Problem, Role};

use super::feedback::Feedback;

/// Role that a verb requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Takes feedback in for the city, and records what its sender says.
    Intake,
    /// Has the case: acts for the organization, or holds the accountable position.
    Organization,
    /// The intake or the organization, whoever the sender spoke to.
    Desk,
    /// The intake for the sender, or an inspector.
    Reviewer,
}

impl Actor {
    /// Checks whether the caller has this role on the case. An administrator has every role.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a credential; `FORBIDDEN` that says who may.
    pub fn permit(self, principal: &Principal, case: &Feedback) -> Result<(), Problem> {
        principal.subject()?;
        let is = |held: Option<&String>, named: Option<&String>| named.is_some() && held == named;
        let intake = principal.has(Role::Ioc) || principal.has(Role::Issuer);
        let organization = principal.roles.contains(&Role::Admin)
            || (principal.has(Role::Lead) || principal.has(Role::Handler))
                && (is(principal.organization.as_ref(), case.lead_organization_code.as_ref())
                    || is(principal.position.as_ref(), case.accountable_position_code.as_ref()));
        let may = match self {
            Self::Intake => intake,
            Self::Organization => organization,
            Self::Desk => intake || organization,
            Self::Reviewer => intake || principal.has(Role::Inspector),
        };
        if may {
            return Ok(());
        }
        let lead = case.lead_organization_code.as_deref().unwrap_or("(none yet)");
        let position = case.accountable_position_code.as_deref().unwrap_or("(none named)");
        Err(Problem::forbidden(format!(
            "this is for {}; the case is with the organization {lead}, position {position}",
            self.described()
        )))
    }

    /// Who it is, for messages and for the guide.
    pub fn described(self) -> &'static str {
        match self {
            Self::Intake => "the intake: role IOC or ISSUER",
            Self::Organization => {
                "the organization that has the case: role LEAD or HANDLER with its code or the accountable position"
            }
            Self::Desk => {
                "the intake (role IOC or ISSUER) or the organization that has the case (role LEAD or HANDLER)"
            }
            Self::Reviewer => "the intake for the sender (role IOC or ISSUER) or an inspector (role INSPECTOR)",
        }
    }
}
