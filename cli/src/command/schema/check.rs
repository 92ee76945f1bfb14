//! `ioc schema check`: compares two schemas and lists breaking changes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use gateway::document::TrustedDocuments;
use gateway::schema_check::{ClientDocument, SchemaCheck, Severity, Verdict, check};

use crate::output;

#[derive(Args)]
pub struct Check {
    /// Schema that clients use now: a supergraph, a subgraph or a plain schema
    old: PathBuf,
    /// Schema that will replace it
    new: PathBuf,
    /// Files with operations of clients: GraphQL documents, or manifests of trusted documents (`.json`)
    #[arg(long, value_name = "FILES", num_args = 1..)]
    operations: Vec<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Fails when the change breaks clients.
    pub fn run(&self) -> Result<ExitCode> {
        let documents = self.operations.iter().map(|path| documents(path)).collect::<Result<Vec<_>>>()?.concat();
        let checked = check(&read(&self.old)?, &read(&self.new)?, &documents)?;
        if self.json {
            output::print_json(&checked)?;
        } else {
            output::print(table(&checked))?;
        }
        Ok(if checked.is_breaking() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn documents(path: &Path) -> Result<Vec<ClientDocument>> {
    let text = read(path)?;
    let file = path.display();
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(vec![ClientDocument { name: file.to_string(), text }]);
    }
    let manifest = TrustedDocuments::from_manifest(&text).with_context(|| format!("cannot use {file}"))?;
    let documents =
        manifest.iter().map(|(id, text)| ClientDocument { name: format!("{file}#{id}"), text: text.to_string() });
    Ok(documents.collect())
}

fn table(checked: &SchemaCheck) -> String {
    let mut lines: Vec<String> = Vec::new();
    let width = checked.changes.iter().map(|change| change.coordinate.chars().count()).max().unwrap_or_default();
    for change in &checked.changes {
        lines.push(format!("{:<9}  {:<width$}  {}", change.severity, change.coordinate, change.message));
    }
    for report in &checked.operations {
        let word = match report.verdict {
            Verdict::Valid => continue,
            Verdict::Broken => "breaks",
            Verdict::InvalidBefore => "was invalid before",
            Verdict::Mended => "is valid now",
        };
        lines.push(format!("operation  {}  {word}", report.name));
        lines.extend(report.problems.iter().map(|problem| format!("           {problem}")));
    }
    let count = |severity| checked.count(severity);
    let (breaking, dangerous, safe) = (count(Severity::Breaking), count(Severity::Dangerous), count(Severity::Safe));
    let mut summary = format!("{breaking} breaking, {dangerous} dangerous, {safe} safe");
    if !checked.operations.is_empty() {
        let broken = checked.operations.iter().filter(|report| report.verdict == Verdict::Broken).count();
        summary = format!("{summary}; {broken} of {} operation documents break", checked.operations.len());
    }
    lines.push(summary);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_breaks_and_for_whom() {
        let document = |name: &str, text: &str| ClientDocument { name: name.to_owned(), text: text.to_owned() };
        let documents = [document("a.graphql", "{ a }"), document("b.graphql", "{ b }")];
        let checked =
            check("type Query { a: Int b: Int }", "type Query { a: Int c: Int }", &documents).expect("checked");
        let table = table(&checked);
        assert!(
            table.starts_with("breaking   Query.b  field was removed\nsafe       Query.c  field was added\n"),
            "{table}"
        );
        assert!(table.contains("operation  b.graphql  breaks\n           1:3: "), "{table}");
        assert!(table.ends_with("1 breaking, 0 dangerous, 1 safe; 1 of 2 operation documents break\n"), "{table}");
        assert!(!table.contains("a.graphql"), "{table}");
    }
}
