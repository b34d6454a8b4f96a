/* See cut.h. A file's contents and the names of files become durable separately, as POSIX says. */
#include "cut.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, IMAGE_MAX = 64 << 20 };

typedef struct Bytes {
    uint8_t *p;    /* malloc'ed */
    size_t n, cap; /* used, allocated */
} Bytes;
typedef struct Waiting { /* operations that are not durable yet */
    size_t *ops;         /* their places on the tape */
    size_t n, cap;       /* used, allocated */
} Waiting;
struct Cut {
    const DiskTape *tape;      /* what is played */
    bool lies;                 /* syncs do nothing */
    size_t next;               /* operation */
    Bytes durable[DISK_FILES]; /* contents for certain */
    Waiting late[DISK_FILES];  /* writes after the file's last sync */
    int names[DISK_NAMES];     /* the file of a name for certain, or -1 */
    Waiting late_names;        /* changes of names after the last sync of the folder */
};
typedef enum Left { NOTHING, ALL, PREFIX, WRITES, SECTORS, RUBBISH, WAYS } Left;

uint64_t cut_dice(uint64_t *dice) {
    uint64_t z = *dice += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void must_have(bool ok, const char *what) {
    if (ok) return;
    perror(what);
    abort();
}

/* ---- contents ------------------------------------------------------------------------------------------------ */
static void fit(Bytes *b, size_t n) {
    assert(n <= IMAGE_MAX);
    if (n > b->cap) {
        b->cap = 2 * n;
        b->p = realloc(b->p, b->cap);
        must_have(b->p, "realloc");
    }
}

static void resize(Bytes *b, size_t n) {
    fit(b, n);
    if (n > b->n) memset(b->p + b->n, 0, n - b->n);
    b->n = n;
}

static void place(Bytes *b, size_t at, const uint8_t *bytes, size_t n) {
    if (at + n > b->n) resize(b, at + n);
    if (n > 0) memcpy(b->p + at, bytes, n);
}

static void apply(Bytes *b, const DiskOp *op) {
    if (op->what == DISK_WRITE)
        place(b, (size_t)op->at, op->bytes, op->n);
    else
        resize(b, (size_t)op->at);
}

static void wait_for_sync(Waiting *w, size_t op) {
    if (w->n == w->cap) {
        w->cap = w->cap ? 2 * w->cap : 64;
        w->ops = realloc(w->ops, w->cap * sizeof *w->ops);
        must_have(w->ops, "realloc");
    }
    w->ops[w->n++] = op;
}

/* ---- playing ----------------------------------------------------------------------------------------------------- */
static void rename_in(int *names, const DiskOp *op) {
    if (op->what == DISK_MAKE) names[op->name] = op->file;
    if (op->what == DISK_REMOVE) names[op->name] = -1;
    if (op->what == DISK_RENAME) names[op->to] = names[op->name], names[op->name] = -1;
}

Cut *cut_new(const DiskTape *tape, bool lies) {
    Cut *c = calloc(1, sizeof *c);
    must_have(c, "calloc");
    c->tape = tape;
    c->lies = lies;
    for (int i = 0; i < DISK_NAMES; i++) c->names[i] = -1;
    return c;
}

void cut_free(Cut *c) {
    for (int i = 0; i < DISK_FILES; i++) free(c->durable[i].p), free(c->late[i].ops);
    free(c->late_names.ops);
    free(c);
}

static void sync_file(Cut *c, int file) {
    Waiting *late = &c->late[file];
    for (size_t i = 0; i < late->n; i++) apply(&c->durable[file], &c->tape->ops[late->ops[i]]);
    late->n = 0;
}

static void sync_names(Cut *c) {
    for (size_t i = 0; i < c->late_names.n; i++) rename_in(c->names, &c->tape->ops[c->late_names.ops[i]]);
    c->late_names.n = 0;
}

bool cut_step(Cut *c, const DiskOp **played) {
    if (c->next == c->tape->n) return false;
    const DiskOp *op = *played = &c->tape->ops[c->next];
    switch (op->what) {
    case DISK_WRITE:
    case DISK_SHORTEN: wait_for_sync(&c->late[op->file], c->next); break;
    case DISK_MAKE:
    case DISK_RENAME:
    case DISK_REMOVE: wait_for_sync(&c->late_names, c->next); break;
    case DISK_SYNC:
        if (!c->lies) sync_file(c, op->file);
        break;
    case DISK_SYNC_NAMES: sync_names(c); break;
    case DISK_MARK: break;
    }
    c->next++;
    return true;
}

/* ---- what is left -------------------------------------------------------------------------------------------------- */
/* One write, sector by sector; each comes through with chance `in` of 256. */
static void tear(Bytes *b, const DiskOp *op, unsigned in, bool rubbish, uint64_t *dice) {
    for (size_t from = 0, to; from < op->n; from = to) {
        to = (((size_t)op->at + from) / SECTOR + 1) * SECTOR - (size_t)op->at;
        if (to > op->n) to = op->n;
        uint64_t chance = cut_dice(dice);
        if ((chance & 255) >= in) continue;
        place(b, (size_t)op->at + from, op->bytes + from, to - from);
        if (rubbish && (chance >> 8 & 7) == 0) memset(b->p + op->at + from, (int)(chance >> 16 & 255), to - from);
    }
}

static void leave(Bytes *b, const DiskOp *op, Left left, unsigned in, uint64_t *dice) {
    bool whole = left == WRITES || op->what == DISK_SHORTEN;
    if (whole && (cut_dice(dice) & 255) < in)
        apply(b, op);
    else if (!whole)
        tear(b, op, in, left == RUBBISH, dice);
}

static void leave_file(const Cut *c, int file, Left left, uint64_t *dice, Bytes *image) {
    const Waiting *late = &c->late[file];
    size_t whole = left == ALL ? late->n : left == PREFIX ? cut_dice(dice) % (late->n + 1) : 0;
    unsigned in = (unsigned)(cut_dice(dice) & 255);
    image->n = 0;
    place(image, 0, c->durable[file].p, c->durable[file].n);
    for (size_t i = 0; i < whole; i++) apply(image, &c->tape->ops[late->ops[i]]);
    if (left == PREFIX && whole < late->n) leave(image, &c->tape->ops[late->ops[whole]], SECTORS, in, dice);
    for (size_t i = 0; left >= WRITES && i < late->n; i++) leave(image, &c->tape->ops[late->ops[i]], left, in, dice);
}

static void write_file(const char *folder, const char *name, const Bytes *image) {
    char path[500];
    size_t n = (size_t)snprintf(path, sizeof path, "%s%s", folder, name), above = strlen(folder);
    assert(n < sizeof path);
    for (size_t i = above + 1; i < n; i++) {
        if (path[i] != '/') continue;
        path[i] = '\0';
        mkdir(path, 0700);
        path[i] = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must_have(fd >= 0, path);
    for (size_t done = 0; done < image->n;) {
        ssize_t wrote = write(fd, image->p + done, image->n - done);
        must_have(wrote > 0, path);
        done += (size_t)wrote;
    }
    close(fd);
}

void cut_power(const Cut *c, uint64_t *dice, const char *folder) {
    int names[DISK_NAMES];
    Bytes image = {0};
    Left left = (Left)(cut_dice(dice) % WAYS);
    size_t kept = left == NOTHING ? 0 : left == ALL ? c->late_names.n : cut_dice(dice) % (c->late_names.n + 1);
    memcpy(names, c->names, sizeof names);
    for (size_t i = 0; i < kept; i++) rename_in(names, &c->tape->ops[c->late_names.ops[i]]);
    for (int i = 0; i < c->tape->n_names; i++) {
        if (names[i] < 0) continue;
        leave_file(c, names[i], left, dice, &image);
        write_file(folder, c->tape->names[i], &image);
    }
    free(image.p);
}
