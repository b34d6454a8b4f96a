/* Checks the authority.json that a pack is compiled under: offices form one tree, demo users sit in an
 * office. It must never create anybody: that is room access's. */
#include "pack/pack_in.h"

#define FILE_NAME STR("authority.json")
enum { OFFSET_MAX = 18 * 3600 };

static const PackKey AUTHORITY[] = {
    {"id", PACK_NAME, false},       {"name", PACK_PAIR, false},
    {"sample", PACK_FLAG, false},   {"timezone_offset", PACK_ANY, false},
    {"phone", PACK_TEXT, false},    {"hours", PACK_PAIR, false},
    {"offices", PACK_LIST, false},  {"demo_users", PACK_LIST, true},
    {"calendars", PACK_LIST, true}, /* the reader of the folder adds calendars/<year>.json */
};
static const PackKey OFFICE[] = {{"id", PACK_NAME, false},
                                 {"parent", PACK_TEXT, false},
                                 {"name", PACK_PAIR, false},
                                 {"government", PACK_PAIR, false},
                                 {"kind", PACK_NAME, true}};
static const PackKey USER[] = {
    {"user", PACK_NAME, false}, {"name", PACK_PAIR, false}, {"office", PACK_NAME, false}, {"role", PACK_NAME, false}};
static const PackKey CALENDAR[] = {
    {"year", PACK_ANY, false},        {"source", PACK_TEXT, false},     {"licence", PACK_TEXT, false},
    {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}, {"papers", PACK_TEXTS, false},
    {"days", PACK_LIST, false},
};
static const PackKey DAY[] = {{"date", PACK_DATE, false}, {"name", PACK_TEXT, false}, {"kind", PACK_NAME, false}};
static const char *const ROLES[] = {"clerk", "officer", "legal", "supervisor", "admin"};

/* Does one of the first n offices have this id? A parent must stand before its children: so there is no ring. */
static bool has_office(Value offices, uint32_t n, Str id) {
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(value_get_str(offices.u.list[i], "id"), id)) return true;
    return false;
}

static void check_offices(PackCompile *c, Value offices) {
    for (uint32_t i = 0; i < offices.size; i++) {
        Value v = offices.u.list[i];
        Str at = pack_at_item(c->a, STR("/offices"), i), id = value_get_str(v, "id"),
            parent = value_get_str(v, "parent");
        if (!pack_shape(c, FILE_NAME, at, v, OFFICE, COUNT_OF(OFFICE))) continue;
        if (has_office(offices, i, id))
            pack_fault(c, FILE_NAME, at, "The office " STR_FMT " is listed twice.", STR_ARG(id));
        if (parent.n > 0 && !has_office(offices, i, parent))
            pack_fault(c, FILE_NAME, at, "No office " STR_FMT " stands before this one.", STR_ARG(parent));
    }
}

static void check_users(PackCompile *c, Value users, Value offices) {
    for (uint32_t i = 0; i < users.size; i++) {
        Value v = users.u.list[i];
        Str at = pack_at_item(c->a, STR("/demo_users"), i), role = value_get_str(v, "role");
        bool known = false;
        if (!pack_shape(c, FILE_NAME, at, v, USER, COUNT_OF(USER))) continue;
        for (size_t k = 0; k < COUNT_OF(ROLES); k++) known = known || str_is(role, ROLES[k]);
        if (!known) pack_fault(c, FILE_NAME, at, "There is no role " STR_FMT ".", STR_ARG(role));
        if (!has_office(offices, offices.size, value_get_str(v, "office")))
            pack_fault(c, FILE_NAME, at, "There is no office " STR_FMT ".", STR_ARG(value_get_str(v, "office")));
    }
}

static void check_day(PackCompile *c, Str file, Str at, Value day) {
    Str kind = value_get_str(day, "kind");
    if (!pack_shape(c, file, at, day, DAY, COUNT_OF(DAY))) return;
    if (!str_is(kind, "rest") && !str_is(kind, "work")) pack_fault(c, file, at, "The kind must be rest or work.");
}

/* What the shapes cannot tell: years out of range, a day that is called both. */
static void add_calendar(PackCompile *c, Str file, Value year) {
    Err err = {0};
    if (calendar_with(c->a, &c->pack->calendar, year, &c->pack->calendar, &err)) return;
    err_file(&err, file);
    errlist_push(c->faults, &err);
}

static void check_calendars(PackCompile *c, Value calendars) {
    for (uint32_t i = 0; i < calendars.size; i++) {
        Value v = calendars.u.list[i], days = value_get(v, "days");
        int64_t year = value_get_int(v, "year", -1);
        Str file = str_printf(c->a, "calendars/%lld.json", (long long)year);
        if (!pack_shape(c, file, STR(""), v, CALENDAR, COUNT_OF(CALENDAR))) continue;
        size_t before = c->faults->n;
        for (uint32_t k = 0; k < days.size; k++)
            check_day(c, file, pack_at_item(c->a, STR("/days"), k), days.u.list[k]);
        if (c->faults->n == before) add_calendar(c, file, v);
    }
}

void pack_check_authority(PackCompile *c) {
    Value authority = c->pack->authority, offices = value_get(authority, "offices"),
          users = value_get(authority, "demo_users"), calendars = value_get(authority, "calendars");
    if (value_is_null(authority) || !pack_shape(c, FILE_NAME, STR(""), authority, AUTHORITY, COUNT_OF(AUTHORITY)))
        return;
    int64_t offset = value_get_int(authority, "timezone_offset", INT64_MAX);
    if (offset < -OFFSET_MAX || offset > OFFSET_MAX)
        pack_fault(c, FILE_NAME, STR("/timezone_offset"), "This must be seconds east of UTC, at most 18 hours.");
    check_offices(c, offices);
    if (users.kind == VALUE_LIST) check_users(c, users, offices);
    if (calendars.kind == VALUE_LIST) check_calendars(c, calendars);
}
