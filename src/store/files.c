/* Folders and files of the store: made private (0700, 0600), synced to disk, copied with their hash.
 * Never overwrites a file and never deletes what it did not make. */
#include "store/store_in.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 }; /* bytes copied at a time */

bool store_file_trouble(const char *what, const char *path, Err *err) {
    int code = errno;
    bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    err_set(err, full ? ERR_DISK_FULL : ERR_IO, "store", full ? "the disk is full: cannot %s" : "cannot %s", what);
    if (!err) return false;
    err_file(err, str_of(path));
    snprintf(err->cause, sizeof err->cause, "%s", strerror(code));
    return false;
}

bool store_sync_path(const char *path, Err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return store_file_trouble("open", path, err);
    bool ok = fsync(fd) == 0;
    if (!ok) store_file_trouble("sync to disk", path, err);
    close(fd);
    return ok;
}

/* Creates path[0…n), and makes the new name durable in the folder above it, path[0…above). */
static bool make_one(char *path, size_t above, size_t n, Err *err) {
    char kept = path[n];
    path[n] = '\0';
    bool made = mkdir(path, 0700) == 0;
    bool ok = made || errno == EEXIST || store_file_trouble("create the folder", path, err);
    path[n] = kept;
    if (!made) return ok;
    if (above == 0) return store_sync_path(path[0] == '/' ? "/" : ".", err);
    kept = path[above];
    path[above] = '\0';
    ok = store_sync_path(path, err);
    path[above] = kept;
    return ok;
}

bool store_make_dir(const char *dir, Err *err) {
    char path[PATH_MAX];
    size_t n = strlen(dir), above = 0;
    if (n == 0 || n >= sizeof path) return err_set(err, ERR_INPUT, "store", "a folder's name is empty or too long");
    memcpy(path, dir, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        TRY(make_one(path, above, i, err));
        above = i;
    }
    return true;
}

bool store_empty_dir(const char *dir, Err *err) {
    TRY(store_make_dir(dir, err));
    DIR *d = opendir(dir);
    if (!d) return store_file_trouble("open the folder", dir, err);
    size_t entries = 0;
    for (const struct dirent *e; (e = readdir(d));)
        entries += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    if (entries == 0) return true;
    err_set(err, ERR_INVALID, "store", "the folder is not empty; nothing was written to it");
    if (err) err_file(err, str_of(dir));
    return false;
}

static bool write_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

/* Reads fd to its end into the hash and, when to >= 0, into that file. */
static bool pump(int from, int to, int64_t *bytes, uint8_t hash[STORE_HASH]) {
    char buffer[BLOCK];
    crypto_hash_sha256_state h;
    crypto_hash_sha256_init(&h);
    *bytes = 0;
    for (;;) {
        ssize_t n = read(from, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || (n > 0 && to >= 0 && !write_all(to, buffer, (size_t)n))) return false;
        if (n == 0) break;
        crypto_hash_sha256_update(&h, (const uint8_t *)buffer, (size_t)n);
        *bytes += n;
    }
    crypto_hash_sha256_final(&h, hash);
    return to < 0 || fsync(to) == 0;
}

bool store_copy_file(const char *from, const char *to_path, int64_t *bytes, uint8_t hash[STORE_HASH], Err *err) {
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return store_file_trouble("open", from, err);
    int out = to_path ? open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    bool ok = !to_path || out >= 0;
    ok = ok && pump(in, out, bytes, hash);
    if (!ok) store_file_trouble(to_path ? "copy" : "read", to_path ? to_path : from, err);
    close(in);
    if (out >= 0) close(out);
    return ok;
}

bool store_write_file(const char *path, Str text, Err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return store_file_trouble("create", path, err);
    bool ok = (write_all(fd, text.p, text.n) && fsync(fd) == 0) || store_file_trouble("write", path, err);
    close(fd);
    return ok;
}
