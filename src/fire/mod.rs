//! A plan to exchanges: the only place that sends.
