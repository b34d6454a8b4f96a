/* Batches: a list of statements and events that will be written together or not at all. Only gathers;
 * nothing is checked against the database before the writer runs it. */
#include "store/store_in.h"

#include <string.h>

StoreArg store_null(void) {
    return (StoreArg){.kind = STORE_NULL};
}
StoreArg store_int(int64_t i) {
    return (StoreArg){.kind = STORE_INT, .i = i};
}
StoreArg store_text(Str s) {
    return (StoreArg){.kind = STORE_TEXT, .s = s};
}
StoreArg store_word(Str s) {
    return (StoreArg){.kind = STORE_TEXT, .word = true, .s = s};
}
StoreArg store_blob(Str s) {
    return (StoreArg){.kind = STORE_BLOB, .s = s};
}

StoreBatch *store_batch(Arena *a) {
    assert(a);
    StoreBatch *b = NEW(a, StoreBatch);
    b->a = a;
    return b;
}

static StoreStep *add_step(StoreBatch *b) {
    if (b->n == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 8;
        b->steps = arena_grow(b->a, b->steps, b->cap * sizeof *b->steps, cap * sizeof *b->steps);
        b->cap = cap;
    }
    return &b->steps[b->n++];
}

Arena *store_batch_arena(const StoreBatch *b) {
    assert(b);
    return b->a;
}

void store_expect(StoreBatch *b, int statement, const StoreArg *args, size_t n_args, int64_t rows) {
    assert(b && statement >= 0 && (args || n_args == 0));
    StoreArg *kept = NEW_ARRAY(b->a, StoreArg, n_args);
    if (n_args > 0) memcpy(kept, args, n_args * sizeof *args);
    *add_step(b) = (StoreStep){.statement = statement, .expect = rows, .args = kept, .n_args = n_args};
}

void store_add(StoreBatch *b, int statement, const StoreArg *args, size_t n_args) {
    store_expect(b, statement, args, n_args, -1);
}

void store_event(StoreBatch *b, Str stream, int64_t seq, Str kind, Str actor, int64_t at_us, Str payload_json) {
    assert(b && stream.n > 0 && (seq > 0 || seq == STORE_NEXT) && kind.n > 0);
    StoreEvent e = {
        .seq = seq, .at_us = at_us, .stream = stream, .kind = kind, .actor = actor, .payload = payload_json};
    *add_step(b) = (StoreStep){.statement = -1, .expect = 1, .event = e};
}
