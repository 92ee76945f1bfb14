//! Cryptography of JSON Web Tokens for `jsonwebtoken`: HS256 over the hash functions that the platform already uses, and
//! the verification of the signatures of identity providers by `ring`, which TLS brings anyway. The providers of that crate
//! bring a second implementation of each and take long to compile.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use sha2::Sha256;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| Ok(Box::new(Hs256::of(*algorithm, key.as_bytes())?)),
    verifier_factory: |algorithm, key: &DecodingKey| {
        let bytes = key.try_get_as_bytes()?;
        match public_key_algorithm(*algorithm) {
            Some(verification) => {
                Ok(Box::new(PublicKey(*algorithm, UnparsedPublicKey::new(verification, bytes.to_vec()))))
            }
            None => Ok(Box::new(Hs256::of(*algorithm, bytes)?)),
        }
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Installs this provider for the process. A second call changes nothing.
pub fn install() {
    // It fails when a provider is installed already; this can only be this one.
    let _ = PROVIDER.install_default();
}

/// How a signature with a public key is verified; `None` for a shared secret.
fn public_key_algorithm(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
        Algorithm::ES256 => &signature::ECDSA_P256_SHA256_FIXED,
        Algorithm::ES384 => &signature::ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDSA => &signature::ED25519,
        _ => return None,
    })
}

/// The key of an RSA modulus and exponent (big-endian), as DER (RFC 8017, `RSAPublicKey`).
pub fn rsa_key(modulus: &[u8], exponent: &[u8]) -> DecodingKey {
    let sequence = [der(0x02, &positive(modulus)), der(0x02, &positive(exponent))].concat();
    DecodingKey::from_rsa_der(&der(0x30, &sequence))
}

/// A positive integer of DER: without leading zeros, except before a high bit.
fn positive(number: &[u8]) -> Vec<u8> {
    let digits = number.iter().position(|byte| *byte != 0).map_or(&[][..], |first| &number[first..]);
    let sign = digits.first().is_none_or(|byte| *byte >= 0x80);
    sign.then_some(0).into_iter().chain(digits.iter().copied()).collect()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut encoded = vec![tag];
    if content.len() >= 0x80 {
        encoded.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
    }
    encoded.extend(digits);
    encoded.extend(content);
    encoded
}

struct PublicKey(Algorithm, UnparsedPublicKey<Vec<u8>>);

impl Verifier<Vec<u8>> for PublicKey {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        self.1.verify(message, signature).map_err(|_| Error::new())
    }
}

impl JwtVerifier for PublicKey {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
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

    /// Made by OpenSSL: the modulus of a key (exponent 65537), a message, and its signature RS256.
    const MODULUS: &str = "qL1kyYfGP5S7cgLzKwWCcOl8XFo5M5fTlMstdyZNaLjBK4ARV57pGFHo8ZyFnqZZEJfG8RwrfzJEpoZMdyL8kOsGgAvnEw_ex9A1\
        pbNbbGOaiKVINEhwEwwC_wTdAYDg5XHzD-_RsQ7_esqzyPKJw2aN31hdi9lqHKNa-YP5p2KHgdOrHuzE6vwLNxf15pKVUGb2ony9\
        BGEBAhzOOj10HiHk8wlwAzD5mCpK236r7dv6mzxNlXmRBnAC_4odARtgnt_mF4iJWZzS6t6TABzJZITMg_kr57ySasQZf3Mxhm4G\
        N11LT4mvXGzORg71aOKbbSUXVmBSssEYZKUf5W39YQ";
    const SIGNED: &str = "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogInIifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlLm9yZyIsICJhdWQiOiAiaW9jI\
        iwgInN1YiI6ICJhbiIsICJleHAiOiA0MTAyNDQ0ODAwfQ";
    const BY_OPENSSL: &str = "D59NRdiwowxPp4gPuukQpSDnZDvcykJTwxlbRfskgivLF6ifqme0CeDChdfNRo7HDt_YLCxBQv4btjpY80xWYUvwl1ODGQhph6sm\
        281fgMyX8oeI34a9-oxLZm1NSph1Cb1-60myFjyHt5NVEQ98qTH2UzPPUwS4GD-_dIjsYhlqFquZjwfruzVDjAOZORH9ZAo4R74D\
        VDJ7hTHAoxzumKwtETzypGJNSQekPeI1PqlRYQPo9_xkaA4m7OZrJV9h-r-YwMxwxRGuEp302-pijxxjnoMV4F3lmZecXVTD9xtb\
        egqVl2JQ3cnHSfkkIwi3Ne1rypB4qoJZk6bic8_8Lg";

    #[test]
    fn a_signature_of_another_program_is_verified() {
        install();
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let key = rsa_key(&decoded(MODULUS), &[1, 0, 1]);
        let accepted = |signature: &str, message: &str, algorithm| {
            verify(signature, message.as_bytes(), &key, algorithm).is_ok_and(|right| right)
        };
        assert!(accepted(BY_OPENSSL, SIGNED, Algorithm::RS256));
        assert!(!accepted(BY_OPENSSL, "other", Algorithm::RS256));
        assert!(!accepted(BY_OPENSSL, SIGNED, Algorithm::RS384));
        assert!(!accepted(BY_OPENSSL, SIGNED, Algorithm::PS256));
        assert!(!accepted(BY_OPENSSL, SIGNED, Algorithm::HS256));
        assert!(!accepted(BY_OPENSSL, SIGNED, Algorithm::ES256));
        assert!(!accepted("", SIGNED, Algorithm::RS256));
        let leading_zero = rsa_key(&[&[0, 0], decoded(MODULUS).as_slice()].concat(), &[0, 1, 0, 1]);
        assert!(verify(BY_OPENSSL, SIGNED.as_bytes(), &leading_zero, Algorithm::RS256).is_ok_and(|right| right));
    }
}
