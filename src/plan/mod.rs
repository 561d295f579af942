//! Inputs and a selection to a plan: every name resolved, vacuous work refused. Pure.
