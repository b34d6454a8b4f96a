/* One case goes on under another version of its service: its process as room bpmn lets it, its answers checked by the new
 * form as on the day they were given, its clocks with every day that they have run. Pure: a case and a plan in, an event
 * or the reasons against it out. Nothing is decided anew, nothing begins and nothing ends. */
#include "case/migrate_in.h"

enum { MAX_CHANGES = 1000 };

typedef struct Crossing { /* one case on its way */
    const CasePlan *plan;     /* by which */
    const CaseRecord *before; /* the case */
    CaseChange *out;          /* what shall become true */
    CaseMisfits *misfits;     /* what is against it */
    Arena *a;                 /* of the change */
    Value answers;            /* as the new version has them */
    Value process;            /* its state there */
} Crossing;

void case_misfit(CaseMisfits *m, Str element, const char *code, Str text) {
    if (m->n < CASE_MISFITS) m->items[m->n++] = (BpmnMisfit){element, code, text};
}

/* ---- the plan ---------------------------------------------------------------------------------------------------------- */

static bool refuse(Err *err, Str element, const char *text) {
    err_set(err, ERR_INVALID, "case", "%s", text);
    err_element(err, element);
    return false;
}

static bool is_known(Str member) {
    static const char *const known[] = {"elements", "restart", "drop", "clocks"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_is(member, known[i])) return true;
    return false;
}

static bool is_texts(Value list) {
    bool good = value_is_null(list) || (list.kind == VALUE_LIST && list.size <= MAX_CHANGES);
    for (uint32_t i = 0; good && list.kind == VALUE_LIST && i < list.size; i++) good = list.u.list[i].kind == VALUE_STRING;
    return good;
}

static bool is_moves(Value elements) {
    bool good = value_is_null(elements) || (elements.kind == VALUE_CONTEXT && elements.size <= MAX_CHANGES);
    for (uint32_t i = 0; good && elements.kind == VALUE_CONTEXT && i < elements.size; i++) good = elements.u.ctx[i].value.kind == VALUE_STRING;
    return good;
}

bool case_check_changes(Value changes, Err *err) {
    Value clocks = value_get(changes, "clocks");
    Str word = value_get_str(changes, "clocks");
    if (!value_is_null(changes) && changes.kind != VALUE_CONTEXT) return refuse(err, STR("map"), "the map must be an object");
    for (uint32_t i = 0; changes.kind == VALUE_CONTEXT && i < changes.size; i++)
        if (!is_known(changes.u.ctx[i].key)) return refuse(err, changes.u.ctx[i].key, "a map has elements, restart, drop and clocks");
    if (!is_moves(value_get(changes, "elements"))) return refuse(err, STR("elements"), "this must be an object: old element to new");
    if (!is_texts(value_get(changes, "restart"))) return refuse(err, STR("restart"), "this must be a list of timer events");
    if (!is_texts(value_get(changes, "drop"))) return refuse(err, STR("drop"), "this must be a list of form keys");
    bool good = value_is_null(clocks) || str_is(word, "keep") || str_is(word, "recompute");
    return good || refuse(err, STR("clocks"), "this must be keep or recompute");
}

bool case_plan(const CaseMigration *order, const Pack *from, const Pack *to, Arena *a, CasePlan *out, Err *err) {
    assert(order && from && to && a && out);
    Value elements = value_get(order->changes, "elements"), restart = value_get(order->changes, "restart");
    size_t n_moves = elements.kind == VALUE_CONTEXT ? elements.size : 0, n_restart = restart.kind == VALUE_LIST ? restart.size : 0;
    BpmnMove *moves = NEW_ARRAY(a, BpmnMove, n_moves + 1);
    Str *timers = NEW_ARRAY(a, Str, n_restart + 1);
    for (size_t i = 0; i < n_moves; i++) moves[i] = (BpmnMove){elements.u.ctx[i].key, value_text(elements.u.ctx[i].value)};
    for (size_t i = 0; i < n_restart; i++) timers[i] = value_text(restart.u.list[i]);
    BpmnChanges changes = {.moves = moves, .n_moves = n_moves, .restart = timers, .n_restart = n_restart};
    *out = (CasePlan){.order = order, .from = from, .to = to};
    return bpmn_plan(from->process, to->process, &changes, a, &out->process, err);
}

/* ---- answers ------------------------------------------------------------------------------------------------------------ */

static bool is_dropped(const Crossing *x, Str key) {
    Value drop = value_get(x->plan->order->changes, "drop");
    for (uint32_t i = 0; drop.kind == VALUE_LIST && i < drop.size; i++)
        if (str_eq(value_text(drop.u.list[i]), key)) return true;
    return false;
}

static Value without_dropped(const Crossing *x) {
    Value answers = x->before->answers;
    ValueBuild b = {.a = x->a};
    if (value_is_null(value_get(x->plan->order->changes, "drop"))) return answers;
    for (uint32_t i = 0; i < answers.size; i++)
        if (!is_dropped(x, answers.u.ctx[i].key)) build_entry(&b, answers.u.ctx[i].key, answers.u.ctx[i].value);
    return build_ctx(&b);
}

/* What a person said is not left out because a form no longer asks for it, unless the order says so. */
static void tell_lost(Crossing *x) {
    Value answers = x->before->answers, kept;
    for (uint32_t i = 0; i < answers.size; i++) {
        Str key = answers.u.ctx[i].key;
        if (!value_find(x->answers, key, &kept) && !is_dropped(x, key))
            case_misfit(x->misfits, key, "answers", STR("the new form does not take this answer: name it in drop to leave it out"));
    }
}

/* By the new form, on the day of the application: a rule about today is not for answers of last month. */
static bool check_answers(Crossing *x, Err *err) {
    const Pack *to = x->plan->to;
    FeelRun run = case_run(x->a, x->before->created_us, case_office_offset(to));
    PaperFaults faults = {0};
    Value given = without_dropped(x), complete;
    TRY(case_complete(to, given, given, -1, &run, &complete, &faults, err));
    for (size_t i = 0; i < faults.n; i++)
        case_misfit(x->misfits, paper_fault_field(&faults.items[i], x->a), "answers", paper_fault_text(to->form, &faults.items[i], STR("en"), x->a));
    if (faults.n > 0) return true;
    TRY(case_plain(x->a, complete, &x->answers, err));
    tell_lost(x);
    return true;
}

/* ---- process, clocks, outcome --------------------------------------------------------------------------------------------- */

/* Variables that are answers follow them; what the process has set itself stays. */
static Value with_answers(const Crossing *x, Value state) {
    Value variables = value_get(state, "variables"), old, was;
    for (uint32_t i = 0; i < x->answers.size; i++) {
        ValueEntry e = x->answers.u.ctx[i];
        bool own = value_find(variables, e.key, &was) && !(value_find(x->before->answers, e.key, &old) && value_same(old, was));
        if (!own) variables = value_with(x->a, variables, e.key, e.value);
    }
    return value_with(x->a, state, STR("variables"), variables);
}

static bool cross_process(Crossing *x, bool same_answers, Err *err) {
    const CasePlan *plan = x->plan;
    FeelRun run = case_run(x->a, plan->order->now_us, case_office_offset(plan->to));
    ValueBuild given = {.a = x->a};
    BpmnMisfits found = {0};
    Value state = case_state_whole(plan->from, x->before->process, x->before->answers, x->a);
    build_c(&given, "calendar", value_get(plan->to->authority, "calendars"));
    if (!same_answers) state = with_answers(x, state);
    TRY(bpmn_migrate(plan->process, state, build_ctx(&given), &run, &x->process, &found, err));
    for (size_t i = 0; i < found.n; i++) case_misfit(x->misfits, found.items[i].element, found.items[i].code, found.items[i].text);
    return true;
}

static bool recomputes(const Crossing *x) { return str_is(value_get_str(x->plan->order->changes, "clocks"), "recompute"); }

static bool same_term(PackTerm x, PackTerm y) { return x.n == y.n && x.unit == y.unit && str_eq(x.calendar, y.calendar); }

/* A period that the law has set in motion neither vanishes nor changes with a version unless the order says so; it never
 * begins anew. */
static void check_clocks(Crossing *x) {
    Value clocks = x->before->clocks;
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) {
        Str id = value_get_str(clocks.u.list[i], "id");
        const PackClock *was = pack_clock(x->plan->from, id), *is = pack_clock(x->plan->to, id);
        if (case_clock_stopped(clocks.u.list[i])) continue;
        bool same = was && is && same_term(was->statutory, is->statutory) && same_term(was->promised, is->promised);
        if (!is) case_misfit(x->misfits, id, "clock", STR("this clock runs, and the new version has none of this name"));
        else if (!same && !recomputes(x)) case_misfit(x->misfits, id, "clock", STR("its period is another in the new version: say recompute"));
    }
}

static void check_outcome(Crossing *x) {
    Str outcomes[] = {x->before->proposed, x->before->outcome};
    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        if (outcomes[i].n > 0 && !pack_outcome(x->plan->to, outcomes[i]))
            case_misfit(x->misfits, outcomes[i], "outcome", STR("this outcome stands in the case, and the new version has no such outcome"));
}

static void add_event(Crossing *x, bool same_answers) {
    const CaseMigration *order = x->plan->order;
    const Pack *to = x->plan->to;
    FeelRun run = case_run(x->a, x->before->created_us, case_office_offset(to));
    ValueBuild b = {.a = x->a}, moved = {.a = x->a};
    int64_t occurred;
    build_c(&b, "from", value_str(x->before->pack_hash));
    build_c(&b, "to", value_str(to->hash));
    if (!value_is_null(order->changes)) build_c(&b, "changes", order->changes);
    build_c(&b, "reason", value_str(order->reason));
    if (order->law.n) build_c(&b, "law", value_str(order->law));
    build_c(&b, "by_name", value_str(order->who.name));
    build_c(&b, "office", value_str(order->who.office));
    if (!same_answers) build_c(&b, "answers", x->answers);
    if (to->has_history && pack_history_moment(&to->history, case_typed(to, x->answers, &run), &occurred)) build_c(&b, "occurred", value_int(occurred));
    case_state_tell(x->before->process, case_state_keep(to, x->process, x->answers, x->a), value_null(), &moved);
    build_c(&b, "moved", build_ctx(&moved));
    case_change_event(x->out, "migrated", build_ctx(&b));
}

static bool cross(Crossing *x, bool makes, Err *err) {
    TRY(check_answers(x, err));
    if (x->answers.kind != VALUE_CONTEXT) x->answers = x->before->answers; /* refused: the rest is told of them as they are */
    bool same_answers = value_same(x->answers, x->before->answers);
    TRY(cross_process(x, same_answers, err));
    check_clocks(x);
    check_outcome(x);
    if (x->misfits->n > 0 || !makes) return true;
    add_event(x, same_answers);
    return !recomputes(x) || case_clock_renew(x->plan->to, x->out, err);
}

void case_migrate(const CasePlan *plan, const CaseRecord *before, bool makes, CaseChange *out, CaseMisfits *misfits) {
    assert(plan && before && out && out->a && misfits);
    Crossing x = {.plan = plan, .before = before, .out = out, .misfits = misfits, .a = out->a, .answers = value_null()};
    Err trouble = {0};
    out->pack = plan->to;
    out->now_us = plan->order->now_us;
    out->after = *before;
    *misfits = (CaseMisfits){0};
    if (!cross(&x, makes, &trouble)) case_misfit(misfits, STR(""), "trouble", str_copy(out->a, str_of(trouble.text)));
}
