//! Softphones with hooks, for a face.

use ringside_protocol::view::{HookLine, HookTells, HookView};
use ringside_softphone::inlet::products::{Product, Tells, Ways};

/// What to put into a softphone, where Ringside is reached so.
pub(crate) fn hook(product: &Product, ways: &Ways) -> HookView {
    let tells = |tells: &Tells| match tells {
        Tells::Name => HookTells::Name,
        Tells::Answered => HookTells::Answered,
        Tells::Ended => HookTells::Ended,
        Tells::Outbound => HookTells::Outbound,
        Tells::Line => HookTells::Line,
    };
    let lines = product.lines(ways).into_iter();
    HookView {
        id: product.id.to_owned(),
        tells: product.tells.iter().map(tells).collect(),
        lines: lines
            .map(|line| HookLine { field: line.field.to_owned(), text: line.text })
            .collect(),
    }
}
