-- The hall. Projections of the streams desk/OFFICE (what is set up), hall/OFFICE (who sits where, queues closed for a day) and
-- ticket/ID. No row knows who waits: a ticket is a letter and a number, and a code that only its holder has.

-- migration 1: the hall
-- table desk_office: projection (office text)
CREATE TABLE desk_office (
  office TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  config TEXT NOT NULL
);
-- turn_us orders the calling; services is a JSON list; no appointment is 0
-- table desk_ticket: projection (id integer)
CREATE TABLE desk_ticket (
  id INTEGER NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  day INTEGER NOT NULL,
  queue TEXT NOT NULL,
  letter TEXT NOT NULL,
  no INTEGER NOT NULL,
  code TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  turn_us INTEGER NOT NULL,
  issued_us INTEGER NOT NULL,
  called_us INTEGER NOT NULL,
  served_us INTEGER NOT NULL,
  ended_us INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  counter TEXT NOT NULL,
  clerk TEXT NOT NULL,
  services TEXT NOT NULL,
  appointment INTEGER NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (office, day, letter, no)
);
CREATE INDEX desk_ticket_turn ON desk_ticket (office, state, day, turn_us, no);
CREATE INDEX desk_ticket_called ON desk_ticket (office, day, called_us);
-- a counter has one clerk, a clerk one counter, and there is one ticket at it at most
-- table desk_counter: projection (office text, counter text)
CREATE TABLE desk_counter (
  office TEXT NOT NULL,
  counter TEXT NOT NULL,
  clerk TEXT NOT NULL UNIQUE,
  since_us INTEGER NOT NULL,
  ticket INTEGER UNIQUE,
  PRIMARY KEY (office, counter)
);
-- table desk_closed: projection (office text, day integer, queue text)
CREATE TABLE desk_closed (
  office TEXT NOT NULL,
  day INTEGER NOT NULL,
  queue TEXT NOT NULL,
  waiting TEXT NOT NULL,
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  PRIMARY KEY (office, day, queue)
);
-- table desk_visit: projection (ticket integer, case_id integer)
CREATE TABLE desk_visit (
  ticket INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (ticket, case_id)
);
-- answers to commands that carried a key, for who asks again
-- table desk_answer: scratch
CREATE TABLE desk_answer (
  answer BLOB NOT NULL PRIMARY KEY,
  body BLOB NOT NULL,
  reply TEXT NOT NULL,
  at_day INTEGER NOT NULL
);

-- migration 2: appointments
-- A slot is a time at a counter, once (the key); who has it holds it. Free ones that were given back come again at free_us.
-- table desk_slot: projection (office text, counter text, start_us integer)
CREATE TABLE desk_slot (
  office TEXT NOT NULL,
  counter TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  minutes INTEGER NOT NULL,
  appointment INTEGER NOT NULL,
  free_us INTEGER NOT NULL,
  PRIMARY KEY (office, counter, start_us)
);
CREATE INDEX desk_slot_time ON desk_slot (office, start_us);
CREATE INDEX desk_slot_taken ON desk_slot (appointment) WHERE appointment <> 0;
-- person is a keyed hash of an identifier, and only while the appointment lives: one of a service for each
-- table desk_appointment: projection (id integer)
CREATE TABLE desk_appointment (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  office TEXT NOT NULL,
  service TEXT NOT NULL,
  queue TEXT NOT NULL,
  counter TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  minutes INTEGER NOT NULL,
  span INTEGER NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  person TEXT NOT NULL,
  ticket INTEGER NOT NULL,
  moves INTEGER NOT NULL,
  made_us INTEGER NOT NULL
);
CREATE UNIQUE INDEX desk_appointment_person ON desk_appointment (service, person) WHERE person <> '';
CREATE INDEX desk_appointment_time ON desk_appointment (office, start_us);
CREATE INDEX desk_appointment_due ON desk_appointment (state, start_us);
-- who is to be told, until the day is over
-- table desk_contact: secret
CREATE TABLE desk_contact (
  appointment INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  lang TEXT NOT NULL,
  sent INTEGER NOT NULL,
  reminded INTEGER NOT NULL
);
-- what hashes of persons and codes are keyed with
-- table desk_secret: secret
CREATE TABLE desk_secret (
  id INTEGER NOT NULL PRIMARY KEY,
  key BLOB NOT NULL
);

-- statement desk_office_get
SELECT version, config FROM desk_office WHERE office = $1;

-- statement desk_office_all
SELECT office FROM desk_office ORDER BY office LIMIT 1000;

-- statement desk_office_dump
SELECT office, version, config FROM desk_office WHERE office > $1 ORDER BY office LIMIT $2;

-- statement desk_office_add
INSERT INTO desk_office (office, version, config) VALUES ($1, $2, $3);

-- statement desk_office_set
UPDATE desk_office SET version = $2, config = $3 WHERE office = $1 AND version = $4;

-- statement desk_ticket_add
INSERT INTO desk_ticket (id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls,
  counter, clerk, services, appointment, note)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 1, $8, $9, 0, 0, 0, 0, '', '', $10, $11, '');

-- statement desk_ticket_dump
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE id > $1 ORDER BY id LIMIT $2;

-- statement desk_ticket_get
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE id = $1;

-- statement desk_ticket_by_code
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE code = $1;

-- those who wait, in the order of their turns, behind one of them
-- statement desk_ticket_waiting
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE office = $1 AND state = 'waiting' AND day >= $2 AND day <= $3 AND (turn_us, no, id) > ($4, $5, $6)
ORDER BY turn_us, no, id LIMIT $7;

-- numbers that are taken: those of today, and of earlier days those that may still be called
-- statement desk_ticket_last
SELECT coalesce(max(no), 0), coalesce(max(CASE WHEN appointment = 0 THEN turn_us ELSE 0 END), 0) FROM desk_ticket
WHERE office = $1 AND letter = $3 AND (day = $2 OR day < $2 AND day >= $4 AND state IN ('waiting', 'called', 'serving', 'parked'));

-- statement desk_ticket_count
SELECT count(*) FROM desk_ticket WHERE office = $1 AND state = 'waiting' AND day >= $2 AND queue = $3;

-- statement desk_ticket_called
UPDATE desk_ticket SET version = $2, state = 'called', called_us = $4, calls = calls + 1, counter = $5, clerk = $6 WHERE id = $1 AND version = $3;

-- statement desk_ticket_recalled
UPDATE desk_ticket SET version = $2, called_us = $4, calls = calls + 1 WHERE id = $1 AND version = $3 AND state = 'called';

-- statement desk_ticket_serving
UPDATE desk_ticket SET version = $2, state = 'serving', served_us = $4 WHERE id = $1 AND version = $3;

-- statement desk_ticket_parked
UPDATE desk_ticket SET version = $2, state = 'parked', note = $4 WHERE id = $1 AND version = $3;

-- statement desk_ticket_resumed
UPDATE desk_ticket SET version = $2, state = 'serving', served_us = $4, counter = $5, clerk = $6 WHERE id = $1 AND version = $3;

-- statement desk_ticket_transferred
UPDATE desk_ticket SET version = $2, state = 'waiting', queue = $4, note = $5, counter = '', clerk = '' WHERE id = $1 AND version = $3;

-- statement desk_ticket_restored
UPDATE desk_ticket SET version = $2, state = 'waiting', ended_us = 0, counter = '', clerk = '' WHERE id = $1 AND version = $3;

-- statement desk_ticket_ended
UPDATE desk_ticket SET version = $2, state = $4, ended_us = $5 WHERE id = $1 AND version = $3;

-- statement desk_ticket_touched
UPDATE desk_ticket SET version = $2 WHERE id = $1 AND version = $3;

-- statement desk_ticket_in_queue
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE office = $1 AND state = 'waiting' AND queue = $2 ORDER BY id LIMIT $3;

-- statement desk_ticket_before
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE office = $1 AND state = $2 AND day < $3 ORDER BY id LIMIT $4;

-- statement desk_ticket_list
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE office = $1 AND state = $2 AND day >= $3 ORDER BY turn_us, no, id LIMIT $4;

-- what the wall shows: who is at a counter or was called last
-- statement desk_ticket_shown
SELECT id, office, day, queue, letter, no, code, state, version, turn_us, issued_us, called_us, served_us, ended_us, calls, counter, clerk,
  services, appointment, note
FROM desk_ticket WHERE office = $1 AND day = $2 AND called_us > 0 AND state IN ('called', 'serving') ORDER BY called_us DESC, id LIMIT $3;

-- statement desk_ticket_counts
SELECT queue, count(*) FROM desk_ticket WHERE office = $1 AND state = 'waiting' AND day >= $2 GROUP BY queue ORDER BY queue;

-- statement desk_ticket_ahead
SELECT queue, count(*) FROM desk_ticket
WHERE office = $1 AND state = 'waiting' AND day = $2 AND (turn_us, no, id) < ($3, $4, $5) GROUP BY queue ORDER BY queue;

-- how long the last ones took, from the call to the end
-- statement desk_ticket_times
SELECT ended_us - called_us FROM desk_ticket WHERE office = $1 AND state = 'served' AND day = $2 ORDER BY ended_us DESC LIMIT $3;

-- statement desk_counter_get
SELECT counter, clerk, since_us, ticket FROM desk_counter WHERE office = $1 AND counter = $2;

-- statement desk_counter_of
SELECT office, counter, since_us, ticket FROM desk_counter WHERE clerk = $1;

-- statement desk_counter_all
SELECT c.counter, c.clerk, c.since_us, c.ticket FROM desk_counter c WHERE c.office = $1 ORDER BY c.counter;

-- statement desk_counter_before
SELECT counter, clerk FROM desk_counter WHERE office = $1 AND since_us < $2 AND ticket IS NULL ORDER BY counter;

-- statement desk_counter_dump
SELECT office, counter, clerk, since_us, ticket FROM desk_counter WHERE (office, counter) > ($1, $2) ORDER BY office, counter LIMIT $3;

-- statement desk_counter_add
INSERT INTO desk_counter (office, counter, clerk, since_us, ticket) VALUES ($1, $2, $3, $4, NULL);

-- statement desk_counter_drop
DELETE FROM desk_counter WHERE office = $1 AND counter = $2 AND clerk = $3 AND ticket IS NULL;

-- statement desk_counter_take
UPDATE desk_counter SET ticket = $4 WHERE office = $1 AND counter = $2 AND clerk = $3 AND ticket IS NULL;

-- statement desk_counter_free
UPDATE desk_counter SET ticket = NULL WHERE ticket = $1;

-- statement desk_closed_get
SELECT waiting, zh, en FROM desk_closed WHERE office = $1 AND day = $2 AND queue = $3;

-- statement desk_closed_add
INSERT INTO desk_closed (office, day, queue, waiting, zh, en) VALUES ($1, $2, $3, $4, $5, $6);

-- statement desk_closed_drop
DELETE FROM desk_closed WHERE office = $1 AND day = $2 AND queue = $3;

-- statement desk_closed_dump
SELECT office, day, queue, waiting, zh, en FROM desk_closed WHERE (office, day, queue) > ($1, $2, $3) ORDER BY office, day, queue LIMIT $4;

-- statement desk_visit_add
INSERT INTO desk_visit (ticket, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- statement desk_visit_of
SELECT case_id FROM desk_visit WHERE ticket = $1 ORDER BY case_id LIMIT 100;

-- statement desk_visit_dump
SELECT ticket, case_id FROM desk_visit WHERE (ticket, case_id) > ($1, $2) ORDER BY ticket, case_id LIMIT $3;

-- statement desk_answer_get
SELECT body, reply FROM desk_answer WHERE answer = $1;

-- statement desk_answer_add
INSERT INTO desk_answer (answer, body, reply, at_day) VALUES ($1, $2, $3, $4);

-- statement desk_answer_expire
DELETE FROM desk_answer WHERE at_day < $1;

-- statement desk_slot_dump
SELECT office, counter, start_us, minutes, appointment, free_us FROM desk_slot
WHERE (office, counter, start_us) > ($1, $2, $3) ORDER BY office, counter, start_us LIMIT $4;

-- statement desk_slot_between
SELECT counter, start_us, minutes, appointment, free_us FROM desk_slot
WHERE office = $1 AND start_us >= $2 AND start_us < $3 ORDER BY counter, start_us;

-- statement desk_slot_add
INSERT INTO desk_slot (office, counter, start_us, minutes, appointment, free_us) VALUES ($1, $2, $3, $4, 0, 0);

-- statement desk_slot_shut
DELETE FROM desk_slot WHERE office = $1 AND counter = $2 AND start_us = $3 AND appointment = 0;

-- statement desk_slot_over
DELETE FROM desk_slot WHERE office = $1 AND start_us < $2;

-- statement desk_slot_oldest
SELECT min(start_us) FROM desk_slot WHERE office = $1;

-- statement desk_slot_take
UPDATE desk_slot SET appointment = $1
WHERE office = $2 AND counter = $3 AND start_us >= $4 AND start_us < $5 AND (appointment = 0 AND free_us <= $6 OR appointment = $1);

-- statement desk_slot_leave
UPDATE desk_slot SET appointment = 0, free_us = $2 WHERE appointment = $1 AND NOT (counter = $3 AND start_us >= $4 AND start_us < $5);

-- statement desk_slot_free
UPDATE desk_slot SET appointment = 0, free_us = $2 WHERE appointment = $1;

-- statement desk_appointment_dump
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE id > $1 ORDER BY id LIMIT $2;

-- statement desk_appointment_get
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE id = $1;

-- statement desk_appointment_by_code
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE code = $1;

-- statement desk_appointment_by_person
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE service = $1 AND person = $2;

-- statement desk_appointment_between
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE office = $1 AND start_us >= $2 AND start_us < $3 ORDER BY start_us, id LIMIT 5000;

-- held or booked, and still to come
-- statement desk_appointment_open
SELECT count(*) FROM desk_appointment WHERE office = $1 AND start_us > $2 AND state IN ('held', 'booked');

-- statement desk_appointment_lapsed
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE state = 'held' AND until_us <= $1 ORDER BY id LIMIT $2;

-- statement desk_appointment_late
SELECT id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us
FROM desk_appointment WHERE state = 'booked' AND start_us <= $1 ORDER BY id LIMIT $2;

-- statement desk_appointment_soon
SELECT a.id, a.code, a.office, a.service, a.queue, a.counter, a.start_us, a.minutes, a.span, a.state, a.version, a.until_us, a.person, a.ticket, a.moves, a.made_us
FROM desk_appointment a JOIN desk_contact c ON c.appointment = a.id
WHERE a.state = 'booked' AND a.start_us > $1 AND a.start_us <= $2 AND c.reminded = 0 ORDER BY a.id LIMIT $3;

-- statement desk_appointment_add
INSERT INTO desk_appointment (id, code, office, service, queue, counter, start_us, minutes, span, state, version, until_us, person, ticket, moves, made_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'held', 1, $10, '', 0, 0, $11);

-- statement desk_appointment_told
UPDATE desk_appointment SET version = $2, until_us = $4, person = $5 WHERE id = $1 AND version = $3 AND state = 'held';

-- statement desk_appointment_turn
UPDATE desk_appointment SET version = $2, state = $4, until_us = 0, person = CASE WHEN $5 = 1 THEN person ELSE '' END WHERE id = $1 AND version = $3;

-- statement desk_appointment_arrived
UPDATE desk_appointment SET version = $2, state = 'checked_in', ticket = $4 WHERE id = $1 AND version = $3;

-- statement desk_appointment_moved
UPDATE desk_appointment SET version = $2, counter = $4, start_us = $5, span = $6, moves = moves + 1 WHERE id = $1 AND version = $3 AND state = 'booked';

-- statement desk_contact_get
SELECT name, phone, lang, sent FROM desk_contact WHERE appointment = $1;

-- statement desk_contact_set
INSERT INTO desk_contact (appointment, name, phone, lang, sent, reminded) VALUES ($1, $2, $3, $4, 1, 0)
ON CONFLICT (appointment) DO UPDATE SET name = excluded.name, phone = excluded.phone, lang = excluded.lang, sent = desk_contact.sent + 1;

-- statement desk_contact_reminded
UPDATE desk_contact SET reminded = $2 WHERE appointment = $1;

-- statement desk_contact_drop
DELETE FROM desk_contact WHERE appointment = $1;

-- whoever is not expected any more, and whose day is over
-- statement desk_contact_old
SELECT 1 FROM desk_contact WHERE NOT EXISTS (SELECT 1 FROM desk_appointment a WHERE a.id = desk_contact.appointment
  AND (a.state IN ('held', 'booked', 'checked_in') OR a.start_us >= $1)) LIMIT 1;

-- statement desk_contact_prune
DELETE FROM desk_contact WHERE NOT EXISTS (SELECT 1 FROM desk_appointment a WHERE a.id = desk_contact.appointment
  AND (a.state IN ('held', 'booked', 'checked_in') OR a.start_us >= $1));

-- statement desk_secret_get
SELECT key FROM desk_secret WHERE id = 1;

-- statement desk_secret_add
INSERT INTO desk_secret (id, key) VALUES (1, $1) ON CONFLICT (id) DO NOTHING;

-- statement desk_office_versions
SELECT office, version FROM desk_office ORDER BY office LIMIT 1000;
