/* Orders: offices, users and what they may do are changed by events; a right that is taken is gone at once. */
#include "fixture.h"

#include "access/access.h"

#include <stdio.h>

static const int64_t minute = 60 * (int64_t)1000000;
static const int64_t start = 1700000000 * (int64_t)1000000;
static const uint8_t seed[32] = {4, 5, 6};
static const char authority[] =
    "{\"sample\":true,\"offices\":["
    "{\"id\":\"pref\",\"parent\":\"\",\"name\":{\"zh\":\"州\",\"en\":\"Prefecture\"}},"
    "{\"id\":\"county\",\"parent\":\"pref\",\"name\":{\"zh\":\"县\",\"en\":\"County\"}},"
    "{\"id\":\"post\",\"parent\":\"county\",\"name\":{\"zh\":\"点\",\"en\":\"Post\"}},"
    "{\"id\":\"other\",\"parent\":\"pref\",\"name\":{\"zh\":\"二县\",\"en\":\"Other\"}}],"
    "\"staff\":{\"qualified\":[\"licence\"]},"
    "\"demo_users\":["
    "{\"user\":\"wang\",\"name\":{\"zh\":\"王\",\"en\":\"Wang\"},\"office\":\"county\",\"role\":\"clerk\"},"
    "{\"user\":\"root\",\"name\":{\"zh\":\"管\",\"en\":\"Root\"},\"office\":\"pref\",\"role\":\"admin\"},"
    "{\"user\":\"small\",\"name\":{\"zh\":\"小\",\"en\":\"Small\"},\"office\":\"other\",\"role\":\"admin\"}]}";

typedef struct Scene {
    Arena *a;        /* for the test */
    const char *dir; /* of the store */
    Store *s;        /* with the authority installed */
    Value logins;    /* as access_install gave them */
} Scene;

static Scene scene(void) {
    Scene t = {.a = arena_new(0)};
    Value v;
    t.dir = fixture_dir(t.a);
    assert_true(store_open((StoreOptions){.dir = fixture_place(t.a, t.dir)}, &access_schema, 1, &t.s, NULL));
    assert_true(json_parse(str_of(authority), (JsonLimits){0}, t.a, &v, NULL));
    assert_true(access_install(t.s, v, seed, start, t.a, &t.logins, NULL));
    return t;
}

static void end(Scene *t) {
    store_close(t->s);
    fixture_remove(t->dir);
    arena_free(t->a);
}

static AccessOrder order(Scene *t, AccessDo what, const char *subject, const char *args) {
    AccessOrder o = {.what = what, .subject = str_of(subject), .version = -1, .now_us = start, .seed = {8}};
    assert_true(json_parse(str_of(args), (JsonLimits){0}, t->a, &o.args, NULL));
    return o;
}

static void done(Scene *t, AccessDo what, const char *subject, const char *args) {
    AccessOrder o = order(t, what, subject, args);
    AccessOrdered out;
    Err err = {0};
    if (!access_order(t->s, &o, t->a, &out, &err)) fail_msg("%s: %s", err.element, err.text);
}

static void refused(Scene *t, AccessDo what, const char *subject, const char *args, ErrCode code, const char *element) {
    AccessOrder o = order(t, what, subject, args);
    AccessOrdered out;
    Err err = {0};
    assert_false(access_order(t->s, &o, t->a, &out, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.element, element);
}

static AccessWho person(Scene *t, const char *login, int64_t now_us) {
    AccessWho who = {0};
    assert_true(access_person(t->s, str_of(login), now_us, t->a, &who, NULL));
    return who;
}

static bool may(Scene *t, const char *login, AccessRight right, const char *office, const char *service) {
    AccessWho who = person(t, login, start + 1);
    return access_may_for(t->s, &who, right, str_of(office), str_of(service));
}

static void test_a_grant_is_a_right_over_offices_and_services(void **state) {
    Scene t = scene();
    (void)state;
    assert_false(may(&t, "wang", ACCESS_CASE_DECIDE, "post", "licence"));
    done(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"case.decide\",\"office\":\"county\",\"below\":true,\"service\":\"licence\"}");
    assert_true(may(&t, "wang", ACCESS_CASE_DECIDE, "post", "licence"));
    assert_false(may(&t, "wang", ACCESS_CASE_DECIDE, "post", "card"));
    assert_false(may(&t, "wang", ACCESS_CASE_DECIDE, "other", "licence"));
    assert_false(may(&t, "wang", ACCESS_CASE_MOVE, "post", "licence"));
    assert_true(may(&t, "wang", ACCESS_CASE_DECIDE, "county", "card")); /* his role is still there */
    end(&t);
}

static void test_places_name_no_record_twice(void **state) {
    Scene t = scene();
    AccessPlaces places;
    (void)state;
    done(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"case.read\",\"office\":\"county\",\"below\":true,\"service\":\"licence\"}");
    done(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"clerk\",\"office\":\"post\",\"service\":\"licence\"}");
    AccessWho wang = person(&t, "wang", start);
    assert_true(access_places(t.s, &wang, ACCESS_CASE_READ, t.a, &places, NULL));
    assert_int_equal(places.n, 2);
    assert_true(str_is(places.items[0].office, "county") && places.items[0].service.n == 0);
    assert_true(str_is(places.items[1].office, "post") && str_is(places.items[1].service, "licence"));
    end(&t);
}

static void test_expired_grant_gives_nothing(void **state) {
    Scene t = scene();
    char args[200];
    (void)state;
    snprintf(args, sizeof args, "{\"what\":\"supervisor\",\"office\":\"county\",\"below\":true,\"until_us\":%lld}", (long long)(start + minute));
    done(&t, ACCESS_USER_GRANT, "wang", args);
    AccessWho now = person(&t, "wang", start), later = person(&t, "wang", start + minute);
    assert_true(access_may(t.s, &now, ACCESS_BOARD, STR("post")));
    assert_false(access_may(t.s, &later, ACCESS_BOARD, STR("post")));
    refused(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"clerk\",\"office\":\"post\",\"until_us\":5}", ERR_INVALID, "until");
    end(&t);
}

static Str sign_in(Scene *t, size_t i) {
    AccessWho who;
    Str token;
    Value login = t->logins.u.list[i];
    assert_true(access_sign_in(t->s, value_get_str(login, "name"), value_get_str(login, "password"), seed, start, t->a, &token, &who, NULL));
    return token;
}

static void test_session_keeps_no_rights_after_role_change(void **state) {
    Scene t = scene();
    AccessWho who;
    (void)state;
    Str token = sign_in(&t, 0);
    assert_true(access_session(t.s, token, start + 1, t.a, &who, NULL));
    assert_true(access_may(t.s, &who, ACCESS_CASE_DECIDE, STR("county")));
    done(&t, ACCESS_USER_REVOKE, "wang", "{\"no\":1}");
    assert_true(access_session(t.s, token, start + 2, t.a, &who, NULL));
    assert_false(access_may(t.s, &who, ACCESS_CASE_DECIDE, STR("county")));
    assert_true(access_may(t.s, &who, ACCESS_SIGNED_IN, STR("")));
    done(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"supervisor\",\"office\":\"county\",\"below\":true}");
    assert_true(access_session(t.s, token, start + 3, t.a, &who, NULL));
    assert_true(access_may(t.s, &who, ACCESS_BOARD, STR("county")) && str_is(who.role, "supervisor"));
    end(&t);
}

static void test_disabled_user_with_an_open_session(void **state) {
    Scene t = scene();
    AccessWho who;
    Err err = {0};
    (void)state;
    Str token = sign_in(&t, 0), again;
    done(&t, ACCESS_USER_DISABLE, "wang", "{\"reason\":\"left\"}");
    assert_false(access_session(t.s, token, start + 1, t.a, &who, &err));
    assert_int_equal(err.code, ERR_NO_SESSION);
    Value login = t.logins.u.list[0];
    assert_false(access_sign_in(t.s, STR("wang"), value_get_str(login, "password"), seed, start, t.a, &again, &who, &err));
    assert_int_equal(err.code, ERR_DENIED);
    done(&t, ACCESS_USER_ENABLE, "wang", "{}");
    assert_false(access_session(t.s, token, start + 1, t.a, &who, &err)); /* the session does not come back */
    (void)sign_in(&t, 0);
    end(&t);
}

static void test_expired_qualification(void **state) {
    Scene t = scene();
    char args[100];
    (void)state;
    AccessWho wang = person(&t, "wang", start);
    assert_true(access_qualified(t.s, &wang, STR("card"), start)); /* nobody asks for one */
    assert_false(access_qualified(t.s, &wang, STR("licence"), start));
    snprintf(args, sizeof args, "{\"service\":\"licence\",\"until_us\":%lld}", (long long)(start + minute));
    done(&t, ACCESS_USER_QUALIFY, "wang", args);
    assert_true(access_qualified(t.s, &wang, STR("licence"), start));
    assert_false(access_qualified(t.s, &wang, STR("licence"), start + minute));
    done(&t, ACCESS_USER_QUALIFY, "wang", "{\"service\":\"licence\"}");
    assert_false(access_qualified(t.s, &wang, STR("licence"), start));
    end(&t);
}

static void test_loop_in_the_office_tree(void **state) {
    Scene t = scene();
    AccessOffice office;
    (void)state;
    refused(&t, ACCESS_OFFICE_MOVE, "county", "{\"parent\":\"post\"}", ERR_INVALID, "parent");
    refused(&t, ACCESS_OFFICE_MOVE, "county", "{\"parent\":\"county\"}", ERR_INVALID, "parent");
    refused(&t, ACCESS_OFFICE_MOVE, "county", "{\"parent\":\"nowhere\"}", ERR_INVALID, "parent");
    done(&t, ACCESS_OFFICE_MOVE, "post", "{\"parent\":\"other\"}");
    assert_true(access_office(t.s, STR("post"), t.a, &office, NULL) && str_is(office.parent, "other"));
    done(&t, ACCESS_OFFICE_ADD, "new-post", "{\"parent\":\"post\",\"name\":{\"zh\":\"新\",\"en\":\"New\"}}");
    refused(&t, ACCESS_OFFICE_ADD, "new-post", "{\"parent\":\"post\",\"name\":{\"zh\":\"新\",\"en\":\"New\"}}", ERR_INVALID, "id");
    done(&t, ACCESS_OFFICE_RENAME, "new-post", "{\"name\":{\"zh\":\"更新\",\"en\":\"Newer\"}}");
    assert_true(access_office(t.s, STR("new-post"), t.a, &office, NULL) && str_is(office.name_en, "Newer") && str_is(office.parent, "post"));
    end(&t);
}

static void test_bad_orders_are_refused(void **state) {
    Scene t = scene();
    (void)state;
    refused(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"case.burn\",\"office\":\"county\"}", ERR_INVALID, "what");
    refused(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"clerk\",\"office\":\"nowhere\"}", ERR_INVALID, "office");
    refused(&t, ACCESS_USER_GRANT, "nobody", "{\"what\":\"clerk\",\"office\":\"county\"}", ERR_NOT_FOUND, "");
    refused(&t, ACCESS_USER_REVOKE, "wang", "{\"no\":7}", ERR_INVALID, "no");
    refused(&t, ACCESS_USER_ADD, "wang", "{\"name\":{\"zh\":\"王\",\"en\":\"W\"},\"office\":\"county\",\"role\":\"clerk\"}", ERR_INVALID, "login");
    refused(&t, ACCESS_USER_ADD, "Wang 2", "{\"name\":{\"zh\":\"王\",\"en\":\"W\"},\"office\":\"county\",\"role\":\"clerk\"}", ERR_INVALID, "login");
    refused(&t, ACCESS_USER_ADD, "ma", "{\"name\":{\"zh\":\"马\",\"en\":\"Ma\"},\"office\":\"county\",\"role\":\"king\"}", ERR_INVALID, "role");
    end(&t);
}

static void test_two_admins_edit_one_user(void **state) {
    Scene t = scene();
    AccessOrdered out;
    Err err = {0};
    (void)state;
    AccessOrder one = order(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"cash\",\"office\":\"post\"}"), two = one;
    one.version = two.version = 1;
    assert_true(access_order(t.s, &one, t.a, &out, NULL));
    assert_int_equal(out.version, 2);
    assert_false(access_order(t.s, &two, t.a, &out, &err));
    assert_int_equal(err.code, ERR_STALE);
    end(&t);
}

static void test_an_admin_gives_no_more_than_his_own(void **state) {
    Scene t = scene();
    AccessOrdered out;
    Err err = {0};
    (void)state;
    AccessOrder o = order(&t, ACCESS_USER_GRANT, "wang", "{\"what\":\"clerk\",\"office\":\"county\"}");
    o.who = person(&t, "small", start);
    assert_false(access_order(t.s, &o, t.a, &out, &err)); /* another office's user */
    assert_int_equal(err.code, ERR_DENIED);
    o.who = person(&t, "root", start);
    assert_true(access_order(t.s, &o, t.a, &out, NULL));
    o = order(&t, ACCESS_USER_GRANT, "root", "{\"what\":\"supervisor\",\"office\":\"pref\"}");
    o.who = person(&t, "root", start);
    assert_false(access_order(t.s, &o, t.a, &out, &err)); /* himself */
    assert_int_equal(err.code, ERR_DENIED);
    o = order(&t, ACCESS_USER_ADD, "ma", "{\"name\":{\"zh\":\"马\",\"en\":\"Ma\"},\"office\":\"other\",\"role\":\"legal\"}");
    o.who = person(&t, "small", start);
    assert_false(access_order(t.s, &o, t.a, &out, &err)); /* who reads every office */
    assert_int_equal(err.code, ERR_DENIED);
    end(&t);
}

static void test_new_user_signs_in_with_the_password_told_once(void **state) {
    Scene t = scene();
    AccessOrdered out;
    AccessWho who;
    Str token;
    Err err = {0};
    (void)state;
    AccessOrder o = order(&t, ACCESS_USER_ADD, "ma", "{\"name\":{\"zh\":\"马\",\"en\":\"Ma\"},\"office\":\"post\",\"role\":\"clerk\"}");
    o.dry_run = true;
    assert_true(access_order(t.s, &o, t.a, &out, NULL));
    assert_int_equal(out.password.n, 0);
    assert_false(access_person(t.s, STR("ma"), start, t.a, &who, &err));
    o.dry_run = false;
    assert_true(access_order(t.s, &o, t.a, &out, NULL));
    assert_true(access_sign_in(t.s, STR("ma"), out.password, seed, start, t.a, &token, &who, NULL));
    Str first = out.password;
    o = order(&t, ACCESS_USER_PASSWORD, "ma", "{}");
    o.seed[0] = 77;
    assert_true(access_order(t.s, &o, t.a, &out, NULL));
    assert_false(access_session(t.s, token, start + 1, t.a, &who, &err));
    assert_false(access_sign_in(t.s, STR("ma"), first, seed, start, t.a, &token, &who, &err));
    assert_true(access_sign_in(t.s, STR("ma"), out.password, seed, start, t.a, &token, &who, NULL));
    end(&t);
}

static void test_first_password_opens_nothing_but_its_change(void **state) {
    Scene t = scene();
    AccessOrdered out;
    AccessWho who;
    Str token;
    Err err = {0};
    (void)state;
    AccessOrder o = order(&t, ACCESS_USER_ADD, "ma", "{\"name\":{\"zh\":\"马\",\"en\":\"Ma\"},\"office\":\"post\",\"role\":\"clerk\"}");
    assert_true(access_order(t.s, &o, t.a, &out, NULL));
    assert_true(access_sign_in(t.s, STR("ma"), out.password, seed, start, t.a, &token, &who, NULL));
    assert_true(access_session(t.s, token, start + 1, t.a, &who, NULL));
    assert_false(access_may(t.s, &who, ACCESS_CASE_READ, STR("post")));
    assert_true(access_may(t.s, &who, ACCESS_SIGNED_IN, STR("")));
    assert_false(access_cosign(t.s, STR("ma"), out.password, start, t.a, &who, &err));
    assert_true(access_session(t.s, token, start + 1, t.a, &who, NULL));
    assert_false(access_password_change(t.s, &who, out.password, STR("short"), seed, start, t.a, &err));
    assert_string_equal(err.element, "fresh");
    assert_false(access_password_change(t.s, &who, STR("wrong"), STR("a long one of my own"), seed, start, t.a, &err));
    assert_int_equal(err.code, ERR_DENIED);
    assert_true(access_password_change(t.s, &who, out.password, STR("a long one of my own"), seed, start, t.a, NULL));
    assert_false(access_session(t.s, token, start + 2, t.a, &who, &err));
    assert_true(access_sign_in(t.s, STR("ma"), STR("a long one of my own"), seed, start, t.a, &token, &who, NULL));
    assert_true(access_may(t.s, &who, ACCESS_CASE_READ, STR("post")));
    end(&t);
}

static void test_moved_user_has_at_the_new_office_what_he_had(void **state) {
    Scene t = scene();
    (void)state;
    done(&t, ACCESS_USER_MOVE, "wang", "{\"office\":\"other\"}");
    assert_true(may(&t, "wang", ACCESS_CASE_DECIDE, "other", ""));
    assert_false(may(&t, "wang", ACCESS_CASE_DECIDE, "county", ""));
    end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_grant_is_a_right_over_offices_and_services),
        cmocka_unit_test(test_places_name_no_record_twice),
        cmocka_unit_test(test_expired_grant_gives_nothing),
        cmocka_unit_test(test_session_keeps_no_rights_after_role_change),
        cmocka_unit_test(test_disabled_user_with_an_open_session),
        cmocka_unit_test(test_expired_qualification),
        cmocka_unit_test(test_loop_in_the_office_tree),
        cmocka_unit_test(test_bad_orders_are_refused),
        cmocka_unit_test(test_two_admins_edit_one_user),
        cmocka_unit_test(test_an_admin_gives_no_more_than_his_own),
        cmocka_unit_test(test_new_user_signs_in_with_the_password_told_once),
        cmocka_unit_test(test_first_password_opens_nothing_but_its_change),
        cmocka_unit_test(test_moved_user_has_at_the_new_office_what_he_had),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
