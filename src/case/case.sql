-- Tables and statements of room case. Portable subset of SQLite and PostgreSQL; parameters are $1, $2 …
-- Projections are folded from the events of streams case/ID (case_fold.c) and from nothing else; scratch expires.
-- What its events tell is not told again here. Words (a state, an office, a version's hash) are numbers of store_word.

-- migration 4: the life of a case
-- id tells when it was created (case_id_make); due_day is the nearest last day (days since 1970) of a running clock; migration 11 makes `board` of it
-- table case_instance: projection (id integer)
CREATE TABLE case_instance (
  id INTEGER NOT NULL PRIMARY KEY,
  service INTEGER NOT NULL,
  pack INTEGER NOT NULL,
  office INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state INTEGER NOT NULL,
  code INTEGER NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  updated_us INTEGER NOT NULL,
  proposed INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  decisions INTEGER NOT NULL,
  letters INTEGER NOT NULL,
  process TEXT NOT NULL,
  clocks TEXT NOT NULL,
  due_day INTEGER,
  provisional INTEGER NOT NULL,
  notices INTEGER NOT NULL,
  answered INTEGER NOT NULL
);
CREATE INDEX case_instance_worklist ON case_instance (office, state, id);
CREATE INDEX case_instance_provisional ON case_instance (id) WHERE provisional = 1;
-- table case_term: projection (term text, case_id integer)
CREATE TABLE case_term (
  term TEXT NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (term, case_id)
) without rowid;
-- table case_prior: projection (key_value text, case_id integer)
CREATE TABLE case_prior (
  service INTEGER NOT NULL,
  key_value TEXT NOT NULL,
  case_id INTEGER NOT NULL,
  occurred_us INTEGER NOT NULL,
  recorded_us INTEGER NOT NULL,
  PRIMARY KEY (key_value, case_id)
) without rowid;
-- table case_timer: projection (due_us integer, case_id integer, token integer)
CREATE TABLE case_timer (
  due_us INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  token INTEGER NOT NULL,
  PRIMARY KEY (due_us, case_id, token)
) without rowid;
-- what processes want done outside; what stands still; and, scratch, the queue of the couriers
-- table case_outbox: projection (key text)
CREATE TABLE case_outbox (
  key TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  dead INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  since_us INTEGER NOT NULL,
  details TEXT NOT NULL,
  reason TEXT NOT NULL
) without rowid;
CREATE INDEX case_outbox_since ON case_outbox (dead, since_us, key);
-- table case_stuck: projection (case_id text, what text, token integer)
CREATE TABLE case_stuck (
  case_id TEXT NOT NULL,
  what TEXT NOT NULL,
  token INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  element TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (case_id, what, token)
) without rowid;
-- table case_delivery: scratch
CREATE TABLE case_delivery (
  key TEXT NOT NULL PRIMARY KEY,
  due_us INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  owner TEXT NOT NULL,
  reason TEXT NOT NULL
) without rowid;
CREATE INDEX case_delivery_due ON case_delivery (due_us, key);
-- answers by the hash of who and which key; kept for days
-- table case_answer: scratch
CREATE TABLE case_answer (
  answer BLOB NOT NULL PRIMARY KEY,
  body BLOB NOT NULL,
  case_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  state INTEGER NOT NULL,
  at_day INTEGER NOT NULL
) without rowid;
CREATE INDEX case_answer_age ON case_answer (at_day);

-- migration 5: drafts of applications
-- what somebody has begun and not handed in; id is a hash of its code, which only they have. `gone`: expired, its
-- answers are deleted and the row says so for a while
-- table case_draft: scratch
CREATE TABLE case_draft (
  id INTEGER NOT NULL PRIMARY KEY,
  service TEXT NOT NULL,
  pack TEXT NOT NULL,
  version INTEGER NOT NULL,
  answers TEXT NOT NULL,
  office TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  case_id INTEGER
);
CREATE INDEX case_draft_expiry ON case_draft (gone, expires_us);

-- migration 6: kept answers are hashes, and an index of their days has a page for each step; case_answer_expire walks instead
DROP INDEX case_answer_age;

-- migration 7: papers that are being handed over
-- owner is the hash of the code that they belong to; their bytes are a blob of the store, `hash` is '' until it is complete
-- table case_upload: scratch
CREATE TABLE case_upload (
  id INTEGER NOT NULL PRIMARY KEY,
  owner INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  told TEXT NOT NULL,
  hash TEXT NOT NULL,
  place INTEGER NOT NULL,
  at_us INTEGER NOT NULL
);
CREATE INDEX case_upload_owner ON case_upload (owner, id);
CREATE INDEX case_upload_age ON case_upload (at_us);

-- migration 8: ratings
-- Ratings lie apart from the log, which would tell the moment and with it the case. A row says no more than the month; its
-- place in the table is chance. That a case was rated is known by a hash of its code alone.
-- table case_rating: secret
CREATE TABLE case_rating (
  id TEXT NOT NULL PRIMARY KEY,
  service TEXT NOT NULL,
  office TEXT NOT NULL,
  month TEXT NOT NULL,
  channel TEXT NOT NULL,
  level INTEGER NOT NULL,
  aspects TEXT NOT NULL,
  remark TEXT NOT NULL,
  due_day INTEGER
) without rowid;
-- table case_rated: secret
CREATE TABLE case_rated (
  code BLOB NOT NULL PRIMARY KEY
) without rowid;

-- migration 9: messages that are no case's
-- What a hall tells somebody on the telephone: numbers and codes that belong in no log. state: 0 open, 1 a dead letter, 2 sent.
-- table case_message: scratch
CREATE TABLE case_message (
  key TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  state INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  details TEXT NOT NULL,
  reason TEXT NOT NULL
) without rowid;
CREATE INDEX case_message_about ON case_message (about, state);
CREATE INDEX case_message_age ON case_message (at_us);

-- migration 10: fees
-- one row for each receipt: what was taken, or (fen below zero) given back; numbers of an office and year without a gap
-- table case_receipt: projection (office text, year integer, receipt integer)
CREATE TABLE case_receipt (
  office TEXT NOT NULL,
  year INTEGER NOT NULL,
  receipt INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  payment INTEGER NOT NULL,
  clerk TEXT NOT NULL,
  counter TEXT NOT NULL,
  day INTEGER NOT NULL,
  method TEXT NOT NULL,
  fen INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  PRIMARY KEY (office, year, receipt)
) without rowid;
CREATE INDEX case_receipt_day ON case_receipt (office, day, clerk, counter);
-- what one person has in the drawer of one counter on one day; counted is JSON once it is closed
-- table case_drawer: projection (office text, clerk text, counter text, day integer)
CREATE TABLE case_drawer (
  office TEXT NOT NULL,
  clerk TEXT NOT NULL,
  counter TEXT NOT NULL,
  day INTEGER NOT NULL,
  payments INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  counted TEXT NOT NULL,
  reason TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  closed_us INTEGER NOT NULL,
  PRIMARY KEY (office, clerk, counter, day)
) without rowid;
CREATE INDEX case_drawer_days ON case_drawer (office, day);

-- statement case_receipt_add
INSERT INTO case_receipt (office, year, receipt, case_id, payment, clerk, counter, day, method, fen, at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- statement case_receipt_last
SELECT receipt FROM case_receipt WHERE office = $1 AND year = $2 ORDER BY receipt DESC LIMIT 1;

-- statement case_receipt_get
SELECT office, year, receipt, case_id, payment, clerk, counter, method, fen, at_us FROM case_receipt
WHERE office = $1 AND year = $2 AND receipt = $3;

-- statement case_receipts_day
SELECT office, year, receipt, case_id, payment, clerk, counter, method, fen, at_us FROM case_receipt
WHERE office = $1 AND day = $2 ORDER BY year DESC, receipt DESC LIMIT $3;

-- statement case_receipt_dump
SELECT office, year, receipt, case_id, payment, clerk, counter, day, method, fen, at_us FROM case_receipt
WHERE (office, year, receipt) > ($1, $2, $3) ORDER BY office, year, receipt LIMIT $4;

-- statement case_drawer_add
INSERT INTO case_drawer (office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us)
VALUES ($1, $2, $3, $4, 1, 0, '', '', '', 0)
ON CONFLICT (office, clerk, counter, day) DO UPDATE SET payments = case_drawer.payments + 1;

-- statement case_drawer_open
UPDATE case_drawer SET closed = 0 WHERE office = $1 AND clerk = $2 AND counter = $3 AND day = $4 AND closed = 0;

-- statement case_drawer_still
UPDATE case_drawer SET closed = 0 WHERE office = $1 AND clerk = $2 AND counter = $3 AND day = $4 AND closed = 0 AND payments = $5;

-- statement case_drawer_close
INSERT INTO case_drawer (office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us)
VALUES ($1, $2, $3, $4, 0, 1, $5, $6, $7, $8)
ON CONFLICT (office, clerk, counter, day) DO UPDATE SET closed = 1, counted = excluded.counted, reason = excluded.reason,
  closed_by = excluded.closed_by, closed_us = excluded.closed_us;

-- statement case_drawer_day
SELECT office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us FROM case_drawer
WHERE office = $1 AND day = $2 ORDER BY clerk, counter LIMIT 1000;

-- statement case_drawer_get
SELECT office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us FROM case_drawer
WHERE office = $1 AND clerk = $2 AND counter = $3 AND day = $4;

-- statement case_drawer_next
SELECT day FROM case_drawer WHERE office = $1 AND clerk = $2 AND counter = $3 AND day >= $4 AND closed = 1 ORDER BY day DESC LIMIT 1;

-- statement case_drawer_sums
SELECT method, CAST(sum(fen) AS BIGINT) FROM case_receipt WHERE office = $1 AND day = $2 AND clerk = $3 AND counter = $4 GROUP BY method;

-- statement case_drawer_dump
SELECT office, clerk, counter, day, payments, closed, counted, reason, closed_by, closed_us FROM case_drawer
WHERE (office, clerk, counter, day) > ($1, $2, $3, $4) ORDER BY office, clerk, counter, day LIMIT $5;

-- migration 11: who has a case, who has to look at it besides, and what the board counts it under
-- board: the nearest last day of an open case (days since 1970), -1 while it stands still, 10000000 when no clock runs; of
-- an ended one -2 - 2 * (its last day), one less when that was too late. Of one that ended before this there is only the day of
-- its last event. second: number of the event that asks for a second person
ALTER TABLE case_instance RENAME COLUMN due_day TO board;
ALTER TABLE case_instance ADD COLUMN assignee INTEGER;
ALTER TABLE case_instance ADD COLUMN second INTEGER;
UPDATE case_instance SET board = CASE
  WHEN clocks LIKE '%"to":null%' THEN -1 WHEN process <> '' THEN 10000000 ELSE -2 - 2 * ((updated_us / 1000000 + 28800) / 86400) END
WHERE board IS NULL;
CREATE INDEX case_instance_board ON case_instance (office, board, service);
CREATE INDEX case_instance_assignee ON case_instance (office, assignee, id) WHERE assignee IS NOT NULL;

-- migration 12: what follows a low rating
-- contact: how the person wants to be called back, if at all; gone once it was followed up. disputed: why it is held to be
-- mistaken, and by whom; a second person settles that. excluded: it was, and counts no more
ALTER TABLE case_rating ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE case_rating ADD COLUMN disputed TEXT NOT NULL DEFAULT '';
ALTER TABLE case_rating ADD COLUMN disputed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE case_rating ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;

-- statement case_get
-- words as their numbers, and the event that tells the answers
SELECT i.id, i.service, i.pack, i.office, i.version, i.state, i.code, i.subject, i.updated_us, i.proposed, i.outcome, i.decisions, i.letters,
  i.process, i.clocks, i.notices, i.answered, i.board, i.assignee, i.second, e.payload
FROM case_instance i
  LEFT JOIN store_event e ON e.stream = (SELECT id FROM store_word WHERE word = 'case') AND e.name = i.id AND e.seq = i.answered
WHERE i.id = $1;

-- statement case_get_by_code
SELECT i.id, i.service, i.pack, i.office, i.version, i.state, i.code, i.subject, i.updated_us, i.proposed, i.outcome, i.decisions, i.letters,
  i.process, i.clocks, i.notices, i.answered, i.board, i.assignee, i.second, e.payload
FROM case_instance i
  LEFT JOIN store_event e ON e.stream = (SELECT id FROM store_word WHERE word = 'case') AND e.name = i.id AND e.seq = i.answered
WHERE i.code = $1;

-- statement case_instance_dump
SELECT i.id, s.word, p.word, o.word, i.version, t.word, i.code, i.subject, i.updated_us, d.word, c.word, i.decisions, i.letters, i.process, i.clocks,
  i.board, i.provisional, i.notices, i.answered, a.word, i.second
FROM case_instance i
  LEFT JOIN store_word s ON s.id = i.service LEFT JOIN store_word p ON p.id = i.pack LEFT JOIN store_word o ON o.id = i.office
  LEFT JOIN store_word t ON t.id = i.state LEFT JOIN store_word d ON d.id = i.proposed LEFT JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.id > $1 ORDER BY i.id LIMIT $2;

-- statement case_insert
INSERT INTO case_instance (id, service, pack, office, version, state, code, subject, updated_us, proposed, outcome, decisions, letters, process, clocks, board, provisional, notices, answered, assignee, second)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21);

-- three for one: an index is written for each column named here, also when it stays the same
-- statement case_update
UPDATE case_instance SET version = $3, updated_us = $4, proposed = $5, outcome = $6, decisions = $7, letters = $8, process = $9, clocks = $10,
  subject = $11, notices = $12, answered = $13
WHERE id = $1 AND version = $2;

-- statement case_update_state
UPDATE case_instance SET version = $3, updated_us = $4, proposed = $5, outcome = $6, decisions = $7, letters = $8, process = $9, clocks = $10,
  subject = $11, notices = $12, answered = $13, state = $14, provisional = $15
WHERE id = $1 AND version = $2;

-- statement case_update_place
UPDATE case_instance SET version = $3, updated_us = $4, proposed = $5, outcome = $6, decisions = $7, letters = $8, process = $9, clocks = $10,
  subject = $11, notices = $12, answered = $13, state = $14, provisional = $15, board = $16, assignee = $17, second = $18
WHERE id = $1 AND version = $2;

-- statement case_repack
UPDATE case_instance SET pack = $2 WHERE id = $1;

-- open cases of other versions than the one to which they shall move
-- statement case_migrate_page
SELECT i.id, i.service, i.pack, i.office, i.version, i.state, i.code, i.subject, i.updated_us, i.proposed, i.outcome, i.decisions, i.letters,
  i.process, i.clocks, i.notices, i.answered, i.board, i.assignee, i.second, e.payload
FROM case_instance i
  LEFT JOIN store_event e ON e.stream = (SELECT id FROM store_word WHERE word = 'case') AND e.name = i.id AND e.seq = i.answered
WHERE i.service = (SELECT id FROM store_word WHERE word = $1) AND i.pack <> coalesce((SELECT id FROM store_word WHERE word = $2), 0)
  AND i.process <> '' AND i.id > $3
ORDER BY i.id LIMIT $4;

-- statement case_migrate_count
SELECT count(*) FROM case_instance i JOIN store_word s ON s.id = i.service JOIN store_word p ON p.id = i.pack
WHERE s.word = $1 AND p.word <> $2 AND i.process <> '';

-- statement case_provisional
SELECT id FROM case_instance WHERE provisional = 1 AND id > $1 ORDER BY id LIMIT $2;

-- statement case_timer_add
INSERT INTO case_timer (case_id, token, due_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- statement case_timer_drop
DELETE FROM case_timer WHERE case_id = $1 AND token = $2 AND due_us = $3;

-- statement case_timer_due
SELECT due_us, case_id, token FROM case_timer
WHERE due_us <= $1 AND (due_us, case_id, token) > ($2, $3, $4)
ORDER BY due_us, case_id, token LIMIT $5;

-- statement case_timer_dump
SELECT due_us, case_id, token FROM case_timer
WHERE (due_us, case_id, token) > ($1, $2, $3) ORDER BY due_us, case_id, token LIMIT $4;

-- statement case_term_add
INSERT INTO case_term (term, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- statement case_term_drop
DELETE FROM case_term WHERE term = $1 AND case_id = $2;

-- statement case_term_dump
SELECT term, case_id FROM case_term WHERE (term, case_id) > ($1, $2) ORDER BY term, case_id LIMIT $3;

-- statement case_prior_add
INSERT INTO case_prior (service, key_value, case_id, occurred_us, recorded_us)
VALUES ($1, $2, $3, $4, $5);

-- statement case_prior_drop
DELETE FROM case_prior WHERE key_value = $1 AND case_id = $2;

-- statement case_priors
SELECT occurred_us, recorded_us, case_id FROM case_prior
WHERE service = (SELECT id FROM store_word WHERE word = $1) AND key_value = $2 ORDER BY occurred_us DESC LIMIT 1000;

-- statement case_prior_dump
SELECT p.key_value, p.case_id, s.word, p.occurred_us, p.recorded_us FROM case_prior p LEFT JOIN store_word s ON s.id = p.service
WHERE (p.key_value, p.case_id) > ($1, $2) ORDER BY p.key_value, p.case_id LIMIT $3;

-- statement case_answer_get
SELECT a.body, a.case_id, a.version, t.word, i.code
FROM case_answer a JOIN store_word t ON t.id = a.state JOIN case_instance i ON i.id = a.case_id WHERE a.answer = $1;

-- statement case_answer_add
INSERT INTO case_answer (answer, body, case_id, version, state, at_day)
VALUES ($1, $2, $3, $4, $5, $6);

-- statement case_answer_expire
DELETE FROM case_answer
WHERE at_day < $1 AND answer >= $2 AND answer < coalesce((SELECT answer FROM case_answer WHERE answer >= $2 ORDER BY answer LIMIT 1 OFFSET $3), $4);

-- statement case_worklist
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word
FROM case_instance i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.office = (SELECT id FROM store_word WHERE word = $1) AND i.state = (SELECT id FROM store_word WHERE word = $2) AND i.id > $3
  AND ($5 = '' OR i.service = (SELECT id FROM store_word WHERE word = $5))
ORDER BY i.id LIMIT $4;

-- statement case_worklist_all
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word
FROM case_instance i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.office = (SELECT id FROM store_word WHERE word = $1) AND i.id > $2
  AND ($4 = '' OR i.service = (SELECT id FROM store_word WHERE word = $4))
ORDER BY i.id LIMIT $3;

-- statement case_worklist_free
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word
FROM case_instance i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.office = (SELECT id FROM store_word WHERE word = $1) AND i.state = (SELECT id FROM store_word WHERE word = $2) AND i.id > $3
  AND i.assignee IS NULL AND ($5 = '' OR i.service = (SELECT id FROM store_word WHERE word = $5))
ORDER BY i.id LIMIT $4;

-- statement case_worklist_mine
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word
FROM case_instance i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.office = (SELECT id FROM store_word WHERE word = $1) AND i.assignee = (SELECT id FROM store_word WHERE word = $2) AND i.id > $3
  AND ($5 = '' OR i.service = (SELECT id FROM store_word WHERE word = $5))
ORDER BY i.id LIMIT $4;

-- statement case_find
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word
FROM case_instance i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
WHERE i.id IN (SELECT case_id FROM case_term WHERE term = $1 UNION ALL SELECT id FROM case_instance WHERE code = $3 OR id = $4)
  AND i.office = (SELECT id FROM store_word WHERE word = $2)
  AND ($6 = '' OR i.service = (SELECT id FROM store_word WHERE word = $6))
ORDER BY i.id LIMIT $5;

-- statement case_counts
SELECT t.word, c.n
FROM (SELECT i.state, count(*) AS n FROM case_instance i WHERE i.office = (SELECT id FROM store_word WHERE word = $1)
    AND ($2 = '' OR i.service = (SELECT id FROM store_word WHERE word = $2)) GROUP BY i.state) c
  JOIN store_word t ON t.id = c.state;

-- cases that are somebody's, by state; mine is 1 for those of $2
-- statement case_counts_taken
SELECT t.word, c.mine, c.n
FROM (SELECT state, CASE WHEN assignee = coalesce((SELECT id FROM store_word WHERE word = $2), 0) THEN 1 ELSE 0 END AS mine, count(*) AS n
  FROM case_instance WHERE office = (SELECT id FROM store_word WHERE word = $1) AND assignee IS NOT NULL
    AND ($3 = '' OR service = (SELECT id FROM store_word WHERE word = $3)) GROUP BY 1, 2) c
  JOIN store_word t ON t.id = c.state;

-- statement case_board_open
SELECT c.board, s.word, c.n
FROM (SELECT board, service, count(*) AS n FROM case_instance
  WHERE office = (SELECT id FROM store_word WHERE word = $1) AND board >= -1 GROUP BY board, service) c
  JOIN store_word s ON s.id = c.service;

-- statement case_board_closed
SELECT board, count(*) FROM case_instance
WHERE office = (SELECT id FROM store_word WHERE word = $1) AND board >= $2 AND board <= $3 GROUP BY board;

-- statement case_board_free
SELECT count(*) FROM case_instance WHERE office = (SELECT id FROM store_word WHERE word = $1) AND board = $2 AND assignee IS NULL;

-- statement case_board_first
SELECT i.id, s.word, i.version, t.word, i.code, i.subject, d.word, c.word, o.word, i.board, a.word, i.clocks, i.second
FROM (SELECT * FROM case_instance
    WHERE office = (SELECT id FROM store_word WHERE word = $1) AND (board, id) > ($2, $3) ORDER BY board, id LIMIT $4) i
  JOIN store_word s ON s.id = i.service JOIN store_word o ON o.id = i.office
  JOIN store_word t ON t.id = i.state JOIN store_word d ON d.id = i.proposed JOIN store_word c ON c.id = i.outcome
  LEFT JOIN store_word a ON a.id = i.assignee
ORDER BY i.board, i.id;

-- statement case_of_assignee
SELECT id, version FROM case_instance
WHERE office = (SELECT id FROM store_word WHERE word = $1) AND assignee = (SELECT id FROM store_word WHERE word = $2) AND id > $3 ORDER BY id LIMIT $4;

-- open cases by version; the offices are named so that the board's index serves, which leads with them
-- statement case_versions_open
SELECT s.word, p.word, c.n
FROM (SELECT service, pack, count(*) AS n FROM case_instance WHERE office IN (SELECT id FROM store_word) AND board >= -1 GROUP BY service, pack) c
  JOIN store_word s ON s.id = c.service JOIN store_word p ON p.id = c.pack;

-- statement case_outbox_add
INSERT INTO case_outbox (key, kind, dead, at_us, since_us, details, reason) VALUES ($1, $2, 0, $3, $3, $4, '');

-- statement case_outbox_dump
SELECT key, kind, dead, at_us, since_us, details, reason FROM case_outbox WHERE key > $1 ORDER BY key LIMIT $2;

-- statement case_outbox_drop
DELETE FROM case_outbox WHERE key = $1;

-- statement case_outbox_turn
UPDATE case_outbox SET dead = $2, since_us = $3, reason = $4 WHERE key = $1;

-- statement case_outbox_get
SELECT dead, details FROM case_outbox WHERE key = $1;

-- statement case_outbox_list
SELECT o.key, o.kind, o.dead, o.since_us, o.reason, o.details, d.attempts, d.reason
FROM case_outbox o LEFT JOIN case_delivery d ON d.key = o.key
WHERE o.dead = $1 AND o.since_us <= $2 ORDER BY o.since_us, o.key LIMIT $3;

-- statement case_outbox_of
SELECT o.key, o.kind, o.dead, o.since_us, o.reason, o.details, d.attempts, d.reason
FROM case_outbox o LEFT JOIN case_delivery d ON d.key = o.key
WHERE o.key >= $1 AND o.key < $2 ORDER BY o.since_us, o.key LIMIT $3;

-- statement case_outbox_count
SELECT count(*) FROM case_outbox WHERE dead = $1 AND since_us <= $2;

-- statement case_stuck_set
INSERT INTO case_stuck (case_id, what, token, at_us, element, reason) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, what, token) DO UPDATE SET at_us = excluded.at_us, element = excluded.element, reason = excluded.reason;

-- statement case_stuck_clear
DELETE FROM case_stuck WHERE case_id = $1 AND what = $2;

-- statement case_stuck_dump
SELECT case_id, what, token, at_us, element, reason FROM case_stuck
WHERE (case_id, what, token) > ($1, $2, $3) ORDER BY case_id, what, token LIMIT $4;

-- statement case_stuck_list
SELECT case_id, what, token, at_us, element, reason FROM case_stuck ORDER BY at_us, case_id, what, token LIMIT $1;

-- statement case_stuck_of
SELECT case_id, what, token, at_us, element, reason FROM case_stuck WHERE case_id = $1 ORDER BY what, token;

-- statement case_stuck_count
SELECT count(*) FROM case_stuck WHERE what = $1;

-- statement case_timer_overdue
SELECT count(*) FROM case_timer WHERE due_us <= $1;

-- statement case_provisional_count
SELECT count(*) FROM case_instance WHERE provisional = 1;

-- statement case_delivery_add
INSERT INTO case_delivery (key, due_us, attempts, owner, reason) VALUES ($1, $2, 0, '', '')
ON CONFLICT (key) DO UPDATE SET due_us = excluded.due_us, attempts = 0, owner = '';

-- statement case_delivery_drop
DELETE FROM case_delivery WHERE key = $1;

-- statement case_delivery_mend
INSERT INTO case_delivery (key, due_us, attempts, owner, reason)
SELECT o.key, o.at_us, 0, '', '' FROM case_outbox o
WHERE o.dead = 0 AND NOT EXISTS (SELECT 1 FROM case_delivery d WHERE d.key = o.key);

-- statement case_delivery_waits
SELECT key FROM case_delivery WHERE due_us <= $1 OR due_us > $2 LIMIT 1;

-- statement case_delivery_claim
UPDATE case_delivery SET owner = $1, due_us = $2
WHERE key IN (
  SELECT key FROM case_delivery WHERE due_us <= $3 OR due_us > $4 ORDER BY due_us, key LIMIT $5
  -- skip locked
);

-- statement case_delivery_claimed
SELECT o.key, o.kind, o.at_us, o.details, d.attempts
FROM case_delivery d JOIN case_outbox o ON o.key = d.key
WHERE d.due_us = $2 AND d.owner = $1 AND o.dead = 0
UNION ALL
SELECT m.key, m.kind, m.at_us, m.details, d.attempts
FROM case_delivery d JOIN case_message m ON m.key = d.key
WHERE d.due_us = $2 AND d.owner = $1 AND m.state = 0
ORDER BY 3, 1;

-- statement case_delivery_later
UPDATE case_delivery SET attempts = attempts + 1, due_us = $3, owner = '', reason = $4 WHERE key = $1 AND owner = $2;

-- statement case_draft_get
SELECT d.service, d.pack, d.version, d.answers, d.office, d.created_us, d.updated_us, d.expires_us, d.case_id, i.code, i.version, t.word
FROM case_draft d LEFT JOIN case_instance i ON i.id = d.case_id LEFT JOIN store_word t ON t.id = i.state WHERE d.id = $1;

-- statement case_draft_add
INSERT INTO case_draft (id, service, pack, version, answers, office, created_us, updated_us, expires_us, gone, case_id)
VALUES ($1, $2, $3, 1, $4, $5, $6, $6, $7, 0, NULL);

-- statement case_draft_set
UPDATE case_draft SET pack = $3, version = version + 1, answers = $4, office = $5, updated_us = $6, expires_us = $7
WHERE id = $1 AND version = $2 AND case_id IS NULL AND gone = 0;

-- statement case_draft_spend
UPDATE case_draft SET version = version + 1, answers = '', case_id = $3 WHERE id = $1 AND version = $2 AND case_id IS NULL AND gone = 0;

-- statement case_draft_due
SELECT id FROM case_draft WHERE gone = 0 AND expires_us <= $1 ORDER BY expires_us LIMIT $2;

-- statement case_draft_empty
UPDATE case_draft SET gone = 1, answers = '', office = '' WHERE id = $1;

-- statement case_draft_forget
DELETE FROM case_draft WHERE gone = 1 AND expires_us <= $1;

-- statement case_draft_drop
DELETE FROM case_draft WHERE id = $1;

-- statement case_upload_add
INSERT INTO case_upload (id, owner, evidence, name, type, size, told, hash, place, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $1, $8);

-- statement case_upload_get
SELECT u.id, u.evidence, u.name, u.type, u.size, u.told, u.hash, u.place, b.size
FROM case_upload u JOIN store_blob b ON b.id = u.place WHERE u.owner = $1 AND u.id = $2;

-- statement case_upload_list
SELECT u.id, u.evidence, u.name, u.type, u.size, u.told, u.hash, u.place, b.size
FROM case_upload u JOIN store_blob b ON b.id = u.place WHERE u.owner = $1 ORDER BY u.at_us, u.id;

-- statement case_upload_type
UPDATE case_upload SET type = $2 WHERE id = $1;

-- statement case_upload_done
UPDATE case_upload SET hash = $2, place = $3 WHERE id = $1 AND hash = '';

-- statement case_upload_drop
DELETE FROM case_upload WHERE id = $1;

-- statement case_upload_due
SELECT u.id, u.place FROM case_upload u
WHERE u.at_us <= $1 AND NOT EXISTS (SELECT 1 FROM case_draft d WHERE d.id = u.owner AND d.gone = 0) ORDER BY u.at_us LIMIT $2;

-- statement case_rated_get
SELECT 1 FROM case_rated WHERE code = $1;

-- statement case_rated_add
INSERT INTO case_rated (code) VALUES ($1);

-- statement case_rating_add
INSERT INTO case_rating (id, service, office, month, channel, level, aspects, remark, due_day, contact) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- statement case_rating_sums
SELECT service, month, channel, level, count(*) FROM case_rating WHERE office = $1 AND ($2 = '' OR service = $2) AND excluded = 0
GROUP BY service, month, channel, level ORDER BY month DESC, service, channel, level;

-- statement case_rating_low
SELECT id, service, month, channel, level, aspects, remark, due_day, contact, disputed, disputed_by FROM case_rating
WHERE office = $1 AND ($2 = '' OR service = $2) AND due_day IS NOT NULL ORDER BY due_day, id LIMIT 1000;

-- statement case_rating_close
UPDATE case_rating SET due_day = NULL, contact = '' WHERE id = $1 AND office = $2 AND due_day IS NOT NULL AND disputed = '';

-- statement case_rating_dispute
UPDATE case_rating SET disputed = $3, disputed_by = $4 WHERE id = $1 AND office = $2 AND due_day IS NOT NULL AND disputed = '';

-- statement case_rating_exclude
UPDATE case_rating SET due_day = NULL, excluded = 1, contact = '' WHERE id = $1 AND office = $2 AND due_day IS NOT NULL AND disputed <> '' AND disputed_by <> $3;

-- statement case_rating_keep
UPDATE case_rating SET disputed = '', disputed_by = '' WHERE id = $1 AND office = $2 AND due_day IS NOT NULL AND disputed <> '' AND disputed_by <> $3;

-- statement case_rating_disputed
SELECT disputed_by FROM case_rating WHERE id = $1 AND office = $2 AND due_day IS NOT NULL;

-- statement case_rating_closed
SELECT count(*) FROM case_instance
WHERE office = (SELECT id FROM store_word WHERE word = $1) AND board >= $2 AND board <= $3
  AND ($4 = '' OR service = (SELECT id FROM store_word WHERE word = $4));

-- statement case_rating_thanks
SELECT service, month, remark FROM case_rating
WHERE office = $1 AND ($2 = '' OR service = $2) AND level >= 4 AND remark <> '' AND excluded = 0 ORDER BY month DESC, id LIMIT 200;

-- statement case_rating_month
SELECT count(*), count(CASE WHEN service <> '' THEN 1 END), count(CASE WHEN level >= 3 THEN 1 END)
FROM case_rating WHERE office = $1 AND ($2 = '' OR service = $2) AND month = $3 AND excluded = 0;

-- statement case_message_add
INSERT INTO case_message (key, kind, about, state, at_us, details, reason) VALUES ($1, $2, $3, 0, $4, $5, '');

-- statement case_message_end
UPDATE case_message SET state = $2, reason = $3 WHERE key = $1 AND state = 0;

-- statement case_message_again
UPDATE case_message SET state = 0, reason = '' WHERE key = $1 AND state = 1;

-- statement case_message_stop
DELETE FROM case_delivery WHERE key IN (SELECT key FROM case_message WHERE about = $1 AND state = 0);

-- statement case_message_drop
DELETE FROM case_message WHERE about = $1 AND state = 0;

-- statement case_message_late
SELECT m.key, m.kind, m.state, m.at_us, m.reason, m.details, d.attempts, d.reason
FROM case_message m LEFT JOIN case_delivery d ON d.key = m.key WHERE m.state = $1 AND m.at_us <= $2 ORDER BY m.at_us, m.key LIMIT $3;

-- statement case_message_newest
SELECT key, kind, about, state, at_us, details, reason FROM case_message ORDER BY at_us DESC, key DESC LIMIT $1;

-- statement case_message_old
SELECT 1 FROM case_message WHERE at_us <= $1 LIMIT 1;

-- statement case_message_unqueue
DELETE FROM case_delivery WHERE key IN (SELECT key FROM case_message WHERE at_us <= $1);

-- statement case_message_expire
DELETE FROM case_message WHERE at_us <= $1;
