//! Gradients of the fixed point: the way forward component by component, and the way back.
//!
//! Forward (`rest`): what stands still in a component is computed once, its *flows*; then its species come to rest.
//! A unit of one species with powers up to 2 has a root in closed form, other units and dense blocks are solved for.
//! Back (`pull`): dL/dx of a component becomes dL/df with the transposed block; each function then hands it on to the
//! species that it reads and to its rate constants.

use nnrc_crn::{Handle, Part, RateConstant, SpeciesFamily, structure};
use nnrc_sim::train::{Loss, Optimiser, Schedule, Stop};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::coefficient::{Product, add, bind, factors, over, scaled, set, spots};
use crate::components::{Block, Component};
use crate::derivative::{element, outer, over_rows, rows_times, times};
use crate::plan::{Access, Contribution, Function, MatrixTerm, Nest, Place, Shape, Spot};
use crate::source::{Context, doc, mentions};
use crate::{Error, Trained, Training, nest};

/// How a component comes to rest.
enum Unit {
    /// One species with powers up to 2.
    Quadratic,
    /// Several species, or larger powers: powers and changes of each reaction, conserved totals.
    Table { terms: Vec<(Vec<u32>, Vec<i64>)>, laws: Vec<(usize, Vec<i64>)> },
    /// One matrix.
    Matrix,
}

/// What is written for gradients.
pub(crate) struct Gradient<'a> {
    context: &'a Context<'a>,
    training: &'a Training,
    trained: Vec<(&'a Trained, Handle<RateConstant>)>,
    units: Vec<Unit>,
}

impl<'a> Gradient<'a> {
    pub fn new(context: &'a Context<'a>, training: &'a Training) -> Result<Self, Error> {
        let crn = context.plan.crn;
        let find = |one: &'a Trained| {
            let mut used = context.used_constants().into_iter();
            let found =
                used.find(|(_, constant)| constant.stem == one.constant).map(|(handle, _)| (one, handle));
            found.ok_or_else(|| Error::not_served(&one.key, "no reaction has it as rate constant"))
        };
        let trained = training.tensors.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if let Some((one, _)) = trained.iter().find(|(_, handle)| {
            let axes = crn.rate_constants[*handle].axes.len();
            axes == 0 || axes > 2
        }) {
            return Err(Error::not_served(&one.key, "only vectors and matrices are trained"));
        }
        let laws = laws(context, &trained);
        let units = context
            .components
            .iter()
            .map(|component| unit(context, component, &laws))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { context, training, trained, units })
    }

    fn parameter(&self, constant: Handle<RateConstant>) -> Option<Ident> {
        let is_trained = self.trained.iter().any(|(_, handle)| *handle == constant);
        is_trained.then(|| self.context.constant(constant))
    }

    fn flows(&self, place: usize) -> Ident {
        self.context.flows[place].clone()
    }

    fn table(&self, place: usize) -> Ident {
        format_ident!("{}", self.flows(place).to_string().trim_end_matches("_flows").to_uppercase() + "_UNIT")
    }

    /// Items beside the network: the tables of units, and the view of a gradient.
    pub fn items(&self) -> Vec<TokenStream> {
        let mut items = Vec::new();
        for (place, unit) in self.units.iter().enumerate() {
            let Unit::Table { terms, laws } = unit else { continue };
            let number = |change: &i64| Literal::f64_unsuffixed(*change as f64);
            let signed = |change: &i64| {
                let size = number(&change.abs());
                if *change < 0 { quote!(-#size) } else { quote!(#size) }
            };
            let (name, reactions) = (self.table(place), Literal::usize_unsuffixed(terms.len()));
            let species = Literal::usize_unsuffixed(self.context.components[place].families.len());
            let powers = terms.iter().map(|(powers, _)| {
                let powers = powers.iter().map(|power| Literal::u32_unsuffixed(*power));
                quote!([#(#powers),*])
            });
            let changes = terms.iter().map(|(_, changes)| {
                let changes = changes.iter().map(signed);
                quote!([#(#changes),*])
            });
            let laws = laws.iter().map(|(row, law)| {
                let (row, law) = (Literal::usize_unsuffixed(*row), law.iter().map(signed));
                quote!((#row, [#(#law),*]))
            });
            let doc = doc(&format!(
                "Reactions of {} at one index: powers and changes of its species, conserved totals.",
                self.context.names_of(&self.context.components[place])
            ));
            items.push(quote! {
                #doc
                const #name: Unit<#species, #reactions> = Unit {
                    powers: [#(#powers),*],
                    changes: [#(#changes),*],
                    laws: &[#(#laws),*],
                };
            });
        }
        let crn = self.context.plan.crn;
        let (mut fields, mut takes) = (Vec::new(), Vec::new());
        for (_, handle) in &self.trained {
            let name = self.context.constant(*handle);
            match crn.rate_constants[*handle].axes.as_slice() {
                [axis] => {
                    let size = self.context.size(*axis);
                    fields.push(quote!(#name: &'a mut [f64; #size]));
                    takes.push(quote!(#name: take_mut(&mut gradient)));
                }
                axes => {
                    let sizes: Vec<_> = axes.iter().map(|&axis| self.context.size(axis)).collect();
                    let (rows, columns) = (sizes[0], sizes[1]);
                    fields.push(quote!(#name: &'a mut [[f64; #columns]; #rows]));
                    takes.push(quote!(#name: pull::take_rows_mut(&mut gradient)));
                }
            }
        }
        items.push(quote! {
            /// The derivatives of a loss by the trained rate constants.
            struct Gradient<'a> { #(#fields,)* }
        });
        items.push(quote! {
            impl<'a> Gradient<'a> {
                fn of(mut gradient: &'a mut [f64]) -> Self {
                    Self { #(#takes,)* }
                }
            }
        });
        items
    }

    /// Fields of the network, and what they are at first.
    pub fn fields(&self) -> Vec<(TokenStream, TokenStream)> {
        let mut fields = Vec::new();
        for (place, unit) in self.units.iter().enumerate() {
            let component = &self.context.components[place];
            let (name, size) = (self.flows(place), self.context.family_size(component.families[0]));
            let shape = match unit {
                Unit::Quadratic => quote!([[f64; #size]; 3]),
                Unit::Table { terms, .. } => {
                    let count = Literal::usize_unsuffixed(terms.len());
                    quote!([[f64; #count]; #size])
                }
                Unit::Matrix => continue,
            };
            let doc = doc(&format!("Flows in {} at each index.", self.context.names_of(component)));
            fields.push((quote!(#doc #name: Box<#shape>), quote!(#name: zero_matrix())));
        }
        fields.push((
            quote! {
                /// The derivatives of a loss by the concentrations.
                adjoint: Vec<f64>
            },
            quote!(adjoint: vec![0.0; DIMENSION]),
        ));
        fields
    }

    /// The private methods.
    pub fn methods(&self) -> Vec<TokenStream> {
        let mut methods: Vec<TokenStream> =
            (0..self.units.len()).map(|place| self.rest_method(place)).collect();
        methods.extend(self.pulls().into_iter().map(|pull| pull.method));
        methods
    }

    /// The method that brings a component to rest.
    fn rest_method(&self, place: usize) -> TokenStream {
        let context = self.context;
        let component = &context.components[place];
        let names: Vec<Ident> = component.families.iter().map(|&family| context.species(family)).collect();
        let name = format_ident!("rest_{}", names[0]);
        let words = context.names_of(component);
        if matches!(self.units[place], Unit::Matrix) {
            return self.rest_matrix(place, &name, &names, &words);
        }
        let (flows, body) = (self.flows(place), self.flow_loops(place));
        let at = mentions(&body, "at").then(|| quote!(let at = Concentrations::of(state);));
        let solve = match &self.units[place] {
            Unit::Quadratic => {
                let name = &names[0];
                quote!(unit::quadratic(&self.#flows, Changes::of(state).#name))
            }
            _ => {
                let table = self.table(place);
                quote! {
                    let own = Changes::of(state);
                    let own = [#(own.#names),*];
                    #table.rest(&self.#flows, own)
                }
            }
        };
        let doc = doc(&format!(
            "Computes the flows in {words}, and with `find` where it comes to rest. False if it does not."
        ));
        quote! {
            #doc
            fn #name(&mut self, state: &mut [f64], find: bool) -> bool {
                #at
                #body
                if !find {
                    return true;
                }
                #solve
            }
        }
    }

    fn rest_matrix(&self, place: usize, name: &Ident, names: &[Ident], words: &str) -> TokenStream {
        let context = self.context;
        let own = &context.components[place].families;
        let (block, linearise) = (&context.blocks[place], &context.linearise[place]);
        let functions = context.plan.functions.iter().enumerate();
        let changing = functions.filter(|(_, function)| function.targets().iter().any(|t| own.contains(t)));
        let calls = changing.map(|(at, _)| {
            let method = crate::derivative::method(context, at);
            crate::derivative::call(context, at, &method)
        });
        let calls = quote!(#(#calls)*);
        let view = mentions(&calls, "state").then(|| quote!(let state = Concentrations::of(state);));
        let flow = format_ident!("flow_{}", names[0]);
        let doc_flow =
            doc(&format!("Adds the derivatives of {words}, and of what changes together with it."));
        let doc = doc(&format!("Finds with `find` where {words} comes to rest. False if it does not."));
        quote! {
            #doc_flow
            fn #flow(&self, state: &[f64], derivative: &mut [f64]) {
                derivative.fill(0.0);
                #view
                let mut changes = Changes::of(derivative);
                #calls
            }

            #doc
            fn #name(&mut self, state: &mut [f64], find: bool) -> bool {
                let members = Members::<Self> {
                    derivative: Self::#flow,
                    linearise: |network, state| {
                        network.at.copy_from_slice(state);
                        network.#linearise();
                    },
                    block: |network| &mut network.#block,
                    own: |state| {
                        let own = Changes::of(state);
                        vec![#(own.#names.as_mut_slice()),*]
                    },
                };
                let found = !find || members.rest(self, state);
                (members.linearise)(self, state);
                found
            }
        }
    }

    /// The loops that compute the flows of a component of units.
    fn flow_loops(&self, place: usize) -> TokenStream {
        let context = self.context;
        let component = &context.components[place];
        let (unit, flows) = (&self.units[place], self.flows(place));
        let count = match unit {
            Unit::Table { terms, .. } => terms.len(),
            _ => 3,
        };
        let mut whole: Vec<Vec<Product>> = vec![Vec::new(); count];
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        let size = context.plan.crn.species[component.families[0]].initial.len();
        for (at, function) in context.plan.functions.iter().enumerate() {
            let Some((powers, changes)) = within(component, function) else { continue };
            let (slot, times_change) = match unit {
                Unit::Table { terms, .. } => {
                    let found = terms.iter().position(|term| *term == (powers.clone(), changes.clone()));
                    (found.unwrap_or(0), 1)
                }
                _ => (powers[0] as usize, changes[0]),
            };
            let flow_at = |index: &TokenStream| {
                let slot = Literal::usize_unsuffixed(slot);
                match unit {
                    // Each power by itself, so that the roots are found several at a time.
                    Unit::Quadratic => quote!(self.#flows[#slot][#index]),
                    _ => quote!(self.#flows[#index][#slot]),
                }
            };
            if let Shape::Nest(nest) = &function.shape {
                let first = nest.net.iter().find(|(family, _, _)| component.families.contains(family));
                let Some((family, indices, _)) = first else { continue };
                let index = index_of(&nest::element(context, &quote!(index), *family, indices));
                let flux = nest::flux(context, nest, &quote!(at), None);
                let add = add(&flow_at(&index), &[(times_change, flux)]);
                parts.push((slot, nest::loops(context, nest, &add)));
                continue;
            }
            let products = scaled(&flow(context, component, at), times_change);
            let rows = function.rows.map(|axis| context.plan.crn.axes[axis].size());
            let target = function.net.iter().find(|(access, _)| component.families.contains(&access.family));
            let Some((target, _)) = target else { continue };
            if target.place == Place::Row(0) && rows == Some(size) {
                if matches!(function.shape, Shape::Others(..)) {
                    others.push(at);
                }
                whole[slot].extend(products);
            } else {
                let index = index_of(&element(context, &quote!(index), target));
                let add = add(&flow_at(&index), &products);
                parts.push((slot, crate::jacobian::over_rows_with_others(context, at, &add)));
            }
        }
        let sets = whole.iter().enumerate().filter_map(|(slot, products)| {
            let is_set = !products.is_empty() || parts.iter().any(|(other, _)| *other == slot);
            let slot = Literal::usize_unsuffixed(slot);
            let place = match unit {
                Unit::Quadratic => quote!(self.#flows[#slot][i]),
                _ => quote!(self.#flows[i][#slot]),
            };
            is_set.then(|| set(&place, products))
        });
        let sets = quote!(#(#sets)*);
        let rows = context.family_size(component.families[0]);
        let first = crate::jacobian::loop_with_others(context, &others, &rows, &sets);
        let parts = parts.iter().map(|(_, part)| part);
        quote!(#first #(#parts)*)
    }

    /// The methods that hand dL/df on, in the order in which they are called: back from the outputs.
    fn pulls(&self) -> Vec<Pull> {
        let mut pulls = Vec::new();
        for (place, component) in self.context.components.iter().enumerate().rev() {
            for (at, function) in self.context.plan.functions.iter().enumerate() {
                if function.targets().iter().any(|target| component.families.contains(target)) {
                    pulls.extend(self.pull(place, at, function));
                }
            }
        }
        pulls
    }

    fn pull(&self, place: usize, at: usize, function: &Function) -> Option<Pull> {
        let context = self.context;
        let component = &context.components[place];
        let own = |family: Handle<SpeciesFamily>| component.families.contains(&family);
        let several = function.targets().iter().any(|target| !own(*target));
        let name = match several {
            false => format_ident!("pull_{}", context.functions[at]),
            true => {
                format_ident!("pull_{}_of_{}", context.functions[at], context.species(component.families[0]))
            }
        };
        let body = match &function.shape {
            Shape::Nest(nest) => self.pull_nest(component, nest),
            _ => self.pull_rows(component, at, function),
        }?;
        let state = mentions(&body, "at").then(|| quote!(at: &Concentrations<'_>,));
        let known = mentions(&body, "known").then(|| quote!(known: &mut Changes<'_>,));
        let gradient = mentions(&body, "gradient").then(|| quote!(gradient: &mut Gradient<'_>,));
        let words: Vec<String> = (function.families.iter())
            .map(|&family| format!("`{}`", context.plan.crn.reactions[family].name))
            .collect();
        let doc =
            doc(&format!("Hands on what {} made of {}.", words.join(", "), context.names_of(component)));
        let method = quote!(#doc fn #name(&self, #state #known #gradient) { #body });
        let state = state.map(|_| quote!(&at,));
        let known = known.map(|_| quote!(&mut Changes::of(&mut adjoint),));
        let gradient = gradient.map(|_| quote!(&mut gradient,));
        Some(Pull { place, method, call: quote!(self.#name(#state #known #gradient);) })
    }

    fn pull_rows(&self, component: &Component, at: usize, function: &Function) -> Option<TokenStream> {
        let context = self.context;
        let own = |family: Handle<SpeciesFamily>| component.families.contains(&family);
        let fields = &context.fields[at];
        let known = quote!(known);
        // dL/d flux: what the flux changes times dL/df there.
        let targets: Vec<Product> = function
            .net
            .iter()
            .filter(|(access, _)| own(access.family))
            .map(|(access, change)| (*change, vec![element(context, &known, access)]))
            .collect();
        let bind_flow = bind(&format_ident!("flow"), &targets);
        let whole = outer(context, &quote!(at), function, None);
        let with = |more: TokenStream| [vec![quote!(flow)], whole.clone(), vec![more]].concat();
        let mut statements = Vec::new();
        let mut others = false;
        // The species read at i.
        for (by, power) in function.outer.iter().filter(|(access, _)| !own(access.family)) {
            let rest = outer(context, &quote!(at), function, Some(*by));
            let products = match &function.shape {
                Shape::Matrix(_) => rows_times(context, &quote!(at), function, fields),
                Shape::Others(..) => {
                    others = true;
                    vec![(fields[0].sign, vec![fields[0].at_row(), quote!(others)])]
                }
                _ => vec![(fields[0].sign, vec![fields[0].at_row()])],
            };
            let factors = [vec![quote!(flow)], rest].concat();
            let products = scaled(&times(products, &factors), i64::from(*power));
            statements.push(add(&element(context, &known, by), &products));
        }
        let mut scale = None;
        let mut after = None;
        match &function.shape {
            Shape::Pointwise(coefficient) => {
                for contribution in &coefficient.contributions {
                    statements.extend(self.pull_contribution(contribution, &with));
                }
            }
            Shape::Others(coefficient, family) => {
                for contribution in &coefficient.contributions {
                    let with = |more: TokenStream| [with(more), vec![quote!(others)]].concat();
                    let statement = self.pull_contribution(contribution, &with);
                    others |= statement.is_some();
                    statements.extend(statement);
                }
                if !own(*family) {
                    let name = context.species(*family);
                    let size = context.family_size(*family);
                    let value = with(fields[0].at_row());
                    statements.push(set(&quote!(shares[i]), &[(fields[0].sign, value)]));
                    scale = Some(quote!(let mut shares = [0.0; #size];));
                    after = Some(quote!(pull::add_scaled(known.#name, 1.0, &sum_of_others(&shares));));
                }
            }
            Shape::Matrix(terms) => {
                let mut inner = Vec::new();
                for (term, field) in terms.iter().zip(fields) {
                    inner.extend(self.pull_matrix(term));
                    if !own(term.family) {
                        let (name, row) = (context.species(term.family), field.at_row());
                        let factor = if field.sign < 0 { quote!(-scale) } else { quote!(scale) };
                        inner.push(quote!(pull::add_scaled(known.#name, #factor, &#row);));
                    }
                }
                if !inner.is_empty() {
                    let bind =
                        bind(&format_ident!("scale"), &[(1, [vec![quote!(flow)], whole.clone()].concat())]);
                    statements.push(quote!(#bind #(#inner)*));
                }
            }
            Shape::Nest(_) => {}
        }
        if statements.is_empty() {
            return None;
        }
        let body = quote!(#bind_flow #(#statements)*);
        let body = match &function.shape {
            Shape::Others(_, family) if others => {
                let family = context.species(*family);
                quote!(for (i, others) in sum_of_others(at.#family).into_iter().enumerate() { #body })
            }
            _ => over_rows(context, function, &body),
        };
        Some(quote!(#scale #body #after))
    }

    /// dL/dk of one contribution to a coefficient at i; `with` gives the factors beside it.
    fn pull_contribution(
        &self,
        contribution: &Contribution,
        with: &dyn Fn(TokenStream) -> Vec<TokenStream>,
    ) -> Option<TokenStream> {
        let name = self.parameter(contribution.constant)?;
        let context = self.context;
        let place = spots_of(&quote!(gradient), &name, &contribution.indices);
        let all = factors(context, contribution);
        let slope = slope(context, contribution);
        let held = all[1..].to_vec();
        let one = |more: Vec<TokenStream>| {
            let mut all = with(slope.clone().unwrap_or_else(|| quote!(1.0)));
            if slope.is_none() {
                all.retain(|factor| factor.to_string() != "1.0");
            }
            [all, more].concat()
        };
        let Some(axis) = contribution.summed else {
            return Some(add(&place, &[(contribution.sign, one(held))]));
        };
        // A row of the matrix times one vector that is held: one line.
        if let ([row @ Spot::Row(_), Spot::Column(offset)], [(species, spots_held, 1)]) =
            (contribution.indices.as_slice(), contribution.held.as_slice())
            && let [Spot::Column(0)] = spots_held.as_slice()
        {
            let target = spots_of(&quote!(gradient), &name, &[*row]);
            let constants = spots(&context.constant(contribution.constant), &[*row]);
            let (target, constants) = (
                columns(context, contribution, *offset, target),
                columns(context, contribution, *offset, constants),
            );
            let held = context.species(*species);
            let bind = bind(&format_ident!("scale"), &[(contribution.sign, with_nothing(with))]);
            let helper = helper(contribution.part);
            let constants = (contribution.part != Part::Whole).then(|| quote!(, &#constants));
            return Some(quote!({ #bind #helper(&mut #target, scale, &self.#held[..] #constants); }));
        }
        let size = context.size(axis);
        let add = add(&place, &[(contribution.sign, one(held))]);
        Some(over("j", &quote!(#size), &add))
    }

    /// dL/dk of the matrices of one product at i, where `scale` is dL/d product.
    fn pull_matrix(&self, term: &MatrixTerm) -> Vec<TokenStream> {
        let context = self.context;
        let mut statements = Vec::new();
        for contribution in &term.coefficient.contributions {
            let Some(name) = self.parameter(contribution.constant) else { continue };
            let family = context.species(term.family);
            if let ([row @ Spot::Row(_), Spot::Column(offset)], []) =
                (contribution.indices.as_slice(), contribution.held.as_slice())
                && contribution.sign.abs() == 1
            {
                let target = spots_of(&quote!(gradient), &name, &[*row]);
                let constants = spots(&context.constant(contribution.constant), &[*row]);
                let width = context.plan.crn.axes[term.columns].size();
                let (target, constants) = (
                    slice(context, contribution, *offset, width, target),
                    slice(context, contribution, *offset, width, constants),
                );
                let factor = if contribution.sign < 0 { quote!(-scale) } else { quote!(scale) };
                let helper = helper(contribution.part);
                let constants = (contribution.part != Part::Whole).then(|| quote!(, &#constants));
                statements.push(quote!(#helper(&mut #target, #factor, at.#family #constants);));
                continue;
            }
            let size = context.size(term.columns);
            let place = spots_of(&quote!(gradient), &name, &contribution.indices);
            let mut all = vec![quote!(scale), quote!(at.#family[j])];
            all.extend(slope(context, contribution));
            all.extend(factors(context, contribution).split_off(1));
            let add = add(&place, &[(contribution.sign, all)]);
            statements.push(over("j", &quote!(#size), &add));
        }
        statements
    }

    fn pull_nest(&self, component: &Component, nest: &Nest) -> Option<TokenStream> {
        let context = self.context;
        let own = |family: &Handle<SpeciesFamily>| component.families.contains(family);
        let targets: Vec<Product> = nest
            .net
            .iter()
            .filter(|(family, _, _)| own(family))
            .map(|(family, indices, change)| {
                (*change, vec![nest::element(context, &quote!(known), *family, indices)])
            })
            .collect();
        let mut statements = Vec::new();
        for (by, (family, indices, power)) in nest.reads.iter().enumerate() {
            if !own(family) {
                let factors = [vec![quote!(flow)], nest::flux(context, nest, &quote!(at), Some(by))].concat();
                let target = nest::element(context, &quote!(known), *family, indices);
                statements.push(add(&target, &[(i64::from(*power), factors)]));
            }
        }
        let rate = &context.plan.crn.reactions[nest.family].rate;
        if let Some(name) = self.parameter(rate.constant) {
            let axes = &context.plan.crn.rate_constants[rate.constant].axes;
            let value = nest::held(context, &name, axes, &rate.indices);
            let place: TokenStream = nest::indices(&rate.indices);
            let mut factors = vec![quote!(flow)];
            factors.extend(slope_of(rate.part, &value));
            factors.extend(nest::flux(context, nest, &quote!(at), None).split_off(1));
            statements.push(add(&quote!(gradient.#name #place), &[(1, factors)]));
        }
        if statements.is_empty() {
            return None;
        }
        let bind = bind(&format_ident!("flow"), &targets);
        Some(nest::loops(context, nest, &quote!(#bind #(#statements)*)))
    }

    /// The members of `gradient::Differentiable`.
    pub fn members(&self) -> Vec<TokenStream> {
        let context = self.context;
        let crn = context.plan.crn;
        let tensors = self.trained.iter().map(|(one, handle)| {
            let (key, scale) = (&one.key, Literal::f64_unsuffixed(one.scale));
            let sizes = crn.rate_constants[*handle].axes.iter().map(|&axis| context.size(axis));
            quote!(Tensor { name: #key, shape: &[#(#sizes),*], scale: #scale })
        });
        let (mut sets, mut gets) = (Vec::new(), Vec::new());
        for (_, handle) in &self.trained {
            let name = context.constant(*handle);
            if crn.rate_constants[*handle].axes.len() == 1 {
                sets.push(quote!(*self.#name = *take(&mut values);));
                gets.push(quote!(values.extend_from_slice(&self.#name[..]);));
            } else {
                sets.push(quote!(pull::take_rows(&mut values, &mut self.#name);));
                gets.push(quote!(values.extend_from_slice(self.#name.as_flattened());));
            }
        }
        let prepare =
            context.folds.iter().any(|fold| !fold.reads_inputs(context)).then(|| quote!(self.prepare();));
        let rests = context.components.iter().map(|component| {
            let name = format_ident!("rest_{}", context.species(component.families[0]));
            quote!(is_found &= self.#name(state, find);)
        });
        let mut members = Vec::new();
        members.extend(self.defaults());
        members.extend([
            quote!(fn tensors() -> &'static [Tensor] { &[#(#tensors),*] }),
            quote!(fn parameters(&self, values: &mut Vec<f64>) { #(#gets)* }),
            quote!(fn set_parameters(&mut self, mut values: &[f64]) { #(#sets)* #prepare }),
            quote!(fn rest(&mut self, state: &mut [f64], find: bool) -> bool {
                let mut is_found = true;
                #(#rests)*
                is_found
            }),
            self.pull_member(),
        ]);
        members
    }

    /// What the model file says about training.
    fn defaults(&self) -> Option<TokenStream> {
        let said = self.training.defaults.as_ref()?;
        let number = Literal::f64_unsuffixed;
        let loss = match said.loss {
            Loss::SquaredError => quote!(SquaredError),
            Loss::CrossEntropy => quote!(CrossEntropy),
            Loss::SoftmaxCrossEntropy => quote!(SoftmaxCrossEntropy),
        };
        let optimiser = match said.optimiser {
            Optimiser::Sgd { rate, momentum } => {
                let (rate, momentum) = (number(rate), number(momentum));
                quote!(Sgd { rate: #rate, momentum: #momentum })
            }
            Optimiser::Adam { rate, beta1, beta2, epsilon } => {
                let (rate, epsilon) = (number(rate), number(epsilon));
                let (beta1, beta2) = (number(beta1), number(beta2));
                quote!(Adam { rate: #rate, beta1: #beta1, beta2: #beta2, epsilon: #epsilon })
            }
        };
        let schedule = match said.schedule {
            Schedule::Constant => quote!(Constant),
            Schedule::Cosine { floor } => {
                let floor = number(floor);
                quote!(Cosine { floor: #floor })
            }
            Schedule::Step { every, factor } => {
                let (every, factor) = (Literal::usize_unsuffixed(every), number(factor));
                quote!(Step { every: #every, factor: #factor })
            }
            Schedule::Exponential { factor } => {
                let factor = number(factor);
                quote!(Exponential { factor: #factor })
            }
        };
        let stops = self.training.stops.iter().map(|stop| {
            let Stop { validation, quantity, comparison, bound } = stop;
            let quantity = format_ident!("{}", format!("{quantity:?}"));
            let comparison = format_ident!("{}", format!("{comparison:?}"));
            let bound = number(*bound);
            quote!(train::Stop {
                validation: #validation,
                quantity: train::Quantity::#quantity,
                comparison: train::Comparison::#comparison,
                bound: #bound,
            })
        });
        let (decay, batch) = (number(said.decay), Literal::usize_unsuffixed(said.batch));
        let epochs = Literal::usize_unsuffixed(said.epochs);
        let shuffle = match said.shuffle.map(Literal::u64_unsuffixed) {
            Some(seed) => quote!(Some(#seed)),
            None => quote!(None),
        };
        let patience = match said.patience.map(Literal::usize_unsuffixed) {
            Some(epochs) => quote!(Some(#epochs)),
            None => quote!(None),
        };
        Some(quote!(
            const TRAINING: Training = Training {
                loss: train::Loss::#loss,
                optimiser: train::Optimiser::#optimiser,
                schedule: train::Schedule::#schedule,
                decay: #decay,
                batch: #batch,
                epochs: #epochs,
                shuffle: #shuffle,
                patience: #patience,
                stops: &[#(#stops),*],
            };
        ))
    }

    fn pull_member(&self) -> TokenStream {
        let context = self.context;
        let info = context.plan.info;
        let mut observed = Vec::new();
        for observable in &context.plan.crn.observables {
            let size = context.size(observable.axis);
            let adds: Vec<TokenStream> =
                [(&observable.positive, quote!(1.0)), (&observable.negative, quote!(-1.0))]
                    .into_iter()
                    .flat_map(|(families, sign)| {
                        families.iter().filter(|&&family| !info.is_constant(family)).map(move |&family| {
                            let name = context.species(family);
                            quote!(pull::add_scaled(known.#name, #sign, own);)
                        })
                    })
                    .collect();
            observed.push(match adds.as_slice() {
                [] => quote!(take::<#size>(&mut values);),
                adds => quote!(let own = take::<#size>(&mut values); #(#adds)*),
            });
        }
        let pulls = self.pulls();
        let (mut steps, mut uses_at) = (Vec::new(), false);
        for (place, component) in context.components.iter().enumerate().rev() {
            let names: Vec<Ident> =
                component.families.iter().map(|&family| context.species(family)).collect();
            let flows = self.flows(place);
            let name = &names[0];
            let bring = match &self.units[place] {
                Unit::Quadratic => {
                    uses_at = true;
                    quote! {
                        let flows = &self.#flows;
                        let own = Changes::of(&mut adjoint).#name;
                        is_finite &= unit::pull_quadratic(flows, at.#name, own);
                    }
                }
                Unit::Table { .. } => {
                    uses_at = true;
                    let table = self.table(place);
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let own = [#(own.#names),*];
                        let values = [#(at.#names),*];
                        is_finite &= #table.pull(&self.#flows, values, own);
                    }
                }
                Unit::Matrix => {
                    let block = &context.blocks[place];
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let mut own = [#(own.#names.as_mut_slice()),*];
                        is_finite &= self.#block.pull(&mut own);
                    }
                }
            };
            let calls: Vec<&TokenStream> =
                pulls.iter().filter(|pull| pull.place == place).map(|pull| &pull.call).collect();
            uses_at |= calls.iter().any(|call| mentions(call, "at"));
            steps.push(quote!(#bring #(#calls)*));
        }
        let (state, view) = if uses_at {
            (quote!(state), Some(quote!(let at = Concentrations::of(state);)))
        } else {
            (quote!(_state), None)
        };
        quote! {
            fn pull(&mut self, #state: &[f64], mut values: &[f64], gradient: &mut [f64]) -> bool {
                #view
                let mut gradient = Gradient::of(gradient);
                let mut adjoint = std::mem::take(&mut self.adjoint);
                adjoint.fill(0.0);
                let known = Changes::of(&mut adjoint);
                #(#observed)*
                let mut is_finite = true;
                #(#steps)*
                self.adjoint = adjoint;
                is_finite
            }
        }
    }
}

/// A method that hands on, its call, and the component it belongs to.
struct Pull {
    place: usize,
    method: TokenStream,
    call: TokenStream,
}

/// The flux of a function without the species of the component itself.
fn flow(context: &Context<'_>, component: &Component, at: usize) -> Vec<Product> {
    let function = &context.plan.functions[at];
    let fields = &context.fields[at];
    let own = |access: &Access| component.families.contains(&access.family);
    let mut outside = Vec::new();
    for (access, power) in function.outer.iter().filter(|(access, _)| !own(access)) {
        let factor = element(context, &quote!(at), access);
        outside.extend(std::iter::repeat_n(factor, *power as usize));
    }
    match &function.shape {
        Shape::Matrix(_) => times(rows_times(context, &quote!(at), function, fields), &outside),
        Shape::Nest(_) => Vec::new(),
        shape => {
            let mut all = vec![fields[0].at_row()];
            all.extend(outside);
            if matches!(shape, Shape::Others(..)) {
                let name = &context.functions[at];
                all.push(quote!(#name));
            }
            vec![(fields[0].sign, all)]
        }
    }
}

/// Powers and changes of the species of a component in a function; none if it changes none of them.
fn within(component: &Component, function: &Function) -> Option<(Vec<u32>, Vec<i64>)> {
    let slot = |family: Handle<SpeciesFamily>| component.families.iter().position(|&other| other == family);
    let (mut powers, mut changes) = (vec![0; component.families.len()], vec![0; component.families.len()]);
    for (access, power) in &function.outer {
        slot(access.family).into_iter().for_each(|slot| powers[slot] += power);
    }
    for (access, change) in &function.net {
        slot(access.family).into_iter().for_each(|slot| changes[slot] += change);
    }
    if let Shape::Nest(nest) = &function.shape {
        for (family, _, change) in &nest.net {
            slot(*family).into_iter().for_each(|slot| changes[slot] += change);
        }
    }
    changes.iter().any(|change| *change != 0).then_some((powers, changes))
}

/// Conserved totals that weights of any sign leave alone.
fn laws(
    context: &Context<'_>,
    trained: &[(&Trained, Handle<RateConstant>)],
) -> Vec<structure::ConservationLaw> {
    let plan = context.plan;
    let keeps = |law: &structure::ConservationLaw| {
        plan.crn.reactions.iter().all(|(handle, family)| {
            let is_trained = trained.iter().any(|(_, constant)| *constant == family.rate.constant);
            let coefficient =
                |species| law.terms.iter().find(|(other, _)| *other == species).map_or(0, |t| t.1);
            let net = &plan.info.facts(handle).net;
            let total = |indices: Option<&Vec<nnrc_crn::Index>>| -> i64 {
                let own = net.iter().filter(|(_, other, _)| indices.is_none_or(|indices| indices == other));
                own.map(|(species, _, change)| coefficient(*species) * change).sum()
            };
            !is_trained
                || if law.each_index {
                    net.iter().all(|(_, indices, _)| total(Some(indices)) == 0)
                } else {
                    total(None) == 0
                }
        })
    };
    structure::conservation_laws(plan.crn, plan.info).into_iter().filter(keeps).collect()
}

fn unit(
    context: &Context<'_>,
    component: &Component,
    laws: &[structure::ConservationLaw],
) -> Result<Unit, Error> {
    match component.block {
        Block::Dense => return Ok(Unit::Matrix),
        Block::Diagonal => {
            let name = nnrc_crn::text::name(&context.plan.crn.species[component.families[0]]);
            return Err(Error::not_served(&name, "too many species depend on each other for a gradient"));
        }
        Block::Local => {}
    }
    let mut terms: Vec<(Vec<u32>, Vec<i64>)> = Vec::new();
    for function in &context.plan.functions {
        let Some(term) = within(component, function) else { continue };
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    if component.families.len() == 1 && terms.iter().all(|(powers, _)| powers[0] <= 2) {
        return Ok(Unit::Quadratic);
    }
    let mut own: Vec<(usize, Vec<i64>)> = Vec::new();
    for law in laws.iter().filter(|law| law.each_index) {
        let coefficients: Vec<i64> = component
            .families
            .iter()
            .map(|&family| law.terms.iter().find(|(other, _)| *other == family).map_or(0, |term| term.1))
            .collect();
        let is_own = law.terms.iter().all(|(family, _)| component.families.contains(family));
        let row = (0..coefficients.len())
            .find(|&row| coefficients[row] != 0 && own.iter().all(|(taken, _)| *taken != row));
        if let (true, Some(row)) = (is_own, row) {
            own.push((row, coefficients));
        }
    }
    Ok(Unit::Table { terms, laws: own })
}

/// The conserved totals of a dense block, as calls on its constructor.
pub(crate) fn dense_laws(context: &Context<'_>, component: &Component) -> TokenStream {
    let laws = structure::conservation_laws(context.plan.crn, context.plan.info);
    let calls = laws.iter().filter_map(|law| {
        let is_own = law.terms.iter().all(|(family, _)| component.families.contains(family));
        let terms: Vec<TokenStream> = law
            .terms
            .iter()
            .map(|(family, coefficient)| {
                let before = component.before(*family).iter().map(|&other| context.family_size(other));
                let size = context.family_size(*family);
                let number = Literal::f64_unsuffixed(coefficient.abs() as f64);
                let number = if *coefficient < 0 { quote!(-#number) } else { quote!(#number) };
                if law.each_index {
                    quote!((#(#before +)* i, #number))
                } else {
                    quote!((0..#size).map(|i| (#(#before +)* i, #number)))
                }
            })
            .collect();
        let size = context.family_size(law.terms.first()?.0);
        is_own.then(|| match (law.each_index, terms.as_slice()) {
            (true, terms) => quote!(.conserving_each(#size, |i| vec![#(#terms),*])),
            (false, [first, rest @ ..]) => quote!(.conserving(#first #(.chain(#rest))*)),
            (false, []) => quote!(),
        })
    });
    quote!(#(#calls)*)
}

fn helper(part: Part) -> TokenStream {
    match part {
        Part::Whole => quote!(pull::add_scaled),
        Part::Positive => quote!(pull::add_to_positive),
        Part::Negative => quote!(pull::add_to_negative),
    }
}

/// The derivative of the part of a rate constant; none where it is 1.
fn slope(context: &Context<'_>, contribution: &Contribution) -> Option<TokenStream> {
    slope_of(contribution.part, &spots(&context.constant(contribution.constant), &contribution.indices))
}

fn slope_of(part: Part, value: &TokenStream) -> Option<TokenStream> {
    match part {
        Part::Whole => None,
        Part::Positive => Some(quote!(pull::positive_slope(#value))),
        Part::Negative => Some(quote!(pull::negative_slope(#value))),
    }
}

fn with_nothing(with: &dyn Fn(TokenStream) -> Vec<TokenStream>) -> Vec<TokenStream> {
    let mut all = with(quote!(1.0));
    all.retain(|factor| factor.to_string() != "1.0");
    all
}

/// An element of an array of `owner`.
fn spots_of(owner: &TokenStream, name: &Ident, indices: &[Spot]) -> TokenStream {
    // The same text with another owner.
    let own = spots(name, indices);
    own.into_iter()
        .enumerate()
        .flat_map(|(at, tree)| if at == 0 { owner.clone() } else { TokenStream::from(tree) })
        .collect()
}

/// The columns of a row that a sum over held species takes.
fn columns(
    context: &Context<'_>,
    contribution: &Contribution,
    offset: usize,
    row: TokenStream,
) -> TokenStream {
    let width = contribution.summed.map_or(0, |axis| context.plan.crn.axes[axis].size());
    slice(context, contribution, offset, width, row)
}

fn slice(
    context: &Context<'_>,
    contribution: &Contribution,
    offset: usize,
    width: usize,
    row: TokenStream,
) -> TokenStream {
    let axes = &context.plan.crn.rate_constants[contribution.constant].axes;
    let all = axes.get(1).map_or(0, |&axis| context.plan.crn.axes[axis].size());
    if offset == 0 && width == all {
        return row;
    }
    let (start, end) = (Literal::usize_unsuffixed(offset), Literal::usize_unsuffixed(offset + width));
    quote!(#row[#start..#end])
}

/// What stands between the last brackets of an element.
fn index_of(element: &TokenStream) -> TokenStream {
    crate::jacobian::index_of(element)
}
