/* The fold: what each event makes of a case, and the rows that follow. Every row of a projection table comes from
 * here, on the counter and when the log is folded again, so that the two cannot differ. It decides nothing and reads
 * neither store nor clock: an event is a fact, also when today's rules would not bring it about. */
#include "case/case_in.h"

enum { MAX_TERM = 200 };

/* ---- an event and a record ------------------------------------------------------------------------------------------ */

static void fold_answered(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    Str subject = value_get_str(pack->json, "subject");
    Value answers = value_get(payload, "answers");
    if (answers.kind != VALUE_CONTEXT) return; /* papers alone */
    r->answers = answers;
    r->answered = r->version;
    r->occurred_us = value_get_int(payload, "occurred", 0);
    r->subject = subject.n ? value_get_str(r->answers, str_c(a, subject)) : STR("");
}

static void fold_created(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    r->service = value_get_str(payload, "service");
    r->pack_hash = value_get_str(payload, "pack");
    r->office = value_get_str(payload, "office");
    r->code = value_get_str(payload, "code");
    int64_t id;
    r->created_us = store_id_read(r->id, &id) ? case_id_us(id) : r->updated_us;
    r->proposed = r->outcome = STR("");
    fold_answered(pack, payload, r, a);
}

/* In: pack = the new version. */
static void fold_migrated(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    r->pack_hash = value_get_str(payload, "to");
    fold_answered(pack, payload, r, a);
    r->occurred_us = value_get_int(payload, "occurred", 0);
}

static void fold_notice(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack, (void)a;
    r->notices = value_get_int(payload, "no", 0);
}

static void fold_proposed(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack;
    r->proposed = value_get_str(payload, "outcome");
    r->said = value_with(a, r->said, STR("proposed"), value_get(payload, "values"));
}

static void fold_decided(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack;
    r->outcome = value_get_str(payload, "outcome");
    r->decisions = value_get_int(payload, "no", 0);
    r->said = value_with(a, r->said, STR("decided"), case_event_fact(payload, a));
}

static void fold_letter(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack, (void)a;
    r->letters = value_get_int(payload, "no", 0);
}

static void fold_second_asked(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack, (void)a, (void)payload;
    r->second = r->version;
}

static void fold_assigned(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack, (void)a;
    r->assignee = value_get_str(payload, "to");
}

static void fold_clock(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack;
    r->clocks = case_clock_fold(r->clocks, payload, a);
}

/* The row goes; the case's next event sets it again. */
static void fold_timer_stopped(const Pack *pack, Value payload, CaseRecord *r, Arena *a) {
    (void)pack;
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; r->aside.kind == VALUE_LIST && i < r->aside.size; i++) build_item(&b, r->aside.u.list[i]);
    build_item(&b, case_stuck_entry(payload, r->updated_us, a));
    r->aside = build_list(&b);
}

static const struct {
    const char *kind; /* of the event */
    void (*fold)(const Pack *pack, Value payload, CaseRecord *r, Arena *a);
} folds[] = {
    {"created", fold_created}, {"proposed", fold_proposed}, {"decided", fold_decided},
    {"letter", fold_letter},   {"clock", fold_clock},       {"timer_stopped", fold_timer_stopped},
    {"answered", fold_answered}, {"notice", fold_notice}, {"migrated", fold_migrated},
    {"assigned", fold_assigned}, {"second_asked", fold_second_asked},
};

Value case_event_fact(Value payload, Arena *a) {
    ValueBuild b = {.a = a};
    for (uint32_t i = 0; payload.kind == VALUE_CONTEXT && i < payload.size; i++)
        if (!str_is(payload.u.ctx[i].key, "moved")) build_entry(&b, payload.u.ctx[i].key, payload.u.ctx[i].value);
    return build_ctx(&b);
}

/* The state that the last element entered means; of a pack that names none, whether the process goes on. */
static Str state_of(const Pack *pack, Value moved, const CaseRecord *r) {
    Value entered = value_get(moved, "entered");
    bool names = value_get(pack->json, "states").kind == VALUE_CONTEXT, open = !value_is_null(r->process);
    for (uint32_t i = entered.kind == VALUE_LIST ? entered.size : 0; i-- > 0;) {
        Str state = entered.u.list[i].kind == VALUE_STRING ? pack_state(pack, value_text(entered.u.list[i])) : STR("");
        if (state.n) return state;
    }
    if (names && open && r->state.n) return r->state;
    return open ? STR("proposed") : STR("decided");
}

/* What the board counts it under. What has ended is nobody's work any more. */
static void fold_board(const Pack *pack, CaseRecord *r) {
    r->board = case_board_of(pack, r);
    if (r->board <= CASE_BOARD_ENDED) r->assignee = STR("");
}

void case_fold_move(const Pack *pack, Value moved, CaseRecord *r, Arena *a) {
    r->process = case_state_apply(r->process, moved, r->said, a);
    r->state = state_of(pack, moved, r);
    r->said = value_null();
    fold_board(pack, r);
}

void case_fold(const Pack *pack, Str kind, Value payload, int64_t at_us, Arena *a, CaseRecord *r) {
    assert(pack && a && r);
    Value moved = value_get(payload, "moved");
    r->version++;
    r->updated_us = at_us;
    if (!str_is(kind, "timer_stopped")) r->aside = value_null();
    if (case_second_ends(kind)) r->second = 0;
    case_outbox_fold(kind, payload, at_us, a, r);
    case_receipt_fold(kind, payload, at_us, a, r);
    for (size_t i = 0; i < COUNT_OF(folds); i++)
        if (str_is(kind, folds[i].kind)) folds[i].fold(pack, payload, r, a);
    if (!value_is_null(moved)) case_fold_move(pack, moved, r, a);
    else fold_board(pack, r);
}

/* ---- a record and its rows ------------------------------------------------------------------------------------------ */

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

static void add_term(CaseHouse *h, StoreBatch *b, Str term, StoreArg id, Arena *a) {
    Str folded = case_fold_term(a, term);
    if (folded.n && folded.n <= MAX_TERM) store_add(b, h->term_add, (StoreArg[]){store_text(folded), id}, 2);
}

static void drop_term(CaseHouse *h, StoreBatch *b, Str term, StoreArg id, Arena *a) {
    store_add(b, h->term_drop, (StoreArg[]){store_text(case_fold_term(a, term)), id}, 2);
}

static Str searched(const Pack *pack, const CaseRecord *r, uint32_t i, Arena *a) {
    return value_get_str(r->answers, str_c(a, value_text(pack->search.u.list[i])));
}

static Str history_key(const Pack *pack, const CaseRecord *r, Arena *a) {
    return pack->has_history ? value_get_str(r->answers, str_c(a, pack->history.key)) : STR("");
}

/* What a worklist and later cases find it by. */
static void add_found_by(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *r, Arena *a) {
    StoreArg id = case_id_arg(r->id);
    for (uint32_t i = 0; pack->search.kind == VALUE_LIST && i < pack->search.size; i++) add_term(h, b, searched(pack, r, i, a), id, a);
    Str key = history_key(pack, r, a);
    if (!key.n) return;
    int64_t recorded = r->created_us + (int64_t)case_office_offset(pack) * 1000000;
    store_add(b, h->prior_add, (StoreArg[]){store_word(r->service), store_text(case_fold_term(a, key)), id,
              store_int(r->occurred_us ? r->occurred_us : recorded), store_int(recorded)}, 5);
}

static void drop_found_by(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *r, Arena *a) {
    StoreArg id = case_id_arg(r->id);
    for (uint32_t i = 0; pack->search.kind == VALUE_LIST && i < pack->search.size; i++) drop_term(h, b, searched(pack, r, i, a), id, a);
    Str key = history_key(pack, r, a);
    if (key.n) store_add(b, h->prior_drop, (StoreArg[]){store_text(case_fold_term(a, key)), id}, 2);
}

static StoreArg kept_json(Value v, Arena *a) { return store_text(value_is_null(v) ? STR("") : json_text(a, v)); }

static StoreArg held_by(const CaseRecord *r) { return r->assignee.n ? store_word(r->assignee) : store_null(); }

static StoreArg waits_second(const CaseRecord *r) { return r->second ? store_int(r->second) : store_null(); }

static void add_created(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *r, Arena *a) {
    CaseDeadline due = case_deadline(r->clocks);
    StoreArg id = case_id_arg(r->id);
    int64_t code = 0;
    bool readable = case_code_number(r->code, &code);
    store_add(b, h->insert, (StoreArg[]){id, store_word(r->service), store_word(r->pack_hash), store_word(r->office),
              store_int(r->version), store_word(r->state), readable ? store_int(code) : store_null(), store_text(r->subject),
              store_int(r->updated_us), store_word(r->proposed), store_word(r->outcome), store_int(r->decisions), store_int(r->letters),
              kept_json(r->process, a), kept_json(r->clocks, a), store_int(r->board), store_int(due.provisional), store_int(r->notices),
              store_int(r->answered), held_by(r), waits_second(r)}, 21);
    add_found_by(h, b, pack, r, a);
}

typedef enum Touched { ROW = 13, STATE = 15, PLACE = 18 } Touched; /* how many of the columns below */

/* Indexes are written for state and place, and most steps change nothing of one or both. */
static Touched touched(const CaseRecord *before, const CaseRecord *r, bool provisional) {
    if (before->board != r->board || before->second != r->second || !str_eq(before->assignee, r->assignee)) return PLACE;
    return !str_eq(before->state, r->state) || case_deadline(before->clocks).provisional != provisional ? STATE : ROW;
}

/* In: was = the version before. */
static void add_changed(CaseHouse *h, StoreBatch *b, const Pack *was, const Pack *pack, const CaseRecord *before, const CaseRecord *r, Arena *a) {
    CaseDeadline due = case_deadline(r->clocks);
    Touched n = touched(before, r, due.provisional);
    int update = n == PLACE ? h->update_place : n == STATE ? h->update_state : h->update;
    store_expect(b, update, (StoreArg[]){case_id_arg(r->id), store_int(before->version), store_int(r->version), store_int(r->updated_us),
                 store_word(r->proposed), store_word(r->outcome), store_int(r->decisions), store_int(r->letters), kept_json(r->process, a),
                 kept_json(r->clocks, a), store_text(r->subject), store_int(r->notices), store_int(r->answered),
                 store_word(r->state), store_int(due.provisional), store_int(r->board), held_by(r), waits_second(r)}, n, 1);
    if (was != pack) store_add(b, h->repack, (StoreArg[]){case_id_arg(r->id), store_word(r->pack_hash)}, 2);
    if (before->answered == r->answered && was == pack) return;
    drop_found_by(h, b, was, before, a);
    add_found_by(h, b, pack, r, a);
}

static bool is_aside(const CaseRecord *r, int64_t token) {
    for (uint32_t i = 0; r->aside.kind == VALUE_LIST && i < r->aside.size; i++) {
        int64_t aside;
        if (value_to_int(value_get(r->aside.u.list[i], "token"), &aside) && aside == token) return true;
    }
    return false;
}

static bool has_timer(const CaseTimer *list, size_t n, const CaseTimer *t) {
    for (size_t i = 0; i < n; i++)
        if (list[i].token == t->token && list[i].due_us == t->due_us) return true;
    return false;
}

/* Out: whether there were timers before. */
static bool add_timers(CaseHouse *h, StoreBatch *b, const Pack *was, const Pack *pack, const CaseRecord *before, const CaseRecord *r, Arena *a) {
    CaseTimer *had = NULL, *wanted;
    size_t n_had = before ? case_timers(was, before, a, &had) : 0, n = case_timers(pack, r, a, &wanted);
    for (size_t i = 0; i < n_had; i++)
        if (!has_timer(wanted, n, &had[i]) || is_aside(r, had[i].token))
            store_add(b, h->timer_drop, (StoreArg[]){case_id_arg(r->id), store_int(had[i].token), store_int(had[i].due_us)}, 3);
    bool only_aside = before && !value_is_null(r->aside); /* those set aside earlier stay so */
    for (size_t i = 0; i < n && !only_aside; i++)
        if (!is_aside(r, wanted[i].token))
            store_add(b, h->timer_add, (StoreArg[]){case_id_arg(r->id), store_int(wanted[i].token), store_int(wanted[i].due_us)}, 3);
    return n_had > 0;
}

void case_project(CaseHouse *h, StoreBatch *b, const Pack *pack, const CaseRecord *before, const CaseRecord *after) {
    assert(h && b && pack && after);
    Arena *a = store_batch_arena(b);
    const Pack *was = before && !str_eq(before->pack_hash, after->pack_hash) ? case_pack_of(h, before) : pack;
    assert(was);
    if (before) add_changed(h, b, was, pack, before, after, a);
    else add_created(h, b, pack, after, a);
    case_outbox_project(h, b, add_timers(h, b, was, pack, before, after, a), after);
    case_receipt_project(h, b, after);
}
