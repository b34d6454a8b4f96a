/* Where a case stands, told in the pack's own steps (texts `steps.<BPMN id>`) with the times at which its
 * process entered and left them: the "moved" events of its stream, nothing else. */
#include "case/case_in.h"

enum { MAX_MOVES = 1000 };

typedef struct Step { /* one step of the pack's texts */
    Str id;             /* BPMN id */
    bool here, past;    /* a token is in it; one has been through it */
    int64_t at_us;      /* when it was last entered or left */
} Step;

static Step *find_step(Step *steps, size_t n, Value id) {
    for (size_t i = 0; id.kind == VALUE_STRING && i < n; i++)
        if (str_eq(steps[i].id, value_text(id))) return &steps[i];
    return NULL;
}

static void move(Step *steps, size_t n, Value ids, bool entered, int64_t at_us) {
    for (uint32_t i = 0; ids.kind == VALUE_LIST && i < ids.size; i++) {
        Step *step = find_step(steps, n, ids.u.list[i]);
        if (!step) continue;
        step->here = entered;
        step->past |= !entered;
        step->at_us = at_us;
    }
}

static bool read_moves(CaseHouse *h, Str id, Step *steps, size_t n, Arena *a, Err *err) {
    StoreEvents events;
    TRY(store_events(h->store, str_join2(a, STR("case/"), id), 0, MAX_MOVES, a, &events, err));
    for (size_t i = 0; i < events.n; i++) {
        const StoreEvent *e = &events.items[i];
        Value payload;
        if (!str_is(e->kind, "moved")) continue;
        TRY(json_parse(e->payload, (JsonLimits){0}, a, &payload, err));
        /* Within one command a token enters before it leaves. */
        move(steps, n, value_get(payload, "entered"), true, e->at_us);
        move(steps, n, value_get(payload, "left"), false, e->at_us);
        move(steps, n, value_get(payload, "waits"), true, e->at_us);
    }
    return true;
}

static Value step_value(const Pack *pack, const Step *step, bool ended, Arena *a) {
    Str zh = value_get_str(value_get(pack->texts_zh, "steps"), str_c(a, step->id));
    Str en = value_get_str(value_get(pack->texts_en, "steps"), str_c(a, step->id));
    bool done = step->past || (ended && step->here); /* an end event is entered and never left */
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(step->id));
    build_c(&b, "name", case_bilingual(a, zh, en));
    build_c(&b, "state", value_c(step->here && !ended ? "now" : done ? "done" : "ahead"));
    build_c(&b, "at", step->at_us ? case_at(a, pack, step->at_us) : value_null());
    return build_ctx(&b);
}

bool case_steps(CaseHouse *h, const Pack *pack, const CaseRecord *r, Arena *a, Value *out, Err *err) {
    Value texts = pack ? value_get(pack->texts_zh, "steps") : value_null();
    size_t n = texts.kind == VALUE_CONTEXT ? texts.size : 0;
    Step *steps = NEW_ARRAY(a, Step, n + 1);
    for (size_t i = 0; i < n; i++) steps[i].id = texts.u.ctx[i].key;
    TRY(read_moves(h, r->id, steps, n, a, err));
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < n; i++) build_item(&list, step_value(pack, &steps[i], str_is(r->state, "decided"), a));
    *out = build_list(&list);
    return true;
}
