/* Messages that belong to no case: what a hall tells somebody who has an appointment. They wait where the outbox waits and
 * go by the same couriers, each with its key; but they are in no event, since a telephone number and a code that holds for
 * ten minutes have no place in a log that nobody can change. They are scratch: after some days they are gone. */
#include "case/case_in.h"

enum { NEWEST = 100, LIST = 1000, OPEN = 0, DEAD = 1, SENT = 2 };
static const int64_t DAY_US = 86400000000;

static int statement(const CaseHouse *h, const char *name) { return store_statement(h->store, name); }

static void queue(CaseHouse *h, StoreBatch *b, Str key, int64_t now_us) {
    store_add(b, statement(h, "case_delivery_add"), (StoreArg[]){store_text(key), store_int(now_us)}, 2);
}

void case_message_add(CaseHouse *h, StoreBatch *b, const CaseMessage *m, int64_t now_us) {
    assert(h && b && m && m->key.n && m->to.n && m->text.n && utf8_count(m->text) <= CASE_MESSAGE_TEXT);
    Arena *a = store_batch_arena(b);
    ValueBuild inputs = {.a = a}, details = {.a = a};
    build_c(&inputs, "to", value_str(m->to));
    build_c(&inputs, "text", value_str(m->text));
    build_c(&inputs, "lang", value_str(m->lang));
    build_c(&details, "inputs", build_ctx(&inputs));
    build_c(&details, "headers", value_ctx(NULL, 0));
    StoreArg args[] = {store_text(m->key), store_text(m->kind), store_text(m->about), store_int(now_us), store_text(json_text(a, build_ctx(&details)))};
    store_add(b, statement(h, "case_message_add"), args, COUNT_OF(args));
    queue(h, b, m->key, now_us);
}

void case_message_stop(CaseHouse *h, StoreBatch *b, Str about) {
    assert(h && b && about.n);
    StoreArg arg = store_text(about);
    store_add(b, statement(h, "case_message_stop"), &arg, 1);
    store_add(b, statement(h, "case_message_drop"), &arg, 1);
}

bool case_message_report(CaseHouse *h, const CaseReport *r, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    StoreArg key = store_text(r->key);
    bool done = r->how == CASE_DONE;
    StoreArg args[] = {key, store_int(done ? SENT : DEAD), store_text(done ? STR("") : r->reason.n > 0 ? r->reason : r->code)};
    store_add(b, statement(h, "case_message_end"), args, COUNT_OF(args));
    store_add(b, statement(h, "case_delivery_drop"), &key, 1);
    return store_commit(h->store, b, err);
}

bool case_message_retry(CaseHouse *h, Str key, int64_t now_us, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    Err trouble = {0};
    StoreArg arg = store_text(key);
    store_expect(b, statement(h, "case_message_again"), &arg, 1, 1);
    queue(h, b, key, now_us);
    if (store_commit(h->store, b, &trouble)) return true;
    if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_NOT_FOUND, "case", "the outbox has no dead letter " STR_FMT, STR_ARG(key));
    if (err) *err = trouble;
    return false;
}

bool case_message_rows(Store *s, bool dead, Arena *a, StoreRows *out, Err *err) {
    StoreArg args[] = {store_int(dead ? DEAD : OPEN), store_int(INT64_MAX), store_int(LIST)};
    return store_query(s, store_statement(s, "case_message_late"), args, COUNT_OF(args), a, out, err);
}

bool case_message_expire(CaseHouse *h, int64_t now_us, Err *err) {
    Arena *a = arena_new(0);
    StoreRows rows;
    StoreArg before = store_int(now_us - CASE_MESSAGE_DAYS * DAY_US);
    bool ok = store_query(h->store, statement(h, "case_message_old"), &before, 1, a, &rows, err);
    if (ok && rows.n > 0) { /* an idle counter writes nothing */
        StoreBatch *b = store_batch(a);
        store_add(b, statement(h, "case_message_unqueue"), &before, 1);
        store_add(b, statement(h, "case_message_expire"), &before, 1);
        ok = store_commit(h->store, b, err);
    }
    arena_free(a);
    return ok;
}

static bool message_value(const StoreArg *c, Arena *a, Value *out, Err *err) {
    static const char *const states[] = {"open", "dead", "sent"};
    Value details;
    ValueBuild b = {.a = a};
    TRY(json_parse(c[5].s, CASE_JSON, a, &details, err));
    Value inputs = value_get(details, "inputs");
    build_c(&b, "key", value_str(c[0].s));
    build_c(&b, "kind", value_str(c[1].s));
    build_c(&b, "about", value_str(c[2].s));
    build_c(&b, "state", value_c(c[3].i >= OPEN && c[3].i <= SENT ? states[c[3].i] : ""));
    build_c(&b, "at", date_from_unix_us(a, c[4].i - c[4].i % 1000000, 0));
    build_c(&b, "to", value_get(inputs, "to"));
    build_c(&b, "text", value_get(inputs, "text"));
    build_c(&b, "lang", value_get(inputs, "lang"));
    *out = build_ctx(&b);
    return true;
}

bool case_messages(CaseHouse *h, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    StoreRows rows;
    StoreArg most = store_int(NEWEST);
    ValueBuild list = {.a = a};
    TRY(store_query(h->store, statement(h, "case_message_newest"), &most, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        Value one;
        TRY(message_value(rows.cells + i * rows.columns, a, &one, err));
        build_item(&list, one);
    }
    *out = build_list(&list);
    return true;
}
