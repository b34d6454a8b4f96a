/* Analysis of decision tables: it finds exactly what looking at every combination of values finds (random
 * tables), each witness shows what it claims, and it is quick enough to run while somebody types. */
#include "help.h"

#include <time.h>

/* ---- a table from rows of text ------------------------------------------------------------------------------ */
typedef struct Sheet { /* cells and output of each rule, separated by | */
    const char *policy;
    const char *types[4]; /* of the inputs a b c d; NULL ends */
    const char *extra;    /* inside the first input: inputValues, or "" */
    const char *output;   /* inside the output: outputValues, defaultOutputEntry, or "" */
    const char *const *rules;
    size_t n;
} Sheet;

static DmnModel *sheet_load(Arena *a, const Sheet *s) {
    Buf b = {.a = a};
    buf_c(&b, HEAD("sheet"));
    for (int i = 0; i < 4 && s->types[i]; i++)
        buf_printf(&b, "<inputData id='%c' name='%c'><variable name='%c' typeRef='%s'/></inputData>", 'a' + i, 'a' + i, 'a' + i, s->types[i]);
    buf_c(&b, "<decision id='out' name='out'>");
    for (int i = 0; i < 4 && s->types[i]; i++) buf_printf(&b, "<informationRequirement><requiredInput href='#%c'/></informationRequirement>", 'a' + i);
    buf_printf(&b, "<decisionTable hitPolicy='%s'>", s->policy);
    for (int i = 0; i < 4 && s->types[i]; i++)
        buf_printf(&b, "<input><inputExpression typeRef='%s'><text>%c</text></inputExpression>%s</input>", s->types[i], 'a' + i, i == 0 ? s->extra : "");
    buf_printf(&b, "<output>%s</output>", s->output);
    for (size_t r = 0; r < s->n; r++) {
        buf_printf(&b, "<rule id='r%zu'>", r);
        Str rest = str_of(s->rules[r]), cell;
        for (int i = 0; i < 4 && s->types[i]; i++) {
            cell = str_trim(str_cut(rest, '|', &rest));
            buf_c(&b, "<inputEntry><text>");
            buf_html(&b, cell);
            buf_c(&b, "</text></inputEntry>");
        }
        buf_c(&b, "<outputEntry><text>");
        buf_html(&b, str_trim(rest));
        buf_c(&b, "</text></outputEntry></rule>");
    }
    buf_c(&b, "</decisionTable></decision>" TAIL);
    return help_load_with(a, buf_str(&b), (DmnOptions){.lenient = true});
}

/* The findings as lines: kind, rules (1-based), witness, area. */
static const char *findings(Arena *a, const DmnModel *m) {
    Buf b = {.a = a};
    FeelRun run = help_run(a);
    DmnFindings found = {.a = a};
    dmn_analyse(m, 0, &run, &found);
    for (size_t i = 0; i < found.n; i++) {
        const DmnFinding *f = &found.items[i];
        buf_printf(&b, "%s%s", i ? "; " : "", dmn_finding_name(f->kind));
        if (f->rule >= 0) buf_printf(&b, " %d", f->rule + 1);
        if (f->other >= 0) buf_printf(&b, "/%d", f->other + 1);
        if (f->input >= 0) buf_printf(&b, " input %d", f->input + 1);
        for (size_t c = 0; f->witness && c < dmn_columns(m, 0); c++)
            buf_printf(&b, " %s in %s", str_c(a, feel_text(a, f->witness[c], true)), str_c(a, f->area[c]));
    }
    return str_c(a, buf_str(&b));
}

#define EXPECT(sheet, text) assert_string_equal(findings(*state, sheet_load(*state, &(sheet))), text)
#define RULES(...) .rules = (const char *const[]){__VA_ARGS__}, .n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), .extra = "", .output = ""

static void gaps(void **state) {
    Sheet ages = {"UNIQUE", {"number"}, RULES("< 14 | 1", "[18..60) | 2", "> 60 | 3")};
    EXPECT(ages, "gap 14 in [14..18), 60");
    ages.output = "<defaultOutputEntry><text>0</text></defaultOutputEntry>";
    EXPECT(ages, "");
    Sheet both = {"UNIQUE", {"boolean", "string"}, RULES("true | \"x\", \"y\" | 1", "false | not(\"x\") | 2")};
    EXPECT(both, "gap true in true \"other\" in not(\"x\", \"y\"); gap false in false \"x\" in \"x\"");
    /* Days are counted, so nothing lies between the 28th and the 1st. */
    Sheet days = {"UNIQUE", {"date"}, RULES("<= @\"2025-02-28\" | 1", ">= @\"2025-03-02\" | 2")};
    EXPECT(days, "gap @\"2025-03-01\" in (@\"2025-02-28\"..@\"2025-03-02\")");
    Sheet whole = {"UNIQUE", {"date"}, RULES("<= @\"2025-02-28\" | 1", ">= @\"2025-03-01\" | 2")};
    EXPECT(whole, "");
}

static void allowed_values(void **state) {
    Sheet s = {"UNIQUE", {"string"}, RULES("\"a\" | 1", "\"c\" | 2")};
    s.extra = "<inputValues><text>\"a\",\"b\"</text></inputValues>";
    EXPECT(s, "gap \"b\" in \"b\"; dead 2 input 1 \"a\" in -");
}

static void overlaps(void **state) {
    Sheet s = {"UNIQUE", {"number", "boolean"}, RULES("<= 5 | - | 1", ">= 5 | true | 1", ">= 5 | false | 2", "> 5 | - | 2")};
    EXPECT(s, "overlap 1/2 5 in 5 true in true; conflict 1/3 5 in 5 false in false; conflict 2/4 6 in > 5 true in true; "
              "overlap 3/4 6 in > 5 false in false");
    s.policy = "ANY";
    EXPECT(s, "conflict 1/3 5 in 5 false in false; conflict 2/4 6 in > 5 true in true");
}

static void masked(void **state) {
    Sheet s = {"FIRST", {"number"}, RULES("< 10 | 1", ">= 5 | 2", "[3..20] | 3", "not(7) | 4")};
    EXPECT(s, "masked 3/1 3 in [3..20]; masked 4/1 2 in < 7, > 7");
    Sheet p = {"PRIORITY", {"number"}, RULES("< 10 | \"low\"", "- | \"high\"", "> 3 | \"low\"")};
    p.output = "<outputValues><text>\"high\",\"low\"</text></outputValues>";
    EXPECT(p, "masked 1/2 2 in < 10; masked 3/2 4 in > 3");
}

static void dead(void **state) {
    Sheet s = {"COLLECT", {"number", "boolean"}, RULES("[5..3] | - | 1", "\"x\" | true | 2", "- | - | 3")};
    EXPECT(s, "dead 1 input 1 0 in - false in -; dead 2 input 1 0 in - true in true");
}

static void expressions_are_not_guessed(void **state) {
    Sheet s = {"FIRST", {"number", "number"}, RULES("? > b | - | 1", "- | < 3 | 2", "< 0 | < 2 | 3")};
    EXPECT(s, "masked 3/2 -1 in < 0 1 in < 2; inexact 1 input 1");
}

static void null_counts_where_it_is_named(void **state) {
    Sheet s = {"UNIQUE", {"boolean"}, RULES("null | 1", "true | 2")};
    EXPECT(s, "gap false in false");
}

/* ---- random tables against every combination ------------------------------------------------------------------- */
static uint64_t seed = 88172645463325252;
static unsigned pick(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % n);
}
static const char *const number_cells[] = {"-", "1", "< 2", ">= 2", "[1..3]", "(1..3)", "1, 3", "not(2)", "not(< 1, > 3)", "> 3", "[3..1]"};
static const char *const text_cells[] = {"-", "\"x\"", "\"y\"", "\"x\", \"z\"", "not(\"x\")"};
static const char *const flag_cells[] = {"-", "true", "false"};
/* One value of each class that the cells above can tell apart. */
static const char *const numbers[] = {"0", "1", "1.5", "2", "2.5", "3", "4"}, *const words[] = {"\"x\"", "\"y\"", "\"z\"", "\"w\""}, *const flags[] = {"true", "false"};

typedef struct Seen { /* by looking at every combination */
    bool gap, pair, conflict;
    bool decides[8]; /* by rule */
} Seen;

static void look_at(Arena *a, const DmnModel *m, const char *inputs, Seen *seen) {
    FeelRun run = help_run(a);
    DmnTrace trace = {.a = a};
    DmnRuleWhy why[8];
    dmn_decide_ctx(m, 0, help_json(a, inputs), &run, &trace);
    const DmnHit *hit = &trace.hits[0];
    DmnHit blank = *hit;
    blank.n_rules = 0;
    dmn_why(m, &blank, &run, why);
    int first = -1;
    for (size_t r = 0; r < dmn_rules(m, 0); r++) {
        if (why[r].why == DMN_CELL_FAILED) continue;
        if (first >= 0) seen->pair = true;
        if (first >= 0 && !str_eq(dmn_output_text(m, 0, first, 0), dmn_output_text(m, 0, (int)r, 0))) seen->conflict = true;
        if (first < 0) seen->decides[r] = true, first = (int)r;
    }
    if (first < 0) seen->gap = true;
}

static void compare(Arena *a, const Sheet *s) {
    DmnModel *m = sheet_load(a, s);
    Seen seen = {0}, told = {.decides = {1, 1, 1, 1, 1, 1, 1, 1}};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        for (size_t k = 0; k < COUNT_OF(words); k++)
            for (size_t f = 0; f < COUNT_OF(flags); f++)
                look_at(a, m, str_c(a, str_printf(a, "{\"a\":%s,\"b\":%s,\"c\":%s}", numbers[i], words[k], flags[f])), &seen);
    FeelRun run = help_run(a);
    DmnFindings found = {.a = a};
    dmn_analyse(m, 0, &run, &found);
    bool first = s->policy[0] == 'F';
    for (size_t i = 0; i < found.n; i++) {
        const DmnFinding *f = &found.items[i];
        told.gap |= f->kind == DMN_GAP;
        told.pair |= f->kind == DMN_OVERLAP || f->kind == DMN_CONFLICT;
        told.conflict |= f->kind == DMN_CONFLICT;
        if (f->kind == DMN_MASKED || f->kind == DMN_DEAD) told.decides[f->rule] = false;
    }
    assert_int_equal(told.gap, seen.gap);
    if (!first) assert_int_equal(told.pair, seen.pair);
    if (!first) assert_int_equal(told.conflict, seen.conflict);
    for (size_t r = 0; first && r < s->n; r++) assert_int_equal(told.decides[r], seen.decides[r]);
}

static void agrees_with_every_combination(void **state) {
    for (int round = 0; round < 300; round++) {
        Arena *a = arena_new(0);
        const char *rules[8];
        size_t n = 1 + pick(7);
        for (size_t r = 0; r < n; r++)
            rules[r] = str_c(a, str_printf(a, "%s|%s|%s|%u", number_cells[pick(COUNT_OF(number_cells))], text_cells[pick(COUNT_OF(text_cells))],
                                           flag_cells[pick(COUNT_OF(flag_cells))], pick(3)));
        compare(a, &(Sheet){pick(2) ? "FIRST" : "UNIQUE", {"number", "string", "boolean"}, "", "", rules, n});
        arena_free(a);
    }
    (void)state;
}

/* ---- time ---------------------------------------------------------------------------------------------------------- */
static void large_table_is_quick(void **state) {
    Arena *a = *state;
    const char *rules[200];
    for (int r = 0; r < 200; r++)
        rules[r] = str_c(a, str_printf(a, "\"p%d\"|\"c%d\"|[%d..%d]|-|%d", r / 20, r / 4 % 5, r % 4 * 20, r % 4 * 20 + 19 + (r == 77), r));
    Sheet s = {"UNIQUE", {"string", "string", "number", "boolean"}, "", "", rules, 200};
    DmnModel *m = sheet_load(a, &s);
    FeelRun run = help_run(a);
    double best = 1e9;
    DmnFindings found = {.a = a};
    for (int i = 0; i < 5; i++) {
        struct timespec t0, t1;
        found = (DmnFindings){.a = a};
        clock_gettime(CLOCK_MONOTONIC, &t0);
        dmn_analyse(m, 0, &run, &found);
        clock_gettime(CLOCK_MONOTONIC, &t1);
        double ms = (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
        if (ms < best) best = ms;
    }
    print_message("# 200 rules, 4 inputs, %zu findings: %.2f ms\n", found.n, best);
    assert_int_equal(found.items[found.n - 1].kind, DMN_CONFLICT);
    assert_int_equal(found.items[found.n - 1].rule, 77);
    assert_true(best < 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(gaps), TEST(allowed_values), TEST(overlaps), TEST(masked), TEST(dead), TEST(expressions_are_not_guessed),
        TEST(null_counts_where_it_is_named), TEST(agrees_with_every_combination), TEST(large_table_is_quick),
    };
    return cmocka_run_group_tests_name("dmn analyse", tests, NULL, NULL);
}
