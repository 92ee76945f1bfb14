//! `PostGraphile` (npm) over the database of the platform.

use std::{net::SocketAddr, path::Path, process::Stdio};

use anyhow::Context;
use serde_json::json;
use tokio::process::{Child, Command};

use super::city::Socket;
use crate::{
    http_client::post,
    trial::{first_answer, free_address, stop},
};

/// A running `PostGraphile`.
pub struct PostGraphile {
    child: Child,
    pub address: SocketAddr,
}

impl PostGraphile {
    /// Why it cannot run here; `None` if it can.
    pub fn absence(folder: &Path) -> Option<String> {
        let installed = folder.join("node_modules/postgraphile").is_dir();
        (!installed).then(|| format!("`npm ci` in {} has not installed it", folder.display()))
    }

    /// Starts the server on a free port and waits for its first answer.
    pub async fn start(folder: &Path, socket: &Socket) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut child = Command::new("node")
            .arg(folder.join("server.js"))
            .args([&socket.folder, &socket.port.to_string(), &address.port().to_string()])
            .env("NODE_ENV", "production")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start node")?;
        let request = post(address, "/graphql", &json!({ "query": "{ __typename }" }).to_string());
        first_answer(&mut child, address, &request).await.context("PostGraphile")?;
        Ok(Self { child, address })
    }

    /// Stops the server.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        stop(&mut self.child).await
    }
}
