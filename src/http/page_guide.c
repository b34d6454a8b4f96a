/* page_guide: what a service tells before anybody applies: may I, what to bring, what it costs, how long it takes. It
 * words what the pack's decisions gave (pack_guide) and must never add a line, an amount or a day of its own. */
#include "http/page_in.h"

#include <inttypes.h>

static Value named(const HttpPage *p, Value v) { return value_str(http_word_pick(p, v)); }

/* Where a line stands in the law: 《…》第六十三条. */
static Str cited(const HttpPage *p, const Pack *pack, Value refs) {
    bool zh = str_is(p->r->lang, "zh");
    Buf b = {.a = p->a};
    for (uint32_t i = 0; refs.kind == VALUE_LIST && i < refs.size; i++) {
        const PackArticle *x = pack_article(pack, value_text(refs.u.list[i]));
        if (!x) continue;
        if (b.n > 0) buf_c(&b, zh ? "，" : "; ");
        if (zh) buf_printf(&b, "《" STR_FMT "》" STR_FMT, STR_ARG(x->instrument_zh), STR_ARG(x->number_zh));
        else buf_printf(&b, STR_FMT ", " STR_FMT, STR_ARG(x->instrument_en), STR_ARG(x->number_en));
    }
    return buf_str(&b);
}

/* ---- what to bring ---- */
static Value line_view(const HttpPage *p, const Pack *pack, Value line) {
    Str needed = value_get_str(line, "needed"), copies = value_get_str(line, "copies");
    Value exempt = value_get(line, "exempt");
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", named(p, line));
    build_c(&b, "needed", value_str(http_page_text(p, str_c(p->a, str_join2(p->a, STR("guide."), needed)))));
    build_c(&b, "spare", value_bool(str_is(needed, "not_needed")));
    build_c(&b, "copies", value_str(copies.n > 0 ? http_page_text(p, str_c(p->a, str_join2(p->a, STR("guide."), copies))) : STR("")));
    build_c(&b, "exempt", value_is_null(exempt) ? value_null() : named(p, exempt));
    build_c(&b, "exempt_unverified", value_bool(value_get_str(exempt, "checked_by").n == 0));
    build_c(&b, "cited", value_str(cited(p, pack, value_get(line, "articles"))));
    return build_ctx(&b);
}

/* ---- what it costs ---- */
static Str yuan(const HttpPage *p, int64_t fen) {
    Str n = fen % 100 ? str_printf(p->a, "%" PRId64 ".%02" PRId64, fen / 100, fen % 100) : str_printf(p->a, "%" PRId64, fen / 100);
    return http_page_say(p, "guide.yuan", "n", n, NULL);
}

static Str amount(const HttpPage *p, Value holder) {
    int64_t fen = value_get_int(holder, "fen", -1);
    return fen < 0 ? http_page_text(p, "guide.unknown") : fen == 0 ? http_page_text(p, "guide.free") : yuan(p, fen);
}

static Value item_view(const HttpPage *p, Value item) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", named(p, value_get(item, "name")));
    build_c(&b, "amount", value_str(amount(p, item)));
    build_c(&b, "unverified", value_bool(value_get_str(item, "checked_by").n == 0));
    return build_ctx(&b);
}

static bool has_id(const ValueBuild *list, Str id) {
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(value_get_str(list->u.items[i], "id"), id)) return true;
    return false;
}

/* Every item that the service may cost, as it is in force today; a period to come is none. */
static Value items_today(const HttpPage *p, const Pack *pack) {
    const int64_t day_us = INT64_C(86400000000);
    int64_t day = (p->r->now_us + p->r->offset * INT64_C(1000000)) / day_us;
    Value all = value_get(value_get(pack->json, "fees"), "items");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; all.kind == VALUE_LIST && i < all.size; i++) {
        Str id = value_get_str(all.u.list[i], "id");
        Value item = pack_fee(pack, id, day);
        if (!value_is_null(item) && !has_id(&list, id)) build_item(&list, item);
    }
    return build_list(&list);
}

Value http_guide_items(const HttpPage *p, const Pack *pack) {
    Value items = items_today(p, pack);
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < items.size; i++) build_item(&list, item_view(p, items.u.list[i]));
    return build_list(&list);
}

/* One item is the fee, several depend on the answers; a service without fees is free by law (all:58). */
Str http_guide_fee(const HttpPage *p, const Pack *pack) {
    Value items = items_today(p, pack), fees;
    if (!value_find(pack->json, STR("fees"), &fees)) return http_page_text(p, "guide.free");
    if (items.size == 0) return http_page_text(p, "guide.unknown");
    if (items.size > 1) return http_page_text(p, "guide.varies");
    Str sum = amount(p, items.u.list[0]);
    if (value_get_str(items.u.list[0], "checked_by").n > 0) return sum;
    return http_page_say(p, "guide.amount_unverified", "amount", sum, NULL);
}

/* ---- how long ---- */
static Str days(const HttpPage *p, Value term) {
    int64_t n = value_get_int(term, "n", -1);
    bool working = str_is(value_get_str(term, "unit"), "working");
    const char *say = n == 0 ? "guide.same_day" : n == 1 ? (working ? "guide.working_1" : "guide.calendar_1") : working ? "guide.working" : "guide.calendar";
    return n >= 0 ? http_page_say(p, say, "n", str_printf(p->a, "%" PRId64, n), NULL) : STR("");
}

static Value clock_view(const HttpPage *p, const Pack *pack, Value clock) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", named(p, value_get(clock, "name")));
    build_c(&b, "statutory", value_str(days(p, value_get(clock, "statutory"))));
    build_c(&b, "promised", value_str(days(p, value_get(clock, "promised"))));
    build_c(&b, "cited", value_str(cited(p, pack, value_get(clock, "articles"))));
    return build_ctx(&b);
}

/* The deadline that a person asks about: until the decision. */
static const PackClock *main_clock(const Pack *pack) {
    for (size_t i = 0; i < pack->n_clocks; i++)
        if (str_is(pack->clocks[i].stop, "decided")) return &pack->clocks[i];
    return NULL;
}

static Str term_text(const HttpPage *p, PackTerm term) {
    if (!term.set) return STR("");
    ValueBuild b = {.a = p->a};
    build_c(&b, "n", value_int(term.n));
    build_c(&b, "unit", value_c(term.unit == CALENDAR_WORKING ? "working" : "calendar"));
    return days(p, build_ctx(&b));
}

Str http_guide_promise(const HttpPage *p, const Pack *pack) {
    const PackClock *clock = main_clock(pack);
    if (!clock) return STR("");
    return term_text(p, clock->promised.set ? clock->promised : clock->statutory);
}

void http_guide_terms(HttpPage *p, const Pack *pack) {
    const PackClock *clock = main_clock(pack);
    http_page_str(p, "promised", clock ? term_text(p, clock->promised) : STR(""));
    http_page_str(p, "statutory", clock ? term_text(p, clock->statutory) : STR(""));
    http_page_str(p, "statutory_cited", clock ? cited(p, pack, clock->law) : STR(""));
}

void http_guide_put(HttpPage *p, const Pack *pack, Value guide) {
    Value lines = value_get(guide, "checklist"), fee = value_get(guide, "fee"), items = value_get(fee, "items"), clocks = value_get(guide, "clocks");
    ValueBuild bring = {.a = p->a}, costs = {.a = p->a}, times = {.a = p->a};
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++) build_item(&bring, line_view(p, pack, lines.u.list[i]));
    for (uint32_t i = 0; items.kind == VALUE_LIST && i < items.size; i++) build_item(&costs, item_view(p, items.u.list[i]));
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) build_item(&times, clock_view(p, pack, clocks.u.list[i]));
    http_page_put(p, "lines", build_list(&bring));
    http_page_put(p, "items", build_list(&costs));
    http_page_put(p, "clocks", build_list(&times));
    http_page_str(p, "total", amount(p, fee));
}
