### The command line.

cli-done = Done
cli-empty = (empty)
cli-ask-key = API key: {""}
cli-ask-passphrase = Passphrase: {""}
cli-no-such-setting = there is no such setting
cli-import = { $added } calls taken in, { $known } already known
cli-import-skipped = Line { $line } skipped: { $reason }
cli-status = { $unlogged } calls not logged, { $parked } logs wait for you
cli-vault-opening = The keyring is being opened
cli-vault-open = The keyring is open
cli-vault-locked = The keyring is locked
cli-vault-absent = There is no keyring
cli-vault-failed = The keyring does not answer
cli-vault-passphrase = Secrets are kept in a file locked with your passphrase
cli-refresh-added = New: { $name }
cli-refresh-removed = Gone: { $name }
cli-refresh-failed = { $account } could not be asked. What was known before is kept
cli-refresh-same = Nothing changed
cli-batch = { $done } of { $total } numbers · { $matched } matched · { $several } with several contacts · { $none } not found · { $failed } could not be asked

cli-status-searching = Searching…
cli-status-found = Found
cli-status-not_found = No contact has this number
cli-status-not_looked_up = Not looked up
cli-status-partial = Not every CRM could be asked
cli-status-failed = No CRM could be asked

cli-state-ringing = Ringing
cli-state-answered = On call
cli-state-held = On hold
cli-state-ended = Ended
cli-reason-answered = Ended
cli-reason-missed = Missed
cli-reason-rejected = Declined
cli-reason-busy = Busy
cli-reason-cancelled = Cancelled
cli-reason-no-answer = No answer
cli-reason-answered-elsewhere = Answered elsewhere
cli-reason-voicemail = Voicemail
cli-reason-failed = Failed
cli-reason-lost = Lost sight of

cli-rule-exact = Exact match
cli-rule-national = National number
cli-rule-renumbered = Renumbered
cli-rule-reported = Reported by the CRM
cli-rule-guess = A guess
cli-origin-directory = from the directory
cli-origin-crm = checked just now
cli-remembered = last time

cli-plan-ask = Not logged
cli-plan-at-end = Logs itself at the end
cli-plan-at = Logs itself soon
cli-plan-no = Not to be logged
cli-plan-decided = Decided
cli-plan-declined = Not logged
cli-log-draft = Will be logged to { $account } at the end of the call
cli-log-ready = To be logged to { $account }
cli-log-sending = Being logged to { $account }
cli-log-done = Logged to { $account } as { $id }
cli-log-retry = Waits for { $account }
cli-log-parked = Not logged to { $account }
cli-log-declined = Not logged to { $account }

log-failure-signed-out = signed out, connect the account again
log-failure-forbidden = the sign-in may not write
log-failure-not-found = the contact or deal is gone
log-failure-rejected = refused
log-failure-unreachable = it cannot be reached
log-failure-rate-limited = it asks us to wait
log-failure-bad-answer = it answered something unexpected
log-failure-no-secret = the keyring is shut
log-failure-no-account = the account is no longer connected

cli-text-ready = Ringside is listening. Calls show here.
cli-text-help = Keys, then Enter: 1–9 pick · c NAME create · n TEXT note · l log · d don't log · u undo · f forget · r refresh · a answer · h hang up · q quit
cli-text-ask = l log · d don't log
