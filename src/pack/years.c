/* Which years of days off an authority has published, layer by layer, and what a year names. It tells what is missing and
 * must never fill it in. */
#include "pack/pack_in.h"

enum { AHEAD_DAYS = 30 }; /* how far deadlines reach that are promised every day */

typedef struct Span { /* years that are told of */
    int64_t from, to; /* the first and the last */
    int64_t needed;   /* up to here a missing year makes deadlines provisional now */
} Span;

static int64_t year_of(int64_t day) {
    int64_t year;
    int month, of_month;
    date_civil(day, &year, &month, &of_month);
    return year;
}

/* From the first published year to the next one, or further where more is published. */
static Span span_of(const Calendar *c, int64_t today) {
    int64_t this_year = year_of(today);
    Span s = {this_year, this_year + 1, year_of(today + AHEAD_DAYS)};
    for (size_t i = 0; i < c->n_years; i++) {
        int64_t year = c->years[i].year;
        if (!c->years[i].known) continue;
        if (year < s.from) s.from = year;
        if (year > s.to) s.to = year;
    }
    if (s.to - s.from >= CALENDAR_YEARS_MAX) s.from = s.to - CALENDAR_YEARS_MAX + 1;
    return s;
}

static Value year_row(const Calendar *c, int64_t year, int64_t needed, Arena *a) {
    bool known = calendar_knows(c, year);
    int64_t rest = 0, work = 0;
    ValueBuild b = {.a = a};
    for (size_t i = 0; i < c->n_days; i++) {
        if (year_of(c->days[i].day) != year) continue;
        if (c->days[i].works) work++;
        else rest++;
    }
    build_c(&b, "year", value_int(year));
    build_c(&b, "published", value_bool(known));
    build_c(&b, "missing", value_bool(!known && year <= needed));
    build_c(&b, "rest", value_int(rest));
    build_c(&b, "work", value_int(work));
    return build_ctx(&b);
}

static Value calendar_row(const Calendar *c, Str id, Value name, int64_t today, Arena *a) {
    Span span = span_of(c, today);
    int64_t missing = 0;
    ValueBuild b = {.a = a}, years = {.a = a};
    for (int64_t year = span.from; year <= span.to; year++) {
        build_item(&years, year_row(c, year, span.needed, a));
        missing += !calendar_knows(c, year) && year <= span.needed;
    }
    build_c(&b, "calendar", value_str(id));
    build_c(&b, "name", name);
    build_c(&b, "years", build_list(&years));
    build_c(&b, "missing", value_int(missing));
    return build_ctx(&b);
}

Value pack_calendar_years(const Pack *p, int64_t today, Arena *a) {
    assert(p && a);
    ValueBuild list = {.a = a};
    build_item(&list, calendar_row(&p->calendar, STR(PACK_NATION), value_null(), today, a));
    for (size_t i = 0; i < p->n_layers; i++) {
        const PackLayer *layer = &p->layers[i];
        ValueBuild name = {.a = a};
        build_c(&name, "zh", value_str(layer->zh));
        build_c(&name, "en", value_str(layer->en));
        build_item(&list, calendar_row(&layer->calendar, layer->id, build_ctx(&name), today, a));
    }
    return build_list(&list);
}

Value pack_calendar_days(const Calendar *c, int64_t year, Arena *a) {
    assert(c && a);
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < c->n_days; i++) {
        if (year_of(c->days[i].day) != year) continue;
        ValueBuild b = {.a = a};
        build_c(&b, "date", (Value){.kind = VALUE_DATE, .u.i = c->days[i].day});
        build_c(&b, "kind", value_c(c->days[i].works ? "work" : "rest"));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}
