/* Gathers what the writer writes to its WAL. SQLite writes each frame in two parts; here they lie side by side in memory
 * and go to the system in one piece, before anything reads the file or syncs it. A commit syncs the WAL before it
 * shows it to others (synchronous FULL), so nobody can miss what is still here. The file grows ahead of need. Never delays
 * or skips a sync. */
#include "store/sqlite_wal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    GATHER_MAX = 31 * 4120, /* frames of pages of 4096 bytes; SQLite's own file system writes less than 128 KiB at once */
    BLOCK = 4096,           /* what the system allots at once */
    AHEAD_MAX = 2 << 20,    /* zeros behind what is written */
    ZEROS = 30 * BLOCK      /* written at once; no number of frames, so that who counts frames counts none of them */
};

typedef struct Gather {   /* a WAL; the file beneath lies behind it */
    sqlite3_file base;    /* what SQLite knows of it */
    sqlite3_file *file;   /* beneath */
    char *bytes;          /* GATHER_MAX, of which `n` wait */
    int n;                /* bytes that wait */
    sqlite3_int64 at;     /* where they belong */
    sqlite3_int64 end;    /* of what was written since it was opened or cut */
    sqlite3_int64 size;   /* of the file beneath, when last asked */
} Gather;

static Gather *gather_of(sqlite3_file *f) { return (Gather *)(void *)f; }

/* A disk that has become read-only is told by a code of its own: to SQLite it is any trouble, and the system's number is
 * lost by the time a commit is undone. */
static int write_beneath(Gather *g, const void *bytes, int n, sqlite3_int64 at) {
    if (g->end < at + n) g->end = at + n;
    int rc = g->file->pMethods->xWrite(g->file, bytes, n, at);
    return rc == SQLITE_IOERR_WRITE && errno == EROFS ? SQLITE_READONLY : rc;
}

/* What could not be written is not kept: SQLite undoes the commit that it belongs to. */
static int pass_on(Gather *g) {
    int n = g->n;
    g->n = 0;
    return n > 0 ? write_beneath(g, g->bytes, n, g->at) : SQLITE_OK;
}

/* A sync of a file that has grown also has to record where its new blocks lie, and waits for the journal of the file
 * system. So a file that grows grows ahead of need, by as much as it has, and most commits write over blocks that are
 * there. Zeros are no frames: recovery ends where the salt is not that of the header. They are written behind the end of
 * the file, never over anything, and where there is no room for them there are none. In: nothing waits. */
static void grow_ahead(Gather *g) {
    sqlite3_int64 at = 0;
    if (g->end <= g->size || g->file->pMethods->xFileSize(g->file, &at) != SQLITE_OK) return;
    g->size = at;
    if (g->end < at) return; /* it was longer when it was opened */
    sqlite3_int64 to = (at + (at < AHEAD_MAX ? at : AHEAD_MAX)) / BLOCK * BLOCK;
    memset(g->bytes, 0, ZEROS);
    for (int n; g->size < to; g->size += n) {
        n = to - g->size < ZEROS ? (int)(to - g->size) : ZEROS;
        if (g->file->pMethods->xWrite(g->file, g->bytes, n, g->size) != SQLITE_OK) return;
    }
}

static int wal_close(sqlite3_file *f) {
    Gather *g = gather_of(f);
    int rc = pass_on(g), closed = g->file->pMethods->xClose(g->file);
    sqlite3_free(g->bytes);
    return rc == SQLITE_OK ? closed : rc;
}

static int wal_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at) {
    Gather *g = gather_of(f);
    int rc = pass_on(g);
    return rc == SQLITE_OK ? g->file->pMethods->xRead(g->file, bytes, n, at) : rc;
}

static int wal_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at) {
    Gather *g = gather_of(f);
    int rc = g->n > 0 && (at != g->at + g->n || n > GATHER_MAX - g->n) ? pass_on(g) : SQLITE_OK;
    if (rc != SQLITE_OK) return rc;
    if (n > GATHER_MAX) return write_beneath(g, bytes, n, at);
    if (g->n == 0) g->at = at;
    memcpy(g->bytes + g->n, bytes, (size_t)n);
    g->n += n;
    return SQLITE_OK;
}

static int wal_truncate(sqlite3_file *f, sqlite3_int64 size) {
    Gather *g = gather_of(f);
    int rc = pass_on(g);
    if (rc == SQLITE_OK) g->end = g->size = size;
    return rc == SQLITE_OK ? g->file->pMethods->xTruncate(g->file, size) : rc;
}

static int wal_sync(sqlite3_file *f, int flags) {
    Gather *g = gather_of(f);
    int rc = pass_on(g);
    if (rc == SQLITE_OK) grow_ahead(g);
    return rc == SQLITE_OK ? g->file->pMethods->xSync(g->file, flags) : rc;
}

static int wal_size(sqlite3_file *f, sqlite3_int64 *size) {
    Gather *g = gather_of(f);
    int rc = pass_on(g);
    return rc == SQLITE_OK ? g->file->pMethods->xFileSize(g->file, size) : rc;
}

static int wal_control(sqlite3_file *f, int what, void *arg) {
    Gather *g = gather_of(f);
    return g->file->pMethods->xFileControl(g->file, what, arg);
}

static int wal_sector(sqlite3_file *f) { return gather_of(f)->file->pMethods->xSectorSize(gather_of(f)->file); }
static int wal_character(sqlite3_file *f) { return gather_of(f)->file->pMethods->xDeviceCharacteristics(gather_of(f)->file); }

/* Version 1: locks and shared memory belong to the database file. */
static const sqlite3_io_methods methods = {.iVersion = 1, .xClose = wal_close, .xRead = wal_read, .xWrite = wal_write, .xTruncate = wal_truncate,
                                           .xSync = wal_sync, .xFileSize = wal_size, .xFileControl = wal_control,
                                           .xSectorSize = wal_sector, .xDeviceCharacteristics = wal_character};

/* ---- opening --------------------------------------------------------------------------------------------------- */
static int open_beneath(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags) {
    sqlite3_vfs *system = ((StoreWalVfs *)(void *)v)->system;
    return system->xOpen(system, name, f, flags, out_flags);
}

/* Where a write may harm its neighbours, SQLite fills up sectors behind its last sync: such a file is left alone. */
static int wal_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags) {
    if (!(flags & SQLITE_OPEN_WAL)) return open_beneath(v, name, f, flags, out_flags);
    Gather *g = gather_of(f);
    *g = (Gather){.file = (sqlite3_file *)(void *)(g + 1)};
    int rc = open_beneath(v, name, g->file, flags, out_flags);
    if (rc != SQLITE_OK) return rc;
    bool careful = !(g->file->pMethods->xDeviceCharacteristics(g->file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE);
    g->bytes = careful ? NULL : sqlite3_malloc(GATHER_MAX);
    if (g->bytes) f->pMethods = &methods;
    if (g->bytes) return SQLITE_OK;
    rc = g->file->pMethods->xClose(g->file);
    if (rc != SQLITE_OK || !careful) return careful ? rc : SQLITE_NOMEM;
    return open_beneath(v, name, f, flags, out_flags);
}

int store_wal_register(StoreWalVfs *v) {
    v->system = sqlite3_vfs_find(NULL);
    v->vfs = *v->system; /* all but opening is the system's */
    v->vfs.zName = v->name;
    v->vfs.pNext = NULL;
    v->vfs.szOsFile += (int)sizeof(Gather);
    v->vfs.xOpen = wal_open;
    snprintf(v->name, sizeof v->name, "yichuang-%p", (void *)v);
    return sqlite3_vfs_register(&v->vfs, 0);
}

void store_wal_unregister(StoreWalVfs *v) { sqlite3_vfs_unregister(&v->vfs); }
