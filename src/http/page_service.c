/* page_service: the guide to one service, and the list of what is verified in each. It words what the pack holds, and
 * says beside each figure when nobody has verified it; it must never promise what the pack does not. */
#include "http/page_in.h"

#include <inttypes.h>

static Value named(const HttpPage *p, Value v) { return value_str(http_word_pick(p, v)); }

static Value list_of(const Pack *pack, const char *key) {
    Value list = value_get(pack->json, key);
    return list.kind == VALUE_LIST ? list : value_list(NULL, 0);
}

/* ---- who ------------------------------------------------------------------------------------------------------------ */
static Value results(const HttpPage *p, const Pack *pack) {
    ValueBuild list = {.a = p->a};
    Value texts = value_get(http_word_texts(p, pack), "results");
    for (size_t i = 0; i < pack->n_results; i++) {
        Value words = value_get(texts, str_c(p->a, pack->results[i].code));
        ValueBuild b = {.a = p->a};
        build_c(&b, "eligible", value_bool(pack->results[i].eligible));
        build_c(&b, "name", value_get(words, "name"));
        build_c(&b, "means", value_get(words, "means"));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* ---- what to bring ---------------------------------------------------------------------------------------------------- */
/* How it is needed where that says more than "needed". */
static Str way(const HttpPage *p, Value rule) {
    return http_word(value_get(p->t, "service"), "way", value_get_str(rule, "needed"), STR(""));
}

/* Only if "Class" is Ordinary class, and "Certificate online" is no. */
static Value only_if(const HttpPage *p, const Pack *pack, Value rule) {
    Value conditions = value_get(rule, "conditions");
    Buf all = {.a = p->a};
    for (uint32_t i = 0; i < conditions.size; i++) {
        Value one = conditions.u.list[i];
        Str value = http_word_wanted(p, pack, value_get_str(one, "expression"), value_get_str(one, "wanted"));
        if (i > 0) buf_add(&all, http_page_text(p, "service.and"));
        buf_add(&all, http_page_say(p, "service.condition", "label", http_word_pick(p, one), "value", value, NULL));
    }
    ValueBuild b = {.a = p->a};
    build_c(&b, "text", value_str(http_page_say(p, "service.only_if", "conditions", buf_str(&all), NULL)));
    build_c(&b, "way", value_str(way(p, rule)));
    return build_ctx(&b);
}

static Value asked_view(const HttpPage *p, const Pack *pack, Value paper, bool always) {
    Value type = value_get(paper, "type"), rules = value_get(paper, "rules"), exempt = value_get(type, "exempt");
    ValueBuild b = {.a = p->a}, when = {.a = p->a};
    for (uint32_t i = 0; i < rules.size; i++) {
        Value rule = rules.u.list[i];
        bool free = value_get(rule, "conditions").size == 0;
        if (free) build_c(&b, "way", value_str(way(p, rule)));
        if (!free && !always) build_item(&when, only_if(p, pack, rule));
    }
    build_c(&b, "name", named(p, type));
    build_c(&b, "when", build_list(&when));
    build_c(&b, "exempt", value_is_null(exempt) ? value_null() : named(p, exempt));
    build_c(&b, "unverified", value_bool(!value_is_null(exempt) && value_get_str(exempt, "checked_by").n == 0));
    return build_ctx(&b);
}

/* Those that are always asked for, or the others. */
static Value papers(const HttpPage *p, const Pack *pack, Value all, bool always) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < all.size; i++)
        if (value_get_bool(all.u.list[i], "always", false) == always) build_item(&list, asked_view(p, pack, all.u.list[i], always));
    return build_list(&list);
}

static void put_papers(HttpPage *p, const Pack *pack) {
    Value all = pack_papers(pack, p->a), always = papers(p, pack, all, true), others = papers(p, pack, all, false);
    http_page_put(p, "has_papers", value_bool(all.size > 0));
    http_page_put(p, "has_always", value_bool(always.size > 0));
    http_page_put(p, "always", always);
    http_page_put(p, "has_others", value_bool(others.size > 0));
    http_page_put(p, "others", others);
}

/* ---- where ------------------------------------------------------------------------------------------------------------ */
static bool has_text(Value list, Str text) {
    for (uint32_t i = 0; i < list.size; i++)
        if (list.u.list[i].kind == VALUE_STRING && str_eq(value_text(list.u.list[i]), text)) return true;
    return false;
}

/* Names of the offices whose kind the pack lists under this key. */
static Value offices(const HttpPage *p, const Pack *pack, const char *key) {
    Value all = value_get(p->r->site->authority, "offices"), kinds = list_of(pack, key);
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; all.kind == VALUE_LIST && i < all.size; i++)
        if (has_text(kinds, value_get_str(all.u.list[i], "kind"))) build_item(&list, named(p, value_get(all.u.list[i], "name")));
    return build_list(&list);
}

static Str channels(const HttpPage *p, const Pack *pack) {
    Value list = list_of(pack, "channels");
    Buf b = {.a = p->a};
    for (uint32_t i = 0; i < list.size; i++) {
        if (b.n > 0) buf_add(&b, http_page_text(p, "list_comma"));
        buf_add(&b, http_word(value_get(p->t, "service"), "channel", value_text(list.u.list[i]), STR("")));
    }
    return buf_str(&b);
}

/* ---- verified, and not -------------------------------------------------------------------------------------------------- */
static Value check_view(const HttpPage *p, Value check) {
    Str by = value_get_str(check, "checked_by"), on = value_get_str(check, "checked_on"), source = value_get_str(check, "source");
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", named(p, check));
    build_c(&b, "kind", value_str(http_word(value_get(p->t, "service"), "check", value_get_str(check, "kind"), STR(""))));
    build_c(&b, "source", value_str(source));
    build_c(&b, "tag", value_str(http_word_tag(p, source)));
    build_c(&b, "verified", value_bool(by.n > 0));
    build_c(&b, "note", value_str(by.n == 0 ? http_page_text(p, "guide.unverified")
                                            : http_page_say(p, "case.checked", "on", on, "by", by, NULL)));
    return build_ctx(&b);
}

typedef struct Checks { /* what pack_checks gives, told apart */
    ValueBuild open, done; /* nobody has verified it; somebody has */
} Checks;

static Checks checks_of(const HttpPage *p, const Pack *pack) {
    Checks c = {.open = {.a = p->a}, .done = {.a = p->a}};
    Value all = pack_checks(pack, p->a);
    for (uint32_t i = 0; i < all.size; i++) {
        bool done = value_get_str(all.u.list[i], "checked_by").n > 0;
        build_item(done ? &c.done : &c.open, check_view(p, all.u.list[i]));
    }
    return c;
}

static Str count_text(const HttpPage *p, const char *path, size_t n) {
    return http_page_say(p, path, "n", str_printf(p->a, "%zu", n), NULL);
}

static Value checked_service(const HttpPage *p, const Pack *pack) {
    Checks c = checks_of(p, pack);
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(pack->id));
    build_c(&b, "name", named(p, value_get(pack->json, "title")));
    build_c(&b, "version", value_str(pack->version));
    build_c(&b, "is_sample", value_bool(str_is(pack->status, "sample")));
    build_c(&b, "open_head", value_str(count_text(p, "service.open", c.open.n)));
    build_c(&b, "done_head", value_str(count_text(p, "service.done", c.done.n)));
    build_c(&b, "open", build_list(&c.open));
    build_c(&b, "done", build_list(&c.done));
    return build_ctx(&b);
}

bool http_about_services_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    ValueBuild list = {.a = r->a};
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "service.about"));
    for (size_t i = 0; i < case_pack_count(r->site->house); i++) build_item(&list, checked_service(&p, case_pack_at(r->site->house, i)));
    http_page_put(&p, "checked", build_list(&list));
    return http_page_send(&p, out, 200, "resident/about", err);
}

/* ---- one service ---------------------------------------------------------------------------------------------------------- */
/* "rtsl:90" before "rtsl:100", each instrument in one place. */
static bool before(Str x, Str y) {
    Str rest_x, rest_y;
    int64_t a = 0, b = 0;
    int order = str_cmp(str_cut(x, ':', &rest_x), str_cut(y, ':', &rest_y));
    if (order != 0) return order < 0;
    return str_to_int(rest_x, &a) && str_to_int(rest_y, &b) ? a < b : str_cmp(rest_x, rest_y) < 0;
}

static Value all_refs(const HttpPage *p, const Pack *pack) {
    Value *refs = NEW_ARRAY(p->a, Value, pack->n_articles + 1);
    for (size_t i = 0; i < pack->n_articles; i++) {
        size_t at = i;
        for (; at > 0 && before(pack->articles[i].ref, value_text(refs[at - 1])); at--) refs[at] = refs[at - 1];
        refs[at] = value_str(pack->articles[i].ref);
    }
    return value_list(refs, pack->n_articles);
}

static void put_facts(HttpPage *p, const Pack *pack) {
    Value items = http_guide_items(p, pack);
    bool one = items.size == 1;
    http_page_put(p, "fee", one ? value_get(items.u.list[0], "amount") : value_str(http_guide_fee(p, pack)));
    http_page_put(p, "fee_name", one ? value_get(items.u.list[0], "name") : value_null());
    http_page_put(p, "fee_unverified", one ? value_get(items.u.list[0], "unverified") : value_bool(false));
    http_page_put(p, "items", items);
    http_page_put(p, "several_items", value_bool(items.size > 1));
    http_guide_terms(p, pack);
    http_page_str(p, "channels", channels(p, pack));
}

static void put_where(HttpPage *p, const Pack *pack) {
    Value accepted = offices(p, pack, "accepted_at"), decided = offices(p, pack, "decided_by");
    http_page_put(p, "has_offices", value_bool(accepted.size > 0));
    http_page_put(p, "accepted_at", accepted);
    http_page_put(p, "decided_by", decided);
}

/* Where the pack offers the window, and an office gives appointments for it. */
static bool put_booking(HttpPage *p, const Pack *pack, Err *err) {
    Value found = value_list(NULL, 0);
    if (has_text(list_of(pack, "channels"), STR("window"))) TRY(desk_bookable(p->r->site->desk, pack->id, p->a, &found, err));
    http_page_put(p, "bookable", value_bool(found.size > 0));
    http_page_str(p, "book_note", http_page_say(p, "book.link_note", "n", str_printf(p->a, "%u", (unsigned)found.size), NULL));
    return true;
}

bool http_service_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    const Pack *pack = case_pack(r->site->house, http_param(r, "service"));
    if (!pack) return err_set(err, ERR_NOT_FOUND, "http", "There is no such service.");
    http_page_begin(&p, r, false);
    Value who = results(&p, pack);
    http_page_str(&p, "title", http_word_pick(&p, value_get(pack->json, "title")));
    http_page_str(&p, "id", pack->id);
    http_page_str(&p, "subtitle", http_word_pick(&p, value_get(pack->json, "subtitle")));
    http_page_str(&p, "output", http_word_pick(&p, value_get(pack->json, "output")));
    http_page_put(&p, "asks", value_bool(pack->questions != NULL));
    http_page_str(&p, "questions", count_text(&p, "service.questions", value_get(value_get(pack->json, "precheck"), "questions").size));
    http_page_put(&p, "who", who);
    http_page_put(&p, "has_who", value_bool(who.size > 0));
    put_papers(&p, pack);
    put_facts(&p, pack);
    put_where(&p, pack);
    http_page_put(&p, "articles", http_word_folded(&p, pack, all_refs(&p, pack)));
    http_page_put(&p, "checked", checked_service(&p, pack));
    http_page_put(&p, "notices", http_word_notices(&p, pack));
    TRY(put_booking(&p, pack, err));
    return http_page_send(&p, out, 200, "resident/service", err);
}
