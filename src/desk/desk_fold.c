/* The fold of room desk: rows from events, at the counter and when a log is folded again. Each row names the version before
 * it, so a batch built on what is no longer true is refused whole. No other file writes the tables of the hall. */
#include "desk/desk_in.h"

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

static const struct {
    const char *stream, *kind; /* of the event */
    void (*fold)(const Fold *f); /* its rows */
} folds[] = {
    {"desk/", "configured", configured}, {"hall/", "sat", sat},          {"hall/", "left", left},
    {"ticket/", "issued", issued},       {"ticket/", "called", called},
};

bool desk_fold(Store *s, StoreBatch *b, const StoreEvent *e, Err *err) {
    assert(s && b && e);
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
