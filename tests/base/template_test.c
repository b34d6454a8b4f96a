/* Mustache templates: what each tag shows, what a line that holds only a tag leaves behind, and
 * which templates and pages are refused. The rules are those of the Mustache specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

typedef struct Example {
    const char *text; /* the template */
    const char *json; /* the view */
    const char *want; /* the page */
} Example;

static Str render(Arena *a, const char *text, const char *json, const TemplateSet *partials)
{
    const Template *t;
    Value view;
    Err err = {0};
    Buf page = {.a = a};
    assert_true(template_parse(str_of(text), a, &t, &err));
    assert_true(json_parse(str_of(json), (JsonLimits){0}, a, &view, &err));
    assert_true(template_render(t, view, partials, &page, &err));
    return buf_str(&page);
}

static void check(const Example *examples, size_t n)
{
    Arena *a = arena_new(0);
    for (size_t i = 0; i < n; i++) assert_string_equal(str_c(a, render(a, examples[i].text, examples[i].json, NULL)), examples[i].want);
    arena_free(a);
}

static void test_values(void **state)
{
    (void)state;
    static const Example examples[] = {
        {"Hello, {{name}}!", "{\"name\":\"<b> & \\\"c\\\"\"}", "Hello, &lt;b&gt; &amp; &quot;c&quot;!"},
        {"{{{x}}} {{&x}} {{ & x }}", "{\"x\":\"<br>\"}", "<br> <br> "},
        {"{{n}} {{m}} {{t}}", "{\"n\":1.10,\"m\":1e3,\"t\":true}", "1.10 1000 true"},
        {"[{{none}}{{nil}}{{a.b.c}}]", "{\"nil\":null,\"a\":{\"b\":1}}", "[]"},
        {"{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"deep\"}}}", "deep"},
        /* the first part of a dotted name decides; it does not go on searching outside */
        {"{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"no\"}}", ""},
    };
    check(examples, COUNT_OF(examples));
}

static void test_sections(void **state)
{
    (void)state;
    static const Example examples[] = {
        {"{{#t}}yes{{/t}}{{#f}}no{{/f}}{{^f}}not{{/f}}{{^t}}no{{/t}}", "{\"t\":true,\"f\":false}", "yesnot"},
        {"{{#l}}({{.}}){{/l}}", "{\"l\":[1,\"b\",2.5]}", "(1)(b)(2.5)"},
        {"{{#l}}{{n}}{{x}},{{/l}}", "{\"l\":[{\"n\":1},{\"n\":2,\"x\":\"in\"}],\"x\":\"out\"}", "1out,2in,"},
        {"{{^l}}none{{/l}}{{#l}}some{{/l}}", "{\"l\":[]}", "none"},
        {"{{#l}}{{#.}}{{.}}{{/.}};{{/l}}", "{\"l\":[[1,2],[3]]}", "12;3;"},
        {"{{#s}}[{{s}}]{{/s}}{{^e}}empty{{/e}}{{^z}}zero{{/z}}", "{\"s\":\"x\",\"e\":\"\",\"z\":0}", "[x]emptyzero"},
        {"{{#a.b}}{{c}}{{/a.b}}", "{\"a\":{\"b\":{\"c\":7}}}", "7"},
    };
    check(examples, COUNT_OF(examples));
}

static void test_lines(void **state)
{
    (void)state;
    static const Example examples[] = {
        {"| a\n  {{#t}}  \n| b\n{{/t}}\n| c\n", "{\"t\":true}", "| a\n| b\n| c\n"},
        {"a\r\n{{! note }}\r\nb", "{}", "a\r\nb"},
        {"a\n  {{! two\n lines }}\nb", "{}", "a\nb"},
        {"a {{! in the line }} b\n", "{}", "a  b\n"},
        {"{{#t}}{{/t}}\nb", "{\"t\":true}", "\nb"},
        {"{{=<% %>=}}\n(<% x %> {{x}})<%={{ }}=%>{{x}}", "{\"x\":1}", "(1 {{x}})1"},
        {"  {{x}}\n", "{\"x\":1}", "  1\n"},
        {"{{^t}}\nx\n{{/t}}", "{\"t\":false}", "x\n"},
    };
    check(examples, COUNT_OF(examples));
}

static void test_partials(void **state)
{
    (void)state;
    Arena *a = arena_new(0);
    const Template *line, *tree;
    Err err = {0};
    assert_true(template_parse(STR("|\n{{{content}}}\n|\n"), a, &line, &err));
    assert_true(template_parse(STR("{{n}}({{#kids}}{{>tree}}{{/kids}})"), a, &tree, &err));
    const Str names[] = {STR("line"), STR("tree")};
    const Template *const templates[] = {line, tree};
    TemplateSet set = {names, templates, 2};
    assert_string_equal(str_c(a, render(a, "a\n  {{>line}}\nb {{>line}}{{>none}}", "{\"content\":\"<\\n->\"}", &set)),
                        "a\n  |\n  <\n->\n  |\nb |\n<\n->\n|\n");
    assert_string_equal(str_c(a, render(a, "{{>tree}}", "{\"n\":1,\"kids\":[{\"n\":2,\"kids\":[]}]}", &set)), "1(2())");
    arena_free(a);
}

static void test_bad_templates(void **state)
{
    (void)state;
    static const char *const bad[] = {"{{x", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{}}", "{{=a=}}", "{{<a}}{{/a}}", "\xff"};
    Arena *a = arena_new(0);
    const Template *t = NULL;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Err err = {0};
        assert_false(template_parse(str_of(bad[i]), a, &t, &err));
        assert_int_equal(err.code, ERR_INPUT);
    }
    Err err = {0};
    assert_false(template_parse(STR("one\ntwo {{#a}}{{/b}}"), a, &t, &err));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 11);
    assert_null(t);
    arena_free(a);
}

static void test_endless_pages(void **state)
{
    (void)state;
    Arena *a = arena_new(0);
    const Template *self, *twice;
    Err err = {0};
    assert_true(template_parse(STR("{{>self}}"), a, &self, &err));
    const Str names[] = {STR("self")};
    TemplateSet set = {names, &self, 1};
    Buf page = {.a = a};
    assert_false(template_render(self, value_null(), &set, &page, &err));
    assert_int_equal(err.code, ERR_LIMIT);

    assert_true(template_parse(STR("{{#l}}{{#l}}long{{/l}}{{/l}}"), a, &twice, &err));
    Value items[100];
    for (size_t i = 0; i < COUNT_OF(items); i++) items[i] = value_int(1);
    ValueEntry entry = {STR("l"), value_list(items, COUNT_OF(items))};
    Buf small = {.a = a, .limit = 1000};
    err = (Err){0};
    assert_false(template_render(twice, value_ctx(&entry, 1), NULL, &small, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_sections),      cmocka_unit_test(test_lines),
        cmocka_unit_test(test_partials),  cmocka_unit_test(test_bad_templates), cmocka_unit_test(test_endless_pages),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
