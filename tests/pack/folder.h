/* Reads a pack's folder of the source tree for tests, and changes its files in memory. Tests stand outside
 * the rooms: they may open files. */
#ifndef YC_TEST_FOLDER_H
#define YC_TEST_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "pack/pack.h"

enum { FOLDER_FILES_MAX = 200 };
typedef struct Folder {
    Arena *a;                         /* owner */
    PackFile files[FOLDER_FILES_MAX]; /* n of them */
    size_t n;                         /* files */
    Str authority;                    /* bytes of authority.json */
    const char *id;                   /* of the service */
} Folder;

static inline Str folder_read(Arena *a, const char *path) {
    Buf b = {.a = a};
    char piece[4096];
    FILE *in = fopen(path, "rb");
    assert(in);
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;) buf_add(&b, (Str){piece, n});
    fclose(in);
    return buf_str(&b);
}

static inline void folder_walk(Folder *f, const char *path, const char *inside) {
    DIR *dir = opendir(path);
    assert(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.') continue;
        const char *deeper = str_c(f->a, str_printf(f->a, "%s/%s", path, e->d_name));
        Str name = str_printf(f->a, "%s%s%s", inside, *inside ? "/" : "", e->d_name);
        if (e->d_type == DT_DIR) {
            folder_walk(f, deeper, str_c(f->a, name));
        } else {
            assert(f->n < FOLDER_FILES_MAX);
            f->files[f->n++] = (PackFile){name, folder_read(f->a, deeper)};
        }
    }
    closedir(dir);
}

#define FOLDER_ID "traffic-first-violation"
#define FOLDER_AUTHORITY SOURCE_ROOT "/packs/demo-prefecture/"

/* authority.json with its calendars, as the reader of a folder gives it. */
static inline Str folder_authority(Arena *a) {
    Str years[] = {folder_read(a, FOLDER_AUTHORITY "calendars/2025.json"), folder_read(a, FOLDER_AUTHORITY "calendars/2026.json"),
                   folder_read(a, FOLDER_AUTHORITY "calendars/prefecture/2025.json"), folder_read(a, FOLDER_AUTHORITY "calendars/prefecture/2026.json")};
    Str whole = folder_read(a, FOLDER_AUTHORITY "authority.json");
    return str_printf(a, "{\"calendars\":[" STR_FMT "," STR_FMT "],\"layer_calendars\":{\"prefecture\":[" STR_FMT "," STR_FMT "]}," STR_FMT, STR_ARG(years[0]),
                      STR_ARG(years[1]), STR_ARG(years[2]), STR_ARG(years[3]), STR_ARG(str_sub(whole, 1, whole.n)));
}

static inline Folder folder_open(Arena *a) {
    Folder f = {.a = a, .id = FOLDER_ID, .authority = folder_authority(a)};
    folder_walk(&f, FOLDER_AUTHORITY FOLDER_ID, "");
    return f;
}

/* Any service, with common/ as the counter reads it. */
static inline Folder folder_service(Arena *a, const char *id) {
    Folder f = {.a = a, .id = id, .authority = folder_authority(a)};
    folder_walk(&f, str_c(a, str_printf(a, FOLDER_AUTHORITY "%s", id)), "");
    folder_walk(&f, FOLDER_AUTHORITY "common", "common");
    return f;
}

static inline Str folder_replace(Arena *a, Str bytes, const char *from, const char *to) {
    ptrdiff_t at = str_find(bytes, str_of(from));
    if (at < 0) printf("# there is no %s\n", from);
    assert(at >= 0);
    Buf b = {.a = a};
    buf_add(&b, str_sub(bytes, 0, (size_t)at));
    buf_c(&b, to);
    buf_add(&b, str_sub(bytes, (size_t)at + strlen(from), bytes.n));
    return buf_str(&b);
}

/* Replaces the first occurrence of a text; "" for `from` removes the file. */
static inline void folder_change(Folder *f, const char *file, const char *from, const char *to) {
    if (strcmp(file, "authority.json") == 0) {
        f->authority = folder_replace(f->a, f->authority, from, to);
        return;
    }
    size_t i = 0;
    while (i < f->n && !str_is(f->files[i].name, file)) i++;
    assert(i < f->n);
    if (*from)
        f->files[i].bytes = folder_replace(f->a, f->files[i].bytes, from, to);
    else
        f->files[i] = f->files[--f->n];
}

static inline bool folder_compile(Folder *f, ErrList *faults, Pack **pack) {
    Value authority;
    Err err = {0};
    bool ok = json_parse(f->authority, (JsonLimits){0}, f->a, &authority, &err);
    assert(ok);
    *faults = (ErrList){.a = f->a};
    *pack = NULL;
    return pack_compile(str_of(f->id), f->files, f->n, authority, f->a, faults, pack);
}

/* The shipped pack; prints what is wrong with it. */
static inline const Pack *folder_pack(Arena *a) {
    Folder f = folder_open(a);
    ErrList faults;
    Pack *pack;
    bool ok = folder_compile(&f, &faults, &pack);
    for (size_t i = 0; i < faults.n; i++) {
        Str line = err_line(a, &faults.items[i]);
        printf("# " STR_FMT "\n", STR_ARG(line));
    }
    assert(ok);
    return pack;
}

#endif
