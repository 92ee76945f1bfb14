//! `ioc schema compose`, then `ioc gateway`: fields that a subgraph protects are never served to every caller.

use std::process::{Command, Output, Stdio};

use anyhow::Result;
use e2e::ioc;

/// Stops a gateway that starts although it should not.
const TIME_LIMIT_SECONDS: &str = "20";

fn compose(sdl: &str, folder: &std::path::Path) -> Result<Output> {
    let file = folder.join("a.graphql");
    std::fs::write(&file, sdl)?;
    let subgraph = format!("{}=http://127.0.0.1:1/graphql", file.display());
    Ok(Command::new(ioc()?).args(["schema", "compose", &subgraph]).output()?)
}

fn serve(supergraph: &[u8], folder: &std::path::Path) -> Result<Output> {
    let file = folder.join("supergraph.graphql");
    std::fs::write(&file, supergraph)?;
    let output = Command::new("timeout")
        .arg(TIME_LIMIT_SECONDS)
        .arg(ioc()?)
        .args(["gateway", "--listen", "127.0.0.1:0", "--supergraph"])
        .arg(&file)
        .stdin(Stdio::null())
        .output()?;
    Ok(output)
}

#[test]
fn a_guarded_field_is_composed_into_a_supergraph_that_no_gateway_of_ours_serves() -> Result<()> {
    for (directive, use_of_it) in [
        ("authenticated", "@authenticated"),
        ("requiresScopes", "@requiresScopes(scopes: [[\"a\"]])"),
        ("policy", "@policy(policies: [[\"a\"]])"),
    ] {
        let folder = tempfile::tempdir()?;
        let sdl = format!(
            "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.6\", import: [\"@{directive}\"])
             type Query {{ open: Int secret: Int {use_of_it} }}"
        );
        let composed = compose(&sdl, folder.path())?;
        assert!(composed.status.success(), "{}", String::from_utf8_lossy(&composed.stderr));
        let served = serve(&composed.stdout, folder.path())?;
        let said = String::from_utf8_lossy(&served.stderr);
        assert_eq!(served.status.code(), Some(1), "{said}");
        let feature =
            format!("the supergraph needs the feature `https://specs.apollo.dev/{directive}/v0.1` for SECURITY");
        assert!(said.contains(&feature), "{said}");
    }
    Ok(())
}

#[test]
fn odd_subgraphs_are_problems_and_no_panics() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let link = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.6\", import: [\"@key\"])";
    for types in [
        "type Query { a: Nothing }".to_owned(),
        format!("type Query {{ a: A }} type A @key(fields: \"{}\") {{ a: A }}", "a {".repeat(50_000)),
        String::new(),
    ] {
        let composed = compose(&format!("{link}\n{types}"), folder.path())?;
        let said = String::from_utf8_lossy(&composed.stderr);
        assert_eq!(composed.status.code(), Some(1), "{said}");
        assert!(said.contains("do not compose") && !said.contains("panicked"), "{said}");
    }
    Ok(())
}
