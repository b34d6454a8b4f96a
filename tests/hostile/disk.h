/* Remembers everything that a program does to the files below one folder, in order, with what it was told is
 * durable: the tape from which power cuts are played. Sees SQLite through fault.h and the store's own calls
 * through the linker (--wrap). Changes nothing of what the program sees. */
#ifndef YC_TESTS_HOSTILE_DISK_H
#define YC_TESTS_HOSTILE_DISK_H

#include "base/base.h"

enum { DISK_NAMES = 64, DISK_FILES = 256 }; /* most names and most files of one tape */
typedef enum DiskWhat {
    DISK_MAKE,       /* `name` now is the new, empty `file` */
    DISK_WRITE,      /* n bytes at `at` of `file` */
    DISK_SHORTEN,    /* `file` ends at `at` */
    DISK_SYNC,       /* the contents of `file` are durable */
    DISK_RENAME,     /* `name` is called `to` now */
    DISK_REMOVE,     /* `name` is gone */
    DISK_SYNC_NAMES, /* all names are durable */
    DISK_MARK,       /* no input or output: the program was told that something is safe */
} DiskWhat;
typedef struct DiskOp {
    DiskWhat what;        /* which of its members count */
    int file, name, to;   /* numbers on the tape */
    int64_t at;           /* DISK_WRITE, DISK_SHORTEN; the kind of a mark */
    size_t n;             /* of bytes */
    const uint8_t *bytes; /* DISK_WRITE */
    uint64_t state;       /* DISK_MARK: what was safe */
} DiskOp;
typedef struct DiskTape {
    DiskOp *ops;                   /* in order */
    size_t n, cap;                 /* used and allocated */
    const char *names[DISK_NAMES]; /* paths below the folder */
    int n_names, n_files;          /* used */
} DiskTape;

void disk_record(const char *folder, Arena *a, DiskTape *tape); /* until disk_stop; one tape at a time */
void disk_mark(int kind, uint64_t state);                       /* nothing while no tape runs */
bool disk_records(void);
void disk_stop(void);

#endif
