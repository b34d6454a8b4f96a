/* store: the only room that talks to a database. Append-only events and projections change together
 * in one transaction; batches that wait together share one durable commit. */
#ifndef YC_STORE_H
#define YC_STORE_H

#include "base/base.h"

typedef struct Store Store;
typedef struct StoreSchema { /* a room's tables and named statements: the text of <room>/<room>.sql */
    const char *room; /* tables are <room>_*; statements are <room>_* */
    Str sql;          /* "-- migration N: why" blocks, then "-- statement NAME" blocks; $1… parameters.
                         Each table has a line before it: "-- table NAME: log", "… scratch", "… secret" or "… projection
                         (COLUMN text, COLUMN integer)", folded from the log, with its key; what statement NAME_dump gives ($1… the key after
                         which it begins, the key first, in its order, $n the limit) is what folding must give again.
                         n = 0: up to its NUL, as tools/embed writes it */
} StoreSchema;
typedef struct StoreOptions {
    const char *dir; /* data folder, created with mode 0700; or postgres://… (a libpq URI) */
    bool read_only;  /* study and checks */
} StoreOptions;
/* Opens or creates DIR/yichuang.db (WAL, synchronous FULL), runs missing migrations in order, refuses a
 * database with newer migrations than known (ERR_INVALID, says so). */
bool store_open(StoreOptions options, const StoreSchema *schemas, size_t n, Store **out, Err *err) MUST_USE;
bool store_is_url(const char *place); /* of a database, not a folder */
void store_close(Store *s);           /* finishes waiting batches */

typedef enum StoreKind { STORE_NULL, STORE_INT, STORE_TEXT, STORE_BLOB } StoreKind;
typedef struct StoreArg {
    StoreKind kind;
    bool word; /* STORE_TEXT: a batch is given its number instead */
    int64_t i; /* STORE_INT */
    Str s;     /* STORE_TEXT, STORE_BLOB */
} StoreArg;
StoreArg store_null(void);
StoreArg store_int(int64_t i);
StoreArg store_text(Str s);
StoreArg store_blob(Str s);
/* A text that comes again and again (a kind, an office, an outcome): rows keep its number instead. A statement
 * that writes is given the number; one that reads says (select id from store_word where word = $1). */
StoreArg store_word(Str s);
/* The words of such numbers, in their place. Words never change. Err: ERR_INVALID, a number without a word. */
bool store_words_of(Store *s, StoreArg *numbers, size_t n, Arena *a, Err *err) MUST_USE;
/* Identifiers of records, from 1 on, as people see them: "c" and 13 symbols. False: it is none, or spelt otherwise. */
Str store_id_text(Arena *a, int64_t id);
bool store_id_read(Str text, int64_t *id) MUST_USE;
/* Number of a named statement; asserts that it exists (a broken program otherwise). */
int store_statement(const Store *s, const char *name);

typedef struct StoreRows {
    size_t n, columns;
    StoreArg *cells; /* row-major, n * columns */
} StoreRows;
/* Runs a reading statement on a reader connection (any thread; sees the last durable commit).
 * Limit 100,000 rows (ERR_LIMIT). */
bool store_query(Store *s, int statement, const StoreArg *args, size_t n_args, Arena *a, StoreRows *out,
                 Err *err) MUST_USE;

/* Whether the database answers. Err: ERR_BUSY when it cannot be reached. */
bool store_ready(Store *s, Err *err) MUST_USE;

/* ---- the one write door ------------------------------------------------------------------------------ */
typedef struct StoreBatch StoreBatch;
StoreBatch *store_batch(Arena *a);
Arena *store_batch_arena(const StoreBatch *b); /* what is added must live at least as long */
void store_add(StoreBatch *b, int statement, const StoreArg *args, size_t n_args);
/* As store_add; the whole batch is refused with ERR_CONFLICT unless exactly `rows` rows change.
 * A unique-key violation anywhere in a batch is ERR_CONFLICT too. */
void store_expect(StoreBatch *b, int statement, const StoreArg *args, size_t n_args, int64_t rows);
/* Appends an event to a stream ("case/ID": a word, and an identifier or a second word) at seq (1, 2, …; a taken number is ERR_CONFLICT). The writer
 * chains it: hash = SHA-256(previous event's hash ‖ its fields), over the whole log. STORE_NEXT lets the
 * writer give the stream's next place: for events that depend on none before them. */
enum { STORE_NEXT = -1 };
void store_event(StoreBatch *b, Str stream, int64_t seq, Str kind, Str actor, int64_t at_us, Str payload_json);
/* Blocks until the batch is durable or refused; batches waiting together share one commit, in which one
 * that is refused leaves the others untouched. Err: ERR_CONFLICT, ERR_DISK_FULL and ERR_READ_ONLY (nothing written; works
 * again when the disk does), ERR_BUSY, ERR_IO (after a failed fsync the process must stop). */
bool store_commit(Store *s, StoreBatch *b, Err *err) MUST_USE;

typedef struct StoreEvent {
    int64_t number, seq, at_us; /* place in the whole log; place in its stream; microseconds since 1970 UTC */
    Str stream, kind, actor, payload;
} StoreEvent;
typedef struct StoreEvents {
    size_t n;
    StoreEvent *items;
} StoreEvents;
bool store_events(Store *s, Str stream, int64_t after_seq, size_t limit, Arena *a, StoreEvents *out, Err *err) MUST_USE;
/* When the newest event happened; 0 when there is none. */
bool store_newest(Store *s, Arena *a, int64_t *at_us, Err *err) MUST_USE;
/* Which streams WORD/NAME there are, for names that are words: rows of one column, the name. */
bool store_names(Store *s, Str word, Arena *a, StoreRows *out, Err *err) MUST_USE;
/* The newest events of a stream, newest first. */
bool store_latest(Store *s, Str stream, size_t limit, Arena *a, StoreEvents *out, Err *err) MUST_USE;
/* The whole log in order, after a number. */
bool store_log(Store *s, int64_t after_number, size_t limit, Arena *a, StoreEvents *out, Err *err) MUST_USE;
/* Recomputes the hash chain of the whole log; *bad = first event number that does not fit, 0 when all do. The number
 * after the last one is bad when the head that each commit keeps tells of more or of another end. A tail that was cut
 * together with its head and its projections is not seen: that needs a witness outside. */
bool store_verify(Store *s, int64_t *events, int64_t *bad, Err *err) MUST_USE;

/* ---- blobs: bytes beside the log, in parts; kept once by their SHA-256, gone when nobody holds them any more ------ */
enum { STORE_PART_MAX = 1024 * 1024 };
typedef struct StoreBlob {
    int64_t id;       /* its number, positive */
    int64_t size;     /* bytes so far */
    bool sealed;      /* complete, and found by its hash */
    uint8_t hash[32]; /* then */
} StoreBlob;
/* Adds an empty blob that one holder holds. In: id = by chance. */
void store_blob_begin(Store *s, StoreBatch *b, int64_t id);
/* Adds bytes at its end; the batch is refused with ERR_CONFLICT when it has another size or is sealed. */
void store_blob_append(Store *s, StoreBatch *b, int64_t id, int64_t at, Str bytes);
/* Seals it, or lets it go and holds the one that has the same bytes already. In: its hash (store_blob_hash) and size.
 * Out: kept = the one to hold from now on. When the commit ends with ERR_CONFLICT another one was sealed meanwhile: again. */
bool store_blob_seal(Store *s, StoreBatch *b, const StoreBlob *blob, Arena *a, int64_t *kept, Err *err) MUST_USE;
/* One holder less; the last one takes the bytes away. */
void store_blob_drop(Store *s, StoreBatch *b, int64_t id);
bool store_blob_get(Store *s, int64_t id, Arena *a, StoreBlob *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */
bool store_blob_find(Store *s, const uint8_t hash[32], Arena *a, StoreBlob *out, Err *err) MUST_USE; /* ERR_NOT_FOUND */
typedef struct StoreBlobs {
    StoreBlob *items;
    size_t n; /* of items */
} StoreBlobs;
/* Sealed ones in the order of their numbers, after one. */
bool store_blob_page(Store *s, int64_t after, size_t limit, Arena *a, StoreBlobs *out, Err *err) MUST_USE;
typedef struct StoreBlobSum { /* all sealed ones */
    int64_t n, bytes;
} StoreBlobSum;
bool store_blob_sum(Store *s, StoreBlobSum *out, Err *err) MUST_USE;
/* The part that begins at a place; "" behind the last. */
bool store_blob_part(Store *s, int64_t id, int64_t at, Arena *a, Str *out, Err *err) MUST_USE;
/* SHA-256 of all parts, one in memory at a time. Err: ERR_INVALID, a part is missing. */
bool store_blob_hash(Store *s, const StoreBlob *blob, uint8_t hash[32], Err *err) MUST_USE;

/* Copies a consistent snapshot into an empty folder while serving: a SQLite file and a manifest, from either store. */
bool store_backup(Store *s, const char *to_dir, Err *err) MUST_USE;
/* Puts a backup into an empty or absent data folder, or into an empty PostgreSQL database; refuses anything else.
 * Checks integrity first. In: the schemas of every room. */
bool store_restore(const char *from_dir, const char *to, const StoreSchema *schemas, size_t n, Err *err) MUST_USE;

/* ---- projections: tables that folding the log again must give again ------------------------------------- */
size_t store_projections(const Store *s);
Str store_projection(const Store *s, size_t i); /* name of the table */
typedef struct StoreDifference { /* between a table and the same table folded again */
    int64_t rows;  /* compared, up to the first difference */
    bool differs;  /* the rest is set */
    Str key;       /* of the first row that differs, JSON */
    Str here, there; /* that row as JSON; "" when there is none */
} StoreDifference;
/* Compares projection i of two stores with the same schemas, row by row. */
bool store_compare(Store *here, Store *there, size_t i, Arena *a, StoreDifference *out, Err *err) MUST_USE;

/* A place at which a test may have the process killed (fault.c); otherwise nothing. */
void store_fault(Store *s, const char *place);

enum { STORE_SHA256 = 32 };
void store_sha256(Str bytes, uint8_t out[STORE_SHA256]); /* with the processor's own instructions where it has them */

typedef struct StoreCounters { /* for tests and benches */
    int64_t commits, batches, events;
} StoreCounters;
StoreCounters store_counters(const Store *s);

#endif
