/* Deadlines of a service (pack.json `clocks`): what the law allows, what the authority promises, from which
 * moment and until which. It must never hold a date: dates come from a calendar, in the case. */
#include "pack/pack_in.h"

#define FILE_NAME STR("pack.json")

static const PackKey CLOCK[] = {
    {"id", PACK_NAME, false},         {"name", PACK_PAIR, false},    {"start", PACK_NAME, false}, {"stop", PACK_NAME, false},
    {"statutory", PACK_CONTEXT, false}, {"promised", PACK_CONTEXT, true}, {"law", PACK_TEXTS, false}, {"when", PACK_NAME, true},
    {"extension", PACK_CONTEXT, true},
};
static const PackKey EXTENSION[] = {{"n", PACK_ANY, false}, {"letter", PACK_NAME, true}};
static const PackKey STATUTORY[] = {{"n", PACK_ANY, false}, {"unit", PACK_NAME, false}, {"calendar", PACK_NAME, true}};
static const PackKey PROMISED[] = {{"n", PACK_ANY, false}, {"unit", PACK_NAME, false}, {"calendar", PACK_NAME, true}, {"source", PACK_NAME, false}};
static const PackKey SILENCE[] = {{"timer", PACK_NAME, false}, {"clock", PACK_NAME, false}, {"outcome", PACK_NAME, true}};
enum { TERM_MAX = 3660 };

/* least: days; a promise may be 0, the same day, which only a working day can be. */
static PackTerm load_term(PackCompile *c, Str at, Value v, const PackKey *keys, size_t n_keys, int least) {
    PackTerm term = {.set = true, .n = value_get_int(v, "n", -1), .calendar = STR(PACK_NATION)};
    Str unit = value_get_str(v, "unit"), calendar = value_get_str(v, "calendar");
    if (!pack_shape(c, FILE_NAME, at, v, keys, n_keys)) return term;
    if (term.n < least || term.n > TERM_MAX)
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("n")), "This must be a whole number from %d to %d.", least, TERM_MAX);
    if (term.n == 0 && least == 0 && !str_is(unit, "working"))
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("unit")), "The same day must be a working day.");
    if (!str_is(unit, "working") && !str_is(unit, "calendar"))
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("unit")), "This must be working or calendar.");
    if (calendar.n > 0 && pack_has_calendar(c->pack, calendar)) term.calendar = calendar;
    else if (calendar.n > 0)
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("calendar")), "This must be nation, office or a layer of authority.json.");
    term.unit = str_is(unit, "working") ? CALENDAR_WORKING : CALENDAR_ALL;
    return term;
}

static bool has_letter(const Pack *p, Str id) {
    for (size_t i = 0; i < p->n_letters; i++)
        if (str_eq(p->letters[i].id, id)) return true;
    return false;
}

static void load_extension(PackCompile *c, Str at, Value v, PackClock *clock) {
    if (value_is_null(v) || !pack_shape(c, FILE_NAME, at, v, EXTENSION, COUNT_OF(EXTENSION))) return;
    clock->extension = value_get_int(v, "n", 0);
    clock->letter = value_get_str(v, "letter");
    if (clock->extension < 1 || clock->extension > TERM_MAX)
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("n")), "This must be a whole number from 1 to %d.", TERM_MAX);
    if (clock->letter.n > 0 && !has_letter(c->pack, clock->letter))
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("letter")), "There is no letter " STR_FMT ".", STR_ARG(clock->letter));
}

static bool is_state(const Pack *p, Str word) {
    Value states = value_get(p->json, "states");
    for (uint32_t i = 0; states.kind == VALUE_CONTEXT && i < states.size; i++)
        if (states.u.ctx[i].value.kind == VALUE_STRING && str_eq(value_text(states.u.ctx[i].value), word)) return true;
    return false;
}

static void check_moments(PackCompile *c, Str at, const PackClock *clock) {
    Str start = clock->start, stop = clock->stop;
    bool known = str_is(start, "created") || str_is(start, "decided") || is_state(c->pack, start);
    if (!known && c->pack->form && pack_field(c->pack, start) < 0)
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("start")), "This must be created, decided or a form key; the form has no field " STR_FMT ".",
                   STR_ARG(start));
    if (!str_is(stop, "decided") && !str_is(stop, "done") && !is_state(c->pack, stop))
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("stop")), "This must be decided, done or a state of `states`.");
    if (str_is(start, "decided") && str_is(stop, "decided"))
        pack_fault(c, FILE_NAME, at, "A clock that starts with the decision cannot stop with it.");
}

static const FeelCode *load_condition(PackCompile *c, Str at, Str when) {
    if (when.n == 0 || !c->pack->form) return NULL;
    FeelScope *scope = feel_scope_inner(c->a, feel_scope_root(c->a, FEEL_STANDARD, NULL, NULL));
    pack_add_answers(c, scope);
    (void)feel_scope_add(scope, STR("outcome"), feel_type(FEEL_STRING));
    return pack_expression(c, scope, when, pack_at(c->a, at, STR("when")));
}

static void load_clock(PackCompile *c, Str at, Value v) {
    Pack *p = c->pack;
    if (!pack_shape(c, FILE_NAME, at, v, CLOCK, COUNT_OF(CLOCK))) return;
    Value name = value_get(v, "name"), promised;
    PackClock clock = {.id = value_get_str(v, "id"), .zh = value_get_str(name, "zh"), .en = value_get_str(name, "en"),
                       .start = value_get_str(v, "start"), .stop = value_get_str(v, "stop"), .law = value_get(v, "law")};
    if (pack_clock(p, clock.id)) pack_fault(c, FILE_NAME, at, "The clock " STR_FMT " is listed twice.", STR_ARG(clock.id));
    if (clock.law.size == 0) pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("law")), "A deadline cites the article that sets it.");
    check_moments(c, at, &clock);
    clock.statutory = load_term(c, pack_at(c->a, at, STR("statutory")), value_get(v, "statutory"), STATUTORY, COUNT_OF(STATUTORY), 1);
    if (value_find(v, STR("promised"), &promised))
        clock.promised = load_term(c, pack_at(c->a, at, STR("promised")), promised, PROMISED, COUNT_OF(PROMISED), 0);
    load_extension(c, pack_at(c->a, at, STR("extension")), value_get(v, "extension"), &clock);
    clock.when = load_condition(c, at, value_get_str(v, "when"));
    p->clocks[p->n_clocks++] = clock;
}

static bool has_timer(const Pack *p, Str id) {
    for (size_t i = 0; p->process && i < bpmn_nodes(p->process); i++) {
        const BpmnNode *node = bpmn_node(p->process, (int)i);
        if (str_eq(node->id, id) && str_is(node->event, "timer")) return true;
    }
    return p->process == NULL;
}

static void load_silence(PackCompile *c, Str at, Value v) {
    Pack *p = c->pack;
    if (!pack_shape(c, FILE_NAME, at, v, SILENCE, COUNT_OF(SILENCE))) return;
    PackSilence one = {.timer = value_get_str(v, "timer"), .clock = value_get_str(v, "clock"), .outcome = value_get_str(v, "outcome")};
    if (!has_timer(p, one.timer)) pack_fault(c, FILE_NAME, at, "The process has no timer event " STR_FMT ".", STR_ARG(one.timer));
    if (!pack_clock(p, one.clock)) pack_fault(c, FILE_NAME, at, "There is no clock " STR_FMT ".", STR_ARG(one.clock));
    if (one.outcome.n > 0 && !pack_outcome(p, one.outcome)) pack_fault(c, FILE_NAME, at, "There is no outcome " STR_FMT ".", STR_ARG(one.outcome));
    if (pack_silence(p, one.timer)) pack_fault(c, FILE_NAME, at, "The timer " STR_FMT " is listed twice.", STR_ARG(one.timer));
    p->silences[p->n_silences++] = one;
}

static void load_silences(PackCompile *c) {
    Value list = value_get(c->pack->json, "silence");
    if (list.kind != VALUE_LIST) return;
    c->pack->silences = NEW_ARRAY(c->a, PackSilence, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) load_silence(c, pack_at_item(c->a, STR("/silence"), i), list.u.list[i]);
}

static void load_clocks(PackCompile *c) {
    Value list = value_get(c->pack->json, "clocks");
    if (list.kind != VALUE_LIST) return;
    if (list.size > PACK_CLOCKS_MAX) {
        pack_fault(c, FILE_NAME, STR("/clocks"), "A service has at most %d clocks.", PACK_CLOCKS_MAX);
        return;
    }
    c->pack->clocks = NEW_ARRAY(c->a, PackClock, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) load_clock(c, pack_at_item(c->a, STR("/clocks"), i), list.u.list[i]);
}

void pack_load_clocks(PackCompile *c) {
    load_clocks(c);
    load_silences(c);
}

const PackSilence *pack_silence(const Pack *p, Str timer) {
    for (size_t i = 0; i < p->n_silences; i++)
        if (str_eq(p->silences[i].timer, timer)) return &p->silences[i];
    return NULL;
}

const PackClock *pack_clock(const Pack *p, Str id) {
    for (size_t i = 0; i < p->n_clocks; i++)
        if (str_eq(p->clocks[i].id, id)) return &p->clocks[i];
    return NULL;
}

bool pack_clock_applies(const Pack *p, const PackClock *clock, Value answers, Str outcome, FeelRun *run, bool *out, Err *err) {
    assert(p && clock && run && run->arena && out);
    *out = true;
    if (!clock->when) return true;
    Value *slots = pack_answer_slots(p, answers, 1, run->arena);
    slots[paper_fields(p->form)] = value_str(outcome);
    Value applies = feel_eval(run, clock->when, &(FeelFrame){.slots = slots});
    if (pack_spent(run, err)) return false;
    *out = value_is_true(applies);
    return true;
}
