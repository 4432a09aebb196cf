//! Polynomials against their values at whole numbers.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::collections::BTreeMap;

use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::fault::Fault;
use nnrc_verify_kernel::interval::Interval;
use nnrc_verify_kernel::poly::{Poly, Variable};

/// The value at whole numbers, small enough for i128.
fn value(of: &Poly, at: &dyn Fn(Variable) -> i128) -> i128 {
    of.terms()
        .iter()
        .map(|(monomial, coefficient)| {
            let coefficient = coefficient.enclosure();
            assert_eq!(coefficient.low, coefficient.high);
            monomial.iter().fold(coefficient.low as i128, |product, variable| product * at(*variable))
        })
        .sum()
}

/// A polynomial in three variables from the digits of a number.
fn some(seed: u64) -> Result<Poly, Fault> {
    let mut sum = Poly::zero();
    let mut state = seed;
    for _ in 0..5 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let coefficient = Dyadic::from_f64(f64::from(i32::try_from(state >> 60).unwrap() - 7)).unwrap();
        let mut term = Poly::constant(coefficient);
        for variable in 0..3 {
            for _ in 0..(state >> (20 + 4 * variable) & 3) / 2 {
                term = term.times(&Poly::variable(variable))?;
            }
        }
        sum = sum.plus(&term)?;
    }
    Ok(sum)
}

#[test]
fn operations_are_those_of_the_values() {
    let at = |variable: Variable| [3, -2, 5][variable as usize];
    for seed in 0..500 {
        let (a, b) = (some(seed).unwrap(), some(seed + 1000).unwrap());
        let (x, y) = (value(&a, &at), value(&b, &at));
        assert_eq!(value(&a.plus(&b).unwrap(), &at), x + y);
        assert_eq!(value(&a.minus(&b).unwrap(), &at), x - y);
        assert_eq!(value(&a.times(&b).unwrap(), &at), x * y);
        // Powers of a variable, put together again.
        let powers = a.powers_of(1);
        let sum: i128 = powers.iter().zip(0u32..).map(|(power, n)| value(power, &at) * (-2i128).pow(n)).sum();
        assert_eq!(sum, x);
        assert!(powers.iter().all(|power| !power.has(1)));
        // b in the place of variable 0.
        let composed = a.substituted(&BTreeMap::from([(0, b.clone())])).unwrap();
        let inner = |variable: Variable| if variable == 0 { y } else { at(variable) };
        assert_eq!(value(&composed, &at), value(&a, &inner));
        // The derivative is the slope of a polynomial of degree at most 2 in the variable.
        let beside =
            |shift: i128| move |variable: Variable| at(variable) + if variable == 2 { shift } else { 0 };
        let slope = (value(&a, &beside(1)) - value(&a, &beside(-1))) / 2;
        if a.powers_of(2).len() <= 3 {
            assert_eq!(value(&a.derivative(2).unwrap(), &at), slope);
        }
        let bounds = a.enclosure(&|variable| Interval::point(at(variable) as f64));
        assert!(bounds.low <= x as f64 && x as f64 <= bounds.high);
        assert_eq!(a.minus(&a).unwrap(), Poly::zero());
    }
}

#[test]
fn what_grows_too_large_is_refused() {
    let x = Poly::variable(0);
    let mut power = x.clone();
    let fault = (0..20).find_map(|_| match power.times(&x) {
        Ok(next) => {
            power = next;
            None
        }
        Err(fault) => Some(fault),
    });
    assert_eq!(fault.unwrap().code, "degree-too-high");
    let wide = Poly::sum_of((0..2000).map(|at| (Box::from([at]), Dyadic::one())).collect()).unwrap();
    assert_eq!(wide.times(&wide).unwrap_err().code, "too-many-terms");
}
