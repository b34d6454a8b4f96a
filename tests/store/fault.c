/* See fault.h. Every call is handed to the real VFS unless the plan says that it fails. */
#include "fault.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

typedef struct Fault {
    sqlite3_file base;  /* what SQLite sees; first */
    sqlite3_file *real; /* lies right behind this struct */
    const char *path;   /* SQLite keeps it as long as the file is open */
} Fault;

static sqlite3_vfs *real_vfs;
static const FaultWatch *watch;
static atomic_int plan_kind; /* FaultKind */
static atomic_long plan_at;  /* the point that fails */
static atomic_bool plan_stays;
static atomic_long points; /* met so far */

static sqlite3_file *real_of(sqlite3_file *f) {
    return ((Fault *)f)->real;
}

typedef enum Point { SPACE, CUT, SYNC } Point; /* needs space, makes a file shorter, syncs it */

static bool fails(Point point) {
    FaultKind kind = (FaultKind)atomic_load(&plan_kind);
    if (kind == FAULT_NONE || ((kind == FAULT_FULL || kind == FAULT_READ_ONLY) && point != SPACE) || (kind == FAULT_SYNC && point != SYNC))
        return false;
    long now = atomic_fetch_add(&points, 1) + 1;
    return now == atomic_load(&plan_at) || (now > atomic_load(&plan_at) && atomic_load(&plan_stays));
}

static bool full(void) {
    return atomic_load(&plan_kind) == FAULT_FULL;
}
static bool read_only(void) {
    return atomic_load(&plan_kind) == FAULT_READ_ONLY;
}

static int f_close(sqlite3_file *f) {
    return real_of(f)->pMethods->xClose(real_of(f));
}
static int f_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
    return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}
static const char *path_of(sqlite3_file *f) {
    return ((Fault *)f)->path;
}
static int f_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
    if (!fails(SPACE)) {
        int rc = real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
        if (watch && rc == SQLITE_OK) watch->written(path_of(f), from, n, at);
        return rc;
    }
    if (read_only()) {
        errno = EROFS;
        return SQLITE_IOERR_WRITE;
    }
    int half = real_of(f)->pMethods->xWrite(real_of(f), from, n / 2, at); /* a torn write */
    (void)half;
    return full() ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 size) {
    if (fails(CUT)) return SQLITE_IOERR_TRUNCATE;
    int rc = real_of(f)->pMethods->xTruncate(real_of(f), size);
    if (watch && rc == SQLITE_OK) watch->shortened(path_of(f), size);
    return rc;
}
/* A healthy sync is not passed on: no test here cuts the real power, and thousands of real ones take minutes. */
static int f_sync(sqlite3_file *f, int flags) {
    (void)flags;
    if (fails(SYNC)) return SQLITE_IOERR_FSYNC;
    if (watch) watch->synced(path_of(f));
    return SQLITE_OK;
}
static int f_size(sqlite3_file *f, sqlite3_int64 *size) {
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}
static int f_lock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xLock(real_of(f), level);
}
static int f_unlock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
static int f_reserved(sqlite3_file *f, int *out) {
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int f_control(sqlite3_file *f, int op, void *arg) {
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int f_sector(sqlite3_file *f) {
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int f_device(sqlite3_file *f) {
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int f_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out) {
    if (extend && !read_only() && fails(SPACE)) return full() ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP;
    return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags) {
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void f_shm_barrier(sqlite3_file *f) {
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int f_shm_unmap(sqlite3_file *f, int drop) {
    return real_of(f)->pMethods->xShmUnmap(real_of(f), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags) {
    Fault *fault = (Fault *)f;
    (void)vfs;
    fault->real = (sqlite3_file *)(fault + 1);
    fault->path = name;
    int rc = real_vfs->xOpen(real_vfs, name, fault->real, flags, out_flags);
    fault->base.pMethods = fault->real->pMethods ? &methods : NULL;
    if (watch && rc == SQLITE_OK && name) watch->opened(name);
    return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *name, int durably) {
    (void)vfs;
    int rc = real_vfs->xDelete(real_vfs, name, durably);
    if (watch && rc == SQLITE_OK) watch->deleted(name, durably);
    return rc;
}

void fault_install(void) {
    static sqlite3_vfs vfs;
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs; /* the calls that take no file go to the real one, which does not look at its own pointer */
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(Fault) + real_vfs->szOsFile;
    vfs.xOpen = v_open;
    vfs.xDelete = v_delete;
    int rc = sqlite3_vfs_register(&vfs, 1);
    assert(rc == SQLITE_OK);
}

void fault_watch(const FaultWatch *who) {
    watch = who;
}

void fault_arm(FaultKind kind, long n, bool stays) {
    atomic_store(&points, 0);
    atomic_store(&plan_at, n);
    atomic_store(&plan_stays, stays);
    atomic_store(&plan_kind, kind);
}

long fault_disarm(void) {
    atomic_store(&plan_kind, FAULT_NONE);
    return atomic_load(&points);
}
