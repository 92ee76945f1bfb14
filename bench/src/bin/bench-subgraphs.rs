//! `bench-subgraphs`: serves the subgraphs of the load, or its finished answer.

use std::net::SocketAddr;

use bench::{answer, server};
use clap::Parser;
use tokio::net::TcpListener;

/// Serve the four subgraphs of the public federation load, each under its name
#[derive(Parser)]
struct Options {
    /// Address and port; port 0 takes a free one, which is printed
    #[arg(long, default_value = "127.0.0.1:4200")]
    listen: SocketAddr,
    /// Serve the finished answer of the operation at /graphql instead
    #[arg(long)]
    fixed: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let router = if options.fixed { server::fixed(answer::expected().await?) } else { server::subgraphs() };
    let listener = TcpListener::bind(options.listen).await?;
    println!("{}", listener.local_addr()?);
    server::serve(listener, router).await?;
    Ok(())
}
