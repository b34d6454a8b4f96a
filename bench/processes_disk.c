/* Counts what SQLite asks of the system: this program's fdatasync, fsync and pwrite64 stand before libc's.
 * Never changes what is written; while filling in a hurry a sync is skipped. */
#include "processes.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAL_HEAD = 32, FRAME_HEAD = 24 }; /* Source: SQLite's file format, "The WAL File" */

static atomic_llong syncs, pages;
static atomic_bool hurrying;

BenchDisk bench_disk(void) {
    return (BenchDisk){atomic_load(&syncs), atomic_load(&pages)};
}

void bench_disk_hurry(bool hurry) {
    atomic_store(&hurrying, hurry);
}

int fdatasync(int fd) {
    atomic_fetch_add(&syncs, 1);
    return atomic_load(&hurrying) ? 0 : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd) {
    atomic_fetch_add(&syncs, 1);
    return atomic_load(&hurrying) ? 0 : (int)syscall(SYS_fsync, fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    bool frame = n >= 512 && at >= WAL_HEAD + FRAME_HEAD && at % (off64_t)n != 0 &&
                 (at - WAL_HEAD - FRAME_HEAD) % (off64_t)(n + FRAME_HEAD) == 0;
    if (frame) atomic_fetch_add(&pages, 1);
    return syscall(SYS_pwrite64, fd, bytes, n, at);
}
