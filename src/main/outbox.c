/* yichuang outbox: what waits to be done outside, the dead letters, and the operator's hand on one of them. */
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char main_outbox_usage[] =
    "usage: yichuang outbox list --store PLACE [--json]\n"
    "       yichuang outbox dead --store PLACE [--json]\n"
    "       yichuang outbox retry KEY --reason TEXT --store PLACE [--packs FOLDER] [--json]\n"
    "  list            what is open, oldest first\n"
    "  dead            dead letters: nobody tries them again by himself\n"
    "  retry KEY       lets the couriers try a dead letter again, with the same key; the reason is kept in the case\n"
    MAIN_PLACE_HELP
    "  --packs FOLDER  the authority's packs; packs/demo-prefecture unless given\n"
    "While a server holds a data folder, list and dead work beside it; retry is the page /staff/stuck then.\n";

typedef struct Ask { /* the command line, read */
    const char *verb, *key, *dir, *packs, *reason;
    bool json;
} Ask;

static bool read_line(int argc, char **argv, Ask *ask) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"store", required_argument, NULL, 'd'}, {"packs", required_argument, NULL, 'k'},
        {"reason", required_argument, NULL, 'r'}, {"json", no_argument, NULL, 'j'}, {0},
    };
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'd': ask->dir = optarg; break;
        case 'k': ask->packs = optarg; break;
        case 'r': ask->reason = optarg; break;
        case 'j': ask->json = true; break;
        default: return false;
        }
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    bool retry = strcmp(ask->verb, "retry") == 0;
    ask->key = retry && optind < argc ? argv[optind++] : NULL;
    bool known = retry ? ask->key && ask->reason : strcmp(ask->verb, "list") == 0 || strcmp(ask->verb, "dead") == 0;
    return known && optind == argc && ask->dir;
}

static void print_effects(Value list, Arena *a) {
    for (uint32_t i = 0; i < list.size; i++) {
        Value e = list.u.list[i];
        Buf at = {.a = a};
        date_write(&at, value_get(e, "at"));
        Str key = value_get_str(e, "key"), kind = value_get_str(e, "kind"), reason = value_get_str(e, "reason");
        printf(STR_FMT "  " STR_FMT "  since " STR_FMT "  %" PRId64 " tries  " STR_FMT "\n", STR_ARG(key), STR_ARG(kind), STR_ARG(buf_str(&at)),
               value_get_int(e, "attempts", 0), STR_ARG(reason));
    }
    printf("%u effects\n", list.size);
}

static bool show(const Ask *ask, Arena *a, Err *err) {
    Store *store;
    Value list;
    TRY(main_open_store(ask->dir, true, &store, err));
    bool ok = case_outbox_list(store, strcmp(ask->verb, "dead") == 0, a, &list, err);
    if (ok && ask->json) {
        Str text = json_text(a, list);
        printf(STR_FMT "\n", STR_ARG(text));
    } else if (ok)
        print_effects(list, a);
    store_close(store);
    return ok;
}

static bool retry(const Ask *ask, Arena *a, Err *err) {
    MainPacks *packs = NEW(a, MainPacks);
    Store *store;
    CaseHouse *cases;
    TRY(main_open_packs(ask->packs, a, packs, err));
    TRY(main_open_store(ask->dir, false, &store, err));
    int64_t now_us = main_now_us();
    bool ok = case_house(store, packs->sources, packs->n, now_us, a, &cases, err) &&
              case_outbox_retry(cases, str_of(ask->key), str_of(ask->reason), now_us, a, err);
    store_close(store);
    if (ok && ask->json) printf("{\"key\":\"%s\",\"state\":\"open\"}\n", ask->key);
    else if (ok) printf("%s is open again\n", ask->key);
    return ok;
}

int main_outbox(int argc, char **argv) {
    Ask ask = {0};
    Err err = {0};
    if (!read_line(argc, argv, &ask)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    bool ok = ask.key ? retry(&ask, a, &err) : show(&ask, a, &err);
    arena_free(a);
    return ok ? EXIT_YES : main_trouble(&err);
}
