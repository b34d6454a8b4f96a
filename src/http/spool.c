/* The body of a form with files: it lies in an unnamed file on disk, is read through a map by one worker, and is gone
 * with its request, however that ends. Knows no request and no connection. */
#include "http/work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool trouble(const char *what, Err *err) {
    bool full = errno == ENOSPC || errno == EDQUOT;
    return err_set(err, full ? ERR_DISK_FULL : ERR_IO, "http", "cannot %s a file for what is being sent: %s", what, strerror(errno));
}

static bool open_spool(HttpSpool *s, Err *err) {
    const char *places[] = {getenv("TMPDIR"), "/var/tmp", "/tmp"};
    for (size_t i = 0; i < COUNT_OF(places) && s->fd < 0; i++)
        if (places[i] && places[i][0]) s->fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return s->fd >= 0 || trouble("make", err);
}

bool http_spool_add(HttpSpool *s, Str bytes, Err *err) {
    if (s->fd < 0) TRY(open_spool(s, err));
    s->n += bytes.n;
    if (s->n > HTTP_SPOOL_LIMIT) return true;
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(s->fd, bytes.p + at, bytes.n - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return trouble("write", err);
        at += (size_t)n;
    }
    return true;
}

bool http_spool_map(HttpSpool *s, Str *out, Err *err) {
    *out = STR("");
    if (s->n == 0 || s->n > HTTP_SPOOL_LIMIT) return true;
    void *map = mmap(NULL, (size_t)s->n, PROT_READ, MAP_PRIVATE, s->fd, 0);
    if (map == MAP_FAILED) return trouble("read", err);
    s->map = map;
    *out = (Str){map, (size_t)s->n};
    return true;
}

void http_spool_end(HttpSpool *s) {
    if (s->map) munmap(s->map, (size_t)s->n);
    if (s->fd >= 0) close(s->fd);
    *s = (HttpSpool){.fd = -1};
}
