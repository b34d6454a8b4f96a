/* Whole tables of PostgreSQL, in and out: rows are read as the server sends them and written by COPY, so that no
 * table needs to fit into memory; and the snapshot of a database as one SQLite file. */
#include "store/postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool store_pg_tables(StoreConn *c, Arena *a, StoreRows *out, Err *err) {
    static const char sql[] =
        "select c.relname::text, count(*) from pg_class c join pg_attribute t on t.attrelid = c.oid and t.attnum > 0 "
        "and not t.attisdropped where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace "
        "and c.relname <> 'store_turn' group by c.oid, c.relname order by c.oid";
    PGresult *r = PQexecParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1);
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK ? store_pg_rows(r, a, out, err) : store_pg_trouble(c, r, err);
    PQclear(r);
    return ok;
}

/* ---- out ------------------------------------------------------------------------------------------------------- */
/* One result of a scan: a row, or the end. */
static bool take_row(StoreConn *c, const PGresult *r, StoreSink sink, Arena *a, Err *err) {
    StoreRows row;
    if (PQresultStatus(r) == PGRES_TUPLES_OK) return true;
    if (PQresultStatus(r) != PGRES_SINGLE_TUPLE) return store_pg_trouble(c, r, err);
    arena_reset(a);
    TRY(store_pg_rows(r, a, &row, err));
    return sink.take(sink.context, row.cells, row.columns, err);
}

bool store_pg_scan(StoreConn *c, Str table, StoreSink sink, Err *err) {
    Arena *a = arena_new(0);
    const char *sql = str_c(a, str_printf(a, "select * from \"" STR_FMT "\"", STR_ARG(table)));
    bool ok = PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1) && PQsetSingleRowMode(c->pg);
    if (!ok) store_pg_trouble(c, NULL, err);
    for (PGresult *r; ok && c->pg && (r = PQgetResult(c->pg));) {
        ok = take_row(c, r, sink, a, err);
        PQclear(r);
    }
    if (!ok) store_pg_drop(c); /* with the rest of the rows */
    arena_free(a);
    return ok;
}

/* ---- in: COPY's binary form -------------------------------------------------------------------------------------- */
static bool put(StoreConn *c, const void *bytes, size_t n, Err *err) {
    return PQputCopyData(c->pg, bytes, (int)n) == 1 || store_pg_trouble(c, NULL, err);
}

static bool put_number(StoreConn *c, int64_t number, size_t bytes, Err *err) {
    uint8_t all[8];
    for (size_t i = 0; i < bytes; i++) all[i] = (uint8_t)((uint64_t)number >> (8 * (bytes - 1 - i)));
    return put(c, all, bytes, err);
}

bool store_pg_load_begin(StoreConn *c, Str table, size_t columns, Err *err) {
    static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, length of an extension */
    Arena *scratch = arena_new(0);
    (void)columns;
    PGresult *r = PQexec(
        c->pg, str_c(scratch, str_printf(scratch, "copy \"" STR_FMT "\" from stdin (format binary)", STR_ARG(table))));
    bool ok = PQresultStatus(r) == PGRES_COPY_IN || store_pg_trouble(c, r, err);
    PQclear(r);
    arena_free(scratch);
    return ok && put(c, head, sizeof head, err);
}

static bool put_cell(StoreConn *c, const StoreArg *cell, Err *err) {
    if (cell->kind == STORE_NULL) return put_number(c, -1, 4, err);
    if (cell->kind == STORE_INT) return put_number(c, 8, 4, err) && put_number(c, cell->i, 8, err);
    if (cell->s.n > INT32_MAX) return err_set(err, ERR_LIMIT, "store", "a text is too large for the database");
    return put_number(c, (int64_t)cell->s.n, 4, err) && put(c, cell->s.p, cell->s.n, err);
}

bool store_pg_load_row(StoreConn *c, const StoreArg *cells, size_t n, Err *err) {
    TRY(put_number(c, (int64_t)n, 2, err));
    for (size_t i = 0; i < n; i++) TRY(put_cell(c, &cells[i], err));
    return true;
}

bool store_pg_load_end(StoreConn *c, Err *err) {
    TRY(put_number(c, -1, 2, err));
    if (PQputCopyEnd(c->pg, NULL) != 1) return store_pg_trouble(c, NULL, err);
    PGresult *r = PQgetResult(c->pg);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || store_pg_trouble(c, r, err);
    PQclear(r);
    if (c->pg) PQclear(PQgetResult(c->pg));
    return ok;
}

/* ---- a snapshot as a file ------------------------------------------------------------------------------------------
 */
static bool copy_all(StoreConn *c, StoreConn *file, Arena *a, Err *err) {
    StoreRows ran, tables;
    TRY(store_postgres.query(c, store_catalog_find(c->catalog, "store_migration_last"), NULL, 0, a, &ran, err));
    TRY(store_sqlite.script(file, STR("pragma foreign_keys = off"), err)); /* the check at the end looks at them */
    TRY(store_sqlite.control(file, STORE_BEGIN, err));
    TRY(store_move_tables(&store_sqlite, file, c->catalog, &ran, err));
    TRY(store_sqlite.tables(file, a, &tables, err));
    TRY(store_move_rows(&store_postgres, c, &store_sqlite, file, &tables, err));
    TRY(store_sqlite.control(file, STORE_COMMIT, err));
    return store_sqlite.script(file, STR("pragma journal_mode = delete"), err);
}

bool store_pg_copy(StoreConn *c, const char *to_path, Err *err) {
    StoreConn *file;
    TRY(store_pg_alive(c, err));
    TRY(store_pg_exec(c, "begin isolation level repeatable read read only; set local statement_timeout = 0", err));
    TRY(store_sqlite.connect(to_path, c->catalog, STORE_WRITER, &file, err));
    Arena *a = arena_new(0);
    bool ok = copy_all(c, file, a, err);
    store_sqlite.disconnect(file);
    unlink(str_c(a, str_printf(a, "%s.lock", to_path)));
    Err ignored = {0};
    if (c->pg && !store_pg_exec(c, "commit", &ignored)) store_pg_drop(c);
    arena_free(a);
    return ok && store_sync_path(to_path, err);
}
