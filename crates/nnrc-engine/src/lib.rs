//! In-process simulation of reaction networks, family by family.
