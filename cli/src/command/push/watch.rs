//! A folder whose files are pushed as they come.
//!
//! A file stays in the folder until its result is known, and its key is made of its content and its time. After a crash it is
//! pushed again under the same key, so the server applies it once.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;

use super::answer::Verdict;
use super::file::{Job, Outcome};
use super::key::Key;
use super::retry::{is_asked, retrying};
use super::settled::{Mark, Settled, free, is_finished, kind_of};
use super::{Sender, report};
use crate::client::Failure;

/// Time before the next file when the server could not be reached for the last one.
const PAUSE: Duration = Duration::from_secs(30);

/// Longest list of kinds that is read, in bytes.
const MAX_KINDS_BYTES: usize = 8 << 20;

/// A watched folder.
pub struct Watch<'a> {
    pub folder: &'a Path,
    /// Kind of all files; otherwise their names say it.
    pub kind: Option<&'a str>,
    pub sender: &'a Sender,
    /// Time between two looks into the folder.
    pub poll: Duration,
}

/// What became of a file.
#[derive(PartialEq, Eq)]
enum Taken {
    Moved,
    /// It stays in the folder, and is tried again later.
    Left,
}

#[derive(Deserialize)]
struct Kinds {
    kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

impl Watch<'_> {
    /// Pushes files until a stop is asked for; a push that runs then is finished.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or the server does not accept the credential.
    pub async fn run(&self) -> Result<()> {
        for folder in ["done", "failed"] {
            let folder = self.folder.join(folder);
            fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let stop = &self.sender.pusher.stop;
        let shown = self.folder.display();
        eprintln!(
            "{}",
            self.sender.pusher.language.pick(
                format!("watching {shown}; Ctrl-C ends it after the file that is being pushed"),
                format!("đang theo dõi {shown}; Ctrl-C để dừng sau khi gửi xong tệp hiện tại"),
            )
        );
        let mut settled = Settled::default();
        loop {
            let mut wait = self.poll;
            for (name, mark) in settled.look(self.files()?) {
                if is_asked(stop) {
                    return Ok(());
                }
                if self.take(&name, mark).await? == Taken::Left {
                    wait = PAUSE;
                    break;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.clone() => return Ok(()),
            }
        }
    }

    fn files(&self) -> Result<Vec<(OsString, Mark)>> {
        let cannot = || format!("cannot read the folder {}", self.folder.display());
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            let name = entry.file_name();
            // A file that has just gone is none.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() && is_finished(&name) {
                let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
                files.push((name, Mark { modified, len: metadata.len() }));
            }
        }
        Ok(files)
    }

    async fn take(&self, name: &OsStr, mark: Mark) -> Result<Taken> {
        let path = self.folder.join(name);
        let failed = free(&self.folder.join("failed"), name, Path::exists);
        let failure = match self.push(&path, &failed, mark).await {
            Ok((kind, outcome)) => {
                let verdict = self.sender.show(&path, &kind, &outcome)?;
                if verdict == Verdict::Failed {
                    note(&failed, &report::reason(&outcome.summary, self.sender.pusher.language))?;
                }
                let done = || free(&self.folder.join("done"), name, Path::exists);
                put(&path, &if verdict == Verdict::Clean { done() } else { failed })?;
                return Ok(Taken::Moved);
            }
            Err(failure) => failure,
        };
        if matches!(failure, Failure::Stopped) {
            return Ok(Taken::Left);
        }
        self.sender.show_failure(&path, &failure)?;
        match failure {
            Failure::Passing { .. } | Failure::Stopped => Ok(Taken::Left),
            // The next files would all end in the same way.
            Failure::Refused { status: StatusCode::UNAUTHORIZED, .. } => {
                Err(anyhow!("the server does not accept the credential; {} and what follows stay", path.display()))
            }
            Failure::Local(_) if !path.exists() => Ok(Taken::Moved),
            Failure::Refused { .. } | Failure::Local(_) => {
                note(&failed, &failure.to_string())?;
                put(&path, &failed)?;
                Ok(Taken::Moved)
            }
        }
    }

    async fn push(&self, path: &Path, failed: &Path, mark: Mark) -> Result<(String, Outcome), Failure> {
        let input = self.sender.open(path).await?;
        let kind = match self.kind {
            Some(kind) => kind.to_owned(),
            None => self.kind_of(&input.name).await?,
        };
        let job = Job { input: &input, kind: &kind, key: Key::Content(mark.modified), beside: failed };
        let outcome = self.sender.pusher.push(&job).await?;
        Ok((kind, outcome))
    }

    /// The kind that a name begins with. The server is asked each time, since it may have new kinds.
    async fn kind_of(&self, name: &str) -> Result<String, Failure> {
        let pusher = &self.sender.pusher;
        let say = |line: &str| eprintln!("{name}: {line}");
        let kinds = retrying(pusher.language, &pusher.stop, say, async || {
            let response = pusher.client.get("/v1/push").await?;
            let body = Limited::new(response.into_body(), MAX_KINDS_BYTES).collect().await;
            let body = body.map_err(|error| Failure::Passing { reason: error.to_string(), wait: None })?;
            Ok(serde_json::from_slice::<Kinds>(&body.to_bytes()).context("the kinds of the server cannot be read")?)
        });
        let kinds: Vec<String> = kinds.await?.kinds.into_iter().map(|kind| kind.kind).collect();
        let kind = kind_of(name, &kinds).ok_or_else(|| {
            let accepted = kinds.join(", ");
            anyhow!("the name begins with no kind; accepted: a kind and a dot or a dash ({accepted}), or --kind")
        })?;
        Ok(kind.to_owned())
    }
}

/// Writes beside a failed file why it failed.
fn note(failed: &Path, reason: &str) -> Result<()> {
    let mut name = failed.as_os_str().to_owned();
    name.push(".error.txt");
    let path = Path::new(&name);
    fs::write(path, format!("{reason}\n")).with_context(|| format!("cannot write {}", path.display()))
}

fn put(path: &Path, target: &Path) -> Result<()> {
    fs::rename(path, target).with_context(|| format!("cannot move {} to {}", path.display(), target.display()))
}
