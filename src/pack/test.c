/* Runs a pack's worked cases: each goes through the form and the model like a real application, and what
 * no case has hit is counted. It must never call a case passed that could not run. */
#include "pack/pack_in.h"

typedef struct Tester {
    const Pack *p;       /* under test */
    Arena *a;            /* results */
    int64_t now_us;      /* the clock of every case */
    bool **hit;          /* table, rule: matched by some case */
    ValueBuild failures; /* {case, text} */
    PackTest counts;     /* passed, failed */
} Tester;

static void fail_case(Tester *t, Str name, Str text) {
    ValueBuild b = {.a = t->a};
    build_c(&b, "case", value_str(str_copy(t->a, name)));
    build_c(&b, "text", value_str(str_copy(t->a, text)));
    build_item(&t->failures, build_ctx(&b));
    t->counts.failed++;
}

enum { TRACES = 4 }; /* of the proposal, the pre-check, the checklist, the fees */

static bool matched(const Pack *p, const DmnTrace *traces, Str rule) {
    for (const DmnTrace *t = traces; t < traces + TRACES; t++)
        for (size_t i = 0; i < t->n; i++)
            for (size_t r = 0; r < t->hits[i].n_rules; r++)
                if (str_eq(dmn_rule_id(p->model, t->hits[i].table, t->hits[i].rules[r]), rule)) return true;
    return false;
}

static void mark(Tester *t, const DmnTrace *trace) {
    for (size_t i = 0; i < trace->n; i++)
        for (size_t r = 0; r < trace->hits[i].n_rules; r++)
            t->hit[trace->hits[i].table][trace->hits[i].rules[r]] = true;
}

/* What differs from the expectation; "" when nothing does. */
static Str difference(const Pack *p, Value expect, const PackProposal *proposal, const DmnTrace *traces, Arena *a) {
    Str outcome = value_get_str(expect, "outcome"), decided = pack_deciding_rule(p, proposal);
    Value rules = value_get(expect, "rules");
    if (!str_eq(outcome, proposal->outcome))
        return str_printf(a, "expected " STR_FMT ", the pack proposes " STR_FMT " by rule " STR_FMT, STR_ARG(outcome),
                          STR_ARG(proposal->outcome), STR_ARG(decided));
    for (uint32_t i = 0; rules.kind == VALUE_LIST && i < rules.size; i++) {
        Str rule = value_text(rules.u.list[i]);
        if (i == 0 && !str_eq(rule, decided))
            return str_printf(a, "expected rule " STR_FMT " to decide, rule " STR_FMT " did", STR_ARG(rule),
                              STR_ARG(decided));
        if (!matched(p, traces, rule)) return str_printf(a, "rule " STR_FMT " did not match", STR_ARG(rule));
    }
    return STR("");
}

/* The answers as the form lets them through; *why says what it refuses. */
static bool through_form(const Pack *p, Value answers, FeelRun *run, Value *clean, Str *why) {
    PaperFaults faults = {0};
    paper_check(p->form, value_null(), answers, run, clean, &faults);
    if (faults.n == 0) return true;
    *why = str_printf(run->arena, "the form refuses the answers: " STR_FMT,
                      STR_ARG(paper_fault_text(p->form, &faults.items[0], STR("en"), run->arena)));
    return false;
}

static Str list_text(Value list, Arena *a) {
    Buf b = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        Value one = list.u.list[i];
        if (i > 0) buf_c(&b, " ");
        buf_add(&b, one.kind == VALUE_STRING ? value_text(one) : value_get_str(one, "id"));
    }
    return buf_str(&b);
}

/* What a person would be told before applying, against what the case expects of it. */
static Str guide_difference(Value expect, Value guide, Arena *a) {
    Str result = value_get_str(expect, "result"), told = value_get_str(guide, "result");
    Value lines, fen, fee = value_get(value_get(guide, "fee"), "fen");
    if (result.n > 0 && !str_eq(result, told))
        return str_printf(a, "expected the pre-check to say " STR_FMT ", it says " STR_FMT, STR_ARG(result), STR_ARG(told));
    if (value_find(expect, STR("checklist"), &lines)) {
        Str want = list_text(lines, a), got = list_text(value_get(guide, "checklist"), a);
        if (!str_eq(want, got)) return str_printf(a, "expected the checklist " STR_FMT ", it is " STR_FMT, STR_ARG(want), STR_ARG(got));
    }
    if (value_find(expect, STR("fee"), &fen) && !value_same(fen, fee))
        return str_printf(a, "expected a fee of " STR_FMT " fen, it is " STR_FMT, STR_ARG(json_text(a, fen)), STR_ARG(json_text(a, fee)));
    return STR("");
}

/* Asks the decisions of the guide for their rules as well. Out: a trace of each. */
static bool try_guide(Tester *t, Value complete, Value expect, FeelRun *run, DmnTrace *traces, Str *why, Err *err) {
    const int decisions[] = {t->p->eligibility, t->p->checklist, t->p->fees};
    Value guide;
    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        traces[i] = (DmnTrace){.a = run->arena};
        if (decisions[i] < 0) continue;
        (void)dmn_decide(t->p->model, decisions[i], pack_inputs(t->p, complete, STR(""), run->arena), run, &traces[i]);
        mark(t, &traces[i]);
    }
    TRY(pack_guide(t->p, complete, run, &guide, err));
    *why = guide_difference(expect, guide, run->arena);
    return true;
}

/* Somebody who knows no more than the questions must get an answer too. */
static Str try_questions(const Pack *p, Value answers, FeelRun *run) {
    ValueBuild b = {.a = run->arena};
    Value one, out;
    PaperFaults faults = {0};
    Err err = {0};
    for (size_t i = 0; p->questions && i < paper_fields(p->questions); i++)
        if (value_find(answers, paper_key(p->questions, i), &one)) build_entry(&b, paper_key(p->questions, i), one);
    if (!p->questions) return STR("");
    if (!pack_precheck(p, build_ctx(&b), run, &faults, &out, &err)) return str_printf(run->arena, "the pre-check: " STR_FMT, STR_ARG(err_line(run->arena, &err)));
    if (faults.n == 0) return STR("");
    return str_printf(run->arena, "the pre-check refuses the answers: " STR_FMT, STR_ARG(paper_fault_text(p->questions, &faults.items[0], STR("en"), run->arena)));
}

static Str run_case(Tester *t, Value one, Arena *scratch) {
    FeelRun run = {.arena = scratch,
                   .fuel = FEEL_FUEL,
                   .now_us = t->now_us,
                   .offset = (int32_t)value_get_int(t->p->authority, "timezone_offset", 0)};
    Value clean, complete;
    PackProposal proposal;
    Str why = STR("");
    Err err = {0};
    if (!through_form(t->p, value_get(one, "answers"), &run, &clean, &why)) return why;
    if (!pack_complete(t->p, clean, &run, &complete, &err) ||
        !pack_propose(t->p, complete, value_get_str(one, "officer"), &run, &proposal, &err))
        return err_line(scratch, &err);
    DmnTrace traces[TRACES] = {proposal.trace};
    mark(t, &proposal.trace);
    if (!try_guide(t, complete, value_get(one, "expect"), &run, traces + 1, &why, &err)) return err_line(scratch, &err);
    if (why.n > 0) return why;
    why = try_questions(t->p, value_get(one, "answers"), &run);
    if (why.n > 0) return why;
    return difference(t->p, value_get(one, "expect"), &proposal, traces, scratch);
}

static void count_rules(Tester *t, ValueBuild *unhit, ValueBuild *common) {
    const DmnModel *m = t->p->model;
    for (size_t table = 0; table < dmn_tables(m); table++)
        for (size_t r = 0; r < dmn_rules(m, (int)table); r++) {
            if (!pack_own_table(t->p, table)) {
                build_entry(common, dmn_rule_id(m, (int)table, (int)r), value_bool(t->hit[table][r]));
                continue;
            }
            t->counts.rules++;
            t->counts.rules_hit += t->hit[table][r];
            if (!t->hit[table][r]) build_item(unhit, value_str(dmn_rule_id(m, (int)table, (int)r)));
        }
}

bool pack_test(const Pack *p, int64_t now_us, Arena *a, PackTest *out, Err *err) {
    assert(p && p->model && p->form && a && out);
    if (p->cases.kind != VALUE_LIST) return err_set(err, ERR_INVALID, "pack", "The pack has no worked cases.");
    Tester t = {.p = p, .a = a, .now_us = now_us, .failures = {.a = a}};
    ValueBuild unhit = {.a = a}, common = {.a = a};
    Arena *scratch = arena_new(0);
    t.hit = NEW_ARRAY(a, bool *, dmn_tables(p->model) + 1);
    for (size_t table = 0; table < dmn_tables(p->model); table++)
        t.hit[table] = NEW_ARRAY(a, bool, dmn_rules(p->model, (int)table) + 1);
    for (uint32_t i = 0; i < p->cases.size; i++) {
        Value one = p->cases.u.list[i];
        Str why = run_case(&t, one, scratch);
        if (why.n > 0)
            fail_case(&t, value_get_str(one, "name"), why);
        else
            t.counts.passed++;
        arena_reset(scratch);
    }
    arena_free(scratch);
    count_rules(&t, &unhit, &common);
    t.counts.failures = build_list(&t.failures);
    t.counts.unhit = build_list(&unhit);
    t.counts.common = build_ctx(&common);
    *out = t.counts;
    return true;
}
