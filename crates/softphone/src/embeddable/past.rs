//! Calls of the past, as the widget's call history has them: records of RingCentral's call log.

use serde_json::{Value, json};

use crate::RecentCall;
use crate::field::{flag, list};
use crate::ringcentral::record;

/// Calls of one page.
const PAGE: usize = 100;

/// Asks for a page of the calls that are not logged (widget 2.1 and later).
pub(super) fn request(request: &str, page: u32) -> Value {
    json!({
        "type": "rc-adapter-message-request",
        "requestId": request,
        "path": "/unlogged-calls",
        "body": { "perPage": PAGE, "page": page },
    })
}

/// The calls of a page, and whether there are more. `None` where the widget does not know the
/// question.
pub(super) fn page(response: &Value) -> Option<(Vec<RecentCall>, bool)> {
    response.get("calls")?.as_array()?;
    let calls = list(response, "calls", PAGE).filter_map(record::read).collect();
    Some((calls, flag(response, "hasMore")))
}
