//! The syntax tree as an outline: a line for each statement, what it holds indented below.
//!
//! Expressions are printed in the language's own form, every operation inside another one in parentheses, so that it can
//! be seen what binds to what. What means the same is printed the same: comments, blanks and spellings of numbers are gone.

use crate::ast::{
    Arg, Block, Call, Cmp, Entry, Expectation, Expr, ExprKind, File, Ident, Item, Layer, Member, Network, Op,
};
use crate::diagnostic::Span;
use crate::wording::text;

/// A line with what stands below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The line, without indentation.
    pub text: String,
    /// Where it stands in the source.
    pub span: Span,
    /// What it holds.
    pub children: Vec<Outline>,
}

impl Outline {
    fn leaf(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span, children: Vec::new() }
    }

    /// All lines, each level indented by four blanks.
    pub fn lines(&self) -> Vec<String> {
        let below = self.children.iter().flat_map(Self::lines).map(|line| format!("    {line}"));
        std::iter::once(self.text.clone()).chain(below).collect()
    }
}

/// The items of a file in the order of the text.
pub fn outline(file: &File) -> Vec<Outline> {
    file.items.iter().map(item).collect()
}

fn item(item: &Item) -> Outline {
    let block =
        |head: String, block: &Block, span: Span| Outline { text: head, span, children: entries(block) };
    match item {
        Item::Version { number, span } => Outline::leaf(format!("nnr {number}"), *span),
        Item::Const { name, value, span } => {
            Outline::leaf(format!("const {} = {}", name.name, expression(value)), *span)
        }
        Item::Dataset { name, source, block, span } => Outline {
            text: format!("dataset {} = {}", name.name, call(source)),
            span: *span,
            children: block.as_ref().map_or_else(Vec::new, entries),
        },
        Item::Network(network) => self::network(network),
        Item::Weights { from, block: own, span } => {
            let from = from.as_ref().map_or(String::new(), |(path, _)| format!(" from {}", text(path)));
            block(format!("weights{from}"), own, *span)
        }
        Item::Chemistry { block: own, span } => block("chemistry".to_owned(), own, *span),
        Item::Train { name, block: own, span } => {
            let name = name.as_ref().map_or(String::new(), |name| format!(" {}", name.name));
            block(format!("train{name}"), own, *span)
        }
        Item::Simulate { block: own, span } => block("simulate".to_owned(), own, *span),
        Item::Noise { block: own, span } => block("noise".to_owned(), own, *span),
        Item::Sweep { block: own, span } => block("sweep".to_owned(), own, *span),
        Item::Expect { expectations, span } => Outline {
            text: "expect".to_owned(),
            span: *span,
            children: expectations.iter().map(expectation).collect(),
        },
    }
}

fn network(network: &Network) -> Outline {
    let children = network.members.iter().map(member).collect();
    Outline { text: format!("network {}", network.name.name), span: network.span, children }
}

fn member(member: &Member) -> Outline {
    let meaning =
        |meaning: &Option<Call>| meaning.as_ref().map_or(String::new(), |m| format!(" as {}", call(m)));
    match member {
        Member::Input { name, dims, range, meaning: means, span } => {
            let dims: Vec<String> = dims.iter().map(expression).collect();
            let range = range.as_ref().map_or(String::new(), |range| format!(" in {}", expression(range)));
            let text = format!("input {}[{}]{range}{}", name.name, dims.join(", "), meaning(means));
            Outline::leaf(text, *span)
        }
        Member::Layer(layer) => self::layer(layer),
        Member::Output { name, meaning: means, span } => {
            Outline::leaf(format!("output {}{}", name.name, meaning(means)), *span)
        }
    }
}

fn layer(layer: &Layer) -> Outline {
    let mut children: Vec<Outline> =
        layer.calls.iter().map(|own| Outline::leaf(call(own), own.span)).collect();
    if let (Some(first), Some(last)) = (layer.from.first(), layer.from.last()) {
        let names: Vec<&str> = layer.from.iter().map(|source: &Ident| source.name.as_str()).collect();
        children.push(Outline::leaf(format!("from {}", names.join(", ")), first.span.to(last.span)));
    }
    Outline { text: format!("layer {}", layer.name.name), span: layer.span, children }
}

fn entries(block: &Block) -> Vec<Outline> {
    let entry = |entry: &Entry| match entry {
        Entry::Set { key, value, span } => {
            Outline::leaf(format!("{} = {}", key.text(), expression(value)), *span)
        }
        Entry::Stop { quantity, cmp, bound, span } => {
            let text = format!("stop when {} {} {}", quantity.text(), cmp.sign(), expression(bound));
            Outline::leaf(text, *span)
        }
    };
    block.entries.iter().map(entry).collect()
}

fn expectation(expectation: &Expectation) -> Outline {
    let bound = |cmp: Cmp, value: &Expr, within: &Option<Expr>| {
        let within = within.as_ref().map_or(String::new(), |w| format!(" within {}", expression(w)));
        format!("{} {}{within}", cmp.sign(), expression(value))
    };
    match expectation {
        Expectation::ForInput { input, place, cmp, value, within, span } => {
            let index = place.index.map_or(String::new(), |(index, _)| format!("[{index}]"));
            let bound = bound(*cmp, value, within);
            let text = format!("for {}: {}{index} {bound}", expression(input), place.name.name);
            Outline::leaf(text, *span)
        }
        Expectation::Measure { call: own, on, cmp, value, within, span } => {
            let on = on.as_ref().map_or(String::new(), |on| format!(" on {}", on.text()));
            Outline::leaf(format!("{}{on} {}", call(own), bound(*cmp, value, within)), *span)
        }
    }
}

fn call(call: &Call) -> String {
    let argument = |arg: &Arg| match &arg.name {
        Some(name) => format!("{} = {}", name.name, expression(&arg.value)),
        None => expression(&arg.value),
    };
    let arguments: Vec<String> = call.args.iter().map(argument).collect();
    format!("{}({})", call.name.name, arguments.join(", "))
}

/// An expression in the form of the language.
pub fn expression(expr: &Expr) -> String {
    let inner = |expr: &Expr| match expr.kind {
        ExprKind::Binary { .. } => format!("({})", expression(expr)),
        _ => expression(expr),
    };
    match &expr.kind {
        ExprKind::Number { value, unit: None } => number(*value),
        ExprKind::Number { value, unit: Some(unit) } => format!("{} {unit}", number(*value)),
        ExprKind::Text(own) => text(own),
        ExprKind::List(items) => {
            let items: Vec<String> = items.iter().map(expression).collect();
            format!("[{}]", items.join(", "))
        }
        ExprKind::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{} = {}", name.name, expression(value))).collect();
            if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
        }
        ExprKind::Call(own) => call(own),
        ExprKind::Path(path) => path.text(),
        // Two signs would be no value.
        ExprKind::Negate(operand) if matches!(operand.kind, ExprKind::Negate(_)) => {
            format!("-({})", expression(operand))
        }
        ExprKind::Negate(operand) => format!("-{}", inner(operand)),
        ExprKind::Binary { op, left, right } => {
            let op = match op {
                Op::Add => '+',
                Op::Subtract => '-',
                Op::Multiply => '*',
                Op::Divide => '/',
            };
            format!("{} {op} {}", inner(left), inner(right))
        }
    }
}

fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_a_line_and_operations_show_what_they_hold() {
        let source = "\
nnr 1; const h=2*(1e-2+1)/-3;
dataset d=csv(\"a\\\"b.csv\"){ inputs=[a,b]; split=holdout(test=.3e0,seed=7); }
network n { input x[2,1] in [-1,1] as features([\"p\",\"q\"]); input z[1];
layer y=dense(1)|smooth_relu(h=h) from x,z; output y as binary(threshold=0); }
weights from \"w.npz\" { layout=in_out; } chemistry { unit_time=5 s; speeds={forward=1}; }
train n { stop when validation.loss<1e-9; } simulate {} noise {}
sweep { over={noise.seed=[1,2]}; verb=noise; }
expect { for[0,1,2]: y[1]~- 1 within .05; mse(n) on d.test<=1; }";
        let source = source.replace(".3e0", "0.3e0").replace(" .05", " 0.05");
        let file = crate::parse(&source).unwrap();
        let lines: Vec<String> = outline(&file).iter().flat_map(Outline::lines).collect();
        assert_eq!(
            lines.join("\n"),
            r#"nnr 1
const h = (2 * (0.01 + 1)) / -3
dataset d = csv("a\"b.csv")
    inputs = [a, b]
    split = holdout(test = 0.3, seed = 7)
network n
    input x[2, 1] in [-1, 1] as features(["p", "q"])
    input z[1]
    layer y
        dense(1)
        smooth_relu(h = h)
        from x, z
    output y as binary(threshold = 0)
weights from "w.npz"
    layout = in_out
chemistry
    unit_time = 5 s
    speeds = { forward = 1 }
train n
    stop when validation.loss < 1e-9
simulate
noise
sweep
    over = { noise.seed = [1, 2] }
    verb = noise
expect
    for [0, 1, 2]: y[1] ~ -1 within 0.05
    mse(n) on d.test <= 1"#
        );
    }

    #[test]
    fn layout_and_comments_leave_no_trace() {
        let lines = |source: &str| -> Vec<String> {
            outline(&crate::parse(source).unwrap()).iter().flat_map(Outline::lines).collect()
        };
        let spaced = "const a = 1.50; // one\n\n\nconst b = [1, 2,];";
        assert_eq!(lines(spaced), lines("const a=1.5;const b=[1,2];"));
    }
}
