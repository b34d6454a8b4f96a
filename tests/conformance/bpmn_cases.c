/* bpmn_cases: runs cases of the format yichuang-bpmn-case/1: bpmn_cases DIR. Prints each failure, a table
 * per suite and tier, and last "N passed, N failed". A step or expectation that is not understood counts
 * as failed, never as passed. The clock is virtual. */
#include "bpmn_world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, FILES = 4000, FILE_BYTES = 8 << 20, BPMN_FILES = 16 };

typedef struct Row { /* one line of the table */
    char suite[40];  /* suite */
    char tier[40];   /* tier */
    int passed, failed;
} Row;

typedef struct Report {
    Row rows[ROWS]; /* n of them */
    int n;
} Report;

static Row *row_of(Report *r, Str suite, Str tier) {
    for (int i = 0; i < r->n; i++)
        if (str_is(suite, r->rows[i].suite) && str_is(tier, r->rows[i].tier)) return &r->rows[i];
    assert(r->n < ROWS);
    Row *row = &r->rows[r->n++];
    snprintf(row->suite, sizeof row->suite, STR_FMT, STR_ARG(suite));
    snprintf(row->tier, sizeof row->tier, STR_FMT, STR_ARG(tier));
    return row;
}

static bool read_file(const char *path, Arena *a, Str *out) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return false;
    char *bytes = arena_alloc(a, FILE_BYTES);
    size_t n = fread(bytes, 1, FILE_BYTES, f);
    fclose(f);
    *out = (Str){bytes, n};
    return true;
}

static size_t read_models(const char *folder, Value names, BpmnFile *files, Arena *a) {
    size_t n = 0;
    for (size_t i = 0; i < names.size && n < BPMN_FILES; i++) {
        Str name = value_text(names.u.list[i]), path = str_printf(a, "%s/" STR_FMT, folder, STR_ARG(name));
        files[n].name = name;
        if (read_file(path.p, a, &files[n].bytes)) n++;
    }
    return n;
}

/* "messages are matched by name alone": the case's own engine knows no correlation keys. */
static void drop_keys(Value file, BpmnFile *models, size_t n, Arena *a) {
    static const char key[] = "correlationKey=\"=";
    if (str_find(value_get_str(file, "note"), STR("by name alone")) < 0) return;
    for (size_t i = 0; i < n; i++) {
        char *bytes = str_c(a, models[i].bytes);
        for (char *at = bytes; (at = strstr(at, key)) != NULL; at++) at[sizeof key - 2] = ' ';
        models[i].bytes.p = bytes;
    }
}

static void count_elements(const XmlNode *x, ValueBuild *names) {
    if (str_is(x->ns, "http://www.omg.org/spec/BPMN/20100524/MODEL")) build_item(names, value_str(x->name));
    for (const XmlNode *c = x->first; c != NULL; c = c->next) count_elements(c, names);
}

/* Tier parse: the file is read, and holds as many elements of each name as it should. */
static const char *check_parse(Value expect, const BpmnFile *file, Arena *a) {
    XmlNode *root;
    Err err = {0};
    if (!xml_parse(file->bytes, a, &root, &err)) return str_c(a, err_line(a, &err));
    ValueBuild names = {.a = a};
    count_elements(root, &names);
    Value wanted = value_get(expect, "elements");
    for (size_t i = 0; i < wanted.size; i++) {
        int64_t n = 0, want = 0;
        for (size_t k = 0; k < names.n; k++) n += str_eq(value_text(names.u.items[k]), wanted.u.ctx[i].key);
        if (!value_to_int(wanted.u.ctx[i].value, &want) || want != n)
            return str_printf(a, STR_FMT ": expected %lld, got %lld", STR_ARG(wanted.u.ctx[i].key), (long long)want,
                              (long long)n)
                .p;
    }
    return NULL;
}

/* Refused is right when it is expected, and for what is outside our elements, if it says where and why. */
static const char *judge_refusal(Str tier, Value expect, const ErrList *faults, Arena *a) {
    bool outside = str_is(tier, "beyond-zeebe") || str_is(tier, "needs-dialect-port");
    bool expected = str_is(value_get_str(expect, "deployment"), "rejected") || value_get_str(expect, "failure").n > 0;
    bool reasoned = faults->n > 0 && faults->items[0].text[0] != 0;
    if (reasoned && (outside || expected)) return NULL;
    return str_printf(a, "refused: " STR_FMT,
                      STR_ARG(faults->n > 0 ? err_line(a, &faults->items[0]) : STR("no reason")))
        .p;
}

static const char *run_case(Value file, Value one, const BpmnFile *models, size_t n, Arena *a) {
    Value expect = value_get(one, "expect");
    Str tier = value_get_str(file, "tier");
    ErrList faults = {.a = a};
    BpmnProcess *p = NULL;
    if (str_is(tier, "parse")) return check_parse(expect, &models[0], a);
    if (!bpmn_load_files(models, n, a, &faults, &p)) return judge_refusal(tier, expect, &faults, a);
    if (str_is(value_get_str(expect, "deployment"), "rejected")) return "expected to be refused, was accepted";
    World w = {.p = p, .a = a, .file = file, .one = one, .now_us = WORLD_BEGIN};
    return world_run(&w);
}

static void run_file(Report *r, const char *folder, const char *name, bool verbose) {
    Arena *a = arena_new((size_t)1 << 32);
    Str text, path = str_printf(a, "%s/%s", folder, name);
    Value file = value_null();
    Err err = {0};
    BpmnFile models[BPMN_FILES];
    bool good = read_file(path.p, a, &text) && json_parse(text, (JsonLimits){0}, a, &file, &err);
    size_t n = good ? read_models(folder, value_get(file, "bpmn"), models, a) : 0;
    drop_keys(file, models, n, a);
    Value cases = good ? value_get(file, "cases") : value_null();
    for (size_t i = 0; i < cases.size; i++) {
        Value one = cases.u.list[i];
        Row *row = row_of(r, value_get_str(file, "suite"), value_get_str(file, "tier"));
        const char *trouble = n == 0 ? "a model is missing" : run_case(file, one, models, n, a);
        if (trouble == NULL)
            row->passed++;
        else
            row->failed++;
        if (trouble != NULL)
            printf("%s %s %.*s: %s\n", row->suite, row->tier, STR_ARG(value_get_str(one, "id")), trouble);
        else if (verbose)
            printf("ok %s %.*s\n", row->suite, STR_ARG(value_get_str(one, "id")));
    }
    if (cases.size == 0) printf("%s: no cases\n", path.p);
    arena_free(a);
}

static int by_name(const void *x, const void *y) {
    return strcmp(*(char *const *)x, *(char *const *)y);
}

/* Names in a folder, sorted, those with this ending; "" all. */
static size_t list(const char *folder, const char *ending, char **names, Arena *a) {
    DIR *d = opendir(folder);
    size_t n = 0;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL && n < FILES;)
        if (e->d_name[0] != '.' && str_ends(str_of(e->d_name), str_of(ending)))
            names[n++] = str_c(a, str_of(e->d_name));
    if (d != NULL) closedir(d);
    qsort(names, n, sizeof *names, by_name);
    return n;
}

static void run_folder(Report *r, const char *folder, bool verbose, Arena *a) {
    char **names = NEW_ARRAY(a, char *, FILES);
    size_t n = list(folder, ".json", names, a);
    for (size_t i = 0; i < n; i++) run_file(r, folder, names[i], verbose);
}

static int print_table(const Report *r) {
    int passed = 0, failed = 0;
    for (int i = 0; i < r->n; i++) {
        const Row *row = &r->rows[i];
        printf("%-20s %-20s %4d of %4d\n", row->suite, row->tier, row->passed, row->passed + row->failed);
        passed += row->passed;
        failed += row->failed;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: bpmn_cases DIR [-v]\n");
        return 2;
    }
    bool verbose = argc > 2 && strcmp(argv[2], "-v") == 0;
    Arena *a = arena_new(0);
    Report *r = NEW(a, Report);
    char **suites = NEW_ARRAY(a, char *, FILES);
    size_t n = list(argv[1], "", suites, a);
    run_folder(r, argv[1], verbose, a);
    for (size_t i = 0; i < n; i++) run_folder(r, str_printf(a, "%s/%s", argv[1], suites[i]).p, verbose, a);
    int code = print_table(r);
    arena_free(a);
    return code;
}
