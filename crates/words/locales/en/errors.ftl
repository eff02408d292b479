### Errors: for each stable code its cause, `error-<code>`, and the next step, `error-<code>-next`.
### What is, why, what to do; "you" and "this computer"; the other side's own words in quotes.

error-bad-request = This command cannot be read: { $reason }
error-bad-request-next = Check its spelling; `ringsidectl help` lists what there is

error-no-such-call = No call has this id
error-no-such-call-next = List the calls and take an id from there

error-stale = This call has changed since you looked, so nothing was done
error-stale-next = Look at it again, then choose

error-no-such-account = No account has the id "{ $account }"
error-no-such-account-next = List the accounts and take an id from there

error-no-such-softphone = No softphone has the id "{ $softphone }"
error-no-such-softphone-next = List the softphones and take an id from there

error-no-such-contact = This contact is no longer in the CRM
error-no-such-contact-next = Refresh the call, then choose another contact

error-unsupported = This cannot be done here: { $what }
error-unsupported-next = Do it in the CRM or in the softphone itself

error-nothing-chosen = Nobody is chosen for this call, so there is nobody to log it to
error-nothing-chosen-next = Choose a contact or create one, then log

error-missing-field = The CRM wants { $field } with each log
error-missing-field-next = Fill it in under the notes, then log

error-bad-field = { $field } cannot hold this
error-bad-field-next = Choose one of the values offered

error-sign-in-denied = You said no to { $account } in the browser
error-sign-in-denied-next = Sign in again and allow it, or use an API key

error-wrong-key = { $account } does not know this key or password
error-wrong-key-next = Copy it again in full, and check that the address is the right one

error-sign-in-refused = { $account } did not sign you in: { $reason }
error-sign-in-refused-next = Check the app's id, secret and redirect address, then sign in again

error-sign-in-timeout = Nobody signed in to { $account } in time
error-sign-in-timeout-next = Start the sign-in again and finish it within five minutes

error-sign-in-cancelled = The sign-in was given up
error-sign-in-cancelled-next = Start it again when you are ready

error-no-sign-in = No sign-in waits for an address
error-no-sign-in-next = Start the sign-in first, then paste the address that the browser ends at

error-too-late = This has already left this computer and cannot be undone
error-too-late-next = Open the log in the CRM and change it there

error-signed-out = { $account } signed you out
error-signed-out-next = Reconnect. Your calls and notes are kept until then

error-forbidden = { $account } does not let you do this
error-forbidden-next = Ask the admin of { $account } for the right to do it

error-unreachable = { $account } cannot be reached: { $reason }
error-unreachable-next = It is tried again by itself. Check the network, or try now

error-rate-limited = { $account } asks for a pause of { $seconds } s
error-rate-limited-next = It goes on by itself; nothing is lost

error-refused = { $account } refused: "{ $reason }"
error-refused-next = Change what it names, then try again

error-bad-answer = { $account } answered something that makes no sense: { $reason }
error-bad-answer-next = Check that the address is the CRM's own, then try again

error-ambiguous = { $account } may or may not have written this; its answer was lost
error-ambiguous-next = It is looked for before anything is sent again. Wait, or open the CRM

error-keyring-locked = The keyring of this computer is locked
error-keyring-locked-next = Unlock it. Calls and notes are kept sealed until then

error-keyring-absent = This computer has no keyring to keep secrets in
error-keyring-absent-next = Start one, such as GNOME Keyring, or choose a passphrase file

error-keyring-failed = The keyring of this computer failed: { $reason }
error-keyring-failed-next = Try again. If it stays so, sign out of this computer and in again

error-bad-setting = The setting "{ $key }" cannot have this value: { $reason }
error-bad-setting-next = Give it another value; the old one still holds

error-locked-by-policy = Your admin has fixed the setting "{ $key }"
error-locked-by-policy-next = Ask your admin to change it

error-bad-config = { $file }, line { $line }, cannot be read: { $reason }
error-bad-config-next = Correct that line. The settings from before still hold

error-bad-database = { $file } could not be opened: { $reason }
error-bad-database-next = It was set aside, not deleted. Keep it, and run `ringsidectl doctor`

error-profile-in-use = Ringside already runs with this profile, as process { $pid }
error-profile-in-use-next = Use that one, or quit it first

error-not-running = Ringside is not running with this profile
error-not-running-next = Start Ringside, or `ringsidectl run`, then try again

error-version-mismatch = This is version { $ours }, but version { $theirs } is running
error-version-mismatch-next = Quit Ringside and start it again

error-bad-file = { $file }, line { $line }, cannot be read: { $reason }
error-bad-file-next = Correct that line, then try again. Nothing was taken in from it

error-bad-address = The CRM names no page for this that is safe to open
error-bad-address-next = Pages open by https only. Find it in the CRM itself

error-inlet-key-lost = The key of the inlet is not in the keyring any more
error-inlet-key-lost-next = Make a new key; lines that you have put into softphones need the new one then

error-softphone-refused = The softphone did not do it: { $reason }
error-softphone-refused-next = Do it in the softphone itself

error-internal = Something failed inside Ringside: { $reason }
error-internal-next = Try again. If it stays so, run `ringsidectl doctor` and report what it says

error-hook-taken = { $file } starts a script of yours for its calls: { $script }
error-hook-taken-next = Take it out of the profile, or let it call Ringside as well; `ringsidectl softphone lines` tells how
