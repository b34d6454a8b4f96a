/* The fold of room desk: rows from events, at the counter and when a log is folded again. Each row names the version before
 * it, so a batch built on what is no longer true is refused whole. No other file writes the tables of the hall. */
#include "desk/book_in.h"

typedef struct Fold { /* one event and where its rows go */
    Store *s;            /* whose statements */
    StoreBatch *b;       /* rows */
    const StoreEvent *e; /* what happened */
    Str name;            /* of the stream, after the slash */
    int64_t ticket;      /* number of its id; 0 = another stream */
    Value payload;       /* of the event */
} Fold;

static StoreArg text(const Fold *f, const char *member) { return store_text(value_get_str(f->payload, member)); }
static StoreArg whole(const Fold *f, const char *member) { return store_int(value_get_int(f->payload, member, 0)); }

static void expect(const Fold *f, const char *statement, const StoreArg *args, size_t n) {
    store_expect(f->b, store_statement(f->s, statement), args, n, 1);
}

/* ---- desk/OFFICE ---------------------------------------------------------------------------------------------------- */

static void configured(const Fold *f) {
    StoreArg config = store_text(json_text(store_batch_arena(f->b), value_get(f->payload, "config")));
    StoreArg args[] = {store_text(f->name), store_int(f->e->seq), config, store_int(f->e->seq - 1)};
    if (f->e->seq == 1) expect(f, "desk_office_add", args, 3);
    else expect(f, "desk_office_set", args, 4);
}

/* ---- hall/OFFICE ---------------------------------------------------------------------------------------------------- */

static void sat(const Fold *f) {
    StoreArg args[] = {store_text(f->name), text(f, "counter"), text(f, "clerk"), store_int(f->e->at_us)};
    expect(f, "desk_counter_add", args, COUNT_OF(args));
}

static void left(const Fold *f) {
    StoreArg args[] = {store_text(f->name), text(f, "counter"), text(f, "clerk")};
    expect(f, "desk_counter_drop", args, COUNT_OF(args));
}

static void queue_closed(const Fold *f) {
    Value told = value_get(f->payload, "text");
    StoreArg args[] = {store_text(f->name), whole(f, "day"), text(f, "queue"), text(f, "waiting"), store_text(value_get_str(told, "zh")),
                       store_text(value_get_str(told, "en"))};
    expect(f, "desk_closed_add", args, COUNT_OF(args));
}

static void queue_opened(const Fold *f) {
    StoreArg args[] = {store_text(f->name), whole(f, "day"), text(f, "queue")};
    expect(f, "desk_closed_drop", args, COUNT_OF(args));
}

/* ---- ticket/ID ------------------------------------------------------------------------------------------------------ */

static void issued(const Fold *f) {
    Value services = value_get(f->payload, "services");
    StoreArg args[] = {store_int(f->ticket), text(f, "office"), whole(f, "day"), text(f, "queue"), text(f, "letter"), whole(f, "no"),
                       text(f, "code"), whole(f, "turn"), store_int(f->e->at_us), store_text(json_text(store_batch_arena(f->b), services)),
                       whole(f, "appointment")};
    expect(f, "desk_ticket_add", args, COUNT_OF(args));
}

/* Its row from one version to the next. */
static void step(const Fold *f, const char *statement, const StoreArg *more, size_t n) {
    StoreArg args[8] = {store_int(f->ticket), store_int(f->e->seq), store_int(f->e->seq - 1)};
    assert(n + 3 <= COUNT_OF(args));
    for (size_t i = 0; i < n; i++) args[3 + i] = more[i];
    expect(f, statement, args, 3 + n);
}

static void take_counter(const Fold *f) {
    StoreArg args[] = {text(f, "office"), text(f, "counter"), text(f, "clerk"), store_int(f->ticket)};
    expect(f, "desk_counter_take", args, COUNT_OF(args));
}

static void called(const Fold *f) {
    StoreArg args[] = {store_int(f->e->at_us), text(f, "counter"), text(f, "clerk")};
    step(f, "desk_ticket_called", args, COUNT_OF(args));
    take_counter(f);
}

static void recalled(const Fold *f) {
    StoreArg args[] = {store_int(f->e->at_us)};
    step(f, "desk_ticket_recalled", args, COUNT_OF(args));
}

static void serving(const Fold *f) {
    StoreArg args[] = {store_int(f->e->at_us)};
    step(f, "desk_ticket_serving", args, COUNT_OF(args));
}

static void free_counter(const Fold *f) {
    StoreArg args[] = {store_int(f->ticket)};
    store_add(f->b, store_statement(f->s, "desk_counter_free"), args, COUNT_OF(args));
}

static void parked(const Fold *f) {
    StoreArg args[] = {text(f, "reason")};
    step(f, "desk_ticket_parked", args, COUNT_OF(args));
    free_counter(f);
}

static void resumed(const Fold *f) {
    StoreArg args[] = {store_int(f->e->at_us), text(f, "counter"), text(f, "clerk")};
    step(f, "desk_ticket_resumed", args, COUNT_OF(args));
    take_counter(f);
}

static void transferred(const Fold *f) {
    StoreArg args[] = {text(f, "queue"), text(f, "note")};
    step(f, "desk_ticket_transferred", args, COUNT_OF(args));
    free_counter(f);
}

static void restored(const Fold *f) { step(f, "desk_ticket_restored", NULL, 0); }

static void end(const Fold *f, const char *state) {
    StoreArg args[] = {store_text(str_of(state)), store_int(f->e->at_us)};
    step(f, "desk_ticket_ended", args, COUNT_OF(args));
    free_counter(f);
}

static void missed(const Fold *f) { end(f, "missed"); }
static void finished(const Fold *f) { end(f, "served"); }
static void cancelled(const Fold *f) { end(f, "cancelled"); }
static void reprinted(const Fold *f) { step(f, "desk_ticket_touched", NULL, 0); }

static void linked(const Fold *f) {
    int64_t id = 0;
    bool known = store_id_read(value_get_str(f->payload, "case"), &id);
    StoreArg args[] = {store_int(f->ticket), store_int(known ? id : 0)};
    step(f, "desk_ticket_touched", NULL, 0);
    store_add(f->b, store_statement(f->s, "desk_visit_add"), args, COUNT_OF(args));
}

static const struct {
    const char *stream, *kind; /* of the event */
    void (*fold)(const Fold *f); /* its rows */
} folds[] = {
    {"desk/", "configured", configured}, {"hall/", "sat", sat},          {"hall/", "left", left},
    {"ticket/", "issued", issued},       {"ticket/", "called", called},
    {"ticket/", "recalled", recalled},   {"ticket/", "serving", serving},   {"ticket/", "parked", parked},
    {"ticket/", "resumed", resumed},     {"ticket/", "transferred", transferred}, {"ticket/", "missed", missed},
    {"ticket/", "restored", restored},   {"ticket/", "finished", finished}, {"ticket/", "cancelled", cancelled},
    {"ticket/", "reprinted", reprinted}, {"ticket/", "linked", linked},
    {"hall/", "queue_closed", queue_closed}, {"hall/", "queue_opened", queue_opened},
};

bool desk_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) {
    assert(s && b && e);
    TRY(desk_booking_fold(s, b, e, err));
    for (size_t i = 0; i < COUNT_OF(folds); i++) {
        Str stream = str_of(folds[i].stream);
        if (!str_is(e->kind, folds[i].kind) || !str_starts(e->stream, stream)) continue;
        Fold f = {.s = s, .b = b, .e = e, .name = str_sub(e->stream, stream.n, e->stream.n - stream.n)};
        TRY(json_parse(e->payload, (JsonLimits){0}, store_batch_arena(b), &f.payload, err));
        if (str_starts(stream, STR("ticket/")) && !store_id_read(f.name, &f.ticket))
            return err_set(err, ERR_INVALID, "desk", "there is no ticket " STR_FMT, STR_ARG(f.name));
        folds[i].fold(&f);
        return true;
    }
    return true;
}
