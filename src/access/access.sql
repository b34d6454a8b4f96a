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

-- migration 3: grants, qualifications, second factors, sessions that wait for something
-- until_us null: without end. office '': every office. service '': every service. no: the event that granted it
alter table access_user add column disabled integer not null default 0;
alter table access_user add column first_password integer not null default 0;
-- table access_grant: projection (login text, no integer)
create table access_grant (
    login text not null,
    no integer not null,
    what text not null,
    office text not null,
    below integer not null,
    service text not null,
    until_us integer,
    primary key (login, no)
);
insert into access_grant (login, no, what, office, below, service, until_us)
select login, 1, role, case when role = 'legal' then '' else office end, case when role in ('clerk', 'officer') then 0 else 1 end, '', null
from access_user;
-- table access_qualification: projection (login text, service text)
create table access_qualification (
    login text not null,
    service text not null,
    until_us integer not null,
    primary key (login, service)
);
-- what the authority asks of its staff: "qualified" SERVICE, "code" ROLE
-- table access_rule: projection (rule text, name text)
create table access_rule (
    rule text not null,
    name text not null,
    primary key (rule, name)
);
-- used: the last period of 30 seconds whose code was taken, so that none is taken twice
-- table access_code: secret
create table access_code (
    login text not null primary key references access_user (login),
    secret blob not null,
    used integer not null
);
-- table access_recovery: secret
create table access_recovery (
    hash blob not null primary key,
    login text not null references access_user (login)
);
alter table access_session add column locked integer not null default 0;
alter table access_session add column proved integer not null default 0;

-- statement access_office_add
insert into access_office (id, parent, name_zh, name_en, government_zh, government_en)
values ($1, $2, $3, $4, $5, $6);

-- statement access_office_move
update access_office set parent = $2 where id = $1;

-- changes nothing, but one row only while the office does not lie above the parent that it shall have
-- statement access_office_unlooped
update access_office set parent = parent where id = $1 and not exists (
    with recursive above (id, parent, depth) as (
        select id, parent, 0 from access_office where id = $2
        union all
        select o.id, o.parent, a.depth + 1 from access_office o join above a on o.id = a.parent where a.depth < 16
    )
    select id from above where id = $1
);

-- statement access_office_rename
update access_office set name_zh = $2, name_en = $3 where id = $1;

-- statement access_office_list
select id, parent, name_zh, name_en, government_zh, government_en from access_office order by id;

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
insert into access_user (login, name_zh, name_en, office, role, created_us, disabled, first_password) values ($1, $2, $3, $4, $5, $6, 0, $7);

-- statement access_user_dump
select login, name_zh, name_en, office, role, created_us, disabled, first_password from access_user where login > $1 order by login limit $2;

-- statement access_user_list
select login, name_zh, name_en, office, role, disabled, first_password from access_user order by office, login;

-- statement access_user_one
select login, name_zh, name_en, office, role, disabled, first_password from access_user where login = $1;

-- statement access_sessions_of
select created_us, seen_us from access_session where login = $1 and seen_us >= $2 and created_us >= $3 order by created_us;

-- statement access_user_disable
update access_user set disabled = $2 where login = $1;

-- statement access_user_first
update access_user set first_password = $2 where login = $1;

-- statement access_user_move
update access_user set office = $2 where login = $1;

-- statement access_grant_add
insert into access_grant (login, no, what, office, below, service, until_us) values ($1, $2, $3, $4, $5, $6, $7);

-- statement access_grant_drop
delete from access_grant where login = $1 and no = $2;

-- statement access_grant_move
update access_grant set office = $3 where login = $1 and office = $2;

-- statement access_grant_dump
select login, no, what, office, below, service, until_us from access_grant
where login > $1 or (login = $1 and no > $2) order by login, no limit $3;

-- statement access_grants_of
select no, what, office, below, service, until_us from access_grant where login = $1 order by no limit 100;

-- statement access_qualification_set
insert into access_qualification (login, service, until_us) values ($1, $2, $3)
on conflict (login, service) do update set until_us = $3;

-- statement access_qualification_drop
delete from access_qualification where login = $1 and service = $2;

-- statement access_qualification_dump
select login, service, until_us from access_qualification
where login > $1 or (login = $1 and service > $2) order by login, service limit $3;

-- statement access_qualifications_of
select service, until_us from access_qualification where login = $1 order by service limit 1000;

-- statement access_rule_clear
delete from access_rule;

-- statement access_rule_add
insert into access_rule (rule, name) values ($1, $2) on conflict (rule, name) do nothing;

-- statement access_rule_dump
select rule, name from access_rule where rule > $1 or (rule = $1 and name > $2) order by rule, name limit $3;

-- statement access_rule_qualified
select name from access_rule where rule = 'qualified' order by name;

-- one row when the authority asks for a qualification that this person has not, or has no more
-- statement access_unqualified
select r.name, q.until_us
from access_rule r left join access_qualification q on q.login = $1 and q.service = $2
where r.rule = 'qualified' and r.name = $2 and (q.until_us is null or q.until_us <= $3);

-- statement access_secret_set
insert into access_secret (login, salt, hash, passes, memory_kib) values ($1, $2, $3, $4, $5)
on conflict (login) do update set salt = $2, hash = $3, passes = $4, memory_kib = $5;

-- statement access_user_who
select name_zh, name_en, office, role, disabled from access_user where login = $1;

-- statement access_user_of
select login from access_user where office = $1 order by login limit $2;

-- statement access_user_get
select u.name_zh, u.name_en, u.office, u.role, s.salt, s.hash, s.passes, s.memory_kib, u.disabled, u.first_password
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
select s.created_us, s.seen_us, u.login, u.name_zh, u.name_en, u.office, u.role, u.disabled, u.first_password, s.locked, s.proved, c.used,
    g.no, g.what, g.office, g.below, g.service, g.until_us
from access_session s join access_user u on u.login = s.login
    left join access_code c on c.login = u.login
    left join access_grant g on g.login = u.login
where s.hash = $1 order by g.no limit 100;

-- statement access_session_lock
update access_session set locked = $2 where hash = $1;

-- statement access_session_end_all
delete from access_session where login = $1;

-- statement access_session_touch
update access_session set seen_us = $2 where hash = $1;

-- statement access_session_end
delete from access_session where hash = $1;

-- statement access_session_expire
delete from access_session where seen_us < $1 or created_us < $2;
