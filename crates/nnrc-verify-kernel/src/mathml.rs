//! Kinetic laws in MathML as polynomials.

use std::cell::Cell;

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::poly::Poly;
use crate::xml::{self, Element};

/// The namespace of MathML.
pub const NAMESPACE: &str = xml::MATHML;
/// The largest whole exponent of a power.
const MAX_EXPONENT: u32 = 8;

/// The most elements that are evaluated for one law, those of functions each time they are called.
const MAX_WORK: usize = 1 << 20;

/// A function definition: `lambda` with its arguments and its body.
#[derive(Debug, Clone)]
pub struct Function {
    id: String,
    arguments: Vec<String>,
    body: Element,
}

impl Function {
    /// The function of a `lambda`.
    ///
    /// # Errors
    ///
    /// Another element, and one without a body.
    pub fn of(id: &str, lambda: &Element) -> Result<Self, Fault> {
        let bad = || not_polynomial("a function is no `lambda` of arguments and one expression");
        let Some((body, arguments)) = lambda.children.split_last().filter(|_| lambda.name == "lambda") else {
            return Err(bad());
        };
        let mut names: Vec<String> = Vec::new();
        for argument in arguments {
            let [name] = &*argument.children else { return Err(bad()) };
            let name = name.only_text()?.to_owned();
            if argument.name != "bvar" || names.contains(&name) {
                return Err(bad());
            }
            names.push(name);
        }
        Ok(Self { id: id.to_owned(), arguments: names, body: body.clone() })
    }
}

/// The polynomial of an expression; `value` gives that of an identifier. A function may call those before it in
/// `functions`, so that none calls itself.
///
/// # Errors
///
/// `not-polynomial` for every word but `cn`, `ci`, `times`, `plus`, `minus`, `divide` by a constant, `power` with a
/// whole exponent up to 8, and calls of functions of these. The nesting of `expression` is that of the XML text, which is
/// limited, as is the number of functions that call each other, and so is this recursion.
pub fn polynomial(
    expression: &Element,
    functions: &[Function],
    value: &dyn Fn(&str) -> Result<Poly, Fault>,
) -> Result<Poly, Fault> {
    Scope { functions, value, work: &Cell::new(0), depth: &Cell::new(0) }.polynomial(expression)
}

/// The most functions of a file: each may call the one before it, and so on, within the stack of a thread.
pub const MAX_FUNCTIONS: usize = 16;

struct Scope<'a> {
    functions: &'a [Function],
    value: &'a dyn Fn(&str) -> Result<Poly, Fault>,
    work: &'a Cell<usize>,
    /// How deep the evaluation is, through calls.
    depth: &'a Cell<usize>,
}

impl Scope<'_> {
    fn polynomial(&self, expression: &Element) -> Result<Poly, Fault> {
        self.charge(1)?;
        if self.depth.get() >= xml::MAX_DEPTH {
            return Err(not_polynomial("its functions, put together, nest too deep"));
        }
        self.depth.set(self.depth.get() + 1);
        let result = self.of(expression);
        self.depth.set(self.depth.get() - 1);
        result
    }

    /// Counts elements and terms that are worked on.
    fn charge(&self, work: usize) -> Result<(), Fault> {
        self.work.set(self.work.get().saturating_add(work));
        if self.work.get() > MAX_WORK {
            return Err(not_polynomial(
                "its functions call each other too often, or its products have too many terms",
            ));
        }
        Ok(())
    }

    fn of(&self, expression: &Element) -> Result<Poly, Fault> {
        if expression.namespace != NAMESPACE {
            return Err(not_polynomial(&format!("`{}` is not of the namespace of MathML", expression.name)));
        }
        match &*expression.name {
            "ci" => (self.value)(expression.only_text()?),
            "cn" => number(expression).map(Poly::constant),
            "apply" => self.apply(expression),
            "csymbol" => Err(not_polynomial("it reads the time or another `csymbol`")),
            word => Err(not_polynomial(&format!("it has the word `{word}`"))),
        }
    }

    fn apply(&self, expression: &Element) -> Result<Poly, Fault> {
        if expression.text.iter().any(|text| !text.trim().is_empty()) {
            return Err(Fault::invalid("split-text", "`apply` has text in it"));
        }
        let Some((operator, arguments)) = expression.children.split_first() else {
            return Err(not_polynomial("an `apply` has nothing in it"));
        };
        if operator.namespace != NAMESPACE {
            return Err(not_polynomial(&format!("`{}` is not of the namespace of MathML", operator.name)));
        }
        match (&*operator.name, arguments) {
            ("ci", _) => self.call(operator.only_text()?, arguments),
            ("times", _) => {
                let mut product = Poly::constant(Dyadic::one());
                for argument in arguments {
                    let argument = self.polynomial(argument)?;
                    self.charge(product.terms().len().saturating_mul(argument.terms().len()))?;
                    product = product.times(&argument)?;
                }
                Ok(product)
            }
            ("plus", _) => {
                let mut terms = Vec::new();
                for argument in arguments {
                    terms.extend(self.polynomial(argument)?.into_terms());
                }
                Poly::sum_of(terms)
            }
            ("minus", [one]) => Ok(self.polynomial(one)?.negated()),
            ("minus", [first, second]) => self.polynomial(first)?.minus(&self.polynomial(second)?),
            ("divide", [first, second]) => quotient(&self.polynomial(first)?, &self.polynomial(second)?),
            ("power", [base, exponent]) => {
                let exponent = self.polynomial(exponent)?.as_constant();
                let whole = (0..=MAX_EXPONENT).find(|n| exponent == Some(Dyadic::from(*n)));
                let Some(whole) = whole else {
                    return Err(not_polynomial("an exponent is no whole number from 0 to 8"));
                };
                let base = self.polynomial(base)?;
                let mut power = Poly::constant(Dyadic::one());
                for _ in 0..whole {
                    self.charge(power.terms().len().saturating_mul(base.terms().len()))?;
                    power = power.times(&base)?;
                }
                Ok(power)
            }
            ("minus" | "divide" | "power", _) => {
                Err(not_polynomial(&format!("`{}` has {} arguments", operator.name, arguments.len())))
            }
            (word, _) => Err(not_polynomial(&format!("it has the word `{word}`"))),
        }
    }

    fn call(&self, id: &str, arguments: &[Element]) -> Result<Poly, Fault> {
        let Some(at) = self.functions.iter().position(|function| function.id == id) else {
            return Err(not_polynomial(&format!("it calls `{id}`, which no function before it defines")));
        };
        let function = &self.functions[at];
        if function.arguments.len() != arguments.len() {
            return Err(not_polynomial(&format!("`{id}` is called with {} arguments", arguments.len())));
        }
        let values =
            arguments.iter().map(|argument| self.polynomial(argument)).collect::<Result<Vec<_>, _>>()?;
        let value = |name: &str| match function.arguments.iter().position(|own| own == name) {
            Some(at) => Ok(values[at].clone()),
            None => Err(not_polynomial(&format!("`{id}` reads `{name}`, which is none of its arguments"))),
        };
        let functions = &self.functions[..at];
        Scope { functions, value: &value, work: self.work, depth: self.depth }.polynomial(&function.body)
    }
}

/// The quotient by a constant ± 2^n; other constants have no exact quotient of the form m · 2^e.
fn quotient(numerator: &Poly, divisor: &Poly) -> Result<Poly, Fault> {
    let Some(divisor) = divisor.as_constant() else {
        return Err(not_polynomial("it divides by an expression that reads species"));
    };
    let terms = numerator.terms().iter().map(|(monomial, coefficient)| {
        let quotient = coefficient.over_power_of_two(&divisor);
        quotient.map(|quotient| (monomial.clone(), quotient))
    });
    match terms.collect() {
        Some(terms) => Poly::sum_of(terms),
        None => Err(not_polynomial("it divides by a constant that is no power of 2")),
    }
}

fn number(element: &Element) -> Result<Dyadic, Fault> {
    let bad = |text: &str| Fault::invalid("not-a-number", format!("`cn` holds `{}`", text.trim()));
    let kind = element.attribute("type").unwrap_or("real");
    if element.attribute("base").is_some_and(|base| base.trim() != "10") {
        return Err(Fault::invalid("not-a-number", "`cn` has another base than 10"));
    }
    let parsed = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        text.parse::<f64>().ok().filter(|value| plain && value.is_finite())
    };
    // What is no row of digits is read as another number by other readers.
    let whole = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        parsed(text).filter(|_| plain).and_then(Dyadic::from_f64)
    };
    match (kind, &*element.children) {
        ("real" | "double", []) => {
            let text = element.only_text()?;
            parsed(text).and_then(Dyadic::from_f64).ok_or_else(|| bad(text))
        }
        ("integer", []) => {
            let text = element.only_text()?;
            whole(text).ok_or_else(|| bad(text))
        }
        ("e-notation" | "rational", [sep]) if sep.name == "sep" && element.text.len() == 2 => {
            let (first, second) = (element.text[0].trim(), element.text[1].trim());
            let both = format!("{first} {second}");
            if kind == "e-notation" {
                return parsed(&format!("{first}e{second}"))
                    .and_then(Dyadic::from_f64)
                    .ok_or_else(|| bad(&both));
            }
            let (Some(a), Some(b)) = (whole(first), whole(second)) else { return Err(bad(&both)) };
            a.over_power_of_two(&b).ok_or_else(|| bad(&both))
        }
        _ => Err(bad(&element.text.join(" "))),
    }
}

fn not_polynomial(what: &str) -> Fault {
    Fault::invalid(
        "not-polynomial",
        format!(
            "the law is no polynomial that can be verified: {what}; write sums and products of species and constants"
        ),
    )
}
