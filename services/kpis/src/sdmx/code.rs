//! Codes of the platform as ids of SDMX, which have letters, digits, `_`, `-`, `@` and `$` only.
//!
//! Every other byte, and `$` itself, is written as `$` with two hexadecimal digits, so each code has one id and gets it back:
//! `ĐA-3` is `$C4$90A-3`.

use std::fmt::Write;

use super::component::NOT_APPLICABLE;

/// The id of a code.
pub fn id(code: &str) -> String {
    if code == NOT_APPLICABLE {
        return "$5FZ".to_owned();
    }
    let mut id = String::with_capacity(code.len());
    for byte in code.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@') {
            id.push(char::from(byte));
        } else {
            // A string takes all that is written to it.
            let _ = write!(id, "${byte:02X}");
        }
    }
    id
}

/// The code of an id. `None` when a `$` is not followed by two hexadecimal digits, or when the bytes are no text.
pub fn code(id: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let [first, others @ ..] = rest {
        if *first != b'$' {
            bytes.push(*first);
            rest = others;
            continue;
        }
        let digits = others.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = &others[2..];
    }
    String::from_utf8(bytes).ok().filter(|code| !code.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_one_id_and_gets_it_back() {
        for (text, written) in [
            ("CT-MAU_001", "CT-MAU_001"),
            ("00004", "00004"),
            ("ĐA-3", "$C4$90A-3"),
            ("a b,\"c\"", "a$20b$2C$22c$22"),
            ("1$2", "1$242"),
            ("_Z", "$5FZ"),
        ] {
            assert_eq!(id(text), written);
            assert_eq!(code(written).as_deref(), Some(text));
        }
        for wrong in ["$", "$4", "$GG", "$+1", "$C4", "$00"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
        // Other systems write what is no id; it stands for itself.
        assert_eq!(code("ĐA.3").as_deref(), Some("ĐA.3"));
    }
}
