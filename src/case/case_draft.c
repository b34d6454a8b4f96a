/* Drafts: what somebody has begun and not yet handed in. Whoever has the code has the draft; the database holds a
 * hash of it. A draft never becomes part of the log: it ends as a case, or it expires and is deleted. Answers are kept
 * as typed, right or wrong; the form judges them when they are looked at and when they are handed in. */
#include "case/case_in.h"

#include <sodium.h>
#include <string.h>

static const int64_t DAY_US = 86400000000;
enum { REMEMBER_DAYS = 90, EXPIRE_AT_ONCE = 100, UNTOUCHED_DAYS = 1 };

void case_draft_statements(CaseHouse *h) {
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->draft_get, "case_draft_get"},     {&h->draft_add, "case_draft_add"},     {&h->draft_set, "case_draft_set"},
        {&h->draft_spend, "case_draft_spend"}, {&h->draft_due, "case_draft_due"},     {&h->draft_empty, "case_draft_empty"},
        {&h->draft_forget, "case_draft_forget"}, {&h->draft_drop, "case_draft_drop"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(h->store, statements[i].name);
    case_upload_statements(h);
}

/* The number under which a code's draft lies; from it nobody comes back to the code. */
bool case_draft_id(Str code, int64_t *id) {
    int64_t number;
    uint8_t hash[crypto_hash_sha256_BYTES];
    char text[40];
    if (!case_code_number(code, &number)) return false;
    int n = snprintf(text, sizeof text, "draft %lld", (long long)number);
    crypto_hash_sha256(hash, (const uint8_t *)text, (size_t)n);
    memcpy(id, hash, sizeof *id);
    *id &= INT64_MAX;
    return true;
}

static bool check_answers(Value answers, Arena *a, Str *json, Err *err) {
    *json = json_text(a, answers);
    if (answers.kind == VALUE_CONTEXT && json->n <= CASE_DRAFT_BYTES) return true;
    return err_set(err, ERR_LIMIT, "case", "a draft holds at most %d bytes of answers", CASE_DRAFT_BYTES);
}

/* A draft in which nothing has been answered is not worth keeping long. */
static int64_t expiry(const Pack *pack, Value answers, int64_t now_us) {
    return now_us + (answers.size > 0 && pack ? pack->drafts.days : UNTOUCHED_DAYS) * DAY_US;
}

bool case_draft_open(CaseHouse *h, Str service, Str pack_hash, Value answers, const uint8_t seed[32], int64_t now_us, Arena *a, CaseDraft *out, Err *err) {
    assert(h && a && out && seed);
    const Pack *pack = case_pack(h, service);
    int64_t id = 0;
    Str json;
    if (!pack) return err_set(err, ERR_NOT_FOUND, "case", "no such service");
    TRY(check_answers(answers, a, &json, err));
    CaseDraft d = {.code = case_code_make(seed + 10, a), .service = pack->id, .pack = pack, .kept = pack, .answers = answers,
                   .version = 1, .created_us = now_us, .updated_us = now_us, .expires_us = expiry(pack, answers, now_us)};
    if (pack_hash.n) d.kept = case_version(h, pack_hash);
    bool made = case_draft_id(d.code, &id);
    assert(made);
    Str hash = pack_hash.n ? pack_hash : pack->hash;
    StoreBatch *b = store_batch(a);
    store_add(b, h->draft_add, (StoreArg[]){store_int(id), store_text(pack->id), store_text(hash), store_text(json), store_text(STR("")),
              store_int(now_us), store_int(d.expires_us)}, 7);
    TRY(store_commit(h->store, b, err));
    *out = d;
    return true;
}

static bool draft_row(CaseHouse *h, int64_t id, Arena *a, StoreRows *rows, Err *err) {
    TRY(store_query(h->store, h->draft_get, (StoreArg[]){store_int(id)}, 1, a, rows, err));
    return rows->n > 0 || err_set(err, ERR_NOT_FOUND, "case", "no such draft");
}

bool case_draft_get(CaseHouse *h, Str code, int64_t now_us, Arena *a, CaseDraft *out, Err *err) {
    assert(h && a && out);
    int64_t id, number = 0;
    StoreRows rows;
    if (!case_draft_id(code, &id) || !case_code_number(code, &number)) return err_set(err, ERR_INPUT, "case", "this is no code of a draft");
    TRY(draft_row(h, id, a, &rows, err));
    const StoreArg *c = rows.cells;
    CaseDraft d = {.code = case_code_text(a, number), .service = c[0].s, .pack = case_pack(h, c[0].s), .kept = case_version(h, c[1].s),
                   .version = c[2].i, .answers = value_ctx(NULL, 0), .office = c[4].s, .created_us = c[5].i, .updated_us = c[6].i,
                   .expires_us = c[7].i};
    bool handed_in = c[8].kind == STORE_INT && c[9].kind == STORE_INT;
    if (handed_in) d.tracking_code = case_code_text(a, c[9].i);
    d.expired = d.expires_us <= now_us;
    if (c[3].s.n && !d.expired) TRY(json_parse(c[3].s, CASE_JSON, a, &d.answers, err));
    *out = d;
    return true;
}

bool case_draft_save(CaseHouse *h, CaseDraft *d, int64_t now_us, Arena *a, Err *err) {
    assert(h && d && a);
    int64_t id;
    Str json;
    bool known = case_draft_id(d->code, &id);
    assert(known);
    const Pack *pack = d->pack ? d->pack : d->kept;
    TRY(check_answers(d->answers, a, &json, err));
    StoreBatch *b = store_batch(a);
    store_expect(b, h->draft_set, (StoreArg[]){store_int(id), store_int(d->version), store_text(pack ? pack->hash : STR("")), store_text(json),
                 store_text(d->office), store_int(now_us), store_int(expiry(pack, d->answers, now_us))}, 7, 1);
    TRY(store_commit(h->store, b, err));
    d->version++;
    d->updated_us = now_us;
    d->kept = pack;
    return true;
}

bool case_draft_drop(CaseHouse *h, const CaseDraft *d, Arena *a, Err *err) {
    assert(h && d && a);
    int64_t id;
    bool known = case_draft_id(d->code, &id);
    assert(known);
    StoreBatch *b = store_batch(a);
    TRY(case_upload_drop_all(h, b, id, a, err));
    store_add(b, h->draft_drop, (StoreArg[]){store_int(id)}, 1);
    return store_commit(h->store, b, err);
}

/* ---- against the form in force ---------------------------------------------------------------------------------- */

static bool holds_text(Value list, Str s) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), s)) return true;
    return false;
}

static bool has_field(const Paper *form, Str key) {
    for (size_t i = 0; i < paper_fields(form); i++)
        if (str_eq(paper_key(form, i), key)) return true;
    return false;
}

/* The first part of a path: "items[3].name" belongs to the answer "items". */
static Str first_part(Str path) {
    Str rest;
    return str_cut(str_cut(path, '.', &rest), '[', &rest);
}

/* Does any field of the form live under this answer? */
static bool is_asked(const Paper *form, Str answer) {
    for (size_t i = 0; i < paper_fields(form); i++)
        if (str_eq(first_part(paper_key(form, i)), answer)) return true;
    return false;
}

/* What the form asks no more, when the draft is of another version. */
static void drop_unasked(const CaseDraft *d, Arena *a, CaseLook *out) {
    ValueBuild fitting = {.a = a}, gone = {.a = a}, added = {.a = a};
    for (uint32_t i = 0; i < d->answers.size; i++) {
        ValueEntry e = d->answers.u.ctx[i];
        if (is_asked(d->pack->form, e.key)) build_entry(&fitting, e.key, e.value);
        else build_item(&gone, value_str(e.key));
    }
    for (size_t i = 0; d->kept && i < paper_fields(d->pack->form); i++) {
        Str key = paper_key(d->pack->form, i);
        if (!has_field(d->kept->form, key) && !holds_text(d->pack->staff, key)) build_item(&added, value_str(key));
    }
    out->fitting = build_ctx(&fitting);
    out->gone = build_list(&gone);
    out->added = build_list(&added);
}

/* Staff's own fields are none of a resident's: what comes under their names is refused as an unknown name is. */
static void refuse_staff(const Pack *pack, Value answers, Arena *a, PaperFaults *faults) {
    for (uint32_t i = 0; i < answers.size; i++) {
        Str key = answers.u.ctx[i].key;
        if (!holds_text(pack->staff, key)) continue;
        PaperFault *more = NEW_ARRAY(a, PaperFault, faults->n + 1);
        if (faults->n) memcpy(more, faults->items, faults->n * sizeof *more);
        more[faults->n] = (PaperFault){.key = key, .code = "unknown", .limit = STR("")};
        *faults = (PaperFaults){more, faults->n + 1};
    }
}

bool case_draft_look(CaseHouse *h, const CaseDraft *d, int64_t now_us, int32_t offset, Arena *a, CaseLook *out, Err *err) {
    assert(h && d && d->pack && a && out);
    FeelRun run = case_run(a, now_us, offset);
    Value complete;
    CaseLook look = {.fitting = d->answers, .gone = value_list(NULL, 0), .added = value_list(NULL, 0), .guide = value_null()};
    look.changed = d->kept != d->pack;
    if (look.changed) drop_unasked(d, a, &look);
    TRY(case_complete(d->pack, value_null(), look.fitting, -1, &run, &complete, &look.faults, err));
    refuse_staff(d->pack, look.fitting, a, &look.faults);
    bool guided = d->pack->eligibility >= 0;
    if (look.faults.n == 0 && guided) TRY(pack_guide(d->pack, complete, &run, &look.guide, err));
    *out = look;
    return true;
}

/* ---- handing in --------------------------------------------------------------------------------------------------- */

Value case_draft_offices(const Pack *pack, Arena *a) {
    assert(pack && a);
    Value offices = value_get(pack->authority, "offices"), kinds = value_get(pack->json, "accepted_at");
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++) {
        Value office = offices.u.list[i], name = value_get(office, "name");
        if (kinds.kind == VALUE_LIST && !holds_text(kinds, value_get_str(office, "kind"))) continue;
        ValueBuild b = {.a = a};
        build_c(&b, "id", value_get(office, "id"));
        build_c(&b, "zh", value_get(name, "zh"));
        build_c(&b, "en", value_get(name, "en"));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static bool check_office(const CaseDraft *d, Arena *a, Err *err) {
    Value offices = case_draft_offices(d->pack, a);
    for (uint32_t i = 0; i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "id"), d->office)) return true;
    err_set(err, ERR_INVALID, "case", "this office does not accept the service");
    err_element(err, STR("office"));
    return false;
}

bool case_draft_done(CaseHouse *h, int64_t draft, Arena *a, CaseReply *out, bool *found, Err *err) {
    StoreRows rows;
    *found = false;
    TRY(draft_row(h, draft, a, &rows, err));
    const StoreArg *c = rows.cells;
    if (c[8].kind != STORE_INT || c[9].kind != STORE_INT) return true;
    *out = (CaseReply){.id = store_id_text(a, c[8].i), .version = c[10].i, .state = c[11].s, .tracking_code = case_code_text(a, c[9].i), .again = true};
    *found = true;
    return true;
}

void case_draft_spend(CaseHouse *h, StoreBatch *b, const Command *c, Str case_id) {
    store_expect(b, h->draft_spend, (StoreArg[]){store_int(c->draft), store_int(c->draft_version), case_id_arg(case_id)}, 3, 1);
    case_upload_taken(h, b, c->files);
}

bool case_draft_submit(CaseHouse *h, const CaseDraft *d, int64_t now_us, int32_t offset, const uint8_t seed[32], Arena *a, CaseReply *out, Err *err) {
    assert(h && d && a && out && seed);
    int64_t id;
    CaseLook look;
    bool known = case_draft_id(d->code, &id), found;
    assert(known);
    TRY(case_draft_done(h, id, a, out, &found, err));
    if (found) return true;
    if (!d->pack || d->expired) return err_set(err, ERR_STATE, "case", d->pack ? "the draft has expired" : "the service has been withdrawn");
    TRY(check_office(d, a, err));
    TRY(case_draft_look(h, d, now_us, offset, a, &look, err));
    if (look.faults.n > 0) {
        *out = (CaseReply){.faults = look.faults, .pack = d->pack};
        return true;
    }
    Command c = {.what = CASE_APPLY, .service = d->pack->id, .who = {.office = d->office}, .version = -1, .draft = id,
                 .draft_version = d->version, .args = look.fitting, .now_us = now_us, .offset = offset};
    memcpy(c.seed, seed, sizeof c.seed);
    TRY(case_upload_files(h, d->code, a, &c.files, err));
    return case_handle(h, &c, a, out, err);
}

/* ---- expiry --------------------------------------------------------------------------------------------------------- */

static bool expire(CaseHouse *h, int64_t now_us, Arena *a, Err *err) {
    StoreRows due;
    TRY(store_query(h->store, h->draft_due, (StoreArg[]){store_int(now_us), store_int(EXPIRE_AT_ONCE)}, 2, a, &due, err));
    if (due.n == 0) return true;
    StoreBatch *b = store_batch(a);
    for (size_t i = 0; i < due.n; i++) {
        store_add(b, h->draft_empty, &due.cells[i * due.columns], 1);
        TRY(case_upload_drop_all(h, b, due.cells[i * due.columns].i, a, err));
    }
    store_add(b, h->draft_forget, (StoreArg[]){store_int(now_us - REMEMBER_DAYS * DAY_US)}, 1);
    return store_commit(h->store, b, err);
}

bool case_draft_expire(CaseHouse *h, int64_t now_us, Err *err) {
    Arena *a = arena_new(0);
    bool ok = expire(h, now_us, a, err) && case_upload_expire(h, now_us, a, err);
    arena_free(a);
    return ok;
}
