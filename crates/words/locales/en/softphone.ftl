### What is wrong with the link to a softphone, and what to do: `link-fault-<why>` and its `-next`.

link-fault-no-host = This computer cannot be found
link-fault-no-host-next = Check the address for typing errors, and whether you are connected to the network

link-fault-nobody-listens = Nobody answers at that address
link-fault-nobody-listens-next = Start the softphone, and check the port in its settings

link-fault-no-answer = It does not answer
link-fault-no-answer-next = Restart the softphone; a firewall may also be in the way

link-fault-other-protocol = Something else answers at that address
link-fault-other-protocol-next = Check the port: another program listens there

link-fault-certificate = Its certificate cannot be trusted
link-fault-certificate-next = Check the address, and ask your admin for the right certificate

link-fault-not-accepted = The password or sign-in is not accepted
link-fault-not-accepted-next = Enter it again in the settings of this softphone

link-fault-signed-out = You are signed out
link-fault-signed-out-next = Sign in again

link-fault-not-allowed = You may not watch calls there
link-fault-not-allowed-next = Ask your admin for the permission to see your own calls

link-fault-taken-over = Another program uses this port
link-fault-taken-over-next = Only one program at a time can watch this softphone: close the other one

link-fault-rate-limited = It asked us to wait
link-fault-rate-limited-next = Nothing to do: we go on by ourselves

link-fault-port-taken = Another program listens on this port
link-fault-port-taken-next = Choose another port, or close the other program

link-fault-no-hook = It no longer tells Ringside of its calls
link-fault-no-hook-next = Remove it here and add it again, which puts the hook back; then restart it

link-fault-not-open = It is not open
link-fault-not-open-next = Open its window

### Who was turned away at the inlet: `inlet-refused-<why>`.

inlet-refused-key = { $count ->
    [one] 1 request was refused: no key, or a wrong one
   *[other] { $count } requests were refused: no key, or a wrong one
}
inlet-refused-web-page = { $count ->
    [one] 1 request of a web page was refused
   *[other] { $count } requests of web pages were refused
}
inlet-refused-host = { $count ->
    [one] 1 request was refused: it was meant for another computer
   *[other] { $count } requests were refused: they were meant for another computer
}
inlet-refused-too-many = { $count ->
    [one] 1 request was refused: too many at once
   *[other] { $count } requests were refused: too many at once
}
inlet-refused-unreadable = { $count ->
    [one] 1 request could not be read: no number, or a phase that nobody knows
   *[other] { $count } requests could not be read: no number, or a phase that nobody knows
}

### Softphones with hooks: the name, where its lines go, and what it cannot tell.

hook-3cx = 3CX
hook-3cx-where = In the desktop app: Settings, Integration, custom contact URL
hook-3cx-not = It only says that it rings: tell Ringside when the call is over. Not tried with a real one

hook-auerswald = Auerswald COMfortel SoftPhone
hook-auerswald-where = Settings, Functions, Automation: a rule for each state, with the action REST API
hook-auerswald-not = Of calls with a direction only if you make a rule for each. Not tried with a real one

hook-bria = Bria
hook-bria-where = Bria calls no program and no address by itself
hook-bria-not = Nothing. Watch your extension at the phone system instead, or add RingCentral if that is behind it

hook-innovaphone = innovaphone myPBX
hook-innovaphone-where = Settings, Applications: a new application with this path and these parameters, and "Start with call"
hook-innovaphone-not = It says nothing before the call is answered, nor when it is over. Not tried with a real one

hook-linphone = Linphone
hook-linphone-where = Linphone's desktop app has no hook
hook-linphone-not = Nothing. Its sister program linphone-daemon, or baresip, can be watched

hook-microsip = MicroSIP
hook-microsip-where = Close MicroSIP, then put the lines into microsip.ini under [Settings] (each as name=line, saved as UTF-16)
hook-microsip-not = No names; MicroSIP adds the number at the end by itself

hook-ringotel = Ringotel
hook-ringotel-where = In the admin portal: organization, connection, Features, Screen Pop-ups, on incoming call
hook-ringotel-not = It says that it rings, and no more: tell Ringside when the call is over. Not tried with a real one

hook-wildix = Wildix Collaboration
hook-wildix-where = Settings, Personal, Popup URL / App: one for each event
hook-wildix-not = Nothing of calls between colleagues, and not when a call is over. Not tried with a real one

hook-zoiper = Zoiper
hook-zoiper-where = Settings, Automation: a rule for each state, with the action Open URL or REST API
hook-zoiper-not = Of calls with a direction only if you make a rule for each. Not tried with a real one

hook-zoom = Zoom Workplace
hook-zoom-where = Settings, Phone: launch an external app for incoming calls; put this in, then the variable that Zoom offers for the caller's number
hook-zoom-not = It says that it rings, and no more; nothing of calls between colleagues. Not tried with a real one

hook-tells-number = tells the number,
hook-tells-name = the name
hook-tells-answered = that it was answered
hook-tells-ended = that it is over
hook-tells-outbound = your own calls
hook-tells-line = your line
### The window around a softphone's own page.

widget-frame = The softphone
widget-paste = Paste the address where the sign-in ended
widget-paste-why = The sign-in is open in your browser. When it is done, copy the whole address of the last page, and paste it here.
widget-paste-done = Sign in
