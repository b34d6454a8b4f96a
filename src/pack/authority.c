/* Checks the authority.json that a pack is compiled under: offices form one tree, demo users sit in an
 * office; its calendars are calendars.c's. It must never create anybody: that is room access's. */
#include "pack/pack_in.h"

#define FILE_NAME STR("authority.json")
enum { OFFSET_MAX = 18 * 3600 };

static const PackKey AUTHORITY[] = {
    {"id", PACK_NAME, false},       {"name", PACK_PAIR, false},
    {"sample", PACK_FLAG, false},   {"timezone_offset", PACK_ANY, false},
    {"phone", PACK_TEXT, false},    {"hours", PACK_PAIR, false},
    {"offices", PACK_LIST, false},  {"demo_users", PACK_LIST, true},
    {"layers", PACK_LIST, true},    {"drafts", PACK_ANY, true}, /* drafts.c */
    {"calendars", PACK_LIST, true}, /* the reader of the folder adds calendars/<year>.json */
    {"layer_calendars", PACK_CONTEXT, true}, /* and calendars/<layer>/<year>.json: layer to list */
};
static const PackKey OFFICE[] = {{"id", PACK_NAME, false},
                                 {"parent", PACK_TEXT, false},
                                 {"name", PACK_PAIR, false},
                                 {"government", PACK_PAIR, false},
                                 {"kind", PACK_NAME, true},
                                 {"calendar", PACK_NAME, true},
                                 {"desk", PACK_CONTEXT, true}}; /* what a hall has is room desk's */
static const PackKey USER[] = {
    {"user", PACK_NAME, false}, {"name", PACK_PAIR, false}, {"office", PACK_NAME, false}, {"role", PACK_NAME, false}};
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

void pack_check_authority(PackCompile *c) {
    Value authority = c->pack->authority, offices = value_get(authority, "offices"),
          users = value_get(authority, "demo_users");
    if (value_is_null(authority) || !pack_shape(c, FILE_NAME, STR(""), authority, AUTHORITY, COUNT_OF(AUTHORITY)))
        return;
    int64_t offset = value_get_int(authority, "timezone_offset", INT64_MAX);
    if (offset < -OFFSET_MAX || offset > OFFSET_MAX)
        pack_fault(c, FILE_NAME, STR("/timezone_offset"), "This must be seconds east of UTC, at most 18 hours.");
    check_offices(c, offices);
    if (users.kind == VALUE_LIST) check_users(c, users, offices);
    pack_load_calendars(c);
}
