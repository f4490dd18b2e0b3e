//! Every format: examples, misfits, and the way there and back.
