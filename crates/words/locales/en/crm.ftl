### Kinds of CRM: their names `crm-<kind>`, what each is `crm-<kind>-about`, and why a right is asked
### for, `scope-<kind>-<name of the right>`, where what is no letter or digit becomes a hyphen.

crm-example = Example CRM
crm-example-about = The small CRM that comes with Ringside, to try things out
scope-example-read = Look up who is calling
scope-example-write = Write call logs and new contacts

crm-pipedrive = Pipedrive
crm-pipedrive-about = Persons, deals and leads, calls logged as activities
scope-pipedrive-base = Know who is signed in, and your types of activity
scope-pipedrive-contacts-full = Look up who is calling, and make new persons
scope-pipedrive-activities-full = Write call logs, and find them again
scope-pipedrive-deals-read = Show open deals, and attach a call to one
scope-pipedrive-leads-read = Show open leads, and attach a call to one
scope-pipedrive-search-read = Search persons, deals and leads in one go

crm-app_connect = App Connect server
crm-app_connect-about = Your company’s server, for every CRM that it has a connector for
