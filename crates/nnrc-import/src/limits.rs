//! How much of a file is believed. What is above the limits could not become chemistry anyway; below them a hostile
//! file costs seconds and some hundred megabytes at most.

/// Bytes of a model file.
pub const MODEL_BYTES: usize = 256 << 20;

/// Bytes of all files beside the model together.
pub const EXTERNAL_BYTES: u64 = 256 << 20;

/// Messages (nodes, attributes, tensors, sizes, strings) in a model file. An empty one has two bytes in the file and
/// some hundred in memory.
pub const MESSAGES: usize = 400_000;

/// Bytes of packed whole numbers in a model file: each may become eight in memory.
pub const PACKED_BYTES: usize = 16 << 20;

/// Nodes of a graph.
pub const NODES: usize = 20_000;

/// Sizes of a shape.
pub const RANK: usize = 16;

/// Numbers in all constants together, those that are computed from others included.
pub const CONSTANT_VALUES: usize = 24 << 20;

/// Numbers in a computed value. A layer has at least one entry for each.
pub const ELEMENTS: usize = 2_000_000;

/// Numbers in all computed values together.
pub const ALL_ELEMENTS: usize = 12_000_000;

/// Stored entries of all matrices of a network.
pub const ENTRIES: usize = 4_000_000;

/// Multiplications while matrices are made and composed.
pub const WORK: u64 = 2_000_000_000;
