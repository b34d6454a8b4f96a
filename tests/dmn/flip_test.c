/* The nearest change, coverage, and cases made from a model: what is told is decided again here, and the
 * made cases cover what a person would ask for. */
#include "help.h"

/* A child under 14 is free, somebody with a card pays half; points are added up in another decision. */
static const char fare[] = HEAD("fare")
    "<inputData id='age' name='age'><variable name='age' typeRef='number'/></inputData>"
    "<inputData id='card' name='card'><variable name='card' typeRef='boolean'/></inputData>"
    "<inputData id='trips' name='trips'><variable name='trips' typeRef='number'/></inputData>"
    "<inputData id='bonus' name='bonus'><variable name='bonus' typeRef='number'/></inputData>"
    "<inputData id='kind' name='kind'><variable name='kind' typeRef='string'/></inputData>"
    "<decision id='points' name='points'><informationRequirement><requiredInput href='#trips'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#bonus'/></informationRequirement>"
    "<literalExpression><text>2 * trips + bonus</text></literalExpression></decision>"
    "<decision id='fare' name='fare'><informationRequirement><requiredInput href='#age'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#card'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#kind'/></informationRequirement>"
    "<informationRequirement><requiredDecision href='#points'/></informationRequirement>"
    "<authorityRequirement><requiredAuthority href='#law'/></authorityRequirement>"
    "<decisionTable hitPolicy='FIRST'>"
    "<input><inputExpression typeRef='number'><text>age</text></inputExpression></input>"
    "<input><inputExpression typeRef='boolean'><text>card</text></inputExpression></input>"
    "<input><inputExpression typeRef='number'><text>points</text></inputExpression></input>"
    "<input><inputExpression typeRef='string'><text>kind</text></inputExpression></input>"
    "<output name='price'/><output name='why'/>"
    "<rule id='child'><inputEntry><text>&lt; 14</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>0</text></outputEntry><outputEntry><text>\"child\"</text></outputEntry></rule>"
    "<rule id='half'><inputEntry><text>-</text></inputEntry><inputEntry><text>true</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>not(\"express\")</text></inputEntry><outputEntry><text>5</text></outputEntry><outputEntry><text>\"card\"</text></outputEntry></rule>"
    "<rule id='loyal'><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>&gt;= 100</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>5</text></outputEntry><outputEntry><text>\"loyal\"</text></outputEntry></rule>"
    "<rule id='full'><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>10</text></outputEntry><outputEntry><text>\"full\"</text></outputEntry></rule>"
    "</decisionTable></decision><knowledgeSource id='law' name='Fares Act' locationURI='urn:fares:3'/>" TAIL;

/* "name = value: result", or "none". */
static const char *flip(Arena *a, const char *inputs, const char *member) {
    DmnModel *m = help_load(a, fare);
    FeelRun run = help_run(a);
    Value given = help_json(a, inputs), *slots = NEW_ARRAY(a, Value, dmn_input_count(m));
    for (size_t i = 0; i < dmn_input_count(m); i++) (void)value_find(given, dmn_input_name(m, (int)i), &slots[i]);
    DmnFlip found;
    if (!dmn_flip(m, dmn_find(m, DMN_DECISION, STR("fare")), slots, str_of(member), -1, &run, &found)) return "none";
    Str value = feel_text(a, found.value, true), result = json_text(a, found.result), name = dmn_input_name(m, found.input);
    return str_c(a, str_printf(a, STR_FMT " = " STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(value), STR_ARG(result)));
}

static void nearest_change(void **state) {
    /* One year, rather than a card. */
    assert_string_equal(flip(*state, "{\"age\":14,\"card\":false,\"trips\":0,\"bonus\":0,\"kind\":\"slow\"}", ""),
                        "age = 13: {\"price\":0,\"why\":\"child\"}");
    /* Through the sum in another decision: 2 × 49 + 1 points, and half a trip is missing. */
    assert_string_equal(flip(*state, "{\"age\":60,\"card\":false,\"trips\":49,\"bonus\":1,\"kind\":\"slow\"}", ""),
                        "trips = 49.5: {\"price\":5,\"why\":\"loyal\"}");
    /* A card, rather than another life; on an express a card does not help. */
    assert_string_equal(flip(*state, "{\"age\":70,\"card\":false,\"kind\":\"slow\"}", ""), "card = true: {\"price\":5,\"why\":\"card\"}");
    assert_string_equal(flip(*state, "{\"age\":70,\"card\":false,\"kind\":\"express\"}", ""), "age = 13: {\"price\":0,\"why\":\"child\"}");
    /* Only the price counts: loyal and card cost the same. */
    assert_string_equal(flip(*state, "{\"age\":14,\"card\":true,\"trips\":50,\"bonus\":0,\"kind\":\"slow\"}", "price"),
                        "age = 13: {\"price\":0,\"why\":\"child\"}");
}

/* A structured input, and a bound that no table states. */
static void members_and_expressions(void **state) {
    Arena *a = *state;
    DmnModel *m = help_load(a, HEAD("loan")
        "<itemDefinition name='tPerson'><itemComponent name='name'><typeRef>string</typeRef></itemComponent>"
        "<itemComponent name='income'><typeRef>number</typeRef></itemComponent></itemDefinition>"
        "<inputData id='p' name='person'><variable name='person' typeRef='tPerson'/></inputData>"
        "<inputData id='l' name='loan'><variable name='loan' typeRef='number'/></inputData>"
        "<decision id='may' name='may'><informationRequirement><requiredInput href='#p'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#l'/></informationRequirement>"
        "<literalExpression><text>person.income * 3 &gt;= loan</text></literalExpression></decision>" TAIL);
    FeelRun run = help_run(a);
    Value slots[2] = {help_json(a, "{\"name\":\"Li\",\"income\":3000}"), value_int(9500)};
    DmnFlip found;
    assert_true(dmn_flip(m, 0, slots, STR(""), -1, &run, &found));
    assert_int_equal(found.input, 1);
    assert_int_equal(found.value.u.i, 9000);
    assert_true(dmn_flip(m, 0, slots, STR(""), 1, &run, &found)); /* the loan must stay */
    assert_string_equal(str_c(a, found.member), "income");
    assert_int_equal(found.value.u.i, 3167);
    assert_true(value_is_true(found.result));
}

static void made_cases_cover_everything(void **state) {
    Arena *a = *state;
    DmnModel *m = help_load(a, fare);
    FeelRun run = help_run(a);
    DmnCases cases;
    dmn_cases(m, &run, &cases);
    assert_in_range(cases.n, 4, 12);
    for (int r = 0; r < 4; r++) {
        assert_true(cases.cover->tables[0].rules[r] > 0);
        for (int c = 0; c < 4; c++)
            if (dmn_cell_matters(m, 0, r, c)) assert_true(cases.cover->tables[0].cells[r * 4 + c]);
    }
}

static void coverage_counts(void **state) {
    Arena *a = *state;
    DmnModel *m = help_load(a, fare);
    DmnCover *cover = dmn_cover(m, a);
    const char *const given[] = {"{\"age\":10,\"card\":true,\"trips\":0,\"bonus\":0,\"kind\":\"express\"}", "{\"age\":10,\"kind\":\"express\"}"};
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        FeelRun run = help_run(a);
        DmnTrace trace = {.a = a};
        help_decide(a, m, "fare", given[i], &trace);
        dmn_cover_add(cover, &trace, &run);
    }
    const DmnTableCover *t = &cover->tables[0];
    assert_int_equal(t->n_hits, 2);
    assert_int_equal(t->rules[0], 2);
    assert_int_equal(t->rules[1], 0);
    /* The express alone kept "half" out; of the second case two cells of it failed. */
    assert_true(t->cells[1 * 4 + 3]);
    assert_false(t->cells[1 * 4 + 1]);
}

static void sources_of_law(void **state) {
    DmnModel *m = help_load(*state, fare);
    assert_string_equal(str_c(*state, dmn_table_authority(m, 0, 0)), "urn:fares:3");
    assert_int_equal(dmn_table_authority(m, 0, 1).n, 0);
    assert_true(dmn_is_top(m, dmn_find(m, DMN_DECISION, STR("fare"))));
    assert_false(dmn_is_top(m, dmn_find(m, DMN_DECISION, STR("points"))));
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(nearest_change), TEST(members_and_expressions), TEST(made_cases_cover_everything), TEST(coverage_counts), TEST(sources_of_law)};
    return cmocka_run_group_tests_name("dmn flip", tests, NULL, NULL);
}
