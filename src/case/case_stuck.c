/* What stands still and why: tokens with an incident, timers that could not fire, effects that are dead letters or
 * long overdue. One list for those who may have it tried again; it shows where a case stands, never what it says. */
#include "case/case_in.h"

enum { PER_KIND = 100, SCAN_MAX = 1000, OUTBOX_COLUMNS = 8 };
static const int64_t SECOND_US = 1000000;

bool case_stuck_still(CaseHouse *h, Str id, Value args, Arena *a, Err *err) {
    Str what = value_get_str(args, "what"), key = value_get_str(args, "key");
    int64_t token;
    StoreRows rows;
    bool still = false;
    if (str_is(what, "effect")) {
        TRY(store_query(h->store, h->outbox_get, (StoreArg[]){store_text(key)}, 1, a, &rows, err));
        still = rows.n > 0 && rows.cells[0].i && str_eq(case_of_key(key), id);
    } else if (str_to_int(key, &token)) {
        TRY(store_query(h->store, h->stuck_of, (StoreArg[]){store_text(id)}, 1, a, &rows, err));
        for (size_t i = 0; i < rows.n; i++) {
            const StoreArg *c = rows.cells + i * rows.columns;
            still |= str_eq(c[1].s, what) && c[2].i == token;
        }
    }
    return still || err_set(err, ERR_STATE, "case", "this does not stand still");
}

/* ---- one line of the list ---- */

static Str name_of(const Pack *pack, Str element) {
    for (size_t i = 0; pack && i < bpmn_nodes(pack->process); i++)
        if (str_eq(bpmn_node(pack->process, (int)i)->id, element)) return bpmn_node(pack->process, (int)i)->name;
    return STR("");
}

static void add_place(ValueBuild *b, const Pack *pack, const CaseRecord *r, Str element, int64_t at_us, Str reason) {
    build_c(b, "case", value_str(r->id));
    build_c(b, "version", value_int(r->version));
    build_c(b, "tracking_code", value_str(r->code));
    build_c(b, "pack", value_str(pack ? pack->hash : STR("")));
    build_c(b, "title", pack ? case_bilingual(b->a, pack->title_zh, pack->title_en) : case_bilingual(b->a, r->service, r->service));
    build_c(b, "element", value_str(element));
    build_c(b, "name", value_str(name_of(pack, element)));
    build_c(b, "at", case_at(b->a, pack, at_us));
    build_c(b, "reason", value_str(reason));
}

/* What an incident is as a word, and what with: the token itself says so. */
static void add_why(ValueBuild *b, const Pack *pack, const CaseRecord *r, int64_t token) {
    BpmnIncident *incidents;
    bool runs = pack && !value_is_null(r->process);
    size_t n = runs ? bpmn_incidents(pack->process, case_state_whole(pack, r->process, value_null(), b->a), b->a, &incidents) : 0;
    for (size_t i = 0; i < n; i++) {
        if (incidents[i].token != token || incidents[i].code.n == 0) continue;
        build_c(b, "code", value_str(incidents[i].code));
        build_c(b, "about", value_str(incidents[i].about));
    }
}

/* In: columns of case_stuck_list. */
static Value standstill(const Pack *pack, const CaseRecord *r, const StoreArg *c, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "what", value_str(c[1].s));
    build_c(&b, "key", value_str(str_printf(a, "%lld", (long long)c[2].i)));
    add_place(&b, pack, r, c[4].s, c[3].i, c[5].s);
    if (str_is(c[1].s, "incident")) add_why(&b, pack, r, c[2].i);
    return build_ctx(&b);
}

/* In: columns of case_outbox_list. */
static bool effect(const Pack *pack, const CaseRecord *r, const StoreArg *c, Arena *a, Value *out, Err *err) {
    Value details;
    TRY(json_parse(c[5].s, (JsonLimits){.depth = 100}, a, &details, err));
    ValueBuild b = {.a = a};
    build_c(&b, "what", value_c("effect"));
    build_c(&b, "key", value_str(c[0].s));
    add_place(&b, pack, r, value_get_str(details, "element"), c[3].i, c[2].i ? c[4].s : c[7].kind == STORE_TEXT ? c[7].s : STR(""));
    build_c(&b, "kind", value_str(c[1].s));
    build_c(&b, "attempts", value_int(c[6].kind == STORE_INT ? c[6].i : 0));
    build_c(&b, "dead", value_bool(c[2].i));
    *out = build_ctx(&b);
    return true;
}

bool case_stuck_rows(CaseHouse *h, const Pack *pack, const CaseRecord *r, int64_t now_us, Arena *a, Value *out, Err *err) {
    StoreRows rows;
    ValueBuild list = {.a = a};
    TRY(store_query(h->store, h->stuck_of, (StoreArg[]){store_text(r->id)}, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) build_item(&list, standstill(pack, r, rows.cells + i * rows.columns, a));
    /* '0' follows '/': all keys of this case. */
    StoreArg from = store_text(str_join2(a, r->id, STR("/"))), to = store_text(str_join2(a, r->id, STR("0")));
    TRY(store_query(h->store, h->outbox_of, (StoreArg[]){from, to, store_int(PER_KIND)}, 3, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        Value one;
        if (!c[2].i && c[3].i > now_us - CASE_OVERDUE_S * SECOND_US) continue;
        TRY(effect(pack, r, c, a, &one, err));
        build_item(&list, one);
    }
    *out = build_list(&list);
    return true;
}

/* ---- the whole list ---- */

typedef struct Look { /* one person's look at all that stands */
    CaseHouse *h;
    const AccessWho *who;
    Arena *a;
    ValueBuild list;
    size_t n;            /* of the kind at hand */
} Look;

/* The case, when this person may have it tried again. */
static bool record_for(Look *l, Str id, CaseRecord *r, bool *may, Err *err) {
    TRY(case_read(l->h, l->h->get, case_id_arg(id), l->a, r, err));
    *may = access_may_for(l->h->store, l->who, ACCESS_STUCK, r->office, r->service);
    return true;
}

static bool add_standstills(Look *l, Err *err) {
    StoreRows rows;
    TRY(store_query(l->h->store, l->h->stuck_list, (StoreArg[]){store_int(SCAN_MAX)}, 1, l->a, &rows, err));
    l->n = 0;
    for (size_t i = 0; i < rows.n && l->n < PER_KIND; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        CaseRecord r;
        bool may;
        TRY(record_for(l, c[0].s, &r, &may, err));
        if (!may) continue;
        build_item(&l->list, standstill(case_pack_of(l->h, &r), &r, c, l->a));
        l->n++;
    }
    return true;
}

static bool add_effects(Look *l, bool dead, int64_t until_us, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_int(dead), store_int(until_us), store_int(SCAN_MAX)};
    TRY(store_query(l->h->store, l->h->outbox_list, args, COUNT_OF(args), l->a, &rows, err));
    l->n = 0;
    for (size_t i = 0; i < rows.n && l->n < PER_KIND; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        CaseRecord r;
        Value one;
        bool may;
        TRY(record_for(l, case_of_key(c[0].s), &r, &may, err));
        if (!may) continue;
        TRY(effect(case_pack_of(l->h, &r), &r, c, l->a, &one, err));
        build_item(&l->list, one);
        l->n++;
    }
    return true;
}

bool case_stuck(CaseHouse *h, const AccessWho *who, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    Look l = {.h = h, .who = who, .a = a, .list = {.a = a}};
    TRY(add_standstills(&l, err));
    TRY(add_effects(&l, true, INT64_MAX, err));
    TRY(add_effects(&l, false, now_us - CASE_OVERDUE_S * SECOND_US, err));
    *out = build_list(&l.list);
    return true;
}

/* ---- for a doctor ---- */

static bool count(Store *s, const char *statement, const StoreArg *args, size_t n_args, Arena *a, int64_t *out, Err *err) {
    StoreRows rows;
    TRY(store_query(s, store_statement(s, statement), args, n_args, a, &rows, err));
    *out = rows.cells[0].i;
    return true;
}

bool case_health(Store *s, int64_t now_us, Arena *a, CaseHealth *out, Err *err) {
    assert(s && a && out);
    CaseHealth n;
    StoreArg late = store_int(now_us - 60 * SECOND_US);
    StoreArg overdue[] = {store_int(0), store_int(now_us - CASE_OVERDUE_S * SECOND_US)}, dead[] = {store_int(1), store_int(INT64_MAX)};
    TRY(count(s, "case_outbox_count", overdue, 2, a, &n.overdue, err));
    TRY(count(s, "case_outbox_count", dead, 2, a, &n.dead, err));
    TRY(count(s, "case_stuck_count", (StoreArg[]){store_text(STR("incident"))}, 1, a, &n.incidents, err));
    TRY(count(s, "case_stuck_count", (StoreArg[]){store_text(STR("timer"))}, 1, a, &n.set_aside, err));
    TRY(count(s, "case_timer_overdue", &late, 1, a, &n.late_timers, err));
    TRY(count(s, "case_provisional_count", NULL, 0, a, &n.provisional, err));
    *out = n;
    return true;
}
