//! Parameters, lambdas, functions, classes.

use super::expression::Precedence;
use super::{Printer, Prints};

use super::super::tree::{Class, Default, Function, Lambda, Parameter, Parameters, Shared};

impl Printer {
    pub(super) fn lambda(&mut self, lambda: &Lambda) -> Prints {
        self.push("lambda")?;
        let before = self.text.len();
        self.push(" ")?;
        self.parameters(&lambda.parameters)?;
        if self.text.len() == before + 1 {
            self.text.truncate(before);
        }
        self.push(": ")?;
        self.expr(&lambda.body, Precedence::Test)
    }

    pub(super) fn parameters(&mut self, parameters: &Parameters) -> Prints {
        let start = self.text.len();
        for parameter in &parameters.positional_only {
            self.parameter(start, "", parameter)?;
        }
        if !parameters.positional_only.is_empty() {
            self.push(", /")?;
        }
        for parameter in &parameters.plain {
            self.parameter(start, "", parameter)?;
        }
        if let Some(star) = &parameters.star {
            self.parameter(start, "*", star)?;
        } else if !parameters.keyword_only.is_empty() {
            self.push(if self.text.len() == start { "*" } else { ", *" })?;
        }
        for parameter in &parameters.keyword_only {
            self.parameter(start, "", parameter)?;
        }
        if let Some(mapping) = &parameters.mapping {
            self.parameter(start, "**", mapping)?;
        }
        Ok(())
    }

    fn parameter(&mut self, start: usize, stars: &str, parameter: &Parameter) -> Prints {
        if self.text.len() > start {
            self.push(", ")?;
        }
        self.push(stars)?;
        self.name(&parameter.name)?;
        if let Some(annotation) = &parameter.annotation {
            self.push(": ")?;
            self.test(annotation)?;
        }
        let equals = if parameter.annotation.is_some() { " = " } else { "=" };
        match &parameter.default {
            None => Ok(()),
            Some(Default::Code(value)) => {
                self.push(equals)?;
                self.test(value)
            }
            Some(Default::Literal(text)) => {
                self.push(equals)?;
                self.push(text)
            }
        }
    }

    fn decorators(&mut self, decorators: &[Shared]) -> Prints {
        for decorator in decorators {
            self.line("@")?;
            self.test(decorator)?;
        }
        Ok(())
    }

    pub(super) fn function(&mut self, function: &Function) -> Prints {
        self.decorators(&function.decorators)?;
        self.line(if function.asynchronous { "async def " } else { "def " })?;
        self.name(&function.name)?;
        self.push("(")?;
        self.parameters(&function.parameters)?;
        self.push(")")?;
        if let Some(returns) = &function.returns {
            self.push(" -> ")?;
            self.test(returns)?;
        }
        self.block(&function.body)
    }

    pub(super) fn class(&mut self, class: &Class) -> Prints {
        self.decorators(&class.decorators)?;
        self.line("class ")?;
        self.name(&class.name)?;
        if !class.arguments.is_empty() {
            self.arguments(&class.arguments)?;
        }
        self.block(&class.body)
    }
}
