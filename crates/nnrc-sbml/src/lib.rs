//! Reaction networks as SBML Level 3.
