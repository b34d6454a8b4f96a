/* Backups: a consistent copy of the database beside a manifest that says what it must contain, and the
 * way back. Whatever the store, the copy is one SQLite file, so that it can come back into the other. A backup
 * without its manifest is not complete; a restore writes into an empty folder or database only, and puts the data
 * in place last, after every check. Times and places are the caller's. */
#include "store/store_in.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MANIFEST_MAX = 1024 * 1024 }; /* bytes of a manifest */
static const char manifest_format[] = "yichuang-backup-1";

typedef struct Manifest {
    int64_t bytes;            /* size of the database file */
    uint8_t hash[STORE_HASH]; /* its SHA-256 */
    StoreChain end;           /* newest event */
} Manifest;
typedef struct Place { /* one folder that holds or will hold a backup or a store */
    Arena *a;          /* owner of the paths */
    const char *dir;   /* the folder */
    const char *file;  /* the database in it */
    const char *part;  /* the database while it is not complete */
    const char *list;  /* the manifest */
} Place;

static Place place_of(Arena *a, const char *dir) {
    return (Place){a, dir, str_c(a, str_printf(a, "%s/yichuang.db", dir)),
                   str_c(a, str_printf(a, "%s/yichuang.db.part", dir)),
                   str_c(a, str_printf(a, "%s/manifest.json", dir))};
}

/* ---- what a copy holds ------------------------------------------------------------------------------------ */
static bool inspect_open(StoreConn *c, const StoreCatalog *catalog, Arena *a, Manifest *m, StoreRows *migrations,
                         Err *err) {
    int64_t bad;
    TRY(store_sqlite.check(c, err));
    TRY(store_chain_check(&store_sqlite, c, catalog, &m->end, &bad, err));
    if (bad != 0)
        return err_set(err, ERR_INVALID, "store", "event %lld does not fit the chain: the log was changed",
                       (long long)bad);
    return store_sqlite.query(c, store_catalog_find(catalog, "store_migration_last"), NULL, 0, a, migrations, err);
}

/* Checks a closed database file and says what its manifest must say. */
static bool inspect(const char *path, Arena *a, Manifest *out, StoreRows *migrations, Err *err) {
    StoreCatalog catalog;
    StoreConn *c;
    Manifest m = {0};
    TRY(store_copy_file(path, NULL, &m.bytes, m.hash, err));
    TRY(store_catalog(NULL, 0, a, &catalog, err));
    TRY(store_sqlite.connect(path, &catalog, STORE_READER, &c, err));
    bool ok = inspect_open(c, &catalog, a, &m, migrations, err);
    store_sqlite.disconnect(c);
    if (ok) *out = m;
    return ok;
}

/* ---- the manifest ------------------------------------------------------------------------------------------- */
static Value hex(Arena *a, const uint8_t hash[STORE_HASH]) {
    char text[2 * STORE_HASH + 1];
    sodium_bin2hex(text, sizeof text, hash, STORE_HASH);
    return value_str(str_copy(a, str_of(text)));
}

static bool unhex(Value v, uint8_t hash[STORE_HASH]) {
    size_t n = 0;
    if (v.kind != VALUE_STRING || value_text(v).n != 2 * STORE_HASH) return false;
    return sodium_hex2bin(hash, STORE_HASH, value_text(v).p, 2 * STORE_HASH, NULL, &n, NULL) == 0 && n == STORE_HASH;
}

static Str manifest_text(Arena *a, const Manifest *m, const StoreRows *migrations) {
    ValueBuild list = {.a = a}, rooms = {.a = a};
    for (size_t i = 0; i < migrations->n; i++)
        build_entry(&rooms, migrations->cells[2 * i].s, value_int(migrations->cells[2 * i + 1].i));
    build_c(&list, "format", value_c(manifest_format));
    build_c(&list, "migrations", build_ctx(&rooms));
    build_c(&list, "events", value_int(m->end.number));
    build_c(&list, "last_hash", hex(a, m->end.hash));
    build_c(&list, "bytes", value_int(m->bytes));
    build_c(&list, "sha256", hex(a, m->hash));
    return json_text(a, build_ctx(&list));
}

static bool read_text(const char *path, Arena *a, Str *out, Err *err) {
    char *bytes = arena_alloc(a, MANIFEST_MAX);
    FILE *f = fopen(path, "rbe");
    if (!f) return store_file_trouble("open the backup's manifest", path, err);
    *out = (Str){bytes, fread(bytes, 1, MANIFEST_MAX, f)};
    fclose(f);
    return true;
}

static bool read_manifest(const Place *from, Manifest *out, Err *err) {
    Str text;
    Value v;
    Manifest m = {0};
    TRY(read_text(from->list, from->a, &text, err));
    TRY(json_parse(text, (JsonLimits){.bytes = MANIFEST_MAX}, from->a, &v, err));
    bool ok = str_is(value_get_str(v, "format"), manifest_format) && unhex(value_get(v, "sha256"), m.hash) &&
              unhex(value_get(v, "last_hash"), m.end.hash) && value_to_int(value_get(v, "events"), &m.end.number) &&
              value_to_int(value_get(v, "bytes"), &m.bytes);
    if (!ok) return err_set(err, ERR_INVALID, "store", "the manifest is not one of a backup this program can read");
    *out = m;
    return true;
}

/* ---- there and back -------------------------------------------------------------------------------------------- */
static bool rename_durably(const char *from, const Place *to, Err *err) {
    if (rename(from, to->file) != 0) return store_file_trouble("rename", to->file, err);
    return store_sync_path(to->dir, err);
}

static bool backup_part(Store *s, const Place *to, Err *err) {
    Manifest m;
    StoreRows migrations;
    StoreConn *c;
    TRY(store_reader_take(s, &c, err));
    bool copied = s->engine->copy(c, to->part, err);
    store_reader_give(s, c);
    TRY(copied);
    TRY(inspect(to->part, to->a, &m, &migrations, err));
    return store_write_file(to->list, manifest_text(to->a, &m, &migrations), err);
}

/* With what SQLite leaves beside it on a full disk: the folder is as it was, and the next try finds it empty. */
static void remove_part(const Place *to) {
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(tails); i++) unlink(str_c(to->a, str_printf(to->a, "%s%s", to->part, tails[i])));
}

static bool backup_to(Store *s, const Place *to, Err *err) {
    TRY(store_empty_dir(to->dir, err));
    if (backup_part(s, to, err)) return rename_durably(to->part, to, err);
    remove_part(to);
    unlink(to->list);
    return false;
}

bool store_backup(Store *s, const char *to_dir, Err *err) {
    assert(s && to_dir);
    Arena *a = arena_new(0);
    Place to = place_of(a, to_dir);
    bool ok = backup_to(s, &to, err);
    arena_free(a);
    return ok;
}

static bool same(const Manifest *x, const Manifest *y) {
    return x->bytes == y->bytes && x->end.number == y->end.number && memcmp(x->hash, y->hash, STORE_HASH) == 0 &&
           memcmp(x->end.hash, y->end.hash, STORE_HASH) == 0;
}

/* Copies and checks the copy, not the source: what is put in place is what was looked at. */
static bool restore_part(const Place *from, const Place *to, const Manifest *wanted, Err *err) {
    Manifest found = {0};
    StoreRows migrations;
    TRY(store_copy_file(from->file, to->part, &found.bytes, found.hash, err));
    if (found.bytes != wanted->bytes || memcmp(found.hash, wanted->hash, STORE_HASH) != 0)
        return err_set(err, ERR_INVALID, "store",
                       "the backup is damaged: its database is not the one its manifest names");
    TRY(inspect(to->part, to->a, &found, &migrations, err));
    if (!same(&found, wanted))
        return err_set(err, ERR_INVALID, "store",
                       "the backup is damaged: its event log is not the one its manifest names");
    return true;
}

static bool restore_to_folder(const Place *from, const char *to_dir, const Manifest *wanted, Err *err) {
    Place to = place_of(from->a, to_dir);
    TRY(store_empty_dir(to.dir, err));
    if (restore_part(from, &to, wanted, err)) return rename_durably(to.part, &to, err);
    remove_part(&to);
    return false;
}

/* ---- into PostgreSQL -----------------------------------------------------------------------------------------------
 */
static bool is_empty(StoreConn *target, Arena *a, Err *err) {
    StoreRows tables;
    TRY(store_postgres.tables(target, a, &tables, err));
    return tables.n == 0 || err_set(err, ERR_INVALID, "store", "the database is not empty; nothing was written to it");
}

/* All in one transaction: a restore that fails leaves the database as it was. */
static bool fill(StoreConn *source, StoreConn *target, const StoreCatalog *catalog, const StoreRows *ran,
                 const Manifest *wanted, Arena *a, Err *err) {
    StoreRows tables;
    StoreChain end;
    int64_t bad;
    TRY(store_postgres.control(target, STORE_BEGIN, err));
    TRY(is_empty(target, a, err));
    TRY(store_move_tables(&store_postgres, target, catalog, ran, err));
    TRY(store_sqlite.tables(source, a, &tables, err));
    TRY(store_move_rows(&store_sqlite, source, &store_postgres, target, &tables, err));
    TRY(store_chain_check(&store_postgres, target, catalog, &end, &bad, err));
    if (bad != 0 || end.number != wanted->end.number || memcmp(end.hash, wanted->end.hash, STORE_HASH) != 0)
        return err_set(err, ERR_INVALID, "store", "what arrived in the database is not the backup's event log");
    return store_postgres.control(target, STORE_COMMIT, err);
}

static bool restore_to_database(const Place *from, const char *url, const StoreCatalog *catalog, const Manifest *wanted,
                                Err *err) {
    Manifest found = {0};
    StoreRows ran;
    StoreConn *source, *target;
    TRY(inspect(from->file, from->a, &found, &ran, err));
    if (!same(&found, wanted))
        return err_set(err, ERR_INVALID, "store",
                       "the backup is damaged: its database is not the one its manifest names");
    TRY(store_sqlite.connect(from->file, catalog, STORE_READER, &source, err));
    bool ok = store_postgres.connect(url, catalog, STORE_WRITER, &target, err);
    if (ok) {
        ok = fill(source, target, catalog, &ran, wanted, from->a, err);
        store_postgres.disconnect(target); /* takes back what is not committed */
    }
    store_sqlite.disconnect(source);
    return ok;
}

bool store_restore(const char *from_dir, const char *to, const StoreSchema *schemas, size_t n, Err *err) {
    assert(from_dir && to && (schemas || n == 0));
    int ready = sodium_init();
    assert(ready >= 0);
    Arena *a = arena_new(0);
    Place from = place_of(a, from_dir);
    Manifest wanted;
    StoreCatalog catalog;
    bool ok = read_manifest(&from, &wanted, err) && store_catalog(schemas, n, a, &catalog, err);
    if (ok)
        ok = store_is_url(to) ? restore_to_database(&from, to, &catalog, &wanted, err)
                              : restore_to_folder(&from, to, &wanted, err);
    arena_free(a);
    return ok;
}
