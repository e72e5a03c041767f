//! What goes wrong in the store, told to the protocol.

use toso_store::StoreError;
use toso_sync::shelf::ShelfError;

/// A store's error in the protocol's words.
pub(crate) fn fault(error: StoreError) -> ShelfError {
    let detail = match &error {
        StoreError::Db(what) | StoreError::Damaged(what) => what.clone(),
        _ => String::new(),
    };
    ShelfError {
        code: error.code(),
        detail,
    }
}
