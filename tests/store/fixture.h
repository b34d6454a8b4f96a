/* What the store's tests share: a private folder that vanishes, a small room of tables, and one way to
 * write a numbered event together with its projection. The same test runs on PostgreSQL when YC_TEST_ON=postgres:
 * then each folder stands for a schema of its own in the cluster that tests/postgres/with has started. */
#ifndef YC_TESTS_STORE_FIXTURE_H
#define YC_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* needs the three above it */

#include "store/store.h"

extern const StoreSchema fixture_schema;     /* room test: table test_thing (id, count) */
extern const StoreSchema fixture_schema_two; /* the same room one migration later */

const char *fixture_dir(Arena *a); /* a fresh empty folder, 0700 */
const char *fixture_path(Arena *a, const char *dir, const char *name);
bool fixture_on_postgres(void);
/* Ends the program as passed when it is to run on PostgreSQL and there is none. First in main. */
void fixture_need_store(void);
/* Where the store of a folder is: the folder, or its schema's URL. */
const char *fixture_place(Arena *a, const char *dir);
void fixture_sql(Arena *a, const char *place, const char *sql); /* runs SQL on PostgreSQL, behind the store's back */
void fixture_remove(const char *dir);                           /* the folder and everything in it */
Store *fixture_open(const char *dir);                           /* fails the test when it cannot */
/* One batch: event `seq` of `stream` and the row "stream/seq". */
bool fixture_write(Store *s, Str stream, int64_t seq, Err *err);
int64_t fixture_count(Store *s, const char *statement); /* the one number a statement gives */

#endif
