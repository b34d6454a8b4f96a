/* What an office's hall is: its queues, counters and opening hours, checked before it is kept; and what follows for a moment:
 * the office's own time, and whether it is open. A public holiday closes, whatever week or exception say; nothing is guessed. */
#include "desk/book_in.h"

#include <stdio.h>

enum { NAME_MAX = 64, TEXT_MAX = 300, SERVICES_MAX = 60, DAY_MINUTES = 1440, MINUTES_MAX = 480 };
static const int64_t SECOND_US = 1000000;

/* ---- checking ------------------------------------------------------------------------------------------------------- */

static bool fault(Err *err, const char *list, uint32_t i, const char *text) {
    char at[64];
    int n = snprintf(at, sizeof at, "/desk/%s/%u", list, i);
    err_set(err, ERR_INVALID, "desk", "%s", text);
    err_element(err, (Str){at, (size_t)n});
    return false;
}

static bool is_name(Str s) {
    bool ok = s.n > 0 && s.n <= NAME_MAX;
    for (size_t i = 0; ok && i < s.n; i++) ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-' || s.p[i] == '_';
    return ok;
}

static bool is_pair(Value v) {
    Str zh = value_get_str(v, "zh"), en = value_get_str(v, "en");
    return zh.n > 0 && en.n > 0 && zh.n <= TEXT_MAX && en.n <= TEXT_MAX;
}

int desk_minutes(Str t) {
    int64_t h, m;
    if (t.n != 5 || t.p[2] != ':' || !str_to_int(str_sub(t, 0, 2), &h) || !str_to_int(str_sub(t, 3, 2), &m)) return -1;
    if (h < 0 || m < 0 || m > 59 || h * 60 + m > DAY_MINUTES) return -1;
    return (int)(h * 60 + m);
}

/* The item of a list with this id; null when none. */
static Value item_of(Value list, Str id) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "id"), id)) return list.u.list[i];
    return value_null();
}

static bool first_of_id(Value list, uint32_t i) {
    Value v = list.u.list[i];
    for (uint32_t k = 0; k < i; k++)
        if (str_eq(value_get_str(list.u.list[k], "id"), value_get_str(v, "id"))) return false;
    return true;
}

static bool texts_of(Value list, size_t most) {
    if (list.kind != VALUE_LIST || list.size > most) return false;
    for (uint32_t i = 0; i < list.size; i++)
        if (list.u.list[i].kind != VALUE_STRING || !is_name(value_text(list.u.list[i]))) return false;
    return true;
}

/* Letters that are not taken for digits. */
static bool is_letter(Str s) { return s.n == 1 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[0] != 'I' && s.p[0] != 'O'; }

static bool letter_is_free(Value list, uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (str_eq(value_get_str(list.u.list[k], "letter"), value_get_str(list.u.list[i], "letter"))) return false;
    return true;
}

static bool is_flag(Value v) { return value_is_null(v) || v.kind == VALUE_BOOL; }

static bool check_queue(Value list, uint32_t i, Err *err) {
    Value q = list.u.list[i];
    int64_t minutes = value_get_int(q, "minutes", 10), limit = value_get_int(q, "limit", DESK_LIMIT);
    if (!is_name(value_get_str(q, "id")) || !first_of_id(list, i)) return fault(err, "queues", i, "a queue has an id of its own: small letters, digits, - and _");
    if (!is_letter(value_get_str(q, "letter"))) return fault(err, "queues", i, "a queue has a letter A to Z, not I or O");
    if (!letter_is_free(list, i)) return fault(err, "queues", i, "two queues have this letter");
    if (!is_pair(value_get(q, "name"))) return fault(err, "queues", i, "a queue has a name in zh and en");
    if (!texts_of(value_get(q, "services"), SERVICES_MAX)) return fault(err, "queues", i, "services are a list of ids");
    if (minutes < 1 || minutes > MINUTES_MAX) return fault(err, "queues", i, "minutes are 1 to 480");
    if (!is_flag(value_get(q, "booked"))) return fault(err, "queues", i, "booked is true or false");
    return (limit >= 1 && limit <= DESK_LIMIT) || fault(err, "queues", i, "limit is 1 to 500");
}

static bool check_counter(Value queues, Value list, uint32_t i, Err *err) {
    Value c = list.u.list[i], serves = value_get(c, "queues");
    int64_t no = value_get_int(c, "no", 0);
    if (!is_name(value_get_str(c, "id")) || !first_of_id(list, i)) return fault(err, "counters", i, "a counter has an id of its own: small letters, digits, - and _");
    if (no < 1 || no > 999) return fault(err, "counters", i, "a counter has a number 1 to 999");
    for (uint32_t k = 0; k < i; k++)
        if (value_get_int(list.u.list[k], "no", 0) == no) return fault(err, "counters", i, "two counters have this number");
    if (!is_pair(value_get(c, "name"))) return fault(err, "counters", i, "a counter has a name in zh and en");
    if (!texts_of(serves, DESK_QUEUES) || serves.size == 0) return fault(err, "counters", i, "a counter serves a list of queues");
    for (uint32_t k = 0; k < serves.size; k++)
        if (value_is_null(item_of(queues, value_text(serves.u.list[k])))) return fault(err, "counters", i, "there is no queue of this name");
    return true;
}

static bool is_interval(Value v) {
    int from = desk_minutes(value_get_str(v, "from")), to = desk_minutes(value_get_str(v, "to"));
    return from >= 0 && to > from;
}

static bool check_hours(Value list, uint32_t i, Err *err) {
    Value v = list.u.list[i], days = value_get(v, "days");
    if (!is_interval(v)) return fault(err, "hours", i, "hours have from and to, HH:MM, from before to");
    if (days.kind != VALUE_LIST || days.size == 0 || days.size > 7) return fault(err, "hours", i, "hours have days, 1 Monday to 7 Sunday");
    for (uint32_t k = 0; k < days.size; k++) {
        int64_t day;
        if (!value_to_int(days.u.list[k], &day) || day < 1 || day > 7) return fault(err, "hours", i, "hours have days, 1 Monday to 7 Sunday");
    }
    return true;
}

static bool check_exception(Value list, uint32_t i, Err *err) {
    Value v = list.u.list[i], hours = value_get(v, "hours"), date, on = value_get(v, "on_holiday");
    if (!date_parse(value_get_str(v, "date"), &date) || date.kind != VALUE_DATE) return fault(err, "exceptions", i, "an exception has a date, YYYY-MM-DD");
    for (uint32_t k = 0; k < i; k++)
        if (str_eq(value_get_str(list.u.list[k], "date"), value_get_str(v, "date"))) return fault(err, "exceptions", i, "two exceptions have this date");
    if (!is_flag(on)) return fault(err, "exceptions", i, "on_holiday is true or false");
    if (value_get_bool(v, "closed", false)) return value_is_null(hours) || fault(err, "exceptions", i, "a day is closed or has hours, not both");
    if (hours.kind != VALUE_LIST || hours.size == 0 || hours.size > DESK_HOURS) return fault(err, "exceptions", i, "an exception is closed or has hours");
    for (uint32_t k = 0; k < hours.size; k++)
        if (!is_interval(hours.u.list[k])) return fault(err, "exceptions", i, "hours have from and to, HH:MM, from before to");
    return true;
}

static bool is_list(Value v, size_t most, Err *err, const char *name) {
    bool ok = value_is_null(v) || (v.kind == VALUE_LIST && v.size <= most);
    return ok || fault(err, name, 0, "this must be a list, and not longer than a hall can have");
}

static bool check_members(Value json, Err *err) {
    static const char *const known[] = {"queues", "counters", "hours", "exceptions", "zone", "makeup", "always_open", "keep_at_night", "slots"};
    if (json.kind != VALUE_CONTEXT) return desk_refuse(err, "desk", "a desk is an object");
    for (uint32_t i = 0; i < json.size; i++) {
        bool found = false;
        for (size_t k = 0; k < COUNT_OF(known); k++) found |= str_is(json.u.ctx[i].key, known[k]);
        if (found) continue;
        err_set(err, ERR_INVALID, "desk", "a desk has no such member");
        err_element(err, json.u.ctx[i].key);
        return false;
    }
    return true;
}

bool desk_config_check(Value json, Err *err) {
    Value queues = value_get(json, "queues"), counters = value_get(json, "counters"), hours = value_get(json, "hours"), days = value_get(json, "exceptions");
    Str zone = value_get_str(json, "zone");
    int64_t makeup = value_get_int(json, "makeup", 1);
    TRY(check_members(json, err));
    TRY(is_list(queues, DESK_QUEUES, err, "queues") && is_list(counters, DESK_COUNTERS, err, "counters"));
    TRY(is_list(hours, DESK_HOURS, err, "hours") && is_list(days, DESK_EXCEPTIONS, err, "exceptions"));
    if (zone.n > 0 && !date_zone_known(zone)) return desk_refuse(err, "zone", "this zone is not known");
    if (makeup < 1 || makeup > 7) return desk_refuse(err, "makeup", "makeup is a day of the week, 1 Monday to 7 Sunday");
    for (uint32_t i = 0; queues.kind == VALUE_LIST && i < queues.size; i++) TRY(check_queue(queues, i, err));
    for (uint32_t i = 0; counters.kind == VALUE_LIST && i < counters.size; i++) TRY(check_counter(queues, counters, i, err));
    for (uint32_t i = 0; hours.kind == VALUE_LIST && i < hours.size; i++) TRY(check_hours(hours, i, err));
    for (uint32_t i = 0; days.kind == VALUE_LIST && i < days.size; i++) TRY(check_exception(days, i, err));
    DeskPlan plan;
    return desk_plan(json, &plan, err);
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

bool desk_config(DeskHouse *h, Str office, Arena *a, DeskConfig *out, Err *err) {
    assert(h && a && out);
    StoreRows rows;
    StoreArg args[] = {store_text(office)};
    TRY(store_query(h->store, store_statement(h->store, "desk_office_get"), args, 1, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "desk", "this office has no hall");
    *out = (DeskConfig){.office = office, .version = rows.cells[0].i};
    return json_parse(rows.cells[1].s, (JsonLimits){0}, a, &out->json, err);
}

Value desk_queue_of(const DeskConfig *c, Str id) { return item_of(value_get(c->json, "queues"), id); }
Value desk_counter_of(const DeskConfig *c, Str id) { return item_of(value_get(c->json, "counters"), id); }

bool desk_configure(DeskAct *act, Err *err) {
    Value config = value_get(act->c->args, "config");
    if (act->c->version >= 0 && act->c->version != act->config.version) return err_set(err, ERR_STALE, "desk", "somebody else has changed the hall meanwhile");
    TRY(desk_config_check(config, err));
    TRY(desk_affected_settle(act, config, err));
    ValueBuild p = {.a = act->a};
    build_c(&p, "config", config);
    act->reply = (DeskReply){.id = act->c->office, .version = act->config.version + 1, .state = STR("configured")};
    return desk_event(act, str_join2(act->a, STR("desk/"), act->c->office), act->config.version + 1, "configured", build_ctx(&p), err);
}

/* ---- time ----------------------------------------------------------------------------------------------------------- */

DeskMoment desk_moment(const DeskHouse *h, const DeskConfig *c, int64_t now_us) {
    Str zone = value_get_str(c->json, "zone");
    int64_t seconds = now_us / SECOND_US - (now_us % SECOND_US < 0);
    DeskMoment m = {.offset = h->offset};
    if (zone.n > 0 && !date_zone_offset(zone, seconds, false, &m.offset)) m.offset = h->offset;
    int64_t local = seconds + m.offset;
    m.day = local / 86400 - (local % 86400 < 0);
    m.minute = (int32_t)((local - m.day * 86400) / 60);
    return m;
}

/* ---- days ----------------------------------------------------------------------------------------------------------- */

static Value authority_office(const DeskHouse *h, Str id) { return item_of(value_get(h->authority, "offices"), id); }

/* The layer of the office or the nearest above it, else the nation's. */
bool desk_calendar(const DeskHouse *h, Str office, Arena *a, const Calendar **out, Err *err) {
    AccessOffice o = {.id = office};
    Str layer = {0};
    *out = NULL;
    for (int depth = 0; depth < 16 && o.id.n > 0 && layer.n == 0; depth++) {
        layer = value_get_str(authority_office(h, o.id), "calendar");
        if (layer.n == 0) TRY(access_office(h->store, o.id, a, &o, err));
        if (layer.n == 0) o.id = o.parent;
    }
    if (layer.n == 0) layer = STR(PACK_NATION);
    if (case_pack_count(h->cases) > 0 && pack_has_calendar(case_pack_at(h->cases, 0), layer)) *out = pack_calendar(case_pack_at(h->cases, 0), layer, office);
    return true;
}

typedef enum DayKind { DAY_PLAIN, DAY_HOLIDAY, DAY_MAKEUP } DayKind; /* as the published calendar names it */

static DayKind named_day(const Calendar *calendar, int64_t day) {
    for (size_t i = 0; calendar && i < calendar->n_days; i++)
        if (calendar->days[i].day == day) return calendar->days[i].works ? DAY_MAKEUP : DAY_HOLIDAY;
    return DAY_PLAIN;
}

static Value exception_of(const DeskConfig *c, int64_t day) {
    Value list = value_get(c->json, "exceptions"), date;
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++)
        if (date_parse(value_get_str(list.u.list[i], "date"), &date) && date.u.i == day) return list.u.list[i];
    return value_null();
}

static bool on_weekday(Value hours, int weekday) {
    Value days = value_get(hours, "days");
    for (uint32_t i = 0; i < days.size; i++) {
        int64_t day;
        if (value_to_int(days.u.list[i], &day) && day == weekday) return true;
    }
    return false;
}

static Value week_hours(const DeskConfig *c, int weekday, Arena *a) {
    Value list = value_get(c->json, "hours");
    ValueBuild out = {.a = a};
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) {
        if (!on_weekday(list.u.list[i], weekday)) continue;
        ValueBuild one = {.a = a};
        build_c(&one, "from", value_get(list.u.list[i], "from"));
        build_c(&one, "to", value_get(list.u.list[i], "to"));
        build_item(&out, build_ctx(&one));
    }
    return build_list(&out);
}

bool desk_hours(const DeskHouse *h, const DeskConfig *c, int64_t day, Arena *a, Value *out, const char **why, Err *err) {
    assert(h && c && a && out && why);
    const Calendar *calendar;
    TRY(desk_calendar(h, c->office, a, &calendar, err));
    DayKind kind = named_day(calendar, day);
    Value other = exception_of(c, day);
    *out = value_list(NULL, 0);
    *why = "holiday";
    if (kind == DAY_HOLIDAY && !value_get_bool(other, "on_holiday", false)) return true;
    *why = "exception";
    if (value_get_bool(other, "closed", false)) return true;
    if (!value_is_null(other)) *out = value_get(other, "hours");
    else *out = week_hours(c, kind == DAY_MAKEUP ? (int)value_get_int(c->json, "makeup", 1) : date_weekday(day), a);
    *why = out->size > 0 ? "" : "weekday";
    return true;
}

bool desk_is_open(const DeskHouse *h, const DeskConfig *c, int64_t now_us, Arena *a, bool *out, Err *err) {
    Value hours;
    const char *why;
    DeskMoment now = desk_moment(h, c, now_us);
    TRY(desk_hours(h, c, now.day, a, &hours, &why, err));
    *out = value_get_bool(c->json, "always_open", false);
    for (uint32_t i = 0; i < hours.size; i++)
        *out |= desk_minutes(value_get_str(hours.u.list[i], "from")) <= now.minute && now.minute < desk_minutes(value_get_str(hours.u.list[i], "to"));
    return true;
}

/* ---- opening the room ----------------------------------------------------------------------------------------------- */

static bool install_one(DeskHouse *h, Str office, Value config, int64_t now_us, Arena *a, Err *err) {
    DeskConfig known;
    Err none = {0};
    if (desk_config(h, office, a, &known, &none)) return true;
    if (none.code != ERR_NOT_FOUND) return err_set(err, none.code, "desk", "%s", none.text);
    TRY(desk_config_check(config, err));
    ValueBuild p = {.a = a};
    build_c(&p, "config", config);
    StoreBatch *b = store_batch(a);
    StoreEvent e = {.seq = 1, .at_us = now_us, .kind = STR("configured"), .actor = STR("system"), .payload = json_text(a, build_ctx(&p))};
    e.stream = str_join2(a, STR("desk/"), office);
    store_event(b, e.stream, e.seq, e.kind, e.actor, e.at_us, e.payload);
    TRY(desk_fold(h->store, b, &e, err));
    none = (Err){0};
    return store_commit(h->store, b, &none) || none.code == ERR_CONFLICT || err_set(err, none.code, "desk", "%s", none.text); /* conflict: another process was first */
}

bool desk_house(Store *store, CaseHouse *cases, Value authority, int64_t now_us, Arena *house, DeskHouse **out, Err *err) {
    assert(store && cases && house && out);
    DeskHouse *h = NEW(house, DeskHouse);
    *h = (DeskHouse){.store = store, .cases = cases, .authority = authority, .offset = (int32_t)value_get_int(authority, "timezone_offset", 0)};
    for (size_t i = 0; i < DESK_LOCKS; i++) pthread_mutex_init(&h->locks[i], NULL);
    Value offices = value_get(authority, "offices");
    Arena *a = arena_new(0);
    bool ok = true;
    for (uint32_t i = 0; ok && offices.kind == VALUE_LIST && i < offices.size; i++) {
        Value desk = value_get(offices.u.list[i], "desk");
        ok = value_is_null(desk) || install_one(h, value_get_str(offices.u.list[i], "id"), desk, now_us, a, err);
    }
    arena_free(a);
    *out = h;
    return ok;
}
