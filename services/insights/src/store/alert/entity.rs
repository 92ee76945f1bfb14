//! Alerts of entities of the directory: many entities of one request share the statements.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use service_kit::{BatchSource, Problem, Reader};

use super::{Asked, alerts};
use crate::alert::{Alert, RULES, Rule, Selection};

/// How an alert belongs to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tie {
    /// The organization must act.
    Organization,
    /// It concerns the area.
    Area,
    /// The official must act.
    Official,
}

/// Loads the open alerts of entities on a day.
#[derive(Debug)]
pub struct AlertsOf(pub Reader);

impl BatchSource for AlertsOf {
    type Key = (Tie, NaiveDate, String);
    type Value = Arc<Vec<Alert>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Problem> {
        let mut groups: HashMap<(Tie, NaiveDate), Vec<String>> = HashMap::new();
        for (tie, day, code) in keys {
            groups.entry((tie, day)).or_default().push(code);
        }
        let mut found = HashMap::new();
        for ((tie, day), codes) in groups {
            let mut selection = Selection::default();
            match tie {
                Tie::Organization => selection.organizations = Some(codes.clone()),
                Tie::Area => selection.areas = Some(codes.clone()),
                Tie::Official => selection.officials = Some(codes.clone()),
            }
            let rules: Vec<&'static Rule> = RULES.iter().collect();
            let all = alerts(&self.0, &Asked { rules, day, selection, record: None, with_areas: true }).await?;
            for code in codes {
                let belongs = |alert: &&Alert| match tie {
                    Tie::Organization => alert.organization.as_ref() == Some(&code),
                    Tie::Area => alert.areas.contains(&code),
                    Tie::Official => alert.official.as_ref() == Some(&code),
                };
                let own = Arc::new(all.iter().filter(belongs).cloned().collect());
                found.insert((tie, day, code), own);
            }
        }
        Ok(found)
    }
}
