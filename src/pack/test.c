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

static bool matched(const Pack *p, const PackProposal *proposal, Str rule) {
    for (size_t i = 0; i < proposal->trace.n; i++)
        for (size_t r = 0; r < proposal->trace.hits[i].n_rules; r++)
            if (str_eq(dmn_rule_id(p->model, proposal->trace.hits[i].table, proposal->trace.hits[i].rules[r]), rule))
                return true;
    return false;
}

static void mark(Tester *t, const DmnTrace *trace) {
    for (size_t i = 0; i < trace->n; i++)
        for (size_t r = 0; r < trace->hits[i].n_rules; r++)
            t->hit[trace->hits[i].table][trace->hits[i].rules[r]] = true;
}

/* What differs from the expectation; "" when nothing does. */
static Str difference(const Pack *p, Value expect, const PackProposal *proposal, Arena *a) {
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
        if (!matched(p, proposal, rule)) return str_printf(a, "rule " STR_FMT " did not match", STR_ARG(rule));
    }
    return STR("");
}

/* The answers as the form lets them through; *why says what it refuses. */
static bool through_form(const Pack *p, Value answers, FeelRun *run, Value *clean, Str *why) {
    PaperFaults faults = {0};
    paper_check(p->form, answers, run, clean, &faults);
    if (faults.n == 0) return true;
    *why = str_printf(run->arena, "the form refuses the answers: " STR_FMT,
                      STR_ARG(paper_fault_text(p->form, &faults.items[0], STR("en"), run->arena)));
    return false;
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
    mark(t, &proposal.trace);
    return difference(t->p, value_get(one, "expect"), &proposal, scratch);
}

static void count_rules(Tester *t, ValueBuild *unhit) {
    const DmnModel *m = t->p->model;
    for (size_t table = 0; table < dmn_tables(m); table++)
        for (size_t r = 0; r < dmn_rules(m, (int)table); r++) {
            t->counts.rules++;
            t->counts.rules_hit += t->hit[table][r];
            if (!t->hit[table][r]) build_item(unhit, value_str(dmn_rule_id(m, (int)table, (int)r)));
        }
}

bool pack_test(const Pack *p, int64_t now_us, Arena *a, PackTest *out, Err *err) {
    assert(p && p->model && p->form && a && out);
    if (p->cases.kind != VALUE_LIST) return err_set(err, ERR_INVALID, "pack", "The pack has no worked cases.");
    Tester t = {.p = p, .a = a, .now_us = now_us, .failures = {.a = a}};
    ValueBuild unhit = {.a = a};
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
    count_rules(&t, &unhit);
    t.counts.failures = build_list(&t.failures);
    t.counts.unhit = build_list(&unhit);
    *out = t.counts;
    return true;
}
