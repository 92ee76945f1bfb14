//! kill -9 of PostgreSQL and of the platform during pushes, which are repeated until they are acknowledged: every row is stored
//! once, nothing of an atomic push is stored in part, receipts are true.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Process, Pushed, run};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use service_kit::testing::Dice;
use sqlx::{Connection, PgConnection};

const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// Most attempts of a push. Each ends by a kill, or finds the platform not ready yet.
const ATTEMPTS: usize = 100;

/// Numbers of rows of the four pushes of a round: officials in several chunks, officials of a push that is all or nothing, tasks and
/// reports.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    parts: usize,
    whole: usize,
    tasks: usize,
    reports: usize,
}

/// Events of a source's officials.
const OF_OFFICIALS: &str =
    "SELECT count(*) FROM directory.official_event AS e JOIN directory.official AS h USING (code) WHERE h.source = $1";
/// Events of a source's tasks.
const OF_TASKS: &str = "SELECT count(*) FROM tasks.task_event AS e JOIN tasks.task AS h USING (id) WHERE h.source = $1";
/// Events of a source's reports.
const OF_REPORTS: &str = "SELECT count(*) FROM tasks.progress_update_event AS e JOIN tasks.progress_update AS h USING (id) WHERE h.source = $1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Postgres,
    Platform,
}

/// What is killed during each push, the last first. PostgreSQL goes first: a platform that begins anew starts it without the
/// pause that follows several failures.
const KILLS: [&[Target]; 4] = [
    &[Target::Platform, Target::Postgres],
    &[Target::Postgres],
    &[Target::Platform],
    &[Target::Platform, Target::Postgres],
];

/// A platform that is started again after a kill.
struct Platform {
    data_dir: String,
    process: Process,
    token: String,
}

impl Platform {
    async fn start(data_dir: &str) -> Result<Self> {
        let process = Process::start(&["up", "--listen", "127.0.0.1:0", "--data-dir", data_dir], &[]).await?;
        let token = std::fs::read_to_string(format!("{data_dir}/dev-token"))?;
        Ok(Self { data_dir: data_dir.to_owned(), process, token })
    }

    /// Kills when the platform has answered so many times that it lives: the only clock of this test.
    async fn kill_after(&self, (target, answers): (Target, usize)) -> Result<()> {
        for _ in 0..answers {
            self.process.get("/health/live").await?;
        }
        let pid = match target {
            Target::Platform => Pid::from_raw(i32::try_from(self.process.pid().context("running")?)?),
            Target::Postgres => {
                let file = Path::new(&self.data_dir).join("postgres/data/postmaster.pid");
                // It may be down from the kill before.
                let Ok(text) = std::fs::read_to_string(file) else { return Ok(()) };
                Pid::from_raw(text.lines().next().context("an empty file")?.parse()?)
            }
        };
        // It may have ended by itself in the meantime.
        let _ = kill(pid, Signal::SIGKILL);
        Ok(())
    }

    async fn database(&self) -> Result<PgConnection> {
        while self.process.get("/health/ready").await?.status != 200 {}
        let url = std::fs::read_to_string(format!("{}/database-url", self.data_dir))?;
        Ok(PgConnection::connect(url.trim()).await?)
    }

    /// Asks again while PostgreSQL begins anew: the platform can call itself ready just before it learns of the kill.
    async fn count(&self, sql: &'static str, source: &str) -> Result<i64> {
        let mut attempts = 0..ATTEMPTS;
        loop {
            match self.try_count(sql, source).await {
                Err(_) if attempts.next().is_some() => {}
                counted => return counted,
            }
        }
    }

    async fn try_count(&self, sql: &'static str, source: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(sql).bind(source).fetch_one(&mut self.database().await?).await?)
    }
}

/// A push with its kills.
struct Push {
    kind: &'static str,
    source: String,
    atomic: bool,
    rows: Vec<Value>,
    /// Records of its source.
    stored: &'static str,
}

impl Push {
    fn body(&self) -> Vec<u8> {
        self.rows.iter().flat_map(|row| format!("{row}\n").into_bytes()).collect()
    }

    /// Repeats the push under its key until it is acknowledged.
    async fn repeat(&self, platform: &mut Platform, mut kills: Vec<(Target, usize)>) -> Result<Pushed> {
        let path = format!("{}?source={}&atomic={}", self.kind, self.source, self.atomic);
        let key = format!("{} of {}", self.kind, self.source);
        let headers = [NDJSON, ("idempotency-key", key.as_str())];
        for _ in 0..ATTEMPTS {
            let next = kills.pop();
            let (pushed, killed) =
                tokio::join!(platform.process.push(&path, &platform.token, self.body(), &headers), async {
                    match next {
                        Some(next) => platform.kill_after(next).await,
                        None => Ok(()),
                    }
                });
            killed?;
            if next.is_some_and(|(target, _)| target == Target::Platform) {
                *platform = Platform::start(&platform.data_dir).await?;
            }
            if let Ok(pushed) = pushed
                && pushed.status == 200
                && pushed.summary()["state"] == "DONE"
            {
                return Ok(pushed);
            }
            let stored = platform.count(self.stored, &self.source).await?;
            let whole = i64::try_from(self.rows.len())?;
            assert!(!self.atomic || stored == 0 || stored == whole, "{key}: {stored} of {whole} records");
        }
        anyhow::bail!("{key}: not acknowledged in {ATTEMPTS} attempts")
    }
}

/// The pushes of a round, from sources of its own.
fn pushes(round: usize, sizes: Sizes) -> Vec<Push> {
    let source = |name: &str| format!("{name}-{round}");
    let official = |row: usize, of: &str| json!({ "externalId": format!("K{row}"), "code": format!("{of}-{round}-{row}"), "displayName": "Cán bộ", "observedAt": "2026-01-05T01:00:00Z" });
    let task = |row: usize| json!({ "externalId": format!("T{row}"), "code": format!("crash-{round}-T{row}"), "title": "Nhiệm vụ", "observedAt": "2026-01-05T01:00:00Z" });
    let report = |row: usize| {
        json!({ "externalId": format!("U{row}"), "task": format!("T{}", row % sizes.tasks), "progress": row % 101,
        "observedAt": format!("2026-01-{:02}T01:00:00Z", 6 + row % 20) })
    };
    let officials = "SELECT count(*) FROM directory.official WHERE source = $1";
    let tasks = "SELECT count(*) FROM tasks.task WHERE source = $1";
    let reports = "SELECT count(*) FROM tasks.progress_update WHERE source = $1";
    vec![
        Push {
            kind: "officials",
            source: source("parts"),
            atomic: false,
            rows: (0..sizes.parts).map(|row| official(row, "parts")).collect(),
            stored: officials,
        },
        Push {
            kind: "officials",
            source: source("whole"),
            atomic: true,
            rows: (0..sizes.whole).map(|row| official(row, "whole")).collect(),
            stored: officials,
        },
        Push {
            kind: "tasks",
            source: source("dms"),
            atomic: true,
            rows: (0..sizes.tasks).map(task).collect(),
            stored: tasks,
        },
        Push {
            kind: "task-updates",
            source: source("dms"),
            atomic: false,
            rows: (0..sizes.reports).map(report).collect(),
            stored: reports,
        },
    ]
}

#[tokio::test]
async fn what_is_acknowledged_is_stored_once_whatever_is_killed() -> Result<()> {
    crash(1, Sizes { parts: 12_000, whole: 4_000, tasks: 1_000, reports: 3_000 }).await
}

/// `cargo test -p e2e --test e2e -- --ignored a_hundred_pushes`
#[tokio::test]
#[ignore = "takes some ten minutes"]
async fn a_hundred_pushes_and_a_hundred_and_fifty_kills_lose_nothing() -> Result<()> {
    crash(25, Sizes { parts: 6_000, whole: 1_000, tasks: 500, reports: 1_000 }).await
}

/// Rounds of pushes, each killed at random moments.
async fn crash(rounds: usize, sizes: Sizes) -> Result<()> {
    // When the tests run as root, PostgreSQL runs as another user, who needs access to this folder.
    let data = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir()?;
    let data_dir = data.path().to_string_lossy().into_owned();
    let mut platform = Platform::start(&data_dir).await?;
    let mut dice = Dice(11);
    for round in 0..rounds {
        let pushes = pushes(round, sizes);
        let mut acknowledged = Vec::new();
        for (push, targets) in pushes.iter().zip(KILLS) {
            // Some kills come before the first row is stored, some after the acknowledgement.
            let kills = targets.iter().map(|target| (*target, dice.below(1_500))).collect();
            acknowledged.push(push.repeat(&mut platform, kills).await?);
        }
        for (push, pushed) in pushes.iter().zip(&acknowledged) {
            check(&platform, push, pushed).await?;
        }
        // Each row is one event, and each report one of its task.
        for (sql, push, expected) in [
            (OF_OFFICIALS, &pushes[0], sizes.parts),
            (OF_OFFICIALS, &pushes[1], sizes.whole),
            (OF_TASKS, &pushes[2], sizes.tasks + sizes.reports),
            (OF_REPORTS, &pushes[3], sizes.reports),
            ("SELECT count(*) FROM platform.receipt WHERE source = $1", &pushes[2], 2),
            ("SELECT count(*) FROM platform.receipt_row WHERE source = $1", &pushes[2], 0),
        ] {
            assert_eq!(platform.count(sql, &push.source).await?, i64::try_from(expected)?, "{sql} of {}", push.source);
        }
    }
    let url = std::fs::read_to_string(format!("{data_dir}/database-url"))?;
    run(&["facts", "verify", "--database-url", url.trim()], &[]).await?;
    run(&["audit", "verify", "--data-dir", &data_dir], &[]).await?;
    Ok(())
}

/// The records are stored once, and the answer names each row once and says the same as the receipt and as the stored results.
async fn check(platform: &Platform, push: &Push, pushed: &Pushed) -> Result<()> {
    let (source, whole) = (&push.source, i64::try_from(push.rows.len())?);
    assert_eq!(platform.count(push.stored, source).await?, whole, "{} of {source}", push.kind);
    let rows: BTreeSet<i64> = pushed.lines.iter().filter_map(|line| line["row"].as_i64()).collect();
    assert_eq!((rows.len(), pushed.lines.len()), (push.rows.len(), push.rows.len() + 1));
    assert!(pushed.statuses().iter().all(|status| ["CREATED", "UNCHANGED"].contains(status)));
    let receipt = pushed.summary()["receipt"].as_str().context("a receipt")?;
    let found = platform.process.get_as(&format!("/v1/push/receipts/{receipt}"), &platform.token).await?.json();
    assert_eq!((found["state"].as_str(), found["rows"].as_i64()), (Some("DONE"), Some(whole)), "{found}");
    for (count, status) in [("created", "CREATED"), ("unchanged", "UNCHANGED")] {
        let answered = pushed.statuses().iter().filter(|other| **other == status).count();
        assert_eq!(found[count], json!(answered), "{found}");
    }
    let results = platform.process.get_as(&format!("/v1/push/receipts/{receipt}/results"), &platform.token).await?;
    assert_eq!(results.text.lines().count(), push.rows.len() + 1);
    let payload = platform.process.get_as(&format!("/v1/push/receipts/{receipt}/payload"), &platform.token).await?;
    assert!(payload.text.into_bytes() == push.body(), "the body of {receipt}");
    Ok(())
}
