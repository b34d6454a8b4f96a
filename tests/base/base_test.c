/* The ground: memory that grows and resets, text that stays UTF-8, JSON that refuses with a place. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void arena_keeps_what_it_grows(void **state) {
    (void)state;
    Arena *a = arena_new(1 << 20);
    char *p = arena_alloc(a, 10);
    memset(p, 'x', 10);
    p = arena_grow(a, p, 10, 100000);
    for (int i = 0; i < 10; i++) assert_int_equal(p[i], 'x');
    assert_false(arena_full(a));
    arena_alloc(a, 1 << 20);
    assert_true(arena_full(a));
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    arena_free(a);
}

static void utf8_is_strict(void **state) {
    (void)state;
    assert_true(utf8_valid(STR("一窗 caf\xC3\xA9 \xF0\x9F\x9A\x97")));
    static const char *const bad[] = {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\x80", "\xFF"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) assert_false(utf8_valid(str_of(bad[i])));
    assert_int_equal(utf8_count(STR("一窗 car")), 6);
    for (size_t most = 0; most <= 12; most++) { /* a head is the longest of whole characters */
        Str head = str_head(STR("一窗 car"), most);
        assert_true(utf8_valid(head) && head.n <= most && most - head.n < 3);
    }
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += 97) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char bytes[4];
        size_t at = 0, n = utf8_put(bytes, cp);
        assert_int_equal(utf8_next((Str){bytes, n}, &at), cp);
        assert_int_equal(at, n);
    }
}

static void json_round_trips(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Str text = STR("{\"a\":[1,-2.50,12345678901234567.89,true,null],\"名\":\"line\\nquote\\\" \\u0001\",\"o\":{}}");
    Value v;
    Err err = {0};
    assert_true(json_parse(text, (JsonLimits){0}, a, &v, &err));
    Value again;
    assert_true(json_parse(json_text(a, v), (JsonLimits){0}, a, &again, &err));
    assert_true(value_same(v, again));
    assert_true(value_same(v, value_copy(a, v)));
    assert_true(str_starts(json_text(a, v), STR("{\"a\":[1,-2.5")));
    arena_free(a);
}

/* Texts are passed over several bytes at a time: what is special must be seen wherever it stands. */
static void json_sees_what_is_special_at_every_place(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    static const char specials[] = {'"', '\\', '\n', '\x01', '\x1f', '\x7f', ' '};
    for (size_t n = 1; n <= 20; n++) {
        for (size_t at = 0; at < n; at++) {
            char *text = str_c(a, str_printf(a, "%.*s", (int)n, "abcdefghijklmnopqrst"));
            Value again;
            for (size_t i = 0; i < COUNT_OF(specials); i++) {
                text[at] = specials[i];
                Value v = value_str((Str){text, n});
                assert_true(json_parse(json_text(a, v), (JsonLimits){0}, a, &again, NULL));
                assert_true(value_same(v, again));
            }
            text[at] = '\x1f';
            assert_false(json_parse(str_printf(a, "\"%s\"", text), (JsonLimits){0}, a, &again, NULL));
            text[at] = (char)0xA9; /* a continuation byte by itself */
            assert_false(utf8_valid((Str){text, n}));
        }
    }
    arena_free(a);
}

static void json_refuses_with_the_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
    } rows[] = {
        {"", 1, 1},           {"{\"a\":1,}", 1, 8},  {"{\n\"a\":01}", 2, 5},  {"[1 2]", 1, 4},         {"{\"a\":1,\"a\":2}", 1, 8},
        {"\"\\ud800\"", 1, 8}, {"\"\\x\"", 1, 3},     {"[1]x", 1, 4},          {"nul", 1, 1},           {"\"a\tb\"", 1, 3},
        {"\"\xff\"", 1, 2},   {"[\"一\", \xe4]", 1, 9}, {"-", 1, 1},           {"1.", 1, 1},            {"{\"a\"}", 1, 5},
    };
    Arena *a = arena_new(0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Err err = {0};
        Value v;
        assert_false(json_parse(str_of(rows[i].text), (JsonLimits){0}, a, &v, &err));
        assert_int_equal(err.code, ERR_INPUT);
        if (err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("row %zu: %d:%d %s", i, err.line, err.column, err.text);
    }
    arena_free(a);
}

static void json_has_limits(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    char deep[400];
    memset(deep, '[', sizeof deep);
    Err err = {0};
    Value v;
    assert_false(json_parse((Str){deep, sizeof deep}, (JsonLimits){0}, a, &v, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_false(json_parse(STR("[1,2,3]"), (JsonLimits){.bytes = 3}, a, &v, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    Buf many = {.a = a};
    for (int i = 0; i < 5000; i++) buf_printf(&many, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    buf_c(&many, ",\"k77\":0}");
    assert_false(json_parse(buf_str(&many), (JsonLimits){0}, a, &v, &err));
    assert_string_equal(err.text, "the key occurs twice");
    arena_free(a);
}

static void errors_tell_where(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    ErrList list = {.a = a};
    for (int i = 0; i < 1100; i++) errlist_add(&list, ERR_INVALID, "dmn", "fault %d", i);
    assert_int_equal(list.n, 1000);
    assert_int_equal(list.more, 100);
    Err err;
    err_set(&err, ERR_INVALID, "dmn", "the cell is no unary test");
    err_file(&err, STR("decide.dmn"));
    err_element(&err, STR("D"));
    err_at(&err, 12, 3, -1);
    assert_true(str_is(err_line(a, &err), "decide.dmn:12:3: D: the cell is no unary test"));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_keeps_what_it_grows), cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(json_round_trips),          cmocka_unit_test(json_refuses_with_the_place), cmocka_unit_test(json_sees_what_is_special_at_every_place),
        cmocka_unit_test(json_has_limits),           cmocka_unit_test(errors_tell_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
