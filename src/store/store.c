/* Opening, migrating and reading a store. Everything that must be true before the first request is made
 * true here: the folder is ours, the tables are this program's version, every statement compiles.
 * Never writes a row itself outside migrations; that is the writer's. */
#include "store/store_in.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

const char store_migration_table[] = "create table if not exists store_migration (room text not null, "
                                     "number integer not null, why text not null, at_us integer not null, "
                                     "primary key (room, number));";

/* ---- migrations ---------------------------------------------------------------------------------------- */
static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t newest_known(const StoreCatalog *catalog, Str room) {
    int64_t newest = 0;
    for (size_t i = 0; i < catalog->n_migrations; i++)
        if (str_is(room, catalog->migrations[i].room)) newest = catalog->migrations[i].number;
    return newest;
}

static int64_t newest_run(const StoreRows *ran, const char *room) {
    for (size_t i = 0; i < ran->n; i++)
        if (str_is(ran->cells[2 * i].s, room)) return ran->cells[2 * i + 1].i;
    return 0;
}

/* Of a room's migrations the early ones may be gone: their tables are none that this program could change. */
static bool refuse_early(const Store *s, const StoreRows *ran, Err *err) {
    for (size_t i = 0; i < s->catalog.n_migrations; i++) {
        const StoreMigration *m = &s->catalog.migrations[i];
        int64_t newest = newest_run(ran, m->room);
        bool first = i == 0 || strcmp(s->catalog.migrations[i - 1].room, m->room) != 0;
        if (!first || newest == 0 || newest >= m->number) continue;
        return err_set(err, ERR_INVALID, "store",
                       "the data folder was written by an early version of this program (%s migration %lld), whose tables "
                       "this one does not read: use that version, or begin with an empty folder",
                       m->room, (long long)newest);
    }
    return true;
}

static bool knows_room(const StoreCatalog *catalog, Str room) {
    for (size_t i = 0; i < catalog->n_rooms; i++)
        if (str_is(room, catalog->rooms[i])) return true;
    return false;
}

/* A newer program may have given the tables a meaning that this one would break. */
static bool refuse_newer(const Store *s, const StoreRows *ran, Err *err) {
    for (size_t i = 0; i < ran->n; i++) {
        Str room = ran->cells[2 * i].s;
        int64_t number = ran->cells[2 * i + 1].i, known = newest_known(&s->catalog, room);
        if (number <= known || (s->read_only && !knows_room(&s->catalog, room))) continue;
        return err_set(err, ERR_INVALID, "store",
                       "the data folder was written by a newer program (" STR_FMT
                       " migration %lld, this program knows %lld): use that program or restore an older backup",
                       STR_ARG(room), (long long)number, (long long)known);
    }
    return true;
}

static bool run_migration(Store *s, StoreConn *c, const StoreMigration *m, Err *err) {
    StoreArg args[] = {store_text(str_of(m->room)), store_int(m->number), store_text(m->why), store_int(now_us())};
    int64_t changed;
    bool ok =
        s->engine->script(c, m->sql, err) &&
        s->engine->run(c, store_catalog_find(&s->catalog, "store_migration_add"), args, COUNT_OF(args), &changed, err);
    if (!ok && err) err_element(err, str_printf(s->a, "%s migration %lld", m->room, (long long)m->number));
    return ok;
}

/* Runs what is missing, or refuses when it may not. */
static bool migrate(Store *s, StoreConn *c, Err *err) {
    StoreRows ran;
    TRY(s->engine->query(c, store_catalog_find(&s->catalog, "store_migration_last"), NULL, 0, s->a, &ran, err));
    TRY(refuse_newer(s, &ran, err));
    TRY(refuse_early(s, &ran, err));
    for (size_t i = 0; i < s->catalog.n_migrations; i++) {
        const StoreMigration *m = &s->catalog.migrations[i];
        if (m->number <= newest_run(&ran, m->room)) continue;
        if (s->read_only)
            return err_set(err, ERR_INVALID, "store",
                           "the data folder is older than this program: start the server once");
        TRY(run_migration(s, c, m, err));
    }
    return true;
}

/* All that is missing in one transaction: two processes that start together take turns. */
bool store_migrate(Store *s, StoreConn *c, Err *err) {
    if (s->read_only) return migrate(s, c, err);
    TRY(s->engine->control(c, STORE_BEGIN, err));
    TRY(s->engine->script(c, str_of(store_migration_table),
                          err)); /* closing the connection takes back what was begun */
    TRY(migrate(s, c, err));
    return s->engine->control(c, STORE_COMMIT, err);
}

/* ---- opening and closing ----------------------------------------------------------------------------------- */
static bool open_writer(Store *s, Err *err) {
    TRY(s->engine->connect(s->path, &s->catalog, STORE_WRITER, &s->writer, err));
    TRY(store_migrate(s, s->writer, err));
    TRY(s->engine->prepare(s->writer, err));
    return store_writer_start(s, err);
}

static bool open_reader(Store *s, Err *err) {
    StoreConn *c;
    TRY(store_reader_take(s, &c, err));
    bool ok = store_migrate(s, c, err);
    store_reader_give(s, c);
    return ok;
}

static bool open_store(Store *s, const char *dir, const StoreSchema *schemas, size_t n, Err *err) {
    TRY(store_catalog(schemas, n, s->a, &s->catalog, err));
    if (s->read_only) return open_reader(s, err);
    if (s->engine == &store_postgres) return open_writer(s, err);
    TRY(store_make_dir(dir, err));
    TRY(open_writer(s, err));
    return store_sync_path(dir, err); /* the new files' names */
}

static void init_locks(Store *s) {
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->rest, NULL);
    pthread_mutex_init(&s->pool_lock, NULL);
    pthread_cond_init(&s->pool_free, &steady);
    pthread_condattr_destroy(&steady);
}

bool store_is_url(const char *place) {
    return str_starts(str_of(place), STR("postgres://")) || str_starts(str_of(place), STR("postgresql://"));
}

bool store_open(StoreOptions options, const StoreSchema *schemas, size_t n, Store **out, Err *err) {
    assert(options.dir && out && (schemas || n == 0));
    int ready = sodium_init();
    assert(ready >= 0);
    Arena *a = arena_new(0);
    Store *s = NEW(a, Store);
    s->a = a;
    s->engine = store_is_url(options.dir) ? &store_postgres : &store_sqlite;
    s->read_only = options.read_only;
    s->path = store_is_url(options.dir) ? str_c(a, str_of(options.dir))
                                        : str_c(a, str_printf(a, "%s/yichuang.db", options.dir));
    /* Where other processes write too, each query sees the newest. */
    s->may_hold = !s->read_only && s->engine->hold;
    store_fault_plan(s);
    init_locks(s);
    store_words_open(&s->words);
    if (!open_store(s, options.dir, schemas, n, err)) {
        store_close(s);
        return false;
    }
    *out = s;
    return true;
}

void store_close(Store *s) {
    if (!s) return;
    store_writer_stop(s);
    assert(s->idle == s->open);
    for (size_t i = 0; i < s->idle; i++) s->engine->disconnect(s->readers[i].c);
    s->engine->disconnect(s->writer); /* last, so that it empties the WAL */
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->rest);
    pthread_mutex_destroy(&s->pool_lock);
    pthread_cond_destroy(&s->pool_free);
    store_words_close(&s->words);
    arena_free(s->a);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */
/* Takes an idle reader, or the right to open one (c NULL). False when none came free in time. */
static bool pool_take(Store *s, StoreReader *out) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += STORE_READER_WAIT_S;
    pthread_mutex_lock(&s->pool_lock);
    int waited = 0;
    while (waited != ETIMEDOUT && s->idle == 0 && s->open == STORE_READERS_MAX)
        waited = pthread_cond_timedwait(&s->pool_free, &s->pool_lock, &until);
    bool got = s->idle > 0 || s->open < STORE_READERS_MAX;
    if (got && s->idle > 0)
        *out = s->readers[--s->idle];
    else if (got)
        s->open++, *out = (StoreReader){0};
    pthread_mutex_unlock(&s->pool_lock);
    return got;
}

static bool take(Store *s, StoreReader *out, Err *err) {
    StoreReader r;
    if (!pool_take(s, &r)) return err_set(err, ERR_BUSY, "store", "too many readers are waiting; try again");
    if (!r.c && !s->engine->connect(s->path, &s->catalog, STORE_READER, &r.c, err)) {
        pthread_mutex_lock(&s->pool_lock);
        s->open--;
        pthread_cond_signal(&s->pool_free);
        pthread_mutex_unlock(&s->pool_lock);
        return false;
    }
    *out = r;
    return true;
}

static void let_go(Store *s, StoreReader *r) {
    if (r->holds) s->engine->let_go(r->c);
    r->holds = false;
}

static void give(Store *s, StoreReader r) {
    if (r.holds) atomic_fetch_sub(&s->looking, 1);
    if (r.seen != atomic_load(&s->epoch) || !atomic_load(&s->may_hold)) let_go(s, &r);
    pthread_mutex_lock(&s->pool_lock);
    s->readers[s->idle++] = r;
    pthread_cond_signal(&s->pool_free);
    pthread_mutex_unlock(&s->pool_lock);
}

bool store_reader_take(Store *s, StoreConn **out, Err *err) {
    StoreReader r;
    TRY(take(s, &r, err));
    let_go(s, &r);
    *out = r.c;
    return true;
}

void store_reader_give(Store *s, StoreConn *c) {
    give(s, (StoreReader){.c = c});
}

/* Queries between two commits share a state, so that a connection finds its pages and locks as it left them. The
 * epoch is read before the state is taken, which may then be newer than it says, never older. */
static bool look(Store *s, StoreReader *r, Err *err) {
    uint64_t now = atomic_load(&s->epoch);
    bool may = atomic_load(&s->may_hold);
    if (r->seen != now || !may) let_go(s, r);
    if (may && !r->holds) TRY(s->engine->hold(r->c, err));
    r->holds = may;
    r->seen = now;
    if (may) atomic_fetch_add(&s->looking, 1);
    return true;
}

void store_readers_hold(Store *s, bool may) {
    const struct timespec moment = {.tv_nsec = 100000};
    atomic_store(&s->may_hold, may);
    if (may) return;
    pthread_mutex_lock(&s->pool_lock);
    for (size_t i = 0; i < s->idle; i++) let_go(s, &s->readers[i]);
    pthread_mutex_unlock(&s->pool_lock);
    for (int i = 0; i < STORE_LOOK_WAITS && atomic_load(&s->looking) > 0; i++) nanosleep(&moment, NULL);
}

int store_statement(const Store *s, const char *name) {
    assert(s && name);
    int number = store_catalog_find(&s->catalog, name);
    assert(number >= 0);
    return number;
}

bool store_query(Store *s, int statement, const StoreArg *args, size_t n_args, Arena *a, StoreRows *out, Err *err) {
    assert(s && a && out && (args || n_args == 0));
    StoreReader r;
    TRY(take(s, &r, err));
    bool ok = look(s, &r, err) && s->engine->query(r.c, statement, args, n_args, a, out, err);
    give(s, r);
    return ok;
}

bool store_ready(Store *s, Err *err) {
    assert(s);
    Arena *a = arena_new(0);
    StoreRows rows;
    bool ok = store_query(s, store_statement(s, "store_migration_last"), NULL, 0, a, &rows, err);
    arena_free(a);
    return ok;
}

StoreCounters store_counters(const Store *s) {
    Store *open = (Store *)s; /* the lock is no part of what the reader sees */
    pthread_mutex_lock(&open->lock);
    StoreCounters now = s->counters;
    pthread_mutex_unlock(&open->lock);
    return now;
}
