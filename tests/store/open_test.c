/* Opening: private files, migrations in order, a newer folder and a second process refused. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void test_files_are_private(void **state) {
    Arena *a = arena_new(0);
    const char *top = fixture_dir(a), *dir = fixture_path(a, top, "deep/data");
    struct stat st;
    (void)state;
    Store *s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    for (const char *const *f = (const char *const[]){"yichuang.db", "yichuang.db-wal", "yichuang.db-shm", NULL}; *f;
         f++) {
        assert_int_equal(stat(fixture_path(a, dir, *f), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    store_close(s);
    fixture_remove(top);
    arena_free(a);
}

static void test_rows_come_back_as_they_went(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    StoreRows rows;
    StoreArg args[] = {store_text(STR("case/1/1")), store_int(1), store_int(7)};
    (void)state;
    Store *s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    StoreBatch *b = store_batch(a);
    store_expect(b, store_statement(s, "test_move"), args, 3, 1); /* $3 stands before $1 in its text */
    assert_true(store_commit(s, b, NULL));
    assert_true(store_query(s, store_statement(s, "test_get"), args, 1, a, &rows, NULL));
    assert_int_equal(rows.n, 1);
    assert_true(str_is(rows.cells[0].s, "case/1/1"));
    assert_int_equal(rows.cells[1].i, 7);
    assert_int_equal(rows.cells[2].kind, STORE_NULL);
    assert_true(str_is(rows.cells[3].s, "$1"));
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_tables_are_strict(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Err err = {0};
    StoreArg args[] = {store_text(STR("x")), store_text(STR("not a number"))};
    (void)state;
    Store *s = fixture_open(dir);
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(s, "test_add"), args, 2);
    assert_false(store_commit(s, b, &err));
    assert_int_equal(err.code, ERR_INVALID);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_migrations_run_once_and_newer_is_refused(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *place = fixture_place(a, dir);
    Err err = {0};
    Store *s = fixture_open(dir);
    (void)state;
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    store_close(s);
    assert_false(store_open((StoreOptions){place, true}, &fixture_schema_two, 1, &s, &err));
    assert_non_null(strstr(err.text, "older than this program"));
    for (int i = 0; i < 2; i++) {
        assert_true(store_open((StoreOptions){place, false}, &fixture_schema_two, 1, &s, &err));
        assert_int_equal(fixture_count(s, "test_count"), 1);
        store_close(s);
    }
    for (int read_only = 0; read_only < 2; read_only++) {
        assert_false(store_open((StoreOptions){place, read_only}, &fixture_schema, 1, &s, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_non_null(strstr(err.text, "newer program (test migration 2, this program knows 1)"));
    }
    assert_false(store_open((StoreOptions){place, false}, NULL, 0, &s, &err)); /* a whole room is newer */
    fixture_remove(dir);
    arena_free(a);
}

static void test_faulty_migration_leaves_nothing(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *place = fixture_place(a, dir);
    Err err = {0};
    Store *s;
    StoreSchema faulty = {"test", STR("-- migration 1: half\n-- table test_thing: scratch\n-- table test_thing: scratch\ncreate table test_thing (id integer primary key);\n"
                                      "create table test_thing (id integer primary key);\n")};
    (void)state;
    assert_false(store_open((StoreOptions){place, false}, &faulty, 1, &s, &err));
    assert_string_equal(err.element, "test migration 1");
    store_close(fixture_open(dir));
    StoreSchema misnumbered = {"test", STR("-- migration 1: first\nselect 1;\n-- migration 3: no second\nselect 1;\n")};
    assert_false(store_open((StoreOptions){place, false}, &misnumbered, 1, &s, &err));
    assert_int_equal(err.line, 3);
    StoreSchema unsaid = {"test", STR("-- migration 1: a table of no kind\ncreate table test_thing (id integer primary key);\n")};
    assert_false(store_open((StoreOptions){place, false}, &unsaid, 1, &s, &err));
    StoreSchema later = {"test", STR("-- migration 2: the first is gone\nselect 1;\n")};
    assert_false(store_open((StoreOptions){place, false}, &later, 1, &s, &err));
    assert_non_null(strstr(err.text, "early version of this program (test migration 1)"));
    fixture_remove(dir);
    arena_free(a);
}

static void test_second_writer_is_refused_a_reader_is_not(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *place = fixture_place(a, dir);
    Err err = {0};
    Store *s, *other;
    (void)state;
    assert_false(store_open((StoreOptions){place, true}, &fixture_schema, 1, &other, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    s = fixture_open(dir);
    assert_false(store_open((StoreOptions){place, false}, &fixture_schema, 1, &other, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_true(store_open((StoreOptions){place, true}, &fixture_schema, 1, &other, &err));
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    assert_int_equal(fixture_count(other, "test_count"), 1);
    store_close(other);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

/* Two server processes on one database: each sees what the other wrote, and both write one chain. */
static void test_two_writers_share_a_database(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a);
    Err err = {0};
    int64_t events, bad;
    Store *one, *two;
    (void)state;
    assert_false(store_open((StoreOptions){fixture_place(a, dir), true}, &fixture_schema, 1, &one, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND); /* a reader makes nothing */
    one = fixture_open(dir), two = fixture_open(dir);
    for (int i = 1; i <= 10; i++) {
        assert_true(fixture_write(one, STR("case/1"), i, NULL));
        assert_false(fixture_write(two, STR("case/1"), i, &err));
        assert_int_equal(err.code, ERR_CONFLICT);
        assert_true(fixture_write(two, STR("case/2"), i, NULL));
        assert_int_equal(fixture_count(one, "test_count"), 2 * i);
    }
    assert_true(store_verify(one, &events, &bad, NULL));
    assert_int_equal(events, 20);
    assert_int_equal(bad, 0);
    store_close(two);
    store_close(one);
    fixture_remove(dir);
    arena_free(a);
}

/* A program that goes on running while another one has changed the tables. */
static void test_writer_stops_when_the_tables_have_changed(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *place = fixture_place(a, dir);
    Err err = {0};
    Store *newer;
    (void)state;
    Store *older = fixture_open(dir);
    assert_true(fixture_write(older, STR("case/1"), 1, NULL));
    assert_true(store_open((StoreOptions){.dir = place}, &fixture_schema_two, 1, &newer, &err));
    assert_false(fixture_write(older, STR("case/1"), 2, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, "changed by another version of this program"));
    assert_true(fixture_write(newer, STR("case/1"), 2, NULL));
    assert_int_equal(fixture_count(newer, "test_count"), 2);
    store_close(newer);
    store_close(older);
    fixture_remove(dir);
    arena_free(a);
}

/* As on a standby: told at the start, and readers still read. */
static void test_database_that_takes_no_changes(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *place = fixture_place(a, dir);
    const char *standby = str_c(a, str_printf(a, "%s%%20-cdefault_transaction_read_only%%3Don", place));
    Err err = {0};
    Store *s;
    (void)state;
    s = fixture_open(dir);
    assert_true(fixture_write(s, STR("case/1"), 1, NULL));
    store_close(s);
    assert_false(store_open((StoreOptions){.dir = standby}, &fixture_schema, 1, &s, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, "read only"));
    assert_true(store_open((StoreOptions){standby, true}, &fixture_schema, 1, &s, &err));
    assert_int_equal(fixture_count(s, "test_count"), 1);
    store_close(s);
    fixture_remove(dir);
    arena_free(a);
}

static void test_database_that_cannot_be_a_store(void **state) {
    Arena *a = arena_new(0);
    const char *dir = fixture_dir(a), *base = getenv("YC_POSTGRES");
    const char *slash = strstr(base, "/postgres?");
    Err err = {0};
    Store *s;
    (void)state;
    fixture_sql(a, base, "create database yc_latin encoding 'SQL_ASCII' locale 'C' template template0");
    Str head = {base, (size_t)(slash - base)};
    const char *latin = str_c(a, str_printf(a, STR_FMT "/yc_latin?%s", STR_ARG(head), slash + strlen("/postgres?")));
    const char *nowhere = "postgres://nobody:secret@/postgres?host=/tmp/no-such-folder";
    assert_false(store_open((StoreOptions){.dir = latin}, &fixture_schema, 1, &s, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.text, "create it with UTF8"));
    assert_false(store_open((StoreOptions){.dir = nowhere}, &fixture_schema, 1, &s, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_null(strstr(err.cause, "secret"));
    assert_null(strstr(err.text, "secret"));
    fixture_sql(a, base, "drop database yc_latin");
    fixture_remove(dir);
    arena_free(a);
}

#define ON_BOTH                                                                                                        \
    cmocka_unit_test(test_rows_come_back_as_they_went), cmocka_unit_test(test_tables_are_strict),                      \
        cmocka_unit_test(test_migrations_run_once_and_newer_is_refused),                                               \
        cmocka_unit_test(test_faulty_migration_leaves_nothing)

int main(void) {
    const struct CMUnitTest on_sqlite[] = {
        ON_BOTH,
        cmocka_unit_test(test_files_are_private),
        cmocka_unit_test(test_second_writer_is_refused_a_reader_is_not),
    };
    const struct CMUnitTest on_postgres[] = {
        ON_BOTH,
        cmocka_unit_test(test_two_writers_share_a_database),
        cmocka_unit_test(test_writer_stops_when_the_tables_have_changed),
        cmocka_unit_test(test_database_that_takes_no_changes),
        cmocka_unit_test(test_database_that_cannot_be_a_store),
    };
    fixture_need_store();
    return fixture_on_postgres() ? cmocka_run_group_tests(on_postgres, NULL, NULL)
                                 : cmocka_run_group_tests(on_sqlite, NULL, NULL);
}
