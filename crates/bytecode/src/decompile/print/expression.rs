//! Expressions, with parentheses only where they are needed.

use super::{Printer, Prints};
use crate::literal::literal;
use crate::object::Object;
use crate::ops::{Binary, Collection, Comparison, Unary};

use super::super::tree::{Argument, Clause, Comprehension, Expr, Gathers, Shared};

/// The longest literal of a constant.
const MAX_LITERAL: usize = 200_000;

/// How tightly an expression holds together, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// `x := 1`, `yield x`, `a, b`: needs parentheses nearly everywhere.
    Loose,
    /// `lambda: 1`, `a if b else c`.
    Test,
    Or,
    And,
    Not,
    Comparison,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Sign,
    Power,
    Await,
    Atom,
}

impl Precedence {
    fn tighter(self) -> Precedence {
        const ALL: [Precedence; 16] = [
            Precedence::Loose,
            Precedence::Test,
            Precedence::Or,
            Precedence::And,
            Precedence::Not,
            Precedence::Comparison,
            Precedence::BitOr,
            Precedence::BitXor,
            Precedence::BitAnd,
            Precedence::Shift,
            Precedence::Sum,
            Precedence::Product,
            Precedence::Sign,
            Precedence::Power,
            Precedence::Await,
            Precedence::Atom,
        ];
        ALL.get(self as usize + 1).copied().unwrap_or(Precedence::Atom)
    }
}

impl Printer {
    /// Writes an expression where at least that precedence is needed.
    pub(super) fn expr(&mut self, expr: &Expr, needed: Precedence) -> Prints {
        self.deeper()?;
        let parentheses = precedence(expr) < needed;
        if parentheses {
            self.push("(")?;
        }
        self.bare(expr)?;
        if parentheses {
            self.push(")")?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Writes an expression where anything may stand, such as between brackets: all but `:=` and `yield`.
    pub(super) fn test(&mut self, expr: &Expr) -> Prints {
        self.expr(expr, Precedence::Test)
    }

    fn bare(&mut self, expr: &Expr) -> Prints {
        match expr {
            Expr::Name(name) => self.name(name),
            Expr::Constant(constant) => self.constant(constant),
            Expr::Attribute(value, name) => {
                // `1 .real` would be a float without the space; parentheses are plainer.
                if matches!(&**value, Expr::Constant(Object::Int(int)) if !int.is_negative()) {
                    self.push("(")?;
                    self.bare(value)?;
                    self.push(")")?;
                } else {
                    self.expr(value, Precedence::Atom)?;
                }
                self.push(".")?;
                self.name(name)
            }
            Expr::Subscript(value, index) => {
                self.expr(value, Precedence::Atom)?;
                self.push("[")?;
                self.index(index)?;
                self.push("]")
            }
            Expr::Slice(..) => Err("a slice stands where none can"),
            Expr::Unary(operator, operand) => {
                let (sign, needed) = match operator {
                    Unary::Plus => ("+", Precedence::Sign),
                    Unary::Minus => ("-", Precedence::Sign),
                    Unary::Invert => ("~", Precedence::Sign),
                    Unary::Not => ("not ", Precedence::Not),
                };
                self.push(sign)?;
                self.expr(operand, needed)
            }
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::Compare(first, rest) => self.compare(first, rest),
            Expr::Bool { and, parts } => {
                let needed = if *and { Precedence::Not } else { Precedence::And };
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.push(if *and { " and " } else { " or " })?;
                    }
                    self.expr(part, needed)?;
                }
                Ok(())
            }
            Expr::Conditional { test, yes, no } => {
                self.expr(yes, Precedence::Or)?;
                self.push(" if ")?;
                self.expr(test, Precedence::Or)?;
                self.push(" else ")?;
                self.expr(no, Precedence::Test)
            }
            Expr::Call(callee, arguments) => {
                self.expr(callee, Precedence::Atom)?;
                self.arguments(arguments)
            }
            Expr::Display(collection, elements) => self.display(*collection, elements),
            Expr::Dict(entries) => self.dict(entries),
            Expr::Starred(value) => {
                self.push("*")?;
                self.expr(value, Precedence::BitOr)
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Text(pieces) => self.text(pieces),
            Expr::Walrus(name, value) => {
                self.name(name)?;
                self.push(" := ")?;
                self.test(value)
            }
            Expr::Yield(None) => self.push("yield"),
            Expr::Yield(Some(value)) => {
                self.push("yield ")?;
                self.tuple_or_test(value)
            }
            Expr::YieldFrom(value) => {
                self.push("yield from ")?;
                self.test(value)
            }
            Expr::Await(value) => {
                self.push("await ")?;
                self.expr(value, Precedence::Atom)
            }
            Expr::Function(_) | Expr::Class(_) => Err("a definition stands where none can"),
            Expr::InPlace(..) => Err("an assignment in place stands where none can"),
            Expr::AssertionError => Err("an assertion in it is not understood"),
            Expr::Caught(_) | Expr::Swallowed | Expr::Held(_) => Err("its exceptions are not understood"),
            Expr::Subject(_) => Err("a match in it is not understood"),
        }
    }

    fn compare(&mut self, first: &Expr, rest: &[(Comparison, Shared)]) -> Prints {
        self.expr(first, Precedence::BitOr)?;
        for (comparison, operand) in rest {
            self.push(comparison_sign(*comparison))?;
            if matches!(comparison, Comparison::In | Comparison::NotIn) && self.constant_set(operand)? {
                continue;
            }
            self.expr(operand, Precedence::BitOr)?;
        }
        Ok(())
    }

    /// Writes a value where a tuple needs no parentheses: after `return`, `=`, `in`.
    pub(super) fn tuple_or_test(&mut self, expr: &Expr) -> Prints {
        match expr {
            Expr::Display(Collection::Tuple, elements) if !elements.is_empty() => {
                // Unpacking in `return *a, b` came later than in `return (*a, b)`.
                if elements.iter().any(|element| matches!(&**element, Expr::Starred(_))) {
                    return self.bare(expr);
                }
                self.elements(elements)
            }
            _ => self.test(expr),
        }
    }

    /// Writes a constant set as the display that the compiler makes it of, where it does so: after `in`.
    pub(super) fn constant_set(&mut self, expr: &Expr) -> Result<bool, &'static str> {
        let Expr::Constant(Object::FrozenSet(parts)) = expr else { return Ok(false) };
        if parts.is_empty() {
            return Ok(false);
        }
        self.constant(&Object::Set(parts.clone()))?;
        Ok(true)
    }

    fn constant(&mut self, constant: &Object) -> Prints {
        match literal(constant, MAX_LITERAL) {
            Some(text) => self.push(&text),
            None => Err("a constant in it has no literal"),
        }
    }

    /// Writes what stands between the brackets of a subscript.
    fn index(&mut self, index: &Expr) -> Prints {
        match index {
            Expr::Display(Collection::Tuple, elements) if !elements.is_empty() => {
                let starred = elements.iter().any(|element| matches!(&**element, Expr::Starred(_)));
                let slices = elements.iter().any(|element| matches!(&**element, Expr::Slice(..)));
                if starred && !slices {
                    // `x[*a]` came with 3.11.
                    return self.bare(index);
                }
                for (place, element) in elements.iter().enumerate() {
                    self.push(if place > 0 { ", " } else { "" })?;
                    match &**element {
                        Expr::Slice(start, stop, step) => self.slice(start, stop, step)?,
                        _ => self.test(element)?,
                    }
                }
                self.push(if elements.len() == 1 { "," } else { "" })
            }
            Expr::Constant(Object::Tuple(parts)) if parts.iter().any(has_slice) => {
                // Since 3.14 the compiler makes constants of constant slices.
                for (place, part) in parts.iter().enumerate() {
                    if place > 0 {
                        self.push(", ")?;
                    }
                    self.constant_index(part)?;
                }
                self.push(if parts.len() == 1 { "," } else { "" })
            }
            Expr::Constant(constant) => self.constant_index(constant),
            Expr::Slice(start, stop, step) => self.slice(start, stop, step),
            _ => self.test(index),
        }
    }

    fn constant_index(&mut self, constant: &Object) -> Prints {
        let Object::Slice(parts) = constant else { return self.constant(constant) };
        let [start, stop, step] = &**parts;
        for (place, part) in [start, stop].into_iter().enumerate() {
            if *part != Object::None {
                self.constant(part)?;
            }
            self.push(if place == 0 { ":" } else { "" })?;
        }
        if *step != Object::None {
            self.push(":")?;
            self.constant(step)?;
        }
        Ok(())
    }

    fn slice(&mut self, start: &Option<Shared>, stop: &Option<Shared>, step: &Option<Shared>) -> Prints {
        if let Some(start) = start {
            self.test(start)?;
        }
        self.push(":")?;
        if let Some(stop) = stop {
            self.test(stop)?;
        }
        if let Some(step) = step {
            self.push(":")?;
            self.test(step)?;
        }
        Ok(())
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr) -> Prints {
        let level = binary_precedence(operator);
        if operator == Binary::Power {
            self.expr(left, Precedence::Await)?;
            self.push(" ** ")?;
            return self.expr(right, Precedence::Sign);
        }
        self.expr(left, level)?;
        self.push(" ")?;
        self.push(binary_sign(operator))?;
        self.push(" ")?;
        self.expr(right, level.tighter())
    }

    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Prints {
        self.push("(")?;
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            match argument {
                // `f(x for x in y)` needs no second pair of parentheses, but has the same tree with them.
                Argument::Positional(value) => self.test(value)?,
                Argument::Star(value) => {
                    self.push("*")?;
                    self.test(value)?;
                }
                Argument::Keyword(name, value) => {
                    self.name(name)?;
                    self.push("=")?;
                    self.test(value)?;
                }
                Argument::Mapping(value) => {
                    self.push("**")?;
                    self.test(value)?;
                }
            }
        }
        self.push(")")
    }

    fn elements(&mut self, elements: &[Shared]) -> Prints {
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            self.test(element)?;
        }
        self.push(if elements.len() == 1 { "," } else { "" })
    }

    fn display(&mut self, collection: Collection, elements: &[Shared]) -> Prints {
        let (open, close) = match collection {
            Collection::Tuple => ("(", ")"),
            Collection::List => ("[", "]"),
            Collection::Set => ("{", "}"),
        };
        if collection == Collection::Set && elements.is_empty() {
            return Err("an empty set has no display");
        }
        self.push(open)?;
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            self.test(element)?;
        }
        if collection == Collection::Tuple && elements.len() == 1 {
            self.push(",")?;
        }
        self.push(close)
    }

    fn dict(&mut self, entries: &[(Option<Shared>, Shared)]) -> Prints {
        self.push("{")?;
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            match key {
                Some(key) => {
                    self.test(key)?;
                    self.push(": ")?;
                    self.test(value)?;
                }
                None => {
                    self.push("**")?;
                    self.expr(value, Precedence::BitOr)?;
                }
            }
        }
        self.push("}")
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Prints {
        let (open, close) = match comprehension.gathers {
            Gathers::List => ("[", "]"),
            Gathers::Set | Gathers::Dict => ("{", "}"),
            Gathers::Generator => ("(", ")"),
        };
        self.push(open)?;
        self.test(&comprehension.element)?;
        if let Some(value) = &comprehension.value {
            self.push(": ")?;
            self.test(value)?;
        }
        for clause in &comprehension.clauses {
            match clause {
                Clause::For { target, iterable, asynchronous } => {
                    self.push(if *asynchronous { " async for " } else { " for " })?;
                    self.tuple_or_test(target)?;
                    self.push(" in ")?;
                    if !self.constant_set(iterable)? {
                        self.expr(iterable, Precedence::Or)?;
                    }
                }
                Clause::If(test) => {
                    self.push(" if ")?;
                    self.expr(test, Precedence::Or)?;
                }
            }
        }
        self.push(close)
    }
}

fn has_slice(object: &Object) -> bool {
    matches!(object, Object::Slice(_))
}

fn precedence(expr: &Expr) -> Precedence {
    match expr {
        Expr::Walrus(..) | Expr::Yield(_) | Expr::YieldFrom(_) => Precedence::Loose,
        Expr::Lambda(_) | Expr::Conditional { .. } => Precedence::Test,
        Expr::Bool { and: false, .. } => Precedence::Or,
        Expr::Bool { and: true, .. } => Precedence::And,
        Expr::Unary(Unary::Not, _) => Precedence::Not,
        Expr::Compare(..) => Precedence::Comparison,
        Expr::Unary(..) => Precedence::Sign,
        Expr::Binary(operator, ..) => binary_precedence(*operator),
        Expr::Await(_) => Precedence::Await,
        // `-1` is read as the negative of `1`.
        Expr::Constant(Object::Int(int)) if int.is_negative() => Precedence::Sign,
        Expr::Constant(Object::Float(float)) if float.is_sign_negative() && !float.is_nan() => {
            Precedence::Sign
        }
        Expr::Constant(Object::Complex(real, _)) if *real == 0.0 && real.is_sign_negative() => {
            Precedence::Sign
        }
        _ => Precedence::Atom,
    }
}

fn binary_precedence(operator: Binary) -> Precedence {
    match operator {
        Binary::Or => Precedence::BitOr,
        Binary::Xor => Precedence::BitXor,
        Binary::And => Precedence::BitAnd,
        Binary::LeftShift | Binary::RightShift => Precedence::Shift,
        Binary::Add | Binary::Subtract => Precedence::Sum,
        Binary::Multiply
        | Binary::Divide
        | Binary::FloorDivide
        | Binary::Remainder
        | Binary::MatrixMultiply => Precedence::Product,
        Binary::Power => Precedence::Power,
    }
}

/// Returns an operator as it is written.
pub(super) fn binary_sign(operator: Binary) -> &'static str {
    match operator {
        Binary::Add => "+",
        Binary::And => "&",
        Binary::FloorDivide => "//",
        Binary::LeftShift => "<<",
        Binary::MatrixMultiply => "@",
        Binary::Multiply => "*",
        Binary::Remainder => "%",
        Binary::Or => "|",
        Binary::Power => "**",
        Binary::RightShift => ">>",
        Binary::Subtract => "-",
        Binary::Divide => "/",
        Binary::Xor => "^",
    }
}

fn comparison_sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => " < ",
        Comparison::LessEqual => " <= ",
        Comparison::Equal => " == ",
        Comparison::NotEqual => " != ",
        Comparison::Greater => " > ",
        Comparison::GreaterEqual => " >= ",
        Comparison::In => " in ",
        Comparison::NotIn => " not in ",
        Comparison::Is => " is ",
        Comparison::IsNot => " is not ",
    }
}
