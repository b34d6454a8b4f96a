/* yichuang calendar show and calendar check: the days off and make-up working days of a year, and which years an authority has
 * published. It reads the authority's folder only; what is not published is said, never guessed. */
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct YearsAsk { /* the command line, read */
    const char *verb, *packs, *office;
    const char *year; /* of show, as typed */
    bool json;
} YearsAsk;

static bool read_line(int argc, char **argv, YearsAsk *ask) {
    static const struct option options[] = {{"packs", required_argument, NULL, 'k'}, {"office", required_argument, NULL, 'o'}, {"json", no_argument, NULL, 'j'}, {0}};
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == '?') return false;
        if (o == 'k') ask->packs = optarg;
        if (o == 'o') ask->office = optarg;
        if (o == 'j') ask->json = true;
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    bool shows = strcmp(ask->verb, "show") == 0;
    if (shows) ask->year = optind < argc ? argv[optind++] : NULL;
    return optind == argc && (shows ? ask->year != NULL : ask->office == NULL);
}

static void print_json(Value v, Arena *a) {
    Str text = json_text(a, v);
    printf(STR_FMT "\n", STR_ARG(text));
}

/* ---- show ---- */

static bool find_calendar(const YearsAsk *ask, const Pack *pack, const Calendar **out, Err *err) {
    Value offices = value_get(pack->authority, "offices");
    *out = &pack->calendar;
    if (!ask->office) return true;
    for (uint32_t i = 0; offices.kind == VALUE_LIST && i < offices.size; i++) {
        if (!str_is(value_get_str(offices.u.list[i], "id"), ask->office)) continue;
        *out = pack_calendar(pack, STR(PACK_OFFICE), str_of(ask->office));
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, "main", "authority.json has no office %s", ask->office);
}

static void print_days(Value days, int64_t year, Arena *a) {
    int64_t work = 0;
    for (uint32_t i = 0; i < days.size; i++) {
        Buf date = {.a = a};
        Str kind = value_get_str(days.u.list[i], "kind");
        date_write(&date, value_get(days.u.list[i], "date"));
        work += str_is(kind, "work");
        printf(STR_FMT "  " STR_FMT "\n", STR_ARG(buf_str(&date)), STR_ARG(kind));
    }
    printf("%" PRId64 ": %" PRId64 " days off named, %" PRId64 " working days made up\n", year, days.size - work, work);
}

static bool show(const YearsAsk *ask, const Pack *pack, Arena *a, Err *err) {
    int64_t year;
    const Calendar *calendar;
    if (!str_to_int(str_of(ask->year), &year) || year < CALENDAR_YEAR_MIN || year > CALENDAR_YEAR_MAX)
        return err_set(err, ERR_INPUT, "main", "the year must lie between %d and %d, not \"%s\"", CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX, ask->year);
    TRY(find_calendar(ask, pack, &calendar, err));
    if (!calendar_knows(calendar, year)) return err_set(err, ERR_NOT_FOUND, "main", "the days off of %" PRId64 " are not published", year);
    Value days = pack_calendar_days(calendar, year, a);
    if (ask->json) print_json(days, a);
    else print_days(days, year, a);
    return true;
}

/* ---- check ---- */

static void print_calendar(Value c) {
    Str id = value_get_str(c, "calendar");
    Value years = value_get(c, "years");
    printf(STR_FMT "\n", STR_ARG(id));
    for (uint32_t i = 0; i < years.size; i++) {
        Value y = years.u.list[i];
        int64_t year = value_get_int(y, "year", 0);
        if (value_get_bool(y, "published", false))
            printf("  %" PRId64 "  %" PRId64 " days off named, %" PRId64 " working days made up\n", year, value_get_int(y, "rest", 0), value_get_int(y, "work", 0));
        else printf("  %" PRId64 "  %s\n", year, value_get_bool(y, "missing", false) ? "MISSING: deadlines that reach it are provisional" : "not published yet");
    }
}

/* Out: false, a year is missing that deadlines of these days reach. */
static bool check(const YearsAsk *ask, const Pack *pack, Arena *a) {
    int64_t today = (main_now_us() / 1000000 + value_get_int(pack->authority, "timezone_offset", 0)) / 86400, missing = 0;
    Value list = pack_calendar_years(pack, today, a);
    if (ask->json) print_json(list, a);
    for (uint32_t i = 0; i < list.size; i++) {
        missing += value_get_int(list.u.list[i], "missing", 0);
        if (!ask->json) print_calendar(list.u.list[i]);
    }
    if (!ask->json) printf("%" PRId64 " missing\n", missing);
    return missing == 0;
}

int main_years(int argc, char **argv) {
    YearsAsk ask = {0};
    Err err = {0};
    if (!read_line(argc, argv, &ask)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    MainPacks *packs = NEW(a, MainPacks);
    int code = EXIT_NO;
    if (!main_open_packs(ask.packs, a, packs, &err)) code = main_trouble(&err);
    else if (strcmp(ask.verb, "check") == 0) code = check(&ask, packs->sources[0].pack, a) ? EXIT_YES : EXIT_NO;
    else code = show(&ask, packs->sources[0].pack, a, &err) ? EXIT_YES : main_trouble(&err);
    arena_free(a);
    return code;
}
