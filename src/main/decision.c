/* yichuang decision: decides with a DMN model from the command line, one case or a file of them, and hands the
 * model to the checks on its tables. Opens the files; every rule is in room dmn. */
#include "main/decision_in.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char main_decision_usage[] =
    "usage: yichuang decision eval MODEL.dmn --decision NAME --input JSON|@FILE|- [--explain] [--lang zh|en] [--json]\n"
    "       yichuang decision batch MODEL.dmn --decision NAME --in FILE [--out FILE]\n"
    "       yichuang decision analyse MODEL.dmn [--decision NAME] [--json]\n"
    "       yichuang decision coverage MODEL.dmn --in FILE [--decision NAME] [--json]\n"
    "       yichuang decision generate-tests MODEL.dmn [--out FILE]\n"
    "  eval             decide one case; --explain tells rule, article, why not another, nearest change\n"
    "  batch            decide each line of FILE (.csv, else JSON objects), one JSON result a line\n"
    "  analyse          gaps, overlaps, conflicting, masked and dead rules, each with an example\n"
    "  coverage         rules and cells that the cases of FILE (.ndjson, .csv, .json, kit .xml) show\n"
    "  generate-tests   cases that show every rule and cell, in the conformance kit's XML\n"
    "  --dialect camunda   read FEEL as Camunda does\n"
    "Models that a model imports are looked for in its folder, and in ../common/decisions.\n"
    "Exit: 0 decided, or nothing found; 1 refused, or something found; 2 wrong use.\n";

enum { MOST_MODELS = 64 };

static bool parse_options(int argc, char **argv, Decision *d) {
    static const struct option options[] = {
        {"decision", required_argument, NULL, 'd'}, {"input", required_argument, NULL, 'i'}, {"in", required_argument, NULL, 'n'},
        {"out", required_argument, NULL, 'o'}, {"lang", required_argument, NULL, 'l'}, {"dialect", required_argument, NULL, 'f'},
        {"explain", no_argument, NULL, 'e'}, {"json", no_argument, NULL, 'j'}, {0},
    };
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'd': d->decision_name = optarg; break;
        case 'i': d->input = optarg; break;
        case 'n': d->in_path = optarg; break;
        case 'o': d->out_path = optarg; break;
        case 'e': d->explain = true; break;
        case 'j': d->json = true; break;
        case 'l':
            d->zh = strcmp(optarg, "zh") == 0;
            if (!d->zh && strcmp(optarg, "en") != 0) return false;
            break;
        case 'f':
            d->dialect = strcmp(optarg, "camunda") == 0 ? FEEL_CAMUNDA : FEEL_STANDARD;
            if (d->dialect == FEEL_STANDARD && strcmp(optarg, "standard") != 0) return false;
            break;
        default: return false;
        }
    }
    d->model_path = argv[optind];
    return optind + 1 == argc;
}

/* ---- the model ------------------------------------------------------------------------------------------------- */
static bool imports(Str xml) {
    return xml.n > 0 && memmem(xml.p, xml.n, "import ", 7) != NULL;
}

/* The models of a folder, of which dmn_load takes those that are imported; a folder that is not there has none. */
static bool read_models(Decision *d, const char *dir, const char *but, DmnSource *sources, Err *err) {
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort);
    bool ok = true;
    for (int i = 0; i < n; i++) {
        const char *other = names[i]->d_name;
        if (ok && d->n_files < MOST_MODELS && str_ends(str_of(other), STR(".dmn")) && strcmp(other, but) != 0) {
            sources[d->n_files].name = strcmp(dir, ".") == 0 ? str_copy(d->a, str_of(other)) : str_printf(d->a, "%s/%s", dir, other);
            ok = main_read_file(str_c(d->a, sources[d->n_files].name), MAIN_MODEL_MAX, d->a, &sources[d->n_files].bytes, err);
            d->n_files++;
        }
        free(names[i]);
    }
    if (n >= 0) free(names);
    return ok;
}

/* Beside the model, and where the services of an authority share theirs (docs/formats/pack.md). */
static bool read_neighbours(Decision *d, DmnSource *sources, Err *err) {
    const char *slash = strrchr(d->model_path, '/'), *name = slash ? slash + 1 : d->model_path;
    const char *dir = slash ? str_c(d->a, (Str){d->model_path, (size_t)(slash - d->model_path)}) : ".";
    return read_models(d, dir, name, sources, err) &&
           read_models(d, str_c(d->a, str_printf(d->a, "%s/../common/decisions", dir)), "", sources, err);
}

static bool load_model(Decision *d, bool lenient, Err *err) {
    DmnSource sources[MOST_MODELS] = {{.name = str_of(d->model_path)}};
    TRY(main_read_file(d->model_path, MAIN_MODEL_MAX, d->a, &sources[0].bytes, err));
    d->n_files = 1;
    if (imports(sources[0].bytes)) TRY(read_neighbours(d, sources, err));
    d->faults.a = d->a;
    DmnOptions options = {.dialect = d->dialect, .registry = dmn_java_registry(), .lenient = lenient};
    bool loaded = dmn_load(sources, d->n_files, options, d->a, &d->faults, &d->m);
    if (!d->json || !lenient) main_print_faults(&d->faults, d->a);
    if (!loaded) return err_set(err, ERR_INVALID, "main", "%s has %zu faults", d->model_path, d->faults.n + d->faults.more);
    d->decision = -1;
    if (!d->decision_name) return true;
    d->decision = dmn_find(d->m, DMN_DECISION, str_of(d->decision_name));
    return d->decision >= 0 || err_set(err, ERR_NOT_FOUND, "main", "%s has no decision \"%s\"", d->model_path, d->decision_name);
}

/* ---- eval --------------------------------------------------------------------------------------------------------- */
static bool read_stdin(Arena *a, Str *out, Err *err) {
    Buf b = {.a = a};
    char part[65536];
    for (size_t n; (n = fread(part, 1, sizeof part, stdin)) > 0;) buf_add(&b, (Str){part, n});
    *out = buf_str(&b);
    return !b.over || err_set(err, ERR_LIMIT, "main", "the input is too large");
}

static bool read_input(const Decision *d, Value *out, Err *err) {
    Str text = str_of(d->input);
    if (str_is(text, "-")) TRY(read_stdin(d->a, &text, err));
    else if (text.n > 0 && text.p[0] == '@') TRY(main_read_file(d->input + 1, MAIN_MODEL_MAX, d->a, &text, err));
    if (json_parse(text, (JsonLimits){0}, d->a, out, err)) return true;
    err_file(err, STR("--input"));
    return false;
}

static bool eval(Decision *d, Err *err) {
    Value given, *slots = NEW_ARRAY(d->a, Value, dmn_input_count(d->m));
    FeelRun run = main_feel_run(d->a);
    DmnTrace trace = {.a = d->a};
    TRY(read_input(d, &given, err));
    TRY(main_decision_slots(d, given, &run, slots, err));
    Value result = dmn_decide(d->m, d->decision, slots, &run, d->explain ? &trace : NULL);
    if (!d->explain) {
        main_print_value(result, d->json, d->a);
        main_print_causes(stderr, result, STR(""));
        return true;
    }
    run.fuel = FEEL_FUEL;
    Value explanation = main_explanation(d, slots, result, &trace, &run);
    if (d->json) main_print_value(explanation, true, d->a);
    else main_print_explanation(d, explanation);
    return true;
}

/* ---- batch ---------------------------------------------------------------------------------------------------------- */
typedef struct Batch {
    const Decision *d;
    FILE *to;
    Arena *a;            /* one case, then forgotten */
    size_t done, refused, whole; /* cases; bytes to read */
    double started, shown;
} Batch;

static void show_progress(Batch *b, const Cases *cases) {
    double now = main_clock(), spent = now - b->started;
    if (now - b->shown < 0.2 || spent < 0.5 || !isatty(STDERR_FILENO)) return;
    double fraction = 1 - main_cases_left(cases, b->whole);
    b->shown = now;
    fprintf(stderr, "\r%zu cases  %3.0f %%  about %.0f s left ", b->done, fraction * 100, fraction > 0.01 ? spent * (1 - fraction) / fraction : 0);
}

/* A refused case has its line in the results too, so that they stay in step. */
static Value refused(Batch *b, int64_t line, const Err *err) {
    ValueBuild inner = {.a = b->a}, outer = {.a = b->a};
    fprintf(stderr, "%s%s:%lld: %s\n", b->shown > 0 ? "\r\033[K" : "", b->d->in_path, (long long)line, err->text);
    b->refused++;
    build_c(&inner, "line", value_int(line));
    build_c(&inner, "text", value_str(str_copy(b->a, str_of(err->text))));
    build_c(&outer, "error", build_ctx(&inner));
    return build_ctx(&outer);
}

static bool write_line(Batch *b, Value v) {
    Buf line = {.a = b->a};
    json_write(&line, v);
    buf_byte(&line, '\n');
    return fwrite(line.p, 1, line.n, b->to) == line.n;
}

static bool decide_all(Batch *b, Cases *cases) {
    const Decision *d = b->d;
    Value *slots = NEW_ARRAY(d->a, Value, dmn_input_count(d->m));
    bool bad, ok = true;
    int64_t line;
    Err err = {0};
    FeelRun run = main_feel_run(b->a);
    while (ok && main_cases_next(cases, &run, slots, &line, &bad, &err)) {
        ok = write_line(b, bad ? refused(b, line, &err) : dmn_decide(d->m, d->decision, slots, &run, NULL));
        err = (Err){0};
        arena_reset(b->a);
        run.fuel = FEEL_FUEL;
        if (++b->done % 1024 == 0) show_progress(b, cases);
    }
    if (b->shown > 0) fputs("\r\033[K", stderr);
    return ok;
}

static bool batch(Decision *d, Err *err) {
    Cases cases;
    TRY(main_cases_open(&cases, d, d->in_path, err));
    bool to_file = d->out_path && strcmp(d->out_path, "-") != 0;
    Batch b = {.d = d, .to = to_file ? fopen(d->out_path, "wb") : stdout, .whole = cases.text.n, .started = main_clock()};
    if (!b.to) return err_set(err, ERR_IO, "main", "%s cannot be written: %s", d->out_path, strerror(errno));
    b.a = arena_new(0);
    bool ok = decide_all(&b, &cases);
    arena_free(b.a);
    ok = (to_file ? fclose(b.to) : fflush(b.to)) == 0 && ok;
    if (!ok) return err_set(err, ERR_IO, "main", "the results could not be written whole: %s", strerror(errno));
    if (to_file) printf("%zu cases, %zu refused\n", b.done, b.refused);
    return b.refused == 0 || err_set(err, ERR_INVALID, "main", "%zu of %zu cases were refused", b.refused, b.done);
}

/* ---- the verb ------------------------------------------------------------------------------------------------------------ */
typedef struct DecisionVerb {
    const char *name;
    bool (*run)(Decision *d, Err *err); /* or … */
    int (*look)(Decision *d);           /* … a check, with a code of its own */
    bool wants_decision, wants_input, wants_in;
    bool lenient;                       /* a faulty model can be looked at too */
} DecisionVerb;
static const DecisionVerb verbs[] = {
    {"eval", eval, NULL, true, true, false, false},
    {"batch", batch, NULL, true, false, true, false},
    {"analyse", NULL, main_decision_analyse, false, false, false, true},
    {"coverage", NULL, main_decision_coverage, false, false, true, false},
    {"generate-tests", NULL, main_decision_tests, false, false, false, false},
};

static int run_verb(const DecisionVerb *verb, Decision *d) {
    Err err = {0};
    if (!load_model(d, verb->lenient, &err)) return main_trouble(&err);
    if (verb->look) return verb->look(d);
    return verb->run(d, &err) ? EXIT_YES : main_trouble(&err);
}

int main_decision(int argc, char **argv) {
    const DecisionVerb *verb = NULL;
    for (size_t i = 0; argc > 1 && i < COUNT_OF(verbs); i++)
        if (strcmp(argv[1], verbs[i].name) == 0) verb = &verbs[i];
    Decision d = {0};
    if (!verb || !parse_options(argc - 1, argv + 1, &d)) return EXIT_USAGE;
    if ((verb->wants_decision && !d.decision_name) || (verb->wants_input && !d.input) || (verb->wants_in && !d.in_path)) return EXIT_USAGE;
    d.a = arena_new((size_t)2 << 30);
    int code = run_verb(verb, &d);
    arena_free(d.a);
    return code;
}
