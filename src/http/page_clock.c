/* page_clock: deadlines as people read them: a chip with shape, word and colour; promised and statutory last
 * days; and the officer's acts on a clock. It counts no days of its own but from today to the last day. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

static int64_t today(const HttpPage *p) {
    int64_t local = p->r->now_us / 1000000 + p->r->offset;
    return local / 86400 - (local % 86400 < 0);
}

/* Source: design, deadline chip: overdue, due today, within time. */
Value http_clock_chip(const HttpPage *p, Value due) {
    ValueBuild b = {.a = p->a};
    if (due.kind != VALUE_DATE) return value_null();
    int64_t left = due.u.i - today(p);
    Str n = str_printf(p->a, "%" PRId64, left < 0 ? -left : left);
    Str text = left < 0   ? http_page_say(p, left == -1 ? "clock.late_one" : "clock.late", "n", n, NULL)
               : left > 1 ? http_page_say(p, "clock.left", "n", n, NULL)
                          : http_page_text(p, left == 0 ? "clock.today" : "clock.tomorrow");
    build_c(&b, "chip", value_c(left < 0 ? "late" : left > 0 ? "ok" : "soon"));
    build_c(&b, "late", value_bool(left < 0));
    build_c(&b, "soon", value_bool(left == 0));
    build_c(&b, "ok", value_bool(left > 0));
    build_c(&b, "text", value_str(text));
    return build_ctx(&b);
}

/* "20 working days", and by which calendar when that is not the nation's. */
static Str counted_by(const HttpPage *p, Str length, Value calendar) {
    if (value_is_null(calendar)) return length;
    Str by = http_page_say(p, "clock.by", "calendar", http_word_pick(p, calendar), NULL);
    return str_printf(p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(length), STR_ARG(http_page_text(p, "comma")), STR_ARG(by));
}

/* "2027 年 2 月 22 日", and that it is provisional; null when there is no such term. */
static Value term_view(const HttpPage *p, Value term) {
    if (term.kind != VALUE_CONTEXT) return value_null();
    ValueBuild b = {.a = p->a};
    Str n = str_printf(p->a, "%" PRId64, value_get_int(term, "n", 0));
    bool working = str_is(value_get_str(term, "unit"), "working"), one = value_get_int(term, "n", 0) == 1;
    const char *length = value_get_int(term, "n", 0) == 0 ? "clock.same_day" : working ? one ? "clock.working_one" : "clock.working" : one ? "clock.calendar_one" : "clock.calendar";
    build_c(&b, "day", value_str(http_word_date(p, value_get(term, "due"))));
    build_c(&b, "length", value_str(counted_by(p, http_page_say(p, length, "n", n, NULL), value_get(term, "calendar"))));
    build_c(&b, "provisional", value_get(term, "provisional"));
    return build_ctx(&b);
}

/* The nearer last day of a running clock. */
static Value next_day(Value clock) {
    Value promised = value_get(value_get(clock, "promised"), "due"), due = value_get(value_get(clock, "statutory"), "due");
    return promised.kind == VALUE_DATE && promised.u.i < due.u.i ? promised : due;
}

static Str article_of(const HttpPage *p, const Pack *pack, Value law) {
    const PackArticle *article = pack && law.size > 0 ? pack_article(pack, value_text(law.u.list[0])) : NULL;
    if (!article) return STR("");
    bool zh = str_is(p->r->lang, "zh");
    return str_printf(p->a, zh ? "《" STR_FMT "》" STR_FMT : STR_FMT ", " STR_FMT, STR_ARG(zh ? article->instrument_zh : article->instrument_en),
                      STR_ARG(zh ? article->number_zh : article->number_en));
}

static Str hold_reason(const HttpPage *p, Value hold) {
    int64_t notice = value_get_int(hold, "notice", 0);
    if (notice == 0) return value_get_str(hold, "reason");
    return http_page_say(p, "clock.for_notice", "n", str_printf(p->a, "%" PRId64, notice), NULL);
}

/* "On … extended by 10 days", and why. */
static Value extension_view(const HttpPage *p, const char *words, Value extension) {
    ValueBuild b = {.a = p->a};
    Str days = str_printf(p->a, "%" PRId64, value_get_int(extension, "days", 0)), reason = value_get_str(extension, "reason");
    build_c(&b, "text", value_str(http_page_say(p, words, "on", value_get_str(extension, "on"), "n", days, "who", value_get_str(extension, "by_name"), NULL)));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "tag", value_str(http_word_tag(p, reason)));
    return build_ctx(&b);
}

/* Why it was extended (Source: all:42), and why it stood or stands still: the reasons are the applicant's to know (Source: all:45). */
static Value moved_views(const HttpPage *p, Value holds, Value extensions) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; extensions.kind == VALUE_LIST && i < extensions.size; i++) build_item(&list, extension_view(p, "clock.extension", extensions.u.list[i]));
    for (uint32_t i = 0; holds.kind == VALUE_LIST && i < holds.size; i++) {
        Value hold = holds.u.list[i];
        Str to = value_get_str(hold, "to");
        ValueBuild b = {.a = p->a};
        build_c(&b, "text", value_str(http_page_say(p, to.n ? "clock.held" : "clock.holds", "from", value_get_str(hold, "from"), "to", to, NULL)));
        build_c(&b, "reason", value_str(hold_reason(p, hold)));
        build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(hold, "reason"))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value clock_view(const HttpPage *p, const Pack *pack, Value clock, bool may, bool may_grant) {
    Value asked = value_get(clock, "asked");
    bool own = str_eq(value_get_str(asked, "by"), p->r->who.user);
    Str state = value_get_str(clock, "state"), extended = str_printf(p->a, "%" PRId64, value_get_int(clock, "extended", 0));
    bool running = str_is(state, "running"), held = str_is(state, "suspended");
    ValueBuild b = {.a = p->a};
    build_c(&b, "id", value_get(clock, "id"));
    build_c(&b, "name", value_str(http_word_pick(p, value_get(clock, "name"))));
    build_c(&b, "left", running ? http_clock_chip(p, next_day(clock)) : value_null());
    build_c(&b, "held", value_bool(held));
    build_c(&b, "stopped", value_bool(!running && !held));
    build_c(&b, "promised", term_view(p, value_get(clock, "promised")));
    build_c(&b, "statutory", term_view(p, value_get(clock, "statutory")));
    build_c(&b, "article", value_str(article_of(p, pack, value_get(clock, "law"))));
    build_c(&b, "extended", value_str(str_is(extended, "0") ? STR("") : http_page_say(p, "clock.extended", "n", extended, NULL)));
    build_c(&b, "history", moved_views(p, value_get(clock, "holds"), value_get(clock, "extensions")));
    build_c(&b, "open", value_bool(str_is(http_query(p->r, "open"), "clocks")));
    build_c(&b, "may", value_bool(may && (running || held)));
    build_c(&b, "may_done", value_bool(may && running && value_get_bool(clock, "by_hand", false)));
    build_c(&b, "may_hold", value_bool(may && running));
    build_c(&b, "may_ask", value_bool(value_is_null(asked)));
    build_c(&b, "asked", value_is_null(asked) ? asked : extension_view(p, "clock.asked", asked));
    build_c(&b, "may_grant", value_bool(may_grant && !own && !value_is_null(asked)));
    build_c(&b, "own", value_bool(own && !value_is_null(asked)));
    return build_ctx(&b);
}

void http_clock_put(HttpPage *p, const Pack *pack, Value clocks, bool may, bool may_grant) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) build_item(&list, clock_view(p, pack, clocks.u.list[i], may, may_grant));
    http_page_put(p, "has_clocks", value_bool(list.n > 0));
    http_page_put(p, "clocks", build_list(&list));
}

/* ---- the officer's acts ---------------------------------------------------------------------------------------- */

static bool read_command(HttpRequest *r, Command *c, Err *err) {
    int64_t version, days = 0;
    if (!str_to_int(http_field(r, "version"), &version) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    if (!str_to_int(str_trim(http_field(r, "days")), &days)) days = 0;
    ValueBuild args = {.a = r->a};
    build_c(&args, "clock", value_str(http_field(r, "clock")));
    build_c(&args, "do", value_str(http_field(r, "do")));
    build_c(&args, "days", value_int(days));
    build_c(&args, "reason", value_str(http_field(r, "reason")));
    *c = (Command){.what = CASE_CLOCK, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"),
                   .version = version, .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c->seed, r->seed, sizeof c->seed);
    return true;
}

/* What the page says beside the clocks; NULL when the trouble is not the form's. */
static const char *word_of(const Err *trouble) {
    bool reason = str_is(str_of(trouble->element), "reason"), days = str_is(str_of(trouble->element), "days");
    if (str_is(str_of(trouble->element), "assignee")) return "assign.first";
    if (trouble->code == ERR_DENIED) return "clock.second";
    if (trouble->code == ERR_STALE || trouble->code == ERR_STATE) return "clock.moved";
    if (trouble->code != ERR_INVALID) return NULL;
    return reason ? "clock.reason_missing" : days ? "clock.days_wrong" : "clock.do_missing";
}

bool http_case_clock_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Command c;
    CaseReply reply;
    Err trouble = {0};
    if (http_page_only_show(r)) return http_case_show(r, out, &(HttpTyped){0}, err);
    TRY(read_command(r, &c, err));
    if (!case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        HttpTyped typed = {.clock_error = word_of(&trouble)};
        if (typed.clock_error) return http_case_show(r, out, &typed, err);
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT "#clocks", STR_ARG(http_param(r, "id"))));
    return true;
}
