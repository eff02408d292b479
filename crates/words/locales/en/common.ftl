### Words used by more than one face.

app-name = Ringside
duration-minutes = { $count } min
number-withheld = Number withheld
create-new-contact = Create new contact...
