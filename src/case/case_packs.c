/* Pack versions: a case keeps to the version it began with, so every version that ever decided here is kept
 * in the event log (stream pack/SERVICE) with all its files, and compiled again at start. */
#include "case/case_in.h"

const Pack *case_version(const CaseHouse *h, Str hash) {
    for (size_t i = 0; i < h->n_versions; i++)
        if (str_eq(h->versions[i]->hash, hash)) return h->versions[i];
    return NULL;
}

static bool files_payload(const CasePackSource *source, Arena *a, Str *out, Err *err) {
    ValueBuild files = {.a = a}, b = {.a = a};
    for (size_t i = 0; i < source->n_files; i++) {
        const PackFile *f = &source->files[i];
        if (!utf8_valid(f->bytes)) {
            err_set(err, ERR_INPUT, "case", "a pack's files are UTF-8 text");
            err_file(err, f->name);
            return false;
        }
        build_entry(&files, f->name, value_str(f->bytes));
    }
    build_c(&b, "hash", value_str(source->pack->hash));
    build_c(&b, "version", value_str(source->pack->version));
    build_c(&b, "offset", value_int(case_office_offset(source->pack)));
    build_c(&b, "files", build_ctx(&files));
    *out = json_text(a, build_ctx(&b));
    return true;
}

/* What the fold reads of an authority, kept with the version, for when there is no authority at hand. */
static Value kept_authority(Value payload, Arena *house) {
    ValueBuild b = {.a = house};
    build_c(&b, "timezone_offset", value_int(value_get_int(payload, "offset", 0)));
    return build_ctx(&b);
}

/* One that this program no longer reads leaves its cases without explanation, not the house closed. */
void case_compile_version(CaseHouse *h, Str id, Value payload, Value authority, Arena *house) {
    Value files = value_get(payload, "files");
    if (case_version(h, value_get_str(payload, "hash")) || files.kind != VALUE_CONTEXT) return;
    PackFile *kept = NEW_ARRAY(house, PackFile, files.size);
    for (uint32_t i = 0; i < files.size; i++)
        if (files.u.ctx[i].value.kind == VALUE_STRING) kept[i] = (PackFile){files.u.ctx[i].key, value_text(files.u.ctx[i].value)};
    ErrList faults = {.a = house};
    Pack *pack = NULL;
    if (!pack_compile(id, kept, files.size, authority, house, &faults, &pack)) return;
    if (value_is_null(authority)) pack->authority = kept_authority(payload, house);
    assert(h->n_versions < h->cap_versions);
    h->versions[h->n_versions++] = pack;
}

/* The versions of a service that decided here; kept: the one with this hash is among them. */
static bool read_versions(CaseHouse *h, Str service, Str hash, Value authority, Arena *house, size_t *n, bool *kept, Err *err) {
    StoreEvents events;
    TRY(store_events(h->store, str_join2(house, STR("pack/"), service), 0, CASE_VERSIONS, house, &events, err));
    for (size_t i = 0; i < events.n; i++) {
        Value version;
        TRY(json_parse(events.items[i].payload, CASE_FILES, house, &version, err));
        *kept |= str_eq(value_get_str(version, "hash"), hash);
        if (h->n_versions == h->cap_versions) return err_set(err, ERR_LIMIT, "case", "more than %d versions of packs", CASE_VERSIONS);
        case_compile_version(h, service, version, authority, house);
    }
    *n = events.n;
    return true;
}

static bool install_one(CaseHouse *h, const CasePackSource *source, int64_t now_us, Arena *house, Err *err) {
    Str stream = str_join2(house, STR("pack/"), source->pack->id), payload;
    size_t n = 0;
    bool kept = false;
    h->versions[h->n_versions++] = source->pack;
    TRY(read_versions(h, source->pack->id, source->pack->hash, source->pack->authority, house, &n, &kept, err));
    if (kept) return true;
    TRY(files_payload(source, house, &payload, err));
    StoreBatch *b = store_batch(house);
    store_event(b, stream, (int64_t)n + 1, STR("installed"), STR("system"), now_us, payload);
    return store_commit(h->store, b, err);
}

/* Services that are offered no more: their cases go on, their drafts can still be read. */
static bool read_withdrawn(CaseHouse *h, Value authority, Arena *house, Err *err) {
    StoreRows names;
    TRY(store_names(h->store, STR("pack"), house, &names, err));
    for (size_t i = 0; i < names.n; i++) {
        size_t n;
        bool kept = false;
        if (!case_pack(h, names.cells[i].s)) TRY(read_versions(h, names.cells[i].s, STR(""), authority, house, &n, &kept, err));
    }
    return true;
}

static void make_room(CaseHouse *h, size_t n, Arena *house) {
    h->cap_versions = n + CASE_VERSIONS;
    h->versions = NEW_ARRAY(house, const Pack *, h->cap_versions);
}

bool case_know_packs(CaseHouse *h, const CasePackSource *sources, size_t n, Arena *house, Err *err) {
    make_room(h, n, house);
    for (size_t i = 0; i < n; i++) {
        const Pack *pack = sources[i].pack;
        size_t versions;
        bool kept = false;
        h->versions[h->n_versions++] = pack;
        TRY(read_versions(h, pack->id, pack->hash, pack->authority, house, &versions, &kept, err));
    }
    return true;
}

bool case_install_packs(CaseHouse *h, const CasePackSource *sources, size_t n, int64_t now_us, Arena *house, Err *err) {
    make_room(h, n, house);
    for (size_t i = 0; i < n; i++) TRY(install_one(h, &sources[i], now_us, house, err));
    return read_withdrawn(h, n > 0 ? sources[0].pack->authority : value_null(), house, err);
}

const Pack *case_pack_of(const CaseHouse *h, const CaseRecord *r) { return case_version(h, r->pack_hash); }

bool case_drawing(const CaseHouse *h, Str pack_hash, Str *out, Err *err) {
    const Pack *pack = case_version(h, pack_hash);
    if (!pack) return err_set(err, ERR_NOT_FOUND, "case", "There is no such version of a service.");
    *out = bpmn_xml(pack->process);
    return true;
}

const Pack *case_view_pack(const CaseHouse *h, Value view) { return case_version(h, value_get_str(view, "pack")); }
