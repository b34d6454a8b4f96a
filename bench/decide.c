/* How fast a decision is made from typed inputs in slot order, without and with a trace.
 * Usage: decide MODEL.dmn DECISION CASES.json; CASES is a list of {"answers": {…}}, as in a pack.
 * Prints name=value: load_ms, decisions, tables (per decision), decide_ns, traced_ns (medians of rounds),
 * bytes (of arena per decision). */
#include "dmn/dmn.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BYTES = 8 << 20, ROUNDS = 9, REPEAT = 200, MOST_CASES = 1000 };

typedef struct Bench {
    const DmnModel *m;         /* what decides */
    int decision;              /* in it */
    Value *inputs[MOST_CASES]; /* by slot, for each case */
    size_t n;                  /* cases */
    size_t bytes, tables;      /* used by the last pass */
} Bench;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static Str read_file(Arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) exit(2);
    char *p = arena_alloc(a, BYTES);
    size_t n = fread(p, 1, BYTES, f);
    fclose(f);
    return (Str){p, n};
}

/* Answers the case leaves out are false for booleans and 0 for numbers, so that most tables run deep. */
static Value missing(const FeelType *type) {
    if (type->kind == FEEL_BOOLEAN) return value_bool(false);
    if (type->kind == FEEL_NUMBER) return value_int(0);
    return type->kind == FEEL_STRING ? value_c("other") : value_null();
}

static void read_cases(Bench *b, Arena *a, Value cases) {
    size_t slots = dmn_input_count(b->m);
    for (uint32_t i = 0; i < cases.size && b->n < MOST_CASES; i++) {
        Value answers = value_get(cases.u.list[i], "answers");
        Value *inputs = b->inputs[b->n++] = NEW_ARRAY(a, Value, slots);
        for (size_t k = 0; k < slots; k++) {
            if (!value_find(answers, dmn_input_name(b->m, (int)k), &inputs[k]))
                inputs[k] = missing(dmn_input_type(b->m, (int)k));
        }
    }
}

static double pass(Bench *b, Arena *a, bool traced) {
    double from = now();
    b->bytes = b->tables = 0;
    for (int r = 0; r < REPEAT; r++) {
        for (size_t i = 0; i < b->n; i++) {
            FeelRun run = {.arena = a, .fuel = FEEL_FUEL};
            DmnTrace trace = {.a = a};
            dmn_decide(b->m, b->decision, b->inputs[i], &run, traced ? &trace : NULL);
            b->tables += trace.n;
            b->bytes += arena_used(a);
            arena_reset(a);
        }
    }
    return (now() - from) / (REPEAT) / (double)b->n * 1e9;
}

static int compare(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median_pass(Bench *b, Arena *a, bool traced) {
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) times[i] = pass(b, a, traced);
    qsort(times, ROUNDS, sizeof times[0], compare);
    return times[ROUNDS / 2];
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: decide MODEL.dmn DECISION CASES.json\n");
        return 2;
    }
    Arena *house = arena_new(0), *request = arena_new(0);
    DmnSource source = {str_of(argv[1]), read_file(house, argv[1])};
    ErrList faults = {.a = house};
    DmnModel *m;
    double from = now();
    if (!dmn_load(&source, 1, (DmnOptions){0}, house, &faults, &m)) {
        for (size_t i = 0; i < faults.n; i++) fprintf(stderr, STR_FMT "\n", STR_ARG(err_line(house, &faults.items[i])));
        return 1;
    }
    printf("load_ms=%.2f\n", (now() - from) * 1e3);
    Bench b = {.m = m, .decision = dmn_find(m, DMN_DECISION, str_of(argv[2]))};
    Value cases;
    if (b.decision < 0 || !json_parse(read_file(house, argv[3]), (JsonLimits){0}, house, &cases, NULL)) return 2;
    read_cases(&b, house, cases);
    double plain = median_pass(&b, request, false);
    size_t bytes = b.bytes / (b.n * (REPEAT));
    double traced = median_pass(&b, request, true);
    printf("cases=%zu\ntables=%.1f\ndecide_ns=%.0f\ntraced_ns=%.0f\nbytes=%zu\n", b.n,
           (double)b.tables / (double)(b.n * (REPEAT)), plain, traced, bytes);
    arena_free(house);
    arena_free(request);
    return 0;
}
