/* The portable subset in each database's words: types and row ids outside quotes and comments, and claims. */
#include "fixture.h"

#include "../../src/store/store_in.h"

#include <string.h>

static void test_types_of_a_table(void **state) {
    Arena *a = arena_new(0);
    Str sql = STR(
        "create table t ( -- integer, 'text'\n  id INTEGER primary key, \"text\" blob, integers text default 'blob'\n"
        ") without rowid;\ncreate index i on t (id);");
    (void)state;
    assert_string_equal(store_dialect_postgres_script(a, sql),
                        "create table t ( -- integer, 'text'\n  id bigint primary key, \"text\" bytea, "
                        "integers text collate \"C\" default 'blob'\n) ;\ncreate index i on t (id);");
    assert_string_equal(
        store_dialect_sqlite_script(a, sql),
        "create table t ( -- integer, 'text'\n  id INTEGER primary key, \"text\" blob, integers text default 'blob'\n"
        ") without rowid, strict;\ncreate index i on t (id);");
    arena_free(a);
}

static void test_a_statement(void **state) {
    Arena *a = arena_new(0);
    Str sql = STR("update t set x = cast($2 as integer), y = '$1 -- skip locked' where id in (\n"
                  "select id from t where due <= $1 limit 5\n-- skip locked\n) returning id, text");
    (void)state;
    assert_string_equal(store_dialect_postgres(a, sql),
                        "update t set x = cast($2 as bigint), y = '$1 -- skip locked' where id in (\n"
                        "select id from t where due <= $1 limit 5\nfor update skip locked\n) returning id, text");
    assert_string_equal(store_dialect_sqlite(a, sql),
                        "update t set x = cast(?2 as integer), y = '$1 -- skip locked' where id in (\n"
                        "select id from t where due <= ?1 limit 5\n-- skip locked\n) returning id, text");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_of_a_table),
        cmocka_unit_test(test_a_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
