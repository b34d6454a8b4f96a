/* See stage.h. A script that is told that the disk is full makes room and asks once more, as a person would; so it
 * ends in the same state on every disk. */
#include "stage.h"

#include "fault.h"
#include "bench.h"

#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/mman.h>

static const int64_t DAY_US = 86400 * (int64_t)1000000;
volatile int64_t *stage_acknowledged;
static CasePackSource service;   /* compiled once */
static Value authority;          /* its offices */

/* ---- the state of a database --------------------------------------------------------------------------------------- */
static uint64_t mix(uint64_t state, const void *bytes, size_t n) {
    uint8_t key[crypto_shorthash_KEYBYTES] = {0}, out[8];
    memcpy(key, &state, sizeof state);
    crypto_shorthash(out, bytes, n, key);
    memcpy(&state, out, sizeof state);
    return state;
}

static bool add_table(sqlite3 *db, const char *name, uint64_t *state) {
    char sql[200];
    sqlite3_stmt *st;
    int rc;
    snprintf(sql, sizeof sql, "select * from \"%s\"", name);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) return false;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        *state = mix(*state, name, strlen(name));
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            int type = sqlite3_column_type(st, i);
            const void *bytes = sqlite3_column_blob(st, i);
            *state = mix(*state + (uint64_t)type, bytes ? bytes : "", (size_t)sqlite3_column_bytes(st, i));
        }
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE;
}

static bool sound(sqlite3 *db) {
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(db, "pragma integrity_check(1)", -1, &st, NULL) == SQLITE_OK &&
              sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
    sqlite3_finalize(st);
    return ok;
}

bool stage_state(const char *data_dir, bool check, uint64_t *out) {
    char path[500];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    uint64_t state = 0;
    snprintf(path, sizeof path, "%s/yichuang.db", data_dir);
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && (!check || sound(db)) &&
              sqlite3_prepare_v2(db, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' "
                                     "and name <> 'store_migration' order by name", -1, &st, NULL) == SQLITE_OK;
    while (ok && sqlite3_step(st) == SQLITE_ROW) ok = add_table(db, (const char *)sqlite3_column_text(st, 0), &state);
    sqlite3_finalize(st);
    sqlite3_close(db);
    *out = state;
    return ok;
}

/* ---- what all scripts do -------------------------------------------------------------------------------------------- */
static const char *data_dir; /* of the script that plays */
static bool crowded;         /* its marks are its own */

static void acknowledged(void) {
    uint64_t state;
    ++*stage_acknowledged;
    if (!disk_records() || crowded) return;
    bool ok = stage_state(data_dir, false, &state);
    assert(ok);
    disk_mark(MARK_COMMIT, state);
}

bool __real_store_commit(Store *s, StoreBatch *b, Err *err);
bool __wrap_store_commit(Store *s, StoreBatch *b, Err *err);
bool __real_store_commit_numbers(Store *s, const StoreBatch *b, Err *err);
bool __wrap_store_commit_numbers(Store *s, const StoreBatch *b, Err *err);
/* Every commit that the rooms make comes by here. */
bool __wrap_store_commit(Store *s, StoreBatch *b, Err *err) {
    bool ok = __real_store_commit(s, b, err);
    if (ok) acknowledged();
    return ok;
}

/* And what the store commits for itself before it: new words. */
bool __wrap_store_commit_numbers(Store *s, const StoreBatch *b, Err *err) {
    bool ok = __real_store_commit_numbers(s, b, err);
    if (ok) acknowledged();
    return ok;
}

/* True when it was the disk and there is room now. */
static bool made_room(const Err *err) {
    if (err->code != ERR_DISK_FULL) must(false, err);
    fault_disarm();
    return true;
}

static Store *open_store(const char *dir, const StoreSchema *schemas, size_t n) {
    Err err = {0};
    Store *s;
    while (!store_open((StoreOptions){.dir = dir}, schemas, n, &s, &err) && made_room(&err)) err = (Err){0};
    return s;
}

static const char *below(const char *folder, const char *name) {
    static char paths[4][300];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* ---- a counter with cases --------------------------------------------------------------------------------------------- */
void stage_prepare(void) {
    static Bench b;
    Err err = {0};
    ErrList faults = {0};
    Pack *pack;
    PackFile *files;
    size_t n;
    int ready = sodium_init();
    assert(ready >= 0);
    b.a = faults.a = arena_new(0);
    authority = bench_authority(&b);
    must(main_read_pack("packs/demo-prefecture/traffic-first-violation", b.a, &files, &n, &err), &err);
    add_silence(&b, files, n);
    if (!pack_compile(STR("traffic-first-violation"), files, n, authority, b.a, &faults, &pack)) must(false, &faults.items[0]);
    service = (CasePackSource){pack, files, n};
    authority = value_with(b.a, authority, STR("demo_users"), value_list(NULL, 0));
    stage_acknowledged = mmap(NULL, sizeof *stage_acknowledged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(stage_acknowledged != MAP_FAILED);
}

static void open_counter(Bench *b, const char *dir) {
    const StoreSchema schemas[] = {access_schema, case_schema};
    const uint8_t seed[32] = {7};
    Err err = {0};
    Value logins;
    b->store = open_store(dir, schemas, COUNT_OF(schemas));
    while (!access_install(b->store, authority, seed, NOON_US, b->a, &logins, &err) && made_room(&err)) err = (Err){0};
    while (!case_house(b->store, &service, 1, NOON_US, b->a, &b->house, &err) && made_room(&err)) err = (Err){0};
}

static CaseReply act(Bench *b, CaseDo what, const CaseReply *on, int64_t now_us, const char *args) {
    Command c = order(b, what, on, now_us, args);
    CaseReply r;
    Err err = {0};
    if (!c.key.n) c.key = str_printf(b->a, "new-%d", b->turn);
    while (!case_handle(b->house, &c, b->a, &r, &err) && made_room(&err)) err = (Err){0};
    if (r.faults.n) err_set(&err, ERR_INPUT, "stage", "the answers are refused");
    must(r.faults.n == 0, &err);
    return r;
}

static CaseReply made(Bench *b, int64_t now_us) {
    Str args = str_printf(b->a, "{\"violationCode\":\"1039\",\"plate\":\"v%d\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}", 10000 + b->turn);
    return act(b, CASE_CREATE, NULL, now_us, str_c(b->a, args));
}

static void pass_time(Bench *b, int64_t now_us) {
    Err err = {0};
    while (!case_tick(b->house, now_us, &err) && made_room(&err)) err = (Err){0};
}

static void look_at(Bench *b, Str id) {
    AccessWho who = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("officer")};
    Value v;
    Err err = {0};
    while (!case_view(b->house, &who, id, STR("decision"), NOON_US, b->a, &v, &err) && made_room(&err)) err = (Err){0};
}

/* Registered, decided with a letter, corrected, looked at, held and resumed, decided by silence; and a restart. */
static void play_counter(const char *folder) {
    static const char reason[] = "{\"outcome\":\"NO_PENALTY\",\"reason\":\"首违\"}";
    Bench b = {.a = arena_new(0)};
    data_dir = below(folder, "data");
    open_counter(&b, data_dir);
    CaseReply first = made(&b, NOON_US);
    first = act(&b, CASE_ADOPT, &first, NOON_US + 1, "{}");
    CaseReply second = made(&b, NOON_US + 2);
    second = act(&b, CASE_CLOCK, &second, NOON_US + 3, "{\"clock\":\"notice\",\"do\":\"suspend\",\"reason\":\"鉴定\"}");
    first = act(&b, CASE_CORRECT, &first, NOON_US + 4, reason);
    look_at(&b, first.id);
    second = act(&b, CASE_CLOCK, &second, NOON_US + DAY_US, "{\"clock\":\"notice\",\"do\":\"resume\"}");
    store_close(b.store);
    open_counter(&b, data_dir);
    CaseReply third = made(&b, NOON_US + DAY_US);
    act(&b, CASE_DEPART, &third, NOON_US + DAY_US + 1, reason);
    made(&b, NOON_US + DAY_US + 2);
    pass_time(&b, NOON_US + 20 * DAY_US); /* two cases are decided by silence */
    store_close(b.store);
    arena_free(b.a);
}

bool stage_goes_on(const char *dir) {
    Bench b = {.a = arena_new(0), .turn = 100};
    data_dir = dir;
    open_counter(&b, dir);
    CaseReply r = made(&b, NOON_US + 30 * DAY_US);
    r = act(&b, CASE_ADOPT, &r, NOON_US + 30 * DAY_US, "{}");
    StoreDifference d;
    Store *other = folded(&b, str_c(b.a, str_printf(b.a, "%s-folded", dir)));
    bool ok = str_is(r.state, "decided") && differs(&b, other, &d).n == 0;
    store_close(other);
    store_close(b.store);
    arena_free(b.a);
    return ok;
}

/* ---- the store alone ---------------------------------------------------------------------------------------------------- */
static void write_row(Store *s, const char *stream, int64_t seq, size_t bytes) {
    Arena *a = arena_new(0);
    Err err = {0};
    StoreBatch *b = store_batch(a);
    char *payload = arena_alloc(a, bytes);
    memset(payload, 'x', bytes);
    StoreArg row[] = {store_text(str_printf(a, "%s/%lld", stream, (long long)seq)), store_int(seq)};
    store_event(b, str_of(stream), seq, STR("made"), STR("wang"), seq, (Str){payload, bytes});
    store_expect(b, store_statement(s, "test_add"), row, 2, 1);
    while (!store_commit(s, b, &err) && made_room(&err)) err = (Err){0};
    arena_free(a);
}

static void play_migration(const char *folder) {
    data_dir = below(folder, "data");
    Store *s = open_store(data_dir, &fixture_schema, 1);
    for (int64_t seq = 1; seq <= 3; seq++) write_row(s, "case/1", seq, 20);
    store_close(s);
    s = open_store(data_dir, &fixture_schema_two, 1);
    for (int64_t seq = 4; seq <= 6; seq++) write_row(s, "case/1", seq, 20);
    store_close(s);
}

/* Someone else copies the log back, empties it or cuts it off while the store writes on. */
static void checkpoint(const char *how) {
    char path[400], sql[60];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/yichuang.db", data_dir);
    snprintf(sql, sizeof sql, "pragma wal_checkpoint(%s)", how);
    int rc = sqlite3_open(path, &db);
    assert(rc == SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, NULL); /* on a full disk it does nothing */
    sqlite3_close(db);
}

static void play_checkpoints(const char *folder) {
    static const char *const hows[] = {"passive", "restart", "full", "truncate"};
    data_dir = below(folder, "data");
    Store *s = open_store(data_dir, &fixture_schema, 1);
    for (int64_t seq = 1; seq <= 24; seq++) {
        write_row(s, "case/1", seq, 600 * (size_t)(seq % 5));
        if (seq % 3 == 0) checkpoint(hows[seq / 3 % 4]);
    }
    store_close(s);
}

/* Long enough for the store's own checkpoints. */
static void play_large(const char *folder) {
    data_dir = below(folder, "data");
    Store *s = open_store(data_dir, &fixture_schema, 1);
    for (int64_t seq = 1; seq <= 120; seq++) write_row(s, "case/1", seq, 80000);
    store_close(s);
}

static void play_backup(const char *folder) {
    Err err = {0};
    uint64_t state;
    data_dir = below(folder, "data");
    Store *s = open_store(data_dir, &fixture_schema, 1);
    for (int64_t seq = 1; seq <= 4; seq++) write_row(s, "case/1", seq, 3000);
    while (!store_backup(s, below(folder, "backup"), &err) && made_room(&err)) err = (Err){0};
    bool ok = stage_state(data_dir, false, &state);
    assert(ok);
    disk_mark(MARK_BACKUP, state);
    for (int64_t seq = 5; seq <= 6; seq++) write_row(s, "case/1", seq, 300);
    while (!store_restore(below(folder, "backup"), below(folder, "again"), &fixture_schema, 1, &err) && made_room(&err)) err = (Err){0};
    disk_mark(MARK_RESTORED, state);
    store_close(s);
}

typedef struct Client { /* one of a crowd */
    Store *s;         /* shared */
    int number;       /* of its stream */
    pthread_t thread; /* it runs here */
} Client;

static void *client_main(void *arg) {
    Client *c = arg;
    char stream[20];
    snprintf(stream, sizeof stream, "case/%d", c->number);
    for (int64_t seq = 1; seq <= 8; seq++) {
        write_row(c->s, stream, seq, 100);
        disk_mark(MARK_CLIENT + c->number, (uint64_t)seq);
    }
    return NULL;
}

static void play_crowd(const char *folder) {
    Client clients[STAGE_CLIENTS];
    data_dir = below(folder, "data");
    Store *s = open_store(data_dir, &fixture_schema, 1);
    crowded = true;
    for (int i = 0; i < STAGE_CLIENTS; i++) {
        clients[i] = (Client){.s = s, .number = i};
        int rc = pthread_create(&clients[i].thread, NULL, client_main, &clients[i]);
        assert(rc == 0);
    }
    for (int i = 0; i < STAGE_CLIENTS; i++) pthread_join(clients[i].thread, NULL);
    crowded = false;
    store_close(s);
}

/* ---- the next start ------------------------------------------------------------------------------------------------------ */
static bool start_counter(const char *dir, Store **s, Err *err) {
    const StoreSchema schemas[] = {access_schema, case_schema};
    return store_open((StoreOptions){.dir = dir}, schemas, COUNT_OF(schemas), s, err);
}

static bool start_one(const char *dir, Store **s, Err *err) {
    return store_open((StoreOptions){.dir = dir}, &fixture_schema, 1, s, err);
}

static bool start_two(const char *dir, Store **s, Err *err) {
    return store_open((StoreOptions){.dir = dir}, &fixture_schema_two, 1, s, err);
}

const StageScript stage_scripts[] = {
    {"counter", play_counter, start_counter, .cases = true},
    {"migration", play_migration, start_two},
    {"checkpoints", play_checkpoints, start_one},
    {"backup", play_backup, start_one, .copies = true},
    {"crowd", play_crowd, start_one, .crowd = true},
    {"large", play_large, start_one, .sparse = true},
};
const size_t stage_count = COUNT_OF(stage_scripts);
