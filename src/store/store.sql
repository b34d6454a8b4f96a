-- The store's own tables and statements: the event log and the record of migrations run.

-- migration 1: the append-only event log; number is its place in the whole log, hash chains it
create table store_event (
    number integer primary key,
    stream text not null,
    seq integer not null,
    kind text not null,
    actor text not null,
    at_us integer not null,
    payload text not null,
    hash blob not null,
    unique (stream, seq)
);

-- statement store_event_add
insert into store_event (number, stream, seq, kind, actor, at_us, payload, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- statement store_event_next
select coalesce(max(seq), 0) + 1 from store_event where stream = $1;

-- statement store_event_last
select number, hash from store_event order by number desc limit 1;

-- statement store_event_stream
select number, seq, at_us, stream, kind, actor, payload from store_event
where stream = $1 and seq > $2 order by seq limit $3;

-- statement store_event_page
select number, seq, at_us, stream, kind, actor, payload, hash from store_event
where number > $1 order by number limit $2;

-- statement store_migration_add
insert into store_migration (room, number, why, at_us) values ($1, $2, $3, $4);

-- statement store_migration_last
select room, max(number) from store_migration group by room order by room;
