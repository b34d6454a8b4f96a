/* Decision tables: the index finds exactly the rules that running every cell would find (random
 * tables and inputs); the short ways for one case and for columns give what the general way gives; each
 * hit policy and aggregation; defaults; and why a rule did not decide. */
#include "help.h"

#include <stdlib.h>

/* ---- index ≡ interpreter --------------------------------------------------------------------- */
static uint64_t seed;

static unsigned pick(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % n);
}

static const char *const cells[] = {
    "-",
    "1",
    "2.50",
    "-3",
    "1, 2, 3",
    "&lt; 2",
    "&lt;= 2",
    "&gt; 2.5",
    "&gt;= 1",
    "[1..3]",
    "(1..3)",
    "]1..2.5]",
    "[-3..1), 3",
    "not(2)",
    "not(1, 2)",
    "not(&lt; 2)",
    "not([1..2], 3)",
    "\"a\"",
    "\"a\", \"b\"",
    "not(\"a\")",
    "not(\"a\",\"b\")",
    "\"\"",
    "true",
    "false",
    "not(true)",
    "null",
    "not(null)",
    "null, 1",
    "\"a\", 1, true",
    "not(\"a\", 1)",
    "? &gt; 1",
    "? = \"a\"",
    "date(\"2024-02-29\")",
    "&lt; date(\"2024-02-29\")",
    "[date(\"2024-01-01\")..date(\"2024-12-31\")]",
    "not(date(\"2024-02-29\"))",
    "@\"2024-02-29\"",
    "&gt;= @\"PT1H\"",
    "@\"PT1H\"",
    "other",
    "&lt; other",
    "[\"a\"..\"b\"]",
    "[1, 2]",
    "= 2",
    "!= 2",
    "1e20",
    "&gt; 99999999999999999999",
    "(null..2]",
    "[1..null)",
    "not([1..null])",
};
static const char *const inputs[] = {
    "1",
    "2",
    "2.5",
    "2.50",
    "2.49999999999999999999",
    "3",
    "-3",
    "0",
    "1e20",
    "100000000000000000000",
    "\"a\"",
    "\"b\"",
    "\"\"",
    "\"c\"",
    "true",
    "false",
    "null",
    "[1, 2]",
    "[1]",
    "{}",
    "date(\"2024-02-29\")",
    "date(\"2024-03-01\")",
    "date(\"2023-01-01\")",
    "duration(\"PT1H\")",
    "duration(\"P1Y\")",
    "date and time(\"2024-02-29T00:00:00\")",
    "time(\"10:00:00\")",
    "[1..3]",
};

enum { COLUMNS = 3, MOST_RULES = 300, PLAIN_CELLS = 25 };

typedef struct Draw { /* the cells of a random table */
    unsigned n_rules;
    const char *cells[MOST_RULES][COLUMNS];
    unsigned gives[MOST_RULES]; /* by rule: its output */
} Draw;

/* Some tables match often, some hardly ever; some have only cells that the index knows. */
static void draw_cells(Draw *d, unsigned n_rules) {
    unsigned sparse = pick(2) == 0 ? 3 : 30, variety = pick(2) == 0 ? PLAIN_CELLS : COUNT_OF(cells);
    d->n_rules = n_rules;
    for (unsigned r = 0; r < n_rules; r++) {
        d->gives[r] = r;
        for (int i = 0; i < COLUMNS; i++) d->cells[r][i] = pick(sparse) == 0 ? "-" : cells[pick(variety)];
    }
}

/* Each rule gives its number, wherever it stands: the rules are turned by `shift`. */
static Str table_of(Arena *a, const Draw *d, const char *policy, unsigned shift) {
    Buf b = {.a = a};
    buf_c(&b, HEAD("random"));
    for (int i = 0; i < COLUMNS; i++) buf_printf(&b, "<inputData id='i%d' name='x%d'/>", i, i);
    buf_c(&b, "<inputData id='o' name='other'/><decision id='d' name='d'>");
    for (int i = 0; i < COLUMNS; i++)
        buf_printf(&b, "<informationRequirement><requiredInput href='#i%d'/></informationRequirement>", i);
    buf_printf(&b,
               "<informationRequirement><requiredInput href='#o'/></informationRequirement><decisionTable "
               "hitPolicy='%s'>",
               policy);
    for (int i = 0; i < COLUMNS; i++)
        buf_printf(&b, "<input><inputExpression><text>x%d</text></inputExpression></input>", i);
    buf_c(&b, "<output/>");
    for (unsigned k = 0; k < d->n_rules; k++) {
        unsigned r = (k + shift) % d->n_rules;
        buf_c(&b, "<rule>");
        for (int i = 0; i < COLUMNS; i++) buf_printf(&b, "<inputEntry><text>%s</text></inputEntry>", d->cells[r][i]);
        buf_printf(&b, "<outputEntry><text>%u</text></outputEntry></rule>", d->gives[r]);
    }
    buf_c(&b, "</decisionTable></decision>" TAIL);
    return buf_str(&b);
}

static Value input_value(Arena *a, const char *text) {
    FeelRun run = help_run(a);
    const FeelCode *code;
    Err err = {0};
    bool ok = feel_compile(feel_scope_root(a, FEEL_STANDARD, NULL, NULL), FEEL_EXPRESSION, str_of(text), a, &code, NULL,
                           &err);
    assert_true(ok);
    return feel_eval(&run, code, NULL);
}

/* What dmn_why finds by running each cell, when told that no rule has produced the result. */
static void compare_with_cells(Arena *a, const DmnModel *m, const DmnHit *hit) {
    DmnHit blank = *hit;
    blank.n_rules = 0;
    FeelRun run = help_run(a);
    size_t n = dmn_rules(m, hit->table), found = 0;
    DmnRuleWhy *why = NEW_ARRAY(a, DmnRuleWhy, n);
    dmn_why(m, &blank, &run, why);
    for (size_t r = 0; r < n; r++) {
        bool holds = why[r].why != DMN_CELL_FAILED;
        bool indexed = found < hit->n_rules && hit->rules[found] == (int)r;
        if (indexed) found++;
        if (holds == indexed) continue;
        for (int i = 0; i < COLUMNS; i++) {
            Str cell = dmn_cell_text(m, hit->table, (int)r, i), value = feel_text(a, hit->inputs[i], true);
            print_error("cell %s against %s\n", str_c(a, cell), str_c(a, value));
        }
        fail_msg("rule %zu: running its cells says %d, the index says %d", r, holds, indexed);
    }
}

static void index_agrees_with_running_every_cell(void **state) {
    (void)state;
    seed = 88172645463325252ull;
    for (int round = 0; round < 40; round++) {
        Arena *a = arena_new(0);
        Draw *draw = NEW(a, Draw);
        draw_cells(draw, 1 + pick(150));
        DmnModel *m = help_load_with(a, table_of(a, draw, "RULE ORDER", 0), (DmnOptions){0});
        for (int i = 0; i < 60; i++) {
            Value values[COLUMNS + 1];
            for (int c = 0; c <= COLUMNS; c++) values[c] = input_value(a, inputs[pick(COUNT_OF(inputs))]);
            FeelRun run = help_run(a);
            DmnTrace trace = {.a = a};
            dmn_decide(m, 0, values, &run, &trace);
            assert_int_equal(trace.n, 1);
            compare_with_cells(a, m, &trace.hits[0]);
        }
        arena_free(a);
    }
}

/* ---- the short ways ≡ the general way -------------------------------------------------------- */
/* Columns of each form; a column of codes holds every input of the list. */
static void draw_columns(Arena *a, DmnColumn *columns, size_t n) {
    Value *values = NEW_ARRAY(a, Value, COUNT_OF(inputs));
    for (size_t i = 0; i < COUNT_OF(inputs); i++) values[i] = input_value(a, inputs[i]);
    for (int c = 0; c <= COLUMNS; c++) {
        uint16_t *codes = NEW_ARRAY(a, uint16_t, n);
        int64_t *ints = NEW_ARRAY(a, int64_t, n);
        uint8_t *bools = NEW_ARRAY(a, uint8_t, n);
        for (size_t i = 0; i < n; i++) {
            codes[i] = (uint16_t)pick(COUNT_OF(inputs));
            ints[i] = (int64_t)pick(8) - 4;
            bools[i] = (uint8_t)pick(2);
        }
        switch (pick(6)) {
        case 0:
            columns[c] = (DmnColumn){.ints = ints};
            break;
        case 1:
            columns[c] = (DmnColumn){.bools = bools};
            break;
        case 2:
            columns[c] = (DmnColumn){0};
            break;
        default:
            columns[c] = (DmnColumn){.codes = codes, .values = values, .n_values = COUNT_OF(inputs)};
        }
    }
}

static Value in_column(const DmnColumn *column, size_t i) {
    if (column->codes != NULL) return column->values[column->codes[i]];
    if (column->ints != NULL) return value_int(column->ints[i]);
    return column->bools != NULL ? value_bool(column->bools[i]) : value_null();
}

/* What a table that gives rule numbers has to give, from the rules that match. */
static Value expected(Value matching, bool unique) {
    if (matching.kind != VALUE_LIST || (unique && matching.size != 1)) return value_null();
    return matching.u.list[0];
}

static void compare_ways(Arena *a, const DmnModel *all, const DmnModel *m, bool unique, unsigned shift) {
    enum { CASES = 300 };
    DmnColumn columns[COLUMNS + 1];
    DmnOutcomes outcomes = {.codes = NEW_ARRAY(a, uint32_t, CASES)};
    draw_columns(a, columns, CASES);
    FeelRun run = help_run(a);
    dmn_decide_columns(m, 0, columns, CASES, &run, &outcomes);
    for (size_t i = 0; i < CASES; i++) {
        Value values[COLUMNS + 1];
        for (int c = 0; c <= COLUMNS; c++) values[c] = in_column(&columns[c], i);
        Value want = expected(dmn_decide(all, 0, values, &run, NULL), unique);
        DmnTrace trace = {.a = a};
        const DmnOutcome *outcome = &outcomes.items[outcomes.codes[i]];
        assert_true(value_same(dmn_decide(m, 0, values, &run, NULL), want));
        assert_true(value_same(dmn_decide(m, 0, values, &run, &trace), want));
        assert_true(value_same(outcome->value, want));
        assert_int_equal(trace.n, 1);
        if (want.kind == VALUE_NULL) continue;
        size_t n_rules = dmn_rules(m, 0), place = ((size_t)want.u.i + n_rules - shift) % n_rules;
        assert_int_equal(outcome->rule, place);
        assert_int_equal(trace.hits[0].rules[0], place);
    }
}

static void one_case_and_columns_agree_with_the_rules_that_match(void **state) {
    (void)state;
    seed = 1442695040888963407ull;
    for (int round = 0; round < 40; round++) {
        Arena *a = arena_new(0);
        Draw *draw = NEW(a, Draw);
        draw_cells(draw, 1 + pick(round % 2 == 0 ? 64 : MOST_RULES));
        DmnModel *all = help_load_with(a, table_of(a, draw, "RULE ORDER", 0), (DmnOptions){0});
        DmnModel *first = help_load_with(a, table_of(a, draw, "FIRST", 0), (DmnOptions){0});
        unsigned shift = pick(draw->n_rules); /* the order of UNIQUE rules means nothing */
        DmnModel *unique = help_load_with(a, table_of(a, draw, "UNIQUE", shift), (DmnOptions){0});
        compare_ways(a, all, first, false, 0);
        compare_ways(a, all, unique, true, shift);
        arena_free(a);
    }
}

/* ---- a split rule ≡ the whole rule ----------------------------------------------------------- */
static const char *const halves[][3] = {
    {"[1..3]", "[1..2)", "[2..3]"},       {"(1..3)", "(1..2.5)", "[2.5..3)"}, {"&lt; 2", "&lt; -3", "[-3..2)"},
    {"&gt; 2.5", "(2.5..3]", "&gt; 3"},   {"&gt;= 1", "[1..1]", "&gt; 1"},    {"1, 2, 3", "2", "1, 3"},
    {"[-3..1), 3", "3", "[-3..1)"},       {"\"a\", \"b\"", "\"b\"", "\"a\""},
    {"[date(\"2024-01-01\")..date(\"2024-12-31\")]", "[date(\"2024-01-01\")..date(\"2024-02-29\"))",
     "[date(\"2024-02-29\")..date(\"2024-12-31\")]"},
};

static void copy_rule(const Draw *from, unsigned r, Draw *to) {
    memcpy(to->cells[to->n_rules], from->cells[r], sizeof from->cells[r]);
    to->gives[to->n_rules++] = from->gives[r];
}

/* Each rule with a range becomes two with its parts. Only the last input tells them apart: a range, which is equal to
 * the whole and to neither part. */
static void split_rules(const Draw *from, Draw *to) {
    for (unsigned r = 0; r < from->n_rules; r++) {
        copy_rule(from, r, to);
        for (int i = 0; i < COLUMNS; i++) {
            size_t h = 0;
            while (h < COUNT_OF(halves) && strcmp(halves[h][0], from->cells[r][i]) != 0) h++;
            if (h == COUNT_OF(halves)) continue;
            to->cells[to->n_rules - 1][i] = halves[h][1];
            copy_rule(from, r, to);
            to->cells[to->n_rules - 1][i] = halves[h][2];
            break;
        }
    }
}

static void splitting_a_range_changes_nothing(void **state) {
    (void)state;
    static const char *const policies[] = {"FIRST", "UNIQUE", "RULE ORDER"};
    seed = 2862933555777941757ull;
    for (int round = 0; round < 45; round++) {
        Arena *a = arena_new(0);
        Draw *whole = NEW(a, Draw), *split = NEW(a, Draw);
        const char *policy = policies[round % 3];
        draw_cells(whole, 1 + pick(MOST_RULES / 2));
        split_rules(whole, split);
        DmnModel *one = help_load_with(a, table_of(a, whole, policy, 0), (DmnOptions){0});
        DmnModel *two = help_load_with(a, table_of(a, split, policy, 0), (DmnOptions){0});
        for (int i = 0; i < 60; i++) {
            Value values[COLUMNS + 1];
            for (int c = 0; c <= COLUMNS; c++) values[c] = input_value(a, inputs[pick(COUNT_OF(inputs) - 1)]);
            FeelRun run = help_run(a);
            assert_true(value_same(dmn_decide(one, 0, values, &run, NULL), dmn_decide(two, 0, values, &run, NULL)));
        }
        arena_free(a);
    }
}

/* More rules than the words of one head can tell of. */
static void a_table_of_thousands_of_rules(void **state) {
    Buf b = {.a = *state};
    buf_c(&b, HEAD("long") "<inputData id='x' name='x'/><decision id='d' name='d'><informationRequirement>"
                           "<requiredInput href='#x'/></informationRequirement><decisionTable><input><inputExpression>"
                           "<text>x</text></inputExpression></input><output/>");
    for (int r = 0; r < 5000; r++) {
        buf_printf(&b,
                   "<rule><inputEntry><text>%d</text></inputEntry><outputEntry><text>%d</text></outputEntry></rule>",
                   r * 7, r);
    }
    buf_c(&b, "</decisionTable></decision>" TAIL);
    DmnModel *m = help_load_with(*state, buf_str(&b), (DmnOptions){0});
    static const int64_t xs[] = {0, 7 * 63, 7 * 64, 7 * 4095, 7 * 4096, 7 * 4999, 7 * 5000, 1};
    DmnColumn x = {.ints = xs};
    uint32_t codes[COUNT_OF(xs)];
    DmnOutcomes outcomes = {.codes = codes};
    FeelRun run = help_run(*state);
    dmn_decide_columns(m, 0, &x, COUNT_OF(xs), &run, &outcomes);
    for (size_t i = 0; i < COUNT_OF(xs); i++) {
        Value input = value_int(xs[i]), want = i < 6 ? value_int(xs[i] / 7) : value_null();
        assert_true(value_same(dmn_decide(m, 0, &input, &run, NULL), want));
        assert_true(value_same(outcomes.items[codes[i]].value, want));
    }
}

/* ---- hit policies ---------------------------------------------------------------------------- */
typedef struct Policy {
    const char *attributes; /* of the table */
    const char *clause;     /* inside the output clause */
    const char *input;      /* x */
    const char *want;       /* JSON; rules: >=1 "low", >=2 "mid", >=3 "high", >=3 "high" */
} Policy;

static const char *run_policy(Arena *a, const Policy *p, const char *const *outputs, DmnTrace *trace) {
    Buf b = {.a = a};
    buf_printf(&b,
               HEAD("policy") "<inputData id='x' name='x'/><decision id='d' name='d'><informationRequirement>"
                              "<requiredInput href='#x'/></informationRequirement><decisionTable "
                              "%s><input><inputExpression><text>x</text>"
                              "</inputExpression></input><output>%s</output>",
               p->attributes, p->clause);
    for (int r = 0; r < 4; r++) {
        buf_printf(&b,
                   "<rule id='R%d'><inputEntry><text>&gt;= "
                   "%d</text></inputEntry><outputEntry><text>%s</text></outputEntry></rule>",
                   r + 1, r < 3 ? r + 1 : 3, outputs[r]);
    }
    buf_c(&b, "</decisionTable></decision>" TAIL);
    DmnModel *m = help_load_with(a, buf_str(&b), (DmnOptions){0});
    return help_decide(a, m, "d", p->input, trace);
}

static void every_hit_policy(void **state) {
    static const char *const words[] = {"\"low\"", "\"mid\"", "\"high\"", "\"high\""};
    static const char *const numbers[] = {"10", "20.5", "-3", "7"};
#define ORDER   "<outputValues><text>\"high\", \"mid\", \"low\"</text></outputValues>"
#define DEFAULT "<defaultOutputEntry><text>\"none\"</text></defaultOutputEntry>"
    static const Policy on_words[] = {
        {"", "", "{\"x\":1}", "\"low\""},
        {"hitPolicy='UNIQUE'", "", "{\"x\":2}", "null"},
        {"hitPolicy='FIRST'", "", "{\"x\":3}", "\"low\""},
        {"hitPolicy='FIRST'", "", "{\"x\":0}", "null"},
        {"hitPolicy='FIRST'", DEFAULT, "{\"x\":0}", "\"none\""},
        {"hitPolicy='ANY'", "", "{\"x\":1}", "\"low\""},
        {"hitPolicy='ANY'", "", "{\"x\":2}", "null"},
        {"hitPolicy='PRIORITY'", ORDER, "{\"x\":2}", "\"mid\""},
        {"hitPolicy='PRIORITY'", "", "{\"x\":2}", "\"low\""},
        {"hitPolicy='RULE ORDER'", "", "{\"x\":2}", "[\"low\",\"mid\"]"},
        {"hitPolicy='RULE ORDER'", "", "{\"x\":0}", "null"},
        {"hitPolicy='COLLECT'", DEFAULT, "{\"x\":0}", "\"none\""},
        {"hitPolicy='COLLECT'", "", "{\"x\":1}", "[\"low\"]"},
        {"hitPolicy='OUTPUT ORDER'", ORDER, "{\"x\":5}", "[\"high\",\"high\",\"mid\",\"low\"]"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", "", "{\"x\":5}", "4"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", "", "{\"x\":0}", "null"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "", "{\"x\":5}", "null"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "", "{\"x\":5}", "\"mid\""},
    };
    static const Policy on_numbers[] = {
        {"hitPolicy='COLLECT' aggregation='SUM'", "", "{\"x\":5}", "34.5"},
        {"hitPolicy='COLLECT' aggregation='MIN'", "", "{\"x\":5}", "-3"},
        {"hitPolicy='COLLECT' aggregation='MAX'", "", "{\"x\":5}", "20.5"},
    };
    for (size_t i = 0; i < COUNT_OF(on_words); i++)
        assert_string_equal(run_policy(*state, &on_words[i], words, NULL), on_words[i].want);
    for (size_t i = 0; i < COUNT_OF(on_numbers); i++) {
        assert_string_equal(run_policy(*state, &on_numbers[i], numbers, NULL), on_numbers[i].want);
    }
}

static void the_trace_names_the_rules_best_first(void **state) {
    static const char *const words[] = {"\"low\"", "\"mid\"", "\"high\"", "\"high\""};
    Policy p = {"hitPolicy='OUTPUT ORDER'", ORDER, "{\"x\":5}", ""};
    DmnTrace trace = {.a = *state};
    run_policy(*state, &p, words, &trace);
    assert_int_equal(trace.n, 1);
    const int want[] = {2, 3, 1, 0};
    assert_int_equal(trace.hits[0].n_rules, 4);
    assert_memory_equal(trace.hits[0].rules, want, sizeof want);
    assert_true(str_is(trace.hits[0].decision, "d"));
}

/* ---- several outputs, annotations, why ------------------------------------------------------- */
static const char two_columns[] = HEAD(
    "why") "<inputData id='x' name='x'/><inputData id='y' name='y'/>"
           "<decision id='d' name='fee'><informationRequirement><requiredInput href='#x'/></informationRequirement>"
           "<informationRequirement><requiredInput href='#y'/></informationRequirement>"
           "<decisionTable hitPolicy='FIRST'>"
           "<input label='X'><inputExpression typeRef='number'><text>x</text></inputExpression></input>"
           "<input><inputExpression><text>y</text></inputExpression></input>"
           "<output name='fee' typeRef='number'/><output name='why'/><annotation name='Law'/>"
           "<rule id='A1'><description>from the description</description><inputEntry><text>&lt; "
           "1</text></inputEntry><inputEntry><text>-</text></inputEntry>"
           "<outputEntry><text>1</text></outputEntry><outputEntry><text>\"a\"</text></outputEntry></rule>"
           "<rule id='A2'><inputEntry><text>-</text></inputEntry><inputEntry><text>\"p\", \"q\"</text></inputEntry>"
           "<outputEntry><text>x * 2</text></outputEntry><outputEntry><text>\"b\"</text></outputEntry>"
           "<annotationEntry><text>rtsl:90</text></annotationEntry></rule>"
           "<rule id='A3'><inputEntry><text>&gt; 5</text></inputEntry><inputEntry><text>\"z\"</text></inputEntry>"
           "<outputEntry><text>3</text></outputEntry><outputEntry><text>\"c\"</text></outputEntry></rule>"
           "<rule id='A4'><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
           "<outputEntry><text>4</text></outputEntry><outputEntry><text>\"d\"</text></outputEntry></rule>"
           "</decisionTable></decision>" TAIL;

static void each_rule_says_why_it_did_not_decide(void **state) {
    DmnModel *m = help_load(*state, two_columns);
    DmnTrace trace = {.a = *state};
    assert_string_equal(help_decide(*state, m, "fee", "{\"x\": 7, \"y\": \"q\"}", &trace),
                        "{\"fee\":14,\"why\":\"b\"}");
    FeelRun run = help_run(*state);
    DmnRuleWhy why[4];
    dmn_why(m, &trace.hits[0], &run, why);
    assert_int_equal(why[0].why, DMN_CELL_FAILED);
    assert_int_equal(why[0].input, 0);
    assert_int_equal(why[1].why, DMN_MATCHED);
    assert_int_equal(why[2].why, DMN_CELL_FAILED);
    assert_int_equal(why[2].input, 1);
    assert_int_equal(why[3].why, DMN_EARLIER_RULE);
    assert_int_equal(why[3].earlier, 1);
}

static void a_trace_of_its_own_outlives_the_run(void **state) {
    DmnModel *m = help_load(*state, two_columns);
    DmnTrace trace = {.a = *state};
    Arena *request = arena_new(0);
    help_decide(request, m, "fee", "{\"x\": 7, \"y\": \"q\"}", &trace);
    arena_free(request);
    FeelRun run = help_run(*state);
    DmnRuleWhy why[4];
    dmn_why(m, &trace.hits[0], &run, why);
    assert_int_equal(why[1].why, DMN_MATCHED);
    assert_true(value_same(trace.hits[0].inputs[1], value_c("q")));
    assert_string_equal(str_c(*state, json_text(*state, trace.hits[0].output)), "{\"fee\":14,\"why\":\"b\"}");
}

static void texts_of_a_table(void **state) {
    DmnModel *m = help_load(*state, two_columns);
    assert_true(str_is(dmn_rule_id(m, 0, 1), "A2"));
    assert_true(str_is(dmn_rule_note(m, 0, 1, STR("Law")), "rtsl:90"));
    assert_true(str_is(dmn_rule_note(m, 0, 0, STR("Law")), "from the description"));
    assert_true(str_is(dmn_column_text(m, 0, 0), "x"));
    assert_true(str_is(dmn_column_label(m, 0, 0), "X"));
    assert_true(str_is(dmn_cell_text(m, 0, 2, 0), "> 5"));
    assert_true(str_is(dmn_output_text(m, 0, 1, 0), "x * 2"));
    assert_true(str_is(dmn_table_name(m, 0), "fee"));
}

/* A value of the wrong type is null to the column, and the rule for everything else decides. */
static void an_input_of_the_wrong_type_is_null(void **state) {
    DmnModel *m = help_load(*state, two_columns);
    static const uint16_t codes[] = {0};
    Value text = value_c("0");
    static const int64_t ints[] = {1};
    const DmnColumn columns[] = {{.codes = codes, .values = &text, .n_values = 1}, {.ints = ints}};
    uint32_t code;
    DmnOutcomes outcomes = {.codes = &code};
    FeelRun run = help_run(*state);
    dmn_decide_columns(m, 0, columns, 1, &run, &outcomes);
    assert_int_equal(outcomes.items[code].rule, 3);
    assert_string_equal(help_decide(*state, m, "fee", "{\"x\": \"0\", \"y\": 1}", NULL), "{\"fee\":4,\"why\":\"d\"}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_agrees_with_running_every_cell),
        cmocka_unit_test(one_case_and_columns_agree_with_the_rules_that_match),
        cmocka_unit_test(splitting_a_range_changes_nothing),
        TEST(a_table_of_thousands_of_rules),
        TEST(every_hit_policy),
        TEST(the_trace_names_the_rules_best_first),
        TEST(each_rule_says_why_it_did_not_decide),
        TEST(a_trace_of_its_own_outlives_the_run),
        TEST(texts_of_a_table),
        TEST(an_input_of_the_wrong_type_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
