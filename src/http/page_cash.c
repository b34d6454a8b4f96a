/* page_cash: receipts as a sheet to print, for staff and for who paid, and the drawers of a day: what must lie in them, what
 * was counted, and why they differ. Amounts come from room case; nobody types what is due. */
#include "http/page_in.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static Str money(const HttpPage *p, int64_t fen) {
    int64_t n = fen < 0 ? -fen : fen;
    return http_page_say(p, "guide.yuan", "n", str_printf(p->a, "%s%" PRId64 ".%02" PRId64, fen < 0 ? "−" : "", n / 100, n % 100), NULL);
}

/* ---- receipts --------------------------------------------------------------------------------------------------------- */

static Value payment_of(Value fees, int64_t no) {
    Value payments = value_get(fees, "payments");
    for (uint32_t i = 0; payments.kind == VALUE_LIST && i < payments.size; i++) {
        Value one = payments.u.list[i];
        if (value_get_int(one, "no", 0) == no && value_get_str(one, "receipt").n > 0) return one;
    }
    return value_null();
}

static Str item_name(const HttpPage *p, Value fees, Str id) {
    Value items = value_get(fees, "items");
    for (uint32_t i = 0; items.kind == VALUE_LIST && i < items.size; i++)
        if (str_eq(value_get_str(items.u.list[i], "id"), id)) return http_word_pick(p, value_get(items.u.list[i], "name"));
    return id;
}

static void put_items(HttpPage *p, Value fees, Value payment) {
    Value items = value_get(payment, "items");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; items.kind == VALUE_LIST && i < items.size; i++) {
        ValueBuild b = {.a = p->a};
        build_c(&b, "name", value_str(item_name(p, fees, value_get_str(items.u.list[i], "id"))));
        build_c(&b, "amount", value_str(money(p, value_get_int(items.u.list[i], "fen", 0))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "items", build_list(&list));
}

/* Given back by somebody else than who took it, with a reason. */
static void put_refund_form(HttpPage *p, Value view, Value payment) {
    bool taken = value_is_null(value_get(payment, "refund"));
    Buf key = {.a = p->a};
    Str kept = http_field(p->r, "key");
    for (int i = 0; i < 16 && kept.n == 0; i++) buf_printf(&key, "%02x", p->r->seed[i]);
    http_page_put(p, "may_refund", value_bool(taken && value_get_bool(view, "may_refund", false)));
    http_page_put(p, "version", value_get(view, "version"));
    http_page_str(p, "key", kept.n > 0 ? kept : buf_str(&key));
    http_page_str(p, "refund_action", str_printf(p->a, "/staff/cases/" STR_FMT "/receipts/%" PRId64, STR_ARG(value_get_str(view, "id")), value_get_int(payment, "no", 0)));
    http_page_str(p, "refund_reason", http_field(p->r, "reason"));
}

static bool send_receipt(HttpRequest *r, HttpResponse *out, Value view, bool staff, const char *error, Err *err) {
    HttpPage p;
    int64_t no;
    Value fees = value_get(view, "fees");
    if (!str_to_int(http_param(r, "no"), &no)) return err_set(err, ERR_NOT_FOUND, "http", "Receipts have numbers.");
    Value payment = payment_of(fees, no), refund = value_get(payment, "refund");
    if (value_is_null(payment)) return err_set(err, ERR_NOT_FOUND, "http", "There is no such receipt.");
    http_page_begin(&p, r, staff);
    http_page_str(&p, "title", http_page_say(&p, "fees.receipt_title", "no", value_get_str(payment, "receipt"), NULL));
    http_page_str(&p, "receipt", value_get_str(payment, "receipt"));
    http_page_str(&p, "service", http_word_pick(&p, value_get(view, "title")));
    http_page_put(&p, "code", value_get(view, "tracking_code"));
    http_page_put(&p, "subject", value_get(view, "subject"));
    http_page_str(&p, "office", http_life_office(&p, value_get_str(payment, "office")));
    http_page_str(&p, "time", http_word_time(&p, value_get(payment, "at")));
    http_page_str(&p, "method", http_word(value_get(p.t, "fees"), "method", value_get_str(payment, "method"), STR("")));
    http_page_str(&p, "amount", money(&p, value_get_int(payment, "fen", 0)));
    http_page_put(&p, "reference", value_get(payment, "reference"));
    http_page_put(&p, "staff", value_bool(staff));
    http_page_str(&p, "refund_error", error ? http_page_text(&p, error) : STR(""));
    put_items(&p, fees, payment);
    if (staff) put_refund_form(&p, view, payment);
    if (!value_is_null(refund))
        http_page_str(&p, "refund", http_page_say(&p, "fees.refund_line", "time", http_word_time(&p, value_get(refund, "at")), "receipt", value_get_str(refund, "receipt"), "reason",
                                                  value_get_str(refund, "reason"), NULL));
    return http_page_send(&p, out, error ? 422 : 200, "clerk/receipt", err);
}

static bool show_receipt(HttpRequest *r, HttpResponse *out, const char *error, Err *err) {
    Value view;
    TRY(case_view(r->site->house, &r->who, http_param(r, "id"), str_of(r->route->purpose), r->now_us, r->a, &view, err));
    return send_receipt(r, out, view, true, error, err);
}

static const char *refund_word(const Err *trouble) {
    if (trouble->code == ERR_INVALID) return "life.reason_missing";
    if (trouble->code == ERR_DENIED && str_is(str_of(trouble->element), "payment")) return "fees.not_own";
    return trouble->code == ERR_STALE || trouble->code == ERR_STATE ? "life.moved" : NULL;
}

bool http_receipt_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseReply reply;
    Err trouble = {0};
    int64_t version, no;
    ValueBuild args = {.a = r->a};
    if (http_page_only_show(r)) return show_receipt(r, out, NULL, err);
    if (!str_to_int(http_field(r, "version"), &version) || !str_to_int(http_param(r, "no"), &no) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    build_c(&args, "payment", value_int(no));
    build_c(&args, "reason", value_str(http_field(r, "reason")));
    Command c = {.what = CASE_REFUND, .case_id = http_param(r, "id"), .who = r->who, .key = http_field(r, "key"), .version = version, .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    if (case_handle(r->site->house, &c, r->a, &reply, &trouble)) {
        http_redirect(out, r->path);
        return true;
    }
    if (refund_word(&trouble)) return show_receipt(r, out, refund_word(&trouble), err);
    *err = trouble;
    return false;
}

bool http_receipt_get(HttpRequest *r, HttpResponse *out, Err *err) { return show_receipt(r, out, NULL, err); }

bool http_track_receipt_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    TRY(case_track(r->site->house, http_param(r, "code"), r->now_us, r->a, &view, err));
    return send_receipt(r, out, view, false, NULL, err);
}

/* ---- the drawers of a day --------------------------------------------------------------------------------------------------- */

static const char *const methods[] = {"cash", "card", "qr"};

static int64_t today(const HttpRequest *r) { return date_from_unix_us(r->a, r->now_us, r->offset).u.time->days; }

static int64_t day_asked(const HttpRequest *r, Str text) {
    Value date;
    return text.n > 0 && date_parse(text, &date) && date.kind == VALUE_DATE ? date.u.i : today(r);
}

static Value amounts(const HttpPage *p, Value drawer, Str form) {
    Value expected = value_get(drawer, "expected"), counted = value_get(drawer, "counted");
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        int64_t fen = value_get_int(expected, methods[i], 0);
        Str typed = http_field(p->r, methods[i]), was = str_printf(p->a, "%" PRId64 ".%02d", fen / 100, (int)(llabs(fen) % 100));
        ValueBuild b = {.a = p->a};
        build_c(&b, "code", value_c(methods[i]));
        build_c(&b, "field", value_str(str_printf(p->a, "%s-" STR_FMT, methods[i], STR_ARG(form))));
        build_c(&b, "label", value_str(http_word(value_get(p->t, "fees"), "method", str_of(methods[i]), STR(""))));
        build_c(&b, "expected", value_str(money(p, fen)));
        build_c(&b, "counted", value_str(value_is_null(counted) ? STR("") : money(p, value_get_int(counted, methods[i], 0))));
        build_c(&b, "value", value_str(typed.n > 0 && str_eq(http_field(p->r, "drawer"), form) ? typed : i == 0 ? STR("") : was));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value drawer_view(const HttpPage *p, Value drawer, size_t n) {
    Str form = str_printf(p->a, "%zu", n);
    int64_t difference = value_get_int(drawer, "difference", 0);
    ValueBuild b = {.a = p->a};
    build_c(&b, "n", value_str(form));
    build_c(&b, "clerk", value_get(drawer, "clerk"));
    build_c(&b, "counter", value_get(drawer, "counter"));
    build_c(&b, "office_id", value_get(drawer, "office"));
    build_c(&b, "office", value_str(http_life_office(p, value_get_str(drawer, "office"))));
    build_c(&b, "receipts", value_get(drawer, "payments"));
    build_c(&b, "amounts", amounts(p, drawer, form));
    build_c(&b, "closed", value_get(drawer, "closed"));
    build_c(&b, "difference", value_str(difference == 0 ? STR("") : money(p, difference)));
    build_c(&b, "why", value_get(drawer, "reason"));
    build_c(&b, "typed", value_str(str_eq(http_field(p->r, "drawer"), form) ? http_field(p->r, "reason") : STR("")));
    if (value_get_bool(drawer, "closed", false))
        build_c(&b, "closed_line", value_str(http_page_say(p, "cash.closed", "time", http_word_time(p, value_get(drawer, "closed_at")), "by", value_get_str(drawer, "closed_by"), NULL)));
    return build_ctx(&b);
}

static bool show(HttpRequest *r, HttpResponse *out, const char *error, Err *err) {
    HttpPage p;
    Value drawers;
    Buf date = {.a = r->a};
    ValueBuild list = {.a = r->a};
    Str asked = http_field(r, "day");
    int64_t day = day_asked(r, asked.n > 0 ? asked : http_query(r, "day"));
    TRY(case_cash(r->site->house, &r->who, day, r->a, &drawers, err));
    http_page_begin(&p, r, true);
    for (uint32_t i = 0; i < drawers.size; i++) build_item(&list, drawer_view(&p, drawers.u.list[i], i + 1));
    date_write(&date, (Value){.kind = VALUE_DATE, .u.i = day});
    http_page_str(&p, "title", http_page_text(&p, "cash.title"));
    http_page_put(&p, "on_cash", value_bool(true));
    http_page_str(&p, "day", buf_str(&date));
    http_page_put(&p, "drawers", build_list(&list));
    http_page_put(&p, "none", value_bool(list.n == 0));
    http_page_str(&p, "trouble", error ? http_page_text(&p, error) : STR(""));
    return http_page_send(&p, out, error ? 422 : 200, "clerk/cash", err);
}

bool http_cash_get(HttpRequest *r, HttpResponse *out, Err *err) { return show(r, out, NULL, err); }

/* "12.50" → 1250; false when it is no amount of at most two decimals. */
static bool fen_of(Str text, int64_t *fen) {
    Str cents, yuan = str_cut(str_trim(text), '.', &cents);
    int64_t whole, part = 0;
    bool ok = str_to_int(yuan, &whole) && whole >= 0 && whole < INT64_C(10000000000) && cents.n <= 2;
    if (ok && cents.n > 0) ok = str_to_int(cents, &part) && part >= 0;
    *fen = ok ? whole * 100 + (cents.n == 1 ? part * 10 : part) : -1;
    return ok;
}

static const char *word_of(const Err *trouble) {
    if (trouble->code == ERR_INVALID) return str_is(str_of(trouble->element), "reason") ? "cash.reason_missing" : "cash.amount_wrong";
    return trouble->code == ERR_STATE || trouble->code == ERR_STALE || trouble->code == ERR_NOT_FOUND ? "cash.moved" : NULL;
}

bool http_cash_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Err trouble = {0};
    ValueBuild counted = {.a = r->a};
    if (http_page_only_show(r)) return show(r, out, NULL, err);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        int64_t fen;
        if (!fen_of(http_field(r, methods[i]), &fen)) return show(r, out, "cash.amount_wrong", err);
        build_c(&counted, methods[i], value_int(fen));
    }
    CaseDrawer drawer = {.office = http_field(r, "office"), .clerk = http_field(r, "clerk"), .counter = http_field(r, "counter"), .day = day_asked(r, http_field(r, "day"))};
    if (case_cash_close(r->site->house, &r->who, &drawer, build_ctx(&counted), http_field(r, "reason"), r->now_us, r->offset, r->a, &trouble)) {
        http_redirect(out, str_printf(r->a, "/staff/cash?day=" STR_FMT, STR_ARG(http_field(r, "day"))));
        return true;
    }
    if (word_of(&trouble)) return show(r, out, word_of(&trouble), err);
    *err = trouble;
    return false;
}

/* ---- for whoever has the tracking code ------------------------------------------------------------------------------------ */

static Value paid_line(const HttpPage *p, Value payment, Str code) {
    Str state = value_get_str(payment, "state"), amount = money(p, value_get_int(payment, "fen", 0));
    bool paid = str_is(state, "success");
    Str said = http_page_say(p, "fees.paid_line", "amount", amount, "time", http_word_time(p, value_get(payment, "at")), NULL);
    Str word = !value_is_null(value_get(payment, "refund")) ? http_page_text(p, "fees.refunded") : http_word(value_get(p->t, "fees"), "state", state, state);
    ValueBuild b = {.a = p->a};
    build_c(&b, "text", value_str(paid ? said : amount));
    build_c(&b, "word", value_str(word));
    build_c(&b, "href", value_str(paid ? str_printf(p->a, "/track/" STR_FMT "/receipts/%" PRId64, STR_ARG(code), value_get_int(payment, "no", 0)) : STR("")));
    return build_ctx(&b);
}

static void put_notes(HttpPage *p, Value notes) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; notes.kind == VALUE_LIST && i < notes.size; i++) {
        Value note = notes.u.list[i], at = date_from_unix_us(p->a, value_get_int(note, "at_us", 0) / 1000000 * 1000000, p->r->offset);
        ValueBuild b = {.a = p->a};
        build_c(&b, "head", value_str(http_page_say(p, "fees.note_line", "time", http_word_time(p, at), "office", http_life_office(p, value_get_str(note, "office")), NULL)));
        build_c(&b, "text", value_get(note, "text"));
        build_c(&b, "tag", value_str(http_word_tag(p, value_get_str(note, "text"))));
        build_item(&list, build_ctx(&b));
    }
    http_page_put(p, "notes", build_list(&list));
}

void http_cash_track_put(HttpPage *p, Value view) {
    Value fees = value_get(view, "fees"), payments = value_get(fees, "payments"), agent = value_get(view, "agent");
    Str code = value_get_str(view, "tracking_code"), state = value_get_str(view, "state");
    int64_t due = value_get_int(fees, "due", 0);
    bool over = str_is(state, "withdrawn") || str_is(state, "rejected");
    Buf key = {.a = p->a};
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; payments.kind == VALUE_LIST && i < payments.size; i++) build_item(&list, paid_line(p, payments.u.list[i], code));
    for (int i = 0; i < 16; i++) buf_printf(&key, "%02x", p->r->seed[i]);
    put_notes(p, value_get(view, "notes"));
    http_page_put(p, "has_fees", value_bool(list.n > 0 || (due > 0 && !over)));
    http_page_put(p, "fee_lines", build_list(&list));
    http_page_str(p, "due_line", due > 0 && !over ? http_page_say(p, "fees.due_line", "amount", money(p, due), NULL) : STR(""));
    http_page_str(p, "pay_action", str_printf(p->a, "/track/" STR_FMT "/pay", STR_ARG(code)));
    http_page_str(p, "pay_key", buf_str(&key));
    http_page_put(p, "pay_fen", value_int(due));
    http_page_put(p, "pay_version", value_get(view, "version"));
    if (!value_is_null(agent))
        http_page_str(p, "agent_line", http_page_say(p, "desk.agent_line", "name", value_get_str(agent, "name"), "number", value_get_str(agent, "id_number"), "basis",
                                                     value_get_str(agent, "basis"), NULL));
}

bool http_track_pay_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseReply reply;
    Err trouble = {0};
    int64_t version, fen;
    ValueBuild args = {.a = r->a};
    if (!str_to_int(http_field(r, "version"), &version) || !str_to_int(http_field(r, "fen"), &fen) || http_field(r, "key").n == 0)
        return err_set(err, ERR_INPUT, "http", "The form is incomplete; open the page again.");
    build_c(&args, "method", value_c("online"));
    build_c(&args, "fen", value_int(fen));
    Command c = {.what = CASE_PAY, .code = http_param(r, "code"), .key = http_field(r, "key"), .version = version, .args = build_ctx(&args), .now_us = r->now_us, .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    bool ok = case_handle(r->site->house, &c, r->a, &reply, &trouble);
    if (!ok && trouble.code != ERR_STALE && trouble.code != ERR_STATE) {
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/track/" STR_FMT "#fees", STR_ARG(http_param(r, "code")))); /* it tells how things stand */
    return true;
}
