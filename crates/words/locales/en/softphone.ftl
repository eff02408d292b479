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
