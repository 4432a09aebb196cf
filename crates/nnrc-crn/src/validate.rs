//! The validator.

use std::collections::BTreeMap;

use crate::arena::Handle;
use crate::crn::Crn;
use crate::error::{Beyond, CrnError, Fault};
use crate::index::Index;
use crate::info::{CrnInfo, FamilyFacts};
use crate::members;
use crate::namer;
use crate::network::{Axis, Observable, Part, RateConstant, ReactionFamily, SpeciesFamily, Term};
use crate::protocol::{Above, Feed, Protocol};
use crate::text;

/// Checks every invariant of the IR; the first one that does not hold is the error.
pub fn validate(crn: &Crn) -> Result<CrnInfo, CrnError> {
    for (_, axis) in crn.axes.iter() {
        if product(axis.shape.iter().copied()).is_none() {
            return Err(malformed(&axis.name, "the size of the axis is beyond all numbers"));
        }
    }
    let mut offsets = vec![0];
    for (_, family) in crn.species.iter() {
        check_species(crn, family)?;
        offsets.push(offsets.last().copied().unwrap_or(0) + family.initial.len());
    }
    for (_, constant) in crn.rate_constants.iter() {
        check_constant(crn, constant)?;
    }
    let mut constant = vec![true; crn.species.len()];
    let mut rate_range: Option<(f64, f64)> = None;
    let mut reactions = Vec::with_capacity(crn.reactions.len());
    for (_, family) in crn.reactions.iter() {
        check_reaction(crn, family)?;
        let members = count_members(crn, family, &mut rate_range)?;
        let net = net_stoichiometry(family);
        if members > 0 {
            for (species, _, _) in &net {
                constant[species.index()] = false;
            }
        }
        let molecularity = family.reactants.iter().map(|t| t.stoichiometry).sum();
        reactions.push(FamilyFacts { members, molecularity, net });
    }
    for observable in &crn.observables {
        check_observable(crn, observable)?;
    }
    check_protocol(crn, &crn.protocol)?;
    check_identifiers(crn)?;
    let families = crn.species.iter().map(|(handle, _)| handle).collect();
    Ok(CrnInfo { offsets, families, reactions, constant, rate_range })
}

fn malformed(family: &str, reason: &'static str) -> CrnError {
    fault(family, Fault::Words(reason))
}

fn fault(family: &str, reason: Fault) -> CrnError {
    CrnError::Malformed { family: family.to_owned(), reason }
}

/// The product, if it is a number.
fn product(mut sizes: impl Iterator<Item = usize>) -> Option<usize> {
    sizes.try_fold(1usize, |product, size| product.checked_mul(size))
}

fn check_length(crn: &Crn, name: &str, axes: &[Handle<Axis>], len: usize) -> Result<(), CrnError> {
    if axes.iter().any(|&axis| crn.axes.get(axis).is_none_or(|axis| axis.size() == 0)) {
        return Err(malformed(name, "an axis is missing or empty"));
    }
    if product(axes.iter().map(|&axis| crn.axes[axis].size())) != Some(len) {
        return Err(malformed(name, "the number of values differs from the size of the axes"));
    }
    Ok(())
}

fn check_species(crn: &Crn, family: &SpeciesFamily) -> Result<(), CrnError> {
    check_length(crn, &family.stem, &family.axes, family.initial.len())?;
    match family.initial.iter().position(|value| !value.is_finite() || *value < 0.0) {
        None => Ok(()),
        Some(flat) => {
            let mut what = "the initial concentration of ".to_owned();
            namer::species_id(crn, family, flat, &mut what);
            Err(CrnError::BadValue { what, value: family.initial[flat] })
        }
    }
}

fn check_constant(crn: &Crn, constant: &RateConstant) -> Result<(), CrnError> {
    check_length(crn, &constant.stem, &constant.axes, constant.values.len())?;
    match constant.values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(flat) => Err(bad_constant(crn, constant, flat)),
    }
}

fn bad_constant(crn: &Crn, constant: &RateConstant, flat: usize) -> CrnError {
    let mut what = "the rate constant ".to_owned();
    namer::rate_constant_id(crn, constant, flat, &mut what);
    CrnError::BadValue { what, value: constant.values[flat] }
}

fn check_observable(crn: &Crn, observable: &Observable) -> Result<(), CrnError> {
    for &rail in observable.positive.iter().chain(&observable.negative) {
        if crn.species.get(rail).is_none_or(|family| !runs_over(crn, family, observable.axis)) {
            return Err(malformed(&observable.stem, "an observable reads no species over its axis"));
        }
    }
    match crn.axes.get(observable.axis) {
        None => Err(malformed(&observable.stem, "no such axis")),
        Some(_) => Ok(()),
    }
}

/// Whether a family runs over an axis: it alone, or several that make up its shape, which number their members alike.
fn runs_over(crn: &Crn, family: &SpeciesFamily, axis: Handle<Axis>) -> bool {
    let shape = || family.axes.iter().flat_map(|&own| &crn.axes[own].shape);
    family.axes == [axis]
        || (family.axes.len() > 1 && crn.axes.get(axis).is_some_and(|axis| axis.shape.iter().eq(shape())))
}

fn check_protocol(crn: &Crn, protocol: &Protocol) -> Result<(), CrnError> {
    let mut before = 0.0;
    for setting in &protocol.settings {
        let family = crn
            .species
            .get(setting.species)
            .ok_or_else(|| malformed("protocol", "a setting names no species"))?;
        if setting.values.len() != family.initial.len() {
            return Err(malformed(&family.stem, "a setting has not one value for each species"));
        }
        if !setting.time.is_finite() || setting.time < 0.0 {
            let what = format!("the time of a setting of `{}`", family.stem);
            return Err(CrnError::BadValue { what, value: setting.time });
        }
        if setting.time < before {
            return Err(malformed(&family.stem, "settings do not stand in the order of their times"));
        }
        before = setting.time;
        if let Some(flat) = setting.values.iter().position(|value| !value.is_finite() || *value < 0.0) {
            let mut what = "a setting of ".to_owned();
            namer::species_id(crn, family, flat, &mut what);
            return Err(CrnError::BadValue { what, value: setting.values[flat] });
        }
        if let Some(above) = &setting.unless {
            check_above(crn, above)?;
        }
    }
    if let Some(feed) = &protocol.feed {
        check_feed(crn, feed)?;
    }
    match protocol.period {
        Some(period) if !(period.is_finite() && period > 0.0 && period >= before) => {
            Err(malformed("protocol", "the period ends before its last setting"))
        }
        _ => Ok(()),
    }
}

fn check_above(crn: &Crn, above: &Above) -> Result<(), CrnError> {
    match crn.species.get(above.species) {
        None => Err(malformed("protocol", "a setting depends on no species")),
        Some(family) if family.initial.len() != 1 => {
            Err(malformed(&family.stem, "a setting depends on more than one species"))
        }
        Some(_) if !above.level.is_finite() || above.level < 0.0 => {
            let what = "the level that a setting depends on".to_owned();
            Err(CrnError::BadValue { what, value: above.level })
        }
        Some(_) => Ok(()),
    }
}

fn check_feed(crn: &Crn, feed: &Feed) -> Result<(), CrnError> {
    let wrong = |reason| Err(malformed("protocol", reason));
    if !(feed.hold.is_finite() && feed.hold > 0.0) {
        return Err(CrnError::BadValue { what: "the length of a presentation".to_owned(), value: feed.hold });
    }
    if feed.tables.iter().any(|table| table.rows() * table.columns != table.values.len()) {
        return wrong("the rows of a table differ in length");
    }
    if feed.rows.is_empty() || feed.tables.iter().any(|t| feed.rows.iter().any(|&row| row >= t.rows())) {
        return wrong("a presentation names no row");
    }
    for channel in &feed.channels {
        let Some(family) = crn.species.get(channel.species) else {
            return wrong("a channel names no species");
        };
        let fits = |columns: usize| channel.column + family.initial.len() <= columns;
        if !feed.tables.get(channel.table).is_some_and(|table| fits(table.columns)) {
            return wrong("a channel names no columns");
        }
        let mut values = vec![0.0; family.initial.len()];
        for &row in &feed.rows {
            feed.fill(channel, row, &mut values);
            if let Some(flat) = values.iter().position(|value| !value.is_finite() || *value < 0.0) {
                let mut what = format!("row {} for ", row + 1);
                namer::species_id(crn, family, flat, &mut what);
                return Err(CrnError::BadValue { what, value: values[flat] });
            }
        }
    }
    match &feed.gate {
        Some(gate) if crn.species.get(gate.species).is_none_or(|family| family.initial.len() != 1) => {
            wrong("a gate is no single species")
        }
        Some(gate) if !(0.0 <= gate.open && gate.open < gate.close && gate.close <= feed.hold) => {
            wrong("a gate is not open within the presentation")
        }
        _ => Ok(()),
    }
}

fn check_reaction(crn: &Crn, family: &ReactionFamily) -> Result<(), CrnError> {
    let name = family.name.as_str();
    let constant: &RateConstant = crn
        .rate_constants
        .get(family.rate.constant)
        .ok_or_else(|| malformed(name, "no such rate constant"))?;
    if family.over.iter().any(|variable| crn.axes.get(variable.axis).is_none()) {
        return Err(malformed(name, "no such axis"));
    }
    check_indices(crn, family, &|| constant.stem.clone(), &constant.axes, &family.rate.indices)?;
    if let Some((a, b)) = family.distinct
        && (a == b || a >= family.over.len() || b >= family.over.len())
    {
        return Err(malformed(name, "`distinct` names no two index variables"));
    }
    for side in [&family.reactants, &family.products] {
        if side.iter().try_fold(0u32, |sum, term| sum.checked_add(term.stoichiometry)).is_none() {
            return Err(malformed(name, "the molecules of one side are beyond all numbers"));
        }
        for term in side {
            let species = crn.species.get(term.species).ok_or_else(|| malformed(name, "no such species"))?;
            check_indices(crn, family, &|| text::name(species), &species.axes, &term.indices)?;
            if term.stoichiometry == 0 {
                return Err(malformed(name, "a stoichiometry is 0"));
            }
        }
    }
    let terms: Vec<&Term> = family.reactants.iter().chain(&family.products).collect();
    for (place, first) in terms.iter().enumerate() {
        for second in &terms[place + 1..] {
            if first.species == second.species
                && first.indices != second.indices
                && may_meet(family, first, second)
            {
                return Err(malformed(name, "two terms could name the same species; say `distinct`"));
            }
        }
    }
    Ok(())
}

/// Rank, variables and places of the indices of a species or rate constant, which `of` names.
fn check_indices(
    crn: &Crn,
    family: &ReactionFamily,
    of: &dyn Fn() -> String,
    axes: &[Handle<Axis>],
    indices: &[Index],
) -> Result<(), CrnError> {
    if axes.len() != indices.len() {
        let rank = Fault::Rank { of: of(), expected: axes.len(), found: indices.len() };
        return Err(fault(&family.name, rank));
    }
    for (&axis, &index) in axes.iter().zip(indices) {
        if let Some(position) = index.variables().find(|&position| position >= family.over.len()) {
            let unknown = Fault::NoSuchVariable { of: of(), position, variables: family.over.len() };
            return Err(fault(&family.name, unknown));
        }
        let form = index.form();
        let (first, last) = form.bounds(|position| 0..crn.axes[family.over[position].axis].size());
        let size = crn.axes[axis].size();
        if !form.is_padded() && (first < 0 || last >= size as i128) {
            let index = form.text(|position| &family.over[position].name);
            let axis = crn.axes[axis].name.clone();
            // Places are counted from 1 where people read them.
            let places = (first + 1, last + 1);
            let beyond = Beyond { of: of(), index, places, axis, size };
            return Err(fault(&family.name, Fault::LeavesAxis(Box::new(beyond))));
        }
    }
    Ok(())
}

/// Whether two terms of one family with different indices can name the same member.
fn may_meet(family: &ReactionFamily, first: &Term, second: &Term) -> bool {
    !first.indices.iter().zip(&second.indices).any(|(&a, &b)| never_equal(family, a, b))
}

/// Whether two indices differ for all values of the variables: their difference is a number other than 0, or cannot be
/// 0 because all its strides have a divisor that the number has not, or it is a multiple of that of two variables
/// which are distinct.
fn never_equal(family: &ReactionFamily, first: Index, second: Index) -> bool {
    let (first, second) = (first.form(), second.form());
    let strides = |form: crate::index::Affine, sign: i64| {
        form.pairs().map(move |(position, stride)| (position, sign * stride as i64))
    };
    let mut difference: BTreeMap<usize, i64> = BTreeMap::new();
    for (position, stride) in strides(first, 1).chain(strides(second, -1)) {
        *difference.entry(position).or_default() += stride;
    }
    difference.retain(|_, stride| *stride != 0);
    let offset = i128::from(first.offset()) - i128::from(second.offset());
    let divisor = difference.values().fold(0, |divisor, stride| gcd(divisor, stride.unsigned_abs()));
    if divisor == 0 || offset.unsigned_abs() % u128::from(divisor) != 0 {
        return offset != 0;
    }
    let opposite = difference.values().sum::<i64>() == 0;
    offset == 0
        && opposite
        && difference.len() == 2
        && family.distinct.is_some_and(|(a, b)| difference.contains_key(&a) && difference.contains_key(&b))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn count_members(
    crn: &Crn,
    family: &ReactionFamily,
    range: &mut Option<(f64, f64)>,
) -> Result<usize, CrnError> {
    let constant = &crn.rate_constants[family.rate.constant];
    let mut members = 0;
    let mut bad = None;
    members::for_each(crn, family, |values| {
        let position = crn.flat(&constant.axes, &family.rate.indices, values);
        let stored = constant.values[position];
        let k = family.rate.part.of(stored);
        if family.rate.part == Part::Whole && stored < 0.0 {
            bad.get_or_insert(position);
        } else if k > 0.0 {
            members += 1;
            let (low, high) = range.get_or_insert((k, k));
            *low = low.min(k);
            *high = high.max(k);
        }
    });
    match bad {
        None => Ok(members),
        Some(position) => Err(bad_constant(crn, constant, position)),
    }
}

fn net_stoichiometry(family: &ReactionFamily) -> Vec<(Handle<SpeciesFamily>, Vec<Index>, i64)> {
    let mut net: BTreeMap<(Handle<SpeciesFamily>, &[Index]), i64> = BTreeMap::new();
    for term in &family.products {
        *net.entry((term.species, &term.indices)).or_default() += i64::from(term.stoichiometry);
    }
    for term in &family.reactants {
        *net.entry((term.species, &term.indices)).or_default() -= i64::from(term.stoichiometry);
    }
    net.into_iter()
        .filter(|&(_, change)| change != 0)
        .map(|((species, indices), change)| (species, indices.to_vec(), change))
        .collect()
}

/// Finds two things with one identifier. Only families whose identifiers have the same pattern of words and
/// numbers can meet, so single members are compared only within such groups.
fn check_identifiers(crn: &Crn) -> Result<(), CrnError> {
    let mut groups: BTreeMap<String, Vec<Named<'_>>> = BTreeMap::new();
    for (_, family) in crn.species.iter() {
        let named = Named::Species(family);
        groups.entry(named.pattern(crn)).or_default().push(named);
    }
    for (_, constant) in crn.rate_constants.iter() {
        let named = Named::Constant(constant);
        groups.entry(named.pattern(crn)).or_default().push(named);
    }
    for (_, family) in crn.reactions.iter() {
        let named = Named::Reaction(family);
        groups.entry(named.pattern(crn)).or_default().push(named);
    }
    for group in groups.values().filter(|group| group.len() > 1) {
        let mut seen: BTreeMap<String, &Named<'_>> = BTreeMap::new();
        for named in group {
            for id in named.ids(crn) {
                if let Some(first) = seen.insert(id.clone(), named) {
                    return Err(CrnError::IdCollision { id, first: first.words(), second: named.words() });
                }
            }
        }
    }
    Ok(())
}

enum Named<'a> {
    Species(&'a SpeciesFamily),
    Constant(&'a RateConstant),
    Reaction(&'a ReactionFamily),
}

impl Named<'_> {
    /// The identifier of the first member with every number replaced by `#`.
    fn pattern(&self, crn: &Crn) -> String {
        let mut id = String::new();
        match self {
            Self::Species(family) => namer::species_id(crn, family, 0, &mut id),
            Self::Constant(constant) => namer::rate_constant_id(crn, constant, 0, &mut id),
            Self::Reaction(family) => namer::reaction_id(crn, family, &vec![0; family.over.len()], &mut id),
        }
        let words = id.split('_').map(|w| if w.bytes().all(|b| b.is_ascii_digit()) { "#" } else { w });
        words.collect::<Vec<_>>().join("_")
    }

    fn ids(&self, crn: &Crn) -> Vec<String> {
        let mut ids = Vec::new();
        let members = |count: usize, write: &dyn Fn(usize, &mut String)| {
            (0..count)
                .map(|flat| {
                    let mut id = String::new();
                    write(flat, &mut id);
                    id
                })
                .collect()
        };
        match self {
            Self::Species(family) => {
                ids = members(family.initial.len(), &|flat, id| namer::species_id(crn, family, flat, id));
            }
            Self::Constant(constant) => {
                ids = members(constant.values.len(), &|flat, id| {
                    namer::rate_constant_id(crn, constant, flat, id);
                });
            }
            Self::Reaction(family) => members::for_each(crn, family, |values| {
                let mut id = String::new();
                namer::reaction_id(crn, family, values, &mut id);
                ids.push(id);
            }),
        }
        ids
    }

    fn words(&self) -> String {
        match self {
            Self::Species(family) => format!("species of `{}`", family.origin.label),
            Self::Constant(constant) => format!("rate constants of `{}`", constant.origin.label),
            Self::Reaction(family) => format!("reactions `{}`", family.name),
        }
    }
}
