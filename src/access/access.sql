-- Offices, users, sessions and the lines that say who looked at what. Sessions, failures and demonstration
-- passwords are scratch; the rest is kept.

-- migration 1: offices, users, sessions, throttling and access lines
create table access_office (
    id text not null primary key,
    parent text not null,
    name_zh text not null,
    name_en text not null,
    government_zh text not null,
    government_en text not null
);
create index access_office_parent on access_office (parent);
create table access_user (
    login text not null primary key,
    name_zh text not null,
    name_en text not null,
    office text not null references access_office (id),
    role text not null,
    salt blob not null,
    hash blob not null,
    passes integer not null,
    memory_kib integer not null,
    created_us integer not null
);
create table access_session (
    hash blob not null primary key,
    login text not null references access_user (login),
    created_us integer not null,
    seen_us integer not null
);
create table access_failure (
    login text not null primary key,
    tries integer not null,
    since_us integer not null
);
create table access_demo_login (
    login text not null primary key references access_user (login),
    password text not null
);
create table access_line (
    record text not null,
    at_us integer not null,
    login text not null,
    purpose text not null,
    office text not null,
    role text not null,
    primary key (record, at_us, login, purpose)
) without rowid;

-- statement access_office_add
insert into access_office (id, parent, name_zh, name_en, government_zh, government_en)
values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing;

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
insert into access_user (login, name_zh, name_en, office, role, salt, hash, passes, memory_kib, created_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- statement access_user_get
select name_zh, name_en, office, role, salt, hash, passes, memory_kib from access_user where login = $1;

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

-- statement access_line_add
insert into access_line (record, at_us, login, purpose, office, role) values ($1, $2, $3, $4, $5, $6)
on conflict (record, at_us, login, purpose) do nothing;

-- statement access_line_list
select l.at_us, l.office, l.role, l.purpose, o.name_zh, o.name_en
from access_line l left join access_office o on o.id = l.office
where l.record = $1 order by l.at_us desc limit 1000;

-- statement access_line_others
select count(distinct login) from access_line where record = $1 and at_us >= $2 and login <> $3;
