/* page_find: how a resident finds a service: the first page, the list by audience, by life event, by words. Everything
 * shown is the packs' own; it must never rank one service above another but by what the words say. */
#include "http/page_in.h"

#include <inttypes.h>

/* ---- rows: a service with what it costs and how long it takes ----------------------------------------------------- */
static Str note_of(const HttpPage *p, const Pack *pack) {
    Str fee = http_guide_fee(p, pack), days = http_guide_promise(p, pack);
    if (fee.n == 0 || days.n == 0) return fee.n > 0 ? fee : days;
    return str_printf(p->a, STR_FMT " · " STR_FMT, STR_ARG(fee), STR_ARG(days));
}

static Value row_of(const HttpPage *p, const Pack *pack) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_str(pack->id));
    build_c(&b, "title", value_str(http_word_pick(p, value_get(pack->json, "title"))));
    build_c(&b, "subtitle", value_str(http_word_pick(p, value_get(pack->json, "subtitle"))));
    build_c(&b, "note", value_str(note_of(p, pack)));
    return build_ctx(&b);
}

static bool names(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return true;
    return false;
}

/* Every {id, zh, en} that some pack lists under this key, once each, in the packs' order. */
static Value kinds(const HttpPage *p, const char *key) {
    ValueBuild all = {.a = p->a};
    for (size_t i = 0; i < case_pack_count(p->r->site->house); i++) {
        Value list = value_get(case_pack_at(p->r->site->house, i)->json, key);
        for (uint32_t k = 0; list.kind == VALUE_LIST && k < list.size; k++)
            if (!names(build_list(&all), value_get_str(list.u.list[k], "id"))) build_item(&all, list.u.list[k]);
    }
    return build_list(&all);
}

/* Rows of the services that list `id` under this key; id "": of those that list nothing there. */
static Value rows_of(const HttpPage *p, const char *key, Str id) {
    ValueBuild rows = {.a = p->a};
    for (size_t i = 0; i < case_pack_count(p->r->site->house); i++) {
        const Pack *pack = case_pack_at(p->r->site->house, i);
        Value list = value_get(pack->json, key);
        bool here = id.n > 0 ? names(list, id) : list.kind != VALUE_LIST || list.size == 0;
        if (here) build_item(&rows, row_of(p, pack));
    }
    return build_list(&rows);
}

static void add_group(const HttpPage *p, ValueBuild *groups, Str title, Str id) {
    ValueBuild b = {.a = p->a};
    Value rows = rows_of(p, "audience", id);
    if (rows.size == 0) return;
    build_c(&b, "title", value_str(title));
    build_c(&b, "rows", rows);
    build_item(groups, build_ctx(&b));
}

static void put_groups(HttpPage *p) {
    Value all = kinds(p, "audience");
    ValueBuild groups = {.a = p->a};
    for (uint32_t i = 0; i < all.size; i++) add_group(p, &groups, http_word_pick(p, all.u.list[i]), value_get_str(all.u.list[i], "id"));
    add_group(p, &groups, http_page_text(p, groups.n > 0 ? "find.others" : "find.all"), STR(""));
    http_page_put(p, "groups", build_list(&groups));
}

static void put_events(HttpPage *p) {
    Value all = kinds(p, "life_events");
    ValueBuild events = {.a = p->a};
    for (uint32_t i = 0; i < all.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "id", value_get(all.u.list[i], "id"));
        build_c(&b, "name", value_str(http_word_pick(p, all.u.list[i])));
        build_item(&events, build_ctx(&b));
    }
    http_page_put(p, "has_events", value_bool(events.n > 0));
    http_page_put(p, "events", build_list(&events));
}

bool http_home_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "home.title"));
    put_groups(&p);
    put_events(&p);
    return http_page_send(&p, out, 200, "resident/home", err);
}

/* ---- the list ------------------------------------------------------------------------------------------------------- */
static bool show_event(HttpPage *p, HttpResponse *out, Str id, Err *err) {
    Value all = kinds(p, "life_events");
    uint32_t i = 0;
    while (i < all.size && !str_eq(value_get_str(all.u.list[i], "id"), id)) i++;
    if (i == all.size) return err_set(err, ERR_NOT_FOUND, "http", "There is no such life event.");
    http_page_str(p, "title", http_word_pick(p, all.u.list[i]));
    http_page_put(p, "rows", rows_of(p, "life_events", id));
    http_page_put(p, "has_rows", value_bool(true));
    return http_page_send(p, out, 200, "resident/services", err);
}

static Str found_title(const HttpPage *p, size_t n, Str words) {
    const char *say = n == 0 ? "find.none" : n == 1 ? "find.found_1" : "find.found";
    return http_page_say(p, say, "n", str_printf(p->a, "%zu", n), "words", words, NULL);
}

/* [{word, href}] */
static Value links(const HttpPage *p, Value words) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < words.size; i++) {
        ValueEntry q = {STR("q"), words.u.list[i]};
        ValueBuild b = {.a = p->a};
        build_c(&b, "word", words.u.list[i]);
        build_c(&b, "href", value_str(str_join2(p->a, STR("/services?"), http_page_query(p->a, value_ctx(&q, 1)))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static bool show_found(HttpPage *p, HttpResponse *out, Str words, Err *err) {
    size_t n = case_pack_count(p->r->site->house);
    const Pack **packs = NEW_ARRAY(p->a, const Pack *, n + 1);
    PackFound *found = NEW_ARRAY(p->a, PackFound, n + 1);
    ValueBuild rows = {.a = p->a};
    for (size_t i = 0; i < n; i++) packs[i] = case_pack_at(p->r->site->house, i);
    size_t hits = pack_search(packs, n, words, found);
    for (size_t i = 0; i < hits; i++) build_item(&rows, row_of(p, found[i].pack));
    Value near = hits > 0 ? value_list(NULL, 0) : pack_near(packs, n, words, str_c(p->a, http_page_lang(p)), p->a);
    http_page_str(p, "title", found_title(p, hits, words));
    http_page_str(p, "title_tag", http_word_tag(p, words));
    http_page_put(p, "rows", build_list(&rows));
    http_page_put(p, "has_rows", value_bool(hits > 0));
    http_page_put(p, "none", value_bool(hits == 0));
    http_page_put(p, "near", links(p, near));
    http_page_put(p, "has_near", value_bool(near.size > 0));
    return http_page_send(p, out, 200, "resident/services", err);
}

bool http_services_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    http_page_begin(&p, r, false);
    Str words = str_trim(http_query(r, "q")), event = http_query(r, "event");
    http_page_str(&p, "q", words);
    if (event.n > 0) return show_event(&p, out, event, err);
    if (words.n > 0) return show_found(&p, out, words, err);
    http_page_str(&p, "title", http_page_text(&p, "find.all"));
    put_groups(&p);
    put_events(&p);
    return http_page_send(&p, out, 200, "resident/services", err);
}
