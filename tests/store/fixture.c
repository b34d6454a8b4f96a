/* See fixture.h. Folders are made under TMPDIR or /tmp and removed by the test that made them. */
#include "fixture.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST                                                                                                          \
    "-- the tests' own room\n"                                                                                         \
    "-- migration 1: things; a comment's ';' and 'quotes' stay\n"                                                      \
    "-- table test_thing: scratch\n"                                                                                   \
    "create table test_thing ( -- STRICT is added\n"                                                                   \
    "    id text not null primary key, count integer not null, unique (id, count)\n);\n"                               \
    "create index test_thing_count on test_thing (count);\n"
#define STATEMENTS                                                                                                     \
    "-- statement test_add\ninsert into test_thing (id, count) values ($1, $2);\n"                                     \
    "-- statement test_move\nupdate test_thing set count = $3 where count = $2 and id = $1;\n"                         \
    "-- statement test_get\nselect id, count, null, '$1' from test_thing where id = $1;\n"                             \
    "-- statement test_count\nselect count(*) from test_thing;\n"                                                      \
    "-- statement test_events\nselect count(*) from store_event;\n"                                                    \
    "-- statement test_halves\nselect count(*) from store_event e join store_word s on s.id = e.stream\n"              \
    "left join store_word n on n.id = -e.name left join test_thing t\n"                                               \
    "on t.id = s.word || coalesce('/' || n.word, '') || '/' || e.seq where t.id is null;\n"                                                         \
    "-- statement test_forge\nupdate store_event set payload = '{\"n\":9}' where number = $1;\n"

const StoreSchema fixture_schema = {"test", STR_INIT(FIRST STATEMENTS)};
const StoreSchema fixture_schema_two = {
    "test",
    STR_INIT(FIRST "-- migration 2: a second table\n-- table test_other: scratch\ncreate table test_other (id integer primary key);\n" STATEMENTS)};

const char *fixture_dir(Arena *a) {
    const char *base = getenv("TMPDIR");
    char *dir = str_c(a, str_printf(a, "%s/yc-store-XXXXXX", base ? base : "/tmp"));
    assert_non_null(mkdtemp(dir));
    return dir;
}

bool fixture_on_postgres(void) {
    const char *on = getenv("YC_TEST_ON");
    return on && strcmp(on, "postgres") == 0;
}

void fixture_need_store(void) {
    if (!fixture_on_postgres() || getenv("YC_POSTGRES")) return;
    puts("1..1\nok 1 - nothing to run on\n# skipped: there is no PostgreSQL server here");
    exit(0);
}

void fixture_sql(Arena *a, const char *place, const char *sql) {
    PGconn *pg = PQconnectdb(place);
    PGresult *r = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, str_c(a, str_of(PQerrorMessage(pg))));
    PQclear(r);
    PQfinish(pg);
}

/* Schemas are named by a hash of the folder's path (FNV-1a). */
static const char *schema_of(Arena *a, const char *dir) {
    uint64_t h = 14695981039346656037u;
    for (const char *p = dir; *p; p++) h = (h ^ (uint8_t)*p) * 1099511628211u;
    return str_c(a, str_printf(a, "yc_%016llx", (unsigned long long)h));
}

const char *fixture_place(Arena *a, const char *dir) {
    if (!fixture_on_postgres()) return dir;
    const char *base = getenv("YC_POSTGRES"), *schema = schema_of(a, dir);
    fixture_sql(a, base,
                str_c(a, str_printf(a, "set client_min_messages = error; create schema if not exists %s", schema)));
    return str_c(a, str_printf(a, "%s&options=-csearch_path%%3D%s", base, schema));
}

const char *fixture_path(Arena *a, const char *dir, const char *name) {
    return str_c(a, str_printf(a, "%s/%s", dir, name));
}

void fixture_remove(const char *dir) {
    Arena *a = arena_new(0);
    DIR *d = opendir(dir);
    for (const struct dirent *e; d && (e = readdir(d));) {
        const char *path = fixture_path(a, dir, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (e->d_type == DT_DIR)
            fixture_remove(path);
        else
            unlink(path);
    }
    if (d) closedir(d);
    rmdir(dir);
    arena_free(a);
}

Store *fixture_open(const char *dir) {
    Store *s = NULL;
    Err err = {0};
    Arena *a = arena_new(0);
    if (!store_open((StoreOptions){.dir = fixture_place(a, dir)}, &fixture_schema, 1, &s, &err))
        fail_msg("%s (%s)", err.text, err.cause);
    arena_free(a);
    return s;
}

bool fixture_write(Store *s, Str stream, int64_t seq, Err *err) {
    Arena *a = arena_new(0);
    StoreBatch *b = store_batch(a);
    StoreArg row[] = {store_text(str_printf(a, STR_FMT "/%lld", STR_ARG(stream), (long long)seq)), store_int(seq)};
    store_event(b, stream, seq, STR("made"), STR("wang"), 1000 + seq, str_printf(a, "{\"n\":%lld}", (long long)seq));
    store_expect(b, store_statement(s, "test_add"), row, 2, 1);
    bool ok = store_commit(s, b, err);
    arena_free(a);
    return ok;
}

int64_t fixture_count(Store *s, const char *statement) {
    Arena *a = arena_new(0);
    StoreRows rows;
    Err err = {0};
    if (!store_query(s, store_statement(s, statement), NULL, 0, a, &rows, &err))
        fail_msg("%s (%s)", err.text, err.cause);
    int64_t count = rows.cells[0].i;
    arena_free(a);
    return count;
}
