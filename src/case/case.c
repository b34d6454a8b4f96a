/* The door of room case: loads a record, lets the pure middle decide, and makes the change true in one
 * commit together with its events, its answer for the idempotency key and its access line. */
#include "case/case_in.h"

#include <string.h>

static const int64_t DAY_US = 86400000000;
enum { KEEP_ANSWERS_DAYS = 30, MAX_KEY = 200, HASH_BYTES = 16 };
enum { MONEY_TURNS = 64 }; /* clerks of one office who take money at the same moment */
enum { WALKS = 4, WALK_ROWS = 128 }; /* of 256 answers that are added, and rows that a walk looks at: two for each answer */

extern const char case_sql[];
const StoreSchema case_schema = {"case", {case_sql, 0}}; /* length 0: the text is NUL-ended */

void case_statements(CaseHouse *h) {
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->get, "case_get"},           {&h->get_by_code, "case_get_by_code"},   {&h->insert, "case_insert"},
        {&h->update, "case_update"},     {&h->update_state, "case_update_state"}, {&h->update_place, "case_update_place"}, {&h->repack, "case_repack"},             {&h->term_add, "case_term_add"},
        {&h->term_drop, "case_term_drop"},   {&h->prior_drop, "case_prior_drop"},
        {&h->prior_add, "case_prior_add"}, {&h->priors, "case_priors"},           {&h->answer_get, "case_answer_get"},
        {&h->answer_add, "case_answer_add"}, {&h->answer_expire, "case_answer_expire"}, {&h->worklist, "case_worklist"},
        {&h->worklist_all, "case_worklist_all"}, {&h->find, "case_find"},         {&h->counts, "case_counts"},
        {&h->worklist_free, "case_worklist_free"}, {&h->worklist_mine, "case_worklist_mine"}, {&h->counts_taken, "case_counts_taken"},
        {&h->board_open, "case_board_open"}, {&h->board_closed, "case_board_closed"}, {&h->board_free, "case_board_free"},
        {&h->board_first, "case_board_first"}, {&h->of_assignee, "case_of_assignee"}, {&h->versions_open, "case_versions_open"},
        {&h->provisional, "case_provisional"}, {&h->timer_add, "case_timer_add"},
        {&h->timer_drop, "case_timer_drop"}, {&h->timer_due, "case_timer_due"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(h->store, statements[i].name);
    case_outbox_statements(h);
    case_draft_statements(h);
    case_cash_statements(h);
}

bool case_house_look(Store *store, const CasePackSource *sources, size_t n, Arena *house, CaseHouse **out, Err *err) {
    assert(store && out);
    CaseHouse *h = NEW(house, CaseHouse);
    *h = (CaseHouse){.store = store, .packs = sources, .n_packs = n, .rules = access_rules_new(house)};
    case_statements(h);
    TRY(case_know_packs(h, sources, n, house, err));
    *out = h;
    return true;
}

bool case_house(Store *store, const CasePackSource *sources, size_t n, int64_t now_us, Arena *house, CaseHouse **out, Err *err) {
    assert(store && out);
    CaseHouse *h = NEW(house, CaseHouse);
    *h = (CaseHouse){.store = store, .packs = sources, .n_packs = n, .rules = access_rules_new(house)};
    case_statements(h);
    h->recent = case_recent_new(house);
    TRY(case_install_packs(h, sources, n, now_us, house, err));
    TRY(case_renew_clocks(h, now_us, err));
    *out = h;
    return true;
}

bool case_ready(CaseHouse *h, Err *err) {
    return store_ready(h->store, err);
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
    return !text.n || json_parse(text, CASE_JSON, a, out, err);
}

static bool answers_in(Str payload, Arena *a, Value *out, Err *err) {
    Value told;
    TRY(read_json(payload, a, &told, err));
    *out = value_get(told, "answers");
    return true;
}

static bool lost(Str id, Err *err) { return err_set(err, ERR_INVALID, "case", "the events of case " STR_FMT " are lost: run verify", STR_ARG(id)); }

/* The answers lie in one event alone: the first, or the last that changed them. */
bool case_read_answers(CaseHouse *h, Str id, int64_t seq, Arena *a, Value *out, Err *err) {
    StoreEvents first;
    TRY(store_events(h->store, str_join2(a, STR("case/"), id), seq - 1, 1, a, &first, err));
    return first.n > 0 ? answers_in(first.items[0].payload, a, out, err) : lost(id, err);
}

bool case_read(CaseHouse *h, int statement, StoreArg key, Arena *a, CaseRecord *out, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, statement, &key, 1, a, &rows, err));
    return rows.n > 0 ? case_read_row(h, rows.cells, a, out, err) : err_set(err, ERR_NOT_FOUND, "case", "no such case");
}

bool case_read_row(CaseHouse *h, const StoreArg *c, Arena *a, CaseRecord *out, Err *err) {
    enum { SERVICE, PACK, OFFICE, STATE, PROPOSED, OUTCOME, WORDS, ASSIGNEE = WORDS };
    bool taken = c[18].kind == STORE_INT;
    StoreArg w[WORDS + 1] = {c[1], c[2], c[3], c[5], c[9], c[10], c[18]};
    TRY(store_words_of(h->store, w, taken ? WORDS + 1 : WORDS, a, err));
    CaseRecord r = {.id = store_id_text(a, c[0].i), .service = w[SERVICE].s, .pack_hash = w[PACK].s, .office = w[OFFICE].s, .version = c[4].i,
                    .state = w[STATE].s, .code = case_code_text(a, c[6].i), .subject = c[7].s, .created_us = case_id_us(c[0].i),
                    .updated_us = c[8].i, .proposed = w[PROPOSED].s, .outcome = w[OUTCOME].s, .decisions = c[11].i, .letters = c[12].i,
                    .notices = c[15].i, .answered = c[16].i, .board = c[17].i, .assignee = taken ? w[ASSIGNEE].s : STR(""),
                    .second = c[19].kind == STORE_INT ? c[19].i : 0};
    TRY(read_json(c[13].s, a, &r.process, err));
    TRY(read_json(c[14].s, a, &r.clocks, err));
    TRY(c[20].kind == STORE_TEXT ? answers_in(c[20].s, a, &r.answers, err) : lost(r.id, err));
    *out = r;
    return true;
}

bool case_may(CaseHouse *h, const AccessWho *who, AccessRight right, const CaseRecord *r, Err *err) {
    bool sees = access_may_for(h->store, who, ACCESS_CASE_READ, r->office, r->service) ||
                (right == ACCESS_STUCK && access_may_for(h->store, who, right, r->office, r->service));
    if (!sees) return err_set(err, ERR_NOT_FOUND, "case", "no such case");
    return right == ACCESS_CASE_READ || access_may_for(h->store, who, right, r->office, r->service) ||
           err_set(err, ERR_DENIED, "case", "your role may read this case but not do this with it");
}

bool case_read_for(CaseHouse *h, const AccessWho *who, AccessRight right, Str id, Arena *a, CaseRecord *out, Err *err) {
    CaseRecord r;
    TRY(case_read(h, h->get, case_id_arg(id), a, &r, err));
    TRY(case_may(h, who, right, &r, err));
    *out = r;
    return true;
}

bool case_pack_for(CaseHouse *h, const AccessWho *who, Str id, Arena *a, const Pack **out, Err *err) {
    CaseRecord r;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, id, a, &r, err));
    *out = case_pack_of(h, &r);
    return *out || err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
}

/* ---- priors ---- */

static bool prior_applies(CaseHouse *h, const Pack *pack, StoreArg id, FeelRun *run, bool *applies, Err *err) {
    CaseRecord earlier;
    CaseStory story;
    TRY(case_read(h, h->get, id, run->arena, &earlier, err));
    TRY(case_read_story(h, pack, run->arena, &earlier, &story, err));
    Str outcome = earlier.outcome.n ? earlier.outcome : earlier.proposed;
    return pack_history_applies(pack, earlier.answers, value_get(earlier.proposal, "values"), outcome, run, applies, err);
}

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
    TRY(store_query(h->store, h->priors, (StoreArg[]){store_word(pack->id), store_text(case_fold_term(a, key))}, 2, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        int64_t prior = pack->history.by_recorded ? c[1].i : c[0].i;
        bool applies = false;
        if (prior >= now || !pack_history_counts(&pack->history, prior, now)) continue;
        TRY(prior_applies(h, pack, c[2], run, &applies, err));
        count += applies;
    }
    *out = count;
    return true;
}

/* ---- making a change true ---- */

static Str short_hash(Arena *a, Str bytes) {
    uint8_t hash[STORE_SHA256];
    store_sha256(bytes, hash);
    return str_copy(a, (Str){(const char *)hash, HASH_BYTES});
}

/* What makes two requests with one key the same request. */
static Str body_hash(Arena *a, const Command *c) {
    Buf b = {.a = a};
    buf_printf(&b, "%d\n" STR_FMT "\n" STR_FMT "\n", (int)c->what, STR_ARG(c->service), STR_ARG(c->code.n ? c->code : c->case_id));
    json_write(&b, c->args);
    if (!value_is_null(c->agent)) json_write(&b, c->agent);
    return short_hash(a, buf_str(&b));
}

/* Whose key it is, and which. */
static StoreArg answer_key(Arena *a, const Command *c) {
    Str whose = c->code.n ? c->code : c->who.user;
    return store_blob(short_hash(a, str_printf(a, "%zu " STR_FMT STR_FMT, whose.n, STR_ARG(whose), STR_ARG(c->key))));
}

static void reply_of(const CaseRecord *r, CaseReply *out) {
    out->id = r->id;
    out->version = r->version;
    out->state = r->state;
    out->tracking_code = r->code;
}

typedef struct Asked { /* a command and what its answer is kept under */
    const Command *c; /* the command */
    StoreArg answer;  /* whose key it is, and which; of no use without a key */
    Str body;         /* hash of what it asks for */
    bool fresh;       /* reads the case from the store, whatever is recalled */
    bool recalled;    /* did not */
    bool known;       /* who asks may act on the case: only then an applicant's key opens anything */
} Asked;

/* The answer kept for this key, if any. Err: ERR_KEY_REUSED. */
static bool kept_answer(CaseHouse *h, const Asked *asked, Arena *a, CaseReply *out, bool *found, Err *err) {
    StoreRows rows;
    *found = false;
    if (!asked->c->key.n || (asked->c->code.n && !asked->known)) return true;
    TRY(store_query(h->store, h->answer_get, &asked->answer, 1, a, &rows, err));
    if (!rows.n) return true;
    const StoreArg *kept = rows.cells;
    if (!str_eq(kept[0].s, asked->body)) return err_set(err, ERR_KEY_REUSED, "case", "this Idempotency-Key was used for another request");
    *out = (CaseReply){.id = store_id_text(a, kept[1].i), .version = kept[2].i, .state = kept[3].s, .tracking_code = case_code_text(a, kept[4].i), .again = true};
    *found = true;
    return true;
}

/* Forgets answers that are too old, some at a time. Hashes lie evenly, so walks that begin at this one come everywhere. */
static void add_walk(CaseHouse *h, StoreBatch *b, const Asked *asked, int64_t before_day) {
    static const char end[HASH_BYTES + 1] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    store_add(b, h->answer_expire, (StoreArg[]){store_int(before_day), asked->answer, store_int(WALK_ROWS), store_blob((Str){end, sizeof end})}, 4);
}

static void add_answer(CaseHouse *h, StoreBatch *b, const Asked *asked, const CaseRecord *r) {
    const Command *c = asked->c;
    if (!c->key.n) return;
    int64_t today = c->now_us / DAY_US;
    if (c->seed[31] < WALKS) add_walk(h, b, asked, today - KEEP_ANSWERS_DAYS);
    store_add(b, h->answer_add, (StoreArg[]){asked->answer, store_blob(asked->body), case_id_arg(r->id), store_int(r->version),
              store_word(r->state), store_int(today)}, 6);
}

void case_add_change(CaseHouse *h, StoreBatch *b, const CaseRecord *before, Str actor, const CaseChange *change) {
    Str stream = str_join2(change->a, STR("case/"), change->after.id);
    int64_t seq = before ? before->version : 0;
    case_project(h, b, change->pack, before, &change->after);
    for (size_t i = 0; i < change->n_events; i++)
        store_event(b, stream, ++seq, str_of(change->events[i].kind), actor, change->now_us, json_text(change->a, change->events[i].payload));
    case_outbox_queue(h, b, change);
}

static bool commit_change(CaseHouse *h, const CaseRecord *before, const Asked *asked, CaseChange *change, Err *err) {
    StoreBatch *b = store_batch(change->a);
    const Command *c = asked->c;
    case_add_change(h, b, before, c->code.n || c->what == CASE_APPLY ? STR("applicant") : access_actor(change->a, &c->who), change);
    case_drawer_guard(h, b, &change->after);
    add_answer(h, b, asked, &change->after);
    if (c->what == CASE_APPLY) case_draft_spend(h, b, c, change->after.id);
    if (c->what == CASE_SUPPLY) case_upload_taken(h, b, c->files);
    return store_commit(h->store, b, err);
}

/* Of a case to be: the priors. */
static bool count_own(CaseHouse *h, const Pack *pack, const Command *c, Arena *a, int64_t *priors, Err *err) {
    FeelRun run = case_run(a, c->now_us, c->offset);
    *priors = -1;
    return !pack->has_history || case_count_priors(h, pack, case_typed(pack, c->args, &run), &run, priors, err);
}

/* A longer statutory period is the leader's to grant, not the handling officer's (Source: all:42). */
static AccessRight right_of(const Command *c) {
    bool grants = c->what == CASE_CLOCK && case_clock_leads(c->args);
    bool corrects = c->what == CASE_RETRY && !value_is_null(value_get(c->args, "variables"));
    if (c->what == CASE_MOVE || corrects || grants) return ACCESS_CASE_MOVE;
    if (c->what == CASE_PAY || c->what == CASE_REFUND) return c->what == CASE_PAY ? ACCESS_CASH : ACCESS_BOARD;
    return c->what == CASE_RETRY ? ACCESS_STUCK : ACCESS_CASE_DECIDE;
}

/* The applicant was told once: more is asked for by a supervisor alone (Source: all:32). */
static bool told_once(CaseHouse *h, const Command *c, const CaseRecord *before, Err *err) {
    if (c->what != CASE_NOTICE || before->notices == 0 || access_may_for(h->store, &c->who, ACCESS_CASE_MOVE, before->office, before->service)) return true;
    return err_set(err, ERR_DENIED, "case", "the applicant was told once what is missing: a second notice needs a supervisor, and a reason");
}

/* Handling an application itself; to take it, move it, note or take money for it asks for no training in the service. */
static bool handles(CaseDo what) {
    switch (what) {
    case CASE_CREATE:
    case CASE_ADOPT:
    case CASE_DEPART:
    case CASE_CORRECT:
    case CASE_SECOND:
    case CASE_CLOCK:
    case CASE_CHECK:
    case CASE_ACCEPT:
    case CASE_NOTICE:
    case CASE_SUPPLY:
    case CASE_WITHDRAW: return true;
    default: return false;
    }
}

/* Who acts on a service must be qualified for it where the authority asks so, or a supervisor answers for the act. */
static bool qualified(CaseHouse *h, const Command *c, const CaseRecord *before, Str service, Err *err) {
    if (c->who.user.n == 0 || !handles(c->what) || !access_asks(h->store, h->rules, service, c->now_us)) return true;
    if (access_qualified(h->store, &c->who, service, c->now_us)) return true;
    Str office = before ? before->office : c->who.office;
    bool other = c->cosigner.user.n > 0 && !str_eq(c->cosigner.user, c->who.user);
    if (!other) return err_set(err, ERR_DENIED, "case", "your qualification for this service is missing or has run out: a supervisor has to co-sign");
    if (!access_may_for(h->store, &c->cosigner, ACCESS_BOARD, office, service))
        return err_set(err, ERR_DENIED, "case", "only a supervisor of the office can co-sign");
    if (str_trim(c->cosign_reason).n > 0) return true;
    err_set(err, ERR_INVALID, "case", "a co-signature needs its reason");
    err_element(err, STR("cosign_reason"));
    return false;
}

static void note_cosigner(const Command *c, CaseChange *change) {
    ValueBuild b = {.a = change->a};
    if (c->cosigner.user.n == 0) return;
    build_c(&b, "by", value_str(c->cosigner.user));
    build_c(&b, "by_name", value_str(c->cosigner.name));
    build_c(&b, "office", value_str(c->cosigner.office));
    build_c(&b, "reason", value_str(str_trim(c->cosign_reason)));
    case_change_event(change, "cosigned", build_ctx(&b));
}

/* The case that whoever acts may act on: the applicant by his code and a proof, a clerk by his rights. */
static bool read_before(CaseHouse *h, Asked *asked, Arena *a, CaseRecord *out, Err *err) {
    const Command *c = asked->c;
    if (c->code.n == 0) {
        asked->recalled = !asked->fresh && case_recent_get(h->recent, c->case_id, a, out);
        if (!asked->recalled) TRY(case_read(h, h->get, case_id_arg(c->case_id), a, out, err));
        if (c->leaver.n > 0) return case_assign_left(c, out, err);
        TRY(case_may(h, &c->who, right_of(c), out, err));
        if (c->what == CASE_SECOND) TRY(case_second_read(h, a, out, err));
        if (c->what == CASE_ASSIGN) return case_assign_may(h, c, out, err);
        return told_once(h, c, out, err);
    }
    TRY(case_by_code(h, c->code, a, out, err));
    if (c->what == CASE_PAY) return true; /* whoever pays */
    return case_prove(h, case_pack_of(h, out), out, c->proof, c->now_us, a, err);
}

static bool try_once(CaseHouse *h, Asked *asked, Arena *a, CaseReply *out, Err *err) {
    const Command *c = asked->c;
    CaseRecord record;
    const CaseRecord *before = NULL;
    int64_t priors = -1;
    bool applied = false, makes = c->what == CASE_CREATE || c->what == CASE_APPLY;
    if (c->what == CASE_APPLY) TRY(case_draft_done(h, c->draft, a, out, &applied, err));
    if (applied) return true;
    if (!makes) TRY(read_before(h, asked, a, &record, err));
    if (!makes) before = &record;
    asked->known = true;
    const Pack *pack = before ? case_pack_of(h, before) : case_pack(h, c->service);
    if (!pack) {
        err_set(err, before ? ERR_STATE : ERR_INVALID, "case", before ? "this program cannot read the case's version of the service" : "no such service");
        err_element(err, STR("service"));
        return false;
    }
    CaseChange change = {.a = a};
    TRY(qualified(h, c, before, pack->id, err));
    if (before && case_touches_money(pack, c->what)) TRY(case_read_money(h, pack, c, a, &record, err));
    if (!before) TRY(count_own(h, pack, c, a, &priors, err));
    TRY(case_decide(pack, before, priors, c, &change, err));
    if (c->what == CASE_RETRY) TRY(case_stuck_still(h, before->id, c->args, a, err));
    out->pack = pack;
    out->faults = change.faults;
    if (change.faults.n) return true;
    note_cosigner(c, &change);
    TRY(commit_change(h, before, asked, &change, err));
    case_recent_keep(h->recent, &change.after);
    reply_of(&change.after, out);
    return true;
}

/* Nothing is looked up for a command that comes for the first time: one whose key has its answer can never be done
 * again, because an answer is kept once. So the answer is looked for when a command could not be done. Somebody may
 * have been faster: the next try finds their version, or has another identifier. What a recalled record led to is no
 * answer unless it was done. */
static bool answer_command(CaseHouse *h, const Command *c, Arena *a, CaseReply *out, Err *err) {
    static const uint8_t chance[] = {0, 3, 6, 18, 21, 24, 27}; /* where the seed has more for an identifier */
    bool money = c->what == CASE_PAY || c->what == CASE_REFUND; /* whose receipts stand in one row with everybody's */
    size_t turns = money ? MONEY_TURNS : COUNT_OF(chance);
    Command turn = *c;
    Asked asked = {.c = &turn, .answer = answer_key(a, c), .body = body_hash(a, c)};
    if (c->what == CASE_ASSIGN) TRY(case_assign_whom(h, c, a, &turn.whom, err));
    for (size_t i = 0;; i++) {
        Err trouble = {0};
        CaseReply reply = {0};
        bool found = false;
        asked.fresh = i > 0;
        asked.recalled = false;
        memcpy(turn.seed, c->seed + chance[i % COUNT_OF(chance)], 3);
        if (c->what == CASE_SUPPLY) TRY(case_upload_files(h, case_own_key(c->case_id, c->code, a), a, &turn.files, err));
        bool ok = try_once(h, &asked, a, &reply, &trouble);
        if (asked.recalled && (!ok || reply.faults.n)) continue;
        if (!ok || reply.faults.n) TRY(kept_answer(h, &asked, a, &reply, &found, err));
        if (ok || found) {
            *out = reply;
            return true;
        }
        if (trouble.code != ERR_CONFLICT || i + 1 == turns) {
            if (err) *err = trouble;
            return false;
        }
    }
}

bool case_handle(CaseHouse *h, const Command *c, Arena *a, CaseReply *out, Err *err) {
    assert(h && c && out);
    assert(!c->code.n || c->what == CASE_SUPPLY || c->what == CASE_WITHDRAW || c->what == CASE_PAY);
    if (!c->who.user.n && !c->code.n && c->what != CASE_APPLY) return err_set(err, ERR_NO_SESSION, "case", "sign in first");
    if (c->key.n > MAX_KEY) return err_set(err, ERR_INVALID, "case", "the Idempotency-Key is longer than %d bytes", MAX_KEY);
    assert((c->what == CASE_CREATE || c->what == CASE_APPLY || c->key.n) && c->what != CASE_TIMER && c->what != CASE_REPORT);
    if (c->what == CASE_CREATE && !access_may_for(h->store, &c->who, ACCESS_CASE_CREATE, c->who.office, c->service))
        return err_set(err, ERR_DENIED, "case", "your role does not register cases");
    return answer_command(h, c, a, out, err);
}
