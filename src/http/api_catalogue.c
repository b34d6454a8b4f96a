/* The catalogue of services for other programs, by the names of CPSV-AP 3.2. One shape serves both: JSON, and JSON-LD
 * when Accept asks for it, which adds @context, @id and @type and changes nothing else. Everything is the packs' and the
 * authority's own; a figure that nobody has verified says so here too. */
#include "http/api.h"
#include "http/head.h"

#define LD "application/ld+json"

typedef struct Give { /* one answer under construction */
    HttpRequest *r; /* who asks */
    Arena *a;       /* the request's */
    bool ld;        /* as JSON-LD */
} Give;

/* ---- the context ---------------------------------------------------------------------------------------------------- */
typedef struct Term { /* what a member means in RDF */
    const char *key, *iri;  /* the member; its property */
    const char *container;  /* "@language": by language; NULL */
    const char *type;       /* datatype of the value; NULL */
} Term;
/* Source: CPSV-AP 3.2 (properties of PublicService), CCCEV 2 (requirements), ELI (legal resources). Members that are not
 * here have no such meaning and are for readers of JSON only. */
static const Term TERMS[] = {
    {"title", "dct:title", "@language", NULL},
    {"description", "dct:description", "@language", NULL},
    {"keywords", "dcat:keyword", "@language", NULL},
    {"id", "dct:identifier", NULL, NULL},
    {"audience", "cv:audience", NULL, NULL},
    {"competent_authorities", "cv:hasCompetentAuthority", NULL, NULL},
    {"channels", "cv:hasChannel", NULL, NULL},
    {"costs", "cv:hasCost", NULL, NULL},
    {"value", "cv:value", NULL, "xsd:decimal"},
    {"currency", "cv:currency", NULL, NULL},
    {"output", "cpsv:produces", NULL, NULL},
    {"life_events", "cv:isGroupedBy", NULL, NULL},
    {"evidence_types", "cv:hasInputType", NULL, NULL},
    {"legal_resources", "cv:hasLegalResource", NULL, NULL},
    {"requirements", "cv:holdsRequirement", NULL, NULL},
    {"evidence_type_list", "cv:hasEvidenceTypeList", NULL, NULL},
    {"specifies", "cv:specifiesEvidenceType", NULL, NULL},
    {"version_date", "eli:version_date", NULL, "xsd:date"},
    {"processing_time", "cv:processingTime", NULL, "xsd:duration"},
};
static const char *const PREFIXES[][2] = {
    {"cpsv", "http://purl.org/vocab/cpsv#"},     {"cv", "http://data.europa.eu/m8g/"},
    {"dcat", "http://www.w3.org/ns/dcat#"},      {"dct", "http://purl.org/dc/terms/"},
    {"eli", "http://data.europa.eu/eli/ontology#"}, {"xsd", "http://www.w3.org/2001/XMLSchema#"},
};

static Value term(Arena *a, const Term *t) {
    ValueBuild b = {.a = a};
    if (!t->container && !t->type) return value_c(t->iri);
    build_c(&b, "@id", value_c(t->iri));
    if (t->container) build_c(&b, "@container", value_c(t->container));
    if (t->type) build_c(&b, "@type", value_c(t->type));
    return build_ctx(&b);
}

/* graph: the member that holds the list of the answer, or NULL. */
static Value context(Arena *a, const char *graph) {
    ValueBuild b = {.a = a};
    build_c(&b, "@version", dec_div(a, value_int(11), value_int(10))); /* the number 1.1. Source: JSON-LD 1.1 §9.15.1 */
    for (size_t i = 0; i < COUNT_OF(PREFIXES); i++) build_c(&b, PREFIXES[i][0], value_c(PREFIXES[i][1]));
    for (size_t i = 0; i < COUNT_OF(TERMS); i++)
        if (!graph || !str_is(str_of(TERMS[i].key), graph)) build_c(&b, TERMS[i].key, term(a, &TERMS[i]));
    if (graph) build_c(&b, graph, value_c("@graph"));
    return build_ctx(&b);
}

static Give begin(HttpRequest *r) { return (Give){r, r->a, http_prefers(r->headers.accept, LD, "application/json")}; }

static bool send(const Give *g, HttpResponse *out, const char *graph, Value body) {
    http_header(out, "Vary", STR("Accept"));
    if (!g->ld) {
        http_json(g->r, out, 200, body);
        return true;
    }
    ValueBuild b = {.a = g->a};
    build_c(&b, "@context", context(g->a, graph));
    for (uint32_t i = 0; i < body.size; i++) build_entry(&b, body.u.ctx[i].key, body.u.ctx[i].value);
    http_json(g->r, out, 200, build_ctx(&b));
    out->type = LD;
    return true;
}

static bool send_list(const Give *g, HttpResponse *out, const char *key, Value list) {
    ValueEntry one = {str_of(key), list};
    return send(g, out, key, value_ctx(&one, 1));
}

/* ---- parts ------------------------------------------------------------------------------------------------------------- */
/* A thing of its own: its address is `where` and its id. */
static ValueBuild node(const Give *g, const char *type, const char *where, Str id) {
    ValueBuild b = {.a = g->a};
    if (g->ld) {
        build_c(&b, "@id", value_str(str_printf(g->a, "%s" STR_FMT, where, STR_ARG(id))));
        build_c(&b, "@type", value_c(type));
    }
    build_c(&b, "id", value_str(id));
    return b;
}

static Value pair(Arena *a, Value zh, Value en) {
    ValueBuild b = {.a = a};
    build_c(&b, "zh", zh);
    build_c(&b, "en", en);
    return build_ctx(&b);
}

static Value pair_of(Arena *a, Value v) { return pair(a, value_get(v, "zh"), value_get(v, "en")); }

static Value list_of(Value v, const char *key) {
    Value list = value_get(v, key);
    return list.kind == VALUE_LIST ? list : value_list(NULL, 0);
}

static bool listed(const ValueBuild *all, Str id) {
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(value_get_str(all->u.items[i], "id"), id)) return true;
    return false;
}

static bool has_text(Value list, Str text) {
    for (uint32_t i = 0; i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), text)) return true;
    return false;
}

static Value life_event(const Give *g, Value v) {
    ValueBuild b = node(g, "cv:LifeEvent", "/api/v1/life-events#", value_get_str(v, "id"));
    build_c(&b, "title", pair_of(g->a, v));
    return build_ctx(&b);
}

static Value channel(const Give *g, Str id) {
    ValueBuild b = node(g, "cv:Channel", "/api/v1/channels#", id);
    Value zh = value_null(), en = value_null();
    (void)value_find(value_get(value_get(http_page_texts(g->r->site, STR("zh")), "service"), "channel"), id, &zh);
    (void)value_find(value_get(value_get(http_page_texts(g->r->site, STR("en")), "service"), "channel"), id, &en);
    build_c(&b, "title", pair(g->a, zh, en));
    return build_ctx(&b);
}

static Value evidence_type(const Give *g, Value v) {
    ValueBuild b = node(g, "cv:EvidenceType", "/api/v1/evidence-types#", value_get_str(v, "id"));
    build_c(&b, "title", pair_of(g->a, v));
    build_c(&b, "accept", value_get(v, "accept"));
    build_c(&b, "max_bytes", value_get(v, "max_bytes"));
    build_c(&b, "issuer", value_get(v, "issuer"));
    build_c(&b, "exempt", value_get(v, "exempt"));
    return build_ctx(&b);
}

static Value organisation(const Give *g, Value office) {
    ValueBuild b = node(g, "cv:PublicOrganisation", "/api/v1/public-organisations#", value_get_str(office, "id"));
    build_c(&b, "title", pair_of(g->a, value_get(office, "name")));
    build_c(&b, "kind", value_get(office, "kind"));
    build_c(&b, "parent", value_get(office, "parent"));
    return build_ctx(&b);
}

/* whole: with the article's text and who has verified it. */
static Value legal_resource(const Give *g, const PackArticle *x, bool whole) {
    ValueBuild b = node(g, "eli:LegalResource", "/api/v1/legal-resources#", x->ref);
    Str zh = str_printf(g->a, "《" STR_FMT "》" STR_FMT, STR_ARG(x->instrument_zh), STR_ARG(x->number_zh));
    Str en = str_printf(g->a, STR_FMT ", " STR_FMT, STR_ARG(x->instrument_en), STR_ARG(x->number_en));
    build_c(&b, "title", pair(g->a, value_str(zh), value_str(en)));
    if (!whole) return build_ctx(&b);
    Value day;
    ValueEntry text = {STR("zh"), value_str(x->text_zh)};
    build_c(&b, "description", value_copy(g->a, value_ctx(&text, 1)));
    build_c(&b, "version", value_str(x->version));
    if (date_parse(x->version, &day)) build_c(&b, "version_date", value_str(x->version));
    build_c(&b, "status", value_str(x->status));
    build_c(&b, "source", value_str(x->source));
    build_c(&b, "checked_on", value_str(x->checked_on));
    build_c(&b, "checked_by", value_str(x->checked_by));
    return build_ctx(&b);
}

/* ---- one service ------------------------------------------------------------------------------------------------------- */
typedef Value Part(const Give *g, Value v);

static Value parts(const Give *g, Value list, Part *part) {
    ValueBuild all = {.a = g->a};
    for (uint32_t i = 0; i < list.size; i++) build_item(&all, part(g, list.u.list[i]));
    return build_list(&all);
}

static Value channel_of(const Give *g, Value v) { return channel(g, value_text(v)); }

static Value authorities(const Give *g, const Pack *p) {
    Value offices = list_of(g->r->site->authority, "offices"), kinds = list_of(p->json, "decided_by");
    ValueBuild all = {.a = g->a};
    for (uint32_t i = 0; i < offices.size; i++)
        if (has_text(kinds, value_get_str(offices.u.list[i], "kind"))) build_item(&all, organisation(g, offices.u.list[i]));
    return build_list(&all);
}

/* Yuan, exact: 1000 fen are 10. */
static Value cost(const Give *g, Value item) {
    ValueBuild b = {.a = g->a};
    if (g->ld) build_c(&b, "@type", value_c("cv:Cost"));
    build_c(&b, "id", value_get(item, "id"));
    build_c(&b, "title", pair_of(g->a, value_get(item, "name")));
    build_c(&b, "value", dec_div(g->a, value_get(item, "fen"), value_int(100)));
    build_c(&b, "currency", value_c("CNY"));
    build_c(&b, "valid_from", value_get(item, "valid_from"));
    build_c(&b, "valid_to", value_get(item, "valid_to"));
    build_c(&b, "source", value_get(item, "source"));
    build_c(&b, "checked_on", value_get(item, "checked_on"));
    build_c(&b, "checked_by", value_get(item, "checked_by"));
    return build_ctx(&b);
}

static Value output(const Give *g, const Pack *p) {
    ValueBuild b = {.a = g->a};
    Value words = value_get(p->json, "output");
    if (value_is_null(words)) return words;
    if (g->ld) build_c(&b, "@type", value_c("cv:Output"));
    build_c(&b, "title", pair_of(g->a, words));
    return build_ctx(&b);
}

/* Days as the law counts them. A duration of XML Schema knows no working days, so only calendar days become one. */
static Value periods(const Give *g, const Pack *p, ValueBuild *service) {
    ValueBuild all = {.a = g->a};
    for (size_t i = 0; i < p->n_clocks; i++) {
        const PackClock *c = &p->clocks[i];
        bool working = c->statutory.unit == CALENDAR_WORKING;
        ValueBuild b = {.a = g->a};
        build_c(&b, "id", value_str(c->id));
        build_c(&b, "title", pair(g->a, value_str(c->zh), value_str(c->en)));
        build_c(&b, "days", value_int(c->statutory.n));
        build_c(&b, "unit", value_c(working ? "working" : "calendar"));
        build_c(&b, "promised_days", c->promised.n > 0 ? value_int(c->promised.n) : value_null());
        build_c(&b, "law", c->law);
        build_item(&all, build_ctx(&b));
        bool main = str_is(c->stop, "decided") && !working;
        if (main) build_c(service, "processing_time", value_str(str_printf(g->a, "P%lldD", (long long)c->statutory.n)));
    }
    return build_list(&all);
}

static Value keywords(const Give *g, const Pack *p) {
    Value words = value_get(p->json, "keywords");
    return value_is_null(words) ? words : pair_of(g->a, words);
}

static Value articles(const Give *g, const Pack *p) {
    ValueBuild all = {.a = g->a};
    for (size_t i = 0; i < p->n_articles; i++) build_item(&all, legal_resource(g, &p->articles[i], false));
    return build_list(&all);
}

/* In lists: what one needs to choose; alone: everything. */
static Value service(const Give *g, const Pack *p, bool whole) {
    ValueBuild b = node(g, "cpsv:PublicService", "/api/v1/services/", p->id);
    build_c(&b, "version", value_str(p->version));
    build_c(&b, "status", value_str(p->status));
    build_c(&b, "title", pair(g->a, value_str(p->title_zh), value_str(p->title_en)));
    if (!value_is_null(value_get(p->json, "subtitle"))) build_c(&b, "description", pair_of(g->a, value_get(p->json, "subtitle")));
    build_c(&b, "keywords", keywords(g, p));
    build_c(&b, "life_events", parts(g, list_of(p->json, "life_events"), life_event));
    build_c(&b, "channels", parts(g, list_of(p->json, "channels"), channel_of));
    build_c(&b, "competent_authorities", authorities(g, p));
    build_c(&b, "costs", parts(g, list_of(value_get(p->json, "fees"), "items"), cost));
    if (!whole) return build_ctx(&b);
    build_c(&b, "output", output(g, p));
    build_c(&b, "evidence_types", parts(g, list_of(p->json, "evidence"), evidence_type));
    build_c(&b, "legal_resources", articles(g, p));
    build_c(&b, "periods", periods(g, p, &b));
    build_c(&b, "checks", pack_checks(p, g->a));
    return build_ctx(&b);
}

/* ---- requirements ------------------------------------------------------------------------------------------------------ */
static Value result_words(const Give *g, const Pack *p, Str code, const char *member) {
    Value zh = value_get(value_get(pack_texts(p, STR("zh")), "results"), str_c(g->a, code));
    Value en = value_get(value_get(pack_texts(p, STR("en")), "results"), str_c(g->a, code));
    return pair(g->a, value_get(zh, member), value_get(en, member));
}

static Value criterion(const Give *g, const Pack *p, const PackResult *result, const char *where) {
    ValueBuild b = node(g, "cv:Criterion", where, result->code);
    build_c(&b, "kind", value_c("eligibility"));
    build_c(&b, "title", result_words(g, p, result->code, "name"));
    build_c(&b, "description", result_words(g, p, result->code, "means"));
    build_c(&b, "eligible", value_bool(result->eligible));
    return build_ctx(&b);
}

static Value paper(const Give *g, Value asked, const char *where) {
    Value evidence = value_get(asked, "type");
    ValueBuild b = node(g, "cv:InformationRequirement", where, value_get_str(evidence, "id")), list = {.a = g->a};
    if (g->ld) build_c(&list, "@type", value_c("cv:EvidenceTypeList"));
    build_c(&list, "specifies", evidence_type(g, evidence));
    build_c(&b, "kind", value_c("evidence"));
    build_c(&b, "title", pair_of(g->a, evidence));
    build_c(&b, "always", value_get(asked, "always"));
    build_c(&b, "rules", value_get(asked, "rules"));
    build_c(&b, "evidence_type_list", build_ctx(&list));
    return build_ctx(&b);
}

static Value requirements(const Give *g, const Pack *p) {
    ValueBuild all = {.a = g->a};
    Value papers = pack_papers(p, g->a);
    const char *where = str_c(g->a, str_printf(g->a, "/api/v1/services/" STR_FMT "/requirements#", STR_ARG(p->id)));
    for (size_t i = 0; i < p->n_results; i++) build_item(&all, criterion(g, p, &p->results[i], where));
    for (uint32_t i = 0; i < papers.size; i++) build_item(&all, paper(g, papers.u.list[i], where));
    return build_list(&all);
}

/* ---- handlers ------------------------------------------------------------------------------------------------------------ */
static bool find(const Give *g, const Pack **pack, Err *err) {
    *pack = case_pack(g->r->site->house, http_param(g->r, "service"));
    return *pack || err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
}

bool http_api_services(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    ValueBuild list = {.a = r->a};
    for (size_t i = 0; i < case_pack_count(r->site->house); i++) build_item(&list, service(&g, case_pack_at(r->site->house, i), false));
    return send_list(&g, out, "services", build_list(&list));
}

bool http_api_service(HttpRequest *r, HttpResponse *out, Err *err) {
    Give g = begin(r);
    const Pack *pack;
    TRY(find(&g, &pack, err));
    return send(&g, out, NULL, service(&g, pack, true));
}

bool http_api_requirements(HttpRequest *r, HttpResponse *out, Err *err) {
    Give g = begin(r);
    const Pack *pack;
    TRY(find(&g, &pack, err));
    return send_list(&g, out, "requirements", requirements(&g, pack));
}

/* Every entry of that list in any pack, once each. */
static Value collected(const Give *g, const char *key, Part *part) {
    ValueBuild all = {.a = g->a};
    for (size_t i = 0; i < case_pack_count(g->r->site->house); i++) {
        Value list = list_of(case_pack_at(g->r->site->house, i)->json, key);
        for (uint32_t k = 0; k < list.size; k++) {
            Value v = list.u.list[k];
            if (!listed(&all, v.kind == VALUE_STRING ? value_text(v) : value_get_str(v, "id"))) build_item(&all, part(g, v));
        }
    }
    return build_list(&all);
}

bool http_api_evidence_types(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    return send_list(&g, out, "evidence_types", collected(&g, "evidence", evidence_type));
}

bool http_api_channels(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    return send_list(&g, out, "channels", collected(&g, "channels", channel_of));
}

bool http_api_life_events(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    return send_list(&g, out, "life_events", collected(&g, "life_events", life_event));
}

bool http_api_legal_resources(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    ValueBuild all = {.a = r->a};
    for (size_t i = 0; i < case_pack_count(r->site->house); i++) {
        const Pack *p = case_pack_at(r->site->house, i);
        for (size_t k = 0; k < p->n_articles; k++)
            if (!listed(&all, p->articles[k].ref)) build_item(&all, legal_resource(&g, &p->articles[k], true));
    }
    return send_list(&g, out, "legal_resources", build_list(&all));
}

bool http_api_organisations(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    Give g = begin(r);
    return send_list(&g, out, "public_organisations", parts(&g, list_of(r->site->authority, "offices"), organisation));
}
