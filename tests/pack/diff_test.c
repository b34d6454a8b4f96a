/* Two versions beside each other: what is told of added, removed and changed files, and that nothing is missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pack/pack.h"

static Value parsed(Arena *a, const char *json) {
    Value v;
    Err err = {0};
    assert_true(json_parse(str_of(json), (JsonLimits){0}, a, &v, &err));
    return v;
}

static void expect(const char *was, const char *is, const char *wanted) {
    Arena *a = arena_new(0);
    Str got = json_text(a, pack_diff(parsed(a, was), parsed(a, is), a));
    assert_string_equal(str_c(a, got), wanted);
    arena_free(a);
}

static void alike_files_are_not_told(void **state) {
    (void)state;
    expect("{\"a\":\"1\\n2\\n\"}", "{\"a\":\"1\\n2\\n\"}", "[]");
}

static void a_line_in_the_middle(void **state) {
    (void)state;
    expect("{\"a\":\"1\\n2\\n3\\n4\\n\"}", "{\"a\":\"1\\nx\\n3\\n4\\ny\\n\"}",
           "[{\"file\":\"a\",\"change\":\"changed\",\"lines\":[{\"sign\":\"-\",\"line\":2,\"text\":\"2\"},{\"sign\":\"+\",\"line\":2,\"text\":\"x\"},"
           "{\"sign\":\"+\",\"line\":5,\"text\":\"y\"}],\"more\":0}]");
}

static void files_that_came_and_went(void **state) {
    (void)state;
    expect("{\"a\":\"1\"}", "{\"b\":\"2\"}",
           "[{\"file\":\"a\",\"change\":\"removed\",\"lines\":[{\"sign\":\"-\",\"line\":1,\"text\":\"1\"}],\"more\":0},"
           "{\"file\":\"b\",\"change\":\"added\",\"lines\":[{\"sign\":\"+\",\"line\":1,\"text\":\"2\"}],\"more\":0}]");
}

static void a_missing_end_of_line_is_a_difference(void **state) {
    (void)state;
    expect("{\"a\":\"1\"}", "{\"a\":\"1\\n\"}",
           "[{\"file\":\"a\",\"change\":\"changed\",\"lines\":[{\"sign\":\"-\",\"line\":1,\"text\":\"1\"},{\"sign\":\"+\",\"line\":1,\"text\":\"1\"}],\"more\":0}]");
}

static Value numbers(Arena *a, int from, int n) {
    Buf text = {.a = a};
    ValueBuild b = {.a = a};
    for (int i = 0; i < n; i++) buf_printf(&text, "%d\n", from + i);
    build_c(&b, "a", value_str(buf_str(&text)));
    return build_ctx(&b);
}

static void what_is_left_out_is_counted(void **state) {
    (void)state;
    Arena *a = arena_new(0);
    Value one = pack_diff(numbers(a, 0, 4000), numbers(a, 10000, 4000), a).u.list[0];
    assert_int_equal(value_get(one, "lines").size, 5000);
    assert_int_equal(value_get_int(one, "more", 0), 3000);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_files_are_not_told),
        cmocka_unit_test(a_line_in_the_middle),
        cmocka_unit_test(files_that_came_and_went),
        cmocka_unit_test(a_missing_end_of_line_is_a_difference),
        cmocka_unit_test(what_is_left_out_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
