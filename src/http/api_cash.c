/* Fees for those who are signed in: what is due for a case, what was paid, receipts, drawers. Amounts are whole fen. */
#include "http/api.h"

/* "YYYY-MM-DD"; silent: today in office time. */
static bool day_of(HttpRequest *r, HttpResponse *out, Str text, int64_t *day) {
    Value date = date_from_unix_us(r->a, r->now_us, r->offset);
    *day = date.u.time->days;
    if (text.n == 0) return true;
    bool ok = date_parse(text, &date) && date.kind == VALUE_DATE;
    if (ok) *day = date.u.i;
    else http_member_fault(r, out, STR("day"), "format", STR("\"day\" must be a date, YYYY-MM-DD."));
    return ok;
}

static void send_list(HttpRequest *r, HttpResponse *out, const char *name, Value list) {
    ValueBuild b = {.a = r->a};
    build_c(&b, name, list);
    http_json(r, out, 200, build_ctx(&b));
}

bool http_api_fees(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    TRY(case_view(r->site->house, &r->who, http_query(r, "case"), str_of(r->route->purpose), r->now_us, r->a, &view, err));
    http_json(r, out, 200, value_get(view, "fees"));
    return true;
}

bool http_api_payments(HttpRequest *r, HttpResponse *out, Err *err) {
    Value list;
    int64_t day;
    if (!day_of(r, out, http_query(r, "day"), &day)) return true;
    TRY(case_receipts(r->site->house, &r->who, day, STR(""), r->a, &list, err));
    send_list(r, out, "payments", list);
    return true;
}

bool http_api_receipt(HttpRequest *r, HttpResponse *out, Err *err) {
    Value list;
    TRY(case_receipts(r->site->house, &r->who, 0, http_param(r, "receipt"), r->a, &list, err));
    http_json(r, out, 200, list.u.list[0]);
    return true;
}

bool http_api_cash(HttpRequest *r, HttpResponse *out, Err *err) {
    Value list;
    int64_t day;
    if (!day_of(r, out, http_query(r, "day"), &day)) return true;
    TRY(case_cash(r->site->house, &r->who, day, r->a, &list, err));
    send_list(r, out, "cash_ups", list);
    return true;
}

bool http_api_cash_close(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t day;
    if (!day_of(r, out, value_get_str(r->json, "day"), &day)) return true;
    Str office = value_get_str(r->json, "office"), clerk = value_get_str(r->json, "clerk");
    CaseDrawer drawer = {.office = office.n > 0 ? office : r->who.office, .clerk = clerk.n > 0 ? clerk : r->who.user, .counter = value_get_str(r->json, "counter"), .day = day};
    TRY(case_cash_close(r->site->house, &r->who, &drawer, value_get(r->json, "counted"), value_get_str(r->json, "reason"), r->now_us, r->offset, r->a, err));
    out->status = 204;
    return true;
}
