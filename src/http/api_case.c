/* Cases for those who are signed in: each handler is one command or one view of room case. */
#include "http/api.h"
#include "http/page_in.h"

#include <inttypes.h>
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
    c.agent = value_get(r->json, "agent");
    c.identified = value_get_str(r->json, "identified");
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

static bool carry_out(HttpRequest *r, HttpResponse *out, const Command *c, Err *err) {
    CaseReply reply;
    TRY(case_handle(r->site->house, c, r->a, &reply, err));
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

static bool act(HttpRequest *r, HttpResponse *out, CaseDo what, Err *err) {
    Command c = command(r, what);
    c.case_id = http_param(r, "id");
    c.args = r->json;
    return carry_out(r, out, &c, err);
}

bool http_api_tries(HttpRequest *r, HttpResponse *out, const Err *trouble, Err *err) {
    if (trouble->code != ERR_BUSY || !str_is(str_of(trouble->room), "access")) {
        *err = *trouble;
        return false;
    }
    http_refuse(r, out, 429, "too_many_attempts", "尝试次数过多，请十五分钟后再试。", "Too many wrong tries; wait 15 minutes.");
    return true;
}

/* The applicant himself; the proof is no part of what he asks for. */
static bool act_himself(HttpRequest *r, HttpResponse *out, CaseDo what, Err *err) {
    Command c = command(r, what);
    ValueBuild args = {.a = r->a};
    for (uint32_t i = 0; i < r->json.size; i++)
        if (!str_is(r->json.u.ctx[i].key, "proof")) build_entry(&args, r->json.u.ctx[i].key, r->json.u.ctx[i].value);
    c.who = (AccessWho){0};
    c.code = http_param(r, "code");
    c.proof = value_get_str(r->json, "proof");
    c.args = build_ctx(&args);
    Err trouble = {0};
    if (carry_out(r, out, &c, &trouble)) return true;
    return http_api_tries(r, out, &trouble, err);
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

bool http_api_case_check(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_CHECK, err);
}
bool http_api_case_accept(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_ACCEPT, err);
}
bool http_api_case_notice(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_NOTICE, err);
}
bool http_api_case_supply(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_SUPPLY, err);
}
bool http_api_case_withdraw(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_WITHDRAW, err);
}
bool http_api_case_see(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_SEE, err);
}
bool http_api_case_note(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_NOTE, err);
}
bool http_api_case_pay(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_PAY, err);
}
bool http_api_case_refund(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_REFUND, err);
}
bool http_api_track_pay(HttpRequest *r, HttpResponse *out, Err *err) {
    return act_himself(r, out, CASE_PAY, err);
}
bool http_api_track_supply(HttpRequest *r, HttpResponse *out, Err *err) {
    return act_himself(r, out, CASE_SUPPLY, err);
}
bool http_api_track_withdraw(HttpRequest *r, HttpResponse *out, Err *err) {
    return act_himself(r, out, CASE_WITHDRAW, err);
}

bool http_api_case_second(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_SECOND, err);
}

bool http_api_case_assign(HttpRequest *r, HttpResponse *out, Err *err) {
    return act(r, out, CASE_ASSIGN, err);
}

bool http_api_board(HttpRequest *r, HttpResponse *out, Err *err) {
    Value board;
    TRY(case_board(r->site->house, &r->who, r->query, r->now_us, r->offset, r->a, &board, err));
    http_json(r, out, 200, board);
    return true;
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

bool http_api_case_file(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseFile file;
    int64_t no;
    if (!str_to_int(http_param(r, "no"), &no)) return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
    TRY(case_file(r->site->house, &r->who, http_param(r, "id"), no, STR("evidence"), r->now_us, r->a, &file, err));
    http_paper(r, out, str_printf(r->a, STR_FMT "-%" PRId64, STR_ARG(file.evidence), no), file.type, file.bytes, false);
    return true;
}
