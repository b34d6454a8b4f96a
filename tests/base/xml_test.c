/* What xml_parse promises: the tree with places, namespaces and joined text; and a clear refusal of
 * DOCTYPE, excess depth, excess size and broken bytes. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state) {
    *state = arena_new(0);
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static void tree_keeps_order_text_and_place(void **state) {
    XmlNode *root;
    Err err = {0};
    Str xml = STR("<d:a xmlns:d='urn:x' id='1'>\n  <d:b>x &lt; <![CDATA[y & z]]></d:b>\n  <c d:k='v'/><d:b/>\n</d:a>");
    assert_true(xml_parse(xml, *state, &root, &err));
    assert_true(str_is(root->name, "a") && str_is(root->ns, "urn:x"));
    assert_true(str_is(xml_attr(root, "id"), "1"));
    assert_true(xml_has(root, "id") && !xml_has(root, "k"));
    assert_true(str_is(xml_attr_ns(root, "http://www.w3.org/2000/xmlns/", "d"), "urn:x"));
    const XmlNode *b = xml_child(root, "b");
    assert_true(str_is(b->text, "x < y & z"));
    assert_int_equal(b->line, 2);
    assert_int_equal(b->column, 3);
    assert_true(b->parent == root);
    assert_true(str_is(xml_attr_ns(b->next, "urn:x", "k"), "v"));
    assert_true(str_is(xml_attr(b->next, "k"), ""));
    assert_true(xml_next(b, "b") == b->next->next);
    assert_null(xml_next(xml_next(b, "b"), "b"));
}

static void faults_name_line_and_column(void **state) {
    XmlNode *root = NULL;
    Err err = {0};
    assert_false(xml_parse(STR("<a>\n <b></c></a>"), *state, &root, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(err.line, 2);
    assert_null(root);
}

static void doctype_is_refused(void **state) {
    XmlNode *root = NULL;
    Err err = {0};
    assert_false(xml_parse(STR("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"), *state, &root, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.text, "DOCTYPE"));
}

static bool parse_nested(Arena *a, int depth, Err *err) {
    Buf b = {.a = a};
    for (int i = 0; i < depth; i++) buf_c(&b, "<a>");
    for (int i = 0; i < depth; i++) buf_c(&b, "</a>");
    XmlNode *root;
    return xml_parse(buf_str(&b), a, &root, err);
}

static void depth_and_size_are_limited(void **state) {
    Err err = {0};
    assert_true(parse_nested(*state, 64, &err));
    assert_false(parse_nested(*state, 65, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    size_t n = (8 << 20) + 1;
    char *big = arena_alloc(*state, n);
    memset(big, ' ', n);
    XmlNode *root;
    Err other = {0};
    assert_false(xml_parse((Str){big, n}, *state, &root, &other));
    assert_int_equal(other.code, ERR_LIMIT);
    assert_false(xml_parse(STR(""), *state, &root, &other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tree_keeps_order_text_and_place, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_name_line_and_column, setup, teardown),
        cmocka_unit_test_setup_teardown(doctype_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_and_size_are_limited, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
