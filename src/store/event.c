/* The event log: how an event is hashed onto the log before it, and how the log is read and checked.
 * The encoding below is for ever: changing one byte of it makes every kept log look forged. */
#include "store/hash.h"
#include "store/store_in.h"

#include <string.h>

enum { PAGE = 1000 }; /* events read at a time when the whole log is checked */

void store_sha256(Str bytes, uint8_t out[STORE_SHA256]) {
    StoreHash h;
    store_hash_begin(&h);
    store_hash_add(&h, bytes.p, bytes.n);
    store_hash_end(&h, out);
}

static void hash_number(StoreHash *h, int64_t number) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    store_hash_add(h, bytes, sizeof bytes);
}

/* With its length before it, so that no two lists of fields give the same bytes. */
static void hash_text(StoreHash *h, Str s) {
    hash_number(h, (int64_t)s.n);
    store_hash_add(h, s.p, s.n);
}

StoreChain store_chain_next(const StoreChain *chain, const StoreEvent *e) {
    StoreChain next = {.number = chain->number + 1};
    StoreHash h;
    store_hash_begin(&h);
    store_hash_add(&h, chain->hash, STORE_HASH);
    hash_number(&h, next.number);
    hash_text(&h, e->stream);
    hash_number(&h, e->seq);
    hash_text(&h, e->kind);
    hash_text(&h, e->actor);
    hash_number(&h, e->at_us);
    hash_text(&h, e->payload);
    store_hash_end(&h, next.hash);
    return next;
}

void store_event_row(const StoreChain *chain, const StoreEvent *e, const StorePlace *place,
                     StoreArg row[STORE_EVENT_COLUMNS]) {
    row[0] = store_int(chain->number);
    row[1] = store_int(place->stream);
    row[2] = store_int(place->name);
    row[3] = store_int(e->seq);
    row[4] = store_int(place->kind);
    row[5] = store_int(place->actor);
    row[6] = store_int(e->at_us);
    row[7] = store_text(e->payload);
    row[8] = store_blob((Str){(const char *)chain->hash, STORE_HASH});
}

static StoreEvent event_of(const StoreArg *row, Arena *a) {
    return (StoreEvent){.number = row[0].i,
                        .seq = row[1].i,
                        .at_us = row[2].i,
                        .stream = store_stream_of(row + 3, a),
                        .kind = row[6].s,
                        .actor = row[7].s,
                        .payload = row[8].s};
}

static bool read_events(Store *s, const char *statement, const StoreArg *args, size_t n, Arena *a, StoreEvents *out,
                        Err *err) {
    StoreRows rows;
    TRY(store_query(s, store_statement(s, statement), args, n, a, &rows, err));
    StoreEvents events = {rows.n, NEW_ARRAY(a, StoreEvent, rows.n)};
    for (size_t i = 0; i < rows.n; i++) events.items[i] = event_of(rows.cells + i * rows.columns, a);
    *out = events;
    return true;
}

bool store_events(Store *s, Str stream, int64_t after_seq, size_t limit, Arena *a, StoreEvents *out, Err *err) {
    assert(s && out && limit <= STORE_ROW_LIMIT);
    StoreArg args[STORE_STREAM_COLUMNS + 2];
    store_stream_args(stream, args);
    args[STORE_STREAM_COLUMNS] = store_int(after_seq);
    args[STORE_STREAM_COLUMNS + 1] = store_int((int64_t)limit);
    return read_events(s, "store_event_stream", args, COUNT_OF(args), a, out, err);
}

bool store_latest(Store *s, Str stream, size_t limit, Arena *a, StoreEvents *out, Err *err) {
    assert(s && out && limit <= STORE_ROW_LIMIT);
    StoreArg args[STORE_STREAM_COLUMNS + 1];
    store_stream_args(stream, args);
    args[STORE_STREAM_COLUMNS] = store_int((int64_t)limit);
    return read_events(s, "store_event_latest", args, COUNT_OF(args), a, out, err);
}

bool store_log(Store *s, int64_t after_number, size_t limit, Arena *a, StoreEvents *out, Err *err) {
    assert(s && out && limit <= STORE_ROW_LIMIT);
    StoreArg args[] = {store_int(after_number), store_int((int64_t)limit)};
    return read_events(s, "store_event_page", args, COUNT_OF(args), a, out, err);
}

bool store_names(Store *s, Str word, Arena *a, StoreRows *out, Err *err) {
    assert(s && a && out);
    StoreArg arg = store_text(word);
    return store_query(s, store_statement(s, "store_event_names"), &arg, 1, a, out, err);
}

bool store_newest(Store *s, Arena *a, int64_t *at_us, Err *err) {
    assert(s && a && at_us);
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "store_event_newest"), NULL, 0, a, &rows, err));
    *at_us = rows.n > 0 ? rows.cells[0].i : 0;
    return true;
}

bool store_chain_of(const StoreRows *last, StoreChain *out, Err *err) {
    StoreChain chain = {0};
    if (last->n > 0 && last->cells[1].s.n != STORE_HASH)
        return err_set(err, ERR_INVALID, "store", "the last event's hash is damaged; run verify");
    if (last->n > 0) {
        chain.number = last->cells[0].i;
        memcpy(chain.hash, last->cells[1].s.p, STORE_HASH);
    }
    *out = chain;
    return true;
}

bool store_chain_load(const StoreEngine *engine, StoreConn *c, const StoreCatalog *catalog, StoreChain *out, Err *err) {
    Arena *a = arena_new(0);
    StoreRows rows;
    bool ok = engine->query(c, store_catalog_find(catalog, "store_event_last"), NULL, 0, a, &rows, err) &&
              store_chain_of(&rows, out, err);
    arena_free(a);
    return ok;
}

/* Moves *end over one page of rows; stops at the first event that does not fit. */
static void check_page(const StoreRows *rows, Arena *a, StoreChain *end, int64_t *bad) {
    for (size_t i = 0; i < rows->n && *bad == 0; i++) {
        const StoreArg *row = rows->cells + i * rows->columns;
        StoreEvent e = event_of(row, a);
        StoreChain next = store_chain_next(end, &e);
        Str hash = row[9].s;
        if (e.number == next.number && hash.n == STORE_HASH && memcmp(hash.p, next.hash, STORE_HASH) == 0)
            *end = next;
        else
            *bad = next.number;
    }
}

/* The end that the last commit kept: what was in the log then is in it still. */
static bool read_head(const StoreEngine *engine, StoreConn *c, const StoreCatalog *catalog, Arena *a, StoreChain *out,
                      Err *err) {
    StoreRows rows;
    TRY(engine->query(c, store_catalog_find(catalog, "store_head_get"), NULL, 0, a, &rows, err));
    *out = (StoreChain){0};
    if (rows.n == 0) return true;
    out->number = rows.cells[0].i;
    if (rows.cells[1].s.n == STORE_HASH) memcpy(out->hash, rows.cells[1].s.p, STORE_HASH);
    return true;
}

/* A log that ends before its head was cut; it may have grown since the head was read. */
static bool fits_head(const StoreChain *head, const StoreChain *end) {
    if (head->number != end->number) return head->number < end->number && head->number > 0;
    return memcmp(head->hash, end->hash, STORE_HASH) == 0;
}

bool store_chain_check(const StoreEngine *engine, StoreConn *c, const StoreCatalog *catalog, StoreChain *end,
                       int64_t *bad, Err *err) {
    Arena *a = arena_new(0);
    int page = store_catalog_find(catalog, "store_event_page");
    StoreRows rows = {.n = 1};
    StoreChain reached = {0};
    int64_t wrong = 0;
    StoreChain head;
    bool ok = read_head(engine, c, catalog, a, &head, err);
    while (ok && wrong == 0 && rows.n > 0) {
        StoreArg args[] = {store_int(reached.number), store_int(PAGE)};
        arena_reset(a);
        ok = engine->query(c, page, args, COUNT_OF(args), a, &rows, err);
        if (ok) check_page(&rows, a, &reached, &wrong);
    }
    if (ok && wrong == 0 && !fits_head(&head, &reached)) wrong = reached.number + 1;
    arena_free(a);
    TRY(ok);
    *end = reached;
    *bad = wrong;
    return true;
}

bool store_verify(Store *s, int64_t *events, int64_t *bad, Err *err) {
    assert(s && events && bad);
    StoreConn *c;
    StoreChain end;
    TRY(store_reader_take(s, &c, err));
    bool ok = store_chain_check(s->engine, c, &s->catalog, &end, bad, err);
    store_reader_give(s, c);
    if (ok) *events = end.number;
    return ok;
}
