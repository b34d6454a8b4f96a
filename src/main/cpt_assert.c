/* main_cpt_assert: the instructions of a test case that look and change nothing (Camunda Process Test 8.9, JSON test
 * cases). What is not as expected is told with both values. */
#include "main/process_in.h"

typedef bool (*Assertion)(Cpt *c, Value in, Err *err);

static bool unlike(const Cpt *c, Err *err, const char *what, Value expected, Value got) {
    return err_set(err, ERR_STATE, "main", "%s: expected " STR_FMT ", got " STR_FMT, what, STR_ARG(str_head(json_text(c->a, expected), 120)), STR_ARG(str_head(json_text(c->a, got), 120)));
}

static bool unknown_state(Err *err, Str state) {
    return err_set(err, ERR_INVALID, "main", "the state \"" STR_FMT "\" is not known", STR_ARG(str_head(state, 40)));
}

static bool is_selected(Str wanted, Str found) {
    return wanted.n == 0 || str_eq(wanted, found);
}

bool cpt_selects_element(const Cpt *c, Value selector, int node) {
    const BpmnNode *seen = bpmn_node(c->p, node);
    return is_selected(value_get_str(selector, "elementId"), seen->id) && is_selected(value_get_str(selector, "elementName"), seen->name);
}

/* A called process runs inside its caller's instance. */
static bool holds_process(const Cpt *c, const CptInstance *in, Str process) {
    if (str_eq(in->process, process)) return true;
    for (size_t i = 0; i < bpmn_nodes(c->p); i++) {
        const BpmnNode *node = bpmn_node(c->p, (int)i);
        if (!str_eq(node->process, process)) continue;
        for (size_t k = 0; k < in->trail.n; k++)
            if (str_eq(value_get_str(in->trail.u.items[k], "element"), node->id)) return true;
    }
    return false;
}

CptInstance *cpt_instance(Cpt *c, Value selector) {
    Str process = value_get_str(selector, "processDefinitionId");
    for (int called = 0; called < 2; called++)
        for (size_t i = c->n_all; i > 0; i--)
            if (process.n == 0 || (called ? holds_process(c, &c->all[i - 1], process) : str_eq(c->all[i - 1].process, process)))
                return &c->all[i - 1];
    return NULL;
}

CptTask *cpt_task(Cpt *c, Value selector) {
    for (int any = 0; any < 2; any++)
        for (size_t i = c->n_tasks; i > 0; i--) {
            CptTask *task = &c->tasks[i - 1];
            const BpmnNode *node = bpmn_node(c->p, task->node);
            bool open = str_is(str_of(task->state), "IS_CREATED");
            bool fits = is_selected(value_get_str(selector, "taskName"), node->name) && is_selected(value_get_str(selector, "processDefinitionId"), node->process);
            if ((any || open) && fits && cpt_selects_element(c, selector, task->node)) return task;
        }
    return NULL;
}

static bool find(Cpt *c, Value in, CptInstance **out, Err *err) {
    Value selector = value_get(in, "processInstanceSelector");
    *out = cpt_instance(c, selector);
    return *out != NULL || err_set(err, ERR_NOT_FOUND, "main", "there is no process instance that fits " STR_FMT, STR_ARG(str_head(json_text(c->a, selector), 160)));
}

/* ---- process instances ------------------------------------------------------------------------------------------ */

static const char *state_of(const CptInstance *in) {
    return in->cancelled ? "IS_TERMINATED" : in->ended ? "IS_COMPLETED" : "IS_ACTIVE";
}

static bool assert_instance(Cpt *c, Value in, Err *err) {
    CptInstance *instance;
    BpmnIncident *incidents;
    Value wanted;
    TRY(find(c, in, &instance, err));
    Str state = value_get_str(in, "state");
    bool known = str_is(state, "IS_ACTIVE") || str_is(state, "IS_COMPLETED") || str_is(state, "IS_TERMINATED");
    if (!known && state.n > 0 && !str_is(state, "IS_CREATED")) return unknown_state(err, state);
    if (known && !str_is(state, state_of(instance))) return unlike(c, err, "state", value_str(state), value_c(state_of(instance)));
    if (!value_find(in, STR("hasActiveIncidents"), &wanted)) return true;
    size_t n = instance->ended ? 0 : bpmn_incidents(c->p, instance->state, c->a, &incidents);
    if (value_is_true(wanted) == (n > 0)) return true;
    return n == 0 ? err_set(err, ERR_STATE, "main", "there is no incident") : err_set(err, ERR_STATE, "main", "incident: " STR_FMT, STR_ARG(str_head(incidents[0].text, 200)));
}

static bool assert_variables(Cpt *c, Value in, Err *err) {
    CptInstance *instance;
    TRY(find(c, in, &instance, err));
    Value have = value_get(instance->state, "variables"), element, tokens = value_get(instance->state, "tokens"), found;
    for (size_t i = 0; value_find(in, STR("elementSelector"), &element) && tokens.kind == VALUE_LIST && i < tokens.size; i++)
        for (size_t n = 0; n < bpmn_nodes(c->p); n++)
            if (cpt_selects_element(c, element, (int)n) && str_eq(bpmn_node(c->p, (int)n)->id, value_get_str(tokens.u.list[i], "at")))
                have = value_get(tokens.u.list[i], "variables");
    Value wanted = value_get(in, "variables"), names = value_get(in, "variableNames");
    for (size_t i = 0; names.kind == VALUE_LIST && i < names.size; i++)
        if (names.u.list[i].kind != VALUE_STRING || !value_find(have, value_text(names.u.list[i]), &found))
            return unlike(c, err, "variables", names, have);
    for (size_t i = 0; wanted.kind == VALUE_CONTEXT && i < wanted.size; i++) {
        Str name = wanted.u.ctx[i].key;
        if (!value_find(have, name, &found)) return err_set(err, ERR_STATE, "main", "there is no variable \"" STR_FMT "\"", STR_ARG(str_head(name, 80)));
        if (!value_same(found, wanted.u.ctx[i].value)) return unlike(c, err, str_c(c->a, name), wanted.u.ctx[i].value, found);
    }
    return true;
}

static bool names_message(Value selector, Value details) {
    Value key;
    bool fits = str_eq(value_get_str(selector, "messageName"), value_get_str(details, "name"));
    return fits && (!value_find(selector, STR("correlationKey"), &key) || value_same(key, value_get(details, "key")));
}

static bool assert_subscription(Cpt *c, Value in, Err *err) {
    CptInstance *instance;
    TRY(find(c, in, &instance, err));
    Value selector = value_get(in, "messageSelector");
    BpmnWant *wants;
    size_t n = instance->ended ? 0 : bpmn_waits(c->p, instance->state, c->a, &wants);
    bool waits = false, taken = false;
    for (size_t i = 0; i < n; i++) waits = waits || (wants[i].kind == BPMN_WANT_MESSAGE && names_message(selector, wants[i].details));
    for (size_t i = 0; i < instance->received.n; i++) taken = taken || names_message(selector, instance->received.u.items[i]);
    Str state = value_get_str(in, "state");
    if (str_is(state, "IS_WAITING")) return waits || err_set(err, ERR_STATE, "main", "nothing waits for this message");
    if (str_is(state, "IS_NOT_WAITING")) return !waits || err_set(err, ERR_STATE, "main", "this message is waited for");
    if (str_is(state, "IS_CORRELATED")) return taken || err_set(err, ERR_STATE, "main", "this message has not been taken");
    return unknown_state(err, state);
}

/* ---- elements ------------------------------------------------------------------------------------------------------- */

/* How often an element that is selected did something: "left", "cancelled", "entered". */
static int64_t times(const Cpt *c, const CptInstance *in, Value selector, const char *what) {
    int64_t n = 0;
    for (size_t i = 0; i < in->trail.n; i++) {
        Str id = value_get_str(in->trail.u.items[i], "element");
        if (!str_is(value_get_str(in->trail.u.items[i], "what"), what)) continue;
        for (size_t k = 0; k < bpmn_nodes(c->p); k++)
            if (str_eq(bpmn_node(c->p, (int)k)->id, id) && cpt_selects_element(c, selector, (int)k)) {
                n++;
                break;
            }
    }
    return n;
}

/* Tokens that are in an element; not those that only listen, wait to be joined, or record what was done. */
static bool is_in_element(Value token) {
    Str wait = value_get_str(token, "wait");
    return value_get_int(token, "host", 0) == 0 && !str_is(wait, "join") && !str_is(wait, "done");
}

static int64_t active(const Cpt *c, const CptInstance *in, Value selector) {
    Value tokens = value_get(in->state, "tokens");
    int64_t n = 0;
    for (size_t i = 0; !in->ended && tokens.kind == VALUE_LIST && i < tokens.size; i++)
        for (size_t k = 0; is_in_element(tokens.u.list[i]) && k < bpmn_nodes(c->p); k++)
            if (str_eq(bpmn_node(c->p, (int)k)->id, value_get_str(tokens.u.list[i], "at")) && cpt_selects_element(c, selector, (int)k)) {
                n++;
                break;
            }
    return n;
}

static bool count_in_state(Cpt *c, const CptInstance *in, Value selector, Str state, int64_t *n, Err *err) {
    if (str_is(state, "IS_ACTIVE")) *n = active(c, in, selector);
    else if (str_is(state, "IS_COMPLETED")) *n = times(c, in, selector, "left") + times(c, in, selector, "closed");
    else if (str_is(state, "IS_TERMINATED")) *n = times(c, in, selector, "cancelled") + times(c, in, selector, "dropped");
    else return unknown_state(err, state);
    return true;
}

static bool not_so(const Cpt *c, Err *err, Value selector, Str state) {
    return err_set(err, ERR_STATE, "main", STR_FMT " is not so for " STR_FMT, STR_ARG(state), STR_ARG(str_head(json_text(c->a, selector), 160)));
}

static bool assert_element(Cpt *c, Value in, Err *err) {
    CptInstance *instance;
    int64_t n, amount = value_get_int(in, "amount", 1);
    Value selector = value_get(in, "elementSelector"), given;
    TRY(find(c, in, &instance, err));
    TRY(count_in_state(c, instance, selector, value_get_str(in, "state"), &n, err));
    bool exact = value_find(in, STR("amount"), &given);
    if (exact ? n == amount : n > 0) return true;
    return exact ? unlike(c, err, "amount", value_int(amount), value_int(n)) : not_so(c, err, selector, value_get_str(in, "state"));
}

/* Others may lie between them. */
static bool completed_in_order(Cpt *c, const CptInstance *in, Value selectors, Err *err) {
    size_t next = 0;
    for (size_t i = 0; i < in->trail.n && next < selectors.size; i++) {
        if (!str_is(value_get_str(in->trail.u.items[i], "what"), "left")) continue;
        Str id = value_get_str(in->trail.u.items[i], "element");
        bool fits = false;
        for (size_t k = 0; k < bpmn_nodes(c->p); k++)
            fits = fits || (str_eq(bpmn_node(c->p, (int)k)->id, id) && cpt_selects_element(c, selectors.u.list[next], (int)k));
        next += fits;
    }
    return next == selectors.size || not_so(c, err, selectors.u.list[next], STR("IS_COMPLETED_IN_ORDER"));
}

/* Nothing else is active either. */
static bool active_exactly(Cpt *c, const CptInstance *in, Value selectors, Err *err) {
    int64_t all = active(c, in, value_null()), named = 0;
    for (size_t i = 0; i < selectors.size; i++) {
        int64_t n = active(c, in, selectors.u.list[i]);
        if (n == 0) return not_so(c, err, selectors.u.list[i], STR("IS_ACTIVE_EXACTLY"));
        named += n;
    }
    return named == all || unlike(c, err, "active elements", value_int(named), value_int(all));
}

static bool assert_elements(Cpt *c, Value in, Err *err) {
    CptInstance *instance;
    TRY(find(c, in, &instance, err));
    Value selectors = value_get(in, "elementSelectors");
    Str state = value_get_str(in, "state");
    if (selectors.kind != VALUE_LIST) return err_set(err, ERR_INVALID, "main", "elementSelectors is no list");
    if (str_is(state, "IS_COMPLETED_IN_ORDER")) return completed_in_order(c, instance, selectors, err);
    if (str_is(state, "IS_ACTIVE_EXACTLY")) return active_exactly(c, instance, selectors, err);
    for (size_t i = 0; i < selectors.size; i++) {
        Value selector = selectors.u.list[i];
        int64_t n;
        bool none = str_is(state, "IS_NOT_ACTIVE") || str_is(state, "IS_NOT_ACTIVATED");
        if (str_is(state, "IS_NOT_ACTIVATED")) n = times(c, instance, selector, "entered") + times(c, instance, selector, "opened");
        else TRY(count_in_state(c, instance, selector, none ? STR("IS_ACTIVE") : state, &n, err));
        if (none != (n == 0)) return not_so(c, err, selector, state);
    }
    return true;
}

/* ---- tasks and decisions ----------------------------------------------------------------------------------------------- */

static bool detail_is(const Cpt *c, Value in, const char *key, Value got, Err *err) {
    Value wanted;
    if (!value_find(in, str_of(key), &wanted) || value_same(wanted, got)) return true;
    Value at_want, at_got;
    bool moments = wanted.kind == VALUE_STRING && got.kind == VALUE_STRING && date_parse_datetime(c->a, value_text(wanted), &at_want) && date_parse_datetime(c->a, value_text(got), &at_got);
    int64_t s1 = 0, n1 = 0, s2 = 1, n2 = 0;
    if (moments) {
        date_instant(at_want, &s1, &n1);
        date_instant(at_got, &s2, &n2);
    }
    return (s1 == s2 && n1 == n2) || unlike(c, err, key, wanted, got);
}

static bool assert_task(Cpt *c, Value in, Err *err) {
    Value selector = value_get(in, "userTaskSelector"), priority;
    const CptTask *task = cpt_task(c, selector);
    if (task == NULL) return err_set(err, ERR_NOT_FOUND, "main", "there is no user task that fits " STR_FMT, STR_ARG(str_head(json_text(c->a, selector), 160)));
    const BpmnNode *node = bpmn_node(c->p, task->node);
    TRY(detail_is(c, in, "state", value_c(task->state), err));
    TRY(detail_is(c, in, "assignee", value_get(task->details, "assignee"), err));
    TRY(detail_is(c, in, "candidateGroups", value_get(task->details, "groups"), err));
    TRY(detail_is(c, in, "elementId", value_str(node->id), err));
    TRY(detail_is(c, in, "name", value_str(node->name), err));
    TRY(detail_is(c, in, "dueDate", value_get(task->details, "due"), err));
    TRY(detail_is(c, in, "followUpDate", value_get(task->details, "follow_up"), err));
    bool given = value_find(task->details, STR("priority"), &priority);
    return detail_is(c, in, "priority", given ? priority : value_int(50), err);
}

static bool is_member(Value list, Value v) {
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (value_same(list.u.list[i], v)) return true;
    return false;
}

/* Rules are counted from 1. */
static bool assert_rules(const Cpt *c, Value in, Value rules, Err *err) {
    Value wanted = value_get(in, "matchedRules"), unwanted = value_get(in, "notMatchedRules");
    for (size_t i = 0; wanted.kind == VALUE_LIST && i < wanted.size; i++)
        if (!is_member(rules, wanted.u.list[i])) return unlike(c, err, "matched rules", wanted, rules);
    for (size_t i = 0; unwanted.kind == VALUE_LIST && i < unwanted.size; i++)
        if (is_member(rules, unwanted.u.list[i])) return unlike(c, err, "rules that must not match", unwanted, rules);
    if (value_get_bool(in, "noMatchedRules", false) && rules.size > 0) return unlike(c, err, "matched rules", value_list(NULL, 0), rules);
    return true;
}

static bool assert_decision(Cpt *c, Value in, Err *err) {
    Value selector = value_get(in, "decisionSelector"), output;
    for (size_t i = c->decided.n; i > 0; i--) {
        Value one = c->decided.u.items[i - 1];
        bool fits = is_selected(value_get_str(selector, "decisionDefinitionId"), value_get_str(one, "id")) && is_selected(value_get_str(selector, "decisionDefinitionName"), value_get_str(one, "name"));
        if (!fits) continue;
        if (value_find(in, STR("output"), &output) && !value_same(output, value_get(one, "output"))) return unlike(c, err, "output", output, value_get(one, "output"));
        return assert_rules(c, in, value_get(one, "rules"), err);
    }
    return err_set(err, ERR_NOT_FOUND, "main", "no such decision has been evaluated: " STR_FMT, STR_ARG(str_head(json_text(c->a, selector), 160)));
}

static const struct {
    const char *type;
    Assertion holds;
} assertions[] = {
    {"ASSERT_PROCESS_INSTANCE", assert_instance}, {"ASSERT_ELEMENT_INSTANCE", assert_element}, {"ASSERT_ELEMENT_INSTANCES", assert_elements},
    {"ASSERT_USER_TASK", assert_task}, {"ASSERT_VARIABLES", assert_variables}, {"ASSERT_DECISION", assert_decision},
    {"ASSERT_PROCESS_INSTANCE_MESSAGE_SUBSCRIPTION", assert_subscription},
};

bool cpt_assert(Cpt *c, Str type, Value instruction, bool *known, Err *err) {
    for (size_t i = 0; i < COUNT_OF(assertions); i++) {
        if (!str_is(type, assertions[i].type)) continue;
        *known = true;
        return assertions[i].holds(c, instruction, err);
    }
    return true;
}
