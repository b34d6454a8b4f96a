/* Appointments for programs: what is free, a hold, and what its holder does with it by its code. The hall decides everything. */
#include "http/api.h"
#include "http/page_in.h"

static bool appointment(HttpRequest *r, HttpResponse *out, Str code, int status, Err *err) {
    Value view;
    TRY(desk_appointment(r->site->desk, code, r->now_us, r->a, &view, err));
    http_json(r, out, status, view);
    return true;
}

bool http_api_availability(HttpRequest *r, HttpResponse *out, Err *err) {
    Str service = http_query(r, "service"), office = http_query(r, "office");
    Value offices, days = value_list(NULL, 0);
    int64_t minutes = 0;
    ValueBuild b = {.a = r->a};
    TRY(desk_bookable(r->site->desk, service, r->a, &offices, err));
    if (office.n > 0) TRY(desk_free_days(r->site->desk, office, service, r->now_us, r->a, &days, &minutes, err));
    build_c(&b, "offices", offices);
    build_c(&b, "days", days);
    build_c(&b, "minutes", office.n > 0 ? value_int(minutes) : value_null());
    http_json(r, out, 200, build_ctx(&b));
    return true;
}

bool http_api_slots(HttpRequest *r, HttpResponse *out, Err *err) {
    Value date, slots;
    if (!date_parse(http_query(r, "date"), &date) || date.kind != VALUE_DATE) {
        http_member_fault(r, out, STR("date"), "format", STR("a date, YYYY-MM-DD"));
        return true;
    }
    TRY(desk_free_times(r->site->desk, http_query(r, "office"), http_query(r, "service"), date.u.i, r->now_us, r->a, &slots, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "slots", slots);
    http_json(r, out, 200, build_ctx(&b));
    return true;
}

bool http_api_appointment_hold(HttpRequest *r, HttpResponse *out, Err *err) {
    DeskReply reply;
    DeskCommand c = http_book_command(r, DESK_HOLD, value_get_str(r->json, "office"), STR(""));
    ValueBuild b = {.a = r->a};
    build_c(&b, "service", value_get(r->json, "service"));
    build_c(&b, "start", value_get(r->json, "start"));
    c.args = build_ctx(&b);
    return desk_handle(r->site->desk, &c, r->a, &reply, err) && appointment(r, out, reply.code, 201, err);
}

bool http_api_appointment_get(HttpRequest *r, HttpResponse *out, Err *err) { return appointment(r, out, http_param(r, "code"), 200, err); }

/* What the holder wishes; the office is the appointment's own. */
static bool act(HttpRequest *r, HttpResponse *out, DeskDo what, Err *err) {
    Value view;
    DeskReply reply;
    Str code = http_param(r, "code");
    TRY(desk_appointment(r->site->desk, code, r->now_us, r->a, &view, err));
    DeskCommand c = http_book_command(r, what, value_get_str(view, "office"), code);
    c.args = r->json;
    return desk_handle(r->site->desk, &c, r->a, &reply, err) && appointment(r, out, code, 200, err);
}

bool http_api_appointment_details(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, DESK_TELL, err); }
bool http_api_appointment_confirm(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, DESK_CONFIRM, err); }
bool http_api_appointment_move(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, DESK_MOVE, err); }
bool http_api_appointment_cancel(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, DESK_CALL_OFF, err); }
bool http_api_appointment_check_in(HttpRequest *r, HttpResponse *out, Err *err) { return act(r, out, DESK_CHECK_IN, err); }

bool http_api_appointments(HttpRequest *r, HttpResponse *out, Err *err) {
    Value list;
    Str office = http_query(r, "office").n > 0 ? http_query(r, "office") : r->who.office;
    TRY(desk_appointments(r->site->desk, &r->who, office, r->now_us, r->a, &list, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "appointments", list);
    http_json(r, out, 200, build_ctx(&b));
    return true;
}
