/* The key: command-line verbs, each one call into a room. It opens the files, clocks and randomness that
 * rooms need and hands them in as values; it holds no rule of its own. */
#include "access/access.h"
#include "case/case.h"
#include "main/decision_in.h"
#include "main/house.h"
#include "main/main_in.h"
#include "main/process_in.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: yichuang VERB …\n"
    "  serve --store PLACE [--demo] [--port N]  open the counter\n"
    "  pack check DIR [--json]                  all faults of a pack, or of a folder of packs, at once\n"
    "  pack test DIR [--json]                   run worked cases and process cases\n"
    "  pack list --store PLACE, pack diff SERVICE A B …\n"
    "                                           the versions that a counter keeps, and what changed\n"
    "  replay PACK --csv FILE --year YEAR …     decide a year again\n"
    "  decision eval|batch|analyse|coverage|generate-tests MODEL.dmn …\n"
    "                                           decide with a model, and look for what is wrong with it\n"
    "  process check|test FILE …                look for what is wrong with a process, play its test cases\n"
    "  feel EXPRESSION …                        evaluate one expression\n"
    "  calendar due --calendar FILE --start DATE --days N --unit working|calendar\n"
    "                                           the last day of a period by published calendars\n"
    "  calendar show YEAR, calendar check       the days off of a year, and which years are published\n"
    "  backup DIR --store PLACE                 copy the data, also while serving\n"
    "  restore DIR --store PLACE                put a copy into an empty place\n"
    "  verify --store PLACE [--projections]     does the log fit its chain, and do the tables fit the log\n"
    "  migrate plan|run --service ID --store PLACE …\n"
    "                                           let open cases go on under the service's version in force\n"
    "  slots generate|show --office ID --store PLACE …\n"
    "                                           the times that an office gives by appointment\n"
    "  outbox list|dead|retry --store PLACE …   what waits to be done outside, and dead letters\n"
    "  user list|add|grant|revoke|qualify|disable|… --store PLACE …\n"
    "                                           who works here, and what each may do\n"
    "  office list|add|move|rename --store PLACE …\n"
    "                                           the tree of offices\n"
    "  doctor --store PLACE [--json]            what is wrong with this counter, and what to do\n"
    "  version\n"
    "PLACE is a data folder or postgres://USER@HOST/DATABASE; --dir DIR says the same for a folder.\n"
    "VERB --help tells more. Exit: 0 yes, 1 no or trouble, 2 wrong use.\n";

static bool has_flag(int argc, char **argv, const char *flag) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], flag) == 0) return true;
    return false;
}

/* The one argument that is no option, and where the data is: --dir DIR or --store PLACE, one of them. */
static bool two_folders(int argc, char **argv, const char **plain, const char **data) {
    *plain = *data = NULL;
    for (int i = 1; i < argc; i++) {
        bool place = strcmp(argv[i], "--dir") == 0 || strcmp(argv[i], "--store") == 0;
        if (place && !*data && i + 1 < argc) *data = argv[++i];
        else if (argv[i][0] == '-' || *plain) return false;
        else *plain = argv[i];
    }
    return true;
}

/* ---- pack ---- */

void main_print_faults_json(const ErrList *faults, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < faults->n; i++) {
        const Err *e = &faults->items[i];
        ValueBuild b = {.a = a};
        build_c(&b, "file", value_c(e->file));
        build_c(&b, "element", value_c(e->element));
        build_c(&b, "cell", value_c(e->cell));
        build_c(&b, "line", value_int(e->line));
        build_c(&b, "text", value_c(e->text));
        build_item(&list, build_ctx(&b));
    }
    Str text = json_text(a, build_list(&list));
    printf(STR_FMT "\n", STR_ARG(text));
}

/* ---- data ---- */

static bool open_data(const char *place, Store **store, Err *err) {
    return main_open_store(place, true, store, err);
}

static int backup_verb(int argc, char **argv) {
    const char *to, *data;
    Store *store;
    Err err = {0};
    if (!two_folders(argc, argv, &to, &data) || !to || !data) return EXIT_USAGE;
    if (!open_data(data, &store, &err)) return main_trouble(&err);
    bool ok = store_backup(store, to, &err);
    store_close(store);
    if (!ok) return main_trouble(&err);
    printf("backed up to %s\n", to);
    return EXIT_YES;
}

static int restore_verb(int argc, char **argv) {
    const char *from, *data;
    Err err = {0};
    if (!two_folders(argc, argv, &from, &data) || !from || !data) return EXIT_USAGE;
    StoreSchema schemas[MAIN_SCHEMAS];
    main_schemas(schemas);
    if (!store_restore(from, data, schemas, COUNT_OF(schemas), &err)) return main_trouble(&err);
    printf("restored into %s\n", store_is_url(data) ? "the database" : data); /* a URL may hold a password */
    return EXIT_YES;
}

static int version_verb(int argc, char **argv) {
    (void)argc;
    (void)argv;
    puts("yichuang " YC_VERSION);
    return EXIT_YES;
}

typedef struct Verb { /* one word of the command line */
    const char *name;                    /* as typed */
    int (*run)(int argc, char **argv);   /* argv[0] is the verb */
    const char *usage;                   /* told on --help and on wrong use */
} Verb;
static const Verb verbs[] = {
    {"serve", main_serve, main_serve_usage},
    {"replay", main_replay, main_replay_usage},
    {"decision", main_decision, main_decision_usage},
    {"process", main_process, main_process_usage},
    {"feel", main_feel, main_feel_usage},
    {"calendar", main_calendar, main_calendar_usage},
    {"outbox", main_outbox, main_outbox_usage},
    {"slots", main_slots, main_slots_usage},
    {"migrate", main_migrate, main_migrate_usage},
    {"user", main_user, main_user_usage},
    {"office", main_office, main_office_usage},
    {"doctor", main_doctor, main_doctor_usage},
    {"pack", main_pack, main_pack_usage},
    {"backup", backup_verb, "usage: yichuang backup DIR --store PLACE\n" MAIN_PLACE_HELP
                            "DIR gets one SQLite file and a manifest, from either store.\n"},
    {"restore", restore_verb, "usage: yichuang restore DIR --store PLACE\n" MAIN_PLACE_HELP
                              "PLACE must be an empty folder or an empty database; a backup of one store fits into the other.\n"},
    {"verify", main_verify, main_verify_usage},
    {"version", version_verb, "usage: yichuang version\n"},
};

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0) {
        fputs(usage, stdout);
        return EXIT_YES;
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (strcmp(word, verbs[i].name) != 0) continue;
        if (has_flag(argc, argv, "--help")) {
            fputs(verbs[i].usage, stdout);
            return EXIT_YES;
        }
        int code = verbs[i].run(argc - 1, argv + 1);
        if (code == EXIT_USAGE) fputs(verbs[i].usage, stderr);
        return code == EXIT_TOLD ? EXIT_USAGE : code;
    }
    fputs(usage, stderr);
    return EXIT_USAGE;
}
