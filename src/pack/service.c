/* What a catalogue tells of a service, by the words of CPSV-AP: how it is found, where it is handed in and decided,
 * what evidence it takes, what it issues elsewhere, how long its record stays, and what nobody has verified yet. It must
 * never decide anything: these are data for pages, cases and exports. */
#include "pack/pack_in.h"

#define FILE_NAME STR("pack.json")
enum { EVIDENCE_BYTES = 10 << 20, RETENTION_MAX = 1200 };

static const PackKey KEYWORDS[] = {{"zh", PACK_TEXTS, false}, {"en", PACK_TEXTS, false}, {"pinyin", PACK_TEXTS, false}};
static const PackKey NAMED[] = {{"id", PACK_NAME, false}, {"zh", PACK_NAME, false}, {"en", PACK_NAME, false}};
static const PackKey FOUR_EYES[] = {{"outcomes", PACK_TEXTS, false}};
static const PackKey EXTERNAL[] = {{"system", PACK_PAIR, false}, {"label", PACK_PAIR, false}, {"required", PACK_FLAG, false},
                                   {"outcomes", PACK_TEXTS, false}};
static const PackKey EVIDENCE[] = {
    {"id", PACK_NAME, false},      {"zh", PACK_NAME, false},      {"en", PACK_NAME, false},     {"accept", PACK_TEXTS, false},
    {"max_bytes", PACK_ANY, false}, {"issuer", PACK_PAIR, true}, {"exempt", PACK_CONTEXT, true},
};
static const PackKey EXEMPT[] = {{"zh", PACK_NAME, false},     {"en", PACK_NAME, false},         {"law", PACK_TEXTS, false},
                                 {"source", PACK_NAME, false}, {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}};
static const PackKey RETENTION[] = {{"n", PACK_ANY, false},       {"unit", PACK_NAME, false},        {"from", PACK_NAME, false},
                                    {"source", PACK_NAME, false}, {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}};
static const PackKey CHECK[] = {{"id", PACK_NAME, false},     {"zh", PACK_NAME, false},         {"en", PACK_NAME, false},
                                {"source", PACK_NAME, false}, {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}};

/* Source: counter.md §5.3, the states of a case. */
static const char *const STATES[] = {"submitted", "awaiting_correction", "accepted",  "in_review", "suspended",
                                     "decided",   "delivered",           "withdrawn", "rejected",  "closed"};
static const char *const CHANNELS[] = {"window", "online", "mobile", "post"};
static const char *const MIMES[] = {"image/jpeg", "image/png", "application/pdf"};

static bool listed(Str word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_is(word, words[i])) return true;
    return false;
}

/* Every text of a list must be one of these words. */
static void need_words(PackCompile *c, Str at, Value list, const char *const *words, size_t n) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        Value one = list.u.list[i];
        if (one.kind == VALUE_STRING && !listed(value_text(one), words, n))
            pack_fault(c, FILE_NAME, pack_at_item(c->a, at, i), "There is no " STR_FMT " to choose here.", STR_ARG(value_text(one)));
    }
}

static bool shaped(PackCompile *c, const char *key, const PackKey *keys, size_t n, Value *out) {
    return value_find(c->pack->json, str_of(key), out) && pack_shape(c, FILE_NAME, pack_at(c->a, STR(""), str_of(key)), *out, keys, n);
}

/* ---- found by -------------------------------------------------------------------------------------------- */
static void check_keywords(PackCompile *c) {
    Value words;
    if (!shaped(c, "keywords", KEYWORDS, COUNT_OF(KEYWORDS), &words)) return;
    Value pinyin = value_get(words, "pinyin");
    for (uint32_t i = 0; i < pinyin.size; i++) {
        Str initials = value_text(pinyin.u.list[i]);
        bool good = initials.n > 0;
        for (size_t k = 0; k < initials.n; k++) good = good && initials.p[k] >= 'a' && initials.p[k] <= 'z';
        if (!good) pack_fault(c, FILE_NAME, pack_at_item(c->a, STR("/keywords/pinyin"), i), "Initials are small letters a to z.");
    }
}

/* Ids of a list are there once. */
static void check_ids(PackCompile *c, const char *key, const PackKey *keys, size_t n) {
    Value list = pack_list_of(c->pack->json, key);
    Str at = pack_at(c->a, STR(""), str_of(key));
    for (uint32_t i = 0; i < list.size; i++) {
        Str here = pack_at_item(c->a, at, i);
        if (!pack_shape(c, FILE_NAME, here, list.u.list[i], keys, n)) continue;
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(value_get_str(list.u.list[k], "id"), value_get_str(list.u.list[i], "id")))
                pack_fault(c, FILE_NAME, here, "This id is listed twice.");
    }
}

/* ---- where ------------------------------------------------------------------------------------------------- */
static bool authority_has(Value authority, Str kind) {
    Value offices = value_get(authority, "offices");
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "kind"), kind)) return true;
    return value_is_null(authority);
}

static void check_offices(PackCompile *c, const char *key) {
    Value kinds = pack_list_of(c->pack->json, key);
    Str at = pack_at(c->a, STR(""), str_of(key));
    for (uint32_t i = 0; i < kinds.size; i++)
        if (kinds.u.list[i].kind == VALUE_STRING && !authority_has(c->pack->authority, value_text(kinds.u.list[i])))
            pack_fault(c, FILE_NAME, pack_at_item(c->a, at, i), "authority.json has no office of kind " STR_FMT ".",
                       STR_ARG(value_text(kinds.u.list[i])));
}

/* Outcomes that a member names are the service's. */
static void check_named_outcomes(PackCompile *c, Value outcomes, Str at) {
    for (uint32_t i = 0; outcomes.kind == VALUE_LIST && i < outcomes.size; i++)
        if (!pack_outcome(c->pack, value_text(outcomes.u.list[i])))
            pack_fault(c, FILE_NAME, pack_at_item(c->a, at, i), "There is no outcome " STR_FMT ".", STR_ARG(value_text(outcomes.u.list[i])));
}

static void check_external(PackCompile *c) {
    Value external;
    if (!shaped(c, "external", EXTERNAL, COUNT_OF(EXTERNAL), &external)) return;
    check_named_outcomes(c, value_get(external, "outcomes"), STR("/external/outcomes"));
}

static void check_four_eyes(PackCompile *c) {
    Value four_eyes;
    if (!shaped(c, "four_eyes", FOUR_EYES, COUNT_OF(FOUR_EYES), &four_eyes)) return;
    check_named_outcomes(c, value_get(four_eyes, "outcomes"), STR("/four_eyes/outcomes"));
}

static bool has_element(const Pack *p, Str id) {
    for (size_t i = 0; p->process && i < bpmn_nodes(p->process); i++)
        if (str_eq(bpmn_node(p->process, (int)i)->id, id)) return true;
    return p->process == NULL;
}

static void check_states(PackCompile *c) {
    Value states = value_get(c->pack->json, "states");
    for (uint32_t i = 0; states.kind == VALUE_CONTEXT && i < states.size; i++) {
        Str element = states.u.ctx[i].key, at = pack_at(c->a, STR("/states"), element);
        Value state = states.u.ctx[i].value;
        if (!has_element(c->pack, element)) pack_fault(c, FILE_NAME, at, "The process has no element of this id.");
        if (state.kind != VALUE_STRING || !listed(value_text(state), STATES, COUNT_OF(STATES)))
            pack_fault(c, FILE_NAME, at, "This is no state of a case.");
    }
}

Str pack_state(const Pack *p, Str element) {
    Value state;
    assert(p);
    return value_find(value_get(p->json, "states"), element, &state) && state.kind == VALUE_STRING ? value_text(state) : STR("");
}

/* ---- what with -------------------------------------------------------------------------------------------------- */
static void check_evidence(PackCompile *c) {
    Value list = pack_list_of(c->pack->json, "evidence"), exempt;
    check_ids(c, "evidence", EVIDENCE, COUNT_OF(EVIDENCE));
    for (uint32_t i = 0; i < list.size; i++) {
        Value v = list.u.list[i];
        Str at = pack_at_item(c->a, STR("/evidence"), i);
        int64_t bytes = value_get_int(v, "max_bytes", 0);
        need_words(c, pack_at(c->a, at, STR("accept")), value_get(v, "accept"), MIMES, COUNT_OF(MIMES));
        if (bytes < 1 || bytes > EVIDENCE_BYTES)
            pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("max_bytes")), "This must be a whole number from 1 to %d.", EVIDENCE_BYTES);
        if (value_find(v, STR("exempt"), &exempt)) (void)pack_shape(c, FILE_NAME, pack_at(c->a, at, STR("exempt")), exempt, EXEMPT, COUNT_OF(EXEMPT));
    }
}

static void check_retention(PackCompile *c) {
    Value v;
    if (!shaped(c, "retention", RETENTION, COUNT_OF(RETENTION), &v)) return;
    Str unit = value_get_str(v, "unit"), from = value_get_str(v, "from");
    int64_t n = value_get_int(v, "n", 0);
    if (n < 1 || n > RETENTION_MAX) pack_fault(c, FILE_NAME, STR("/retention/n"), "This must be a whole number from 1 to %d.", RETENTION_MAX);
    if (!str_is(unit, "months") && !str_is(unit, "years")) pack_fault(c, FILE_NAME, STR("/retention/unit"), "This must be months or years.");
    if (!listed(from, STATES, COUNT_OF(STATES))) pack_fault(c, FILE_NAME, STR("/retention/from"), "This is no state of a case.");
}

void pack_load_service(PackCompile *c) {
    check_keywords(c);
    check_ids(c, "audience", NAMED, COUNT_OF(NAMED));
    check_ids(c, "life_events", NAMED, COUNT_OF(NAMED));
    need_words(c, STR("/channels"), value_get(c->pack->json, "channels"), CHANNELS, COUNT_OF(CHANNELS));
    check_offices(c, "accepted_at");
    check_offices(c, "decided_by");
    check_external(c);
    check_four_eyes(c);
    check_states(c);
    check_evidence(c);
    check_retention(c);
    check_ids(c, "checks", CHECK, COUNT_OF(CHECK));
}

/* ---- what somebody has to verify ------------------------------------------------------------------------------------ */
/* from: the entry that holds source, checked_on and checked_by. */
static void add_check(ValueBuild *list, const char *kind, Str id, Str zh, Str en, Value from) {
    ValueBuild b = {.a = list->a};
    build_c(&b, "kind", value_c(kind));
    build_c(&b, "id", value_str(id));
    build_c(&b, "zh", value_str(zh));
    build_c(&b, "en", value_str(en));
    build_c(&b, "source", value_get(from, "source"));
    build_c(&b, "checked_on", value_str(value_get_str(from, "checked_on")));
    build_c(&b, "checked_by", value_str(value_get_str(from, "checked_by")));
    build_item(list, build_ctx(&b));
}

static void add_articles(const Pack *p, ValueBuild *list) {
    for (size_t i = 0; i < p->n_articles; i++) {
        const PackArticle *x = &p->articles[i];
        ValueEntry from[] = {{STR("source"), value_str(x->source)}, {STR("checked_on"), value_str(x->checked_on)}, {STR("checked_by"), value_str(x->checked_by)}};
        add_check(list, "article", x->ref, str_printf(list->a, "《" STR_FMT "》" STR_FMT, STR_ARG(x->instrument_zh), STR_ARG(x->number_zh)),
                  str_printf(list->a, STR_FMT ", " STR_FMT, STR_ARG(x->instrument_en), STR_ARG(x->number_en)), value_ctx(from, COUNT_OF(from)));
    }
}

static void add_list(const Pack *p, const char *key, const char *kind, ValueBuild *list) {
    Value all = str_is(str_of(key), "fees") ? pack_list_of(value_get(p->json, key), "items") : pack_list_of(p->json, key);
    for (uint32_t i = 0; i < all.size; i++) {
        Value v = all.u.list[i], name = value_get(v, "name");
        bool pair = name.kind == VALUE_CONTEXT;
        Str id = value_get_str(v, pair ? "id" : name.kind == VALUE_STRING ? "name" : "id");
        Value words = pair ? name : name.kind == VALUE_STRING ? value_get(v, "note") : v;
        Str zh = value_get_str(words, "zh"), en = value_get_str(words, "en");
        add_check(list, kind, id, zh.n > 0 ? zh : id, en.n > 0 ? en : id, v);
    }
}

static void add_exempts(const Pack *p, ValueBuild *list) {
    Value all = pack_list_of(p->json, "evidence");
    for (uint32_t i = 0; i < all.size; i++) {
        Value exempt = value_get(all.u.list[i], "exempt");
        if (!value_is_null(exempt))
            add_check(list, "exempt", value_get_str(all.u.list[i], "id"), value_get_str(exempt, "zh"), value_get_str(exempt, "en"), exempt);
    }
}

static void add_promises(const Pack *p, ValueBuild *list) {
    Value all = pack_list_of(p->json, "clocks");
    for (uint32_t i = 0; i < all.size; i++) {
        Value v = all.u.list[i], promised = value_get(v, "promised"), name = value_get(v, "name");
        if (!value_is_null(promised)) add_check(list, "promise", value_get_str(v, "id"), value_get_str(name, "zh"), value_get_str(name, "en"), promised);
    }
}

Value pack_checks(const Pack *p, Arena *a) {
    assert(p && a);
    ValueBuild list = {.a = a};
    Value retention = value_get(p->json, "retention");
    add_list(p, "checks", "claim", &list);
    add_list(p, "parameters", "parameter", &list);
    add_list(p, "fees", "fee", &list);
    add_exempts(p, &list);
    add_promises(p, &list);
    if (!value_is_null(retention)) add_check(&list, "retention", STR("retention"), STR("保存期限"), STR("Retention"), retention);
    add_articles(p, &list);
    return build_list(&list);
}
