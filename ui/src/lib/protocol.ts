// Made from crates/protocol by its test `bindings`. Do not edit.

export const VERSION = 1;

/**
 * Something that an account can do.
 */
export type Ability = "create" | "find_by_name" | "update_log" | "extensions" | "dispositions" | "messages" | "contact_pages" | "call_backs" | "server_settings" | "window";

/**
 * One connected CRM login. Opaque; several of the same CRM may stand side by side.
 */
export type AccountId = string;

/**
 * Where an account's answer stands.
 */
export type AccountLookupState = { "state": "searching" } | { "state": "answered" } | { "state": "failed", 
/**
 * Why.
 */
reason: FailureReason, };

/**
 * One connected CRM login. Its token lives in the vault, under its id.
 */
export type AccountSettings = { 
/**
 * Opaque, unique.
 */
id: AccountId, 
/**
 * Which adapter, such as `example`.
 */
kind: string, 
/**
 * What the agent calls it.
 */
name: string, 
/**
 * Address of the CRM.
 */
url: string, 
/**
 * Which of a server's connectors, where one server speaks for several CRMs.
 */
platform?: string | null, 
/**
 * A file with certificates (PEM) that this account trusts beside the system's own: an in-house
 * CRM, or a proxy that looks inside.
 */
ca_file?: string | null, 
/**
 * A proxy for this account alone, as `http://HOST:PORT`; the system's own otherwise.
 */
proxy?: string | null, 
/**
 * Region of its national numbers, if not the general one.
 */
region?: string | null, 
/**
 * Alternative formats, in the order they are tried.
 */
formats: Array<string>, 
/**
 * Look extensions up too.
 */
extensions: boolean, 
/**
 * Seconds that this account has to answer getContact.
 */
deadline_s: number, };

/**
 * A record that a call log may be attached to beside the contact: a deal, a lead, a case.
 */
export type Association = { 
/**
 * `deal`, `lead`, or the CRM's own word.
 */
kind: string, 
/**
 * The CRM's id, as text.
 */
id: string, 
/**
 * What people call it.
 */
title: string, 
/**
 * One short fact beside it (amount, stage), in the CRM's words.
 */
detail: string | null, };

/**
 * An instant in UTC, written as RFC 3339.
 */
export type At = string;

/**
 * Where the number was found.
 */
export type Basis = "address" | "display_name";

/**
 * The batch of recent calls.
 */
export type BatchView = { 
/**
 * It runs now.
 */
running: boolean, 
/**
 * It was stopped by the agent.
 */
cancelled: boolean, 
/**
 * Distinct numbers in all.
 */
total: number, 
/**
 * Numbers answered.
 */
done: number, 
/**
 * One contact.
 */
matched: number, 
/**
 * Several contacts.
 */
several: number, 
/**
 * No contact.
 */
not_found: number, 
/**
 * Could not be asked.
 */
failed: number, 
/**
 * Seconds left, rounded up; `None` while unknown.
 */
seconds_left: number | null, };

/**
 * Somebody to call back.
 */
export type CallBackView = { 
/**
 * The CRM's id of the entry.
 */
id: string, 
/**
 * Whom.
 */
contact: ContactRef, 
/**
 * Their name, where it is known here.
 */
name: string | null, 
/**
 * When.
 */
at: At | null, 
/**
 * Whether it was done.
 */
called: boolean, };

/**
 * One call in full.
 */
export type CallDetail = { 
/**
 * The same snapshot as the pop shows.
 */
pop: PopView, 
/**
 * Its row in the list.
 */
row: CallRow, };

/**
 * Which calls a list shows.
 */
export type CallFilter = "all" | "unlogged" | "missed";

/**
 * Our id of a call: a UUIDv7, so that ids sort by the time the call was first seen.
 */
export type CallId = string;

/**
 * A page of the list of calls.
 */
export type CallPage = { 
/**
 * Newest first.
 */
calls: Array<CallRow>, 
/**
 * There are more.
 */
more: boolean, 
/**
 * How many are unlogged in all.
 */
unlogged: number, 
/**
 * How many are missed in all.
 */
missed: number, };

/**
 * A call in the list.
 */
export type CallRow = { 
/**
 * The call.
 */
call: CallView, 
/**
 * Whom it belongs to, if decided.
 */
chosen: Array<Chosen>, 
/**
 * Name to show: chosen contact, only match, or caller-ID name.
 */
name: string | null, 
/**
 * Company to show beside it.
 */
company: string | null, 
/**
 * How many contacts fit.
 */
fits: number, 
/**
 * First line of the note.
 */
note: string | null, 
/**
 * Its logs.
 */
logs: Array<LogView>, 
/**
 * What will happen by itself.
 */
plan: LogPlan, };

/**
 * Where a call stands.
 */
export type CallState = "ringing" | "answered" | "held" | "ended";

/**
 * A call, as shown.
 */
export type CallView = { 
/**
 * Ours.
 */
id: CallId, 
/**
 * Where it stands.
 */
state: CallState, 
/**
 * Seen from the agent.
 */
direction: Direction, 
/**
 * The source that founded it.
 */
source: SourceId, 
/**
 * The person outside.
 */
remote: RemoteView, 
/**
 * The agent's line: name if it has one, else address.
 */
line: string, 
/**
 * First sign of it.
 */
started_at: At, 
/**
 * Start of the conversation.
 */
answered_at: At | null, 
/**
 * End.
 */
ended_at: At | null, 
/**
 * How it ended; set at the end.
 */
reason: EndReason | null, 
/**
 * Length of the conversation in whole seconds; set at the end.
 */
duration_s: number | null, };

/**
 * One changed field of one contact.
 */
export type ChangeView = { 
/**
 * The contact's name now.
 */
name: string, 
/**
 * `name`, `company`, `title`, `email`, `phone`, `deal`.
 */
field: string, 
/**
 * Before; `None` if it was empty.
 */
old: string | null, 
/**
 * Now; `None` if it is empty.
 */
new: string | null, };

/**
 * One link of the chain, checked.
 */
export type CheckView = { 
/**
 * `keyring`, `journal`, `softphone`, `account`, `notifications`, `display`, …
 */
link: string, 
/**
 * Which one, where there are several.
 */
name: string | null, 
/**
 * How it is.
 */
verdict: Verdict, 
/**
 * What was seen, in plain words.
 */
text: string, 
/**
 * What to do, where something is wrong.
 */
next: string | null, };

/**
 * One chosen contact.
 */
export type Chosen = { 
/**
 * Who.
 */
contact: ContactRef, 
/**
 * Their name when chosen, so that a list can show it without asking the CRM.
 */
name: string, 
/**
 * How it came about.
 */
how: How, };

/**
 * One command. On the local socket and over the webview's bridge alike.
 *
 * The keys, fields and app secrets of [`Command::AccountAdd`], [`Command::AccountReconnect`] and
 * [`Command::AccountSignIn`], the address of [`Command::SignInPaste`] and the passphrase are
 * the only secrets that travel, one way, over the local socket or the webview's bridge; no reply
 * carries one, but the answer to [`Command::InletLines`]: that key is made to be put elsewhere, and
 * may announce calls and nothing else.
 */
export type Command = { "command": "status" } | { "command": "doctor" } | { "command": "pops" } | { "command": "calls", 
/**
 * Which.
 */
filter: CallFilter, 
/**
 * Name, number or note.
 */
query: string, 
/**
 * Only calls older than this one.
 */
before: CallId | null, 
/**
 * At most so many (default 100, at most 500).
 */
limit: number | null, } | { "command": "call", 
/**
 * Which.
 */
call: CallId, } | { "command": "choose", 
/**
 * Which call.
 */
call: CallId, 
/**
 * The pop revision that was answered; without it, the contact alone counts.
 */
revision: number | null, 
/**
 * Whom.
 */
contact: ContactRef, } | { "command": "forget_choice", 
/**
 * Which call.
 */
call: CallId, } | { "command": "note", 
/**
 * Which call.
 */
call: CallId, 
/**
 * The whole text.
 */
text: string, } | { "command": "log", 
/**
 * Which call.
 */
call: CallId, 
/**
 * Deal or other record to attach it to; left as it is if absent.
 */
association: Association | null, 
/**
 * Do not attach it to any deal.
 */
no_association: boolean, 
/**
 * Outcome; left as it is if absent.
 */
disposition: string | null, 
/**
 * Values of the account's own fields; the others are left as they are.
 */
fields: { [key in string]: string }, } | { "command": "dont_log", 
/**
 * Which call.
 */
call: CallId, } | { "command": "undo_log", 
/**
 * Which call.
 */
call: CallId, } | { "command": "keep_open", 
/**
 * Which call.
 */
call: CallId, } | { "command": "hold_pops", 
/**
 * Whether it rests there.
 */
held: boolean, } | { "command": "hide_pop", 
/**
 * Which call.
 */
call: CallId, } | { "command": "show_pop", 
/**
 * Of which call.
 */
call: CallId | null, } | { "command": "create_contact", 
/**
 * For which call.
 */
call: CallId | null, 
/**
 * In which account; the only one if absent.
 */
account: AccountId | null, 
/**
 * Name.
 */
name: string, 
/**
 * Kind, one of the account's.
 */
kind: string | null, 
/**
 * Number; the call's if absent.
 */
phone: string | null, 
/**
 * Employer.
 */
company: string | null, 
/**
 * E-mail.
 */
email: string | null, } | { "command": "contacts", 
/**
 * Name or number; empty for all.
 */
query: string, 
/**
 * Ask the CRMs too.
 */
remote: boolean, 
/**
 * Skip so many.
 */
offset: number, 
/**
 * At most so many (default 100, at most 500).
 */
limit: number | null, } | { "command": "refresh_call", 
/**
 * Which call.
 */
call: CallId, } | { "command": "refresh_contact", 
/**
 * Which contact.
 */
contact: ContactRef, } | { "command": "match", 
/**
 * Any caller text.
 */
number: string, 
/**
 * Past every cache.
 */
refresh: boolean, 
/**
 * In this account alone; in all if absent.
 */
account: AccountId | null, } | { "command": "open", 
/**
 * Which page.
 */
what: OpenTarget, } | { "command": "crm_kinds" } | { "command": "crm_connectors", 
/**
 * Which adapter, such as `app_connect`.
 */
kind: string, 
/**
 * Address of the server.
 */
url: string, } | { "command": "account_add", 
/**
 * API key; empty where the fields say it.
 */
key: string, 
/**
 * What a connector asks for, by its names.
 */
fields: { [key in string]: string }, 
/**
 * Which adapter, such as `example`.
 */
kind: string, 
/**
 * Address.
 */
url: string, 
/**
 * Which connector of a server that has several.
 */
platform: string | null, 
/**
 * What to call it; the CRM's or the host's name if absent.
 */
name: string | null, } | { "command": "account_reconnect", 
/**
 * Which.
 */
account: AccountId, 
/**
 * API key; empty where the fields say it.
 */
key: string, 
/**
 * What a connector asks for, by its names.
 */
fields: { [key in string]: string }, } | { "command": "account_sign_in", 
/**
 * The account to sign in again.
 */
account: AccountId | null, 
/**
 * What is to be connected, without `account`.
 */
what: NewAccount | null, 
/**
 * The user's own OAuth app, where the kind has none built in.
 */
client_id: string | null, 
/**
 * Its secret, if it has one.
 */
client_secret: string | null, } | { "command": "sign_in_paste", 
/**
 * The whole address.
 */
address: string, } | { "command": "sign_in_cancel" } | { "command": "softphone_sign_in", 
/**
 * Which.
 */
softphone: SourceId, 
/**
 * The secret of the app that its settings name, if it has one; the one before serves again.
 */
client_secret: string | null, } | { "command": "messages", 
/**
 * At most so many; 100 otherwise.
 */
limit: number | null, } | { "command": "server_settings", 
/**
 * Of which account.
 */
account: AccountId, } | { "command": "server_setting_set", 
/**
 * Of which account.
 */
account: AccountId, 
/**
 * Which.
 */
id: string, 
/**
 * A boolean, a text, a list of texts, or null.
 */
value: unknown, } | { "command": "call_backs", 
/**
 * Of which account.
 */
account: AccountId, } | { "command": "call_back_add", 
/**
 * Whom.
 */
contact: ContactRef, 
/**
 * When; at any time if absent.
 */
at: At | null, } | { "command": "call_back_set", 
/**
 * Of which account.
 */
account: AccountId, 
/**
 * The CRM's id of the entry.
 */
id: string, 
/**
 * Whether it was done.
 */
called: boolean, } | { "command": "call_back_remove", 
/**
 * Of which account.
 */
account: AccountId, 
/**
 * The CRM's id of the entry.
 */
id: string, } | { "command": "accounts" } | { "command": "account_check", 
/**
 * Which.
 */
account: AccountId, } | { "command": "account_remove", 
/**
 * Which.
 */
account: AccountId, } | { "command": "softphone_add", 
/**
 * What to call it.
 */
name: string | null, } & ({ "kind": "baresip", 
/**
 * `HOST:PORT`.
 */
address: string, } | { "kind": "inlet", 
/**
 * Where it listens on this computer.
 */
port: number, 
/**
 * Minutes of silence after which a call that was only heard to ring counts as over.
 */
ring_limit_min: number, 
/**
 * Minutes of silence after which an answered call counts as over.
 */
talk_limit_min: number, } | { "kind": "ringcentral", 
/**
 * Its platform's address.
 */
server: string, 
/**
 * The app that the user or the admin registered there.
 */
client_id: string, } | { "kind": "twinkle", 
/**
 * The file of the profile, such as `/home/me/.twinkle/me.cfg`.
 */
profile: string, } | { "kind": "embeddable", 
/**
 * Where its page is: RingCentral's own, or one of the office.
 */
url: string, } | { "kind": "simulated" }) | { "command": "softphones" } | { "command": "softphone_remove", 
/**
 * Which.
 */
softphone: SourceId, } | { "command": "softphone_record", 
/**
 * Which.
 */
softphone: SourceId, } | { "command": "softphone_open" } | { "command": "answer", 
/**
 * Which call.
 */
call: CallId, } | { "command": "hang_up", 
/**
 * Which call.
 */
call: CallId, } | { "command": "settings" } | { "command": "settings_set", 
/**
 * The key.
 */
key: string, 
/**
 * The value: any JSON that the setting takes.
 */
value: unknown, } | { "command": "account_edit", 
/**
 * As it is to be.
 */
account: AccountSettings, } | { "command": "format_preview", 
/**
 * Masks, in order.
 */
formats: Array<string>, 
/**
 * Region of the account.
 */
region: string, 
/**
 * Sample numbers, as a caller text.
 */
samples: Array<string>, } | { "command": "batch_start", 
/**
 * At most so many distinct numbers; all if absent.
 */
limit: number | null, } | { "command": "batch" } | { "command": "batch_cancel" } | { "command": "calls_import", 
/**
 * The file's text.
 */
csv: string, 
/**
 * Its name, for messages.
 */
file: string | null, } | { "command": "outbox" } | { "command": "outbox_retry", 
/**
 * Which call.
 */
call: CallId | null, } | { "command": "simulate", 
/**
 * The name of one that comes with Ringside, or `history` for calls of the past.
 */
scenario: string, } | { "command": "simulate_text", 
/**
 * The scenario, as `docs/simulate.md` describes it.
 */
text: string, 
/**
 * The name of its file, for messages.
 */
file: string | null, } | { "command": "ring", 
/**
 * The remote number, a SIP address or `tel:`; empty for a withheld one.
 */
number: string | null, 
/**
 * Display name.
 */
name: string | null, 
/**
 * The softphone's id of the call.
 */
id: string | null, 
/**
 * The agent's line.
 */
line: string | null, 
/**
 * `ringing`, `answered`, `ended`, or what softphones say instead; `ringing` if absent.
 */
phase: string | null, 
/**
 * `inbound` or `outbound`; `inbound` if absent.
 */
direction: string | null, 
/**
 * The queue through which it came.
 */
queue: string | null, 
/**
 * Which softphone speaks, where there are several.
 */
softphone: string | null, } | { "command": "ring_url", 
/**
 * The whole address.
 */
url: string, } | { "command": "inlet_lines", 
/**
 * Make a new key. Lines with the old one stop working.
 */
new_key: boolean, } | { "command": "hook", 
/**
 * Those whose names begin with `TWINKLE_` or `SIP`.
 */
environment: { [key in string]: string }, } | { "command": "call_over", 
/**
 * Which call.
 */
call: CallId, } | { "command": "pause", 
/**
 * Held back.
 */
paused: boolean, } | { "command": "show_window" } | { "command": "unlock" } | { "command": "use_passphrase", 
/**
 * The passphrase.
 */
passphrase: string, } | { "command": "dismiss_notices" } | { "command": "watch" } | { "command": "quit" };

/**
 * One of the CRMs that a server speaks for.
 */
export type ConnectorView = { 
/**
 * As settings write it.
 */
platform: string, 
/**
 * The server's word for it.
 */
name: string, 
/**
 * The ways to sign in.
 */
sign_in: Array<SignInView>, };

/**
 * A page of the list of contacts.
 */
export type ContactPage = { 
/**
 * By name, or by fit where a query was given.
 */
contacts: Array<ContactView>, 
/**
 * How many fit in all.
 */
total: number, };

/**
 * A number of a contact.
 */
export type ContactPhone = { 
/**
 * Text as stored.
 */
given: string, 
/**
 * The CRM's label of the field, such as `mobile`.
 */
field: string | null, };

/**
 * A record of one CRM account: `id` is unique only together with `type`.
 */
export type ContactRef = { 
/**
 * The account that holds the record.
 */
account: AccountId, 
/**
 * The CRM's own word for the kind of record, such as `person`; empty where it has one kind.
 */
type: string, 
/**
 * The CRM's id, as text even where the CRM writes a number.
 */
id: string, };

/**
 * A kind of record that an account can create.
 */
export type ContactType = { 
/**
 * The CRM's value.
 */
value: string, 
/**
 * The word for people.
 */
label: string, };

/**
 * A contact in the list.
 */
export type ContactView = { 
/**
 * Name of its account.
 */
account_name: string, 
/**
 * Name.
 */
name: string, 
/**
 * Employer.
 */
company: string | null, 
/**
 * Role.
 */
title: string | null, 
/**
 * E-mail.
 */
email: string | null, 
/**
 * Numbers as stored.
 */
phones: Array<ContactPhone>, 
/**
 * Deals and the like.
 */
associations: Array<Association>, 
/**
 * Latest activity the CRM knows.
 */
last_activity_at: At | null, 
/**
 * When the CRM last said so.
 */
checked_at: At, 
/**
 * It has a page that can be opened.
 */
can_open: boolean, 
/**
 * The account that holds the record.
 */
account: AccountId, 
/**
 * The CRM's own word for the kind of record, such as `person`; empty where it has one kind.
 */
type: string, 
/**
 * The CRM's id, as text even where the CRM writes a number.
 */
id: string, };

/**
 * An account in which a contact can be created.
 */
export type CreateTarget = { 
/**
 * The account.
 */
account: AccountId, 
/**
 * Its name.
 */
name: string, 
/**
 * Kinds of contact.
 */
types: Array<ContactType>, 
/**
 * Outcomes its logs can carry.
 */
dispositions: Array<string>, };

/**
 * A kind of CRM that can be connected. Its name and its hints stand in the catalogue, under
 * `crm-<kind>`.
 */
export type CrmKindView = { 
/**
 * As settings write it.
 */
kind: string, 
/**
 * Its address where it has the same for everybody, or the beginning of one.
 */
address: string | null, 
/**
 * The ways to sign in, the best first; empty where the server has to be asked.
 */
sign_in: Array<SignInView>, 
/**
 * One server speaks for several CRMs: ask `crm_connectors`.
 */
connectors: boolean, };

/**
 * Which way the call goes, seen from the agent.
 */
export type Direction = "inbound" | "outbound";

/**
 * What is kept, and how fresh.
 */
export type DirectorySettings = { 
/**
 * Seconds during which an answer is not asked for again on a ring of the same number.
 */
fresh_s: number, 
/**
 * Seconds during which "nobody has this number" is believed.
 */
miss_s: number, 
/**
 * Remember which of several contacts was chosen for a number.
 */
remember_choices: boolean, };

/**
 * How a call ended.
 */
export type EndReason = "answered" | "missed" | "rejected" | "busy" | "cancelled" | "no_answer" | "answered_elsewhere" | "voicemail" | "failed" | "lost";

/**
 * An event with its version and time: one line of `ringsidectl run`.
 */
export type Envelope = { 
/**
 * [`crate::VERSION`].
 */
v: number, 
/**
 * When it happened.
 */
at: At, } & ({ "event": "ready", 
/**
 * Version of the application.
 */
version: string, 
/**
 * Its process.
 */
pid: number, } | { "event": "pop" } & PopView | { "event": "pop_closed", 
/**
 * Of which call.
 */
call_id: CallId, } | { "event": "call", 
/**
 * The call.
 */
call: CallView, 
/**
 * At the end: how.
 */
reason: EndReason | null, 
/**
 * At the end: length of the conversation in whole seconds.
 */
duration_s: number | undefined, } | { "event": "choice", 
/**
 * For which call.
 */
call_id: CallId, 
/**
 * Who; empty if taken back.
 */
chosen: Array<Chosen>, } | { "event": "note", 
/**
 * Of which call.
 */
call_id: CallId, 
/**
 * Its length in characters; the text stays where it is.
 */
length: number, } | { "event": "log", 
/**
 * Of which call.
 */
call_id: CallId, 
/**
 * In which account.
 */
account: AccountId, 
/**
 * Where it stands.
 */
state: LogStage, 
/**
 * The CRM's id, once confirmed.
 */
remote_id: string | null, 
/**
 * Why it did not land.
 */
reason: LogFailure | null, } | { "event": "health", 
/**
 * `softphone` or `account`.
 */
link: LinkKind, 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it is doing.
 */
state: HealthState, 
/**
 * In the system's or the other side's words.
 */
detail: string | null, 
/**
 * When the next try comes.
 */
retry_at: At | null, } | { "event": "vault", 
/**
 * How it is.
 */
state: VaultView, } | { "event": "batch" } & BatchView | { "event": "status_changed" } | { "event": "settings_changed" } | { "event": "contacts_changed" } | { "event": "notice", 
/**
 * What, as a code with parameters.
 */
fault: Fault, } | { "event": "sign_in", 
/**
 * The page to sign in at; it is also opened by itself where there is a desktop.
 */
url: string, 
/**
 * The browser cannot come back by itself: the address it ends at is to be pasted.
 */
paste: boolean, } | { "event": "open_url", 
/**
 * `https`, or `http` on loopback, on an account's own host.
 */
url: string, });

/**
 * Stable codes. Each has a cause and a next step in the catalogue.
 */
export type ErrorCode = "bad_request" | "no_such_call" | "stale" | "no_such_account" | "no_such_softphone" | "no_such_contact" | "unsupported" | "nothing_chosen" | "missing_field" | "bad_field" | "too_late" | "signed_out" | "forbidden" | "unreachable" | "rate_limited" | "refused" | "bad_answer" | "ambiguous" | "sign_in_denied" | "wrong_key" | "sign_in_refused" | "sign_in_timeout" | "sign_in_cancelled" | "no_sign_in" | "keyring_locked" | "keyring_absent" | "keyring_failed" | "bad_setting" | "locked_by_policy" | "bad_config" | "bad_database" | "profile_in_use" | "not_running" | "version_mismatch" | "bad_file" | "hook_taken" | "bad_address" | "inlet_key_lost" | "softphone_refused" | "internal";

/**
 * What happened.
 */
export type Event = { "event": "ready", 
/**
 * Version of the application.
 */
version: string, 
/**
 * Its process.
 */
pid: number, } | { "event": "pop" } & PopView | { "event": "pop_closed", 
/**
 * Of which call.
 */
call_id: CallId, } | { "event": "call", 
/**
 * The call.
 */
call: CallView, 
/**
 * At the end: how.
 */
reason: EndReason | null, 
/**
 * At the end: length of the conversation in whole seconds.
 */
duration_s: number | undefined, } | { "event": "choice", 
/**
 * For which call.
 */
call_id: CallId, 
/**
 * Who; empty if taken back.
 */
chosen: Array<Chosen>, } | { "event": "note", 
/**
 * Of which call.
 */
call_id: CallId, 
/**
 * Its length in characters; the text stays where it is.
 */
length: number, } | { "event": "log", 
/**
 * Of which call.
 */
call_id: CallId, 
/**
 * In which account.
 */
account: AccountId, 
/**
 * Where it stands.
 */
state: LogStage, 
/**
 * The CRM's id, once confirmed.
 */
remote_id: string | null, 
/**
 * Why it did not land.
 */
reason: LogFailure | null, } | { "event": "health", 
/**
 * `softphone` or `account`.
 */
link: LinkKind, 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it is doing.
 */
state: HealthState, 
/**
 * In the system's or the other side's words.
 */
detail: string | null, 
/**
 * When the next try comes.
 */
retry_at: At | null, } | { "event": "vault", 
/**
 * How it is.
 */
state: VaultView, } | { "event": "batch" } & BatchView | { "event": "status_changed" } | { "event": "settings_changed" } | { "event": "contacts_changed" } | { "event": "notice", 
/**
 * What, as a code with parameters.
 */
fault: Fault, } | { "event": "sign_in", 
/**
 * The page to sign in at; it is also opened by itself where there is a desktop.
 */
url: string, 
/**
 * The browser cannot come back by itself: the address it ends at is to be pasted.
 */
paste: boolean, } | { "event": "open_url", 
/**
 * `https`, or `http` on loopback, on an account's own host.
 */
url: string, };

/**
 * Why an account gave no answer.
 */
export type FailureReason = "signed_out" | "forbidden" | "unreachable" | "rate_limited" | "bad_answer" | "refused" | "no_secret";

/**
 * A command that did not work.
 */
export type Fault = { 
/**
 * Stable code.
 */
code: ErrorCode, 
/**
 * What the words need: names, numbers, the other side's own text.
 */
params: { [key in string]: string }, };

/**
 * One entry of a list.
 */
export type FieldOption = { 
/**
 * The CRM's value.
 */
value: string, 
/**
 * The word for people.
 */
label: string, };

/**
 * A field of the account's own on the log form.
 */
export type FieldView = { 
/**
 * The field.
 */
field: LogField, 
/**
 * What there is to choose from, for the chosen contact.
 */
options: Array<FieldOption>, 
/**
 * As it stands.
 */
value: string | null, };

/**
 * What the alternative formats of an account make of sample numbers.
 */
export type FormatPreview = { 
/**
 * One for each format, in order.
 */
formats: Array<FormatView>, };

/**
 * One format with its samples.
 */
export type FormatView = { 
/**
 * The mask.
 */
mask: string, 
/**
 * One for each sample.
 */
samples: Array<SampleView>, };

/**
 * What a mask makes of a number.
 */
export type Formatted = { "outcome": "text", 
/**
 * The number in the mask.
 */
text: string, } | { "outcome": "other_country" } | { "outcome": "digit_count", 
/**
 * `#` signs in the mask.
 */
mask: number, 
/**
 * Digits of the national significant number.
 */
number: number, } | { "outcome": "no_digits" };

/**
 * How a link is doing.
 */
export type HealthState = "connecting" | "up" | "down" | "signed_out" | "unknown";

/**
 * One line to paste.
 */
export type HookLine = { 
/**
 * Where in the softphone, in its own words.
 */
field: string, 
/**
 * What to put there. May hold the key of the inlet.
 */
text: string, };

/**
 * What a softphone with a hook can tell of a call, beside its number.
 */
export type HookTells = "name" | "answered" | "ended" | "outbound" | "line";

/**
 * A softphone with a hook, or one that is asked for although it has none: its name is in the
 * catalogue under `hook-<id>`, where to put the lines under `hook-<id>-where`, what it cannot tell
 * under `hook-<id>-not`.
 */
export type HookView = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it tells beside the number; in the catalogue under `hook-tells-<what>`.
 */
tells: Array<HookTells>, 
/**
 * What to put into it; nothing where it has no hook.
 */
lines: Array<HookLine>, };

/**
 * How a contact came to be chosen. Only a person's word or a unique match may be logged unasked.
 */
export type How = "picked" | "created" | "remembered" | "unique";

/**
 * What an import did.
 */
export type ImportView = { 
/**
 * New calls.
 */
added: number, 
/**
 * Already there.
 */
known: number, 
/**
 * Lines that could not be read, with the reason.
 */
skipped: Array<SkippedLine>, };

/**
 * What to put into softphones that are to use the inlet. Fields are added to each: `number`,
 * `name`, `id`, `line`, `phase`, `direction`, `queue`, `softphone`.
 */
export type InletLines = { 
/**
 * The key alone, for a header: `Authorization: Bearer …` or `X-Ringside-Key: …`.
 */
key: string, 
/**
 * For softphones that ask an address: `http://127.0.0.1:PORT/v1/ring?key=…`; goes on with
 * `&number=…`.
 */
http: string, 
/**
 * For programs that stay connected: `ws://127.0.0.1:PORT/v1/stream?key=…`; each message is a
 * JSON object.
 */
stream: string, 
/**
 * For softphones that open an address: `ringside://ring?key=…`; goes on with `&number=…`.
 */
link: string, 
/**
 * For softphones that run a program, which needs no key: the whole path, and `ring`.
 */
program: string, 
/**
 * The same in the words of softphones that are known.
 */
products: Array<HookView>, };

/**
 * What happened at the inlet since the start.
 */
export type InletView = { 
/**
 * The last report that had an effect.
 */
heard_at: At | null, 
/**
 * Who was turned away, how often.
 */
refused: Array<RefusedView>, };

/**
 * The last earlier call with the same number.
 */
export type LastCall = { 
/**
 * When.
 */
at: At, 
/**
 * Its note, first line, bounded.
 */
note: string | null, };

/**
 * What is left of a rate limit.
 */
export type LimitsView = { 
/**
 * Requests, or the CRM's own units, in one window.
 */
limit: number, 
/**
 * Left of them.
 */
remaining: number, 
/**
 * When the window begins anew.
 */
resets_at: At | null, };

/**
 * Why a link to a softphone does not work. Each has a text and a next step in the catalogue, as
 * `link-fault-…`.
 */
export type LinkFault = "no_host" | "nobody_listens" | "no_answer" | "other_protocol" | "certificate" | "not_accepted" | "signed_out" | "not_allowed" | "taken_over" | "rate_limited" | "port_taken" | "no_hook" | "not_open";

/**
 * Which kind of link.
 */
export type LinkKind = "softphone" | "account";

/**
 * A softphone or an account, with its health.
 */
export type LinkView = { 
/**
 * Its id.
 */
id: string, 
/**
 * `example`, `baresip`, …
 */
kind: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Address, without secrets.
 */
address: string | null, 
/**
 * How it is doing.
 */
health: HealthState, 
/**
 * For softphones: what is wrong; the words and the next step are in the catalogue.
 */
why: LinkFault | null, 
/**
 * Why it is down, in the other side's or the system's words.
 */
detail: string | null, 
/**
 * When the next try comes.
 */
retry_at: At | null, 
/**
 * Last time it was known to work.
 */
checked_at: At | null, 
/**
 * For accounts: who is signed in.
 */
user: string | null, 
/**
 * For accounts: the connector, where one server has several.
 */
platform: string | null, 
/**
 * What it can do.
 */
can: Array<Ability>, 
/**
 * For accounts: what is left of the rate limit, where the CRM tells.
 */
limits: LimitsView | null, 
/**
 * The last thing that did not work, until something does.
 */
fault: Fault | null, 
/**
 * For the inlet: who spoke, and who was turned away.
 */
inlet?: InletView, };

/**
 * Why a log did not land, with the CRM's own words where it gave some.
 */
export type LogFailure = { 
/**
 * Stable code.
 */
code: LogFailureCode, 
/**
 * The CRM's words, bounded.
 */
detail: string | null, };

/**
 * Stable codes of [`LogFailure`].
 */
export type LogFailureCode = "signed_out" | "forbidden" | "not_found" | "rejected" | "unreachable" | "rate_limited" | "bad_answer" | "no_secret" | "no_account";

/**
 * One field of an account's log form. Its value is a text, kept in
 * [`super::LogEntry::fields`] under `id`.
 */
export type LogField = { 
/**
 * The CRM's name of the field.
 */
id: string, 
/**
 * The word for people; CRM text, so bounded and hostile.
 */
label: string, 
/**
 * How it is filled in.
 */
kind: LogFieldKind, 
/**
 * The CRM refuses a log without it.
 */
required: boolean, 
/**
 * One sentence under it.
 */
hint: string | null, 
/**
 * What it starts with.
 */
initial: string | null, };

/**
 * How a field is filled in.
 */
export type LogFieldKind = { "kind": "choice", 
/**
 * The list, the same for every contact.
 */
options: Array<FieldOption>, 
/**
 * The list comes from the contact instead: its associations of this kind.
 */
of_contact: string | null, 
/**
 * A value of the agent's own is taken too.
 */
custom: boolean, } | { "kind": "text" } | { "kind": "checkbox" } | { "kind": "date" } | { "kind": "notice" };

/**
 * What will happen to the log of a call by itself.
 */
export type LogPlan = { "plan": "ask" } | { "plan": "at_end" } | { "plan": "at", 
/**
 * When.
 */
at: At, } | { "plan": "no" } | { "plan": "decided" } | { "plan": "declined" };

/**
 * When a call is logged.
 */
export type LogPolicy = "ask" | "auto" | "never";

/**
 * When calls are logged.
 */
export type LogSettings = { 
/**
 * Ask, auto or never.
 */
policy: LogPolicy, 
/**
 * With `auto`: seconds after the end before a call logs itself.
 */
auto_wait_s: number, 
/**
 * Seconds after "Log now" in which undo is real.
 */
undo_s: number, 
/**
 * Log calls with extensions too.
 */
internal: boolean, };

/**
 * The short name of a [`LogState`], for lists and the wire.
 */
export type LogStage = "draft" | "ready" | "sending" | "done" | "retry" | "parked" | "declined";

/**
 * The log of one call in one account.
 */
export type LogView = { 
/**
 * The account.
 */
account: AccountId, 
/**
 * Its name.
 */
account_name: string, 
/**
 * The contact.
 */
contact: ContactRef, 
/**
 * Their name.
 */
contact_name: string, 
/**
 * Where it stands.
 */
state: LogStage, 
/**
 * The CRM's id, once it has confirmed.
 */
remote_id: string | null, 
/**
 * Why it did not land.
 */
reason: LogFailure | null, 
/**
 * When it goes out (`ready`) or is tried again (`retry`).
 */
next_at: At | null, 
/**
 * Deal or other record it is attached to.
 */
association: Association | null, 
/**
 * Outcome.
 */
disposition: string | null, 
/**
 * It has a page that can be opened.
 */
can_open: boolean, };

/**
 * Where the search for a number stands, over all accounts.
 */
export type LookupStatus = "searching" | "found" | "not_found" | "not_looked_up" | "partial" | "failed";

/**
 * What one account says of the number.
 */
export type LookupView = { 
/**
 * The account.
 */
account: AccountId, 
/**
 * Its name.
 */
name: string, 
/**
 * Where its answer stands.
 */
state: AccountLookupState, 
/**
 * How many contacts it has for this number.
 */
found: number, 
/**
 * When it answered.
 */
checked_at: At | null, 
/**
 * When the next try comes.
 */
retry_at: At | null, };

/**
 * The result of `match NUMBER`.
 */
export type MatchReport = { 
/**
 * The number, read.
 */
number: Number, 
/**
 * Where the search ended.
 */
status: LookupStatus, 
/**
 * What each account says.
 */
accounts: Array<LookupView>, 
/**
 * Contacts, best first.
 */
matches: Array<MatchView>, 
/**
 * Words of an adapter.
 */
message: Message | null, };

/**
 * A contact that fits, with the reason.
 */
export type MatchView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Employer.
 */
company: string | null, 
/**
 * Role.
 */
title: string | null, 
/**
 * E-mail address.
 */
email: string | null, 
/**
 * Latest activity the CRM knows.
 */
last_activity_at: At | null, 
/**
 * Deals and the like.
 */
associations: Array<Association>, 
/**
 * Why it fits.
 */
why: WhyView, 
/**
 * Chosen for this number last time.
 */
remembered: boolean, 
/**
 * It has a page that can be opened.
 */
can_open: boolean, 
/**
 * The account that holds the record.
 */
account: AccountId, 
/**
 * The CRM's own word for the kind of record, such as `person`; empty where it has one kind.
 */
type: string, 
/**
 * The CRM's id, as text even where the CRM writes a number.
 */
id: string, };

/**
 * `returnMessage` of the getContact contract: words of the adapter for the agent.
 */
export type Message = { 
/**
 * The text; CRM words, bounded.
 */
message: string, 
/**
 * How loud it is.
 */
level: MessageLevel, 
/**
 * How long to show it, in milliseconds.
 */
ttl_ms: number, 
/**
 * More, one fold away.
 */
details: Array<MessageDetail>, };

/**
 * A titled list under a message.
 */
export type MessageDetail = { 
/**
 * Heading.
 */
title: string, 
/**
 * Lines.
 */
items: Array<string>, };

/**
 * `messageType` of the contract; `danger` is the older spelling of `error`.
 */
export type MessageLevel = "success" | "info" | "warning" | "error";

/**
 * A text message that a softphone told of.
 */
export type MessageRow = { 
/**
 * The softphone.
 */
source: SourceId, 
/**
 * Seen from the agent.
 */
direction: Direction, 
/**
 * The number of the person outside, as given.
 */
remote: string, 
/**
 * Their name, as the softphone has it.
 */
name: string | null, 
/**
 * The text.
 */
text: string, 
/**
 * When it was heard of.
 */
received_at: At, };

/**
 * A CRM that is to be connected.
 */
export type NewAccount = { 
/**
 * Which adapter, such as `example`.
 */
kind: string, 
/**
 * Address.
 */
url: string, 
/**
 * Which connector of a server that has several.
 */
platform: string | null, 
/**
 * What to call it; the CRM's or the host's name if absent.
 */
name: string | null, };

/**
 * A caller text, read.
 */
export type Number = { 
/**
 * What it is.
 */
kind: NumberKind, 
/**
 * The text as given, bounded.
 */
given: string, 
/**
 * `+14155550123`; set exactly when `kind` is [`NumberKind::Number`].
 */
e164: string | null, 
/**
 * The region of the number, where the plan tells.
 */
region: Region | null, 
/**
 * Extension behind a number (`;ext=22`), or the extension itself.
 */
extension: string | null, 
/**
 * How people write it: international format for numbers, the text itself for the rest.
 */
display: string, 
/**
 * Where it was found.
 */
basis: Basis, 
/**
 * Who read it.
 */
reading: Reading, };

/**
 * What a caller text turned out to be.
 */
export type NumberKind = "number" | "anonymous" | "extension" | "short_code" | "star_code" | "sip_address" | "unparsable";

/**
 * How numbers are read.
 */
export type NumberSettings = { 
/**
 * Region whose national numbers are meant, such as `US`.
 */
region: string, 
/**
 * Runs of 2 to this many digits are internal extensions.
 */
extension_digits: number, };

/**
 * A page of a CRM.
 */
export type OpenTarget = { "page": "contact", 
/**
 * Which.
 */
contact: ContactRef, } | { "page": "log", 
/**
 * Which call.
 */
call: CallId, 
/**
 * In which account.
 */
account: AccountId, };

/**
 * Who says that a contact matches.
 */
export type Origin = "directory" | "crm";

/**
 * An entry of the outbox.
 */
export type OutboxRow = { 
/**
 * The call.
 */
call: CallId, 
/**
 * Subject of the entry.
 */
subject: string, 
/**
 * Attempts so far.
 */
attempts: number, 
/**
 * The account.
 */
account: AccountId, 
/**
 * Its name.
 */
account_name: string, 
/**
 * The contact.
 */
contact: ContactRef, 
/**
 * Their name.
 */
contact_name: string, 
/**
 * Where it stands.
 */
state: LogStage, 
/**
 * The CRM's id, once it has confirmed.
 */
remote_id: string | null, 
/**
 * Why it did not land.
 */
reason: LogFailure | null, 
/**
 * When it goes out (`ready`) or is tried again (`retry`).
 */
next_at: At | null, 
/**
 * Deal or other record it is attached to.
 */
association: Association | null, 
/**
 * Outcome.
 */
disposition: string | null, 
/**
 * It has a page that can be opened.
 */
can_open: boolean, };

/**
 * How a ring shows.
 */
export type PopSettings = { 
/**
 * Show the pop window.
 */
window: boolean, 
/**
 * Show a native notification.
 */
notification: boolean, 
/**
 * Pop for outbound calls too.
 */
outbound: boolean, 
/**
 * Keyboard shortcut that brings the pop.
 */
shortcut: string, 
/**
 * Keyboard shortcut that brings the window.
 */
window_shortcut: string, 
/**
 * Single letters and digits act in the pop.
 */
single_keys: boolean, 
/**
 * Colours.
 */
theme: Theme, };

/**
 * Everything the pop shows of one call: one snapshot. An answer to it (pick, confirm) names the
 * contact and this revision, never a position.
 */
export type PopView = { 
/**
 * Rises with every change of this snapshot.
 */
revision: number, 
/**
 * The call.
 */
call: CallView, 
/**
 * Where the search stands over all accounts.
 */
status: LookupStatus, 
/**
 * What each account says.
 */
accounts: Array<LookupView>, 
/**
 * Contacts found, best first. Never merged.
 */
matches: Array<MatchView>, 
/**
 * Who it is, as far as decided.
 */
chosen: Array<Chosen>, 
/**
 * The note so far.
 */
note: string, 
/**
 * `returnMessage` of the latest answer that had one.
 */
message: Message | null, 
/**
 * The logs of this call, one for each account involved.
 */
logs: Array<LogView>, 
/**
 * What will happen to the log by itself.
 */
plan: LogPlan, 
/**
 * What the log form of the chosen account asks for beyond ours.
 */
fields: Array<FieldView>, 
/**
 * Accounts in which a contact can be created.
 */
create_in: Array<CreateTarget>, 
/**
 * The last earlier call with the same number.
 */
last_call: LastCall | null, };

/**
 * Which parser read the number.
 */
export type Reading = "canonical" | "second";

/**
 * What a refresh found.
 */
export type RefreshView = { 
/**
 * What changed, old to new; empty if nothing did.
 */
changes: Array<ChangeView>, 
/**
 * Contacts that are new for the number.
 */
added: Array<ContactView>, 
/**
 * Contacts that are gone, by name.
 */
removed: Array<string>, 
/**
 * The contacts as they are now.
 */
contacts: Array<ContactView>, 
/**
 * Accounts that could not be asked; their old data was kept.
 */
failed: Array<LookupView>, 
/**
 * When it was checked.
 */
checked_at: At, };

/**
 * Reports that were turned away for one reason.
 */
export type RefusedView = { 
/**
 * Why; its words are `inlet-refused-<why>`.
 */
why: RefusedWhy, 
/**
 * How often.
 */
count: number, };

/**
 * Why the inlet turned a report away.
 */
export type RefusedWhy = "key" | "web_page" | "host" | "too_many" | "unreadable";

/**
 * An ISO 3166-1 alpha-2 region, upper case, such as `US`.
 */
export type Region = string;

/**
 * The person outside.
 */
export type RemoteView = { 
/**
 * Display name of the caller ID, cleaned and bounded.
 */
name: string | null, 
/**
 * What it is.
 */
kind: NumberKind, 
/**
 * The text as given, bounded.
 */
given: string, 
/**
 * `+14155550123`; set exactly when `kind` is [`NumberKind::Number`].
 */
e164: string | null, 
/**
 * The region of the number, where the plan tells.
 */
region: Region | null, 
/**
 * Extension behind a number (`;ext=22`), or the extension itself.
 */
extension: string | null, 
/**
 * How people write it: international format for numbers, the text itself for the rest.
 */
display: string, 
/**
 * Where it was found.
 */
basis: Basis, 
/**
 * Who read it.
 */
reading: Reading, };

/**
 * The answer to a command.
 */
export type Reply = { "reply": "done" } | { "reply": "status", "value": StatusView } | { "reply": "doctor", "value": Array<CheckView> } | { "reply": "pops", "value": Array<PopView> } | { "reply": "calls", "value": CallPage } | { "reply": "call", "value": CallDetail } | { "reply": "contact", "value": ContactView } | { "reply": "contacts", "value": ContactPage } | { "reply": "refresh", "value": RefreshView } | { "reply": "match", "value": MatchReport } | { "reply": "link", "value": LinkView } | { "reply": "links", "value": Array<LinkView> } | { "reply": "crm_kinds", "value": Array<CrmKindView> } | { "reply": "connectors", "value": Array<ConnectorView> } | { "reply": "server_settings", "value": Array<ServerSettingView> } | { "reply": "messages", "value": Array<MessageRow> } | { "reply": "call_backs", "value": Array<CallBackView> } | { "reply": "settings", "value": SettingsView } | { "reply": "formats", "value": FormatPreview } | { "reply": "batch", "value": BatchView } | { "reply": "import", "value": ImportView } | { "reply": "outbox", "value": Array<OutboxRow> } | { "reply": "inlet_lines", "value": InletLines };

/**
 * How the stored number compares with the one that rings.
 */
export type Rule = "exact" | "national" | "renumbered" | "reported" | "digits" | "guess";

/**
 * What a mask makes of one number.
 */
export type SampleView = { 
/**
 * The sample as given.
 */
given: string, 
/**
 * What the mask makes of it, or why it is skipped.
 */
result: Formatted, };

/**
 * A setting that a CRM keeps for its user.
 */
export type ServerSettingView = { 
/**
 * The CRM's name of it.
 */
id: string, 
/**
 * The word for people.
 */
label: string, 
/**
 * One sentence under it.
 */
hint: string | null, 
/**
 * A boolean, a text, a list of texts, or null.
 */
value: unknown, 
/**
 * The values to choose from, each with its word; empty if any will do.
 */
options: Array<[string, string]>, 
/**
 * The admin has locked it.
 */
locked: boolean, };

/**
 * Everything that can be set.
 */
export type Settings = { 
/**
 * How numbers are read.
 */
numbers: NumberSettings, 
/**
 * How a ring shows.
 */
pop: PopSettings, 
/**
 * When calls are logged.
 */
log: LogSettings, 
/**
 * What is kept, and how fresh.
 */
directory: DirectorySettings, 
/**
 * Connected CRM logins.
 */
accounts: Array<AccountSettings>, 
/**
 * Softphones to listen to.
 */
softphones: Array<SoftphoneSettings>, };

/**
 * The settings with what the admin's policy fixes.
 */
export type SettingsView = { 
/**
 * In force.
 */
settings: Settings, 
/**
 * Keys (`log.policy`) that the policy file fixes.
 */
locked: Array<string>, 
/**
 * The file, for people.
 */
file: string, 
/**
 * What is wrong with the file; the settings before it stay in force.
 */
problem: Fault | null, };

/**
 * One field of a form to sign in.
 */
export type SignInFieldView = { 
/**
 * The server's name of it.
 */
id: string, 
/**
 * The word for people; the server's text.
 */
label: string, 
/**
 * Typed unseen.
 */
secret: boolean, 
/**
 * The server refuses the form without it.
 */
required: boolean, };

/**
 * A way to sign in.
 */
export type SignInView = { "way": "key" } | { "way": "fields", 
/**
 * What it asks for.
 */
fields: Array<SignInFieldView>, } | { "way": "browser", 
/**
 * It needs an OAuth app of the user's own: id, and a secret if it has one.
 */
own_app: boolean, 
/**
 * The address to register for that app.
 */
redirect: string | null, 
/**
 * What is asked for: the name of each right; why stands in the catalogue under
 * `scope-<kind>-<name>`.
 */
scopes: Array<string>, };

/**
 * A line that could not be read.
 */
export type SkippedLine = { 
/**
 * From 1.
 */
line: number, 
/**
 * What is wrong with it.
 */
reason: string, };

/**
 * One softphone to listen to.
 */
export type SoftphoneSettings = { 
/**
 * Opaque, unique.
 */
id: SourceId, 
/**
 * What the agent calls it.
 */
name: string, } & ({ "kind": "baresip", 
/**
 * `HOST:PORT`.
 */
address: string, } | { "kind": "inlet", 
/**
 * Where it listens on this computer.
 */
port: number, 
/**
 * Minutes of silence after which a call that was only heard to ring counts as over.
 */
ring_limit_min: number, 
/**
 * Minutes of silence after which an answered call counts as over.
 */
talk_limit_min: number, } | { "kind": "ringcentral", 
/**
 * Its platform's address.
 */
server: string, 
/**
 * The app that the user or the admin registered there.
 */
client_id: string, } | { "kind": "twinkle", 
/**
 * The file of the profile, such as `/home/me/.twinkle/me.cfg`.
 */
profile: string, } | { "kind": "embeddable", 
/**
 * Where its page is: RingCentral's own, or one of the office.
 */
url: string, } | { "kind": "simulated" });

/**
 * One configured softphone.
 */
export type SourceId = string;

/**
 * The state of the whole application, at a glance.
 */
export type StatusView = { 
/**
 * Accounts with their health.
 */
accounts: Array<LinkView>, 
/**
 * Softphones with their health.
 */
softphones: Array<LinkView>, 
/**
 * The keyring.
 */
vault: VaultView, 
/**
 * Pops are held back.
 */
paused: boolean, 
/**
 * What is kept on this computer has been read, or cannot be (the keyring is shut).
 */
ready: boolean, 
/**
 * Something is configured; else the first run is shown.
 */
configured: boolean, 
/**
 * Calls with something left to decide or to send.
 */
unlogged: number, 
/**
 * Entries that wait for a person.
 */
parked: number, 
/**
 * The version of the application.
 */
version: string, 
/**
 * Things that went wrong and were survived, to be told once: a damaged database set aside, …
 */
notices: Array<Fault>, };

/**
 * Colours of the windows.
 */
export type Theme = "system" | "light" | "dark";

/**
 * The keyring, in five states.
 */
export type VaultView = "opening" | "open" | "locked" | "absent" | "failed" | "passphrase";

/**
 * How a link is.
 */
export type Verdict = "ok" | "limited" | "broken" | "off";

/**
 * Why a contact fits.
 */
export type WhyView = { 
/**
 * How the stored number compares.
 */
rule: Rule, 
/**
 * The field it stands in.
 */
field: string | null, 
/**
 * Who says so.
 */
origin: Origin, 
/**
 * When that was true.
 */
checked_at: At, };
