/* What a form does with answers that a browser cannot be trusted with: locked fields, hidden fields, rows, lists that
 * the service gives; and its texts: templating, Markdown, HTML, patterns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "paper/paper.h"

static Arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static Value json(const char *text) {
    Value v;
    Err err = {0};
    bool good = json_parse(str_of(text), (JsonLimits){0}, arena, &v, &err);
    if (!good) print_message("%s: %s\n", text, err.text);
    assert_true(good);
    return v;
}

/* A form of these components, written with ' for ". */
static Paper *form_of(const char *components, ErrList *faults) {
    Paper *p = NULL;
    char *text = str_c(arena, str_printf(arena, "{'type':'default','schemaVersion':19,'components':[%s]}", components));
    for (char *c = text; *c; c++)
        if (*c == '\'') *c = '"';
    *faults = (ErrList){.a = arena};
    return paper_load(STR("form.json"), str_of(text), arena, faults, &p) ? p : NULL;
}

static FeelRun run_at(void) {
    return (FeelRun){.arena = arena, .fuel = FEEL_FUEL, .now_us = INT64_C(1795000000000000), .offset = 28800};
}

static const char *outcome(const char *components, const char *given, const char *answers) {
    ErrList faults;
    FeelRun run = run_at();
    Paper *p = form_of(components, &faults);
    if (!p) return str_c(arena, err_line(arena, &faults.items[0]));
    Value clean = value_null();
    PaperFaults wrong;
    paper_check(p, json(given), json(answers), &run, &clean, &wrong);
    Buf b = {.a = arena};
    for (size_t i = 0; i < wrong.n; i++)
        buf_printf(&b, "%s" STR_FMT " %s", i > 0 ? "; " : "", STR_ARG(wrong.items[i].key), wrong.items[i].code);
    if (wrong.n == 0) json_write(&b, clean);
    return str_c(arena, buf_str(&b));
}

typedef struct Example {
    const char *components, *given, *answers, *outcome;
} Example;

static void tell(const Example *examples, size_t n) {
    for (size_t i = 0; i < n; i++)
        assert_string_equal(outcome(examples[i].components, examples[i].given, examples[i].answers), examples[i].outcome);
}

#define FIXED "{'type':'textfield','id':'n','key':'name','readonly':true,'defaultValue':'none'}"
#define MAYBE "{'type':'checkbox','id':'a','key':'agent'},{'type':'textfield','id':'n','key':'name','readonly':'=agent'}"
#define OFF "{'type':'textfield','id':'n','key':'name','disabled':true,'validate':{'required':true}}," \
            "{'type':'expression','id':'e','key':'hello','expression':'=name'}"

/* CVE-2025-64515: another form server took what was sent for a read-only field; its first repair then refused the very
 * value it had filled in itself. */
static void test_locked(void **state) {
    (void)state;
    static const Example examples[] = {
        {FIXED, "{\"name\":\"Li\"}", "{\"name\":\"Eve\"}", "name locked"},
        {FIXED, "{\"name\":\"Li\"}", "{\"name\":\"Li\"}", "{\"name\":\"Li\"}"},
        {FIXED, "{\"name\":\"Li\"}", "{}", "{\"name\":\"Li\"}"},
        {FIXED, "{}", "{\"name\":7}", "name locked"},
        {FIXED, "{}", "{}", "{\"name\":\"none\"}"},
        {MAYBE, "{\"name\":\"Li\"}", "{\"agent\":true,\"name\":\"Eve\"}", "name locked"},
        {MAYBE, "{\"name\":\"Li\"}", "{\"agent\":true}", "{\"agent\":true,\"name\":\"Li\"}"},
        {MAYBE, "{\"name\":\"Li\"}", "{\"agent\":false,\"name\":\"Eve\"}", "{\"agent\":false,\"name\":\"Eve\"}"},
        /* disabled: seen by expressions, never part of the answer, not checked */
        {OFF, "{\"name\":\"Li\"}", "{}", "{\"hello\":\"Li\"}"},
        {OFF, "{}", "{\"name\":\"Eve\"}", "name locked"},
    };
    tell(examples, COUNT_OF(examples));
}

#define CHAIN "{'type':'checkbox','id':'a','key':'a'}," \
              "{'type':'textfield','id':'b','key':'b','conditional':{'hide':'=a'},'validate':{'required':true}}," \
              "{'type':'textfield','id':'c','key':'c','conditional':{'hide':'=b = null'}}"
#define GROUP "{'type':'checkbox','id':'a','key':'a'},{'type':'group','id':'g','path':'p','conditional':{'hide':'=a'}," \
              "'components':[{'type':'number','id':'b','key':'b','validate':{'max':3}}]}," \
              "{'type':'expression','id':'e','key':'sum','expression':'=if p.b = null then 0 else p.b + 1'}"
#define ROWS "{'type':'dynamiclist','id':'d','path':'rows','components':[{'type':'checkbox','id':'o','key':'old'}," \
             "{'type':'number','id':'y','key':'year','conditional':{'hide':'=not(this.old)'},'validate':{'required':true}}]}," \
             "{'type':'expression','id':'e','key':'years','expression':'=sum(rows.year[item != null])'}"

static void test_hidden(void **state) {
    (void)state;
    static const Example examples[] = {
        {CHAIN, "null", "{\"a\":false,\"b\":\"x\",\"c\":\"y\"}", "{\"a\":false,\"b\":\"x\",\"c\":\"y\"}"},
        /* what is hidden counts for no other condition */
        {CHAIN, "null", "{\"a\":true,\"b\":\"x\",\"c\":\"y\"}", "{\"a\":true}"},
        {CHAIN, "null", "{\"a\":false}", "b required"},
        /* an unknown condition holds, as in form-js */
        {"{'type':'number','id':'a','key':'a'},{'type':'textfield','id':'b','key':'b','conditional':{'hide':'=a > 3'}}", "null",
         "{\"b\":\"x\"}", "{}"},
        {GROUP, "null", "{\"a\":true,\"p\":{\"b\":9}}", "{\"a\":true,\"sum\":0}"},
        {GROUP, "null", "{\"p\":{\"b\":2}}", "{\"a\":false,\"p\":{\"b\":2},\"sum\":3}"},
        {GROUP, "null", "{\"p\":{\"b\":4}}", "p.b max"},
        {ROWS, "null", "{\"rows\":[{\"old\":true,\"year\":2},{\"year\":5}]}", "{\"rows\":[{\"old\":true,\"year\":2},{\"old\":false}],\"years\":2}"},
        {ROWS, "null", "{\"rows\":[{\"old\":true}]}", "rows[0].year required"},
        {ROWS, "null", "{}", "{\"rows\":[{\"old\":false}]}"},
        {ROWS, "null", "{\"rows\":[]}", "{\"rows\":[]}"},
    };
    tell(examples, COUNT_OF(examples));
}

#define FEW "{'type':'dynamiclist','id':'d','path':'rows','allowAddRemove':false,'defaultRepetitions':2," \
            "'components':[{'type':'textfield','id':'o','key':'t','defaultValue':'-'}]}"
#define LIST "{'type':'select','id':'d','key':'office','valuesKey':'offices'}"
#define WHEN(format) "{'type':'datetime','id':'d','key':'at','subtype':'datetime','timeSerializingFormat':'" format "'}"
#define COUNTED "{'type':'number','id':'n','key':'n','serializeToString':true,'decimalDigits':1}"

static void test_shapes(void **state) {
    (void)state;
    static const Example examples[] = {
        {FEW, "null", "{}", "{\"rows\":[{\"t\":\"-\"},{\"t\":\"-\"}]}"},
        {FEW, "null", "{\"rows\":[{},{},{}]}", "rows rows"},
        {FEW, "{\"rows\":[{}]}", "{\"rows\":[{\"t\":\"x\"}]}", "{\"rows\":[{\"t\":\"x\"}]}"},
        {LIST, "{\"offices\":[\"a\",{\"value\":2,\"label\":\"B\"}]}", "{\"office\":2}", "{\"office\":2}"},
        {LIST, "{\"offices\":[\"a\"]}", "{\"office\":\"b\"}", "office option"},
        {LIST, "{}", "{\"office\":\"a\"}", "office option"},
        {LIST, "{}", "{\"offices\":[\"a\"],\"office\":\"a\"}", "offices unknown; office option"},
        {WHEN("utc_offset"), "null", "{\"at\":\"2026-11-16T07:42\"}", "{\"at\":\"2026-11-16T07:42:00+08:00\"}"},
        {WHEN("utc_normalized"), "null", "{\"at\":\"2026-11-16T07:42\"}", "{\"at\":\"2026-11-15T23:42:00Z\"}"},
        {WHEN("no_timezone"), "null", "{\"at\":\"2026-11-16T07:42\"}", "{\"at\":\"2026-11-16T07:42:00\"}"},
        {COUNTED, "null", "{\"n\":1.5}", "{\"n\":\"1.5\"}"},
        {COUNTED, "null", "{\"n\":\"1.25\"}", "n digits"},
        {"{'type':'textfield','id':'a','key':'a'},{'type':'textfield','id':'b','key':'a.b'}", "null", "{}",
         "form.json: a.b: a key within another field's key: \"a.b\""},
        {"{'type':'number','id':'a','key':'a','validate':{'maxLength':3}}", "null", "{}",
         "form.json: a: a property that is not carried out: \"maxLength\""},
        {"{'type':'image','id':'i','source':'https://x/y.png','alt':'a'}", "null", "{}",
         "form.json: i: a picture that is no file of the pack: \"https://x/y.png\""},
        {"{'type':'button','id':'b','action':'mail'}", "null", "{}",
         "form.json: b: a button that neither submits nor resets: \"mail\""},
        {"{'type':'textfield','id':'a','key':'a','properties':{'autocomplete':'shoe-size'}}", "null", "{}",
         "form.json: a: no such purpose of a field: \"shoe-size\""},
    };
    tell(examples, COUNT_OF(examples));
}

static void test_limits(void **state) {
    (void)state;
    Buf b = {.a = arena};
    buf_c(&b, "{\"rows\":[");
    for (int i = 0; i < 201; i++) buf_c(&b, i ? ",{}" : "{}");
    buf_c(&b, "]}");
    assert_string_equal(outcome(ROWS, "null", str_c(arena, buf_str(&b))), "rows max");
    b = (Buf){.a = arena};
    buf_c(&b, "{\"t\":\"");
    for (int i = 0; i < 2001; i++) buf_c(&b, "字");
    buf_c(&b, "\"}");
    assert_string_equal(outcome("{'type':'textfield','id':'t','key':'t'}", "null", str_c(arena, buf_str(&b))), "t max_length");
}

/* ---- patterns: what JavaScript means by them ------------------------------------------------------------------- */

static void test_patterns(void **state) {
    (void)state;
    static const char *const examples[][3] = { /* pattern as JSON text, what it matches, what it does not */
        {"^\\\\d+$", "42", "４２"},
        {"^\\\\w+$", "a_1", "字"},
        {"^\\\\D$", "字", "4"},
        {"^[\\\\d-]+$", "1-2", "1/2"},
        {"^[A-Z0-9.-]+$", "A.B-1", "a"},
        {"^a.c$", "abc", "a\\nc"},
        {"^(?:ab){2}$", "abab", "ab"},
        {"^x{,2}$", "x{,2}", "x"},
        {"^[^\\\\s]+$", "ab", "a b"},
        {"^\\\\u4e00\\\\/$", "一/", "一"},
        {"b", "abc", "ac"},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        char *form = str_c(arena, str_printf(arena, "{'type':'textarea','id':'t','key':'t','validate':{'pattern':'%s'}}", examples[i][0]));
        for (int k = 1; k < 3; k++) {
            char *answers = str_c(arena, str_printf(arena, "{\"t\":\"%s\"}", examples[i][k]));
            assert_string_equal(outcome(form, "null", answers), k == 1 ? answers : "t pattern");
        }
    }
    static const char *const refused[] = {"(?=a)", "(?<n>a)", "\\\\bx", "[a", "[]", "\\\\p{L}", "a\\\\"};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char *form = str_c(arena, str_printf(arena, "{'type':'textfield','id':'t','key':'t','validate':{'pattern':'%s'}}", refused[i]));
        assert_true(str_starts(str_of(outcome(form, "null", "{}")), STR("form.json: t: a pattern with")));
    }
}

static void test_mail(void **state) {
    (void)state;
    static const char mail[] = "{'type':'textfield','id':'t','key':'t','validate':{'validationType':'email'}}";
    static const char *const good[] = {"a@b", "a.b+c@d.example", "A_1@x-y.cn"};
    static const char *const bad[] = {"a", "a@", "@b", "a b@c", "a@b.", "a@-b", "李@b"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        char *answers = str_c(arena, str_printf(arena, "{\"t\":\"%s\"}", good[i]));
        assert_string_equal(outcome(mail, "null", answers), answers);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_string_equal(outcome(mail, "null", str_c(arena, str_printf(arena, "{\"t\":\"%s\"}", bad[i]))), "t pattern");
}

/* ---- texts -------------------------------------------------------------------------------------------------------- */

#define WORDS "{'type':'textfield','id':'n','key':'name'},"

static const char *shown(const char *component, const char *answers, const char *member) {
    ErrList faults;
    FeelRun run = run_at();
    Paper *p = form_of(str_c(arena, str_printf(arena, WORDS "%s", component)), &faults);
    if (!p) return str_c(arena, err_line(arena, &faults.items[0]));
    Value fields = value_get(paper_view(p, value_null(), json(answers), NULL, value_null(), &run), "fields");
    return str_c(arena, value_get_str(fields.u.list[1], member));
}

static void test_texts(void **state) {
    (void)state;
    static const char *const examples[][4] = { /* component, answers, member of the view, what it holds */
        {"{'type':'text','id':'t','text':'# Hi\\n{{name}} is **here**\\n\\n- [a](/b)\\n- `c`'}", "{\"name\":\"*Li* <b>\"}", "html",
         "<h2>Hi</h2><p>*Li* &lt;b&gt; is <strong>here</strong></p><ul><li><a href=\"/b\">a</a></li><li><code>c</code></li></ul>"},
        {"{'type':'text','id':'t','text':'[x](javascript:alert)'}", "{}", "html", "<p>x</p>"},
        {"{'type':'text','id':'t','text':'{{name}}'}", "{\"name\":\"[x](https://evil)\"}", "html", "<p>[x](https://evil)</p>"},
        {"{'type':'text','id':'t','text':'<script>1</script>'}", "{}", "html", "<p>&lt;script&gt;1&lt;/script&gt;</p>"},
        {"{'type':'text','id':'t','text':'{{#if name = null}}a{{/if}}{{#if name = \\\"Li\\\"}}b{{name}}{{/if}}c'}", "{\"name\":\"Li\"}", "text", "bLic"},
        {"{'type':'text','id':'t','text':'=name + \\\"!\\\"'}", "{\"name\":\"Li\"}", "text", "Li!"},
        {"{'type':'html','id':'t','content':'<h1 onclick=x>A & B &amp; C</h1><p>{{name}}<br/><img src=x onerror=y>'}", "{\"name\":\"<i>\"}", "html",
         "<h2>A &amp; B &amp; C</h2><p>&lt;i&gt;<br></p>"},
        {"{'type':'html','id':'t','content':'<h4>a</h4><h4>b</h4>c'}", "{}", "html", "<h2>a</h2><h3>b</h3>c"},
        {"{'type':'html','id':'t','content':'<script>a<b</script><STYLE>x</style>y<!-- z --></p></div>'}", "{}", "html", "y"},
        {"{'type':'html','id':'t','content':'<a href=\\\"java\\tscript:x\\\" title=y>a</a><a href=/b>c</a><a href=//d>e'}", "{}", "html",
         "<a>a</a><a href=\"/b\">c</a><a>e</a>"},
        {"{'type':'html','id':'t','content':'<ul><li>1 < 2<table><td colspan=2 width=9>z'}", "{}", "html",
         "<ul><li>1 &lt; 2<table><td colspan=\"2\">z</td></table></li></ul>"},
        {"{'type':'text','id':'t','text':'{{#if name}}'}", "{}", "html", "form.json: t: of templating, {{#if}} is not closed"},
        {"{'type':'text','id':'t','text':'{{nome}}'}", "{}", "html", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const char *got = shown(examples[i][0], examples[i][1], examples[i][2]);
        if (examples[i][3]) assert_string_equal(got, examples[i][3]);
        else assert_true(str_starts(str_of(got), STR("form.json: t: ")));
    }
}

static void test_table(void **state) {
    (void)state;
    ErrList faults;
    FeelRun run = run_at();
    Paper *p = form_of("{'type':'table','id':'t','dataSource':'=[{a: 1.50, b: {c: \\\"x\\\"}}, {a: null}]',"
                       "'columns':[{'key':'a','label':'A'},{'key':'b.c'}]}", &faults);
    assert_non_null(p);
    Value table = value_get(paper_view(p, value_null(), json("{}"), NULL, value_null(), &run), "fields").u.list[0];
    assert_string_equal(str_c(arena, json_text(arena, value_get(table, "columns"))), "[\"A\",\"b.c\"]");
    assert_string_equal(str_c(arena, json_text(arena, value_get(table, "rows"))), "[[\"1.50\",\"x\"],[\"\",\"\"]]");
}

/* ---- lists by post ------------------------------------------------------------------------------------------------- */

#define NESTED "{'type':'dynamiclist','id':'d','path':'rows','components':[{'type':'checkbox','id':'o','key':'old'}," \
               "{'type':'dynamiclist','id':'e','path':'in','components':[{'type':'textfield','id':'t','key':'t'}]}]}"

static void test_rows_by_post(void **state) {
    (void)state;
    static const char *const examples[][3] = { /* components, post, answers */
        {NESTED, "{\"rows\":\"2\",\"rows[0].in\":\"0\",\"rows[1].old\":\"true\",\"rows[1].in[0].t\":\"x\"}",
         "{\"rows\":[{\"old\":false,\"in\":[]},{\"old\":true,\"in\":[{\"t\":\"x\"}]}]}"},
        {NESTED, "{\"rows\":\"0\"}", "{\"rows\":[]}"},
        {NESTED, "{\"rows\":\"1\",\"rows[0].in[0].t\":\"x\",\"+rows\":\"\"}", "{\"rows\":[{\"old\":false,\"in\":[{\"t\":\"x\"}]},{}]}"},
        {NESTED, "{\"rows\":\"2\",\"rows[1].in[0].t\":\"x\",\"-rows[0]\":\"\"}", "{\"rows\":[{\"old\":false,\"in\":[{\"t\":\"x\"}]}]}"},
        {NESTED, "{\"rows\":\"1\",\"rows[0].in[0].t\":\"x\",\"+rows[0].in\":\"\"}", "{\"rows\":[{\"old\":false,\"in\":[{\"t\":\"x\"},{}]}]}"},
        {NESTED, "{\"rows\":\"1\",\"rows[0].in[0].t\":\"x\",\"-rows[0].in[0]\":\"\"}", "{\"rows\":[{\"old\":false,\"in\":[]}]}"},
        {NESTED, "{\"rows\":\"1\",\"rows[0].in\":\"0\",\"-rows[9]\":\"\"}", "{\"rows\":[{\"old\":false,\"in\":[]}]}"},
        {FEW, "{\"rows\":\"2\",\"+rows\":\"\"}", "{\"rows\":[{},{}]}"},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        ErrList faults;
        Paper *p = form_of(examples[i][0], &faults);
        Value posted = json(examples[i][1]), answers = paper_from_post(p, posted, arena);
        bool pressed = paper_post_rows(p, posted, answers, arena, &answers);
        assert_int_equal(pressed, i >= 2 && i < 7);
        assert_string_equal(str_c(arena, json_text(arena, answers)), examples[i][2]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locked),   cmocka_unit_test(test_hidden), cmocka_unit_test(test_shapes), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_patterns), cmocka_unit_test(test_mail),   cmocka_unit_test(test_texts),  cmocka_unit_test(test_table),
        cmocka_unit_test(test_rows_by_post),
    };
    return cmocka_run_group_tests_name("sheet", tests, setup, teardown);
}
