/* What happens to a ticket once it is out: called again, served, put aside, sent on, missed and taken back, ended. Each step
 * names the states it may begin in. A ticket at a counter is its clerk's; who leads may act on any. */
#include "desk/desk_in.h"

typedef enum StateBit { WAITING = 1, CALLED = 2, SERVING = 4, PARKED = 8, MISSED = 16, SERVED = 32, CANCELLED = 64 } StateBit;

static unsigned bit_of(Str state) {
    static const char *const names[] = {"waiting", "called", "serving", "parked", "missed", "served", "cancelled"};
    for (unsigned i = 0; i < COUNT_OF(names); i++)
        if (str_is(state, names[i])) return 1u << i;
    return 0;
}

static bool leads(const DeskAct *act) { return access_may(act->h->store, &act->c->who, ACCESS_BOARD, act->c->office); }

/* The ticket that is meant: the one named, or the one at who's counter. Err: ERR_NOT_FOUND, ERR_STATE, ERR_STALE. */
static bool meant(DeskAct *act, unsigned states, DeskTicket *t, Err *err) {
    DeskSeat seat = {0};
    int64_t id = 0;
    if (act->c->ticket.n == 0) TRY(desk_seat_of(act->h->store, act->c->who.user, act->a, &seat, err));
    if (act->c->ticket.n == 0 && seat.ticket == 0) return err_set(err, ERR_STATE, "desk", "nobody is at your counter");
    if (seat.ticket) id = seat.ticket;
    else if (!store_id_read(act->c->ticket, &id)) return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    TRY(desk_ticket_read(act->h->store, "desk_ticket_get", store_int(id), act->a, t, err));
    if (!str_eq(t->office, act->c->office)) return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    if (act->c->version >= 0 && act->c->version != t->version) return err_set(err, ERR_STALE, "desk", "somebody else has changed this ticket meanwhile");
    if (bit_of(t->state) & states) return true;
    return err_set(err, ERR_STATE, "desk", "this ticket is " STR_FMT, STR_ARG(t->state));
}

/* The same, of a ticket at a counter: its clerk's own, or who leads. */
static bool own(DeskAct *act, unsigned states, DeskTicket *t, Err *err) {
    TRY(meant(act, states, t, err));
    bool at_counter = bit_of(t->state) & (CALLED | SERVING);
    if (!at_counter || str_eq(t->clerk, act->c->who.user) || leads(act)) return true;
    return err_set(err, ERR_DENIED, "desk", "this ticket is at another clerk's counter");
}

static bool becomes(DeskAct *act, DeskTicket *t, const char *kind, const char *state, Value payload, Err *err) {
    t->version++;
    t->state = str_of(state);
    act->reply = (DeskReply){.id = t->id, .version = t->version, .state = t->state, .view = desk_ticket_brief(t, act->a)};
    t->version--;
    return desk_ticket_event(act, t, kind, payload, err);
}

static Value nothing(const DeskAct *act) {
    ValueBuild b = {.a = act->a};
    return build_ctx(&b);
}

bool desk_recall(DeskAct *act, Err *err) {
    DeskTicket t;
    return own(act, CALLED, &t, err) && becomes(act, &t, "recalled", "called", nothing(act), err);
}

bool desk_arrive(DeskAct *act, Err *err) {
    DeskTicket t;
    return own(act, CALLED, &t, err) && becomes(act, &t, "serving", "serving", nothing(act), err);
}

bool desk_park(DeskAct *act, Err *err) {
    DeskTicket t;
    Str reason;
    TRY(own(act, CALLED | SERVING, &t, err) && desk_words(act, "reason", false, &reason, err));
    t.note = reason;
    return becomes(act, &t, "parked", "parked", desk_one(act->a, "reason", reason), err);
}

/* An empty counter of who's in this office. */
static bool free_seat(DeskAct *act, DeskSeat *seat, Err *err) {
    TRY(desk_seat_of(act->h->store, act->c->who.user, act->a, seat, err));
    if (!str_eq(seat->office, act->c->office)) return err_set(err, ERR_STATE, "desk", "sit down at a counter first");
    return !seat->ticket || err_set(err, ERR_STATE, "desk", "finish with whom you serve first");
}

bool desk_resume(DeskAct *act, Err *err) {
    DeskTicket t;
    DeskSeat seat;
    TRY(meant(act, PARKED, &t, err) && free_seat(act, &seat, err));
    t.counter = seat.counter, t.clerk = seat.clerk;
    return becomes(act, &t, "resumed", "serving", desk_called_payload(act, &seat), err);
}

/* Out of turn: who leads alone, with a reason; but a parked one may be called by any clerk. */
bool desk_call(DeskAct *act, Err *err) {
    DeskTicket t;
    DeskSeat seat;
    Str reason;
    TRY(meant(act, WAITING | PARKED, &t, err) && free_seat(act, &seat, err));
    bool out_of_turn = str_is(t.state, "waiting");
    if (out_of_turn && !leads(act)) return err_set(err, ERR_DENIED, "desk", "who waits is called in turn; a supervisor may call out of turn");
    TRY(desk_words(act, "reason", out_of_turn, &reason, err));
    t.counter = seat.counter, t.clerk = seat.clerk;
    return becomes(act, &t, "called", "called", value_with(act->a, desk_called_payload(act, &seat), STR("reason"), value_str(reason)), err);
}

bool desk_transfer(DeskAct *act, Err *err) {
    DeskTicket t;
    Str reason, note, queue = value_get_str(act->c->args, "queue");
    ValueBuild p = {.a = act->a};
    TRY(own(act, CALLED | SERVING | PARKED, &t, err) && desk_words(act, "reason", true, &reason, err) && desk_words(act, "note", false, &note, err));
    if (value_is_null(desk_queue_of(&act->config, queue))) return desk_refuse(err, "queue", "this office has no such queue");
    build_c(&p, "queue", value_str(queue));
    build_c(&p, "reason", value_str(reason));
    build_c(&p, "note", value_str(note.n ? note : reason));
    t.queue = queue, t.counter = t.clerk = STR(""), t.note = note.n ? note : reason;
    return becomes(act, &t, "transferred", "waiting", build_ctx(&p), err);
}

bool desk_miss(DeskAct *act, Err *err) {
    DeskTicket t;
    return own(act, CALLED, &t, err) && becomes(act, &t, "missed", "missed", nothing(act), err);
}

bool desk_restore(DeskAct *act, Err *err) {
    DeskTicket t;
    TRY(meant(act, MISSED, &t, err));
    if (t.day != act->now.day) return err_set(err, ERR_STATE, "desk", "a missed ticket comes back on its own day only");
    t.counter = t.clerk = STR("");
    return becomes(act, &t, "restored", "waiting", nothing(act), err);
}

bool desk_finish(DeskAct *act, Err *err) {
    DeskTicket t;
    return own(act, SERVING, &t, err) && becomes(act, &t, "finished", "served", nothing(act), err);
}

static bool by_holder(DeskAct *act, DeskTicket *t, Err *err) {
    Str code;
    if (!desk_code_read(act->c->code, act->a, &code)) return err_set(err, ERR_INPUT, "desk", "this is no code of a ticket");
    TRY(desk_ticket_read(act->h->store, "desk_ticket_by_code", store_text(code), act->a, t, err));
    if (!str_eq(t->office, act->c->office)) return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    return (bit_of(t->state) & (WAITING | CALLED | PARKED)) || err_set(err, ERR_STATE, "desk", "this ticket is " STR_FMT, STR_ARG(t->state));
}

bool desk_cancel(DeskAct *act, Err *err) {
    DeskTicket t;
    Str reason = {0};
    bool holder = act->c->code.n > 0;
    if (!holder && !access_may(act->h->store, &act->c->who, ACCESS_TICKET_SERVE, act->c->office) && !leads(act))
        return err_set(err, act->c->who.user.n ? ERR_DENIED : ERR_NO_SESSION, "desk", "a ticket is cancelled by who holds it, or by staff");
    TRY(holder ? by_holder(act, &t, err) : own(act, WAITING | CALLED | PARKED | MISSED, &t, err));
    TRY(desk_words(act, "reason", !holder, &reason, err));
    return becomes(act, &t, "cancelled", "cancelled", desk_one(act->a, "reason", reason), err);
}

bool desk_reprint(DeskAct *act, Err *err) {
    DeskTicket t;
    TRY(meant(act, WAITING | CALLED | PARKED | SERVING, &t, err) && becomes(act, &t, "reprinted", str_c(act->a, t.state), nothing(act), err));
    act->reply.code = t.code;
    return true;
}

bool desk_link(DeskAct *act, Err *err) {
    DeskTicket t;
    const Pack *pack;
    Str id = value_get_str(act->c->args, "case");
    TRY(own(act, CALLED | SERVING, &t, err));
    TRY(case_pack_for(act->h->cases, &act->c->who, id, act->a, &pack, err));
    return becomes(act, &t, "linked", str_c(act->a, t.state), desk_one(act->a, "case", id), err);
}
