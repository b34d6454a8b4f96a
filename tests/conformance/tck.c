/* Runs the DMN conformance kit: every test file below a directory, every case in it, against the
 * models beside it. Prints each failure, a table per folder, and last `N passed, N failed`; with --json all
 * of it as one object. It also counts the nulls that an error gave and that do not say why.
 * A case that cannot be run counts as failed; nothing is ever skipped. */
#include "dmn/dmn.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MOST_FILES = 64, MOST_DEPTH = 8, MOST_BYTES = 8 << 20 };
#define XSI "http://www.w3.org/2001/XMLSchema-instance"

typedef struct Score {
    int passed, failed; /* result nodes */
} Score;

typedef struct Kit { /* the whole run */
    bool strict;         /* decimals must be equal, not near */
    bool json;           /* one object at the end rather than lines */
    Arena *a;            /* what is told at the end */
    ValueBuild failures; /* {folder, file, case, node, expected, got, causes} */
    ValueBuild folders;  /* {folder, passed, failed} */
    Score total;         /* of all folders */
    int errors, silent;  /* expected errors answered with null; those without a cause */
} Kit;

typedef struct Folder {
    Kit *kit;                     /* whose folder it is */
    Arena *a;                     /* lives as long as the folder is worked on */
    const char *path;             /* of the folder */
    const char *area;             /* its last part */
    DmnSource models[MOST_FILES]; /* .dmn files */
    size_t n_models;
    Score score; /* of this folder */
} Folder;

typedef struct Case {
    Folder *folder;
    const char *file;       /* test file */
    DmnModel *model;        /* NULL when it did not load */
    Str id;                 /* of the test case */
    const XmlNode *imports; /* root of the tested model, for the names of its imports */
} Case;

/* ---- files ----------------------------------------------------------------------------------- */
static bool read_file(Arena *a, const char *path, Str *out) {
    struct stat info;
    FILE *f = fopen(path, "rb");
    if (f == NULL) return false;
    bool fits = fstat(fileno(f), &info) == 0 && info.st_size <= MOST_BYTES;
    size_t size = fits ? (size_t)info.st_size : 0;
    char *bytes = arena_alloc(a, size);
    fits = fits && fread(bytes, 1, size, f) == size;
    fclose(f);
    *out = (Str){bytes, size};
    return fits;
}

static bool has_suffix(const char *name, const char *suffix) {
    return str_ends(str_of(name), str_of(suffix));
}

/* ---- values ---------------------------------------------------------------------------------- */
static Value read_value(Arena *a, const XmlNode *holder);

static bool read_temporal(Arena *a, Str type, Str text, Value *out) {
    if (str_is(type, "date")) return date_parse(text, out);
    if (str_is(type, "time")) return date_parse_time(a, text, out);
    if (str_is(type, "dateTime")) return date_parse_datetime(a, text, out);
    return str_is(type, "duration") && date_parse_duration(text, out);
}

static bool is_number_type(Str type) {
    static const char *const names[] = {"decimal", "double", "float", "integer", "int", "long"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_is(type, names[i])) return true;
    }
    return false;
}

/* A text that is not of its type becomes a string, which then equals nothing that is expected. */
static Value read_simple(Arena *a, const XmlNode *node) {
    Str local, type = xml_attr_ns(node, XSI, "type");
    Str prefix = str_cut(type, ':', &local);
    type = local.n > 0 ? local : prefix;
    if (str_is(xml_attr_ns(node, XSI, "nil"), "true")) return value_null();
    Value v;
    if (is_number_type(type) && dec_parse(a, str_trim(node->text), &v)) return v;
    if (str_is(type, "boolean")) return value_bool(str_is(str_trim(node->text), "true"));
    if (read_temporal(a, type, str_trim(node->text), &v)) return v;
    return value_str(node->text);
}

static Value read_list(Arena *a, const XmlNode *list) {
    ValueBuild b = {.a = a};
    if (str_is(xml_attr_ns(list, XSI, "nil"), "true")) return value_null();
    for (const XmlNode *x = xml_child(list, "item"); x != NULL; x = xml_next(x, "item"))
        build_item(&b, read_value(a, x));
    return build_list(&b);
}

static Value read_value(Arena *a, const XmlNode *holder) {
    const XmlNode *simple = xml_child(holder, "value"), *list = xml_child(holder, "list");
    if (simple != NULL) return read_simple(a, simple);
    if (list != NULL) return read_list(a, list);
    const XmlNode *component = xml_child(holder, "component");
    if (component == NULL) return value_null();
    ValueBuild b = {.a = a};
    for (; component != NULL; component = xml_next(component, "component")) {
        build_entry(&b, feel_name(a, xml_attr(component, "name")), read_value(a, component));
    }
    return build_ctx(&b);
}

/* ---- comparing ------------------------------------------------------------------------------- */
static bool same_number(const Kit *kit, Arena *a, Value x, Value y) {
    if (kit->strict) return dec_cmp(x, y) == 0;
    Value limit, difference = dec_sub(a, x, y);
    bool ok = dec_parse(a, STR("0.00000001"), &limit);
    assert(ok);
    if (difference.kind != VALUE_NUMBER) return false;
    if (dec_sign(difference) < 0) difference = dec_neg(a, difference);
    return dec_cmp(difference, limit) < 0;
}

static bool same_temporal(FeelRun *run, Value x, Value y) {
    if (str_eq(feel_text(run->arena, x, true), feel_text(run->arena, y, true))) return true;
    bool has_nanos = x.kind == VALUE_TIME || x.kind == VALUE_DATETIME;
    /* FEEL's equality ignores fractions of a second; the kit does not. */
    if (has_nanos && x.u.time->nanos % 1000000000 != y.u.time->nanos % 1000000000) return false;
    return value_is_true(feel_equal(run, x, y));
}

static bool same(const Kit *kit, FeelRun *run, Value expected, Value got) {
    if (expected.kind != got.kind) return false;
    switch (expected.kind) {
    case VALUE_NULL:
        return true;
    case VALUE_NUMBER:
        return same_number(kit, run->arena, expected, got);
    case VALUE_LIST:
        if (expected.size != got.size) return false;
        for (uint32_t i = 0; i < expected.size; i++) {
            if (!same(kit, run, expected.u.list[i], got.u.list[i])) return false;
        }
        return true;
    case VALUE_CONTEXT:
        if (expected.size != got.size) return false;
        for (uint32_t i = 0; i < expected.size; i++) {
            Value member;
            if (!value_find(got, expected.u.ctx[i].key, &member)) return false;
            if (!same(kit, run, expected.u.ctx[i].value, member)) return false;
        }
        return true;
    case VALUE_BOOL:
    case VALUE_STRING:
        return value_same(expected, got);
    default:
        return same_temporal(run, expected, got);
    }
}

/* ---- cases ----------------------------------------------------------------------------------- */
static Value causes_of(Arena *a, Value v) {
    ValueBuild causes = {.a = a};
    for (const ValueCause *c = v.kind == VALUE_NULL ? v.u.cause : NULL; c != NULL; c = c->cause)
        build_item(&causes, value_str(str_printf(a, "%s: " STR_FMT, c->kind, STR_ARG(c->text))));
    return build_list(&causes);
}

/* In: texts already in an arena that lives to the end. */
static void tell_failure(Kit *kit, Value failure) {
    Value causes;
    if (kit->json) {
        build_item(&kit->failures, failure);
        return;
    }
    Str part[6];
    for (uint32_t i = 0; i < COUNT_OF(part); i++) part[i] = value_text(failure.u.ctx[i].value);
    printf("FAIL " STR_FMT "/" STR_FMT, STR_ARG(part[0]), STR_ARG(part[1]));
    if (part[2].n > 0) printf(" case " STR_FMT " node " STR_FMT, STR_ARG(part[2]), STR_ARG(part[3]));
    printf(": expected " STR_FMT ", got " STR_FMT, STR_ARG(part[4]), STR_ARG(part[5]));
    bool has_causes = value_find(failure, STR("causes"), &causes);
    for (uint32_t i = 0; has_causes && i < causes.size; i++) {
        Str cause = value_text(causes.u.list[i]);
        printf(" (" STR_FMT ")", STR_ARG(cause));
    }
    printf("\n");
}

static void fail(Folder *f, const char *file, Str id, Str node, Str expected, Str got, Value causes) {
    const struct {
        const char *key;
        Str text;
    } parts[] = {{"folder", str_of(f->area)}, {"file", str_of(file)},  {"case", id},
                 {"node", node},              {"expected", expected}, {"got", got}};
    Arena *a = f->kit->a;
    ValueBuild b = {.a = a};
    f->score.failed++;
    for (size_t i = 0; i < COUNT_OF(parts); i++) build_c(&b, parts[i].key, value_str(str_copy(a, parts[i].text)));
    build_c(&b, "causes", causes);
    tell_failure(f->kit, build_ctx(&b));
}

static void report(Case *c, Str node, bool ok, Value expected, Value got) {
    Arena *a = c->folder->kit->a;
    if (ok)
        c->folder->score.passed++;
    else
        fail(c->folder, c->file, c->id, node, feel_text(a, expected, true), feel_text(a, got, true), causes_of(a, got));
}

/* A null that an error gave must say why. */
static void check_cause(Case *c, Str node, Value got) {
    Kit *kit = c->folder->kit;
    if (got.kind != VALUE_NULL) return;
    kit->errors++;
    if (got.u.cause != NULL) return;
    kit->silent++;
    if (!kit->json)
        printf("SILENT %s/%s case " STR_FMT " node " STR_FMT "\n", c->folder->area, c->file, STR_ARG(c->id), STR_ARG(node));
}

static Str import_name(const Case *c, Str ns) {
    const XmlNode *x = c->imports == NULL || ns.n == 0 ? NULL : xml_child(c->imports, "import");
    for (; x != NULL; x = xml_next(x, "import")) {
        if (str_eq(xml_attr(x, "namespace"), ns)) return xml_attr(x, "name");
    }
    return STR("");
}

/* Inputs of an imported model lie in a context under the import's name. */
static Value read_inputs(const Case *c, const XmlNode *test) {
    Arena *a = c->folder->a;
    Value inputs = value_ctx(NULL, 0);
    for (const XmlNode *x = xml_child(test, "inputNode"); x != NULL; x = xml_next(x, "inputNode")) {
        Str name = xml_attr(x, "name"), prefix = import_name(c, xml_attr(x, "namespace"));
        Value v = read_value(a, x);
        if (prefix.n == 0) {
            inputs = value_with(a, inputs, name, v);
            continue;
        }
        Value inner;
        if (!value_find(inputs, prefix, &inner)) inner = value_ctx(NULL, 0);
        inputs = value_with(a, inputs, prefix, value_with(a, inner, name, v));
    }
    return inputs;
}

static bool find_invocable(const Case *c, const XmlNode *test, Str result, DmnKind *kind, int *index) {
    Str type = xml_attr(test, "type"), name = xml_attr(test, "invocableName");
    *kind = DMN_DECISION;
    if (str_is(type, "decisionService")) *kind = DMN_SERVICE;
    if (str_is(type, "bkm")) *kind = DMN_BKM;
    if (*kind == DMN_DECISION || name.n == 0) name = result;
    *index = dmn_find(c->model, *kind, name);
    if (*index < 0 && type.n == 0) *index = dmn_find(c->model, *kind = DMN_SERVICE, name);
    return *index >= 0;
}

static void run_result(Case *c, const XmlNode *test, const XmlNode *node, Value inputs) {
    Arena *a = c->folder->a;
    Str name = xml_attr(node, "name");
    const XmlNode *holder = xml_child(node, "expected");
    Value expected = holder != NULL ? read_value(a, holder) : value_null();
    bool is_error = str_is(xml_attr(node, "errorResult"), "true");
    if (is_error) expected = value_null();
    DmnKind kind;
    int index;
    if (c->model == NULL || !find_invocable(c, test, name, &kind, &index)) {
        report(c, name, false, expected, value_because(a, "runner", "The node could not be run."));
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    FeelRun run = {.arena = a, .fuel = FEEL_FUEL, .now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
    Value got = dmn_invoke(c->model, kind, index, inputs, &run, NULL);
    /* A service with several outputs gives a context; the node names one of them. */
    Value member;
    bool names_output = kind == DMN_SERVICE && dmn_find(c->model, DMN_DECISION, name) >= 0;
    if (names_output && value_find(got, name, &member)) got = member;
    if (is_error) check_cause(c, name, got);
    report(c, name, same(c->folder->kit, &run, expected, got), expected, got);
}

static void run_test(Case *c, const XmlNode *test) {
    c->id = xml_attr(test, "id");
    Value inputs = read_inputs(c, test);
    if (xml_child(test, "resultNode") == NULL) report(c, STR("?"), false, value_null(), value_null());
    for (const XmlNode *x = xml_child(test, "resultNode"); x != NULL; x = xml_next(x, "resultNode"))
        run_result(c, test, x, inputs);
}

/* ---- models ---------------------------------------------------------------------------------- */
static void print_faults(const Case *c, const ErrList *faults) {
    for (size_t i = 0; i < faults->n && getenv("TCK_FAULTS") != NULL; i++) {
        Str line = err_line(c->folder->a, &faults->items[i]);
        printf("FAULT %s/" STR_FMT "\n", c->folder->area, STR_ARG(line));
    }
}

/* The model the test names comes first; the others are there to be imported. */
static void load_model(Case *c, const XmlNode *root) {
    Folder *f = c->folder;
    const XmlNode *name = xml_child(root, "modelName");
    for (size_t i = 0; name != NULL && i < f->n_models; i++) {
        if (!str_eq(f->models[i].name, str_trim(name->text))) continue;
        DmnSource first = f->models[i];
        f->models[i] = f->models[0];
        f->models[0] = first;
        break;
    }
    if (f->n_models == 0) return;
    ErrList faults = {.a = f->a};
    DmnOptions options = {.registry = dmn_java_registry(), .lenient = true};
    if (!dmn_load(f->models, f->n_models, options, f->a, &faults, &c->model))
        fail(f, c->file, STR(""), STR(""), STR("a model"), STR("none"), value_list(NULL, 0));
    print_faults(c, &faults);
    XmlNode *model_root;
    if (xml_parse(f->models[0].bytes, f->a, &model_root, NULL)) c->imports = model_root;
}

static void run_file(Folder *f, const char *file) {
    char path[4096];
    Str bytes;
    XmlNode *root;
    Err err = {0};
    snprintf(path, sizeof path, "%s/%s", f->path, file);
    if (!read_file(f->a, path, &bytes) || !xml_parse(bytes, f->a, &root, &err)) {
        fail(f, file, STR(""), STR(""), STR("a test file"), str_of(err.text), value_list(NULL, 0));
        return;
    }
    if (!str_is(root->name, "testCases")) return;
    Case c = {.folder = f, .file = file};
    load_model(&c, root);
    for (const XmlNode *x = xml_child(root, "testCase"); x != NULL; x = xml_next(x, "testCase")) run_test(&c, x);
}

/* ---- folders --------------------------------------------------------------------------------- */
static void read_models(Folder *f, struct dirent **names, int n) {
    char path[4096];
    for (int i = 0; i < n && f->n_models < MOST_FILES; i++) {
        if (!has_suffix(names[i]->d_name, ".dmn")) continue;
        DmnSource *source = &f->models[f->n_models];
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]->d_name);
        source->name = str_of(names[i]->d_name);
        if (read_file(f->a, path, &source->bytes)) f->n_models++;
    }
}

static void tell_folder(Kit *kit, const Folder *f) {
    ValueBuild b = {.a = kit->a};
    if (f->score.passed + f->score.failed == 0) return;
    if (!kit->json) printf("%-55s %5d passed %5d failed\n", f->area, f->score.passed, f->score.failed);
    build_c(&b, "folder", value_str(str_copy(kit->a, str_of(f->area))));
    build_c(&b, "passed", value_int(f->score.passed));
    build_c(&b, "failed", value_int(f->score.failed));
    build_item(&kit->folders, build_ctx(&b));
}

static void run_folder(Kit *kit, const char *path, struct dirent **names, int n) {
    const char *slash = strrchr(path, '/');
    Folder f = {.kit = kit, .a = arena_new(0), .path = path, .area = slash != NULL ? slash + 1 : path};
    read_models(&f, names, n);
    for (int i = 0; i < n; i++) {
        if (has_suffix(names[i]->d_name, ".xml")) run_file(&f, names[i]->d_name);
    }
    tell_folder(kit, &f);
    kit->total.passed += f.score.passed;
    kit->total.failed += f.score.failed;
    arena_free(f.a);
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void walk(Kit *kit, const char *path, int depth) {
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    if (n < 0) {
        Folder f = {.kit = kit, .area = path};
        fail(&f, "", STR(""), STR(""), STR("a folder"), STR("it cannot be read"), value_list(NULL, 0));
        kit->total.failed++;
        return;
    }
    run_folder(kit, path, names, n);
    for (int i = 0; i < n; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && depth < MOST_DEPTH && is_folder(inner)) walk(kit, inner, depth + 1);
        free(names[i]);
    }
    free(names);
}

/* ---- the whole run ----------------------------------------------------------------------------- */
static void tell_total(Kit *kit) {
    ValueBuild b = {.a = kit->a};
    if (!kit->json) {
        printf("%d nulls from errors, %d without a cause\n", kit->errors, kit->silent);
        printf("%d passed, %d failed\n", kit->total.passed, kit->total.failed);
        return;
    }
    build_c(&b, "strict", value_bool(kit->strict));
    build_c(&b, "failures", build_list(&kit->failures));
    build_c(&b, "folders", build_list(&kit->folders));
    build_c(&b, "nulls_from_errors", value_int(kit->errors));
    build_c(&b, "nulls_without_cause", value_int(kit->silent));
    build_c(&b, "passed", value_int(kit->total.passed));
    build_c(&b, "failed", value_int(kit->total.failed));
    Buf out = {.a = kit->a};
    json_write(&out, build_ctx(&b));
    Str text = buf_str(&out);
    printf(STR_FMT "\n", STR_ARG(text));
}

static int usage(FILE *to) {
    fprintf(to, "usage: tck DIR [--strict] [--json]\n"
                "Runs every case of a DMN conformance kit below DIR. Last line: N passed, N failed.\n"
                "  --strict   decimals must be equal; without it they may differ by less than 1e-8\n"
                "  --json     print one object: failures, folders, passed, failed\n"
                "Exit: 0 all passed, 1 a case failed or there was none, 2 wrong use.\n");
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"strict", no_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    Kit kit = {0};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'h') return usage(stdout);
        if (c == '?') return usage(stderr);
        if (c == 's') kit.strict = true;
        if (c == 'j') kit.json = true;
    }
    if (optind + 1 != argc) return usage(stderr);
    kit.a = kit.failures.a = kit.folders.a = arena_new(0);
    walk(&kit, argv[optind], 0);
    tell_total(&kit);
    arena_free(kit.a);
    return kit.total.failed == 0 && kit.total.passed > 0 ? 0 : 1;
}
