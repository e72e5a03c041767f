//! The stories the sync protocol was corrected by, and the rules that rest on reasoning, each as a test by name.
//! Numbers are those of `docs/protocol.md`.

mod stories {
    mod bytes;
    mod forks;
    mod hubs;
    mod revoked;
    mod rules;
}
