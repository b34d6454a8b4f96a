/* The door of room desk: may they, what follows, and everything that follows in one commit with the answer for its key.
 * A handler that found the world changed under it is asked again, a bounded number of times. */
#include "desk/book_in.h"

enum { TRIES = 12, MAX_KEY = 200, HASH_BYTES = 16 };
static const int64_t DAY_US = 86400000000;

const StoreSchema desk_schema = {"desk", {desk_sql, 0}};

bool desk_refuse(Err *err, const char *element, const char *text) {
    err_set(err, ERR_INVALID, "desk", "%s", text);
    err_element(err, str_of(element));
    return false;
}

Value desk_one(Arena *a, const char *member, Str text) {
    ValueBuild b = {.a = a};
    build_c(&b, member, value_str(text));
    return build_ctx(&b);
}

bool desk_words(DeskAct *act, const char *member, bool wanted, Str *out, Err *err) {
    Str text = str_trim(value_get_str(act->c->args, member));
    if (wanted && text.n == 0) return desk_refuse(err, member, "this needs a reason");
    if (utf8_count(text) > DESK_REASON) return desk_refuse(err, member, "this has at most 500 characters");
    *out = text;
    return true;
}

/* ---- events -------------------------------------------------------------------------------------------------------- */

bool desk_event(DeskAct *act, Str stream, int64_t seq, const char *kind, Value payload, Err *err) {
    const AccessWho *who = &act->c->who;
    StoreEvent e = {.seq = seq, .at_us = act->at_us, .stream = stream, .kind = str_of(kind), .payload = json_text(act->a, payload)};
    e.actor = act->c->what == DESK_NIGHT ? STR("system") : who->user.n ? access_actor(act->a, who) : STR("visitor");
    store_event(act->b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    return desk_fold(act->h->store, act->b, &e, err);
}

bool desk_ticket_event(DeskAct *act, const DeskTicket *t, const char *kind, Value payload, Err *err) {
    TRY(desk_event(act, str_join2(act->a, STR("ticket/"), t->id), t->version + 1, kind, payload, err));
    return t->appointment == 0 || desk_booking_follow(act, t, kind, err);
}

bool desk_hall_event(DeskAct *act, const char *kind, Value payload, Err *err) {
    return desk_event(act, str_join2(act->a, STR("hall/"), act->c->office), STORE_NEXT, kind, payload, err);
}

/* ---- who may what ----------------------------------------------------------------------------------------------------- */

typedef struct Duty { /* what a command needs */
    DeskHandler *handler; /* what does it; NULL: never asked for from outside */
    AccessRight right;    /* over its office */
    bool alone;           /* one at a time in an office: they would only run into one another */
} Duty;
static const Duty duties[] = {
    [DESK_CONFIGURE] = {desk_configure, ACCESS_DESK_ADMIN, true},
    [DESK_SIT] = {desk_sit, ACCESS_TICKET_SERVE, false},
    [DESK_LEAVE] = {desk_leave, ACCESS_TICKET_SERVE, false},
    [DESK_ISSUE] = {desk_issue, ACCESS_PUBLIC, true},
    [DESK_CALL_NEXT] = {desk_call_next, ACCESS_TICKET_SERVE, true},
    [DESK_CALL] = {desk_call, ACCESS_TICKET_SERVE, false},
    [DESK_RECALL] = {desk_recall, ACCESS_TICKET_SERVE, false},
    [DESK_ARRIVE] = {desk_arrive, ACCESS_TICKET_SERVE, false},
    [DESK_PARK] = {desk_park, ACCESS_TICKET_SERVE, false},
    [DESK_RESUME] = {desk_resume, ACCESS_TICKET_SERVE, false},
    [DESK_TRANSFER] = {desk_transfer, ACCESS_TICKET_SERVE, false},
    [DESK_MISS] = {desk_miss, ACCESS_TICKET_SERVE, false},
    [DESK_RESTORE] = {desk_restore, ACCESS_TICKET_SERVE, false},
    [DESK_FINISH] = {desk_finish, ACCESS_TICKET_SERVE, false},
    [DESK_CANCEL] = {desk_cancel, ACCESS_PUBLIC, false}, /* its holder by the code; else staff, as desk_cancel asks */
    [DESK_REPRINT] = {desk_reprint, ACCESS_TICKET_SERVE, false},
    [DESK_LINK] = {desk_link, ACCESS_TICKET_SERVE, false},
    [DESK_CLOSE_QUEUE] = {desk_close_queue, ACCESS_BOARD, true},
    [DESK_REOPEN_QUEUE] = {desk_reopen_queue, ACCESS_BOARD, true},
    [DESK_HOLD] = {desk_hold, ACCESS_PUBLIC, true}, /* what follows: the holder by his code, or staff, see desk_booking_meant */
    [DESK_TELL] = {desk_tell, ACCESS_PUBLIC, false},
    [DESK_CONFIRM] = {desk_confirm, ACCESS_PUBLIC, false},
    [DESK_MOVE] = {desk_move, ACCESS_PUBLIC, true},
    [DESK_CALL_OFF] = {desk_call_off, ACCESS_PUBLIC, false},
    [DESK_CHECK_IN] = {desk_check_in, ACCESS_PUBLIC, true},
    [DESK_NIGHT] = {NULL, ACCESS_ADMIN, true},
};

static bool allowed(DeskHouse *h, const DeskCommand *c, const Duty *duty, Err *err) {
    if (duty->right == ACCESS_PUBLIC) return true;
    if (c->who.user.n == 0) return err_set(err, ERR_NO_SESSION, "desk", "sign in first");
    return access_may(h->store, &c->who, duty->right, c->office) || err_set(err, ERR_DENIED, "desk", "your role may not do this in this office");
}

/* ---- answers that are kept -------------------------------------------------------------------------------------------- */

static Str short_hash(Arena *a, Str bytes) {
    uint8_t hash[STORE_SHA256];
    store_sha256(bytes, hash);
    return str_copy(a, (Str){(const char *)hash, HASH_BYTES});
}

/* What makes two requests with one key the same request. */
static Str body_hash(Arena *a, const DeskCommand *c) {
    Buf b = {.a = a};
    buf_printf(&b, "%d\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n", (int)c->what, STR_ARG(c->office), STR_ARG(c->ticket), STR_ARG(c->queue), STR_ARG(c->counter));
    json_write(&b, c->args);
    return short_hash(a, buf_str(&b));
}

/* Whose key it is, and which. */
static StoreArg answer_key(Arena *a, const DeskCommand *c) {
    Str whose = c->who.user.n ? c->who.user : c->code.n ? c->code : c->office;
    return store_blob(short_hash(a, str_printf(a, "%zu %d " STR_FMT STR_FMT, whose.n, c->who.user.n > 0, STR_ARG(whose), STR_ARG(c->key))));
}

static Str reply_text(Arena *a, const DeskReply *r) {
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(r->id));
    build_c(&b, "version", value_int(r->version));
    build_c(&b, "state", value_str(r->state));
    build_c(&b, "code", value_str(r->code));
    build_c(&b, "view", r->view);
    return json_text(a, build_ctx(&b));
}

static bool kept_answer(DeskAct *act, StoreArg answer, Str body, bool *found, Err *err) {
    StoreRows rows;
    Value v;
    *found = false;
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_answer_get"), &answer, 1, act->a, &rows, err));
    if (rows.n == 0) return true;
    if (!str_eq(rows.cells[0].s, body)) return err_set(err, ERR_KEY_REUSED, "desk", "this Idempotency-Key was used for another request");
    TRY(json_parse(rows.cells[1].s, (JsonLimits){0}, act->a, &v, err));
    act->reply = (DeskReply){.id = value_get_str(v, "id"), .version = value_get_int(v, "version", 0), .state = value_get_str(v, "state"),
                             .code = value_get_str(v, "code"), .view = value_get(v, "view"), .again = true};
    *found = true;
    return true;
}

/* ---- trying ----------------------------------------------------------------------------------------------------------- */

static bool try_once(DeskAct *act, const Duty *duty, StoreArg answer, Str body, Err *err) {
    DeskHouse *h = act->h;
    TRY(desk_config(h, act->c->office, act->a, &act->config, err));
    act->now = desk_moment(h, &act->config, act->c->now_us);
    act->at_us = act->c->now_us;
    act->b = store_batch(act->a);
    TRY(duty->handler(act, err));
    if (act->idle) return true;
    StoreArg kept[] = {answer, store_blob(body), store_text(reply_text(act->a, &act->reply)), store_int(act->c->now_us / DAY_US)};
    store_expect(act->b, store_statement(h->store, "desk_answer_add"), kept, COUNT_OF(kept), 1);
    TRY(store_commit(h->store, act->b, err));
    atomic_fetch_add(&h->changes, 1);
    return true;
}

uint64_t desk_changes(const DeskHouse *h) { return atomic_load(&h->changes); }

/* An answer is kept once, so a command whose key has one cannot be done again; it is looked for when it could not be done. */
static bool try_often(DeskHouse *h, const DeskCommand *c, const Duty *duty, Arena *a, DeskReply *out, Err *err) {
    StoreArg answer = answer_key(a, c);
    Str body = body_hash(a, c);
    for (unsigned i = 0;; i++) {
        Err trouble = {0};
        bool found = false;
        DeskAct act = {.h = h, .c = c, .a = a, .turn = i};
        bool ok = try_once(&act, duty, answer, body, &trouble);
        if (!ok || act.idle) TRY(kept_answer(&act, answer, body, &found, err));
        if (ok || found) {
            *out = act.reply;
            return true;
        }
        if (trouble.code == ERR_CONFLICT && i + 1 < TRIES && c->version < 0) continue;
        if (trouble.code == ERR_CONFLICT) return err_set(err, ERR_STALE, "desk", "somebody else has changed it meanwhile");
        if (err) *err = trouble;
        return false;
    }
}

bool desk_handle(DeskHouse *h, const DeskCommand *c, Arena *a, DeskReply *out, Err *err) {
    assert(h && c && a && out && (size_t)c->what < COUNT_OF(duties));
    const Duty *duty = &duties[c->what];
    assert(duty->handler);
    if (c->key.n == 0 || c->key.n > MAX_KEY) return err_set(err, ERR_INVALID, "desk", "a command has an idempotency key of 1 to %d bytes", MAX_KEY);
    TRY(allowed(h, c, duty, err));
    pthread_mutex_t *lock = duty->alone ? &h->locks[str_hash(c->office) % DESK_LOCKS] : NULL;
    if (lock) pthread_mutex_lock(lock);
    bool ok = try_often(h, c, duty, a, out, err);
    if (lock) pthread_mutex_unlock(lock);
    return ok;
}
