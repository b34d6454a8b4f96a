/* page_track: what a resident sees of a case with its tracking code: state, decision, reasons, letter, and who
 * looked. Never a staff name: the rooms do not hand one over here. */
#include "http/page_in.h"

#include <inttypes.h>

enum { STEPS_ABREAST = 6 }; /* more have no room for their names beside each other */

typedef struct Track { /* one case seen by its code */
    HttpPage p;        /* the page */
    const Pack *pack;  /* its service; NULL when no longer installed */
    Value view;        /* what case_track told */
    Str code;          /* as printed */
    Value last;        /* the decision that counts, null before */
} Track;

/* A wrong or unknown code is no trouble: the form comes back and says what to compare. */
static bool open_track(Track *t, HttpRequest *r, HttpResponse *out, bool *found, Err *err) {
    Err trouble = {0};
    Str typed = http_param(r, "code");
    *found = case_track(r->site->house, typed, r->now_us, r->a, &t->view, &trouble);
    if (!*found && trouble.code == ERR_NOT_FOUND) return http_track_form(r, out, typed, true, err);
    if (!*found) {
        *err = trouble;
        return false;
    }
    t->pack = case_view_pack(r->site->house, t->view);
    t->code = value_get_str(t->view, "tracking_code");
    Value decisions = value_get(t->view, "decisions");
    t->last = decisions.size > 0 ? decisions.u.list[decisions.size - 1] : value_null();
    http_page_begin(&t->p, r, false);
    http_page_str(&t->p, "code", t->code);
    http_page_str(&t->p, "service", http_word_pick(&t->p, value_get(t->view, "title")));
    return true;
}

static Str office_name(const HttpPage *p, Str id) {
    AccessOffice office;
    Err err = {0};
    if (!access_office(p->r->site->store, id, p->a, &office, &err)) return id;
    return str_is(p->r->lang, "zh") ? office.name_zh : office.name_en;
}

static Str office_government(const HttpPage *p, Str id) {
    AccessOffice office;
    Err err = {0};
    if (!access_office(p->r->site->store, id, p->a, &office, &err)) return STR("");
    return str_is(p->r->lang, "zh") ? office.government_zh : office.government_en;
}

/* ---- state and steps ---------------------------------------------------------------------------------------- */

static Value state_texts(const Track *t, const char *state) {
    return t->pack ? value_get(value_get(http_word_texts(&t->p, t->pack), "states"), state) : value_null();
}

static void put_state(Track *t) {
    HttpPage *p = &t->p;
    const char *state = str_c(p->a, value_get_str(t->view, "state"));
    if (value_is_null(t->last)) {
        Value texts = state_texts(t, state);
        http_page_str(p, "title", value_get_str(texts, "title"));
        http_page_str(p, "now", value_get_str(texts, "now"));
        return;
    }
    Str outcome = http_word_pick(p, value_get(t->last, "outcome"));
    http_page_str(p, "title", http_page_say(p, "case.decided", "outcome", outcome, NULL));
    http_page_str(p, "now", value_get_str(state_texts(t, "closed"), "now"));
}

/* The pack's own steps; when none is going on, the last one done is where the case stands. What was passed by, such as the
 * letter of the other outcome, is not shown as done; what an application that was withdrawn will not come to, not at all. */
static void put_steps(Track *t) {
    Value steps = value_get(t->view, "steps");
    bool over = str_is(value_get_str(t->view, "state"), "withdrawn");
    uint32_t current = 0;
    for (uint32_t i = 0; i < steps.size; i++)
        if (!str_is(value_get_str(steps.u.list[i], "state"), "ahead")) current = i;
    ValueBuild list = {.a = t->p.a};
    for (uint32_t i = 0; i < steps.size; i++) {
        Value step = steps.u.list[i], at = value_get(step, "at");
        if ((over || i < current) && str_is(value_get_str(step, "state"), "ahead")) continue;
        ValueBuild b = {.a = t->p.a};
        build_c(&b, "label", value_str(http_word_pick(&t->p, value_get(step, "name"))));
        build_c(&b, "small", value_is_null(at) ? value_null() : value_str(http_word_moment(&t->p, at)));
        build_c(&b, "done", value_bool(i < current));
        build_c(&b, "current", value_bool(i == current));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(&t->p, "few_steps", value_bool(list.n <= STEPS_ABREAST));
    http_page_put(&t->p, "steps", build_list(&list));
}

/* ---- decision ------------------------------------------------------------------------------------------------- */

static Str letter_href(const Track *t, int64_t no, const char *lang) {
    return str_printf(t->p.a, "/track/" STR_FMT "/letters/%" PRId64 "?lang=%s", STR_ARG(t->code), no, lang);
}

static Value letter_link(const Track *t) {
    Value letters = value_get(t->view, "letters");
    if (letters.size == 0) return value_null();
    int64_t no = value_get_int(letters.u.list[letters.size - 1], "no", 1);
    ValueBuild b = {.a = t->p.a};
    build_c(&b, "href", value_str(letter_href(t, no, str_c(t->p.a, t->p.r->lang))));
    return build_ctx(&b);
}

static Str reason_head(const Track *t, Str how) {
    if (str_is(how, "departed")) return http_page_text(&t->p, "case.departed_note");
    return http_page_text(&t->p, "case.correction_note");
}

/* The clocks that still run; those that have stopped say nothing to a resident. */
static void put_clocks(Track *t) {
    Value clocks = value_get(t->view, "clocks");
    ValueBuild open = {.a = t->p.a};
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++)
        if (!str_is(value_get_str(clocks.u.list[i], "state"), "stopped")) build_item(&open, clocks.u.list[i]);
    http_clock_put(&t->p, t->pack, build_list(&open), false, false);
}

static void put_verdict(Track *t) {
    HttpPage *p = &t->p;
    if (value_is_null(t->last)) return;
    Str code = value_get_str(value_get(t->last, "outcome"), "code"), how = value_get_str(t->last, "how");
    Str office = office_name(p, value_get_str(t->last, "office"));
    Str time = http_word_moment(p, value_get(t->last, "at"));
    Value outcomes = t->pack ? value_get(http_word_texts(p, t->pack), "outcomes") : value_null();
    ValueBuild b = {.a = p->a};
    build_c(&b, "outcome", value_str(http_word_pick(p, value_get(t->last, "outcome"))));
    build_c(&b, "by", value_str(http_page_say(p, "case.decided_by", "time", time, "office", office, NULL)));
    build_c(&b, "means", value_get(value_get(outcomes, str_c(p->a, code)), "means"));
    build_c(&b, "corrected", value_bool(str_is(how, "corrected")));
    build_c(&b, "silence", value_bool(str_is(how, "silence")));
    build_c(&b, "officer_reason", value_get(t->last, "reason"));
    build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(t->last, "reason"))));
    build_c(&b, "reason_head", value_str(reason_head(t, how)));
    build_c(&b, "letter", letter_link(t));
    http_page_put(p, "verdict", build_ctx(&b));
}

/* The refs an outcome rests on when the officer departed from the proposal. */
static Value outcome_refs(const Track *t) {
    Value outcomes = value_get(t->pack->json, "outcomes"), code = value_get(value_get(t->last, "outcome"), "code");
    for (uint32_t i = 0; outcomes.kind == VALUE_LIST && i < outcomes.size; i++)
        if (value_same(value_get(outcomes.u.list[i], "code"), code)) return value_get(outcomes.u.list[i], "articles");
    return value_list(NULL, 0);
}

static void put_reasons(Track *t) {
    HttpPage *p = &t->p;
    if (value_is_null(t->last) || !t->pack) return;
    bool adopted = str_is(value_get_str(t->last, "how"), "adopted");
    Value rules = value_get(t->view, "rules");
    Value reasons = adopted ? http_why_reasons(p, t->pack, rules) : value_list(NULL, 0);
    Value articles = http_word_articles(p, t->pack, adopted ? http_why_refs(p, rules) : outcome_refs(t));
    http_page_put(p, "has_reasons", value_bool(reasons.size > 0));
    http_page_put(p, "reasons", reasons);
    http_page_put(p, "has_articles", value_bool(articles.size > 0));
    http_page_put(p, "articles", articles);
    http_page_put(p, "notices", http_word_notices(p, t->pack));
}

/* Against a decision, or against not being accepted. */
static void put_appeal(Track *t) {
    HttpPage *p = &t->p;
    http_page_str(p, "appeal", http_word_appeal(p, value_get(t->view, "appeal"), office_government(p, value_get_str(t->view, "office"))));
}

/* ---- record ------------------------------------------------------------------------------------------------------ */

static Value letter_links(const Track *t, int64_t no) {
    ValueBuild list = {.a = t->p.a};
    for (int i = 0; i < 2; i++) {
        bool zh = i == 0;
        ValueBuild b = {.a = t->p.a};
        build_c(&b, "href", value_str(letter_href(t, no, zh ? "zh" : "en")));
        build_c(&b, "tag", value_c(zh ? "zh-CN" : "en"));
        build_c(&b, "label", value_str(http_page_text(&t->p, zh ? "view.letter_zh" : "view.letter_en")));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void add_event(const Track *t, ValueBuild *list, Value at, Str what, Str detail, Value letters) {
    ValueBuild b = {.a = t->p.a};
    build_c(&b, "iso", value_str(http_word_iso(&t->p, at)));
    build_c(&b, "time", value_str(http_word_moment(&t->p, at)));
    build_c(&b, "what", value_str(what));
    build_c(&b, "detail", value_str(detail));
    build_c(&b, "letters", letters);
    build_item(list, build_ctx(&b));
}

typedef struct Line { /* of the record */
    Value at;         /* when */
    Str what, detail; /* in words */
    Value letters;    /* links, or null */
} Line;
typedef struct Lines { /* the record, in the order of time */
    Line items[64]; /* the newest that have room */
    size_t n;       /* of them */
} Lines;

static bool is_before(Value x, Value y) {
    int64_t a, b, nanos;
    date_instant(x, &a, &nanos);
    date_instant(y, &b, &nanos);
    return a < b;
}

/* Kept sorted; what happened in one moment stays in the order of adding. */
static void add_line(Lines *lines, Value at, Str what, Str detail, Value letters) {
    if (at.kind != VALUE_DATETIME || lines->n == COUNT_OF(lines->items)) return;
    size_t k = lines->n++;
    for (; k > 0 && is_before(at, lines->items[k - 1].at); k--) lines->items[k] = lines->items[k - 1];
    lines->items[k] = (Line){at, what, detail, letters};
}

static void add_life(const Track *t, Lines *lines) {
    const HttpPage *p = &t->p;
    Value accepted = value_get(t->view, "accepted"), notices = value_get(t->view, "notices"), withdrawn = value_get(t->view, "withdrawn");
    Str how = value_get_str(accepted, "how");
    const char *word = str_is(how, "silence") ? "event.silence" : str_is(how, "refused") ? "event.refused" : "event.accepted";
    for (uint32_t i = 0; i < notices.size; i++) {
        Value notice = notices.u.list[i];
        add_line(lines, value_get(notice, "at"), http_page_text(p, "event.notice"), office_name(p, value_get_str(notice, "office")), value_null());
        add_line(lines, value_get(notice, "answered_at"), http_page_text(p, "event.answered"), STR(""), value_null());
    }
    add_line(lines, value_get(accepted, "at"), http_page_text(p, word), office_name(p, value_get_str(accepted, "office")), value_null());
    add_line(lines, value_get(withdrawn, "at"), http_page_text(p, "event.withdrawn"), STR(""), value_null());
}

static void add_decisions(const Track *t, Lines *lines) {
    Value decisions = value_get(t->view, "decisions");
    for (uint32_t i = 0; i < decisions.size; i++) {
        Value d = decisions.u.list[i];
        bool corrected = str_is(value_get_str(d, "how"), "corrected");
        add_line(lines, value_get(d, "at"), http_page_text(&t->p, corrected ? "event.corrected" : "event.decided"), http_word_pick(&t->p, value_get(d, "outcome")), value_null());
    }
}

/* What was handed in at one moment is one line. */
static void add_papers(const Track *t, Lines *lines) {
    Value files = value_get(t->view, "files");
    Buf names = {.a = t->p.a};
    for (uint32_t i = 0; i < files.size; i++) {
        Value file = files.u.list[i], at = value_get(file, "at");
        if (names.n > 0) buf_add(&names, http_page_text(&t->p, "comma"));
        buf_add(&names, http_word_evidence(&t->p, t->pack, value_get_str(file, "evidence")));
        if (i + 1 < files.size && value_same(at, value_get(files.u.list[i + 1], "at"))) continue;
        add_line(lines, at, http_page_text(&t->p, "event.papers"), buf_str(&names), value_null());
        names = (Buf){.a = t->p.a};
    }
}

/* Newest first: every step with its letter above it, the registration last. */
static void put_history(Track *t) {
    HttpPage *p = &t->p;
    Value letters = value_get(t->view, "letters");
    Lines lines = {.n = 0};
    ValueBuild list = {.a = p->a};
    add_line(&lines, value_get(t->view, "created_at"), http_page_text(p, "event.created"), office_name(p, value_get_str(t->view, "office")), value_null());
    add_papers(t, &lines);
    add_life(t, &lines);
    add_decisions(t, &lines);
    for (uint32_t i = 0; i < letters.size; i++)
        add_line(&lines, value_get(letters.u.list[i], "at"), http_page_text(p, "event.letter"), STR(""), letter_links(t, value_get_int(letters.u.list[i], "no", 1)));
    for (size_t i = lines.n; i-- > 0;) add_event(t, &list, lines.items[i].at, lines.items[i].what, lines.items[i].detail, lines.items[i].letters);
    http_page_put(p, "history", build_list(&list));
}

/* ---- what the applicant can do ------------------------------------------------------------------------------------- */

static void put_acts(Track *t) {
    HttpPage *p = &t->p;
    Value acts = value_get(t->view, "acts"), notices = value_get(t->view, "notices"), words = value_null();
    Str base = str_printf(p->a, "/track/" STR_FMT, STR_ARG(t->code)), done = http_query(p->r, "done");
    http_page_put(p, "asked", value_bool(value_get_bool(acts, "supply", false)));
    http_page_str(p, "notice_href", notices.size > 0 ? str_join2(p->a, base, STR("/notice")) : STR(""));
    http_page_str(p, "withdraw_href", value_get_bool(acts, "withdraw", false) ? str_join2(p->a, base, STR("/withdraw")) : STR(""));
    http_page_str(p, "papers_href", value_get(t->view, "files").size > 0 ? str_join2(p->a, base, STR("/files")) : STR(""));
    http_page_str(p, "rate_href", value_get_bool(t->view, "may_rate", false) ? str_join2(p->a, base, STR("/rate")) : STR(""));
    if (done.n > 0 && value_find(value_get(value_get(p->t, "mine"), "done"), done, &words)) http_page_put(p, "done", words);
}

bool http_track_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Track t = {0};
    bool found;
    TRY(open_track(&t, r, out, &found, err));
    if (!found) return true;
    put_state(&t);
    put_steps(&t);
    put_clocks(&t);
    put_verdict(&t);
    put_reasons(&t);
    put_appeal(&t);
    http_cash_track_put(&t.p, t.view);
    put_history(&t);
    put_acts(&t);
    http_page_str(&t.p, "access_href", str_printf(r->a, "/track/" STR_FMT "/access", STR_ARG(t.code)));
    return http_page_send(&t.p, out, 200, "resident/case", err);
}

/* ---- who looked ----------------------------------------------------------------------------------------------------- */

static Value look(const Track *t, Value line) {
    const HttpPage *p = &t->p;
    Value at = value_get(line, "at");
    Str role = value_get_str(line, "role"), purpose = value_get_str(line, "purpose");
    bool himself = str_is(role, "applicant");
    ValueBuild b = {.a = p->a};
    build_c(&b, "iso", value_str(http_word_iso(p, at)));
    build_c(&b, "time", value_str(http_word_clock(p, at)));
    build_c(&b, "purpose", value_str(http_word(p->t, "purpose", purpose, purpose)));
    build_c(&b, "office", value_str(himself ? STR("") : office_name(p, value_get_str(line, "office"))));
    build_c(&b, "role", value_str(http_word(p->t, "role", role, role)));
    return build_ctx(&b);
}

static void close_day(const Track *t, ValueBuild *days, Str day, const ValueBuild *looks) {
    if (looks->n == 0) return;
    ValueBuild b = {.a = t->p.a};
    Str n = str_printf(t->p.a, "%zu", looks->n);
    build_c(&b, "day", value_str(http_page_say(&t->p, "access.times", "day", day, "n", n, NULL)));
    build_c(&b, "looks", build_list(looks));
    build_item(days, build_ctx(&b));
}

static Value days_of(const Track *t) {
    Value lines = value_get(t->view, "lookers");
    ValueBuild days = {.a = t->p.a}, looks = {.a = t->p.a};
    Str day = STR("");
    for (uint32_t i = 0; i < lines.size; i++) {
        Str today = http_word_day(&t->p, value_get(lines.u.list[i], "at"));
        if (!str_eq(day, today)) {
            close_day(t, &days, day, &looks);
            looks = (ValueBuild){.a = t->p.a};
            day = today;
        }
        build_item(&looks, look(t, lines.u.list[i]));
    }
    close_day(t, &days, day, &looks);
    return build_list(&days);
}

bool http_track_access_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Track t = {0};
    bool found;
    TRY(open_track(&t, r, out, &found, err));
    if (!found) return true;
    http_page_str(&t.p, "title", http_page_text(&t.p, "access.title"));
    http_page_str(&t.p, "back", str_printf(r->a, "/track/" STR_FMT, STR_ARG(t.code)));
    http_page_put(&t.p, "days", days_of(&t));
    return http_page_send(&t.p, out, 200, "resident/access", err);
}
