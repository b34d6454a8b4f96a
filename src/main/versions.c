/* yichuang pack list and pack diff: which versions of the services a counter keeps, how many open cases go by each, and what
 * changed from one to another. They read only, beside a server too. */
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct VersionsAsk { /* the command line, read */
    const char *verb, *place, *packs;
    const char *words[3]; /* of diff: service, A, B */
    bool json;
} VersionsAsk;

static bool read_line(int argc, char **argv, VersionsAsk *ask) {
    static const struct option options[] = {{"dir", required_argument, NULL, 'd'}, {"store", required_argument, NULL, 'd'}, {"packs", required_argument, NULL, 'k'},
                                            {"json", no_argument, NULL, 'j'},      {0}};
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == '?') return false;
        if (o == 'd') ask->place = optarg;
        if (o == 'k') ask->packs = optarg;
        if (o == 'j') ask->json = true;
    }
    ask->verb = optind < argc ? argv[optind++] : "";
    bool diff = strcmp(ask->verb, "diff") == 0;
    for (size_t i = 0; diff && i < COUNT_OF(ask->words); i++) {
        if (optind == argc) return false;
        ask->words[i] = argv[optind++];
    }
    return optind == argc && (diff ? !ask->packs : ask->place != NULL);
}

static void print_json(Value v, Arena *a) {
    Str text = json_text(a, v);
    printf(STR_FMT "\n", STR_ARG(text));
}

/* ---- list ---- */

static void print_versions(Value list, Arena *a) {
    for (uint32_t i = 0; i < list.size; i++) {
        Value v = list.u.list[i];
        Buf since = {.a = a};
        date_write(&since, value_get(v, "since"));
        Str service = value_get_str(v, "service"), version = value_get_str(v, "version"), hash = value_get_str(v, "hash"), day = str_head(buf_str(&since), 10);
        printf(STR_FMT "  " STR_FMT "  " STR_FMT "  since " STR_FMT "  %" PRId64 " open%s\n", STR_ARG(service), STR_ARG(version), STR_ARG(hash), STR_ARG(day),
               value_get_int(v, "open", 0), value_get_bool(v, "in_force", false) ? "  in force" : "");
    }
}

static bool list_versions(const VersionsAsk *ask, Arena *a, Err *err) {
    MainPacks *packs = NEW(a, MainPacks);
    Store *store;
    CaseHouse *cases;
    Value list;
    TRY(main_open_packs(ask->packs, a, packs, err));
    TRY(main_open_store(ask->place, true, &store, err));
    bool ok = case_house_look(store, packs->sources, packs->n, a, &cases, err) && case_versions(cases, a, &list, err);
    store_close(store);
    if (!ok) return false;
    if (ask->json) print_json(list, a);
    else print_versions(list, a);
    return true;
}

/* ---- diff ---- */

static bool is_folder(const char *word) { return strchr(word, '/') || strcmp(word, ".") == 0; }

static bool folder_files(const char *dir, Arena *a, Value *out, Err *err) {
    ErrList faults = {.a = a};
    ValueBuild b = {.a = a};
    MainPack made;
    if (!main_compile_pack(dir, a, &faults, &made)) {
        main_print_faults(&faults, a);
        return err_set(err, ERR_INVALID, "main", "the pack in %s has %zu faults", dir, faults.n + faults.more);
    }
    for (size_t i = 0; i < made.n_files; i++) build_entry(&b, made.files[i].name, value_str(made.files[i].bytes));
    *out = build_ctx(&b);
    return true;
}

static bool kept_files(const VersionsAsk *ask, const char *hash, Arena *a, Value *out, Err *err) {
    Store *store;
    if (!ask->place) return err_set(err, ERR_INVALID, "main", "%s is a version's hash: --store says where it is kept; a folder is written with a /", hash);
    TRY(main_open_store(ask->place, true, &store, err));
    bool ok = case_version_files(store, str_of(ask->words[0]), str_of(hash), a, out, err);
    store_close(store);
    return ok;
}

static void print_diff(Value files) {
    for (uint32_t i = 0; i < files.size; i++) {
        Value f = files.u.list[i], lines = value_get(f, "lines");
        Str name = value_get_str(f, "file"), change = value_get_str(f, "change");
        int64_t more = value_get_int(f, "more", 0);
        printf(STR_FMT " " STR_FMT "\n", STR_ARG(change), STR_ARG(name));
        for (uint32_t k = 0; k < lines.size; k++) {
            Value line = lines.u.list[k];
            Str sign = value_get_str(line, "sign"), text = value_get_str(line, "text");
            printf(STR_FMT " %" PRId64 ": " STR_FMT "\n", STR_ARG(sign), value_get_int(line, "line", 0), STR_ARG(text));
        }
        if (more > 0) printf("… %" PRId64 " more lines\n", more);
    }
    printf("%u files differ\n", files.size);
}

static bool diff_versions(const VersionsAsk *ask, Arena *a, Err *err) {
    Value sides[2];
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        const char *word = ask->words[i + 1];
        TRY(is_folder(word) ? folder_files(word, a, &sides[i], err) : kept_files(ask, word, a, &sides[i], err));
    }
    Value files = pack_diff(sides[0], sides[1], a);
    if (ask->json) print_json(files, a);
    else print_diff(files);
    return true;
}

int main_versions(int argc, char **argv) {
    VersionsAsk ask = {0};
    Err err = {0};
    if (!read_line(argc, argv, &ask)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    bool ok = strcmp(ask.verb, "list") == 0 ? list_versions(&ask, a, &err) : diff_versions(&ask, a, &err);
    arena_free(a);
    return ok ? EXIT_YES : main_trouble(&err);
}
