-- The store's own tables and statements: the event log, the words in it, and the record of migrations run.
-- Kinds, actors and the names of streams are kept once, as words; a stream is one word and an identifier
-- (store_id_text) or a second word (minus its number), 0 for a stream of one word.

-- migration 2: the append-only event log; number is its place in the whole log, hash chains it
-- table store_word: log
create table store_word (
    id integer primary key,
    word text not null unique
);
-- table store_event: log
create table store_event (
    number integer primary key,
    stream integer not null,
    name integer not null,
    seq integer not null,
    kind integer not null,
    actor integer not null,
    at_us integer not null,
    payload text not null,
    hash blob not null
);
create unique index store_event_place on store_event (stream, name, seq);
-- table store_head: log
create table store_head (
    one integer primary key,
    number integer not null,
    hash blob not null
);

-- migration 3: blobs: bytes beside the log, in parts, kept once by their SHA-256 (null while one grows)
-- table store_blob: log
create table store_blob (
    id integer primary key,
    hash blob unique,
    size integer not null,
    uses integer not null
);
-- table store_part: log
create table store_part (
    whole integer not null,
    place integer not null,
    bytes blob not null,
    primary key (whole, place)
);

-- statement store_word_add
insert into store_word (id, word) select coalesce(max(id), 0) + 1, $1 from store_word where true
on conflict (word) do nothing;

-- statement store_word_get
select id from store_word where word = $1;

-- statement store_word_text
select word from store_word where id = $1;

-- statement store_event_add
insert into store_event (number, stream, name, seq, kind, actor, at_us, payload, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- statement store_event_next
select coalesce(max(seq), 0) + 1 from store_event where stream = $1 and name = $2;

-- statement store_event_last
select number, hash from store_event order by number desc limit 1;

-- statement store_event_newest
select at_us from store_event order by number desc limit 1;

-- statement store_head_get
select number, hash from store_head where one = 1;

-- statement store_head_set
insert into store_head (one, number, hash) values (1, $1, $2)
on conflict (one) do update set number = $1, hash = $2;

-- statement store_event_stream
select e.number, e.seq, e.at_us, s.word, e.name, n.word, k.word, a.word, e.payload
from store_event e
    join store_word s on s.id = e.stream join store_word k on k.id = e.kind join store_word a on a.id = e.actor
    left join store_word n on n.id = -e.name
where e.stream = (select id from store_word where word = $1)
    and e.name = coalesce($2, -(select id from store_word where word = $3)) and e.seq > $4
order by e.seq limit $5;

-- statement store_event_names
select distinct n.word from store_event e join store_word n on n.id = -e.name
where e.stream = (select id from store_word where word = $1) order by n.word;

-- statement store_event_latest
select e.number, e.seq, e.at_us, s.word, e.name, n.word, k.word, a.word, e.payload
from store_event e
    join store_word s on s.id = e.stream join store_word k on k.id = e.kind join store_word a on a.id = e.actor
    left join store_word n on n.id = -e.name
where e.stream = (select id from store_word where word = $1)
    and e.name = coalesce($2, -(select id from store_word where word = $3))
order by e.seq desc limit $4;

-- statement store_event_page
select e.number, e.seq, e.at_us, s.word, e.name, n.word, k.word, a.word, e.payload, e.hash
from store_event e
    left join store_word s on s.id = e.stream left join store_word k on k.id = e.kind
    left join store_word a on a.id = e.actor left join store_word n on n.id = -e.name
where e.number > $1 order by e.number limit $2;

-- statement store_migration_add
insert into store_migration (room, number, why, at_us) values ($1, $2, $3, $4);

-- statement store_migration_last
select room, max(number) from store_migration group by room order by room;

-- statement store_blob_add
insert into store_blob (id, hash, size, uses) values ($1, null, 0, 1);

-- statement store_blob_grow
update store_blob set size = size + $3 where id = $1 and size = $2 and hash is null;

-- statement store_part_add
insert into store_part (whole, place, bytes) values ($1, $2, $3);

-- statement store_blob_get
select id, hash, size from store_blob where id = $1;

-- statement store_blob_find
select id, hash, size from store_blob where hash = $1;

-- statement store_blob_page
select id, hash, size from store_blob where id > $1 and hash is not null order by id limit $2;

-- statement store_blob_sum
select count(*), cast(coalesce(sum(size), 0) as bigint) from store_blob where hash is not null;

-- statement store_part_get
select bytes from store_part where whole = $1 and place = $2;

-- statement store_blob_seal
update store_blob set hash = $2 where id = $1 and size = $3 and hash is null;

-- statement store_blob_hold
update store_blob set uses = uses + 1 where id = $1 and hash is not null;

-- statement store_blob_leave
update store_blob set uses = uses - 1 where id = $1;

-- statement store_part_drop
delete from store_part where whole in (select id from store_blob where id = $1 and uses = 0);

-- statement store_blob_drop
delete from store_blob where id = $1 and uses = 0;
