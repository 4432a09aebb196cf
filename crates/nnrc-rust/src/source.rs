//! `src/crn.rs` as a whole: names, fields, and the order of the items.

use nnrc_crn::{Axis, Handle, text};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::components::Block;
use crate::context::Rank;
use crate::context::{Context, doc, enters, mentions};
use crate::error::Error;
use crate::gradient::Gradient;
use crate::options::Options;
use crate::plan::Plan;
use crate::{derivative, jacobian, pot, values};

/// The text of `src/crn.rs`.
pub(crate) fn crn_rs(plan: &Plan<'_>, options: &Options) -> Result<String, Error> {
    let context = Context::new(plan)?;
    let methods: Vec<TokenStream> =
        (0..plan.functions.len()).map(|at| derivative::method(&context, at)).collect();
    let calls = methods.iter().enumerate().map(|(at, method)| derivative::call(&context, at, method));
    let reads_state = methods.iter().any(|method| mentions(method, "state"));
    let state = reads_state.then(|| quote!(let state = Concentrations::of(state);));
    let unused = if reads_state { format_ident!("state") } else { format_ident!("_state") };
    let system = vec![
        quote!(
            fn dimension(&self) -> usize {
                DIMENSION
            }
        ),
        quote! {
            fn derivative(&mut self, #unused: &[f64], derivative: &mut [f64]) {
                derivative.fill(0.0);
                #state
                let mut changes = Changes::of(derivative);
                #(#calls)*
            }
        },
    ];
    let couples: Vec<Option<TokenStream>> =
        (0..context.components.len()).map(|at| jacobian::couple(&context, at)).collect();
    let mut private = methods;
    private.extend((0..context.components.len()).map(|at| jacobian::linearise(&context, at)));
    private.extend(couples.iter().flatten().cloned());
    private.extend((0..context.components.len()).filter_map(|at| jacobian::spread(&context, at)));
    private.extend(values::folding(&context));
    let gradient = match &options.training {
        Some(training) => Some(Gradient::new(&context, training)?),
        None => None,
    };
    let more: Vec<_> = gradient.iter().flat_map(Gradient::fields).collect();
    let gradient_items = gradient.as_ref().map(Gradient::items).unwrap_or_default();
    let gradient_members = gradient.as_ref().map(Gradient::members).unwrap_or_default();
    private.extend(gradient.iter().flat_map(Gradient::methods));
    let pot_members = match &options.pot {
        Some(pot) => pot::members(&context, pot)?,
        None => Vec::new(),
    };
    let network = values::network(&context, options, more.iter().map(|(_, start)| start.clone()).collect());
    let layered = jacobian::layered(&context, &couples);

    let mut items = Vec::new();
    let own = quote!(#(#gradient_items)* #(#gradient_members)* #(#pot_members)*);
    let everything = quote!(#(#private)* #(#network)* #(#layered)* #own);
    items.push(uses(&everything));
    items.extend(sizes(&context, &everything));
    items.push(structure(&context, &couples, more.into_iter().map(|(field, _)| field).collect()));
    items.extend(views(&context));
    items.extend(gradient_items);
    let mut text = format!("//! The reaction network `{}` as loops over its families.\n", plan.crn.name);
    for item in items {
        text.push('\n');
        text.push_str(&format_item(item)?);
    }
    for (header, members) in [
        (quote!(impl Network), private),
        (quote!(impl System for Network), system),
        (quote!(impl Layered for Network), layered),
        (quote!(impl program::Network for Network), network),
        (quote!(impl Differentiable for Network), gradient_members),
        (quote!(impl program::OnePotProgram for Network), pot_members),
    ]
    .into_iter()
    .filter(|(_, members)| !members.is_empty())
    {
        text.push('\n');
        text.push_str(&format_impl(&header, members)?);
    }
    Ok(text)
}

fn uses(tokens: &TokenStream) -> TokenStream {
    let among = |names: &[&str], always: &[&str]| -> Vec<Ident> {
        let used = names.iter().filter(|name| always.contains(name) || mentions(tokens, name));
        used.map(|name| format_ident!("{name}")).collect()
    };
    let import = |path: TokenStream, names: Vec<Ident>| match names.as_slice() {
        [] => None,
        [only] => Some(quote!(use nnrc_sim::#path::#only;)),
        several => Some(quote!(use nnrc_sim::#path::{#(#several),*};)),
    };
    let helpers = ["dot", "split_rails", "sum_of_others", "take", "take_mut", "zero_matrix"];
    let helpers = import(quote!(loops), among(&helpers, &["take", "take_mut"]));
    let blocks =
        import(quote!(blocks), among(&["DenseBlock", "DiagonalBlock", "LocalBlocks", "Members"], &[]));
    let differentiable = mentions(tokens, "Tensor").then(|| {
        quote!(
            use nnrc_sim::gradient::{Differentiable, Tensor};
        )
    });
    let adjoint = mentions(tokens, "Tensor").then(|| quote!(, adjoint));
    // A field may have the name of the module.
    let block = enters(tokens, "block").then(|| quote!(, block));
    let train = mentions(tokens, "train").then(|| quote!(, train));
    let training = mentions(tokens, "Training").then(|| quote!(, Training));
    let own_block = import(quote!(block), among(&["Block"], &[]));
    let timing = import(quote!(present), among(&["Timing"], &[]));
    let reading = import(quote!(reading), among(&["Reading"], &[]));
    let role = mentions(tokens, "Role").then(|| quote!(Role,));
    let signs = mentions(tokens, "Signs").then(|| quote!(Signs,));
    let defaults = mentions(tokens, "Defaults").then(|| quote!(Defaults,));
    let method = mentions(tokens, "Method").then(|| quote!(Method,));
    quote! {
        #own_block
        #blocks
        #differentiable
        #helpers
        #timing
        use nnrc_sim::program::{self, #defaults Quantity, #role #signs Tensors #training};
        #reading
        use nnrc_sim::{Layered, #method System #adjoint #block #train};
    }
}

fn sizes(context: &Context<'_>, body: &TokenStream) -> Vec<TokenStream> {
    let crn = context.plan.crn;
    let held: Vec<TokenStream> =
        (crn.species.iter()).map(|(_, family)| context.type_over(&family.axes)).collect();
    let constants: Vec<TokenStream> =
        context.used_constants().iter().map(|(_, constant)| context.type_over(&constant.axes)).collect();
    let all = quote!(#body #(#held)* #(#constants)*);
    let mut items = Vec::new();
    for (handle, axis) in crn.axes.iter() {
        let name = context.size(handle);
        if mentions(&all, &name.to_string()) {
            let doc = doc(&format!("Size of the axis `{}`.", axis.name));
            let size = proc_macro2::Literal::usize_unsuffixed(axis.size());
            items.push(quote!(#doc const #name: usize = #size;));
        }
    }
    let parts: Vec<TokenStream> = context.state().iter().map(|&family| context.family_size(family)).collect();
    let sum = if parts.is_empty() { quote!(0) } else { quote!(#(#parts)+*) };
    items.push(quote! {
        /// Number of concentrations that reactions change.
        const DIMENSION: usize = #sum;
    });
    items
}

fn structure(context: &Context<'_>, couples: &[Option<TokenStream>], more: Vec<TokenStream>) -> TokenStream {
    let crn = context.plan.crn;
    let constants = context.used_constants().into_iter().map(|(handle, constant)| {
        let (name, shape) = (context.constant(handle), context.type_over(&constant.axes));
        let doc = doc(&format!("Rate constants `{}`.", constant.stem));
        quote!(#doc #name: #shape)
    });
    let held = context.held().into_iter().map(|handle| {
        let family = &crn.species[handle];
        let (name, shape) = (context.species(handle), context.type_over(&family.axes));
        let doc = doc(&format!("Concentrations of `{}`, which no reaction changes.", text::name(family)));
        quote!(#doc #name: #shape)
    });
    let folds = context.folds.iter().map(|fold| {
        let axes: Vec<Handle<Axis>> = match fold.rank {
            Rank::Number => Vec::new(),
            Rank::Vector => fold.rows.into_iter().collect(),
            Rank::Matrix => fold.rows.into_iter().chain(fold.columns).collect(),
        };
        let (name, shape) = (&fold.name, context.type_over(&axes));
        let doc = doc(&format!("Folded factor of [`Network::{}`].", fold.function));
        quote!(#doc #name: #shape)
    });
    let blocks = context.components.iter().zip(&context.blocks).map(|(component, name)| {
        let shape = match component.block {
            Block::Dense => quote!(DenseBlock),
            Block::Diagonal => quote!(DiagonalBlock),
            Block::Local => {
                let count = proc_macro2::Literal::usize_unsuffixed(component.families.len());
                quote!(LocalBlocks<#count>)
            }
        };
        let doc = doc(&format!("Block of {} in the Jacobian.", context.names_of(component)));
        quote!(#doc #name: #shape)
    });
    let solution = couples.iter().any(Option::is_some).then(|| {
        quote! {
            /// What has been solved for, family by family.
            solution: Vec<f64>,
        }
    });
    let doc = doc(&format!("Rate constants, held concentrations and work space of `{}`.", crn.name));
    quote! {
        #doc
        #[derive(Debug, Clone)]
        pub struct Network {
            #(#constants,)*
            #(#held,)*
            #(#folds,)*
            #(#blocks,)*
            /// Concentrations at time 0.
            start_state: Vec<f64>,
            /// Concentrations at the linearisation point.
            at: Vec<f64>,
            #(#more,)*
            #solution
        }
    }
}

/// The structs that borrow families from a state vector.
fn views(context: &Context<'_>) -> Vec<TokenStream> {
    let names: Vec<Ident> = context.state().iter().map(|&family| context.species(family)).collect();
    let sizes: Vec<TokenStream> = context.state().iter().map(|&family| context.family_size(family)).collect();
    vec![
        quote! {
            /// Families of a state vector, one after another.
            struct Concentrations<'a> { #(#names: &'a [f64; #sizes],)* }
        },
        quote! {
            impl<'a> Concentrations<'a> {
                fn of(mut state: &'a [f64]) -> Self {
                    Self { #(#names: take(&mut state),)* }
                }
            }
        },
        quote! {
            /// The same families, to be changed.
            struct Changes<'a> { #(#names: &'a mut [f64; #sizes],)* }
        },
        quote! {
            impl<'a> Changes<'a> {
                fn of(mut vector: &'a mut [f64]) -> Self {
                    Self { #(#names: take_mut(&mut vector),)* }
                }
            }
        },
    ]
}

fn format_item(item: TokenStream) -> Result<String, Error> {
    let file: syn::File = syn::parse2(item).map_err(|_| {
        Error::not_served("src/crn.rs", "the generated code is no Rust, which is an error of nnrc")
    })?;
    Ok(prettyplease::unparse(&file))
}

/// An implementation whose members are set apart by empty lines.
fn format_impl(header: &TokenStream, members: Vec<TokenStream>) -> Result<String, Error> {
    let mut parts = Vec::new();
    let mut head = String::new();
    for member in members {
        let text = format_item(quote!(#header { #member }))?;
        let body = text.trim_end().strip_suffix('}').unwrap_or(&text).trim_end();
        let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
        first.clone_into(&mut head);
        parts.push(rest.to_owned());
    }
    Ok(format!("{head}\n{}\n}}\n", parts.join("\n\n")))
}
