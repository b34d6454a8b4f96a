/* The route table: nothing without a right, nothing public by oversight, nothing undocumented; and the search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/http_in.h"

/* What anybody may ask for is written down here a second time: a row that forgets its right fails. */
static bool meant_for_everybody(const HttpRoute *r) {
    static const char *const open[] = {
        "GET /healthz",
        "GET /assets/{name}",
        "GET /api/v1/openapi.json",
        "POST /api/v1/tracking/{code}/actions/supply",
        "POST /api/v1/tracking/{code}/actions/withdraw",
        "POST /api/v1/tracking/{code}/actions/pay", /* whoever pays */
        "POST /api/v1/sessions",
        "GET /api/v1/services",
        "GET /api/v1/services/{service}",
        "GET /api/v1/services/{service}/requirements",
        "GET /api/v1/evidence-types",
        "GET /api/v1/channels",
        "GET /api/v1/legal-resources",
        "GET /api/v1/life-events",
        "GET /api/v1/public-organisations",
        "GET /api/v1/tracking/{code}",
        "POST /api/v1/pre-checks/{service}",
        /* a hall: numbers without names; a ticket by its code */
        "GET /api/v1/queues",
        "POST /api/v1/tickets",
        "GET /api/v1/tickets/by-code/{code}",
        "GET /api/v1/displays/{office}",
        "GET /display/{office}/events",
        /* what is free, and an appointment by its code */
        "GET /api/v1/availability",
        "GET /api/v1/slots",
        "POST /api/v1/appointments",
        "GET /api/v1/appointments/{code}",
        "POST /api/v1/appointments/{code}/actions/details",
        "POST /api/v1/appointments/{code}/actions/confirm",
        "POST /api/v1/appointments/{code}/actions/move",
        "POST /api/v1/appointments/{code}/actions/cancel",
        "POST /api/v1/appointments/{code}/actions/check-in",
        /* the key of these is a draft's code */
        "POST /api/v1/drafts",
        "GET /api/v1/drafts/{draft}",
        "POST /api/v1/drafts/{draft}",
        "DELETE /api/v1/drafts/{draft}",
        "POST /api/v1/applications",
        "POST /api/v1/uploads",
        "PATCH /api/v1/uploads/{id}",
        "GET /api/v1/uploads/{id}",
        "DELETE /api/v1/uploads/{id}",
    };
    size_t method = strlen(r->method);
    for (size_t i = 0; i < COUNT_OF(open); i++)
        if (strncmp(open[i], r->method, method) == 0 && strcmp(open[i] + method + 1, r->path) == 0) return true;
    bool staff = strncmp(r->path, "/staff", 6) == 0;
    return r->kind == HTTP_PAGE && (!staff || strcmp(r->path, "/staff/sign-in") == 0);
}

static void test_no_route_without_a_right(void **state) {
    (void)state;
    for (size_t i = 0; i < http_route_count(); i++) {
        const HttpRoute *r = http_route_at(i);
        if (r->right == ACCESS_PUBLIC && !meant_for_everybody(r)) fail_msg("%s %s has no right", r->method, r->path);
        if (!r->handler || !r->doc) fail_msg("%s %s has no handler or no documentation", r->method, r->path);
        bool writes = strcmp(r->method, "GET") != 0;
        if (r->kind == HTTP_ASSET && (writes || r->right != ACCESS_PUBLIC)) fail_msg("%s is no asset", r->path);
    }
}

static void test_reading_a_record_has_a_purpose(void **state) {
    (void)state;
    for (size_t i = 0; i < http_route_count(); i++) {
        const HttpRoute *r = http_route_at(i);
        if (strstr(r->path, "/cases/{id}") && !r->purpose) fail_msg("%s %s logs no purpose", r->method, r->path);
    }
}

static void test_no_row_twice(void **state) {
    (void)state;
    for (size_t i = 0; i < http_route_count(); i++)
        for (size_t k = 0; k < i; k++) {
            const HttpRoute *r = http_route_at(i), *q = http_route_at(k);
            if (strcmp(r->path, q->path) == 0 && strcmp(r->method, q->method) == 0)
                fail_msg("%s %s twice", r->method, r->path);
        }
}

static HttpMatch match(Arena *a, const char *method, const char *path, const HttpRoute **r, Str *first, Str *allow) {
    Str params[HTTP_PARAMS];
    HttpMatch how = http_match(str_of(method), str_of(path), a, r, params, allow);
    if (how == HTTP_MATCHED) *first = params[0];
    return how;
}

static void test_matching(void **state) {
    Arena *a = arena_new(0);
    const HttpRoute *r;
    Str id, allow;
    (void)state;
    assert_int_equal(match(a, "HEAD", "/api/v1/cases/%E6%A1%88/letters/2", &r, &id, &allow), HTTP_MATCHED);
    assert_string_equal(r->path, "/api/v1/cases/{id}/letters/{no}");
    assert_true(str_is(id, "案"));
    assert_int_equal(match(a, "DELETE", "/api/v1/cases", &r, &id, &allow), HTTP_NO_METHOD);
    assert_true(str_is(allow, "POST, GET, HEAD"));
    assert_int_equal(match(a, "get", "/healthz", &r, &id, &allow), HTTP_NO_METHOD);
    static const char *const nowhere[] = {"/api/v1/cases/", "/api/v1//cases", "/api/v1/cases/%ff", "/healthz/", "/api"};
    for (size_t i = 0; i < COUNT_OF(nowhere); i++)
        if (match(a, "GET", nowhere[i], &r, &id, &allow) != HTTP_NO_PATH) fail_msg("%s leads somewhere", nowhere[i]);
    arena_free(a);
}

static void test_openapi_has_every_row(void **state) {
    Arena *a = arena_new(0);
    Value doc, path, operation;
    (void)state;
    assert_true(json_parse(http_openapi(a), (JsonLimits){0}, a, &doc, NULL));
    Value paths = value_get(doc, "paths");
    for (size_t i = 0; i < http_api_route_count; i++) {
        const HttpRoute *r = &http_api_routes[i];
        Str method = strcmp(r->method, "GET") == 0    ? STR("get")
                     : strcmp(r->method, "POST") == 0 ? STR("post")
                     : strcmp(r->method, "PATCH") == 0 ? STR("patch")
                                                      : STR("delete");
        assert_true(value_find(paths, str_of(r->path), &path));
        assert_true(value_find(path, method, &operation));
        assert_true(str_is(value_get_str(operation, "summary"), r->doc));
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_route_without_a_right),
        cmocka_unit_test(test_reading_a_record_has_a_purpose),
        cmocka_unit_test(test_no_row_twice),
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_openapi_has_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
