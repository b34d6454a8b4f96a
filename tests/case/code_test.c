/* Tracking codes catch what people get wrong: any one symbol, any swap of two; and forgive spelling. */
#include "case/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void catches_every_single_error(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    for (int seed = 0; seed < 20; seed++) {
        uint8_t random[8];
        for (int i = 0; i < 8; i++) random[i] = (uint8_t)(seed * 37 + i * 101 + seed * i);
        Str code = case_code_make(random, a);
        char out[14], *typed = str_c(a, code);
        assert_int_equal(code.n, 16);
        assert_true(case_code_read(code, out));
        for (size_t i = 0; i < code.n; i++) {
            if (typed[i] == '-') continue;
            char right = typed[i];
            for (const char *c = alphabet; *c; c++) {
                typed[i] = *c;
                assert_int_equal(case_code_read(str_of(typed), out), *c == right);
            }
            typed[i] = right;
        }
    }
    arena_free(a);
}

static void catches_every_swap(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Str code = case_code_make((const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, a);
    char out[14], *typed = str_c(a, code);
    for (size_t i = 0; i < code.n; i++)
        for (size_t k = i + 1; k < code.n; k++) {
            if (typed[i] == '-' || typed[k] == '-' || typed[i] == typed[k]) continue;
            char c = typed[i];
            typed[i] = typed[k];
            typed[k] = c;
            assert_false(case_code_read(str_of(typed), out));
            typed[k] = typed[i];
            typed[i] = c;
        }
    arena_free(a);
}

static void forgives_spelling(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Str code = case_code_make((const uint8_t[]){0, 0, 0, 0, 0, 0, 0, 0}, a);
    char out[14];
    assert_true(str_is(code, "0000-0000-0000-0"));
    assert_true(case_code_read(STR("oooo 0O0o-0000 0"), out));
    assert_string_equal(out, "0000000000000");
    static const char *const bad[] = {"", "0000-0000-0000", "0000-0000-0000-00", "0000-0000-0000-U", "一窗"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) assert_false(case_code_read(str_of(bad[i]), out));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catches_every_single_error),
        cmocka_unit_test(catches_every_swap),
        cmocka_unit_test(forgives_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
