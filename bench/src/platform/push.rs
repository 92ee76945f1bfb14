//! Bulk push: a million reports through `ioc push`, beside raw `COPY` of the same final rows into every table that the push
//! writes, and the latency of a dashboard meanwhile.

use std::{
    fmt,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::TryStreamExt;
use serde::Serialize;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::{process::Command, sync::watch, time::sleep};

use crate::http_client::{Connection, post_as};
use crate::platform::city::Platform;

/// Number of tasks that the reports are about.
const TASKS: usize = 5_000;

/// How long the dashboard is measured at rest.
const REST: Duration = Duration::from_secs(10);

/// Time between two dashboards.
const PAUSE: Duration = Duration::from_millis(50);

/// The dashboard that is asked meanwhile.
const DASHBOARD: &str = "{ taskStats(period: \"2026\", groupBy: [AXIS]) { totals { total overdue } rows { axis measures { total overdue } } } }";

/// Tables that a push of reports writes.
const TABLES: [&str; 4] =
    ["tasks.progress_update", "tasks.progress_update_event", "tasks.task_event", "tasks.fact_past"];

/// Figures of a push.
#[derive(Debug, Serialize)]
pub struct Pushed {
    pub rows: u32,
    pub push_seconds: f64,
    pub copy_seconds: f64,
    /// Time of the push in times of raw COPY.
    pub ratio: f64,
    /// Time of the same push sent again.
    pub again_seconds: f64,
    pub peak_memory_mib: f64,
    pub dashboard_p99_ms_at_rest: f64,
    pub dashboard_p99_ms_meanwhile: f64,
}

impl fmt::Display for Pushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = f64::from(self.rows) / self.push_seconds;
        writeln!(f, "| push of {} reports | |\n|---|---|", self.rows)?;
        writeln!(f, "| through `ioc push` | {:.1} s ({per_second:.0} rows/s) |", self.push_seconds)?;
        writeln!(f, "| raw COPY of the final rows, same indexes | {:.1} s |", self.copy_seconds)?;
        writeln!(f, "| ratio | {:.1} |", self.ratio)?;
        writeln!(f, "| the same push again | {:.1} s |", self.again_seconds)?;
        writeln!(f, "| peak memory of the platform | {:.0} MiB |", self.peak_memory_mib)?;
        writeln!(f, "| dashboard p99 at rest | {:.1} ms |", self.dashboard_p99_ms_at_rest)?;
        writeln!(f, "| dashboard p99 meanwhile | {:.1} ms |", self.dashboard_p99_ms_meanwhile)
    }
}

/// Measures a push of `rows` reports.
pub async fn measure(ioc: &Path, folder: &Path, rows: u32) -> anyhow::Result<Pushed> {
    let platform = Platform::start(ioc, &folder.join("data"), None).await?;
    let tasks = folder.join("tasks.ndjson");
    let reports = folder.join("task-updates.ndjson");
    write_tasks(&tasks)?;
    write_reports(&reports, rows as usize)?;
    push(ioc, &platform, &tasks, "tasks").await?;

    let at_rest = Dashboards::start(&platform);
    sleep(REST).await;
    let (at_rest, _) = at_rest.stop().await?;

    let meanwhile = Dashboards::start(&platform);
    let began = Instant::now();
    push(ioc, &platform, &reports, "task-updates").await?;
    let push_seconds = began.elapsed().as_secs_f64();
    let (dashboard, peak_memory_mib) = meanwhile.stop().await?;
    let began = Instant::now();
    push(ioc, &platform, &reports, "task-updates").await?;
    let again_seconds = began.elapsed().as_secs_f64();

    let mut database = platform.database().await?;
    let mut copy_seconds = 0.0;
    for table in TABLES {
        copy_seconds += copy(&mut database, table).await.with_context(|| format!("COPY of {table}"))?;
    }
    drop(database);
    platform.stop().await?;
    Ok(Pushed {
        rows,
        push_seconds,
        copy_seconds,
        ratio: push_seconds / copy_seconds,
        again_seconds,
        peak_memory_mib,
        dashboard_p99_ms_at_rest: at_rest,
        dashboard_p99_ms_meanwhile: dashboard,
    })
}

fn write_tasks(file: &Path) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for task in 0..TASKS {
        let row = json!({
            "externalId": format!("P{task}"), "code": format!("P{task}"), "title": format!("Nhiệm vụ {task}"), "status": "IN_PROGRESS",
            "lead": "UBND", "startOn": "2026-01-05", "baselineDue": "2026-12-31", "currentDue": "2026-12-31",
            "observedAt": "2026-01-05T01:00:00Z",
        });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

/// Reports in the order of their tasks, each task on many days of the year.
fn write_reports(file: &Path, rows: usize) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for report in 0..rows {
        let (task, day) = (report * TASKS / rows, report % 300);
        let (month, day, hour, minute) = (1 + day / 28, 1 + day % 28, report % 24, report % 60);
        let row = json!({
            "externalId": format!("U{report}"), "task": format!("P{task}"), "progress": report % 101, "note": format!("Báo cáo số {report}"),
            "observedAt": format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"),
        });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

async fn push(ioc: &Path, platform: &Platform, file: &Path, kind: &str) -> anyhow::Result<()> {
    let output = Command::new(ioc)
        .arg("push")
        .arg(file)
        .args(["--kind", kind, "--source", "bench", "--format", "json", "--url"])
        .arg(format!("http://{}", platform.address))
        .env("IOC_TOKEN", platform.developer.trim())
        .stdin(Stdio::null())
        .output()
        .await?;
    ensure!(output.status.success(), "`ioc push`: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Copies the rows of a table into an empty one with the same indexes. Returns the time of the second half.
async fn copy(database: &mut PgConnection, table: &str) -> anyhow::Result<f64> {
    let columns: String = sqlx::query_scalar(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
         WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
    )
    .bind(table)
    .fetch_one(&mut *database)
    .await?;
    let select = format!("COPY (SELECT {columns} FROM {table}) TO STDOUT");
    let rows: Vec<_> = database.copy_out_raw(&select).await?.try_collect().await?;
    let target = format!("bench_{}", table.replace('.', "_"));
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE TABLE public.{target} (LIKE {table} INCLUDING ALL)")))
        .execute(&mut *database)
        .await?;
    let began = Instant::now();
    let mut copy = database.copy_in_raw(&format!("COPY public.{target} ({columns}) FROM STDIN")).await?;
    for part in rows {
        copy.send(&part[..]).await?;
    }
    copy.finish().await?;
    Ok(began.elapsed().as_secs_f64())
}

/// A screen that asks its dashboard again and again.
struct Dashboards {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<anyhow::Result<(Vec<f64>, f64)>>,
}

impl Dashboards {
    fn start(platform: &Platform) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (address, token, process) = (platform.address, platform.developer.trim().to_owned(), platform.process());
        let task = tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let request = post_as(address, "/graphql", &token, &json!({ "query": DASHBOARD }).to_string());
            let (mut times, mut peak) = (Vec::new(), 0.0_f64);
            while !*stopped.borrow() {
                let began = Instant::now();
                let answer = connection.exchange(&request).await?;
                let text = String::from_utf8_lossy(answer.body);
                ensure!(answer.status == 200 && text.contains("\"total\""), "{text}");
                times.push(began.elapsed().as_secs_f64() * 1000.0);
                peak = peak.max(memory_mib(process)?);
                sleep(PAUSE).await;
            }
            Ok((times, peak))
        });
        Self { stop, task }
    }

    /// The 99th percentile in milliseconds, and the largest memory of the platform in MiB.
    async fn stop(self) -> anyhow::Result<(f64, f64)> {
        self.stop.send_replace(true);
        let (mut times, peak) = self.task.await??;
        times.sort_by(f64::total_cmp);
        let place = times.len().saturating_sub(1) * 99 / 100;
        Ok((times.get(place).copied().unwrap_or_default(), peak))
    }
}

/// Resident memory of a process in MiB.
fn memory_mib(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
