/* The key: command-line verbs, each one call into a room. It opens the files, clocks and randomness that
 * rooms need and hands them in as values; it holds no rule of its own. */
#include "access/access.h"
#include "case/case.h"
#include "main_decision_in.h"
#include "main_in.h"
#include "main_process_in.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: yichuang VERB …\n"
    "  serve --dir DIR [--demo] [--port N]      open the counter\n"
    "  pack check DIR [--json]                  all faults of a pack at once\n"
    "  pack test DIR [--json]                   run its worked cases\n"
    "  replay PACK --csv FILE --year YEAR …     decide a year again\n"
    "  decision eval|batch|analyse|coverage|generate-tests MODEL.dmn …\n"
    "                                           decide with a model, and look for what is wrong with it\n"
    "  process check|test FILE …                look for what is wrong with a process, play its test cases\n"
    "  feel EXPRESSION …                        evaluate one expression\n"
    "  calendar due --calendar FILE --start DATE --days N --unit working|calendar\n"
    "                                           the last day of a period by published calendars\n"
    "  backup DIR --dir DATA                    copy the data, also while serving\n"
    "  restore DIR --dir DATA                   put a copy into an empty place\n"
    "  verify --dir DATA                        recompute the chain of the event log\n"
    "  version\n"
    "VERB --help tells more. Exit: 0 yes, 1 no or trouble, 2 wrong use.\n";

static bool has_flag(int argc, char **argv, const char *flag) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], flag) == 0) return true;
    return false;
}

/* The one argument that is no option, and --dir DATA. */
static bool two_folders(int argc, char **argv, const char **plain, const char **data) {
    *plain = *data = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) *data = argv[++i];
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

static int pack_check_verb(const Pack *pack, const ErrList *faults, bool json, Arena *a) {
    if (json) main_print_faults_json(faults, a);
    else main_print_faults(faults, a);
    if (!pack) {
        fprintf(stderr, "%zu faults\n", faults->n + faults->more);
        return EXIT_NO;
    }
    if (!json) printf("ok " STR_FMT " version " STR_FMT " hash " STR_FMT "\n", STR_ARG(pack->id), STR_ARG(pack->version), STR_ARG(pack->hash));
    return EXIT_YES;
}

static int pack_test_verb(const Pack *pack, const ErrList *faults, bool json, Arena *a) {
    PackTest t = {0};
    Err err = {0};
    if (!pack) return pack_check_verb(pack, faults, json, a);
    if (!pack_test(pack, main_now_us(), a, &t, &err)) return main_trouble(&err);
    for (uint32_t i = 0; t.failures.kind == VALUE_LIST && i < t.failures.size; i++) {
        Str name = value_get_str(t.failures.u.list[i], "case"), text = value_get_str(t.failures.u.list[i], "text");
        printf("FAILED " STR_FMT ": " STR_FMT "\n", STR_ARG(name), STR_ARG(text));
    }
    for (uint32_t i = 0; t.unhit.kind == VALUE_LIST && i < t.unhit.size; i++)
        printf("no case hits rule " STR_FMT "\n", STR_ARG(value_text(t.unhit.u.list[i])));
    if (json) printf("{\"passed\":%zu,\"failed\":%zu,\"rules\":%zu,\"rules_hit\":%zu}\n", t.passed, t.failed, t.rules, t.rules_hit);
    else printf("%zu of %zu rules hit\n%zu passed, %zu failed\n", t.rules_hit, t.rules, t.passed, t.failed);
    return t.failed || t.rules_hit < t.rules ? EXIT_NO : EXIT_YES;
}

static int pack_verb(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "", *name = NULL, *dir;
    bool json = has_flag(argc, argv, "--json");
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--json") != 0) {
            if (name || argv[i][0] == '-') return EXIT_USAGE;
            name = argv[i];
        }
    bool check = strcmp(verb, "check") == 0;
    if (!name || (!check && strcmp(verb, "test") != 0)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    ErrList faults = {.a = a};
    Err err = {0};
    MainPack found = {0};
    int code = EXIT_NO;
    if (!main_find_pack(str_of(name), a, &dir, &err)) code = main_trouble(&err);
    else {
        if (!main_compile_pack(dir, a, &faults, &found)) found = (MainPack){0};
        code = (check ? pack_check_verb : pack_test_verb)(found.pack, &faults, json, a);
    }
    arena_free(a);
    return code;
}

/* ---- data ---- */

static bool open_data(const char *dir, Store **store, Err *err) {
    StoreSchema schemas[] = {access_schema, case_schema};
    return store_open((StoreOptions){.dir = dir, .read_only = true}, schemas, COUNT_OF(schemas), store, err);
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
    if (!store_restore(from, data, &err)) return main_trouble(&err);
    printf("restored into %s\n", data);
    return EXIT_YES;
}

static int verify_verb(int argc, char **argv) {
    const char *plain, *data;
    Store *store;
    Err err = {0};
    int64_t events, bad;
    if (!two_folders(argc, argv, &plain, &data) || plain || !data) return EXIT_USAGE;
    if (!open_data(data, &store, &err)) return main_trouble(&err);
    bool ok = store_verify(store, &events, &bad, &err);
    store_close(store);
    if (!ok) return main_trouble(&err);
    if (bad) printf("event %lld does not fit the chain of %lld events\n", (long long)bad, (long long)events);
    else printf("%lld events, the chain holds\n", (long long)events);
    return bad ? EXIT_NO : EXIT_YES;
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
    {"pack", pack_verb, "usage: yichuang pack check|test DIR [--json]\n"},
    {"backup", backup_verb, "usage: yichuang backup DIR --dir DATA\n"},
    {"restore", restore_verb, "usage: yichuang restore DIR --dir DATA\n"},
    {"verify", verify_verb, "usage: yichuang verify --dir DATA\n"},
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
