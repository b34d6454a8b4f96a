/* link: what must hold of a whole definition before it may run: flows join elements of one scope,
 * every scope has its start, references lead somewhere. Also prepares what a step wants at hand: flows
 * by node, events by activity, links, calls. Reach is judged in reach.c. */
#include "bpmn/bpmn_in.h"

/* ---- flows ------------------------------------------------------------------------------------------------- */

static void check_ends(BpmnLoad *l, const BpmnFlow *flow) {
    const BpmnElement *from = &l->p->nodes[flow->from], *to = &l->p->nodes[flow->to];
    l->file = from->file;
    bool landing =
        to->kind == NODE_START || to->kind == NODE_BOUNDARY || (to->kind == NODE_CATCH && to->event == EVENT_LINK);
    if (from->scope != to->scope) bpmn_fault(l, flow->xml, "a flow may not cross the edge of a sub-process");
    if (landing) bpmn_fault(l, flow->xml, "a flow may not lead to this " STR_FMT, STR_ARG(to->seen.type));
    if (from->kind == NODE_END || str_is(from->seen.type, "endEvent"))
        bpmn_fault(l, flow->xml, "a flow may not leave an end event");
    if (from->kind == NODE_THROW && from->event == EVENT_LINK)
        bpmn_fault(l, flow->xml, "a flow may not leave a throwing link");
    if (from->triggered || to->triggered) bpmn_fault(l, flow->xml, "a flow may not join an event sub-process");
    if (from->kind == NODE_PROCESS || to->kind == NODE_PROCESS)
        bpmn_fault(l, flow->xml, "a flow may not join a process itself");
}

static void join_flows(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    for (size_t i = 0; i < p->n_flows; i++) {
        check_ends(l, &p->flows[i]);
        p->nodes[p->flows[i].from].n_out++;
        p->nodes[p->flows[i].to].n_in++;
    }
    for (size_t i = 0; i < p->n_nodes; i++) {
        BpmnElement *node = &p->nodes[i];
        node->out = NEW_ARRAY(l->a, int, node->n_out);
        node->in = NEW_ARRAY(l->a, int, node->n_in);
        node->n_out = node->n_in = 0;
    }
    for (size_t i = 0; i < p->n_flows; i++) {
        BpmnElement *from = &p->nodes[p->flows[i].from], *to = &p->nodes[p->flows[i].to];
        from->out[from->n_out++] = (int)i;
        to->in[to->n_in++] = (int)i;
    }
}

/* A parallel gateway takes all its flows, an event-based one the one whose event comes. */
static bool chooses(const BpmnElement *node) {
    return node->kind != NODE_PARALLEL && node->kind != NODE_EVENTS;
}

/* <incoming> and <outgoing> repeat what the flows say; a file in which they differ was damaged. */
static void check_repeats(BpmnLoad *l, const BpmnElement *node, const char *name, const int *flows, size_t n) {
    for (const XmlNode *x = xml_child(node->xml, name); x != NULL; x = xml_next(x, name)) {
        bool found = false;
        for (size_t i = 0; i < n; i++) found = found || str_eq(l->p->flows[flows[i]].id, str_trim(x->text));
        if (!found && bpmn_is(x, name))
            bpmn_fault(l, x, "%s names \"" STR_FMT "\", which is no such flow", name,
                       STR_ARG(str_head(str_trim(x->text), 60)));
    }
}

static void find_default(BpmnLoad *l, BpmnElement *node) {
    Str id = xml_attr(node->xml, "default");
    if (id.n == 0) return;
    if (!chooses(node)) bpmn_fault(l, node->xml, "a " STR_FMT " has no default flow", STR_ARG(node->seen.type));
    for (size_t i = 0; i < node->n_out; i++)
        if (str_eq(l->p->flows[node->out[i]].id, id)) node->by_default = node->out[i];
    if (node->by_default < 0)
        bpmn_fault(l, node->xml, "default names \"" STR_FMT "\", which is no flow leaving here",
                   STR_ARG(str_head(id, 60)));
    else if (l->p->flows[node->by_default].condition.text.n > 0)
        bpmn_fault(l, l->p->flows[node->by_default].xml, "a default flow has no condition");
}

/* An exclusive gateway tries its flows as written: one without a condition ends the search, so it stands
 * last or nothing behind it would ever be taken. */
static void check_conditions(BpmnLoad *l, BpmnElement *node) {
    for (size_t i = 0; i < node->n_out; i++) {
        const BpmnFlow *flow = &l->p->flows[node->out[i]];
        bool given = flow->condition.text.n > 0, last = i + 1 == node->n_out;
        bool other = node->out[i] == node->by_default || (last && node->by_default < 0);
        if (given && !chooses(node))
            bpmn_fault(l, flow->xml, "a condition on a flow that leaves a " STR_FMT, STR_ARG(node->seen.type));
        if (node->kind == NODE_EXCLUSIVE && !given && !other)
            bpmn_fault(l, flow->xml, "this flow needs a condition, or to be the default");
        node->guarded = node->guarded || given;
    }
    bool alone = node->guarded && node->n_out == 1 && node->kind < NODE_EXCLUSIVE;
    if (alone) bpmn_fault(l, node->xml, "its only flow has a condition: there is nothing to choose");
}

/* ---- events --------------------------------------------------------------------------------------------------- */

static bool is_activity(const BpmnElement *node) {
    return node->kind >= NODE_SUBPROCESS && node->kind <= NODE_RECEIVE;
}

static void chain(BpmnLoad *l, int *link, int at) {
    while (*link >= 0) link = &l->p->nodes[*link].next;
    *link = at;
}

static void attach(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    Str id = xml_attr(node->xml, "attachedToRef");
    int host = bpmn_find(l->p, node->file, id);
    bool good = host > 0 && is_activity(&l->p->nodes[host]) && l->p->nodes[host].scope == node->scope &&
                !l->p->nodes[host].triggered;
    if (!good) {
        bpmn_fault(l, node->xml, "attachedToRef names \"" STR_FMT "\", which is no activity here",
                   STR_ARG(str_head(id, 60)));
        return;
    }
    node->host = host;
    chain(l, &l->p->nodes[host].boundary, at);
}

static void check_timer(BpmnLoad *l, const BpmnElement *node) {
    Value moment;
    int64_t times;
    BpmnCron cron;
    Str text = node->timer.text;
    if (text.n == 0) return;
    bool again = node->event == EVENT_CYCLE, good = true;
    if (node->timer.code != NULL) return;
    if (node->event == EVENT_DATE) good = date_parse_datetime(l->a, text, &moment);
    if (node->event == EVENT_DURATION) good = date_parse_duration(text, &moment);
    if (again) good = bpmn_cycle(text, &times, &moment) || bpmn_cron_read(text, &cron);
    const char *wanted = again                       ? "cycle (R3/PT1H, or 0 0 9 * * MON)"
                         : node->event == EVENT_DATE ? "date and time"
                                                     : "duration (PT1H)";
    if (!good) bpmn_fault(l, node->xml, "\"" STR_FMT "\" is no %s", STR_ARG(str_head(text, 60)), wanted);
}

/* A throwing link goes on at the catching one of the same name in its scope. */
static void find_link(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at];
    int catching = 0;
    for (size_t i = 0; i < l->p->n_nodes; i++) {
        const BpmnElement *other = &l->p->nodes[i];
        if (other->event != EVENT_LINK || other->scope != node->scope || !str_eq(other->name.text, node->name.text))
            continue;
        if (other->kind != NODE_CATCH) continue;
        catching++;
        if (node->kind == NODE_THROW) node->to = (int)i;
    }
    if (catching != 1)
        bpmn_fault(l, node->xml, "the link \"" STR_FMT "\" has %d catching events",
                   STR_ARG(str_head(node->name.text, 60)), catching);
}

static void find_called(BpmnLoad *l, BpmnElement *node) {
    if (node->seen.called.n == 0) return;
    node->to = bpmn_find_process(l->p, node->seen.called);
    bool good = node->to >= 0 && l->p->nodes[node->to].start >= 0 &&
                l->p->nodes[l->p->nodes[node->to].start].event == EVENT_NONE;
    if (!good)
        bpmn_fault(l, node->xml, "it calls \"" STR_FMT "\", which is no process here with a plain start",
                   STR_ARG(str_head(node->seen.called, 60)));
}

/* ---- scopes ------------------------------------------------------------------------------------------------------ */

static void find_start(BpmnLoad *l, int at) {
    BpmnElement *node = &l->p->nodes[at], *scope = &l->p->nodes[node->scope];
    bool plain = node->event == EVENT_NONE, process = scope->kind == NODE_PROCESS;
    if (scope->triggered && plain) bpmn_fault(l, node->xml, "an event sub-process starts by an event");
    if (!process && !scope->triggered && !plain)
        bpmn_fault(l, node->xml, "a sub-process starts by a plain start event");
    bool thrown = node->event == EVENT_ERROR || node->event == EVENT_ESCALATION;
    if (process && thrown) bpmn_fault(l, node->xml, "a process is not started by this event");
    bool taken = scope->start >= 0 && (!process || (plain && l->p->nodes[scope->start].event == EVENT_NONE));
    if (taken) bpmn_fault(l, node->xml, "a second start event");
    if (scope->start < 0 || plain) scope->start = at;
}

/* Source: BPMN 2.0.2 §10.6.6. */
static void check_events(BpmnLoad *l, const BpmnElement *node) {
    bool messages = false, receives = false;
    if (str_is(xml_attr(node->xml, "instantiate"), "true")) bpmn_fault(l, node->xml, "a gateway that begins a process is not carried out");
    if (str_is(xml_attr(node->xml, "eventGatewayType"), "Parallel")) bpmn_fault(l, node->xml, "a gateway that waits for all its events is not carried out");
    if (node->n_out < 2 && !l->refused) bpmn_fault(l, node->xml, "an event-based gateway needs two events to wait for");
    for (size_t i = 0; i < node->n_out; i++) {
        const BpmnFlow *flow = &l->p->flows[node->out[i]];
        const BpmnElement *to = &l->p->nodes[flow->to];
        bool good = (to->kind == NODE_CATCH || to->kind == NODE_RECEIVE) && bpmn_waits_for(to) && to->n_in == 1 &&
                    to->boundary < 0;
        if (!good) bpmn_fault(l, flow->xml, "an event-based gateway leads to events that wait, and only it does");
        messages = messages || (to->kind == NODE_CATCH && to->event == EVENT_MESSAGE);
        receives = receives || to->kind == NODE_RECEIVE;
    }
    if (messages && receives) bpmn_fault(l, node->xml, "an event-based gateway has message events or receive tasks, not both");
}

static void check_gateway(BpmnLoad *l, const BpmnElement *node) {
    if (node->n_out == 0 && !l->refused) bpmn_fault(l, node->xml, "a gateway that leads nowhere");
    Str direction = xml_attr(node->xml, "gatewayDirection");
    bool parts = str_is(direction, "Diverging") && node->n_out < 2,
         meets = str_is(direction, "Converging") && node->n_in < 2;
    if (parts || meets)
        bpmn_fault(l, node->xml, "gatewayDirection is " STR_FMT ", but the flows are not", STR_ARG(direction));
    if (node->kind == NODE_EVENTS) check_events(l, node);
}

static bool has_end(const BpmnElement *node) {
    return xml_child(node->xml, "endEvent") != NULL;
}

/* A start event says where a scope begins; the elements of an ad-hoc one are picked. */
static void check_adhoc(BpmnLoad *l, const BpmnElement *node) {
    if (node->picked.text.n == 0)
        bpmn_fault(l, node->xml, "an adHocSubProcess needs zeebe:adHoc with activeElementsCollection");
    if (node->start >= 0) bpmn_fault(l, node->xml, "an adHocSubProcess has no start event");
    size_t at = (size_t)(node - l->p->nodes), first = 0;
    while (first < l->p->n_nodes && (l->p->nodes[first].scope != (int)at || !is_activity(&l->p->nodes[first]))) first++;
    if (first == l->p->n_nodes) bpmn_fault(l, node->xml, "an adHocSubProcess needs an activity");
    if (has_end(node)) bpmn_fault(l, node->xml, "an adHocSubProcess has no end event");
    if (str_is(xml_attr(node->xml, "ordering"), "Sequential"))
        bpmn_fault(l, node->xml, "an order of one after the other is not carried out");
}

/* ---- the same thing twice ------------------------------------------------------------------------------------------ */

static bool same_event(const BpmnElement *one, const BpmnElement *other) {
    bool named = one->event == EVENT_MESSAGE || one->event == EVENT_SIGNAL || one->event == EVENT_ERROR || one->event == EVENT_ESCALATION;
    return named && one->event == other->event && str_eq(one->name.text, other->name.text);
}

static void refuse_twice(BpmnLoad *l, const BpmnElement *one, const BpmnElement *other) {
    if (same_event(one, other))
        bpmn_fault(l, one->xml, "it waits for the same %s as " STR_FMT, str_c(l->a, one->seen.event), STR_ARG(other->seen.id));
}

static void check_chain(BpmnLoad *l, int first, bool handlers) {
    const BpmnElement *nodes = l->p->nodes;
    for (int i = first; i >= 0; i = nodes[i].next)
        for (int k = first; k != i; k = nodes[k].next) {
            int one = handlers ? nodes[i].start : i, other = handlers ? nodes[k].start : k;
            if (one >= 0 && other >= 0) refuse_twice(l, &nodes[one], &nodes[other]);
        }
}

/* Which of two events on one activity, starts of one process or handlers of one scope is meant would be a guess
 * (Source: Camunda 8.9, deployment). Cost: events × events of one activity or process. */
static void check_twice(BpmnLoad *l, const BpmnElement *node) {
    int at = (int)(node - l->p->nodes);
    check_chain(l, node->boundary, false);
    check_chain(l, node->handler, true);
    bool begins = node->kind == NODE_START && l->p->nodes[node->scope].kind == NODE_PROCESS;
    for (size_t i = 0; begins && i < (size_t)at; i++)
        if (l->p->nodes[i].kind == NODE_START && l->p->nodes[i].scope == node->scope) refuse_twice(l, node, &l->p->nodes[i]);
}

static void check_node(BpmnLoad *l, const BpmnElement *node) {
    bool scope = node->kind == NODE_PROCESS || node->kind == NODE_SUBPROCESS;
    bool begins = node->kind == NODE_START || node->kind == NODE_BOUNDARY;
    bool link = node->kind == NODE_CATCH && node->event == EVENT_LINK;
    if (scope && node->start < 0) bpmn_fault(l, node->xml, "no start event");
    bool undo = node->kind == NODE_BOUNDARY && node->event == EVENT_COMPENSATION;
    if ((begins || link) && node->n_out == 0 && !undo && !l->refused)
        bpmn_fault(l, node->xml, "a " STR_FMT " that leads nowhere", STR_ARG(node->seen.type));
    if (node->undoes && (node->n_in > 0 || node->n_out > 0 || node->triggered))
        bpmn_fault(l, node->xml, "an activity for compensation stands outside all flows");
    if (node->kind == NODE_RECEIVE && node->n_in > 0 && str_is(xml_attr(node->xml, "instantiate"), "true"))
        bpmn_fault(l, node->xml, "a receiveTask that begins a process has no incoming flow");
    if (node->kind == NODE_ADHOC) check_adhoc(l, node);
    /* Source: BPMN 2.0.2 §10.5.3: where there is a start event, there must be an end event. */
    if (node->kind == NODE_SUBPROCESS && node->start >= 0 && !node->triggered && !has_end(node))
        bpmn_fault(l, node->xml, "a sub-process with a start event needs an end event: what is around it goes on when it ends");
    check_twice(l, node);
    if (node->kind >= NODE_EXCLUSIVE) check_gateway(l, node);
}

/* What throws may stand before what it means. */
static void link_compensation(BpmnLoad *l) {
    for (int throws = 0; throws < 2; throws++)
        for (size_t i = 0; i < l->p->n_nodes; i++) {
            const BpmnElement *node = &l->p->nodes[i];
            l->file = node->file;
            if (node->event != EVENT_COMPENSATION || (node->kind == NODE_BOUNDARY) == (throws == 1)) continue;
            if (throws == 1)
                bpmn_link_throw(l, (int)i);
            else
                bpmn_link_undo(l, (int)i);
        }
}

void bpmn_link(BpmnLoad *l) {
    BpmnProcess *p = l->p;
    join_flows(l);
    for (size_t i = 0; i < p->n_nodes; i++) {
        BpmnElement *node = &p->nodes[i];
        l->file = node->file;
        if (node->kind == NODE_BOUNDARY) attach(l, (int)i);
        if (node->kind == NODE_START) find_start(l, (int)i);
        if (node->triggered) chain(l, &p->nodes[node->scope].handler, (int)i);
        if (node->event == EVENT_LINK) find_link(l, (int)i);
        find_default(l, node);
        check_repeats(l, node, "incoming", node->in, node->n_in);
        check_repeats(l, node, "outgoing", node->out, node->n_out);
        check_conditions(l, node);
        check_timer(l, node);
    }
    link_compensation(l);
    for (size_t i = 0; i < p->n_nodes; i++) {
        l->file = p->nodes[i].file;
        find_called(l, &p->nodes[i]);
        check_node(l, &p->nodes[i]);
    }
    bpmn_reach(l);
}
