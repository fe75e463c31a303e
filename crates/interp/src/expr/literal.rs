//! Literals and f-strings.

use python::Ranged;
use python::ast::{self, Expr, FStringPart, InterpolatedStringElement, Number};

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::{Plain, Value};

impl<'a> Interp<'a> {
    pub(super) fn eval_literal(&mut self, expr: &'a Expr) -> Eval {
        Ok(match expr {
            Expr::NumberLiteral(e) => match &e.value {
                Number::Int(n) => n.as_i64().map_or(Value::Any(Plain::Int), Value::Int),
                Number::Float(x) => Value::Float(*x),
                Number::Complex { real, imag } => match self.carries_out() {
                    true => self.python_complex(array::Complex { re: *real, im: *imag }),
                    false => self.unknown("a complex number"),
                },
            },
            Expr::StringLiteral(e) => Value::str(e.value.to_str()),
            Expr::BytesLiteral(e) => Value::Bytes(e.value.bytes().collect()),
            Expr::BooleanLiteral(e) => Value::Bool(e.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::EllipsisLiteral(_) => Value::Ellipsis,
            Expr::FString(e) => return self.eval_fstring(e),
            _ => self.unknown("an expression that is not followed"),
        })
    }

    fn eval_fstring(&mut self, e: &'a ast::ExprFString) -> Eval {
        let mut text = Some(String::new());
        for part in e.value.iter() {
            match part {
                FStringPart::Literal(literal) => {
                    if let Some(text) = &mut text {
                        text.push_str(literal);
                    }
                }
                FStringPart::FString(f) => {
                    for element in f.elements.iter() {
                        let piece = self.fstring_element(element)?;
                        text = text.zip(piece).map(|(text, piece)| text + &piece);
                    }
                }
            }
        }
        Ok(text.map_or(Value::Any(Plain::Str), |t| Value::Str(t.into())))
    }

    fn fstring_element(&mut self, element: &'a InterpolatedStringElement) -> Eval<Option<String>> {
        let e = match element {
            InterpolatedStringElement::Literal(literal) => return Ok(Some(literal.value.to_string())),
            InterpolatedStringElement::Interpolation(e) => e,
        };
        let value = self.eval(&e.expression)?;
        let mut spec = Some(String::new());
        if let Some(format_spec) = &e.format_spec {
            for element in format_spec.elements.iter() {
                let piece = self.fstring_element(element)?;
                spec = spec.zip(piece).map(|(spec, piece)| spec + &piece);
            }
        }
        let Some(spec) = spec else { return Ok(None) };
        let debug = match (&e.debug_text, self.frames.last().and_then(|f| f.module)) {
            (Some(debug), Some(module)) => {
                let shown = module.source().get(e.expression.range().to_std_range()).unwrap_or_default();
                Some(format!("{}{shown}{}", debug.leading(), debug.trailing()))
            }
            _ => None,
        };
        let converted = match e.conversion {
            ast::ConversionFlag::Repr => self.repr(&value)?,
            ast::ConversionFlag::Ascii => {
                self.repr(&value)?.map(|text| crate::builtins::text::in_ascii(&text))
            }
            ast::ConversionFlag::Str => self.display(&value)?,
            // `f"{x=}"` shows the `repr`.
            ast::ConversionFlag::None if debug.is_some() && spec.is_empty() => self.repr(&value)?,
            ast::ConversionFlag::None => {
                let text = self.format(&value, &spec)?;
                return Ok(text.map(|text| debug.unwrap_or_default() + &text));
            }
        };
        let Some(converted) = converted else { return Ok(None) };
        let text = self.format(&Value::Str(converted.into()), &spec)?;
        Ok(text.map(|text| debug.unwrap_or_default() + &text))
    }
}
