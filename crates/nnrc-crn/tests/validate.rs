//! One network for each way to break an invariant.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{axis, constant, reaction, species, term};
use nnrc_crn::{Above, Arena, Axis, Crn, CrnError, Handle, Index, Observable, Part, Role, Setting, validate};

/// `W[i,j] + x[j] -> W[i,j] + x[j] + y[i]` over 2 x 3, and `y[i] -> 0`.
fn product() -> Crn {
    let mut crn = Crn { name: "product".to_owned(), ..Crn::default() };
    let (rows, columns) = (axis(&mut crn, "rows", &[2]), axis(&mut crn, "columns", &[3]));
    let x = species(&mut crn, "x", &[columns], 1.0);
    let w = species(&mut crn, "W", &[rows, columns], 0.5);
    let y = species(&mut crn, "y", &[rows], 0.0);
    let k = constant(&mut crn, "k", &[], vec![2.0]);
    let (i, j) = (Index::of(0), Index::of(1));
    let left = vec![term(w, &[i, j], 1), term(x, &[j], 1)];
    let right = [&left[..], &[term(y, &[i], 1)]].concat();
    reaction(&mut crn, "y.product", &[rows, columns], (left, right), (k, &[]));
    reaction(&mut crn, "y.decay", &[rows], (vec![term(y, &[i], 1)], vec![]), (k, &[]));
    let observable = Observable { stem: "y".to_owned(), axis: rows, positive: vec![y], negative: vec![] };
    crn.observables.push(observable);
    crn
}

fn handle<T>(arena: &Arena<T>, at: usize) -> Handle<T> {
    arena.iter().nth(at).unwrap().0
}

/// A handle beyond every arena of these tests.
fn nowhere<T: Clone>(arena: &Arena<T>) -> Handle<T> {
    let mut longer = arena.clone();
    let item = longer.iter().next().unwrap().1.clone();
    (0..9).map(|_| longer.push(item.clone())).last().unwrap()
}

/// What is wrong with the network after a change.
fn broken(change: impl FnOnce(&mut Crn)) -> String {
    let mut crn = product();
    change(&mut crn);
    validate(&crn).unwrap_err().to_string()
}

fn first(crn: &mut Crn) -> &mut nnrc_crn::ReactionFamily {
    let first = handle(&crn.reactions, 0);
    &mut crn.reactions[first]
}

#[test]
fn the_sound_network() {
    let crn = product();
    let info = validate(&crn).unwrap();
    assert_eq!((info.species_count(), info.reaction_count()), (3 + 6 + 2, 6 + 2));
    assert_eq!(info.by_molecularity(), [0, 2, 6]);
    assert_eq!(info.rate_range(), Some((2.0, 2.0)));
    let constant: Vec<bool> = crn.species.iter().map(|(family, _)| info.is_constant(family)).collect();
    assert_eq!(constant, [true, true, false]);
    let facts = info.facts(handle(&crn.reactions, 0));
    assert_eq!((facts.members, facts.molecularity), (6, 2));
    // Catalysts cancel.
    assert_eq!(facts.net, [(handle(&crn.species, 2), vec![Index::of(0)], 1)]);
}

#[test]
fn an_empty_network_is_sound() {
    let info = validate(&Crn::default()).unwrap();
    assert_eq!((info.species_count(), info.reaction_count(), info.rate_range()), (0, 0, None));
    assert!(info.by_molecularity().is_empty());
}

#[test]
fn handles_point_into_their_arenas() {
    assert_eq!(
        broken(|crn| first(crn).reactants[0].species = nowhere(&product().species)),
        "family y.product: no such species"
    );
    assert_eq!(
        broken(|crn| first(crn).rate.constant = nowhere(&product().rate_constants)),
        "family y.product: no such rate constant"
    );
    let lost = || nowhere(&product().axes);
    assert_eq!(broken(|crn| first(crn).over[1].axis = lost()), "family y.product: no such axis");
    assert_eq!(
        broken(|crn| {
            // An index variable that no index uses.
            let over = first(crn).over[0].clone();
            first(crn).over.push(nnrc_crn::IndexVariable { axis: lost(), ..over });
        }),
        "family y.product: no such axis"
    );
    let x = handle(&product().species, 0);
    assert_eq!(broken(|crn| crn.species[x].axes[0] = lost()), "family x: an axis is missing or empty");
    let k = handle(&product().rate_constants, 0);
    assert_eq!(
        broken(|crn| crn.rate_constants[k].axes.push(lost())),
        "family k: an axis is missing or empty"
    );
    assert_eq!(
        broken(|crn| crn.observables[0].positive.push(nowhere(&product().species))),
        "family y: an observable reads no species over its axis"
    );
    assert_eq!(
        broken(|crn| {
            crn.observables[0].positive.clear();
            crn.observables[0].axis = lost();
        }),
        "family y: no such axis"
    );
}

#[test]
fn sizes_and_arities_match() {
    let (x, k) = (handle(&product().species, 0), handle(&product().rate_constants, 0));
    assert_eq!(
        broken(|crn| crn.species[x].initial.truncate(2)),
        "family x: the number of values differs from the size of the axes"
    );
    assert_eq!(
        broken(|crn| crn.rate_constants[k].values.push(1.0)),
        "family k: the number of values differs from the size of the axes"
    );
    assert_eq!(
        broken(|crn| first(crn).reactants[1].indices.push(Index::At(0))),
        "family y.product: expected one index for each axis of x, 1 in all, found 2"
    );
    assert_eq!(
        broken(|crn| first(crn).rate.indices.push(Index::At(0))),
        "family y.product: expected one index for each axis of k, 0 in all, found 1"
    );
    assert_eq!(
        broken(|crn| first(crn).products[2].stoichiometry = 0),
        "family y.product: a stoichiometry is 0"
    );
    assert_eq!(
        broken(|crn| first(crn).products.iter_mut().for_each(|term| term.stoichiometry = u32::MAX / 2)),
        "family y.product: the molecules of one side are beyond all numbers"
    );
    // An axis of size 0 has no members to speak of.
    assert_eq!(
        broken(|crn| {
            let columns = handle(&crn.axes, 1);
            crn.axes[columns].shape = vec![3, 0];
        }),
        "family x: an axis is missing or empty"
    );
    assert_eq!(
        broken(|crn| {
            axis(crn, "huge", &[usize::MAX, 2]);
        }),
        "family huge: the size of the axis is beyond all numbers"
    );
    assert_eq!(
        broken(|crn| {
            let huge = axis(crn, "huge", &[usize::MAX / 2]);
            crn.species[x].axes = vec![huge, huge, huge];
        }),
        "family x: the number of values differs from the size of the axes"
    );
}

#[test]
fn indices_stay_within_their_axes() {
    let leaves = |index: &str, from: &str, to: &str| {
        format!(
            "family y.product: the index {index} of x runs from {from} to {to}, beyond axis columns (1 to 3)"
        )
    };
    let far = (i64::MAX as u64 + 1).to_string();
    assert_eq!(broken(|crn| first(crn).reactants[1].indices = vec![Index::At(3)]), leaves("4", "4", "4"));
    assert_eq!(
        broken(|crn| first(crn).reactants[1].indices = vec![Index::At(usize::MAX)]),
        leaves(&far, &far, &far)
    );
    let offset = |offset| Index::Variable { position: 0, offset };
    // i runs to 2: with an offset of 1 it fits the three columns, with 2 it does not.
    for (extra, good) in [(0, true), (1, true), (2, false), (usize::MAX, false)] {
        let mut crn = product();
        for side in 0..2 {
            let family = first(&mut crn);
            let terms = if side == 0 { &mut family.reactants } else { &mut family.products };
            terms[1].indices = vec![offset(extra)];
        }
        let found = validate(&crn).map(drop).map_err(|error| error.to_string());
        assert_eq!(found.is_ok(), good, "{extra}: {found:?}");
    }
    // The rate constant as well.
    assert_eq!(
        broken(|crn| {
            let rows = handle(&crn.axes, 0);
            let k = constant(crn, "k2", &[rows], vec![1.0, 1.0]);
            let family = first(crn);
            (family.rate.constant, family.rate.indices) = (k, vec![Index::of(1)]);
        }),
        "family y.product: the index j of k2 runs from 1 to 3, beyond axis rows (1 to 2)"
    );
    assert_eq!(
        broken(|crn| first(crn).reactants[1].indices = vec![Index::of(2)]),
        "family y.product: an index of x names index variable 3 of 2"
    );
}

#[test]
fn distinct_names_two_index_variables() {
    for pair in [(0, 0), (0, 2), (5, 1)] {
        assert_eq!(
            broken(|crn| first(crn).distinct = Some(pair)),
            "family y.product: `distinct` names no two index variables"
        );
    }
}

/// `x[a] + x[b] -> 0` over two index variables of one axis.
fn pair(a: Index, b: Index, distinct: Option<(usize, usize)>) -> Result<usize, CrnError> {
    let mut crn = Crn::default();
    let long = axis(&mut crn, "long", &[4]);
    let short = axis(&mut crn, "short", &[2]);
    let x = species(&mut crn, "x", &[long], 1.0);
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let left = vec![term(x, &[a], 1), term(x, &[b], 1)];
    let family = reaction(&mut crn, "meet", &[short, short], (left, vec![]), (k, &[]));
    crn.reactions[family].distinct = distinct;
    validate(&crn).map(|info| info.reaction_count())
}

#[test]
fn terms_of_different_indices_never_meet() {
    let (i, j) = (Index::of(0), Index::of(1));
    let offset = |position, offset| Index::Variable { position, offset };
    let meet = |a, b, distinct| pair(a, b, distinct).unwrap_err().to_string();
    let words = "family meet: two terms could name the same species; say `distinct`";
    assert_eq!(meet(i, j, None), words);
    assert_eq!(meet(i, offset(1, 1), Some((0, 1))), words);
    assert_eq!(meet(i, Index::At(1), None), words);
    assert_eq!(pair(i, j, Some((0, 1))), Ok(2));
    assert_eq!(pair(i, j, Some((1, 0))), Ok(2));
    assert_eq!(pair(offset(0, 1), offset(1, 1), Some((1, 0))), Ok(2));
    assert_eq!(pair(i, offset(0, 1), None), Ok(4));
    assert_eq!(pair(Index::At(0), Index::At(3), None), Ok(4));
}

#[test]
fn terms_of_equal_indices_add_up() {
    let i = Index::of(0);
    assert_eq!(pair(i, i, None), Ok(4));
    let mut crn = Crn::default();
    let x = species(&mut crn, "x", &[], 1.0);
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let twice = vec![term(x, &[], 1), term(x, &[], 1)];
    let family = reaction(&mut crn, "quench", &[], (twice, vec![term(x, &[], 1)]), (k, &[]));
    let info = validate(&crn).unwrap();
    assert_eq!(info.facts(family).molecularity, 2);
    assert_eq!(info.facts(family).net, [(x, vec![], -1)]);
    let all = nnrc_crn::expand::expand(&crn, &info);
    assert_eq!((&all[0].reactants[..], &all[0].products[..]), (&[(0, 2)][..], &[(0, 1)][..]));
}

#[test]
fn terms_of_both_sides_are_compared() {
    let mut crn = Crn::default();
    let long = axis(&mut crn, "long", &[2]);
    let x = species(&mut crn, "x", &[long], 1.0);
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let (i, j) = (Index::of(0), Index::of(1));
    let sides = (vec![term(x, &[i], 1)], vec![term(x, &[j], 1)]);
    let family = reaction(&mut crn, "move", &[long, long], sides, (k, &[]));
    assert!(matches!(validate(&crn), Err(CrnError::Malformed { .. })));
    crn.reactions[family].distinct = Some((0, 1));
    assert_eq!(validate(&crn).unwrap().reaction_count(), 2);
}

#[test]
fn concentrations_are_finite_and_not_negative() {
    for bad in [-1e-9, f64::NAN, f64::INFINITY] {
        let words = broken(|crn| {
            let w = handle(&crn.species, 1);
            crn.species[w].initial[4] = bad;
        });
        assert_eq!(
            words,
            format!("the initial concentration of W_2_2 is {bad}, expected a finite number of at least 0")
        );
    }
}

/// `x[i] -> 0` with the given constants.
fn with_constants(values: [f64; 2], part: Part) -> Result<usize, CrnError> {
    let mut crn = Crn::default();
    let rows = axis(&mut crn, "rows", &[2]);
    let x = species(&mut crn, "x", &[rows], 1.0);
    let k = constant(&mut crn, "k", &[rows], values.to_vec());
    let left = vec![term(x, &[Index::of(0)], 1)];
    let family = reaction(&mut crn, "decay", &[rows], (left, vec![]), (k, &[Index::of(0)]));
    crn.reactions[family].rate.part = part;
    validate(&crn).map(|info| info.reaction_count())
}

#[test]
fn rate_constants_are_finite_and_signed_only_in_parts() {
    let words = with_constants([1.0, -1.0], Part::Whole).unwrap_err().to_string();
    assert_eq!(words, "the rate constant k_2 is -1, expected a finite number of at least 0");
    assert_eq!(with_constants([1.0, -1.0], Part::Positive), Ok(1));
    assert_eq!(with_constants([1.0, -1.0], Part::Negative), Ok(1));
    assert_eq!(with_constants([0.0, -0.0], Part::Whole), Ok(0));
    for part in [Part::Whole, Part::Positive, Part::Negative] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(matches!(with_constants([1.0, bad], part), Err(CrnError::BadValue { .. })));
        }
    }
    // A constant that no reaction uses is printed all the same.
    let words = broken(|crn| {
        constant(crn, "unused", &[], vec![f64::NAN]);
    });
    assert_eq!(words, "the rate constant unused is NaN, expected a finite number of at least 0");
}

#[test]
fn identifiers_differ() {
    let collision = |one: (&str, &[usize]), other: (&str, &[usize])| {
        let mut crn = Crn::default();
        for (name, sizes) in [one, other] {
            let axes: Vec<Handle<Axis>> = sizes.iter().map(|&size| axis(&mut crn, "a", &[size])).collect();
            species(&mut crn, name, &axes, 0.0);
        }
        validate(&crn).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(
        collision(("hidden", &[3]), ("hidden_3", &[])),
        Err("species of `hidden` and species of `hidden_3` would both be called `hidden_3`".to_owned())
    );
    assert_eq!(collision(("hidden", &[2]), ("hidden_3", &[])), Ok(()));
    assert!(collision(("x", &[2, 2]), ("x_1", &[2])).is_err());
    assert!(collision(("x", &[4]), ("x_1", &[2])).is_ok());
    assert!(collision(("x.p", &[2]), ("x_2_p", &[])).is_err());
    assert!(collision(("x", &[]), ("x", &[])).is_err());
    // A reserved word that is bare gets an underscore, and may meet a name that has one.
    assert!(collision(("time", &[]), ("time_", &[])).is_err());
    assert!(collision(("time", &[1]), ("time_", &[])).is_ok());
}

#[test]
fn identifiers_of_all_kinds_differ() {
    let words = broken(|crn| {
        constant(crn, "x_1", &[], vec![1.0]);
    });
    assert_eq!(words, "species of `x` and rate constants of `x_1` would both be called `x_1`");
    let words = broken(|crn| {
        species(crn, "r_y_decay_2", &[], 0.0);
    });
    assert_eq!(words, "species of `r_y_decay_2` and reactions `y.decay` would both be called `r_y_decay_2`");
    // A dot becomes an underscore.
    let words = broken(|crn| {
        let mut twin = first(crn).clone();
        twin.name = "y_product".to_owned();
        crn.reactions.push(twin);
    });
    assert_eq!(
        words,
        "reactions `y.product` and reactions `y_product` would both be called `r_y_product_1_1`"
    );
    // Families over one and over two index variables do not meet.
    let mut crn = product();
    first(&mut crn).name = "y.decay".to_owned();
    assert!(validate(&crn).is_ok());
}

#[test]
fn axes_of_two_dimensions_count_row_by_row() {
    let mut crn = Crn::default();
    let image = axis(&mut crn, "image", &[2, 3]);
    let x = species(&mut crn, "x", &[image], 0.0);
    let k = constant(&mut crn, "k", &[image], vec![1.0; 6]);
    let left = vec![term(x, &[Index::of(0)], 1)];
    reaction(&mut crn, "x.decay", &[image], (left, vec![]), (k, &[Index::of(0)]));
    let info = validate(&crn).unwrap();
    let ids: Vec<String> = (0..6)
        .map(|flat| {
            let mut id = String::new();
            nnrc_crn::namer::species_id(&crn, &crn.species[x], flat, &mut id);
            id
        })
        .collect();
    assert_eq!(ids, ["x_1_1", "x_1_2", "x_1_3", "x_2_1", "x_2_2", "x_2_3"]);
    let all = nnrc_crn::expand::expand(&crn, &info);
    let mut id = String::new();
    nnrc_crn::namer::reaction_id(&crn, &crn.reactions[all[4].family], &all[4].values, &mut id);
    assert_eq!(id, "r_x_decay_2_2");
    let mut name = String::new();
    nnrc_crn::namer::human_name(&crn, "x", &[image], 5, "+", &mut name);
    assert_eq!(name, "x[2,3]+");
    // Two axes give the same names as one of that shape.
    let (two, three) = (axis(&mut crn, "two", &[2]), axis(&mut crn, "three", &[3]));
    species(&mut crn, "x", &[two, three], 0.0);
    assert!(matches!(validate(&crn), Err(CrnError::IdCollision { id, .. }) if id == "x_1_1"));
}

#[test]
fn settings_fit_their_species() {
    let set = |times: &[f64], values: &[f64], period: Option<f64>| {
        let mut crn = product();
        let x = handle(&crn.species, 0);
        crn.species[x].role = Role::Input;
        let setting = |&time| Setting { time, species: x, values: values.to_vec(), unless: None };
        crn.protocol.settings = times.iter().map(setting).collect();
        crn.protocol.period = period;
        validate(&crn).map(drop).map_err(|error| error.to_string())
    };
    let good = &[0.0, 1.0, 2.0];
    assert_eq!(set(&[0.0, 5.0, 5.0], good, Some(10.0)), Ok(()));
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(set(&[0.0], &[1.0], None), error("family x: a setting has not one value for each species"));
    assert_eq!(
        set(&[2.0, 1.0], good, None),
        error("family x: settings do not stand in the order of their times")
    );
    assert_eq!(
        set(&[0.0], &[0.0, -1.0, 0.0], None),
        error("a setting of x_2 is -1, expected a finite number of at least 0")
    );
    assert_eq!(
        set(&[-1.0], good, None),
        error("the time of a setting of `x` is -1, expected a finite number of at least 0")
    );
    assert!(set(&[f64::NAN], good, None).is_err());
    assert!(set(&[1.0], good, Some(0.5)).is_err());
    assert!(set(&[], good, Some(0.0)).is_err());
}

#[test]
fn settings_depend_on_one_species() {
    let unless = |level: f64, many: bool| {
        let mut crn = product();
        let x = handle(&crn.species, 0);
        crn.species[x].role = Role::Input;
        let halt = species(&mut crn, "halt", &[], 0.0);
        let above = Some(Above { species: if many { x } else { halt }, level });
        crn.protocol.settings =
            vec![Setting { time: 0.0, species: x, values: vec![0.0, 1.0, 2.0], unless: above }];
        let info = validate(&crn).map_err(|error| error.to_string())?;
        Ok::<String, String>(nnrc_crn::text::print(&crn, &info))
    };
    assert!(unless(0.05, false).unwrap().contains("at 0   x := 0 .. 2   unless halt > 0.05"));
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(unless(0.05, true), error("family x: a setting depends on more than one species"));
    assert_eq!(
        unless(-1.0, false),
        error("the level that a setting depends on is -1, expected a finite number of at least 0")
    );
    assert!(unless(f64::NAN, false).is_err());
}
