/* See disk.h. One lock guards the tape; whoever waits for it has done the input or output already, so the order on
 * the tape is one that the disk could have seen. */
#include "disk.h"

#include "fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024, FOLDER = -2, STRANGE = -1 }; /* what a descriptor is, when no file of the tape */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static DiskTape *tape;                                            /* NULL = none runs */
static Arena *house;                                              /* of the tape */
static const char *folder;                                        /* what is watched */
static int bound[DISK_NAMES];                                     /* the file of a name, or -1 */
static bool named[DISK_FILES];                                    /* the file's name was made durable with it */
static int known[DESCRIPTORS];                                    /* the file of a descriptor */
static int64_t places[DESCRIPTORS];                               /* where its next write goes */

/* ---- the tape ---------------------------------------------------------------------------------------------- */
static void put(DiskOp op) {
    if (tape->n == tape->cap) {
        size_t cap = tape->cap ? 2 * tape->cap : 1024;
        tape->ops = arena_grow(house, tape->ops, tape->cap * sizeof op, cap * sizeof op);
        tape->cap = cap;
    }
    tape->ops[tape->n++] = op;
}

static bool ends(const char *path, const char *tail) {
    size_t n = strlen(path), k = strlen(tail);
    return n >= k && strcmp(path + n - k, tail) == 0;
}

/* Number of a path below the folder; -1 for any other and for what is no data (the WAL's index, the place's lock). */
static int name_of(const char *path) {
    size_t n = folder ? strlen(folder) : 0;
    if (!tape || strncmp(path, folder, n) != 0 || ends(path, "-shm") || ends(path, ".lock")) return -1;
    for (int i = 0; i < tape->n_names; i++)
        if (strcmp(tape->names[i], path + n) == 0) return i;
    assert(tape->n_names < DISK_NAMES);
    bound[tape->n_names] = -1;
    tape->names[tape->n_names] = str_c(house, str_of(path + n));
    return tape->n_names++;
}

static int file_of(const char *path) {
    int name = name_of(path);
    return name < 0 ? -1 : bound[name];
}

static int make(const char *path) {
    int name = name_of(path);
    if (name < 0) return -1;
    if (bound[name] < 0) {
        assert(tape->n_files < DISK_FILES);
        named[tape->n_files] = false;
        bound[name] = tape->n_files++;
        put((DiskOp){DISK_MAKE, .file = bound[name], .name = name});
    }
    return bound[name];
}

static void write_at(int file, const void *bytes, size_t n, int64_t at) {
    uint8_t *kept = arena_alloc(house, n);
    memcpy(kept, bytes, n);
    put((DiskOp){DISK_WRITE, .file = file, .at = at, .n = n, .bytes = kept});
}

/* ---- SQLite's files ------------------------------------------------------------------------------------------ */
static void on_opened(const char *path) {
    pthread_mutex_lock(&lock);
    make(path);
    pthread_mutex_unlock(&lock);
}

static void on_written(const char *path, const void *bytes, int n, int64_t at) {
    pthread_mutex_lock(&lock);
    int file = file_of(path);
    if (file >= 0) write_at(file, bytes, (size_t)n, at);
    pthread_mutex_unlock(&lock);
}

static void on_shortened(const char *path, int64_t size) {
    pthread_mutex_lock(&lock);
    int file = file_of(path);
    if (file >= 0) put((DiskOp){DISK_SHORTEN, .file = file, .at = size});
    pthread_mutex_unlock(&lock);
}

/* SQLite syncs the folder when it first syncs a journal that it made. */
static void on_synced(const char *path) {
    pthread_mutex_lock(&lock);
    int file = file_of(path);
    if (file >= 0) put((DiskOp){DISK_SYNC, .file = file});
    if (file >= 0 && !named[file] && (ends(path, "-wal") || ends(path, "-journal"))) put((DiskOp){DISK_SYNC_NAMES});
    if (file >= 0) named[file] = true;
    pthread_mutex_unlock(&lock);
}

static void remove_name(const char *path, bool durably) {
    int name = name_of(path);
    if (name < 0 || bound[name] < 0) return;
    bound[name] = -1;
    put((DiskOp){DISK_REMOVE, .name = name});
    if (durably) put((DiskOp){DISK_SYNC_NAMES});
}

static void on_deleted(const char *path, bool durably) {
    pthread_mutex_lock(&lock);
    remove_name(path, durably);
    pthread_mutex_unlock(&lock);
}

static const FaultWatch watch = {on_opened, on_written, on_shortened, on_synced, on_deleted};

void disk_record(const char *path, Arena *a, DiskTape *out) {
    for (int i = 0; i < DESCRIPTORS; i++) known[i] = STRANGE;
    *out = (DiskTape){0};
    tape = out, house = a, folder = path;
    fault_watch(&watch);
}

void disk_stop(void) {
    fault_watch(NULL);
    tape = NULL;
}

bool disk_records(void) {
    return tape != NULL;
}

void disk_mark(int kind, uint64_t state) {
    pthread_mutex_lock(&lock);
    if (tape) put((DiskOp){DISK_MARK, .at = kind, .state = state});
    pthread_mutex_unlock(&lock);
}

/* ---- the store's own calls: the linker sends them here ---------------------------------------------------------- */
int __real_open64(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t n);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);

int __wrap_open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
    va_end(rest);
    int fd = __real_open64(path, flags, mode);
    struct stat about;
    pthread_mutex_lock(&lock);
    if (tape && fd >= 0 && fd < DESCRIPTORS && strncmp(path, folder, strlen(folder)) == 0) {
        bool is_folder = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
        known[fd] = is_folder ? FOLDER : flags & O_CREAT ? make(path) : file_of(path);
        places[fd] = 0;
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

int __wrap_close(int fd) {
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < DESCRIPTORS) known[fd] = STRANGE;
    pthread_mutex_unlock(&lock);
    return __real_close(fd);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n) {
    ssize_t written = __real_write(fd, bytes, n);
    pthread_mutex_lock(&lock);
    if (tape && written > 0 && fd >= 0 && fd < DESCRIPTORS && known[fd] >= 0) {
        write_at(known[fd], bytes, (size_t)written, places[fd]);
        places[fd] += written;
    }
    pthread_mutex_unlock(&lock);
    return written;
}

/* Not passed on, as in fault.c. */
int __wrap_fsync(int fd) {
    pthread_mutex_lock(&lock);
    if (tape && fd >= 0 && fd < DESCRIPTORS && known[fd] != STRANGE)
        put(known[fd] == FOLDER ? (DiskOp){DISK_SYNC_NAMES} : (DiskOp){DISK_SYNC, .file = known[fd]});
    pthread_mutex_unlock(&lock);
    return 0;
}

int __wrap_rename(const char *from, const char *to) {
    int rc = __real_rename(from, to);
    pthread_mutex_lock(&lock);
    int old = rc == 0 && tape ? name_of(from) : -1, new = old >= 0 ? name_of(to) : -1;
    if (new >= 0) {
        bound[new] = bound[old];
        bound[old] = -1;
        put((DiskOp){DISK_RENAME, .name = old, .to = new});
    }
    pthread_mutex_unlock(&lock);
    return rc;
}

int __wrap_unlink(const char *path) {
    int rc = __real_unlink(path);
    pthread_mutex_lock(&lock);
    if (rc == 0 && tape) remove_name(path, false);
    pthread_mutex_unlock(&lock);
    return rc;
}
