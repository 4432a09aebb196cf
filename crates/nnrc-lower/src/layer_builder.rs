//! Building a network of reactions layer by layer.

use std::collections::BTreeMap;

use nnrc_crn::{
    Axis, Crn, Handle, Index, IndexVariable, Observable, Origin, Part, Rate, RateConstant, ReactionFamily,
    Role, SpeciesFamily, Term,
};

use nnrc_model::{Chemistry, OnePotSettings};

/// A species family.
pub type Species = Handle<SpeciesFamily>;
/// Species of one side with their stoichiometry, all at the index of the unit.
pub type Side<'a> = &'a [(Species, u32)];

/// Rails of a value: families over one axis, and whether each counts as positive.
#[derive(Debug, Clone)]
pub struct Signal {
    /// The axis of the value.
    pub axis: Handle<Axis>,
    /// Families and signs.
    pub rails: Vec<(Species, bool)>,
}

impl Signal {
    /// One rail.
    pub fn single(axis: Handle<Axis>, species: Species) -> Self {
        Self { axis, rails: vec![(species, true)] }
    }

    /// Two rails.
    pub fn dual(axis: Handle<Axis>, positive: Species, negative: Species) -> Self {
        Self { axis, rails: vec![(positive, true), (negative, false)] }
    }

    /// The value as it is read: positive minus negative rails.
    pub fn observable(&self, stem: &str) -> Observable {
        let rails =
            |positive| self.rails.iter().filter(|rail| rail.1 == positive).map(|rail| rail.0).collect();
        Observable { stem: stem.to_owned(), axis: self.axis, positive: rails(true), negative: rails(false) }
    }
}

/// What pushes a pre-activation up or down: z_i = Σ of the terms of positive sign − Σ of the others.
#[derive(Debug, Clone)]
pub struct Drive {
    /// Its terms.
    pub terms: Vec<DriveTerm>,
}

/// One contribution to a pre-activation: rate constant × catalysts.
#[derive(Debug, Clone)]
pub struct DriveTerm {
    /// What the family is called: `excite`, `inhibit_x_m`.
    pub name: String,
    /// Whether it pushes up.
    pub positive: bool,
    /// Index variables; the unit's own is first.
    pub over: Vec<IndexVariable>,
    /// The index of the unit.
    pub target: Index,
    /// What it reads.
    pub catalysts: Vec<Term>,
    /// Its rate constant.
    pub rate: Rate,
}

impl Drive {
    /// Most catalysts that a term reads.
    pub fn order(&self) -> u32 {
        self.terms.iter().map(|term| term.catalysts.len() as u32).max().unwrap_or(0)
    }

    /// Whether some term pushes down.
    pub fn is_signed(&self) -> bool {
        self.terms.iter().any(|term| !term.positive)
    }
}

/// One layer, or one activation of it, under construction.
pub struct LayerBuilder<'a> {
    /// The network.
    pub crn: &'a mut Crn,
    /// Settings.
    pub chemistry: &'a Chemistry,
    /// Name of the layer.
    pub name: String,
    /// Distinguishes activations that are followed by another one: empty for the last.
    pub stage: String,
    /// The axis of the layer.
    pub axis: Handle<Axis>,
    /// Whether the value is the network's output.
    pub role: Role,
    /// Line of the declaration.
    pub line: u32,
    /// Rate constants made so far, by identifier.
    pub(super) constants: BTreeMap<String, Handle<RateConstant>>,
}

impl<'a> LayerBuilder<'a> {
    /// A layer over `axis`.
    pub fn new(
        crn: &'a mut Crn,
        chemistry: &'a Chemistry,
        (name, stage): (&str, &str),
        axis: Handle<Axis>,
        role: Role,
        line: u32,
    ) -> Self {
        let (name, stage) = (name.to_owned(), stage.to_owned());
        Self { crn, chemistry, name, stage, axis, role, line, constants: BTreeMap::new() }
    }

    /// Settings of the way back.
    pub fn learning(&self) -> &'a OnePotSettings {
        self.chemistry.one_pot().expect("only what learns in one pot has a way back")
    }

    /// The species of the value itself: no suffix for one rail, `p` and `m` for two.
    pub fn value(&mut self, rail: &str, initial: f64) -> Species {
        let role = self.role;
        self.family(rail, role, initial)
    }

    /// An auxiliary species of each unit.
    pub fn species(&mut self, suffix: &str, initial: f64) -> Species {
        self.family(suffix, Role::Internal, initial)
    }

    fn family(&mut self, suffix: &str, role: Role, initial: f64) -> Species {
        let suffix = self.staged(suffix);
        let size = self.crn.axes[self.axis].size();
        self.crn.species.push(SpeciesFamily {
            stem: self.name.clone(),
            origin: Origin { label: self.name.clone(), part: part(&suffix), line: self.line },
            suffix,
            axes: vec![self.axis],
            role,
            initial: vec![initial; size],
        })
    }

    /// A suffix with the stage before it.
    fn staged(&self, suffix: &str) -> String {
        match (self.stage.as_str(), suffix) {
            ("", suffix) => suffix.to_owned(),
            (stage, "") => stage.to_owned(),
            (stage, suffix) => format!("{stage}_{suffix}"),
        }
    }

    /// A rate constant shared by all units, `value` times the forward speed.
    pub fn constant(&mut self, what: &str, value: f64) -> Handle<RateConstant> {
        let value = value * self.chemistry.forward;
        self.raw_constant(what, value)
    }

    /// A rate constant shared by all units, in which no speed is.
    pub fn raw_constant(&mut self, what: &str, value: f64) -> Handle<RateConstant> {
        let stage = if self.stage.is_empty() { String::new() } else { format!("_{}", self.stage) };
        let stem = format!("k_{what}_{}{stage}", self.name);
        if let Some(constant) = self.constants.get(&stem) {
            return *constant;
        }
        let origin = Origin { label: format!("{}.{what}", self.name), part: String::new(), line: self.line };
        let constant = self.crn.rate_constants.push(RateConstant {
            stem: stem.clone(),
            axes: Vec::new(),
            values: vec![value],
            origin,
        });
        self.constants.insert(stem, constant);
        constant
    }

    /// A reaction in each unit.
    pub fn each(
        &mut self,
        what: &str,
        reactants: Side<'_>,
        products: Side<'_>,
        constant: Handle<RateConstant>,
    ) {
        let over = vec![self.variable("i")];
        let rate = Rate { constant, indices: Vec::new(), part: Part::Whole };
        let at = Index::of(0);
        self.push(what, over, None, terms(reactants, at), terms(products, at), rate);
    }

    /// `A -> A + B` in each unit; with a single species as gate, `A + G -> A + B + G`.
    pub fn each_gated(
        &mut self,
        what: &str,
        (catalyst, made): (Species, Species),
        gate: Option<Species>,
        constant: Handle<RateConstant>,
    ) {
        let term = |species, indices| Term { species, indices, stoichiometry: 1 };
        let mut left = vec![term(catalyst, vec![Index::of(0)])];
        left.extend(gate.map(|gate| term(gate, Vec::new())));
        let right = left.iter().cloned().chain([term(made, vec![Index::of(0)])]).collect();
        let over = vec![self.variable("i")];
        let rate = Rate { constant, indices: Vec::new(), part: Part::Whole };
        self.push(what, over, None, left, right, rate);
    }

    /// The species of this unit with the given suffix, if it has been made.
    pub fn find(&self, suffix: &str) -> Option<Species> {
        let suffix = self.staged(suffix);
        let mut own = self.crn.species.iter().filter(|(_, family)| family.axes == [self.axis]);
        own.find(|(_, family)| family.stem == self.name && family.suffix == suffix).map(|(handle, _)| handle)
    }

    /// A reaction in each ordered pair of different units; species of `own` stand at i, of `other` at j.
    pub fn each_pair(
        &mut self,
        what: &str,
        (own_reactants, other_reactants): (Side<'_>, Side<'_>),
        (own_products, other_products): (Side<'_>, Side<'_>),
        constant: Handle<RateConstant>,
    ) {
        let over = vec![self.variable("i"), self.variable("j")];
        let rate = Rate { constant, indices: Vec::new(), part: Part::Whole };
        let side = |own, other| [terms(own, Index::of(0)), terms(other, Index::of(1))].concat();
        let (left, right) = (side(own_reactants, other_reactants), side(own_products, other_products));
        self.push(what, over, Some((0, 1)), left, right, rate);
    }

    /// `Yp + Ym -> 0`: shrinks the common part of two rails and leaves their difference alone.
    pub fn annihilate(&mut self, what: &str, positive: Species, negative: Species) {
        let annihilation = self.chemistry.annihilation;
        let constant = self.raw_constant("annihilation", annihilation);
        self.each(what, &[(positive, 1), (negative, 1)], &[], constant);
    }

    /// For every term of the drive the reaction `catalysts + reactants -> catalysts + products`, the sides chosen
    /// by its sign.
    pub fn drive(
        &mut self,
        module: &str,
        drive: &Drive,
        up: (Side<'_>, Side<'_>),
        down: (Side<'_>, Side<'_>),
    ) {
        for term in &drive.terms {
            let (reactants, products) = if term.positive { up } else { down };
            let with = |side| [term.catalysts.clone(), terms(side, term.target)].concat();
            let what = if module.is_empty() { term.name.clone() } else { format!("{module}.{}", term.name) };
            self.push(&what, term.over.clone(), None, with(reactants), with(products), term.rate.clone());
        }
    }

    /// A family of reactions over any index variables.
    #[allow(clippy::too_many_arguments, reason = "they are the parts of a reaction family")]
    pub fn push(
        &mut self,
        what: &str,
        over: Vec<IndexVariable>,
        distinct: Option<(usize, usize)>,
        reactants: Vec<Term>,
        products: Vec<Term>,
        rate: Rate,
    ) {
        let stage = if self.stage.is_empty() { String::new() } else { format!("{}.", self.stage) };
        let name = format!("{}.{stage}{what}", self.name);
        let origin = Origin { label: self.name.clone(), part: String::new(), line: self.line };
        self.crn.reactions.push(ReactionFamily { name, over, distinct, reactants, products, rate, origin });
    }

    /// The index variable of the units.
    pub fn variable(&self, name: &str) -> IndexVariable {
        IndexVariable { name: name.to_owned(), axis: self.axis }
    }

    /// A drive that reads the given rails of this layer itself, unit by unit.
    pub fn drive_of(&mut self, rails: &[(Species, bool)]) -> Drive {
        let constant = self.constant("drive", 1.0);
        let over = vec![self.variable("i")];
        let terms = rails
            .iter()
            .map(|&(species, positive)| DriveTerm {
                name: if positive { "excite" } else { "inhibit" }.to_owned(),
                positive,
                over: over.clone(),
                target: Index::of(0),
                catalysts: vec![Term { species, indices: vec![Index::of(0)], stoichiometry: 1 }],
                rate: Rate { constant, indices: Vec::new(), part: Part::Whole },
            })
            .collect();
        Drive { terms }
    }
}

fn terms(side: Side<'_>, at: Index) -> Vec<Term> {
    side.iter().map(|&(species, stoichiometry)| Term { species, indices: vec![at], stoichiometry }).collect()
}

/// Words for a suffix: `+` and `-` for rails, else the suffix itself.
pub fn part(suffix: &str) -> String {
    match suffix.rsplit_once('_').unwrap_or(("", suffix)) {
        ("", "p") => "+".to_owned(),
        ("", "m") => "-".to_owned(),
        (base, "p") => format!(" {base}+"),
        (base, "m") => format!(" {base}-"),
        _ if suffix.is_empty() => String::new(),
        _ => format!(" {suffix}"),
    }
}

/// The species of an input that hold `values`.
pub fn input_signal(
    crn: &mut Crn,
    name: &str,
    axis: Handle<Axis>,
    line: u32,
    values: &[f64],
    dual: bool,
) -> Signal {
    let mut rail = |suffix: &str, values: Vec<f64>| {
        crn.species.push(SpeciesFamily {
            stem: name.to_owned(),
            suffix: suffix.to_owned(),
            axes: vec![axis],
            role: Role::Input,
            initial: values,
            origin: Origin { label: name.to_owned(), part: part(suffix), line },
        })
    };
    if !dual {
        return Signal::single(axis, rail("", values.to_vec()));
    }
    let positive = rail("p", values.iter().map(|x| x.max(0.0)).collect());
    let negative = rail("m", values.iter().map(|x| (-x).max(0.0)).collect());
    Signal::dual(axis, positive, negative)
}
