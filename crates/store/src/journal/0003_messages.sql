-- Text messages, kept until they can be logged. A source tells one again after a reconnect.
CREATE TABLE messages (
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  received INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_time ON messages (received);
