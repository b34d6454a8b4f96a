/* main_cpt_act: the instructions of a test case that do something (Camunda Process Test 8.9, JSON test cases).
 * What an instruction asks for and this engine does not have is refused with its name, never passed over. */
#include "main/process_in.h"

enum { OPEN = 512 };
static const int64_t HOUR_US = INT64_C(3600) * 1000000; /* a message is kept so long unless it says otherwise */

typedef bool (*Action)(Cpt *c, Value in, Err *err);

static bool none_such(Err *err, const char *what, Value selector, Arena *a) {
    return err_set(err, ERR_NOT_FOUND, "main", "there is no %s that fits " STR_FMT, what, STR_ARG(str_head(json_text(a, selector), 160)));
}

/* ---- instances ------------------------------------------------------------------------------------------------ */

static bool is_empty(Value v) {
    return value_is_null(v) || v.size == 0;
}

static bool create(Cpt *c, Value in, Err *err) {
    Str id = value_get_str(value_get(in, "processDefinitionSelector"), "processDefinitionId");
    if (!is_empty(value_get(in, "startInstructions")) || !is_empty(value_get(in, "runtimeInstructions")))
        return err_set(err, ERR_INVALID, "main", "startInstructions and runtimeInstructions are not carried out");
    for (size_t i = 0; i < bpmn_nodes(c->p); i++) {
        const BpmnNode *node = bpmn_node(c->p, (int)i);
        if (bpmn_starts_process(c->p, (int)i) && node->event.n == 0 && str_eq(node->process, id))
            return cpt_begin(c, node, value_get(in, "variables"), err);
    }
    return err_set(err, ERR_NOT_FOUND, "main", "no process \"" STR_FMT "\" with a plain start event", STR_ARG(str_head(id, 80)));
}

static bool evaluate_starts(Cpt *c, Value in, Err *err) {
    FeelRun run = {.arena = c->a, .fuel = FEEL_FUEL, .now_us = c->now_us};
    for (size_t i = 0; i < bpmn_nodes(c->p); i++)
        if (bpmn_starts_process(c->p, (int)i) && bpmn_start_holds(c->p, (int)i, value_get(in, "variables"), &run))
            TRY(cpt_begin(c, bpmn_node(c->p, (int)i), value_get(in, "variables"), err));
    return true;
}

static bool update_variables(Cpt *c, Value in, Err *err) {
    Value selector = value_get(in, "processInstanceSelector"), element;
    CptInstance *instance = cpt_instance(c, selector);
    if (instance == NULL) return none_such(err, "process instance", selector, c->a);
    BpmnHappening h = {.what = BPMN_SET, .variables = value_get(in, "variables")};
    bool local = value_find(in, STR("elementSelector"), &element);
    Value tokens = value_get(instance->state, "tokens");
    for (size_t i = 0; local && tokens.kind == VALUE_LIST && i < tokens.size; i++) {
        for (size_t n = 0; n < bpmn_nodes(c->p); n++)
            if (cpt_selects_element(c, element, (int)n) && str_eq(bpmn_node(c->p, (int)n)->id, value_get_str(tokens.u.list[i], "at")))
                h.token = value_get_int(tokens.u.list[i], "id", 0);
    }
    if (local && h.token == 0) return none_such(err, "active element", element, c->a);
    return cpt_step(c, instance, h, err);
}

static bool resolve_incident(Cpt *c, Value in, Err *err) {
    Value selector = value_get(in, "incidentSelector");
    Str process = value_get_str(selector, "processDefinitionId");
    for (size_t i = 0; i < c->n_all; i++) {
        BpmnIncident *incidents;
        size_t n = c->all[i].ended ? 0 : bpmn_incidents(c->p, c->all[i].state, c->a, &incidents);
        for (size_t k = 0; k < n; k++)
            if (cpt_selects_element(c, selector, incidents[k].node) && (process.n == 0 || str_eq(process, c->all[i].process)))
                return cpt_step(c, &c->all[i], (BpmnHappening){.what = BPMN_RETRY, .token = incidents[k].token}, err);
    }
    return none_such(err, "incident", selector, c->a);
}

/* ---- tasks and jobs ---------------------------------------------------------------------------------------------- */

static bool complete_task(Cpt *c, Value in, Err *err) {
    Value selector = value_get(in, "userTaskSelector");
    CptTask *task = cpt_task(c, selector);
    if (task == NULL || !str_is(str_of(task->state), "IS_CREATED")) return none_such(err, "open user task", selector, c->a);
    BpmnHappening h = {.what = BPMN_COMPLETE, .token = task->token};
    TRY(cpt_results(c, in, task->node, &h.variables, err));
    return cpt_step(c, task->instance, h, err);
}

static bool find_job(Cpt *c, Value selector, CptOpen *out, Err *err) {
    CptOpen open[OPEN];
    size_t n = cpt_open(c, BPMN_WANT_JOB, open, OPEN);
    Str type = value_get_str(selector, "jobType"), process = value_get_str(selector, "processDefinitionId");
    for (size_t i = 0; i < n; i++) {
        const BpmnNode *node = bpmn_node(c->p, open[i].want.node);
        bool fits = (type.n == 0 || str_eq(type, node->job_type)) && (process.n == 0 || str_eq(process, node->process));
        if (!fits || !cpt_selects_element(c, selector, open[i].want.node)) continue;
        *out = open[i];
        return true;
    }
    return none_such(err, "open job", selector, c->a);
}

static bool complete_job(Cpt *c, Value in, Err *err) {
    CptOpen job;
    TRY(find_job(c, value_get(in, "jobSelector"), &job, err));
    BpmnHappening h = {.what = BPMN_COMPLETE, .token = job.want.token};
    TRY(cpt_results(c, in, job.want.node, &h.variables, err));
    return cpt_step(c, job.instance, h, err);
}

static bool throw_error(Cpt *c, Value in, Err *err) {
    CptOpen job;
    TRY(find_job(c, value_get(in, "jobSelector"), &job, err));
    BpmnHappening h = {.what = BPMN_ERROR, .token = job.want.token, .name = value_get_str(in, "errorCode"), .variables = value_get(in, "variables")};
    return cpt_step(c, job.instance, h, err);
}

static bool mock_worker(Cpt *c, Value in, Err *err) {
    if (value_get_str(in, "jobType").n == 0) return err_set(err, ERR_INVALID, "main", "jobType is missing");
    build_item(&c->workers, in);
    return true;
}

static bool mock_decision(Cpt *c, Value in, Err *err) {
    if (value_get_str(in, "decisionDefinitionId").n == 0) return err_set(err, ERR_INVALID, "main", "decisionDefinitionId is missing");
    build_item(&c->stand_ins, in);
    return true;
}

/* The stand-in was loaded with the models, before the case began. */
static bool mock_child(Cpt *c, Value in, Err *err) {
    (void)c;
    return value_get_str(in, "processDefinitionId").n > 0 || err_set(err, ERR_INVALID, "main", "processDefinitionId is missing");
}

static bool evaluate_decision(Cpt *c, Value in, Err *err) {
    Value out;
    return cpt_decide(c, value_get_str(value_get(in, "decisionDefinitionSelector"), "decisionDefinitionId"), value_get(in, "variables"), &out, err);
}

/* ---- messages, signals, time --------------------------------------------------------------------------------------- */

static CptMessage message_of(const Cpt *c, Value in) {
    int64_t milliseconds = value_get_int(in, "timeToLive", HOUR_US / 1000);
    if (milliseconds < 0 || milliseconds > INT64_C(1000) * HOUR_US) milliseconds = HOUR_US;
    return (CptMessage){.name = value_get_str(in, "name"), .key = value_get_str(in, "correlationKey"), .variables = value_get(in, "variables"), .until_us = c->now_us + milliseconds * 1000};
}

static bool publish(Cpt *c, Value in, Err *err) {
    bool taken;
    CptMessage m = message_of(c, in);
    TRY(cpt_message(c, &m, &taken, err));
    if (taken) return true;
    if (c->n_messages == CPT_MESSAGES) return err_set(err, ERR_LIMIT, "main", "more than %d messages wait", CPT_MESSAGES);
    c->messages[c->n_messages++] = m;
    return true;
}

static bool correlate(Cpt *c, Value in, Err *err) {
    bool taken;
    CptMessage m = message_of(c, in);
    TRY(cpt_message(c, &m, &taken, err));
    return taken || err_set(err, ERR_STATE, "main", "nothing waits for the message \"" STR_FMT "\" with the key \"" STR_FMT "\"", STR_ARG(str_head(m.name, 60)), STR_ARG(str_head(m.key, 60)));
}

static bool broadcast(Cpt *c, Value in, Err *err) {
    return cpt_signal(c, value_get_str(in, "signalName"), value_get(in, "variables"), NULL, err);
}

static bool move_clock(Cpt *c, Value to, Err *err) {
    int64_t seconds, nanos;
    if (to.kind != VALUE_DATETIME) return err_set(err, ERR_INPUT, "main", "the clock cannot be moved there");
    date_instant(to, &seconds, &nanos);
    if (seconds < 0 || seconds > INT64_C(253402300799)) return err_set(err, ERR_INPUT, "main", "the clock goes from 1970 to 9999");
    c->now_us = seconds * 1000000 + nanos / 1000;
    return true;
}

static bool increase_time(Cpt *c, Value in, Err *err) {
    Value period, now = date_from_unix_us(c->a, c->now_us, 0);
    if (!date_parse_duration(value_get_str(in, "duration"), &period)) return err_set(err, ERR_INPUT, "main", "duration is no ISO 8601 duration");
    if (period.kind == VALUE_MONTHS) return move_clock(c, date_add_months(c->a, now, period.u.i), err);
    return move_clock(c, date_add_seconds(c->a, now, period.u.i, (int64_t)period.size), err);
}

static bool set_time(Cpt *c, Value in, Err *err) {
    Value to;
    if (!date_parse_datetime(c->a, value_get_str(in, "time"), &to)) return err_set(err, ERR_INPUT, "main", "time is no ISO 8601 instant");
    return move_clock(c, to, err);
}

static bool no_such_jobs(Cpt *c, Value in, Err *err) {
    (void)c;
    return err_set(err, ERR_INVALID, "main", STR_FMT ": no process file with such jobs is accepted here", STR_ARG(value_get_str(in, "type")));
}

static const struct {
    const char *type;
    Action act;
} actions[] = {
    {"CREATE_PROCESS_INSTANCE", create}, {"COMPLETE_USER_TASK", complete_task}, {"COMPLETE_JOB", complete_job},
    {"THROW_BPMN_ERROR_FROM_JOB", throw_error}, {"PUBLISH_MESSAGE", publish}, {"CORRELATE_MESSAGE", correlate},
    {"BROADCAST_SIGNAL", broadcast}, {"INCREASE_TIME", increase_time}, {"SET_TIME", set_time},
    {"RESOLVE_INCIDENT", resolve_incident}, {"UPDATE_VARIABLES", update_variables}, {"EVALUATE_DECISION", evaluate_decision},
    {"EVALUATE_CONDITIONAL_START_EVENT", evaluate_starts}, {"MOCK_CHILD_PROCESS", mock_child}, {"MOCK_DMN_DECISION", mock_decision},
    {"MOCK_JOB_WORKER_COMPLETE_JOB", mock_worker}, {"MOCK_JOB_WORKER_THROW_BPMN_ERROR", mock_worker},
    {"COMPLETE_JOB_AD_HOC_SUB_PROCESS", no_such_jobs}, {"COMPLETE_JOB_USER_TASK_LISTENER", no_such_jobs},
};

bool cpt_act(Cpt *c, Str type, Value instruction, bool *known, Err *err) {
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        if (!str_is(type, actions[i].type)) continue;
        *known = true;
        TRY(actions[i].act(c, instruction, err));
        return cpt_settle(c, err);
    }
    return true;
}
