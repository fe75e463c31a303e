//! Whole numbers of any size, in the digits that `marshal` stores.

use std::fmt;

/// A whole number: base-32768 digits, the lowest first, and a sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Integer {
    negative: bool,
    digits: Vec<u16>,
}

/// The base of a digit, in bits.
const BITS: u32 = 15;
/// Beyond so many digits a number is written in hexadecimal, which takes linear time. Python itself refuses
/// to write longer ones in decimal.
const DECIMAL: usize = 950;

impl Integer {
    /// Returns the number of these digits, each below 32768.
    pub(crate) fn new(negative: bool, mut digits: Vec<u16>) -> Integer {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Integer { negative: negative && !digits.is_empty(), digits }
    }

    /// Returns the number if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        let mut value: i128 = 0;
        if self.digits.len() > 5 {
            return None;
        }
        for digit in self.digits.iter().rev() {
            value = value << BITS | i128::from(*digit);
        }
        i64::try_from(if self.negative { -value } else { value }).ok()
    }

    /// Tells whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Returns the decimal digits in groups of four, the lowest group first.
    fn decimal(&self) -> Vec<u32> {
        let mut groups: Vec<u32> = Vec::new();
        for digit in self.digits.iter().rev() {
            let mut carry = u32::from(*digit);
            for group in &mut groups {
                let value = (*group << BITS) + carry;
                *group = value % 10_000;
                carry = value / 10_000;
            }
            while carry > 0 {
                groups.push(carry % 10_000);
                carry /= 10_000;
            }
        }
        groups
    }

    fn hexadecimal(&self) -> String {
        let bits: Vec<bool> =
            self.digits.iter().flat_map(|digit| (0..BITS).map(move |bit| digit >> bit & 1 == 1)).collect();
        let mut text: String = bits
            .chunks(4)
            .map(|chunk| chunk.iter().rev().fold(0, |value, bit| value << 1 | u32::from(*bit)))
            .map(|value| char::from_digit(value, 16).unwrap_or('0'))
            .collect();
        text.truncate(text.trim_end_matches('0').len().max(1));
        text.chars().rev().collect()
    }
}

impl From<i64> for Integer {
    fn from(value: i64) -> Integer {
        let mut rest = value.unsigned_abs();
        let mut digits = Vec::new();
        while rest > 0 {
            digits.push((rest & 0x7fff) as u16);
            rest >>= BITS;
        }
        Integer::new(value < 0, digits)
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        if self.digits.len() > DECIMAL {
            return write!(f, "0x{}", self.hexadecimal());
        }
        let groups = self.decimal();
        match groups.split_last() {
            None => f.write_str("0"),
            Some((highest, rest)) => {
                write!(f, "{highest}")?;
                rest.iter().rev().try_for_each(|group| write!(f, "{group:04}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        for value in [0, 1, -1, 9_999, 10_000, 32_768, -123_456_789, i64::MAX, i64::MIN] {
            let integer = Integer::from(value);
            assert_eq!(integer.to_string(), value.to_string());
            assert_eq!(integer.to_i64(), Some(value));
        }
    }

    #[test]
    fn large_numbers_are_exact() {
        // 2**75, the lowest that needs a sixth digit.
        let large = Integer::new(false, vec![0, 0, 0, 0, 0, 1]);
        assert_eq!(large.to_string(), "37778931862957161709568");
        assert_eq!(large.to_i64(), None);
        assert_eq!(large.hexadecimal(), "8000000000000000000");
    }
}
