/* yichuang feel: evaluates one FEEL expression, or a file of them, and says why when the answer is null. It never
 * leaves a line of a file out: what is not FEEL has its line in the results too, so that they stay in step. */
#include "main/decision_in.h"

#include <getopt.h>
#include <string.h>

const char main_feel_usage[] =
    "usage: yichuang feel EXPRESSION [options]\n"
    "       yichuang feel --batch FILE [options]\n"
    "Evaluates a FEEL expression (DMN 1.5).\n"
    "  --batch FILE         evaluate each line of FILE, a result a line; a line that is not FEEL gives\n"
    "                       {\"error\": {\"line\": …, \"text\": …}}\n"
    "  --context JSON       values of names: '{\"age\": 17}'\n"
    "  --dialect camunda    its further functions and readings too\n"
    "  --json               print JSON rather than FEEL\n"
    "  --explain            tell the chain of causes of a null: kind, place, types\n"
    "Exit: 0 evaluated (null too), 1 not FEEL or bad context, 2 wrong use.\n";

typedef struct FeelJob { /* as asked for */
    const char *text, *context, *batch;
    bool json, explain;
    FeelDialect dialect;
} FeelJob;

FeelRun main_feel_run(Arena *a) { return (FeelRun){.arena = a, .fuel = FEEL_FUEL, .now_us = main_now_us()}; }

static bool parse_options(int argc, char **argv, FeelJob *job) {
    static const struct option options[] = {
        {"context", required_argument, NULL, 'c'}, {"dialect", required_argument, NULL, 'd'}, {"json", no_argument, NULL, 'j'},
        {"explain", no_argument, NULL, 'e'}, {"batch", required_argument, NULL, 'b'}, {0},
    };
    /* An expression may begin with a minus, which is no option. */
    bool first = argc > 1 && strncmp(argv[1], "--", 2) != 0;
    if (first) job->text = argv[1];
    optind = first ? 2 : 1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == '?') return false;
        if (c == 'c') job->context = optarg;
        if (c == 'b') job->batch = optarg;
        if (c == 'j') job->json = true;
        if (c == 'e') job->explain = true;
        if (c != 'd') continue;
        if (strcmp(optarg, "camunda") != 0 && strcmp(optarg, "standard") != 0) return false;
        job->dialect = strcmp(optarg, "camunda") == 0 ? FEEL_CAMUNDA : FEEL_STANDARD;
    }
    if (job->batch) return !first && optind == argc;
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
static FeelScope *scope_of(const FeelJob *job, Value context, Arena *a) {
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, job->dialect, NULL, NULL));
    for (uint32_t i = 0; i < context.size; i++) feel_scope_add(scope, feel_name(a, context.u.ctx[i].key), feel_type(FEEL_ANY));
    return scope;
}

static Value *slots_of(Value context, Arena *a) {
    Value *slots = NEW_ARRAY(a, Value, context.size);
    for (uint32_t i = 0; i < context.size; i++) slots[i] = context.u.ctx[i].value;
    return slots;
}

/* In one line: what failed, and what lay beneath it all (fuel spent, a date that is none). */
static void print_cause(const ValueCause *top) {
    const ValueCause *root = top;
    for (int depth = 0; root->cause && depth < 1000; depth++) root = root->cause;
    fprintf(stderr, "null, %s: " STR_FMT, top->kind, STR_ARG(top->text));
    if (root != top) fprintf(stderr, "; because of %s: " STR_FMT, root->kind, STR_ARG(root->text));
    fputc('\n', stderr);
}

static void print_result(const FeelJob *job, Str text, Value v, Arena *a) {
    if (job->json && job->explain) {
        ValueBuild b = {.a = a};
        build_c(&b, "result", v);
        build_c(&b, "causes", main_causes(v, a));
        main_print_value(build_ctx(&b), true, a);
        return;
    }
    main_print_value(v, job->json, a);
    if (job->explain) main_print_causes(stdout, v, text);
    else if (!job->batch && v.kind == VALUE_NULL && v.u.cause) print_cause(v.u.cause);
}

static bool evaluate(const FeelJob *job, const FeelScope *scope, Value *slots, Str text, Arena *a, Value *out, Err *err) {
    const FeelCode *code;
    ErrList notes = {.a = a};
    TRY(feel_compile(scope, FEEL_EXPRESSION, text, a, &code, &notes, err));
    for (size_t i = 0; i < notes.n && !job->batch; i++) fprintf(stderr, "note: %s\n", notes.items[i].text);
    FeelRun run = main_feel_run(a);
    *out = feel_eval(&run, code, &(FeelFrame){.slots = slots});
    return true;
}

static bool run_job(const FeelJob *job, Arena *a, Err *err) {
    Value context, result;
    TRY(read_context(job, a, &context, err));
    TRY(evaluate(job, scope_of(job, context, a), slots_of(context, a), str_of(job->text), a, &result, err));
    print_result(job, str_of(job->text), result, a);
    return true;
}

/* ---- a file of expressions ------------------------------------------------------------------------------------ */
static Value refused(int64_t line, const Err *err, Arena *a) {
    ValueBuild inner = {.a = a}, outer = {.a = a};
    build_c(&inner, "line", value_int(line));
    build_c(&inner, "text", value_str(str_of(err->text)));
    build_c(&outer, "error", build_ctx(&inner));
    return build_ctx(&outer);
}

static bool run_batch(const FeelJob *job, Arena *a, Err *err) {
    Value context, result;
    Str rest;
    TRY(read_context(job, a, &context, err));
    TRY(main_read_file(job->batch, MAIN_MODEL_MAX, a, &rest, err));
    const FeelScope *scope = scope_of(job, context, a);
    Value *slots = slots_of(context, a);
    Arena *one = arena_new(0); /* an expression, then forgotten */
    int64_t lines = 0, bad = 0;
    while (rest.n > 0) {
        Err fault = {0};
        Str text = str_cut(rest, '\n', &rest);
        bool ok = evaluate(job, scope, slots, text, one, &result, &fault);
        lines++;
        if (ok) print_result(job, text, result, one);
        else main_print_value(refused(lines, &fault, one), job->json, one), bad++;
        arena_reset(one);
    }
    arena_free(one);
    return bad == 0 || err_set(err, ERR_INPUT, "main", "%lld of %lld lines are not FEEL", (long long)bad, (long long)lines);
}

int main_feel(int argc, char **argv) {
    FeelJob job = {0};
    if (!parse_options(argc, argv, &job)) return EXIT_USAGE;
    Arena *a = arena_new(0);
    Err err = {0};
    int code = (job.batch ? run_batch : run_job)(&job, a, &err) ? EXIT_YES : main_trouble(&err);
    arena_free(a);
    return code;
}
