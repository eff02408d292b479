//! Frames of the WebSocket, in the shape of the samples of RingCentral's guide.

use serde_json::{Value, json};

use crate::{ACCOUNT, EXTENSION};

fn id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The first frame of a connection.
pub fn details(token: &str, sequence: u64, recovered: Option<bool>) -> String {
    let message = id();
    let mut body = json!({
        "creationTime": "2026-11-24T10:00:00.000+0000",
        "maxConnectionsPerSession": 50,
        "recoveryBufferSize": 100,
        "recoveryTimeout": 180,
        "idleTimeout": 1800,
        "absoluteTimeout": 86400,
        "maxActiveRequests": 10,
    });
    if let Some(recovered) = recovered {
        body["recoveryState"] = if recovered { "Successful" } else { "Failed" }.into();
        if !recovered {
            body["recoveryErrorCode"] = "WSG-1005".into();
        }
    }
    json!([
        {
            "type": "ConnectionDetails",
            "messageId": message,
            "status": 200,
            "wsc": { "token": token, "sequence": sequence },
            "headers": { "RCRequestId": message },
        },
        body,
    ])
    .to_string()
}

/// Something happened.
pub fn event(filter: &str, body: &Value, token: &str, sequence: u64) -> String {
    let message = id();
    json!([
        {
            "type": "ServerNotification",
            "messageId": message,
            "status": 200,
            "wsc": { "token": token, "sequence": sequence },
            "headers": { "RCRequestId": message },
        },
        {
            "uuid": message,
            "event": format!("/restapi/v1.0/account/{ACCOUNT}/extension/{EXTENSION}{filter}"),
            "timestamp": "2026-11-24T10:00:00.390Z",
            "subscriptionId": "53300e7c-5e69-42bf-ab4d-179aabc6e869",
            "ownerId": EXTENSION,
            "body": body,
        },
    ])
    .to_string()
}

/// The answer to a request for events.
pub fn subscribed(request: &str, status: u16, filters: &[String]) -> String {
    let body = if status < 300 {
        json!({
            "id": "53300e7c-5e69-42bf-ab4d-179aabc6e869",
            "eventFilters": filters,
            "status": "Active",
            "deliveryMode": { "transportType": "WebSocket", "encryption": false },
        })
    } else {
        json!({ "errorCode": "CMN-408", "message": "In order to call this API endpoint, application \
            needs to have a permission" })
    };
    json!([
        { "type": "ClientRequest", "messageId": request, "status": status, "headers": {} },
        body,
    ])
    .to_string()
}

/// The answer to a heartbeat.
pub fn heartbeat(message: &str) -> String {
    json!([{ "type": "Heartbeat", "messageId": message }]).to_string()
}

/// A refusal before the connection is open.
pub fn refused(code: &str, status: u16) -> String {
    json!([
        { "type": "Error", "messageId": id(), "status": status, "headers": {} },
        { "errorCode": code, "message": "refused" },
    ])
    .to_string()
}

/// A message about one party of a telephony session of the extension.
pub fn party(session: &str, sequence: u64, party: &str, code: &str, more: &Value) -> Value {
    let mut said = json!({
        "accountId": ACCOUNT,
        "extensionId": EXTENSION,
        "id": party,
        "direction": "Inbound",
        "to": { "phoneNumber": "+16505550100", "name": "Tom Sawyer", "extensionId": EXTENSION },
        "from": { "phoneNumber": "+14155550123" },
        "status": { "code": code, "rcc": false },
        "park": {},
        "missedCall": false,
        "standAlone": false,
        "muted": false,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        match name.as_str() {
            "reason" | "peerId" => said["status"][name] = value.clone(),
            _ => said[name] = value.clone(),
        }
    }
    json!({
        "sequence": sequence,
        "sessionId": "425008160016",
        "telephonySessionId": session,
        "serverId": "10.13.22.28.TAM",
        "eventTime": "2026-11-24T10:00:00.340Z",
        "parties": [said],
        "origin": { "type": "Call" },
    })
}
