/* What may be booked where and when, and appointments as their holders and the counter see them. A view tells nobody's name,
 * and of a telephone number its end alone. */
#include "desk/book_in.h"

#include <stdlib.h>
#include <string.h>

static const int64_t MINUTE_US = 60000000;
enum { SHOWN_END = 4 };

/* ---- where -------------------------------------------------------------------------------------------------------------- */

static bool gives(const DeskConfig *c, Str service, DeskPlan *plan, Value *queue, bool *out, Err *err) {
    TRY(desk_plan(c->json, plan, err));
    *queue = desk_queue_for(c, service);
    *out = false;
    for (uint32_t i = 0; plan->set && !value_is_null(*queue) && i < plan->counters.size; i++)
        *out |= desk_lane(c, plan, value_text(plan->counters.u.list[i]), value_get_str(*queue, "id"));
    return true;
}

bool desk_bookable(DeskHouse *h, Str service, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    StoreRows offices;
    ValueBuild list = {.a = a};
    TRY(store_query(h->store, store_statement(h->store, "desk_office_all"), NULL, 0, a, &offices, err));
    for (size_t i = 0; i < offices.n; i++) {
        DeskConfig c;
        DeskPlan plan;
        Value queue;
        AccessOffice office;
        bool found;
        TRY(desk_config(h, offices.cells[i * offices.columns].s, a, &c, err) && gives(&c, service, &plan, &queue, &found, err));
        if (!found) continue;
        TRY(access_office(h->store, c.office, a, &office, err));
        ValueBuild name = {.a = a}, b = {.a = a};
        build_c(&name, "zh", value_str(office.name_zh));
        build_c(&name, "en", value_str(office.name_en));
        build_c(&b, "office", value_str(c.office));
        build_c(&b, "name", build_ctx(&name));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    return true;
}

/* ---- when --------------------------------------------------------------------------------------------------------------- */

typedef struct Asking { /* who looks for a time, where */
    DeskHouse *h;    /* the room */
    DeskConfig c;    /* of the office */
    DeskPlan plan;   /* its plan */
    Str queue;       /* that serves the service */
    int64_t minutes; /* what it lasts */
    int64_t now_us;  /* when he looks */
    Arena *a;        /* of the answer */
} Asking;

static bool ask(DeskHouse *h, Str office, Str service, int64_t now_us, Arena *a, Asking *out, Err *err) {
    Value queue;
    bool found;
    *out = (Asking){.h = h, .now_us = now_us, .a = a};
    TRY(desk_config(h, office, a, &out->c, err) && gives(&out->c, service, &out->plan, &queue, &found, err));
    if (!found) return err_set(err, ERR_NOT_FOUND, "desk", "this office gives no appointments for this service");
    out->queue = value_get_str(queue, "id");
    out->minutes = value_get_int(queue, "minutes", 10);
    return true;
}

typedef struct Beginning { /* a time at which one may begin */
    int64_t start_us; /* when */
    int64_t counters; /* at how many */
} Beginning;

static int by_start(const void *x, const void *y) {
    const Beginning *p = x, *q = y;
    return p->start_us < q->start_us ? -1 : p->start_us > q->start_us;
}

/* The beginnings of a day, in order. */
static bool beginnings(const Asking *q, int64_t day, Beginning **out, size_t *n, Err *err) {
    DeskSlots s;
    TRY(desk_day_slots(q->h, &q->c, day, q->a, &s, err));
    Beginning *found = NEW_ARRAY(q->a, Beginning, s.n + 1);
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < s.n; i++) {
        const DeskSlot *slot = &s.items[i];
        bool in_time = slot->start_us >= q->now_us + q->plan.lead * MINUTE_US && desk_lane(&q->c, &q->plan, slot->counter, q->queue);
        if (in_time && desk_slots_run(&s, i, q->minutes, q->now_us) > 0) found[all++] = (Beginning){slot->start_us, 1};
    }
    qsort(found, all, sizeof *found, by_start);
    for (size_t i = 0; i < all; i++) {
        if (kept > 0 && found[kept - 1].start_us == found[i].start_us) found[kept - 1].counters++;
        else found[kept++] = found[i];
    }
    *out = found;
    *n = kept;
    return true;
}

bool desk_free_days(DeskHouse *h, Str office, Str service, int64_t now_us, Arena *a, Value *out, int64_t *minutes, Err *err) {
    assert(h && a && out && minutes);
    Asking q;
    ValueBuild list = {.a = a};
    TRY(ask(h, office, service, now_us, a, &q, err));
    int64_t today = desk_day_of(desk_zone(h, &q.c), now_us);
    for (int64_t i = 0; i < q.plan.days; i++) {
        Beginning *found;
        size_t n;
        TRY(beginnings(&q, today + i, &found, &n, err));
        ValueBuild b = {.a = a};
        build_c(&b, "date", (Value){.kind = VALUE_DATE, .u.i = today + i});
        build_c(&b, "day", value_int(today + i));
        build_c(&b, "free", value_int((int64_t)n));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    *minutes = q.minutes;
    return true;
}

bool desk_free_times(DeskHouse *h, Str office, Str service, int64_t day, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    Asking q;
    Beginning *found;
    size_t n = 0;
    ValueBuild list = {.a = a};
    TRY(ask(h, office, service, now_us, a, &q, err));
    DeskZone zone = desk_zone(h, &q.c);
    int64_t today = desk_day_of(zone, now_us);
    if (day >= today && day < today + q.plan.days) TRY(beginnings(&q, day, &found, &n, err));
    for (size_t i = 0; i < n; i++) {
        ValueBuild b = {.a = a};
        build_c(&b, "at", desk_time(zone, found[i].start_us, a));
        build_c(&b, "start", value_int(found[i].start_us));
        build_c(&b, "free", value_int(found[i].counters));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    return true;
}

/* ---- an appointment ----------------------------------------------------------------------------------------------------- */

static Value acts_of(const DeskBooking *b, const DeskContact *to, bool lapsed, bool today, int64_t now_us, Arena *a) {
    bool held = str_is(b->state, "held") && !lapsed, booked = str_is(b->state, "booked"), ahead = b->start_us > now_us;
    ValueBuild may = {.a = a};
    build_c(&may, "tell", value_bool(held && to->sent < DESK_TOLD));
    build_c(&may, "confirm", value_bool(held && b->person.n > 0));
    build_c(&may, "move", value_bool(booked && ahead && b->moves < DESK_MOVES));
    build_c(&may, "cancel", value_bool((held || booked) && ahead));
    build_c(&may, "check_in", value_bool(today && (booked || str_is(b->state, "missed"))));
    return build_ctx(&may);
}

static bool ticket_of(DeskHouse *h, const DeskBooking *b, Arena *a, Value *out, Err *err) {
    DeskTicket t;
    ValueBuild v = {.a = a};
    *out = value_null();
    if (b->ticket == 0) return true;
    TRY(desk_ticket_read(h->store, "desk_ticket_get", store_int(b->ticket), a, &t, err));
    build_c(&v, "label", value_str(desk_ticket_label(&t, a)));
    build_c(&v, "code", value_str(t.code));
    *out = build_ctx(&v);
    return true;
}

bool desk_appointment(DeskHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    DeskBooking b;
    DeskConfig c;
    DeskContact to;
    Value ticket;
    TRY(desk_booking_by_code(h->store, code, a, &b, err) && desk_config(h, b.office, a, &c, err));
    TRY(desk_contact(h, b.number, a, &to, err) && ticket_of(h, &b, a, &ticket, err));
    DeskZone zone = desk_zone(h, &c);
    bool held = str_is(b.state, "held"), lapsed = held && b.until_us <= now_us, today = desk_day_of(zone, b.start_us) == desk_day_of(zone, now_us);
    ValueBuild v = {.a = a};
    build_c(&v, "id", value_str(b.id));
    build_c(&v, "code", value_str(b.code));
    build_c(&v, "office", value_str(b.office));
    build_c(&v, "service", value_str(b.service));
    build_c(&v, "state", value_str(lapsed ? STR("cancelled") : b.state));
    build_c(&v, "version", value_int(b.version));
    build_c(&v, "at", desk_time(zone, b.start_us, a));
    build_c(&v, "start", value_int(b.start_us));
    build_c(&v, "minutes", value_int(b.minutes));
    build_c(&v, "until", held ? desk_time(zone, b.until_us - b.until_us % 1000000, a) : value_null());
    build_c(&v, "told", value_bool(b.person.n > 0));
    build_c(&v, "to", value_str(to.phone.n > SHOWN_END ? str_sub(to.phone, to.phone.n - SHOWN_END, SHOWN_END) : STR("")));
    build_c(&v, "ticket", ticket);
    build_c(&v, "today", value_bool(today));
    build_c(&v, "moves", value_int(b.moves < DESK_MOVES ? DESK_MOVES - b.moves : 0));
    build_c(&v, "may", acts_of(&b, &to, lapsed, today, now_us, a));
    *out = build_ctx(&v);
    return true;
}

static bool staff_row(DeskHouse *h, const DeskBooking *b, DeskZone zone, int64_t now_us, Arena *a, Value *out, Err *err) {
    Value ticket;
    ValueBuild v = {.a = a};
    TRY(ticket_of(h, b, a, &ticket, err));
    bool waits = str_is(b->state, "booked") || str_is(b->state, "missed");
    build_c(&v, "id", value_str(b->id));
    build_c(&v, "end", value_str(str_sub(b->code, b->code.n - 6, 6)));
    build_c(&v, "service", value_str(b->service));
    build_c(&v, "queue", value_str(b->queue));
    build_c(&v, "counter", value_str(b->counter));
    build_c(&v, "state", value_str(b->state));
    build_c(&v, "at", desk_time(zone, b->start_us, a));
    build_c(&v, "minutes", value_int(b->minutes));
    build_c(&v, "ticket", value_get(ticket, "label"));
    build_c(&v, "waits", value_bool(waits));
    build_c(&v, "ahead", value_bool(b->start_us > now_us));
    *out = build_ctx(&v);
    return true;
}

bool desk_appointments(DeskHouse *h, const AccessWho *who, Str office, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    DeskConfig c;
    StoreRows rows;
    ValueBuild list = {.a = a};
    if (!access_may(h->store, who, ACCESS_TICKET_SERVE, office) && !access_may(h->store, who, ACCESS_BOARD, office))
        return err_set(err, ERR_DENIED, "desk", "your role does not see the appointments of this office");
    TRY(desk_config(h, office, a, &c, err));
    DeskZone zone = desk_zone(h, &c);
    int64_t today = desk_day_of(zone, now_us);
    StoreArg args[] = {store_text(office), store_int(desk_local_us(zone, today, 0, false)), store_int(desk_local_us(zone, today + 1, 0, false))};
    TRY(store_query(h->store, store_statement(h->store, "desk_appointment_between"), args, COUNT_OF(args), a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskBooking b;
        Value one;
        desk_booking_row(rows.cells + i * rows.columns, a, &b);
        if (str_is(b.state, "held") || str_is(b.state, "cancelled")) continue;
        TRY(staff_row(h, &b, zone, now_us, a, &one, err));
        build_item(&list, one);
    }
    *out = build_list(&list);
    return true;
}
