//! Sums of products over index variables: what a reaction family contributes to a species family.

/// Where the elements of a factor come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// The rate constant of the family; replaced by a tensor before anything is computed.
    Rate,
    /// Species that no reaction changes.
    Constant,
    /// Species that reactions change.
    State,
    /// The vector that a Jacobian is applied to.
    Vector,
    /// Precomputed coefficients.
    Tensor(usize),
}

/// A position in an array that is affine in the values of the index variables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Access {
    /// Position where all variables are 0.
    pub base: usize,
    /// Step for each variable; 0 if the position does not depend on it.
    pub strides: Vec<usize>,
}

impl Access {
    /// Row-major positions over `kept` variables out of `sizes`, from 0, and the number of positions.
    pub fn dense(sizes: &[usize], kept: &[bool]) -> (Self, usize) {
        let mut strides = vec![0; sizes.len()];
        let mut count = 1;
        for v in (0..sizes.len()).rev().filter(|&v| kept[v]) {
            if sizes[v] > 1 {
                strides[v] = count;
            }
            count *= sizes[v];
        }
        (Self { base: 0, strides }, count)
    }

    /// The position at `values`.
    pub fn at(&self, values: &[usize]) -> usize {
        self.base + self.strides.iter().zip(values).map(|(stride, value)| stride * value).sum::<usize>()
    }

    /// The same in other variables: those at `order`.
    pub fn pick(&self, order: &[usize]) -> Self {
        Self { base: self.base, strides: order.iter().map(|&v| self.strides[v]).collect() }
    }
}

/// An array raised to a power, element by element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Factor {
    pub source: Source,
    pub at: Access,
    /// At least 1.
    pub power: u32,
}

/// `target[..] += scale · Σ Π factor[..]^power` over all values of the variables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    /// Number of values of each variable.
    pub sizes: Vec<usize>,
    /// Two variables that never take the same value.
    pub distinct: Option<(usize, usize)>,
    pub target: Access,
    pub scale: f64,
    pub factors: Vec<Factor>,
}

/// A sum taken apart: `outer` lacks the factors of `inner`, whose value is a tensor.
pub(crate) struct Split {
    /// Fills the tensor; its target is the tensor, row-major.
    pub inner: Sum,
    /// What remains, over fewer variables, without the tensor as a factor.
    pub outer: Sum,
    /// How `outer` reads the tensor.
    pub tensor: Access,
    /// Number of elements of the tensor.
    pub len: usize,
}

impl Sum {
    /// Whether every variable stands in the target, so that nothing is summed.
    pub fn is_pointwise(&self) -> bool {
        self.sizes.iter().zip(&self.target.strides).all(|(&size, &stride)| size == 1 || stride > 0)
    }

    /// Splits off the factors that `held` selects. With `spread` the tensor runs over all variables that
    /// remain, even those that it does not depend on.
    pub fn split(&self, held: impl Fn(&Factor) -> bool, spread: impl Fn(&Sum) -> bool) -> Split {
        let (inside, outside): (Vec<Factor>, Vec<Factor>) = self.factors.iter().cloned().partition(&held);
        let count = self.sizes.len();
        let core: Vec<bool> = (0..count)
            .map(|v| self.target.strides[v] > 0 || outside.iter().any(|factor| factor.at.strides[v] > 0))
            .collect();
        let remaining: Vec<usize> = (0..count).filter(|&v| core[v]).collect();
        let mut outer = Sum {
            sizes: remaining.iter().map(|&v| self.sizes[v]).collect(),
            distinct: None,
            target: self.target.pick(&remaining),
            scale: 1.0,
            factors: outside.iter().map(|f| Factor { at: f.at.pick(&remaining), ..f.clone() }).collect(),
        };
        let all = spread(&outer);
        let mut kept: Vec<bool> = (0..count)
            .map(|v| core[v] && (all || inside.iter().any(|factor| factor.at.strides[v] > 0)))
            .collect();
        if let Some((a, b)) = self.distinct {
            // A variable that is summed inside can only avoid one that the tensor knows.
            kept[a] |= core[a] && !core[b];
            kept[b] |= core[b] && !core[a];
        }
        let order: Vec<usize> =
            (0..count).filter(|&v| kept[v]).chain((0..count).filter(|&v| !core[v])).collect();
        let place = |order: &[usize], v: usize| order.iter().position(|&other| other == v);
        let pair =
            |order: &[usize]| self.distinct.and_then(|(a, b)| Some((place(order, a)?, place(order, b)?)));
        let sizes: Vec<usize> = order.iter().map(|&v| self.sizes[v]).collect();
        let in_tensor: Vec<bool> = order.iter().map(|&v| kept[v]).collect();
        let (target, len) = Access::dense(&sizes, &in_tensor);
        let inner = Sum {
            distinct: pair(&order),
            target,
            scale: self.scale,
            factors: inside.iter().map(|f| Factor { at: f.at.pick(&order), ..f.clone() }).collect(),
            sizes,
        };
        outer.distinct = if inner.distinct.is_some() { None } else { pair(&remaining) };
        let kept_outside: Vec<bool> = remaining.iter().map(|&v| kept[v]).collect();
        let (tensor, _) = Access::dense(&outer.sizes, &kept_outside);
        Split { inner, outer, tensor, len }
    }

    /// Renames variables and orders factors so that sums of the same shape become equal: the variables of the
    /// target first, slowest first, then by their strides in the factors.
    pub fn canonical(mut self) -> Self {
        for (v, &size) in self.sizes.iter().enumerate() {
            if size == 1 {
                self.target.strides[v] = 0;
                self.factors.iter_mut().for_each(|factor| factor.at.strides[v] = 0);
            }
        }
        let shape = |factor: &Factor| {
            let mut strides = factor.at.strides.clone();
            strides.sort_unstable();
            (factor.source, factor.at.base, factor.power, strides)
        };
        self.factors.sort_by_cached_key(shape);
        let mut order: Vec<usize> = (0..self.sizes.len()).collect();
        order.sort_by_cached_key(|&v| {
            let strides = self.factors.iter().rev().map(|factor| factor.at.strides[v]);
            std::cmp::Reverse((self.target.strides[v], strides.collect::<Vec<_>>()))
        });
        let place = |v: usize| order.iter().position(|&other| other == v).unwrap_or(v);
        let mut factors: Vec<Factor> =
            self.factors.iter().map(|f| Factor { at: f.at.pick(&order), ..f.clone() }).collect();
        factors.sort();
        Self {
            sizes: order.iter().map(|&v| self.sizes[v]).collect(),
            distinct: self.distinct.map(|(a, b)| {
                let (a, b) = (place(a), place(b));
                (a.min(b), a.max(b))
            }),
            target: self.target.pick(&order),
            scale: self.scale,
            factors,
        }
    }

    /// Calls `visit` with every combination of values of the variables, the last one fastest.
    pub fn for_each(&self, mut visit: impl FnMut(&[usize])) {
        let mut values = vec![0; self.sizes.len()];
        loop {
            if self.distinct.is_none_or(|(a, b)| values[a] != values[b]) {
                visit(&values);
            }
            let Some(last) = (0..values.len()).rev().find(|&v| values[v] + 1 < self.sizes[v]) else { return };
            values[last] += 1;
            values[last + 1..].fill(0);
        }
    }
}
