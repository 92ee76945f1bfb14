//! `ioc key`: issues a credential (JSON Web Token).

use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::Args;
use schema::clock::{Clock, SystemClock};
use service_kit::{Authenticator, Principal, Role};

use crate::options::{DataDir, Secret};

#[derive(Args)]
pub struct Key {
    /// Stable name of the person or system (the subject of the credential)
    #[arg(long)]
    subject: String,
    /// Role: ISSUER, LEAD, APPROVER, INSPECTOR, WARD, DEPARTMENT, IOC, HANDLER, AUDITOR or ADMIN (repeatable)
    #[arg(long = "role", value_name = "ROLE", value_parser = |text: &str| text.parse::<Role>())]
    roles: Vec<Role>,
    /// Code of the organization of the subject
    #[arg(long)]
    organization: Option<String>,
    /// Code of the position of the subject
    #[arg(long)]
    position: Option<String>,
    /// Code of an area that the subject works for (repeatable)
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
    /// Lifetime of the credential, in hours
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8784))]
    valid_hours: u32,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    secret: Secret,
}

impl Key {
    pub fn run(self) -> Result<()> {
        let secret = self.secret.find(&self.data_dir.data_dir)?;
        let principal = Principal {
            subject: Some(self.subject),
            roles: self.roles,
            organization: self.organization,
            position: self.position,
            areas: self.areas,
        };
        let lifetime = Duration::from_hours(u64::from(self.valid_hours));
        let token = Authenticator::new(&secret)
            .issue(&principal, SystemClock.now(), lifetime)
            .map_err(|problem| anyhow!(problem.message))?;
        println!("{token}");
        Ok(())
    }
}
