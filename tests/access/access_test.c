/* Access: the same demonstration logins at every start, sessions that end, throttling, rights by role. */
#include "fixture.h"

#include "access/access.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

static const int64_t minute = 60 * (int64_t)1000000;
static const int64_t start = 1700000000 * (int64_t)1000000;
static const uint8_t seed[32] = {1, 2, 3};
static const char authority[] =
    "{\"id\":\"demo\",\"sample\":true,\"offices\":["
    "{\"id\":\"pref\",\"parent\":\"\",\"name\":{\"zh\":\"示例州\",\"en\":\"Demo Prefecture\"}},"
    "{\"id\":\"c1\",\"parent\":\"pref\",\"name\":{\"zh\":\"示例县\",\"en\":\"County "
    "1\"},\"government\":{\"zh\":\"县政府\"}},"
    "{\"id\":\"c2\",\"parent\":\"pref\",\"name\":{\"zh\":\"二县\",\"en\":\"County 2\"}}],"
    "\"demo_users\":["
    "{\"user\":\"wang\",\"name\":{\"zh\":\"王\",\"en\":\"Wang\"},\"office\":\"c1\",\"role\":\"officer\"},"
    "{\"user\":\"zhao\",\"name\":{\"zh\":\"赵\",\"en\":\"Zhao\"},\"office\":\"pref\",\"role\":\"supervisor\"}]}";

typedef struct Scene {
    Arena *a;        /* for the test */
    const char *dir; /* of the store */
    Store *s;        /* with the authority installed */
    Value logins;    /* as access_install gave them */
} Scene;

static Value install(Store *s, const char *json, const uint8_t with[32], Arena *a) {
    Value v, logins;
    Err err = {0};
    assert_true(json_parse(str_of(json), (JsonLimits){0}, a, &v, NULL));
    if (!access_install(s, v, with, start, a, &logins, &err)) fail_msg("%s (%s)", err.text, err.cause);
    return logins;
}

static Scene scene(void) {
    Scene t = {.a = arena_new(0)};
    t.dir = fixture_dir(t.a);
    assert_true(store_open((StoreOptions){.dir = fixture_place(t.a, t.dir)}, &access_schema, 1, &t.s, NULL));
    t.logins = install(t.s, authority, seed, t.a);
    return t;
}

static void end(Scene *t) {
    store_close(t->s);
    fixture_remove(t->dir);
    arena_free(t->a);
}

static Str password_of(const Scene *t, size_t i) {
    return value_get_str(t->logins.u.list[i], "password");
}

static void test_second_start_gives_the_same_logins(void **state) {
    Scene t = scene();
    static const uint8_t other[32] = {9};
    (void)state;
    assert_int_equal(t.logins.size, 2);
    assert_int_equal(password_of(&t, 0).n, 14);
    assert_false(str_eq(password_of(&t, 0), password_of(&t, 1)));
    assert_true(value_same(t.logins, install(t.s, authority, other, t.a)));
    AccessOffice office;
    assert_true(access_office(t.s, STR("c1"), t.a, &office, NULL));
    assert_true(str_is(office.name_zh, "示例县") && str_is(office.government_zh, "县政府"));
    end(&t);
}

static void test_faulty_authority_is_refused_whole(void **state) {
    Scene t = scene();
    static const char *const faulty[][2] = {
        {"{\"offices\":[{\"id\":\"c9\",\"parent\":\"nowhere\"}]}", "c9"},
        {"{\"sample\":true,\"offices\":[{\"id\":\"c9\"}],\"demo_users\":[{\"user\":\"x\",\"office\":\"c9\",\"role\":"
         "\"king\"}]}",
         "x"},
        {"{\"sample\":true,\"offices\":[{\"id\":\"c9\"}],\"demo_users\":[{\"user\":\"x\",\"office\":\"c8\",\"role\":"
         "\"clerk\"}]}",
         "x"},
        {"{\"offices\":[{\"id\":\"c9\"}],\"demo_users\":[{\"user\":\"x\",\"office\":\"c9\",\"role\":\"clerk\"}]}",
         "demo_users"},
        {"{\"offices\":7}", "offices"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faulty); i++) {
        Value v, logins;
        Err err = {0};
        AccessOffice office;
        assert_true(json_parse(str_of(faulty[i][0]), (JsonLimits){0}, t.a, &v, NULL));
        assert_false(access_install(t.s, v, seed, start, t.a, &logins, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_string_equal(err.element, faulty[i][1]);
        assert_false(access_office(t.s, STR("c9"), t.a, &office, &err));
    }
    end(&t);
}

static void test_session_lives_and_ends(void **state) {
    Scene t = scene();
    AccessWho who, again;
    Str token;
    Err err = {0};
    (void)state;
    assert_true(access_sign_in(t.s, STR("wang"), password_of(&t, 0), seed, start, t.a, &token, &who, NULL));
    assert_int_equal(token.n, 43);
    assert_true(str_is(who.name, "王") && str_is(who.name_en, "Wang") && str_is(who.office, "c1"));
    assert_true(access_session(t.s, token, start + 29 * minute, t.a, &again, NULL));
    assert_true(str_is(again.user, "wang") && str_is(again.role, "officer"));
    assert_true(access_form_token_ok(&again, access_form_token(t.a, &who)));
    assert_true(access_session(t.s, token, start + 58 * minute, t.a, &again, NULL)); /* the first look counted */
    assert_false(access_session(t.s, token, start + 89 * minute, t.a, &again, &err));
    assert_int_equal(err.code, ERR_NO_SESSION);
    for (int64_t m = 60; m <= 12 * 60; m += 20) /* busy all day */
        assert_true(access_session(t.s, token, start + m * minute, t.a, &again, NULL));
    assert_false(access_session(t.s, token, start + (12 * 60 + 1) * minute, t.a, &again, &err));
    assert_true(access_session(t.s, token, start + 12 * 60 * minute, t.a, &again, NULL));
    assert_true(access_sign_out(t.s, token, NULL));
    assert_false(access_session(t.s, token, start, t.a, &again, &err));
    assert_false(access_session(t.s, STR("forged"), start, t.a, &again, &err));
    assert_int_equal(err.code, ERR_NO_SESSION);
    end(&t);
}

static void test_form_token_belongs_to_its_session(void **state) {
    Scene t = scene();
    AccessWho one, two, nobody = {0};
    Str token;
    static const uint8_t other[32] = {7};
    (void)state;
    assert_true(access_sign_in(t.s, STR("wang"), password_of(&t, 0), seed, start, t.a, &token, &one, NULL));
    assert_true(access_sign_in(t.s, STR("wang"), password_of(&t, 0), other, start, t.a, &token, &two, NULL));
    assert_false(access_form_token_ok(&two, access_form_token(t.a, &one)));
    assert_false(access_form_token_ok(&two, STR("")));
    assert_false(access_form_token_ok(&nobody, access_form_token(t.a, &nobody)));
    end(&t);
}

static void test_wrong_passwords_are_throttled(void **state) {
    Scene t = scene();
    AccessWho who;
    Str token;
    Err err = {0};
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_false(access_sign_in(t.s, STR("wang"), STR("wrong"), seed, start + i, t.a, &token, &who, &err));
        assert_int_equal(err.code, ERR_DENIED);
    }
    assert_false(
        access_sign_in(t.s, STR("wang"), password_of(&t, 0), seed, start + 14 * minute, t.a, &token, &who, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_false(access_sign_in(t.s, STR("nobody"), STR("x"), seed, start, t.a, &token, &who, &err));
    assert_int_equal(err.code, ERR_DENIED);
    assert_true(access_sign_in(t.s, STR("zhao"), password_of(&t, 1), seed, start, t.a, &token, &who, NULL));
    assert_true(
        access_sign_in(t.s, STR("wang"), password_of(&t, 0), seed, start + 16 * minute, t.a, &token, &who, NULL));
    end(&t);
}

enum { FLOOD = 6 };

static void *flood_main(void *scene) {
    Scene *t = scene;
    Arena *a = arena_new(0);
    AccessWho who;
    Str token;
    uint8_t own[32] = {0};
    memcpy(own, &a, sizeof a); /* a seed of its own */
    bool ok = access_sign_in(t->s, STR("wang"), password_of(t, 0), own, start, a, &token, &who, NULL);
    arena_free(a);
    return ok ? t : NULL;
}

static long peak_mib(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss / 1024;
}

static void test_flood_of_sign_ins_is_no_flood_of_memory(void **state) {
    Scene t = scene();
    pthread_t threads[FLOOD];
    void *ok;
    long before = peak_mib(); /* one hashing is in it already */
    (void)state;
    for (int i = 0; i < FLOOD; i++) assert_int_equal(pthread_create(&threads[i], NULL, flood_main, &t), 0);
    for (int i = 0; i < FLOOD; i++) {
        pthread_join(threads[i], &ok);
        assert_non_null(ok);
    }
    assert_in_range(peak_mib() - before, 0, 60); /* six at once would take 95 more */
    end(&t);
}

static void test_rights_follow_role_and_office(void **state) {
    Scene t = scene();
    static const struct {
        const char *role, *office; /* the person's */
        AccessRight right;         /* asked for */
        const char *on;            /* office of the record */
        bool may;                  /* expected */
    } cases[] = {
        {"clerk", "c1", ACCESS_CASE_CREATE, "c1", true},
        {"clerk", "c1", ACCESS_CASE_READ, "c2", false},
        {"officer", "c1", ACCESS_CASE_DECIDE, "c1", true},
        {"officer", "pref", ACCESS_CASE_READ, "c1", false},
        {"officer", "c1", ACCESS_ADMIN, "", false},
        {"supervisor", "pref", ACCESS_CASE_DECIDE, "c2", true},
        {"supervisor", "pref", ACCESS_CASE_MOVE, "c2", true},
        {"officer", "c1", ACCESS_CASE_MOVE, "c1", false},
        {"supervisor", "c1", ACCESS_CASE_READ, "pref", false},
        {"supervisor", "pref", ACCESS_CASE_CREATE, "", false},
        {"supervisor", "pref", ACCESS_CASE_READ, "unknown", false},
        {"legal", "c1", ACCESS_CASE_READ, "c2", true},
        {"legal", "c1", ACCESS_CASE_DECIDE, "c1", false},
        {"admin", "pref", ACCESS_ADMIN, "", true},
        {"admin", "pref", ACCESS_CASE_READ, "pref", false},
        {"clerk", "c1", ACCESS_TICKET_SERVE, "c1", true},
        {"supervisor", "pref", ACCESS_TICKET_SERVE, "c1", false},
        {"supervisor", "pref", ACCESS_BOARD, "c1", true},
        {"clerk", "c1", ACCESS_BOARD, "c1", false},
        {"admin", "pref", ACCESS_DESK_ADMIN, "c1", true},
        {"supervisor", "pref", ACCESS_USER_ADMIN, "pref", false},
        {"king", "pref", ACCESS_SIGNED_IN, "", false},
    };
    static const struct {
        const char *role, *office; /* the person's */
        size_t covered;            /* offices expected */
    } reach[] = {{"officer", "c1", 1}, {"supervisor", "pref", 3}, {"legal", "c1", 3}, {"admin", "pref", 0}};
    AccessWho nobody = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AccessWho who = {.user = STR("x"), .office = str_of(cases[i].office), .role = str_of(cases[i].role)};
        if (access_may(t.s, &who, cases[i].right, str_of(cases[i].on)) != cases[i].may) fail_msg("case %zu", i);
    }
    for (size_t i = 0; i < COUNT_OF(reach); i++) {
        AccessWho who = {.user = STR("x"), .office = str_of(reach[i].office), .role = str_of(reach[i].role)};
        StoreRows rows;
        assert_true(access_offices(t.s, &who, t.a, &rows, NULL));
        assert_int_equal(rows.n, reach[i].covered);
    }
    assert_true(access_may(t.s, &nobody, ACCESS_PUBLIC, STR("c1")));
    assert_false(access_may(t.s, &nobody, ACCESS_SIGNED_IN, STR("")));
    end(&t);
}

static void test_lines_say_who_looked(void **state) {
    Scene t = scene();
    AccessWho wang = {.user = STR("wang"), .office = STR("c1"), .role = STR("officer")};
    AccessWho zhao = {.user = STR("zhao"), .office = STR("pref"), .role = STR("supervisor")};
    AccessWho odd = {.user = STR("a name with blanks"), .office = STR("c1"), .role = STR("clerk")}, read;
    AccessLooks looks;
    StoreBatch *b = store_batch(t.a);
    (void)state;
    access_line(b, &wang, STR("case/1"), STR("decide"), start);
    access_line(b, &wang, STR("case/1"), STR("decide"), start + 1);
    access_line(b, &zhao, STR("case/1"), STR("supervise"), start + 2);
    access_line(b, &zhao, STR("case/2"), STR("supervise"), start + 2);
    assert_true(store_commit(t.s, b, NULL));
    assert_true(access_looks(t.s, STR("case/1"), t.a, &looks, NULL));
    assert_int_equal(looks.n, 3);
    assert_int_equal(looks.items[0].at_us, start + 2);
    assert_true(str_is(looks.items[0].office, "pref") && str_is(looks.items[0].role, "supervisor"));
    assert_true(str_is(looks.items[0].purpose, "supervise") && str_is(looks.items[0].login, "zhao"));
    assert_true(str_is(looks.items[2].login, "wang"));
    assert_true(access_actor_read(access_actor(t.a, &odd), &read));
    assert_true(str_eq(read.user, odd.user) && str_is(read.office, "c1") && str_is(read.role, "clerk"));
    assert_false(access_actor_read(STR("system"), &read));
    end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_start_gives_the_same_logins),
        cmocka_unit_test(test_faulty_authority_is_refused_whole),
        cmocka_unit_test(test_session_lives_and_ends),
        cmocka_unit_test(test_form_token_belongs_to_its_session),
        cmocka_unit_test(test_wrong_passwords_are_throttled),
        cmocka_unit_test(test_flood_of_sign_ins_is_no_flood_of_memory),
        cmocka_unit_test(test_rights_follow_role_and_office),
        cmocka_unit_test(test_lines_say_who_looked),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
