/* yichuang feel: evaluates one FEEL expression, and says why when the answer is null. */
#include "main_decision_in.h"

#include <getopt.h>
#include <string.h>

const char main_feel_usage[] =
    "usage: yichuang feel EXPRESSION [options]\n"
    "Evaluates a FEEL expression (DMN 1.5).\n"
    "  --context JSON       values of names: '{\"age\": 17}'\n"
    "  --dialect camunda    its further functions and readings too\n"
    "  --json               print JSON rather than FEEL\n"
    "  --explain            tell the chain of causes of a null: kind, place, types\n"
    "Exit: 0 evaluated (null too), 1 not FEEL or bad context, 2 wrong use.\n";

typedef struct FeelJob { /* as asked for */
    const char *text, *context;
    bool json, explain;
    FeelDialect dialect;
} FeelJob;

FeelRun main_feel_run(Arena *a) { return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = main_now_us()}; }

static bool parse_options(int argc, char **argv, FeelJob *job) {
    static const struct option options[] = {
        {"context", required_argument, NULL, 'c'}, {"dialect", required_argument, NULL, 'd'}, {"json", no_argument, NULL, 'j'},
        {"explain", no_argument, NULL, 'e'}, {0},
    };
    /* An expression may begin with a minus, which is no option. */
    bool first = argc > 1 && strncmp(argv[1], "--", 2) != 0;
    if (first) job->text = argv[1];
    optind = first ? 2 : 1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?') return false;
        if (c == 'c') job->context = optarg;
        if (c == 'j') job->json = true;
        if (c == 'e') job->explain = true;
        if (c != 'd') continue;
        if (strcmp(optarg, "camunda") != 0 && strcmp(optarg, "standard") != 0) return false;
        job->dialect = strcmp(optarg, "camunda") == 0 ? FEEL_CAMUNDA : FEEL_STANDARD;
    }
    if (!first) job->text = argv[optind++];
    return job->text && optind == argc;
}

static bool read_context(const FeelJob *job, Arena *a, Value *out, Err *err) {
    *out = value_ctx(NULL, 0);
    if (!job->context) return true;
    if (!json_parse(str_of(job->context), (JsonLimits){0}, a, out, err)) return err_file(err, STR("--context")), false;
    return out->kind == VALUE_CONTEXT || err_set(err, ERR_INPUT, "main", "--context must be a JSON object");
}

/* What the caller calls by name, in the one frame of the expression. */
static bool compile(const FeelJob *job, Value context, Arena *a, const FeelCode **code, ErrList *notes, Err *err) {
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, job->dialect, NULL, NULL));
    for (uint32_t i = 0; i < context.size; i++) feel_scope_add(scope, feel_name(a, context.u.ctx[i].key), feel_type(FEEL_ANY));
    return feel_compile(scope, FEEL_EXPRESSION, str_of(job->text), a, code, notes, err);
}

static void print_result(const FeelJob *job, Value v, Arena *a) {
    if (job->json && job->explain) {
        ValueBuild b = {.a = a};
        build_c(&b, "result", v);
        build_c(&b, "causes", main_causes(v, a));
        main_print_value(build_ctx(&b), true, a);
        return;
    }
    main_print_value(v, job->json, a);
    if (job->explain) main_print_causes(stdout, v, str_of(job->text));
    else if (v.kind == VALUE_NULL && v.u.cause) fprintf(stderr, "null, %s: " STR_FMT "\n", v.u.cause->kind, STR_ARG(v.u.cause->text));
}

static bool run_job(const FeelJob *job, Arena *a, Err *err) {
    Value context;
    const FeelCode *code;
    ErrList notes = {.a = a};
    TRY(read_context(job, a, &context, err));
    TRY(compile(job, context, a, &code, &notes, err));
    for (size_t i = 0; i < notes.n; i++) fprintf(stderr, "note: %s\n", notes.items[i].text);
    Value *slots = NEW_ARRAY(a, Value, context.size);
    for (uint32_t i = 0; i < context.size; i++) slots[i] = context.u.ctx[i].value;
    FeelRun run = main_feel_run(a);
    print_result(job, feel_eval(&run, code, &(FeelFrame){.slots = slots}), a);
    return true;
}

int main_feel(int argc, char **argv) {
    FeelJob job = {0};
    if (!parse_options(argc, argv, &job)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    Err err = {0};
    int code = run_job(&job, a, &err) ? EXIT_YES : main_trouble(&err);
    arena_free(a);
    return code;
}
