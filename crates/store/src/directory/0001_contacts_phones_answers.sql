-- Times in columns are microseconds since 1970; the JSON beside them is the truth.
CREATE TABLE contacts (
  key        INTEGER PRIMARY KEY,
  account    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  id         TEXT NOT NULL,
  name       TEXT NOT NULL,  -- in lower case, for the order of lists
  checked_at TEXT NOT NULL,
  contact    TEXT NOT NULL,
  UNIQUE (account, kind, id)
);
CREATE INDEX contacts_by_name ON contacts (name, key);

-- Whose number it is. Read on every ring, so that all that a lookup needs lies together.
CREATE TABLE phones (
  e164       TEXT NOT NULL,
  account    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  id         TEXT NOT NULL,
  rule       TEXT NOT NULL,
  field      TEXT,
  -- 1: the CRM's answer said so, or the agent; 0: read from a stored phone.
  told       INTEGER NOT NULL,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (e164, account, kind, id)
) WITHOUT ROWID;
CREATE INDEX phones_by_contact ON phones (account, kind, id, e164);

CREATE TABLE answers (
  e164    TEXT    NOT NULL,
  account TEXT    NOT NULL,
  at      TEXT    NOT NULL,
  found   INTEGER NOT NULL,
  PRIMARY KEY (e164, account)
) WITHOUT ROWID;

CREATE TABLE remembered (
  e164    TEXT NOT NULL,
  account TEXT NOT NULL,
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  PRIMARY KEY (e164, account)
) WITHOUT ROWID;

-- Words of names and companies; its rowid is the contact's key.
CREATE VIRTUAL TABLE names USING fts5 (
  name, company,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
