### Native notifications.

notify-several = { $count } contacts have this number. Who is it?
notify-withheld = The caller chose not to show it
notify-caller-id = Caller ID: { $name }
notify-open = Open in CRM
notify-show = Show
notify-on-call = On call
notify-searching = Unknown, searching…
notify-not-found = No contact has this number
notify-not-looked-up = Not looked up
notify-found = Found
notify-failed = The CRM cannot be reached
