/* Are the papers that people handed over still what they were? Reads every complete blob and compares it with its hash,
 * then asks of each paper that the log names whether it is there. Names what is damaged with its case; mends nothing. */
#include "case/case_in.h"

#include <sodium.h>
#include <string.h>

enum { HASH = 32, PAGE = 200, MOST_TOLD = 1000 };
typedef struct Changed { /* a blob whose bytes are others by now */
    uint8_t hash[HASH];  /* of the bytes that came */
    bool named;          /* a case names it */
} Changed;
typedef struct Check {     /* one walk through all papers */
    Store *store;          /* whose */
    Arena *a, *page;       /* of the findings; of what is being looked at */
    CaseProgress *told;    /* hears how many bytes are read, or NULL */
    void *who;             /* its */
    StoreBlobSum all;      /* what there is */
    int64_t papers, bytes; /* looked at so far */
    int64_t damaged;       /* of them, or missing */
    Changed *changed;      /* at most MOST_TOLD */
    size_t n_changed;      /* of them */
    ValueBuild list;       /* what is told */
} Check;

static Str hex_of(const uint8_t hash[HASH], Arena *a) {
    char text[2 * HASH + 1];
    sodium_bin2hex(text, sizeof text, hash, HASH);
    return str_copy(a, str_of(text));
}

/* ---- the blobs ----------------------------------------------------------------------------------------------------- */

/* Let go since the page of blobs was read, as a counter may do that goes on beside us. */
static bool is_gone(Check *k, int64_t id, Err *err) {
    StoreBlob now;
    return !store_blob_get(k->store, id, k->page, &now, err) && err->code == ERR_NOT_FOUND;
}

static bool check_blob(Check *k, const StoreBlob *blob, Err *err) {
    uint8_t hash[HASH];
    Err trouble = {0}, none = {0};
    bool whole = store_blob_hash(k->store, blob, hash, &trouble);
    if (!whole && trouble.code != ERR_INVALID) {
        *err = trouble;
        return false;
    }
    k->papers++;
    k->bytes += blob->size;
    if (k->told) k->told(k->who, k->bytes, k->all.bytes);
    if ((whole && memcmp(hash, blob->hash, HASH) == 0) || is_gone(k, blob->id, &none)) return true;
    k->damaged++;
    if (k->n_changed == MOST_TOLD) return true;
    memcpy(k->changed[k->n_changed++].hash, blob->hash, HASH);
    return true;
}

static bool check_blobs(Check *k, Err *err) {
    StoreBlobs page;
    int64_t after = 0;
    do {
        arena_reset(k->page);
        TRY(store_blob_page(k->store, after, PAGE, k->page, &page, err));
        for (size_t i = 0; i < page.n; i++) TRY(check_blob(k, &page.items[i], err));
        if (page.n > 0) after = page.items[page.n - 1].id;
    } while (page.n == PAGE);
    return true;
}

/* ---- what the log names --------------------------------------------------------------------------------------------- */

static void tell(Check *k, Str case_id, Value file, Str blob, const char *what) {
    static const char *const members[] = {"evidence", "name"};
    ValueBuild b = {.a = k->a};
    if (k->list.n == MOST_TOLD) return;
    build_c(&b, "case", value_str(str_copy(k->a, case_id)));
    for (size_t i = 0; i < COUNT_OF(members); i++) build_c(&b, members[i], value_str(str_copy(k->a, value_get_str(file, members[i]))));
    build_c(&b, "blob", value_str(str_copy(k->a, blob)));
    build_c(&b, "what", value_c(what));
    build_item(&k->list, build_ctx(&b));
}

static bool check_file(Check *k, Str case_id, Value file, Err *err) {
    Str blob = value_get_str(file, "blob");
    uint8_t hash[HASH];
    size_t n = 0;
    StoreBlob found;
    Err trouble = {0};
    bool read = sodium_hex2bin(hash, HASH, blob.p, blob.n, NULL, &n, NULL) == 0 && n == HASH;
    if (!read || !store_blob_find(k->store, hash, k->page, &found, &trouble)) {
        if (read && trouble.code != ERR_NOT_FOUND) return *err = trouble, false;
        k->damaged++;
        tell(k, case_id, file, blob, "missing");
        return true;
    }
    for (size_t i = 0; i < k->n_changed; i++) {
        if (memcmp(k->changed[i].hash, hash, HASH) != 0) continue;
        k->changed[i].named = true;
        tell(k, case_id, file, blob, "changed");
    }
    return true;
}

static bool check_event(Check *k, const StoreEvent *e, Err *err) {
    Value payload;
    if (!str_starts(e->stream, STR("case/")) || str_find(e->payload, STR("\"blob\"")) < 0) return true;
    TRY(json_parse(e->payload, CASE_JSON, k->page, &payload, err));
    Value files = value_get(payload, "files");
    Str id = str_sub(e->stream, 5, e->stream.n - 5); /* after "case/" */
    for (uint32_t i = 0; files.kind == VALUE_LIST && i < files.size; i++) TRY(check_file(k, id, files.u.list[i], err));
    return true;
}

static bool check_events(Check *k, Err *err) {
    StoreEvents page;
    int64_t after = 0;
    do {
        arena_reset(k->page);
        TRY(store_log(k->store, after, PAGE, k->page, &page, err));
        for (size_t i = 0; i < page.n; i++) TRY(check_event(k, &page.items[i], err));
        if (page.n > 0) after = page.items[page.n - 1].number;
    } while (page.n > 0);
    return true;
}

static bool check_all(Check *k, Err *err) {
    TRY(store_blob_sum(k->store, &k->all, err));
    TRY(check_blobs(k, err));
    TRY(check_events(k, err));
    for (size_t i = 0; i < k->n_changed; i++) /* of an application that is not handed in yet */
        if (!k->changed[i].named) tell(k, STR(""), value_null(), hex_of(k->changed[i].hash, k->page), "changed");
    return true;
}

bool case_papers_check(Store *s, CaseProgress *told, void *who, Arena *a, CasePapers *out, Err *err) {
    assert(s && a && out && err);
    Check k = {.store = s, .a = a, .page = arena_new(0), .told = told, .who = who, .changed = NEW_ARRAY(a, Changed, MOST_TOLD), .list = {.a = a}};
    bool ok = check_all(&k, err);
    arena_free(k.page);
    TRY(ok);
    *out = (CasePapers){.papers = k.papers, .bytes = k.bytes, .damaged = k.damaged, .list = build_list(&k.list)};
    return true;
}
