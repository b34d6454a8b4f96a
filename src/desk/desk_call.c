/* Counters and calling: who sits where, and who comes next. One transaction gives a ticket to one counter: the ticket's
 * version and the counter's emptiness are both expected in it. Who is parked or missed is never called by itself. */
#include "desk/desk_in.h"

enum { PAGE = 24, PAGES = 400 }; /* rows looked at: more than may wait */

bool desk_seat_of(Store *s, Str clerk, Arena *a, DeskSeat *out, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(clerk)};
    *out = (DeskSeat){.clerk = clerk};
    TRY(store_query(s, store_statement(s, "desk_counter_of"), args, 1, a, &rows, err));
    if (rows.n == 0) return true;
    const StoreArg *c = rows.cells;
    *out = (DeskSeat){.office = c[0].s, .counter = c[1].s, .clerk = clerk, .since_us = c[2].i, .ticket = c[3].kind == STORE_INT ? c[3].i : 0};
    return true;
}

static Value seat_payload(const DeskAct *act, Str counter) {
    ValueBuild p = {.a = act->a};
    build_c(&p, "counter", value_str(counter));
    build_c(&p, "clerk", value_str(act->c->who.user));
    return build_ctx(&p);
}

bool desk_sit(DeskAct *act, Err *err) {
    DeskSeat seat;
    StoreRows taken;
    StoreArg args[] = {store_text(act->c->office), store_text(act->c->counter)};
    if (value_is_null(desk_counter_of(&act->config, act->c->counter))) return desk_refuse(err, "counter", "this office has no such counter");
    TRY(desk_seat_of(act->h->store, act->c->who.user, act->a, &seat, err));
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_counter_get"), args, COUNT_OF(args), act->a, &taken, err));
    act->reply = (DeskReply){.id = act->c->counter, .version = 1, .state = STR("sitting")};
    act->idle = str_eq(seat.office, act->c->office) && str_eq(seat.counter, act->c->counter);
    if (act->idle) return true;
    if (seat.ticket) return err_set(err, ERR_STATE, "desk", "finish with whom you serve before you change the counter");
    if (taken.n > 0) return err_set(err, ERR_STATE, "desk", STR_FMT " sits at this counter", STR_ARG(taken.cells[1].s));
    if (seat.counter.n > 0) TRY(desk_event(act, str_join2(act->a, STR("hall/"), seat.office), STORE_NEXT, "left", seat_payload(act, seat.counter), err));
    return desk_hall_event(act, "sat", seat_payload(act, act->c->counter), err);
}

bool desk_leave(DeskAct *act, Err *err) {
    DeskSeat seat;
    TRY(desk_seat_of(act->h->store, act->c->who.user, act->a, &seat, err));
    act->reply = (DeskReply){.id = seat.counter, .version = 1, .state = STR("left")};
    act->idle = seat.counter.n == 0;
    if (act->idle) return true;
    if (seat.ticket) return err_set(err, ERR_STATE, "desk", "finish with whom you serve before you leave the counter");
    return desk_event(act, str_join2(act->a, STR("hall/"), seat.office), STORE_NEXT, "left", seat_payload(act, seat.counter), err);
}

/* ---- call next ------------------------------------------------------------------------------------------------------ */

static bool lists(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), id)) return true;
    return false;
}

static bool qualified(DeskAct *act, Value services) {
    for (uint32_t i = 0; services.kind == VALUE_LIST && i < services.size; i++)
        if (services.u.list[i].kind == VALUE_STRING && !access_qualified(act->h->store, &act->c->who, value_text(services.u.list[i]), act->c->now_us)) return false;
    return true;
}

typedef struct Serves { /* what a clerk at a counter may take */
    Value queues;       /* of the counter */
    ValueBuild yes, no; /* of them, those that were asked about: is the clerk qualified for all of it? */
} Serves;

static bool serves_whole(DeskAct *act, Serves *s, Str queue) {
    if (lists(build_list(&s->yes), queue)) return true;
    if (lists(build_list(&s->no), queue)) return false;
    bool ok = qualified(act, value_get(desk_queue_of(&act->config, queue), "services"));
    build_item(ok ? &s->yes : &s->no, value_str(queue));
    return ok;
}

/* Who said what it is about needs a clerk who is qualified for that; else one who is for all that the queue may be about. */
static bool may_serve(DeskAct *act, Serves *s, const DeskTicket *t) {
    if (!lists(s->queues, t->queue)) return false;
    return t->services.size > 0 ? qualified(act, t->services) : serves_whole(act, s, t->queue);
}

/* The first who waits and whom this counter and this clerk may serve. Out: found = false when nobody does. */
static bool first_waiting(DeskAct *act, Serves *serves, DeskTicket *out, bool *found, Err *err) {
    bool keeps = value_get_bool(act->config.json, "keep_at_night", false);
    int64_t from = keeps ? act->now.day - DESK_KEPT_DAYS : act->now.day, turn = INT64_MIN, no = 0, id = 0;
    *found = false;
    for (int page = 0; page < PAGES && !*found; page++) {
        StoreRows rows;
        StoreArg args[] = {store_text(act->c->office), store_int(from), store_int(act->now.day), store_int(turn), store_int(no), store_int(id), store_int(PAGE)};
        TRY(store_query(act->h->store, store_statement(act->h->store, "desk_ticket_waiting"), args, COUNT_OF(args), act->a, &rows, err));
        for (size_t i = 0; i < rows.n && !*found; i++) {
            TRY(desk_ticket_row(rows.cells + i * rows.columns, act->a, out, err));
            turn = out->turn_us, no = out->no, id = out->number;
            *found = may_serve(act, serves, out);
        }
        if (rows.n < PAGE) break;
    }
    return true;
}

Value desk_called_payload(const DeskAct *act, const DeskSeat *seat) {
    ValueBuild p = {.a = act->a};
    build_c(&p, "office", value_str(seat->office));
    build_c(&p, "counter", value_str(seat->counter));
    build_c(&p, "clerk", value_str(seat->clerk));
    return build_ctx(&p);
}

bool desk_call_next(DeskAct *act, Err *err) {
    DeskSeat seat;
    DeskTicket t;
    bool found;
    TRY(desk_seat_of(act->h->store, act->c->who.user, act->a, &seat, err));
    if (!str_eq(seat.office, act->c->office)) return err_set(err, ERR_STATE, "desk", "sit down at a counter first");
    if (seat.ticket) return err_set(err, ERR_STATE, "desk", "finish with whom you serve before you call the next one");
    Value queues = value_get(desk_counter_of(&act->config, seat.counter), "queues"), one = value_str(act->c->queue);
    if (act->c->queue.n > 0 && !lists(queues, act->c->queue)) return desk_refuse(err, "queue", "your counter does not serve this queue");
    Serves serves = {.queues = act->c->queue.n > 0 ? value_list(&one, 1) : queues, .yes = {.a = act->a}, .no = {.a = act->a}};
    TRY(first_waiting(act, &serves, &t, &found, err));
    act->idle = !found;
    if (!found) return true;
    act->reply = (DeskReply){.id = t.id, .version = t.version + 1, .state = STR("called")};
    DeskTicket after = t;
    after.version++, after.state = act->reply.state, after.counter = seat.counter, after.clerk = seat.clerk, after.calls++, after.called_us = act->at_us;
    act->reply.view = desk_ticket_brief(&after, act->a);
    return desk_ticket_event(act, &t, "called", desk_called_payload(act, &seat), err);
}
