use ringside_crm::{Crm, NewContact};
use ringside_web::Error;
use serde_json::json;

use crate::support::{KEY, Server, ask, contact, names};

#[tokio::test]
async fn contacts_are_found_and_made() {
    let server = Server::start().await;
    server.reset().await;
    contacts_are_found_by_number_in_all_cases(&server).await;
    server.reset().await;
    a_stale_contact_is_put_right_behind_the_pop(&server).await;
    server.reset().await;
    a_contact_is_made_once(&server).await;
}

fn new_contact(name: &str, key: &str) -> NewContact {
    NewContact {
        name: name.into(),
        kind: Some("Lead".into()),
        phone: Some("+14155550177".into()),
        company: None,
        email: None,
        key: key.into(),
    }
}

async fn contacts_are_found_by_number_in_all_cases(server: &Server) {
    let (crm, _) = server.account("demo", KEY);

    let one = crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert!(one.complete && one.can_create);
    let nadia = &one.contacts[0];
    assert_eq!((nadia.name.as_str(), nadia.reference.id.as_str()), ("Nadia Okafor", "c-1"));
    assert_eq!(nadia.reference.kind, "Contact");
    assert_eq!(nadia.company.as_deref(), Some("Brightwater Logistics"));
    assert_eq!(nadia.title.as_deref(), Some("Head of Operations"));
    assert_eq!(nadia.created_at, Some("2024-01-15T10:00:00Z".parse().unwrap()));
    let deals: Vec<_> = nadia.associations.iter().map(|a| (&*a.kind, &*a.id, &*a.title)).collect();
    assert_eq!(deals, [("deal", "d-1", "Renewal 2027"), ("deal", "d-2", "40 seats")]);
    assert_eq!(one.message.unwrap().message, "Found 1 contacts");

    assert_eq!(names(&crm, "+14155550143").await, ["Tomás Reyes", "Tomás Reyes"]);
    let none = crm.get_contact(&ask("+14155559999")).await.unwrap();
    assert!(none.contacts.is_empty() && none.complete && none.can_create);

    // Only under a format: one that serves, and two that this server would cut or tear apart.
    assert!(names(&crm, "+14155550144").await.is_empty());
    server.asked().await;
    let formats = ["##", "(###) ###-####", "###,###,####"].map(str::to_owned).into();
    let mut request = ask("+14155550144");
    request.overriding_format = formats;
    assert_eq!(crm.get_contact(&request).await.unwrap().contacts[0].name, "Iris Falk");
    let searched = server.asked().await;
    assert_eq!(searched, ["GET /api/contacts", "GET /api/contacts"], "the number and one format");

    let mut extension = ask("101");
    extension.is_extension = true;
    assert_eq!(crm.get_contact(&extension).await.unwrap().contacts[0].name, "Front Desk");
    extension.phone_number = "102".into();
    assert!(crm.get_contact(&extension).await.unwrap().contacts.is_empty());

    let found = crm.find_contact_by_name("reyes").await.unwrap();
    assert_eq!(found.len(), 2);
    assert!(crm.find_contact_by_name("nobody at all").await.unwrap().is_empty());
    assert!(crm.find_contact_by_name(" .. ").await.unwrap().is_empty());

    // There is no request for one contact: only one that was told of is found again, or under a name.
    let (new, _) = server.account("demo", KEY);
    new.user_info().await.unwrap();
    assert!(matches!(new.contact(&contact("c-4")).await, Err(Error::Unsupported)));
    let unnamed = new.contact_named(&contact("c-4"), "").await;
    assert!(matches!(unnamed, Err(Error::Unsupported)), "{unnamed:?}");
    let renamed = new.contact_named(&contact("c-4"), "Tomás").await;
    assert!(matches!(renamed, Err(Error::Unsupported)), "{renamed:?}");
    let iris = new.contact_named(&contact("c-4"), "Iris Falk").await.unwrap();
    assert_eq!(iris.company.as_deref(), Some("Falk Optics"));
    // Its number is not written as it is searched.
    server.oracle("PUT", "records/contacts/c-4", json!({ "phone": "" })).await;
    assert_eq!(new.contact(&contact("c-4")).await.unwrap().name, "Iris Falk");
}

/// The server's cache of contacts has no age. What may be from there is not complete, and the
/// request behind it is.
async fn a_stale_contact_is_put_right_behind_the_pop(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    crm.user_info().await.unwrap();
    server.oracle("POST", "account", json!({ "account": "telephones" })).await;

    assert_eq!(names(&crm, "+14155550142").await, ["Nadia Okafor"]);
    server.oracle("PUT", "records/contacts/c-1", json!({ "name": "Nadia Winter" })).await;
    server.asked().await;
    let stale = crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(stale.contacts[0].name, "Nadia Okafor", "the server has no cache any more");
    assert!(!stale.complete);
    assert!(server.asked().await.is_empty(), "not from the cache");

    let fresh = crm.get_remaining(&ask("+14155550142")).await.unwrap();
    assert_eq!(fresh.contacts[0].name, "Nadia Winter");
    assert!(fresh.complete);
    let again = crm.contact(&contact("c-1")).await.unwrap();
    assert_eq!(again.name, "Nadia Winter");

    server.oracle("DELETE", "records/contacts/c-1", json!({})).await;
    assert_eq!(names(&crm, "+14155550142").await, ["Nadia Winter"]);
    let mut forced = ask("+14155550142");
    forced.force_refresh = true;
    let gone = crm.get_contact(&forced).await.unwrap();
    assert!(gone.contacts.is_empty() && gone.complete);
    assert!(matches!(crm.contact(&contact("c-1")).await, Err(Error::NotFound)));
}

async fn a_contact_is_made_once(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    crm.user_info().await.unwrap();
    let kinds: Vec<_> = crm.capabilities().create.into_iter().map(|kind| kind.value).collect();
    assert_eq!(kinds, ["Contact", "Lead"]);

    let made = crm.create_contact(&new_contact("Nora Lund", "k1")).await.unwrap();
    assert_eq!((made.name.as_str(), made.reference.kind.as_str()), ("Nora Lund", "Lead"));
    assert_eq!(made.phones[0].given, "+14155550177");
    let again = crm.create_contact(&new_contact("Nora Lund", "k1")).await.unwrap();
    assert_eq!(again.reference, made.reference);
    let held = server.records("contacts").await;
    let held: Vec<_> = held.iter().filter(|contact| contact["name"] == "Nora Lund").collect();
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0]["phone"], &held[0]["type"]), (&json!("+14155550177"), &json!("Lead")));

    // Made, and then the CRM fails: the next attempt finds it.
    let fault = json!({ "on": "POST /api/contacts", "times": 1, "status": 500, "after": true });
    server.fault(fault).await;
    let unclear = crm.create_contact(&new_contact("Olaf Berg", "k2")).await;
    assert!(matches!(unclear, Err(Error::Ambiguous(_))), "{unclear:?}");
    let found = crm.create_contact(&new_contact("Olaf Berg", "k2")).await.unwrap();
    let held = server.records("contacts").await;
    let held: Vec<_> = held.iter().filter(|contact| contact["name"] == "Olaf Berg").collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["id"], found.reference.id);

    let nameless = crm.create_contact(&new_contact("  ", "k3")).await;
    assert!(matches!(nameless, Err(Error::Rejected { .. })));
}
