/* What versions of services are kept here, and what was in each: read from the event log, for who looks after them. It tells
 * of versions only, never of a case. */
#include "case/case_in.h"

enum { SHORTEST = 8 }; /* of a hash that is not given whole */

/* ---- the list ---- */

static int64_t open_of(const StoreRows *open, Str service, Str hash) {
    for (size_t i = 0; i < open->n; i++) {
        const StoreArg *c = open->cells + i * open->columns;
        if (str_eq(c[0].s, service) && str_eq(c[1].s, hash)) return c[2].i;
    }
    return 0;
}

static Value version_row(CaseHouse *h, Str service, const StoreEvent *e, Value payload, const StoreRows *open, Arena *a) {
    Str hash = str_copy(a, value_get_str(payload, "hash"));
    const Pack *now = case_pack(h, service), *own = case_version(h, hash), *titled = own ? own : now;
    ValueBuild b = {.a = a};
    build_c(&b, "service", value_str(service));
    build_c(&b, "title", titled ? case_bilingual(a, titled->title_zh, titled->title_en) : case_bilingual(a, service, service));
    build_c(&b, "hash", value_str(hash));
    build_c(&b, "version", value_str(str_copy(a, value_get_str(payload, "version"))));
    build_c(&b, "since", case_at(a, titled, e->at_us));
    build_c(&b, "in_force", value_bool(now && str_eq(now->hash, hash)));
    build_c(&b, "open", value_int(open_of(open, service, hash)));
    return build_ctx(&b);
}

/* The files are many and not asked for: they are read aside. */
static bool add_service(CaseHouse *h, Str service, const StoreRows *open, Arena *aside, ValueBuild *list, Err *err) {
    StoreEvents events;
    TRY(store_events(h->store, str_join2(aside, STR("pack/"), service), 0, CASE_VERSIONS, aside, &events, err));
    for (size_t i = 0; i < events.n; i++) {
        Value payload;
        TRY(json_parse(events.items[i].payload, CASE_FILES, aside, &payload, err));
        build_item(list, version_row(h, service, &events.items[i], payload, open, list->a));
    }
    return true;
}

bool case_versions(CaseHouse *h, Arena *a, Value *out, Err *err) {
    assert(h && out);
    StoreRows names, open;
    ValueBuild list = {.a = a};
    bool ok = true;
    TRY(store_names(h->store, STR("pack"), a, &names, err));
    TRY(store_query(h->store, h->versions_open, NULL, 0, a, &open, err));
    for (size_t i = 0; ok && i < names.n; i++) {
        Arena *aside = arena_new(0);
        ok = add_service(h, names.cells[i].s, &open, aside, &list, err);
        arena_free(aside);
    }
    if (ok) *out = build_list(&list);
    return ok;
}

/* ---- one version ---- */

bool case_version_files(Store *store, Str service, Str hash, Arena *a, Value *out, Err *err) {
    assert(store && out);
    StoreEvents events;
    Value found = value_null();
    TRY(store_events(store, str_join2(a, STR("pack/"), service), 0, CASE_VERSIONS, a, &events, err));
    for (size_t i = 0; i < events.n; i++) {
        Value payload;
        TRY(json_parse(events.items[i].payload, CASE_FILES, a, &payload, err));
        Str kept = value_get_str(payload, "hash");
        if (hash.n < SHORTEST || !str_starts(kept, hash)) continue;
        if (!value_is_null(found)) return err_set(err, ERR_INVALID, "case", "several versions begin with " STR_FMT ": give more of the hash", STR_ARG(hash));
        found = value_get(payload, "files");
    }
    if (found.kind != VALUE_CONTEXT) return err_set(err, ERR_NOT_FOUND, "case", "no version " STR_FMT " of " STR_FMT " is kept here", STR_ARG(hash), STR_ARG(service));
    *out = found;
    return true;
}
