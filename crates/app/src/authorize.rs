//! Who may do what on this device. The hub and every other copy judge again by certificate; this spares people the refusal.

use crate::device::Who;
use crate::error::{CallError, Called};
use crate::kind::{Kind, Writers};
use toso_sync::ruling::Role;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Action<'a> {
    /// Writing a record of a kind.
    Write(&'a Kind),
    /// Saying who looks after a household.
    Assign,
    /// What only staff do, at the hub.
    Staff,
}

/// Errors: `not_allowed`.
pub(crate) fn authorize(who: &Who, action: Action<'_>) -> Called<()> {
    let staff = who.is_staff();
    let lead = staff || who.is_lead();
    let may = match action {
        // The province reads totals and holds no records.
        _ if who.roles.iter().all(|r| *r == Role::Province) => false,
        Action::Staff => staff,
        Action::Assign => lead,
        Action::Write(kind) => match kind.writers {
            Writers::Staff => staff,
            Writers::Member => true,
        },
    };
    if may {
        Ok(())
    } else {
        Err(CallError::new("not_allowed"))
    }
}
