//! What can be connected, and what an account keeps for its user.

#![allow(clippy::print_stdout, reason = "this is the command line")]

use ringside_protocol::view::{
    CallBackView, ConnectorView, CrmKindView, ServerSettingView, SignInView,
};
use ringside_words::text;

pub(super) fn kind(kind: &CrmKindView) {
    let name = text(&format!("crm-{}", kind.kind));
    let ways = if kind.connectors { text("cli-way-connectors") } else { ways(&kind.sign_in) };
    let address = kind.address.as_deref().unwrap_or_default();
    println!("{:12}  {name:20}  {ways}  {address}", kind.kind);
}

pub(super) fn connector(connector: &ConnectorView) {
    println!("{:12}  {:20}  {}", connector.platform, connector.name, ways(&connector.sign_in));
}

fn ways(ways: &[SignInView]) -> String {
    let words: Vec<String> = ways
        .iter()
        .map(|way| match way {
            SignInView::Key => text("cli-way-key"),
            SignInView::Fields { fields } => {
                fields.iter().map(|field| field.id.as_str()).collect::<Vec<_>>().join(" + ")
            }
            SignInView::Browser { own_app: true, .. } => text("cli-way-own-app"),
            SignInView::Browser { own_app: false, .. } => text("cli-way-browser"),
        })
        .collect();
    words.join(", ")
}

pub(super) fn setting(setting: &ServerSettingView) {
    let locked = if setting.locked { text("cli-locked") } else { String::new() };
    println!("{}  {}  {}  {locked}", setting.id, setting.label, setting.value);
}

pub(super) fn call_back(entry: &CallBackView) {
    let contact = &entry.contact;
    let name = entry.name.as_deref().unwrap_or_default();
    let at = entry.at.map(super::time).unwrap_or_default();
    let called = if entry.called { text("cli-called") } else { String::new() };
    println!(
        "{}  {}/{}/{}  {name}  {at}  {called}",
        entry.id, contact.account, contact.kind, contact.id
    );
}
