/* page_booked: today's appointments for the counter, without names; who is there is checked in by a press, or by the number of
 * the identity document he shows. And the kiosk's page for those who have their code; and, in a demonstration, the messages
 * that would have gone to telephones. */
#include "http/page_in.h"

#include <inttypes.h>

/* ---- for staff -------------------------------------------------------------------------------------------------------------- */

static Str service_name(const HttpPage *p, Str id) {
    const Pack *pack = case_pack(p->r->site->house, id);
    return pack ? http_word_pick(p, value_get(pack->json, "title")) : id;
}

static Value row_view(const HttpPage *p, Value v, uint32_t i) {
    Str state = value_get_str(v, "state");
    bool waits = value_get_bool(v, "waits", false);
    ValueBuild b = {.a = p->a};
    build_c(&b, "n", value_int(i + 1));
    build_c(&b, "id", value_get(v, "id"));
    build_c(&b, "time", value_str(http_word_clock(p, value_get(v, "at"))));
    build_c(&b, "service", value_str(service_name(p, value_get_str(v, "service"))));
    build_c(&b, "end", value_get(v, "end"));
    build_c(&b, "state", value_str(http_page_text(p, str_c(p->a, str_printf(p->a, "book.staff_" STR_FMT, STR_ARG(state))))));
    build_c(&b, "ticket", value_get(v, "ticket"));
    build_c(&b, "waits", value_bool(waits));
    build_c(&b, "ahead", value_bool(waits && value_get_bool(v, "ahead", false)));
    return build_ctx(&b);
}

static bool show(HttpRequest *r, HttpResponse *out, const char *error, Err *err) {
    HttpPage p;
    Value all = value_list(NULL, 0);
    Err none = {0};
    ValueBuild list = {.a = r->a};
    bool hall = desk_appointments(r->site->desk, &r->who, r->who.office, r->now_us, r->a, &all, &none);
    if (!hall && none.code != ERR_NOT_FOUND) {
        *err = none;
        return false;
    }
    http_page_begin(&p, r, true);
    for (uint32_t i = 0; i < all.size; i++) build_item(&list, row_view(&p, all.u.list[i], i));
    http_page_str(&p, "title", http_page_text(&p, "book.staff_title"));
    http_page_put(&p, "on_booked", value_bool(true));
    http_page_str(&p, "key", http_book_key(r));
    http_page_put(&p, "rows", build_list(&list));
    http_page_put(&p, "has_rows", value_bool(all.size > 0));
    http_page_put(&p, "hall", value_bool(hall));
    http_page_str(&p, "person", http_field(r, "person"));
    if (http_query(r, "ticket").n > 0) http_page_str(&p, "ticket_label", http_query(r, "ticket"));
    if (error) http_page_str(&p, "error", http_page_text(&p, error));
    return http_page_send(&p, out, error ? 422 : 200, "clerk/booked", err);
}

bool http_booked_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, NULL, err); }

static const char *refusal(const Err *e) {
    if (e->code == ERR_NOT_FOUND) return "book.staff_unknown";
    if (e->code == ERR_INVALID) return "book.staff_reason_missing";
    return e->code == ERR_STATE || e->code == ERR_STALE ? "book.staff_changed" : NULL;
}

bool http_booked_post(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskReply reply;
    Err trouble = {0};
    bool cancels = str_is(http_field(r, "do"), "cancel");
    Str person = http_field(r, "person");
    DeskCommand c = http_book_command(r, cancels ? DESK_CALL_OFF : DESK_CHECK_IN, r->who.office, STR(""));
    c.who = r->who;
    c.ticket = http_field(r, "id");
    c.args = cancels ? http_one(r->a, "reason", http_field(r, "reason")) : person.n > 0 ? http_one(r->a, "person", person) : value_null();
    if (!desk_handle(r->site->desk, &c, r->a, &reply, &trouble)) {
        const char *why = refusal(&trouble);
        if (why) return show(r, out, why, err);
        *err = trouble;
        return false;
    }
    Str label = value_get_str(reply.view, "label");
    http_redirect(out, cancels ? STR("/staff/appointments") : str_printf(r->a, "/staff/appointments?ticket=" STR_FMT, STR_ARG(label)));
    return true;
}

/* ---- at the kiosk ----------------------------------------------------------------------------------------------------------- */

static bool show_kiosk(HttpRequest *r, HttpResponse *out, const char *error, Err *err) {
    HttpPage p;
    Str office = http_param(r, "office");
    AccessOffice known;
    TRY(access_office(r->site->store, office, r->a, &known, err));
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "book.kiosk_title"));
    http_page_str(&p, "office", http_life_office(&p, office));
    http_page_str(&p, "self", r->path);
    http_page_str(&p, "back", str_printf(r->a, "/kiosk/" STR_FMT, STR_ARG(office)));
    http_page_str(&p, "key", http_book_key(r));
    http_page_str(&p, "code", http_field(r, "code"));
    http_page_str(&p, "lang_form", STR("form"));
    if (error) {
        http_page_str(&p, "code_error", http_page_text(&p, error));
        http_page_put(&p, "error", value_bool(true));
    }
    return http_page_send(&p, out, error ? 422 : 200, "resident/check_in", err);
}

bool http_check_in_get(HttpRequest *r, HttpResponse *out, Err *err) { return show_kiosk(r, out, NULL, err); }

bool http_check_in_post(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskReply reply;
    Err trouble = {0};
    Str code = http_field(r, "code");
    if (http_page_only_show(r)) return show_kiosk(r, out, NULL, err);
    if (code.n == 0) return show_kiosk(r, out, "book.find_unknown", err);
    DeskCommand c = http_book_command(r, DESK_CHECK_IN, http_param(r, "office"), code);
    if (desk_handle(r->site->desk, &c, r->a, &reply, &trouble)) {
        http_redirect(out, str_printf(r->a, "/tickets/" STR_FMT, STR_ARG(reply.code)));
        return true;
    }
    if (trouble.code == ERR_INPUT || trouble.code == ERR_NOT_FOUND) return show_kiosk(r, out, "book.find_unknown", err);
    if (trouble.code == ERR_STATE) return show_kiosk(r, out, "book.kiosk_state", err);
    *err = trouble;
    return false;
}

/* ---- in a demonstration ----------------------------------------------------------------------------------------------------- */

static Value message_view(const HttpPage *p, Value m) {
    bool zh = str_is(value_get_str(m, "lang"), "zh");
    Value at = value_get(m, "at");
    int64_t seconds, nanos;
    date_instant(at, &seconds, &nanos);
    ValueBuild b = {.a = p->a};
    build_c(&b, "time", value_str(http_word_time(p, date_from_unix_us(p->a, seconds * 1000000, p->r->offset))));
    build_c(&b, "to", value_get(m, "to"));
    build_c(&b, "text", value_get(m, "text"));
    build_c(&b, "tag", value_c(zh == str_is(p->r->lang, "zh") ? "" : zh ? "zh-CN" : "en"));
    build_c(&b, "state", value_str(http_page_text(p, str_c(p->a, str_printf(p->a, "book.message_" STR_FMT, STR_ARG(value_get_str(m, "state")))))));
    return build_ctx(&b);
}

bool http_messages_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpPage p;
    Value all;
    ValueBuild list = {.a = r->a};
    if (!r->site->demo) return err_set(err, ERR_NOT_FOUND, "http", "there is no such page");
    TRY(case_messages(r->site->house, r->a, &all, err));
    http_page_begin(&p, r, false);
    for (uint32_t i = 0; i < all.size; i++) build_item(&list, message_view(&p, all.u.list[i]));
    http_page_str(&p, "title", http_page_text(&p, "book.messages_title"));
    http_page_put(&p, "messages", build_list(&list));
    http_page_put(&p, "has_messages", value_bool(all.size > 0));
    return http_page_send(&p, out, 200, "resident/messages", err);
}
