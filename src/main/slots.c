/* yichuang slots: makes the times that an office gives by appointment, and shows them. What is made follows from the office's
 * hours, holidays and counters alone; nothing that somebody has is ever taken away. */
#include "desk/desk.h"
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char main_slots_usage[] =
    "usage: yichuang slots generate --office ID --store PLACE [--days N] [--dry-run] [--packs FOLDER] [--json]\n"
    "       yichuang slots show --office ID --store PLACE [--from DATE] [--days N] [--packs FOLDER] [--json]\n"
    "  generate        makes the slots of the days ahead; made again it changes nothing. A server does it every night\n"
    "  show            slots by day and counter, and how many are taken; works beside a server\n"
    "  --days N        generate: 1 to 60, as the office's plan says unless given; show: 1 to 62, 14 unless given\n"
    "  --from DATE     show: today unless given\n"
    "  --dry-run       says what would be made and shut, and writes nothing\n"
    MAIN_PLACE_HELP
    "  --packs FOLDER  the authority's packs; packs/demo-prefecture unless given\n";

typedef struct SlotsAsk { /* the command line, read */
    const char *verb, *office, *place, *packs, *from;
    long days; /* 0 = not given */
    bool dry_run, json;
} SlotsAsk;

static bool read_days(const char *text, long *out) {
    char *end = NULL;
    *out = strtol(text, &end, 10);
    return *text && !*end && *out > 0 && *out < 1000;
}

static bool read_line(int argc, char **argv, SlotsAsk *ask) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"store", required_argument, NULL, 'd'}, {"packs", required_argument, NULL, 'k'}, {"office", required_argument, NULL, 'o'},
        {"days", required_argument, NULL, 'n'}, {"from", required_argument, NULL, 'f'}, {"dry-run", no_argument, NULL, 'y'}, {"json", no_argument, NULL, 'j'}, {0},
    };
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'd': ask->place = optarg; break;
        case 'k': ask->packs = optarg; break;
        case 'o': ask->office = optarg; break;
        case 'f': ask->from = optarg; break;
        case 'n':
            if (!read_days(optarg, &ask->days)) return false;
            break;
        case 'y': ask->dry_run = true; break;
        case 'j': ask->json = true; break;
        default: return false;
        }
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    bool makes = strcmp(ask->verb, "generate") == 0, shows = strcmp(ask->verb, "show") == 0;
    return (makes || shows) && optind == argc && ask->place && ask->office && !(makes && ask->from) && !(shows && ask->dry_run);
}

static Str date_text(Value date, Arena *a) {
    Buf b = {.a = a};
    date_write(&b, date);
    return buf_str(&b);
}

static void print_json(Value v, Arena *a) {
    Str text = json_text(a, v);
    printf(STR_FMT "\n", STR_ARG(text));
}

static void print_made(Value made, bool dry_run, Arena *a) {
    Value days = value_get(made, "days");
    for (uint32_t i = 0; i < days.size; i++) {
        Value d = days.u.list[i];
        Str date = date_text(value_get(d, "date"), a);
        printf(STR_FMT "  %" PRId64 " opened  %" PRId64 " shut  %" PRId64 " taken\n", STR_ARG(date), value_get_int(d, "opened", 0), value_get_int(d, "shut", 0), value_get_int(d, "taken", 0));
    }
    printf("%" PRId64 " opened, %" PRId64 " shut%s\n", value_get_int(made, "opened", 0), value_get_int(made, "shut", 0), dry_run ? ": nothing was written" : "");
}

static bool make(const SlotsAsk *ask, DeskHouse *h, Arena *a, Err *err) {
    DeskMakeSlots order = {.office = str_of(ask->office), .days = ask->days, .dry_run = ask->dry_run, .actor = STR("operator"), .now_us = main_now_us()};
    Value made;
    TRY(desk_slots_make(h, &order, a, &made, err));
    if (ask->json) print_json(made, a);
    else print_made(made, ask->dry_run, a);
    return true;
}

/* "09:00" of a date and time. */
static Str clock_text(Value at, Arena *a) {
    Str text = date_text(at, a);
    ptrdiff_t t = str_find(text, STR("T"));
    return t < 0 ? text : str_sub(text, (size_t)t + 1, 5);
}

static void print_slots(Value list, Arena *a) {
    int64_t all = 0, taken = 0;
    for (uint32_t i = 0; i < list.size; i++) {
        Value s = list.u.list[i];
        Str date = date_text(value_get(s, "date"), a), from = clock_text(value_get(s, "from"), a), to = clock_text(value_get(s, "to"), a), counter = value_get_str(s, "counter");
        printf(STR_FMT "  " STR_FMT "  " STR_FMT "-" STR_FMT "  %" PRId64 " slots  %" PRId64 " taken\n", STR_ARG(date), STR_ARG(counter), STR_ARG(from), STR_ARG(to),
               value_get_int(s, "slots", 0), value_get_int(s, "taken", 0));
        all += value_get_int(s, "slots", 0);
        taken += value_get_int(s, "taken", 0);
    }
    printf("%" PRId64 " slots, %" PRId64 " taken\n", all, taken);
}

static bool show(const SlotsAsk *ask, DeskHouse *h, Arena *a, Err *err) {
    DeskConfig c;
    Value list, date;
    TRY(desk_config(h, str_of(ask->office), a, &c, err));
    int64_t from = desk_moment(h, &c, main_now_us()).day;
    if (ask->from && (!date_parse(str_of(ask->from), &date) || date.kind != VALUE_DATE)) return err_set(err, ERR_INVALID, "main", "--from is a date, YYYY-MM-DD");
    if (ask->from) from = date.u.i;
    TRY(desk_slots_show(h, str_of(ask->office), from, ask->days ? ask->days : 14, a, &list, err));
    if (ask->json) print_json(list, a);
    else print_slots(list, a);
    return true;
}

static bool slots(const SlotsAsk *ask, Arena *a, Err *err) {
    bool makes = strcmp(ask->verb, "generate") == 0, writes = makes && !ask->dry_run;
    MainPacks *packs = NEW(a, MainPacks);
    Store *store;
    CaseHouse *cases;
    DeskHouse *desk;
    TRY(main_open_packs(ask->packs, a, packs, err));
    TRY(main_open_store(ask->place, !writes, &store, err));
    bool ok = case_house_look(store, packs->sources, packs->n, a, &cases, err) && desk_house(store, cases, packs->authority, main_now_us(), a, &desk, err) &&
              (makes ? make(ask, desk, a, err) : show(ask, desk, a, err));
    store_close(store);
    return ok;
}

int main_slots(int argc, char **argv) {
    SlotsAsk ask = {0};
    Err err = {0};
    if (!read_line(argc, argv, &ask)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    bool ok = slots(&ask, a, &err);
    arena_free(a);
    return ok ? EXIT_YES : main_trouble(&err);
}
