//! Stored arrays as arrays of elements, and back.

use std::sync::Arc;

use array::{Array, Complex};
use tensor::DType;

use crate::npy::Npy;

impl Npy {
    /// Returns an array as NumPy stores it; nothing where its elements are not known.
    pub fn of_array(array: &Array) -> Option<Npy> {
        let dtype = array.dtype();
        let mut data = Vec::new();
        let descr = match dtype {
            DType::Bool => {
                data.extend(array.to_bools().ok()?.into_iter().map(u8::from));
                "|b1".to_owned()
            }
            DType::String => {
                let texts = array.to_texts().ok()?;
                let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
                for text in &texts {
                    let padded = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(width);
                    data.extend(padded.flat_map(u32::to_le_bytes));
                }
                format!("<U{width}")
            }
            d if d.is_integer() => {
                let size = d.size()? as usize;
                for n in array.to_ints().ok()? {
                    data.extend_from_slice(n.to_le_bytes().get(..size)?);
                }
                let kind = if d.name().starts_with('u') { 'u' } else { 'i' };
                format!("{}{kind}{size}", if size == 1 { '|' } else { '<' })
            }
            DType::Float64 => {
                data.extend(array.to_floats().ok()?.into_iter().flat_map(f64::to_le_bytes));
                "<f8".to_owned()
            }
            DType::Float32 => {
                data.extend(array.to_floats().ok()?.into_iter().flat_map(|x| (x as f32).to_le_bytes()));
                "<f4".to_owned()
            }
            DType::Complex128 => {
                for z in array.to_complexes().ok()? {
                    data.extend(z.re.to_le_bytes());
                    data.extend(z.im.to_le_bytes());
                }
                "<c16".to_owned()
            }
            DType::Complex64 => {
                for z in array.to_complexes().ok()? {
                    data.extend((z.re as f32).to_le_bytes());
                    data.extend((z.im as f32).to_le_bytes());
                }
                "<c8".to_owned()
            }
            _ => return None,
        };
        Some(Npy { descr, fortran: false, shape: array.shape().to_vec(), data })
    }

    /// Returns the array that was stored; nothing for a dtype that is not read.
    pub fn to_array(&self) -> Option<Array> {
        let (big, kind) = match self.descr.split_at_checked(1)? {
            (">", kind) => (true, kind),
            ("<" | "|" | "=", kind) => (false, kind),
            _ => (false, self.descr.as_str()),
        };
        let shape: Vec<usize> = match self.fortran {
            true => self.shape.iter().rev().copied().collect(),
            false => self.shape.clone(),
        };
        let count: usize = shape.iter().product();
        let width = self.data.len().checked_div(count).unwrap_or(1);
        let items = self.data.chunks(width.max(1)).take(count);
        let word = |bytes: &[u8], from: usize, size: usize| -> [u8; 8] {
            let mut out = [0; 8];
            for (at, slot) in out.iter_mut().enumerate().take(size) {
                let at = if big { size - 1 - at } else { at };
                *slot = bytes.get(from + at).copied().unwrap_or(0);
            }
            out
        };
        let unsigned = |bytes: &[u8], from: usize, size: usize| u64::from_le_bytes(word(bytes, from, size));
        let single = |bytes: &[u8], from: usize| f64::from(f32::from_bits(unsigned(bytes, from, 4) as u32));
        let double = |bytes: &[u8], from: usize| f64::from_bits(unsigned(bytes, from, 8));
        let signed = |bytes: &[u8], size: usize| {
            let unused = 64 - 8 * size as u32;
            (unsigned(bytes, 0, size) << unused) as i64 >> unused
        };
        let whole =
            |dtype, f: &dyn Fn(&[u8]) -> i64| Array::ints(&shape, dtype, items.clone().map(f).collect());
        let real =
            |dtype, f: &dyn Fn(&[u8]) -> f64| Array::floats(&shape, dtype, items.clone().map(f).collect());
        let array = match kind {
            "b1" | "?" => Array::bools(&shape, items.map(|b| b.first().is_some_and(|b| *b != 0)).collect()),
            "i1" => whole(DType::Int8, &|b| signed(b, 1)),
            "i2" => whole(DType::Int16, &|b| signed(b, 2)),
            "i4" => whole(DType::Int32, &|b| signed(b, 4)),
            "i8" => whole(DType::Int64, &|b| signed(b, 8)),
            "u1" => whole(DType::UInt8, &|b| unsigned(b, 0, 1) as i64),
            "u2" => whole(DType::UInt16, &|b| unsigned(b, 0, 2) as i64),
            "u4" => whole(DType::UInt32, &|b| unsigned(b, 0, 4) as i64),
            "u8" => whole(DType::UInt64, &|b| unsigned(b, 0, 8) as i64),
            "f4" => real(DType::Float32, &|b| single(b, 0)),
            "f8" => real(DType::Float64, &|b| double(b, 0)),
            "c8" => {
                let values = items.map(|b| Complex { re: single(b, 0), im: single(b, 4) }).collect();
                Array::complexes(&shape, DType::Complex64, values)
            }
            "c16" => {
                let values = items.map(|b| Complex { re: double(b, 0), im: double(b, 8) }).collect();
                Array::complexes(&shape, DType::Complex128, values)
            }
            _ if kind.starts_with('U') => {
                let text = |bytes: &[u8]| -> Arc<str> {
                    let codes = (0..bytes.len() / 4).map(|at| unsigned(bytes, 4 * at, 4) as u32);
                    codes.take_while(|code| *code != 0).filter_map(char::from_u32).collect::<String>().into()
                };
                Array::texts(&shape, items.map(text).collect())
            }
            _ => return None,
        };
        let array = array.ok()?;
        if self.fortran { array.transposed().ok() } else { Some(array) }
    }
}
