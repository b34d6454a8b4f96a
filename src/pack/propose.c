/* From answers to a proposal: fills what was left out, runs the model, says which rule decided and why.
 * It proposes only; it must never invent an outcome that the model did not give. */
#include "pack/pack_in.h"

#define DAY_US INT64_C(86400000000)

/* ---- answers as inputs ------------------------------------------------------------------------------- */
Value pack_typed(Arena *a, Value v, const FeelType *type) {
    Value typed;
    if (v.kind != VALUE_STRING) return v;
    Str text = value_text(v);
    switch (type->kind) {
    case FEEL_DATE:
        return date_parse(text, &typed) ? typed : v;
    case FEEL_TIME:
        return date_parse_time(a, text, &typed) ? typed : v;
    case FEEL_DATETIME:
        return date_parse_datetime(a, text, &typed) ? typed : v;
    case FEEL_DAYTIME:
    case FEEL_MONTHS:
        return date_parse_duration(text, &typed) ? typed : v;
    default:
        return v;
    }
}

/* The run's clock as local civil time: what a clerk's watch shows, comparable with times typed in a form. */
static Value local_now(const FeelRun *run) {
    Value now = date_from_unix_us(run->arena, run->now_us, run->offset);
    ValueTime *time = NEW(run->arena, ValueTime);
    *time = *now.u.time;
    time->form = ZONE_LOCAL;
    time->offset = 0;
    now.u.time = time;
    return now;
}

/* The day on which parameters are looked up: that of `at`, as written. */
static int64_t day_in_force(const Pack *p, const Value *slots, Value now) {
    int at = pack_field(p, STR("at"));
    Value v = at < 0 ? value_null() : slots[at];
    if (v.kind == VALUE_DATE) return v.u.i;
    return v.kind == VALUE_DATETIME ? v.u.time->days : now.u.time->days;
}

int64_t pack_day(const Pack *p, Value complete, const FeelRun *run) {
    return day_in_force(p, pack_answer_slots(p, complete, 0, run->arena), local_now(run));
}

static Value parameters_on(const Pack *p, int64_t day, Arena *a) {
    const PackInside *in = p->inside;
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < in->n_parameters; i++)
        if (in->parameters[i].from <= day && day <= in->parameters[i].to)
            build_entry(&b, in->parameters[i].name, in->parameters[i].value);
    return build_ctx(&b);
}

Value *pack_answer_slots(const Pack *p, Value answers, size_t more, Arena *a) {
    size_t n = paper_fields(p->form);
    Value *slots = NEW_ARRAY(a, Value, n + more);
    for (size_t i = 0; i < n; i++) (void)value_find(answers, paper_key(p->form, i), &slots[i]);
    return slots;
}

bool pack_spent(const FeelRun *run, Err *err) {
    if (run->fuel > 0 && !arena_full(run->arena)) return false;
    err_set(err, ERR_LIMIT, "pack", "The calculation took more steps or memory than it may.");
    return true;
}

bool pack_complete(const Pack *p, Value answers, FeelRun *run, Value *complete, Err *err) {
    assert(p && p->form && run && run->arena && complete);
    const PackInside *in = p->inside;
    size_t n = paper_fields(p->form);
    Value *slots = pack_answer_slots(p, answers, 2, run->arena), now = local_now(run), all = answers;
    FeelFrame frame = {.slots = slots};
    for (size_t i = 0; i < in->n_derive; i++) {
        size_t field = in->derive[i].field;
        if (!value_is_null(slots[field])) continue;
        slots[n] = now;
        slots[n + 1] = parameters_on(p, day_in_force(p, slots, now), run->arena);
        slots[field] = feel_eval(run, in->derive[i].code, &frame);
        if (pack_spent(run, err)) return false;
        all = value_with(run->arena, all, paper_key(p->form, field), slots[field]);
    }
    *complete = all;
    return true;
}

bool pack_history_applies(const Pack *p, Value answers, Value values, Str outcome, FeelRun *run, bool *out, Err *err) {
    assert(p && p->has_history && p->model && run && run->arena && out);
    if (!p->inside->when) {
        *out = true;
        return true;
    }
    size_t n = paper_fields(p->form), tables = dmn_tables(p->model);
    Value *slots = pack_answer_slots(p, answers, tables + 2, run->arena);
    for (size_t t = 0; t < tables; t++) (void)value_find(values, dmn_table_name(p->model, (int)t), &slots[n + t]);
    slots[n + tables] = value_get(values, "proposal");
    slots[n + tables + 1] = value_str(outcome);
    Value counts = feel_eval(run, p->inside->when, &(FeelFrame){.slots = slots});
    if (pack_spent(run, err)) return false;
    *out = value_is_true(counts);
    return true;
}

/* ---- the proposal --------------------------------------------------------------------------------------- */
/* The hit of the table that the proposal names as deciding. */
static bool find_deciding(PackProposal *out, Str table, Err *err) {
    for (size_t i = 0; i < out->trace.n; i++)
        if (str_eq(out->trace.hits[i].decision, table) && out->trace.hits[i].n_rules > 0) {
            out->deciding = i;
            return true;
        }
    return err_set(err, ERR_INVALID, "pack",
                   "The model says that table \"" STR_FMT "\" decided, but no rule of it matched.", STR_ARG(table));
}

static Value values_of(const DmnTrace *trace, Value proposal, Arena *a) {
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < trace->n; i++) {
        Value seen;
        if (!value_find(build_ctx(&b), trace->hits[i].decision, &seen))
            build_entry(&b, trace->hits[i].decision, trace->hits[i].output);
    }
    build_c(&b, "proposal", proposal);
    return build_ctx(&b);
}

bool pack_decide(const Pack *p, const Value *inputs, FeelRun *run, PackProposal *out, Err *err) {
    assert(p && p->model && p->decision >= 0 && inputs && run && run->arena && out);
    PackProposal made = {.trace = {.a = run->arena}};
    Value result = dmn_decide(p->model, p->decision, inputs, run, &made.trace);
    if (pack_spent(run, err)) return false;
    made.outcome = value_get_str(result, "outcome");
    if (made.outcome.n == 0) {
        Str why = result.kind == VALUE_NULL && result.u.cause ? result.u.cause->text : STR("it has no outcome");
        return err_set(err, ERR_INVALID, "pack", "The model proposes nothing: " STR_FMT ".", STR_ARG(why));
    }
    if (!pack_outcome(p, made.outcome))
        return err_set(err, ERR_INVALID, "pack", "The model proposes \"" STR_FMT "\", which pack.json does not list.",
                       STR_ARG(made.outcome));
    TRY(find_deciding(&made, value_get_str(result, "table"), err));
    made.values = values_of(&made.trace, result, run->arena);
    *out = made;
    return true;
}

bool pack_given(const Pack *p, Str input) { return str_is(input, "calendar") && (!p->form || pack_field(p, input) < 0); }

/* Missing answers are null; what a kept record wrote as text is a date again. */
Value *pack_inputs(const Pack *p, Value complete, Str officer_outcome, Arena *a) {
    size_t n = dmn_input_count(p->model);
    Value *inputs = NEW_ARRAY(a, Value, n + 1);
    for (size_t i = 0; i < n; i++) {
        Str name = dmn_input_name(p->model, (int)i);
        if (p->officer_outcome.n > 0 && str_eq(name, p->officer_outcome))
            inputs[i] = officer_outcome.n > 0 ? value_str(officer_outcome) : value_null();
        else if (value_find(complete, name, &inputs[i]))
            inputs[i] = pack_typed(a, inputs[i], dmn_input_type(p->model, (int)i));
        else if (pack_given(p, name))
            inputs[i] = value_get(p->authority, "calendars");
    }
    return inputs;
}

bool pack_propose(const Pack *p, Value complete, Str officer_outcome, FeelRun *run, PackProposal *out, Err *err) {
    assert(p && p->model && run && run->arena && out);
    return pack_decide(p, pack_inputs(p, complete, officer_outcome, run->arena), run, out, err);
}

/* ---- what a proposal says --------------------------------------------------------------------------------- */
static const DmnHit *deciding(const PackProposal *proposal) {
    assert(proposal->deciding < proposal->trace.n);
    return &proposal->trace.hits[proposal->deciding];
}

Str pack_deciding_rule(const Pack *p, const PackProposal *proposal) {
    const DmnHit *hit = deciding(proposal);
    return dmn_rule_id(p->model, hit->table, hit->rules[0]);
}

Str pack_deciding_articles(const Pack *p, const PackProposal *proposal) {
    const DmnHit *hit = deciding(proposal);
    return dmn_rule_note(p->model, hit->table, hit->rules[0], STR("Law"));
}

Value pack_refs(Str citation, Arena *a) {
    ValueBuild b = {.a = a};
    for (Str ref = pack_next_ref(&citation); ref.n > 0; ref = pack_next_ref(&citation)) build_item(&b, value_str(ref));
    return build_list(&b);
}

void pack_record_hit(const Pack *p, const DmnHit *hit, bool decides, Arena *a, ValueBuild *rules) {
    for (size_t r = 0; r < hit->n_rules; r++) {
        ValueBuild b = {.a = a};
        build_c(&b, "table", value_str(hit->decision));
        build_c(&b, "rule", value_str(dmn_rule_id(p->model, hit->table, hit->rules[r])));
        build_c(&b, "articles", pack_refs(dmn_rule_note(p->model, hit->table, hit->rules[r], STR("Law")), a));
        build_c(&b, "decides", value_bool(decides && r == 0));
        build_item(rules, build_ctx(&b));
    }
}

Value pack_proposal_record(const Pack *p, Value complete, const PackProposal *proposal, Arena *a) {
    assert(p && p->model && proposal && a);
    ValueBuild record = {.a = a}, rules = {.a = a};
    pack_record_hit(p, deciding(proposal), true, a, &rules);
    for (size_t i = 0; i < proposal->trace.n; i++)
        if (i != proposal->deciding) pack_record_hit(p, &proposal->trace.hits[i], false, a, &rules);
    build_c(&record, "model", value_str(dmn_hash(p->model)));
    build_c(&record, "inputs", complete);
    build_c(&record, "outcome", value_str(proposal->outcome));
    build_c(&record, "rules", build_list(&rules));
    build_c(&record, "values", proposal->values);
    return value_copy(a, build_ctx(&record));
}
