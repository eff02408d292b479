//! Plain pages for people: what "Open in CRM" opens, and the consent page of OAuth. All text is
//! hostile, so all of it is escaped, and the pages run no scripts.

use std::fmt::Write;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::app::Shared;
use crate::extract::Id;
use crate::problem::Problem;
use crate::{activities, contacts};

const STYLE: &str = include_str!("pages.css");
/// Activities on a contact's page.
const LATEST: u32 = 20;

/// Whether a host is this computer.
pub(crate) fn is_loopback(host: Option<&str>) -> bool {
    matches!(host, Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Refuses pages to a browser that came by another name: a web page may point a name of its own at
/// 127.0.0.1 (DNS rebinding). Adds the headers that keep scripts and frames out.
pub(crate) async fn only_loopback(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rfind(':') {
        Some(at) if !host.ends_with(']') => host.split_at(at).0,
        _ => host,
    });
    if !is_loopback(name) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Text with nothing left that HTML could read as markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Example CRM</title>\
         <style>{STYLE}</style></head><body><header>Example CRM</header><main>{body}</main></body></html>"
    )
}

/// Rows of a table of facts; `value` is escaped here.
fn facts(rows: &[(&str, &str)]) -> String {
    let mut out = "<dl>".to_owned();
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value));
    }
    out.push_str("</dl>");
    out
}

/// `GET /contacts/{id}`
pub(crate) async fn contact(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Html<String>, Response> {
    let (contact, latest) = {
        let connection = app.store.lock();
        let contact = contacts::load(&connection, id).map_err(not_found)?;
        (contact, activities::latest(&connection, id, LATEST).map_err(not_found)?)
    };
    let phones: Vec<_> =
        contact.phones.iter().map(|p| format!("{} ({})", p.number, p.field)).collect();
    let role = [contact.title.as_deref(), contact.company.as_deref()];
    let role: Vec<_> = role.into_iter().flatten().collect();
    let mut body = format!(
        "<p class=\"kind\">{}</p><h1>{}</h1><p class=\"role\">{}</p>",
        escape(&contact.r#type),
        escape(&contact.name),
        escape(&role.join(" · ")),
    );
    body.push_str(&facts(&[
        ("Phone", &phones.join(", ")),
        ("Email", contact.email.as_deref().unwrap_or_default()),
        ("Last activity", contact.last_activity_at.as_deref().unwrap_or_default()),
    ]));
    body.push_str("<h2>Deals</h2><ul>");
    for deal in &contact.deals {
        let _ = write!(
            body,
            "<li>{} <span>{} {} · {}</span></li>",
            escape(&deal.title),
            escape(&deal.currency),
            deal.amount,
            escape(&deal.stage)
        );
    }
    if contact.deals.is_empty() {
        body.push_str("<li class=\"none\">No deals.</li>");
    }
    body.push_str("</ul><h2>Calls</h2><ul>");
    for call in &latest {
        let _ = write!(
            body,
            "<li><a href=\"/activities/{}\">{}</a> <span>{} · {} · {} s</span></li>",
            call.id,
            escape(&call.subject),
            escape(&call.start_time),
            escape(&call.result),
            call.duration_s
        );
    }
    if latest.is_empty() {
        body.push_str("<li class=\"none\">No calls logged yet.</li>");
    }
    body.push_str("</ul>");
    Ok(Html(page(&contact.name, &body)))
}

/// `GET /activities/{id}`
pub(crate) async fn activity(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Html<String>, Response> {
    let (activity, contact) = {
        let connection = app.store.lock();
        let activity = activities::load(&connection, id).map_err(not_found)?;
        let contact = contacts::load(&connection, activity.contact_id).map_err(not_found)?;
        (activity, contact)
    };
    let deal = contact.deals.iter().find(|deal| Some(deal.id) == activity.deal_id);
    let mut body = format!(
        "<p class=\"kind\">Call</p><h1>{}</h1><p class=\"role\"><a href=\"/contacts/{}\">{}</a></p>",
        escape(&activity.subject),
        contact.id,
        escape(&contact.name)
    );
    body.push_str(&facts(&[
        ("Direction", &activity.direction),
        ("From", &activity.from_number),
        ("To", &activity.to_number),
        ("Start", &activity.start_time),
        ("Duration", &format!("{} s", activity.duration_s)),
        ("Result", &activity.result),
        ("Outcome", activity.disposition.as_deref().unwrap_or_default()),
        ("Deal", deal.map(|deal| deal.title.as_str()).unwrap_or_default()),
    ]));
    if !activity.note.is_empty() {
        let _ = write!(body, "<h2>Note</h2><pre>{}</pre>", escape(&activity.note));
    }
    Ok(Html(page(&activity.subject, &body)))
}

/// The consent page of OAuth.
pub(crate) fn consent(request: &str, writes: bool) -> String {
    let what = if writes { "read contacts and log calls" } else { "read contacts and calls" };
    let body = format!(
        "<h1>Connect Ringside?</h1><p>Ringside asks to {what} as Jonas Weber.</p>\
         <form method=\"post\" action=\"/oauth/authorize\">\
         <input type=\"hidden\" name=\"request\" value=\"{}\">\
         <button name=\"decision\" value=\"allow\" class=\"primary\">Allow</button> \
         <button name=\"decision\" value=\"deny\">Deny</button></form>",
        escape(request)
    );
    page("Connect Ringside?", &body)
}

fn not_found(problem: Problem) -> Response {
    if !matches!(problem, Problem::NotFound) {
        return problem.into_response();
    }
    let body = "<h1>Not here</h1><p>This record does not exist, or was deleted.</p>";
    (StatusCode::NOT_FOUND, Html(page("Not here", body))).into_response()
}
