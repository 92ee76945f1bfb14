//! A second process, to be killed: this test program again, running only the test below with a task to do.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Lines, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use pg_cluster::{Keep, ThrowawayOptions, with_postgres};

use crate::support;

const TASK: &str = "PG_CLUSTER_TEST_TASK";
const DIR: &str = "PG_CLUSTER_TEST_DIR";

/// The other process; killed when it is dropped.
pub(crate) struct OtherProcess {
    pub(crate) child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl OtherProcess {
    /// Runs a cluster on `dir` until its standard input is closed.
    pub(crate) fn hold_cluster(dir: &Path) -> Self {
        Self::spawn("hold", dir)
    }

    /// Runs a command that never ends beside a throw-away cluster in `dir`.
    pub(crate) fn with_postgres(dir: &Path) -> Self {
        Self::spawn("with-postgres", dir)
    }

    fn spawn(task: &str, dir: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", "other_process::task_of_the_other_process", "--ignored", "--nocapture"])
            .env(TASK, task)
            .env(DIR, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs again");
        let output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, output }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Reads the value of the line `name=value`; absent when the process ends without one.
    pub(crate) fn says(&mut self, name: &str) -> Option<String> {
        self.output.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, value) = line.split_once(&format!("{name}="))?;
            Some(value.to_owned())
        })
    }

    pub(crate) fn kill_hard(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is our child");
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        // It may have ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
#[ignore = "not a test: what the other process does"]
async fn task_of_the_other_process() {
    let (Some(task), Some(dir)) = (std::env::var_os(TASK), std::env::var_os(DIR)) else {
        return;
    };
    if task == "hold" {
        let cluster = support::start(Path::new(&dir)).await;
        println!("url={}", cluster.url());
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
        cluster.stop().await;
        return;
    }
    let options = ThrowawayOptions { binaries: support::binaries(), temp_root: dir.into() };
    let arguments = ["-c", "echo url=$DATABASE_URL; exec sleep 600"].map(OsString::from);
    let finished = with_postgres(options, Keep::Nothing, "sh".as_ref(), &arguments).await.expect("it runs");
    println!("code={}", finished.code);
}
