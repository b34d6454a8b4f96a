/* The SQLite extension through SQLite's own interface: one law over a table of cases, its trace as rows, and
 * an SQL error with the place for each kind of wrong call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#define LOAN EXAMPLES "/loan.dmn"

static int setup(void **state) {
    sqlite3 *db = NULL;
    char *error = NULL;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 1;
    sqlite3_enable_load_extension(db, 1);
    if (sqlite3_load_extension(db, EXTENSION, NULL, &error) != SQLITE_OK) {
        print_error("%s\n", error);
        return 1;
    }
    *state = db;
    return sqlite3_exec(
        db,
        "CREATE TABLE loan(id, due, returned, child);"
        "INSERT INTO loan VALUES (1,'2026-03-01','2026-02-27',false),(2,'2026-03-01','2026-03-13',false),"
        "(3,'2026-03-01','2026-03-13',true),(4,'2026-03-01','2026-05-01',false);",
        NULL, NULL, NULL);
}

static int teardown(void **state) {
    return sqlite3_close(*state) != SQLITE_OK;
}

/* All rows: columns parted by |, rows by a line end; or the error after a !. */
static const char *sql(sqlite3 *db, const char *text) {
    static char out[4096];
    sqlite3_stmt *s = NULL;
    size_t n = 0;
    int code = sqlite3_prepare_v2(db, text, -1, &s, NULL);
    out[0] = '\0';
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *cell = (const char *)sqlite3_column_text(s, i);
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i > 0 ? "|" : "", cell != NULL ? cell : "NULL");
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "\n");
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE) snprintf(out, sizeof out, "!%s", sqlite3_errmsg(db));
    sqlite3_finalize(s);
    return out;
}

#define CASE "json_object('due',due,'returned',returned,'child',json(iif(child,'true','false')))"

static void test_a_law_runs_over_a_table(void **state) {
    assert_string_equal(sql(*state, "SELECT id, dmn_decide('" LOAN "', 'charge', " CASE ") FROM loan"),
                        "1|0\n2|1.20\n3|0\n4|25.00\n");
}

static void test_which_rule_and_article_decided(void **state) {
    assert_string_equal(sql(*state, "SELECT id, t.rule, t.rule_id, t.articles FROM loan, dmn_trace('" LOAN
                                    "', 'charge', " CASE ") t WHERE t.matched"),
                        "1|1|in-time|rules:7\n2|3|late|rules:8\n3|2|child|rules:9\n4|4|lost|rules:8 rules:12\n");
}

static void test_a_trace_says_why_not(void **state) {
    assert_string_equal(sql(*state, "SELECT rule, why, output FROM dmn_trace('" LOAN "', 'charge', '{\"due\": "
                                    "\"2026-03-01\", \"returned\": \"2026-03-13\", \"child\": true}')"),
                        "1|Input 1 (days late) is 12; the cell asks for <= 0.|0\n2|It made the result.|0\n"
                        "3|It matches, but rule child comes first.|0\n"
                        "4|Input 1 (days late) is 12; the cell asks for > 30.|0\nNULL|NULL|0\n");
    assert_string_equal(sql(*state, "SELECT why, output FROM dmn_trace('" LOAN "', 'charge', '{}') WHERE step IS NULL"),
                        "No rule of the table matches.|null\n");
}

static void test_null_in_null_out(void **state) {
    assert_string_equal(sql(*state, "SELECT dmn_decide('" LOAN "', 'charge', NULL), dmn_decide(NULL, 'a', '{}')"),
                        "NULL|NULL\n");
    assert_string_equal(sql(*state, "SELECT count(*) FROM dmn_trace(NULL, 'a', '{}')"), "0\n");
}

static void test_wrong_calls_are_sql_errors_with_their_place(void **state) {
    assert_string_equal(sql(*state, "SELECT dmn_decide('none.dmn', 'charge', '{}')"),
                        "!none.dmn: there is no such file");
    assert_string_equal(sql(*state, "SELECT dmn_decide('" LOAN "', 'fee', '{}')"),
                        "!the model has no decision \"fee\"");
    assert_string_equal(sql(*state, "SELECT dmn_decide('" LOAN "', 'charge', '[]')"),
                        "!input: The input must be a JSON object of values by name.");
    assert_non_null(strstr(sql(*state, "SELECT * FROM dmn_trace('" LOAN "', 'charge', '{]')"), "!input: line 1:2"));
    assert_string_equal(sql(*state, "SELECT * FROM dmn_trace('" LOAN "')"),
                        "!dmn_trace needs a model, a decision and JSON");
}

#define MODEL(text)                                                                                                    \
    "'<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" namespace=\"u\" name=\"m\">"                 \
    "<decision id=\"x1\" name=\"d\"><literalExpression><text>" text "</text></literalExpression></decision>"           \
    "</definitions>'"

static void test_a_model_may_be_the_xml_itself(void **state) {
    assert_string_equal(sql(*state, "SELECT dmn_decide(" MODEL("1 + 1") ", 'd', '{}')"), "2\n");
    assert_string_equal(sql(*state, "SELECT dmn_decide(CAST(" MODEL("1 + 2") " AS BLOB), 'd', '{}')"), "3\n");
    assert_non_null(strstr(sql(*state, "SELECT dmn_decide(" MODEL("1 +") ", 'd', '{}')"), ": x1: in `1 +`: a value expected"));
}

/* More models than are kept, all in one statement, then the first again. */
static void test_more_models_than_are_kept(void **state) {
    assert_string_equal(sql(*state,
                            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT "
                            "sum(CAST(dmn_decide(replace(" MODEL("77") ", '77', i % 20), 'd', '{}') AS INT)) FROM n"),
                        "380\n");
}

static void write_model(const char *path, const char *value) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(
        f,
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='u' name='m'><decision name='d'>"
        "<literalExpression><text>%s</text></literalExpression></decision></definitions>",
        value);
    fclose(f);
}

static void test_a_changed_file_is_compiled_again(void **state) {
    char path[] = "/tmp/yichuang-law-XXXXXX", text[128];
    assert_true(mkstemp(path) >= 0);
    snprintf(text, sizeof text, "SELECT dmn_decide('%s', 'd', '{}')", path);
    write_model(path, "1");
    assert_string_equal(sql(*state, text), "1\n");
    write_model(path, "222");
    assert_string_equal(sql(*state, text), "222\n");
    remove(path);
}

/* A view or trigger in a database from elsewhere must not make us open files. */
static void test_a_schema_cannot_call_it(void **state) {
    sqlite3_exec(*state, "CREATE VIEW w AS SELECT dmn_decide('" LOAN "', 'charge', '{}')", NULL, NULL, NULL);
    assert_non_null(strstr(sql(*state, "SELECT * FROM w"), "!unsafe use of dmn_decide"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_law_runs_over_a_table),
        cmocka_unit_test(test_which_rule_and_article_decided),
        cmocka_unit_test(test_a_trace_says_why_not),
        cmocka_unit_test(test_null_in_null_out),
        cmocka_unit_test(test_wrong_calls_are_sql_errors_with_their_place),
        cmocka_unit_test(test_a_model_may_be_the_xml_itself),
        cmocka_unit_test(test_more_models_than_are_kept),
        cmocka_unit_test(test_a_changed_file_is_compiled_again),
        cmocka_unit_test(test_a_schema_cannot_call_it),
    };
    return cmocka_run_group_tests_name("sqlite", tests, setup, teardown);
}
