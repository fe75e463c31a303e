//! SipHash-2-4, by which TensorFlow puts strings into buckets with a key.
//!
//! source: highwayhash/sip_hash.h

/// Returns the hash of a string under a key of two numbers.
#[must_use]
pub fn siphash(text: &[u8], key: [u64; 2]) -> u64 {
    let [first, second] = key;
    let mut state = [
        first ^ 0x736f_6d65_7073_6575,
        second ^ 0x646f_7261_6e64_6f6d,
        first ^ 0x6c79_6765_6e65_7261,
        second ^ 0x7465_6462_7974_6573,
    ];
    let words = text.chunks_exact(8);
    let mut last = [0; 8];
    words.remainder().iter().zip(&mut last).for_each(|(from, to)| *to = *from);
    // The last word ends with the length, of which a byte is kept.
    last[7] = text.len().to_le_bytes()[0];
    for word in words.map(little_endian).chain([u64::from_le_bytes(last)]) {
        state[3] ^= word;
        rounds(&mut state, 2);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    rounds(&mut state, 4);
    state.into_iter().fold(0, |mixed, part| mixed ^ part)
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn rounds(state: &mut [u64; 4], count: u32) {
    let [mut a, mut b, mut c, mut d] = *state;
    for _ in 0..count {
        a = a.wrapping_add(b);
        c = c.wrapping_add(d);
        b = b.rotate_left(13) ^ a;
        d = d.rotate_left(16) ^ c;
        a = a.rotate_left(32);
        c = c.wrapping_add(b);
        a = a.wrapping_add(d);
        b = b.rotate_left(17) ^ c;
        d = d.rotate_left(21) ^ a;
        c = c.rotate_left(32);
    }
    *state = [a, b, c, d];
}

#[cfg(test)]
mod tests {
    use super::siphash;

    #[test]
    fn gives_the_hashes_of_the_reference() {
        // The vectors of the paper: the bytes 0, 1, ... under the key 00 01 ... 0f.
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        let bytes: Vec<u8> = (0..15).collect();
        assert_eq!(siphash(&bytes, key), 0xa129_ca61_49be_45e5);
        assert_eq!(siphash(&[], key), 0x726f_db47_dd0e_0e31);
    }

    #[test]
    fn gives_the_buckets_of_tensorflow() {
        // `tf.strings.to_hash_bucket_strong(["A", "B", "C", "D", "E"], 3, [133, 137])`
        let found = ["A", "B", "C", "D", "E"].map(|text| siphash(text.as_bytes(), [133, 137]) % 3);
        assert_eq!(found, [1, 2, 1, 0, 2]);
    }
}
