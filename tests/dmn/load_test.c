/* Loading: every fault is found in one go and names file, element, cell and line; all DMN versions
 * are read; what is broken in the graph is refused. */
#include "help.h"

/* The faults of a model, one line each, without the file name. */
static const char *faults_of(Arena *a, const char *xml) {
    DmnSource source = {STR("m.dmn"), str_of(xml)};
    ErrList faults = {.a = a};
    DmnModel *m = NULL;
    assert_false(dmn_load(&source, 1, (DmnOptions){0}, a, &faults, &m));
    assert_null(m);
    assert_true(faults.n > 0);
    Buf b = {.a = a};
    for (size_t i = 0; i < faults.n; i++) {
        assert_string_equal(faults.items[i].file, "m.dmn");
        buf_printf(&b, "%d|%s|%s\n", faults.items[i].line, faults.items[i].element, faults.items[i].cell);
    }
    return str_c(a, buf_str(&b));
}

static void all_faults_name_their_place(void **state) {
    static const char xml[] = HEAD(
        "m") "\n"
             "<itemDefinition name='t'><typeRef>nothing</typeRef></itemDefinition>\n"
             "<inputData id='x' name='x'/>\n"
             "<decision id='d' name='d'><informationRequirement><requiredInput href='#x'/></informationRequirement>\n"
             "<decisionTable hitPolicy='FIRST'><input><inputExpression "
             "typeRef='number'><text>x</text></inputExpression></input>\n"
             "<output typeRef='number'/>\n"
             "<rule id='D5'><inputEntry "
             "id='c'><text>\n[1..</text></inputEntry>\n<outputEntry><text>1</text></outputEntry></rule>\n"
             "<rule id='D6'><inputEntry id='c1'><text>\"abc\", "
             "2</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
             "<rule><inputEntry id='c2'><text>unknownName</text></inputEntry><outputEntry "
             "id='c3'><text>\"text\"</text></outputEntry></rule>\n"
             "<rule id='D7'><outputEntry><text>1</text></outputEntry><outputEntry><text>1</text></outputEntry></rule>\n"
             "</decisionTable></decision>\n"
             "<decision id='e' name='d'><informationRequirement><requiredDecision "
             "href='#nobody'/></informationRequirement>\n"
             "<literalExpression><text>1 +</text></literalExpression></decision>\n" TAIL;
    const char *lines = faults_of(*state, xml);
    static const char *const wanted[] = {
        "2|t|\n",
        "8|c|rule D5, input 1\n",
        "10|c2|rule 3, input 1\n",
        "10|c3|rule 3, output 1\n",
        "10|c1|rule D6, input 1\n",
        "11|D7|rule D7\n",
        "13|e|\n",
        "13|e|\n",
        "14|e|\n",
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (strstr(lines, wanted[i]) == NULL) fail_msg("missing %s in\n%s", wanted[i], lines);
    }
}

/* What the author of a table reads: the cell's text, what was expected where, and what may have been meant. */
static void messages_show_the_text_and_what_was_meant(void **state) {
    static const char *const wanted[][2] = {
        {"&lt;&gt; 18", "in `<> 18`: a value expected at '>'; not equal is written !=, or not(...)"},
        {"=&gt; 3", "in `=> 3`: a value expected at '>'; at least is written >=, at most <="},
        {"18..20", "in `18..20`: an operator or the end expected at '..'; a range stands between brackets, like [18..20] or (18..20)"},
        {"“A”", "in `“A”`: a value expected at '“'; text stands between straight quotation marks, \"like this\""},
        {"（1）", "in `（1）`: unknown name '（1）'; signs are half-width: ( ) , < > <= >= = !="},
        {"≥ 18", "in `≥ 18`: a value expected at '≥'; at most is written <=, at least >=, not equal !="},
        {"\"A", "in `\"A`: a value expected at '\"'; the text that begins here has no closing quotation mark"},
        {"not 3", "in `not 3`: an operator or the end expected at '3'; a negation is written not(...)"},
        {"A", "in `A`: unknown name 'A'; a text would be \"A\""},
        {"date(\"2024-02-30\")", "in `date(\"2024-02-30\")`: \"2024-02-30\" is no date"},
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        Str xml = str_printf(*state, HEAD("m") "<decision id='d' name='d'><decisionTable><input><inputExpression><text>1</text>"
                                               "</inputExpression></input><output/><rule><inputEntry><text>%s</text></inputEntry>"
                                               "<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>" TAIL,
                             wanted[i][0]);
        DmnSource source = {STR("m.dmn"), xml};
        ErrList faults = {.a = *state};
        DmnModel *m;
        assert_false(dmn_load(&source, 1, (DmnOptions){0}, *state, &faults, &m));
        assert_int_equal(faults.n, 1);
        assert_string_equal(faults.items[0].text, wanted[i][1]);
    }
}

static void broken_graphs_are_refused(void **state) {
    static const char *const models[] = {
        "<decision id='a' name='a'><informationRequirement><requiredDecision "
        "href='#b'/></informationRequirement></decision>"
        "<decision id='b' name='b'><informationRequirement><requiredDecision "
        "href='#a'/></informationRequirement></decision>",
        "<businessKnowledgeModel id='a' "
        "name='a'><encapsulatedLogic><literalExpression><text>1</text></literalExpression></encapsulatedLogic>"
        "<knowledgeRequirement><requiredKnowledge href='#a'/></knowledgeRequirement></businessKnowledgeModel>",
        "<inputData id='x' name='x'/><decision id='a' name='a'><informationRequirement><requiredDecision "
        "href='#x'/></informationRequirement></decision>",
        "<itemDefinition name='t'><itemComponent name='c'><typeRef>t</typeRef></itemComponent></itemDefinition>",
        "<itemDefinition name='t' isCollection='true'><typeRef>t</typeRef></itemDefinition>",
        "<itemDefinition name='t' isCollection='true'><typeRef>u</typeRef></itemDefinition>"
        "<itemDefinition name='u'><itemComponent name='c'><typeRef>v</typeRef></itemComponent></itemDefinition>"
        "<itemDefinition name='v'><itemComponent name='c'><typeRef>u</typeRef></itemComponent></itemDefinition>",
        "<import namespace='urn:else' name='e' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>",
        "<import namespace='urn:m' name='e' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>",
        "<decision id='a' name='a'><literalExpression "
        "expressionLanguage='urn:javascript'><text>1</text></literalExpression></decision>",
        "<decision id='a' name='a'><decisionTable hitPolicy='BEST'><output/></decisionTable></decision>",
        "<decision id='a' name='a'><decisionTable><output><outputValues><text>\"A\", "
        "\"B\"</text></outputValues></output>"
        "<rule><outputEntry><text>\"C\"</text></outputEntry></rule></decisionTable></decision>",
        "<decision id='a' name='a'><relation><column name='c'/><row/></relation></decision>",
        "<decision id='a' name='a'><relation><column name='c'/><column name='c'/></relation></decision>",
        "<decision id='a' name='a'><decisionTable><output name='c'/><output name='c'/></decisionTable></decision>",
        "<decision id='a' name='a'><functionDefinition kind='Java'><context/></functionDefinition></decision>",
    };
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        Buf b = {.a = *state};
        buf_printf(&b, HEAD("m") "%s" TAIL, models[i]);
        faults_of(*state, str_c(*state, buf_str(&b)));
    }
    faults_of(*state, "<a/>");
    faults_of(*state, "<definitions");
}

/* A folder's other files do no harm: a broken one is told only when an import is not found. */
static void only_imported_files_matter(void **state) {
    static const char top[] = HEAD("m") "<import namespace='urn:lib' name='e' "
                                        "importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>" TAIL;
    static const char lib[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='l' namespace='urn:lib'/>";
    DmnSource files[] = {{STR("m.dmn"), str_of(top)}, {STR("old.dmn"), str_of(top)}, {STR("cut.dmn"), STR("<defi")},
                         {STR("lib.dmn"), str_of(lib)}, {STR("lib2.dmn"), str_of(lib)}};
    ErrList good = {.a = *state}, two = {.a = *state}, none = {.a = *state};
    DmnModel *m;
    assert_true(dmn_load(files, 4, (DmnOptions){0}, *state, &good, &m));
    assert_false(dmn_load(files, 5, (DmnOptions){0}, *state, &two, &m));
    assert_non_null(strstr(two.items[0].text, "lib.dmn and lib2.dmn"));
    assert_false(dmn_load(files, 3, (DmnOptions){0}, *state, &none, &m));
    assert_int_equal(none.n, 2);
    assert_string_equal(none.items[1].file, "cut.dmn");
}

static void all_versions_are_read(void **state) {
    static const char *const namespaces[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    };
    for (size_t i = 0; i < COUNT_OF(namespaces); i++) {
        Str xml =
            str_printf(*state,
                       "<d:definitions xmlns:d='%s' xmlns:feel='urn:feel' xmlns:own='urn:o' namespace='urn:o' name='m'>"
                       "<d:itemDefinition name='tN'><d:typeRef>%s</d:typeRef></d:itemDefinition>"
                       "<d:inputData id='x' name='x'><d:variable name='x' typeRef='%s'/></d:inputData>"
                       "<d:decision id='d' name='d'><d:informationRequirement><d:requiredInput "
                       "href='#x'/></d:informationRequirement>"
                       "<d:literalExpression><d:text>x + 1</d:text></d:literalExpression></d:decision></d:definitions>",
                       namespaces[i], i == 0 ? "feel:number" : "number", i == 0 ? "own:tN" : "tN");
        DmnModel *m = help_load_with(*state, xml, (DmnOptions){0});
        assert_string_equal(help_decide(*state, m, "d", "{\"x\": 41}", NULL), "42");
        assert_string_equal(help_decide(*state, m, "d", "{\"x\": \"41\"}", NULL), "null");
    }
}

/* Source: DMN 1.5 §7.3.3. A family has members, who are families. */
static void a_type_may_hold_itself_in_a_list(void **state) {
    DmnModel *m = help_load(
        *state,
        HEAD("m") "<itemDefinition name='tFamily'><itemComponent name='name'><typeRef>string</typeRef></itemComponent>"
                  "<itemComponent name='members' isCollection='true'><typeRef>tFamily</typeRef></itemComponent>"
                  "</itemDefinition>"
                  "<inputData id='x' name='x'><variable name='x' typeRef='tFamily'/></inputData>"
                  "<decision id='d' name='d'><informationRequirement><requiredInput href='#x'/></informationRequirement>"
                  "<literalExpression><text>x.members.members.name</text></literalExpression></decision>" TAIL);
    assert_string_equal(help_decide(*state, m, "d",
                                    "{\"x\": {\"name\": \"a\", \"members\": [{\"name\": \"b\", \"members\": "
                                    "[{\"name\": \"c\", \"members\": []}]}]}}",
                                    NULL),
                        "[[\"c\"]]");
    assert_string_equal(help_decide(*state, m, "d",
                                    "{\"x\": {\"name\": \"a\", \"members\": [{\"name\": 1, \"members\": []}]}}", NULL),
                        "null");
}

/* Source: DMN 1.5 §7.3.3. The end of a period must not lie before its start, whichever stands first. */
static void constraints_of_components_see_each_other(void **state) {
    DmnModel *m = help_load(
        *state,
        HEAD("m") "<itemDefinition name='tPeriod'><itemComponent name='to'><typeRef>number</typeRef>"
                  "<typeConstraint><text>? &gt;= from day</text></typeConstraint></itemComponent>"
                  "<itemComponent name='from day'><typeRef>number</typeRef></itemComponent>"
                  "<itemComponent name='stops' isCollection='true'><typeRef>number</typeRef>"
                  "<allowedValues><text>[from day..to]</text></allowedValues></itemComponent></itemDefinition>"
                  "<inputData id='x' name='x'><variable name='x' typeRef='tPeriod'/></inputData>"
                  "<decision id='d' name='d'><informationRequirement><requiredInput href='#x'/></informationRequirement>"
                  "<literalExpression><text>x.to</text></literalExpression></decision>" TAIL);
    static const char *const inputs[][2] = {
        {"{\"x\": {\"to\": 3, \"from day\": 1, \"stops\": [2, 3]}}", "3"},
        {"{\"x\": {\"to\": 3, \"from day\": 4, \"stops\": []}}", "null"},
        {"{\"x\": {\"to\": 3, \"from day\": 1, \"stops\": [2, 4]}}", "null"},
        {"{\"x\": {\"to\": 3, \"stops\": []}}", "null"},
    };
    for (size_t i = 0; i < COUNT_OF(inputs); i++)
        assert_string_equal(help_decide(*state, m, "d", inputs[i][0], NULL), inputs[i][1]);
}

static void lenient_models_run_around_their_faults(void **state) {
    Str xml = STR(
        HEAD("m") "<decision id='a' name='a'><literalExpression><text>1 +</text></literalExpression></decision>"
                  "<decision id='b' name='b'><literalExpression><text>2</text></literalExpression></decision>" TAIL);
    DmnModel *m = help_load_with(*state, xml, (DmnOptions){.lenient = true});
    assert_string_equal(help_decide(*state, m, "a", "{}", NULL), "null");
    assert_string_equal(help_decide(*state, m, "b", "{}", NULL), "2");
}

static void the_hash_covers_every_byte(void **state) {
    DmnModel *x = help_load(*state, HEAD("m") TAIL), *y = help_load(*state, HEAD("m") TAIL),
             *z = help_load(*state, HEAD("m") " " TAIL);
    assert_int_equal(dmn_hash(x).n, 64);
    assert_true(str_eq(dmn_hash(x), dmn_hash(y)));
    assert_false(str_eq(dmn_hash(x), dmn_hash(z)));
    assert_true(str_is(dmn_name(x), "m"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(all_faults_name_their_place), TEST(broken_graphs_are_refused),
        TEST(messages_show_the_text_and_what_was_meant),
        TEST(all_versions_are_read),       TEST(lenient_models_run_around_their_faults),
        TEST(the_hash_covers_every_byte),
        TEST(only_imported_files_matter),
        TEST(a_type_may_hold_itself_in_a_list),
        TEST(constraints_of_components_see_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
