/* Cases for those who are signed in: each handler is one command or one view of room case. */
#include "http/api.h"

#include <string.h>

static Command command(const HttpRequest *r, CaseDo what) {
    Command c = {.what = what,
                 .who = r->who,
                 .key = r->headers.key,
                 .version = r->version,
                 .now_us = r->now_us,
                 .offset = r->offset};
    memcpy(c.seed, r->seed, sizeof c.seed);
    return c;
}

bool http_api_case_create(HttpRequest *r, HttpResponse *out, Err *err) {
    Command c = command(r, CASE_CREATE);
    CaseReply reply;
    c.service = value_get_str(r->json, "service");
    c.args = value_get(r->json, "inputs");
    TRY(case_handle(r->site->house, &c, r->a, &reply, err));
    if (reply.faults.n > 0) {
        http_faults(r, out, reply.pack, &reply.faults);
        return true;
    }
    ValueBuild b = {.a = r->a};
    build_c(&b, "id", value_str(reply.id));
    build_c(&b, "version", value_int(reply.version));
    build_c(&b, "tracking_code", value_str(reply.tracking_code));
    http_json(r, out, 201, build_ctx(&b));
    http_header(out, "Location", str_printf(r->a, "/api/v1/cases/" STR_FMT, STR_ARG(reply.id)));
    http_etag(r, out, reply.version);
    return true;
}

static bool act(HttpRequest *r, HttpResponse *out, CaseDo what, Err *err) {
    Command c = command(r, what);
    CaseReply reply;
    c.case_id = http_param(r, "id");
    c.args = r->json;
    TRY(case_handle(r->site->house, &c, r->a, &reply, err));
    if (reply.faults.n > 0) {
        http_faults(r, out, reply.pack, &reply.faults);
        return true;
    }
    ValueBuild b = {.a = r->a};
    build_c(&b, "version", value_int(reply.version));
    build_c(&b, "state", value_str(reply.state));
    http_json(r, out, 200, build_ctx(&b));
    http_etag(r, out, reply.version);
    return true;
}

bool http_api_case_adopt(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_ADOPT, err);
}
bool http_api_case_depart(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_DEPART, err);
}
bool http_api_case_correct(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_CORRECT, err);
}
bool http_api_case_clock(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_CLOCK, err);
}
bool http_api_case_move(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_MOVE, err);
}

bool http_api_case_retry(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_RETRY, err);
}

bool http_api_stuck(HttpRequest *r, HttpResponse *out, Err *err) {
    Value all;
    TRY(case_stuck(r->site->house, &r->who, r->now_us, r->a, &all, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "stuck", all);
    http_json(r, out, 200, build_ctx(&b));
    return true;
}

bool http_api_case_list(HttpRequest *r, HttpResponse *out, Err *err) {
    Value limit, list;
    if (value_find(r->query, STR("limit"), &limit) && (limit.u.i < 1 || limit.u.i > 200)) {
        http_member_fault(r, out, STR("limit"), "range", STR("\"limit\" must be 1 to 200."));
        return true;
    }
    TRY(case_list(r->site->house, &r->who, r->query, r->now_us, r->a, &list, err));
    http_json(r, out, 200, list);
    return true;
}

bool http_api_case_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Str purpose = http_query(r, "purpose");
    Value view;
    if (purpose.n > 100) {
        http_member_fault(r, out, STR("purpose"), "range", STR("\"purpose\" must have at most 100 bytes."));
        return true;
    }
    if (purpose.n == 0) purpose = str_of(r->route->purpose);
    TRY(case_view(r->site->house, &r->who, http_param(r, "id"), purpose, r->now_us, r->a, &view, err));
    http_json(r, out, 200, view);
    http_etag(r, out, value_get_int(view, "version", 0));
    return true;
}

bool http_api_case_letter(HttpRequest *r, HttpResponse *out, Err *err) {
    int64_t no;
    Str lang = http_query(r, "lang"), html;
    if (lang.n == 0) lang = r->lang;
    if (!str_is(lang, "zh") && !str_is(lang, "en")) {
        http_member_fault(r, out, STR("lang"), "option", STR("\"lang\" must be zh or en."));
        return true;
    }
    if (!str_to_int(http_param(r, "no"), &no)) return err_set(err, ERR_NOT_FOUND, "http", "Letters have numbers.");
    TRY(case_letter(r->site->house, &r->who, http_param(r, "id"), no, lang, r->now_us, r->a, &html, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "no", value_int(no));
    build_c(&b, "lang", value_str(lang));
    build_c(&b, "html", value_str(html));
    http_json(r, out, 200, build_ctx(&b));
    return true;
}
