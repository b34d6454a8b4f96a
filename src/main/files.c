/* Files, clocks and randomness for the key. Nothing here knows what the bytes mean. */
#include "main/main_in.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PACK_FILES = 400, MAX_PACK_FILE = 8 << 20 };

int64_t main_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

double main_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool main_random(uint8_t *bytes, size_t n, Err *err) {
    ssize_t got = getrandom(bytes, n, 0);
    return got == (ssize_t)n || err_set(err, ERR_IO, "main", "the system gives no randomness: %s", strerror(errno));
}

static bool read_open_file(int fd, const char *path, size_t limit, Arena *a, Str *out, Err *err) {
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return err_set(err, ERR_IO, "main", "%s is not a file", path);
    if ((size_t)info.st_size > limit) return err_set(err, ERR_LIMIT, "main", "%s is larger than %zu bytes", path, limit);
    char *p = arena_alloc(a, (size_t)info.st_size + 1);
    size_t n = 0;
    while (n < (size_t)info.st_size) {
        ssize_t got = read(fd, p + n, (size_t)info.st_size - n);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return err_set(err, ERR_IO, "main", "%s cannot be read: %s", path, got < 0 ? strerror(errno) : "it became shorter");
        n += (size_t)got;
    }
    *out = (Str){p, n};
    return true;
}

bool main_read_file(const char *path, size_t limit, Arena *a, Str *out, Err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "main", "%s cannot be opened: %s", path, strerror(errno));
    bool ok = read_open_file(fd, path, limit, a, out, err);
    close(fd);
    return ok;
}

typedef struct Folder { /* a pack's folder being read */
    Arena *a;         /* owner of names and bytes */
    PackFile *files;  /* MAX_PACK_FILES of them */
    size_t n;         /* read so far */
} Folder;

static bool read_folder(Folder *f, const char *dir, Str inside, int depth, Err *err);

static bool read_entry(Folder *f, const char *dir, const char *name, Str inside, int depth, Err *err) {
    const char *path = str_c(f->a, str_printf(f->a, "%s/%s", dir, name));
    Str as = str_printf(f->a, STR_FMT "%s", STR_ARG(inside), name);
    struct stat info;
    if (stat(path, &info) != 0) return err_set(err, ERR_IO, "main", "%s cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode)) {
        if (depth == 0) return err_set(err, ERR_LIMIT, "main", "%s lies too deep for a pack", path);
        return read_folder(f, path, str_printf(f->a, STR_FMT "/", STR_ARG(as)), depth - 1, err);
    }
    if (f->n == MAX_PACK_FILES) return err_set(err, ERR_LIMIT, "main", "a pack has at most %d files", MAX_PACK_FILES);
    f->files[f->n].name = as;
    TRY(main_read_file(path, MAX_PACK_FILE, f->a, &f->files[f->n].bytes, err));
    f->n++;
    return true;
}

static bool read_folder(Folder *f, const char *dir, Str inside, int depth, Err *err) {
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort);
    if (n < 0) return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "main", "%s cannot be opened: %s", dir, strerror(errno));
    bool ok = true;
    for (int i = 0; i < n; i++) {
        if (ok && names[i]->d_name[0] != '.') ok = read_entry(f, dir, names[i]->d_name, inside, depth, err);
        free(names[i]);
    }
    free(names);
    return ok;
}

bool main_read_pack(const char *dir, Arena *a, PackFile **files, size_t *n, Err *err) {
    Folder f = {.a = a, .files = NEW_ARRAY(a, PackFile, MAX_PACK_FILES)};
    TRY(read_folder(&f, dir, STR(""), 1, err));
    *files = f.files;
    *n = f.n;
    return true;
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The folder two above the program: the checkout, when built in its build folder. */
static const char *house_dir(Arena *a) {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return ".";
    path[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (!slash) return ".";
        *slash = '\0';
    }
    return str_c(a, str_of(path));
}

bool main_authority_dir(const char *name, Arena *a, const char **dir, Err *err) {
    const char *here = str_c(a, str_printf(a, "packs/%s", name));
    const char *there = str_c(a, str_printf(a, "%s/packs/%s", house_dir(a), name));
    *dir = is_folder(here) ? here : there;
    return is_folder(*dir) || err_set(err, ERR_NOT_FOUND, "main", "no folder packs/%s here or beside the program", name);
}

bool main_find_pack(Str name, Arena *a, const char **dir, Err *err) {
    const char *path = str_c(a, name), *authority;
    while (name.n > 1 && name.p[name.n - 1] == '/') name.n--;
    if (is_folder(path)) {
        *dir = str_c(a, name);
        return true;
    }
    if (!memchr(name.p, '/', name.n)) {
        TRY(main_authority_dir("demo-prefecture", a, &authority, err));
        *dir = str_c(a, str_printf(a, "%s/" STR_FMT, authority, STR_ARG(name)));
        if (is_folder(*dir)) return true;
    }
    return err_set(err, ERR_NOT_FOUND, "main", "no pack " STR_FMT, STR_ARG(name));
}

static bool read_json_file(const char *path, Arena *a, Value *out, Err *err) {
    Str bytes;
    TRY(main_read_file(path, MAX_PACK_FILE, a, &bytes, err));
    if (json_parse(bytes, (JsonLimits){0}, a, out, err)) return true;
    err_file(err, str_of(path));
    return false;
}

/* <dir>/<year>.json: those that are there, oldest first. Adds the folders in it to `inner`, unless NULL. */
static bool read_years(const char *dir, Arena *a, Value *out, ValueBuild *inner, Err *err) {
    struct dirent **names;
    ValueBuild list = {.a = a};
    int n = scandir(dir, &names, NULL, alphasort);
    bool ok = true;
    for (int i = 0; i < n; i++) {
        Value calendar;
        Str name = str_copy(a, str_of(names[i]->d_name));
        const char *path = str_c(a, str_printf(a, "%s/%s", dir, names[i]->d_name));
        free(names[i]);
        if (ok && str_ends(name, STR(".json"))) {
            ok = read_json_file(path, a, &calendar, err);
            if (ok) build_item(&list, calendar);
        } else if (ok && inner && name.p[0] != '.' && is_folder(path)) {
            ok = read_years(path, a, &calendar, NULL, err);
            if (ok) build_entry(inner, name, calendar);
        }
    }
    if (n >= 0) free(names);
    *out = build_list(&list);
    return ok;
}

bool main_read_authority(const char *authority_dir, Arena *a, Value *out, Err *err) {
    const char *path = str_c(a, str_printf(a, "%s/authority.json", authority_dir));
    Value authority, calendars;
    ValueBuild layers = {.a = a};
    *out = value_null();
    if (access(path, F_OK) != 0) return true;
    TRY(read_json_file(path, a, &authority, err));
    if (authority.kind != VALUE_CONTEXT) return err_set(err, ERR_INVALID, "main", "%s is no JSON object", path);
    TRY(read_years(str_c(a, str_printf(a, "%s/calendars", authority_dir)), a, &calendars, &layers, err));
    *out = value_with(a, authority, STR("calendars"), calendars);
    if (layers.n > 0) *out = value_with(a, *out, STR("layer_calendars"), build_ctx(&layers));
    return true;
}

/* A pack's files, and common/ of the folder above under that path. */
static bool read_with_common(const char *dir, const char *parent, Arena *a, MainPack *out, Err *err) {
    Folder f = {.a = a, .files = NEW_ARRAY(a, PackFile, MAX_PACK_FILES)};
    const char *common = str_c(a, str_printf(a, "%s/common", parent));
    TRY(read_folder(&f, dir, STR(""), 1, err));
    if (is_folder(common)) TRY(read_folder(&f, common, STR("common/"), 1, err));
    *out = (MainPack){.files = f.files, .n_files = f.n};
    return true;
}

bool main_compile_pack(const char *dir, Arena *a, ErrList *faults, MainPack *out) {
    MainPack made = {0};
    Value authority;
    Err err = {0};
    const char *parent = str_c(a, str_printf(a, "%s/..", dir));
    Str id = str_of(dir);
    for (size_t i = id.n; i-- > 0;)
        if (id.p[i] == '/') {
            id = str_sub(id, i + 1, id.n);
            break;
        }
    if (!read_with_common(dir, parent, a, &made, &err) || !main_read_authority(parent, a, &authority, &err)) {
        errlist_push(faults, &err);
        return false;
    }
    TRY(pack_compile(id, made.files, made.n_files, authority, a, faults, &made.pack));
    made.files = made.pack->files;
    made.n_files = made.pack->n_files;
    *out = made;
    return true;
}

void main_print_faults(const ErrList *faults, Arena *a) {
    for (size_t i = 0; i < faults->n; i++) {
        Str line = err_line(a, &faults->items[i]);
        fprintf(stderr, STR_FMT "\n", STR_ARG(line));
    }
    if (faults->more) fprintf(stderr, "and %zu more faults\n", faults->more);
}

int main_trouble(const Err *err) {
    Arena *a = arena_new(1 << 20);
    Str line = err_line(a, err);
    fprintf(stderr, "yichuang: " STR_FMT "\n", STR_ARG(line));
    arena_free(a);
    return EXIT_NO;
}
