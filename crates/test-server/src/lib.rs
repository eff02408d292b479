//! What the servers that stand in for others share: connections that can be cut, and counters that
//! run down. Nothing of it is in the product.

mod connection;

pub use connection::{Connection, Connections, Stream};

/// Takes one of what is left; whether there was one.
pub fn spend(counter: &mut u32) -> bool {
    let left = *counter > 0;
    *counter = counter.saturating_sub(1);
    left
}
