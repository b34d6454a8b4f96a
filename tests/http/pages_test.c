/* The pages' words: both languages say the same things, and every word a template asks for is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/base.h"
#include "http/page_files.h"
#include "http/tongue.h"

static Str bytes_of(const HttpFile *file) { return (Str){file->bytes, *file->size}; }

static Value texts_of(const HttpFile *file, Arena *a) {
    Value v;
    Err err = {0};
    if (!json_parse(bytes_of(file), (JsonLimits){0}, a, &v, &err)) fail_msg("%s: %s", file->name, err.text);
    return v;
}

/* Every text of `has` is a non-empty text of `other`, section by section. */
static void same_keys(Value has, Value other, Str at) {
    for (uint32_t i = 0; i < has.size; i++) {
        Value mine = has.u.ctx[i].value, theirs;
        Str key = has.u.ctx[i].key;
        if (!value_find(other, key, &theirs)) fail_msg("only one language has " STR_FMT "." STR_FMT, STR_ARG(at), STR_ARG(key));
        assert_int_equal(mine.kind, theirs.kind);
        if (mine.kind == VALUE_STRING && mine.size == 0) fail_msg(STR_FMT "." STR_FMT " is empty", STR_ARG(at), STR_ARG(key));
        if (mine.kind == VALUE_CONTEXT) same_keys(mine, theirs, key);
    }
}

static void languages_have_the_same_keys(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value zh = texts_of(&http_texts_zh, a), en = texts_of(&http_texts_en, a);
    assert_true(zh.size > 10);
    same_keys(zh, en, STR(""));
    same_keys(en, zh, STR(""));
    arena_free(a);
}

static bool has_han(Str s) {
    for (size_t at = 0; at < s.n;) {
        uint32_t c = utf8_next(s, &at);
        if (c >= 0x4E00 && c <= 0x9FFF) return true;
    }
    return false;
}

/* An English text with Chinese in it is one that nobody has translated; but links to Chinese are in Chinese. */
static void no_chinese(Value texts) {
    for (uint32_t i = 0; i < texts.size; i++) {
        Value v = texts.u.ctx[i].value;
        Str key = texts.u.ctx[i].key;
        if (v.kind == VALUE_CONTEXT) no_chinese(v);
        else if (!str_is(key, "other_language") && !str_is(key, "other") && has_han(value_text(v)))
            fail_msg("English " STR_FMT " is Chinese: " STR_FMT, STR_ARG(key), STR_ARG(value_text(v)));
    }
}

static void english_is_english(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    no_chinese(texts_of(&http_texts_en, a));
    arena_free(a);
}

/* A template's text outside tags, keys and {{…}} would be the same in every language. */
static void check_words(const char *name, Str html) {
    const Str brand = STR("一窗");
    for (size_t at = 0; at < html.n;) {
        Str rest = str_sub(html, at, html.n);
        char c = html.p[at];
        const char *end = str_starts(rest, STR("<kbd>")) ? "</kbd>" : str_starts(rest, STR("{{")) ? "}}" : c == '<' ? ">" : c == '&' ? ";" : NULL;
        if (str_starts(rest, brand)) at += brand.n;
        else if (end) {
            ptrdiff_t close = str_find(rest, str_of(end));
            assert_true(close > 0);
            at += (size_t)close + strlen(end);
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0xE3)
            fail_msg("%s has words of its own: %s", name, str_sub(rest, 0, 40).p);
        else at++;
    }
}

static void templates_have_no_words_of_their_own(void **state) {
    (void)state;
    for (size_t i = 0; i < http_template_count; i++) check_words(http_templates[i].name, bytes_of(&http_templates[i]));
}

/* Every text that a language has of its own stands at a place that exists. */
static void same_places(Value own, Value base) {
    for (uint32_t i = 0; own.kind == VALUE_CONTEXT && i < own.size; i++) {
        Value there;
        if (!value_find(base, own.u.ctx[i].key, &there) || there.kind != own.u.ctx[i].value.kind)
            fail_msg("there is no text " STR_FMT, STR_ARG(own.u.ctx[i].key));
        same_places(own.u.ctx[i].value, there);
    }
}

static void other_languages_fall_back(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value all = texts_of(&http_tongues, a), zh = texts_of(&http_texts_zh, a);
    for (uint32_t i = 0; i < all.size; i++) {
        assert_non_null(http_tongue(all.u.ctx[i].key));
        same_places(all.u.ctx[i].value, zh);
    }
    assert_true(str_is(http_tongue_base(http_tongue(STR("khb"))), "zh"));
    assert_true(str_is(http_tongue_base(http_tongue(STR("lo"))), "en"));
    assert_null(http_tongue(STR("xx")));
    arena_free(a);
}

/* "ກ" is a letter of the code chart, no word. */
static void own_words_are_marked_where_an_element_may_stand(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value base, own;
    assert_true(json_parse(STR("{\"a\":{\"b\":\"one\",\"c\":\"two\"}}"), (JsonLimits){0}, a, &base, NULL));
    assert_true(json_parse(STR("{\"a\":{\"b\":\"ກ\",\"z\":\"ກ\"}}"), (JsonLimits){0}, a, &own, NULL));
    Value both = value_get(http_tongue_texts(base, own, a), "a");
    assert_true(str_is(value_get_str(both, "c"), "two") && value_is_null(value_get(both, "z")));
    Str b = value_get_str(both, "b");
    Str html = str_printf(a, "<title>" STR_FMT "</title><p title=\"" STR_FMT "\">" STR_FMT " two</p>", STR_ARG(b), STR_ARG(b), STR_ARG(b));
    assert_true(str_is(http_tongue_mark(html, http_tongue(STR("lo")), a), "<title>ກ</title><p title=\"ກ\"><span lang=\"lo\">ກ</span> two</p>"));
    arena_free(a);
}

static bool has_text(Value texts, Str path) {
    for (Str rest = path; rest.n > 0;)
        if (!value_find(texts, str_cut(rest, '.', &rest), &texts)) return false;
    return texts.kind == VALUE_STRING;
}

static void templates_ask_for_words_that_exist(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value texts = texts_of(&http_texts_en, a);
    size_t asked = 0;
    for (size_t i = 0; i < http_template_count; i++) {
        Str rest = bytes_of(&http_templates[i]);
        for (ptrdiff_t at; (at = str_find(rest, STR("{{t."))) >= 0; asked++) {
            rest = str_sub(rest, (size_t)at + 4, rest.n);
            Str path = str_cut(rest, '}', &rest);
            if (!has_text(texts, path)) fail_msg("%s: no text " STR_FMT, http_templates[i].name, STR_ARG(path));
        }
    }
    assert_true(asked > 100);
    arena_free(a);
}

static void templates_can_be_read(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    for (size_t i = 0; i < http_template_count; i++) {
        const Template *t;
        Err err = {0};
        if (!template_parse(bytes_of(&http_templates[i]), a, &t, &err)) fail_msg("%s: %s", http_templates[i].name, err.text);
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_have_the_same_keys),
        cmocka_unit_test(templates_ask_for_words_that_exist),
        cmocka_unit_test(templates_can_be_read),
        cmocka_unit_test(english_is_english),
        cmocka_unit_test(templates_have_no_words_of_their_own),
        cmocka_unit_test(other_languages_fall_back),
        cmocka_unit_test(own_words_are_marked_where_an_element_may_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
