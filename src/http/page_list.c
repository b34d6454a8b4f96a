/* page_list: the worklist: state tabs, find box, one line a case. Opening a case is another page. */
#include "http/page_in.h"

#include <inttypes.h>

Str http_case_state(const HttpPage *p, Str state) { return http_word(p->t, "state_short", state, state); }

/* What waits for a decision comes first; a search looks everywhere. */
static Str chosen_state(const HttpRequest *r) {
    Str state = http_query(r, "state");
    return state.n > 0 ? state : http_query(r, "find").n > 0 ? STR("all") : STR("open");
}

/* In: query = what a tab asks for. */
static void add_tab(const HttpPage *p, ValueBuild *tabs, const char *query, bool on, Str label, int64_t count) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "label", value_str(label));
    build_c(&b, "count", value_str(str_printf(p->a, "%" PRId64, count)));
    build_c(&b, "on", value_bool(on && http_query(p->r, "find").n == 0));
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/cases?%s", query)));
    build_item(tabs, build_ctx(&b));
}

static void put_tabs(HttpPage *p, Value counts) {
    int64_t open = value_get_int(counts, "open", 0), ended = value_get_int(counts, "ended", 0);
    ValueBuild tabs = {.a = p->a};
    Str whose = http_query(p->r, "whose"), state = whose.n > 0 ? STR("") : chosen_state(p->r);
    add_tab(p, &tabs, "state=open", str_is(state, "open"), http_page_text(p, "list.open"), open);
    add_tab(p, &tabs, "whose=mine", str_is(whose, "mine"), http_page_text(p, "list.mine"), value_get_int(counts, "mine", 0));
    add_tab(p, &tabs, "whose=nobody", str_is(whose, "nobody"), http_page_text(p, "list.nobody"), value_get_int(counts, "nobody", 0));
    add_tab(p, &tabs, "state=ended", str_is(state, "ended"), http_page_text(p, "list.ended"), ended);
    add_tab(p, &tabs, "state=all", str_is(state, "all"), http_page_text(p, "list.all"), open + ended);
    http_page_put(p, "tabs", build_list(&tabs));
}

static Value row(const HttpPage *p, Value c) {
    bool open = value_get_bool(c, "open", false);
    Value outcome = open ? value_get(c, "proposed") : value_get(c, "outcome");
    ValueBuild b = {.a = p->a};
    build_c(&b, "state", value_str(http_case_state(p, value_get_str(c, "state"))));
    build_c(&b, "chip", value_c(open ? "soon" : "plain"));
    build_c(&b, "open", value_bool(open));
    build_c(&b, "due", http_clock_chip(p, value_get(c, "due")));
    build_c(&b, "held", value_get(c, "held"));
    build_c(&b, "who", value_str(value_get_str(c, "assignee_name")));
    build_c(&b, "who_tag", value_str(http_word_tag(p, value_get_str(c, "assignee_name"))));
    build_c(&b, "code", value_get(c, "tracking_code"));
    build_c(&b, "href", value_str(str_printf(p->a, "/staff/cases/" STR_FMT, STR_ARG(value_get_str(c, "id")))));
    build_c(&b, "service", value_str(http_word_pick(p, value_get(c, "title"))));
    build_c(&b, "subject", value_get(c, "subject"));
    build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(c, "subject"))));
    build_c(&b, "outcome", value_str(http_word_pick(p, outcome)));
    build_c(&b, "created", value_str(http_word_time(p, value_get(c, "created_at"))));
    return build_ctx(&b);
}

static Value rows(const HttpPage *p, Value cases) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < cases.size; i++) build_item(&list, row(p, cases.u.list[i]));
    return build_list(&list);
}

static void put_next(HttpPage *p, Value next) {
    if (next.kind != VALUE_STRING) return;
    Value fields = value_with(p->a, p->r->query, STR("after"), next);
    http_page_str(p, "next", str_printf(p->a, "/staff/cases?" STR_FMT, STR_ARG(http_page_query(p->a, fields))));
}

static Value filter_of(const HttpRequest *r) {
    Str state = chosen_state(r);
    ValueBuild b = {.a = r->a};
    bool all = str_is(state, "all") || http_query(r, "whose").n > 0;
    build_c(&b, "state", value_str(all ? STR("") : state));
    build_c(&b, "whose", value_str(http_query(r, "whose")));
    build_c(&b, "find", value_str(http_query(r, "find")));
    build_c(&b, "after", value_str(http_query(r, "after")));
    return build_ctx(&b);
}

bool http_cases_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value list;
    Str find = http_query(r, "find");
    TRY(case_list(r->site->house, &r->who, filter_of(r), r->now_us, r->a, &list, err));
    http_page_begin(&p, r, true);
    Value cases = value_get(list, "cases");
    http_page_str(&p, "title", http_page_text(&p, "list.title"));
    http_page_str(&p, "page_keys", STR("list"));
    http_page_put(&p, "on_cases", value_bool(true));
    http_page_str(&p, "find", find);
    put_tabs(&p, value_get(list, "counts"));
    http_page_put(&p, "has_cases", value_bool(cases.size > 0));
    http_page_put(&p, "cases", rows(&p, cases));
    http_page_str(&p, "empty", find.n > 0 ? http_page_say(&p, "list.empty_find", "find", find, NULL)
                                          : http_page_text(&p, "list.empty"));
    put_next(&p, value_get(list, "next"));
    http_notice_put(&p);
    return http_page_send(&p, out, 200, "clerk/cases", err);
}
