//! `ioc key`: API keys of systems.

use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use platform::ApiKey;
use platform::keys::{self, By, MAX_DAYS, NewKey};
use schema::clock::{Clock, SystemClock};
use service_kit::{Database, Principal, Problem, Role};

use super::stored::Stored;
use crate::services::SERVICES;

#[derive(Args)]
pub struct Key {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key and print its text, which is not shown again
    Create(Create),
    /// List the keys
    List(Stored),
    /// Revoke a key. A running gateway refuses it within a second
    Revoke(Named),
    /// Revoke a key and print a new one with the same rights
    Rotate(Named),
}

#[derive(Args)]
struct Create {
    /// Stable name of the system or person that uses the key
    #[arg(long)]
    subject: String,
    /// Role: ISSUER, LEAD, APPROVER, INSPECTOR, WARD, DEPARTMENT, IOC, HANDLER, AUDITOR or ADMIN (repeatable)
    #[arg(long = "role", value_name = "ROLE", required_unless_present = "source", value_parser = |text: &str| text.parse::<Role>())]
    roles: Vec<Role>,
    /// Code of the organization that the subject acts for
    #[arg(long)]
    organization: Option<String>,
    /// Code of the position that the subject holds
    #[arg(long)]
    position: Option<String>,
    /// Code of an area that the subject works for (repeatable)
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
    /// Source for which the key pushes
    #[arg(long)]
    source: Option<String>,
    /// Kind of records that the key pushes; all without it (repeatable)
    #[arg(long = "kind", value_name = "KIND", requires = "source", value_parser = clap::builder::PossibleValuesParser::new(kinds()))]
    kinds: Vec<String>,
    /// Lifetime in days
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i32).range(1..=i64::from(MAX_DAYS)))]
    valid_days: i32,
    #[command(flatten)]
    stored: Stored,
}

#[derive(Args)]
struct Named {
    /// Id of the key, as `ioc key list` shows it
    id: String,
    #[command(flatten)]
    stored: Stored,
}

impl Key {
    pub async fn run(self) -> Result<()> {
        let (now, request_id) = (SystemClock.now(), None);
        let by = By { subject: "ioc key", now, request_id };
        match self.action {
            Action::Create(Create {
                subject,
                roles,
                organization,
                position,
                areas,
                source,
                kinds,
                valid_days,
                stored,
            }) => {
                let principal =
                    Principal { subject: Some(subject), roles, organization, position, areas, source, kinds };
                let new = NewKey { principal, valid_days };
                let made = stored.with(async |db: &Database| keys::create(db.pool(), &new, by).await).await?;
                println!("{}", made.map_err(readable)?.text);
            }
            Action::List(stored) => {
                let keys = stored.with(async |db: &Database| keys::all(db.pool()).await).await?;
                print(&keys.map_err(readable)?, now);
            }
            Action::Revoke(Named { id, stored }) => {
                let revoked = stored.with(async |db: &Database| keys::revoke(db.pool(), &id, by).await).await?;
                println!("revoked: {} of {}", id, revoked.map_err(readable)?.subject);
            }
            Action::Rotate(Named { id, stored }) => {
                let made = stored.with(async |db: &Database| keys::rotate(db.pool(), &id, by).await).await?;
                println!("{}", made.map_err(readable)?.text);
            }
        }
        Ok(())
    }
}

/// The kinds that sources can push.
fn kinds() -> Vec<&'static str> {
    SERVICES.iter().flat_map(|service| service.pushed.iter().map(|kind| kind.name)).collect()
}

fn readable(problem: Problem) -> anyhow::Error {
    let field = problem.path.as_deref().map(|path| path.strip_prefix("input.").unwrap_or(path));
    match field {
        Some(field) => anyhow!("{field}: {}", problem.message),
        None => anyhow!(problem.message),
    }
}

fn print(keys: &[ApiKey], now: DateTime<Utc>) {
    println!(
        "{:12}  {:24}  {:28}  {:28}  {:28}  {:10}  {:16}",
        "id", "subject", "roles", "acts for", "pushes", "state", "last used"
    );
    for key in keys {
        let codes = key.organization.iter().chain(&key.position).chain(&key.areas);
        let codes = codes.map(String::as_str).collect::<Vec<_>>().join(" ");
        let state = match key.revoked_at {
            Some(_) => "revoked".to_owned(),
            None if key.expires_at <= now => "expired".to_owned(),
            None => format!("{} days", (key.expires_at - now).num_days()),
        };
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        let kinds = if key.kinds.is_empty() { "all kinds".to_owned() } else { key.kinds.join(" ") };
        let pushes = key.source.as_ref().map_or_else(String::new, |source| format!("{source}: {kinds}"));
        println!(
            "{:12}  {:24}  {:28}  {codes:28}  {pushes:28}  {state:10}  {used:16}",
            key.id,
            key.subject,
            key.roles.join(" ")
        );
    }
}
