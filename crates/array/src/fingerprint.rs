//! FarmHash's `Fingerprint64`, by which TensorFlow puts strings into buckets.
//!
//! source: farmhash.cc: farmhashna::Hash64

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;

/// Returns the fingerprint of a string.
#[must_use]
pub fn fingerprint(text: &[u8]) -> u64 {
    match text.len() {
        0..=16 => of_few(text),
        17..=32 => of_two_pairs(text),
        33..=64 => of_two_halves(text),
        _ => of_blocks(text),
    }
}

/// Eight bytes from a place on; those beyond the end are zeros.
fn word(text: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    text.iter().skip(at).zip(&mut bytes).for_each(|(from, to)| *to = *from);
    u64::from_le_bytes(bytes)
}

fn half(text: &[u8], at: usize) -> u64 {
    word(text, at) & 0xffff_ffff
}

fn right(x: u64, by: u32) -> u64 {
    x.rotate_right(by)
}

fn times(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b)
}

fn sum(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.wrapping_add(*part))
}

fn shifted(x: u64) -> u64 {
    x ^ (x >> 47)
}

fn mixed(u: u64, v: u64, by: u64) -> u64 {
    let a = shifted(times(u ^ v, by));
    times(shifted(times(v ^ a, by)), by)
}

fn of_few(text: &[u8]) -> u64 {
    let len = text.len() as u64;
    let by = sum(&[K2, 2 * len]);
    if text.len() >= 8 {
        let (a, b) = (sum(&[word(text, 0), K2]), word(text, text.len() - 8));
        let c = sum(&[times(right(b, 37), by), a]);
        let d = times(sum(&[right(a, 25), b]), by);
        return mixed(c, d, by);
    }
    if text.len() >= 4 {
        return mixed(sum(&[len, half(text, 0) << 3]), half(text, text.len() - 4), by);
    }
    let byte = |at: usize| text.get(at).map_or(0, |b| u64::from(*b));
    if text.is_empty() {
        return K2;
    }
    let y = sum(&[byte(0), byte(text.len() / 2) << 8]);
    let z = sum(&[len, byte(text.len() - 1) << 2]);
    times(shifted(times(y, K2) ^ times(z, K0)), K2)
}

fn of_two_pairs(text: &[u8]) -> u64 {
    let by = sum(&[K2, 2 * text.len() as u64]);
    let (a, b) = (times(word(text, 0), K1), word(text, 8));
    let c = times(word(text, text.len() - 8), by);
    let d = times(word(text, text.len() - 16), K2);
    let u = sum(&[right(sum(&[a, b]), 43), right(c, 30), d]);
    mixed(u, sum(&[a, right(sum(&[b, K2]), 18), c]), by)
}

fn of_two_halves(text: &[u8]) -> u64 {
    let by = sum(&[K2, 2 * text.len() as u64]);
    let (a, b) = (times(word(text, 0), K2), word(text, 8));
    let c = times(word(text, text.len() - 8), by);
    let d = times(word(text, text.len() - 16), K2);
    let y = sum(&[right(sum(&[a, b]), 43), right(c, 30), d]);
    let z = mixed(y, sum(&[a, right(sum(&[b, K2]), 18), c]), by);
    let (e, f) = (times(word(text, 16), by), word(text, 24));
    let g = times(sum(&[y, word(text, text.len() - 32)]), by);
    let h = times(sum(&[z, word(text, text.len() - 24)]), by);
    let u = sum(&[right(sum(&[e, f]), 43), right(g, 30), h]);
    mixed(u, sum(&[e, right(sum(&[f, a]), 18), g]), by)
}

/// Four words of a block mixed into two.
fn weakly(text: &[u8], at: usize, a: u64, b: u64) -> [u64; 2] {
    let [w, x, y, z] = [0, 8, 16, 24].map(|by| word(text, at + by));
    let a = sum(&[a, w]);
    let b = right(sum(&[b, a, z]), 21);
    let c = sum(&[a, x, y]);
    [sum(&[c, z]), sum(&[b, right(c, 44), a])]
}

fn of_blocks(text: &[u8]) -> u64 {
    let mut x: u64 = 81;
    let mut y = sum(&[times(x, K1), 113]);
    let mut z = times(shifted(sum(&[times(y, K2), 113])), K2);
    let (mut v, mut w) = ([0, 0], [0, 0]);
    x = sum(&[times(x, K2), word(text, 0)]);
    let rest = (text.len() - 1) % 64;
    let mut block = |at: usize, by: u64, nine: u64, v: &mut [u64; 2], w: &mut [u64; 2]| {
        x = times(right(sum(&[x, y, v[0], word(text, at + 8)]), 37), by);
        y = times(right(sum(&[y, v[1], word(text, at + 48)]), 42), by);
        x ^= times(w[1], nine);
        y = sum(&[y, times(v[0], nine), word(text, at + 40)]);
        z = times(right(sum(&[z, w[0]]), 33), by);
        *v = weakly(text, at, times(v[1], by), sum(&[x, w[0]]));
        *w = weakly(text, at + 32, sum(&[z, w[1]]), sum(&[y, word(text, at + 16)]));
        std::mem::swap(&mut x, &mut z);
        (x, y, z)
    };
    let mut low = 0;
    for at in (0..text.len() - 1 - rest).step_by(64) {
        low = block(at, K1, 1, &mut v, &mut w).2 & 0xff;
    }
    let by = sum(&[K1, low << 1]);
    w[0] = sum(&[w[0], rest as u64]);
    v[0] = sum(&[v[0], w[0]]);
    w[0] = sum(&[w[0], v[0]]);
    let (x, y, z) = block(text.len() - 64, by, 9, &mut v, &mut w);
    let first = sum(&[mixed(v[0], w[0], by), times(shifted(y), K0), z]);
    mixed(first, sum(&[mixed(v[1], w[1], by), x]), by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_buckets_of_tensorflow() {
        // `tf.strings.to_hash_bucket_fast(text, 1000003)`
        let texts = [
            "",
            "a",
            "hello",
            "img_1.jpg",
            "a longer text than 16",
            "a text that is longer than thirty-two bytes",
        ];
        let found = texts.map(|text| fingerprint(text.as_bytes()) % 1_000_003);
        assert_eq!(found, BUCKETS);
        let long = "x1y2z".repeat(40);
        let found = [65, 100, 128, 129, 200].map(|len| fingerprint(&long.as_bytes()[..len]) % 1_000_003);
        assert_eq!(found, LONG);
    }

    const BUCKETS: [u64; 6] = [377_723, 291_400, 497_363, 509_751, 590_707, 547_578];
    const LONG: [u64; 5] = [358_144, 304_010, 509_210, 997_141, 108_404];
}
