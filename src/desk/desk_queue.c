/* The end of a queue's day and of a hall's day: what happens to those who wait is said when a queue is closed, and told to
 * each; at midnight what was left open is closed, unless the hall keeps who waits. */
#include "desk/book_in.h"

enum { AT_ONCE = 200 };
static const int64_t MINUTE_US = 60000000, DAY_US = 86400000000;
enum { KEEP_ANSWERS_DAYS = 3 };

bool desk_closed_row(Store *s, Str office, int64_t day, Str queue, Arena *a, StoreRows *out, Err *err) {
    StoreArg args[] = {store_text(office), store_int(day), store_text(queue)};
    return store_query(s, store_statement(s, "desk_closed_get"), args, COUNT_OF(args), a, out, err);
}

/* Every ticket that waits in the queue ends. */
static bool send_away(DeskAct *act, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_text(act->c->queue), store_int(DESK_LIMIT * 2)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_ticket_in_queue"), args, COUNT_OF(args), act->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskTicket t;
        TRY(desk_ticket_row(rows.cells + i * rows.columns, act->a, &t, err));
        TRY(desk_ticket_event(act, &t, "cancelled", desk_one(act->a, "reason", STR("queue closed")), err));
    }
    return true;
}

bool desk_close_queue(DeskAct *act, Err *err) {
    Str waiting = value_get_str(act->c->args, "waiting"), reason;
    Value text = value_get(act->c->args, "text");
    Str zh = str_trim(value_get_str(text, "zh")), en = str_trim(value_get_str(text, "en"));
    ValueBuild p = {.a = act->a};
    StoreRows rows;
    bool away = str_is(waiting, "away");
    if (value_is_null(desk_queue_of(&act->config, act->c->queue))) return desk_refuse(err, "queue", "this office has no such queue");
    if (!away && !str_is(waiting, "serve")) return desk_refuse(err, "waiting", "say what happens to those who wait: serve or away");
    TRY(desk_words(act, "reason", true, &reason, err));
    if (zh.n == 0 || en.n == 0 || zh.n > 600 || en.n > 600) return desk_refuse(err, "text", "say in zh and en what those who wait are told");
    TRY(desk_closed_row(act->h->store, act->c->office, act->now.day, act->c->queue, act->a, &rows, err));
    if (rows.n > 0) return err_set(err, ERR_STATE, "desk", "this queue is closed already");
    build_c(&p, "day", value_int(act->now.day));
    build_c(&p, "queue", value_str(act->c->queue));
    build_c(&p, "waiting", value_str(waiting));
    build_c(&p, "reason", value_str(reason));
    build_c(&p, "text", text);
    act->reply = (DeskReply){.id = act->c->queue, .version = 1, .state = STR("closed")};
    TRY(desk_hall_event(act, "queue_closed", build_ctx(&p), err));
    return !away || send_away(act, err);
}

bool desk_reopen_queue(DeskAct *act, Err *err) {
    ValueBuild p = {.a = act->a};
    StoreRows rows;
    TRY(desk_closed_row(act->h->store, act->c->office, act->now.day, act->c->queue, act->a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_STATE, "desk", "this queue is not closed today");
    build_c(&p, "day", value_int(act->now.day));
    build_c(&p, "queue", value_str(act->c->queue));
    act->reply = (DeskReply){.id = act->c->queue, .version = 1, .state = STR("open")};
    return desk_hall_event(act, "queue_opened", build_ctx(&p), err);
}

/* ---- night ---------------------------------------------------------------------------------------------------------- */

static bool end_tickets(DeskAct *act, const char *state, const char *kind, int64_t before, size_t *n, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_text(str_of(state)), store_int(before), store_int(AT_ONCE)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_ticket_before"), args, COUNT_OF(args), act->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskTicket t;
        TRY(desk_ticket_row(rows.cells + i * rows.columns, act->a, &t, err));
        TRY(desk_ticket_event(act, &t, kind, desk_one(act->a, "reason", STR("the day is over")), err));
    }
    *n += rows.n;
    return true;
}

/* Who sat down on an earlier day has gone home. */
static bool empty_seats(DeskAct *act, size_t *n, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_int((act->now.day * 86400 - act->now.offset) * 1000000)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_counter_before"), args, COUNT_OF(args), act->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        ValueBuild p = {.a = act->a};
        build_c(&p, "counter", value_str(rows.cells[i * rows.columns].s));
        build_c(&p, "clerk", value_str(rows.cells[i * rows.columns + 1].s));
        TRY(desk_hall_event(act, "left", build_ctx(&p), err));
    }
    *n += rows.n;
    return true;
}

static bool end_day(DeskAct *act, size_t *n, Err *err) {
    int64_t today = act->now.day;
    bool keeps = value_get_bool(act->config.json, "keep_at_night", false);
    TRY(end_tickets(act, "called", "missed", today, n, err));
    TRY(end_tickets(act, "serving", "finished", today, n, err));
    TRY(end_tickets(act, "waiting", "missed", keeps ? today - DESK_KEPT_DAYS : today, n, err));
    TRY(end_tickets(act, "parked", "missed", keeps ? today - DESK_KEPT_DAYS : today, n, err));
    return *n > 0 || empty_seats(act, n, err);
}

/* What another process closed meanwhile is as good as closed here. */
static bool night_of(DeskHouse *h, Str office, int64_t now_us, Err *err) {
    Arena *a = arena_new(0);
    DeskCommand c = {.what = DESK_NIGHT, .office = office, .now_us = now_us, .version = -1};
    bool ok = true, more = true;
    for (int i = 0; ok && more && i < 20; i++) {
        DeskAct act = {.h = h, .c = &c, .a = a, .at_us = now_us, .b = store_batch(a)};
        Err trouble = {0};
        size_t n = 0;
        ok = desk_config(h, office, a, &act.config, &trouble);
        if (ok) act.now = desk_moment(h, &act.config, now_us);
        ok = ok && end_day(&act, &n, &trouble) && (n == 0 || store_commit(h->store, act.b, &trouble));
        more = n > 0 && ok;
        if (!ok && trouble.code == ERR_CONFLICT) ok = true;
        if (!ok && err) *err = trouble;
    }
    arena_free(a);
    return ok;
}

static bool forget_answers(DeskHouse *h, int64_t today, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(h->store, "desk_answer_expire"), (StoreArg[]){store_int(today - KEEP_ANSWERS_DAYS)}, 1);
    return store_commit(h->store, b, err);
}

static bool tick(DeskHouse *h, int64_t now_us, Arena *a, Err *err) {
    StoreRows offices;
    TRY(store_query(h->store, store_statement(h->store, "desk_office_all"), NULL, 0, a, &offices, err));
    for (size_t i = 0; i < offices.n; i++) TRY(night_of(h, offices.cells[i].s, now_us, err));
    if (now_us / DAY_US != h->today) TRY(forget_answers(h, now_us / DAY_US, a, err));
    h->today = now_us / DAY_US;
    return true;
}

bool desk_tick(DeskHouse *h, int64_t now_us, Err *err) {
    assert(h);
    TRY(desk_booking_tick(h, now_us, err));
    if (now_us / MINUTE_US == h->minute) return true;
    Arena *a = arena_new(0);
    bool ok = tick(h, now_us, a, err);
    arena_free(a);
    if (ok) h->minute = now_us / MINUTE_US;
    return ok;
}
