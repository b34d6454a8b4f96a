/* Before applying: a decision answers a few questions with a result, another lists what to bring, a third what to pay.
 * The pack names the decisions; this asks them and puts names, amounts and days to what they say. It must never add a
 * line or an amount that no rule gave. */
#include <string.h>

#include "pack/pack_in.h"

#define FILE_NAME STR("pack.json")
enum { QUESTIONS_MIN = 1, QUESTIONS_MAX = 8, DEPTH_MAX = 8 };

static const PackKey PRECHECK[] = {{"questions", PACK_TEXTS, false}, {"decision", PACK_NAME, false}, {"results", PACK_LIST, false}};
static const PackKey RESULT[] = {{"code", PACK_NAME, false}, {"eligible", PACK_FLAG, false}};
static const PackKey CHECKLIST[] = {{"decision", PACK_NAME, false}};
static const PackKey FEES[] = {{"decision", PACK_NAME, false}, {"items", PACK_LIST, false}, {"before", PACK_NAME, true}};
static const PackKey FEE[] = {
    {"id", PACK_NAME, false},        {"name", PACK_PAIR, false},      {"fen", PACK_ANY, false},        {"valid_from", PACK_DATE, false},
    {"valid_to", PACK_DATE, true},   {"source", PACK_NAME, false},    {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false},
    {"note", PACK_PAIR, true},
};

/* ---- loading --------------------------------------------------------------------------------------------- */
static int find_decision(PackCompile *c, Str at, Value v) {
    Str name = value_get_str(v, "decision");
    int found = c->pack->model && name.n > 0 ? dmn_find(c->pack->model, DMN_DECISION, name) : -1;
    if (found < 0 && c->pack->model) pack_fault(c, FILE_NAME, at, "The model has no decision " STR_FMT ".", STR_ARG(name));
    return found;
}

static bool asked(Value questions, Str key) {
    for (uint32_t i = 0; i < questions.size; i++)
        if (str_eq(value_text(questions.u.list[i]), key)) return true;
    return false;
}

/* The form with nothing but the questions and the groups around them. */
static Value only_questions(PackCompile *c, Value form, Value questions, int depth) {
    Value list = value_get(form, "components");
    ValueBuild out = {.a = c->a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && depth < DEPTH_MAX && i < list.size; i++) {
        Value one = list.u.list[i], inside = value_get(one, "components");
        if (inside.kind == VALUE_LIST) {
            one = only_questions(c, one, questions, depth + 1);
            if (value_get(one, "components").size > 0) build_item(&out, one);
        } else if (asked(questions, value_get_str(one, "key")))
            build_item(&out, one);
    }
    return value_with(c->a, form, STR("components"), build_list(&out));
}

static void load_questions(PackCompile *c, Value questions) {
    if (questions.size < QUESTIONS_MIN || questions.size > QUESTIONS_MAX)
        pack_fault(c, FILE_NAME, STR("/precheck/questions"), "A pre-check has %d to %d questions.", QUESTIONS_MIN, QUESTIONS_MAX);
    if (!c->pack->form) return;
    for (uint32_t i = 0; i < questions.size; i++)
        if (pack_field(c->pack, value_text(questions.u.list[i])) < 0)
            pack_fault(c, FILE_NAME, pack_at_item(c->a, STR("/precheck/questions"), i), "The form has no field " STR_FMT ".",
                       STR_ARG(value_text(questions.u.list[i])));
    Str json = json_text(c->a, only_questions(c, c->form_json, questions, 0));
    /* A condition on a question may use other questions only: what it misses is a fault of this smaller form. */
    if (!paper_load(STR("pre-check"), json, c->a, c->faults, &c->pack->questions)) c->pack->questions = NULL;
}

static void load_results(PackCompile *c, Value list) {
    Pack *p = c->pack;
    p->results = NEW_ARRAY(c->a, PackResult, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) {
        Str at = pack_at_item(c->a, STR("/precheck/results"), i);
        if (pack_shape(c, FILE_NAME, at, list.u.list[i], RESULT, COUNT_OF(RESULT)))
            p->results[p->n_results++] = (PackResult){value_get_str(list.u.list[i], "code"), value_get_bool(list.u.list[i], "eligible", false)};
    }
}

static void load_precheck(PackCompile *c) {
    Value v;
    if (!value_find(c->pack->json, STR("precheck"), &v) || !pack_shape(c, FILE_NAME, STR("/precheck"), v, PRECHECK, COUNT_OF(PRECHECK))) return;
    c->pack->eligibility = find_decision(c, STR("/precheck/decision"), v);
    load_results(c, value_get(v, "results"));
    load_questions(c, value_get(v, "questions"));
}

static void load_fees(PackCompile *c) {
    Value v;
    if (!value_find(c->pack->json, STR("fees"), &v) || !pack_shape(c, FILE_NAME, STR("/fees"), v, FEES, COUNT_OF(FEES))) return;
    c->pack->fees = find_decision(c, STR("/fees/decision"), v);
    c->pack->fees_before = value_get_str(v, "before");
    if (c->pack->fees_before.n > 0 && !str_is(c->pack->fees_before, "acceptance") && !str_is(c->pack->fees_before, "decision"))
        pack_fault(c, FILE_NAME, STR("/fees/before"), "Fees are paid before acceptance or decision.");
    c->inside->n_fees = pack_load_periods(c, value_get(v, "items"), STR("/fees/items"), "id", NULL, FEE, COUNT_OF(FEE), &c->inside->fees);
    for (size_t i = 0; i < c->inside->n_fees; i++)
        if (value_get_int(c->inside->fees[i].value, "fen", -1) < 0)
            pack_fault(c, FILE_NAME, pack_at(c->a, STR("/fees/items"), c->inside->fees[i].name), "An amount is a whole number of fen.");
}

/* Keys of fields inside groups whose custom property `audience` is `staff`. */
static void find_staff(PackCompile *c, Value form, bool staff, ValueBuild *keys, int depth) {
    Value list = value_get(form, "components");
    staff = staff || str_is(value_get_str(value_get(form, "properties"), "audience"), "staff");
    for (uint32_t i = 0; list.kind == VALUE_LIST && depth < DEPTH_MAX && i < list.size; i++) {
        Value one = list.u.list[i];
        Str key = value_get_str(one, "key");
        if (staff && key.n > 0) build_item(keys, value_str(key));
        find_staff(c, one, staff, keys, depth + 1);
    }
}

void pack_load_guide(PackCompile *c) {
    Value v;
    ValueBuild staff = {.a = c->a};
    load_precheck(c);
    if (value_find(c->pack->json, STR("checklist"), &v) && pack_shape(c, FILE_NAME, STR("/checklist"), v, CHECKLIST, COUNT_OF(CHECKLIST)))
        c->pack->checklist = find_decision(c, STR("/checklist/decision"), v);
    load_fees(c);
    find_staff(c, c->form_json, false, &staff, 0);
    c->pack->staff = build_list(&staff);
}

Value pack_fee(const Pack *p, Str id, int64_t date) {
    assert(p);
    for (size_t i = 0; i < p->inside->n_fees; i++) {
        const PackParameter *one = &p->inside->fees[i];
        if (str_eq(one->name, id) && one->from <= date && date <= one->to) return one->value;
    }
    return value_null();
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */
typedef struct Guide { /* one person's question on its way */
    const Pack *p;       /* the service */
    const Value *inputs; /* of the model, in slot order */
    int64_t day;         /* on which amounts are looked up */
    FeelRun *run;        /* fuel, clock, memory */
    DmnTrace trace;      /* of the decision just asked */
} Guide;

static bool ask(Guide *g, int decision, Value *out, Err *err) {
    g->trace = (DmnTrace){.a = g->run->arena};
    *out = dmn_decide(g->p->model, decision, g->inputs, g->run, &g->trace);
    return !pack_spent(g->run, err);
}

/* No rule matched is an empty list; any other null is a fault of the model that must not pass for one. */
static bool need_list(Value result, const char *what, Err *err) {
    const ValueCause *cause = result.kind == VALUE_NULL ? result.u.cause : NULL;
    if (result.kind == VALUE_LIST || (cause && strcmp(cause->kind, "no_rule") == 0)) return true;
    Str why = cause ? cause->text : str_of(value_kind_name(result.kind));
    return err_set(err, ERR_INVALID, "pack", "The model gives no list of %s: " STR_FMT ".", what, STR_ARG(why));
}

/* Which of the hit's rules gave item i of its output: a collecting table gives them in the same order. */
static Value refs_of(const Guide *g, const DmnHit *hit, uint32_t i) {
    size_t rule = hit->n_rules == hit->output.size ? i : 0;
    return pack_refs(dmn_rule_note(g->p->model, hit->table, hit->rules[rule], STR("Law")), g->run->arena);
}

static Value entry_of(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

/* ---- what to bring */
static bool add_line(Guide *g, Value line, Value refs, ValueBuild *lines, Err *err) {
    Arena *a = g->run->arena;
    Str id = value_get_str(line, "evidence");
    Value type = entry_of(value_get(g->p->json, "evidence"), id);
    for (size_t i = 0; i < lines->n; i++)
        if (str_eq(value_get_str(lines->u.items[i], "id"), id)) return true; /* an earlier rule has asked for it */
    if (value_is_null(type))
        return err_set(err, ERR_INVALID, "pack", "The checklist asks for \"" STR_FMT "\", which pack.json does not list as evidence.", STR_ARG(id));
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_str(id));
    build_c(&b, "zh", value_get(type, "zh"));
    build_c(&b, "en", value_get(type, "en"));
    build_c(&b, "needed", value_get(line, "needed"));
    build_c(&b, "group", value_get(line, "group"));
    build_c(&b, "copies", value_get(line, "copies"));
    build_c(&b, "accept", value_get(type, "accept"));
    build_c(&b, "max_bytes", value_get(type, "max_bytes"));
    build_c(&b, "exempt", value_get(type, "exempt"));
    build_c(&b, "articles", refs);
    build_item(lines, build_ctx(&b));
    return true;
}

/* The law of a line: that of the rule which gave it, in whatever table the decision asked. */
static Value line_refs(const Guide *g, Str id) {
    for (size_t i = 0; i < g->trace.n; i++) {
        const DmnHit *hit = &g->trace.hits[i];
        for (uint32_t k = 0; hit->output.kind == VALUE_LIST && k < hit->output.size; k++)
            if (str_eq(value_get_str(hit->output.u.list[k], "evidence"), id)) return refs_of(g, hit, k);
    }
    return value_list(NULL, 0);
}

static bool ask_checklist(Guide *g, Value *out, Err *err) {
    ValueBuild lines = {.a = g->run->arena};
    Value result = value_null();
    if (g->p->checklist >= 0) TRY(ask(g, g->p->checklist, &result, err) && need_list(result, "checklist", err));
    for (uint32_t i = 0; result.kind == VALUE_LIST && i < result.size; i++) {
        Value line = result.u.list[i];
        TRY(add_line(g, line, line_refs(g, value_get_str(line, "evidence")), &lines, err));
    }
    *out = build_list(&lines);
    return true;
}

/* ---- what to pay */
/* Out: what the line costs, -1 when nothing is in force. */
static int64_t add_fee(Guide *g, Str id, Value refs, ValueBuild *items) {
    Value item = pack_fee(g->p, id, g->day);
    int64_t fen = value_get_int(item, "fen", -1);
    ValueBuild b = {.a = g->run->arena};
    build_c(&b, "id", value_str(id));
    build_c(&b, "name", value_get(item, "name"));
    build_c(&b, "fen", fen < 0 ? value_null() : value_int(fen));
    build_c(&b, "source", value_get(item, "source"));
    build_c(&b, "checked_on", value_get(item, "checked_on"));
    build_c(&b, "checked_by", value_get(item, "checked_by"));
    build_c(&b, "articles", refs);
    build_item(items, build_ctx(&b));
    return fen;
}

static bool ask_fees(Guide *g, Value *out, Err *err) {
    ValueBuild items = {.a = g->run->arena}, b = {.a = g->run->arena};
    int64_t sum = 0;
    bool known = true;
    Value result = value_null();
    if (g->p->fees >= 0) TRY(ask(g, g->p->fees, &result, err) && need_list(result, "fees", err));
    for (size_t i = 0; g->p->fees >= 0 && i < g->trace.n; i++) {
        const DmnHit *hit = &g->trace.hits[i];
        if (!str_eq(hit->decision, dmn_decision_name(g->p->model, g->p->fees))) continue;
        for (uint32_t k = 0; hit->output.kind == VALUE_LIST && k < hit->output.size; k++) {
            Value one = hit->output.u.list[k];
            if (one.kind != VALUE_STRING) continue;
            int64_t fen = add_fee(g, value_text(one), refs_of(g, hit, k), &items);
            known = known && fen >= 0;
            sum += fen >= 0 ? fen : 0;
        }
    }
    build_c(&b, "fen", known ? value_int(sum) : value_null());
    build_c(&b, "items", build_list(&items));
    *out = build_ctx(&b);
    return true;
}

/* ---- how long */
static Value term(Arena *a, PackTerm t) {
    ValueBuild b = {.a = a};
    if (!t.set) return value_null();
    build_c(&b, "n", value_int(t.n));
    build_c(&b, "unit", value_c(t.unit == CALENDAR_WORKING ? "working" : "calendar"));
    return build_ctx(&b);
}

static Value clocks(const Pack *p, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < p->n_clocks; i++) {
        ValueBuild b = {.a = a}, name = {.a = a};
        build_c(&name, "zh", value_str(p->clocks[i].zh));
        build_c(&name, "en", value_str(p->clocks[i].en));
        build_c(&b, "id", value_str(p->clocks[i].id));
        build_c(&b, "name", build_ctx(&name));
        build_c(&b, "statutory", term(a, p->clocks[i].statutory));
        build_c(&b, "promised", term(a, p->clocks[i].promised));
        build_c(&b, "articles", p->clocks[i].law);
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- may I */
static const PackResult *result_named(const Pack *p, Str code) {
    for (size_t i = 0; i < p->n_results; i++)
        if (str_eq(p->results[i].code, code)) return &p->results[i];
    return NULL;
}

static bool ask_eligibility(Guide *g, ValueBuild *b, Err *err) {
    Value result;
    ValueBuild rules = {.a = g->run->arena};
    if (g->p->eligibility < 0) return true;
    TRY(ask(g, g->p->eligibility, &result, err));
    Str code = result.kind == VALUE_STRING ? value_text(result) : value_get_str(result, "result");
    const PackResult *known = result_named(g->p, code);
    if (!known) {
        Str why = result.kind == VALUE_NULL && result.u.cause ? result.u.cause->text : code;
        return err_set(err, ERR_INVALID, "pack", "The pre-check gives none of the results in pack.json: " STR_FMT ".", STR_ARG(why));
    }
    /* The table of the decision itself decides; those that it asked come after it. */
    for (size_t i = g->trace.n; i-- > 0;) pack_record_hit(g->p, &g->trace.hits[i], i + 1 == g->trace.n, g->run->arena, &rules);
    build_c(b, "result", value_str(code));
    build_c(b, "eligible", value_bool(known->eligible));
    build_c(b, "rules", build_list(&rules));
    return true;
}

static bool guide(Guide *g, Value *out, Err *err) {
    ValueBuild b = {.a = g->run->arena};
    Value checklist, fee;
    TRY(ask_eligibility(g, &b, err));
    TRY(ask_checklist(g, &checklist, err));
    TRY(ask_fees(g, &fee, err));
    build_c(&b, "checklist", checklist);
    build_c(&b, "fee", fee);
    build_c(&b, "clocks", clocks(g->p, g->run->arena));
    *out = build_ctx(&b);
    return true;
}

static Guide guide_for(const Pack *p, Value complete, FeelRun *run) {
    return (Guide){.p = p, .inputs = pack_inputs(p, complete, STR(""), run->arena), .run = run, .day = pack_day(p, complete, run)};
}

bool pack_guide(const Pack *p, Value complete, FeelRun *run, Value *out, Err *err) {
    assert(p && p->model && run && run->arena && out);
    Guide g = guide_for(p, complete, run);
    return guide(&g, out, err);
}

bool pack_fees(const Pack *p, Value complete, FeelRun *run, Value *out, Err *err) {
    assert(p && p->model && run && run->arena && out);
    Guide g = guide_for(p, complete, run);
    return ask_fees(&g, out, err);
}

bool pack_precheck(const Pack *p, Value answers, FeelRun *run, PaperFaults *faults, Value *out, Err *err) {
    assert(p && p->questions && run && run->arena && faults && out);
    Value clean, complete;
    paper_check(p->questions, value_null(), answers, run, &clean, faults);
    if (faults->n > 0) return true;
    TRY(pack_complete(p, clean, run, &complete, err));
    return pack_guide(p, complete, run, out, err);
}
