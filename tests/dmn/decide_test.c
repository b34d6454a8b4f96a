/* The requirement graph at work: each decision once and only when needed, business knowledge models,
 * services, imports, boxed expressions, external functions, and limits on what a run may use. */
#include "help.h"

static const char graph[] =
    HEAD("graph") "<inputData id='x' name='x'><variable name='x' typeRef='number'/></inputData><inputData id='y' "
                  "name='the y'/>"
                  "<decision id='twice' name='twice'><informationRequirement><requiredInput "
                  "href='#x'/></informationRequirement>"
                  "<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output/>"
                  "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>x * "
                  "2</text></outputEntry></rule></decisionTable></decision>"
                  "<decision id='left' name='left'><informationRequirement><requiredDecision "
                  "href='#twice'/></informationRequirement>"
                  "<literalExpression><text>twice + 1</text></literalExpression></decision>"
                  "<decision id='both' name='both'><informationRequirement><requiredDecision "
                  "href='#left'/></informationRequirement>"
                  "<informationRequirement><requiredDecision href='#twice'/></informationRequirement>"
                  "<literalExpression><text>left * 10 + twice</text></literalExpression></decision>"
                  "<decision id='apart' name='apart'><informationRequirement><requiredInput "
                  "href='#y'/></informationRequirement>"
                  "<literalExpression><text>the y</text></literalExpression></decision>"
                  "<businessKnowledgeModel id='add' name='add'><variable "
                  "name='add'/><encapsulatedLogic><formalParameter name='a' typeRef='number'/>"
                  "<formalParameter name='b' typeRef='number'/><decisionTable "
                  "hitPolicy='FIRST'><input><inputExpression><text>a</text></inputExpression></input>"
                  "<output/><rule id='B1'><inputEntry><text>&gt; 0</text></inputEntry><outputEntry><text>a + "
                  "b</text></outputEntry></rule></decisionTable>"
                  "</encapsulatedLogic></businessKnowledgeModel>"
                  "<decision id='use' name='use'><knowledgeRequirement><requiredKnowledge "
                  "href='#add'/></knowledgeRequirement>"
                  "<literalExpression><text>[add(1, 2), add(b: 1, a: 5), add(\"1\", "
                  "2)]</text></literalExpression></decision>"
                  "<decisionService id='s' name='s'><outputDecision href='#both'/><inputDecision "
                  "href='#twice'/></decisionService>"
                  "<decision id='call' name='call'><knowledgeRequirement><requiredKnowledge "
                  "href='#s'/></knowledgeRequirement>"
                  "<literalExpression><text>s(100)</text></literalExpression></decision>" TAIL;

static void each_decision_runs_once_and_only_when_needed(void **state) {
    DmnModel *m = help_load(*state, graph);
    DmnTrace trace = {.a = *state};
    assert_string_equal(help_decide(*state, m, "both", "{\"x\": 3}", &trace), "76");
    assert_int_equal(trace.n, 1);
    trace.n = 0;
    assert_string_equal(help_decide(*state, m, "apart", "{\"x\": 3, \"the y\": \"v\"}", &trace), "\"v\"");
    assert_int_equal(trace.n, 0);
}

static void inputs_by_slot(void **state) {
    DmnModel *m = help_load(*state, graph);
    assert_int_equal(dmn_input_count(m), 2);
    assert_true(str_is(dmn_input_name(m, 1), "the y"));
    assert_int_equal(dmn_input_type(m, 0)->kind, FEEL_NUMBER);
    Value inputs[] = {value_int(4), value_null()};
    FeelRun run = help_run(*state);
    Value v = dmn_decide(m, dmn_find(m, DMN_DECISION, STR("left")), inputs, &run, NULL);
    assert_true(value_same(v, value_int(9)));
}

static void knowledge_is_called_and_traced(void **state) {
    DmnModel *m = help_load(*state, graph);
    DmnTrace trace = {.a = *state};
    assert_string_equal(help_decide(*state, m, "use", "{}", &trace), "[3,6,null]");
    assert_int_equal(trace.n, 2);
    assert_true(str_is(trace.hits[1].decision, "add"));
    FeelRun run = help_run(*state);
    Value v =
        dmn_invoke(m, DMN_BKM, dmn_find(m, DMN_BKM, STR("add")), help_json(*state, "{\"a\": 1, \"b\": 1}"), &run, NULL);
    assert_true(value_same(v, value_int(2)));
}

static void a_service_takes_decisions_as_given(void **state) {
    DmnModel *m = help_load(*state, graph);
    assert_string_equal(help_decide(*state, m, "call", "{\"x\": 1}", NULL), "1110");
    FeelRun run = help_run(*state);
    Value v = dmn_invoke(m, DMN_SERVICE, 0, help_json(*state, "{\"twice\": 1}"), &run, NULL);
    assert_true(value_same(v, value_int(21)));
}

static void imported_names_carry_their_prefix(void **state) {
    static const char outer[] = HEAD(
        "outer") "<import namespace='urn:inner' name='lib' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
                 "<decision id='d' name='d'><variable name='d' typeRef='lib.tSmall'/>"
                 "<informationRequirement><requiredDecision href='urn:inner#i'/></informationRequirement>"
                 "<knowledgeRequirement><requiredKnowledge href='urn:inner#f'/></knowledgeRequirement>"
                 "<literalExpression><text>lib.inc(lib.base)</text></literalExpression></decision>" TAIL;
    static const char inner[] =
        HEAD("inner") "<itemDefinition name='tSmall'><typeRef>number</typeRef><allowedValues><text>&lt; "
                      "10</text></allowedValues></itemDefinition>"
                      "<inputData id='x' name='x'/>"
                      "<decision id='i' name='base'><informationRequirement><requiredInput "
                      "href='#x'/></informationRequirement>"
                      "<literalExpression><text>x * 2</text></literalExpression></decision>"
                      "<businessKnowledgeModel id='f' name='inc'><encapsulatedLogic><formalParameter name='n'/>"
                      "<literalExpression><text>n + "
                      "1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>" TAIL;
    DmnSource files[] = {{STR("outer.dmn"), str_of(outer)}, {STR("inner.dmn"), str_of(inner)}};
    ErrList faults = {.a = *state};
    DmnModel *m;
    assert_true(dmn_load(files, 2, (DmnOptions){0}, *state, &faults, &m));
    assert_string_equal(help_decide(*state, m, "d", "{\"lib\": {\"x\": 4}}", NULL), "9");
    assert_string_equal(help_decide(*state, m, "d", "{\"lib\": {\"x\": 5}}", NULL), "null");
}

/* Two importers of one file have their own values for its input data. */
static void an_import_belongs_to_its_importer(void **state) {
#define IMPORT(ns, name)                                                                                               \
    "<import namespace='urn:" ns "' name='" name "' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
#define MIDDLE(name)                                                                                                   \
    HEAD(name)                                                                                                         \
    IMPORT("base",                                                                                                     \
           "base") "<decision id='d' name='said'><informationRequirement><requiredDecision href='urn:base#g'/>"        \
                   "</informationRequirement><literalExpression><text>base.greeting + "                                \
                   "\"!\"</text></literalExpression></decision>" TAIL
    DmnSource files[] = {
        {STR("top.dmn"),
         STR(HEAD("top") IMPORT("left", "left") IMPORT(
             "right",
             "right") "<decision id='d' name='d'><informationRequirement><requiredDecision "
                      "href='urn:left#d'/></informationRequirement>"
                      "<informationRequirement><requiredDecision href='urn:right#d'/></informationRequirement>"
                      "<literalExpression><text>left.said + right.said</text></literalExpression></decision>" TAIL)},
        {STR("left.dmn"), STR(MIDDLE("left"))},
        {STR("right.dmn"), STR(MIDDLE("right"))},
        {STR("base.dmn"),
         STR(HEAD("base") "<inputData id='n' name='name'/><decision id='g' name='greeting'>"
                          "<informationRequirement><requiredInput href='#n'/></informationRequirement>"
                          "<literalExpression><text>\"hi \" + name</text></literalExpression></decision>" TAIL)},
    };
    ErrList faults = {.a = *state};
    DmnModel *m;
    assert_true(dmn_load(files, COUNT_OF(files), (DmnOptions){0}, *state, &faults, &m));
    assert_string_equal(
        help_decide(*state, m, "d",
                    "{\"left\": {\"base\": {\"name\": \"A\"}}, \"right\": {\"base\": {\"name\": \"B\"}}}", NULL),
        "\"hi A!hi B!\"");
}

static void boxed_expressions(void **state) {
#define T(x) "<literalExpression><text>" x "</text></literalExpression>"
    static const struct {
        const char *box;  /* the decision's expression */
        const char *want; /* JSON */
    } cases[] = {
        {"<context><contextEntry><variable name='a'/>" T("1") "</contextEntry><contextEntry><variable name='b'/>" T(
             "a + 1") "</contextEntry></context>",
         "{\"a\":1,\"b\":2}"},
        {"<context><contextEntry><variable name='a'/>" T("1") "</contextEntry><contextEntry>" T(
             "a + 1") "</contextEntry></context>",
         "2"},
        {"<list>" T("1") T("\"b\"") "</list>", "[1,\"b\"]"},
        {"<relation><column name='p'/><column name='q'/><row>" T("1") T("2") "</row><row>" T("3")
             T("4") "</row></relation>",
         "[{\"p\":1,\"q\":2},{\"p\":3,\"q\":4}]"},
        {"<conditional><if>" T("null") "</if><then>" T("1") "</then><else>" T("2") "</else></conditional>", "2"},
        {"<filter><in>" T("[1,2,3]") "</in><match>" T("item > 1") "</match></filter>", "[2,3]"},
        {"<filter><in><relation><column name='p'/><row>" T("1") "</row><row>" T("2") "</row></relation></in><match>" T(
             "p > 1") "</match></filter>",
         "[{\"p\":2}]"},
        {"<filter><in>" T("[{the p: 1}, {the p: 2}]") "</in><match>" T("the p > 1") "</match></filter>",
         "[{\"the p\":2}]"},
        {"<for iteratorVariable='i'><in>" T("[1,2,3]") "</in><return>" T("i + count(partial)") "</return></for>",
         "[1,3,5]"},
        {"<some iteratorVariable='i'><in>" T("[1,2]") "</in><satisfies>" T("i > 1") "</satisfies></some>", "true"},
        {"<every iteratorVariable='i'><in>" T("[1,2]") "</in><satisfies>" T("i > 1") "</satisfies></every>", "false"},
        {"<context><contextEntry><variable name='k'/>" T(
             "10") "</contextEntry><contextEntry><variable name='f'/><functionDefinition>"
                   "<formalParameter name='n'/>" T("n + k") "</functionDefinition></"
                                                            "contextEntry><contextEntry><invocation>" T(
                                                                "f") "<binding><parameter name='n'/>" T("5") "</"
                                                                                                             "binding><"
                                                                                                             "/invocati"
                                                                                                             "on></"
                                                                                                             "contextEn"
                                                                                                             "try></"
                                                                                                             "context>",
         "15"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Str xml = str_printf(*state, HEAD("b") "<decision id='d' name='d'>%s</decision>" TAIL, cases[i].box);
        DmnModel *m = help_load_with(*state, xml, (DmnOptions){0});
        assert_string_equal(help_decide(*state, m, "d", "{}", NULL), cases[i].want);
    }
}

static void external_functions_need_the_registry(void **state) {
    Str xml = STR(HEAD("j") "<decision id='d' name='d'><context><contextEntry><variable name='f'/><functionDefinition "
                            "kind='Java'>"
                            "<formalParameter name='a'/><formalParameter name='b'/><context><contextEntry><variable "
                            "name='class'/>" T("\"java.lang.Math\"") "</contextEntry><contextEntry><variable "
                                                                     "name='method signature'/>" T(
                                                                         "\"max(int, int)\"") "</contextEntry></"
                                                                                              "context>"
                                                                                              "</functionDefinition></"
                                                                                              "contextEntry><"
                                                                                              "contextEntry>" T(
                                                                                                  "[f(3, 4), f(1, "
                                                                                                  "2.5)]") "</"
                                                                                                           "contextEntr"
                                                                                                           "y></"
                                                                                                           "context></"
                                                                                                           "decision"
                                                                                                           ">" TAIL);
    DmnModel *open = help_load_with(*state, xml, (DmnOptions){.registry = dmn_java_registry()});
    assert_string_equal(help_decide(*state, open, "d", "{}", NULL), "[4,null]");
    DmnModel *closed = help_load_with(*state, xml, (DmnOptions){.lenient = true});
    assert_string_equal(help_decide(*state, closed, "d", "{}", NULL), "[null,null]");
}

static void a_run_without_fuel_says_so(void **state) {
    DmnModel *m = help_load(*state, graph);
    FeelRun run = {.arena = *state, .fuel = 0};
    Value v = dmn_decide_ctx(m, dmn_find(m, DMN_DECISION, STR("left")), help_json(*state, "{\"x\": 1}"), &run, NULL);
    assert_true(value_is_null(v));
    assert_string_equal(v.u.cause->kind, "fuel");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_decision_runs_once_and_only_when_needed),
        TEST(inputs_by_slot),
        TEST(knowledge_is_called_and_traced),
        TEST(a_service_takes_decisions_as_given),
        TEST(imported_names_carry_their_prefix),
        TEST(an_import_belongs_to_its_importer),
        TEST(boxed_expressions),
        TEST(external_functions_need_the_registry),
        TEST(a_run_without_fuel_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
