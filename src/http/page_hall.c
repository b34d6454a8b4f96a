/* page_hall: the kiosk, the slip it prints, the wall, and a ticket's own page. Every number comes from room desk; nothing here
 * knows who waits. A press of the kiosk has its own key, so that it gives one ticket however often it is sent. */
#include "http/page_in.h"
#include "http/stream.h"

#include <inttypes.h>
#include <string.h>

enum { BUTTONS = 6, HINTS = 3 }; /* what fits a kiosk and a glance */

static void begin(HttpPage *p, HttpRequest *r, const char *html_class) {
    http_page_begin(p, r, false);
    http_page_str(p, "css", http_asset_url(r->site, "hall.css", r->a));
    http_page_str(p, "hall_js", http_asset_url(r->site, "hall.js", r->a));
    http_page_str(p, "html_class", str_of(html_class));
    http_page_put(p, "tz", http_page_texts(r->site, STR("zh"))); /* a slip and a wall say everything in both */
    http_page_put(p, "te", http_page_texts(r->site, STR("en")));
}

static Str whole(Arena *a, int64_t n) { return str_printf(a, "%" PRId64, n); }

static Str fresh_key(const HttpRequest *r) {
    Buf b = {.a = r->a};
    for (int i = 0; i < 16; i++) buf_printf(&b, "%02x", r->seed[i]);
    return buf_str(&b);
}

/* The same page in another language: a slip says everything twice. */
static HttpPage in_language(const HttpPage *p, const char *lang) {
    HttpPage other = *p;
    other.t = http_page_texts(p->r->site, str_of(lang));
    return other;
}

/* ---- how long ------------------------------------------------------------------------------------------------------- */

static Str range_text(const HttpPage *p, Value minutes) {
    if (value_is_null(minutes)) return http_page_text(p, "hall.wait_unknown");
    Str from = whole(p->a, value_get_int(minutes, "from", 0)), to = whole(p->a, value_get_int(minutes, "to", 0));
    bool soon = value_get_int(minutes, "from", 0) == 0;
    return http_page_say(p, soon ? "hall.wait_soon" : "hall.wait_range", "from", from, "to", to, NULL);
}

static Str ahead_text(const HttpPage *p, int64_t ahead) {
    return ahead == 0 ? http_page_text(p, "hall.ahead_none") : http_page_say(p, "hall.ahead", "n", whole(p->a, ahead), NULL);
}

static Str wait_text(const HttpPage *p, Value queue) {
    Value closed = value_get(queue, "closed");
    int64_t waiting = value_get_int(queue, "waiting", 0);
    if (!value_is_null(closed)) return http_page_text(p, "hall.queue_closed");
    if (waiting == 0 && value_get_int(queue, "counters", 0) > 0) return http_page_text(p, "hall.wait_none");
    Str some = http_page_say(p, "hall.wait_some", "n", whole(p->a, waiting), NULL);
    Value minutes = value_get(queue, "minutes");
    return value_is_null(minutes) ? some : str_printf(p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(some), STR_ARG(http_page_text(p, "comma")), STR_ARG(range_text(p, minutes)));
}

/* ---- kiosk ---------------------------------------------------------------------------------------------------------- */

/* The first services of a queue, by name. */
static Str hint(const HttpPage *p, Value services) {
    Buf b = {.a = p->a};
    int named = 0;
    for (uint32_t i = 0; services.kind == VALUE_LIST && i < services.size && named < HINTS; i++) {
        const Pack *pack = services.u.list[i].kind == VALUE_STRING ? case_pack(p->r->site->house, value_text(services.u.list[i])) : NULL;
        if (!pack) continue;
        if (named++ > 0) buf_add(&b, http_page_text(p, "list_comma"));
        buf_add(&b, http_word_pick(p, value_get(pack->json, "title")));
    }
    return buf_str(&b);
}

static Value buttons(const HttpPage *p, Value kiosk) {
    Value queues = value_get(kiosk, "queues");
    bool open = value_get_bool(kiosk, "open", false);
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < queues.size && list.n < BUTTONS; i++) {
        Value q = queues.u.list[i];
        ValueBuild b = {.a = p->a};
        bool booked = value_get_bool(q, "booked", false);
        build_c(&b, "id", value_get(q, "id"));
        build_c(&b, "letter", value_get(q, "letter"));
        build_c(&b, "name", value_str(http_word_pick(p, value_get(q, "name"))));
        build_c(&b, "booked", value_bool(booked)); /* who has an appointment shows its code first */
        build_c(&b, "hint", value_str(booked ? http_page_text(p, "hall.booked_hint") : hint(p, value_get(q, "services"))));
        build_c(&b, "wait", value_str(booked ? STR("") : wait_text(p, q)));
        build_c(&b, "off", value_bool(!open || !value_is_null(value_get(q, "closed"))));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Str closed_text(const HttpPage *p, Value kiosk) {
    Value hours = value_get(kiosk, "hours");
    Buf b = {.a = p->a};
    if (hours.size == 0) return http_page_text(p, "hall.closed_day");
    for (uint32_t i = 0; i < hours.size; i++) {
        if (i > 0) buf_add(&b, http_page_text(p, "list_comma"));
        buf_printf(&b, STR_FMT "–" STR_FMT, STR_ARG(value_get_str(hours.u.list[i], "from")), STR_ARG(value_get_str(hours.u.list[i], "to")));
    }
    return http_page_say(p, "hall.closed_now", "hours", buf_str(&b), NULL);
}

static bool show_kiosk(HttpRequest *r, HttpResponse *out, const char *problem, Err *err) {
    HttpPage p;
    Value kiosk;
    TRY(desk_kiosk(r->site->desk, http_param(r, "office"), r->now_us, r->a, &kiosk, err));
    bool large = http_query(r, "large").n > 0;
    begin(&p, r, large ? "kiosk large" : "kiosk");
    http_page_str(&p, "title", http_page_text(&p, "hall.kiosk_title"));
    http_page_str(&p, "office", http_param(r, "office"));
    http_page_str(&p, "office_name", http_word_pick(&p, value_get(kiosk, "name")));
    http_page_put(&p, "open", value_get(kiosk, "open"));
    http_page_str(&p, "closed_text", closed_text(&p, kiosk));
    http_page_put(&p, "queues", buttons(&p, kiosk));
    http_page_str(&p, "key", fresh_key(r));
    http_page_str(&p, "large_to", large ? STR("") : STR("1"));
    http_page_str(&p, "large_text", http_page_text(&p, large ? "hall.normal" : "hall.large"));
    if (problem) http_page_str(&p, "problem", http_page_text(&p, problem));
    return http_page_send(&p, out, problem ? 409 : 200, "hall/kiosk", err);
}

bool http_kiosk_get(HttpRequest *r, HttpResponse *out, Err *err) { return show_kiosk(r, out, NULL, err); }

bool http_kiosk_post(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskCommand c = {.what = DESK_ISSUE, .office = http_param(r, "office"), .queue = http_field(r, "queue"), .version = -1, .now_us = r->now_us};
    DeskReply reply;
    Err trouble = {0};
    memcpy(c.seed, r->seed, sizeof c.seed);
    c.key = str_printf(r->a, "kiosk " STR_FMT, STR_ARG(str_head(http_field(r, "key"), 64)));
    if (desk_handle(r->site->desk, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/kiosk/" STR_FMT "/" STR_FMT, STR_ARG(c.office), STR_ARG(reply.code)));
        return true;
    }
    if (trouble.code == ERR_STATE || trouble.code == ERR_INVALID || trouble.code == ERR_KEY_REUSED) return show_kiosk(r, out, "hall.no_ticket", err);
    *err = trouble;
    return false;
}

bool http_slip_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value t;
    TRY(desk_ticket_look(r->site->desk, http_param(r, "code"), r->now_us, r->a, &t, err));
    begin(&p, r, "paper");
    HttpPage zh = in_language(&p, "zh"), en = in_language(&p, "en");
    Str code = value_get_str(t, "code"), scheme = r->site->secure ? STR("https") : STR("http"), again = http_query(r, "print");
    int64_t ahead = value_get_int(t, "ahead", 0);
    Value names = value_get(t, "office_name"), queue = value_get(t, "queue_name");
    http_page_str(&p, "title", http_page_say(&p, "hall.ticket_title", "label", value_get_str(t, "label"), NULL));
    http_page_put(&p, "label", value_get(t, "label"));
    http_page_put(&p, "office_zh", value_get(names, "zh"));
    http_page_put(&p, "office_en", value_get(names, "en"));
    http_page_put(&p, "queue_zh", value_get(queue, "zh"));
    http_page_put(&p, "queue_en", value_get(queue, "en"));
    http_page_str(&p, "ahead_zh", str_printf(r->a, STR_FMT "，" STR_FMT, STR_ARG(ahead_text(&zh, ahead)), STR_ARG(range_text(&zh, value_get(t, "minutes")))));
    http_page_str(&p, "ahead_en", str_printf(r->a, STR_FMT ", " STR_FMT, STR_ARG(ahead_text(&en, ahead)), STR_ARG(range_text(&en, value_get(t, "minutes")))));
    http_page_str(&p, "url", str_printf(r->a, STR_FMT "://" STR_FMT "/tickets/" STR_FMT, STR_ARG(scheme), STR_ARG(r->headers.host), STR_ARG(code)));
    http_page_str(&p, "at", http_word_time(&p, date_from_unix_us(r->a, value_get_int(t, "issued_us", 0), r->offset)));
    http_page_str(&p, "code", code);
    http_page_str(&p, "print", again.n > 0 && again.n <= 16 ? again : STR("first"));
    http_page_str(&p, "back", str_printf(r->a, "/kiosk/" STR_FMT "?lang=zh", STR_ARG(value_get_str(t, "office"))));
    return http_page_send(&p, out, 200, "hall/slip", err);
}

/* ---- a ticket's own page -------------------------------------------------------------------------------------------- */

static Str state_text(const HttpPage *p, Value t) {
    const char *path = str_c(p->a, str_join2(p->a, STR("hall.state_"), value_get_str(t, "state")));
    return http_page_say(p, path, "counter", whole(p->a, value_get_int(t, "counter", 0)), NULL);
}

bool http_ticket_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value t;
    TRY(desk_ticket_look(r->site->desk, http_param(r, "code"), r->now_us, r->a, &t, err));
    Str state = value_get_str(t, "state");
    bool waits = str_is(state, "waiting");
    Value at = date_from_unix_us(r->a, value_get_int(t, "issued_us", 0), r->offset), closed = value_get(t, "closed");
    http_page_begin(&p, r, false);
    http_page_str(&p, "hall_js", http_asset_url(r->site, "hall.js", r->a));
    http_page_str(&p, "title", http_page_say(&p, "hall.ticket_title", "label", value_get_str(t, "label"), NULL));
    http_page_put(&p, "label", value_get(t, "label"));
    http_page_put(&p, "code", value_get(t, "code"));
    http_page_put(&p, "may_rate", value_bool(str_is(value_get_str(t, "state"), "served")));
    http_page_str(&p, "office_name", http_word_pick(&p, value_get(t, "office_name")));
    http_page_str(&p, "queue_name", http_word_pick(&p, value_get(t, "queue_name")));
    http_page_str(&p, "state_text", state_text(&p, t));
    http_page_put(&p, "waits", value_bool(waits));
    http_page_str(&p, "ahead", ahead_text(&p, value_get_int(t, "ahead", 0)));
    http_page_str(&p, "estimate", range_text(&p, value_get(t, "minutes")));
    if (!value_is_null(closed)) http_page_str(&p, "closed", http_word_pick(&p, closed));
    http_page_str(&p, "at", http_word_time(&p, at));
    http_page_str(&p, "iso", http_word_iso(&p, at));
    http_page_put(&p, "may_cancel", value_bool(waits || str_is(state, "parked")));
    http_page_str(&p, "key", fresh_key(r));
    return http_page_send(&p, out, 200, "resident/ticket", err);
}

bool http_ticket_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Value t;
    DeskReply reply;
    Err trouble = {0};
    TRY(desk_ticket_look(r->site->desk, http_param(r, "code"), r->now_us, r->a, &t, err));
    DeskCommand c = {.what = DESK_CANCEL, .office = value_get_str(t, "office"), .code = value_get_str(t, "code"), .version = -1, .now_us = r->now_us};
    memcpy(c.seed, r->seed, sizeof c.seed);
    c.key = str_printf(r->a, "holder " STR_FMT, STR_ARG(str_head(http_field(r, "key"), 64)));
    bool done = desk_handle(r->site->desk, &c, r->a, &reply, &trouble) || trouble.code == ERR_STATE; /* the page says what it is by now */
    if (done) http_redirect(out, str_printf(r->a, "/tickets/" STR_FMT, STR_ARG(c.code)));
    else *err = trouble;
    return done;
}

/* ---- wall ----------------------------------------------------------------------------------------------------------- */

static Value shown(const HttpPage *p, Value call) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "label", value_get(call, "label"));
    build_c(&b, "counter", value_str(whole(p->a, value_get_int(call, "counter", 0))));
    return build_ctx(&b);
}

static void put_calls(HttpPage *p, Value picture) {
    Value calls = value_get(picture, "calls"), queues = value_get(picture, "queues");
    ValueBuild others = {.a = p->a};
    int64_t waiting = 0;
    for (uint32_t i = 1; i < calls.size && i < BUTTONS; i++) build_item(&others, shown(p, calls.u.list[i]));
    for (uint32_t i = 0; i < queues.size; i++) waiting += value_get_int(queues.u.list[i], "waiting", 0);
    if (calls.size > 0) http_page_put(p, "first", shown(p, calls.u.list[0]));
    http_page_put(p, "others", build_list(&others));
    http_page_str(p, "waiting", whole(p->a, waiting));
}

bool http_display_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value picture, kiosk;
    DeskConfig c;
    Str office = http_param(r, "office");
    TRY(desk_config(r->site->desk, office, r->a, &c, err) && desk_kiosk(r->site->desk, office, r->now_us, r->a, &kiosk, err));
    TRY(desk_display(r->site->desk, office, r->now_us, r->a, &picture, err));
    DeskMoment now = desk_moment(r->site->desk, &c, r->now_us);
    begin(&p, r, "wall");
    http_page_str(&p, "html_lang", STR("zh-CN"));
    http_page_str(&p, "title", http_page_text(&p, "hall.display_title"));
    http_page_str(&p, "office", office);
    http_page_put(&p, "office_zh", value_get(value_get(kiosk, "name"), "zh"));
    http_page_put(&p, "office_en", value_get(value_get(kiosk, "name"), "en"));
    http_page_str(&p, "offset", whole(r->a, now.offset));
    http_page_str(&p, "clock", str_printf(r->a, "%02d:%02d", (int)now.minute / 60, (int)now.minute % 60));
    put_calls(&p, picture);
    return http_page_send(&p, out, 200, "hall/display", err);
}

/* The first event: how soon to come back after a break, the picture as it is, and the time. */
bool http_display_events(HttpRequest *r, HttpResponse *out, Err *err) {
    Value picture;
    Buf b = {.a = r->a};
    TRY(desk_display(r->site->desk, http_param(r, "office"), r->now_us, r->a, &picture, err));
    buf_c(&b, "retry: 500\n\n");
    buf_add(&b, http_stream_event(r->a, "beat", whole(r->a, r->now_us / 1000)));
    buf_add(&b, http_stream_event(r->a, "hall", json_text(r->a, picture)));
    out->type = "text/event-stream";
    out->body = buf_str(&b);
    out->stream = http_param(r, "office");
    return true;
}

/* ---- staff ---------------------------------------------------------------------------------------------------------- */

bool http_reprint_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Value t;
    DeskReply reply;
    TRY(desk_ticket_view(r->site->desk, &r->who, http_param(r, "id"), r->a, &t, err));
    DeskCommand c = {.what = DESK_REPRINT, .office = value_get_str(t, "office"), .who = r->who, .ticket = http_param(r, "id"), .version = -1, .now_us = r->now_us};
    c.key = str_printf(r->a, "reprint " STR_FMT, STR_ARG(fresh_key(r)));
    TRY(desk_handle(r->site->desk, &c, r->a, &reply, err));
    http_redirect(out, str_printf(r->a, "/kiosk/" STR_FMT "/" STR_FMT "?print=%" PRId64, STR_ARG(c.office), STR_ARG(reply.code), reply.version));
    return true;
}
