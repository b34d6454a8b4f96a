/* Finding the shipped services by what people type. Each line is a way of asking and the service that must come first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"

static const char *const IDS[] = {"deferral", "health-certificate", "inspection-mark-replace", "licence-damaged", "licence-lost",
                                  "licence-renewal", "owner-contact", "periodic-review", "temporary-plate", "vehicle-licence-replace"};
enum { N = COUNT_OF(IDS) };

static Arena *arena;
static const Pack *packs[N];

static int open_packs(void **state) {
    (void)state;
    arena = arena_new(0);
    for (size_t i = 0; i < N; i++) {
        Folder f = folder_service(arena, IDS[i]);
        ErrList faults;
        Pack *pack;
        if (!folder_compile(&f, &faults, &pack)) return -1;
        packs[i] = pack;
    }
    return 0;
}

static int close_packs(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void expect_first(const char *words, const char *id) {
    PackFound found[N];
    size_t n = pack_search(packs, N, str_of(words), found);
    if (n == 0) fail_msg("%s finds nothing", words);
    if (!str_is(found[0].pack->id, id)) fail_msg("%s finds " STR_FMT, words, STR_ARG(found[0].pack->id));
}

static size_t count(const char *words) {
    PackFound found[N];
    return pack_search(packs, N, str_of(words), found);
}

static void test_chinese(void **state) {
    (void)state;
    expect_first("期满换证", "licence-renewal");       /* a keyword */
    expect_first("临时行驶", "temporary-plate");       /* the beginning of a title */
    expect_first("我的驾照快到期了", "licence-renewal"); /* a keyword's characters, in this order, in a sentence */
    expect_first("驾照丢了", "licence-lost");          /* pairs of characters from several keywords */
    expect_first("行驶证丢了怎么办", "vehicle-licence-replace"); /* a keyword within a sentence */
    expect_first("车主 电话", "owner-contact");
}

static void test_pinyin(void **state) {
    (void)state;
    expect_first("qmhz", "licence-renewal");
    expect_first("ＱＭＨＺ", "licence-renewal"); /* full width, capitals */
    expect_first("lspz", "temporary-plate");
    expect_first("bhx", "vehicle-licence-replace"); /* the beginning */
}

static void test_english(void **state) {
    (void)state;
    expect_first("lost vehicle licence", "vehicle-licence-replace");
    expect_first("I lost my driving licence", "licence-lost");
    expect_first("temporary plate", "temporary-plate");
    expect_first("temporray plaet", "temporary-plate"); /* letters swapped */
    expect_first("license renewal", "licence-renewal"); /* another spelling */
    expect_first("renew", "licence-renewal");
}

static void test_equal_words_keep_the_packs_order_and_weak_finds_are_dropped(void **state) {
    (void)state;
    PackFound found[N];
    assert_int_equal(pack_search(packs, N, STR("年审"), found), 1);
    size_t n = pack_search(packs, N, STR("licence"), found);
    assert_true(n > 2 && n < N);
    for (size_t i = 1; i < n; i++) assert_true(found[i].score <= found[i - 1].score && found[i].score * 2 >= found[0].score);
}

static void test_nothing_is_made_up(void **state) {
    (void)state;
    assert_int_equal(count(""), 0);
    assert_int_equal(count("the !?"), 0);
    assert_int_equal(count("passport"), 0);
    assert_int_equal(count("结婚登记"), 0);
    assert_int_equal(count("\xF0\xA0\xAE\xB7"), 0); /* U+20BB7, a rare character */
}

static void test_long_words_are_cut_not_crashed(void **state) {
    (void)state;
    Buf b = {.a = arena};
    for (int i = 0; i < 3000; i++) buf_c(&b, i % 50 ? "驾" : "a ");
    PackFound found[N];
    assert_true(pack_search(packs, N, buf_str(&b), found) <= N);
}

static bool near(const char *words, const char *lang, const char *word) {
    Value list = pack_near(packs, N, str_of(words), lang, arena);
    for (uint32_t i = 0; i < list.size; i++)
        if (str_is(value_text(list.u.list[i]), word)) return true;
    return false;
}

static void test_near_words(void **state) {
    (void)state;
    assert_true(near("renneww", "en", "renew"));
    assert_true(near("临检", "zh", "临牌"));
    assert_int_equal(pack_near(packs, N, STR("qqqq"), "en", arena).size, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_pinyin),
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_equal_words_keep_the_packs_order_and_weak_finds_are_dropped),
        cmocka_unit_test(test_nothing_is_made_up),
        cmocka_unit_test(test_long_words_are_cut_not_crashed),
        cmocka_unit_test(test_near_words),
    };
    return cmocka_run_group_tests(tests, open_packs, close_packs);
}
