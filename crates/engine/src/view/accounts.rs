//! How CRMs are connected, and what an account can do.

use ringside_crm::{Adapter, Capabilities, Connector, Way};
use ringside_protocol::view::{Ability, ConnectorView, CrmKindView, SignInFieldView, SignInView};

/// What an account can do.
pub(crate) fn abilities(can: &Capabilities) -> Vec<Ability> {
    [
        (Ability::Create, !can.create.is_empty()),
        (Ability::FindByName, can.find_by_name),
        (Ability::UpdateLog, can.update_log),
        (Ability::Extensions, can.extensions),
        (Ability::Dispositions, !can.dispositions.is_empty() || can.disposition_apart),
        (Ability::Messages, can.messages),
        (Ability::ContactPages, can.contact_pages),
        (Ability::CallBacks, can.call_backs),
        (Ability::ServerSettings, can.server_settings),
    ]
    .into_iter()
    .filter_map(|(ability, has)| has.then_some(ability))
    .collect()
}

/// A kind of CRM that can be connected.
pub(crate) fn crm_kind(adapter: &dyn Adapter) -> CrmKindView {
    CrmKindView {
        kind: adapter.kind().to_owned(),
        address: adapter.address().map(str::to_owned),
        sign_in: adapter.ways().into_iter().map(way).collect(),
        connectors: adapter.has_connectors(),
    }
}

/// One of the CRMs that a server speaks for.
pub(crate) fn connector(connector: Connector) -> ConnectorView {
    ConnectorView {
        platform: connector.platform,
        name: connector.name,
        sign_in: connector.ways.into_iter().map(way).collect(),
    }
}

fn way(way: Way) -> SignInView {
    match way {
        Way::Key => SignInView::Key,
        Way::Fields(fields) => SignInView::Fields {
            fields: fields
                .into_iter()
                .map(|field| SignInFieldView {
                    id: field.id,
                    label: field.label,
                    secret: field.secret,
                    required: field.required,
                })
                .collect(),
        },
        Way::Browser { own_app, redirect, scopes } => SignInView::Browser {
            own_app,
            redirect: redirect.map(str::to_owned),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        },
    }
}
