//! A closed pipe (`ioc schema print | head`) ends a command without an error.

use std::process::{Command, Stdio};

use e2e::ioc;

#[test]
fn a_reader_that_leaves_is_no_fault() {
    for arguments in [&["schema", "print"][..], &["explain", "--json", "../schema/operations/first-look.graphql"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = Command::new(ioc().expect("the binary"))
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .expect("run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {said}");
    }
}
