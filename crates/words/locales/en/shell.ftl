### Tray, window titles, and what the engine itself says.

tray-idle = Ringside is listening
tray-paused = Pops are paused
tray-ringing = { $who } is calling
tray-on-call = On a call
tray-attention = { $count ->
    [0] Settings need a look
    [one] 1 log needs you
   *[other] { $count } logs need you
}
tray-unlogged = { $count ->
    [one] 1 call is not logged
   *[other] { $count } calls are not logged
}
sign-in-done = You are signed in. You can close this page and go back to Ringside.
sign-in-failed = You are not signed in. Go back to Ringside and start the sign-in again.
softphone-baresip = baresip
softphone-inlet = Softphone with hooks
softphone-ringcentral = RingCentral (cloud)
softphone-twinkle = Twinkle
softphone-embeddable = RingCentral
softphone-simulated = Simulated softphone
widget-log = Log in Ringside
database-key-missing = its key is not in the keyring

doctor-settings-ok = Settings are read from { $file }
doctor-settings-broken = { $file }, line { $line }: { $reason }. The settings before it stay in force
doctor-settings-next = Mend the line; the file is read again by itself
doctor-keyring-open = The keyring is open
doctor-keyring-passphrase = Secrets are kept in a file locked with your passphrase
doctor-keyring-opening = The keyring is being opened
doctor-keyring-locked = The keyring is locked. Calls pop by number, and are kept sealed until it opens
doctor-keyring-locked-next = Unlock it: Settings, Keyring, Unlock, or sign in to your desktop
doctor-keyring-absent = This computer has no keyring
doctor-keyring-absent-next = Install one (gnome-keyring or KWallet), or choose a passphrase in Settings, Keyring
doctor-keyring-failed = The keyring does not answer
doctor-journal-open = The journal is open
doctor-journal-closed = The journal is closed until the keyring opens
doctor-softphone-none = No softphone is connected
doctor-softphone-next = Add one: ringsidectl softphone add baresip --address HOST:PORT
doctor-softphone-down-next = Start the softphone, and check its address
doctor-account-none = No CRM is connected
doctor-account-next = Add one: ringsidectl account add example --url URL --key-stdin
doctor-account-down-next = Check its address and your network
doctor-account-signed-out-next = Connect the account again
doctor-link-up = Connected { $address }
doctor-link-trying = Connecting { $address } { $detail }
doctor-link-down = Cannot be reached { $address }: { $detail }
doctor-link-signed-out = Signed out { $address }
doctor-outbox-ok = Nothing waits for you
doctor-outbox-parked = { $count ->
    [one] 1 log waits for you
   *[other] { $count } logs wait for you
}
doctor-outbox-next = Open Calls, Unlogged, or run: ringsidectl outbox list
doctor-notifications-up = { $daemon }
doctor-notifications-down = No notifications: { $reason }
doctor-notifications-next = Start a notification daemon. Until then the pop window alone tells of a call, where it can show itself
doctor-display-x11 = X11
doctor-display-xwayland = Wayland, through XWayland
doctor-display-wayland = Wayland without XWayland: the notification alone serves
doctor-display-wayland-next = Install XWayland for the pop window
doctor-display-none = No display

tray-open = Open Ringside
tray-widget = Open { $name }
tray-pause = Pause pops
tray-resume = Resume pops
tray-quit = Quit Ringside
shell-cannot-start = Ringside cannot start: { $reason }
shell-no-display = there is no display. To run it in a terminal: ringsidectl run
shell-in-use = another program runs this profile (process { $pid }) and has no window. End it first
shell-shortcut = The shortcut { $keys } does not work: { $reason }. Set another one in Settings, Pop
shell-no-tray = There is no tray here; closing the window minimises it
