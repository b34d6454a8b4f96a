/* yichuang calendar: the last day of a period by published calendars. It answers only what the calendars cover:
 * a day that rests on a year not published is refused, never guessed. */
#include "main/main_in.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

const char main_calendar_usage[] =
    "usage: yichuang calendar due --calendar FILE [--calendar FILE…] --start DATE --days N --unit working|calendar [--json]\n"
    "       yichuang calendar show YEAR [--office ID] [--packs FOLDER] [--json]\n"
    "       yichuang calendar check [--packs FOLDER] [--json]\n"
    "due: prints the last day of a period of N days after DATE. DATE itself is not counted; make-up working days are\n"
    "working days; a period in calendar days that ends on a day off ends on the next working day.\n"
    "FILE is one published year: holiday-cn's JSON or a pack's calendars/<year>.json. Files of several years reach\n"
    "further; files of one year are layers (nation, prefecture, post): what a later one names, it says anew.\n"
    "show: the days that YEAR names in the nation's calendar, or in the one that an office of authority.json counts by.\n"
    "check: which years the authority in FOLDER (packs/demo-prefecture unless given) has published, layer by layer; 1 when one\n"
    "is missing that deadlines of the next 30 days reach.\n"
    "Exit of show and check: 0 yes, 1 not published or trouble, 2 wrong use.\n"
    "Exit of due: 0 printed, 2 refused with the reason (the calendars do not reach, a bad file or option).\n";

enum { CALENDAR_BYTES_MAX = 1 << 20 };

typedef struct CalendarJob { /* as asked for */
    const char *files[CALENDAR_YEARS_MAX]; /* one published year each */
    size_t n_files;                        /* of them */
    const char *start, *days, *unit;       /* as typed */
    bool json;                             /* print an object */
} CalendarJob;

static bool parse_options(int argc, char **argv, CalendarJob *job) {
    static const struct option options[] = {
        {"calendar", required_argument, NULL, 'c'}, {"start", required_argument, NULL, 's'}, {"days", required_argument, NULL, 'n'},
        {"unit", required_argument, NULL, 'u'},     {"json", no_argument, NULL, 'j'},        {0},
    };
    if (argc < 2 || strcmp(argv[1], "due") != 0) return false;
    optind = 2;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?' || (c == 'c' && job->n_files == COUNT_OF(job->files))) return false;
        if (c == 'c') job->files[job->n_files++] = optarg;
        if (c == 's') job->start = optarg;
        if (c == 'n') job->days = optarg;
        if (c == 'u') job->unit = optarg;
        if (c == 'j') job->json = true;
    }
    return optind == argc && job->n_files > 0 && job->start && job->days && job->unit;
}

static bool read_period(const CalendarJob *job, Value *start, int64_t *days, CalendarUnit *unit, Err *err) {
    if (strlen(job->start) != 10 || !date_parse(str_of(job->start), start) || start->u.i < date_days(CALENDAR_YEAR_MIN, 1, 1))
        return err_set(err, ERR_INPUT, "main", "--start must be a date YYYY-MM-DD from %d on, not \"%s\"", CALENDAR_YEAR_MIN, job->start);
    if (start->u.i > date_days(9898, 12, 31)) return err_set(err, ERR_INPUT, "main", "--start lies too far ahead");
    if (!str_to_int(str_of(job->days), days) || *days < 1 || *days > CALENDAR_PERIOD_MAX)
        return err_set(err, ERR_INPUT, "main", "--days must be a whole number from 1 to %d, not \"%s\"", CALENDAR_PERIOD_MAX, job->days);
    *unit = strcmp(job->unit, "working") == 0 ? CALENDAR_WORKING : CALENDAR_ALL;
    if (*unit == CALENDAR_ALL && strcmp(job->unit, "calendar") != 0)
        return err_set(err, ERR_INPUT, "main", "--unit must be working or calendar, not \"%s\"", job->unit);
    return true;
}

static bool read_calendars(const CalendarJob *job, Arena *a, Calendar *out, Err *err) {
    for (size_t i = 0; i < job->n_files; i++) {
        Str bytes;
        Value year;
        TRY(main_read_file(job->files[i], CALENDAR_BYTES_MAX, a, &bytes, err));
        if (json_parse(bytes, (JsonLimits){0}, a, &year, err) && calendar_with(a, out, year, out, err)) continue;
        err_file(err, str_of(job->files[i]));
        return false;
    }
    return true;
}

static bool due(const CalendarJob *job, Arena *a, Err *err) {
    Value start;
    int64_t days;
    CalendarUnit unit;
    Calendar calendar = {0};
    TRY(read_period(job, &start, &days, &unit, err));
    TRY(read_calendars(job, a, &calendar, err));
    CalendarDue last = calendar_due(&calendar, start.u.i, days, unit);
    if (last.provisional)
        return err_set(err, ERR_INVALID, "main", "the calendars do not reach: the days off of %lld are not published in them", (long long)last.unknown_year);
    Value day = {.kind = VALUE_DATE, .u.i = last.day};
    ValueBuild b = {.a = a};
    Buf text = {.a = a};
    build_c(&b, "due", day);
    build_c(&b, "start", start);
    build_c(&b, "days", value_int(days));
    build_c(&b, "unit", value_c(job->unit));
    if (job->json) json_write(&text, build_ctx(&b));
    else date_write(&text, day);
    printf(STR_FMT "\n", STR_ARG(buf_str(&text)));
    return true;
}

int main_calendar(int argc, char **argv) {
    CalendarJob job = {0};
    Err err = {0};
    if (argc > 1 && (strcmp(argv[1], "show") == 0 || strcmp(argv[1], "check") == 0)) return main_years(argc, argv);
    if (!parse_options(argc, argv, &job)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    bool ok = due(&job, a, &err);
    arena_free(a);
    if (ok) return EXIT_YES;
    (void)main_trouble(&err);
    return EXIT_TOLD;
}
