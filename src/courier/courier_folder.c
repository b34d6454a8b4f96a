/* The way out of a demonstration, and of a post whose messages are carried by other programs: each effect becomes
 * one file, named by its key, complete or not there at all. A file that is there already was handed over before. */
#include "courier/courier_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool courier_folder(const char *path, Arena *house, void **self, Err *err) {
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return err_set(err, ERR_IO, "courier", "the folder %s cannot be made: %s", path, strerror(errno));
    *self = str_c(house, str_of(path));
    return true;
}

static bool write_all(int fd, Str bytes) {
    for (size_t done = 0; done < bytes.n;) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) done += (size_t)n;
    }
    return fsync(fd) == 0;
}

static CourierAnswer trouble(const char *path, Arena *a) {
    return (CourierAnswer){.said = COURIER_LATER, .reason = str_printf(a, "%s cannot be written: %s", path, strerror(errno))};
}

/* A key holds lower-case letters, digits and slashes only. */
static char *file_name(Str key, Arena *a) {
    char *name = str_c(a, key);
    for (char *p = name; *p; p++)
        if (*p == '/') *p = '-';
    return name;
}

CourierAnswer courier_to_folder(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    (void)now_us;
    const char *folder = self;
    char *name = file_name(e->key, a);
    char *path = str_c(a, str_printf(a, "%s/%s.json", folder, name)), *part = str_c(a, str_printf(a, "%s/.%s", folder, name));
    if (access(path, F_OK) == 0) return (CourierAnswer){.said = COURIER_DID};
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return trouble(path, a);
    bool written = write_all(fd, courier_body(e, a));
    if (close(fd) != 0 || !written || rename(part, path) != 0) return trouble(path, a);
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* the name is durable too */
    bool kept = dir >= 0 && fsync(dir) == 0;
    if (dir >= 0) close(dir);
    return kept ? (CourierAnswer){.said = COURIER_DID} : trouble(path, a);
}
