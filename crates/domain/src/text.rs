//! Text from outside: bounded, and stripped of what can spoof.
//!
//! Cleaning is not escaping. Markup stays as the characters it is; whoever shows the text escapes
//! it for that place.

/// Longest name that is kept, in characters.
pub const NAME_MAX: usize = 200;
/// Longest note that is kept, in characters.
pub const NOTE_MAX: usize = 20_000;

/// Longest name of a queue that is looked for before a caller's name, in characters.
const QUEUE_MAX: usize = 40;

/// Accents in a row that are kept: more than any script needs, fewer than it takes to paint over
/// the lines above and below.
const ACCENTS_MAX: usize = 3;

/// One line of plain text of at most `max_chars` characters; a cut shows as `…`.
///
/// Drops control characters, invisible characters and the marks that turn the direction of text;
/// each run of white space becomes one space.
pub fn clean(text: &str, max_chars: usize) -> String {
    let visible = visible(text).map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut line = String::new();
    let mut length = 0;
    for c in visible {
        if c == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        // One more than is kept, so that a trailing space is not taken for a cut.
        if length > max_chars {
            break;
        }
        line.push(c);
        length += 1;
    }
    line.truncate(line.trim_end().len());
    bound(line, max_chars)
}

/// A display name as a SIP header carries it, ready to show: quoted pairs (`\"`, `\\`; RFC 3261
/// §25.1) are resolved, then it is [`clean`]ed to [`NAME_MAX`].
///
/// For names as given by a softphone; to be applied once, since resolving is not idempotent.
pub fn display_name(given: &str) -> String {
    let mut chars = given.chars();
    let resolved: String = std::iter::from_fn(|| match chars.next()? {
        '\\' => Some(chars.next().unwrap_or('\\')),
        c => Some(c),
    })
    .collect();
    clean(&resolved, NAME_MAX)
}

/// Takes the queue off a caller's name, as phone systems put it there: `SUPPORT: Jane`,
/// `SUPPORT - Jane`, `SUPPORT | Jane`, `[SUPPORT] Jane`. Gives the queue and the name.
///
/// To be asked only for calls that came through a queue. Where its name is known, only that name is
/// taken off; where `queue` is empty, what stands there is its name.
pub fn queue_and_name<'a>(queue: &'a str, name: &'a str) -> (&'a str, &'a str) {
    let split = match name.trim_start().strip_prefix('[') {
        Some(rest) => rest.split_once(']'),
        None => [":", " - ", "|"]
            .iter()
            .filter_map(|mark| name.split_once(mark))
            .min_by_key(|(before, _)| before.len()),
    };
    let Some((before, after)) = split.map(|(before, after)| (before.trim(), after.trim())) else {
        return (queue, name);
    };
    let fits = !before.is_empty() && before.chars().count() <= QUEUE_MAX;
    let named = queue.trim().to_lowercase() == before.to_lowercase();
    match fits && !after.is_empty() && (queue.trim().is_empty() || named) {
        true if named => (queue, after),
        true => (before, after),
        false => (queue, name),
    }
}

/// Text of several lines, of at most [`NOTE_MAX`] characters. Like [`clean`], but line breaks, tabs
/// and spaces stay where they were typed; every line break becomes `\n`.
pub fn clean_note(text: &str) -> String {
    let note: String =
        visible(&text.replace("\r\n", "\n")).take(NOTE_MAX.saturating_add(1)).collect();
    bound(note, NOTE_MAX)
}

/// The characters of a text that a person can see, and white space. Control characters that break
/// lines count as white space.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let mut accents = 0;
    let mut previous = ' ';
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        loop {
            let c = match chars.next()? {
                '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
                c => c,
            };
            accents = if is_accent(c) { accents + 1 } else { 0 };
            let joins = !previous.is_ascii() && chars.peek().is_some_and(|next| !next.is_ascii());
            let keep = match c {
                '\n' | '\t' => true,
                // Families of emoji and Persian or Indic words need their joiners; between plain
                // letters they only make two equal names differ.
                '\u{200C}' | '\u{200D}' => joins,
                c => !c.is_control() && !is_invisible(c) && accents <= ACCENTS_MAX,
            };
            if keep {
                previous = c;
                return Some(c);
            }
        }
    })
}

/// Cuts to `max_chars`, the last of which is then `…`.
fn bound(mut text: String, max_chars: usize) -> String {
    if text.char_indices().nth(max_chars).is_none() {
        return text;
    }
    let kept = max_chars.saturating_sub(1);
    let end = text.char_indices().nth(kept).map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.truncate(text.trim_end().len());
    if max_chars > 0 {
        text.push('…');
    }
    text
}

/// Combining marks of no particular script (Unicode blocks "Combining Diacritical Marks" and its
/// supplements).
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
}

/// Characters without a shape of their own: `Default_Ignorable_Code_Point` of Unicode, without the
/// joiners and the variation selectors of emoji, with the interlinear annotation marks.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}' | '\u{200E}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_loses_what_can_spoof_and_keeps_what_people_write() {
        for (given, expected) in [
            ("  Jane \t\r\n Caller ", "Jane Caller"),
            ("Jane\u{00A0}Caller", "Jane Caller"),
            ("Zoë Łukasz 田中", "Zoë Łukasz 田中"),
            ("invoice\u{202E}gpj.exe", "invoicegpj.exe"),
            ("\u{FEFF}Ja\u{200B}ne\u{2066}\u{2069}\u{200F}", "Jane"),
            ("Ja\u{0}\u{7}\u{1b}[31mne", "Ja[31mne"),
            ("Ja\u{200D}ne", "Jane"),
            ("👩\u{200D}💻", "👩\u{200D}💻"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("a\u{300}\u{301}\u{302}\u{303}\u{304}b", "a\u{300}\u{301}\u{302}b"),
            ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
            ("\u{2028}", ""),
            ("", ""),
        ] {
            assert_eq!(clean(given, 80), expected, "{given:?}");
        }
    }

    #[test]
    fn a_cut_shows() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdef   ", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
        assert_eq!(clean("abcd efg", 6), "abcd…");
        assert_eq!(clean("ééé", 2), "é…");
        assert_eq!(clean("abc", 1), "…");
        assert_eq!(clean("abc", 0), "");
        assert_eq!(clean(&"x".repeat(10_000), NAME_MAX).chars().count(), NAME_MAX);
    }

    #[test]
    fn a_sip_name_is_resolved() {
        assert_eq!(display_name(r#"Bob \"The Boss\" \\ O'Neil"#), r#"Bob "The Boss" \ O'Neil"#);
        assert_eq!(display_name(r"dangling \"), r"dangling \");
        assert_eq!(display_name("\\\u{202E}evil"), "evil");
    }

    #[test]
    fn a_queue_is_taken_off_a_name_where_it_is_one() {
        for (queue, name, expected) in [
            ("", "SUPPORT: Jane", ("SUPPORT", "Jane")),
            ("", "SUPPORT - Jane Q. Caller", ("SUPPORT", "Jane Q. Caller")),
            ("", "Sales|Jane: Doe", ("Sales", "Jane: Doe")),
            ("", "[Sales EU] Jane", ("Sales EU", "Jane")),
            ("Support", "SUPPORT:Jane", ("Support", "Jane")),
            ("Support", "Dr. House: Jane", ("Support", "Dr. House: Jane")),
            ("", "Jean-Luc Picard", ("", "Jean-Luc Picard")),
            ("", "SUPPORT:", ("", "SUPPORT:")),
            ("", ": Jane", ("", ": Jane")),
            ("", "[half", ("", "[half")),
            ("Support", "", ("Support", "")),
        ] {
            assert_eq!(queue_and_name(queue, name), expected, "{name}");
        }
    }

    #[test]
    fn a_note_keeps_its_lines() {
        assert_eq!(clean_note("a\r\n\tb\r c \u{202E}d \n"), "a\n\tb\n c d \n");
        assert_eq!(clean_note(&"y".repeat(NOTE_MAX)).chars().count(), NOTE_MAX);
        let cut = clean_note(&"y".repeat(NOTE_MAX + 5));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (NOTE_MAX, true));
    }

    proptest! {
        #[test]
        fn any_text_is_bounded_and_cleaning_again_changes_nothing(text in any::<String>(), max in 0usize..40) {
            let once = clean(&text, max);
            prop_assert!(once.chars().count() <= max);
            prop_assert!(!once.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert_eq!(clean(&once, max), once);
            prop_assert!(display_name(&text).chars().count() <= NAME_MAX);
            prop_assert!(clean_note(&text).chars().count() <= text.chars().count().min(NOTE_MAX));
        }
    }
}
