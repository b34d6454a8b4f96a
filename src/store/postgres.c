/* The PostgreSQL engine: connections, prepared statements, results and errors. Several server processes may
 * share one database, so whoever writes first takes the one row of store_turn and keeps it to the end of the
 * transaction: that is what orders the event log. A connection that is lost is made anew, never trusted. */
#include "store/postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    OLDEST = 130000,     /* server version that can tell what became of a transaction */
    PAUSE_MS = 100,      /* after the first failed connection; doubles */
    PAUSE_MAX_MS = 3000, /* and stays at this */
    CREATE_TRIES = 5,    /* processes that make the first table at the same moment */
    CONTROLS = STORE_UNDO + 1
};
enum {
    BOOL = 16,
    BYTES = 17,
    NAME = 19,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    LITERAL = 705,
    VARCHAR = 1043
}; /* type OIDs */

int64_t store_pg_clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- errors ---------------------------------------------------------------------------------------------- */
typedef struct Meaning { /* of SQLSTATEs that begin alike; the first that fits counts */
    const char *state;   /* five characters or fewer */
    ErrCode code;        /* for programs */
    const char *text;    /* for people */
} Meaning;
static const char unreachable[] = "the database cannot be reached; nothing was changed, try again";
static const Meaning meanings[] = {
    {"23505", ERR_CONFLICT, "somebody else was first: this number or name is taken"},
    {"23", ERR_INVALID, "the database refuses this"},
    {"22", ERR_INVALID, "the database refuses this"},
    {"25P03", ERR_BUSY, unreachable},
    {"42501", ERR_INVALID, "the database user may not do this"},
    {"42", ERR_INVALID, "the database refuses this"},
    {"54", ERR_LIMIT, "a text is too large for the database"},
    {"53100", ERR_DISK_FULL, "the disk of the database is full; nothing was written"},
    {"25006", ERR_BUSY, "the database is read only at the moment; nothing was changed"},
    {"40", ERR_BUSY, "the database is busy; try again"},
    {"53", ERR_BUSY, "the database is busy; try again"},
    {"55P03", ERR_BUSY, "the database is busy; try again"},
    {"57014", ERR_BUSY, "the database took too long; try again"},
    {"57", ERR_BUSY, unreachable},
    {"08", ERR_BUSY, unreachable},
    {"", ERR_IO, "the database cannot be read or written"},
};

static const char *state_of(const PGresult *r) {
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    return state ? state : "08";
}

static const Meaning *meaning_of(const PGresult *r) {
    const Meaning *m = meanings;
    while (strncmp(state_of(r), m->state, strlen(m->state)) != 0) m++;
    return m;
}

/* The first line of what libpq says. */
static void note_cause(Err *err, const char *message) {
    if (err) snprintf(err->cause, sizeof err->cause, "%.*s", (int)strcspn(message, "\n"), message);
}

bool store_pg_trouble(StoreConn *c, const PGresult *r, Err *err) {
    const Meaning *m = meaning_of(r);
    err_set(err, m->code, "store", "%s", m->text);
    note_cause(err, r ? PQresultErrorMessage(r) : c->pg ? PQerrorMessage(c->pg) : "");
    if (m->text == unreachable || PQstatus(c->pg) == CONNECTION_BAD) store_pg_drop(c);
    return false;
}

bool store_pg_again(const PGresult *r) {
    const char *state = state_of(r);
    return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0;
}

/* ---- parameters and rows ------------------------------------------------------------------------------------ */
typedef struct Bound {                       /* arguments as libpq wants them */
    const char *values[STORE_PG_PARAMETERS]; /* NULL = null */
    int lengths[STORE_PG_PARAMETERS];        /* of values */
    int formats[STORE_PG_PARAMETERS];        /* all binary */
    uint8_t numbers[STORE_PG_PARAMETERS][8]; /* integers, most significant byte first */
} Bound;

static bool bind_int(int64_t i, unsigned type, Bound *out, size_t at) {
    int bytes = type == INT8 ? 8 : type == INT4 ? 4 : type == INT2 ? 2 : 0;
    if (bytes == 0 || (bytes < 8 && (i >> (8 * bytes - 1)) != 0 && (i >> (8 * bytes - 1)) != -1)) return false;
    for (int k = 0; k < bytes; k++) out->numbers[at][k] = (uint8_t)((uint64_t)i >> (8 * (bytes - 1 - k)));
    out->values[at] = (const char *)out->numbers[at];
    out->lengths[at] = bytes;
    return true;
}

static bool bind_one(const StoreArg *arg, unsigned type, Bound *out, size_t at) {
    out->formats[at] = 1;
    out->values[at] = NULL;
    out->lengths[at] = 0;
    if (arg->kind == STORE_NULL) return true;
    if (arg->kind == STORE_INT) return bind_int(arg->i, type, out, at);
    if (arg->kind == STORE_BLOB ? type != BYTES : type != TEXT && type != VARCHAR) return false;
    if (arg->s.n > INT32_MAX) return false;
    out->values[at] = arg->s.p ? arg->s.p : "";
    out->lengths[at] = (int)arg->s.n;
    return true;
}

/* The server would read the bytes of one type as those of another. */
static bool bind(const StoreConn *c, int statement, const StoreArg *args, size_t n, Bound *out, Err *err) {
    const StorePgPlan *plan = &c->plans[statement];
    assert((size_t)plan->n == n && n <= STORE_PG_PARAMETERS);
    for (size_t i = 0; i < n; i++)
        if (!bind_one(&args[i], plan->types[i], out, i))
            return err_set(err, ERR_INVALID, "store", "the database refuses this: argument %zu of " STR_FMT, i + 1,
                           STR_ARG(c->catalog->statements[(size_t)statement % c->catalog->n_statements].name));
    return true;
}

static int64_t number_of(const char *bytes, int n) {
    uint64_t u = (uint8_t)bytes[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++) u = u << 8 | (uint8_t)bytes[i];
    return (int64_t)u;
}

static StoreArg cell_of(const PGresult *r, int row, int column, Arena *a) {
    const char *bytes = PQgetvalue(r, row, column);
    int n = PQgetlength(r, row, column);
    if (PQgetisnull(r, row, column)) return store_null();
    switch (PQftype(r, column)) {
    case INT8:
    case INT4:
    case INT2:
        return store_int(number_of(bytes, n));
    case BOOL:
        return store_int(bytes[0] != 0);
    case BYTES:
        return store_blob(str_copy(a, (Str){bytes, (size_t)n}));
    default:
        return store_text(str_copy(a, (Str){bytes, (size_t)n}));
    }
}

static bool is_portable(unsigned type) {
    static const unsigned portable[] = {BOOL, BYTES, NAME, INT8, INT2, INT4, TEXT, LITERAL, VARCHAR};
    for (size_t i = 0; i < COUNT_OF(portable); i++)
        if (type == portable[i]) return true;
    return false;
}

bool store_pg_rows(const PGresult *r, Arena *a, StoreRows *out, Err *err) {
    StoreRows rows = {.n = (size_t)PQntuples(r), .columns = (size_t)PQnfields(r)};
    if (rows.n > STORE_ROW_LIMIT) return err_set(err, ERR_LIMIT, "store", "more than %d rows", STORE_ROW_LIMIT);
    for (size_t i = 0; i < rows.columns; i++)
        if (!is_portable(PQftype(r, (int)i)))
            return err_set(err, ERR_INVALID, "store", "column %s is of a kind outside the portable subset",
                           PQfname(r, (int)i));
    rows.cells = NEW_ARRAY(a, StoreArg, rows.n * rows.columns);
    for (size_t i = 0; i < rows.n * rows.columns; i++) {
        if (arena_full(a)) return err_set(err, ERR_LIMIT, "store", "this request has used all the memory it may");
        rows.cells[i] = cell_of(r, (int)(i / rows.columns), (int)(i % rows.columns), a);
    }
    *out = rows;
    return true;
}

/* ---- plans -------------------------------------------------------------------------------------------------- */
typedef struct PlanName { /* a prepared statement's name at the server */
    char text[16];
} PlanName;

static PlanName plan_name(int statement) {
    PlanName name;
    snprintf(name.text, sizeof name.text, "s%d", statement);
    return name;
}

/* Text of a plan: a statement, or a guarded one, which divides by zero unless as many rows change as its last
 * parameter says. */
static char *plan_text(Arena *a, const StoreConn *c, int plan) {
    int n = (int)c->catalog->n_statements;
    char *sql = store_dialect_postgres(a, c->catalog->statements[plan % n].sql);
    if (plan < n) return sql;
    Str bare = str_trim(str_of(sql));
    if (str_ends(bare, STR(";"))) bare.n--;
    return str_c(
        a, str_printf(a, "with changed as (" STR_FMT " returning 1) select 1 / (count(*) = $%d)::int from changed",
                      STR_ARG(bare), c->plans[plan - n].n + 1));
}

static bool send_plan(StoreConn *c, int statement) {
    Arena *scratch = arena_new(0);
    PlanName name = plan_name(statement);
    char *sql = plan_text(scratch, c, statement);
    bool ok = PQsendPrepare(c->pg, name.text, sql, 0, NULL) && PQsendDescribePrepared(c->pg, name.text);
    arena_free(scratch);
    return ok;
}

/* The next result of the pipeline and the end that follows it. Owned by the caller; NULL when there is none. */
static PGresult *next_result(StoreConn *c) {
    PGresult *r = PQgetResult(c->pg);
    if (r && PQresultStatus(r) != PGRES_PIPELINE_SYNC) PQclear(PQgetResult(c->pg));
    return r;
}

/* What the server says about one statement: an error of preparing or describing, or its parameters. */
static bool take_plan(StoreConn *c, int statement, Err *err) {
    StorePgPlan *plan = &c->plans[statement];
    PGresult *made = next_result(c), *told = next_result(c);
    bool ok = made && told && PQresultStatus(told) == PGRES_COMMAND_OK;
    if (ok) {
        plan->n = PQnparams(told);
        if (!plan->types) plan->types = NEW_ARRAY(c->a, unsigned, (size_t)plan->n); /* the same after a reconnection */
        for (int i = 0; i < plan->n; i++) plan->types[i] = PQparamtype(told, i);
        plan->ready = true;
    } else {
        store_pg_trouble(c, made, err);
        if (err) err_element(err, c->catalog->statements[(size_t)statement % c->catalog->n_statements].name);
    }
    PQclear(made);
    PQclear(told);
    return ok;
}

/* Plans statements from … to - 1 in one round trip. */
static bool plan_some(StoreConn *c, int from, int to, Err *err) {
    bool ok = PQenterPipelineMode(c->pg) == 1;
    for (int i = from; ok && i < to; i++) ok = c->plans[i].ready || send_plan(c, i);
    ok = ok && PQpipelineSync(c->pg);
    if (!ok) return store_pg_trouble(c, NULL, err);
    for (int i = from; ok && i < to; i++) ok = c->plans[i].ready || take_plan(c, i, err);
    if (ok) {
        PQclear(next_result(c)); /* the sync */
        ok = PQexitPipelineMode(c->pg) == 1 || store_pg_trouble(c, NULL, err);
    }
    if (!ok) store_pg_drop(c); /* what is left in the pipeline goes with it */
    return ok;
}

/* ---- connections --------------------------------------------------------------------------------------------- */
void store_pg_drop(StoreConn *c) {
    PQfinish(c->pg);
    c->pg = NULL;
    for (size_t i = 0; i < 2 * c->catalog->n_statements; i++) c->plans[i].ready = false;
}

bool store_pg_exec(StoreConn *c, const char *sql, Err *err) {
    PGresult *r = PQexec(c->pg, sql);
    ExecStatusType status = PQresultStatus(r);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || store_pg_trouble(c, r, err);
    PQclear(r);
    return ok;
}

/* A peer that vanished without a word is noticed within seconds; what the URL says counts more. */
static PGconn *dial(const char *url) {
    static const char *const names[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                        "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                        "dbname",           "client_encoding",  NULL};
    const char *const values[] = {"5", "5", "3", "3", "15000", "yichuang", url, "UTF8", NULL};
    return PQconnectdbParams(names, values, 1);
}

static bool settings(StoreConn *c, Err *err) {
    /* Every statement finds its rows by an index: a plan made once, also on a table that is still empty, stays right. */
#define PLANS "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off; "
    static const char reader[] = PLANS "set client_min_messages = error; set default_transaction_read_only = on; "
                                       "set statement_timeout = '60s'";
    /* A writer that stands still must not hold the others up; a commit that is answered must be on disk. */
    static const char writer[] =
        PLANS "set client_min_messages = error; set default_transaction_isolation = 'read committed'; "
              "set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '15s'; "
              "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";
#undef PLANS
    const char *encoding = PQparameterStatus(c->pg, "server_encoding");
    if (PQserverVersion(c->pg) < OLDEST)
        return err_set(err, ERR_INVALID, "store", "the database server is too old: version 13 or newer is needed");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return err_set(err, ERR_INVALID, "store", "the database's encoding is %s: create it with UTF8",
                       encoding ? encoding : "unknown");
    PQsetErrorVerbosity(c->pg, PQERRORS_TERSE); /* details repeat what people entered */
    return store_pg_exec(c, c->writes ? writer : reader, err);
}

static bool prepare_own(StoreConn *c, Err *err) {
    static const char *const own[][2] = {
        {STORE_PG_BEGIN, "begin"},
        {STORE_PG_TURN, "select pg_current_xact_id()::text from store_turn for update"},
        {STORE_PG_HEAD, "select (select count(*) from store_migration), e.number, e.hash from store_turn left join "
                        "(select number, hash from store_event order by number desc limit 1) e on true"},
        {STORE_PG_COMMIT, "commit"},
        {STORE_PG_ROLLBACK, "rollback"},
        {STORE_PG_MARK, "savepoint batch"},
        {STORE_PG_UNDO, "rollback to savepoint batch"},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT_OF(own); i++) {
        PGresult *r = PQprepare(c->pg, own[i][0], own[i][1], 0, NULL);
        ok = PQresultStatus(r) == PGRES_COMMAND_OK || store_pg_trouble(c, r, err);
        PQclear(r);
    }
    return ok;
}

/* Every statement and the writer's own, so that a fault in SQL shows at once. */
static bool plan_writer(StoreConn *c, Err *err) {
    return plan_some(c, 0, (int)c->catalog->n_statements, err) && prepare_own(c, err);
}

static bool open_connection(StoreConn *c, Err *err) {
    c->pg = dial(c->url);
    c->alone = false;
    if (PQstatus(c->pg) != CONNECTION_OK) return store_pg_trouble(c, NULL, err);
    TRY(settings(c, err));
    return !c->plans_all || plan_writer(c, err);
}

bool store_pg_alive(StoreConn *c, Err *err) {
    if (c->pg && PQstatus(c->pg) == CONNECTION_OK) return true;
    store_pg_drop(c);
    if (store_pg_clock_ms() < c->retry_ms) return err_set(err, ERR_BUSY, "store", "%s", unreachable);
    if (open_connection(c, err)) {
        c->patience_ms = PAUSE_MS;
        return true;
    }
    store_pg_drop(c);
    c->retry_ms = store_pg_clock_ms() + c->patience_ms;
    c->patience_ms = c->patience_ms * 2 < PAUSE_MAX_MS ? c->patience_ms * 2 : PAUSE_MAX_MS;
    return false;
}

/* The row that gives writers their turn. Two processes that make it at once disturb each other: then again. */
static bool make_turn(StoreConn *c, Err *err) {
    static const char sql[] = "create table if not exists store_turn (id smallint primary key); "
                              "insert into store_turn (id) values (1) on conflict do nothing";
    bool ok = false;
    for (int i = 0; !ok && c->pg && i < CREATE_TRIES; i++) ok = store_pg_exec(c, sql, err);
    return ok;
}

/* A reader makes nothing. */
static bool find_data(StoreConn *c, Err *err) {
    PGresult *r = PQexec(c->pg, "select to_regclass('store_migration')");
    bool asked = PQresultStatus(r) == PGRES_TUPLES_OK || store_pg_trouble(c, r, err);
    bool found = asked && !PQgetisnull(r, 0, 0);
    PQclear(r);
    return found || (asked && err_set(err, ERR_NOT_FOUND, "store", "there is no data in this database"));
}

static void postgres_disconnect(StoreConn *c) {
    if (!c) return;
    store_pg_drop(c);
    arena_free(c->a);
}

static bool postgres_connect(const char *url, const StoreCatalog *catalog, StoreMode mode, StoreConn **out, Err *err) {
    Arena *a = arena_new(0);
    StoreConn *c = NEW(a, StoreConn);
    *c = (StoreConn){.a = a,
                     .url = str_c(a, str_of(url)),
                     .catalog = catalog,
                     .plans = NEW_ARRAY(a, StorePgPlan, 2 * catalog->n_statements),
                     .writes = mode == STORE_WRITER,
                     .patience_ms = PAUSE_MS};
    if (!store_pg_alive(c, err) || !(c->writes ? make_turn(c, err) : find_data(c, err))) {
        postgres_disconnect(c);
        return false;
    }
    *out = c;
    return true;
}

/* ---- the engine's calls ----------------------------------------------------------------------------------------- */
static bool planned(StoreConn *c, int statement, Err *err) {
    assert(statement >= 0 && (size_t)statement < c->catalog->n_statements);
    return c->plans[statement].ready || plan_some(c, statement, statement + 1, err);
}

bool store_pg_send(StoreConn *c, int statement, const StoreArg *args, size_t n, Err *err) {
    Bound b;
    TRY(bind(c, statement, args, n, &b, err));
    return PQsendQueryPrepared(c->pg, plan_name(statement).text, (int)n, b.values, b.lengths, b.formats, 1) ||
           store_pg_trouble(c, NULL, err);
}

bool store_pg_guards(StoreConn *c, StoreWaiting **group, size_t n, Err *err) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < group[i]->batch->n; k++) {
            const StoreStep *step = &group[i]->batch->steps[k];
            if (step->statement < 0 || step->expect < 0) continue;
            int plan = (int)c->catalog->n_statements + step->statement;
            if (!c->plans[plan].ready) TRY(plan_some(c, plan, plan + 1, err));
        }
    return true;
}

bool store_pg_send_guarded(StoreConn *c, const StoreStep *step, Err *err) {
    StoreArg args[STORE_PG_PARAMETERS];
    assert(step->n_args < STORE_PG_PARAMETERS);
    if (step->n_args > 0) memcpy(args, step->args, step->n_args * sizeof *args);
    args[step->n_args] = store_int(step->expect);
    return store_pg_send(c, (int)c->catalog->n_statements + step->statement, args, step->n_args + 1, err);
}

/* A good result, owned by the caller. */
static bool execute(StoreConn *c, int statement, const StoreArg *args, size_t n, PGresult **out, Err *err) {
    Bound b;
    TRY(planned(c, statement, err));
    TRY(bind(c, statement, args, n, &b, err));
    PGresult *r = PQexecPrepared(c->pg, plan_name(statement).text, (int)n, b.values, b.lengths, b.formats, 1);
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        *out = r;
        return true;
    }
    store_pg_trouble(c, r, err);
    PQclear(r);
    return false;
}

static bool postgres_run(StoreConn *c, int statement, const StoreArg *args, size_t n, int64_t *changed, Err *err) {
    PGresult *r;
    TRY(execute(c, statement, args, n, &r, err));
    if (!str_to_int(str_of(PQcmdTuples(r)), changed)) *changed = 0;
    PQclear(r);
    return true;
}

/* A reader that finds its connection gone looks once more: reading twice harms nothing. */
static bool postgres_query(StoreConn *c, int statement, const StoreArg *args, size_t n, Arena *a, StoreRows *out,
                           Err *err) {
    PGresult *r;
    TRY(store_pg_alive(c, err));
    bool ok = execute(c, statement, args, n, &r, err);
    if (!ok && !c->pg && !c->writes) ok = store_pg_alive(c, err) && execute(c, statement, args, n, &r, err);
    TRY(ok);
    ok = store_pg_rows(r, a, out, err);
    PQclear(r);
    return ok;
}

static bool postgres_script(StoreConn *c, Str sql, Err *err) {
    Arena *scratch = arena_new(0);
    bool ok = store_pg_exec(c, store_dialect_postgres_script(scratch, sql), err);
    arena_free(scratch);
    return ok;
}

static bool postgres_prepare(StoreConn *c, Err *err) {
    c->plans_all = true;
    return plan_writer(c, err);
}

static bool postgres_control(StoreConn *c, StoreControl what, Err *err) {
    static const char *const texts[CONTROLS] = {"begin; select id from store_turn for update",
                                                "commit",
                                                "rollback",
                                                "savepoint batch",
                                                "release savepoint batch",
                                                "rollback to savepoint batch; release savepoint batch"};
    if (what == STORE_ROLLBACK && !c->pg) return true; /* the server did it */
    return store_pg_exec(c, texts[what], err);
}

/* The server checks its pages as it reads them. */
static bool postgres_check(StoreConn *c, Err *err) {
    return store_pg_alive(c, err);
}

const StoreEngine store_postgres = {.connect = postgres_connect,
                                    .disconnect = postgres_disconnect,
                                    .script = postgres_script,
                                    .prepare = postgres_prepare,
                                    .run = postgres_run,
                                    .query = postgres_query,
                                    .control = postgres_control,
                                    .group = store_pg_group,
                                    .copy = store_pg_copy,
                                    .tables = store_pg_tables,
                                    .scan = store_pg_scan,
                                    .load_begin = store_pg_load_begin,
                                    .load_row = store_pg_load_row,
                                    .load_end = store_pg_load_end,
                                    .check = postgres_check};
