/* yichuang_sqlite: decisions inside SQL. dmn_decide(model, decision, json) gives the answer as JSON text;
 * dmn_trace(model, decision, json) is a table with a row for each rule looked at and a last row for the
 * answer. Compiled models are kept per connection, a few at most. It must never be reachable from a schema
 * (it opens files), and never answer with a guess: what is wrong is an SQL error that names the place. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3ext.h>
#include <yichuang/dmn.h>
SQLITE_EXTENSION_INIT1

__attribute__((visibility("default"))) int sqlite3_yichuangsqlite_init(sqlite3 *db, char **error,
                                                                       const sqlite3_api_routines *api);

enum {
    MOST_MODELS = 8,
    MOST_FILES = 16,
    MOST_BYTES = 8 << 20,
    MOST_SHOWN = 10,
    WORK = 64 << 10,
    WORK_LIMIT = 256 << 20
};

typedef struct File { /* a file of a model as it was when read */
    char *path;       /* of sqlite3_malloc */
    int64_t size;     /* bytes */
    int64_t seconds;  /* last change */
    int64_t nanos;    /* and below */
} File;

typedef struct Model {      /* one compiled model and the argument it came from */
    int refs;               /* the cache and running statements */
    uint64_t used;          /* turn of the last use */
    char *key;              /* copy of the argument */
    size_t n;               /* bytes of it */
    bool is_blob;           /* it was a BLOB: XML whatever it begins with */
    feel_arena *arena;      /* owner of the compiled model */
    File files[MOST_FILES]; /* none when the argument is the XML itself */
    size_t n_files;         /* of files */
    const dmn_model *model; /* compiled */
} Model;

typedef struct Cache {          /* belongs to one connection */
    int owners;                 /* function and module registered with it */
    Model *models[MOST_MODELS]; /* NULL where free */
    uint64_t turn;              /* counts uses */
    feel_arena *work;           /* of one call */
} Cache;

/* ---- files ----------------------------------------------------------------------------------- */
static bool stamp(const char *path, File *out) {
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return false;
    out->size = info.st_size;
    out->seconds = info.st_mtim.tv_sec;
    out->nanos = info.st_mtim.tv_nsec;
    return true;
}

static bool is_current(const Model *m) {
    for (size_t i = 0; i < m->n_files; i++) {
        const File *then = &m->files[i];
        File now = {0};
        if (!stamp(then->path, &now)) return false;
        if (now.size != then->size || now.seconds != then->seconds || now.nanos != then->nanos) return false;
    }
    return true;
}

/* Out: bytes of malloc, or NULL and the error. */
static char *read_file(File *file, size_t *n, char **error) {
    if (!stamp(file->path, file)) {
        *error = sqlite3_mprintf("%s: there is no such file", file->path);
        return NULL;
    }
    FILE *f = fopen(file->path, "rb");
    char *bytes = f != NULL ? malloc(MOST_BYTES + 1) : NULL;
    *n = bytes != NULL ? fread(bytes, 1, MOST_BYTES + 1, f) : 0;
    if (bytes == NULL || ferror(f))
        *error = sqlite3_mprintf("%s: cannot be read: %s", file->path, strerror(errno));
    else if (*n > MOST_BYTES)
        *error = sqlite3_mprintf("%s: is larger than %d bytes", file->path, MOST_BYTES);
    if (f != NULL) fclose(f);
    if (*error == NULL) return bytes;
    free(bytes);
    return NULL;
}

/* ---- models ---------------------------------------------------------------------------------- */
static void release(void *model) {
    Model *m = model;
    if (m == NULL || --m->refs > 0) return;
    for (size_t i = 0; i < m->n_files; i++) sqlite3_free(m->files[i].path);
    feel_arena_free(m->arena);
    sqlite3_free(m->key);
    free(m);
}

static char *fault_text(const dmn_faults *faults) {
    sqlite3_str *text = sqlite3_str_new(NULL);
    for (size_t i = 0; i < faults->n && i < MOST_SHOWN; i++)
        sqlite3_str_appendf(text, "%s%s", i > 0 ? "\n" : "", faults->items[i].line);
    size_t all = faults->n + faults->more;
    if (all > MOST_SHOWN) sqlite3_str_appendf(text, "\nand %lld more", (long long)(all - MOST_SHOWN));
    return sqlite3_str_finish(text);
}

static void compile(Model *m, const dmn_file *files, size_t n, char **error) {
    dmn_faults faults = {0};
    m->model = dmn_model_load(m->arena, files, n, NULL, &faults);
    if (m->model == NULL) *error = fault_text(&faults);
}

static void compile_files(Model *m, char **error) {
    dmn_file files[MOST_FILES];
    char *bytes[MOST_FILES] = {0};
    for (size_t i = 0; i < m->n_files && *error == NULL; i++) {
        bytes[i] = read_file(&m->files[i], &files[i].n, error);
        files[i].name = m->files[i].path;
        files[i].bytes = bytes[i];
    }
    if (*error == NULL) compile(m, files, m->n_files, error);
    for (size_t i = 0; i < m->n_files; i++) free(bytes[i]);
}

/* '["decide.dmn", "imported.dmn"]': the model and what it imports. */
static void read_paths(Model *m, char **error) {
    feel_value list;
    bool ok = feel_value_from_json(m->arena, m->key, m->n, &list, NULL);
    size_t n = ok ? feel_value_size(list) : 0;
    feel_string path;
    for (size_t i = 0; i < n && n <= MOST_FILES && feel_value_to_string(feel_value_item(list, i), &path); i++)
        m->files[m->n_files++].path = sqlite3_mprintf("%.*s", (int)path.n, path.p);
    if (n == 0 || m->n_files < n)
        *error = sqlite3_mprintf("the list of files must be 1 to %d paths in JSON", MOST_FILES);
}

static Model *build(const char *key, size_t n, bool is_blob, char **error) {
    Model *m = calloc(1, sizeof *m);
    if (m == NULL) return NULL;
    m->refs = 1;
    m->arena = feel_arena_new(0, 0);
    m->key = sqlite3_malloc64(n + 1);
    m->n = n;
    m->is_blob = is_blob;
    if (m->key == NULL)
        *error = sqlite3_mprintf("out of memory");
    else
        memcpy(m->key, key, n);
    if (*error == NULL && (is_blob || key[0] == '<'))
        compile(m, &(dmn_file){"model", m->key, n}, 1, error);
    else if (*error == NULL) {
        if (key[0] == '[')
            read_paths(m, error);
        else
            m->files[m->n_files++].path = sqlite3_mprintf("%.*s", (int)n, key);
        if (*error == NULL) compile_files(m, error);
    }
    if (*error == NULL) return m;
    release(m);
    return NULL;
}

static bool is_of(const Model *m, const char *key, size_t n, bool is_blob) {
    return m != NULL && m->n == n && m->is_blob == is_blob && memcmp(m->key, key, n) == 0;
}

/* The place of the model made from that argument, else the free or least used one. */
static Model **place_of(Cache *cache, const char *key, size_t n, bool is_blob) {
    Model **place = &cache->models[0];
    for (int i = 0; i < MOST_MODELS; i++) {
        Model *m = cache->models[i];
        if (is_of(m, key, n, is_blob)) return &cache->models[i];
        if (*place != NULL && (m == NULL || m->used < (*place)->used)) place = &cache->models[i];
    }
    return place;
}

/* Out: a model with a reference for the caller, or NULL and the error. */
static Model *take(Cache *cache, sqlite3_value *argument, char **error) {
    bool is_blob = sqlite3_value_type(argument) == SQLITE_BLOB;
    const char *key = is_blob ? sqlite3_value_blob(argument) : (const char *)sqlite3_value_text(argument);
    size_t n = (size_t)sqlite3_value_bytes(argument);
    if (key == NULL || n == 0 || n > MOST_BYTES) {
        *error =
            sqlite3_mprintf("the model must be a path, a JSON list of paths, or XML of at most %d bytes", MOST_BYTES);
        return NULL;
    }
    Model **place = place_of(cache, key, n, is_blob);
    if (!is_of(*place, key, n, is_blob) || !is_current(*place)) {
        Model *m = build(key, n, is_blob, error);
        if (m == NULL) return NULL;
        release(*place);
        *place = m;
    }
    (*place)->used = ++cache->turn;
    (*place)->refs++;
    return *place;
}

static void drop_cache(void *cache) {
    Cache *c = cache;
    if (--c->owners > 0) return;
    for (int i = 0; i < MOST_MODELS; i++) release(c->models[i]);
    feel_arena_free(c->work);
    free(c);
}

/* ---- deciding -------------------------------------------------------------------------------- */
/* SQLite's own clock, so that a file system with a set time sets it here too. */
static int64_t now_us(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_int64 julian_ms = 0;
    if (vfs != NULL && vfs->iVersion >= 2 && vfs->xCurrentTimeInt64 != NULL) vfs->xCurrentTimeInt64(vfs, &julian_ms);
    return (julian_ms - INT64_C(210866760000000)) * 1000;
}

/* Reads the other two arguments. Out: the number of the decision and its input, or the error. */
static bool read_call(const dmn_model *m, sqlite3_value **argument, feel_arena *a, int *decision, feel_value *input,
                      char **error) {
    const char *name = (const char *)sqlite3_value_text(argument[0]),
               *json = (const char *)sqlite3_value_text(argument[1]);
    feel_fault fault;
    *decision = name != NULL ? dmn_model_find(m, DMN_PART_DECISION, name) : -1;
    if (*decision < 0)
        *error = sqlite3_mprintf("the model has no decision \"%s\"", name);
    else if (json == NULL)
        *error = sqlite3_mprintf("the input must be JSON text");
    else if (!dmn_model_read(m, a, json, (size_t)sqlite3_value_bytes(argument[1]), input, &fault))
        *error = sqlite3_mprintf("input: %s", fault.line);
    return *error == NULL;
}

static void fail(sqlite3_context *context, char *error) {
    sqlite3_result_error(context, error != NULL ? error : "out of memory", -1);
    sqlite3_free(error);
}

static void decide(sqlite3_context *context, const Cache *cache, const Model *m, sqlite3_value **argument) {
    int decision;
    feel_value input;
    char *error = NULL;
    if (!read_call(m->model, argument + 1, cache->work, &decision, &input, &error)) {
        fail(context, error);
        return;
    }
    feel_run run = {.arena = cache->work, .now_us = now_us()};
    feel_string json =
        feel_value_to_json(run.arena, dmn_model_invoke(m->model, DMN_PART_DECISION, decision, input, &run, NULL));
    sqlite3_result_text64(context, json.p, json.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* A model that is the same for the whole statement is found once, so that one statement has one law. */
static void decide_function(sqlite3_context *context, int n, sqlite3_value **argument) {
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(argument[i]) == SQLITE_NULL) return;
    Cache *cache = sqlite3_user_data(context);
    char *error = NULL;
    Model *m = sqlite3_get_auxdata(context, 0);
    if (m != NULL)
        m->refs++;
    else if ((m = take(cache, argument[0], &error)) != NULL) {
        m->refs++;
        sqlite3_set_auxdata(context, 0, m, release);
    }
    if (m == NULL) {
        fail(context, error);
        return;
    }
    decide(context, cache, m, argument);
    feel_arena_reset(cache->work);
    release(m);
}

/* ---- the trace as a table -------------------------------------------------------------------- */
static const char trace_schema[] =
    "CREATE TABLE dmn_trace(step INT, decision TEXT, rule INT, rule_id TEXT, matched INT, why TEXT, articles TEXT,"
    " inputs TEXT, output TEXT, model HIDDEN, goal HIDDEN, input HIDDEN)";
enum { STEP, DECISION, RULE, RULE_ID, MATCHED, WHY, ARTICLES, INPUTS, OUTPUT, MODEL, GOAL, INPUT };

typedef struct TraceTable {
    sqlite3_vtab base; /* SQLite's part */
    Cache *cache;      /* of the connection */
} TraceTable;

typedef struct TraceCursor {
    sqlite3_vtab_cursor base; /* SQLite's part */
    Model *model;             /* held while rows are read */
    feel_arena *arena;        /* owner of the trace */
    feel_run run;             /* of the decision */
    const dmn_trace *trace;   /* its tables */
    feel_value answer;        /* its result */
    feel_value goal;          /* its name */
    size_t at;                /* step shown; one past the last: the answer */
    size_t rule;              /* rule shown */
    const dmn_reason *why;    /* of the step's rules */
    sqlite3_int64 row;        /* number of the row */
    bool done;                /* nothing left */
} TraceCursor;

static int trace_connect(sqlite3 *db, void *cache, int argc, const char *const *argv, sqlite3_vtab **out,
                         char **error) {
    (void)argc, (void)argv, (void)error;
    int code = sqlite3_declare_vtab(db, trace_schema);
    if (code != SQLITE_OK) return code;
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    TraceTable *t = calloc(1, sizeof *t);
    if (t == NULL) return SQLITE_NOMEM;
    t->cache = cache;
    *out = &t->base;
    return SQLITE_OK;
}

static int trace_disconnect(sqlite3_vtab *table) {
    free(table);
    return SQLITE_OK;
}

static int trace_best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
    int seen = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        int argument = info->aConstraint[i].iColumn - MODEL;
        if (argument < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (!info->aConstraint[i].usable) return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = argument + 1;
        info->aConstraintUsage[i].omit = 1;
        seen |= 1 << argument;
    }
    info->estimatedCost = 100;
    info->estimatedRows = 100;
    if (seen == 7) return SQLITE_OK;
    table->zErrMsg = sqlite3_mprintf("dmn_trace needs a model, a decision and JSON");
    return SQLITE_ERROR;
}

static int trace_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out) {
    (void)table;
    TraceCursor *c = calloc(1, sizeof *c);
    if (c == NULL) return SQLITE_NOMEM;
    c->arena = feel_arena_new(WORK, WORK_LIMIT);
    *out = &c->base;
    return SQLITE_OK;
}

static int trace_close(sqlite3_vtab_cursor *cursor) {
    TraceCursor *c = (TraceCursor *)cursor;
    release(c->model);
    feel_arena_free(c->arena);
    free(c);
    return SQLITE_OK;
}

static void enter_step(TraceCursor *c) {
    c->rule = 0;
    if (c->at < dmn_trace_steps(c->trace)) c->why = dmn_trace_why(c->model->model, c->trace, c->at, &c->run);
}

static int trace_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int n, sqlite3_value **argument) {
    (void)number, (void)text;
    TraceCursor *c = (TraceCursor *)cursor;
    char *error = NULL;
    int decision;
    feel_value input;
    release(c->model);
    c->model = NULL;
    feel_arena_reset(c->arena);
    c->row = 1;
    c->at = 0;
    c->done = false;
    for (int i = 0; i < n; i++) c->done = c->done || sqlite3_value_type(argument[i]) == SQLITE_NULL;
    if (c->done) return SQLITE_OK;
    c->model = take(((TraceTable *)cursor->pVtab)->cache, argument[0], &error);
    if (c->model == NULL || !read_call(c->model->model, argument + 1, c->arena, &decision, &input, &error)) {
        sqlite3_free(cursor->pVtab->zErrMsg);
        cursor->pVtab->zErrMsg = error;
        return SQLITE_ERROR;
    }
    dmn_trace *trace = dmn_trace_new(c->arena);
    c->run = (feel_run){.arena = c->arena, .now_us = now_us()};
    c->answer = dmn_model_invoke(c->model->model, DMN_PART_DECISION, decision, input, &c->run, trace);
    c->trace = trace;
    c->goal = feel_value_string(c->arena, (const char *)sqlite3_value_text(argument[1]),
                                (size_t)sqlite3_value_bytes(argument[1]));
    enter_step(c);
    return SQLITE_OK;
}

static int trace_next(sqlite3_vtab_cursor *cursor) {
    TraceCursor *c = (TraceCursor *)cursor;
    c->row++;
    if (c->at == dmn_trace_steps(c->trace))
        c->done = true;
    else if (++c->rule == dmn_model_rules(c->model->model, dmn_trace_step(c->trace, c->at).table)) {
        c->at++;
        enter_step(c);
    }
    return SQLITE_OK;
}

static int trace_eof(sqlite3_vtab_cursor *cursor) {
    return ((TraceCursor *)cursor)->done;
}

static int trace_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out) {
    *out = ((TraceCursor *)cursor)->row;
    return SQLITE_OK;
}

static void text_result(sqlite3_context *context, feel_string s) {
    sqlite3_result_text64(context, s.n > 0 ? s.p : "", s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void why_result(sqlite3_context *context, const TraceCursor *c, const dmn_step *step) {
    const dmn_model *m = c->model->model;
    const dmn_reason *why = &c->why[c->rule];
    feel_string part = {"", 0};
    const char *format = "It matches, but the hit policy took another rule.%.*s";
    if (why->kind == DMN_REASON_MATCHED) format = "It made the result.%.*s";
    if (why->kind == DMN_REASON_EARLIER) {
        part = dmn_model_rule_id(m, step->table, why->earlier);
        format = "It matches, but rule %.*s comes first.";
    }
    if (why->kind != DMN_REASON_CELL_FAILED) {
        char *sentence = sqlite3_mprintf(format, (int)part.n, part.p);
        sqlite3_result_text(context, sentence, -1, sqlite3_free);
        return;
    }
    feel_string column = dmn_model_column_text(m, step->table, why->input);
    feel_string cell = dmn_model_cell_text(m, step->table, (int)c->rule, why->input);
    feel_string value = feel_value_text(c->arena, step->inputs[why->input], true);
    char *sentence = sqlite3_mprintf("Input %d (%.*s) is %.*s; the cell asks for %.*s.", why->input + 1, (int)column.n,
                                     column.p, (int)value.n, value.p, (int)cell.n, cell.p);
    sqlite3_result_text(context, sentence, -1, sqlite3_free);
}

/* The last row: the answer, and why when it is null. */
static void answer_column(sqlite3_context *context, const TraceCursor *c, int column) {
    feel_cause cause;
    feel_string goal;
    if (column == DECISION && feel_value_to_string(c->goal, &goal)) text_result(context, goal);
    if (column == OUTPUT) text_result(context, feel_value_to_json(c->arena, c->answer));
    if (column != WHY || !feel_value_cause(c->answer, &cause)) return;
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_str_appendf(text, "%.*s", (int)cause.text.n, cause.text.p);
    while (feel_cause_beneath(&cause, &cause))
        sqlite3_str_appendf(text, " Because: %.*s", (int)cause.text.n, cause.text.p);
    sqlite3_result_text(context, sqlite3_str_finish(text), -1, sqlite3_free);
}

static int trace_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column) {
    const TraceCursor *c = (const TraceCursor *)cursor;
    const dmn_model *m = c->model->model;
    if (c->at == dmn_trace_steps(c->trace)) {
        answer_column(context, c, column);
        return SQLITE_OK;
    }
    dmn_step step = dmn_trace_step(c->trace, c->at);
    int rule = (int)c->rule;
    switch (column) {
    case STEP:
        sqlite3_result_int64(context, (sqlite3_int64)c->at + 1);
        break;
    case DECISION:
        text_result(context, step.decision);
        break;
    case RULE:
        sqlite3_result_int(context, rule + 1);
        break;
    case RULE_ID:
        text_result(context, dmn_model_rule_id(m, step.table, rule));
        break;
    case MATCHED:
        sqlite3_result_int(context, c->why[rule].kind == DMN_REASON_MATCHED);
        break;
    case WHY:
        why_result(context, c, &step);
        break;
    case ARTICLES:
        text_result(context, dmn_model_rule_note(m, step.table, rule, "Law"));
        break;
    case INPUTS:
        text_result(context, feel_value_to_json(c->arena, feel_value_list(c->arena, step.inputs, step.n_inputs)));
        break;
    case OUTPUT:
        text_result(context, feel_value_to_json(c->arena, step.output));
        break;
    default:
        break;
    }
    return SQLITE_OK;
}

static const sqlite3_module trace_module = {
    .iVersion = 0,
    .xConnect = trace_connect,
    .xBestIndex = trace_best_index,
    .xDisconnect = trace_disconnect,
    .xOpen = trace_open,
    .xClose = trace_close,
    .xFilter = trace_filter,
    .xNext = trace_next,
    .xEof = trace_eof,
    .xColumn = trace_column,
    .xRowid = trace_rowid,
};

int sqlite3_yichuangsqlite_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
    SQLITE_EXTENSION_INIT2(api);
    (void)error;
    Cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) return SQLITE_NOMEM;
    cache->work = feel_arena_new(WORK, WORK_LIMIT);
    cache->owners = 2;
    /* Both calls run drop_cache themselves when they fail. */
    int code = sqlite3_create_function_v2(db, "dmn_decide", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, cache, decide_function,
                                          NULL, NULL, drop_cache);
    int module = sqlite3_create_module_v2(db, "dmn_trace", &trace_module, cache, drop_cache);
    return code != SQLITE_OK ? code : module;
}
