//! An SBML file as a system of polynomials.
//!
//! Everything comes from kinetic laws, stoichiometry and initial values; names, annotations, SBO terms and units are not
//! read. What would change the meaning of a reaction in another way (rules, events, …) is refused by its own code.

use std::collections::{BTreeMap, BTreeSet};

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::mathml::{self, Function, MAX_FUNCTIONS};
use crate::poly::{Monomial, Poly, Variable};
use crate::xml::{Element, Elements, Step};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 256 << 20;

const CORE: [&str; 2] =
    ["http://www.sbml.org/sbml/level3/version1/core", "http://www.sbml.org/sbml/level3/version2/core"];

/// A species with its equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Species {
    /// Its identifier.
    pub id: String,
    /// Its concentration at the beginning.
    pub initial: Dyadic,
    /// V · x′ as a polynomial in the species, V being the size of the compartment.
    pub derivative: Poly,
}

/// The reactions of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// The species, in the order of the file; a [`Variable`] below their number is one of them.
    pub species: Vec<Species>,
    /// The size of the compartment, V.
    pub volume: Dyadic,
    /// How many reactions there are.
    pub reactions: usize,
}

impl System {
    /// The species of an identifier.
    pub fn find(&self, id: &str) -> Option<Variable> {
        let at = self.species.iter().position(|species| species.id == id)?;
        Variable::try_from(at).ok()
    }

    /// The same system in values that are `times` its concentrations: x̃ = R x.
    ///
    /// With D the largest degree, R^(D−1) V x̃′ = Σ R^(D−d) · (terms of V x′ of degree d in x̃): no number is divided, and
    /// R^(D−1) V takes the place of V.
    ///
    /// # Errors
    ///
    /// A factor that is not above 0, and numbers that become too large.
    pub fn scaled(&self, times: &Dyadic) -> Result<Self, Fault> {
        if !times.is_positive() {
            return Err(Fault::invalid(
                "bad-scale",
                "the factor from concentrations to values is not above 0",
            ));
        }
        if times.is_one() {
            return Ok(self.clone());
        }
        let degree = self.species.iter().map(|species| species.derivative.degree()).max().unwrap_or(0).max(1);
        let mut powers = vec![Dyadic::one()];
        for _ in 0..degree {
            powers.push(powers[powers.len() - 1].times(times)?);
        }
        let mut scaled = self.clone();
        scaled.volume = self.volume.times(&powers[degree - 1])?;
        for species in &mut scaled.species {
            species.initial = species.initial.times(times)?;
            let terms = species.derivative.terms().iter();
            let terms = terms.map(|(m, c)| Ok((m.clone(), c.times(&powers[degree - m.len()])?)));
            species.derivative = Poly::sum_of(terms.collect::<Result<_, Fault>>()?)?;
        }
        Ok(scaled)
    }

    /// Whether nothing changes a species: its derivative is the polynomial 0.
    pub fn is_held(&self, variable: Variable) -> bool {
        self.species.get(variable as usize).is_some_and(|species| species.derivative.is_zero())
    }
}

/// Reads a file.
///
/// # Errors
///
/// What is no SBML Level 3 Version 1 or 2 of core, and what is outside the class: each by a code of its own. Also a
/// species that could become negative, `not-positive`: then nothing that follows would hold.
pub fn read(bytes: &[u8]) -> Result<System, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::invalid("too-large", "the file is larger than 256 MiB"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Fault::invalid("not-xml", format!("the file is not UTF-8: {error}")))?;
    let mut elements = Elements::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    let root = match elements.step()? {
        Step::Open(root) => root,
        _ => return Err(Fault::invalid("not-sbml", "the file has no content; expected `<sbml …>`")),
    };
    document(&root)?;
    let mut reader = Reader { namespace: root.namespace.clone(), ..Reader::default() };
    let mut has_model = false;
    loop {
        match elements.step()? {
            Step::Open(model) if model.name == "model" && model.namespace == root.namespace && !has_model => {
                refuse_attributes(&model, &["conversionFactor"])?;
                refuse_foreign(&model)?;
                has_model = true;
                reader.model(&mut elements)?;
            }
            Step::Open(other) if matches!(&*other.name, "notes" | "annotation") => elements.skip()?,
            Step::Open(other) | Step::Whole(other) => {
                return Err(Fault::invalid("not-sbml", format!("unexpected `{}` in `sbml`", other.name)));
            }
            Step::Close => break,
            Step::End => return Err(Fault::invalid("not-xml", "the text ends within `sbml`")),
        }
    }
    match elements.step()? {
        Step::End => reader.finish(),
        _ => Err(Fault::invalid("not-xml", "something follows after `</sbml>`")),
    }
}

fn document(root: &Element) -> Result<(), Fault> {
    let expected = "expected `<sbml>` of Level 3 Version 1 or 2, which `nnrc compile --target sbml` writes";
    if root.name != "sbml" || !CORE.contains(&&*root.namespace) {
        let found = format!("found `{}` of the namespace `{}`", root.name, root.namespace);
        return Err(Fault::invalid("not-sbml", format!("{found}; {expected}")));
    }
    let version = if root.namespace == CORE[0] { "1" } else { "2" };
    if (root.attribute("level"), root.attribute("version")) != (Some("3"), Some(version)) {
        let message =
            format!("its level and version are others than its namespace `{}` says", root.namespace);
        return Err(Fault::invalid("not-sbml", message));
    }
    if let Some((_, _)) = root.foreign.iter().find(|(name, value)| name == "required" && is_true(value)) {
        return Err(Fault::invalid(
            "required-package",
            "the file requires a package of SBML Level 3, which may change what its reactions mean",
        ));
    }
    Ok(())
}

/// The lists that are read, and what is in each.
const LISTS: [(&str, &str); 5] = [
    ("listOfFunctionDefinitions", "functionDefinition"),
    ("listOfCompartments", "compartment"),
    ("listOfSpecies", "species"),
    ("listOfParameters", "parameter"),
    ("listOfReactions", "reaction"),
];

/// Attributes of another namespace than that of the document: other readers go by their names alone.
fn refuse_foreign(element: &Element) -> Result<(), Fault> {
    match element.foreign.first() {
        None => Ok(()),
        // The unit of a number in a law.
        Some((name, _)) if element.name == "cn" && name == "units" && element.foreign.len() == 1 => Ok(()),
        Some((name, _)) => Err(Fault::invalid(
            "foreign-attribute",
            format!(
                "`{}` has an attribute `{name}` of another namespace, which some readers take for its own",
                element.name
            ),
        )),
    }
}

/// Everything in an element is of the namespace of the document, or MathML in `math`.
fn strict(element: &Element, namespace: &str) -> Result<(), Fault> {
    refuse_foreign(element)?;
    if element.namespace != namespace {
        return Err(Fault::invalid(
            "foreign-element",
            format!(
                "`{}` is of the namespace `{}`, and `{namespace}` is expected",
                element.name, element.namespace
            ),
        ));
    }
    element.children.iter().try_for_each(|child| {
        let inner = if child.name == "math" { mathml::NAMESPACE } else { namespace };
        strict(child, inner)
    })
}

/// What a package puts beside the lists of a model may be passed over: those that change what reactions mean say that they
/// are required. By its name it must not be taken for a part of core.
fn skippable(part: &Element) -> Result<(), Fault> {
    let is_package =
        part.namespace.starts_with("http://www.sbml.org/sbml/level3/") && !CORE.contains(&&*part.namespace);
    let is_named_like_core = LISTS.iter().any(|(list, _)| *list == part.name)
        || [
            "listOfRules",
            "listOfEvents",
            "listOfInitialAssignments",
            "listOfConstraints",
            "listOfUnitDefinitions",
        ]
        .contains(&&*part.name);
    if is_package && !is_named_like_core {
        return Ok(());
    }
    Err(Fault::invalid(
        "foreign-element",
        format!(
            "the model has a `{}` of the namespace `{}`, which some readers take for its own",
            part.name, part.namespace
        ),
    ))
}

/// What an identifier stands for.
#[derive(Debug, Clone)]
enum Symbol {
    Species(Variable),
    Number(Dyadic),
    /// A reaction, or a reference to a species: it has no value that a law may read.
    Other(&'static str),
}

#[derive(Default)]
struct Reader {
    /// That of the document: what is of another one is no part of what core says, whatever it is called.
    namespace: String,
    symbols: BTreeMap<String, Symbol>,
    functions: Vec<Function>,
    compartment: Option<(String, Dyadic)>,
    species: Vec<Species>,
    /// Of each species, whether reactions leave it alone.
    is_fixed: Vec<bool>,
    /// Of each species, whether it is constant and no boundary species: then no reaction may name it.
    is_constant: Vec<bool>,
    terms: Vec<Vec<(Monomial, Dyadic)>>,
    reactions: usize,
}

impl Reader {
    fn model(&mut self, elements: &mut Elements<'_>) -> Result<(), Fault> {
        loop {
            match elements.step()? {
                Step::Open(part) if part.namespace != self.namespace => {
                    skippable(&part)?;
                    elements.skip()?;
                }
                Step::Open(part) => match LISTS.iter().find(|(list, _)| *list == part.name) {
                    Some((_, item)) => self.list(elements, item)?,
                    None => match &*part.name {
                        "notes" | "annotation" | "listOfUnitDefinitions" => elements.skip()?,
                        name => {
                            let list = elements.rest_of(part.clone())?;
                            if !list.children.is_empty() {
                                return Err(outside(name));
                            }
                        }
                    },
                },
                Step::Whole(part) if part.namespace != self.namespace => skippable(&part)?,
                Step::Whole(_) => {}
                Step::Close => return Ok(()),
                Step::End => return Err(Fault::invalid("not-xml", "the text ends within `model`")),
            }
        }
    }

    fn list(&mut self, elements: &mut Elements<'_>, name: &str) -> Result<(), Fault> {
        loop {
            let item = match elements.step()? {
                Step::Open(item) if matches!(&*item.name, "notes" | "annotation") => {
                    elements.skip()?;
                    continue;
                }
                Step::Open(item) => elements.rest_of(item)?,
                Step::Whole(item) => item,
                Step::Close => return Ok(()),
                Step::End => return Err(Fault::invalid("not-xml", "the text ends within a list")),
            };
            strict(&item, &self.namespace)?;
            if item.name != name {
                let found = format!("unexpected `{}` in a list of `{name}`", item.name);
                return Err(Fault::invalid("not-sbml", found));
            }
            let place = format!("{} `{}`", item.name, item.attribute("id").unwrap_or(""));
            let done = match &*item.name {
                "functionDefinition" => self.function(&item),
                "compartment" => self.compartment(&item),
                "species" => self.one_species(&item),
                "parameter" => self.parameter(&item),
                "reaction" => self.reaction(&item),
                other => Err(Fault::invalid("not-sbml", format!("unexpected `{other}` in a list"))),
            };
            done.map_err(|fault| fault.within(&place))?;
        }
    }

    fn declare(&mut self, id: &str, symbol: Symbol) -> Result<(), Fault> {
        match self.symbols.insert(id.to_owned(), symbol) {
            None => Ok(()),
            Some(_) => {
                Err(Fault::invalid("duplicate-id", format!("two elements have the identifier `{id}`")))
            }
        }
    }

    fn function(&mut self, item: &Element) -> Result<(), Fault> {
        let id = required(item, "id")?;
        self.declare(id, Symbol::Other("a function"))?;
        if self.functions.len() >= MAX_FUNCTIONS {
            return Err(Fault::invalid(
                "too-large",
                format!("the file defines more than {MAX_FUNCTIONS} functions"),
            ));
        }
        let mut lambdas = expressions_in(item);
        let (Some(lambda), None) = (lambdas.next(), lambdas.next()) else {
            return Err(Fault::invalid("no-law", "it has no expression, or more than one"));
        };
        self.functions.push(Function::of(id, lambda)?);
        Ok(())
    }

    fn compartment(&mut self, item: &Element) -> Result<(), Fault> {
        if self.compartment.is_some() {
            return Err(Fault::invalid("several-compartments", "the file has more than one compartment"));
        }
        require_constant(item, "variable-compartment")?;
        let size = number(item, "size")?;
        if !size.is_positive() {
            return Err(Fault::invalid("variable-compartment", "its size is not greater than 0"));
        }
        let id = required(item, "id")?;
        self.declare(id, Symbol::Number(size.clone()))?;
        self.compartment = Some((id.to_owned(), size));
        Ok(())
    }

    fn one_species(&mut self, item: &Element) -> Result<(), Fault> {
        refuse_attributes(item, &["conversionFactor"])?;
        if item.attribute("hasOnlySubstanceUnits").is_some_and(is_true) {
            return Err(Fault::invalid(
                "substance-units",
                "`hasOnlySubstanceUnits` is true, so laws read amounts; expected concentrations",
            ));
        }
        let Some((compartment, volume)) = &self.compartment else {
            return Err(Fault::invalid("unknown-id", "the file declares no compartment before its species"));
        };
        if item.attribute("compartment") != Some(compartment) {
            return Err(Fault::invalid("unknown-id", "its compartment is not declared"));
        }
        let initial = match item.attribute("initialAmount") {
            None => number(item, "initialConcentration")?,
            Some(_) if item.attribute("initialConcentration").is_some() => {
                return Err(Fault::invalid("not-a-number", "it has two initial values"));
            }
            Some(_) => number(item, "initialAmount")?.over_power_of_two(volume).ok_or_else(|| {
                let what = "its initial amount over the size of the compartment is no exact number";
                Fault::invalid("initial-amount", format!("{what}; write `initialConcentration`"))
            })?,
        };
        if initial.is_negative() {
            return Err(Fault::invalid("negative-initial", "its initial concentration is below 0"));
        }
        let id = required(item, "id")?;
        let variable = Variable::try_from(self.species.len())
            .ok()
            .filter(|at| *at < 1 << 30)
            .ok_or_else(|| Fault::invalid("too-large", "the file has more than 2^30 species"))?;
        self.declare(id, Symbol::Species(variable))?;
        let is = |name: &str| item.attribute(name).is_some_and(is_true);
        self.is_fixed.push(is("boundaryCondition"));
        self.is_constant.push(is("constant") && !is("boundaryCondition"));
        self.species.push(Species { id: id.to_owned(), initial, derivative: Poly::zero() });
        self.terms.push(Vec::new());
        Ok(())
    }

    fn parameter(&mut self, item: &Element) -> Result<(), Fault> {
        require_constant(item, "variable-parameter")?;
        let value = number(item, "value")?;
        self.declare(required(item, "id")?, Symbol::Number(value))
    }

    fn reaction(&mut self, item: &Element) -> Result<(), Fault> {
        if item.attribute("fast").is_some_and(is_true) {
            return Err(Fault::invalid("fast-reaction", "it is `fast`, which is no mass action"));
        }
        self.declare(required(item, "id")?, Symbol::Other("a reaction"))?;
        self.reactions += 1;
        let mut net: BTreeMap<Variable, Dyadic> = BTreeMap::new();
        let mut declared = BTreeSet::new();
        let lists = [
            ("listOfReactants", "speciesReference", -1),
            ("listOfProducts", "speciesReference", 1),
            ("listOfModifiers", "modifierSpeciesReference", 0),
        ];
        for (list, element, sign) in lists {
            if item.all(list).count() > 1 {
                return Err(Fault::invalid("not-sbml", format!("it has two `{list}`")));
            }
            for reference in item.all(list).flat_map(|list| list.all(element)) {
                let species = self.referenced(reference)?;
                declared.insert(species);
                if sign == 0 {
                    continue;
                }
                if self.is_constant[species as usize] {
                    return Err(Fault::invalid(
                        "constant-species",
                        "a reactant or product is constant and no boundary species, which SBML forbids",
                    ));
                }
                let stoichiometry = self.stoichiometry(reference)?;
                let change = if sign < 0 { stoichiometry.negated() } else { stoichiometry };
                let sum = net.entry(species).or_default();
                *sum = sum.plus(&change)?;
            }
        }
        let mut laws = item.all("kineticLaw");
        let (Some(law), None) = (laws.next(), laws.next()) else {
            return Err(Fault::invalid("no-law", "it has no kinetic law, or more than one"));
        };
        let law = self.law(law, &declared)?;
        for (species, change) in net {
            if change.is_zero() || self.is_fixed[species as usize] {
                continue;
            }
            let terms = &mut self.terms[species as usize];
            for (monomial, coefficient) in law.terms() {
                terms.push((monomial.clone(), coefficient.times(&change)?));
            }
        }
        Ok(())
    }

    fn referenced(&self, reference: &Element) -> Result<Variable, Fault> {
        let id = required(reference, "species")?;
        match self.symbols.get(id) {
            Some(Symbol::Species(variable)) => Ok(*variable),
            _ => Err(Fault::invalid("unknown-id", format!("`{id}` is no species"))),
        }
    }

    fn stoichiometry(&mut self, reference: &Element) -> Result<Dyadic, Fault> {
        if let Some(id) = reference.attribute("id") {
            self.declare(id, Symbol::Other("a reference to a species"))?;
        }
        require_constant(reference, "variable-stoichiometry")?;
        if !reference.children.is_empty() {
            return Err(Fault::invalid("variable-stoichiometry", "a stoichiometry is an expression"));
        }
        let value = number(reference, "stoichiometry")?;
        if value.is_negative() {
            return Err(Fault::invalid("not-a-number", "a stoichiometry is below 0"));
        }
        Ok(value)
    }

    fn law(&self, law: &Element, declared: &BTreeSet<Variable>) -> Result<Poly, Fault> {
        let mut local = BTreeMap::new();
        for parameter in law.all("listOfLocalParameters").flat_map(|list| list.all("localParameter")) {
            if local.insert(required(parameter, "id")?, number(parameter, "value")?).is_some() {
                return Err(Fault::invalid("duplicate-id", "two local parameters have one identifier"));
            }
        }
        let mut expressions = expressions_in(law);
        let (Some(expression), None) = (expressions.next(), expressions.next()) else {
            return Err(Fault::invalid("no-law", "its kinetic law has no expression, or more than one"));
        };
        mathml::polynomial(expression, &self.functions, &|id| {
            if let Some(value) = local.get(id) {
                return Ok(Poly::constant(value.clone()));
            }
            match self.symbols.get(id) {
                Some(Symbol::Number(value)) => Ok(Poly::constant(value.clone())),
                Some(Symbol::Species(variable)) if declared.contains(variable) => {
                    Ok(Poly::variable(*variable))
                }
                Some(Symbol::Species(_)) => Err(Fault::invalid(
                    "undeclared-modifier",
                    format!("its law reads `{id}`, which is neither reactant, product nor modifier of it"),
                )),
                Some(Symbol::Other(what)) => {
                    Err(Fault::invalid("not-polynomial", format!("its law reads `{id}`, {what}")))
                }
                None => {
                    Err(Fault::invalid("unknown-id", format!("its law reads `{id}`, which nothing declares")))
                }
            }
        })
    }

    fn finish(self) -> Result<System, Fault> {
        let Some((_, volume)) = self.compartment else {
            return Err(Fault::invalid("not-sbml", "the file has no model with a compartment"));
        };
        let mut species = self.species;
        for (at, (one, terms)) in species.iter_mut().zip(self.terms).enumerate() {
            one.derivative = Poly::sum_of(terms)?;
            let itself = Variable::try_from(at).unwrap_or(Variable::MAX);
            let taken = one.derivative.terms().iter().find(|(m, c)| c.is_negative() && !m.contains(&itself));
            if taken.is_some() {
                let message = format!("`{}` is consumed at a rate that does not vanish with it", one.id);
                return Err(Fault::invalid(
                    "not-positive",
                    format!("{message}, so it can become negative; expected it as a factor of the law"),
                ));
            }
        }
        Ok(System { species, volume, reactions: self.reactions })
    }
}

/// What is in the `math` of an element.
fn expressions_in(element: &Element) -> impl Iterator<Item = &Element> {
    let is_math = |child: &&Element| child.name == "math" && child.namespace == mathml::NAMESPACE;
    element.children.iter().filter(is_math).flat_map(|math| &math.children)
}

fn outside(list: &str) -> Fault {
    let code = match list {
        "listOfInitialAssignments" => "initial-assignments",
        "listOfRules" => "rules",
        "listOfConstraints" => "constraints",
        "listOfEvents" => "events",
        _ => "not-sbml",
    };
    Fault::invalid(
        code,
        format!("the model has a `{list}` that is not empty; the reactions alone do not say what it does"),
    )
}

fn is_true(text: &str) -> bool {
    matches!(text.trim(), "true" | "1")
}

fn required<'a>(item: &'a Element, name: &str) -> Result<&'a str, Fault> {
    item.attribute(name)
        .ok_or_else(|| Fault::invalid("not-sbml", format!("`{}` has no attribute `{name}`", item.name)))
}

fn require_constant(item: &Element, code: &'static str) -> Result<(), Fault> {
    if item.attribute("constant").is_some_and(is_true) {
        return Ok(());
    }
    Err(Fault::invalid(code, format!("a `{}` is not constant; expected `constant=\"true\"`", item.name)))
}

fn refuse_attributes(item: &Element, names: &[&str]) -> Result<(), Fault> {
    match names.iter().find(|name| item.attribute(name).is_some()) {
        None => Ok(()),
        Some(name) => Err(Fault::invalid("conversion-factor", format!("`{}` has a `{name}`", item.name))),
    }
}

fn number(item: &Element, name: &str) -> Result<Dyadic, Fault> {
    let text = item.attribute(name).map(str::trim);
    let Some(text) = text else {
        return Err(Fault::invalid("no-value", format!("`{}` has no `{name}`", item.name)));
    };
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let value = text.parse::<f64>().ok().filter(|_| plain).and_then(Dyadic::from_f64);
    value.ok_or_else(|| {
        Fault::invalid("not-a-number", format!("`{name}` is `{text}`; expected a finite number"))
    })
}
