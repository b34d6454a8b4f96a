/* The host's side of a case: starts instances, hands on signals, answers jobs as the case's workers do,
 * moves the clock. A step it does not know is trouble, and trouble is a failure. */
#include "bpmn_world.h"

#include <string.h>

enum { OPEN = 512 };

static bool listed(Value list, Str text) {
    if (list.kind == VALUE_STRING) return str_eq(value_text(list), text);
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), text)) return true;
    return false;
}

const BpmnNode *world_node(const World *w, const Open *open) {
    return bpmn_node(w->p, open->want.node);
}

size_t world_open(World *w, BpmnWantKind kind, Open *out, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < w->n_all; i++) {
        BpmnWant *wants;
        size_t count = w->all[i].ended ? 0 : bpmn_waits(w->p, w->all[i].state, w->a, &wants);
        for (size_t k = 0; k < count && n < most; k++)
            if (wants[k].kind == kind) out[n++] = (Open){&w->all[i], wants[k]};
    }
    return n;
}

/* ---- engine ------------------------------------------------------------------------------------------------- */

static void signal(World *w, Str name, Value variables, const Instance *but);

/* Betsy labels what was done; an instance of a multi-instance counts, its body does not. */
static void keep_trace(World *w, Value trail) {
    Value labels = value_get(w->file, "labels");
    for (size_t i = 0; i < trail.size; i++) {
        Value label;
        bool came = str_is(value_get_str(trail.u.list[i], "what"), "entered");
        if (came) build_item(&w->entered, value_get(trail.u.list[i], "element"));
        bool left = str_is(value_get_str(trail.u.list[i], "what"), "left");
        if (left && value_find(labels, value_get_str(trail.u.list[i], "element"), &label)) build_item(&w->trace, label);
    }
}

static bool step(World *w, Instance *in, BpmnHappening h) {
    FeelRun run = {.arena = w->a, .fuel = FEEL_FUEL, .now_us = w->now_us};
    BpmnResult r;
    Value before = in->state;
    Err err;
    if (w->steps++ > WORLD_STEPS) w->trouble = "the case never comes to rest";
    if (w->trouble != NULL) return false;
    if (!value_is_null(before) && !json_parse(json_text(w->a, before), (JsonLimits){0}, w->a, &before, &err))
        return false;
    if (!bpmn_step(w->p, before, &h, &run, &r, &err)) return false;
    in->state = r.state;
    in->ended = r.ended;
    if (r.incident.n > 0) in->incident = r.incident;
    keep_trace(w, r.trail);
    for (size_t i = 0; i < r.signals.size; i++)
        signal(w, value_get_str(r.signals.u.list[i], "name"), value_get(r.signals.u.list[i], "variables"), in);
    return true;
}

static bool begin(World *w, const BpmnNode *start, Value variables, Str as) {
    if (w->n_all == WORLD_INSTANCES) return false;
    Instance *in = &w->all[w->n_all++];
    *in = (Instance){.as = as};
    bool good = step(
        w, in, (BpmnHappening){.what = BPMN_START, .name = start->id, .key = start->process, .variables = variables});
    if (!good) w->n_all--;
    return good;
}

/* Processes that a message or signal of this name starts. */
static bool begin_by(World *w, const char *event, Str name, Value variables, Str as) {
    bool any = false;
    for (size_t i = 0; i < bpmn_nodes(w->p); i++) {
        const BpmnNode *node = bpmn_node(w->p, (int)i);
        bool fits = str_is(node->type, "startEvent") && str_is(node->event, event) && str_eq(node->event_name, name);
        if (fits && bpmn_starts_process(w->p, (int)i)) any = begin(w, node, variables, as) || any;
    }
    return any;
}

static void signal(World *w, Str name, Value variables, const Instance *but) {
    size_t before = w->n_all;
    for (size_t i = 0; i < before; i++)
        if (&w->all[i] != but && !w->all[i].ended)
            (void)step(w, &w->all[i], (BpmnHappening){.what = BPMN_SIGNAL, .name = name, .variables = variables});
    (void)begin_by(w, "signal", name, variables, STR(""));
}

/* ---- workers --------------------------------------------------------------------------------------------------- */

static bool offers(Value wanted, Str groups) {
    while (groups.n > 0)
        if (listed(wanted, str_trim(str_cut(groups, ',', &groups)))) return true;
    return false;
}

static const Value *handler_of(const World *w, const BpmnNode *node) {
    Value handlers = value_get(w->one, "handlers");
    for (size_t i = 0; handlers.kind == VALUE_LIST && i < handlers.size; i++) {
        const Value *h = &handlers.u.list[i];
        bool fits = listed(value_get(*h, "id"), node->id) ||
                    (node->job_type.n > 0 && listed(value_get(*h, "type"), node->job_type));
        if (fits || listed(value_get(*h, "assignee"), node->assignee) ||
            offers(value_get(*h, "candidategroups"), node->groups))
            return h;
    }
    return NULL;
}

static bool answer(World *w, const Open *open) {
    const BpmnNode *node = world_node(w, open);
    const Value *h = handler_of(w, node);
    if (h == NULL) return false;
    build_item(&w->trace, value_str(node->id));
    Str how = value_get_str(*h, "do");
    BpmnHappening done = {.what = BPMN_COMPLETE, .token = open->want.token, .variables = value_get(*h, "vars")};
    if (str_is(how, "fail"))
        done = (BpmnHappening){.what = BPMN_ERROR, .token = open->want.token, .name = STR("failed")};
    return step(w, open->instance, done);
}

/* A betsy job without a note to hold it is done at once. */
static bool answer_freely(World *w, const Open *open) {
    bool betsy = str_is(value_get_str(w->file, "suite"), "betsy");
    if (!betsy || listed(w->held, world_node(w, open)->job_type)) return false;
    return step(w, open->instance, (BpmnHappening){.what = BPMN_COMPLETE, .token = open->want.token});
}

static void work(World *w) {
    Open open[OPEN];
    for (bool any = true; any && w->trouble == NULL;) {
        any = false;
        size_t n = world_open(w, BPMN_WANT_JOB, open, OPEN);
        if (n > w->most_jobs) w->most_jobs = n;
        for (size_t i = 0; i < n && !any; i++) any = answer(w, &open[i]) || answer_freely(w, &open[i]);
        n = any ? 0 : world_open(w, BPMN_WANT_TASK, open, OPEN);
        for (size_t i = 0; i < n && !any; i++) any = answer(w, &open[i]);
    }
}

/* ---- the clock -------------------------------------------------------------------------------------------------- */

static int64_t due_of(const Open *open) {
    int64_t seconds, nanos;
    date_instant(value_get(open->want.details, "due"), &seconds, &nanos);
    return seconds * 1000000 + nanos / 1000;
}

/* Fires the next timer that is due by then. */
static bool fire_next(World *w, int64_t by) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TIMER, open, OPEN), first = n;
    for (size_t i = 0; i < n; i++)
        if (due_of(&open[i]) <= by && (first == n || due_of(&open[i]) < due_of(&open[first]))) first = i;
    if (first == n) return false;
    if (due_of(&open[first]) > w->now_us) w->now_us = due_of(&open[first]);
    bool fired = step(w, open[first].instance, (BpmnHappening){.what = BPMN_TIMER, .token = open[first].want.token});
    work(w);
    return fired;
}

static void advance(World *w, Str by) {
    Value period;
    if (str_is(by, "until-next-timer")) {
        w->accepted = fire_next(w, INT64_MAX);
    } else if (str_is(by, "until-timers-fired")) {
        for (int i = 0; i < OPEN && fire_next(w, INT64_MAX); i++) continue;
    } else if (date_parse_duration(by, &period) && period.kind == VALUE_DAYTIME) {
        int64_t until = w->now_us + period.u.i * 1000000;
        while (w->trouble == NULL && fire_next(w, until)) continue;
        w->now_us = until;
    } else {
        w->trouble = "a time to advance by that is not understood";
    }
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static bool selects(World *w, const Open *open, Value selector) {
    const BpmnNode *node = world_node(w, open);
    if (selector.kind == VALUE_STRING) return str_eq(value_text(selector), node->id);
    return world_passes(w, open, selector);
}

/* index counts in the list that the last other step left. */
static bool pick(World *w, Value selector, Open *out) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TASK, open, OPEN);
    int64_t index = value_get_int(selector, "index", -1);
    if (index >= 0) {
        if (w->n_seen == 0)
            w->n_seen = n < WORLD_SEEN ? n : WORLD_SEEN, memcpy(w->seen, open, w->n_seen * sizeof *open);
        if ((size_t)index < w->n_seen) *out = w->seen[index];
        for (size_t i = 0; i < n && (size_t)index < w->n_seen; i++)
            if (open[i].instance == out->instance && open[i].want.token == out->want.token) return true;
        if ((size_t)index < n) *out = open[index];
        return (size_t)index < n;
    }
    for (size_t i = 0; i < n; i++) {
        if (!selects(w, &open[i], selector)) continue;
        *out = open[i];
        return true;
    }
    return false;
}

static void complete(World *w, Value one) {
    Open open;
    Value selector = value_get(one, "task");
    if (value_get_int(selector, "index", -1) < 0) w->n_seen = 0;
    int64_t activation = value_get_int(one, "activation", 0), times = 0;
    for (size_t i = 0; i < w->entered.n; i++) times += value_same(w->entered.u.items[i], selector);
    w->accepted =
        (activation == 0 || activation == times) && pick(w, selector, &open) &&
        step(w, open.instance,
             (BpmnHappening){.what = BPMN_COMPLETE, .token = open.want.token, .variables = value_get(one, "vars")});
}

static void complete_all(World *w, Value one) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TASK, open, OPEN);
    for (size_t i = 0; i < n; i++)
        if (selects(w, &open[i], value_get(one, "task")))
            (void)step(w, open[i].instance, (BpmnHappening){.what = BPMN_COMPLETE, .token = open[i].want.token});
}

/* The plain start of a process, or its first one of any kind. */
static void start(World *w, Value one) {
    Str process = value_get_str(one, "process");
    const BpmnNode *found = NULL;
    for (size_t i = 0; i < bpmn_nodes(w->p); i++) {
        const BpmnNode *node = bpmn_node(w->p, (int)i);
        bool fits = bpmn_starts_process(w->p, (int)i) && (process.n == 0 || str_eq(node->process, process));
        if (fits && (found == NULL || (found->event.n > 0 && node->event.n == 0))) found = node;
        if (found != NULL && process.n == 0) process = found->process;
    }
    w->accepted = found != NULL && begin(w, found, value_get(one, "vars"), value_get_str(one, "as"));
}

static void message_to(World *w, Str name, Value variables, Str as) {
    w->accepted = false;
    for (size_t i = 0; i < w->n_all && !w->accepted; i++)
        if (!w->all[i].ended)
            w->accepted =
                step(w, &w->all[i], (BpmnHappening){.what = BPMN_MESSAGE, .name = name, .variables = variables});
    if (!w->accepted) w->accepted = begin_by(w, "message", name, variables, as);
}

static void message(World *w, Value one) {
    Open open[OPEN];
    Str name = value_get_str(one, "name"),
        element = value_get_str(value_get(value_get(one, "raw"), "subscriptionId"), "elementId");
    if (name.n == 0 && element.n == 0) element = value_get_str(one, "element");
    size_t n = name.n == 0 ? world_open(w, BPMN_WANT_MESSAGE, open, OPEN) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(world_node(w, &open[i])->id, element)) name = value_get_str(open[i].want.details, "name");
    message_to(w, name, value_get(one, "vars"), value_get_str(one, "as"));
}

static void fire_timer(World *w, Value one) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TIMER, open, OPEN);
    w->accepted = false;
    for (size_t i = 0; i < n && !w->accepted; i++) {
        if (!str_eq(world_node(w, &open[i])->id, value_get_str(one, "element"))) continue;
        if (due_of(&open[i]) > w->now_us) w->now_us = due_of(&open[i]);
        w->accepted = step(w, open[i].instance, (BpmnHappening){.what = BPMN_TIMER, .token = open[i].want.token});
    }
}

static void job(World *w, Value one) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_JOB, open, OPEN);
    Str type = value_get_str(one, "type"),
        element = value_get_str(value_get(value_get(one, "complete"), "effectId"), "elementId");
    Str code = value_get_str(one, "throwError");
    w->accepted = false;
    for (size_t i = 0; i < n && !w->accepted; i++) {
        const BpmnNode *node = world_node(w, &open[i]);
        if (!str_eq(node->job_type, type) && !str_eq(node->id, element)) continue;
        BpmnHappening h = {.what = code.n > 0 ? BPMN_ERROR : BPMN_COMPLETE,
                           .token = open[i].want.token,
                           .name = code,
                           .variables = value_get(one, "vars")};
        w->accepted = step(w, open[i].instance, h);
    }
}

static void cancel(World *w) {
    for (size_t i = 0; i < w->n_all; i++) {
        if (w->all[i].ended || !step(w, &w->all[i], (BpmnHappening){.what = BPMN_CANCEL})) continue;
        w->all[i].cancelled = true;
        return;
    }
}

static void set_variables(World *w, Value one) {
    Str as = value_get_str(one, "as");
    w->accepted = false;
    for (size_t i = 0; i < w->n_all && !w->accepted; i++)
        if (!w->all[i].ended && (as.n == 0 || str_eq(as, w->all[i].as)))
            w->accepted = step(w, &w->all[i], (BpmnHappening){.what = BPMN_SET, .variables = value_get(one, "vars")});
}

static void assign(World *w, Value one) {
    Open open;
    w->accepted = pick(w, value_get(one, "task"), &open);
    if (!w->accepted) return;
    ValueBuild b = {.a = w->a};
    build_c(&b, "token", value_int(open.want.token));
    build_c(&b, "assignee", value_get(one, "assignee"));
    build_item(&w->assigned, build_ctx(&b));
}

static void take(World *w, Value one) {
    Str what = value_get_str(one, "do");
    w->accepted = true;
    if (!str_is(what, "complete")) w->n_seen = 0;
    if (str_is(what, "start"))
        start(w, one);
    else if (str_is(what, "complete"))
        complete(w, one);
    else if (str_is(what, "completeAll"))
        complete_all(w, one);
    else if (str_is(what, "assign"))
        assign(w, one);
    else if (str_is(what, "job"))
        job(w, one);
    else if (str_is(what, "hold"))
        w->held = value_get(one, "type");
    else if (str_is(what, "message") || str_is(what, "trigger"))
        message(w, one);
    else if (str_is(what, "signal"))
        signal(w, value_get_str(one, "name"), value_get(one, "vars"), NULL);
    else if (str_is(what, "cancel"))
        cancel(w);
    else if (str_is(what, "setVars"))
        set_variables(w, one);
    else if (str_is(what, "fireTimer"))
        fire_timer(w, one);
    else if (str_is(what, "advance"))
        advance(w, value_get_str(one, "by"));
    else
        w->trouble = str_printf(w->a, "a step that is not understood: " STR_FMT, STR_ARG(what)).p;
    work(w);
}

/* A hold that stands after the step it belongs to is meant from the beginning. */
static void find_holds(World *w, Value steps) {
    for (size_t i = 0; i < steps.size; i++)
        if (str_is(value_get_str(steps.u.list[i], "do"), "hold")) w->held = value_get(steps.u.list[i], "type");
}

const char *world_run(World *w) {
    Value steps = value_get(w->one, "steps"), expect;
    w->trace.a = w->assigned.a = w->entered.a = w->a;
    find_holds(w, steps);
    for (size_t i = 0; steps.kind == VALUE_LIST && i < steps.size; i++) {
        take(w, steps.u.list[i]);
        if (w->trouble != NULL) return str_printf(w->a, "step %zu: %s", i + 1, w->trouble).p;
        const char *wrong = value_find(steps.u.list[i], STR("expect"), &expect) ? world_expect(w, expect) : NULL;
        if (wrong != NULL) return str_printf(w->a, "step %zu: %s", i + 1, wrong).p;
    }
    return value_find(w->one, STR("expect"), &expect) ? world_expect(w, expect) : NULL;
}
