/* Reads pack.json and law.json into the pack: what belongs together, the outcomes, the articles. */
#include "pack/pack_in.h"

#define FILE_NAME STR("pack.json")
#define LAW_FILE  STR("law.json")

static const PackKey MANIFEST[] = {
    {"id", PACK_NAME, false},        {"version", PACK_NAME, false},
    {"status", PACK_NAME, false},    {"title", PACK_PAIR, false},
    {"subtitle", PACK_PAIR, true},   {"form", PACK_NAME, false},
    {"process", PACK_NAME, false},   {"decisions", PACK_NAME, false},
    {"decision", PACK_NAME, false},  {"officer_outcome", PACK_NAME, true},
    {"letters", PACK_LIST, false},   {"outcomes", PACK_LIST, false},
    {"history", PACK_CONTEXT, true}, {"derive", PACK_LIST, true},
    {"parameters", PACK_LIST, true}, {"search", PACK_TEXTS, false}, {"mask", PACK_TEXTS, false}, {"proof", PACK_TEXTS, true},
    {"subject", PACK_NAME, false},   {"notices", PACK_LIST, true},
    {"clocks", PACK_LIST, true},     {"silence", PACK_LIST, true},
    {"output", PACK_PAIR, true},     {"keywords", PACK_CONTEXT, true},
    {"audience", PACK_LIST, true},
    {"life_events", PACK_LIST, true}, {"channels", PACK_TEXTS, true},
    {"accepted_at", PACK_TEXTS, true}, {"decided_by", PACK_TEXTS, true},
    {"agents", PACK_FLAG, true}, {"external", PACK_CONTEXT, true}, {"four_eyes", PACK_CONTEXT, true}, {"states", PACK_CONTEXT, true},
    {"evidence", PACK_LIST, true},   {"retention", PACK_CONTEXT, true},
    {"precheck", PACK_CONTEXT, true}, {"checklist", PACK_CONTEXT, true},
    {"fees", PACK_CONTEXT, true},    {"checks", PACK_LIST, true},
    {"texts", PACK_NAME, true},      {"drafts", PACK_ANY, true}, /* drafts.c */
};
static const PackKey OUTCOME[] = {
    {"code", PACK_NAME, false},       {"zh", PACK_NAME, false},        {"en", PACK_NAME, false},
    {"departable", PACK_FLAG, false}, {"articles", PACK_TEXTS, false},
};
static const PackKey LETTER[] = {{"id", PACK_NAME, false}, {"zh", PACK_NAME, false}, {"en", PACK_NAME, false}};
static const PackKey NOTICE[] = {{"zh", PACK_NAME, false}, {"en", PACK_NAME, false}};
static const PackKey ARTICLE[] = {
    {"ref", PACK_NAME, false},        {"instrument", PACK_PAIR, false}, {"number", PACK_PAIR, false},
    {"text", PACK_NAME, false},       {"version", PACK_TEXT, false},    {"source", PACK_TEXT, false},
    {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}, {"status", PACK_NAME, false},
};

Value pack_list_of(Value json, const char *key) {
    Value list = value_get(json, key);
    return list.kind == VALUE_LIST ? list : value_list(NULL, 0);
}

static void load_outcomes(PackCompile *c) {
    Value list = pack_list_of(c->pack->json, "outcomes");
    c->pack->outcomes = NEW_ARRAY(c->a, PackOutcome, list.size + 1);
    for (uint32_t i = 0; i < list.size; i++) {
        Value v = list.u.list[i];
        Str at = pack_at_item(c->a, STR("/outcomes"), i), code = value_get_str(v, "code");
        if (!pack_shape(c, FILE_NAME, at, v, OUTCOME, COUNT_OF(OUTCOME))) continue;
        if (pack_outcome(c->pack, code))
            pack_fault(c, FILE_NAME, at, "The code " STR_FMT " is listed twice.", STR_ARG(code));
        c->pack->outcomes[c->pack->n_outcomes++] = (PackOutcome){.code = code,
                                                                 .zh = value_get_str(v, "zh"),
                                                                 .en = value_get_str(v, "en"),
                                                                 .departable = value_get_bool(v, "departable", false),
                                                                 .articles = value_get(v, "articles")};
    }
    if (list.size == 0) pack_fault(c, FILE_NAME, STR("/outcomes"), "A service needs at least one outcome.");
}

static void check_items(PackCompile *c, const char *key, const PackKey *keys, size_t n) {
    Value list = pack_list_of(c->pack->json, key);
    Str at = pack_at(c->a, STR(""), str_of(key));
    for (uint32_t i = 0; i < list.size; i++)
        (void)pack_shape(c, FILE_NAME, pack_at_item(c->a, at, i), list.u.list[i], keys, n);
}

void pack_load_manifest(PackCompile *c) {
    Pack *p = c->pack;
    c->letters = value_list(NULL, 0);
    if (!pack_json(c, FILE_NAME, &p->json)) return;
    p->json = pack_with_entries(c, p->json);
    (void)pack_shape(c, FILE_NAME, STR(""), p->json, MANIFEST, COUNT_OF(MANIFEST));
    Str id = value_get_str(p->json, "id");
    p->version = value_get_str(p->json, "version");
    p->status = value_get_str(p->json, "status");
    p->title_zh = value_get_str(value_get(p->json, "title"), "zh");
    p->title_en = value_get_str(value_get(p->json, "title"), "en");
    p->officer_outcome = value_get_str(p->json, "officer_outcome");
    p->search = pack_list_of(p->json, "search");
    p->mask = pack_list_of(p->json, "mask");
    c->letters = pack_list_of(p->json, "letters");
    if (id.n > 0 && !str_eq(id, p->id))
        pack_fault(c, FILE_NAME, STR("/id"), "The id " STR_FMT " is not the folder's name, " STR_FMT ".", STR_ARG(id),
                   STR_ARG(p->id));
    if (p->status.n > 0 && !str_is(p->status, "sample") && !str_is(p->status, "adopted"))
        pack_fault(c, FILE_NAME, STR("/status"), "The status must be sample or adopted.");
    check_items(c, "letters", LETTER, COUNT_OF(LETTER));
    check_items(c, "notices", NOTICE, COUNT_OF(NOTICE));
    load_outcomes(c);
}

static PackArticle read_article(Value v) {
    Value instrument = value_get(v, "instrument"), number = value_get(v, "number");
    return (PackArticle){.ref = value_get_str(v, "ref"),
                         .instrument_zh = value_get_str(instrument, "zh"),
                         .instrument_en = value_get_str(instrument, "en"),
                         .number_zh = value_get_str(number, "zh"),
                         .number_en = value_get_str(number, "en"),
                         .text_zh = value_get_str(v, "text"),
                         .version = value_get_str(v, "version"),
                         .source = value_get_str(v, "source"),
                         .status = value_get_str(v, "status"),
                         .checked_on = value_get_str(v, "checked_on"),
                         .checked_by = value_get_str(v, "checked_by")};
}

bool pack_add_article(PackCompile *c, Str file, Str at, Value v) {
    if (!pack_shape(c, file, at, v, ARTICLE, COUNT_OF(ARTICLE))) return false;
    PackArticle article = read_article(v);
    if (!str_is(article.status, "text") && !str_is(article.status, "sample"))
        pack_fault(c, file, at, "The status must be text or sample.");
    if (pack_article(c->pack, article.ref))
        pack_fault(c, file, at, "The article " STR_FMT " is listed twice.", STR_ARG(article.ref));
    c->pack->articles[c->pack->n_articles++] = article;
    return true;
}

/* A pack whose authority keeps its law in common/ needs none of its own. */
static bool law_is_shared(const PackCompile *c) {
    for (size_t i = 0; i < c->n_files; i++)
        if (str_starts(c->files[i].name, STR(PACK_COMMON "law/"))) return !pack_file(c, LAW_FILE);
    return false;
}

void pack_load_law(PackCompile *c) {
    Value law = value_list(NULL, 0);
    bool shared = law_is_shared(c);
    if (!shared && !pack_json(c, LAW_FILE, &law)) return;
    if (law.kind != VALUE_LIST || (law.size == 0 && !shared) || law.size > PACK_LAW_MAX) {
        pack_fault(c, LAW_FILE, STR(""), "This must be a list of 1 to %d articles.", PACK_LAW_MAX);
        return;
    }
    c->law_room = law.size + PACK_SHARED_MAX;
    c->pack->articles = NEW_ARRAY(c->a, PackArticle, c->law_room);
    for (uint32_t i = 0; i < law.size; i++)
        (void)pack_add_article(c, LAW_FILE, pack_at_item(c->a, STR(""), i), law.u.list[i]);
}
