/* Forms: what an answer must be, what is refused and how it is said, what a page is given, and
 * which forms do not load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper/paper.h"

static const char form_json[] =
    "{\"type\":\"default\",\"id\":\"f\",\"schemaVersion\":19,\"components\":["
    "{\"type\":\"textfield\",\"id\":\"c1\",\"key\":\"code\",\"label\":\"违法代码\",\"validate\":{\"required\":true,"
    "\"pattern\":\"^[0-9]{4,5}[A-Z]?$\",\"maxLength\":5}},"
    "{\"type\":\"datetime\",\"id\":\"c2\",\"key\":\"at\",\"label\":\"时间\",\"subtype\":\"datetime\"},"
    "{\"type\":\"datetime\",\"id\":\"c3\",\"key\":\"born\",\"label\":\"生日\"},"
    "{\"type\":\"select\",\"id\":\"c4\",\"key\":\"road\",\"label\":\"道路\",\"defaultValue\":\"other\",\"values\":[{"
    "\"value\":\"other\",\"label\":\"其他\"},{\"value\":\"expressway\",\"label\":\"高速\"}]},"
    "{\"type\":\"checkbox\",\"id\":\"c5\",\"key\":\"corrected\",\"label\":\"已改正\"},"
    "{\"type\":\"checkbox\",\"id\":\"c6\",\"key\":\"evidenceOk\",\"label\":\"证据\",\"defaultValue\":true},"
    "{\"type\":\"number\",\"id\":\"c7\",\"key\":\"prior\",\"label\":\"次数\",\"decimalDigits\":0,\"defaultValue\":0,"
    "\"validate\":{\"min\":0,\"max\":\"=if corrected then 5 else 9\"}},"
    "{\"type\":\"textfield\",\"id\":\"c8\",\"key\":\"why\",\"label\":\"理由\",\"conditional\":{\"hide\":\"=prior = "
    "0\"},\"validate\":{\"required\":true}},"
    "{\"type\":\"group\",\"id\":\"g1\",\"label\":\"人\",\"path\":\"person\",\"components\":[{\"type\":\"textfield\","
    "\"id\":\"c9\",\"key\":\"name\",\"label\":\"姓名\"}]},"
    "{\"type\":\"dynamiclist\",\"id\":\"d1\",\"path\":\"items\",\"label\":\"物\",\"defaultRepetitions\":0,\"components\":[{\"type\":\"number\","
    "\"id\":\"c10\",\"key\":\"n\",\"label\":\"数\",\"validate\":{\"required\":true,\"max\":\"=prior + i[1]\"}}]},"
    "{\"type\":\"expression\",\"id\":\"c11\",\"key\":\"twice\",\"expression\":\"=prior * 2\",\"computeOn\":\"change\"},"
    "{\"type\":\"number\",\"id\":\"c12\",\"key\":\"fee\",\"label\":\"费\",\"readonly\":true,\"defaultValue\":10.50},"
    "{\"type\":\"text\",\"id\":\"t1\",\"text\":\"共 {{prior + 1}} 次\"}"
    "]}";

static Arena *arena;
static Paper *form;
static FeelRun run;

static int setup(void **state) {
    (void)state;
    arena = arena_new(0);
    ErrList faults = {.a = arena};
    bool good = paper_load(STR("form.json"), str_of(form_json), arena, &faults, &form);
    for (size_t i = 0; i < faults.n; i++) print_message("%s\n", str_c(arena, err_line(arena, &faults.items[i])));
    run = (FeelRun){.arena = arena, .fuel = FEEL_FUEL, .now_us = 1795000000000000};
    return good ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static Value json(const char *text) {
    Value v;
    Err err;
    assert_true(json_parse(str_of(text), (JsonLimits){0}, arena, &v, &err));
    return v;
}

/* "key code limit; …" of the faults, or the clean answers as JSON. */
static const char *outcome(const char *answers) {
    Value clean = value_null();
    PaperFaults faults;
    run.fuel = FEEL_FUEL;
    paper_check(form, value_null(), json(answers), &run, &clean, &faults);
    Buf b = {.a = arena};
    for (size_t i = 0; i < faults.n; i++)
        buf_printf(&b, "%s" STR_FMT " %s " STR_FMT, i > 0 ? "; " : "", STR_ARG(faults.items[i].key),
                   faults.items[i].code, STR_ARG(faults.items[i].limit));
    if (faults.n == 0)
        json_write(&b, clean);
    else
        assert_true(value_is_null(clean));
    return str_c(arena, buf_str(&b));
}

static void test_clean(void **state) {
    (void)state;
    assert_string_equal(outcome("{\"code\":\"1039\"}"),
                        "{\"code\":\"1039\",\"road\":\"other\",\"corrected\":false,"
                        "\"evidenceOk\":true,\"prior\":0,\"items\":[],\"twice\":0,\"fee\":10.50}");
    /* form order, not the sender's; hidden "why" dropped; computed "twice" not taken */
    assert_string_equal(outcome("{\"prior\":3,\"code\":\"1039A\",\"why\":\"x\",\"fee\":10.5,\"twice\":99,\"at\":"
                                "null,\"items\":[{\"n\":4}],\"person\":{\"name\":\"张\"}}"),
                        "{\"code\":\"1039A\",\"road\":\"other\",\"corrected\":false,\"evidenceOk\":true,\"prior\":3,"
                        "\"why\":\"x\",\"person\":{\"name\":\"张\"},\"items\":[{\"n\":4}],\"twice\":6,\"fee\":10.50}");
    /* null is no answer; a field with a default always has one */
    assert_string_equal(outcome("{\"code\":\"1039\",\"evidenceOk\":null}"), "evidenceOk type ");
    /* an empty text answers a text field only */
    assert_string_equal(outcome("{\"code\":\"1039\",\"road\":\"\",\"prior\":\"\"}"), "road option ; prior type ");
    assert_string_equal(outcome("{\"code\":\"1039\",\"why\":5}"), outcome("{\"code\":\"1039\"}"));
}

static void test_moments(void **state) {
    (void)state;
    Value clean;
    PaperFaults faults;
    paper_check(form, value_null(), json("{\"code\":\"1039\",\"at\":\"2026-11-16T08:42\",\"born\":\"2000-02-29\"}"), &run, &clean,
                &faults);
    assert_int_equal(faults.n, 0);
    assert_int_equal(value_get(clean, "at").kind, VALUE_DATETIME);
    assert_int_equal(value_get(clean, "at").u.time->nanos, (8 * 60 + 42) * 60 * INT64_C(1000000000));
    assert_int_equal(value_get(clean, "born").kind, VALUE_DATE);
    assert_string_equal(outcome("{\"code\":\"1039\",\"at\":\"2026-11-16T08:42:07+08:00\",\"born\":\"2001-02-29\"}"),
                        "born date ");
    assert_string_equal(outcome("{\"code\":\"1039\",\"at\":\"2026-11-16\"}"), "at date ");
    assert_string_equal(outcome("{\"code\":\"1039\",\"at\":\"2026-11-16T25:00\"}"), "at date ");
    assert_string_equal(outcome("{\"code\":\"1039\",\"at\":\"2026-11-16T24:00\"}"), "at date ");
    assert_string_equal(outcome("{\"code\":\"1039\",\"at\":5}"), "at type ");
}

static void test_faults(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"{}", "code required "},
        {"{\"code\":\"  \"}", "code required "},
        {"{\"code\":1039}", "code type "},
        {"{\"code\":\"103\"}", "code pattern ^[0-9]{4,5}[A-Z]?$"},
        {"{\"code\":\"10391A\"}", "code max_length 5"},
        {"{\"code\":\"1039\",\"colour\":1,\"person\":{\"age\":3}}", "colour unknown ; person.age unknown "},
        {"{\"code\":\"1039\",\"person\":\"x\"}", "person type "},
        {"{\"code\":\"1039\",\"prior\":1.5}", "prior digits 0; why required "},
        {"{\"code\":\"1039\",\"prior\":1.0}", NULL},
        {"{\"code\":\"1039\",\"prior\":\"1\"}", "prior type "},
        {"{\"code\":\"1039\",\"prior\":-1,\"why\":\"x\"}", "prior min 0"},
        {"{\"code\":\"1039\",\"prior\":6,\"why\":\"x\",\"corrected\":true}", "prior max 5"},
        {"{\"code\":\"1039\",\"prior\":1}", "why required "},
        {"{\"code\":\"1039\",\"road\":\"air\"}", "road option "},
        {"{\"code\":\"1039\",\"corrected\":\"yes\"}", "corrected type "},
        {"{\"code\":\"1039\",\"items\":[{\"n\":1},{\"n\":3},{\"m\":1},7]}",
         "items[1].n max 2; items[2].m unknown ; items[2].n required ; items[3] type ; items[3].n required "},
        {"{\"code\":\"1039\",\"items\":{}}", "items type "},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const char *got = outcome(examples[i][0]);
        if (examples[i][1] != NULL) assert_string_equal(got, examples[i][1]);
    }
}

static void test_sentences(void **state) {
    (void)state;
    static const char *const examples[][4] = {
        {"code", "required", "请填写违法代码", "Enter 违法代码"},
        {"road", "required", "请选择道路", "Choose 道路"},
        {"prior", "type", "次数要填数字", "次数 must be a number"},
        {"prior", "digits", "次数要填整数", "次数 must be a whole number"},
        {"fee", "digits", "费最多写 2 位小数", "费 can have at most 2 decimal places"},
        {"fee", "locked", "费不能改，已恢复原来的内容", "费 cannot be changed; what it held has been put back"},
        {"items[1].n", "max", "第 2 行：数不能大于 2", "Row 2: 数 must be 2 or less"},
        {"colour", "unknown", "表里没有“colour”这一项", "This form has no field called “colour”"},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        PaperFault f = {str_of(examples[i][0]), examples[i][1], STR("2")};
        assert_string_equal(str_c(arena, paper_fault_text(form, &f, STR("zh"), arena)), examples[i][2]);
        assert_string_equal(str_c(arena, paper_fault_text(form, &f, STR("en"), arena)), examples[i][3]);
    }
}

static void test_post(void **state) {
    (void)state;
    Value posted = json("{\"code\":\"1039\",\"prior\":\" 2 "
                        "\",\"corrected\":\"on\",\"at\":\"\",\"person.name\":\"李\",\"items[0].n\":\"1\",\"items[1]."
                        "n\":\"x\",\"token\":\"t\"}");
    assert_string_equal(str_c(arena, json_text(arena, paper_from_post(form, posted, arena))),
                        "{\"code\":\"1039\",\"corrected\":true,\"evidenceOk\":false,\"prior\":2,\"person\":{\"name\":"
                        "\"李\"},\"items\":[{\"n\":1},{\"n\":\"x\"}]}");
}

static Value field_named(Value fields, const char *key) {
    for (size_t i = 0; i < fields.size; i++)
        if (str_is(value_get_str(fields.u.list[i], "key"), key)) return fields.u.list[i];
    return value_null();
}

static void test_view(void **state) {
    (void)state;
    PaperFault fault = {STR("code"), "required", STR("")};
    PaperFaults faults = {&fault, 1};
    Value texts =
        json("{\"lang\":\"en\",\"fields\":{\"code\":\"Code\"},\"options\":{\"road\":{\"expressway\":\"Expressway\"}}}");
    Value fields =
        value_get(paper_view(form, value_null(), json("{\"road\":\"expressway\",\"at\":\"2026-11-16T08:42\"}"), &faults, texts, &run),
                  "fields");
    Value code = field_named(fields, "code"), road = field_named(fields, "road");
    assert_string_equal(str_c(arena, value_get_str(code, "error")), "Enter Code");
    assert_true(value_get_bool(code, "is_textfield", false));
    assert_string_equal(str_c(arena, json_text(arena, value_get(road, "options"))),
                        "[{\"value\":\"other\",\"label\":\"其他\",\"selected\":false},{\"value\":\"expressway\","
                        "\"label\":\"Expressway\",\"selected\":true}]");
    assert_string_equal(str_c(arena, value_get_str(field_named(fields, "at"), "value")), "2026-11-16T08:42");
    assert_true(value_get_bool(field_named(fields, "evidenceOk"), "checked", false));
    assert_true(value_is_null(field_named(fields, "why")));
    assert_string_equal(str_c(arena, value_get_str(fields.u.list[fields.size - 1], "text")), "共 1 次");
}

static void test_bad_forms(void **state) {
    (void)state;
    static const char *const examples[][3] = {
        /* component, element named, part of the sentence */
        {"{\"type\":\"iframe\",\"id\":\"x\",\"url\":\"u\"}", "x", "another site"},
        {"{\"type\":\"documentPreview\",\"id\":\"x\"}", "x", "filepicker"},
        {"{\"type\":\"map\",\"id\":\"x\"}", "x", "component type"},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"colour\":\"red\"}", "a", "colour"},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"validate\":{\"minimum\":1}}", "a", "minimum"},
        {"{\"type\":\"textfield\",\"id\":\"x\"}", "x", "no key"},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"b\"}", "b", "two fields"},
        {"{\"type\":\"textfield\",\"id\":\"y\",\"key\":\"a\"}", "a", "two components"},
        {"{\"type\":\"select\",\"id\":\"x\",\"key\":\"a\"}", "a", "no options"},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"validate\":{\"pattern\":\"((\"}}", "a", "a pattern"},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"conditional\":{\"hide\":\"=1 +\"}}", "a", ""},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"conditional\":{\"hide\":\"b = 1\"}}", "a",
         "begin with ="},
        {"{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"a\",\"validate\":{\"pattern\":\"[\"}}", "a", "pattern"},
        {"{\"type\":\"number\",\"id\":\"x\",\"key\":\"a\",\"defaultValue\":\"one\"}", "a", "defaultValue"},
        {"{\"type\":\"text\",\"id\":\"x\",\"text\":\"{{#loop b}}b{{/loop}}\"}", "x", "templating"},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        ErrList faults = {.a = arena};
        Paper *p = NULL;
        Str text = str_printf(
            arena, "{\"type\":\"default\",\"components\":[{\"type\":\"textfield\",\"id\":\"y\",\"key\":\"b\"},%s]}",
            examples[i][0]);
        assert_false(paper_load(STR("form.json"), text, arena, &faults, &p));
        assert_null(p);
        assert_int_equal(faults.n, 1);
        assert_string_equal(faults.items[0].element, examples[i][1]);
        assert_string_equal(faults.items[0].file, "form.json");
        assert_true(str_find(str_of(faults.items[0].text), str_of(examples[i][2])) >= 0);
    }
}

static void test_letter(void **state) {
    (void)state;
    const Template *letter;
    Err err = {0};
    Str html;
    assert_true(paper_letter(STR("l.html"), STR("{{name}}：{{#is.WARNING}}警告{{/is.WARNING}}"), arena, &letter, &err));
    assert_true(paper_fill(letter, json("{\"name\":\"<张>\",\"is\":{\"WARNING\":true}}"), arena, &html, &err));
    assert_string_equal(str_c(arena, html), "&lt;张&gt;：警告");
    assert_false(paper_letter(STR("l.html"), STR(" \n"), arena, &letter, &err));
    err = (Err){0};
    assert_false(paper_letter(STR("l.html"), STR("{{#a}}"), arena, &letter, &err));
    assert_string_equal(err.file, "l.html");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),     cmocka_unit_test(test_moments), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_post),    cmocka_unit_test(test_view),
        cmocka_unit_test(test_bad_forms), cmocka_unit_test(test_letter),
    };
    return cmocka_run_group_tests_name("paper", tests, setup, teardown);
}
