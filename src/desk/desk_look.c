/* What the hall shows: the kiosk's buttons, the wall, a ticket's own page, and the picture that staff see. Labels and numbers
 * only: nobody's name is here, so none can be shown. An estimate is a range from today's own times, or there is none. */
#include "desk/desk_in.h"

#include <stdlib.h>

enum { SAMPLES = 40, SAMPLES_LEAST = 5, SHOWN = 8, LISTED = 200, STEP_MINUTES = 5 };
static const int64_t MINUTE_US = 60000000;

static Value pair(Arena *a, Str zh, Str en) {
    ValueBuild b = {.a = a};
    build_c(&b, "zh", value_str(zh));
    build_c(&b, "en", value_str(en));
    return build_ctx(&b);
}

static bool query(DeskHouse *h, const char *statement, const StoreArg *args, size_t n, Arena *a, StoreRows *out, Err *err) {
    return store_query(h->store, store_statement(h->store, statement), args, n, a, out, err);
}

bool desk_code_read(Str typed, Arena *a, Str *out) {
    char plain[14];
    if (!case_code_read(typed, plain)) return false;
    *out = str_printf(a, "%.4s-%.4s-%.4s-%.1s", plain, plain + 4, plain + 8, plain + 12);
    return true;
}

/* ---- one ticket ------------------------------------------------------------------------------------------------------ */

Value desk_ticket_brief(const DeskTicket *t, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(t->id));
    build_c(&b, "label", value_str(desk_ticket_label(t, a)));
    build_c(&b, "queue", value_str(t->queue));
    build_c(&b, "state", value_str(t->state));
    build_c(&b, "version", value_int(t->version));
    build_c(&b, "counter", value_str(t->counter));
    build_c(&b, "clerk", value_str(t->clerk));
    build_c(&b, "services", t->services);
    build_c(&b, "note", value_str(t->note));
    build_c(&b, "issued_us", value_int(t->issued_us));
    build_c(&b, "called_us", value_int(t->called_us));
    build_c(&b, "calls", value_int(t->calls));
    if (t->appointment) build_c(&b, "appointment", value_str(store_id_text(a, t->appointment)));
    return build_ctx(&b);
}

static Value counter_no(const DeskConfig *c, Str id) {
    Value counter = desk_counter_of(c, id);
    return value_is_null(counter) ? value_null() : value_get(counter, "no");
}

static bool cases_of(DeskHouse *h, int64_t ticket, Arena *a, Value *out, Err *err) {
    StoreRows rows;
    ValueBuild list = {.a = a};
    TRY(query(h, "desk_visit_of", (StoreArg[]){store_int(ticket)}, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) build_item(&list, value_str(store_id_text(a, rows.cells[i].i)));
    *out = build_list(&list);
    return true;
}

bool desk_ticket_view(DeskHouse *h, const AccessWho *who, Str id, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    DeskTicket t;
    int64_t number;
    Value cases;
    if (!store_id_read(id, &number)) return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    TRY(desk_ticket_read(h->store, "desk_ticket_get", store_int(number), a, &t, err));
    if (!access_may(h->store, who, ACCESS_TICKET_SERVE, t.office) && !access_may(h->store, who, ACCESS_BOARD, t.office))
        return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    TRY(cases_of(h, number, a, &cases, err));
    *out = value_with(a, value_with(a, desk_ticket_brief(&t, a), STR("office"), value_str(t.office)), STR("cases"), cases);
    return true;
}

/* ---- estimates ------------------------------------------------------------------------------------------------------- */

static int by_length(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static bool shares_queue(Value mine, Value queues) {
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++)
        if (value_same(queues.u.list[i], mine)) return true;
    return false;
}

typedef struct Crew { /* who serves a queue now */
    int64_t counters;   /* of them */
    ValueBuild queues;  /* all that those counters serve */
} Crew;

static bool crew_of(DeskHouse *h, const DeskConfig *c, Str queue, Arena *a, Crew *out, Err *err) {
    StoreRows rows;
    *out = (Crew){.queues = {.a = a}};
    TRY(query(h, "desk_counter_all", (StoreArg[]){store_text(c->office)}, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        Value queues = value_get(desk_counter_of(c, rows.cells[i * rows.columns].s), "queues");
        if (!shares_queue(value_str(queue), queues)) continue;
        out->counters++;
        for (uint32_t k = 0; k < queues.size; k++)
            if (!shares_queue(queues.u.list[k], build_list(&out->queues))) build_item(&out->queues, queues.u.list[k]);
    }
    return true;
}

/* {from, to} in minutes, or null: too few were served today, or nobody serves the queue. In: load = who is before. */
static bool estimate(DeskHouse *h, const DeskConfig *c, const Crew *crew, int64_t day, int64_t load, Arena *a, Value *out, Err *err) {
    StoreRows rows;
    int64_t lengths[SAMPLES];
    *out = value_null();
    if (crew->counters == 0) return true;
    TRY(query(h, "desk_ticket_times", (StoreArg[]){store_text(c->office), store_int(day), store_int(SAMPLES)}, 3, a, &rows, err));
    if (rows.n < SAMPLES_LEAST) return true;
    for (size_t i = 0; i < rows.n; i++) lengths[i] = rows.cells[i].i;
    qsort(lengths, rows.n, sizeof *lengths, by_length);
    int64_t quick = lengths[rows.n / 4], slow = lengths[rows.n * 3 / 4], step = STEP_MINUTES * MINUTE_US;
    int64_t from = load * quick / crew->counters / step * STEP_MINUTES;
    int64_t to = ((load + 1) * slow / crew->counters / step + 1) * STEP_MINUTES;
    ValueBuild b = {.a = a};
    build_c(&b, "from", value_int(from));
    build_c(&b, "to", value_int(to));
    *out = build_ctx(&b);
    return true;
}

static int64_t number_in(const StoreRows *rows, Value queues) {
    int64_t sum = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (shares_queue(value_str(rows->cells[i * rows->columns].s), queues)) sum += rows->cells[i * rows->columns + 1].i;
    return sum;
}

/* How many wait before one, in its queue and in all queues that compete for the same counters; and how long that may take. */
static bool before(DeskHouse *h, const DeskConfig *c, const DeskTicket *t, int64_t day, Arena *a, int64_t *ahead, Value *minutes, Err *err) {
    StoreRows rows;
    Crew crew;
    StoreArg args[] = {store_text(t->office), store_int(t->day), store_int(t->turn_us), store_int(t->no), store_int(t->number)};
    Value own = value_str(t->queue);
    TRY(query(h, "desk_ticket_ahead", args, COUNT_OF(args), a, &rows, err));
    TRY(crew_of(h, c, t->queue, a, &crew, err));
    *ahead = number_in(&rows, value_list(&own, 1));
    return estimate(h, c, &crew, day, number_in(&rows, build_list(&crew.queues)), a, minutes, err);
}

static Value closed_text(const StoreRows *rows, Arena *a) { return rows->n > 0 ? pair(a, rows->cells[1].s, rows->cells[2].s) : value_null(); }

bool desk_ticket_look(DeskHouse *h, Str code, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    Str kept;
    DeskTicket t;
    DeskConfig c;
    AccessOffice office;
    StoreRows closed;
    int64_t ahead = 0;
    Value minutes = value_null();
    if (!desk_code_read(code, a, &kept)) return err_set(err, ERR_NOT_FOUND, "desk", "no such ticket");
    TRY(desk_ticket_read(h->store, "desk_ticket_by_code", store_text(kept), a, &t, err));
    TRY(desk_config(h, t.office, a, &c, err) && access_office(h->store, t.office, a, &office, err));
    DeskMoment now = desk_moment(h, &c, now_us);
    TRY(desk_closed_row(h->store, t.office, t.day, t.queue, a, &closed, err));
    if (str_is(t.state, "waiting")) TRY(before(h, &c, &t, now.day, a, &ahead, &minutes, err));
    ValueBuild b = {.a = a};
    build_c(&b, "label", value_str(desk_ticket_label(&t, a)));
    build_c(&b, "code", value_str(t.code));
    build_c(&b, "office", value_str(t.office));
    build_c(&b, "office_name", pair(a, office.name_zh, office.name_en));
    build_c(&b, "queue", value_str(t.queue));
    build_c(&b, "queue_name", value_get(desk_queue_of(&c, t.queue), "name"));
    build_c(&b, "state", value_str(t.state));
    build_c(&b, "version", value_int(t.version));
    build_c(&b, "counter", counter_no(&c, t.counter));
    build_c(&b, "ahead", value_int(ahead));
    build_c(&b, "minutes", minutes);
    build_c(&b, "closed", closed_text(&closed, a));
    build_c(&b, "issued_us", value_int(t.issued_us));
    build_c(&b, "today", value_bool(t.day == now.day));
    *out = build_ctx(&b);
    return true;
}

/* ---- kiosk ----------------------------------------------------------------------------------------------------------- */

static bool waiting_counts(DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, StoreRows *out, Err *err) {
    bool keeps = value_get_bool(c->json, "keep_at_night", false);
    return query(h, "desk_ticket_counts", (StoreArg[]){store_text(c->office), store_int(keeps ? day - DESK_KEPT_DAYS : day)}, 2, a, out, err);
}

static bool queue_row(DeskHouse *h, const DeskConfig *c, Value queue, int64_t day, const StoreRows *counts, Arena *a, Value *out, Err *err) {
    Value id = value_get(queue, "id"), minutes;
    StoreRows closed;
    Crew crew;
    TRY(desk_closed_row(h->store, c->office, day, value_text(id), a, &closed, err));
    TRY(crew_of(h, c, value_text(id), a, &crew, err));
    TRY(estimate(h, c, &crew, day, number_in(counts, build_list(&crew.queues)), a, &minutes, err));
    ValueBuild b = {.a = a};
    build_c(&b, "id", id);
    build_c(&b, "letter", value_get(queue, "letter"));
    build_c(&b, "name", value_get(queue, "name"));
    build_c(&b, "services", value_get(queue, "services"));
    build_c(&b, "booked", value_bool(value_get_bool(queue, "booked", false)));
    build_c(&b, "waiting", value_int(number_in(counts, value_list(&id, 1))));
    build_c(&b, "counters", value_int(crew.counters));
    build_c(&b, "minutes", minutes);
    build_c(&b, "closed", closed_text(&closed, a));
    build_c(&b, "away", value_bool(closed.n > 0 && str_is(closed.cells[0].s, "away")));
    *out = build_ctx(&b);
    return true;
}

static bool queue_rows(DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, Value *out, Err *err) {
    Value queues = value_get(c->json, "queues"), row;
    ValueBuild list = {.a = a};
    StoreRows counts;
    TRY(waiting_counts(h, c, day, a, &counts, err));
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++) {
        TRY(queue_row(h, c, queues.u.list[i], day, &counts, a, &row, err));
        build_item(&list, row);
    }
    *out = build_list(&list);
    return true;
}

bool desk_kiosk(DeskHouse *h, Str office, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    DeskConfig c;
    AccessOffice o;
    Value hours, queues;
    const char *why;
    bool open;
    TRY(desk_config(h, office, a, &c, err) && access_office(h->store, office, a, &o, err));
    DeskMoment now = desk_moment(h, &c, now_us);
    TRY(desk_hours(h, &c, now.day, a, &hours, &why, err) && desk_is_open(h, &c, now_us, a, &open, err));
    TRY(queue_rows(h, &c, now.day, a, &queues, err));
    ValueBuild b = {.a = a};
    build_c(&b, "office", value_str(office));
    build_c(&b, "name", pair(a, o.name_zh, o.name_en));
    build_c(&b, "open", value_bool(open));
    build_c(&b, "hours", hours);
    build_c(&b, "why", value_c(why));
    build_c(&b, "queues", queues);
    *out = build_ctx(&b);
    return true;
}

/* ---- display --------------------------------------------------------------------------------------------------------- */

static Value call_row(const DeskConfig *c, const DeskTicket *t, Arena *a) {
    ValueBuild b = {.a = a};
    build_c(&b, "label", value_str(desk_ticket_label(t, a)));
    build_c(&b, "counter", counter_no(c, t->counter));
    build_c(&b, "name", value_get(desk_counter_of(c, t->counter), "name"));
    build_c(&b, "calls", value_int(t->calls));
    build_c(&b, "at", value_int(t->called_us / 1000000));
    build_c(&b, "now", value_bool(str_is(t->state, "called")));
    return build_ctx(&b);
}

/* What the wall tells of queues: no more than it shows. */
static Value shown_queues(Value queues, Arena *a) {
    static const char *const members[] = {"id", "letter", "name", "waiting", "closed", "away"};
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < queues.size; i++) {
        ValueBuild b = {.a = a};
        for (size_t k = 0; k < COUNT_OF(members); k++) build_c(&b, members[k], value_get(queues.u.list[i], members[k]));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

bool desk_display(DeskHouse *h, Str office, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    DeskConfig c;
    StoreRows rows;
    Value queues;
    ValueBuild calls = {.a = a}, b = {.a = a};
    TRY(desk_config(h, office, a, &c, err));
    DeskMoment now = desk_moment(h, &c, now_us);
    TRY(query(h, "desk_ticket_shown", (StoreArg[]){store_text(office), store_int(now.day), store_int(SHOWN)}, 3, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskTicket t;
        TRY(desk_ticket_row(rows.cells + i * rows.columns, a, &t, err));
        build_item(&calls, call_row(&c, &t, a));
    }
    TRY(queue_rows(h, &c, now.day, a, &queues, err));
    build_c(&b, "calls", build_list(&calls));
    build_c(&b, "queues", shown_queues(queues, a));
    *out = build_ctx(&b);
    return true;
}

/* ---- the picture for staff ------------------------------------------------------------------------------------------- */

static bool tickets_in(DeskHouse *h, Str office, const char *state, int64_t day, Arena *a, Value *out, Err *err) {
    StoreRows rows;
    ValueBuild list = {.a = a};
    StoreArg args[] = {store_text(office), store_text(str_of(state)), store_int(day), store_int(LISTED)};
    TRY(query(h, "desk_ticket_list", args, COUNT_OF(args), a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        DeskTicket t;
        TRY(desk_ticket_row(rows.cells + i * rows.columns, a, &t, err));
        build_item(&list, desk_ticket_brief(&t, a));
    }
    *out = build_list(&list);
    return true;
}

static bool counter_rows(DeskHouse *h, const DeskConfig *c, Arena *a, Value *out, Err *err) {
    Value counters = value_get(c->json, "counters");
    ValueBuild list = {.a = a};
    StoreRows rows;
    TRY(query(h, "desk_counter_all", (StoreArg[]){store_text(c->office)}, 1, a, &rows, err));
    for (uint32_t i = 0; counters.kind == VALUE_LIST && i < counters.size; i++) {
        Value counter = counters.u.list[i];
        for (size_t k = 0; k < rows.n; k++) {
            const StoreArg *r = rows.cells + k * rows.columns;
            if (!str_eq(r[0].s, value_get_str(counter, "id"))) continue;
            counter = value_with(a, counter, STR("clerk"), value_str(r[1].s));
            counter = value_with(a, counter, STR("since_us"), value_int(r[2].i));
            if (r[3].kind == STORE_INT) counter = value_with(a, counter, STR("ticket"), value_str(store_id_text(a, r[3].i)));
        }
        build_item(&list, counter);
    }
    *out = build_list(&list);
    return true;
}

bool desk_hall(DeskHouse *h, const AccessWho *who, Str office, int64_t now_us, Arena *a, Value *out, Err *err) {
    assert(h && who && a && out);
    static const char *const states[] = {"waiting", "called", "serving", "parked", "missed"};
    DeskConfig c;
    Value part;
    ValueBuild b = {.a = a};
    DeskSeat seat;
    if (!access_may(h->store, who, ACCESS_TICKET_SERVE, office) && !access_may(h->store, who, ACCESS_BOARD, office))
        return err_set(err, ERR_DENIED, "desk", "your role does not see this hall");
    TRY(desk_config(h, office, a, &c, err) && desk_seat_of(h->store, who->user, a, &seat, err));
    DeskMoment now = desk_moment(h, &c, now_us);
    build_c(&b, "office", value_str(office));
    build_c(&b, "config_version", value_int(c.version));
    TRY(queue_rows(h, &c, now.day, a, &part, err));
    build_c(&b, "queues", part);
    TRY(counter_rows(h, &c, a, &part, err));
    build_c(&b, "counters", part);
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        bool keeps = i == 0 && value_get_bool(c.json, "keep_at_night", false);
        TRY(tickets_in(h, office, states[i], keeps ? now.day - DESK_KEPT_DAYS : now.day, a, &part, err));
        build_c(&b, states[i], part);
    }
    build_c(&b, "mine", value_str(str_eq(seat.office, office) ? seat.counter : STR("")));
    build_c(&b, "ticket", seat.ticket ? value_str(store_id_text(a, seat.ticket)) : value_null());
    *out = build_ctx(&b);
    return true;
}
