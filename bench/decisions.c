/* How fast decisions and expressions are, in the form that the side-by-side run of other engines reads.
 * Usage: decisions WORKDIR, with traffic.dmn, fee200.dmn, their cases (*.ndjson) and mix.json inside.
 * Prints one JSON line a work: {"engine":"ours","work":…,"eps":…,"us":…,"load_ms":…,"rss_mb":…,"bad":…};
 * us is the best of several passes, as the C floor measures itself. Every answer is checked; it never
 * prints a time for a work without saying how many answers were wrong. */
#include "dmn/dmn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_BYTES = 8 << 20, MOST_CASES = 100000, MOST_INPUTS = 16 };
static const double ROUND_SECONDS = 0.0005, WORK_SECONDS = 0.25;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void require(bool ok, const char *what) {
    if (ok) return;
    fprintf(stderr, "decisions: %s\n", what);
    exit(1);
}

static Str read_file(Arena *a, const char *dir, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    require(f != NULL, path);
    char *p = arena_alloc(a, MOST_BYTES);
    size_t n = fread(p, 1, MOST_BYTES, f);
    require(n < MOST_BYTES, path);
    fclose(f);
    return (Str){p, n};
}

static double resident_mb(void) {
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1) pages = 0;
    if (f != NULL) fclose(f);
    return (double)pages * 4096 / 1048576;
}

/* ---- timing ---------------------------------------------------------------------------------- */
typedef void (*Pass)(void *work); /* does `cases` evaluations */

/* Seconds of one pass: the best of many rounds, each long enough for the clock and short enough to fit
 * between two interruptions. */
static double best_of(Pass pass, void *work) {
    double start = now();
    pass(work);
    double best = now() - start;
    int repeat = best > ROUND_SECONDS ? 1 : (int)(ROUND_SECONDS / best) + 1;
    while (now() < start + WORK_SECONDS) {
        double from = now();
        for (int r = 0; r < repeat; r++) pass(work);
        double took = (now() - from) / repeat;
        if (took < best) best = took;
    }
    return best;
}

static void report(const char *work, const char *kind, double seconds, double evaluations, double load_ms, size_t bad) {
    double us = seconds / evaluations * 1e6;
    printf("{\"engine\":\"ours\",\"work\":\"%s%s\",\"eps\":%.0f,\"us\":%.5f,\"load_ms\":%.3f,\"rss_mb\":%.0f,"
           "\"bad\":%zu}\n",
           work, kind, 1e6 / us, us, load_ms, resident_mb(), bad);
    fflush(stdout);
}

/* ---- one table, its cases -------------------------------------------------------------------- */
typedef struct Cases {
    const DmnModel *m;  /* with one decision */
    size_t n, n_inputs; /* cases; input data */
    Value *inputs;      /* case × input data */
    Str *texts;         /* by case: its inputs as JSON */
    Value *wants;       /* by case: the right answer */
    size_t from, to;    /* cases that a pass decides */
    Arena *scratch;     /* one evaluation */
    size_t bad;         /* wrong answers of the last check */
    bool checking;      /* compare instead of only computing */
    size_t sink;        /* keeps the results alive */
} Cases;

static DmnModel *load(Arena *a, const char *name, Str bytes) {
    DmnSource source = {str_of(name), bytes};
    ErrList faults = {.a = a};
    DmnModel *m = NULL;
    bool ok = dmn_load(&source, 1, (DmnOptions){0}, a, &faults, &m);
    for (size_t i = 0; i < faults.n; i++) fprintf(stderr, STR_FMT "\n", STR_ARG(err_line(a, &faults.items[i])));
    require(ok, name);
    return m;
}

typedef struct Loading {
    const char *name; /* file name */
    Str bytes;        /* its content */
    Arena *a;         /* reset after each */
} Loading;

static void pass_load(void *work) {
    Loading *l = work;
    load(l->a, l->name, l->bytes);
    arena_reset(l->a);
}

static void read_case(Cases *c, Arena *a, Str line) {
    Value v;
    require(json_parse(line, (JsonLimits){0}, a, &v, NULL), "a case is not JSON");
    Value in = value_get(v, "in"), *inputs = &c->inputs[c->n * c->n_inputs];
    for (size_t i = 0; i < c->n_inputs; i++)
        require(value_find(in, dmn_input_name(c->m, (int)i), &inputs[i]), "a case lacks an input");
    c->texts[c->n] = json_text(a, in);
    c->wants[c->n++] = value_get(v, "out");
}

static Cases read_cases(Arena *a, const DmnModel *m, Str lines) {
    Cases c = {.m = m, .n_inputs = dmn_input_count(m), .scratch = arena_new(0)};
    require(c.n_inputs > 0 && c.n_inputs <= MOST_INPUTS, "the model has no inputs, or too many");
    c.inputs = NEW_ARRAY(a, Value, MOST_CASES * c.n_inputs);
    c.texts = NEW_ARRAY(a, Str, MOST_CASES);
    c.wants = NEW_ARRAY(a, Value, MOST_CASES);
    while (lines.n > 0 && c.n < MOST_CASES) {
        Str line = str_cut(lines, '\n', &lines);
        if (line.n > 0) read_case(&c, a, line);
    }
    return c;
}

/* ---- ways to decide -------------------------------------------------------------------------- */
static void take(Cases *c, size_t i, Value answer) {
    c->sink += answer.size;
    if (c->checking) c->bad += !value_same(answer, c->wants[i]);
    arena_reset(c->scratch);
}

static void pass_typed(void *work) {
    Cases *c = work;
    for (size_t i = c->from; i < c->to; i++) {
        FeelRun run = {.arena = c->scratch, .fuel = FEEL_FUEL};
        take(c, i, dmn_decide(c->m, 0, &c->inputs[i * c->n_inputs], &run, NULL));
    }
}

static void pass_traced(void *work) {
    Cases *c = work;
    for (size_t i = c->from; i < c->to; i++) {
        FeelRun run = {.arena = c->scratch, .fuel = FEEL_FUEL};
        DmnTrace trace = {.a = c->scratch};
        Value answer = dmn_decide(c->m, 0, &c->inputs[i * c->n_inputs], &run, &trace);
        if (c->checking)
            c->bad += trace.n != 1 || trace.hits[0].n_rules != 1 || !value_same(trace.hits[0].output, answer);
        take(c, i, answer);
    }
}

/* From the text of a request to the text of its answer. */
static void pass_json(void *work) {
    Cases *c = work;
    for (size_t i = c->from; i < c->to; i++) {
        FeelRun run = {.arena = c->scratch, .fuel = FEEL_FUEL};
        Value inputs;
        require(json_parse(c->texts[i], (JsonLimits){0}, c->scratch, &inputs, NULL), "a case is not JSON");
        Str text = json_text(c->scratch, dmn_decide_ctx(c->m, 0, inputs, &run, NULL));
        c->sink += text.n;
        if (c->checking) {
            Value answer;
            bool read = json_parse(text, (JsonLimits){0}, c->scratch, &answer, NULL);
            c->bad += !read || !value_same(answer, c->wants[i]);
        }
        arena_reset(c->scratch);
    }
}

/* ---- columns --------------------------------------------------------------------------------- */
typedef struct Columns {
    const Cases *cases;            /* whose inputs they hold */
    size_t n;                      /* cases, the same ones again and again */
    DmnColumn inputs[MOST_INPUTS]; /* text as codes, numbers as integers, truth values as bytes */
    const DmnModel *versions[2];   /* of one law; the second is NULL when only one is asked */
    DmnOutcomes outcomes[2];       /* by version */
    Arena *scratch;                /* one batch */
    uint32_t *pairs;               /* cases by outcome of the one × outcome of the other version */
    size_t changed;                /* cases whose outcome differs */
} Columns;

static size_t place_of(Value *values, size_t *n, Value v) {
    for (size_t i = 0; i < *n; i++)
        if (value_same(values[i], v)) return i;
    require(*n < UINT16_MAX, "too many different texts");
    values[*n] = v;
    return (*n)++;
}

static void fill_column(Arena *a, const Cases *c, size_t input, size_t n, DmnColumn *out) {
    uint16_t *codes = NEW_ARRAY(a, uint16_t, n);
    int64_t *ints = NEW_ARRAY(a, int64_t, n);
    uint8_t *bools = NEW_ARRAY(a, uint8_t, n);
    Value *values = NEW_ARRAY(a, Value, c->n);
    ValueKind kind = c->inputs[input].kind;
    for (size_t i = 0; i < n; i++) {
        Value v = c->inputs[i % c->n * c->n_inputs + input];
        require(v.kind == kind, "a column holds two kinds of values");
        if (kind == VALUE_NUMBER) require(value_to_int(v, &ints[i]), "a number is no integer");
        if (kind == VALUE_BOOL) bools[i] = value_is_true(v);
        if (kind == VALUE_STRING) codes[i] = (uint16_t)place_of(values, &out->n_values, v);
    }
    out->ints = kind == VALUE_NUMBER ? ints : NULL;
    out->bools = kind == VALUE_BOOL ? bools : NULL;
    out->codes = kind == VALUE_STRING ? codes : NULL;
    out->values = values;
}

static Columns make_columns(Arena *a, const Cases *c, size_t n) {
    Columns columns = {.cases = c, .n = n, .versions = {c->m}, .scratch = arena_new(0)};
    for (size_t i = 0; i < c->n_inputs; i++) fill_column(a, c, i, n, &columns.inputs[i]);
    for (int v = 0; v < 2; v++) columns.outcomes[v].codes = NEW_ARRAY(a, uint32_t, n);
    return columns;
}

static void decide_version(Columns *c, int version) {
    FeelRun run = {.arena = c->scratch, .fuel = FEEL_FUEL};
    dmn_decide_columns(c->versions[version], 0, c->inputs, c->n, &run, &c->outcomes[version]);
}

static void pass_columns(void *work) {
    Columns *c = work;
    arena_reset(c->scratch);
    decide_version(c, 0);
}

/* Two versions of one law over the same cases: rule by rule, then which pairs of outcomes differ. */
static void pass_diff(void *work) {
    Columns *c = work;
    const DmnOutcomes *x = &c->outcomes[0], *y = &c->outcomes[1];
    arena_reset(c->scratch);
    decide_version(c, 0);
    decide_version(c, 1);
    c->pairs = NEW_ARRAY(c->scratch, uint32_t, x->n * y->n);
    c->changed = 0;
    for (size_t i = 0; i < c->n; i++) c->pairs[x->codes[i] * y->n + y->codes[i]]++;
    for (size_t i = 0; i < x->n * y->n; i++)
        if (c->pairs[i] > 0 && !value_same(x->items[i / y->n].value, y->items[i % y->n].value))
            c->changed += c->pairs[i];
}

static void bench_columns(Arena *a, const char *name, const Cases *cases, double load_ms) {
    Columns c = make_columns(a, cases, cases->n);
    size_t bad = 0;
    pass_columns(&c);
    for (size_t i = 0; i < c.n; i++)
        bad += !value_same(c.outcomes[0].items[c.outcomes[0].codes[i]].value, cases->wants[i]);
    report(name, ":columns", best_of(pass_columns, &c), (double)c.n, load_ms, bad);
    arena_free(c.scratch);
}

/* Cases whose answer changes, found one by one. */
static size_t count_changed(const Cases *c, const DmnModel *other) {
    size_t changed = 0;
    for (size_t i = 0; i < c->n; i++) {
        FeelRun run = {.arena = c->scratch, .fuel = FEEL_FUEL};
        changed += !value_same(c->wants[i], dmn_decide(other, 0, &c->inputs[i * c->n_inputs], &run, NULL));
        arena_reset(c->scratch);
    }
    return changed;
}

/* 510,000 cases under the law and under a draft in which 100 days are enough where 365 were needed. */
static void bench_diff(Arena *a, const Cases *cases, Str law) {
    char *draft = str_c(a, law);
    for (char *p = draft; (p = strstr(p, "= 365")) != NULL;) memcpy(p, "= 100", 5);
    Columns c = make_columns(a, cases, 510000);
    c.versions[1] = load(a, "draft.dmn", (Str){draft, law.n});
    pass_diff(&c);
    size_t want = count_changed(cases, c.versions[1]) * (c.n / cases->n);
    report("traffic", ":diff", best_of(pass_diff, &c), (double)c.n, 0, want == 0 || c.changed != want);
    arena_free(c.scratch);
}

/* A pass that takes long is cut into slices, each with its own best time. */
static void measure(const char *work, const char *kind, Pass pass, size_t slices, Cases *c, double load_ms) {
    double seconds = 0;
    size_t bad = 0;
    for (size_t s = 0; s < slices; s++) {
        c->from = s * c->n / slices;
        c->to = (s + 1) * c->n / slices;
        c->checking = true;
        c->bad = 0;
        pass(c);
        bad += c->bad;
        c->checking = false;
        seconds += best_of(pass, c);
    }
    report(work, kind, seconds, (double)c->n, load_ms, bad);
}

static void bench_table(const char *dir, const char *name) {
    char file[64];
    Arena *a = arena_new(0);
    snprintf(file, sizeof file, "%s.dmn", name);
    Loading loading = {file, read_file(a, dir, file), arena_new(0)};
    double load_ms = best_of(pass_load, &loading) * 1e3;
    arena_free(loading.a);
    DmnModel *m = load(a, file, loading.bytes);
    snprintf(file, sizeof file, "%s.ndjson", name);
    Cases c = read_cases(a, m, read_file(a, dir, file));
    measure(name, "", pass_typed, 1, &c, load_ms);
    measure(name, ":trace", pass_traced, 1, &c, load_ms);
    measure(name, ":json", pass_json, 10, &c, load_ms);
    bench_columns(a, name, &c, load_ms);
    if (strcmp(name, "traffic") == 0) bench_diff(a, &c, loading.bytes);
    arena_free(c.scratch);
    arena_free(a);
}

/* ---- expressions ----------------------------------------------------------------------------- */
typedef struct Expression {
    const FeelScope *scope; /* the names of the context */
    Str text;               /* FEEL */
    const FeelCode *code;   /* compiled from it */
    FeelFrame frame;        /* the context's values */
    Arena *scratch;         /* one evaluation */
    size_t sink;            /* keeps the results alive */
} Expression;

enum { EVALUATIONS = 1000 };

static void pass_feel(void *work) {
    Expression *e = work;
    for (int i = 0; i < EVALUATIONS; i++) {
        FeelRun run = {.arena = e->scratch, .fuel = FEEL_FUEL};
        e->sink += feel_eval(&run, e->code, &e->frame).kind;
        arena_reset(e->scratch);
    }
}

static void pass_compile(void *work) {
    Expression *e = work;
    const FeelCode *code;
    require(feel_compile(e->scope, FEEL_EXPRESSION, e->text, e->scratch, &code, NULL, NULL),
            "an expression is refused");
    arena_reset(e->scratch);
}

static void bench_expression(Arena *a, Expression e, Value item) {
    char kind[64];
    Err err = {0};
    e.text = value_get_str(item, "feel");
    require(feel_compile(e.scope, FEEL_EXPRESSION, e.text, a, &e.code, NULL, &err), err.text);
    snprintf(kind, sizeof kind, ":" STR_FMT, STR_ARG(value_get_str(item, "id")));
    FeelRun run = {.arena = e.scratch, .fuel = FEEL_FUEL};
    size_t bad = !value_same(feel_eval(&run, e.code, &e.frame), value_get(item, "expect"));
    report("mix", kind, best_of(pass_feel, &e), EVALUATIONS, best_of(pass_compile, &e) * 1e3, bad);
}

static void bench_mix(const char *dir) {
    Arena *a = arena_new(0);
    Value mix;
    require(json_parse(read_file(a, dir, "mix.json"), (JsonLimits){0}, a, &mix, NULL), "mix.json is not JSON");
    Value context = value_get(mix, "ctx"), items = value_get(mix, "mix");
    FeelScope *scope = feel_scope_inner(a, feel_scope_root(a, FEEL_STANDARD, NULL, NULL));
    Value *slots = NEW_ARRAY(a, Value, context.size);
    for (uint32_t i = 0; i < context.size; i++)
        slots[feel_scope_add(scope, context.u.ctx[i].key, NULL)] = context.u.ctx[i].value;
    Expression e = {.scope = scope, .frame = {NULL, slots}, .scratch = arena_new(0)};
    for (uint32_t i = 0; i < items.size; i++) bench_expression(a, e, items.u.list[i]);
    arena_free(e.scratch);
    arena_free(a);
}

int main(int argc, char **argv) {
    require(argc == 2, "usage: decisions WORKDIR");
    bench_table(argv[1], "traffic");
    bench_table(argv[1], "fee200");
    bench_mix(argv[1]);
    return 0;
}
