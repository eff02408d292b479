//! Which of an account's kinds of activity stands for what: companies rename, retire and add them.

use super::wire::ActivityType;

/// What the activity is about.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A call.
    Call,
    /// A conversation by text message.
    Text,
}

/// The kind that an account calls a call, or a text message; an account without one for messages has
/// them as tasks, or as whatever is no call. `None` leaves it to Pipedrive, which takes its own
/// "call" then.
pub(super) fn choose(types: &[ActivityType], kind: Kind) -> Option<String> {
    let words: &[&str] = match kind {
        Kind::Call => &["call"],
        Kind::Text => &["sms", "text_message", "message", "whatsapp"],
    };
    let icons: &[&str] = match kind {
        Kind::Call => &["call"],
        Kind::Text => &["smartphone", "bubble"],
    };
    let usable = || types.iter().filter(|one| one.active_flag != Some(false));
    let named = |one: &&ActivityType| {
        let name = one.name.as_deref().unwrap_or_default().to_lowercase();
        words.iter().any(|word| one.key_string.contains(word) || name.contains(word))
    };
    let pictured =
        |one: &&ActivityType| icons.iter().any(|icon| one.icon_key.as_deref() == Some(icon));
    let found = usable()
        .find(|one| words.contains(&one.key_string.as_str()))
        .or_else(|| usable().find(pictured))
        .or_else(|| usable().find(named));
    match (found, kind) {
        (Some(found), _) => Some(found.key_string.clone()),
        (None, Kind::Text) => {
            let task = usable().find(|one| one.key_string == "task");
            let call = choose(types, Kind::Call);
            let other = || usable().find(|one| Some(&one.key_string) != call.as_ref());
            task.or_else(other).map(|one| one.key_string.clone())
        }
        (None, Kind::Call) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(key: &str, icon: &str, active: bool) -> ActivityType {
        ActivityType {
            key_string: key.to_owned(),
            name: None,
            icon_key: Some(icon.to_owned()),
            active_flag: Some(active),
        }
    }

    #[test]
    fn the_account_decides_what_a_call_is() {
        let pick = |types: &[ActivityType], kind| choose(types, kind);
        let usual = [kind("meeting", "meeting", true), kind("call", "call", true)];
        assert_eq!(pick(&usual, Kind::Call).as_deref(), Some("call"));
        let renamed = [kind("call", "call", false), kind("anruf", "call", true)];
        assert_eq!(pick(&renamed, Kind::Call).as_deref(), Some("anruf"));
        let worded = [kind("phone_call", "smartphone", true)];
        assert_eq!(pick(&worded, Kind::Call).as_deref(), Some("phone_call"));
        assert_eq!(pick(&[], Kind::Call), None);
        assert_eq!(pick(&usual, Kind::Text).as_deref(), Some("meeting"));
        let texts = [kind("call", "call", true), kind("sms", "bubble", true)];
        assert_eq!(pick(&texts, Kind::Text).as_deref(), Some("sms"));
    }
}
