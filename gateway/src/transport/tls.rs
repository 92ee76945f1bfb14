//! TLS for subgraphs: rustls with ring. It trusts the certificates of the operating system and those of the
//! configuration.
//!
//! It uses the system's list (`SSL_CERT_FILE` can replace it) instead of a built-in list, because most subgraphs run in
//! the same network and have certificates of an internal authority.

use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::config::HttpOptions;

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The configured certificates are not valid PEM.
    #[error("the configured certificates cannot be read: {reason}")]
    Pem {
        /// The parser's error.
        reason: String,
    },
    /// Neither the system nor the configuration has a certificate to trust.
    #[error("no trusted certificate was found: install the system's certificates or configure some")]
    NoRoots,
    /// The TLS library refuses the settings.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// Checks that a text contains certificates and that all of them are valid.
pub(crate) fn check_certificates(pem: &[u8]) -> Result<(), TrustError> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, pem)?;
    if roots.is_empty() {
        return Err(TrustError::Pem {
            reason: "there is none; accepted is PEM, `-----BEGIN CERTIFICATE-----`".to_owned(),
        });
    }
    Ok(())
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), TrustError> {
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| TrustError::Pem { reason: error.to_string() })?;
        roots.add(certificate).map_err(|error| TrustError::Pem { reason: error.to_string() })?;
    }
    Ok(())
}

/// Creates a connector that uses TLS.
pub(super) fn connector(
    mut connector: HttpConnector,
    options: &HttpOptions,
) -> Result<HttpsConnector<HttpConnector>, TrustError> {
    connector.enforce_http(false);
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::warn!(%error, "some of the system's certificates cannot be read");
    }
    roots.add_parsable_certificates(system.certs);
    add(&mut roots, &options.extra_trust_roots_pem)?;
    if roots.is_empty() {
        return Err(TrustError::NoRoots);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_only().enable_http1();
    Ok(if options.http2 { builder.enable_http2().wrap_connector(connector) } else { builder.wrap_connector(connector) })
}
