//! What to put into softphones with hooks.

use ringside_protocol::view::{HookTells, HookView, InletLines};
use ringside_words::text;

/// The ways in, then every softphone that is known.
pub(crate) fn lines(lines: &InletLines) {
    for line in [&lines.program, &lines.link, &lines.http, &lines.stream] {
        println!("{line}");
    }
    for product in &lines.products {
        println!();
        one(product);
    }
}

fn one(product: &HookView) {
    let word = |end: &str| text(&format!("hook-{}{end}", product.id));
    println!("{}: {}", word(""), word("-where"));
    for line in &product.lines {
        println!("  {}", line.field);
        println!("    {}", line.text);
    }
    let tells: Vec<String> = product.tells.iter().map(|tells| text(told(*tells))).collect();
    if !product.lines.is_empty() {
        println!("  + {} {}", text("hook-tells-number"), tells.join(", "));
    }
    println!("  - {}", word("-not"));
}

fn told(tells: HookTells) -> &'static str {
    match tells {
        HookTells::Name => "hook-tells-name",
        HookTells::Answered => "hook-tells-answered",
        HookTells::Ended => "hook-tells-ended",
        HookTells::Outbound => "hook-tells-outbound",
        HookTells::Line => "hook-tells-line",
    }
}
