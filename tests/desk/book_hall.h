/* What the stories of appointments share: the demo county's hall with its slots made, somebody who books, and the messages
 * that are told. */
#ifndef YC_TESTS_DESK_BOOK_HALL_H
#define YC_TESTS_DESK_BOOK_HALL_H

#include "desk/book_in.h"
#include "hall.h"

static const int64_t HOUR_US = 60 * 60 * (int64_t)1000000, DAY_US = 24 * 60 * 60 * (int64_t)1000000;
static const DeskZone china = {.offset = 28800};

/* "2026-11-25" "09:00" in the office's time. */
static inline int64_t at(const char *date, const char *time) {
    Value day;
    if (!date_parse(str_of(date), &day)) fail_msg("%s is no date", date);
    return desk_local_us(china, day.u.i, desk_minutes(str_of(time)), false);
}

static inline void tick(Hall *h) {
    Err err = {0};
    must(desk_tick(h->desk, h->now_us, &err), &err);
}

static inline int set_up_booking(void **state) {
    set_up(state);
    tick(*state);
    return 0;
}

static inline Value args(Hall *h, const char *format, ...) PRINTF_LIKE(2, 3);
static inline Value args(Hall *h, const char *format, ...) {
    char text[1000];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return json(h, text);
}

static inline DeskCommand wish_hold(Hall *h, const char *service, int64_t start_us) {
    DeskCommand c = wish(h, DESK_HOLD, NULL);
    c.args = args(h, "{\"service\":\"%s\",\"start\":%lld}", service, (long long)start_us);
    return c;
}

static inline DeskReply hold(Hall *h, const char *service, int64_t start_us) {
    DeskCommand c = wish_hold(h, service, start_us);
    return does(h, &c);
}

/* A wish of whoever has the code. */
static inline DeskCommand by_code(Hall *h, DeskDo what, Str code, const char *json_args) {
    DeskCommand c = wish(h, what, NULL);
    c.code = code;
    c.args = json_args ? json(h, json_args) : value_null();
    return c;
}

static inline DeskCommand wish_tell(Hall *h, Str code, const char *person) {
    DeskCommand c = wish(h, DESK_TELL, NULL);
    c.code = code;
    c.args = args(h, "{\"name\":\"岩温\",\"person\":\"%s\",\"phone\":\"138 0000 0000\",\"lang\":\"zh\"}", person);
    return c;
}

static inline DeskBooking booking(Hall *h, Str code) {
    DeskBooking b;
    Err err = {0};
    must(desk_booking_by_code(h->store, code, h->a, &b, &err), &err);
    return b;
}

static inline Value messages(Hall *h) {
    Value list;
    Err err = {0};
    must(case_messages(h->cases, h->a, &list, &err), &err);
    return list;
}

/* How many wait to be sent about this appointment; *text of the newest. */
static inline int waiting(Hall *h, Str code, Str *text) {
    Str id = booking(h, code).id;
    Value list = messages(h);
    int n = 0;
    for (uint32_t i = 0; i < list.size; i++) {
        bool one = str_eq(value_get_str(list.u.list[i], "about"), id) && str_is(value_get_str(list.u.list[i], "state"), "open");
        if (one && n++ == 0 && text) *text = value_get_str(list.u.list[i], "text");
    }
    return n;
}

static inline bool has(Str text, const char *part) { return str_find(text, str_of(part)) >= 0; }

/* The six digits of the message that waits. */
static inline Str told_code(Hall *h, Str code) {
    Str text = STR(""), lead = STR("预约验证码 ");
    assert_int_equal(waiting(h, code, &text), 1);
    assert_true(str_starts(text, lead));
    return str_sub(text, lead.n, 6);
}

static inline DeskCommand wish_confirm(Hall *h, Str code, Str digits) {
    DeskCommand c = wish(h, DESK_CONFIRM, NULL);
    c.code = code;
    c.args = args(h, "{\"confirm\":\"" STR_FMT "\"}", STR_ARG(digits));
    return c;
}

static inline DeskReply book(Hall *h, const char *service, int64_t start_us, const char *person) {
    DeskReply held = hold(h, service, start_us);
    DeskCommand tell = wish_tell(h, held.code, person);
    does(h, &tell);
    DeskCommand confirm = wish_confirm(h, held.code, told_code(h, held.code));
    return does(h, &confirm);
}

static inline DeskCommand wish_move(Hall *h, Str code, int64_t start_us) {
    DeskCommand c = wish(h, DESK_MOVE, NULL);
    c.code = code;
    c.args = args(h, "{\"start\":%lld}", (long long)start_us);
    return c;
}

#endif
