-- A million contacts: numbers as integers, contacts without what stands elsewhere, indexes of words
-- and of digits, and how far each account has been pulled. Times are microseconds since 1970.
ALTER TABLE contacts RENAME TO old_contacts;
ALTER TABLE phones RENAME TO old_phones;
ALTER TABLE answers RENAME TO old_answers;
ALTER TABLE remembered RENAME TO old_remembered;
DROP INDEX contacts_by_name;
DROP INDEX phones_by_contact;
DROP TABLE names;

CREATE TABLE accounts (
  account    TEXT    NOT NULL PRIMARY KEY,
  -- Region by which its stored numbers were read, and its country calling code.
  region     TEXT,
  code       INTEGER NOT NULL DEFAULT 0,
  -- The latest pull of everything; contacts of an earlier one are gone when it ends.
  generation INTEGER NOT NULL DEFAULT 0,
  -- The running pull: when it began (NULL: none runs), whether it lists everything, from when on
  -- else, where it goes on, and what it has listed.
  started    INTEGER,
  whole      INTEGER NOT NULL DEFAULT 0,
  since      INTEGER,
  cursor     TEXT,
  listed     INTEGER NOT NULL DEFAULT 0,
  -- When the last finished pull began, and the last finished one of everything.
  pulled     INTEGER,
  pulled_all INTEGER
) WITHOUT ROWID;

-- Kinds of contact of each account: so that a contact names both with one small number.
CREATE TABLE kinds (
  key      INTEGER PRIMARY KEY,
  account  TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  contacts INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, kind)
);

CREATE TABLE contacts (
  key        INTEGER PRIMARY KEY,
  kind       INTEGER NOT NULL,
  id         TEXT    NOT NULL,
  name       TEXT    NOT NULL,  -- in lower case, for the order of lists
  checked_at INTEGER NOT NULL,
  -- The latest pull of everything that listed it; 0: none did.
  seen       INTEGER NOT NULL,
  body       TEXT    NOT NULL,
  UNIQUE (kind, id)
);
CREATE INDEX contacts_by_name ON contacts (name);
CREATE TRIGGER contact_more AFTER INSERT ON contacts BEGIN
  UPDATE kinds SET contacts = contacts + 1 WHERE key = NEW.kind;
END;
CREATE TRIGGER contact_less AFTER DELETE ON contacts BEGIN
  UPDATE kinds SET contacts = contacts - 1 WHERE key = OLD.kind;
END;

-- Whose number it is. Read on every ring.
CREATE TABLE phones (
  -- 0: digits of E.164. 1: digits that the account's region could not read. 2: an extension.
  space   INTEGER NOT NULL,
  number          NOT NULL,
  contact INTEGER NOT NULL,
  rule    INTEGER NOT NULL,
  -- Which of the contact's phones; NULL: the CRM's answer, or the agent, said that it is theirs.
  place   INTEGER,
  PRIMARY KEY (space, number, contact)
) WITHOUT ROWID;
CREATE INDEX phones_by_contact ON phones (contact);

CREATE TABLE answers (
  number  INTEGER NOT NULL,
  account TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  found   INTEGER NOT NULL,
  PRIMARY KEY (number, account)
) WITHOUT ROWID;

CREATE TABLE remembered (
  number  INTEGER NOT NULL,
  account TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  PRIMARY KEY (number, account)
) WITHOUT ROWID;
CREATE INDEX remembered_by_contact ON remembered (account, kind, id);

-- Words of names and companies, and runs of three digits of E.164 numbers. Without the texts
-- themselves, which stand in contacts and phones; what is deleted leaves no trace.
CREATE VIRTUAL TABLE names USING fts5 (
  name, company, content = '', columnsize = 0,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE digits USING fts5 (
  runs, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
);
INSERT INTO names (names, rank) VALUES ('secure-delete', 1);
INSERT INTO digits (digits, rank) VALUES ('secure-delete', 1);

INSERT INTO accounts (account) SELECT DISTINCT account FROM old_contacts;
INSERT INTO kinds (account, kind) SELECT DISTINCT account, kind FROM old_contacts;
INSERT INTO contacts (key, kind, id, name, checked_at, seen, body)
  SELECT c.key, k.key, c.id, c.name,
    CAST(round((julianday(c.checked_at) - 2440587.5) * 86400000) AS INTEGER) * 1000, 0,
    json_object(
      'n', c.contact ->> '$.name',
      'p', json((
        SELECT json_group_array(json_array(p.value ->> '$.given', p.value ->> '$.field'))
        FROM json_each(c.contact, '$.phones') p)),
      'c', c.contact ->> '$.company',
      't', c.contact ->> '$.title',
      'e', c.contact ->> '$.email',
      'm', c.contact ->> '$.created_at',
      'l', c.contact ->> '$.last_activity_at',
      'a', json(c.contact -> '$.associations'))
  FROM old_contacts c JOIN kinds k USING (account, kind);
INSERT INTO phones (space, number, contact, rule, place)
  SELECT 0, CAST(substr(p.e164, 2) AS INTEGER), c.key,
    CASE p.rule WHEN 'exact' THEN 0 WHEN 'national' THEN 1 WHEN 'renumbered' THEN 2
                WHEN 'reported' THEN 3 ELSE 5 END,
    CASE WHEN p.told THEN NULL ELSE (
      SELECT n.key FROM json_each(o.contact, '$.phones') n
      ORDER BY (n.value ->> '$.field') IS NOT p.field, n.key LIMIT 1) END
  FROM old_phones p
  JOIN old_contacts o USING (account, kind, id)
  JOIN contacts c ON c.key = o.key;
INSERT INTO answers
  SELECT CAST(substr(e164, 2) AS INTEGER), account,
    CAST(round((julianday(at) - 2440587.5) * 86400000) AS INTEGER) * 1000, found
  FROM old_answers;
INSERT INTO remembered
  SELECT CAST(substr(e164, 2) AS INTEGER), account, kind, id FROM old_remembered;
INSERT INTO names (rowid, name, company)
  SELECT key, body ->> '$.n', coalesce(body ->> '$.c', '') FROM contacts;
WITH RECURSIVE places (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM places WHERE at < 13)
INSERT INTO digits (rowid, runs)
  SELECT contact, group_concat(substr(number, at, 3), ' ')
  FROM phones CROSS JOIN places
  WHERE space = 0 AND at <= length(number) - 2 GROUP BY contact;

DROP TABLE old_contacts;
DROP TABLE old_phones;
DROP TABLE old_answers;
DROP TABLE old_remembered;
