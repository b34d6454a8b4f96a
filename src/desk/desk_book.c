/* Appointments as their holders act on them: a time is held for ten minutes, given a name and a telephone, confirmed by the
 * code that was sent there, moved, cancelled. What it lasts is copied when it is made: no later change of the hall shortens
 * it. A person has one of a service that lives. Nobody is asked for more than a name, a number to hash and a telephone. */
#include "desk/book_in.h"

static const int64_t SECOND_US = 1000000, MINUTE_US = 60000000, DAY_US = 86400000000;
enum { NAME_MAX = 50, PERSON_MIN = 4, PERSON_MAX = 40, PHONE_MIN = 7, PHONE_MAX = 15 };

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

void desk_booking_row(const StoreArg *c, Arena *a, DeskBooking *out) {
    *out = (DeskBooking){.number = c[0].i, .id = store_id_text(a, c[0].i), .code = c[1].s, .office = c[2].s, .service = c[3].s, .queue = c[4].s,
                         .counter = c[5].s, .start_us = c[6].i, .minutes = c[7].i, .span = c[8].i, .state = c[9].s, .version = c[10].i,
                         .until_us = c[11].i, .person = c[12].s, .ticket = c[13].i, .moves = c[14].i, .made_us = c[15].i};
}

bool desk_booking_read(Store *s, const char *statement, StoreArg key, Arena *a, DeskBooking *out, Err *err) {
    StoreRows rows;
    TRY(store_query(s, store_statement(s, statement), &key, 1, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "desk", "no such appointment");
    desk_booking_row(rows.cells, a, out);
    return true;
}

bool desk_booking_by_code(Store *s, Str typed, Arena *a, DeskBooking *out, Err *err) {
    Str code;
    if (!desk_code_read(typed, a, &code)) return err_set(err, ERR_INPUT, "desk", "this is no appointment code");
    return desk_booking_read(s, "desk_appointment_by_code", store_text(code), a, out, err);
}

bool desk_booking_meant(DeskAct *act, DeskBooking *out, Err *err) {
    int64_t id = 0;
    const AccessWho *who = &act->c->who;
    if (act->c->code.n > 0) return desk_booking_by_code(act->h->store, act->c->code, act->a, out, err);
    if (who->user.n == 0) return err_set(err, ERR_NO_SESSION, "desk", "sign in first");
    if (!store_id_read(act->c->ticket, &id)) return err_set(err, ERR_NOT_FOUND, "desk", "no such appointment");
    TRY(desk_booking_read(act->h->store, "desk_appointment_get", store_int(id), act->a, out, err));
    bool sees = access_may(act->h->store, who, ACCESS_TICKET_SERVE, out->office) || access_may(act->h->store, who, ACCESS_DESK_ADMIN, out->office);
    return sees || err_set(err, ERR_NOT_FOUND, "desk", "no such appointment");
}

bool desk_booking_event(DeskAct *act, const DeskBooking *b, const char *kind, Value payload, Err *err) {
    return desk_event(act, str_join2(act->a, STR("appointment/"), b->id), b->version + 1, kind, payload, err);
}

static void answer(DeskAct *act, const DeskBooking *b, int64_t version, const char *state, Value view) {
    act->reply = (DeskReply){.id = b->id, .version = version, .state = str_of(state), .code = b->code, .view = view};
}

static bool is_held(const DeskBooking *b, int64_t now_us) { return str_is(b->state, "held") && b->until_us > now_us; }

static bool refuse_state(const DeskBooking *b, Err *err) {
    bool lapsed = str_is(b->state, "held") || str_is(b->state, "cancelled");
    return err_set(err, ERR_STATE, "desk", "%s", lapsed ? "this appointment has been given back" : "this appointment is not in a state for that");
}

/* ---- a place in time ---------------------------------------------------------------------------------------------------- */

/* The nth counter at which it fits, beginning by chance: two who ask at once seldom want the same one. */
static bool nth_place(DeskAct *act, const DeskPlan *plan, const DeskSlots *s, Str queue, int64_t start_us, int64_t minutes, DeskPlace *out) {
    size_t fits[DESK_COUNTERS], n = 0;
    for (size_t i = 0; i < s->n && n < DESK_COUNTERS; i++) {
        bool there = s->items[i].start_us == start_us && desk_lane(&act->config, plan, s->items[i].counter, queue);
        if (there && desk_slots_run(s, i, minutes, act->c->now_us) > 0) fits[n++] = i;
    }
    if (n == 0) return false;
    size_t i = fits[(act->c->seed[11] + act->turn) % n];
    *out = (DeskPlace){.counter = s->items[i].counter, .span = (int64_t)desk_slots_run(s, i, minutes, act->c->now_us)};
    return true;
}

static bool gone(Err *err) {
    err_set(err, ERR_STATE, "desk", "this time is not free any more");
    err_element(err, STR("start"));
    return false;
}

bool desk_place(DeskAct *act, const DeskPlan *plan, Str queue, int64_t start_us, int64_t minutes, int64_t mine, DeskPlace *out, Err *err) {
    DeskSlots s;
    if (start_us < act->c->now_us + plan->lead * MINUTE_US || start_us > act->c->now_us + plan->days * DAY_US) return gone(err);
    TRY(desk_day_slots(act->h, &act->config, desk_day_of(desk_zone(act->h, &act->config), start_us), act->a, &s, err));
    for (size_t i = 0; i < s.n; i++)
        if (mine != 0 && s.items[i].appointment == mine) s.items[i].appointment = s.items[i].free_us = 0;
    return nth_place(act, plan, &s, queue, start_us, minutes, out) || gone(err);
}

/* Against overload, not a promise: what is promised is that a slot is given once. */
static bool has_room(DeskAct *act, const DeskPlan *plan, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(act->c->office), store_int(act->c->now_us)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_appointment_open"), args, COUNT_OF(args), act->a, &rows, err));
    return rows.cells[0].i < plan->most || err_set(err, ERR_STATE, "desk", "this office takes no more appointments for now");
}

static Value held_payload(DeskAct *act, const DeskBooking *b) {
    ValueBuild p = {.a = act->a};
    build_c(&p, "office", value_str(b->office));
    build_c(&p, "service", value_str(b->service));
    build_c(&p, "queue", value_str(b->queue));
    build_c(&p, "counter", value_str(b->counter));
    build_c(&p, "start", value_int(b->start_us));
    build_c(&p, "minutes", value_int(b->minutes));
    build_c(&p, "span", value_int(b->span));
    build_c(&p, "code", value_str(b->code));
    build_c(&p, "until", value_int(b->until_us));
    return build_ctx(&p);
}

bool desk_hold(DeskAct *act, Err *err) {
    DeskPlan plan;
    DeskPlace place;
    Str service = value_get_str(act->c->args, "service");
    int64_t start = value_get_int(act->c->args, "start", 0);
    TRY(desk_plan(act->config.json, &plan, err));
    Value queue = desk_queue_for(&act->config, service);
    if (!plan.set || value_is_null(queue)) return desk_refuse(err, "service", "this office gives no appointments for this service");
    TRY(has_room(act, &plan, err));
    int64_t minutes = value_get_int(queue, "minutes", 10);
    TRY(desk_place(act, &plan, value_get_str(queue, "id"), start, minutes, 0, &place, err));
    DeskBooking b = {.id = desk_new_id(act), .code = case_code_make(act->c->seed, act->a), .office = act->c->office, .service = service,
                     .queue = value_get_str(queue, "id"), .counter = place.counter, .start_us = start, .minutes = minutes, .span = place.span,
                     .until_us = act->c->now_us + DESK_HOLD_S * SECOND_US};
    answer(act, &b, 1, "held", value_null());
    return desk_booking_event(act, &b, "held", held_payload(act, &b), err);
}

/* ---- who it is for ------------------------------------------------------------------------------------------------------ */

/* Letters and digits of an identifier, capitals; "" when it is none. */
static Str plain_person(Str typed, Arena *a) {
    char *p = arena_alloc(a, typed.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-') continue;
        p[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return n >= PERSON_MIN && n <= PERSON_MAX ? (Str){p, n} : STR("");
}

bool desk_person_hash(DeskHouse *h, Str typed, const uint8_t seed[32], Arena *a, Str *out, Err *err) {
    Str plain = plain_person(typed, a);
    *out = STR("");
    return plain.n == 0 || desk_hash(h, "person", plain, seed, a, out, err);
}

static Str plain_phone(Str typed, Arena *a) {
    char *p = arena_alloc(a, typed.n + 1);
    size_t n = 0, digits = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        bool digit = c >= '0' && c <= '9';
        if (c == ' ' || c == '-') continue;
        if (!digit && !(c == '+' && n == 0)) return STR("");
        digits += digit;
        p[n++] = c;
    }
    return digits >= PHONE_MIN && digits <= PHONE_MAX ? (Str){p, n} : STR("");
}

typedef struct Told { /* what a holder says about himself */
    Str name, phone, lang;
    Str person; /* as typed; never kept */
} Told;

static bool read_told(DeskAct *act, Told *out, Err *err) {
    Value args = act->c->args;
    *out = (Told){.name = str_trim(value_get_str(args, "name")), .person = value_get_str(args, "person"),
                  .phone = plain_phone(value_get_str(args, "phone"), act->a), .lang = str_is(value_get_str(args, "lang"), "en") ? STR("en") : STR("zh")};
    if (out->name.n == 0 || utf8_count(out->name) > NAME_MAX) return desk_refuse(err, "name", "a name has 1 to 50 characters");
    return out->phone.n > 0 || desk_refuse(err, "phone", "a telephone number has 7 to 15 digits");
}

/* One that lives, of a service, for each person. */
static bool is_only(DeskAct *act, const DeskBooking *b, Str person, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(b->service), store_text(person)};
    TRY(store_query(act->h->store, store_statement(act->h->store, "desk_appointment_by_person"), args, COUNT_OF(args), act->a, &rows, err));
    if (rows.n == 0 || rows.cells[0].i == b->number) return true;
    err_set(err, ERR_STATE, "desk", "this person has an appointment for this service already");
    err_element(err, STR("person"));
    return false;
}

static void keep_contact(DeskAct *act, const DeskBooking *b, const Told *told) {
    StoreArg args[] = {store_int(b->number), store_text(told->name), store_text(told->phone), store_text(told->lang)};
    store_add(act->b, store_statement(act->h->store, "desk_contact_set"), args, COUNT_OF(args));
}

bool desk_tell(DeskAct *act, Err *err) {
    DeskBooking b;
    DeskContact before;
    Told told;
    Str person, code;
    TRY(desk_booking_meant(act, &b, err));
    if (!is_held(&b, act->c->now_us)) return refuse_state(&b, err);
    TRY(read_told(act, &told, err));
    TRY(desk_contact(act->h, b.number, act->a, &before, err));
    if (before.sent >= DESK_TOLD) return err_set(err, ERR_LIMIT, "desk", "a code was sent %d times: take another time", DESK_TOLD);
    TRY(desk_person_hash(act->h, told.person, act->c->seed, act->a, &person, err));
    if (person.n == 0) return desk_refuse(err, "person", "an identity number has 4 to 40 characters");
    TRY(is_only(act, &b, person, err));
    TRY(desk_confirm_code(act, &b, before.sent + 1, &code, err));
    ValueBuild p = {.a = act->a};
    build_c(&p, "person", value_str(person));
    build_c(&p, "until", value_int(act->c->now_us + DESK_HOLD_S * SECOND_US));
    keep_contact(act, &b, &told);
    answer(act, &b, b.version + 1, "held", value_null());
    TRY(desk_booking_event(act, &b, "told", build_ctx(&p), err));
    case_message_stop(act->h->cases, act->b, b.id); /* an older code that has not left yet holds no more */
    return desk_say(act, &b, &(DeskContact){.known = true, .name = told.name, .phone = told.phone, .lang = told.lang}, DESK_SAY_CODE, code, err);
}

/* ---- confirming --------------------------------------------------------------------------------------------------------- */

static bool same_digits(Str x, Str y) {
    unsigned differ = x.n != y.n;
    for (size_t i = 0; i < x.n && i < y.n; i++) differ |= (unsigned)(x.p[i] ^ y.p[i]);
    return differ == 0;
}

static bool check_code(DeskAct *act, const DeskBooking *b, const DeskContact *to, Err *err) {
    Str code;
    TRY(desk_confirm_code(act, b, to->sent, &code, err));
    bool right = same_digits(str_trim(value_get_str(act->c->args, "confirm")), code);
    return access_prove(act->h->store, str_join2(act->a, STR("appointment:"), b->id), right, act->c->now_us, act->a, err);
}

bool desk_confirm(DeskAct *act, Err *err) {
    DeskBooking b;
    DeskContact to;
    TRY(desk_booking_meant(act, &b, err));
    act->idle = str_is(b.state, "booked");
    answer(act, &b, b.version, "booked", value_null());
    if (act->idle) return true;
    TRY(desk_contact(act->h, b.number, act->a, &to, err));
    if (!is_held(&b, act->c->now_us)) return refuse_state(&b, err);
    if (b.person.n == 0 || !to.known) return err_set(err, ERR_STATE, "desk", "say first who it is for: the code is sent there");
    TRY(check_code(act, &b, &to, err));
    answer(act, &b, b.version + 1, "booked", value_null());
    TRY(desk_booking_event(act, &b, "booked", value_ctx(NULL, 0), err));
    return desk_say(act, &b, &to, DESK_SAY_BOOKED, STR(""), err);
}

/* ---- moving and cancelling ---------------------------------------------------------------------------------------------- */

bool desk_booking_move(DeskAct *act, const DeskBooking *b, int64_t start_us, const DeskPlace *place, Err *err) {
    DeskContact to;
    DeskBooking after = *b;
    ValueBuild p = {.a = act->a};
    build_c(&p, "office", value_str(b->office));
    build_c(&p, "counter", value_str(place->counter));
    build_c(&p, "start", value_int(start_us));
    build_c(&p, "minutes", value_int(b->minutes));
    build_c(&p, "span", value_int(place->span));
    TRY(desk_booking_back(act, b, &p, err));
    TRY(desk_booking_event(act, b, "moved", build_ctx(&p), err));
    after.start_us = start_us;
    StoreArg again[] = {store_int(b->number), store_int(0)};
    store_add(act->b, store_statement(act->h->store, "desk_contact_reminded"), again, COUNT_OF(again));
    case_message_stop(act->h->cases, act->b, b->id);
    TRY(desk_contact(act->h, b->number, act->a, &to, err));
    return desk_say(act, &after, &to, DESK_SAY_MOVED, STR(""), err);
}

bool desk_move(DeskAct *act, Err *err) {
    DeskBooking b;
    DeskPlan plan;
    DeskPlace place;
    bool holder = act->c->code.n > 0;
    int64_t start = value_get_int(act->c->args, "start", 0);
    TRY(desk_booking_meant(act, &b, err));
    if (!str_eq(b.office, act->c->office)) return desk_refuse(err, "office", "an appointment stays at its office");
    if (!str_is(b.state, "booked")) return refuse_state(&b, err);
    if (b.start_us <= act->c->now_us) return err_set(err, ERR_STATE, "desk", "an appointment is moved before it begins");
    if (holder && b.moves >= DESK_MOVES) return err_set(err, ERR_STATE, "desk", "an appointment is moved at most %d times", DESK_MOVES);
    answer(act, &b, b.version, "booked", value_null());
    act->idle = start == b.start_us;
    if (act->idle) return true;
    TRY(desk_plan(act->config.json, &plan, err));
    TRY(desk_place(act, &plan, b.queue, start, b.minutes, b.number, &place, err));
    act->reply.version++;
    return desk_booking_move(act, &b, start, &place, err);
}

bool desk_booking_end(DeskAct *act, const DeskBooking *b, bool by_office, Str reason, Err *err) {
    DeskContact to;
    StoreArg number = store_int(b->number);
    ValueBuild p = {.a = act->a};
    build_c(&p, "by", value_c(by_office ? "office" : "holder"));
    build_c(&p, "reason", value_str(reason));
    TRY(desk_booking_back(act, b, &p, err));
    TRY(desk_booking_event(act, b, "cancelled", build_ctx(&p), err));
    TRY(desk_contact(act->h, b->number, act->a, &to, err));
    case_message_stop(act->h->cases, act->b, b->id);
    store_add(act->b, store_statement(act->h->store, "desk_contact_drop"), &number, 1);
    if (str_is(b->state, "held")) return true; /* it never was one */
    return desk_say(act, b, &to, by_office ? DESK_SAY_OFFICE : DESK_SAY_CANCELLED, reason, err);
}

bool desk_call_off(DeskAct *act, Err *err) {
    DeskBooking b;
    Str reason;
    bool holder = act->c->code.n > 0;
    TRY(desk_booking_meant(act, &b, err));
    TRY(desk_words(act, "reason", !holder, &reason, err));
    act->idle = str_is(b.state, "cancelled");
    answer(act, &b, b.version, "cancelled", value_null());
    if (act->idle) return true;
    if (!str_is(b.state, "booked") && !str_is(b.state, "held")) return refuse_state(&b, err);
    if (b.start_us <= act->c->now_us) return err_set(err, ERR_STATE, "desk", "an appointment is cancelled before it begins");
    act->reply.version++;
    return desk_booking_end(act, &b, !holder, reason, err);
}
