/* Inside store: the catalogue read from the rooms' SQL, the small interface behind which a database
 * engine hides, and the parts that open, write, chain and back up share. No other room includes this;
 * nothing here knows SQLite, which lives in sqlite.c alone, or PostgreSQL, which lives in postgres*.c. */
#ifndef YC_STORE_IN_H
#define YC_STORE_IN_H

#include "store/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum {
    STORE_HASH = 32,          /* bytes of SHA-256 */
    STORE_ROW_LIMIT = 100000, /* most rows of one query */
    STORE_GROUP_MAX = 256,    /* most batches in one commit */
    STORE_ROUNDS_MAX = 4,     /* most commits that one caller leads in a row */
    STORE_TOLD_TOGETHER = 4,  /* callers of whom the first is woken by the leader and wakes the others */
    STORE_WAITING_MAX = 4096, /* most batches waiting for the writer */
    STORE_READERS_MAX = 16,   /* most reader connections */
    STORE_READER_WAIT_S = 10, /* longest wait for a free reader */
    STORE_LOOK_WAITS = 50,    /* a tenth of a millisecond each: how long the housekeeping waits for queries */
    STORE_EVENT_COLUMNS = 9,  /* parameters of store_event_add */
    STORE_STREAM_COLUMNS = 3, /* parameters that name a stream */
};

/* ---- the catalogue: what the rooms' .sql files say ---------------------------------------------- */
typedef struct StoreNamed { /* one named statement */
    Str name;               /* <room>_<what> */
    Str sql;                /* its text in the portable subset, $1… parameters */
} StoreNamed;
typedef struct StoreMigration { /* one step of a room's tables */
    const char *room;           /* whose tables */
    int64_t number;             /* 1, 2, … within the room */
    Str why;                    /* the rest of its heading */
    Str sql;                    /* statements ended by ';' */
} StoreMigration;
typedef enum StoreTableKind { STORE_KEPT, STORE_PROJECTION } StoreTableKind; /* kept: log, scratch, secret */
enum { STORE_KEYS = 4 }; /* most columns of a key */
typedef struct StoreTable { /* one table, as its line says */
    const char *room;           /* whose */
    Str name;                   /* <room>_<what> */
    StoreTableKind kind;        /* whether folding the log gives it again */
    StoreKind keys[STORE_KEYS]; /* of a projection: STORE_TEXT or STORE_INT */
    size_t n_keys;              /* of keys */
} StoreTable;
typedef struct StoreCatalog {
    StoreNamed *statements;     /* sorted by name; a statement's number is its place */
    StoreMigration *migrations; /* in the order in which they run */
    StoreTable *tables;         /* of all rooms, projections first */
    size_t n_tables;            /* of tables */
    size_t n_projections;       /* of them */
    const char **rooms;         /* every room that was given, store first */
    size_t n_statements;        /* of statements */
    size_t n_migrations;        /* of migrations */
    size_t n_rooms;             /* of rooms */
} StoreCatalog;
/* Reads the store's own SQL and the given schemas. Err: ERR_INVALID for a malformed or doubled heading. */
bool store_catalog(const StoreSchema *schemas, size_t n, Arena *a, StoreCatalog *out, Err *err) MUST_USE;
int store_catalog_find(const StoreCatalog *catalog, const char *name); /* -1 when there is none */

/* ---- dialects: the portable subset in a database's own words; NUL-ended, in the arena --------------- */
char *store_dialect_sqlite(Arena *a, Str sql);        /* a statement */
char *store_dialect_sqlite_script(Arena *a, Str sql); /* table definitions */
/* A statement. A line "-- skip locked" within it becomes "for update skip locked": what it claims, no other
 * process claims at the same time. SQLite, with its one process, reads it as the comment it is. */
char *store_dialect_postgres(Arena *a, Str sql);
char *store_dialect_postgres_script(Arena *a, Str sql);

/* ---- an engine: what SQLite and PostgreSQL each fill in ------------------------------------------------ */
typedef struct StoreWaiting StoreWaiting;
typedef struct StoreConn StoreConn; /* one connection and its prepared statements; one thread at a time */
typedef struct StoreSink {          /* whoever takes the rows of a table */
    /* Borrows the cells. False ends the scan with its error. */
    bool (*take)(void *context, const StoreArg *cells, size_t n, Err *err);
    void *context; /* its own */
} StoreSink;
typedef enum StoreMode { STORE_READER, STORE_WRITER } StoreMode;
typedef enum StoreControl {
    STORE_BEGIN,    /* starts the one writing transaction */
    STORE_COMMIT,   /* returns when it is durable */
    STORE_ROLLBACK, /* also after an error that has already rolled back */
    STORE_MARK,     /* starts a batch within the transaction */
    STORE_KEEP,     /* the batch stays */
    STORE_UNDO,     /* the batch never was */
} StoreControl;
/* Errors of every call: ERR_CONFLICT unique key, ERR_INVALID another constraint, ERR_DISK_FULL, ERR_READ_ONLY, ERR_BUSY,
 * ERR_IO when the disk failed (the writer then stops the process), ERR_NOT_FOUND no such database. */
typedef struct StoreEngine {
    /* Opens `path` (a URL for PostgreSQL). A writer creates what is missing; SQLite's holds the place against
     * other processes. */
    bool (*connect)(const char *path, const StoreCatalog *catalog, StoreMode mode, StoreConn **out, Err *err);
    void (*disconnect)(StoreConn *c);
    /* Runs the text of a migration, translated to the engine's dialect. */
    bool (*script)(StoreConn *c, Str sql, Err *err);
    /* Prepares every statement now, so that a fault in SQL shows at start. */
    bool (*prepare)(StoreConn *c, Err *err);
    bool (*run)(StoreConn *c, int statement, const StoreArg *args, size_t n, int64_t *changed, Err *err);
    bool (*query)(StoreConn *c, int statement, const StoreArg *args, size_t n, Arena *a, StoreRows *out, Err *err);
    /* The reads that follow see one state of the database, until it is let go. NULL: the engine gains nothing. */
    bool (*hold)(StoreConn *c, Err *err);
    void (*let_go)(StoreConn *c);
    bool (*control)(StoreConn *c, StoreControl what, Err *err);
    /* Writes the batches of a group in one transaction, each wholly or not at all, and sets ok and err of
     * each. Out: done = what became durable. Moves s->chain. The one thread that writes calls it. */
    void (*group)(Store *s, StoreWaiting **group, size_t n, StoreCounters *done);
    /* Whether housekeeping is due, for which held states must be let go. NULL: the server keeps its own house. */
    bool (*due)(const StoreConn *c);
    /* Housekeeping between commits, after the answers. False only when the disk failed. */
    bool (*tidy)(StoreConn *c, Err *err);
    /* Writes a consistent snapshot to a new SQLite file while others write. */
    bool (*copy)(StoreConn *c, const char *to_path, Err *err);
    /* Tables that hold data: name and number of columns, in the order in which they were made. */
    bool (*tables)(StoreConn *c, Arena *a, StoreRows *out, Err *err);
    /* Hands every row of a table, all columns, to the sink. */
    bool (*scan)(StoreConn *c, Str table, StoreSink sink, Err *err);
    /* Fills a table: begin, rows with all its columns, end; within a transaction. */
    bool (*load_begin)(StoreConn *c, Str table, size_t columns, Err *err);
    bool (*load_row)(StoreConn *c, const StoreArg *cells, size_t n, Err *err);
    bool (*load_end)(StoreConn *c, Err *err);
    /* The engine's own integrity check. */
    bool (*check)(StoreConn *c, Err *err);
} StoreEngine;
extern const StoreEngine store_sqlite, store_postgres;

typedef struct StorePlace {       /* an event's names as rows keep them */
    int64_t stream, name;         /* its stream's word; the identifier, or minus the second word, or 0 */
    int64_t kind, actor;          /* words */
} StorePlace;

/* ---- the event chain ------------------------------------------------------------------------------- */
typedef struct StoreChain {
    int64_t number;           /* of the last event, 0 = none */
    uint8_t hash[STORE_HASH]; /* of the last event, zeros before the first */
} StoreChain;
/* The chain after one more event (e->number is not read: it becomes chain.number + 1). */
StoreChain store_chain_next(const StoreChain *chain, const StoreEvent *e);
/* The parameters of store_event_add for e, whose number and hash are `chain`. Borrows from both. */
void store_event_row(const StoreChain *chain, const StoreEvent *e, const StorePlace *place,
                     StoreArg row[STORE_EVENT_COLUMNS]);
/* The parameters of a stream: its word, its identifier or null, its second word or null. Borrows from stream. */
void store_stream_args(Str stream, StoreArg out[STORE_STREAM_COLUMNS]);
Str store_stream_of(const StoreArg *columns, Arena *a); /* and back, from a row: word, name, second word */
/* Place and hash of the newest event, from the rows of store_event_last. */
bool store_chain_of(const StoreRows *last, StoreChain *out, Err *err) MUST_USE;
/* Place and hash of the newest event. */
bool store_chain_load(const StoreEngine *engine, StoreConn *c, const StoreCatalog *catalog, StoreChain *out,
                      Err *err) MUST_USE;
/* Recomputes the whole log. Out: end = the chain as far as it fits; bad = first number that does not fit, or 0. */
bool store_chain_check(const StoreEngine *engine, StoreConn *c, const StoreCatalog *catalog, StoreChain *end,
                       int64_t *bad, Err *err) MUST_USE;

/* ---- batches and the writer -------------------------------------------------------------------------- */
typedef struct StoreStep {
    int statement;        /* number of the named statement; -1 = an event */
    int64_t expect;       /* rows that must change; -1 = any */
    StoreArg *args;       /* its parameters */
    size_t n_args;        /* of args */
    StoreEvent event;     /* when statement is -1 */
    StorePlace place;     /* of the event, once its words have numbers */
} StoreStep;
struct StoreBatch {
    Arena *a;         /* owner of steps and args */
    StoreStep *steps; /* in the order added */
    size_t n, cap;    /* steps used and allocated */
};
struct StoreWaiting {          /* a thread waiting in store_commit; lives on its stack */
    const StoreBatch *batch;   /* what it wants written */
    struct StoreWaiting *next; /* behind it in the queue; once it is answered, among those whom it wakes */
    sem_t wake;                /* posted once, when done or when it shall lead */
    bool done, ok;             /* answered; with yes */
    Err err;                   /* why not */
};

typedef struct StoreReader { /* a reader connection */
    StoreConn *c;  /* itself */
    uint64_t seen; /* the epoch of the state that it holds */
    bool holds;    /* a state */
} StoreReader;

/* ---- words.c: the words that the database has, and their numbers -------------------------------------------- */
typedef struct StoreWord {
    Str word;   /* itself; p NULL = a free slot */
    int64_t id; /* its number */
} StoreWord;
typedef struct StoreWords {
    pthread_mutex_t lock; /* guards the rest */
    Arena *a;             /* owner of the words */
    StoreWord *slots;     /* a hash table by word */
    uint32_t *by_id;      /* a hash table by number: places in slots + 1; 0 = a free slot */
    size_t n;             /* words in it */
} StoreWords;
void store_words_open(StoreWords *w);
void store_words_close(StoreWords *w);
/* Puts numbers in the place of the words of a batch; new words are committed first. */
bool store_words_number(Store *s, StoreBatch *b, Err *err) MUST_USE;
/* store_commit for a batch without words. */
bool store_commit_numbers(Store *s, const StoreBatch *b, Err *err) MUST_USE;

struct Store {
    Arena *a;                  /* house lifetime */
    const StoreEngine *engine; /* which database */
    const char *path;          /* of the database file, or its URL */
    StoreCatalog catalog;      /* migrations and statements */
    bool read_only;            /* no writer */

    StoreConn *writer; /* used by the caller that leads only */
    StoreChain chain;  /* end of the log; the leader's */
    int event_add;     /* statement that appends an event */
    int event_next;    /* statement that tells a stream's next place */
    int head_set;      /* statement that keeps the end of the log */
    int word_add;      /* statement that adds a word */
    int word_get;      /* statement that tells its number */
    StoreWords words;  /* known ones */

    pthread_mutex_t lock;       /* guards the queue, the flags and the counters */
    pthread_cond_t rest;        /* nobody leads any more: for who closes the store */
    StoreWaiting *first, *last; /* queue of waiting batches */
    size_t waiting;             /* its length */
    bool leading;               /* somebody commits, or is told to; never false while a batch waits */
    bool closing;               /* no new batches */
    StoreCounters counters;     /* what was done */

    pthread_mutex_t pool_lock;             /* guards the pool */
    pthread_cond_t pool_free;              /* a reader came back */
    StoreReader readers[STORE_READERS_MAX]; /* idle connections, the last used one last */
    size_t idle, open;                     /* idle ones; all that exist */
    _Atomic uint64_t epoch;                /* of the database as readers may see it; grows with every commit */
    Str fault;                             /* where a test wants the process to end; n = 0: nowhere */
    atomic_long fault_left;                /* times that place is still passed */
    atomic_bool may_hold;                  /* a state between queries */
    atomic_int looking;                    /* queries that run on a held state */
};
void store_fault_plan(Store *s); /* reads YICHUANG_FAULT */
/* An engine's `group` made of its run and control, step by step. */
void store_group_by_steps(Store *s, StoreWaiting **group, size_t n, StoreCounters *done);
bool store_writer_start(Store *s, Err *err) MUST_USE;
void store_writer_stop(Store *s); /* returns when what waits is answered */
/* Migrates (writer) or checks that nothing is missing (reader); refuses a newer database. */
bool store_migrate(Store *s, StoreConn *c, Err *err) MUST_USE;
/* A reader connection for this thread, and its return. */
bool store_reader_take(Store *s, StoreConn **out, Err *err) MUST_USE;
void store_reader_give(Store *s, StoreConn *c);
/* Whether readers may hold a state between queries. With false it returns when all have let go, or a long query
 * goes on. */
void store_readers_hold(Store *s, bool may);

/* ---- from one database to another --------------------------------------------------------------------- */
extern const char store_migration_table[]; /* SQL that makes it where it is missing */
/* Copies all rows of the tables of `list` (as StoreEngine.tables gives them) into those of `to`, which are empty. */
bool store_move_rows(const StoreEngine *from, StoreConn *source, const StoreEngine *to, StoreConn *target,
                     const StoreRows *list, Err *err) MUST_USE;
/* Makes the tables as they were after the migrations in `ran` (rows of store_migration_last). Err: ERR_INVALID when
 * this program does not know them all. */
bool store_move_tables(const StoreEngine *to, StoreConn *target, const StoreCatalog *catalog, const StoreRows *ran,
                       Err *err) MUST_USE;

/* ---- files ------------------------------------------------------------------------------------------- */
/* Creates the folder and its parents (0700) where missing. */
bool store_make_dir(const char *dir, Err *err) MUST_USE;
/* As store_make_dir, and refuses a folder that holds anything. */
bool store_empty_dir(const char *dir, Err *err) MUST_USE;
bool store_sync_path(const char *path, Err *err) MUST_USE;             /* fsync of a file or folder */
bool store_file_trouble(const char *what, const char *path, Err *err); /* from errno; always false */
/* Copies a file (to_path new, 0600, fsynced; NULL = only read) and gives its size and SHA-256. */
bool store_copy_file(const char *from, const char *to_path, int64_t *bytes, uint8_t hash[STORE_HASH],
                     Err *err) MUST_USE;

bool store_write_file(const char *path, Str text, Err *err) MUST_USE; /* new, 0600, fsynced */

extern const char store_sql[]; /* store.sql, NUL-ended */

#endif
