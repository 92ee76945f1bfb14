//! Serves a supergraph: `cargo run -p gateway --example serve -- supergraph.graphql 127.0.0.1:4000`.

use std::sync::Arc;

use gateway::{
    Gateway,
    server::{ConnectionOptions, ServerOptions, router, serve},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("the first argument is the file of the supergraph")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:4000".to_owned());
    let gateway = Gateway::builder(std::fs::read_to_string(file)?).build()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/graphql", listener.local_addr()?);
    let stop = async {
        // Without a signal handler there is no way to be asked to stop, so that serving may as well end.
        let _ = tokio::signal::ctrl_c().await;
    };
    let router = router(Arc::new(gateway), ServerOptions::default());
    serve(listener, router, stop, ConnectionOptions::default()).await;
    Ok(())
}
