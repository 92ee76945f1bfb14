//! Starts PostgreSQL's programs: as the server's user, with a clean environment, in their own process group so that
//! Ctrl-C in the terminal does not reach them, and, if `setpriv` is available, so that they end when this process ends.

use std::{
    io::{PipeReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use nix::{
    errno::Errno,
    sys::wait::{Id, WaitPidFlag, WaitStatus, waitid},
    unistd::Pid,
};

use crate::{Binaries, Error, account::Account, control::Control, server_log::ServerLog};

/// How long to wait for the last lines of a server that has ended. Its remaining workers may keep the pipe open for
/// longer.
const LAST_LINES: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Launcher {
    account: Account,
    /// A `setpriv` that supports `--pdeathsig`.
    setpriv: Option<PathBuf>,
}

impl Launcher {
    pub(crate) fn new(account: Account, binaries: &Binaries) -> Self {
        let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().map(PathBuf::from).find(|setpriv| {
            let mut trial = Command::new(setpriv);
            trial.args(["--pdeathsig", "INT", "--"]).arg(binaries.initdb()).arg("--version").current_dir("/");
            trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            trial.status().is_ok_and(|status| status.success())
        });
        Self { account, setpriv }
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// A command that runs in `dir`.
    pub(crate) fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = match &self.setpriv {
            // `INT` is the signal for a fast shutdown. The kernel sends it when the thread that started the program
            // ends, so the supervisor is a thread of its own and not a task.
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The environment is not inherited: variables such as `PGPORT` would change the server, and it must not get our
        // secrets.
        command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")]);
        command.current_dir(dir).stdin(Stdio::null()).process_group(0);
        self.account.apply(&mut command);
        command
    }
}

/// A running program. A stop ends it, and its output goes to the log.
#[derive(Debug)]
pub(crate) struct Running<'a> {
    child: Child,
    control: &'a Control,
    output_ended: mpsc::Receiver<()>,
    reaped: bool,
}

impl<'a> Running<'a> {
    pub(crate) fn start(
        mut command: Command,
        input: &str,
        control: &'a Control,
        log: &ServerLog,
    ) -> Result<Self, Error> {
        let program = PathBuf::from(command.get_program());
        let (reader, writer) = std::io::pipe().map_err(Error::io("make a pipe for", &program))?;
        command.stdout(writer.try_clone().map_err(Error::io("make a pipe for", &program))?).stderr(writer);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        log.forget_tail();
        let mut child = command.spawn().map_err(Error::io("run", &program))?;
        drop(command);
        control.child_started(pid_of(&child));
        let output_ended = copy_output(reader, log.clone());
        if let Some(mut stdin) = child.stdin.take() {
            // The input fits into a pipe's buffer. If the program ended early, its output says why.
            let _ = stdin.write_all(input.as_bytes());
        }
        Ok(Self { child, control, output_ended, reaped: false })
    }

    pub(crate) fn pid(&self) -> Pid {
        pid_of(&self.child)
    }

    /// The exit status, if the program has ended.
    pub(crate) fn poll(&mut self) -> Option<ExitStatus> {
        self.exited(WaitPidFlag::WNOHANG)
    }

    /// Waits until the program has ended.
    pub(crate) fn wait(&mut self) -> Option<ExitStatus> {
        self.exited(WaitPidFlag::empty())
    }

    fn exited(&mut self, how: WaitPidFlag) -> Option<ExitStatus> {
        // First detects the end without reaping, then clears the child in `control`, then reaps. So no signal can reach
        // another process with the same process id.
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT | how;
        let seen = loop {
            match waitid(Id::Pid(self.pid()), flags) {
                Err(Errno::EINTR) => {}
                other => break other,
            }
        };
        if matches!(seen, Ok(WaitStatus::StillAlive)) {
            return None;
        }
        self.control.child_ended();
        self.reaped = true;
        let status = self.child.wait();
        // Either the log now has all output, or another process still holds the pipe open.
        let _ = self.output_ended.recv_timeout(LAST_LINES);
        status.ok()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.reaped {
            // Reached when a start failed: no process may continue to run unnoticed.
            let _ = nix::sys::signal::kill(self.pid(), nix::sys::signal::Signal::SIGQUIT);
            self.wait();
        }
    }
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

fn copy_output(reader: PipeReader, log: ServerLog) -> mpsc::Receiver<()> {
    let (ended, output_ended) = mpsc::channel();
    std::thread::spawn(move || {
        log.copy_from(reader);
        // Nobody waits for the output of a server that is still running.
        let _ = ended.send(());
    });
    output_ended
}
