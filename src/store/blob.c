/* Blobs: bytes that belong to the record but not into the log (papers, letters), in parts of at most a megabyte, so
 * that none is ever whole in memory. Complete ones are kept once, by their SHA-256, with a count of who holds them;
 * all changes go through a batch. Knows nothing of what the bytes mean. */
#include "store/hash.h"
#include "store/store_in.h"

#include <string.h>

void store_blob_begin(Store *s, StoreBatch *b, int64_t id) {
    assert(s && b && id > 0);
    store_add(b, store_statement(s, "store_blob_add"), (StoreArg[]){store_int(id)}, 1);
}

void store_blob_append(Store *s, StoreBatch *b, int64_t id, int64_t at, Str bytes) {
    assert(s && b && at >= 0 && bytes.n > 0 && bytes.n <= STORE_PART_MAX);
    store_expect(b, store_statement(s, "store_blob_grow"), (StoreArg[]){store_int(id), store_int(at), store_int((int64_t)bytes.n)}, 3, 1);
    store_add(b, store_statement(s, "store_part_add"), (StoreArg[]){store_int(id), store_int(at), store_blob(bytes)}, 3);
}

static StoreBlob blob_of(const StoreArg *c) {
    StoreBlob blob = {.id = c[0].i, .size = c[2].i, .sealed = c[1].kind == STORE_BLOB && c[1].s.n == STORE_HASH};
    if (blob.sealed) memcpy(blob.hash, c[1].s.p, STORE_HASH);
    return blob;
}

static bool read_blob(Store *s, const char *statement, StoreArg key, Arena *a, StoreBlob *out, Err *err) {
    StoreRows rows;
    TRY(store_query(s, store_statement(s, statement), &key, 1, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "store", "no such blob");
    *out = blob_of(rows.cells);
    return true;
}

bool store_blob_page(Store *s, int64_t after, size_t limit, Arena *a, StoreBlobs *out, Err *err) {
    assert(s && a && out);
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "store_blob_page"), (StoreArg[]){store_int(after), store_int((int64_t)limit)}, 2, a, &rows, err));
    *out = (StoreBlobs){NEW_ARRAY(a, StoreBlob, rows.n + 1), rows.n};
    for (size_t i = 0; i < rows.n; i++) out->items[i] = blob_of(rows.cells + i * rows.columns);
    return true;
}

bool store_blob_sum(Store *s, StoreBlobSum *out, Err *err) {
    assert(s && out);
    Arena *a = arena_new(0);
    StoreRows rows;
    bool ok = store_query(s, store_statement(s, "store_blob_sum"), NULL, 0, a, &rows, err);
    if (ok) *out = (StoreBlobSum){rows.cells[0].i, rows.cells[1].i};
    arena_free(a);
    return ok;
}

bool store_blob_get(Store *s, int64_t id, Arena *a, StoreBlob *out, Err *err) {
    assert(s && a && out);
    return read_blob(s, "store_blob_get", store_int(id), a, out, err);
}

static StoreArg hash_arg(const uint8_t hash[STORE_HASH]) { return store_blob((Str){(const char *)hash, STORE_HASH}); }

bool store_blob_find(Store *s, const uint8_t hash[STORE_HASH], Arena *a, StoreBlob *out, Err *err) {
    assert(s && hash && a && out);
    return read_blob(s, "store_blob_find", hash_arg(hash), a, out, err);
}

bool store_blob_part(Store *s, int64_t id, int64_t at, Arena *a, Str *out, Err *err) {
    assert(s && a && out);
    StoreRows rows;
    TRY(store_query(s, store_statement(s, "store_part_get"), (StoreArg[]){store_int(id), store_int(at)}, 2, a, &rows, err));
    *out = rows.n > 0 ? rows.cells[0].s : STR("");
    return true;
}

static bool hash_parts(Store *s, const StoreBlob *blob, StoreHash *h, Arena *a, Err *err) {
    for (int64_t at = 0; at < blob->size;) {
        Str part;
        arena_reset(a);
        TRY(store_blob_part(s, blob->id, at, a, &part, err));
        if (part.n == 0) return err_set(err, ERR_INVALID, "store", "blob %lld has no part at %lld", (long long)blob->id, (long long)at);
        store_hash_add(h, part.p, part.n);
        at += (int64_t)part.n;
    }
    return true;
}

bool store_blob_hash(Store *s, const StoreBlob *blob, uint8_t hash[STORE_HASH], Err *err) {
    assert(s && blob && hash);
    Arena *a = arena_new(0);
    StoreHash h;
    store_hash_begin(&h);
    bool ok = hash_parts(s, blob, &h, a, err);
    store_hash_end(&h, hash);
    arena_free(a);
    return ok;
}

bool store_blob_seal(Store *s, StoreBatch *b, const StoreBlob *blob, Arena *a, int64_t *kept, Err *err) {
    assert(s && b && blob && a && kept && !blob->sealed);
    Err trouble = {0};
    StoreBlob same;
    Str hash = str_copy(a, (Str){(const char *)blob->hash, STORE_HASH});
    if (store_blob_find(s, blob->hash, a, &same, &trouble)) {
        store_expect(b, store_statement(s, "store_blob_hold"), (StoreArg[]){store_int(same.id)}, 1, 1);
        store_blob_drop(s, b, blob->id);
        *kept = same.id;
        return true;
    }
    if (trouble.code != ERR_NOT_FOUND) {
        if (err) *err = trouble;
        return false;
    }
    store_expect(b, store_statement(s, "store_blob_seal"), (StoreArg[]){store_int(blob->id), store_blob(hash), store_int(blob->size)}, 3, 1);
    *kept = blob->id;
    return true;
}

void store_blob_drop(Store *s, StoreBatch *b, int64_t id) {
    assert(s && b);
    static const char *const steps[] = {"store_blob_leave", "store_part_drop", "store_blob_drop"};
    for (size_t i = 0; i < COUNT_OF(steps); i++) store_add(b, store_statement(s, steps[i]), (StoreArg[]){store_int(id)}, 1);
}
