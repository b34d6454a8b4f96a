/* The door of room case: loads a record, lets the pure middle decide, and makes the change true in one
 * commit together with its events, its answer for the idempotency key and its access line. */
#include "case/case_in.h"

#include <sodium.h>
#include <string.h>

static const int64_t DAY_US = 86400000000;
enum { KEEP_ANSWERS_DAYS = 30, MAX_KEY = 200 };

extern const char case_sql[];
const StoreSchema case_schema = {"case", {case_sql, 0}}; /* length 0: the text is NUL-ended */

bool case_house(Store *store, const CasePackSource *sources, size_t n, int64_t now_us, Arena *house, CaseHouse **out, Err *err) {
    assert(store && out);
    CaseHouse *h = NEW(house, CaseHouse);
    *h = (CaseHouse){.store = store, .packs = sources, .n_packs = n};
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->get, "case_get"},           {&h->get_by_code, "case_get_by_code"},   {&h->insert, "case_insert"},
        {&h->update, "case_update"},     {&h->term_add, "case_term_add"},         {&h->decision_add, "case_decision_add"},
        {&h->decisions, "case_decisions"}, {&h->letter_add, "case_letter_add"},   {&h->letters, "case_letters"},
        {&h->prior_add, "case_prior_add"}, {&h->priors, "case_priors"},           {&h->answer_get, "case_answer_get"},
        {&h->answer_add, "case_answer_add"}, {&h->answer_expire, "case_answer_expire"}, {&h->worklist, "case_worklist"},
        {&h->worklist_all, "case_worklist_all"}, {&h->find, "case_find"},         {&h->counts, "case_counts"},
        {&h->provisional, "case_provisional"}, {&h->timer_add, "case_timer_add"}, {&h->timer_clear, "case_timer_clear"},
        {&h->timer_drop, "case_timer_drop"}, {&h->timer_due, "case_timer_due"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(store, statements[i].name);
    TRY(case_install_packs(h, sources, n, now_us, house, err));
    TRY(case_renew_clocks(h, now_us, err));
    *out = h;
    return true;
}

const Pack *case_pack(const CaseHouse *h, Str service) {
    for (size_t i = 0; i < h->n_packs; i++)
        if (str_eq(h->packs[i].pack->id, service)) return h->packs[i].pack;
    return NULL;
}

size_t case_pack_count(const CaseHouse *h) { return h->n_packs; }

const Pack *case_pack_at(const CaseHouse *h, size_t i) {
    assert(i < h->n_packs);
    return h->packs[i].pack;
}

/* ---- reading a record ---- */

static bool read_json(Str text, Arena *a, Value *out, Err *err) {
    *out = value_null();
    return !text.n || json_parse(text, (JsonLimits){.depth = 100}, a, out, err);
}

bool case_read(CaseHouse *h, int statement, Str key, Arena *a, CaseRecord *out, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, statement, (StoreArg[]){store_text(key)}, 1, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "case", "no such case");
    const StoreArg *c = rows.cells;
    CaseRecord r = {.id = c[0].s, .service = c[1].s, .pack_hash = c[2].s, .office = c[3].s, .version = c[4].i, .state = c[5].s,
                    .code = c[6].s, .subject = c[7].s, .created_us = c[8].i, .updated_us = c[9].i, .proposed = c[10].s, .outcome = c[11].s};
    TRY(read_json(c[12].s, a, &r.answers, err));
    TRY(read_json(c[13].s, a, &r.proposal, err));
    TRY(read_json(c[14].s, a, &r.process, err));
    TRY(read_json(c[15].s, a, &r.clocks, err));
    *out = r;
    return true;
}

bool case_read_for(CaseHouse *h, const AccessWho *who, AccessRight right, Str id, Arena *a, CaseRecord *out, Err *err) {
    CaseRecord r;
    TRY(case_read(h, h->get, id, a, &r, err));
    if (!access_may(h->store, who, ACCESS_CASE_READ, r.office)) return err_set(err, ERR_NOT_FOUND, "case", "no such case");
    if (right != ACCESS_CASE_READ && !access_may(h->store, who, right, r.office))
        return err_set(err, ERR_DENIED, "case", "your role may read this case but not do this with it");
    *out = r;
    return true;
}

/* ---- priors ---- */

bool case_count_priors(CaseHouse *h, const Pack *pack, Value answers, FeelRun *run, int64_t *out, Err *err) {
    *out = -1;
    if (!pack->has_history) return true;
    Arena *a = run->arena;
    Str key = value_get_str(answers, str_c(a, pack->history.key));
    int64_t occurred, recorded = run->now_us + (int64_t)run->offset * 1000000;
    if (!key.n) return true;
    if (!pack_history_moment(&pack->history, answers, &occurred)) occurred = recorded;
    int64_t now = pack->history.by_recorded ? recorded : occurred, count = 0;
    StoreRows rows;
    TRY(store_query(h->store, h->priors, (StoreArg[]){store_text(pack->id), store_text(case_fold_term(a, key))}, 2, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        int64_t prior = pack->history.by_recorded ? c[1].i : c[0].i;
        if (prior >= now || !pack_history_counts(&pack->history, prior, now)) continue;
        Value earlier, record;
        bool applies = false;
        TRY(read_json(c[2].s, a, &earlier, err));
        TRY(read_json(c[3].s, a, &record, err));
        Str outcome = c[5].s.n ? c[5].s : c[4].s;
        TRY(pack_history_applies(pack, earlier, value_get(record, "values"), outcome, run, &applies, err));
        count += applies;
    }
    *out = count;
    return true;
}

/* ---- making a change true ---- */

/* What makes two requests with one key the same request. */
static Str body_hash(Arena *a, const Command *c) {
    Buf b = {.a = a};
    buf_printf(&b, "%d\n" STR_FMT "\n" STR_FMT "\n", (int)c->what, STR_ARG(c->service), STR_ARG(c->case_id));
    json_write(&b, c->args);
    uint8_t hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256(hash, (const uint8_t *)b.p, b.n);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return str_copy(a, str_of(hex));
}

static void reply_of(const CaseRecord *r, CaseReply *out) {
    out->id = r->id;
    out->version = r->version;
    out->state = r->state;
    out->tracking_code = r->code;
}

/* The answer kept for this key, if any. */
static bool kept_answer(CaseHouse *h, const Command *c, Str hash, Arena *a, CaseReply *out, bool *found, Err *err) {
    *found = false;
    if (!c->key.n) return true;
    StoreRows rows;
    TRY(store_query(h->store, h->answer_get, (StoreArg[]){store_text(c->who.user), store_text(c->key)}, 2, a, &rows, err));
    if (!rows.n) return true;
    if (!str_eq(rows.cells[0].s, hash)) return err_set(err, ERR_KEY_REUSED, "case", "this Idempotency-Key was used for another request");
    Value kept;
    TRY(read_json(rows.cells[1].s, a, &kept, err));
    out->id = value_get_str(kept, "id");
    out->version = value_get_int(kept, "version", 0);
    out->state = value_get_str(kept, "state");
    out->tracking_code = value_get_str(kept, "tracking_code");
    out->again = *found = true;
    return true;
}

static void add_answer(CaseHouse *h, StoreBatch *b, const Command *c, Str hash, const CaseRecord *r, Arena *a) {
    if (!c->key.n) return;
    ValueBuild kept = {.a = a};
    build_c(&kept, "id", value_str(r->id));
    build_c(&kept, "version", value_int(r->version));
    build_c(&kept, "state", value_str(r->state));
    build_c(&kept, "tracking_code", value_str(r->code));
    store_add(b, h->answer_add, (StoreArg[]){store_text(c->who.user), store_text(c->key), store_text(hash),
              store_text(json_text(a, build_ctx(&kept))), store_int(c->now_us)}, 5);
    if (c->seed[31] == 0) /* now and then */
        store_add(b, h->answer_expire, (StoreArg[]){store_int(c->now_us - KEEP_ANSWERS_DAYS * DAY_US)}, 1);
}

Str case_fold_term(Arena *a, Str s) {
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || c == '-' || c == '.') continue;
        p[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    Str folded = {p, n}, dot = STR("·"); /* plates are written with and without it */
    ptrdiff_t at = str_find(folded, dot);
    if (at < 0) return folded;
    return str_join2(a, str_sub(folded, 0, (size_t)at), str_sub(folded, (size_t)at + dot.n, n));
}

static void add_term(CaseHouse *h, StoreBatch *b, Str term, Str id, Arena *a) {
    Str folded = case_fold_term(a, term);
    if (folded.n && folded.n <= 200) store_add(b, h->term_add, (StoreArg[]){store_text(folded), store_text(id)}, 2);
}

static StoreArg due_arg(const CaseRecord *r) {
    CaseDeadline d = case_deadline(r->clocks);
    return d.runs ? store_int(d.day) : store_null();
}

static StoreArg provisional_arg(const CaseRecord *r) { return store_int(case_deadline(r->clocks).provisional); }

static void add_created(CaseHouse *h, StoreBatch *b, const Pack *pack, const Command *c, const CaseRecord *r, FeelRun *run) {
    Arena *a = run->arena;
    store_add(b, h->insert, (StoreArg[]){store_text(r->id), store_text(r->service), store_text(r->pack_hash), store_text(r->office),
              store_int(r->version), store_text(r->state), store_text(r->code), store_text(r->subject), store_int(r->created_us),
              store_int(r->updated_us), store_text(r->proposed), store_text(r->outcome), store_text(json_text(a, r->answers)),
              store_text(json_text(a, r->proposal)), store_text(json_text(a, r->process)), store_text(json_text(a, r->clocks)),
              due_arg(r), provisional_arg(r)}, 18);
    add_term(h, b, r->code, r->id, a);
    add_term(h, b, r->id, r->id, a);
    if (pack->search.kind == VALUE_LIST)
        for (uint32_t i = 0; i < pack->search.size; i++)
            add_term(h, b, value_get_str(r->answers, str_c(a, value_text(pack->search.u.list[i]))), r->id, a);
    Str key = pack->has_history ? value_get_str(r->answers, str_c(a, pack->history.key)) : STR("");
    if (!key.n) return;
    int64_t recorded = c->now_us + (int64_t)c->offset * 1000000, occurred = recorded;
    if (!pack_history_moment(&pack->history, case_typed(pack, r->answers, run), &occurred)) occurred = recorded;
    store_add(b, h->prior_add, (StoreArg[]){store_text(r->service), store_text(case_fold_term(a, key)), store_text(r->id),
              store_int(occurred), store_int(recorded)}, 5);
}

void case_add_rows(CaseHouse *h, StoreBatch *b, const Command *c, const CaseChange *change) {
    const CaseRecord *r = &change->after;
    Value d = change->decision, l = change->letter;
    if (!value_is_null(d))
        store_add(b, h->decision_add, (StoreArg[]){store_text(r->id), store_int(value_get_int(d, "no", 0)), store_int(c->now_us),
                  store_text(c->who.user), store_text(c->who.name), store_text(c->who.office), store_text(value_get_str(d, "how")),
                  store_text(value_get_str(d, "outcome")), store_text(value_get_str(d, "reason")), store_text(value_get_str(d, "proposed"))}, 10);
    if (!value_is_null(l))
        store_add(b, h->letter_add, (StoreArg[]){store_text(r->id), store_int(value_get_int(l, "no", 0)), store_text(value_get_str(l, "letter")),
                  store_int(c->now_us), store_text(json_text(change->a, l))}, 5);
}

void case_add_change(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *before, Str actor, int64_t now_us, const CaseChange *change) {
    Arena *a = change->a;
    const CaseRecord *r = &change->after;
    if (before)
        store_expect(b, h->update, (StoreArg[]){store_text(r->id), store_int(before->version), store_int(r->version), store_text(r->state),
                     store_int(r->updated_us), store_text(r->outcome), store_text(json_text(a, r->process)),
                     store_text(json_text(a, r->clocks)), due_arg(r), provisional_arg(r)}, 10, 1);
    Str stream = str_join2(a, STR("case/"), r->id);
    int64_t seq = before ? before->version : 0;
    for (size_t i = 0; i < change->n_events; i++)
        store_event(b, stream, ++seq, str_of(change->events[i].kind), actor, now_us, json_text(a, change->events[i].payload));
    if (pack) case_add_timers(h, b, pack, before, r, a);
}

static bool commit_change(CaseHouse *h, const Pack *pack, const CaseRecord *before, const Command *c, Str hash, CaseChange *change, Err *err) {
    Arena *a = change->a;
    const CaseRecord *r = &change->after;
    FeelRun run = case_run(a, c->now_us, c->offset);
    StoreBatch *b = store_batch(a);
    if (!before) add_created(h, b, pack, c, r, &run);
    case_add_change(h, b, pack, before, c->who.user, c->now_us, change);
    case_add_rows(h, b, c, change);
    add_answer(h, b, c, hash, r, a);
    access_line(h->store, b, &c->who, r->id, before ? STR("decide") : STR("register"), c->now_us);
    return store_commit(h->store, b, err);
}

bool case_count_past(CaseHouse *h, const CaseRecord *before, Arena *a, CasePast *past, Err *err) {
    *past = (CasePast){.priors = -1};
    StoreRows decisions, letters;
    TRY(store_query(h->store, h->decisions, (StoreArg[]){store_text(before->id)}, 1, a, &decisions, err));
    TRY(store_query(h->store, h->letters, (StoreArg[]){store_text(before->id)}, 1, a, &letters, err));
    past->decisions = (int64_t)decisions.n;
    past->letters = (int64_t)letters.n;
    return true;
}

/* Of a case to be: the priors. */
static bool count_own(CaseHouse *h, const Pack *pack, const Command *c, Arena *a, CasePast *past, Err *err) {
    FeelRun run = case_run(a, c->now_us, c->offset);
    *past = (CasePast){.priors = -1};
    return case_count_priors(h, pack, case_typed(pack, c->args, &run), &run, &past->priors, err);
}

static bool try_once(CaseHouse *h, const Command *c, Str hash, Arena *a, CaseReply *out, Err *err) {
    CaseRecord record;
    const CaseRecord *before = NULL;
    CasePast past;
    bool found;
    TRY(kept_answer(h, c, hash, a, out, &found, err));
    if (found) return true;
    if (c->what != CASE_CREATE) {
        TRY(case_read_for(h, &c->who, c->what == CASE_MOVE ? ACCESS_CASE_MOVE : ACCESS_CASE_DECIDE, c->case_id, a, &record, err));
        before = &record;
    }
    const Pack *pack = before ? case_pack_of(h, before) : case_pack(h, c->service);
    if (!pack) {
        err_set(err, before ? ERR_STATE : ERR_INVALID, "case", before ? "this program cannot read the case's version of the service" : "no such service");
        err_element(err, STR("service"));
        return false;
    }
    CaseChange change = {.a = a};
    TRY(before ? case_count_past(h, before, a, &past, err) : count_own(h, pack, c, a, &past, err));
    TRY(case_decide(pack, before, &past, c, &change, err));
    out->pack = pack;
    out->faults = change.faults;
    if (change.faults.n) return true;
    TRY(commit_change(h, pack, before, c, hash, &change, err));
    reply_of(&change.after, out);
    return true;
}

bool case_handle(CaseHouse *h, const Command *c, Arena *a, CaseReply *out, Err *err) {
    assert(h && c && out);
    if (!c->who.user.n) return err_set(err, ERR_NO_SESSION, "case", "sign in first");
    if (c->key.n > MAX_KEY) return err_set(err, ERR_INVALID, "case", "the Idempotency-Key is longer than %d bytes", MAX_KEY);
    assert((c->what == CASE_CREATE || c->key.n) && c->what != CASE_TIMER);
    if (c->what == CASE_CREATE && !access_may(h->store, &c->who, ACCESS_CASE_CREATE, c->who.office))
        return err_set(err, ERR_DENIED, "case", "your role does not register cases");
    Str hash = body_hash(a, c);
    Err trouble = {0};
    CaseReply reply = {0};
    bool ok = try_once(h, c, hash, a, &reply, &trouble);
    /* Somebody was faster. The second look finds their answer for the same key, or their version. */
    for (int again = 0; !ok && trouble.code == ERR_CONFLICT && again < 3; again++) ok = try_once(h, c, hash, a, &reply, &trouble);
    if (!ok) {
        if (err) *err = trouble;
        return false;
    }
    *out = reply;
    return true;
}
