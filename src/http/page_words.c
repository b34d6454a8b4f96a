/* page_words: how a service's codes, values, articles and dates read in the reader's language. Every word
 * comes from the pack or from the page texts; a code without a word is shown as it is, never guessed. */
#include "http/page_in.h"

#include <inttypes.h>

Str http_word_pick(const HttpPage *p, Value zh_en) { return value_get_str(zh_en, str_is(p->r->lang, "zh") ? "zh" : "en"); }

Value http_word_texts(const HttpPage *p, const Pack *pack) { return pack_texts(pack, p->r->lang); }

Str http_word(Value texts, const char *group, Str key, Str otherwise) {
    Value v;
    return value_find(value_get(texts, group), key, &v) && v.kind == VALUE_STRING ? value_text(v) : otherwise;
}

Str http_word_step(const HttpPage *p, const Pack *pack, Str id, Str name) {
    Str otherwise = name.n > 0 ? name : id;
    return pack ? http_word(http_word_texts(p, pack), "steps", id, otherwise) : otherwise;
}

Str http_word_evidence(const HttpPage *p, const Pack *pack, Str id) {
    Value kinds = pack ? value_get(pack->json, "evidence") : value_null();
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++)
        if (str_eq(value_get_str(kinds.u.list[i], "id"), id)) return http_word_pick(p, kinds.u.list[i]);
    return id;
}

Str http_word_outcome(const HttpPage *p, const Pack *pack, Str code) {
    const PackOutcome *o = pack_outcome(pack, code);
    if (!o) return code;
    return str_is(p->r->lang, "zh") ? o->zh : o->en;
}

Str http_word_tag(const HttpPage *p, Str text) {
    if (str_is(p->r->lang, "zh")) return STR("");
    for (size_t at = 0; at < text.n;) {
        uint32_t c = utf8_next(text, &at);
        if (c >= 0x4E00 && c <= 0x9FFF) return STR("zh-CN"); /* CJK Unified Ideographs */
    }
    return STR("");
}

/* ---- values ------------------------------------------------------------------------------------------- */

static Str result_word(Value texts, Str code) {
    Value words;
    return value_find(value_get(texts, "results"), code, &words) ? value_get_str(words, "name") : STR("");
}

/* A code: an option of its own field, a value the service names, an outcome, a result of the pre-check, an option of any
 * field. */
static Str code_word(const HttpPage *p, const Pack *pack, Str key, Str code) {
    Value texts = http_word_texts(p, pack), options = value_get(texts, "options"), own, word;
    if (value_find(options, key, &own) && value_find(own, code, &word)) return value_text(word);
    Str named = http_word(texts, "values", code, STR(""));
    if (named.n > 0) return named;
    if (pack_outcome(pack, code)) return http_word_outcome(p, pack, code);
    Str result = result_word(texts, code);
    if (result.n > 0) return p->staff ? http_page_say(p, "coded", "word", result, "code", code, NULL) : result;
    for (uint32_t i = 0; i < options.size; i++)
        if (value_find(options.u.ctx[i].value, code, &word)) return value_text(word);
    return code;
}

static Str plain_word(const HttpPage *p, Value v) {
    Buf b = {.a = p->a};
    json_write(&b, v);
    return buf_str(&b);
}

/* As in tables: 2026-11-23, without the quotes of JSON. */
static Str day_word(const HttpPage *p, Value v) {
    Str text = plain_word(p, v);
    return text.n > 2 && text.p[0] == '"' ? str_sub(text, 1, text.n - 2) : text;
}

Str http_word_value(const HttpPage *p, const Pack *pack, Str key, Value v) {
    switch ((ValueKind)v.kind) {
    case VALUE_NULL: return http_page_text(p, "none");
    case VALUE_BOOL: return http_page_text(p, value_is_true(v) ? "yes" : "no");
    case VALUE_STRING: return code_word(p, pack, key, value_text(v));
    case VALUE_DATE: return day_word(p, v);
    case VALUE_DATETIME: return http_word_time(p, v);
    default: return plain_word(p, v);
    }
}

/* One alternative of a cell: a literal in quotes, a truth value, or a comparison left as it is. */
static Str wanted_word(const HttpPage *p, const Pack *pack, Str key, Str test) {
    test = str_trim(test);
    if (test.n >= 2 && test.p[0] == '"' && test.p[test.n - 1] == '"')
        return code_word(p, pack, key, str_sub(test, 1, test.n - 2));
    if (str_is(test, "true")) return http_page_text(p, "yes");
    if (str_is(test, "false")) return http_page_text(p, "no");
    return test;
}

Str http_word_wanted(const HttpPage *p, const Pack *pack, Str key, Str test) {
    Str but = STR("not(");
    if (str_is(test, "not(true)")) return http_page_text(p, "no");
    if (str_starts(test, but) && test.p[test.n - 1] == ')')
        return http_page_say(p, "not", "value", http_word_wanted(p, pack, key, str_sub(test, but.n, test.n - but.n - 1)), NULL);
    if (test.n > 0 && test.p[0] != '"') return wanted_word(p, pack, key, test);
    Buf b = {.a = p->a};
    for (Str rest = test; rest.n > 0;) {
        Str word = wanted_word(p, pack, key, str_cut(rest, ',', &rest));
        if (b.n > 0) buf_add(&b, http_page_text(p, "or"));
        buf_add(&b, word);
    }
    return buf_str(&b);
}

static const char *const months_en[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};

/* ---- law ------------------------------------------------------------------------------------------------ */

static Value paragraphs(const HttpPage *p, Str text) {
    ValueBuild list = {.a = p->a};
    for (Str rest = text; rest.n > 0;) build_item(&list, value_str(str_cut(rest, '\n', &rest)));
    return build_list(&list);
}

static Value article_view(const HttpPage *p, const PackArticle *article, bool folded) {
    ValueBuild b = {.a = p->a};
    Str en = str_printf(p->a, STR_FMT ", " STR_FMT, STR_ARG(article->instrument_en), STR_ARG(article->number_en));
    bool checked = article->checked_by.n > 0 && article->checked_on.n > 0;
    build_c(&b, "cite", value_str(str_printf(p->a, "《" STR_FMT "》" STR_FMT, STR_ARG(article->instrument_zh),
                                             STR_ARG(article->number_zh))));
    build_c(&b, "head", value_str(str_is(p->r->lang, "zh") ? value_get_str(build_ctx(&b), "cite") : en));
    build_c(&b, "folded", value_bool(folded || str_starts(article->ref, STR("list:")))); /* a list is long, an article is read */
    build_c(&b, "paragraphs", paragraphs(p, article->text_zh));
    build_c(&b, "note", value_str(!checked ? http_page_text(p, "case.list_unverified")
                                           : http_page_say(p, "case.checked", "on", article->checked_on, "by",
                                                           article->checked_by, NULL)));
    return build_ctx(&b);
}

static Value articles(const HttpPage *p, const Pack *pack, Value refs, bool folded) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; refs.kind == VALUE_LIST && i < refs.size; i++) {
        const PackArticle *article = refs.u.list[i].kind == VALUE_STRING ? pack_article(pack, value_text(refs.u.list[i])) : NULL;
        if (article) build_item(&list, article_view(p, article, folded));
    }
    return build_list(&list);
}

Value http_word_articles(const HttpPage *p, const Pack *pack, Value refs) { return articles(p, pack, refs, false); }

Value http_word_folded(const HttpPage *p, const Pack *pack, Value refs) { return articles(p, pack, refs, true); }

static Str number(const HttpPage *p, Value appeal, const char *key) {
    return str_printf(p->a, "%" PRId64, value_get_int(appeal, key, 0));
}

Str http_word_date(const HttpPage *p, Value date) {
    int64_t year;
    int month, day;
    if (date.kind != VALUE_DATE) return STR("");
    date_civil(date.u.i, &year, &month, &day);
    if (str_is(p->r->lang, "zh")) return str_printf(p->a, "%" PRId64 " 年 %d 月 %d 日", year, month, day);
    return str_printf(p->a, "%d %s %" PRId64, day, months_en[month - 1], year);
}

Str http_word_appeal(const HttpPage *p, Value appeal, Str government) {
    if (value_get_int(appeal, "reconsideration_days", 0) == 0) return STR("");
    bool first = value_get_bool(appeal, "first_reconsideration", false);
    Str until = http_word_date(p, value_get(appeal, "reconsideration_until"));
    Str days = number(p, appeal, "reconsideration_days"), court = number(p, appeal, "court_days");
    Str months = number(p, appeal, "court_months");
    if (until.n == 0)
        return http_page_say(p, first ? "appeal.first_short" : "appeal.either_short", "days", days, "government", government,
                             "court", court, "months", months, NULL);
    Str head = http_page_say(p, first ? "appeal.first" : "appeal.either", "days", days, "until", until, "government",
                             government, "months", months, NULL);
    Str tail = http_page_say(p, "appeal.then", "days", court, NULL);
    const char *gap = str_is(p->r->lang, "zh") ? "" : " ";
    if (value_get_bool(appeal, "reconsideration_provisional", false))
        head = str_printf(p->a, STR_FMT "%s" STR_FMT, STR_ARG(head), gap, STR_ARG(http_page_text(p, "appeal.provisional")));
    return str_printf(p->a, STR_FMT "%s" STR_FMT, STR_ARG(head), gap, STR_ARG(tail));
}

Value http_word_notices(const HttpPage *p, const Pack *pack) {
    Value notices = value_get(pack->json, "notices");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; notices.kind == VALUE_LIST && i < notices.size; i++)
        build_item(&list, value_str(http_word_pick(p, notices.u.list[i])));
    return build_list(&list);
}

/* ---- dates ------------------------------------------------------------------------------------------------ */

static const char *const weekdays_en[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const weekdays_zh[] = {"一", "二", "三", "四", "五", "六", "日"};

typedef struct Civil { /* a moment as it stands on the office's clock */
    int64_t year;      /* Gregorian */
    int month, day;    /* 1-based */
    int weekday;       /* 1 Monday … 7 Sunday */
    int hour, minute;  /* 24 h */
} Civil;

static bool civil(Value when, Civil *c) {
    const int64_t minute = INT64_C(60000000000);
    if (when.kind != VALUE_DATETIME) return false;
    int64_t minutes = when.u.time->nanos / minute;
    *c = (Civil){.weekday = date_weekday(when.u.time->days), .hour = (int)(minutes / 60), .minute = (int)(minutes % 60)};
    date_civil(when.u.time->days, &c->year, &c->month, &c->day);
    return true;
}

static Str written(const HttpPage *p, Value when, char between) {
    Civil c;
    if (!civil(when, &c)) return STR("");
    return str_printf(p->a, "%04" PRId64 "-%02d-%02d%c%02d:%02d", c.year, c.month, c.day, between, c.hour, c.minute);
}

Str http_word_time(const HttpPage *p, Value when) { return written(p, when, ' '); }

Str http_word_iso(const HttpPage *p, Value when) { return written(p, when, 'T'); }

Str http_word_clock(const HttpPage *p, Value when) {
    Civil c;
    return civil(when, &c) ? str_printf(p->a, "%02d:%02d", c.hour, c.minute) : STR("");
}

Str http_word_moment(const HttpPage *p, Value when) {
    Civil c;
    if (!civil(when, &c)) return STR("");
    if (str_is(p->r->lang, "zh")) return str_printf(p->a, "%d 月 %d 日 %02d:%02d", c.month, c.day, c.hour, c.minute);
    return str_printf(p->a, "%d %s %02d:%02d", c.day, months_en[c.month - 1], c.hour, c.minute);
}

Str http_word_day(const HttpPage *p, Value when) {
    Civil c;
    if (!civil(when, &c)) return STR("");
    if (str_is(p->r->lang, "zh")) return str_printf(p->a, "%d 月 %d 日（周%s）", c.month, c.day, weekdays_zh[c.weekday - 1]);
    return str_printf(p->a, "%s %d %s", weekdays_en[c.weekday - 1], c.day, months_en[c.month - 1]);
}
