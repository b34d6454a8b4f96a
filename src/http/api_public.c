/* What anybody may ask without signing in: health, a pre-check, the state behind a tracking code. */
#include "http/api.h"

bool http_api_health(HttpRequest *r, HttpResponse *out, Err *err) {
    Err trouble = {0};
    ValueBuild b = {.a = r->a};
    (void)err;
    bool ok = case_ready(r->site->house, &trouble);
    build_c(&b, "status", value_c(ok ? "ok" : "unavailable"));
    if (!ok) build_c(&b, "detail", value_str(str_copy(r->a, str_of(trouble.text))));
    http_json(r, out, ok ? 200 : 503, build_ctx(&b));
    return true;
}

bool http_api_openapi(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    out->type = "application/json";
    out->body = r->site->openapi;
    return true;
}

bool http_api_precheck(HttpRequest *r, HttpResponse *out, Err *err) {
    Str service = http_param(r, "service");
    PaperFaults faults = {0};
    Value result;
    TRY(case_precheck(r->site->house, service, value_get(r->json, "inputs"), r->now_us, r->offset, r->a, &result,
                      &faults, err));
    if (faults.n > 0)
        http_faults(r, out, case_pack(r->site->house, service), &faults);
    else
        http_json(r, out, 200, result);
    return true;
}

bool http_api_track(HttpRequest *r, HttpResponse *out, Err *err) {
    Value view;
    TRY(case_track(r->site->house, http_param(r, "code"), r->now_us, r->a, &view, err));
    http_json(r, out, 200, view);
    return true;
}
