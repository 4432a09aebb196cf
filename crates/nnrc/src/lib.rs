//! The nnrc command: compiles neural networks into chemistry.
