/* What a case expects after a step: each key has its own check, which says expected and got. */
#include "bpmn_world.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN = 512 };

typedef const char *(*Check)(World *w, Value wanted);

static const char *differs(World *w, const char *what, Value wanted, Value got) {
    return str_printf(w->a, "%s: expected " STR_FMT ", got " STR_FMT, what, STR_ARG(json_text(w->a, wanted)),
                      STR_ARG(json_text(w->a, got)))
        .p;
}

static int by_text(const void *x, const void *y) {
    return str_cmp(value_text(*(const Value *)x), value_text(*(const Value *)y));
}

static Value sorted(World *w, Value list) {
    Value *items = NEW_ARRAY(w->a, Value, list.size);
    for (size_t i = 0; i < list.size; i++)
        items[i] = list.u.list[i].kind == VALUE_STRING ? list.u.list[i] : value_str(json_text(w->a, list.u.list[i]));
    qsort(items, list.size, sizeof *items, by_text);
    return value_list(items, list.size);
}

static const char *same_set(World *w, const char *what, Value wanted, Value got) {
    return value_same(sorted(w, wanted), sorted(w, got)) ? NULL : differs(w, what, wanted, got);
}

static Value open_ids(World *w, BpmnWantKind first, BpmnWantKind last) {
    ValueBuild ids = {.a = w->a};
    Open open[OPEN];
    for (int kind = first; kind <= (int)last; kind++) {
        size_t n = world_open(w, (BpmnWantKind)kind, open, OPEN);
        for (size_t i = 0; i < n; i++) build_item(&ids, value_str(world_node(w, &open[i])->id));
    }
    return build_list(&ids);
}

/* ---- whole cases ----------------------------------------------------------------------------------------------- */

static const char *check_trace(World *w, Value wanted) {
    Value got = build_list(&w->trace), expect = value_get(w->one, "expect");
    if (str_is(value_get_str(expect, "traceOrder"), "any")) return same_set(w, "trace", wanted, got);
    /* lib-bpmn-engine sorts what ran side by side before it compares */
    if (value_same(wanted, sorted(w, wanted))) return same_set(w, "trace", wanted, got);
    return value_same(wanted, got) ? NULL : differs(w, "trace", wanted, got);
}

/* Work that is to run side by side is open at the same time. */
static const char *check_parallel(World *w, Value wanted) {
    bool got = w->most_jobs > 1;
    return got == value_is_true(wanted) ? NULL : differs(w, "parallel", wanted, value_bool(got));
}

static const char *check_prefix(World *w, Value wanted) {
    Value got = build_list(&w->trace);
    Value head = value_list(got.u.list, got.size < wanted.size ? got.size : wanted.size);
    return value_same(wanted, head) ? NULL : differs(w, "trace begins", wanted, got);
}

static const char *check_incident(World *w, Value wanted) {
    bool got = false;
    for (size_t i = 0; i < w->n_all; i++) got = got || w->all[i].incident.n > 0;
    return got == value_is_true(wanted) ? NULL : differs(w, "incident", wanted, value_bool(got));
}

static const char *check_uncaught(World *w, Value wanted) {
    bool got = false;
    for (size_t i = 0; i < w->n_all; i++)
        got = got || str_find(w->all[i].incident, STR("nobody catches the error")) >= 0;
    return got == value_is_true(wanted) ? NULL : differs(w, "uncaught error", wanted, value_bool(got));
}

static const char *check_failure(World *w, Value wanted) {
    (void)wanted; /* "deployment or incident": it was not refused */
    return check_incident(w, value_bool(true));
}

static const char *check_state(World *w, Value wanted) {
    const Instance *in = w->n_all > 0 ? &w->all[0] : NULL;
    const char *got = in == NULL           ? "ready"
                      : in->cancelled      ? "cancelled"
                      : in->ended          ? "completed"
                      : in->incident.n > 0 ? "incident"
                                           : "running";
    return str_is(value_text(wanted), got) ? NULL : differs(w, "state", wanted, value_c(got));
}

static const char *check_accepted(World *w, Value wanted) {
    return w->accepted == value_is_true(wanted) ? NULL : differs(w, "accepted", wanted, value_bool(w->accepted));
}

static const char *check_user_tasks(World *w, Value wanted) {
    return same_set(w, "user tasks", wanted, open_ids(w, BPMN_WANT_TASK, BPMN_WANT_TASK));
}

static const char *check_waits(World *w, Value wanted) {
    return same_set(w, "waits", wanted, open_ids(w, BPMN_WANT_DECISION, BPMN_WANT_MESSAGE));
}

static const char *check_timers(World *w, Value wanted) {
    Value got = value_int((int64_t)open_ids(w, BPMN_WANT_TIMER, BPMN_WANT_TIMER).size);
    return value_same(wanted, got) ? NULL : differs(w, "timers", wanted, got);
}

static const char *check_vars(World *w, Value wanted) {
    Value got = value_null(), last = value_null();
    for (size_t i = 0; i < w->n_all; i++) {
        last = value_get(w->all[i].state, "variables");
        bool all = true;
        for (size_t k = 0; k < wanted.size; k++)
            all = all && value_find(last, wanted.u.ctx[k].key, &got) && value_same(got, wanted.u.ctx[k].value);
        if (all) return NULL;
    }
    return differs(w, "variables", wanted, last);
}

/* ---- lists of tasks ---------------------------------------------------------------------------------------------- */

static bool holds(Value list, Str text) {
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), text)) return true;
    return false;
}

static Str assignee_of(World *w, const Open *open) {
    for (size_t i = w->assigned.n; i > 0; i--)
        if (value_get_int(w->assigned.u.items[i - 1], "token", 0) == open->want.token)
            return value_get_str(w->assigned.u.items[i - 1], "assignee");
    return value_get_str(open->want.details, "assignee");
}

bool world_passes(World *w, const Open *open, Value filter) {
    const BpmnNode *node = world_node(w, open);
    Str name = value_get_str(filter, "name"), key = value_get_str(filter, "key"),
        assignee = value_get_str(filter, "assignee");
    Str group = value_get_str(filter, "candidateGroup"), user = value_get_str(filter, "candidateUser");
    return (name.n == 0 || str_eq(name, node->name)) && (key.n == 0 || str_eq(key, node->id)) &&
           (assignee.n == 0 || str_eq(assignee, assignee_of(w, open))) &&
           (group.n == 0 || holds(value_get(open->want.details, "groups"), group)) &&
           (user.n == 0 || holds(value_get(open->want.details, "users"), user));
}

static Value task_list(World *w, Value filter, bool keys) {
    ValueBuild list = {.a = w->a};
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TASK, open, OPEN);
    for (size_t i = 0; i < n; i++)
        if (world_passes(w, &open[i], filter))
            build_item(&list, value_str(keys ? world_node(w, &open[i])->id : world_node(w, &open[i])->name));
    return build_list(&list);
}

static const char *check_tasks(World *w, Value wanted) {
    Value keys;
    bool by_key = value_find(wanted, STR("keys"), &keys);
    Value list = by_key ? keys : value_get(wanted, "names");
    return same_set(w, "tasks", list, task_list(w, wanted, by_key));
}

static const char *check_task_count(World *w, Value wanted) {
    Value got = value_int((int64_t)task_list(w, wanted, true).size);
    return value_same(value_get(wanted, "n"), got) ? NULL : differs(w, "number of tasks", value_get(wanted, "n"), got);
}

/* The one open task of some instance, for a filter that names nothing. */
static bool some_has_one(World *w) {
    Open open[OPEN];
    size_t n = world_open(w, BPMN_WANT_TASK, open, OPEN);
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t k = 0; k < n; k++) same += open[k].instance == open[i].instance;
        if (same == 1) return true;
    }
    return false;
}

static const char *check_one_task(World *w, Value wanted) {
    if (wanted.size == 0 && some_has_one(w)) return NULL;
    Value got = task_list(w, wanted, false);
    return got.size == 1 ? NULL : differs(w, "one task", wanted, task_list(w, value_null(), false));
}

static const char *check_ended(World *w, Value wanted) {
    bool got = w->n_all > 0 && w->all[w->n_all - 1].ended;
    return got == value_is_true(wanted) ? NULL : differs(w, "ended", wanted, value_bool(got));
}

static const char *check_instances(World *w, Value wanted) {
    int64_t n = 0;
    for (size_t i = 0; i < w->n_all; i++) n += !w->all[i].ended;
    return value_same(wanted, value_int(n)) ? NULL : differs(w, "instances", wanted, value_int(n));
}

static const char *check_nothing(World *w, Value wanted) {
    (void)w;
    (void)wanted;
    return NULL; /* read together with another key */
}

static const struct {
    const char *key;
    Check check;
} checks[] = {
    {"trace", check_trace},
    {"traceOrder", check_nothing},
    {"tracePrefix", check_prefix},
    {"incident", check_incident},
    {"uncaughtError", check_uncaught},
    {"failure", check_failure},
    {"state", check_state},
    {"accepted", check_accepted},
    {"userTasks", check_user_tasks},
    {"waits", check_waits},
    {"timers", check_timers},
    {"vars", check_vars},
    {"oneTask", check_one_task},
    {"tasks", check_tasks},
    {"taskCount", check_task_count},
    {"ended", check_ended},
    {"instances", check_instances},
    {"parallel", check_parallel},
};

static const char *check_key(World *w, const ValueEntry *entry) {
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (str_is(entry->key, checks[i].key)) return checks[i].check(w, entry->value);
    return str_printf(w->a, "an expectation that is not understood: " STR_FMT, STR_ARG(entry->key)).p;
}

const char *world_expect(World *w, Value expect) {
    const char *wrong = NULL;
    for (size_t i = 0; expect.kind == VALUE_LIST && i < expect.size && wrong == NULL; i++)
        wrong = world_expect(w, expect.u.list[i]);
    for (size_t i = 0; expect.kind == VALUE_CONTEXT && i < expect.size && wrong == NULL; i++)
        wrong = check_key(w, &expect.u.ctx[i]);
    return wrong;
}
