//! Kinetic laws in MathML as polynomials.

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::poly::Poly;
use crate::xml::Element;

/// The namespace of MathML.
pub const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";
/// The largest whole exponent of a power.
const MAX_EXPONENT: u32 = 8;

/// The polynomial of an expression; `value` gives that of an identifier.
///
/// # Errors
///
/// `not-polynomial` for every word but `cn`, `ci`, `times`, `plus`, `minus`, `divide` by a constant, and `power` with a
/// whole exponent up to 8. The nesting of `expression` is that of the XML text, which is limited, and so is this
/// recursion.
pub fn polynomial(
    expression: &Element,
    value: &mut dyn FnMut(&str) -> Result<Poly, Fault>,
) -> Result<Poly, Fault> {
    if expression.namespace != NAMESPACE {
        return Err(not_polynomial(&format!("`{}` is not of the namespace of MathML", expression.name)));
    }
    match &*expression.name {
        "ci" => value(expression.only_text()?),
        "cn" => number(expression).map(Poly::constant),
        "apply" => apply(expression, value),
        "csymbol" => Err(not_polynomial("it reads the time or another `csymbol`")),
        word => Err(not_polynomial(&format!("it has the word `{word}`"))),
    }
}

fn apply(expression: &Element, value: &mut dyn FnMut(&str) -> Result<Poly, Fault>) -> Result<Poly, Fault> {
    if expression.text.iter().any(|text| !text.trim().is_empty()) {
        return Err(Fault::invalid("split-text", "`apply` has text in it"));
    }
    let Some((operator, arguments)) = expression.children.split_first() else {
        return Err(not_polynomial("an `apply` has nothing in it"));
    };
    match (&*operator.name, arguments) {
        ("times", _) => {
            let mut product = Poly::constant(Dyadic::one());
            for argument in arguments {
                product = product.times(&polynomial(argument, value)?)?;
            }
            Ok(product)
        }
        ("plus", _) => {
            let mut terms = Vec::new();
            for argument in arguments {
                terms.extend(polynomial(argument, value)?.into_terms());
            }
            Poly::sum_of(terms)
        }
        ("minus", [one]) => Ok(polynomial(one, value)?.negated()),
        ("minus", [first, second]) => polynomial(first, value)?.minus(&polynomial(second, value)?),
        ("divide", [first, second]) => quotient(&polynomial(first, value)?, &polynomial(second, value)?),
        ("power", [base, exponent]) => {
            let exponent = polynomial(exponent, value)?.as_constant();
            let whole = (0..=MAX_EXPONENT).find(|n| exponent == Some(Dyadic::from(*n)));
            let Some(whole) = whole else {
                return Err(not_polynomial("an exponent is no whole number from 0 to 8"));
            };
            let base = polynomial(base, value)?;
            let mut power = Poly::constant(Dyadic::one());
            for _ in 0..whole {
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
    match (kind, &*element.children) {
        ("real" | "integer" | "double", []) => {
            let text = element.only_text()?;
            parsed(text).and_then(Dyadic::from_f64).ok_or_else(|| bad(text))
        }
        ("e-notation" | "rational", [sep]) if sep.name == "sep" && element.text.len() == 2 => {
            let (first, second) = (element.text[0].trim(), element.text[1].trim());
            let both = format!("{first} {second}");
            if kind == "e-notation" {
                return parsed(&format!("{first}e{second}"))
                    .and_then(Dyadic::from_f64)
                    .ok_or_else(|| bad(&both));
            }
            let numbers =
                (parsed(first).and_then(Dyadic::from_f64), parsed(second).and_then(Dyadic::from_f64));
            let (Some(a), Some(b)) = numbers else { return Err(bad(&both)) };
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
