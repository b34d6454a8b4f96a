/* Every name points somewhere: form keys, inputs, decisions, rules, outcomes, articles, letters, forms. A
 * name that points nowhere would show only when a person needs it. */
#include "pack/pack_in.h"

#define MANIFEST STR("pack.json")
#define CASES    STR("cases.json")
#define LAW      STR("law.json")

static Str model_file(const PackCompile *c) {
    return pack_named(c, "decisions", STR("decide.dmn"));
}

static void need_field(PackCompile *c, Str file, Str at, Str key) {
    if (c->pack->form && key.n > 0 && pack_field(c->pack, key) < 0)
        pack_fault(c, file, at, "The form has no field " STR_FMT ".", STR_ARG(key));
}

static void need_outcome(PackCompile *c, Str file, Str at, Str code) {
    if (c->pack->n_outcomes > 0 && !pack_outcome(c->pack, code))
        pack_fault(c, file, at, "pack.json lists no outcome " STR_FMT ".", STR_ARG(code));
}

static void need_rule(PackCompile *c, Str file, Str at, Str rule) {
    if (c->pack->model && pack_rules_named(c->pack, rule) == 0)
        pack_fault(c, file, at, "No table has a rule " STR_FMT ".", STR_ARG(rule));
}

/* ---- pack.json ------------------------------------------------------------------------------------ */
static void need_fields(PackCompile *c, Str at, Value keys) {
    for (uint32_t i = 0; i < keys.size; i++) {
        Value key = keys.u.list[i];
        if (key.kind == VALUE_STRING) need_field(c, MANIFEST, pack_at_item(c->a, at, i), value_text(key));
    }
}

static void check_manifest(PackCompile *c) {
    const Pack *p = c->pack;
    need_field(c, MANIFEST, STR("/subject"), value_get_str(p->json, "subject"));
    need_fields(c, STR("/search"), p->search);
    need_fields(c, STR("/mask"), p->mask);
    need_field(c, MANIFEST, STR("/history/key"), p->history.key);
    need_field(c, MANIFEST, STR("/history/into"), p->history.into);
    need_field(c, MANIFEST, STR("/history/occurred"), p->history.occurred);
}

/* ---- the model: its inputs come from the form, its rules cite articles ------------------------------ */
static void check_inputs(PackCompile *c) {
    const Pack *p = c->pack;
    bool officer = false;
    if (p->json.kind != VALUE_CONTEXT) return; /* nothing says which input is the officer's */
    for (size_t i = 0; p->form && i < dmn_input_count(p->model); i++) {
        Str name = dmn_input_name(p->model, (int)i);
        if (p->officer_outcome.n > 0 && str_eq(name, p->officer_outcome)) {
            officer = true;
            continue;
        }
        if (pack_field(p, name) < 0 && !pack_given(p, name))
            pack_fault(c, model_file(c), name, "The model's input " STR_FMT " is no field of the form.", STR_ARG(name));
    }
    if (p->officer_outcome.n > 0 && p->form && !officer)
        pack_fault(c, MANIFEST, STR("/officer_outcome"), "The model has no input " STR_FMT ".",
                   STR_ARG(p->officer_outcome));
}

/* A code is cited alone, in letters, cases and verdicts: it must be one rule's. */
static void check_rule_codes(PackCompile *c) {
    const DmnModel *m = c->pack->model;
    for (size_t t = 0; t < dmn_tables(m); t++)
        for (size_t r = 0; r < dmn_rules(m, (int)t); r++) {
            Str rule = dmn_rule_id(m, (int)t, (int)r);
            if (rule.n == 0)
                pack_fault(c, model_file(c), dmn_table_name(m, (int)t), "Rule %zu of the table has no id.", r + 1);
            else if (pack_rules_named(c->pack, rule) > 1)
                pack_fault(c, model_file(c), rule, "The id stands on more than one rule.");
        }
}

static size_t article_index(const Pack *p, Str ref) {
    for (size_t i = 0; i < p->n_articles; i++)
        if (str_eq(p->articles[i].ref, ref)) return i;
    return p->n_articles;
}

/* Marks the refs of one citation; each must be in law.json. */
static void cite(PackCompile *c, Str file, Str at, Str citation, bool *cited) {
    for (Str ref = pack_next_ref(&citation); ref.n > 0; ref = pack_next_ref(&citation)) {
        size_t i = article_index(c->pack, ref);
        if (i == c->pack->n_articles) (void)pack_take_article(c, ref); /* then it is the last one */
        if (i < c->pack->n_articles)
            cited[i] = true;
        else
            pack_fault(c, file, at, "law.json has no article " STR_FMT ".", STR_ARG(ref));
    }
}

static bool has_note(const DmnModel *m, int table, const char *name) {
    for (size_t i = 0; i < dmn_notes(m, table); i++)
        if (str_is(dmn_note_name(m, table, i), name)) return true;
    return false;
}

/* Claims that a rule rests on and somebody has to verify: the annotation Check names entries of `checks`, or is "-". */
static void need_checks(PackCompile *c, Str rule, Str names, bool there) {
    Value checks = pack_list_of(c->pack->json, "checks");
    for (Str id = pack_next_ref(&names); there && id.n > 0; id = pack_next_ref(&names)) {
        bool known = str_is(id, "-");
        for (uint32_t i = 0; i < checks.size; i++) known = known || str_eq(value_get_str(checks.u.list[i], "id"), id);
        if (!known) pack_fault(c, model_file(c), rule, "pack.json lists no check " STR_FMT ".", STR_ARG(id));
    }
}

static void check_rule_citations(PackCompile *c, bool *cited) {
    const DmnModel *m = c->pack->model;
    for (size_t t = 0; m && t < dmn_tables(m); t++)
        for (size_t r = 0; r < dmn_rules(m, (int)t); r++) {
            Str rule = dmn_rule_id(m, (int)t, (int)r), law = dmn_rule_note(m, (int)t, (int)r, STR("Law"));
            if (str_trim(law).n == 0)
                pack_fault(c, model_file(c), rule, "The rule cites no article: its annotation Law is empty.");
            cite(c, model_file(c), rule, law, cited);
            need_checks(c, rule, dmn_rule_note(m, (int)t, (int)r, STR("Check")), has_note(m, (int)t, "Check"));
        }
}

/* Refs that stand in lists of pack.json: of outcomes, clocks and what makes evidence needless. */
static void cite_list(PackCompile *c, Str at, Value refs, bool *cited) {
    for (uint32_t k = 0; refs.kind == VALUE_LIST && k < refs.size; k++)
        if (refs.u.list[k].kind == VALUE_STRING) cite(c, MANIFEST, at, value_text(refs.u.list[k]), cited);
}

static void cite_manifest(PackCompile *c, bool *cited) {
    const Pack *p = c->pack;
    Value evidence = pack_list_of(p->json, "evidence");
    for (size_t i = 0; i < p->n_outcomes; i++) cite_list(c, pack_at_item(c->a, STR("/outcomes"), i), p->outcomes[i].articles, cited);
    for (size_t i = 0; i < p->n_clocks; i++) cite_list(c, pack_at_item(c->a, STR("/clocks"), i), p->clocks[i].law, cited);
    for (uint32_t i = 0; i < evidence.size; i++)
        cite_list(c, pack_at_item(c->a, STR("/evidence"), i), value_get(value_get(evidence.u.list[i], "exempt"), "law"), cited);
}

static void check_citations(PackCompile *c) {
    const Pack *p = c->pack;
    bool *cited = NEW_ARRAY(c->a, bool, c->law_room + 1);
    if (c->law_room == 0) return; /* law.json has a fault of its own */
    check_rule_citations(c, cited);
    cite_manifest(c, cited);
    for (size_t i = 0; p->model && i < p->n_articles; i++)
        if (!cited[i]) pack_fault(c, LAW, p->articles[i].ref, "Nothing in the pack cites this article.");
}

/* ---- the process: its decisions, forms and letters ---------------------------------------------------- */
static bool has_letter(const PackCompile *c, Str id) {
    for (uint32_t i = 0; i < c->letters.size; i++)
        if (str_eq(value_get_str(c->letters.u.list[i], "id"), id)) return true;
    return false;
}

bool pack_does_job(Str type) {
    static const char *const types[] = {"letter", "sms", "mail", "webhook", "print", "payment-check"};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(types); i++) known = known || str_is(type, types[i]);
    return known;
}

/* Header elements <zeebe:header key="letter" value="…"/> and key="send" anywhere below a node. */
static void check_letter_headers(PackCompile *c, const XmlNode *node) {
    Str file = pack_named(c, "process", STR("process.bpmn"));
    for (const XmlNode *child = node->first; child; child = child->next) {
        Str letter = str_is(xml_attr(child, "key"), "letter") ? xml_attr(child, "value") : STR("");
        Str send = str_is(xml_attr(child, "key"), "send") ? xml_attr(child, "value") : STR("");
        if (str_is(child->name, "header") && letter.n > 0 && !has_letter(c, letter))
            pack_fault(c, file, letter, "pack.json lists no letter " STR_FMT ".", STR_ARG(letter));
        if (str_is(child->name, "header") && send.n > 0 && (!pack_does_job(send) || str_is(send, "letter")))
            pack_fault(c, file, send, "A letter goes out by mail, sms, print or webhook, not by " STR_FMT ".", STR_ARG(send));
        check_letter_headers(c, child);
    }
}

/* A case begins at a plain start: nobody would ever begin it by a message, a signal, a time or a condition. */
static void check_start(PackCompile *c, Str file, int at) {
    const BpmnNode *node = bpmn_node(c->pack->process, at);
    if (bpmn_starts_process(c->pack->process, at) && node->event.n > 0)
        pack_fault(c, file, node->id, "The counter begins a case at a plain start event; nothing begins it by this " STR_FMT " event.",
                   STR_ARG(node->event));
}

/* The messages that a counter has for a case: the notice of what is missing, and the applicant's withdrawal (Source: all:32). */
static bool sends_message(Str name) { return str_is(name, "correction-notice") || str_is(name, "withdrawal"); }

/* What waits for any other message would wait for ever. A message that is thrown is a job. */
static void check_message(PackCompile *c, Str file, int at) {
    const BpmnNode *node = bpmn_node(c->pack->process, at);
    bool waits = str_is(node->type, "receiveTask") || (str_is(node->event, "message") && node->job_type.n == 0);
    if (waits && !bpmn_starts_process(c->pack->process, at) && !sends_message(node->event_name))
        pack_fault(c, file, node->id, "No counter sends this message: correction-notice, withdrawal.");
}

static void check_process(PackCompile *c) {
    const Pack *p = c->pack;
    Str file = pack_named(c, "process", STR("process.bpmn"));
    for (size_t i = 0; i < bpmn_nodes(p->process); i++) {
        const BpmnNode *node = bpmn_node(p->process, (int)i);
        check_start(c, file, (int)i);
        check_message(c, file, (int)i);
        if (node->decision_id.n > 0 && p->model && dmn_find(p->model, DMN_DECISION, node->decision_id) < 0)
            pack_fault(c, file, node->id, "The model has no decision " STR_FMT ".", STR_ARG(node->decision_id));
        if (node->job_type.n > 0 && !pack_does_job(node->job_type))
            pack_fault(c, file, node->id, "No counter does a job of type " STR_FMT ": letter, sms, mail, webhook, print, payment-check.",
                       STR_ARG(node->job_type));
        if (node->form_id.n > 0 && p->form && !str_eq(node->form_id, paper_id(p->form)))
            pack_fault(c, file, node->id, "The pack has no form " STR_FMT ".", STR_ARG(node->form_id));
    }
    const XmlNode *root = pack_xml(c, pack_file(c, file));
    if (root) check_letter_headers(c, root);
}

/* ---- cases.json ----------------------------------------------------------------------------------------- */
static const PackKey CASE[] = {{"name", PACK_NAME, false},
                               {"answers", PACK_CONTEXT, false},
                               {"officer", PACK_NAME, true},
                               {"expect", PACK_CONTEXT, false}};
static const PackKey EXPECT[] = {{"outcome", PACK_NAME, false}, {"rules", PACK_TEXTS, false}, {"result", PACK_NAME, true},
                                 {"checklist", PACK_TEXTS, true}, {"fee", PACK_ANY, true}};

static void check_case(PackCompile *c, Str at, Value v) {
    if (!pack_shape(c, CASES, at, v, CASE, COUNT_OF(CASE))) return;
    Value answers = value_get(v, "answers"), expect = value_get(v, "expect");
    for (uint32_t i = 0; i < answers.size; i++) need_field(c, CASES, at, answers.u.ctx[i].key);
    if (!value_is_null(value_get(v, "officer"))) need_outcome(c, CASES, at, value_get_str(v, "officer"));
    if (!pack_shape(c, CASES, pack_at(c->a, at, STR("expect")), expect, EXPECT, COUNT_OF(EXPECT))) return;
    need_outcome(c, CASES, at, value_get_str(expect, "outcome"));
    Value rules = value_get(expect, "rules");
    for (uint32_t i = 0; i < rules.size; i++) need_rule(c, CASES, at, value_text(rules.u.list[i]));
}

void pack_check_names(PackCompile *c) {
    const Pack *p = c->pack;
    check_manifest(c);
    if (p->model) check_inputs(c);
    if (p->model) check_rule_codes(c);
    check_citations(c);
    if (p->process) check_process(c);
    for (uint32_t i = 0; p->cases.kind == VALUE_LIST && i < p->cases.size; i++)
        check_case(c, pack_at_item(c->a, STR(""), i), p->cases.u.list[i]);
}
