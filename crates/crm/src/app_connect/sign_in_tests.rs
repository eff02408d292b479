use ringside_domain::AccountId;
use serde_json::json;

use super::*;

fn sign_in(oauth: Value) -> SignIn {
    let given = json!({ "auth": { "type": "oauth", "oauth": oauth } });
    let settings =
        AccountSettings::new(AccountId::new("a"), "app_connect", "A", "https://server.example");
    SignIn {
        client: client(&settings).unwrap(),
        target: Target { platform: "clio".into(), hostname: "eu.clio.example".into() },
        platform: Platform::read(&given, None),
    }
}

fn clio() -> SignIn {
    sign_in(json!({
        "authUrl": "https://clio.example/oauth/authorize?theme=dark",
        "clientId": "id&1",
        "redirectUri": "https://maker.example/redirect.html",
        "scope": "access_type=offline&scope=a+b",
    }))
}

#[test]
fn the_page_of_the_crm_is_named_as_the_manifest_wants_it() {
    assert_eq!(
        clio().authorize_url().unwrap().as_str(),
        "https://clio.example/oauth/authorize?theme=dark&response_type=code&client_id=id%261\
         &access_type=offline&scope=a+b&state=platform%3Dclio\
         &redirect_uri=https%3A%2F%2Fmaker.example%2Fredirect.html"
    );
    let custom =
        sign_in(json!({ "authUrl": "https://n.example/a", "customState": "fill,platform=clio" }));
    let url = custom.authorize_url().unwrap();
    assert!(url.query_pairs().any(|pair| pair == ("state".into(), "fill,platform=clio".into())));
    for unsafe_page in ["http://clio.example/a", "javascript:alert(1)", "", "file:///a"] {
        assert_eq!(sign_in(json!({ "authUrl": unsafe_page })).authorize_url(), None);
    }
}

#[test]
fn only_the_address_of_this_sign_in_is_passed_on() {
    let clio = clio();
    let good = "https://maker.example/redirect.html?code=abc&state=platform%3Dclio";
    assert_eq!(clio.redirected(good).unwrap().as_str(), good);
    let dropped = clio.redirected("https://maker.example/redirect.html?code=abc").unwrap();
    assert_eq!(dropped.as_str(), good);
    for bad in [
        "",
        "code=abc",
        "https://evil.example/redirect.html?code=abc&state=platform%3Dclio",
        "https://maker.example/other?code=abc&state=platform%3Dclio",
        "https://maker.example/redirect.html?state=platform%3Dclio",
        "https://maker.example/redirect.html?code=abc&state=platform%3Dother",
    ] {
        assert!(matches!(clio.redirected(bad), Err(Redirected::Foreign)), "{bad}");
    }
    let denied = "https://maker.example/redirect.html?error=access_denied&state=platform%3Dclio";
    assert!(matches!(clio.redirected(denied), Err(Redirected::Denied)));
    let failed = "https://maker.example/redirect.html?error=x&error_description=No%20thanks";
    match clio.redirected(failed) {
        Err(Redirected::Refused(words)) => assert_eq!(words, "No thanks"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_host_is_read_from_what_people_paste() {
    for given in ["acme.crm.example", "https://acme.crm.example/deals/1?x", " acme.crm.example/a "]
    {
        assert_eq!(host_of(given).as_deref(), Some("acme.crm.example"), "{given}");
    }
    assert_eq!(host_of("not a host"), None);
}

#[test]
fn connectors_say_how_people_sign_in() {
    let form = json!({
        "displayName": "Redtail",
        "auth": { "type": "apiKey", "apiKey": { "page": { "content": [
            { "const": "username", "title": "User name", "type": "string", "required": true },
            { "const": "help", "title": "Help", "type": "button" },
        ] } } },
        "environment": { "type": "fixed", "url": "https://crm.redtail.example/" },
    });
    let redtail = connectors("redtail", &form).remove(0);
    assert_eq!((redtail.name.as_str(), redtail.platform.as_str()), ("Redtail", "redtail"));
    let field = |id: &str, label: &str, secret| Field {
        id: id.into(),
        label: label.into(),
        secret,
        required: true,
    };
    assert_eq!(redtail.ways, [Way::Fields(vec![field("username", "User name", false)])]);

    let own = json!({
        "auth": { "type": "apiKey", "apiKey": { "page": { "content": [
            { "const": "apiKey", "title": "API key", "type": "string", "required": true },
        ] } } },
        "environment": { "type": "dynamic", "urlIdentifier": "*.insightly.com" },
    });
    let own = connectors("insightly", &own).remove(0);
    let host = field("hostname", "*.insightly.com", false);
    assert_eq!(own.ways, [Way::Fields(vec![host, field("apiKey", "API key", true)])]);

    let clio = json!({ "displayName": "Clio", "auth": { "type": "oauth" }, "environment": {
        "type": "selectable",
        "selections": [{ "const": "https://app.clio.com", "name": "US" }, { "const": "https://eu.app.clio.com", "name": "EU" }],
    } });
    let clio = connectors("clio", &clio);
    let names: Vec<_> = clio.iter().map(|c| (c.platform.as_str(), c.name.as_str())).collect();
    assert_eq!(names, [("clio@app.clio.com", "Clio (US)"), ("clio@eu.app.clio.com", "Clio (EU)")]);
    assert!(matches!(clio[0].ways[..], [Way::Browser { own_app: false, .. }]));
    assert_eq!(split("clio@eu.app.clio.com"), ("clio", Some("eu.app.clio.com")));
    assert_eq!(split("clio"), ("clio", None));
}
