### What is written into a CRM: subjects of call logs.

log-subject-inbound = Inbound call from { $name }
log-subject-inbound-unanswered = Inbound call from { $name }, not answered
log-subject-missed = Missed call from { $name }
log-subject-outbound = Outbound call to { $name }
log-subject-outbound-unanswered = Outbound call to { $name }, not answered
