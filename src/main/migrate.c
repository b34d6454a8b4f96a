/* yichuang migrate: lets open cases go on under the version of their service that is in force, or tells which could and
 * why the others could not. It moves nothing that does not fit and decides nothing. */
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char main_migrate_usage[] =
    "usage: yichuang migrate plan --service ID --store PLACE [--from HASH|all] [--map FILE.json] [--packs FOLDER]\n"
    "                             [--limit N] [--json]\n"
    "       yichuang migrate run  … the same, and --by LOGIN --reason TEXT [--law TEXT]\n"
    "  plan            tells what fits and what does not, and why; writes nothing, also beside a server\n"
    "  run             moves what fits, each case whole or not at all; after a kill, run it again\n"
    "  --from HASH     only cases of this version (its hash, or how it begins); all unless given\n"
    "  --map FILE      what is more than \"the same id is the same\": docs/migration.md\n"
    "  --by LOGIN      who orders it: a supervisor or a lawyer of the counter; only cases of their offices move\n"
    "  --reason TEXT   why; kept in every case, with the legal basis of --law\n"
    "  --limit N       most cases named for each reason; 20 unless given\n"
    "  --packs FOLDER  the authority's packs, the versions to move to; packs/demo-prefecture unless given\n"
    MAIN_PLACE_HELP
    "A folder that a server holds must be let go first; beside servers on a database, start those with the new packs before.\n"
    "Exit: 0 all fit (run: all went over), 1 some do not or trouble, 2 wrong use.\n";

enum { MAX_MAP = 1 << 20 };

typedef struct Ask { /* the command line, read */
    const char *verb, *service, *place, *from, *map, *packs, *by, *reason, *law;
    int64_t limit;
    bool json;
    double told; /* when progress was printed last */
    double begun;
} Ask;

static bool read_line(int argc, char **argv, Ask *ask) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'},    {"store", required_argument, NULL, 'd'},  {"service", required_argument, NULL, 's'},
        {"from", required_argument, NULL, 'f'},   {"map", required_argument, NULL, 'm'},    {"packs", required_argument, NULL, 'k'},
        {"by", required_argument, NULL, 'b'},     {"reason", required_argument, NULL, 'r'}, {"law", required_argument, NULL, 'w'},
        {"limit", required_argument, NULL, 'l'},  {"json", no_argument, NULL, 'j'},         {0},
    };
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'd': ask->place = optarg; break;
        case 's': ask->service = optarg; break;
        case 'f': ask->from = optarg; break;
        case 'm': ask->map = optarg; break;
        case 'k': ask->packs = optarg; break;
        case 'b': ask->by = optarg; break;
        case 'r': ask->reason = optarg; break;
        case 'w': ask->law = optarg; break;
        case 'l':
            if (!str_to_int(str_of(optarg), &ask->limit) || ask->limit < 0) return false;
            break;
        case 'j': ask->json = true; break;
        default: return false;
        }
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    bool run = strcmp(ask->verb, "run") == 0, plan = strcmp(ask->verb, "plan") == 0;
    bool ordered = ask->by && ask->reason && str_trim(str_of(ask->reason)).n > 0;
    return optind == argc && ask->place && ask->service && (run ? ordered : plan && !ask->by && !ask->reason && !ask->law);
}

/* Once a second, when it takes longer than two. */
static void progress(void *who, int64_t done, int64_t total) {
    Ask *ask = who;
    double now = main_clock(), since = now - ask->begun;
    if (since < 2 || now - ask->told < 1) return;
    ask->told = now;
    fprintf(stderr, "%" PRId64 " of %" PRId64 " cases, %.0f s left\n", done, total, since / (double)done * (double)(total - done));
}

static bool read_map(const Ask *ask, Arena *a, Value *out, Err *err) {
    Str text;
    *out = value_null();
    if (!ask->map) return true;
    TRY(main_read_file(ask->map, MAX_MAP, a, &text, err));
    if (json_parse(text, (JsonLimits){0}, a, out, err)) return true;
    err_file(err, str_of(ask->map));
    return false;
}

static void print_report(const Ask *ask, Value report) {
    Value from = value_get(report, "from"), misfits = value_get(report, "misfits");
    Str to = value_get_str(report, "to");
    bool run = strcmp(ask->verb, "run") == 0;
    printf("to " STR_FMT "\n", STR_ARG(str_sub(to, 0, 12)));
    for (uint32_t i = 0; i < from.size; i++) {
        Value v = from.u.list[i];
        Str hash = value_get_str(v, "hash"), version = value_get_str(v, "version");
        printf("from " STR_FMT " (" STR_FMT "): %" PRId64 " open cases, %" PRId64 " fit\n", STR_ARG(str_sub(hash, 0, 12)), STR_ARG(version),
               value_get_int(v, "cases", 0), value_get_int(v, "fits", 0));
    }
    for (uint32_t i = 0; i < misfits.size; i++) {
        Value m = misfits.u.list[i], cases = value_get(m, "cases");
        Str code = value_get_str(m, "code"), element = value_get_str(m, "element"), text = value_get_str(m, "text");
        printf(STR_FMT " " STR_FMT ": " STR_FMT "; %" PRId64 " cases:", STR_ARG(code), STR_ARG(element), STR_ARG(text), value_get_int(m, "n", 0));
        for (uint32_t k = 0; k < cases.size; k++) printf(" " STR_FMT, STR_ARG(value_text(cases.u.list[k])));
        puts(value_get_int(m, "n", 0) > cases.size ? " …" : "");
    }
    if (run && value_get_int(report, "changed", 0) > 0) printf("%" PRId64 " were changed meanwhile: run again\n", value_get_int(report, "changed", 0));
    int64_t cases = value_get_int(report, "cases", 0);
    printf("%" PRId64 " of %" PRId64 " cases %s\n", value_get_int(report, run ? "migrated" : "fits", 0), cases, run ? "went over" : "fit");
}

static bool carry_out(Ask *ask, Store *store, const MainPacks *packs, Arena *a, Value *report, Err *err) {
    bool run = strcmp(ask->verb, "run") == 0, all = !ask->from || strcmp(ask->from, "all") == 0;
    CaseHouse *cases;
    CaseMigration order = {.service = str_of(ask->service), .from = all ? STR("") : str_of(ask->from), .now_us = main_now_us(),
                           .reason = ask->reason ? str_trim(str_of(ask->reason)) : STR(""), .law = ask->law ? str_of(ask->law) : STR(""),
                           .examples = (size_t)ask->limit};
    TRY(read_map(ask, a, &order.changes, err));
    ask->begun = main_clock();
    if (!run) {
        TRY(case_house_look(store, packs->sources, packs->n, a, &cases, err));
        return case_migrate_plan(cases, &order, progress, ask, a, report, err);
    }
    TRY(access_person(store, str_of(ask->by), order.now_us, a, &order.who, err));
    TRY(case_house(store, packs->sources, packs->n, order.now_us, a, &cases, err));
    return case_migrate_run(cases, &order, progress, ask, a, report, err);
}

static bool open_and_carry_out(Ask *ask, Arena *a, Value *report, Err *err) {
    MainPacks *packs = NEW(a, MainPacks);
    Store *store;
    TRY(main_open_packs(ask->packs, a, packs, err));
    TRY(main_open_store(ask->place, strcmp(ask->verb, "plan") == 0, &store, err));
    bool ok = carry_out(ask, store, packs, a, report, err);
    store_close(store);
    return ok;
}

int main_migrate(int argc, char **argv) {
    Ask ask = {.limit = 20};
    Err err = {0};
    Value report;
    if (!read_line(argc, argv, &ask)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    int code = EXIT_NO;
    if (!open_and_carry_out(&ask, a, &report, &err)) (void)main_trouble(&err);
    else {
        Str text = ask.json ? json_text(a, report) : STR("");
        if (ask.json) printf(STR_FMT "\n", STR_ARG(text));
        else print_report(&ask, report);
        bool run = strcmp(ask.verb, "run") == 0;
        code = value_get_int(report, run ? "migrated" : "fits", 0) == value_get_int(report, "cases", 0) ? EXIT_YES : EXIT_NO;
    }
    arena_free(a);
    return code;
}
