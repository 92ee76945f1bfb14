//! Roles of a caller in relation to one task.

use service_kit::{Principal, Problem, Role};

use super::task::Task;

/// Role that a verb requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Assigns tasks and cancels them.
    Issuer,
    /// Acts for the lead organization, or holds the accountable position.
    Lead,
    /// Holds the approver position, or has the approver's role where the task names no position.
    Approver,
    /// Reopens tasks that were completed too early.
    Inspector,
    /// Reminds the lead: the operations center, an issuer or the approver. An organization above the lead may too
    /// ([`Self::may_be_superior`]).
    Chaser,
    /// Records the answer of a higher level: the lead, an issuer or the operations center.
    Recorder,
}

impl Actor {
    /// Checks whether the caller has this role on the task. An administrator has every role. Nobody, not even an
    /// administrator, decides on their own submission.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a credential; `FORBIDDEN` that says who may.
    pub fn permit(self, principal: &Principal, task: &Task) -> Result<(), Problem> {
        let subject = principal.subject()?;
        let is = |held: Option<&String>, named: Option<&String>| named.is_some() && held == named;
        let admin = principal.roles.contains(&Role::Admin);
        match self {
            Self::Issuer if principal.has(Role::Issuer) => Ok(()),
            Self::Inspector if principal.has(Role::Inspector) => Ok(()),
            Self::Lead
                if admin
                    || principal.has(Role::Lead)
                        && (is(principal.organization.as_ref(), task.lead_organization_code.as_ref())
                            || is(principal.position.as_ref(), task.accountable_position_code.as_ref())) =>
            {
                Ok(())
            }
            Self::Approver if task.submitted_by.as_deref() == Some(subject) => Err(Problem::forbidden(
                "who handed the work in does not decide on it; another holder of the approver's part must",
            )),
            Self::Approver
                if admin
                    || is(principal.position.as_ref(), task.approver_position_code.as_ref())
                    || task.approver_position_code.is_none() && principal.has(Role::Approver) =>
            {
                Ok(())
            }
            Self::Chaser
                if principal.has(Role::Ioc)
                    || principal.has(Role::Issuer)
                    || is(principal.position.as_ref(), task.approver_position_code.as_ref())
                    || task.approver_position_code.is_none() && principal.has(Role::Approver) =>
            {
                Ok(())
            }
            Self::Recorder
                if principal.has(Role::Ioc)
                    || principal.has(Role::Issuer)
                    || Self::Lead.permit(principal, task).is_ok() =>
            {
                Ok(())
            }
            _ => Err(Problem::forbidden(self.described(task))),
        }
    }

    /// The organization for which the caller may remind the leads below it.
    pub fn may_be_superior(principal: &Principal) -> Option<&str> {
        let acts = principal.has(Role::Lead) || principal.has(Role::Department);
        principal.organization.as_deref().filter(|_| acts)
    }

    fn described(self, task: &Task) -> String {
        match self {
            Self::Issuer => "this is for an issuer: it needs the role ISSUER".to_owned(),
            Self::Inspector => "this is for an inspector: it needs the role INSPECTOR".to_owned(),
            Self::Lead => format!(
                "this is for the lead: it needs the role LEAD and the organization {} or the accountable position {}",
                task.lead_organization_code.as_deref().unwrap_or("(none yet)"),
                task.accountable_position_code.as_deref().unwrap_or("(none named)")
            ),
            Self::Chaser => format!(
                "this is for who may remind the lead: it needs the role IOC or ISSUER, the approver's position {}, or an organization above {}",
                task.approver_position_code.as_deref().unwrap_or("(none named: the role APPROVER)"),
                task.lead_organization_code.as_deref().unwrap_or("(no lead yet)")
            ),
            Self::Recorder => format!(
                "this is for who receives the answer: it needs the role IOC or ISSUER, or the role LEAD and the organization {} or the accountable position {}",
                task.lead_organization_code.as_deref().unwrap_or("(none yet)"),
                task.accountable_position_code.as_deref().unwrap_or("(none named)")
            ),
            Self::Approver => match &task.approver_position_code {
                Some(position) => format!("this is for the approver: it needs the position {position}"),
                None => "this is for an approver: the task names no position, so it needs the role APPROVER".to_owned(),
            },
        }
    }
}
