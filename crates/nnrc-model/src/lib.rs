//! Analysis of nnr files and lowering of neural networks to reaction networks.
