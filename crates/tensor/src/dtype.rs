//! Element types.

use std::fmt;

/// The element type of a tensor, by TensorFlow's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are TensorFlow's")]
pub enum DType {
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    BFloat16,
    Float16,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    /// NumPy's `object`.
    Object,
    Variant,
    Resource,
}

use DType::*;

impl DType {
    /// Every dtype.
    pub const ALL: [DType; 19] = [
        Bool, UInt8, UInt16, UInt32, UInt64, Int8, Int16, Int32, Int64, BFloat16, Float16, Float32, Float64,
        Complex64, Complex128, String, Object, Variant, Resource,
    ];

    /// Returns the name that `dtype.name` prints.
    pub fn name(self) -> &'static str {
        match self {
            Bool => "bool",
            UInt8 => "uint8",
            UInt16 => "uint16",
            UInt32 => "uint32",
            UInt64 => "uint64",
            Int8 => "int8",
            Int16 => "int16",
            Int32 => "int32",
            Int64 => "int64",
            BFloat16 => "bfloat16",
            Float16 => "float16",
            Float32 => "float32",
            Float64 => "float64",
            Complex64 => "complex64",
            Complex128 => "complex128",
            String => "string",
            Object => "object",
            Variant => "variant",
            Resource => "resource",
        }
    }

    /// Finds a dtype by its name, with the aliases that TensorFlow and NumPy take (`"float"`, `"f4"`, `"half"`).
    pub fn parse(name: &str) -> Option<DType> {
        let alias = match name {
            "float" | "f8" | "double" | "<f8" | "d" => Float64,
            "f4" | "<f4" | "f" | "single" => Float32,
            "half" | "f2" | "e" => Float16,
            "int" | "i8" | "<i8" | "long" | "l" => Int64,
            "i4" | "<i4" | "i" => Int32,
            "u1" | "B" => UInt8,
            "b1" | "?" | "boolean" => Bool,
            "str" | "U" => String,
            "O" => Object,
            _ => return DType::ALL.into_iter().find(|d| d.name() == name),
        };
        Some(alias)
    }

    /// Returns the name of the protobuf enum, as in `T=DT_INT32`.
    pub fn proto(self) -> &'static str {
        match self {
            Bool => "DT_BOOL",
            UInt8 => "DT_UINT8",
            UInt16 => "DT_UINT16",
            UInt32 => "DT_UINT32",
            UInt64 => "DT_UINT64",
            Int8 => "DT_INT8",
            Int16 => "DT_INT16",
            Int32 => "DT_INT32",
            Int64 => "DT_INT64",
            BFloat16 => "DT_BFLOAT16",
            Float16 => "DT_HALF",
            Float32 => "DT_FLOAT",
            Float64 => "DT_DOUBLE",
            Complex64 => "DT_COMPLEX64",
            Complex128 => "DT_COMPLEX128",
            String => "DT_STRING",
            Object | Variant => "DT_VARIANT",
            Resource => "DT_RESOURCE",
        }
    }

    /// Returns the type's name in TensorFlow's C++ texts (`float`, `int64`), as in "double tensor".
    pub fn cpp(self) -> &'static str {
        match self {
            Float32 => "float",
            Float64 => "double",
            Float16 => "half",
            other => other.name(),
        }
    }

    /// Tells whether the type is a real floating-point one.
    pub fn is_floating(self) -> bool {
        matches!(self, BFloat16 | Float16 | Float32 | Float64)
    }

    /// Tells whether the type is a complex one.
    pub fn is_complex(self) -> bool {
        matches!(self, Complex64 | Complex128)
    }

    /// Tells whether the type is an integer one; bool is not.
    pub fn is_integer(self) -> bool {
        matches!(self, UInt8 | UInt16 | UInt32 | UInt64 | Int8 | Int16 | Int32 | Int64)
    }

    /// Tells whether the type is an unsigned integer one.
    pub fn is_unsigned(self) -> bool {
        matches!(self, UInt8 | UInt16 | UInt32 | UInt64)
    }

    /// Tells whether a gradient can flow through a tensor of this type.
    pub fn is_differentiable(self) -> bool {
        self.is_floating() || self.is_complex()
    }

    /// Returns the element's size in bytes, where it has one.
    pub fn size(self) -> Option<u32> {
        Some(match self {
            Bool | UInt8 | Int8 => 1,
            UInt16 | Int16 | BFloat16 | Float16 => 2,
            UInt32 | Int32 | Float32 => 4,
            UInt64 | Int64 | Float64 | Complex64 => 8,
            Complex128 => 16,
            String | Object | Variant | Resource => return None,
        })
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// NumPy's `result_type` of two dtypes; nothing where NumPy has none (strings with numbers).
pub fn numpy_result_type(a: DType, b: DType) -> Option<DType> {
    if a == b {
        return Some(a);
    }
    let (low, high) = if rank(a)? <= rank(b)? { (a, b) } else { (b, a) };
    Some(match (low, high) {
        (Bool, _) => high,
        (l, h) if h.is_complex() => {
            let wide = l == Float64 || (l.is_integer() && l.size() >= Some(4)) || l == Complex128;
            if wide { Complex128 } else { h }
        }
        (l, h) if h.is_floating() && l.is_integer() => {
            let needed = match l.size() {
                Some(1) => Float16,
                Some(2) => Float32,
                _ => Float64,
            };
            if h.size() >= needed.size() { h } else { needed }
        }
        (BFloat16, Float16) => Float32,
        (l, h) if h.is_integer() && l.is_unsigned() != h.is_unsigned() => {
            let (unsigned, signed) = if l.is_unsigned() { (l, h) } else { (h, l) };
            match (unsigned.size(), signed.size()) {
                (Some(u), Some(s)) if u < s => signed,
                (Some(1), _) => Int16,
                (Some(2), _) => Int32,
                (Some(4), _) => Int64,
                _ => Float64,
            }
        }
        (_, h) => h,
    })
}

/// Orders the numeric dtypes by kind, then size.
fn rank(d: DType) -> Option<u32> {
    let kind = match d {
        Bool => 0,
        d if d.is_integer() => 100,
        d if d.is_floating() => 200,
        d if d.is_complex() => 300,
        _ => return None,
    };
    Some(kind + d.size().unwrap_or(0) * 2 + u32::from(d == Float16))
}
