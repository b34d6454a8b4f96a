-- Offices, users and sessions. Offices and users are projections of the streams office/ID and user/LOGIN; what must
-- not be in a log that nobody can change, the hashes of passwords, is secret and kept here alone. Who looked at what
-- is in the log only, in the streams access/RECORD.

-- migration 2: offices, users, their secrets, sessions, throttling
-- table access_office: projection (id text)
create table access_office (
    id text not null primary key,
    parent text not null,
    name_zh text not null,
    name_en text not null,
    government_zh text not null,
    government_en text not null
);
create index access_office_parent on access_office (parent);
-- table access_user: projection (login text)
create table access_user (
    login text not null primary key,
    name_zh text not null,
    name_en text not null,
    office text not null references access_office (id),
    role text not null,
    created_us integer not null
);
-- table access_secret: secret
create table access_secret (
    login text not null primary key,
    salt blob not null,
    hash blob not null,
    passes integer not null,
    memory_kib integer not null
);
-- table access_session: scratch
create table access_session (
    hash blob not null primary key,
    login text not null references access_user (login),
    created_us integer not null,
    seen_us integer not null
);
-- table access_failure: scratch
create table access_failure (
    login text not null primary key,
    tries integer not null,
    since_us integer not null
);
-- table access_demo_login: secret
create table access_demo_login (
    login text not null primary key references access_user (login),
    password text not null
);

-- statement access_office_add
insert into access_office (id, parent, name_zh, name_en, government_zh, government_en)
values ($1, $2, $3, $4, $5, $6);

-- statement access_office_dump
select id, parent, name_zh, name_en, government_zh, government_en from access_office where id > $1 order by id limit $2;

-- statement access_office_get
select id, parent, name_zh, name_en, government_zh, government_en from access_office where id = $1;

-- statement access_office_own
select id from access_office where id = $1;

-- statement access_office_all
select id from access_office order by id;

-- statement access_office_below
with recursive below (id, depth) as (
    select id, 0 from access_office where id = $1
    union all
    select o.id, b.depth + 1 from access_office o join below b on o.parent = b.id where b.depth < 16
)
select id from below order by id;

-- statement access_office_above
with recursive above (id, parent, depth) as (
    select id, parent, 0 from access_office where id = $1
    union all
    select o.id, o.parent, a.depth + 1 from access_office o join above a on o.id = a.parent where a.depth < 16
)
select id from above where id = $2;

-- statement access_user_add
insert into access_user (login, name_zh, name_en, office, role, created_us) values ($1, $2, $3, $4, $5, $6);

-- statement access_user_dump
select login, name_zh, name_en, office, role, created_us from access_user where login > $1 order by login limit $2;

-- statement access_secret_add
insert into access_secret (login, salt, hash, passes, memory_kib) values ($1, $2, $3, $4, $5);

-- statement access_user_who
select name_zh, name_en, office, role from access_user where login = $1;

-- statement access_user_get
select u.name_zh, u.name_en, u.office, u.role, s.salt, s.hash, s.passes, s.memory_kib
from access_user u join access_secret s on s.login = u.login where u.login = $1;

-- statement access_demo_add
insert into access_demo_login (login, password) values ($1, $2);

-- statement access_demo_get
select d.password, u.role from access_demo_login d join access_user u on u.login = d.login where d.login = $1;

-- statement access_failure_get
select tries from access_failure where login = $1 and since_us > $2;

-- statement access_failure_add
insert into access_failure (login, tries, since_us) values ($1, 1, $2)
on conflict (login) do update set
    tries = case when access_failure.since_us > $3 then access_failure.tries + 1 else 1 end,
    since_us = case when access_failure.since_us > $3 then access_failure.since_us else $2 end;

-- statement access_failure_clear
delete from access_failure where login = $1 or since_us <= $2;

-- statement access_session_add
insert into access_session (hash, login, created_us, seen_us) values ($1, $2, $3, $3);

-- statement access_session_get
select s.created_us, s.seen_us, u.login, u.name_zh, u.name_en, u.office, u.role
from access_session s join access_user u on u.login = s.login where s.hash = $1;

-- statement access_session_touch
update access_session set seen_us = $2 where hash = $1;

-- statement access_session_end
delete from access_session where hash = $1;

-- statement access_session_expire
delete from access_session where seen_us < $1 or created_us < $2;
