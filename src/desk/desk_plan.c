/* What an office gives by appointment: its plan, the days as they are open, and slots as rows for a window of days. Making
 * slots again changes nothing; it never takes one away that somebody has, and never opens one across it. */
#include "desk/book_in.h"

static const int64_t SECOND_US = 1000000, MINUTE_US = 60000000;
enum { AGAIN = 6, SHOWN_DAYS = 62 };

/* ---- the plan --------------------------------------------------------------------------------------------------------- */

static bool plan_fault(Err *err, const char *member, const char *text) {
    err_set(err, ERR_INVALID, "desk", "slots: %s", text);
    err_element(err, str_of(member));
    return false;
}

static bool lists(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), id)) return true;
    return false;
}

static bool check_counters(Value config, Value counters, Err *err) {
    DeskConfig c = {.json = config};
    if (counters.kind != VALUE_LIST || counters.size == 0 || counters.size > DESK_COUNTERS) return plan_fault(err, "counters", "a list of counters");
    for (uint32_t i = 0; i < counters.size; i++) {
        Value id = counters.u.list[i];
        if (id.kind != VALUE_STRING || value_is_null(desk_counter_of(&c, value_text(id)))) return plan_fault(err, "counters", "there is no counter of this name");
        if (lists(value_list(counters.u.list, i), value_text(id))) return plan_fault(err, "counters", "a counter is named twice");
    }
    return true;
}

/* A whole number between two, or what it is unless given. */
static bool whole(Value slots, const char *member, int64_t least, int64_t most, int64_t otherwise, int64_t *out, Err *err) {
    Value v = value_get(slots, member);
    *out = otherwise;
    if (value_is_null(v) || (value_to_int(v, out) && *out >= least && *out <= most)) return true;
    err_set(err, ERR_INVALID, "desk", "slots: a whole number from %lld to %lld", (long long)least, (long long)most);
    err_element(err, str_of(member));
    return false;
}

static bool check_plan_members(Value slots, Err *err) {
    static const char *const known[] = {"minutes", "days", "lead", "most", "late", "back_from", "back_to", "counters"};
    if (slots.kind != VALUE_CONTEXT) return plan_fault(err, "slots", "an object");
    for (uint32_t i = 0; i < slots.size; i++) {
        bool found = false;
        for (size_t k = 0; k < COUNT_OF(known); k++) found |= str_is(slots.u.ctx[i].key, known[k]);
        if (!found) return plan_fault(err, "slots", "it has a member that nobody knows");
    }
    return true;
}

bool desk_plan(Value config, DeskPlan *out, Err *err) {
    Value slots = value_get(config, "slots");
    DeskPlan p = {.counters = value_get(slots, "counters")};
    *out = p;
    if (value_is_null(slots)) return true;
    TRY(check_plan_members(slots, err));
    TRY(whole(slots, "minutes", 5, 240, 15, &p.minutes, err) && whole(slots, "days", 1, DESK_WINDOW, 14, &p.days, err));
    TRY(whole(slots, "lead", 0, 10080, 60, &p.lead, err) && whole(slots, "most", 1, 10000, 500, &p.most, err));
    TRY(whole(slots, "late", 5, 240, 30, &p.late, err));
    TRY(whole(slots, "back_from", 0, 240, 5, &p.back_from, err) && whole(slots, "back_to", p.back_from, 720, p.back_from + 55, &p.back_to, err));
    TRY(check_counters(config, p.counters, err));
    if ((int64_t)p.counters.size * (1440 / p.minutes) > DESK_DAY_SLOTS) return plan_fault(err, "counters", "more slots a day than an office can have");
    p.set = true;
    *out = p;
    return true;
}

Value desk_queue_for(const DeskConfig *c, Str service) {
    Value queues = value_get(c->json, "queues");
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++)
        if (lists(value_get(queues.u.list[i], "services"), service)) return queues.u.list[i];
    return value_null();
}

bool desk_lane(const DeskConfig *c, const DeskPlan *plan, Str counter, Str queue) {
    return lists(plan->counters, counter) && lists(value_get(desk_counter_of(c, counter), "queues"), queue);
}

/* ---- days -------------------------------------------------------------------------------------------------------------- */

DeskZone desk_zone(const DeskHouse *h, const DeskConfig *c) { return (DeskZone){.name = value_get_str(c->json, "zone"), .offset = h->offset}; }

static int32_t offset_of(DeskZone zone, int64_t us) {
    int32_t offset = zone.offset;
    if (zone.name.n > 0 && !date_zone_offset(zone.name, us / SECOND_US, false, &offset)) offset = zone.offset;
    return offset;
}

int64_t desk_day_of(DeskZone zone, int64_t us) {
    int64_t local = us / SECOND_US + offset_of(zone, us);
    return local / 86400 - (local % 86400 < 0);
}

Value desk_time(DeskZone zone, int64_t us, Arena *a) { return date_from_unix_us(a, us, offset_of(zone, us)); }

static bool read_slots(const DeskHouse *h, Str office, int64_t from_us, int64_t to_us, Arena *a, DeskSlots *out, Err *err) {
    StoreRows rows;
    StoreArg args[] = {store_text(office), store_int(from_us), store_int(to_us)};
    TRY(store_query(h->store, store_statement(h->store, "desk_slot_between"), args, COUNT_OF(args), a, &rows, err));
    *out = (DeskSlots){.items = NEW_ARRAY(a, DeskSlot, rows.n + 1), .n = rows.n};
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        out->items[i] = (DeskSlot){.counter = c[0].s, .start_us = c[1].i, .minutes = c[2].i, .appointment = c[3].i, .free_us = c[4].i};
    }
    return true;
}

bool desk_day_slots(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, DeskSlots *out, Err *err) {
    DeskZone zone = desk_zone(h, c);
    return read_slots(h, c->office, desk_local_us(zone, day, 0, false), desk_local_us(zone, day + 1, 0, false), a, out, err);
}

bool desk_day(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, DeskDay *out, Err *err) {
    Value hours;
    const char *why;
    DeskZone zone = desk_zone(h, c);
    *out = (DeskDay){.day = day, .from_us = desk_local_us(zone, day, 0, false), .to_us = desk_local_us(zone, day + 1, 0, false)};
    TRY(desk_hours(h, c, day, a, &hours, &why, err));
    out->n_pieces = desk_pieces(zone, day, hours, out->pieces);
    return read_slots(h, c->office, out->from_us, out->to_us, a, &out->slots, err);
}

/* ---- making slots ------------------------------------------------------------------------------------------------------ */

/* Slots that follow one another at one counter are told as one: {counter, start, minutes, n}. */
static Value runs_of(const DeskSlots *s, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0, n; i < s->n; i += n) {
        const DeskSlot *first = &s->items[i];
        for (n = 1; i + n < s->n; n++) {
            const DeskSlot *next = &s->items[i + n];
            bool follows = str_eq(next->counter, first->counter) && next->minutes == first->minutes &&
                           next->start_us == first->start_us + (int64_t)n * first->minutes * MINUTE_US;
            if (!follows) break;
        }
        ValueBuild run = {.a = a};
        build_c(&run, "counter", value_str(first->counter));
        build_c(&run, "start", value_int(first->start_us));
        build_c(&run, "minutes", value_int(first->minutes));
        build_c(&run, "n", value_int((int64_t)n));
        build_item(&list, build_ctx(&run));
    }
    return build_list(&list);
}

static bool commit_change(DeskHouse *h, Str office, Str actor, const DeskSlotChange *change, int64_t now_us, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    ValueBuild payload = {.a = a};
    build_c(&payload, "opened", runs_of(&change->open, a));
    build_c(&payload, "shut", runs_of(&change->shut, a));
    StoreEvent e = {.seq = STORE_NEXT, .at_us = now_us, .stream = str_join2(a, STR("slots/"), office), .kind = STR("slots"), .actor = actor,
                    .payload = json_text(a, build_ctx(&payload))};
    store_event(b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    TRY(desk_fold(h->store, b, &e, err));
    return store_commit(h->store, b, err);
}

static int64_t taken(const DeskSlots *s) {
    int64_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += s->items[i].appointment != 0;
    return n;
}

typedef struct Making { /* slots of one office on their way */
    DeskHouse *h;          /* the room */
    const DeskConfig *c;   /* of the office */
    DeskPlan plan;         /* its plan */
    const DeskMakeSlots *order; /* what is wished */
    int64_t opened, shut;  /* so far */
} Making;

static bool day_change(Making *m, int64_t day, Arena *a, DeskDay *d, DeskSlotChange *change, Err *err) {
    DeskSlots wanted = {0};
    TRY(desk_day(m->h, m->c, day, a, d, err));
    if (m->plan.set) desk_slots_wanted(d->pieces, d->n_pieces, m->plan.counters, m->plan.minutes, a, &wanted);
    *change = desk_slots_change(&d->slots, &wanted, a);
    return true;
}

/* Somebody may take a slot that was to be shut, or make the same slots: then the day is looked at again. */
static bool make_day(Making *m, int64_t day, Arena *a, Value *out, Err *err) {
    DeskDay d;
    DeskSlotChange change;
    bool done = false;
    for (int i = 0; !done; i++) {
        Err trouble = {0};
        TRY(day_change(m, day, a, &d, &change, err));
        done = m->order->dry_run || change.open.n + change.shut.n == 0;
        if (done) break;
        done = commit_change(m->h, m->c->office, m->order->actor, &change, m->order->now_us, a, &trouble);
        if (done || (trouble.code == ERR_CONFLICT && i < AGAIN)) continue;
        if (err) *err = trouble;
        return false;
    }
    ValueBuild b = {.a = a};
    build_c(&b, "date", (Value){.kind = VALUE_DATE, .u.i = day});
    build_c(&b, "opened", value_int((int64_t)change.open.n));
    build_c(&b, "shut", value_int((int64_t)change.shut.n));
    build_c(&b, "taken", value_int(taken(&d.slots)));
    *out = build_ctx(&b);
    m->opened += (int64_t)change.open.n;
    m->shut += (int64_t)change.shut.n;
    return true;
}

bool desk_slots_make(DeskHouse *h, const DeskMakeSlots *order, Arena *a, Value *out, Err *err) {
    assert(h && order && a && out && order->actor.n > 0);
    DeskConfig c;
    Making m = {.h = h, .c = &c, .order = order};
    ValueBuild days = {.a = a}, b = {.a = a};
    TRY(desk_config(h, order->office, a, &c, err));
    TRY(desk_plan(c.json, &m.plan, err));
    int64_t today = desk_day_of(desk_zone(h, &c), order->now_us), n = order->days > 0 ? order->days : m.plan.days;
    if (n > DESK_WINDOW) return desk_refuse(err, "days", "slots are made for at most 60 days");
    for (int64_t i = 0; i < n; i++) {
        Value day;
        TRY(make_day(&m, today + i, a, &day, err));
        build_item(&days, day);
    }
    build_c(&b, "office", value_str(order->office));
    build_c(&b, "opened", value_int(m.opened));
    build_c(&b, "shut", value_int(m.shut));
    build_c(&b, "days", build_list(&days));
    *out = build_ctx(&b);
    return true;
}

/* ---- showing slots ----------------------------------------------------------------------------------------------------- */

static Value lane_value(const DeskConfig *c, const DeskDay *d, DeskZone zone, size_t from, size_t to, Arena *a) {
    DeskSlots lane = {.items = d->slots.items + from, .n = to - from};
    const DeskSlot *first = &lane.items[0], *last = &lane.items[lane.n - 1];
    ValueBuild b = {.a = a};
    build_c(&b, "date", (Value){.kind = VALUE_DATE, .u.i = d->day});
    build_c(&b, "counter", value_str(first->counter));
    build_c(&b, "no", value_get(desk_counter_of(c, first->counter), "no"));
    build_c(&b, "from", desk_time(zone, first->start_us, a));
    build_c(&b, "to", desk_time(zone, last->start_us + last->minutes * MINUTE_US, a));
    build_c(&b, "slots", value_int((int64_t)lane.n));
    build_c(&b, "taken", value_int(taken(&lane)));
    return build_ctx(&b);
}

bool desk_slots_show(DeskHouse *h, Str office, int64_t from_day, int64_t days, Arena *a, Value *out, Err *err) {
    assert(h && a && out);
    DeskConfig c;
    ValueBuild list = {.a = a};
    TRY(desk_config(h, office, a, &c, err));
    if (days < 1 || days > SHOWN_DAYS) return desk_refuse(err, "days", "slots are shown for 1 to 62 days");
    for (int64_t i = 0; i < days; i++) {
        DeskDay d;
        TRY(desk_day(h, &c, from_day + i, a, &d, err));
        for (size_t at = 0, to; at < d.slots.n; at = to) {
            for (to = at + 1; to < d.slots.n && str_eq(d.slots.items[to].counter, d.slots.items[at].counter);) to++;
            build_item(&list, lane_value(&c, &d, desk_zone(h, &c), at, to, a));
        }
    }
    *out = build_list(&list);
    return true;
}
