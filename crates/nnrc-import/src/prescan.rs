//! A look at the bytes of a model before anything is decoded: how many messages, and how many packed numbers, it
//! will become. Decoding multiplies (an empty node has two bytes in the file and two hundred in memory), so that a
//! limit on the size of the file alone would not bound the memory.

use crate::limits;
use crate::read_error::ReadError;

/// The messages that a file is searched through.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    ValueInfo,
    Type,
    TensorType,
    Shape,
    /// Messages whose fields are numbers and strings only.
    Leaf,
}

/// What a field with a length is.
enum Content {
    Message(Kind),
    /// Bytes or a string.
    Bytes,
    /// Whole numbers, one after another.
    Packed,
}

impl Kind {
    fn content(self, field: u64) -> Content {
        use Content::{Bytes, Message, Packed};
        match (self, field) {
            (Kind::Model, 7) => Message(Kind::Graph),
            (Kind::Model, 8 | 14 | 25) => Message(Kind::Leaf),
            (Kind::Graph, 1) => Message(Kind::Node),
            (Kind::Graph, 5) | (Kind::Attribute, 5) | (Kind::SparseTensor, 1) => Message(Kind::Tensor),
            (Kind::Graph, 11 | 12) => Message(Kind::ValueInfo),
            (Kind::Graph, 15) => Message(Kind::SparseTensor),
            (Kind::Node, 5) => Message(Kind::Attribute),
            (Kind::Attribute, 8) | (Kind::Tensor, 1 | 5 | 7 | 11) => Packed,
            (Kind::Tensor, 13) => Message(Kind::Leaf),
            (Kind::ValueInfo, 2) => Message(Kind::Type),
            (Kind::Type, 1) => Message(Kind::TensorType),
            (Kind::TensorType, 2) => Message(Kind::Shape),
            (Kind::Shape, 1) => Message(Kind::Leaf),
            _ => Bytes,
        }
    }
}

/// Judges the size of what a file will become.
pub(crate) fn check(bytes: &[u8]) -> Result<(), ReadError> {
    if bytes.len() > limits::MODEL_BYTES {
        return Err(ReadError::TooLarge { what: "bytes", most: limits::MODEL_BYTES });
    }
    let (mut messages, mut packed) = (0, 0);
    let mut open = vec![(Kind::Model, bytes)];
    while let Some((kind, mut rest)) = open.pop() {
        while !rest.is_empty() {
            let Some((field, content)) = next(&mut rest) else {
                return Err(ReadError::Truncated { at: bytes.len() - rest.len() });
            };
            messages += 1;
            if let Some(content) = content {
                match kind.content(field) {
                    Content::Message(inner) => open.push((inner, content)),
                    Content::Packed => packed += content.len(),
                    Content::Bytes => {}
                }
            }
            if messages > limits::MESSAGES {
                return Err(ReadError::TooLarge { what: "fields", most: limits::MESSAGES });
            }
            if packed > limits::PACKED_BYTES {
                return Err(ReadError::TooLarge {
                    what: "bytes of packed whole numbers",
                    most: limits::PACKED_BYTES,
                });
            }
        }
    }
    Ok(())
}

/// The next field of a message, with its bytes where it has a length; none where the bytes end within it.
fn next<'a>(rest: &mut &'a [u8]) -> Option<(u64, Option<&'a [u8]>)> {
    let key = varint(rest)?;
    let content = match key & 7 {
        0 => {
            varint(rest)?;
            None
        }
        1 => {
            take(rest, 8)?;
            None
        }
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Some(take(rest, length)?)
        }
        5 => {
            take(rest, 4)?;
            None
        }
        _ => return None,
    };
    Some((key >> 3, content))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (content, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(content)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_nodes_are_counted() {
        let nodes = [0x0a, 0x00].repeat(limits::MESSAGES + 1);
        let mut file = vec![0x3a];
        let mut length = nodes.len();
        while length >= 0x80 {
            file.push(length as u8 | 0x80);
            length >>= 7;
        }
        file.push(length as u8);
        file.extend(nodes);
        assert_eq!(check(&file), Err(ReadError::TooLarge { what: "fields", most: limits::MESSAGES }));
    }

    #[test]
    fn a_length_beyond_the_end() {
        assert!(matches!(check(&[0x3a, 0x05, 0x0a]), Err(ReadError::Truncated { .. })));
        assert_eq!(check(&[]), Ok(()));
    }
}
