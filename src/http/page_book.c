/* page_book: where, on which day and at which time; a press of a time holds it. What is free the hall says, and only the hall
 * decides who gets it: of two who press at once, one is told to choose again. Works without script. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

static Value named(const HttpPage *p, Value v) { return value_str(http_word_pick(p, v)); }

Str http_book_key(const HttpRequest *r) {
    Buf b = {.a = r->a};
    for (int i = 0; i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return buf_str(&b);
}

DeskCommand http_book_command(const HttpRequest *r, DeskDo what, Str office, Str code) {
    Str key = r->headers.key.n > 0 ? r->headers.key : http_field(r, "key");
    DeskCommand c = {.what = what, .office = office, .code = code, .key = key.n > 0 ? key : http_book_key(r), .version = -1, .now_us = r->now_us};
    memcpy(c.seed, r->seed, sizeof c.seed);
    return c;
}

Value http_one(Arena *a, const char *member, Str text) {
    ValueBuild b = {.a = a};
    build_c(&b, member, value_str(text));
    return build_ctx(&b);
}

/* ---- days and times ----------------------------------------------------------------------------------------------------- */

static Str date_text(Value date, Arena *a) {
    Buf b = {.a = a};
    date_write(&b, date);
    return buf_str(&b);
}

static Value midnight(Value date, Arena *a) { return date_of_time(a, VALUE_DATETIME, (ValueTime){.days = date.u.i}); }

static Value day_view(const HttpPage *p, Value day, bool chosen, Str base) {
    Value date = value_get(day, "date");
    int64_t n = value_get_int(day, "free", 0);
    Str text = date_text(date, p->a);
    ValueBuild b = {.a = p->a};
    build_c(&b, "name", value_str(http_word_day(p, midnight(date, p->a))));
    build_c(&b, "free", value_bool(n > 0));
    build_c(&b, "note", value_str(n > 0 ? http_page_say(p, "book.free", "n", str_printf(p->a, "%" PRId64, n), NULL) : http_page_text(p, "book.full")));
    build_c(&b, "chosen", value_bool(chosen));
    build_c(&b, "href", value_str(str_printf(p->a, STR_FMT "day=" STR_FMT "#times", STR_ARG(base), STR_ARG(text))));
    return build_ctx(&b);
}

static Value time_view(const HttpPage *p, Value time) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "start", value_str(str_printf(p->a, "%" PRId64, value_get_int(time, "start", 0))));
    build_c(&b, "time", value_str(http_word_clock(p, value_get(time, "at"))));
    return build_ctx(&b);
}

/* The day that was asked for, else the first on which something is free. */
static uint32_t chosen_day(const HttpPage *p, Value days) {
    Str wanted = http_query(p->r, "day").n > 0 ? http_query(p->r, "day") : http_field(p->r, "day");
    uint32_t first = days.size;
    for (uint32_t i = 0; i < days.size; i++) {
        if (value_get_int(days.u.list[i], "free", 0) == 0) continue;
        if (str_eq(date_text(value_get(days.u.list[i], "date"), p->a), wanted)) return i;
        if (first == days.size) first = i;
    }
    return first;
}

bool http_book_put(HttpPage *p, Str office, Str service, Str base, Err *err) {
    DeskHouse *desk = p->r->site->desk;
    Value days, times = value_list(NULL, 0);
    int64_t minutes;
    ValueBuild day_list = {.a = p->a}, time_list = {.a = p->a};
    TRY(desk_free_days(desk, office, service, p->r->now_us, p->a, &days, &minutes, err));
    uint32_t chosen = chosen_day(p, days);
    Value day = chosen < days.size ? days.u.list[chosen] : value_null();
    if (!value_is_null(day)) TRY(desk_free_times(desk, office, service, value_get_int(day, "day", 0), p->r->now_us, p->a, &times, err));
    for (uint32_t i = 0; i < days.size; i++) build_item(&day_list, day_view(p, days.u.list[i], i == chosen, base));
    for (uint32_t i = 0; i < times.size; i++) build_item(&time_list, time_view(p, times.u.list[i]));
    http_page_put(p, "days", build_list(&day_list));
    http_page_put(p, "times", build_list(&time_list));
    http_page_put(p, "has_times", value_bool(times.size > 0));
    http_page_str(p, "day_name", value_is_null(day) ? STR("") : http_word_day(p, midnight(value_get(day, "date"), p->a)));
    http_page_str(p, "day", value_is_null(day) ? STR("") : date_text(value_get(day, "date"), p->a));
    http_page_str(p, "lasts", http_page_say(p, "book.lasts", "n", str_printf(p->a, "%" PRId64, minutes), NULL));
    http_page_str(p, "key", http_book_key(p->r));
    return true;
}

/* ---- the page ------------------------------------------------------------------------------------------------------------ */

static Value office_of(Value offices, Str id) {
    for (uint32_t i = 0; i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "office"), id)) return offices.u.list[i];
    return offices.size == 1 ? offices.u.list[0] : value_null();
}

static Value office_list(const HttpPage *p, Value offices) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < offices.size; i++) {
        Str id = value_get_str(offices.u.list[i], "office");
        ValueBuild b = {.a = p->a};
        build_c(&b, "name", named(p, value_get(offices.u.list[i], "name")));
        build_c(&b, "href", value_str(str_printf(p->a, STR_FMT "?office=" STR_FMT, STR_ARG(p->r->path), STR_ARG(id))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static bool show(HttpRequest *r, HttpResponse *out, const Pack *pack, Str wanted, const char *error, Err *err) {
    HttpPage p;
    Value offices;
    TRY(desk_bookable(r->site->desk, pack->id, r->a, &offices, err));
    Value office = office_of(offices, wanted);
    Str id = value_get_str(office, "office");
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "book.title"));
    http_page_str(&p, "service", http_word_pick(&p, value_get(pack->json, "title")));
    http_page_str(&p, "back", str_printf(r->a, "/services/" STR_FMT, STR_ARG(pack->id)));
    http_page_str(&p, "self", r->path);
    http_page_put(&p, "chosen", value_bool(id.n > 0));
    http_page_put(&p, "offices", office_list(&p, offices));
    http_page_put(&p, "no_office", value_bool(offices.size == 0));
    http_page_str(&p, "other_office", offices.size > 1 ? r->path : STR(""));
    if (id.n > 0) {
        http_page_str(&p, "office", id);
        http_page_put(&p, "office_name", named(&p, value_get(office, "name")));
        TRY(http_book_put(&p, id, pack->id, str_printf(r->a, STR_FMT "?office=" STR_FMT "&", STR_ARG(r->path), STR_ARG(id)), err));
    }
    if (error) {
        http_page_str(&p, "gone", http_page_text(&p, error));
        http_page_put(&p, "error", value_bool(true));
    }
    return http_page_send(&p, out, error ? 409 : 200, "resident/book", err);
}

static const Pack *pack_of(HttpRequest *r, Err *err) {
    const Pack *pack = case_pack(r->site->house, http_param(r, "service"));
    if (!pack) err_set(err, ERR_NOT_FOUND, "http", "no such service");
    return pack;
}

bool http_book_get(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack = pack_of(r, err);
    return pack && show(r, out, pack, http_query(r, "office"), NULL, err);
}

Value http_book_start(const HttpRequest *r, const char *service) {
    int64_t start = 0;
    ValueBuild b = {.a = r->a};
    if (!str_to_int(http_field(r, "start"), &start)) start = 0;
    if (service) build_c(&b, "service", value_c(service));
    build_c(&b, "start", value_int(start));
    return build_ctx(&b);
}

bool http_book_post(HttpRequest *r, HttpResponse *out, Err *err) {
    const Pack *pack = pack_of(r, err);
    DeskReply reply;
    Err trouble = {0};
    if (!pack) return false;
    Str office = http_field(r, "office");
    if (http_page_only_show(r)) return show(r, out, pack, office, NULL, err);
    DeskCommand c = http_book_command(r, DESK_HOLD, office, STR(""));
    c.args = http_book_start(r, str_c(r->a, pack->id));
    if (desk_handle(r->site->desk, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/appointments/" STR_FMT, STR_ARG(reply.code)));
        return true;
    }
    bool taken = trouble.code == ERR_STATE && str_is(str_of(trouble.element), "start");
    if (taken || trouble.code == ERR_STALE) return show(r, out, pack, office, "book.gone", err);
    if (trouble.code == ERR_STATE) return show(r, out, pack, office, "book.too_many", err);
    *err = trouble;
    return false;
}
