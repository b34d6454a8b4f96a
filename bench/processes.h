/* What the parts of the bench of processes share: its options, the small helpers, and the counter on a folder
 * of its own that they measure. */
#ifndef YC_BENCH_PROCESSES_H
#define YC_BENCH_PROCESSES_H

#include "case/case.h"

#include <sys/types.h>

typedef struct Bench {    /* options */
    const char *dir;      /* where the data goes: a new folder inside the one that was given */
    const char *store;    /* --store, or NULL: SQLite below dir */
    long open;            /* instances of the large store */
    long timers;          /* due at once */
    long migrate;         /* cases that go over to another version */
} Bench;

/* ---- processes.c ---- */
double bench_now(void); /* seconds, steady */
/* Ends the program with the sentence, and the trouble when there is one. */
void bench_check(bool ok, const char *what, const Err *err);
void bench_line(const char *name, double value, int decimals); /* name=value */
double bench_median(double *values, size_t n);
const char *bench_path(const Bench *b, Arena *a, const char *name); /* below dir */
const char *bench_place(const Bench *b, Arena *a, const char *name); /* of a store: the same, or --store */

/* ---- processes_disk.c: what reaches the disk; the program's own fdatasync and pwrite stand before libc's ---- */
typedef struct BenchDisk {
    int64_t syncs; /* fdatasync and fsync */
    int64_t pages; /* frames of a SQLite WAL */
} BenchDisk;
BenchDisk bench_disk(void);        /* since the start */
void bench_disk_hurry(bool hurry); /* while filling a store that will only be measured: syncs do nothing */

/* ---- processes_hand.c: the rows of a step written by hand ---- */
typedef struct BenchHand BenchHand;
BenchHand *bench_hand_open(const char *path);
double bench_hand_raw(BenchHand *h, double seconds);    /* one-row commits a second */
double bench_hand_groups(BenchHand *h, double seconds); /* steps a second, 32 a commit */
void bench_hand_close(BenchHand *h);

/* ---- processes_counter.c: a house with the pack of bench/counter ---- */
typedef struct BenchCounter {
    Arena *a;
    Store *store;
    CaseHouse *house;
    Str service;
} BenchCounter;
enum { BENCH_SMALL, BENCH_TEN, BENCH_NEXT }; /* the pack as it is; with nine people's tasks in a row; its next version */
const char *bench_packs(void);   /* the folder bench/counter */
void bench_counter_open(const Bench *b, const char *name, int which, BenchCounter *out);
void bench_counter_close(BenchCounter *c);
typedef struct BenchClient { /* one officer at work, in one thread */
    const BenchCounter *at;
    Arena *a;           /* of one step */
    int number;         /* of the client */
    int64_t turn;       /* steps so far */
    int64_t fixed_us;   /* the clock stands still here, or 0 */
    char id[32];        /* the open case; "" = the next step creates one */
    char code[32];      /* its tracking code */
    int64_t version;    /* of the open case */
    Value answers;      /* of every case, but for the plate */
    Value decision;     /* what the officer decides */
} BenchClient;
void bench_client_open(const BenchCounter *at, int number, BenchClient *out);
void bench_client_close(BenchClient *c);
void bench_create(BenchClient *c); /* registers a case; it stays open */
void bench_decide(BenchClient *c); /* completes the open case's task; id is "" when that was the last one */
void bench_step(BenchClient *c);   /* one of the two in turn */

/* ---- processes_weight.c ---- */
/* Opens n cases with 2 officers, without syncs, and tells of it on stderr. Out: the code of the last one. */
void bench_fill(const BenchCounter *at, long n, int64_t fixed_us, char code[32]);

/* ---- processes_server.c: the built program as a server of its own ---- */
typedef struct BenchServer {
    pid_t pid;
    int port;
    char password[64]; /* of the demo user bench; "" without --demo */
    double started;    /* when, by bench_now */
} BenchServer;
void bench_server_start(const char *data_dir, bool demo, BenchServer *out);
int bench_server_connect(const BenchServer *s);
/* One request on a connection of its own; the request says Connection: close. */
void bench_server_ask(const BenchServer *s, const char *request, char *answer, size_t n);
/* Milliseconds from the start until the case of this tracking code was answered. */
double bench_server_first_answer(const BenchServer *s, const char *code);
double bench_server_cpu(const BenchServer *s); /* seconds of all processors so far */
long bench_server_rss_kb(const BenchServer *s);
void bench_server_stop(BenchServer *s);

/* ---- the parts ---- */
typedef void BenchPart(const Bench *b);
BenchPart bench_core, bench_durable, bench_http, bench_open, bench_closed, bench_timers, bench_migrate;

#endif
