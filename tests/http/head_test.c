/* Reading heads: what is taken, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/head.h"
#include "http/http_in.h"

static void assert_str(Str s, const char *wanted) {
    if (!str_is(s, wanted)) fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(s), wanted);
}

static void test_target(void **state) {
    Str path, query;
    (void)state;
    assert_true(http_split_target(STR("/a/b?c=d?e"), &path, &query));
    assert_str(path, "/a/b");
    assert_str(query, "c=d?e");
    assert_true(http_split_target(STR("http://host:1/a"), &path, &query));
    assert_str(path, "/a");
    assert_str(query, "");
    assert_false(http_split_target(STR("*"), &path, &query));
    assert_false(http_split_target(STR(""), &path, &query));
    assert_false(http_split_target(STR("http://host"), &path, &query));
    assert_false(http_split_target(STR("/a\nb"), &path, &query));
    assert_false(http_split_target(STR("/案"), &path, &query));
}

static void test_decoding_is_strict(void **state) {
    static const char *const refused[] = {"%", "%4", "%zz", "%00", "a%0", "%ff", "%ed%a0%80", "%1b", "\x7f"};
    Arena *a = arena_new(0);
    Str out;
    (void)state;
    assert_true(http_decode(STR("%E4%B8%AD+%2F%0A"), false, a, &out));
    assert_str(out, "中+/\n");
    assert_true(http_decode(STR("a+b"), true, a, &out));
    assert_str(out, "a b");
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (http_decode(str_of(refused[i]), true, a, &out)) fail_msg("took %s", refused[i]);
    arena_free(a);
}

static void test_form(void **state) {
    Arena *a = arena_new(0);
    Value v;
    Err err = {0};
    (void)state;
    assert_true(http_read_form(STR("a=1&b=x%26y&a=2&c&&a=3"), a, &v, &err));
    assert_str(json_text(a, v), "{\"a\":[\"1\",\"2\",\"3\"],\"b\":\"x&y\",\"c\":\"\"}");
    assert_false(http_read_form(STR("ok=1&b=%"), a, &v, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(err.offset, 5);
    Buf many = {.a = a};
    for (int i = 0; i <= HTTP_FORM_FIELDS; i++) buf_c(&many, "a=1&");
    assert_false(http_read_form(buf_str(&many), a, &v, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_free(a);
}

static void test_cookie(void **state) {
    Str header = STR("xyc_session=no; yc_session=T; yc_lang=zh");
    (void)state;
    assert_str(http_cookie(header, "yc_session"), "T");
    assert_str(http_cookie(header, "yc_lang"), "zh");
    assert_str(http_cookie(header, "session"), "");
}

static void test_language(void **state) {
    static const struct {
        const char *header, *wanted;
    } rows[] = {
        {"", "zh"},
        {"*", "zh"},
        {"fr, en;q=0.5, zh;q=0.4", "en"},
        {"en;q=0.3,zh-CN;q=0.9", "zh"},
        {"EN", "en"},
        {"zha, en;q=0", "zh"},
        {"en;q=1.0000", "zh"},
        {"en;level=1;q=0.05, zh;q=0.005", "en"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_str(http_language(str_of(rows[i].header), STR("zh")), rows[i].wanted);
    assert_str(http_language(STR("lo-LA, en;q=0.9"), STR("zh")), "lo");
    assert_str(http_language(STR("khb-Talu;q=0.8, fr"), STR("zh")), "khb");
    assert_str(http_language(STR("low, loz"), STR("zh")), "zh");
}

static void test_version(void **state) {
    static const char *const refused[] = {"",     "W/\"3\"", "*",   "\"3\", \"4\"",       "-1", "3a", "\"",
                                          "\"\"", "+3",      "3 4", "1234567890123456789"};
    int64_t v = -1;
    (void)state;
    assert_true(http_read_version(STR("3"), &v) && v == 3);
    assert_true(http_read_version(STR(" \"40\" "), &v) && v == 40);
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (http_read_version(str_of(refused[i]), &v)) fail_msg("took %s", refused[i]);
}

static void test_origin(void **state) {
    (void)state;
    assert_true(http_origin_is(STR("http://Host:8080"), STR("host:8080"), false));
    assert_false(http_origin_is(STR("https://host:8080"), STR("host:8080"), false));
    assert_false(http_origin_is(STR("http://host:8080"), STR("host:8080"), true));
    assert_false(http_origin_is(STR("http://host:80801"), STR("host:8080"), false));
    assert_false(http_origin_is(STR("null"), STR("host"), false));
    assert_false(http_origin_is(STR("http://"), STR(""), false));
}

static void test_small_headers(void **state) {
    (void)state;
    assert_true(http_accepts_gzip(STR("br, GZIP;q=0.1")));
    assert_false(http_accepts_gzip(STR("gzip;q=0, br")));
    assert_false(http_accepts_gzip(STR("gzipped")));
    assert_true(http_prefers(STR("application/ld+json"), "application/ld+json", "application/json"));
    assert_true(http_prefers(STR("application/json;q=0.5, Application/LD+JSON;q=0.9"), "application/ld+json", "application/json"));
    assert_false(http_prefers(STR("application/json, application/ld+json;q=0.9"), "application/ld+json", "application/json"));
    assert_false(http_prefers(STR("*/*"), "application/ld+json", "application/json"));
    assert_false(http_prefers(STR("application/ld+json;q=0"), "application/ld+json", "application/json"));
    assert_true(http_key_ok(STR("9c1b-7")));
    assert_false(http_key_ok(STR("")));
    assert_false(http_key_ok(STR("a b")));
    assert_false(http_key_ok(STR("键")));
    assert_string_equal(http_media_type(STR("Application/JSON; charset=utf-8")), "application/json");
    assert_string_equal(http_media_type(STR("application/jsonp")), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_target), cmocka_unit_test(test_decoding_is_strict), cmocka_unit_test(test_form),
        cmocka_unit_test(test_cookie), cmocka_unit_test(test_language),           cmocka_unit_test(test_version),
        cmocka_unit_test(test_origin), cmocka_unit_test(test_small_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
