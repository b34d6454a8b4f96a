/* The clocks of a case: deadlines kept in their legal form (what starts them, how many days of which unit, what
 * was extended, when they stood still), with the last days that follow from the calendar. A clock starts once
 * and nothing sets it back. Pure: the calendar is the pack's, the day is the command's. */
#include "case/case_in.h"

enum { MAX_HOLDS = 20, MAX_REASON = 2000 };

/* ---- rows: {id, start, extended, extensions:[{on, days, reason}], asked {on, days, reason, by, by_name} or null,
 * holds:[{from, to, reason}], due, provisional, promised_due, promised_provisional,
 * stopped}; days as dates, `to` null while it stands still, `stopped` null while it runs -------------------------- */

static Value day_value(int64_t day) { return (Value){.kind = VALUE_DATE, .u.i = day}; }

/* A kept day: a date, or its text after a journey through JSON. */
static bool day_of(Value v, int64_t *day) {
    Value date = v;
    if (v.kind == VALUE_STRING && !date_parse(value_text(v), &date)) return false;
    *day = date.kind == VALUE_DATETIME ? date.u.time->days : date.u.i;
    return date.kind == VALUE_DATE || date.kind == VALUE_DATETIME;
}

static Value put(Arena *a, Value row, const char *key, Value member) { return value_with(a, row, str_of(key), member); }

static Value last_hold(Value row) {
    Value holds = value_get(row, "holds");
    return holds.size > 0 ? holds.u.list[holds.size - 1] : value_null();
}

bool case_clock_stopped(Value row) { return !value_is_null(value_get(row, "stopped")); }

bool case_clock_held(Value row) {
    Value hold = last_hold(row);
    return !case_clock_stopped(row) && !value_is_null(hold) && value_is_null(value_get(hold, "to"));
}

/* Days of one unit that the clock stood still: after the day it was stopped, until and with the day it went on. */
static int64_t held_days(const Calendar *calendar, Value row, CalendarUnit unit) {
    Value holds = value_get(row, "holds");
    int64_t n = 0, from, to;
    for (uint32_t i = 0; i < holds.size; i++)
        if (day_of(value_get(holds.u.list[i], "from"), &from) && day_of(value_get(holds.u.list[i], "to"), &to))
            n += calendar_count(calendar, from, to, unit);
    return n;
}

static Value with_term(const Calendar *calendar, PackTerm term, Value row, int64_t extended, const char *due, const char *provisional, Arena *a) {
    int64_t start, days = term.n + extended + held_days(calendar, row, term.unit);
    if (days > CALENDAR_PERIOD_MAX || !day_of(value_get(row, "start"), &start)) return row;
    CalendarDue last = calendar_due(calendar, start, days, term.unit);
    return put(a, put(a, row, due, day_value(last.day)), provisional, value_bool(last.provisional));
}

/* The row with the last days that its legal form and today's calendars give. */
static Value reckoned(const CaseChange *out, const PackClock *clock, Value row) {
    PackTerm law = clock->statutory, own = clock->promised;
    Str office = out->after.office;
    row = with_term(pack_calendar(out->pack, law.calendar, office), law, row, value_get_int(row, "extended", 0), "due", "provisional", out->a);
    if (!own.set) return row;
    return with_term(pack_calendar(out->pack, own.calendar, office), own, row, 0, "promised_due", "promised_provisional", out->a);
}

/* ---- the record's list -------------------------------------------------------------------------------------------- */

static Value find_row(Value clocks, Str id) {
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++)
        if (str_eq(value_get_str(clocks.u.list[i], "id"), id)) return clocks.u.list[i];
    return value_null();
}

/* What an event tells beyond the row. */
static bool is_told_only(Str key) {
    static const char *const told[] = {"what", "reason", "was_due", "was_promised_due", "moved"};
    for (size_t i = 0; i < COUNT_OF(told); i++)
        if (str_is(key, told[i])) return true;
    return false;
}

/* The row comes in place of an earlier one with its id. */
Value case_clock_fold(Value clocks, Value payload, Arena *a) {
    ValueBuild list = {.a = a}, row = {.a = a};
    Str id = value_get_str(payload, "id");
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++)
        if (!str_eq(value_get_str(clocks.u.list[i], "id"), id)) build_item(&list, clocks.u.list[i]);
    for (uint32_t i = 0; payload.kind == VALUE_CONTEXT && i < payload.size; i++)
        if (!is_told_only(payload.u.ctx[i].key)) build_entry(&row, payload.u.ctx[i].key, payload.u.ctx[i].value);
    build_item(&list, build_ctx(&row));
    return build_list(&list);
}

/* Says the row in an event. */
static bool keep(CaseChange *out, Value row, const char *what, Str reason, Value before, Err *err) {
    Value event;
    TRY(case_plain(out->a, row, &event, err));
    event = put(out->a, event, "what", value_c(what));
    if (reason.n) event = put(out->a, event, "reason", value_str(reason));
    /* Both values of a deadline that moved are in the log. */
    if (!value_is_null(before)) event = put(out->a, event, "was_due", value_get(before, "due"));
    if (!value_is_null(before)) event = put(out->a, event, "was_promised_due", value_get(before, "promised_due"));
    case_change_event(out, "clock", event);
    return true;
}

static bool start_day(const PackClock *clock, const char *moment, Value answers, int64_t today, int64_t *day, Arena *a) {
    *day = today;
    if (str_is(clock->start, moment)) return true;
    bool by_answer = !str_is(clock->start, "created") && !str_is(clock->start, "decided");
    return by_answer && str_is(STR("created"), moment) && day_of(value_get(answers, str_c(a, clock->start)), day);
}

static bool start_clock(const PackClock *clock, int64_t day, CaseChange *out, Err *err) {
    ValueBuild b = {.a = out->a};
    build_c(&b, "id", value_str(clock->id));
    build_c(&b, "start", day_value(day));
    build_c(&b, "extended", value_int(0));
    build_c(&b, "holds", value_list(NULL, 0));
    build_c(&b, "stopped", value_null());
    return keep(out, reckoned(out, clock, build_ctx(&b)), "started", STR(""), value_null(), err);
}

static bool stop_clock(Value row, int64_t today, CaseChange *out, Err *err) {
    return keep(out, put(out->a, row, "stopped", day_value(today)), "stopped", STR(""), value_null(), err);
}

static bool believable(int64_t day) { return day >= date_days(CALENDAR_YEAR_MIN, 1, 1) && day <= date_days(9000, 1, 1); }

bool case_clock_turn(const Pack *pack, const char *moment, Value answers, FeelRun *run, CaseChange *out, Err *err) {
    assert(pack && moment && run && out);
    int64_t today = case_day(run->now_us, run->offset), day;
    Str outcome = out->after.outcome.n ? out->after.outcome : out->after.proposed;
    for (size_t i = 0; i < pack->n_clocks; i++) {
        const PackClock *clock = &pack->clocks[i];
        Value row = find_row(out->after.clocks, clock->id);
        bool applies = false;
        if (!value_is_null(row)) {
            if (str_is(clock->stop, moment) && !case_clock_stopped(row)) TRY(stop_clock(row, today, out, err));
            continue;
        }
        if (!start_day(clock, moment, answers, today, &day, out->a) || !believable(day)) continue;
        TRY(pack_clock_applies(pack, clock, answers, outcome, run, &applies, err));
        if (applies) TRY(start_clock(clock, day, out, err));
    }
    return true;
}

bool case_clock_renew(const Pack *pack, CaseChange *out, Err *err) {
    assert(pack && out);
    Value clocks = out->after.clocks;
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) {
        Value row = clocks.u.list[i], now;
        const PackClock *clock = pack_clock(pack, value_get_str(row, "id"));
        if (!clock || case_clock_stopped(row)) continue;
        TRY(case_plain(out->a, reckoned(out, clock, row), &now, err));
        if (!value_same(now, row)) TRY(keep(out, now, "recomputed", STR(""), row, err));
    }
    return true;
}

/* ---- suspension, extension, done ------------------------------------------------------------------------------------- */

static bool refuse(Err *err, ErrCode code, const char *element, const char *text) {
    err_set(err, code, "case", "%s", text);
    err_element(err, str_of(element));
    return false;
}

static bool need_reason(Value args, Str *reason, Err *err) {
    *reason = str_trim(value_get_str(args, "reason"));
    if (reason->n && utf8_count(*reason) <= MAX_REASON) return true;
    return refuse(err, ERR_INVALID, "reason", reason->n ? "the reason is too long" : "a reason is needed");
}

/* notice: number of the notice that it stands still for, 0 = none: the reason says why. */
static bool suspend(Value *row, int64_t today, Str reason, int64_t notice, Arena *a, Err *err) {
    Value holds = value_get(*row, "holds");
    ValueBuild list = {.a = a}, b = {.a = a};
    if (case_clock_held(*row)) return refuse(err, ERR_STATE, "do", "the clock stands still already");
    if (holds.size == MAX_HOLDS) return refuse(err, ERR_LIMIT, "do", "the clock stood still too often");
    for (uint32_t i = 0; i < holds.size; i++) build_item(&list, holds.u.list[i]);
    build_c(&b, "from", day_value(today));
    build_c(&b, "to", value_null());
    build_c(&b, "reason", value_str(reason));
    if (notice > 0) build_c(&b, "notice", value_int(notice));
    build_item(&list, build_ctx(&b));
    *row = put(a, *row, "holds", build_list(&list));
    return true;
}

static bool resume(Value *row, int64_t today, Arena *a, Err *err) {
    if (!case_clock_held(*row)) return refuse(err, ERR_STATE, "do", "the clock is running");
    Value holds = value_get(*row, "holds");
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i + 1 < holds.size; i++) build_item(&list, holds.u.list[i]);
    build_item(&list, put(a, holds.u.list[holds.size - 1], "to", day_value(today)));
    *row = put(a, *row, "holds", build_list(&list));
    return true;
}

/* ---- extension: one asks, another one who leads grants (Source: all:42) ------------------------------------------------ */

static bool ask(const PackClock *clock, const Command *c, int64_t today, Value *row, Str reason, Arena *a, Err *err) {
    int64_t days = value_get_int(c->args, "days", 0), most = clock->extension ? clock->extension : CALENDAR_PERIOD_MAX / 10;
    if (case_clock_asked(*row)) return refuse(err, ERR_STATE, "do", "an extension is asked for already");
    if (days < 1 || value_get_int(*row, "extended", 0) + days > most)
        return refuse(err, ERR_INVALID, "days", str_c(a, str_printf(a, "an extension has whole days, from 1 to %lld in all", (long long)most)));
    ValueBuild b = {.a = a};
    build_c(&b, "on", day_value(today));
    build_c(&b, "days", value_int(days));
    build_c(&b, "reason", value_str(reason));
    build_c(&b, "by", value_str(c->who.user));
    build_c(&b, "by_name", value_str(c->who.name));
    *row = put(a, *row, "asked", build_ctx(&b));
    return true;
}

static bool grant(const Command *c, int64_t today, Value *row, Str *reason, Arena *a, Err *err) {
    Value asked = value_get(*row, "asked"), given = value_get(*row, "extensions");
    ValueBuild list = {.a = a}, b = {.a = a};
    int64_t days = value_get_int(asked, "days", 0);
    if (!case_clock_asked(*row)) return refuse(err, ERR_STATE, "do", "nobody has asked for an extension");
    if (str_eq(value_get_str(asked, "by"), c->who.user)) return refuse(err, ERR_DENIED, "do", "who asks for an extension does not grant it: a second person does");
    *reason = value_get_str(asked, "reason");
    for (uint32_t i = 0; given.kind == VALUE_LIST && i < given.size; i++) build_item(&list, given.u.list[i]);
    build_c(&b, "on", day_value(today));
    build_c(&b, "days", value_int(days));
    build_c(&b, "reason", value_str(*reason));
    build_item(&list, build_ctx(&b));
    *row = put(a, *row, "extensions", build_list(&list));
    *row = put(a, *row, "extended", value_int(value_get_int(*row, "extended", 0) + days));
    *row = put(a, *row, "asked", value_null());
    return true;
}

static bool deny(Value *row, Arena *a, Err *err) {
    if (!case_clock_asked(*row)) return refuse(err, ERR_STATE, "do", "nobody has asked for an extension");
    *row = put(a, *row, "asked", value_null());
    return true;
}

bool case_clock_asked(Value row) { return !case_clock_stopped(row) && !value_is_null(value_get(row, "asked")); }

bool case_clock_leads(Value args) {
    Str act = value_get_str(args, "do");
    return str_is(act, "approve") || str_is(act, "refuse");
}

static bool change_extension(const PackClock *clock, const Command *c, Value *row, const char **what, Str *reason, Arena *a, Err *err) {
    Str act = value_get_str(c->args, "do");
    int64_t today = case_day(c->now_us, c->offset);
    if (str_is(act, "approve")) {
        *what = "extended";
        return grant(c, today, row, reason, a, err);
    }
    TRY(need_reason(c->args, reason, err));
    *what = str_is(act, "extend") ? "extension_asked" : "extension_refused";
    return str_is(act, "extend") ? ask(clock, c, today, row, *reason, a, err) : deny(row, a, err);
}

/* Out: what to call it in the log. */
static bool change_row(const PackClock *clock, const Command *c, Value *row, const char **what, Str *reason, Arena *a, Err *err) {
    Str act = value_get_str(c->args, "do");
    int64_t today = case_day(c->now_us, c->offset);
    *reason = STR("");
    if (str_is(act, "extend") || case_clock_leads(c->args)) return change_extension(clock, c, row, what, reason, a, err);
    if (str_is(act, "suspend")) {
        *what = "suspended";
        TRY(need_reason(c->args, reason, err));
        return suspend(row, today, *reason, 0, a, err);
    }
    if (str_is(act, "resume")) {
        *what = "resumed";
        return resume(row, today, a, err);
    }
    if (!str_is(act, "done")) return refuse(err, ERR_INVALID, "do", "this must be suspend, resume, extend, approve, refuse or done");
    if (!str_is(clock->stop, "done")) return refuse(err, ERR_STATE, "do", "this clock stops with the decision");
    *what = "stopped";
    *row = put(a, *row, "stopped", day_value(today));
    return true;
}

/* What the letter about a granted extension tells: the clock, how long, why, until when. */
Value case_clock_extension(const Pack *pack, Value clocks, Str id, Arena *a) {
    Value row = find_row(clocks, id), given = value_get(row, "extensions"), last = given.u.list[given.size - 1];
    const PackClock *clock = pack_clock(pack, id);
    ValueBuild b = {.a = a};
    int64_t due = 0;
    (void)day_of(value_get(row, "due"), &due);
    build_c(&b, "clock", case_bilingual(a, clock->zh, clock->en));
    build_c(&b, "days", value_get(last, "days"));
    build_c(&b, "reason", value_get(last, "reason"));
    build_c(&b, "until", value_int(due));
    build_c(&b, "provisional", value_get(row, "provisional"));
    return build_ctx(&b);
}

bool case_clock_act(const Pack *pack, const Command *c, CaseChange *out, Err *err) {
    assert(pack && c && out);
    Str id = value_get_str(c->args, "clock"), reason;
    const PackClock *clock = pack_clock(pack, id);
    Value before = find_row(out->after.clocks, id), row = before;
    const char *what = NULL;
    if (!clock || value_is_null(before)) return refuse(err, ERR_INVALID, "clock", "the case has no such clock");
    if (case_clock_stopped(before)) return refuse(err, ERR_STATE, "clock", "the clock has stopped");
    TRY(change_row(clock, c, &row, &what, &reason, out->a, err));
    return keep(out, reckoned(out, clock, row), what, reason, before, err);
}

/* ---- a notice, and the end ------------------------------------------------------------------------------------------- */

/* Time that the applicant needs to complete it is not the counter's (Source: all:32, all:45). */
bool case_clock_hold(const Pack *pack, int64_t notice, int64_t today, CaseChange *out, Err *err) {
    for (size_t i = 0; i < pack->n_clocks; i++) {
        Value before = find_row(out->after.clocks, pack->clocks[i].id), row = before;
        if (value_is_null(row) || case_clock_stopped(row) || case_clock_held(row)) continue;
        TRY(suspend(&row, today, STR(""), notice, out->a, err));
        TRY(keep(out, reckoned(out, &pack->clocks[i], row), "suspended", STR(""), before, err));
    }
    return true;
}

bool case_clock_release(const Pack *pack, int64_t today, CaseChange *out, Err *err) {
    for (size_t i = 0; i < pack->n_clocks; i++) {
        Value before = find_row(out->after.clocks, pack->clocks[i].id), row = before;
        if (value_is_null(row) || !case_clock_held(row) || value_get_int(last_hold(row), "notice", 0) == 0) continue;
        TRY(resume(&row, today, out->a, err));
        TRY(keep(out, reckoned(out, &pack->clocks[i], row), "resumed", STR(""), before, err));
    }
    return true;
}

bool case_clock_end(int64_t today, CaseChange *out, Err *err) {
    Value clocks = out->after.clocks;
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++)
        if (!case_clock_stopped(clocks.u.list[i])) TRY(stop_clock(clocks.u.list[i], today, out, err));
    return true;
}

/* ---- what others see ---------------------------------------------------------------------------------------------------- */

/* The nearer of the promised and the statutory last day; false while it stands still or has stopped. */
static bool next_day(Value row, int64_t *day) {
    int64_t due, promised;
    if (case_clock_stopped(row) || case_clock_held(row) || !day_of(value_get(row, "due"), &due)) return false;
    *day = day_of(value_get(row, "promised_due"), &promised) && promised < due ? promised : due;
    return true;
}

CaseDeadline case_deadline(Value clocks) {
    CaseDeadline d = {0};
    int64_t day;
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) {
        Value row = clocks.u.list[i];
        if (next_day(row, &day) && (!d.runs || day < d.day)) d.runs = true, d.day = day;
        d.held |= case_clock_held(row);
        d.provisional |= !case_clock_stopped(row) && (value_get_bool(row, "provisional", false) || value_get_bool(row, "promised_provisional", false));
    }
    return d;
}

bool case_clock_was_late(Value clocks) {
    bool late = false;
    int64_t due, promised, stopped;
    for (uint32_t i = 0; clocks.kind == VALUE_LIST && i < clocks.size; i++) {
        Value row = clocks.u.list[i];
        if (!day_of(value_get(row, "stopped"), &stopped) || !day_of(value_get(row, "due"), &due)) continue;
        late |= stopped > (day_of(value_get(row, "promised_due"), &promised) && promised < due ? promised : due);
    }
    return late;
}

bool case_clock_final_day(Value clocks, Str id, int64_t *day) {
    Value row = find_row(clocks, id);
    if (value_is_null(row) || case_clock_stopped(row) || case_clock_held(row) || value_get_bool(row, "provisional", true)) return false;
    return day_of(value_get(row, "due"), day);
}

static Value term_view(const Pack *pack, Str office, PackTerm term, Value row, const char *due, const char *provisional, Arena *a) {
    ValueBuild b = {.a = a};
    int64_t day;
    const PackLayer *layer = pack_layer(pack, term.calendar, office);
    if (!term.set || !day_of(value_get(row, due), &day)) return value_null();
    build_c(&b, "n", value_int(term.n));
    build_c(&b, "unit", value_c(term.unit == CALENDAR_WORKING ? "working" : "calendar"));
    build_c(&b, "due", day_value(day));
    build_c(&b, "provisional", value_bool(value_get_bool(row, provisional, false)));
    if (layer) build_c(&b, "calendar", case_bilingual(a, layer->zh, layer->en));
    return build_ctx(&b);
}

static Value clock_view(const Pack *pack, Str office, const PackClock *clock, Value row, bool staff, Arena *a) {
    ValueBuild b = {.a = a};
    const char *state = case_clock_stopped(row) ? "stopped" : case_clock_held(row) ? "suspended" : "running";
    build_c(&b, "id", value_str(clock->id));
    build_c(&b, "name", case_bilingual(a, clock->zh, clock->en));
    build_c(&b, "law", clock->law);
    build_c(&b, "state", value_c(state));
    build_c(&b, "start", value_get(row, "start"));
    build_c(&b, "stopped", value_get(row, "stopped"));
    build_c(&b, "statutory", term_view(pack, office, clock->statutory, row, "due", "provisional", a));
    build_c(&b, "promised", term_view(pack, office, clock->promised, row, "promised_due", "promised_provisional", a));
    build_c(&b, "extended", value_get(row, "extended"));
    build_c(&b, "extensions", value_get(row, "extensions"));
    if (staff) build_c(&b, "asked", case_clock_asked(row) ? value_get(row, "asked") : value_null());
    build_c(&b, "holds", value_get(row, "holds"));
    build_c(&b, "by_hand", value_bool(str_is(clock->stop, "done")));
    return build_ctx(&b);
}

Value case_clock_views(const Pack *pack, Str office, Value clocks, bool staff, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; pack && i < pack->n_clocks; i++) {
        Value row = find_row(clocks, pack->clocks[i].id);
        if (!value_is_null(row)) build_item(&list, clock_view(pack, office, &pack->clocks[i], row, staff, a));
    }
    return build_list(&list);
}
