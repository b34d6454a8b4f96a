/* page_rate: five levels and what they are about, once per case, by its tracking code; and the supervisor's page of what
 * people think and what is to be followed up. Nothing here shows whose rating it is: room case keeps no such thing. */
#include "http/page_in.h"

#include <inttypes.h>

enum { LEVELS = 5 };

/* ---- rating ----------------------------------------------------------------------------------------------------------- */

static Value level_options(const HttpPage *p, Str chosen) {
    ValueBuild list = {.a = p->a};
    for (int i = LEVELS; i > 0; i--) {
        Str value = str_printf(p->a, "%d", i);
        ValueBuild b = {.a = p->a};
        build_c(&b, "value", value_str(value));
        build_c(&b, "label", value_str(http_page_text(p, str_c(p->a, str_printf(p->a, "rate.level_%d", i)))));
        build_c(&b, "checked", value_bool(str_eq(value, chosen)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value aspect_options(const HttpPage *p, Str channel) {
    Value codes = case_rating_aspects(channel, p->a);
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < codes.size; i++) {
        Str code = value_text(codes.u.list[i]);
        ValueBuild b = {.a = p->a};
        build_c(&b, "code", value_str(code));
        build_c(&b, "label", value_str(http_page_text(p, str_c(p->a, str_join2(p->a, STR("rate.aspect_"), code)))));
        build_c(&b, "checked", value_bool(http_field(p->r, str_c(p->a, str_join2(p->a, STR("aspect-"), code))).n > 0));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static bool show(HttpRequest *r, HttpResponse *out, Value view, const char *error, Err *err) {
    HttpPage p;
    Str code = value_get_str(view, "tracking_code");
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "rate.title"));
    http_page_str(&p, "code", code);
    http_page_str(&p, "service", http_word_pick(&p, value_get(view, "title")));
    http_page_str(&p, "back", value_get_str(view, "back").n ? value_get_str(view, "back") : str_printf(r->a, "/track/" STR_FMT, STR_ARG(code)));
    http_page_str(&p, "contact", http_field(r, "contact"));
    http_page_str(&p, "self", r->path);
    http_page_put(&p, "open", value_get(view, "may_rate"));
    http_page_put(&p, "levels", level_options(&p, http_field(r, "level")));
    http_page_put(&p, "aspects", aspect_options(&p, value_get_str(view, "channel")));
    http_page_str(&p, "remark", http_field(r, "remark"));
    http_page_str(&p, "lang_form", STR("form"));
    if (error) {
        ValueEntry members[] = {{STR("key"), value_c("level-5")}, {STR("text"), value_str(http_page_text(&p, error))}};
        Value line = value_ctx(members, COUNT_OF(members));
        http_page_str(&p, "level_error", http_page_text(&p, error));
        http_page_errors(&p, http_page_text(&p, "mine.error_head"), value_list(&line, 1));
        return http_page_send(&p, out, 422, "resident/rate", err);
    }
    return http_page_send(&p, out, 200, "resident/rate", err);
}

/* A wrong code is no trouble: the form for codes comes back. */
static bool open_case(HttpRequest *r, HttpResponse *out, Value *view, bool *found, Err *err) {
    Err trouble = {0};
    *found = case_track(r->site->house, http_param(r, "code"), r->now_us, r->a, view, &trouble);
    if (*found) return true;
    if (trouble.code == ERR_NOT_FOUND) return http_track_form(r, out, http_param(r, "code"), true, err);
    *err = trouble;
    return false;
}

bool http_track_rate_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    bool found;
    TRY(open_case(r, out, &view, &found, err));
    return !found || show(r, out, view, NULL, err);
}

static Value rating_of(const HttpRequest *r, Str channel) {
    Value codes = case_rating_aspects(channel, r->a);
    ValueBuild chosen = {.a = r->a}, b = {.a = r->a};
    int64_t level = 0;
    for (uint32_t i = 0; i < codes.size; i++)
        if (http_field(r, str_c(r->a, str_join2(r->a, STR("aspect-"), value_text(codes.u.list[i])))).n > 0) build_item(&chosen, codes.u.list[i]);
    if (!str_to_int(http_field(r, "level"), &level)) level = 0;
    build_c(&b, "level", value_int(level));
    build_c(&b, "aspects", build_list(&chosen));
    build_c(&b, "remark", value_str(http_field(r, "remark")));
    build_c(&b, "contact", value_str(http_field(r, "contact")));
    return build_ctx(&b);
}

bool http_track_rate_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    bool found;
    Err trouble = {0};
    TRY(open_case(r, out, &view, &found, err));
    if (!found) return true;
    if (http_page_only_show(r)) return show(r, out, view, NULL, err);
    if (!case_rate(r->site->house, http_param(r, "code"), rating_of(r, value_get_str(view, "channel")), r->seed, r->now_us, r->a, &trouble)) {
        bool remark = str_is(str_of(trouble.element), "remark");
        if (trouble.code == ERR_INVALID) return show(r, out, view, remark ? "rate.remark_long" : "rate.level_missing", err);
        if (trouble.code == ERR_STATE) return show(r, out, value_with(r->a, view, STR("may_rate"), value_bool(false)), NULL, err);
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/track/" STR_FMT "?done=rate", STR_ARG(value_get_str(view, "tracking_code"))));
    return true;
}

/* ---- a visit to the hall ------------------------------------------------------------------------------------------ */

/* The ticket as the page of a rating shows it: it can be rated once it was served. */
static bool open_visit(HttpRequest *r, Value *view, Value *ticket, Err *err) {
    bool may = false;
    TRY(desk_ticket_look(r->site->desk, http_param(r, "code"), r->now_us, r->a, ticket, err));
    Str code = value_get_str(*ticket, "code");
    TRY(case_may_rate_visit(r->site->house, code, r->a, &may, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "tracking_code", value_get(*ticket, "label"));
    build_c(&b, "title", value_get(*ticket, "queue_name"));
    build_c(&b, "channel", value_c("window"));
    build_c(&b, "may_rate", value_bool(may && str_is(value_get_str(*ticket, "state"), "served")));
    build_c(&b, "back", value_str(str_printf(r->a, "/tickets/" STR_FMT, STR_ARG(code))));
    *view = build_ctx(&b);
    return true;
}

bool http_ticket_rate_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view, ticket;
    TRY(open_visit(r, &view, &ticket, err));
    return show(r, out, view, NULL, err);
}

bool http_ticket_rate_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view, ticket;
    Err trouble = {0};
    TRY(open_visit(r, &view, &ticket, err));
    if (http_page_only_show(r) || !value_get_bool(view, "may_rate", false)) return show(r, out, view, NULL, err);
    Str office = value_get_str(ticket, "office"), code = value_get_str(ticket, "code");
    if (case_rate_visit(r->site->house, office, code, rating_of(r, STR("window")), r->seed, r->now_us, r->a, &trouble)) {
        http_redirect(out, str_printf(r->a, "/tickets/" STR_FMT "/rate", STR_ARG(code)));
        return true;
    }
    bool remark = str_is(str_of(trouble.element), "remark");
    if (trouble.code == ERR_INVALID) return show(r, out, view, remark ? "rate.remark_long" : "rate.level_missing", err);
    if (trouble.code == ERR_STATE) return show(r, out, value_with(r->a, view, STR("may_rate"), value_bool(false)), NULL, err);
    *err = trouble;
    return false;
}

/* ---- the supervisor's page -------------------------------------------------------------------------------------------- */

static Str service_name(const HttpPage *p, Str id) {
    const Pack *pack = case_pack(p->r->site->house, id);
    if (id.n == 0) return http_page_text(p, "rate.visit");
    return pack ? http_word_pick(p, value_get(pack->json, "title")) : id;
}

static Str level_name(const HttpPage *p, Value v) {
    return http_page_text(p, str_c(p->a, str_printf(p->a, "rate.level_%" PRId64, value_get_int(v, "level", 1))));
}

static void put_common(const HttpPage *p, Value v, ValueBuild *b) {
    build_c(b, "office", value_str(http_life_office(p, value_get_str(v, "office"))));
    build_c(b, "service", value_str(service_name(p, value_get_str(v, "service"))));
    build_c(b, "month", value_get(v, "month"));
    build_c(b, "level", value_str(level_name(p, v)));
}

Value http_rate_low(const HttpPage *p, Value low) {
    Value chosen = value_get(low, "aspects");
    ValueBuild b = {.a = p->a};
    Buf words = {.a = p->a};
    for (uint32_t i = 0; chosen.kind == VALUE_LIST && i < chosen.size; i++) {
        if (words.n > 0) buf_add(&words, http_page_text(p, "list_comma"));
        buf_add(&words, http_page_text(p, str_c(p->a, str_join2(p->a, STR("rate.aspect_"), value_text(chosen.u.list[i])))));
    }
    put_common(p, low, &b);
    build_c(&b, "id", value_get(low, "id"));
    build_c(&b, "office_id", value_get(low, "office"));
    build_c(&b, "about", value_str(buf_str(&words)));
    build_c(&b, "remark", value_get(low, "remark"));
    build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(low, "remark"))));
    build_c(&b, "due", http_clock_chip(p, value_get(low, "due")));
    build_c(&b, "contact", value_get(low, "contact"));
    build_c(&b, "disputed", value_get(low, "disputed"));
    build_c(&b, "settles", value_bool(value_get_str(low, "disputed").n > 0 && !str_eq(value_get_str(low, "disputed_by"), p->r->who.user)));
    return build_ctx(&b);
}

static Value sum_view(const HttpPage *p, Value sum) {
    ValueBuild b = {.a = p->a};
    put_common(p, sum, &b);
    build_c(&b, "n", value_str(str_printf(p->a, "%" PRId64, value_get_int(sum, "n", 0))));
    return build_ctx(&b);
}

static Value thanks_view(const HttpPage *p, Value one) {
    Str remark = value_get_str(one, "remark");
    ValueBuild b = {.a = p->a};
    build_c(&b, "office", value_str(http_life_office(p, value_get_str(one, "office"))));
    build_c(&b, "service", value_str(service_name(p, value_get_str(one, "service"))));
    build_c(&b, "month", value_get(one, "month"));
    build_c(&b, "remark", value_str(remark));
    build_c(&b, "tag", value_str(http_word_tag(p, remark)));
    return build_ctx(&b);
}

static Str share(const HttpPage *p, int64_t part, int64_t all) { return str_printf(p->a, "%" PRId64 " %%", all > 0 ? (100 * part + all / 2) / all : 0); }

/* "214 this month, 31 % of the cases that ended; satisfied 96 %": the score never without how many answered. */
bool http_rate_month(HttpPage *p, Err *err) {
    Value m;
    TRY(case_rating_month(p->r->site->house, &p->r->who, p->r->now_us, p->r->offset, p->a, &m, err));
    int64_t n = value_get_int(m, "ratings", 0), closed = value_get_int(m, "closed", 0);
    Str count = str_printf(p->a, "%" PRId64, n), answered = share(p, value_get_int(m, "cases", 0), closed), good = share(p, value_get_int(m, "satisfied", 0), n);
    http_page_str(p, "rate_month", n == 0 ? http_page_text(p, "rate.none") : http_page_say(p, "rate.this_month", "n", count, "rate", answered, "good", good, NULL));
    return true;
}

static bool show_ratings(HttpRequest *r, HttpResponse *out, const char *error, Err *err) {
    HttpPage p;
    Value all;
    TRY(case_ratings(r->site->house, &r->who, r->a, &all, err));
    Value sums = value_get(all, "sums"), low = value_get(all, "low"), thanks = value_get(all, "thanks");
    ValueBuild sum_list = {.a = r->a}, low_list = {.a = r->a}, thanks_list = {.a = r->a};
    http_page_begin(&p, r, true);
    for (uint32_t i = 0; i < sums.size; i++) build_item(&sum_list, sum_view(&p, sums.u.list[i]));
    for (uint32_t i = 0; i < low.size; i++) build_item(&low_list, http_rate_low(&p, low.u.list[i]));
    http_page_str(&p, "title", http_page_text(&p, "rate.staff_title"));
    http_page_put(&p, "on_ratings", value_bool(true));
    http_page_put(&p, "has_low", value_bool(low.size > 0));
    http_page_put(&p, "low", build_list(&low_list));
    for (uint32_t i = 0; i < thanks.size; i++) build_item(&thanks_list, thanks_view(&p, thanks.u.list[i]));
    http_page_put(&p, "has_thanks", value_bool(thanks.size > 0));
    http_page_put(&p, "thanks", build_list(&thanks_list));
    TRY(http_rate_month(&p, err));
    http_page_put(&p, "has_sums", value_bool(sums.size > 0));
    http_page_put(&p, "sums", build_list(&sum_list));
    if (error) http_page_str(&p, "error", http_page_text(&p, error));
    return http_page_send(&p, out, error ? 422 : 200, "clerk/ratings", err);
}

bool http_ratings_get(HttpRequest *r, HttpResponse *out, Err *err) { return show_ratings(r, out, NULL, err); }

static CaseFollow follow_of(Str word) {
    static const char *const words[] = {[CASE_FOLLOW_DONE] = "done", [CASE_FOLLOW_CALLED] = "called", [CASE_FOLLOW_DISPUTE] = "dispute",
                                        [CASE_FOLLOW_EXCLUDE] = "exclude", [CASE_FOLLOW_KEEP] = "keep"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i])) return (CaseFollow)i;
    return CASE_FOLLOW_DONE;
}

bool http_ratings_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Err trouble = {0};
    if (case_rating_follow(r->site->house, &r->who, http_field(r, "id"), http_field(r, "office"), follow_of(http_field(r, "do")), http_field(r, "note"), r->now_us, r->a, &trouble)) {
        http_redirect(out, STR("/staff/ratings"));
        return true;
    }
    if (trouble.code == ERR_INVALID) return show_ratings(r, out, "rate.note_missing", err);
    if (trouble.code == ERR_NOT_FOUND) return show_ratings(r, out, "rate.gone", err);
    *err = trouble;
    return false;
}
