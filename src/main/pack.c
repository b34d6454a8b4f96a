/* yichuang pack: checks and tries one pack, or every pack of an authority's folder. A pack that cannot be read counts
 * as a failure, never as tried. */
#include "main/process_in.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char main_pack_usage[] =
    "usage: yichuang pack check|test DIR [--json]\n"
    "       yichuang pack list --store PLACE [--packs FOLDER] [--json]\n"
    "       yichuang pack diff SERVICE A B [--store PLACE] [--json]\n"
    "  DIR     a pack's folder or its id, or an authority's folder: then every pack in it\n"
    "  check   all faults at once\n"
    "  test    the worked cases of cases.json and the process cases of process.test.json; every rule must be hit,\n"
    "          one that packs share by any of them (when the whole folder is tried)\n"
    "  list    the versions of services that PLACE keeps: hash, since when, open cases that go by it, which is in force\n"
    "  diff    what changed from A to B, file by file; each is a version's hash (eight signs of it or more), or a folder,\n"
    "          written with a /\n"
    MAIN_PLACE_HELP
    "  --packs FOLDER  the authority's packs; packs/demo-prefecture unless given\n"
    "Exit: 0 good; 1 faults or failures; 2 wrong use.\n";

enum { PACKS_MAX = 200 };

typedef struct PackJob { /* one call of the verb */
    Arena *a;                 /* start to end */
    bool json, whole;         /* print JSON; an authority's folder is meant */
    const char *dirs[PACKS_MAX]; /* n_dirs packs */
    size_t n_dirs;
    MainPack packs[PACKS_MAX]; /* by dir; pack NULL when refused */
    ErrList faults;           /* of all */
    size_t passed, failed;    /* cases */
    size_t rules, rules_hit;  /* of the packs' own tables */
    Value common;             /* rule of a shared table: hit by some case */
} PackJob;

/* ---- which packs ---------------------------------------------------------------------------------------------- */
static bool is_pack(const char *dir, Arena *a) {
    return access(str_c(a, str_printf(a, "%s/pack.json", dir)), F_OK) == 0;
}

static bool find_packs(PackJob *j, const char *name, Err *err) {
    const char *dir;
    struct dirent **names;
    TRY(main_find_pack(str_of(name), j->a, &dir, err));
    if (is_pack(dir, j->a) || access(str_c(j->a, str_printf(j->a, "%s/authority.json", dir)), F_OK) != 0) {
        j->dirs[j->n_dirs++] = dir;
        return true;
    }
    int n = scandir(dir, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *one = str_c(j->a, str_printf(j->a, "%s/%s", dir, names[i]->d_name));
        if (names[i]->d_name[0] != '.' && j->n_dirs < PACKS_MAX && is_pack(one, j->a)) j->dirs[j->n_dirs++] = one;
        free(names[i]);
    }
    if (n >= 0) free(names);
    j->whole = true;
    return j->n_dirs > 0 || err_set(err, ERR_NOT_FOUND, "main", "no packs in %s", dir);
}

static bool told(const ErrList *faults, const Err *one) {
    for (size_t i = 0; i < faults->n; i++)
        if (strcmp(faults->items[i].file, one->file) == 0 && strcmp(faults->items[i].element, one->element) == 0 &&
            strcmp(faults->items[i].text, one->text) == 0)
            return true;
    return false;
}

/* In a folder each fault names its pack; one in a shared file is told once. */
void main_add_faults(ErrList *all, const ErrList *some, Str pack, Arena *a) {
    for (size_t i = 0; i < some->n; i++) {
        Err one = some->items[i];
        Str file = str_of(one.file);
        bool shared = str_starts(file, STR("common/")) || str_starts(file, STR("calendars/")) || str_is(file, "authority.json");
        if (!shared && file.n > 0) {
            Str path = str_printf(a, STR_FMT "/%s", STR_ARG(pack), one.file);
            one.file[0] = '\0';
            err_file(&one, path);
        }
        if (!told(all, &one)) errlist_push(all, &one);
    }
    all->more += some->more;
}

static void compile_all(PackJob *j) {
    for (size_t i = 0; i < j->n_dirs; i++) {
        ErrList faults = {.a = j->a};
        const char *slash = strrchr(j->dirs[i], '/');
        if (!main_compile_pack(j->dirs[i], j->a, &faults, &j->packs[i])) j->packs[i] = (MainPack){0};
        if (j->whole)
            main_add_faults(&j->faults, &faults, str_of(slash ? slash + 1 : j->dirs[i]), j->a);
        else
            j->faults = faults;
    }
}

/* ---- check ------------------------------------------------------------------------------------------------------ */
static int check(const PackJob *j) {
    if (j->json) main_print_faults_json(&j->faults, j->a);
    else main_print_faults(&j->faults, j->a);
    for (size_t i = 0; !j->json && i < j->n_dirs; i++) {
        const Pack *pack = j->packs[i].pack;
        if (pack) printf("ok " STR_FMT " version " STR_FMT " hash " STR_FMT "\n", STR_ARG(pack->id), STR_ARG(pack->version), STR_ARG(pack->hash));
    }
    if (j->faults.n == 0) return EXIT_YES;
    fprintf(stderr, "%zu faults\n", j->faults.n + j->faults.more);
    return EXIT_NO;
}

/* ---- test ------------------------------------------------------------------------------------------------------- */
static void note_common(PackJob *j, Value common) {
    for (uint32_t i = 0; common.kind == VALUE_CONTEXT && i < common.size; i++) {
        Value before;
        Str rule = common.u.ctx[i].key;
        bool hit = value_find(j->common, rule, &before) && value_is_true(before);
        j->common = value_with(j->a, j->common, rule, value_bool(hit || value_is_true(common.u.ctx[i].value)));
    }
}

/* Who failed: the pack in front of it when there are several. */
static Str mark(const PackJob *j, const Pack *pack) { return j->whole ? str_printf(j->a, STR_FMT ": ", STR_ARG(pack->id)) : STR(""); }

static void print_misses(const PackJob *j, const Pack *pack, const PackTest *t) {
    Str in = mark(j, pack);
    for (uint32_t i = 0; t->failures.kind == VALUE_LIST && i < t->failures.size; i++) {
        Str name = value_get_str(t->failures.u.list[i], "case"), text = value_get_str(t->failures.u.list[i], "text");
        printf("FAILED " STR_FMT STR_FMT ": " STR_FMT "\n", STR_ARG(in), STR_ARG(name), STR_ARG(text));
    }
    for (uint32_t i = 0; t->unhit.kind == VALUE_LIST && i < t->unhit.size; i++)
        printf(STR_FMT "no case hits rule " STR_FMT "\n", STR_ARG(in), STR_ARG(value_text(t->unhit.u.list[i])));
}

static bool test_process(PackJob *j, const char *dir, const MainPack *found, Err *err) {
    const char *path = str_c(j->a, str_printf(j->a, "%s/process.test.json", dir));
    size_t passed = 0, failed = 0;
    if (access(path, F_OK) != 0) return true;
    BpmnFile process = {STR("process.bpmn"), bpmn_xml(found->pack->process)};
    CptModels models = {.files = &process, .n_files = 1, .decisions = &found->pack->model, .n_decisions = 1};
    TRY(main_process_play(&models, path, j->json, j->a, &passed, &failed, err));
    j->passed += passed;
    j->failed += failed;
    return true;
}

static bool test_one(PackJob *j, size_t i, Err *err) {
    PackTest t = {0};
    const Pack *pack = j->packs[i].pack;
    if (!pack) {
        j->failed++;
        return true;
    }
    TRY(pack_test(pack, main_now_us(), j->a, &t, err));
    j->passed += t.passed;
    j->failed += t.failed;
    j->rules += t.rules;
    j->rules_hit += t.rules_hit;
    note_common(j, t.common);
    print_misses(j, pack, &t);
    return test_process(j, j->dirs[i], &j->packs[i], err);
}

static void count_common(PackJob *j) {
    for (uint32_t i = 0; j->whole && j->common.kind == VALUE_CONTEXT && i < j->common.size; i++) {
        bool hit = value_is_true(j->common.u.ctx[i].value);
        Str rule = j->common.u.ctx[i].key;
        j->rules++;
        j->rules_hit += hit;
        if (!hit) printf("common: no case hits rule " STR_FMT "\n", STR_ARG(rule));
    }
}

static int test(PackJob *j) {
    Err err = {0};
    main_print_faults(&j->faults, j->a);
    if (!j->whole && !j->packs[0].pack) {
        fprintf(stderr, "%zu faults\n", j->faults.n + j->faults.more);
        return EXIT_NO;
    }
    for (size_t i = 0; i < j->n_dirs; i++)
        if (!test_one(j, i, &err)) return main_trouble(&err);
    count_common(j);
    if (j->json) printf("{\"passed\":%zu,\"failed\":%zu,\"rules\":%zu,\"rules_hit\":%zu}\n", j->passed, j->failed, j->rules, j->rules_hit);
    else {
        if (j->whole) printf("%zu packs\n", j->n_dirs);
        printf("%zu of %zu rules hit\n%zu passed, %zu failed\n", j->rules_hit, j->rules, j->passed, j->failed);
    }
    return j->failed || j->rules_hit < j->rules ? EXIT_NO : EXIT_YES;
}

int main_pack(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "", *name = NULL;
    if (strcmp(verb, "list") == 0 || strcmp(verb, "diff") == 0) return main_versions(argc, argv);
    bool checks = strcmp(verb, "check") == 0, json = false;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) json = true;
        else if (name || argv[i][0] == '-') return EXIT_USAGE;
        else name = argv[i];
    }
    if (!name || (!checks && strcmp(verb, "test") != 0)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    PackJob *j = NEW(a, PackJob);
    Err err = {0};
    int code = EXIT_NO;
    *j = (PackJob){.a = a, .json = json, .faults = {.a = a}, .common = value_ctx(NULL, 0)};
    if (!find_packs(j, name, &err)) code = main_trouble(&err);
    else {
        compile_all(j);
        code = checks ? check(j) : test(j);
    }
    arena_free(a);
    return code;
}
