//! Exponential, logarithm and hyperbolic tangent in single precision, without branches or calls, so that loops over them are
//! vectorised.
//!
//! All are within two units in the last place, as those of TensorFlow are.
//!
//! source: Moshier: Cephes Mathematical Library, `expf`, `logf` and `tanhf` (the polynomials)

/// Adding it rounds a small float to an integer, which then stands in the lowest bits.
const ROUNDING: f32 = 12_582_912.0;

/// `exp(x)`.
#[inline]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is infinite or zero; `max` and `min` would lose what is no number.
    let x = if x > 88.8 { 88.8 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = shifted - ROUNDING;
    // x - whole * log(2), which is split in two so that the first product is exact.
    let r = x - whole * 0.693_359_4;
    let r = r + whole * 2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let y = p * r * r + r + 1.0;
    // 2^whole in two factors, since one alone cannot hold the exponents of the smallest and the largest results.
    let exponent = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()).cast_signed();
    let half = exponent >> 1;
    y * power_of_two(half) * power_of_two(exponent - half)
}

/// `2^n` for exponents of normal numbers.
#[inline]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) << 23).cast_unsigned())
}

/// `log(x)`.
#[inline]
pub(crate) fn log(x: f32) -> f32 {
    // What is below the normal numbers is brought among them.
    let small = x < f32::MIN_POSITIVE;
    let scaled = if small { x * 8_388_608.0 } else { x };
    let lift = if small { -23.0 } else { 0.0 };
    // x = 2^whole * m, with m between the root of a half and that of two.
    const ROOT_OF_HALF: i32 = 0x3f35_04f3;
    const ONE: i32 = 0x3f80_0000;
    let shifted = scaled.to_bits().cast_signed().wrapping_add(ONE - ROOT_OF_HALF);
    let whole = ((shifted >> 23) - 127) as f32 + lift;
    let m = f32::from_bits(((shifted & 0x007f_ffff) + ROOT_OF_HALF).cast_unsigned());
    let r = m - 1.0;
    let z = r * r;
    let p = 7.037_683_6e-2;
    let p = p * r - 1.151_461e-1;
    let p = p * r + 1.167_699_9e-1;
    let p = p * r - 1.242_014_1e-1;
    let p = p * r + 1.424_932_3e-1;
    let p = p * r - 1.666_805_7e-1;
    let p = p * r + 2.000_071_5e-1;
    let p = p * r - 2.499_999_4e-1;
    let p = p * r + 3.333_333e-1;
    // log(2) is split in two, as in `exp`.
    let y = p * r * z + whole * -2.121_944_4e-4 - 0.5 * z;
    let y = r + y + whole * 0.693_359_4;
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x < 0.0 { f32::NAN } else { y }
}

/// `tanh(x)`.
#[inline]
pub(crate) fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let far = 1.0 - 2.0 / (exp(size + size) + 1.0);
    let z = x * x;
    let p = -5.704_988_7e-3;
    let p = p * z + 2.063_909e-2;
    let p = p * z - 5.373_971_6e-2;
    let p = p * z + 1.333_144_2e-1;
    let p = p * z - 3.333_328e-1;
    let near = p * z * x + x;
    (if size < 0.625 { near } else { far }).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance from a function in double precision, in units in the last place.
    fn farthest(own: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let mut worst: f64 = 0.0;
        for step in 0..200_000_u32 {
            let x = from + (to - from) * step as f32 / 200_000.0;
            let (found, expected) = (own(x), exact(f64::from(x)));
            let unit = f64::from((expected as f32).next_up()) - f64::from(expected as f32);
            worst = worst.max((f64::from(found) - expected).abs() / unit.abs());
        }
        worst
    }

    #[test]
    fn are_within_two_units_in_the_last_place() {
        assert!(farthest(exp, f64::exp, -87.0, 88.7) < 2.0);
        assert!(farthest(exp, f64::exp, -1.0, 1.0) < 2.0);
        assert!(farthest(log, f64::ln, 1e-30, 1e-3) < 2.0);
        assert!(farthest(log, f64::ln, 0.01, 3.0) < 2.0);
        assert!(farthest(log, f64::ln, 3.0, 1e30) < 2.0);
        assert!(farthest(tanh, f64::tanh, -9.5, 9.5) < 2.0);
        assert!(farthest(tanh, f64::tanh, -0.01, 0.01) < 2.0);
    }

    #[test]
    fn keep_the_edges() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!([exp(f32::INFINITY), exp(f32::NEG_INFINITY)], [f32::INFINITY, 0.0]);
        assert_eq!([exp(89.0), exp(-120.0)], [f32::INFINITY, 0.0]);
        assert!(exp(-100.0) > 0.0 && exp(88.7) < f32::INFINITY);
        assert_eq!([tanh(f32::INFINITY), tanh(-100.0), tanh(0.0)], [1.0, -1.0, 0.0]);
        assert!(tanh(-0.0).is_sign_negative());
        assert_eq!([log(1.0), log(0.0), log(f32::INFINITY)], [0.0, f32::NEG_INFINITY, f32::INFINITY]);
        assert!((f64::from(log(1e-42)) - f64::from(1e-42_f32).ln()).abs() < 1e-4);
        assert!(log(-1.0).is_nan() && log(f32::NAN).is_nan());
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
    }
}
