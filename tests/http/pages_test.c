/* The pages' words: both languages say the same things, and every word a template asks for is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "http/page_files.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
