//! Base64 as Python's decoder takes it.

/// Why Python's decoder refuses a text; the loaders then take the text itself for the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPadding;

/// Decodes as `binascii.a2b_base64` does: what is not of the alphabet is skipped, and the padding ends the text.
///
/// # Errors
/// Where the last group of characters is not complete.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, BadPadding> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut count, mut pads) = (0_u32, 0, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                pads += 1;
                if count >= 2 && count + pads >= 4 {
                    return Ok(bytes);
                }
                continue;
            }
            _ => continue,
        };
        pads = 0;
        group = group << 6 | u32::from(value);
        count = (count + 1) % 4;
        // Each character after the first of a group completes a byte.
        let complete = match count {
            2 => group >> 4,
            3 => group >> 2,
            0 => group,
            _ => continue,
        };
        bytes.push(complete.to_le_bytes()[0]);
    }
    if count == 0 { Ok(bytes) } else { Err(BadPadding) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_python_does() {
        assert_eq!(decode_base64("aGVs bG8=\n"), Ok(b"hello".to_vec()));
        assert_eq!(decode_base64("!aGVsbG8=trailing"), Ok(b"hello".to_vec()));
        assert_eq!(decode_base64("aGVsbG8"), Err(BadPadding));
        assert_eq!(decode_base64("=aGVs="), Ok(b"hel".to_vec()));
        assert_eq!(decode_base64(""), Ok(Vec::new()));
    }
}
