/* What each event of slots and appointments makes of their rows, on the counter and when the log is folded again. Every
 * slot that an event takes is expected to be free: of two who want one, the second is refused whole. */
#include "desk/book_in.h"

static const int64_t MINUTE_US = 60000000;

typedef struct BookFold { /* one event and where its rows go */
    Store *s;            /* whose statements */
    StoreBatch *b;       /* rows */
    const StoreEvent *e; /* what happened */
    Str name;            /* of the stream, after the slash */
    int64_t number;      /* of an appointment's id */
    Value payload;       /* of the event */
} BookFold;

static StoreArg text(const BookFold *f, const char *member) { return store_text(value_get_str(f->payload, member)); }
static int64_t whole(const BookFold *f, const char *member) { return value_get_int(f->payload, member, 0); }

static void expect(const BookFold *f, const char *statement, const StoreArg *args, size_t n, int64_t rows) {
    store_expect(f->b, store_statement(f->s, statement), args, n, rows);
}

/* ---- slots/OFFICE ------------------------------------------------------------------------------------------------------- */

static void each_slot(const BookFold *f, const char *member, const char *statement, bool with_minutes) {
    Value runs = value_get(f->payload, member);
    for (uint32_t i = 0; runs.kind == VALUE_LIST && i < runs.size; i++) {
        Value run = runs.u.list[i];
        int64_t minutes = value_get_int(run, "minutes", 0), start = value_get_int(run, "start", 0), n = value_get_int(run, "n", 0);
        for (int64_t k = 0; k < n && k < DESK_DAY_SLOTS; k++) {
            StoreArg args[] = {store_text(f->name), store_text(value_get_str(run, "counter")), store_int(start + k * minutes * MINUTE_US), store_int(minutes)};
            expect(f, statement, args, with_minutes ? 4 : 3, 1);
        }
    }
}

static void slots(const BookFold *f) {
    each_slot(f, "shut", "desk_slot_shut", false);
    each_slot(f, "opened", "desk_slot_add", true);
}

static void over(const BookFold *f) {
    StoreArg args[] = {store_text(f->name), store_int(whole(f, "before"))};
    store_add(f->b, store_statement(f->s, "desk_slot_over"), args, COUNT_OF(args));
}

/* ---- appointment/ID ----------------------------------------------------------------------------------------------------- */

static void take(const BookFold *f, int64_t start, int64_t minutes, int64_t span) {
    StoreArg args[] = {store_int(f->number), text(f, "office"), text(f, "counter"), store_int(start), store_int(start + minutes * MINUTE_US), store_int(f->e->at_us)};
    expect(f, "desk_slot_take", args, COUNT_OF(args), span);
}

static void held(const BookFold *f) {
    StoreArg args[] = {store_int(f->number), text(f, "code"), text(f, "office"), text(f, "service"), text(f, "queue"), text(f, "counter"), store_int(whole(f, "start")),
                       store_int(whole(f, "minutes")), store_int(whole(f, "span")), store_int(whole(f, "until")), store_int(f->e->at_us)};
    expect(f, "desk_appointment_add", args, COUNT_OF(args), 1);
    take(f, whole(f, "start"), whole(f, "minutes"), whole(f, "span"));
}

/* Its row from one version to the next. */
static void step(const BookFold *f, const char *statement, const StoreArg *more, size_t n) {
    StoreArg args[8] = {store_int(f->number), store_int(f->e->seq), store_int(f->e->seq - 1)};
    assert(n + 3 <= COUNT_OF(args));
    for (size_t i = 0; i < n; i++) args[3 + i] = more[i];
    expect(f, statement, args, 3 + n, 1);
}

static void told(const BookFold *f) {
    step(f, "desk_appointment_told", (StoreArg[]){store_int(whole(f, "until")), text(f, "person")}, 2);
}

static void turn(const BookFold *f, const char *state, bool lives) {
    step(f, "desk_appointment_turn", (StoreArg[]){store_text(str_of(state)), store_int(lives)}, 2);
}

static void booked(const BookFold *f) { turn(f, "booked", true); }
static void missed(const BookFold *f) { turn(f, "missed", false); }
static void fulfilled(const BookFold *f) { turn(f, "fulfilled", false); }

/* Also of a hold that nobody confirmed in time. */
static void cancelled(const BookFold *f) {
    turn(f, "cancelled", false);
    StoreArg args[] = {store_int(f->number), store_int(whole(f, "back"))};
    store_add(f->b, store_statement(f->s, "desk_slot_free"), args, COUNT_OF(args));
}

/* The new place is taken before the old one is left, in one step: nobody comes between. */
static void moved(const BookFold *f) {
    int64_t start = whole(f, "start"), minutes = whole(f, "minutes");
    step(f, "desk_appointment_moved", (StoreArg[]){text(f, "counter"), store_int(start), store_int(whole(f, "span"))}, 3);
    take(f, start, minutes, whole(f, "span"));
    StoreArg args[] = {store_int(f->number), store_int(whole(f, "back")), text(f, "counter"), store_int(start), store_int(start + minutes * MINUTE_US)};
    store_add(f->b, store_statement(f->s, "desk_slot_leave"), args, COUNT_OF(args));
}

static void checked_in(const BookFold *f) {
    step(f, "desk_appointment_arrived", (StoreArg[]){store_int(whole(f, "ticket"))}, 1);
}

static const struct {
    const char *kind;                /* of the event */
    void (*fold)(const BookFold *f); /* its rows */
} of_slots[] = {{"slots", slots}, {"over", over}}, of_appointments[] = {
    {"held", held}, {"told", told}, {"booked", booked}, {"moved", moved}, {"cancelled", cancelled}, {"lapsed", cancelled},
    {"checked_in", checked_in}, {"missed", missed}, {"fulfilled", fulfilled},
};

bool desk_booking_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) {
    BookFold f = {.s = s, .b = b, .e = e};
    Str kind = str_cut(e->stream, '/', &f.name);
    bool is_slots = str_is(kind, "slots"), is_one = str_is(kind, "appointment");
    if (!is_slots && !is_one) return true;
    if (is_one && !store_id_read(f.name, &f.number)) return err_set(err, ERR_INVALID, "desk", "there is no appointment " STR_FMT, STR_ARG(f.name));
    TRY(json_parse(e->payload, (JsonLimits){0}, store_batch_arena(b), &f.payload, err));
    for (size_t i = 0; is_slots && i < COUNT_OF(of_slots); i++)
        if (str_is(e->kind, of_slots[i].kind)) of_slots[i].fold(&f);
    for (size_t i = 0; is_one && i < COUNT_OF(of_appointments); i++)
        if (str_is(e->kind, of_appointments[i].kind)) of_appointments[i].fold(&f);
    return true;
}
