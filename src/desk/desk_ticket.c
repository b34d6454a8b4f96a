/* Tickets: a letter and a number for today, once per press, and nothing about who took it. */
#include "desk/desk_in.h"

#include <string.h>

bool desk_ticket_row(const StoreArg *c, Arena *a, DeskTicket *out, Err *err) {
    *out = (DeskTicket){.id = store_id_text(a, c[0].i), .number = c[0].i, .office = c[1].s, .day = c[2].i, .queue = c[3].s, .letter = c[4].s, .no = c[5].i,
                        .code = c[6].s, .state = c[7].s, .version = c[8].i, .turn_us = c[9].i, .issued_us = c[10].i, .called_us = c[11].i,
                        .served_us = c[12].i, .ended_us = c[13].i, .calls = c[14].i, .counter = c[15].s, .clerk = c[16].s,
                        .appointment = c[18].i, .note = c[19].s};
    return json_parse(c[17].s, (JsonLimits){0}, a, &out->services, err);
}

bool desk_ticket_read(Store *s, const char *statement, StoreArg key, Arena *a, DeskTicket *out, Err *err) {
    StoreRows rows;
    TRY(store_query(s, store_statement(s, statement), &key, 1, a, &rows, err));
    return rows.n > 0 ? desk_ticket_row(rows.cells, a, out, err) : err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
}

Str desk_ticket_label(const DeskTicket *t, Arena *a) { return str_printf(a, STR_FMT "%02lld", STR_ARG(t->letter), (long long)t->no); }

/* ---- issuing -------------------------------------------------------------------------------------------------------- */

/* Grows with time, so that the tickets of a day lie together; what opens a ticket is its code. */
Str desk_new_id(const DeskAct *act) {
    const uint8_t *s = act->c->seed;
    int64_t chance = (s[8] | s[9] << 8 | (s[10] & 15) << 16) ^ (int64_t)act->turn;
    int64_t millis = act->c->now_us > 0 ? act->c->now_us / 1000 : 0;
    return store_id_text(act->a, (millis << 20 | chance) + 1);
}

/* What the next ticket of the letter gets: never a number that is out today, never a moment before the last one's. */
static bool next_number(DeskAct *act, Str letter, int64_t *no, int64_t *issued_us, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_int(act->now.day), store_text(letter), store_int(act->now.day - DESK_KEPT_DAYS)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_ticket_last"), args, COUNT_OF(args), act->a, &rows, err));
    *no = rows.cells[0].i + 1;
    *issued_us = rows.cells[1].i >= act->c->now_us ? rows.cells[1].i + 1 : act->c->now_us;
    return true;
}

/* Is there room in the queue? */
static bool has_room(DeskAct *act, Value queue, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_int(act->now.day), store_text(act->c->queue)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_ticket_count"), args, COUNT_OF(args), act->a, &rows, err));
    return rows.cells[0].i < value_get_int(queue, "limit", DESK_LIMIT) || err_set(err, ERR_STATE, "desk", "this queue is full");
}

static bool wanted_services(DeskAct *act, Value queue, Value *out, Err *err) {
    Value wanted = value_get(act->c->args, "services"), offered = value_get(queue, "services");
    *out = value_list(NULL, 0);
    if (value_is_null(wanted)) return true;
    if (wanted.kind != VALUE_LIST || wanted.size > 10) return desk_refuse(err, "services", "services are a list of at most 10");
    for (uint32_t i = 0; i < wanted.size; i++) {
        bool known = false;
        for (uint32_t k = 0; offered.kind == VALUE_LIST && k < offered.size; k++) known |= value_same(wanted.u.list[i], offered.u.list[k]);
        if (!known) return desk_refuse(err, "services", "this queue does not serve that");
    }
    *out = wanted;
    return true;
}

static Value issued_payload(DeskAct *act, const DeskTicket *t) {
    ValueBuild p = {.a = act->a};
    build_c(&p, "office", value_str(t->office));
    build_c(&p, "day", value_int(t->day));
    build_c(&p, "queue", value_str(t->queue));
    build_c(&p, "letter", value_str(t->letter));
    build_c(&p, "no", value_int(t->no));
    build_c(&p, "code", value_str(t->code));
    build_c(&p, "turn", value_int(t->turn_us));
    build_c(&p, "services", t->services);
    if (t->appointment) build_c(&p, "appointment", value_int(t->appointment));
    return build_ctx(&p);
}

/* Who has an appointment shows it by the letter of the office's queue for them, and is called by whoever serves his own. */
static Str letter_of(const DeskAct *act, const DeskGiven *g) {
    Value queues = value_get(act->config.json, "queues");
    for (uint32_t i = 0; g->appointment && i < queues.size; i++)
        if (value_get_bool(queues.u.list[i], "booked", false)) return value_get_str(queues.u.list[i], "letter");
    return value_get_str(g->queue, "letter");
}

bool desk_ticket_give(DeskAct *act, const DeskGiven *g, DeskTicket *out, Err *err) {
    DeskTicket t = {.id = desk_new_id(act), .office = act->c->office, .queue = value_get_str(g->queue, "id"), .letter = letter_of(act, g), .state = STR("waiting"),
                    .code = case_code_make(act->c->seed, act->a), .day = act->now.day, .version = 1, .services = g->services, .appointment = g->appointment};
    TRY(next_number(act, t.letter, &t.no, &act->at_us, err));
    t.turn_us = g->appointment ? g->turn_us : act->at_us;
    bool made = store_id_read(t.id, &t.number);
    assert(made);
    *out = t;
    return desk_event(act, str_join2(act->a, STR("ticket/"), t.id), 1, "issued", issued_payload(act, &t), err);
}

bool desk_issue(DeskAct *act, Err *err) {
    DeskGiven given = {.queue = desk_queue_of(&act->config, act->c->queue)};
    DeskTicket t;
    StoreRows closed;
    bool open;
    if (value_is_null(given.queue)) return desk_refuse(err, "queue", "this office has no such queue");
    if (value_get_bool(given.queue, "booked", false)) return desk_refuse(err, "queue", "this queue is for who has booked");
    TRY(desk_closed_row(act->h->store, act->c->office, act->now.day, act->c->queue, act->a, &closed, err));
    if (closed.n > 0) return err_set(err, ERR_STATE, "desk", "this queue is closed for today");
    TRY(desk_is_open(act->h, &act->config, act->c->now_us, act->a, &open, err));
    if (!open) return err_set(err, ERR_STATE, "desk", "the office is closed now");
    TRY(has_room(act, given.queue, err));
    TRY(wanted_services(act, given.queue, &given.services, err));
    TRY(desk_ticket_give(act, &given, &t, err));
    act->reply = (DeskReply){.id = t.id, .version = 1, .state = t.state, .code = t.code, .view = desk_one(act->a, "label", desk_ticket_label(&t, act->a))};
    return true;
}
