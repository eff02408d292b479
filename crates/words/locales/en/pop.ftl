### The pop. What pop and window share begins with `ui-`.

# Ages and times
ui-age-now = just now
ui-age-minutes = { $count } min ago
ui-age-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
ui-age-days = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}
ui-today = Today
ui-yesterday = Yesterday
ui-milliseconds = { $count } ms
ui-seconds = { $count } s
ui-minutes = { $count } min

# Small words
ui-close = Close
ui-quoted = “{ $text }”
ui-extension = Extension { $extension }
ui-number-extension = { $number } ext. { $extension }
ui-no-number = No number

# Fields of the CRM's own
ui-fields = What the CRM asks for
ui-required = must be filled in
ui-nothing-chosen = Nothing chosen
ui-other = Other…
ui-pick-day = Pick a day
ui-no-day = No day
ui-more-fields = { $count ->
    [one] 1 more field
   *[other] { $count } more fields
}

# Kinds of number
ui-kind-anonymous = The caller chose not to show it
ui-kind-extension = Internal extension
ui-kind-short-code = Service number
ui-kind-star-code = Service code
ui-kind-sip-address = Internet call
ui-kind-unparsable = Not a number Ringside can read

# Why a contact fits
ui-rule-exact = Exact match
ui-rule-national = Same number without country code
ui-rule-renumbered = Same number in its old form
ui-rule-reported = Found by the CRM
ui-rule-digits = Same digits, country unknown
ui-rule-guess = A guess, check before you log

# How a call ended
ui-end-answered = Answered
ui-end-missed = Missed
ui-end-rejected = Declined
ui-end-busy = Busy
ui-end-cancelled = Cancelled
ui-end-no-answer = No answer
ui-end-answered-elsewhere = Answered elsewhere
ui-end-voicemail = Voicemail
ui-end-failed = Failed
ui-end-lost = Lost sight of

# Why an account gave no answer
ui-fail-signed-out = { $account } signed you out
ui-fail-forbidden = { $account } does not let you search contacts
ui-fail-unreachable = { $account } cannot be reached
ui-fail-rate-limited = { $account } asks to wait
ui-fail-bad-answer = { $account } gave an answer Ringside cannot read
ui-fail-refused = { $account } refused the search
ui-fail-no-secret = The key of { $account } is in your locked keyring

# Why a log did not land, and what to do
ui-log-forbidden = { $account } does not let you log calls
ui-log-not-found = The contact or deal is gone from { $account }
ui-log-rejected = { $account } refused the log
ui-log-no-account = { $account } is no longer connected
ui-log-next-signed-out = Reconnect, and the log goes out.
ui-log-next-forbidden = Ask your admin for the right to log calls, then retry.
ui-log-next-not-found = Choose somebody else, or another deal.
ui-log-next-rejected = Choose another deal, or log without one.
ui-log-next-unreachable = It goes out by itself as soon as it can.
ui-log-next-bad-answer = Check the address of the account, then retry.
ui-log-next-no-secret = Unlock your keyring, and the log goes out.
ui-log-next-no-account = Connect it again, or don’t log the call.

# Connections
ui-health-connecting = connecting
ui-health-up = connected
ui-health-down = not reachable
ui-health-signed-out = signed out
ui-health-unknown = not tried yet

ui-deals = { $count ->
    [one] 1 deal
   *[other] { $count } deals
}

# Head of the pop
pop-incoming = Incoming
pop-outgoing = Calling
pop-internal = Internal
pop-also-ringing = Also ringing
pop-on-call = On call
pop-on-hold = On hold
pop-ended = Ended
pop-not-logged = Not logged
pop-from-to = { $from } – { $to }

# Who it is
pop-who-is-it = Who is it?
pop-new-contact = New contact
pop-someone-else-title = Who is it?

# Facts
pop-checked = { $account }, checked { $age }
pop-from-directory = From your directory, checked { $age }. { $reason }.
pop-directory = from your directory, { $age }
pop-account-searching = { $account }: searching…
pop-account-nobody = { $account }: no one with this number
pop-called = Called { $age }
pop-never-called = Never called before
pop-remembered = Your choice last time, offered again
pop-trying-again = Trying again in { $left }. Notes and log wait safely here.
pop-logs-itself = Logs itself to { $account } in { $left }
pop-ask-log = Log it to { $account }?
pop-not-logged-itself = Not logged by itself
pop-internal-not-logged = Internal calls are not logged
pop-created-here = Created for this call in { $account }
pop-picked-by-you = Picked by you · { $account }
pop-several = { $count } contacts have this number · { $accounts }
pop-nobody = No contact has this number · { $count ->
    [one] 1 account checked
   *[other] { $count } accounts checked
}
pop-caller-id = The caller ID says “{ $name }”
pop-nothing-to-search = Nothing to search for. Pick a contact when you know who it is.
pop-no-account = No CRM is connected yet. Open Ringside to connect one.
pop-colleague = A colleague on your phone system

# Actions
pop-open-in = Open in { $account }
pop-open = Open
pop-someone-else = Someone else
pop-confirm = Confirm
pop-forget = Forget
pop-create = Create
pop-create-contact = Create contact
pop-create-name = Create “{ $name }”
pop-search = Search
pop-search-by-name = Search by name
pop-refresh = Refresh contact
pop-try-now = Try now
pop-reconnect = Reconnect
pop-reconnect-hint = Opens the settings. This call stays here.
pop-log = Log
pop-log-now = Log now
pop-log-this = Log this one
pop-log-without = Log without
pop-choose-deal = Choose a deal
pop-retry = Retry
pop-dont-log = Don’t log
pop-undo = Undo
pop-keep-open = Keep open
pop-hide = Hide
pop-show = Show
pop-back = Back
pop-look-again = Look again
pop-to-type = to type

# Candidates and search
pop-candidates = Contacts with this number
pop-filter = Filter { $count }, or search all contacts
pop-last-time = Last time
pop-row-last-time = chosen last time
pop-row-gone = No longer fits this number
pop-search-hint = Name, company or number
pop-search-empty = Type a name. Your directory and your CRMs are searched.
pop-search-none = No contact is called “{ $query }”. Create one, or try another name.
pop-searching = Searching…
pop-found = Contacts found
pop-fits = has this number

# Create
pop-name = Name
pop-company = Company
pop-email = Email
pop-type = Type
pop-in = In
pop-optional = Optional
pop-alike = { $name }?
pop-looks-alike = Looks alike
pop-has-no-number = has no number
pop-use-it = Use it

# Notes
pop-notes = Notes
pop-notes-hint = Notes, saved as you type
pop-saved = Saved
pop-note-failing = Not saved yet, trying again
pop-note-kept = Your note is kept.

# Log
pop-outcome = Outcome
pop-deal = Deal
pop-deal-refused = Refused by the CRM
pop-logs-in = Logs to { $account } in { $left }
pop-logging = Logging to { $account }…
pop-logged = Logged to { $account }
pop-waits = The log waits safely here
pop-waits-retry = Waits safely here · next try in { $left }
pop-kept = Kept in Calls
pop-kept-with-note = Kept in Calls with your note
pop-one-note = 1 note
pop-details = Details

# For a screen reader
pop-title-incoming = Incoming call from { $name }
pop-title-outgoing = Call to { $name }
pop-title-withheld = Incoming call, number withheld
pop-title-several = Incoming call, { $count } contacts have this number
pop-title-talking = On a call with { $name }
pop-title-ended = Call with { $name }, ended
pop-say-ring = Incoming call. { $about }
pop-say-now = Now: { $about }
pop-say-searching = Searching
pop-say-several = { $count } contacts fit. Press Ctrl Alt R to choose.
pop-say-unknown = No contact has this number
pop-say-unreachable = No account can be asked now
pop-say-ended = Call ended.
pop-say-ends-itself = Call ended. It logs itself.
pop-say-leaving = Logs to { $account }. Press U to undo.
pop-say-logged = Logged to { $account }.
pop-say-parked = Not logged: { $account } did not take it.
pop-say-waiting = { $account } cannot be reached. The log waits here.
pop-say-declined = Not logged.
