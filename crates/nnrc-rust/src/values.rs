//! What goes in and comes out: loading, inputs, folding, observables.

use nnrc_crn::{Axis, Handle, Index, Part, RateConstant, Role};
use nnrc_sim::{Method, program};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::components::Block;
use crate::context::{Context, Fold, Rank, doc, family_name, mentions};
use crate::options::{Options, Simulation};

/// Name of the initial concentrations of a family in the model file.
pub(crate) fn initial_key(family: &nnrc_crn::SpeciesFamily) -> String {
    format!("initial.{}", family_name(family))
}

/// The methods that compute folded coefficients.
pub(crate) fn folding(context: &Context<'_>) -> Vec<TokenStream> {
    let (fold, prepare): (Vec<&Fold>, Vec<&Fold>) =
        context.folds.iter().partition(|fold| fold.reads_inputs(context));
    let mut methods = Vec::new();
    if !prepare.is_empty() {
        let body = prepare.iter().map(|fold| fold.statements(context));
        let doc = doc("Computes the factors that follow from the model file alone.");
        methods.push(quote!(#doc fn prepare(&mut self) { #(#body)* }));
    }
    if !fold.is_empty() {
        let body = fold.iter().map(|fold| fold.statements(context));
        let doc = doc(
            "Computes the factors that follow from the inputs: nothing of them is left in the derivative.",
        );
        methods.push(quote!(#doc fn fold(&mut self) { #(#body)* }));
    }
    methods
}

/// The members of `program::Network`.
pub(crate) fn network(context: &Context<'_>, options: &Options, more: Vec<TokenStream>) -> Vec<TokenStream> {
    let name = &context.plan.crn.name;
    let mut members = vec![quote!(const NAME: &'static str = #name;)];
    members.extend(options.simulation.as_ref().map(defaults).filter(|tokens| !tokens.is_empty()));
    if !options.ranges.is_empty() {
        let ranges = options.ranges.iter().map(|(name, low, high)| {
            let (low, high) = (signed(*low), signed(*high));
            quote!((#name, #low, #high))
        });
        members.push(quote!(const RANGES: &'static [(&'static str, f64, f64)] = &[#(#ranges),*];));
    }
    let is_solved = context.components.iter().all(|component| component.block != Block::Diagonal);
    if !is_solved {
        members.push(quote!(
            const IS_SOLVED: bool = false;
        ));
    }
    members.extend([
        quantities(context),
        load(context, &more),
        quote!(
            fn start(&self) -> Vec<f64> {
                self.start_state.clone()
            }
        ),
        quote!(
            fn start_into(&self, state: &mut Vec<f64>) {
                state.clone_from(&self.start_state);
            }
        ),
        set_inputs(context),
        observe(context),
    ]);
    members
}

/// What the model file says about simulation, where it differs from what the run-time library does by itself.
fn defaults(simulation: &Simulation) -> TokenStream {
    let none = program::Defaults::NONE;
    let number = Literal::f64_unsuffixed;
    let until = simulation.until.map(|until| {
        let until = number(until);
        quote!(until: Some(#until),)
    });
    let points = simulation.points.filter(|points| *points != none.points).map(|points| {
        let points = Literal::usize_unsuffixed(points);
        quote!(points: #points,)
    });
    let every = simulation.every.map(|every| {
        let every = number(every);
        quote!(every: Some(#every),)
    });
    let record = simulation.record.as_ref().map(|names| quote!(record: Some(&[#(#names),*]),));
    let relative = (simulation.relative != none.relative).then(|| {
        let relative = number(simulation.relative);
        quote!(relative: #relative,)
    });
    let absolute = (simulation.absolute != none.absolute).then(|| {
        let absolute = number(simulation.absolute);
        quote!(absolute: #absolute,)
    });
    let method = match simulation.method {
        Method::Auto => None,
        Method::Explicit => Some(quote!(method: Method::Explicit,)),
        Method::Rosenbrock | Method::RosenbrockW => Some(quote!(method: Method::Rosenbrock,)),
    };
    let said = quote!(#until #points #every #record #relative #absolute #method);
    if said.is_empty() {
        return quote!();
    }
    quote!(const DEFAULTS: Defaults = Defaults { #said ..Defaults::NONE };)
}

/// A number of either sign: literals have none.
fn signed(value: f64) -> TokenStream {
    let size = Literal::f64_unsuffixed(value.abs());
    if value < 0.0 { quote!(-#size) } else { quote!(#size) }
}

/// What an observable is to the user.
fn role(context: &Context<'_>, observable: &nnrc_crn::Observable) -> TokenStream {
    let crn = context.plan.crn;
    let mut families = observable.positive.iter().chain(&observable.negative).peekable();
    let some = families.peek().is_some();
    if some && families.clone().all(|&family| is_input(context, family)) {
        return if observable.negative.is_empty() { quote!(Role::Input) } else { quote!(Role::SignedInput) };
    }
    if families.any(|&family| crn.species[family].role == Role::Output) {
        return quote!(Role::Output);
    }
    quote!(Role::Inner)
}

fn is_input(context: &Context<'_>, family: Handle<nnrc_crn::SpeciesFamily>) -> bool {
    context.plan.crn.species[family].role == Role::Input && context.plan.info.is_constant(family)
}

fn quantities(context: &Context<'_>) -> TokenStream {
    let all = context.plan.crn.observables.iter().map(|observable| {
        let (name, width) = (&observable.stem, context.size(observable.axis));
        let role = role(context, observable);
        quote!(Quantity { name: #name, width: #width, role: #role })
    });
    quote!(fn quantities() -> &'static [Quantity] { &[#(#all),*] })
}

fn taken(context: &Context<'_>, axes: &[Handle<Axis>], key: &str) -> TokenStream {
    match axes.len() {
        0 => quote!(tensors.number(#key)?),
        1 => quote!(tensors.vector(#key)?),
        2 => quote!(tensors.matrix(#key)?),
        _ => {
            let sizes = axes.iter().map(|&axis| context.size(axis));
            quote!(tensors.flat(#key, &[#(#sizes),*])?)
        }
    }
}

/// Checks of rate constants that reactions use with one sign only, or not at all: values of the other would be
/// ignored. Sources of one layer are columns of one matrix, each of which may have reactions for other signs.
fn sign_checks(context: &Context<'_>) -> Vec<TokenStream> {
    let crn = context.plan.crn;
    let mut checks = Vec::new();
    for (handle, constant) in crn.rate_constants.iter() {
        let Some(&last) = constant.axes.last() else {
            checks.extend(sign_check(context, handle));
            continue;
        };
        let (key, all) = (&constant.stem, 0..crn.axes[last].size());
        let uses = uses(context, handle);
        let mut places: Vec<usize> = uses.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
        places.extend([all.start, all.end]);
        places.sort_unstable();
        places.dedup();
        let signs = |place: usize| {
            let own = || uses.iter().filter(|(range, _)| range.contains(&place)).map(|(_, part)| *part);
            match (own().any(|part| part != Part::Negative), own().any(|part| part == Part::Negative)) {
                (true, true) => None,
                (true, false) => Some(quote!(Signs::NotNegative)),
                (false, true) => Some(quote!(Signs::NotPositive)),
                (false, false) => Some(quote!(Signs::Zero)),
            }
        };
        let mut parts: Vec<(std::ops::Range<usize>, TokenStream)> = Vec::new();
        for pair in places.windows(2) {
            let Some(signs) = signs(pair[0]) else { continue };
            match parts.last_mut() {
                Some((range, before)) if range.end == pair[0] && before.to_string() == signs.to_string() => {
                    range.end = pair[1];
                }
                _ => parts.push((pair[0]..pair[1], signs)),
            }
        }
        // Values that no reaction needs do no harm: what holds them now may hold others.
        let width = all.len().max(1);
        let is_kept = |(range, signs): &(std::ops::Range<usize>, TokenStream)| {
            let signs = signs.to_string();
            let own = constant.values.iter().enumerate().filter(|(at, _)| range.contains(&(at % width)));
            own.map(|(_, value)| *value).all(|value| {
                value == 0.0
                    || (value > 0.0 && signs.ends_with("NotNegative"))
                    || (value < 0.0 && signs.ends_with("NotPositive"))
            })
        };
        checks.extend(parts.into_iter().filter(is_kept).map(|(range, signs)| {
            if range == all {
                return quote!(tensors.require(#key, #signs)?;);
            }
            let (start, end) = (Literal::usize_unsuffixed(range.start), Literal::usize_unsuffixed(range.end));
            quote!(tensors.require_columns(#key, #start..#end, #signs)?;)
        }));
    }
    checks
}

/// The same for a single constant.
fn sign_check(context: &Context<'_>, handle: Handle<RateConstant>) -> Option<TokenStream> {
    let families = context.plan.functions.iter().flat_map(|function| &function.families);
    let rates = families.map(|&family| &context.plan.crn.reactions[family].rate);
    let own = || rates.clone().filter(|rate| rate.constant == handle).map(|rate| rate.part);
    let constant = &context.plan.crn.rate_constants[handle];
    let (key, value) = (&constant.stem, constant.values.first()?);
    match (own().any(|part| part != Part::Negative), own().any(|part| part == Part::Negative)) {
        (true, false) if *value >= 0.0 => Some(quote!(tensors.require(#key, Signs::NotNegative)?;)),
        (false, true) if *value <= 0.0 => Some(quote!(tensors.require(#key, Signs::NotPositive)?;)),
        _ => None,
    }
}

/// Columns and part of a rate constant in each family of reactions that the program has.
fn uses(context: &Context<'_>, constant: Handle<RateConstant>) -> Vec<(std::ops::Range<usize>, Part)> {
    let crn = context.plan.crn;
    let families = context.plan.functions.iter().flat_map(|function| &function.families);
    let own =
        families.map(|&family| &crn.reactions[family]).filter(|family| family.rate.constant == constant);
    own.filter_map(|family| {
        let columns = match *family.rate.indices.last()? {
            Index::At(place) => place..place + 1,
            Index::Variable { position, offset } => {
                offset..offset + crn.axes[family.over[position].axis].size()
            }
            Index::Affine(form) => {
                let width = crn.axes[*crn.rate_constants[constant].axes.last()?].size() as i128;
                let (first, last) = form.bounds(|position| 0..crn.axes[family.over[position].axis].size());
                first.clamp(0, width) as usize..(last + 1).clamp(0, width) as usize
            }
        };
        Some((columns, family.rate.part))
    })
    .collect()
}

fn load(context: &Context<'_>, more: &[TokenStream]) -> TokenStream {
    let crn = context.plan.crn;
    let sign_checks = sign_checks(context);
    let constants = context.used_constants().into_iter().map(|(handle, constant)| {
        let (name, value) = (context.constant(handle), taken(context, &constant.axes, &constant.stem));
        quote!(#name: #value)
    });
    let held = context.held().into_iter().map(|handle| {
        let family = &crn.species[handle];
        let (name, value) = (context.species(handle), taken(context, &family.axes, &initial_key(family)));
        quote!(#name: #value)
    });
    let folds = context.folds.iter().map(|fold| {
        let name = &fold.name;
        let size = |axis: Option<Handle<Axis>>| axis.map(|axis| context.size(axis));
        match fold.rank {
            Rank::Number => quote!(#name: 0.0),
            Rank::Vector => {
                let rows = size(fold.rows);
                quote!(#name: Box::new([0.0; #rows]))
            }
            Rank::Matrix => quote!(#name: zero_matrix()),
        }
    });
    let blocks = context.components.iter().zip(&context.blocks).map(|(component, name)| {
        let sizes = component.families.iter().map(|&family| context.family_size(family));
        match component.block {
            Block::Local => {
                let size = context.family_size(component.families[0]);
                let laws = crate::gradient::local_laws(context, component);
                quote!(#name: LocalBlocks::new(#size)#laws)
            }
            Block::Dense => {
                let laws = crate::gradient::dense_laws(context, component);
                quote!(#name: DenseBlock::new(#(#sizes)+*)#laws)
            }
            Block::Diagonal => quote!(#name: DiagonalBlock::new(#(#sizes)+*)),
        }
    });
    let starts = context.state().into_iter().map(|handle| {
        let family = &crn.species[handle];
        let key = initial_key(family);
        if family.axes.is_empty() {
            quote!(start_state.push(tensors.number(#key)?);)
        } else {
            let size = context.family_size(handle);
            match family.axes.len() {
                1 => quote!(start_state.extend(*tensors.vector::<#size>(#key)?);),
                _ => {
                    let sizes = family.axes.iter().map(|&axis| context.size(axis));
                    quote!(start_state.extend(tensors.values(#key, &[#(#sizes),*])?);)
                }
            }
        }
    });
    let (fold, prepare): (Vec<&Fold>, Vec<&Fold>) =
        context.folds.iter().partition(|fold| fold.reads_inputs(context));
    let prepare = (!prepare.is_empty()).then(|| quote!(network.prepare();));
    let fold = (!fold.is_empty()).then(|| quote!(network.fold();));
    let is_coupled = (0..context.components.len()).any(|at| crate::jacobian::couple(context, at).is_some());
    let solution = is_coupled.then(|| quote!(solution: vec![0.0; DIMENSION],));
    let mutable = (prepare.is_some() || fold.is_some()).then(|| quote!(mut));
    quote! {
        fn load(tensors: &mut Tensors) -> Result<Self, program::ModelError> {
            #(#sign_checks)*
            let mut start_state = Vec::with_capacity(DIMENSION);
            #(#starts)*
            let #mutable network = Self {
                #(#constants,)*
                #(#held,)*
                #(#folds,)*
                #(#blocks,)*
                start_state,
                at: vec![0.0; DIMENSION],
                #(#more,)*
                #solution
            };
            #prepare
            #fold
            Ok(network)
        }
    }
}

fn set_inputs(context: &Context<'_>) -> TokenStream {
    let crn = context.plan.crn;
    let mut body = Vec::new();
    for observable in &crn.observables {
        let all = || observable.positive.iter().chain(&observable.negative);
        if all().next().is_none() || !all().all(|&family| is_input(context, family)) {
            continue;
        }
        let field =
            |families: &[Handle<nnrc_crn::SpeciesFamily>]| families.first().map(|&f| context.species(f));
        let size = context.size(observable.axis);
        let is_matrix = all().any(|&family| crn.species[family].axes.len() == 2);
        body.push(match (field(&observable.positive), field(&observable.negative)) {
            (Some(positive), Some(negative)) if is_matrix => quote! {
                let own = take::<#size>(&mut values);
                let positive = self.#positive.as_flattened_mut();
                let rails = positive.iter_mut().zip(self.#negative.as_flattened_mut());
                for (value, (positive, negative)) in own.iter().zip(rails) {
                    *positive = value.max(0.0);
                    *negative = (-value).max(0.0);
                }
            },
            (positive, negative) if is_matrix => {
                let field = positive.or(negative);
                quote!(self.#field.as_flattened_mut().copy_from_slice(take::<#size>(&mut values));)
            }
            (Some(positive), Some(negative)) => quote! {
                split_rails(take(&mut values), &mut self.#positive, &mut self.#negative);
            },
            (positive, negative) => {
                let field = positive.or(negative);
                quote!(*self.#field = *take::<#size>(&mut values);)
            }
        });
    }
    if body.is_empty() {
        return quote!(
            fn set_inputs(&mut self, _values: &[f64]) {}
        );
    }
    let fold = context.folds.iter().any(|fold| fold.reads_inputs(context)).then(|| quote!(self.fold();));
    quote!(fn set_inputs(&mut self, mut values: &[f64]) { #(#body)* #fold })
}

fn observe(context: &Context<'_>) -> TokenStream {
    let (crn, info) = (context.plan.crn, context.plan.info);
    let mut body = Vec::new();
    let is_matrix = |family| info.is_constant(family) && crn.species[family].axes.len() == 2;
    for observable in &crn.observables {
        let array = |family| {
            let name = context.species(family);
            match info.is_constant(family) {
                true if is_matrix(family) => {
                    let flat = format_ident!("{name}_values");
                    quote!(#flat)
                }
                true => quote!(self.#name),
                false => quote!(state.#name),
            }
        };
        for &family in observable.positive.iter().chain(&observable.negative) {
            if is_matrix(family) {
                let (name, flat) = (context.species(family), array(family));
                body.push(quote!(let #flat = self.#name.as_flattened();));
            }
        }
        let families = observable.positive.iter().map(|&family| (1, array(family)));
        let families: Vec<(i64, TokenStream)> =
            families.chain(observable.negative.iter().map(|&family| (-1, array(family)))).collect();
        let size = context.size(observable.axis);
        body.push(match families.as_slice() {
            [] => {
                let zero = Literal::f64_unsuffixed(0.0);
                quote!(values.extend([#zero; #size]);)
            }
            [(1, only)] if observable.positive.iter().any(|family| is_matrix(*family)) => {
                quote!(values.extend_from_slice(#only);)
            }
            [(1, only)] => quote!(values.extend_from_slice(&#only[..]);),
            several => {
                let products: Vec<_> =
                    several.iter().map(|(sign, array)| (*sign, vec![quote!(#array[i])])).collect();
                let value = crate::coefficient::sum(&products);
                quote!(values.extend((0..#size).map(|i| #value));)
            }
        });
    }
    let body = quote!(#(#body)*);
    let state = if mentions(&body, "state") {
        (quote!(state), Some(quote!(let state = Concentrations::of(state);)))
    } else {
        (quote!(_state), None)
    };
    let (parameter, view) = state;
    if body.is_empty() {
        return quote!(
            fn observe(&self, _state: &[f64], _values: &mut Vec<f64>) {}
        );
    }
    quote!(fn observe(&self, #parameter: &[f64], values: &mut Vec<f64>) { #view #body })
}
