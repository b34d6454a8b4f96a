/* many: multi-instance. The activity's token becomes a body that holds one token per item, all at once
 * or one after the other; each sees its item and loopCounter. The body goes on when all are done or the
 * completion condition holds. */
#include "bpmn/bpmn_in.h"

enum { MANY_ITEMS = 500 }; /* most items: more would not fit into one step's elements */

static void begin_one(BpmnStep *s, int64_t body, int64_t number) {
    const BpmnElement *node = bpmn_at(s, body);
    Value items = value_get(bpmn_token(s, body)->details, "items");
    int64_t id = bpmn_spawn(s, bpmn_token(s, body)->node, body, -1);
    if (node->many.item.n > 0) bpmn_set_local(s, id, node->many.item, items.u.list[number - 1]);
    bpmn_set_local(s, id, STR("loopCounter"), value_int(number));
}

static void set_detail(BpmnStep *s, int64_t body, const char *key, Value v) {
    BpmnToken *t = bpmn_token(s, body);
    t->details = value_with(s->run->arena, t->details, str_of(key), v);
}

static void finish(BpmnStep *s, int64_t body) {
    const BpmnToken t = *bpmn_token(s, body);
    const BpmnMany *many = &s->p->nodes[t.node].many;
    if (many->results.n > 0) bpmn_set(s, t.scope, many->results, value_get(t.details, "results"));
    bpmn_leave(s, body);
}

void bpmn_begin_many(BpmnStep *s, int64_t id) {
    const BpmnMany *many = &bpmn_at(s, id)->many;
    Value items = bpmn_eval(s, id, &many->items);
    if (items.kind != VALUE_LIST || items.size > MANY_ITEMS) {
        bpmn_trouble(s, id, "no_items", STR(""), "the inputCollection gives no list of at most %d items", MANY_ITEMS);
        return;
    }
    Value *results = NEW_ARRAY(s->run->arena, Value, items.size);
    int64_t begin = many->sequential && items.size > 0 ? 1 : (int64_t)items.size;
    bpmn_token(s, id)->wait = WAIT_SCOPE;
    bpmn_token(s, id)->details = value_ctx(NULL, 0);
    set_detail(s, id, "items", items);
    set_detail(s, id, "results", value_list(results, items.size));
    set_detail(s, id, "begun", value_int(begin));
    set_detail(s, id, "done", value_int(0));
    for (int64_t i = 1; i <= begin; i++) begin_one(s, id, i);
    if (items.size == 0) finish(s, id);
}

static void keep_result(BpmnStep *s, int64_t id, int64_t body) {
    const BpmnMany *many = &bpmn_at(s, body)->many;
    if (many->results.n == 0) return;
    Value old = value_get(bpmn_token(s, body)->details, "results");
    int64_t number = value_get_int(bpmn_token(s, id)->vars, "loopCounter", 0);
    Value *results = NEW_ARRAY(s->run->arena, Value, old.size);
    for (size_t i = 0; i < old.size; i++) results[i] = old.u.list[i];
    if (number >= 1 && number <= (int64_t)old.size) results[number - 1] = bpmn_eval(s, id, &many->result);
    set_detail(s, body, "results", value_list(results, old.size));
}

/* The condition sees what the one that just ended saw, and how many there are. */
static bool is_over(BpmnStep *s, int64_t id, int64_t total, int64_t begun, int64_t done) {
    const BpmnMany *many = &bpmn_at(s, id)->many;
    if (many->until.code == NULL) return false;
    bpmn_set_local(s, id, STR("numberOfInstances"), value_int(total));
    bpmn_set_local(s, id, STR("numberOfActiveInstances"), value_int(begun - done));
    bpmn_set_local(s, id, STR("numberOfCompletedInstances"), value_int(done));
    bpmn_set_local(s, id, STR("numberOfTerminatedInstances"), value_int(0));
    return value_is_true(bpmn_eval(s, id, &many->until));
}

void bpmn_end_one(BpmnStep *s, int64_t id) {
    int64_t body = bpmn_token(s, id)->scope;
    Value details = bpmn_token(s, body)->details;
    int64_t total = (int64_t)value_get(details, "items").size, begun = value_get_int(details, "begun", 0);
    int64_t done = value_get_int(details, "done", 0) + 1;
    keep_result(s, id, body);
    bool over = is_over(s, id, total, begun, done);
    set_detail(s, body, "done", value_int(done));
    bpmn_done(s, id);
    if (over) bpmn_empty(s, body);
    if (over || done >= total) {
        finish(s, body);
    } else if (begun < total && bpmn_at(s, body)->many.sequential) {
        set_detail(s, body, "begun", value_int(begun + 1));
        begin_one(s, body, begun + 1);
    }
}
