/* The outbox: what a process wants done outside is an event and, in the same commit, a row with a deterministic
 * key. A courier leases rows, does them, and reports back; the report is an event too and moves the process on.
 * Nothing here reaches outside, and no effect is ever forgotten: it is open, done, or a dead letter with its reason. */
#include "case/case_in.h"

enum { DEFAULT_RETRIES = 10, MAX_RETRIES = 100, MAX_PAYLOAD = 64 * 1024, MAX_WHY = 500, AGAIN = 40, LIST_MAX = 1000 };

void case_outbox_statements(CaseHouse *h) {
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->outbox_add, "case_outbox_add"},         {&h->outbox_drop, "case_outbox_drop"},     {&h->outbox_turn, "case_outbox_turn"},
        {&h->outbox_get, "case_outbox_get"},         {&h->outbox_list, "case_outbox_list"},     {&h->outbox_of, "case_outbox_of"},
        {&h->stuck_set, "case_stuck_set"},           {&h->stuck_clear, "case_stuck_clear"},     {&h->stuck_list, "case_stuck_list"},
        {&h->stuck_of, "case_stuck_of"},             {&h->delivery_add, "case_delivery_add"},
        {&h->delivery_drop, "case_delivery_drop"},   {&h->delivery_mend, "case_delivery_mend"}, {&h->delivery_waits, "case_delivery_waits"},
        {&h->delivery_claim, "case_delivery_claim"}, {&h->delivery_claimed, "case_delivery_claimed"}, {&h->delivery_later, "case_delivery_later"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(h->store, statements[i].name);
}

Str case_of_key(Str key) {
    Str rest;
    return str_cut(key, '/', &rest);
}

/* ---- wanting ---- */

static int64_t retries_of(const BpmnNode *node, Value headers) {
    int64_t n;
    Str said = value_get_str(headers, "retries");
    if (!str_to_int(said.n ? said : node->retries, &n)) return DEFAULT_RETRIES;
    return n < 1 ? 1 : n > MAX_RETRIES ? MAX_RETRIES : n;
}

bool case_want_effect(CaseChange *out, Str kind, const BpmnNode *node, const BpmnWant *want, bool waits, Value more, Err *err) {
    Arena *a = out->a;
    Value headers = value_get(want->details, "headers"), inputs;
    TRY(case_plain(a, value_get(want->details, "inputs"), &inputs, err));
    for (uint32_t i = 0; more.kind == VALUE_CONTEXT && i < more.size; i++) inputs = value_with(a, inputs, more.u.ctx[i].key, more.u.ctx[i].value);
    ValueBuild b = {.a = a};
    long long number = (long long)out->after.version + 1; /* of the event itself */
    build_c(&b, "key", value_str(str_printf(a, STR_FMT "/%lld/%lld", STR_ARG(out->after.id), (long long)want->token, number)));
    build_c(&b, "kind", value_str(kind));
    build_c(&b, "element", value_str(node->id));
    build_c(&b, "token", value_int(want->token));
    build_c(&b, "waits", value_bool(waits));
    build_c(&b, "retries", value_int(retries_of(node, headers)));
    build_c(&b, "inputs", inputs);
    build_c(&b, "headers", headers);
    Value payload = build_ctx(&b);
    bool large = json_text(a, payload).n > MAX_PAYLOAD;
    if (large || out->n_events >= CASE_EFFECTS) {
        err_set(err, ERR_LIMIT, "case", large ? "what the process wants sent is larger than %d bytes" : "more than %d effects in one step",
                large ? (int)MAX_PAYLOAD : (int)CASE_EFFECTS);
        err_element(err, node->id);
        return false;
    }
    case_change_event(out, "effect", payload);
    return true;
}

/* ---- events to rows ---- */

Value case_stuck_entry(Value payload, int64_t at_us, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "token", value_get(payload, "token"));
    build_c(&b, "element", value_get(payload, "element"));
    build_c(&b, "text", value_get(payload, "text"));
    build_c(&b, "at", value_int(at_us));
    return build_ctx(&b);
}

static Value with_item(Value list, Value item, Arena *a) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) build_item(&b, list.u.list[i]);
    build_item(&b, item);
    return build_list(&b);
}

void case_outbox_fold(Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r) {
    static const char *const kinds[] = {"effect", "effect_done", "effect_dead", "retried"};
    if (str_is(kind, "incident")) {
        Value standing = value_get(payload, "standing");
        ValueBuild b = {.a = a};
        for (uint32_t i = 0; standing.kind == VALUE_LIST && i < standing.size; i++) build_item(&b, case_stuck_entry(standing.u.list[i], at_us, a));
        r->standing = build_list(&b);
    }
    bool noted = false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) noted |= str_is(kind, kinds[i]);
    if (!noted) return;
    ValueBuild b = {.a = a};
    build_c(&b, "kind", value_str(kind));
    build_c(&b, "at", value_int(at_us));
    build_c(&b, "payload", case_event_fact(payload, a));
    r->outbox = with_item(r->outbox, build_ctx(&b), a);
}

static void project_effect(CaseHouse *h, StoreBatch *b, Value noted) {
    Str kind = value_get_str(noted, "kind");
    Value payload = value_get(noted, "payload");
    StoreArg at = store_int(value_get_int(noted, "at", 0)), key = store_text(value_get_str(payload, "key"));
    if (str_is(kind, "effect"))
        store_add(b, h->outbox_add, (StoreArg[]){key, store_text(value_get_str(payload, "kind")), at, store_text(json_text(store_batch_arena(b), payload))}, 4);
    else if (str_is(kind, "effect_done"))
        store_add(b, h->outbox_drop, &key, 1);
    else if (str_is(kind, "effect_dead"))
        store_add(b, h->outbox_turn, (StoreArg[]){key, store_int(1), at, store_text(value_get_str(payload, "reason"))}, 4);
    else if (str_is(value_get_str(payload, "what"), "effect")) /* retried */
        store_add(b, h->outbox_turn, (StoreArg[]){key, store_int(0), at, store_text(STR(""))}, 4);
}

static void project_standing(CaseHouse *h, StoreBatch *b, const CaseRecord *r, const char *what, Value list) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        Value one = list.u.list[i];
        store_add(b, h->stuck_set, (StoreArg[]){store_text(r->id), store_text(str_of(what)), store_int(value_get_int(one, "token", 0)),
                  store_int(value_get_int(one, "at", 0)), store_text(value_get_str(one, "element")), store_text(value_get_str(one, "text"))}, 6);
    }
}

void case_outbox_project(CaseHouse *h, StoreBatch *b, bool had_timers, const CaseRecord *r) {
    for (uint32_t i = 0; r->outbox.kind == VALUE_LIST && i < r->outbox.size; i++) project_effect(h, b, r->outbox.u.list[i]);
    if (!value_is_null(r->standing)) /* all that stand: what is not among them stands no more */
        store_add(b, h->stuck_clear, (StoreArg[]){store_text(r->id), store_text(STR("incident"))}, 2);
    project_standing(h, b, r, "incident", r->standing);
    if (had_timers && value_is_null(r->aside)) store_add(b, h->stuck_clear, (StoreArg[]){store_text(r->id), store_text(STR("timer"))}, 2);
    project_standing(h, b, r, "timer", r->aside);
}

void case_outbox_queue(CaseHouse *h, StoreBatch *b, const CaseChange *change) {
    for (size_t i = 0; i < change->n_events; i++) {
        Str kind = str_of(change->events[i].kind);
        Value payload = change->events[i].payload;
        StoreArg key = store_text(value_get_str(payload, "key"));
        bool again = str_is(kind, "retried") && str_is(value_get_str(payload, "what"), "effect");
        if (str_is(kind, "effect") || again) store_add(b, h->delivery_add, (StoreArg[]){key, store_int(change->now_us)}, 2);
        if (str_is(kind, "effect_done") || str_is(kind, "effect_dead")) store_add(b, h->delivery_drop, &key, 1);
    }
}

/* ---- the courier's side ---- */

bool case_outbox_mend(CaseHouse *h, Err *err) {
    assert(h);
    Arena *a = arena_new(0);
    StoreBatch *b = store_batch(a);
    store_add(b, h->delivery_mend, NULL, 0);
    bool ok = store_commit(h->store, b, err);
    arena_free(a);
    return ok;
}

static bool read_effect(const StoreArg *c, Arena *a, CaseEffect *out, Err *err) {
    Value details;
    TRY(json_parse(c[3].s, (JsonLimits){.depth = 100}, a, &details, err));
    *out = (CaseEffect){.key = c[0].s, .kind = c[1].s, .at_us = c[2].i, .attempts = c[4].i, .retries = value_get_int(details, "retries", DEFAULT_RETRIES),
                        .inputs = value_get(details, "inputs"), .headers = value_get(details, "headers")};
    return true;
}

bool case_claim(CaseHouse *h, const CaseClaim *c, Arena *a, CaseEffects *out, Err *err) {
    assert(h && c && out && c->owner.n && c->limit > 0 && c->until_us > c->now_us && c->beyond_us >= c->until_us);
    StoreRows rows;
    CaseEffects got = {0};
    StoreArg now = store_int(c->now_us), beyond = store_int(c->beyond_us), owner = store_text(c->owner), until = store_int(c->until_us);
    TRY(store_query(h->store, h->delivery_waits, (StoreArg[]){now, beyond}, 2, a, &rows, err));
    if (rows.n > 0) { /* an idle courier writes nothing */
        StoreBatch *b = store_batch(a);
        store_add(b, h->delivery_claim, (StoreArg[]){owner, until, now, beyond, store_int((int64_t)c->limit)}, 5);
        TRY(store_commit(h->store, b, err));
        store_fault(h->store, "after-lease");
        TRY(store_query(h->store, h->delivery_claimed, (StoreArg[]){owner, until}, 2, a, &rows, err));
        got.items = NEW_ARRAY(a, CaseEffect, rows.n + 1);
        for (; got.n < rows.n; got.n++) TRY(read_effect(rows.cells + got.n * rows.columns, a, &got.items[got.n], err));
    }
    *out = got;
    return true;
}

static Str short_reason(Str reason) {
    size_t n = reason.n < MAX_WHY ? reason.n : MAX_WHY;
    while (n > 0 && !utf8_valid(str_sub(reason, 0, n))) n--;
    return str_sub(reason, 0, n);
}

bool case_later(CaseHouse *h, Str key, Str owner, int64_t next_us, Str reason, Err *err) {
    assert(h && key.n && owner.n);
    Arena *a = arena_new(0);
    StoreBatch *b = store_batch(a);
    store_add(b, h->delivery_later, (StoreArg[]){store_text(key), store_text(owner), store_int(next_us), store_text(short_reason(reason))}, 4);
    bool ok = store_commit(h->store, b, err);
    arena_free(a);
    return ok;
}

/* ---- reports ---- */

static Command report_command(const CaseReport *r, const CaseRecord *before, const Pack *pack, Value details, Arena *a) {
    static const char *const how[] = {"done", "refused", "dead"};
    ValueBuild b = {.a = a};
    build_c(&b, "key", value_str(r->key));
    build_c(&b, "how", value_c(how[r->how]));
    build_c(&b, "token", value_get(details, "token"));
    build_c(&b, "element", value_get(details, "element"));
    build_c(&b, "waits", value_get(details, "waits"));
    if (str_is(value_get_str(details, "kind"), "payment")) build_c(&b, "payment", value_get(value_get(details, "inputs"), "payment"));
    build_c(&b, "variables", r->variables);
    build_c(&b, "code", value_str(r->code));
    build_c(&b, "reason", value_str(short_reason(r->reason)));
    return (Command){.what = CASE_REPORT, .case_id = before->id, .who = {.user = STR("system"), .name = STR(""), .office = before->office},
                     .version = before->version, .args = build_ctx(&b), .now_us = r->now_us, .offset = case_office_offset(pack)};
}

static void dead_change(Str key, const Err *why, CaseChange *change) {
    ValueBuild b = {.a = change->a};
    build_c(&b, "key", value_str(key));
    build_c(&b, "reason", value_str(str_copy(change->a, str_of(why->text))));
    case_change_event(change, "effect_dead", build_ctx(&b));
}

static bool report_once(CaseHouse *h, const CaseReport *r, Arena *a, Err *err) {
    StoreRows rows;
    CaseRecord before;
    Value details;
    Err why = {0};
    TRY(store_query(h->store, h->outbox_get, (StoreArg[]){store_text(r->key)}, 1, a, &rows, err));
    if (rows.n == 0) return case_message_report(h, r, a, err);
    if (rows.cells[0].i && r->how == CASE_DEAD) return true; /* told before */
    TRY(json_parse(rows.cells[1].s, (JsonLimits){.depth = 100}, a, &details, err));
    TRY(case_read(h, h->get, case_id_arg(case_of_key(r->key)), a, &before, err));
    const Pack *pack = case_pack_of(h, &before);
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    Command c = report_command(r, &before, pack, details, a);
    if (str_is(value_get_str(details, "kind"), "payment")) TRY(case_read_money(h, pack, &c, a, &before, err));
    CaseChange change = {.a = a};
    StoreBatch *b = store_batch(a);
    if (!case_decide(pack, &before, -1, &c, &change, &why)) {
        change = (CaseChange){.a = a, .pack = pack, .now_us = r->now_us, .after = before};
        dead_change(r->key, &why, &change);
    }
    case_add_change(h, b, &before, STR("system"), &change);
    return store_commit(h->store, b, err);
}

bool case_report(CaseHouse *h, const CaseReport *r, Arena *a, Err *err) {
    assert(h && r && r->key.n && (r->how != CASE_DEAD || r->reason.n));
    Err trouble = {0};
    store_fault(h->store, "before-report");
    bool ok = report_once(h, r, a, &trouble);
    for (int again = 0; !ok && trouble.code == ERR_CONFLICT && again < AGAIN; again++) ok = report_once(h, r, a, &trouble);
    if (!ok && err) *err = trouble;
    return ok;
}

/* ---- the operator's side ---- */

static bool effect_value(const StoreArg *c, Arena *a, Value *out, Err *err) {
    Value details;
    TRY(json_parse(c[5].s, (JsonLimits){.depth = 100}, a, &details, err));
    ValueBuild b = {.a = a};
    build_c(&b, "key", value_str(c[0].s));
    build_c(&b, "kind", value_str(c[1].s));
    build_c(&b, "case", value_str(case_of_key(c[0].s)));
    build_c(&b, "element", value_str(value_get_str(details, "element")));
    build_c(&b, "state", value_c(c[2].i ? "dead" : "open"));
    build_c(&b, "at", date_from_unix_us(a, c[3].i - c[3].i % 1000000, 0));
    build_c(&b, "attempts", value_int(c[6].kind == STORE_INT ? c[6].i : 0));
    build_c(&b, "reason", value_str(c[2].i ? c[4].s : c[7].kind == STORE_TEXT ? c[7].s : STR("")));
    *out = build_ctx(&b);
    return true;
}

static bool list_rows(const StoreRows *rows, ValueBuild *list, Err *err) {
    for (size_t i = 0; i < rows->n; i++) {
        Value effect;
        TRY(effect_value(rows->cells + i * rows->columns, list->a, &effect, err));
        build_item(list, effect);
    }
    return true;
}

bool case_outbox_list(Store *s, bool dead, Arena *a, Value *out, Err *err) {
    assert(s && a && out);
    StoreRows rows;
    ValueBuild list = {.a = a};
    TRY(store_query(s, store_statement(s, "case_outbox_list"), (StoreArg[]){store_int(dead), store_int(INT64_MAX), store_int(LIST_MAX)}, 3, a, &rows, err));
    TRY(list_rows(&rows, &list, err));
    TRY(case_message_rows(s, dead, a, &rows, err));
    TRY(list_rows(&rows, &list, err));
    *out = build_list(&list);
    return true;
}

bool case_outbox_retry(CaseHouse *h, Str key, Str reason, int64_t now_us, Arena *a, Err *err) {
    assert(h && key.n);
    StoreRows rows;
    CaseRecord before;
    CaseChange change = {.a = a, .now_us = now_us};
    TRY(store_query(h->store, h->outbox_get, (StoreArg[]){store_text(key)}, 1, a, &rows, err));
    if (rows.n == 0) return case_message_retry(h, key, now_us, a, err);
    if (!rows.cells[0].i) return err_set(err, ERR_STATE, "case", STR_FMT " is no dead letter: it is still tried", STR_ARG(key));
    if (!str_trim(reason).n) return err_set(err, ERR_INVALID, "case", "a reason is needed");
    TRY(case_read(h, h->get, case_id_arg(case_of_key(key)), a, &before, err));
    change.after = before;
    change.pack = case_pack_of(h, &before);
    if (!change.pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    ValueBuild b = {.a = a};
    build_c(&b, "what", value_c("effect"));
    build_c(&b, "key", value_str(key));
    build_c(&b, "reason", value_str(str_trim(reason)));
    build_c(&b, "by_name", value_str(STR("operator")));
    build_c(&b, "office", value_str(before.office));
    case_change_event(&change, "retried", build_ctx(&b));
    StoreBatch *batch = store_batch(a);
    case_add_change(h, batch, &before, STR("operator"), &change);
    return store_commit(h->store, batch, err);
}
