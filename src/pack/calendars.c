/* The calendars of an authority in layers: the nation's years, and over them what a prefecture or a post says of
 * its own days. An office counts by its layer or its parent's. It must never guess: a year that one layer of a
 * chain has not published is not known in that chain. */
#include "pack/pack_in.h"

#define FILE_NAME STR("authority.json")
enum { LAYERS_MAX = 32 };

static const PackKey LAYER[] = {{"id", PACK_NAME, false}, {"name", PACK_PAIR, false}, {"above", PACK_NAME, false}};
static const PackKey CALENDAR[] = {
    {"year", PACK_ANY, false},        {"source", PACK_TEXT, false},     {"licence", PACK_TEXT, false},
    {"checked_on", PACK_TEXT, false}, {"checked_by", PACK_TEXT, false}, {"papers", PACK_TEXTS, false},
    {"days", PACK_LIST, false},
};
static const PackKey DAY[] = {{"date", PACK_DATE, false}, {"name", PACK_TEXT, false}, {"kind", PACK_NAME, false}};

static void check_day(PackCompile *c, Str file, Str at, Value day) {
    Str kind = value_get_str(day, "kind");
    if (!pack_shape(c, file, at, day, DAY, COUNT_OF(DAY))) return;
    if (!str_is(kind, "rest") && !str_is(kind, "work")) pack_fault(c, file, at, "The kind must be rest or work.");
}

/* What the shapes cannot tell: years out of range, a day that is called both. */
static void add_year(PackCompile *c, Str file, Value year, Calendar *out) {
    Err err = {0};
    if (calendar_with(c->a, out, year, out, &err)) return;
    err_file(&err, file);
    errlist_push(c->faults, &err);
}

/* Adds published years. In: folder, "" or "<layer>/". */
static void add_years(PackCompile *c, Str folder, Value years, Calendar *out) {
    for (uint32_t i = 0; i < years.size; i++) {
        Value v = years.u.list[i], days = value_get(v, "days");
        Str file = str_printf(c->a, "calendars/" STR_FMT "%lld.json", STR_ARG(folder), (long long)value_get_int(v, "year", -1));
        if (!pack_shape(c, file, STR(""), v, CALENDAR, COUNT_OF(CALENDAR))) continue;
        size_t before = c->faults->n;
        for (uint32_t k = 0; k < days.size; k++) check_day(c, file, pack_at_item(c->a, STR("/days"), k), days.u.list[k]);
        if (c->faults->n == before) add_year(c, file, v, out);
    }
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

static const PackLayer *find_layer(const Pack *p, Str id) {
    for (size_t i = 0; i < p->n_layers; i++)
        if (str_eq(p->layers[i].id, id)) return &p->layers[i];
    return NULL;
}

/* The nation's calendar, or that of a layer; NULL when there is none of this name. */
static const Calendar *named(const Pack *p, Str id) {
    const PackLayer *layer = find_layer(p, id);
    return layer ? &layer->calendar : str_is(id, PACK_NATION) ? &p->calendar : NULL;
}

static bool has_year(Value years, int64_t year) {
    for (uint32_t i = 0; i < years.size; i++)
        if (value_get_int(years.u.list[i], "year", -1) == year) return true;
    return false;
}

/* A year is known where the layer above knows it and this one has said what it adds, be it nothing. */
static void lay_over(PackCompile *c, Str id, const Calendar *above, Value years, Calendar *out) {
    *out = *above;
    add_years(c, str_join2(c->a, id, STR("/")), years, out);
    for (size_t i = 0; i < out->n_years; i++)
        out->years[i].known = calendar_knows(above, out->years[i].year) && has_year(years, out->years[i].year);
}

static void load_layer(PackCompile *c, Str at, Value v, Value files) {
    Pack *p = c->pack;
    Str id = value_get_str(v, "id"), above = value_get_str(v, "above");
    Value years = value_null(), name = value_get(v, "name");
    if (!pack_shape(c, FILE_NAME, at, v, LAYER, COUNT_OF(LAYER))) return;
    if (named(p, id) || str_is(id, PACK_OFFICE)) pack_fault(c, FILE_NAME, at, "The layer " STR_FMT " is listed twice, or its name is taken.", STR_ARG(id));
    if (!named(p, above)) {
        pack_fault(c, FILE_NAME, pack_at(c->a, at, STR("above")), "This must be nation or a layer that stands before this one.");
        return;
    }
    if (!value_find(files, id, &years)) pack_fault(c, FILE_NAME, at, "The folder calendars/" STR_FMT " is missing.", STR_ARG(id));
    PackLayer *layer = &p->layers[p->n_layers];
    *layer = (PackLayer){.id = id, .zh = value_get_str(name, "zh"), .en = value_get_str(name, "en")};
    lay_over(c, id, named(p, above), years, &layer->calendar);
    p->n_layers++;
}

static void load_layers(PackCompile *c, Value layers, Value files) {
    if (layers.size > LAYERS_MAX) {
        pack_fault(c, FILE_NAME, STR("/layers"), "An authority has at most %d layers.", LAYERS_MAX);
        return;
    }
    c->pack->layers = NEW_ARRAY(c->a, PackLayer, layers.size + 1);
    for (uint32_t i = 0; i < layers.size; i++) load_layer(c, pack_at_item(c->a, STR("/layers"), i), layers.u.list[i], files);
    for (uint32_t i = 0; i < files.size; i++)
        if (!find_layer(c->pack, files.u.ctx[i].key))
            pack_fault(c, FILE_NAME, STR("/layers"), "No layer is called " STR_FMT ", as the folder in calendars/ is.", STR_ARG(files.u.ctx[i].key));
}

static void check_offices(PackCompile *c, Value offices) {
    for (uint32_t i = 0; i < offices.size; i++) {
        Str id = value_get_str(offices.u.list[i], "calendar");
        if (id.n == 0 || named(c->pack, id)) continue;
        pack_fault(c, FILE_NAME, pack_at(c->a, pack_at_item(c->a, STR("/offices"), i), STR("calendar")), "There is no layer " STR_FMT ".", STR_ARG(id));
    }
}

void pack_load_calendars(PackCompile *c) {
    Value authority = c->pack->authority;
    add_years(c, STR(""), pack_list_of(authority, "calendars"), &c->pack->calendar);
    load_layers(c, pack_list_of(authority, "layers"), value_get(authority, "layer_calendars"));
    check_offices(c, pack_list_of(authority, "offices"));
}

/* ---- who counts by which ------------------------------------------------------------------------------------------ */

static Value find_office(const Pack *p, Str id) {
    Value offices = pack_list_of(p->authority, "offices");
    for (uint32_t i = 0; i < offices.size; i++)
        if (str_eq(value_get_str(offices.u.list[i], "id"), id)) return offices.u.list[i];
    return value_null();
}

static bool decides(const Pack *p, Value office) {
    Value kinds = pack_list_of(p->json, "decided_by");
    for (uint32_t i = 0; i < kinds.size; i++)
        if (str_eq(value_text(kinds.u.list[i]), value_get_str(office, "kind"))) return true;
    return kinds.size == 0;
}

/* The layer of the nearest office from this one upwards that decides such cases, or of its parents. */
static Str office_layer(const Pack *p, Str id) {
    Value office = find_office(p, id);
    while (!value_is_null(office) && !decides(p, office)) office = find_office(p, value_get_str(office, "parent"));
    if (value_is_null(office)) office = find_office(p, id);
    while (!value_is_null(office) && value_get_str(office, "calendar").n == 0) office = find_office(p, value_get_str(office, "parent"));
    return value_is_null(office) ? STR(PACK_NATION) : value_get_str(office, "calendar");
}

bool pack_has_calendar(const Pack *p, Str id) { return str_is(id, PACK_OFFICE) || named(p, id); }

const Calendar *pack_calendar(const Pack *p, Str id, Str office) {
    assert(p && pack_has_calendar(p, id));
    return named(p, str_is(id, PACK_OFFICE) ? office_layer(p, office) : id);
}

const PackLayer *pack_layer(const Pack *p, Str id, Str office) {
    assert(p);
    return find_layer(p, str_is(id, PACK_OFFICE) ? office_layer(p, office) : id);
}
