//! The samples of the language page parse and mean what they say.

use nnrc_syntax::ast::{Entry, Expectation, ExprKind, Item, Member};
use nnrc_syntax::{format, parse};

const SAMPLES: [(&str, &str); 4] = [
    ("xor", include_str!("samples/xor.nnr")),
    ("iris", include_str!("samples/iris.nnr")),
    ("digits", include_str!("samples/digits.nnr")),
    ("learner", include_str!("samples/learner.nnr")),
];

#[test]
fn all_samples_parse() {
    let items = SAMPLES
        .map(|(name, text)| parse(text).unwrap_or_else(|found| panic!("{name}: {found:?}")).items.len());
    assert_eq!(items, [6, 7, 5, 8]);
}

#[test]
fn the_formatter_leaves_the_samples_as_they_are() {
    for (name, text) in SAMPLES {
        let formatted = format(text).unwrap();
        assert!(formatted == text, "{name}:\n{formatted}");
    }
}

#[test]
fn the_xor_sample_means_what_it_says() {
    let file = parse(SAMPLES[0].1).unwrap();
    let Item::Network(network) = &file.items[1] else { panic!("{:?}", file.items[1]) };
    assert_eq!(network.name.name, "xor");
    let Member::Input { name, dims, range: Some(range), .. } = &network.members[0] else { panic!() };
    assert_eq!(name.name, "x");
    assert_eq!(dims[0].kind, ExprKind::Number { value: 2.0, unit: None });
    assert!(matches!(&range.kind, ExprKind::List(bounds) if bounds.len() == 2));
    let Member::Layer(layer) = &network.members[1] else { panic!() };
    assert_eq!(layer.calls[1].args[0].name.as_ref().unwrap().name, "h");
    let Item::Weights { block, .. } = &file.items[2] else { panic!() };
    let Entry::Set { key, value, .. } = &block.entries[2] else { panic!() };
    assert_eq!(key.text(), "y.W");
    let ExprKind::List(rows) = &value.kind else { panic!() };
    let ExprKind::List(row) = &rows[0].kind else { panic!() };
    assert!(
        matches!(&row[1].kind, ExprKind::Negate(two) if two.kind == ExprKind::Number { value: 2.0, unit: None })
    );
    assert_eq!(&SAMPLES[0].1[row[1].span.start as usize..row[1].span.end as usize], "-2");
    let Item::Expect { expectations, .. } = &file.items[5] else { panic!() };
    assert_eq!(expectations.len(), 4);
    let Expectation::ForInput { place, within: Some(_), .. } = &expectations[1] else { panic!() };
    assert_eq!(&SAMPLES[0].1[place.span.start as usize..place.span.end as usize], "y");
}
