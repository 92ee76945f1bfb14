//! Starting PostgreSQL's programs: as the server's user, in a clean environment, out of reach of the terminal's
//! Ctrl-C, and, where `setpriv` can arrange it, with an end of their own when this process ends.

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

/// How long the last lines may take from a server that has ended. Its stray workers may hold the pipe for longer.
const LAST_LINES: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Launcher {
    account: Account,
    /// A `setpriv` that knows `--pdeathsig`.
    setpriv: Option<PathBuf>,
}

impl Launcher {
    pub(crate) fn new(account: Account, binaries: &Binaries) -> Self {
        let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"]
            .into_iter()
            .map(PathBuf::from)
            .find(|setpriv| {
                let mut trial = Command::new(setpriv);
                trial
                    .args(["--pdeathsig", "INT", "--"])
                    .arg(binaries.initdb())
                    .arg("--version")
                    .current_dir("/");
                trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                trial.status().is_ok_and(|status| status.success())
            });
        Self { account, setpriv }
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// A command that works in `dir`.
    pub(crate) fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = match &self.setpriv {
            // The signal of a fast shutdown. The kernel sends it when the thread that started the program ends,
            // which is why the supervisor is a thread of its own and not a task.
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // Nothing of ours is inherited: PGPORT and its like would change the server, and our secrets are not its.
        command
            .env_clear()
            .envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")]);
        command.current_dir(dir).stdin(Stdio::null()).process_group(0);
        self.account.apply(&mut command);
        command
    }
}

/// A running program that a stop ends and whose output goes to the log.
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
        command
            .stdout(writer.try_clone().map_err(Error::io("make a pipe for", &program))?)
            .stderr(writer);
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        log.forget_tail();
        let mut child = command.spawn().map_err(Error::io("run", &program))?;
        drop(command);
        control.child_started(pid_of(&child));
        let output_ended = copy_output(reader, log.clone());
        if let Some(mut stdin) = child.stdin.take() {
            // The input is shorter than a pipe's buffer; a program that ended early says why in its output.
            let _ = stdin.write_all(input.as_bytes());
        }
        Ok(Self {
            child,
            control,
            output_ended,
            reaped: false,
        })
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
        // Seen first and reaped after the control forgot it, so that no signal meets another process's number.
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
        // Either all of it is in the log, or somebody else still holds the pipe.
        let _ = self.output_ended.recv_timeout(LAST_LINES);
        status.ok()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.reaped {
            // Reached when a start failed half way: nothing may run on behind the caller's back.
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
        // Nobody waits for the output of a server that runs on.
        let _ = ended.send(());
    });
    output_ended
}
