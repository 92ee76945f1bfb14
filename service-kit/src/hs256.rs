//! HS256 provider for `jsonwebtoken`, over the hash functions that the platform already uses. The providers of that
//! crate also have RSA and elliptic curves, which our credentials do not use and which take long to compile.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| Ok(Box::new(Hs256::of(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key: &DecodingKey| Ok(Box::new(Hs256::of(*algorithm, key.try_get_as_bytes()?)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Installs this provider for the process. A second call changes nothing.
pub fn install() {
    // It fails when a provider is installed already; this can only be this one.
    let _ = PROVIDER.install_default();
}

struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn of(algorithm: Algorithm, secret: &[u8]) -> Result<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let keyed = Hmac::new_from_slice(secret).map_err(|_| ErrorKind::InvalidKeyFormat)?;
        Ok(Self(keyed))
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    /// In constant time.
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let keyed = self.0.clone().chain_update(message);
        keyed.verify_slice(signature).map_err(Error::from_source)
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::crypto::{sign, verify};

    use super::*;

    /// The example of RFC 7515, appendix A.1.
    const KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const MESSAGE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn key() -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(KEY).expect("base64url")
    }

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        install();
        let encoding = EncodingKey::from_secret(&key());
        let signature = sign(MESSAGE.as_bytes(), &encoding, Algorithm::HS256).expect("signed");
        assert_eq!(signature, SIGNATURE);
    }

    #[test]
    fn no_other_signature_message_or_algorithm_is_accepted() {
        install();
        let decoding = DecodingKey::from_secret(&key());
        let accepted = |signature: &str, message: &str, algorithm| {
            verify(signature, message.as_bytes(), &decoding, algorithm).is_ok_and(|right| right)
        };
        assert!(accepted(SIGNATURE, MESSAGE, Algorithm::HS256));
        assert!(!accepted(SIGNATURE, "other", Algorithm::HS256));
        assert!(!accepted(&SIGNATURE[..42], MESSAGE, Algorithm::HS256));
        assert!(!accepted("", MESSAGE, Algorithm::HS256));
        assert!(!accepted(SIGNATURE, MESSAGE, Algorithm::HS384));
        assert!(!accepted(SIGNATURE, MESSAGE, Algorithm::RS256));
    }
}
