/* A hall that changes its hours, its exceptions or its counters: whose appointments would lie outside is told first, and none
 * is dropped in silence. The administrator says of each what becomes of it, and its holder is told. */
#include "desk/book_in.h"

static bool still_fits(const DeskHouse *h, const DeskConfig *then, const DeskPlan *plan, const DeskBooking *b, Arena *a, bool *fits, Err *err) {
    DeskDay d;
    TRY(desk_day(h, then, desk_day_of(desk_zone(h, then), b->start_us), a, &d, err));
    *fits = plan->set && desk_lane(then, plan, b->counter, b->queue) && desk_inside(d.pieces, d.n_pieces, b->start_us, b->minutes);
    return true;
}

bool desk_affected(DeskHouse *h, const DeskConfig *then, int64_t now_us, Arena *a, DeskBookings *out, Err *err) {
    StoreRows rows;
    DeskPlan plan;
    StoreArg args[] = {store_text(then->office), store_int(now_us + 1), store_int(INT64_MAX)};
    TRY(desk_plan(then->json, &plan, err));
    TRY(store_query(h->store, store_statement(h->store, "desk_appointment_between"), args, COUNT_OF(args), a, &rows, err));
    DeskBookings found = {.items = NEW_ARRAY(a, DeskBooking, rows.n + 1)};
    for (size_t i = 0; i < rows.n; i++) {
        DeskBooking b;
        bool fits;
        desk_booking_row(rows.cells + i * rows.columns, a, &b);
        if (!str_is(b.state, "held") && !str_is(b.state, "booked")) continue;
        TRY(still_fits(h, then, &plan, &b, a, &fits, err));
        if (!fits) found.items[found.n++] = b;
    }
    *out = found;
    return true;
}

bool desk_affected_view(DeskHouse *h, Str office, Value config, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    DeskConfig then = {.office = office, .json = config};
    DeskBookings found;
    ValueBuild list = {.a = a};
    TRY(desk_config_check(config, err));
    TRY(desk_affected(h, &then, now_us, a, &found, err));
    for (size_t i = 0; i < found.n; i++) {
        const DeskBooking *b = &found.items[i];
        ValueBuild one = {.a = a};
        build_c(&one, "id", value_str(b->id));
        build_c(&one, "state", value_str(b->state));
        build_c(&one, "service", value_str(b->service));
        build_c(&one, "counter", value_str(b->counter));
        build_c(&one, "start", desk_time(desk_zone(h, &then), b->start_us, a));
        build_c(&one, "minutes", value_int(b->minutes));
        build_item(&list, build_ctx(&one));
    }
    *out = build_list(&list);
    return true;
}

/* A new time must be one that the new hall has. */
static bool settle_move(DeskAct *act, const DeskBooking *b, const DeskConfig *then, int64_t start_us, Err *err) {
    DeskPlan plan;
    DeskPlace place;
    bool fits;
    TRY(desk_plan(then->json, &plan, err));
    TRY(desk_place(act, &plan, b->queue, start_us, b->minutes, b->number, &place, err));
    DeskBooking moved = *b;
    moved.start_us = start_us;
    moved.counter = place.counter;
    TRY(still_fits(act->h, then, &plan, &moved, act->a, &fits, err));
    if (!fits) return desk_refuse(err, "bookings", "an appointment is to be moved to a time that the new hours do not have");
    return desk_booking_move(act, b, start_us, &place, err);
}

static bool settle_one(DeskAct *act, const DeskBooking *b, const DeskConfig *then, Err *err) {
    Value wish = value_get(value_get(act->c->args, "bookings"), str_c(act->a, b->id));
    Str how = value_get_str(wish, "do"), reason = str_trim(value_get_str(wish, "reason"));
    bool held = str_is(b->state, "held");
    if (str_is(how, "move") && !held) return settle_move(act, b, then, value_get_int(wish, "start", 0), err);
    if (str_is(how, "cancel") && (reason.n == 0 || utf8_count(reason) > DESK_REASON)) return desk_refuse(err, "bookings", "a reason is told to whom is cancelled, of at most 500 characters");
    if (str_is(how, "cancel") || held) return desk_booking_end(act, b, true, reason, err);
    return desk_refuse(err, "bookings", "an appointment is moved or cancelled");
}

bool desk_affected_settle(DeskAct *act, Value config, Err *err) {
    DeskConfig then = {.office = act->c->office, .json = config};
    DeskBookings found;
    Value wishes = value_get(act->c->args, "bookings");
    size_t left = 0;
    TRY(desk_affected(act->h, &then, act->c->now_us, act->a, &found, err));
    for (size_t i = 0; i < found.n; i++) left += str_is(found.items[i].state, "booked") && value_is_null(value_get(wishes, str_c(act->a, found.items[i].id)));
    if (left > 0) {
        err_set(err, ERR_STATE, "desk", "%zu appointments would lie outside: say of each whether it is moved or cancelled", left);
        err_element(err, STR("bookings"));
        return false;
    }
    for (size_t i = 0; i < found.n; i++) TRY(settle_one(act, &found.items[i], &then, err));
    return true;
}
