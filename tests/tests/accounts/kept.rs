use anyhow::Result;
use reqwest::Method;
use ringside_tests::servers::AppConnect;
use serde_json::{Value, json};

use super::*;

fn named<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|entry| entry[key] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}"))
}

#[test]
fn a_servers_connector_is_chosen_signed_in_by_its_form_and_tried() -> Result<()> {
    let world = world()?;
    let server = AppConnect::start()?;
    let kinds = world.ctl(["account", "kinds"])?;
    assert_eq!(named(&kinds, "kind", "app_connect")["connectors"], true);
    assert_eq!(named(&kinds, "kind", "pipedrive")["connectors"], false);
    let ways: Vec<_> = named(&kinds, "kind", "example")["sign_in"].as_array().unwrap().clone();
    assert!(ways.iter().any(|way| way["way"] == "browser"), "{ways:?}");

    let connectors = ["account", "connectors", "app_connect", "--url", &server.url];
    let connectors = world.ctl(connectors)?;
    let demo = named(&connectors, "platform", "demo");
    assert_eq!(demo["name"], "Demo CRM");
    let fields = &demo["sign_in"][0]["fields"];
    assert_eq!((&fields[0]["id"], &fields[0]["secret"]), (&json!("hostname"), &json!(false)));
    assert_eq!((&fields[1]["id"], &fields[1]["secret"]), (&json!("apiKey"), &json!(true)));
    named(&connectors, "platform", "demoOAuth");

    // A wrong key is refused in the server's words, and nothing is left behind.
    let add = ["account", "add", "app_connect", "--url", &server.url, "--platform", "demo"];
    let add = || add.into_iter().chain(["--name", "Bridge", "--key-stdin"]);
    let (code, fault, words) = world.refused_with(add(), Some(&form("wrong")))?;
    assert_eq!((code, &fault["code"]), (1, &json!("refused")), "{words}");
    assert!(words.contains("Could not load user information"), "{words}");
    // What is no form is not sent anywhere.
    let (code, _, words) = world.refused_with(add(), Some(r#""a-bare-key""#))?;
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("one JSON object"), "{words}");
    assert!(!words.contains("a-bare-key"), "a secret is repeated: {words}");
    assert_eq!(world.ctl(["account", "list"])?, json!([]));

    add_app_connect(&world, &server, "Bridge")?;
    world.links_up()?;
    let account = world.ctl(["account", "list"])?[0].take();
    assert_eq!(account["platform"], "demo");
    let can = account["can"].as_array().unwrap();
    for ability in ["call_backs", "server_settings", "create"] {
        assert!(can.contains(&json!(ability)), "{can:?}");
    }
    let tried = world.ctl(["account", "try", "Bridge", "(415) 555-0142"])?;
    assert_eq!(tried["matches"][0]["name"], "Nadia Okafor");
    assert_eq!(tried["matches"][0]["account"], account["id"]);
    let nobody = world.ctl(["account", "try", "Bridge", "(415) 555-9999"])?;
    assert_eq!((&nobody["status"], &nobody["matches"]), (&json!("not_found"), &json!([])));
    let (code, fault, _) = world.refused(["account", "try", "Nobody", "1"])?;
    assert_eq!((code, &fault["code"]), (6, &json!("no_such_account")));
    Ok(())
}

#[test]
fn what_a_server_keeps_for_its_user_is_read_and_changed_unless_it_is_locked() -> Result<()> {
    let world = world()?;
    let server = AppConnect::start()?;
    add_app_connect(&world, &server, "Bridge")?;
    world.links_up()?;
    let settings = world.ctl(["account", "settings", "Bridge"])?;
    assert_eq!(named(&settings, "id", "demoSilent")["value"], false);
    let changed = world.ctl(["account", "settings", "Bridge", "demoQueue", "care"])?;
    assert_eq!(named(&changed, "id", "demoQueue")["value"], "care");
    let changed = world.ctl(["account", "settings", "Bridge", "demoSilent", "true"])?;
    assert_eq!(named(&changed, "id", "demoSilent")["value"], true);
    // An administrator fixes one.
    let locked = json!({ "demoQueue": { "value": "sales", "customizable": false } });
    server.oracle(Method::POST, "user", &locked)?;
    let settings = world.ctl(["account", "settings", "Bridge"])?;
    let queue = named(&settings, "id", "demoQueue");
    assert_eq!((&queue["value"], &queue["locked"]), (&json!("sales"), &json!(true)));
    let set = ["account", "settings", "Bridge", "demoQueue", "care"];
    let (code, fault, words) = world.refused(set)?;
    assert_eq!((code, &fault["code"]), (1, &json!("forbidden")), "{words}");
    assert!(words.contains("Bridge does not let you do this"), "{words}");
    let settings = world.ctl(["account", "settings", "Bridge"])?;
    assert_eq!(named(&settings, "id", "demoQueue")["value"], "sales");

    // The people to call back.
    let nadia = format!("{}/Contact/c-1", ids(&world)?["Bridge"]);
    let add = ["account", "call-backs", "add", &nadia, "--at", "2026-11-25T10:00:00Z"];
    let added = world.ctl(add)?;
    assert_eq!(added.as_array().unwrap().len(), 1, "{added}");
    let id = added[0]["id"].as_str().unwrap();
    assert_eq!((&added[0]["contact"]["id"], &added[0]["called"]), (&json!("c-1"), &json!(false)));
    assert!(added[0]["at"].as_str().unwrap().starts_with("2026-11-25T10:00:00"), "{added}");
    let called = |verb: &'static str| {
        let list = world.ctl(["account", "call-backs", verb, "Bridge", id])?;
        anyhow::Ok(list[0]["called"].clone())
    };
    assert_eq!(called("done")?, true);
    assert_eq!(called("reopen")?, false);
    world.ctl(["account", "call-backs", "remove", "Bridge", id])?;
    assert_eq!(world.ctl(["account", "call-backs", "list", "Bridge"])?, json!([]));
    let (code, _, words) =
        world.refused(["account", "call-backs", "add", &nadia, "--at", "soon"])?;
    assert_eq!(code, 1, "{words}");

    // A CRM without such things says so.
    add_example(&world, &world.crm, "Plain")?;
    let (code, fault, _) = world.refused(["account", "settings", "Plain"])?;
    assert_eq!((code, &fault["code"]), (1, &json!("unsupported")));
    let (code, fault, _) = world.refused(["account", "call-backs", "list", "Plain"])?;
    assert_eq!((code, &fault["code"]), (1, &json!("unsupported")));
    Ok(())
}

#[test]
fn the_fields_of_a_crms_own_log_form_are_asked_for_and_go_with_the_log() -> Result<()> {
    let world = world()?;
    let server = AppConnect::start()?;
    add_app_connect(&world, &server, "Bridge")?;
    world.links_up()?;
    let call = missed(&world)?;
    let mut pop = Value::Null;
    ringside_tests::app::wait_until("a unique match", || {
        pop = world.ctl(["calls", "show", &call])?["pop"].take();
        Ok(pop["chosen"][0]["how"] == "unique")
    })?;
    let fields = pop["fields"].as_array().unwrap();
    let names: Vec<_> = fields.iter().map(|field| &field["field"]["id"]).collect();
    assert_eq!(names, ["associatedDeal", "queue", "ticket", "billable"]);
    // Of the chosen contact.
    assert_eq!(fields[0]["options"][1]["label"], "40 seats", "{}", fields[0]);

    let (code, fault, words) = world.refused(["calls", "log", &call])?;
    assert_eq!((code, &fault["code"]), (1, &json!("missing_field")), "{words}");
    assert!(words.contains("The CRM wants Queue with each log"), "{words}");
    let (code, fault, words) = world.refused(["calls", "log", &call, "--field", "queue=moon"])?;
    assert_eq!((code, &fault["code"]), (1, &json!("bad_field")), "{words}");
    assert!(words.contains("Queue"), "{words}");
    let (code, _, words) = world.refused(["calls", "log", &call, "--field", "queue"])?;
    assert_eq!(code, 2, "{words}");
    assert_eq!(server.records("activities")?, Vec::<Value>::new());

    let log = ["calls", "log", &call, "--field", "queue=care", "--field", "ticket=T-1=x"];
    world.ctl(log.into_iter().chain(["--field", "associatedDeal=d-2"]))?;
    world.run()?.logged("done")?;
    let activities = server.records("activities")?;
    assert_eq!(activities.len(), 1);
    let additional = &activities[0]["additional"];
    for (name, value) in [("queue", "care"), ("ticket", "T-1=x"), ("associatedDeal", "d-2")] {
        assert_eq!(additional[name], value, "{additional}");
    }
    Ok(())
}

#[test]
fn a_page_that_is_not_safe_is_not_opened() -> Result<()> {
    let mut world = world()?;
    // The control first: a page with https on the CRM's own host.
    let pages = [
        ("Good", "https://{hostname}/{contactType}/{contactId}", true),
        ("Clear", "http://{hostname}/{contactId}", false),
        ("Program", "javascript:open({contactId})", false),
        ("File", "file:///etc/{contactId}", false),
        ("Elsewhere", "https://evil.example/{contactId}", false),
    ];
    for (name, page, opens) in pages {
        let server = AppConnect::start_with_page(page)?;
        add_app_connect(&world, &server, name)?;
        world.links_up()?;
        let nadia = format!("{}/Contact/c-1", ids(&world)?[name]);
        if opens {
            world.ctl(["contacts", "open", &nadia])?;
            let opened = world.run()?.wait("the page", |e| e["event"] == "open_url")?;
            assert_eq!(opened["url"], "https://acme.demo.example/Contact/c-1");
        } else {
            let (code, fault, words) = world.refused(["contacts", "open", &nadia])?;
            assert_eq!((code, &fault["code"]), (1, &json!("bad_address")), "{name}: {words}");
            assert!(words.contains("no page for this that is safe to open"), "{words}");
        }
        let tried = world.ctl(["account", "try", name, NADIA])?;
        assert_eq!(tried["matches"][0]["can_open"], opens, "{name}");
        world.ctl(["account", "remove", name])?;
    }
    let events = world.run()?.events();
    assert_eq!(events.iter().filter(|e| e["event"] == "open_url").count(), 1);
    world.is_alive()
}
