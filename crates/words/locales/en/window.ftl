### The main window. Texts that it shares with the pop stand in `pop.ftl`.

# Frame
win-main = Main
win-calls = Calls
win-contacts = Contacts
win-settings = Settings
win-search = Search
win-keys = All keys
win-pause = Pause pops
win-resume = Show pops again
win-paused = Pops are paused
win-connections = Connections
win-listening = listening
win-nothing-connected = Nothing connected yet
win-unlogged-title = Calls with something left to decide
win-reading = Reading…
win-got-it = Got it
win-where = Where you are
win-show-all = Show all
win-more = Show older calls
win-none = none

# Search and keys
win-jump-hint = Go to a contact, a view or a setting
win-jump-none = Nothing is called “{ $query }”
win-key-pop = Bring the pop
win-key-window = Bring this window
win-key-jump = Search and jump
win-key-calls = Calls
win-key-contacts = Contacts
win-key-settings = Settings
win-key-filter = Filter the list
win-key-move = Down and up
win-key-open = Open
win-key-select = Select
win-key-log = Log
win-key-dont-log = Don’t log
win-key-refresh = Refresh contact

# Calls
win-filter = Which calls
win-filter-all = All
win-filter-unlogged = Unlogged
win-filter-missed = Missed
win-calls-find = Name, number or note
win-calls-none-title = No call found
win-calls-none = No name, number or note has “{ $query }” in it.
win-calls-empty = No calls yet
win-calls-empty-listening = { $name } is connected and listening. The next ring shows up here.
win-calls-empty-nothing = Connect the softphone that rings, and its calls show up here.
win-nothing-waits = Nothing waits for you
win-nothing-waits-text = Calls that need a decision would wait here for one key.
win-day-open = { $count ->
    [one] 1 call
   *[other] { $count } calls
}, { $open } to log
win-day-done = { $count ->
    [one] 1 call
   *[other] { $count } calls
}, nothing left to do
win-live = Call going on
win-notes-and-log = Notes and log
win-inbound = Incoming
win-outbound = Outgoing
win-select-call = Select the call with { $name }
win-selected = { $count } selected
win-bulk = Selected calls
win-log-calls = { $count ->
    [one] Log 1 call
   *[other] Log { $count } calls
}
win-clear = Clear
win-act-log = Log
win-act-pick = Pick
win-act-fix = Fix
win-row-live = On call now
win-row-parked = { $account } refused it
win-row-not-logged = Not logged
win-row-missed-not-logged = Missed, not logged
win-row-leaving = Logs in { $left }
win-row-sending = Logging…
win-row-logged = Logged to { $account }
win-row-ends-itself = Logs itself in { $left }
win-row-internal = Internal, not logged
win-row-nothing = Nothing to log
win-row-fits = { $count } contacts fit
win-row-nobody = No contact yet
win-row-open = Not logged

# One call
win-position = { $at } of { $total }
win-newer = Newer call
win-older = Older call
win-fits = { $count ->
    [one] 1 contact has this number
   *[other] { $count } contacts have this number
}
win-whose = Whose call is it?
win-notes = Notes
win-what-happened = What happened
win-log = Log
win-no-outcome = No outcome
win-no-deal = No deal
win-choose-first = Choose whose call it is, then log it.
win-update-log = Update log
win-open-log = Open log in { $account }
win-direction = Direction
win-number = Number
win-place = Place
win-caller-id = Caller ID
win-line = Line
win-started = Started
win-result = Result
win-talked = Talked
win-step-rang = Rang on { $line }
win-step-dialled = Dialled from { $line }
win-step-matched = { $name } matched in { $account }
win-step-several = { $count } contacts fit
win-step-chosen = { $name } chosen
win-step-answered = Answered
win-step-talked = { $length } talked
win-how-picked = By you
win-how-created = Created by you for this call
win-how-remembered = Offered again, as you chose last time
win-how-unique = The only match

# Contacts
win-contacts-total = { $total } in { $accounts ->
    [one] 1 account
   *[other] { $accounts } accounts
}
win-contacts-find = Name, company or number
win-contacts-empty = No contacts yet
win-contacts-empty-text = Connect a CRM and its contacts come here, so that names work offline too.
win-contacts-empty-connected = Match your recent calls, and everyone you talk to shows up here.
win-contacts-pick = Pick a contact to see its numbers and deals.
win-new-contact = New contact
win-connect-crm = Connect a CRM
win-match-recent = Match recent calls
win-numbers-of = Numbers
win-numbers-of-why = any of these names the contact on a ring
win-no-numbers = No number yet. Add one in the CRM, then refresh.
win-deals = Deals
win-about = About
win-last-activity = Last activity
win-as-of = Checked { $age }
win-refreshed = { $count ->
    [0] Refreshed: nothing changed
    [one] Refreshed: 1 change
   *[other] Refreshed: { $count } changes
}
win-refresh-failed = { $reason }. The old data was kept.
win-becomes = becomes
win-added = New
win-removed = Gone
win-field-name = Name
win-field-company = Company
win-field-title = Title
win-field-email = Email
win-field-phone = Number
win-field-deal = Deal

# Settings
win-find-setting = Find a setting
win-find-none = No setting is called so.
win-find-accounts = crm key connect sign in
win-find-softphones = phone baresip test ring
win-find-numbers = region country extension recent import match
win-find-formats = mask digits format
win-find-pop = window notification keys shortcut theme dark light
win-find-logging = log policy automatic undo internal
win-find-keyring = password passphrase secret unlock
win-by-policy = Set by your admin
win-seconds = seconds
win-digits = digits
win-save = Save
win-edit = Edit
win-check = Check
win-remove = Remove
win-keep = Keep
win-never = never
win-detail = It says: “{ $detail }”.

win-accounts = Accounts
win-accounts-lead = Ringside asks every account here who is calling, in this order.
win-accounts-empty = No CRM connected
win-add-account = Add account
win-last-update = Last answer
win-logging-ask = Asks each time
win-logging-auto = By itself, if one match
win-logging-never = Only by hand
win-formats-count = { $count ->
    [0] E.164 only
    [one] E.164 and 1 more
   *[other] E.164 and { $count } more
}
win-names-still = Names still come from the directory, and logs wait here.
win-remove-account = Remove account
win-remove-account-what = Signs out of { $name } and erases its contacts here.
win-address = Address
win-key = API key
win-key-hint = The key goes into your system’s keyring, never into a file.
win-name-optional = Optional
win-connect = Connect
win-change = Change
win-copy = Copy
win-copied = Copied
win-cancel = Cancel
win-kinds = Which CRM
win-kinds-find = Find your CRM
win-kinds-none = No CRM is called “{ $query }”. Many others work through an App Connect server.
win-ask-server = Ask the server
win-connectors = Which CRM of this server
win-connectors-find = Find your CRM on this server
win-connectors-none = This server has no connector called “{ $query }”.
win-connectors-empty = This server has no connector. Check the address, or ask its admin.
win-sign-in = Sign in with
win-way-key = API key
win-way-fields = Your details
win-way-browser = Your browser
win-fields-hint = They go into your system’s keyring, never into a file.
win-sign-in-browser = Sign in with your browser
win-own-app = This CRM wants an OAuth app of your own. Make one there with the redirect address below, and copy its id and secret here.
win-own-app-again = Leave id and secret empty to use the app you signed in with before.
win-redirect = Redirect address
win-client-id = Client ID
win-client-secret = Client secret
win-scopes = Ringside will be allowed to:
win-browser-waiting = Waiting for you in the browser…
win-browser-hint = The page has opened there. If it has not, open this address yourself.
win-browser-address = Address to sign in at
win-browser-paste = When you are done, the browser ends at a page that may show nothing. Copy its whole address and paste it here.
win-browser-pasted = The address that the browser ended at
win-browser-go-on = Go on
win-sign-in-again = Sign in again
win-can = Can do
win-can-find-by-name = finds by name
win-can-extensions = looks up extensions
win-can-contact-pages = fills the directory
win-can-create = creates contacts
win-can-update-log = updates logs
win-can-dispositions = takes outcomes
win-can-messages = logs messages
win-can-call-backs = keeps a call-back list
win-can-server-settings = keeps settings
win-can-window = has a window
win-requests = Requests
win-limit = { $remaining } of { $limit } left
win-limit-renews = { $remaining } of { $limit } left, renews in { $left }
win-next-try = Next try in { $left }.
win-try-number = Try a number
win-try = Look up
win-try-took = in { $time }
win-try-nobody = No contact has this number
win-try-not-looked-up = not looked up
win-try-more = { $count } more
win-server-settings = Settings kept by { $account }
win-server-settings-none = Nothing can be set there.
win-call-backs = Call-back list
win-call-backs-none = Nobody waits for a call.
win-call-back-id = Contact { $id }
win-call-back-any-time = any time
win-call-back-done = called
win-call-back-tick = Done
win-call-back-reopen = Reopen
win-deadline = Time to answer
win-extensions-too = Look up extensions too

win-softphones = Softphones
win-softphones-lead = Ringside listens to these. It never touches your audio.
win-softphones-empty = No softphone yet
win-softphones-empty-text = Add the softphone that rings. Ringside only listens.
win-add-softphone = Add softphone
win-softphone-up = Listening
win-softphone-down = { $name } does not answer
win-softphone-down-next = Start it, and Ringside connects by itself.
win-remove-softphone-what = { $name } keeps ringing; Ringside stops listening.
win-baresip-how = Through its ctrl_tcp module
win-baresip-hint = In baresip’s config, load ctrl_tcp.so. It takes one listener only.
win-ringcentral = RingCentral
win-ringcentral-how = In the cloud, on any phone
win-ringcentral-hint = Your admin registers an app at RingCentral once, with the redirect address below; its client ID goes here. You sign in afterwards.
win-softphone-secret = The app has a secret
win-softphone-secret-hint = It is kept in the keyring, also for the next time.
win-simulated = Simulated
win-simulated-how = Pretend calls, to try things out
win-listen = Listen
win-test-ring = Test ring
win-test-ring-why = a pretend call, from ring to log
win-send-test-ring = Send a test ring
win-rung = It rings. Look at the lower right of your screen.
win-scenario-answered = A known caller, answered
win-scenario-missed = A missed call
win-scenario-shared = Several contacts on one number
win-scenario-unknown = An unknown caller
win-scenario-anonymous = A withheld number
win-scenario-two = Two callers at once

win-numbers = Numbers
win-numbers-lead = How a caller’s number is read when it comes without its country.
win-region = Region
win-region-hint = Numbers without a country code belong here.
win-region-general = As for all numbers
win-extension-digits = Longest extension
win-extension-digits-hint = Runs of 2 to { $count } digits are colleagues, not customers.
win-remember = Remember who I picked
win-remember-hint = Offered again, and marked, when several contacts share a number.
win-recent = Recent calls
win-recent-why = matched, so that callers are known before they ring

win-formats = Number formats
win-formats-lead = Some CRMs find a number only as it was typed. Ringside tries these in turn: the first hit names the caller, the rest follow behind it. Each costs one request for each call.
win-formats-none = Number formats belong to an account. Connect one first.
win-try-with = Try with
win-e164 = E.164
win-e164-first = always first
win-format = Format { $number }
win-format-none = no preview
win-format-skipped = another country, skipped
win-format-no-digits = No # for the digits. Add one # for each.
win-format-digits = { $mask } # for { $number } digits. { $next }
win-format-add = { $count ->
    [one] Add one #.
   *[other] Add { $count } #.
}
win-format-drop = { $count ->
    [one] Drop one #.
   *[other] Drop { $count } #.
}
win-format-up = Try earlier
win-format-add-one = Add format
win-format-usual = Use the usual ones for { $region }
win-format-hint = # takes the digits in order

win-pop = Pop
win-pop-lead = What you see when it rings. The pop never takes the focus.
win-pop-window = Pop window
win-pop-window-hint = Who is calling, notes and log, at the lower right of your screen.
win-pop-notification = Notification
win-pop-notification-hint = The name and number, in the notifications of your system.
win-pop-outbound = Outgoing calls too
win-pop-outbound-hint = The pop also shows when you call somebody.
win-pop-keys = Single keys
win-pop-keys-hint = Letters and digits act while the pop or this window has the focus.
win-shortcut-pop = Bring the pop
win-shortcut-window = Bring this window
win-shortcut-change = Change the shortcut: { $name }
win-shortcut-press = Press the keys
win-theme = Theme
win-theme-system = System
win-theme-light = Light
win-theme-dark = Dark

win-logging = Logging
win-logging-lead = When a call is written to the CRM. A guess never is.
win-policy = After a call
win-policy-hint = Notes are kept in any case.
win-policy-ask = Ask each time
win-policy-ask-hint = Nothing is logged until you say so.
win-policy-auto = Log by itself
win-policy-auto-hint = When one contact fits, or you picked one.
win-policy-never = Only by hand
win-policy-never-hint = From the list of calls.
win-auto-wait = Wait before logging
win-auto-wait-hint = Time to finish a note after you hang up.
win-undo = Time to undo
win-undo-hint = After “Log now”, nothing leaves this computer for so long.
win-internal = Log internal calls
win-internal-hint = Calls with extensions are logged like others.

win-keyring = Keyring
win-keyring-lead = Keys and tokens live in your system’s keyring, never in a file.
win-vault-short-locked = Keyring locked
win-vault-short-absent = No keyring
win-vault-short-failed = Keyring does not answer
win-vault-opening = Opening your keyring
win-vault-opening-text = Your system may ask for its password.
win-vault-open = Your keyring is open
win-vault-open-text = Keys are safe, and calls are saved encrypted.
win-vault-locked = Your keyring is locked
win-vault-locked-text = Calls still pop by number. Notes and logs are sealed here and wait for you to unlock it.
win-vault-absent = This computer has no keyring
win-vault-absent-text = Start one and try again, or use a passphrase below. Calls still pop by number.
win-vault-failed = Your keyring does not answer
win-vault-failed-text = Calls and notes are sealed here meanwhile. Try again, or restart the keyring.
win-vault-passphrase = A passphrase file stands in
win-vault-passphrase-text = Keys are in a file locked with your passphrase. A keyring is safer.
win-unlock = Unlock
win-try-again = Try again
win-passphrase = Passphrase
win-passphrase-again = Once more
win-passphrase-use = Use a passphrase instead
win-passphrase-enter = Open it with your passphrase
win-passphrase-text = Keys are kept in a file that only this passphrase opens. Nobody can bring it back for you.
win-passphrase-hint = At least 8 characters.
win-passphrase-differs = The two are not the same.
win-passphrase-set = Use this passphrase

# Recent calls
win-batch = Matching recent calls
win-batch-done = { $done } of { $total } numbers
win-percent = { $percent } %
win-time-left = about { $left } left
win-batch-cancelled = Stopped. What was found stays
win-batch-finished = Done
win-batch-one = One match
win-batch-several = Several
win-batch-none = No contact
win-batch-failed = Failed
win-batch-cancel = Cancel
win-batch-again = Match again
win-batch-behind = You can go on working. Rings go first.
win-import = Bring in calls from a CSV file
win-imported = { $added } new calls, { $known } already here, { $skipped } lines skipped

# First run
win-step-crm = Your CRM
win-step-softphone = Your softphone
win-step-test = Test ring
win-step-recent = Recent calls
win-first-later = All of this can be changed in Settings.
win-first-crm = Where are your contacts?
win-first-crm-lead = You can add more accounts later.
win-first-softphone = Which softphone rings?
win-first-softphone-lead = Ringside only listens; it never touches your audio.
win-first-test = Let it ring once
win-first-test-lead = Call your own line, or let Ringside pretend. Look at the lower right of your screen.
win-first-test-lead-real = Call your own line from another phone. Look at the lower right of your screen.
win-first-recent = Matching your recent calls
win-first-recent-lead = So that Ringside knows your callers before they ring. You can start working; this goes on behind.
win-skip = Skip for now
win-next = Next
win-start = Start working
win-seen = Seen
win-yes = Yes
win-no = No
win-test-waiting = Waiting for the ring…
win-test-waiting-for = Waiting for a ring of { $name }…
win-test-rang = { $name } sent the ring
win-test-knows = { $account } knows the number: { $name }
win-test-see = Pop window: did you see it?
win-test-seen = You saw the pop
win-test-all-well = All links are well. Look for the pop on your other screens, or behind a full-screen app.
win-test-hint = “No” shows what is in the way, such as do not disturb or a full-screen app.
