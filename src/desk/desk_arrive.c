/* The day of an appointment: who is there checks in and gets a ticket whose turn is the time of the slot; who does not come
 * has missed it, and may still come that day; and what time brings: holds that nobody confirmed are given back, people are
 * reminded, slots are made for the days ahead, and telephone numbers go when they are not needed any more. */
#include "desk/book_in.h"

static const int64_t MINUTE_US = 60000000, DAY_US = 86400000000;
enum { AT_ONCE = 100, REMIND_H = 24, OLD_DAYS = 7 };

/* ---- checking in -------------------------------------------------------------------------------------------------------- */

/* By staff without the code: whoever shows an identity document. */
static bool by_person(DeskAct *act, Str typed, DeskBooking *out, Err *err) {
    StoreRows rows;
    DeskZone zone = desk_zone(act->h, &act->config);
    Str person;
    StoreArg args[] = {store_text(act->c->office), store_int(desk_local_us(zone, act->now.day, 0, false)), store_int(desk_local_us(zone, act->now.day + 1, 0, false))};
    if (!access_may(act->h->store, &act->c->who, ACCESS_TICKET_SERVE, act->c->office)) return err_set(err, ERR_DENIED, "desk", "this is for the counter");
    TRY(desk_person_hash(act->h, typed, act->c->seed, act->a, &person, err));
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_appointment_between"), args, COUNT_OF(args), act->a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        desk_booking_row(rows.cells + i * rows.columns, act->a, out);
        if (person.n > 0 && str_eq(out->person, person) && str_is(out->state, "booked")) return true;
    }
    return err_set(err, ERR_NOT_FOUND, "desk", "nobody with this number has an appointment here today");
}

static bool meant_today(DeskAct *act, DeskBooking *b, Err *err) {
    Str person = value_get_str(act->c->args, "person");
    if (person.n > 0) TRY(by_person(act, person, b, err));
    else TRY(desk_booking_meant(act, b, err));
    if (!str_eq(b->office, act->c->office)) return err_set(err, ERR_STATE, "desk", "this appointment is at another office");
    return desk_day_of(desk_zone(act->h, &act->config), b->start_us) == act->now.day || err_set(err, ERR_STATE, "desk", "this appointment is not today");
}

static bool ticket_answer(DeskAct *act, const DeskBooking *b, const DeskTicket *t) {
    ValueBuild v = {.a = act->a};
    build_c(&v, "label", value_str(desk_ticket_label(t, act->a)));
    build_c(&v, "ticket", value_str(t->id));
    build_c(&v, "code", value_str(t->code));
    build_c(&v, "appointment", value_str(b->id));
    act->reply = (DeskReply){.id = t->id, .version = t->version, .state = t->state, .code = t->code, .view = build_ctx(&v)};
    return true;
}

/* Who comes in time has the turn of the slot; who missed it, that of the moment. */
bool desk_check_in(DeskAct *act, Err *err) {
    DeskBooking b;
    DeskTicket t;
    TRY(meant_today(act, &b, err));
    act->idle = b.ticket != 0;
    if (act->idle) {
        TRY(desk_ticket_read(act->h->store, "desk_ticket_get", store_int(b.ticket), act->a, &t, err));
        return ticket_answer(act, &b, &t);
    }
    bool missed = str_is(b.state, "missed");
    if (str_is(b.state, "held")) return err_set(err, ERR_STATE, "desk", "this appointment was not confirmed");
    if (!missed && !str_is(b.state, "booked")) return err_set(err, ERR_STATE, "desk", "this appointment has been given back");
    Value queue = desk_queue_of(&act->config, b.queue), service = value_str(b.service);
    if (value_is_null(queue)) return err_set(err, ERR_STATE, "desk", "the queue of this appointment is no more: take a ticket");
    DeskGiven given = {.queue = queue, .services = value_list(&service, 1), .turn_us = missed ? act->c->now_us : b.start_us, .appointment = b.number};
    TRY(desk_ticket_give(act, &given, &t, err));
    ValueBuild p = {.a = act->a};
    build_c(&p, "ticket", value_int(t.number));
    TRY(desk_booking_event(act, &b, "checked_in", build_ctx(&p), err));
    case_message_stop(act->h->cases, act->b, b.id);
    return ticket_answer(act, &b, &t);
}

static const struct {
    const char *ticket, *from, *kind; /* its event; the appointment's state; the appointment's event */
} follows[] = {
    {"finished", "checked_in", "fulfilled"}, {"missed", "checked_in", "missed"}, {"cancelled", "checked_in", "missed"}, {"restored", "missed", "checked_in"},
};

bool desk_booking_follow(DeskAct *act, const DeskTicket *t, const char *kind, Err *err) {
    DeskBooking b;
    ValueBuild p = {.a = act->a};
    TRY(desk_booking_read(act->h->store, "desk_appointment_get", store_int(t->appointment), act->a, &b, err));
    for (size_t i = 0; i < COUNT_OF(follows); i++) {
        if (!str_is(str_of(kind), follows[i].ticket) || !str_is(b.state, follows[i].from)) continue;
        if (str_is(b.state, "missed")) build_c(&p, "ticket", value_int(t->number));
        return desk_booking_event(act, &b, follows[i].kind, build_ctx(&p), err);
    }
    return true;
}

/* ---- what time brings --------------------------------------------------------------------------------------------------- */

typedef bool TimeBrings(DeskAct *act, const DeskBooking *b, Err *err);

static bool lapse(DeskAct *act, const DeskBooking *b, Err *err) {
    StoreArg number = store_int(b->number);
    ValueBuild p = {.a = act->a};
    TRY(desk_booking_back(act, b, &p, err));
    TRY(desk_booking_event(act, b, "lapsed", build_ctx(&p), err));
    case_message_stop(act->h->cases, act->b, b->id);
    store_add(act->b, store_statement(act->h->store, "desk_contact_drop"), &number, 1);
    return true;
}

static bool miss(DeskAct *act, const DeskBooking *b, Err *err) {
    DeskPlan plan;
    TRY(desk_plan(act->config.json, &plan, err));
    act->idle = b->start_us + (plan.set ? plan.late : 0) * MINUTE_US > act->c->now_us;
    return act->idle || desk_booking_event(act, b, "missed", value_ctx(NULL, 0), err);
}

static bool remind(DeskAct *act, const DeskBooking *b, Err *err) {
    DeskContact to;
    StoreArg args[] = {store_int(b->number), store_int(1)};
    store_expect(act->b, store_statement(act->h->store, "desk_contact_reminded"), args, COUNT_OF(args), 1);
    act->idle = false;
    if (act->c->now_us - b->made_us < INT64_C(3600000000)) return true; /* it was just booked: who has booked knows it */
    TRY(desk_contact(act->h, b->number, act->a, &to, err));
    return desk_say(act, b, &to, DESK_SAY_SOON, STR(""), err);
}

/* One at a time, each in a commit of its own: one that cannot be written holds up no other. Somebody may be faster. */
static bool bring(DeskHouse *h, const DeskBooking *b, TimeBrings *what, int64_t now_us, Err *err) {
    Arena *a = arena_new(0);
    Err trouble = {0};
    DeskCommand c = {.what = DESK_NIGHT, .office = b->office, .now_us = now_us};
    DeskAct act = {.h = h, .c = &c, .a = a, .at_us = now_us, .b = store_batch(a)};
    bool ok = desk_config(h, b->office, a, &act.config, &trouble) && what(&act, b, &trouble) && (act.idle || store_commit(h->store, act.b, &trouble));
    if (!ok && trouble.code != ERR_CONFLICT && err) *err = trouble;
    arena_free(a);
    return ok || trouble.code == ERR_CONFLICT;
}

static bool bring_all(DeskHouse *h, const char *statement, const StoreArg *args, size_t n, TimeBrings *what, int64_t now_us, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, store_statement(h->store, statement), args, n, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskBooking b;
        desk_booking_row(rows.cells + i * rows.columns, a, &b);
        TRY(bring(h, &b, what, now_us, err));
    }
    return true;
}

static bool prune(DeskHouse *h, int64_t now_us, Arena *a, Err *err) {
    StoreRows rows;
    StoreArg before = store_int(now_us - DAY_US);
    TRY(store_query(h->store, store_statement(h->store, "desk_contact_old"), &before, 1, a, &rows, err));
    if (rows.n == 0) return true;
    StoreBatch *b = store_batch(a);
    store_add(b, store_statement(h->store, "desk_contact_prune"), &before, 1);
    return store_commit(h->store, b, err);
}

/* Slots whose day is long over go, taken or not: what came of an appointment is in its own record. */
static bool sweep(DeskHouse *h, Str office, int64_t now_us, Arena *a, Err *err) {
    StoreRows rows;
    StoreArg arg = store_text(office);
    int64_t before = now_us - OLD_DAYS * DAY_US;
    TRY(store_query(h->store, store_statement(h->store, "desk_slot_oldest"), &arg, 1, a, &rows, err));
    if (rows.n == 0 || rows.cells[0].kind != STORE_INT || rows.cells[0].i >= before) return true;
    DeskCommand c = {.what = DESK_NIGHT, .office = office, .now_us = now_us};
    DeskAct act = {.h = h, .c = &c, .a = a, .at_us = now_us, .b = store_batch(a)};
    ValueBuild p = {.a = a};
    build_c(&p, "before", value_int(before));
    TRY(desk_event(&act, str_join2(a, STR("slots/"), office), STORE_NEXT, "over", build_ctx(&p), err));
    return store_commit(h->store, act.b, err);
}

/* What slots follow from: the day and every office's configuration. */
static uint64_t made_from(int64_t now_us, const StoreRows *offices, Arena *a) {
    Buf b = {.a = a};
    buf_printf(&b, "%lld", (long long)((now_us / 1000000 + 8 * 3600) / 86400));
    for (size_t i = 0; i < offices->n; i++) buf_printf(&b, " " STR_FMT " %lld", STR_ARG(offices->cells[i * offices->columns].s), (long long)offices->cells[i * offices->columns + 1].i);
    return str_hash(buf_str(&b));
}

static bool make_slots(DeskHouse *h, int64_t now_us, Arena *a, Err *err) {
    StoreRows offices;
    TRY(store_query(h->store, store_statement(h->store, "desk_office_versions"), NULL, 0, a, &offices, err));
    uint64_t from = made_from(now_us, &offices, a);
    if (from == h->slots_from) return true;
    for (size_t i = 0; i < offices.n; i++) {
        Value made;
        DeskMakeSlots order = {.office = offices.cells[i * offices.columns].s, .now_us = now_us, .actor = STR("system")};
        TRY(desk_slots_make(h, &order, a, &made, err));
        TRY(sweep(h, order.office, now_us, a, err));
    }
    h->slots_from = from;
    return true;
}

bool desk_booking_tick(DeskHouse *h, int64_t now_us, Err *err) {
    Arena *a = arena_new(0);
    StoreArg due[] = {store_int(now_us), store_int(AT_ONCE)}, soon[] = {store_int(now_us), store_int(now_us + REMIND_H * 60 * MINUTE_US), store_int(AT_ONCE)};
    bool ok = make_slots(h, now_us, a, err) && bring_all(h, "desk_appointment_lapsed", due, COUNT_OF(due), lapse, now_us, a, err) &&
              bring_all(h, "desk_appointment_late", due, COUNT_OF(due), miss, now_us, a, err) &&
              bring_all(h, "desk_appointment_soon", soon, COUNT_OF(soon), remind, now_us, a, err) && prune(h, now_us, a, err);
    arena_free(a);
    return ok;
}
