//! Writes small models: just enough of the format for tests of limits.

/// A field with a length.
pub fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = varint(number << 3 | 2);
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    bytes
}

/// A field with a whole number.
pub fn whole(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A node of one op.
pub fn node(op: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = inputs.iter().flat_map(|input| field(1, input.as_bytes())).collect();
    bytes.extend(field(2, output.as_bytes()));
    bytes.extend(field(4, op.as_bytes()));
    field(1, &bytes)
}

/// An initialiser of whole numbers of 64 bits, or of single precision.
pub fn tensor(name: &str, dims: &[u64], kind: u64, raw: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = dims.iter().flat_map(|&dim| whole(1, dim)).collect();
    bytes.extend(whole(2, kind));
    bytes.extend(field(8, name.as_bytes()));
    bytes.extend(field(9, raw));
    field(5, &bytes)
}

/// An input (field 11) or an output (12) of single precision.
pub fn value(number: u64, name: &str, dims: &[u64]) -> Vec<u8> {
    let shape: Vec<u8> = dims.iter().flat_map(|&dim| field(1, &whole(1, dim))).collect();
    let tensor = [whole(1, 1), field(2, &shape)].concat();
    field(number, &[field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat())
}

/// A model of a graph's fields, of op set 17.
pub fn model(graph: &[Vec<u8>]) -> Vec<u8> {
    [whole(1, 8), field(7, &graph.concat()), field(8, &whole(2, 17))].concat()
}
