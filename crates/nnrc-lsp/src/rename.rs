//! Another name for something, everywhere in the file, and where a name is declared.

use nnrc_syntax::ast::{Entry, ExprKind, File, Item, Layer, Member};
use nnrc_syntax::{Edit, words};

use crate::names::{Kind, Names, Occurrence};

/// The edits that give another name to what stands at a byte.
///
/// # Errors
///
/// A place without a name, a name that cannot be one, or one that is taken: a sentence.
pub fn rename(file: &File, offset: usize, name: &str) -> Result<Vec<Edit>, String> {
    let names = Names::of(file);
    let Some(old) = names.at(offset) else {
        return Err("no name that the file declares stands here".to_owned());
    };
    allowed(&names, old, name)?;
    if old.name == name {
        return Ok(Vec::new());
    }
    let mut edits: Vec<Edit> = names.places(old).map(|place| Edit::replace(place.span, name)).collect();
    if old.kind == Kind::Layer {
        edits.extend(kept_arrays(file, &old.name, name));
    }
    Ok(edits)
}

/// Whether something can have this name.
fn allowed(names: &Names, old: &Occurrence, name: &str) -> Result<(), String> {
    let mut letters = name.chars();
    let is_word = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !is_word {
        return Err(format!(
            "`{name}` is no name: names consist of letters, digits and `_`, and begin with no digit"
        ));
    }
    if words::is_keyword(name) || words::is_reserved(name) {
        return Err(format!("`{name}` is a word of the language and cannot be a name"));
    }
    if old.kind == Kind::Input && name == "t" {
        return Err("`t` is what rows call their targets, and cannot be the name of an input".to_owned());
    }
    let taken = names.declared.iter().find(|one| {
        // A network may be called like one of its layers, and everything else has a name of its own.
        let apart = (one.kind == Kind::Network) != (old.kind == Kind::Network);
        let is_node = |kind| matches!(kind, Kind::Input | Kind::Layer);
        one.name == name && one.name != old.name && !(apart && (is_node(one.kind) || is_node(old.kind)))
    });
    match taken {
        Some(_) => Err(format!("the file declares `{name}` already")),
        None => Ok(()),
    }
}

/// The arrays of a layer in a weight file are called after it: the entries that say so once it has another name.
fn kept_arrays(file: &File, old: &str, new: &str) -> Vec<Edit> {
    let (Some(layer), Some(block)) = (layer(file, old), weight_file(file)) else { return Vec::new() };
    let has = |key: &str| {
        block.entries.iter().any(|entry| matches!(entry, Entry::Set { key: own, .. } if own.text() == key))
    };
    let mut lines = String::new();
    for part in arrays(layer) {
        if !has(&format!("{old}.{part}")) {
            lines.push_str(&format!("\n    {new}.{part} = \"{old}.{part}\";"));
        }
    }
    if lines.is_empty() {
        return Vec::new();
    }
    if block.entries.is_empty() {
        lines.push('\n');
    }
    vec![Edit::insert(block.span.start as usize + 1, lines)]
}

/// The block of weights from a file.
fn weight_file(file: &File) -> Option<&nnrc_syntax::ast::Block> {
    file.items.iter().find_map(|item| match item {
        Item::Weights { from: Some(_), block, .. } => Some(block),
        _ => None,
    })
}

fn layer<'f>(file: &'f File, name: &str) -> Option<&'f Layer> {
    let networks = file.items.iter().filter_map(|item| match item {
        Item::Network(network) => Some(network),
        _ => None,
    });
    networks.flat_map(|network| &network.members).find_map(|member| match member {
        Member::Layer(layer) if layer.name.name == name => Some(layer),
        _ => None,
    })
}

/// What a layer has in a weight file.
fn arrays(layer: &Layer) -> &'static [&'static str] {
    let Some(call) = layer.calls.first().filter(|call| call.name.name == "dense") else { return &[] };
    let bias = call.args.iter().enumerate().find(|(at, arg)| match &arg.name {
        Some(name) => name.name == "bias",
        None => *at == 1,
    });
    let is_false = |kind: &ExprKind| matches!(kind, ExprKind::Path(path) if path.text() == "false");
    if bias.is_some_and(|(_, arg)| is_false(&arg.value.kind)) { &["W"] } else { &["W", "b"] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnrc_syntax::{fix, parse_recovering};

    const FILE: &str = "\
const h = 0.1;
dataset d = rows([{ x = [0, 1], t = [1] }]) { scale = minmax(0, 1); }
dataset e = rows([{ x = [h, 1], t = [1] }]) { scale = like(d); }
network net {
    input x[2] in [0, 1];
    layer hidden = dense(2, bias = false) | smooth_relu(h = h);
    layer y = dense(1) from x, hidden;
    output y;
}
weights from \"w.npz\" { y.W = \"out\"; layout.hidden = in_out; }
train net { data = d.train; validation = d; stop when loss < h; }
simulate { record = [x, hidden]; until = 2 * h; }
noise { data = d.test; }
sweep { over = { const.h = [1, 2], dataset.d.scale = [1], weights.y.b = [\"a\"] }; }
expect { for [0, h]: y[1] ~ 1 within h; accuracy(net) on d.test >= h; }
";

    fn renamed(at: &str, behind: usize, name: &str) -> Result<String, String> {
        let (file, found) = parse_recovering(FILE);
        assert!(found.is_empty(), "{found:?}");
        let offset = FILE.find(at).unwrap() + behind;
        rename(&file, offset, name).map(|edits| fix::apply(FILE, &edits))
    }

    #[test]
    fn a_name_changes_everywhere() {
        // Each name is given by hand, so that no search of our own judges the search.
        let text = renamed("layer y", 6, "out").unwrap();
        let wanted = FILE
            .replace("layer y", "layer out")
            .replace("output y", "output out")
            .replace("{ y.W = \"out\"", "{\n    out.b = \"y.b\"; out.W = \"out\"")
            .replace("weights.y.b", "weights.out.b")
            .replace("y[1]", "out[1]");
        assert_eq!(text, wanted);
        let text = renamed("d.train", 0, "rows_of_d").unwrap();
        let wanted = FILE
            .replace("dataset d ", "dataset rows_of_d ")
            .replace("like(d)", "like(rows_of_d)")
            .replace("d.train", "rows_of_d.train")
            .replace("validation = d", "validation = rows_of_d")
            .replace("d.test", "rows_of_d.test")
            .replace("dataset.d.", "dataset.rows_of_d.");
        assert_eq!(text, wanted);
        let text = renamed("input x", 7, "a").unwrap();
        let wanted = FILE
            .replace("{ x =", "{ a =")
            .replace("input x", "input a")
            .replace("from x", "from a")
            .replace("[x, hidden]", "[a, hidden]");
        assert_eq!(text, wanted);
        let text = renamed("const h", 6, "level").unwrap();
        let wanted = FILE
            .replace("const h", "const level")
            .replace("[h, 1]", "[level, 1]")
            .replace("(h = h)", "(h = level)")
            .replace("< h", "< level")
            .replace("* h", "* level")
            .replace("const.h", "const.level")
            .replace("[0, h]", "[0, level]")
            .replace("within h", "within level")
            .replace(">= h", ">= level");
        assert_eq!(text, wanted);
        let text = renamed("train net", 6, "model").unwrap();
        assert_eq!(text, FILE.replace("net {", "model {").replace("(net)", "(model)"));
        // The arrays in the file keep their names.
        let text = renamed("hidden = dense", 3, "first").unwrap();
        assert!(text.contains("weights from \"w.npz\" {\n    first.W = \"hidden.W\"; y.W"), "{text}");
        assert!(text.contains("layout.first"), "{text}");
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        for (name, why) in [
            ("d", "already"),
            ("hidden", "already"),
            ("1a", "no name"),
            ("", "no name"),
            ("é", "no name"),
            ("layer", "word of the language"),
            ("import", "word of the language"),
        ] {
            let refused = renamed("layer y", 6, name).unwrap_err();
            assert!(refused.contains(why), "{name}: {refused}");
        }
        assert!(renamed("input x", 7, "t").unwrap_err().contains("targets"));
        assert!(renamed("dense(2", 1, "thick").unwrap_err().contains("no name"));
        // A network may be called like a layer, and like itself.
        assert!(renamed("train net", 6, "y").is_ok());
        assert_eq!(renamed("train net", 6, "net").unwrap(), FILE);
    }
}
