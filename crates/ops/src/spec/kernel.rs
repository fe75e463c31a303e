//! TensorFlow's op registry: input names, dtype constraints and whether a gradient is registered.
//!
//! `data/kernels.tsv` has a line for each op type, sorted by name: inputs, outputs, type attributes and the
//! state of the gradient registry. The lines are found by an index, made when the first op asks for one: every op
//! asks, and a loop applies the same ones over and over. What is in a line is parsed when it is asked for.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use tensor::DType;

/// The registry's lines, sorted by name.
static TABLE: &str = include_str!("../../data/kernels.tsv");

/// The dtype of an input or output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Always this one.
    Is(DType),
    /// Whatever the type attribute of this name is.
    Attr(&'static str),
    /// A list of mixed types, or one that is not modelled.
    Any,
}

/// One input or output of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name in TensorFlow's registry, as error texts quote it.
    pub name: &'static str,
    /// The dtype.
    pub ty: Ty,
    /// Whether it takes a list of tensors.
    pub list: bool,
}

/// What becomes of a gradient at a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slope {
    /// It reaches the inputs.
    Ok,
    /// It reaches the inputs as zeros (`Sign`).
    Zero,
    /// It stops: the tape gives `None`.
    None,
    /// No gradient is registered: asking for one raises `LookupError`.
    Missing,
}

/// One TensorFlow op type.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// The op type: `AddV2`.
    pub name: &'static str,
    inputs: &'static str,
    outputs: &'static str,
    attrs: &'static str,
    /// The state of the gradient registry.
    pub slope: Slope,
}

/// An op type in two bytes: where its line begins in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KernelRef(u16);

impl KernelRef {
    /// Finds an op type by its name.
    pub fn find(name: &str) -> Option<KernelRef> {
        let found = kernel(name)?.name;
        let at = (found.as_ptr() as usize).checked_sub(TABLE.as_ptr() as usize)?;
        u16::try_from(at).ok().map(KernelRef)
    }

    /// Returns the op type's name.
    pub fn name(self) -> &'static str {
        let line = TABLE.get(usize::from(self.0)..).unwrap_or_default();
        line.split('\t').next().unwrap_or_default()
    }
}

/// The lines by their op types' names.
static BY_NAME: LazyLock<FxHashMap<&'static str, Kernel>> =
    LazyLock::new(|| TABLE.lines().filter_map(parse_line).map(|kernel| (kernel.name, kernel)).collect());

/// Finds an op type by its name.
pub fn kernel(name: &str) -> Option<Kernel> {
    BY_NAME.get(name).copied()
}

fn parse_line(line: &'static str) -> Option<Kernel> {
    let mut fields = line.split('\t');
    let (name, inputs, outputs, attrs) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let slope = match fields.next()? {
        "ok" => Slope::Ok,
        "none" => Slope::None,
        _ => Slope::Missing,
    };
    Some(Kernel { name, inputs, outputs, attrs, slope })
}

impl Kernel {
    /// Returns the inputs in order.
    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        self.inputs.split(' ').filter(|s| !s.is_empty()).map(parse_input)
    }

    /// Returns the outputs in order.
    pub fn outputs(&self) -> impl Iterator<Item = Input> {
        self.outputs.split(' ').filter(|s| !s.is_empty()).map(parse_input)
    }

    /// Returns the names of the dtypes that a type attribute may have, comma-separated as registered.
    pub fn allowed(&self, attr: &str) -> Option<&'static str> {
        let rest = self.attr(attr)?.strip_prefix('=')?;
        Some(rest.split('|').next().unwrap_or(rest))
    }

    /// Returns the default of a type attribute.
    pub fn default(&self, attr: &str) -> Option<DType> {
        self.attr(attr)?.split('|').nth(1).and_then(DType::parse)
    }

    /// Returns the least value of an integer attribute: the number of tensors that a list must have.
    pub fn minimum(&self, attr: &str) -> Option<usize> {
        self.attr(attr)?.strip_prefix(">=")?.parse().ok()
    }

    /// Returns what follows an attribute's name: `=float32,int32|int32`.
    fn attr(&self, attr: &str) -> Option<&'static str> {
        let mut all = self.attrs.split(' ');
        all.find_map(|a| {
            a.strip_prefix(attr).filter(|rest| rest.is_empty() || !rest.as_bytes()[0].is_ascii_alphanumeric())
        })
    }
}

/// Reads `values:N*T`, `x:T`, `y:=bool` or `data:[T]`.
fn parse_input(text: &'static str) -> Input {
    let (name, ty) = text.split_once(':').unwrap_or((text, "?"));
    let (list, ty) = match ty.split_once('*') {
        Some((_, ty)) => (true, ty),
        None => (ty.starts_with('['), ty),
    };
    let ty = match ty.strip_prefix('=') {
        Some(name) => DType::parse(name).map_or(Ty::Any, Ty::Is),
        None if ty.starts_with('[') || ty == "?" => Ty::Any,
        None => Ty::Attr(ty),
    };
    Input { name, ty, list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_line() {
        for line in TABLE.lines() {
            let name = line.split('\t').next().unwrap_or_default();
            assert_eq!(kernel(name).map(|k| k.name), Some(name));
            assert_eq!(KernelRef::find(name).map(KernelRef::name), Some(name));
        }
        assert!(kernel("Nonsense").is_none() && kernel("").is_none() && kernel("zzz").is_none());
    }

    #[test]
    fn reads_a_line() {
        let concat = kernel("ConcatV2").unwrap();
        let inputs: Vec<Input> = concat.inputs().collect();
        assert_eq!(inputs[0], Input { name: "values", ty: Ty::Attr("T"), list: true });
        assert_eq!(inputs[1], Input { name: "axis", ty: Ty::Attr("Tidx"), list: false });
        assert_eq!(concat.allowed("Tidx"), Some("int32,int64"));
        assert_eq!(concat.default("Tidx"), Some(DType::Int32));
        assert_eq!(concat.allowed("T"), None);
        assert_eq!(concat.minimum("N"), Some(2));
    }
}
