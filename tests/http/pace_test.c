/* The pace of a client: what it may spend at once and a minute, whose bucket it is, and that the table stays small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "http/http_in.h"

static const int64_t START_US = 1700000000000000, SECOND_US = 1000000;
static const uint8_t KEY[16] = "any sixteen byte";

static void client(const char *peer, const char *header, uint8_t out[HTTP_CLIENT]) {
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    bool is_four = inet_pton(AF_INET, peer, &four.sin_addr) == 1;
    if (!is_four) assert_int_equal(inet_pton(AF_INET6, peer, &six.sin6_addr), 1);
    http_client_of(is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six, str_of(header), out);
}

static bool same(const char *peer, const char *header, const char *as) {
    uint8_t one[HTTP_CLIENT], two[HTTP_CLIENT];
    client(peer, header, one);
    client(as, "", two);
    return memcmp(one, two, sizeof one) == 0;
}

static void test_spends_and_earns(void **state) {
    Arena *a = arena_new(0);
    HttpPace *p = http_pace_open(60, KEY, a); /* one a second */
    uint8_t hall[HTTP_CLIENT], other[HTTP_CLIENT];
    (void)state;
    client("192.0.2.1", "", hall);
    client("192.0.2.2", "", other);
    for (int i = 0; i < 120; i++) assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US), 0);
    assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US), 1);
    assert_int_equal(http_pace_take(p, hall, HTTP_COST_DRAFT, START_US), 10);
    assert_int_equal(http_pace_take(p, other, HTTP_COST_DRAFT, START_US), 0);
    assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US + SECOND_US), 0);
    assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US + SECOND_US), 1);
    assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US - 3600 * SECOND_US), 1); /* the clock was set back: no hour to wait */
    assert_int_equal(http_pace_take(p, hall, HTTP_COST, START_US + 3600 * SECOND_US), 0);
    http_pace_close(p);
    arena_free(a);
}

/* However slow the pace, a draft can be begun. */
static void test_slowest(void **state) {
    Arena *a = arena_new(0);
    HttpPace *p = http_pace_open(1, KEY, a);
    uint8_t who[HTTP_CLIENT];
    (void)state;
    client("2001:db8::1", "", who);
    assert_int_equal(http_pace_take(p, who, HTTP_COST_DRAFT, START_US), 0);
    assert_int_equal(http_pace_take(p, who, HTTP_COST_DRAFT, START_US), 600);
    http_pace_close(p);
    arena_free(a);
}

/* More clients than places: who asked last is still known, and everybody is served. */
static void test_many(void **state) {
    Arena *a = arena_new(0);
    HttpPace *p = http_pace_open(1, KEY, a);
    uint8_t who[HTTP_CLIENT] = {0};
    (void)state;
    for (int i = 0; i < 100000; i++) {
        memcpy(who, &i, sizeof i);
        assert_int_equal(http_pace_take(p, who, HTTP_COST_DRAFT, START_US + i), 0);
    }
    assert_true(http_pace_take(p, who, HTTP_COST_DRAFT, START_US + 100000) > 0);
    http_pace_close(p);
    arena_free(a);
}

static void test_whose(void **state) {
    (void)state;
    assert_true(same("::ffff:192.0.2.1", "", "192.0.2.1"));
    assert_false(same("::ffff:192.0.2.2", "", "192.0.2.1"));
    assert_true(same("2001:db8:1:2:a:b:c:d", "", "2001:db8:1:2::"));
    assert_false(same("2001:db8:1:3::1", "", "2001:db8:1:2::1"));
    assert_true(same("127.0.0.1", "198.51.100.7", "198.51.100.7"));
    assert_true(same("127.0.0.1", "10.9.8.7, 2001:db8:1:2::9", "2001:db8:1:2::1")); /* the client wrote the first */
    assert_true(same("127.0.0.1", "nobody", "127.9.9.9")); /* this machine */
    assert_true(same("::1", "", "127.0.0.1") && same("::ffff:127.0.0.1", "", "127.0.0.1"));
    assert_false(same("128.0.0.1", "", "127.0.0.1"));
}

/* What anybody may do without an account and what writes has a price; reading pages that are the same for all has none. */
static void test_prices(void **state) {
    (void)state;
    for (size_t i = 0; i < http_route_count(); i++) {
        const HttpRoute *r = http_route_at(i);
        bool sign_in = strstr(r->path, "/sessions") || strstr(r->path, "/sign-in"); /* has a limit of its own */
        bool writes = strcmp(r->method, "GET") != 0 && r->right == ACCESS_PUBLIC && !sign_in;
        bool looks_up = strstr(r->path, "/track/") || strstr(r->path, "/tracking/") || strstr(r->path, "/{code}");
        if ((writes || looks_up) != (r->cost > 0) && !strstr(r->path, "/drafts/")) fail_msg("%s %s costs %d", r->method, r->path, r->cost);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spends_and_earns), cmocka_unit_test(test_slowest), cmocka_unit_test(test_many),
        cmocka_unit_test(test_whose), cmocka_unit_test(test_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
