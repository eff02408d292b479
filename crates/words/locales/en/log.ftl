### What is written into a CRM: subjects and bodies of call logs.
