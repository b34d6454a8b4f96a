/* Counts what SQLite asks of the system: this program's fdatasync, fsync and pwrite64 stand before libc's.
 * Never changes what is written; while filling in a hurry a sync is skipped. */
#include "processes.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAL_HEAD = 32, FRAME_HEAD = 24, PAGE = 4096 }; /* Source: SQLite's file format, "The WAL File" */

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

/* A frame comes in two parts, its head and its page, or gathered with others. */
static long frames(size_t n, off64_t at) {
    bool page = n == PAGE && at >= WAL_HEAD + FRAME_HEAD && (at - WAL_HEAD - FRAME_HEAD) % (PAGE + FRAME_HEAD) == 0;
    size_t head = at == 0 && n % (PAGE + FRAME_HEAD) == WAL_HEAD ? WAL_HEAD : 0;
    bool gathered = (at == 0 || (at - WAL_HEAD) % (PAGE + FRAME_HEAD) == 0) && (n - head) % (PAGE + FRAME_HEAD) == 0;
    return page ? 1 : gathered ? (long)(n / (PAGE + FRAME_HEAD)) : 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    atomic_fetch_add(&pages, frames(n, at));
    return syscall(SYS_pwrite64, fd, bytes, n, at);
}
