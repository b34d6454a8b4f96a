/* The SQLite engine: the only file but sqlite_wal.c that includes sqlite3.h. WAL and synchronous FULL, so a commit that
 * returned is on disk; checkpoints run between commits, after the answers, and their errors are seen.
 * Translates SQLite's result codes; decides nothing. */
#include "store/sqlite_wal.h"
#include "store/store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    CHECKPOINT_PAGES = 8000,  /* WAL pages after which it is copied into the database */
    RESTART_PAGES = 32000,    /* WAL pages after which a checkpoint waits for readers, so that it ends */
    BUSY_MS = 5000,           /* patience with a foreign process that holds a lock */
    CONTROLS = STORE_UNDO + 1 /* transaction commands */
};

struct StoreConn {
    Arena *a;                         /* owner of this struct */
    sqlite3 *db;                      /* the connection */
    const StoreCatalog *catalog;      /* statement texts */
    sqlite3_stmt **statements;        /* prepared at first use, by number */
    sqlite3_stmt *controls[CONTROLS]; /* prepared at first use, by StoreControl */
    bool writes;                      /* a writer */
    int lock;                         /* file descriptor that holds the place, or -1 */
    int wal_pages;                    /* length of the WAL after the last commit */
    StoreWalVfs wal;                  /* of a writer */
    sqlite3_stmt *load;               /* fills a table, between load_begin and load_end */
};

/* ---- errors ------------------------------------------------------------------------------------------ */
static bool is_full(sqlite3 *db, int rc) {
    int os = sqlite3_system_errno(db);
    /* A full disk also shows when the WAL's index cannot grow, and as a failed write under a quota. */
    return (rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_SHMSIZE ||
           (rc == SQLITE_IOERR_WRITE && (os == ENOSPC || os == EDQUOT || os == EFBIG));
}

static ErrCode code_of(StoreConn *c, int rc) {
    if (is_full(c->db, rc)) return ERR_DISK_FULL;
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return ERR_CONFLICT;
    }
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
        return ERR_INVALID;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    case SQLITE_READONLY: /* it has become so (sqlite_wal.c) */
        return ERR_READ_ONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}

static const char *sentence_of(ErrCode code, int rc) {
    if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        return "the database file is damaged: keep a copy of it and restore the newest backup";
    switch (code) {
    case ERR_DISK_FULL:
        return "the disk is full; nothing was written";
    case ERR_READ_ONLY:
        return "the disk has become read-only; nothing was written";
    case ERR_CONFLICT:
        return "somebody else was first: this number or name is taken";
    case ERR_INVALID:
        return "the database refuses this";
    case ERR_LIMIT:
        return "a text is too large for the database";
    case ERR_BUSY:
        return "the database is busy; try again";
    default:
        return "the database cannot be read or written";
    }
}

static bool trouble(StoreConn *c, Err *err) {
    int rc = sqlite3_extended_errcode(c->db);
    ErrCode code = code_of(c, rc);
    err_set(err, code, "store", "%s", sentence_of(code, rc));
    if (err) snprintf(err->cause, sizeof err->cause, "%s", sqlite3_errmsg(c->db));
    return false;
}

/* ---- statements ------------------------------------------------------------------------------------------ */
static bool prepared(StoreConn *c, int statement, sqlite3_stmt **out, Err *err) {
    assert(statement >= 0 && (size_t)statement < c->catalog->n_statements);
    if (!c->statements[statement]) {
        const StoreNamed *named = &c->catalog->statements[statement];
        Arena *scratch = arena_new(0);
        int rc = sqlite3_prepare_v3(c->db, store_dialect_sqlite(scratch, named->sql), -1, SQLITE_PREPARE_PERSISTENT,
                                    &c->statements[statement], NULL);
        arena_free(scratch);
        if (rc != SQLITE_OK) {
            trouble(c, err);
            if (err) err_element(err, named->name);
            return false;
        }
    }
    *out = c->statements[statement];
    return true;
}

static void bind(sqlite3_stmt *st, const StoreArg *args, size_t n) {
    assert((size_t)sqlite3_bind_parameter_count(st) == n);
    for (int i = 0; i < (int)n; i++) {
        const StoreArg *arg = &args[i];
        const char *bytes = arg->s.p ? arg->s.p : "";
        switch (arg->kind) {
        case STORE_NULL:
            sqlite3_bind_null(st, i + 1);
            break;
        case STORE_INT:
            sqlite3_bind_int64(st, i + 1, arg->i);
            break;
        case STORE_TEXT:
            sqlite3_bind_text64(st, i + 1, bytes, arg->s.n, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case STORE_BLOB:
            sqlite3_bind_blob64(st, i + 1, bytes, arg->s.n, SQLITE_STATIC);
            break;
        }
    }
}

/* Steps to the end and leaves the statement ready for the next use, with nothing bound to foreign memory. */
static bool finish(StoreConn *c, sqlite3_stmt *st, Err *err) {
    int rc;
    do rc = sqlite3_step(st);
    while (rc == SQLITE_ROW);
    bool ok = rc == SQLITE_DONE || trouble(c, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return ok;
}

static bool sqlite_run(StoreConn *c, int statement, const StoreArg *args, size_t n, int64_t *changed, Err *err) {
    sqlite3_stmt *st;
    TRY(prepared(c, statement, &st, err));
    assert(!sqlite3_stmt_readonly(st));
    bind(st, args, n);
    TRY(finish(c, st, err));
    *changed = sqlite3_changes64(c->db);
    return true;
}

static StoreArg cell_of(sqlite3_stmt *st, int column, Arena *a) {
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_INTEGER:
        return store_int(sqlite3_column_int64(st, column));
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        bool text = sqlite3_column_type(st, column) == SQLITE_TEXT;
        const char *bytes = sqlite3_column_blob(st, column);
        Str s = str_copy(a, (Str){bytes, (size_t)sqlite3_column_bytes(st, column)});
        return text ? store_text(s) : store_blob(s);
    }
    case SQLITE_NULL:
        return store_null();
    }
    assert(!"a statement gives a floating point number: not in the portable subset");
    return store_null();
}

static bool collect(StoreConn *c, sqlite3_stmt *st, Arena *a, StoreRows *out, Err *err) {
    StoreRows rows = {.columns = (size_t)sqlite3_column_count(st)};
    size_t cap = 0, row_bytes = rows.columns * sizeof *rows.cells;
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (rows.n == STORE_ROW_LIMIT) return err_set(err, ERR_LIMIT, "store", "more than %d rows", STORE_ROW_LIMIT);
        if (arena_full(a)) return err_set(err, ERR_LIMIT, "store", "this request has used all the memory it may");
        if (rows.n == cap) {
            size_t more = cap ? cap * 2 : 4;
            rows.cells = arena_grow(a, rows.cells, cap * row_bytes, more * row_bytes);
            cap = more;
        }
        StoreArg *row = rows.cells + rows.n++ * rows.columns;
        for (size_t i = 0; i < rows.columns; i++) row[i] = cell_of(st, (int)i, a);
    }
    if (rc != SQLITE_DONE) return trouble(c, err);
    *out = rows;
    return true;
}

static bool sqlite_query(StoreConn *c, int statement, const StoreArg *args, size_t n, Arena *a, StoreRows *out,
                         Err *err) {
    sqlite3_stmt *st;
    TRY(prepared(c, statement, &st, err));
    assert(sqlite3_stmt_readonly(st));
    bind(st, args, n);
    bool ok = collect(c, st, a, out, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return ok;
}

static bool sqlite_control(StoreConn *c, StoreControl what, Err *err) {
    static const char *const texts[CONTROLS] = {"begin immediate", "commit",        "rollback",
                                                "savepoint batch", "release batch", "rollback to batch; release batch"};
    if (what == STORE_ROLLBACK && sqlite3_get_autocommit(c->db)) return true; /* the error did it */
    if (what == STORE_UNDO) return sqlite3_exec(c->db, texts[what], NULL, NULL, NULL) == SQLITE_OK || trouble(c, err);
    sqlite3_stmt **st = &c->controls[what];
    if (!*st && sqlite3_prepare_v3(c->db, texts[what], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK)
        return trouble(c, err);
    return finish(c, *st, err);
}

/* A transaction that only reads. */
static bool sqlite_hold(StoreConn *c, Err *err) {
    sqlite3_stmt **st = &c->controls[STORE_BEGIN];
    if (!*st && sqlite3_prepare_v3(c->db, "begin", -1, SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK)
        return trouble(c, err);
    return finish(c, *st, err);
}

static void sqlite_let_go(StoreConn *c) {
    bool ended = sqlite_control(c, STORE_COMMIT, NULL) || sqlite_control(c, STORE_ROLLBACK, NULL);
    assert(ended);
}

static bool sqlite_script(StoreConn *c, Str sql, Err *err) {
    Arena *scratch = arena_new(0);
    bool ok = sqlite3_exec(c->db, store_dialect_sqlite_script(scratch, sql), NULL, NULL, NULL) == SQLITE_OK ||
              trouble(c, err);
    arena_free(scratch);
    return ok;
}

static bool sqlite_prepare(StoreConn *c, Err *err) {
    sqlite3_stmt *st;
    for (size_t i = 0; i < c->catalog->n_statements; i++) TRY(prepared(c, (int)i, &st, err));
    return true;
}

/* ---- checkpoints, copies, checks ---------------------------------------------------------------------------- */
/* Replaces SQLite's own checkpoint, which runs inside COMMIT and hides a failed fsync. */
static int note_wal(void *conn, sqlite3 *db, const char *name, int pages) {
    (void)db, (void)name;
    ((StoreConn *)conn)->wal_pages = pages;
    return SQLITE_OK;
}

static bool sqlite_due(const StoreConn *c) {
    return c->wal_pages >= CHECKPOINT_PAGES;
}

static bool sqlite_tidy(StoreConn *c, Err *err) {
    if (!sqlite_due(c)) return true;
    int mode = c->wal_pages < RESTART_PAGES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    c->wal_pages = 0;
    if (sqlite3_wal_checkpoint_v2(c->db, NULL, mode, NULL, NULL) == SQLITE_OK) return true;
    /* Full or busy: the WAL keeps everything and the next commit tries again. */
    Err seen = {0};
    trouble(c, &seen);
    if (seen.code != ERR_IO) return true;
    if (err) *err = seen;
    return false;
}

/* One pragma or select that must answer with `expected`. Run to its end: a pragma that writes answers first and
 * fails afterwards. */
static bool ask(sqlite3 *db, const char *sql, const char *expected) {
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(st, 0), expected) == 0 && sqlite3_step(st) == SQLITE_DONE;
    return sqlite3_finalize(st) == SQLITE_OK && ok;
}

static bool sqlite_check(StoreConn *c, Err *err) {
    if (ask(c->db, "pragma integrity_check(1)", "ok") &&
        ask(c->db, "select count(*) from pragma_foreign_key_check", "0"))
        return true;
    int rc = sqlite3_errcode(c->db) & 0xff;
    bool answered = rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE || rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
    if (!answered) return trouble(c, err); /* a full disk or a lock says nothing about the file */
    return err_set(err, ERR_INVALID, "store", "the database file is damaged: its integrity check fails");
}

static bool copy_into(StoreConn *c, sqlite3 *to, Err *err) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", c->db, "main");
    /* All pages in one step: one read snapshot, which writers do not disturb. */
    int rc = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    int end = backup ? sqlite3_backup_finish(backup) : sqlite3_errcode(to);
    /* A rollback journal leaves one self-contained file; opening it as a store turns WAL on again. */
    if (rc == SQLITE_DONE && end == SQLITE_OK && ask(to, "pragma journal_mode=delete", "delete")) return true;
    bool full = is_full(to, sqlite3_extended_errcode(to)) || is_full(to, end);
    err_set(err, full ? ERR_DISK_FULL : ERR_IO, "store",
            full ? "the disk is full: the copy is not complete" : "the copy failed");
    if (err) snprintf(err->cause, sizeof err->cause, "%s", sqlite3_errmsg(to));
    return false;
}

/* The file is made first: SQLite would give it the mode of the umask, and its WAL takes the file's mode. */
static bool make_file(const char *path, int flags, Err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd < 0) return store_file_trouble("create", path, err);
    close(fd);
    return true;
}

static bool sqlite_copy(StoreConn *c, const char *to_path, Err *err) {
    sqlite3 *to = NULL;
    TRY(make_file(to_path, O_EXCL, err));
    bool ok = sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
    if (ok)
        ok = copy_into(c, to, err);
    else
        err_set(err, ERR_IO, "store", "the copy cannot be opened");
    sqlite3_close(to);
    return ok && store_sync_path(to_path, err);
}

/* ---- whole tables ----------------------------------------------------------------------------------------------- */
static bool prepare_text(StoreConn *c, const char *sql, sqlite3_stmt **out, Err *err) {
    return sqlite3_prepare_v2(c->db, sql, -1, out, NULL) == SQLITE_OK || trouble(c, err);
}

static bool sqlite_tables(StoreConn *c, Arena *a, StoreRows *out, Err *err) {
    sqlite3_stmt *st;
    TRY(prepare_text(c,
                     "select t.name, (select count(*) from pragma_table_info(t.name)) from sqlite_schema t "
                     "where t.type = 'table' and t.name not like 'sqlite_%' order by t.rowid",
                     &st, err));
    bool ok = collect(c, st, a, out, err);
    sqlite3_finalize(st);
    return ok;
}

static bool sqlite_scan(StoreConn *c, Str table, StoreSink sink, Err *err) {
    sqlite3_stmt *st;
    Arena *a = arena_new(0);
    bool ok = prepare_text(c, str_c(a, str_printf(a, "select * from \"" STR_FMT "\"", STR_ARG(table))), &st, err);
    int rc = ok ? SQLITE_ROW : SQLITE_ERROR, columns = ok ? sqlite3_column_count(st) : 0;
    while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        arena_reset(a);
        StoreArg *cells = NEW_ARRAY(a, StoreArg, (size_t)columns);
        for (int i = 0; i < columns; i++) cells[i] = cell_of(st, i, a);
        ok = sink.take(sink.context, cells, (size_t)columns, err);
    }
    if (ok) ok = rc == SQLITE_DONE || trouble(c, err);
    sqlite3_finalize(st);
    arena_free(a);
    return ok;
}

static bool sqlite_load_begin(StoreConn *c, Str table, size_t columns, Err *err) {
    Arena *scratch = arena_new(0);
    Buf sql = {.a = scratch};
    buf_printf(&sql, "insert into \"" STR_FMT "\" values (?", STR_ARG(table));
    for (size_t i = 1; i < columns; i++) buf_c(&sql, ", ?");
    buf_c(&sql, ")");
    bool ok = prepare_text(c, str_c(scratch, buf_str(&sql)), &c->load, err);
    arena_free(scratch);
    return ok;
}

static bool sqlite_load_row(StoreConn *c, const StoreArg *cells, size_t n, Err *err) {
    bind(c->load, cells, n);
    return finish(c, c->load, err);
}

static bool sqlite_load_end(StoreConn *c, Err *err) {
    (void)err;
    sqlite3_finalize(c->load);
    c->load = NULL;
    return true;
}

/* ---- opening and closing ---------------------------------------------------------------------------------------- */
static void sqlite_disconnect(StoreConn *c) {
    if (!c) return;
    for (size_t i = 0; i < c->catalog->n_statements; i++) sqlite3_finalize(c->statements[i]);
    for (size_t i = 0; i < CONTROLS; i++) sqlite3_finalize(c->controls[i]);
    sqlite3_finalize(c->load);
    int rc = sqlite3_close(c->db);
    assert(rc == SQLITE_OK);
    if (c->wal.system) store_wal_unregister(&c->wal);
    if (c->lock >= 0) close(c->lock);
    arena_free(c->a);
}

/* Two writers on one folder would each keep its own end of the event chain. */
static bool take_place(StoreConn *c, const char *path, Err *err) {
    char *lock = str_c(c->a, str_printf(c->a, "%s.lock", path));
    c->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (c->lock < 0) return store_file_trouble("create", lock, err);
    if (flock(c->lock, LOCK_EX | LOCK_NB) == 0) return true;
    err_set(err, ERR_BUSY, "store", "another process has this data folder open; stop it first");
    if (err) err_file(err, str_of(path));
    return false;
}

static bool settings(StoreConn *c, Err *err) {
    static const char *const both = "pragma foreign_keys=on; pragma temp_store=memory; pragma trusted_schema=off;";
    if (sqlite3_exec(c->db, both, NULL, NULL, NULL) != SQLITE_OK) return trouble(c, err);
    if (!c->writes) return true;
    if (!ask(c->db, "pragma journal_mode=wal", "wal")) {
        if (sqlite3_errcode(c->db) != SQLITE_OK) return trouble(c, err);
        return err_set(err, ERR_IO, "store", "this file system cannot hold a WAL database; use a local disk");
    }
    static const char *const writer = "pragma synchronous=full; pragma cache_size=-16000; "
                                      "pragma journal_size_limit=67108864";
    if (sqlite3_exec(c->db, writer, NULL, NULL, NULL) != SQLITE_OK) return trouble(c, err);
    sqlite3_wal_hook(c->db, note_wal, c);
    return true;
}

static bool open_file(StoreConn *c, const char *path, Err *err) {
    if (c->writes) {
        TRY(take_place(c, path, err));
        TRY(make_file(path, 0, err));
    } else if (access(path, F_OK) != 0) {
        err_set(err, ERR_NOT_FOUND, "store", "there is no database here");
        if (err) err_file(err, str_of(path));
        return false;
    }
    int flags =
        (c->writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const char *vfs = c->writes && store_wal_register(&c->wal) == SQLITE_OK ? c->wal.name : NULL;
    if (sqlite3_open_v2(path, &c->db, flags, vfs) != SQLITE_OK) return trouble(c, err);
    sqlite3_busy_timeout(c->db, BUSY_MS);
    return settings(c, err);
}

static bool sqlite_connect(const char *path, const StoreCatalog *catalog, StoreMode mode, StoreConn **out, Err *err) {
    /* Its count of all memory is behind one lock for all threads. Before the first connection; later calls do nothing. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Arena *a = arena_new(0);
    StoreConn *c = NEW(a, StoreConn);
    *c = (StoreConn){.a = a,
                     .catalog = catalog,
                     .statements = NEW_ARRAY(a, sqlite3_stmt *, catalog->n_statements),
                     .writes = mode == STORE_WRITER,
                     .lock = -1};
    if (!open_file(c, path, err)) {
        sqlite_disconnect(c);
        return false;
    }
    *out = c;
    return true;
}

const StoreEngine store_sqlite = {.connect = sqlite_connect,
                                  .disconnect = sqlite_disconnect,
                                  .script = sqlite_script,
                                  .prepare = sqlite_prepare,
                                  .run = sqlite_run,
                                  .query = sqlite_query,
                                  .hold = sqlite_hold,
                                  .let_go = sqlite_let_go,
                                  .control = sqlite_control,
                                  .group = store_group_by_steps,
                                  .due = sqlite_due,
                                  .tidy = sqlite_tidy,
                                  .copy = sqlite_copy,
                                  .tables = sqlite_tables,
                                  .scan = sqlite_scan,
                                  .load_begin = sqlite_load_begin,
                                  .load_row = sqlite_load_row,
                                  .load_end = sqlite_load_end,
                                  .check = sqlite_check};
