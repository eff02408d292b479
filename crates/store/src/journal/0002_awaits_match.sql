-- Over, to be logged by itself, and still unknown whose it is: taken up again at the next start.
ALTER TABLE calls ADD COLUMN awaits_match INTEGER NOT NULL DEFAULT 0;
DROP INDEX calls_to_take_up;
CREATE INDEX calls_to_take_up ON calls (started, id)
  WHERE over = 0 OR auto_log_at IS NOT NULL OR awaits_match = 1;
