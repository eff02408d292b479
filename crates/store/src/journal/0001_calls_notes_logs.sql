-- One row for each call. Times in columns are microseconds since 1970 and serve order and filters;
-- the JSON beside them is the truth.
CREATE TABLE calls (
  id          TEXT    NOT NULL PRIMARY KEY,
  revision    INTEGER NOT NULL,
  started     INTEGER NOT NULL,
  e164        TEXT,
  over        INTEGER NOT NULL,
  missed      INTEGER NOT NULL,
  declined    INTEGER NOT NULL,
  exempt      INTEGER NOT NULL,
  -- Over, not declined, not exempt, and no log or one that is not done; follows the logs.
  unlogged    INTEGER NOT NULL,
  auto_log_at TEXT,
  -- Names and numbers in lower case, for the search; before the long columns, so that a search
  -- need not read those.
  haystack    TEXT    NOT NULL,
  call        TEXT    NOT NULL,
  choice      TEXT    NOT NULL,
  matches     TEXT    NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX calls_by_start ON calls (started, id);
CREATE INDEX calls_by_number ON calls (e164, started, id) WHERE e164 IS NOT NULL;
CREATE INDEX calls_to_take_up ON calls (started, id) WHERE over = 0 OR auto_log_at IS NOT NULL;
CREATE INDEX calls_unlogged ON calls (started, id) WHERE unlogged = 1;
CREATE INDEX calls_missed ON calls (started, id) WHERE missed = 1;

-- Every id under which a source knows a call. Sources may use a key again for a later call.
CREATE TABLE keys (
  source  TEXT    NOT NULL,
  key     TEXT    NOT NULL,
  started INTEGER NOT NULL,
  call    TEXT    NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  PRIMARY KEY (source, key, started)
) WITHOUT ROWID;
CREATE INDEX keys_by_call ON keys (call);

-- Apart from calls: a note may come before its call is written, and is never overwritten with it.
CREATE TABLE notes (
  call     TEXT NOT NULL PRIMARY KEY,
  text     TEXT NOT NULL,
  haystack TEXT NOT NULL
) WITHOUT ROWID;

-- The outbox. `seq` keeps the order in which logs were first written.
CREATE TABLE logs (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  call    TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  account TEXT NOT NULL,
  stage   TEXT NOT NULL,
  state   TEXT NOT NULL,
  entry   TEXT NOT NULL,
  UNIQUE (call, account)
);
CREATE INDEX logs_on_their_way ON logs (seq) WHERE stage NOT IN ('done', 'declined');

CREATE TABLE kept (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
