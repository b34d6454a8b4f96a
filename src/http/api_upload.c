/* Papers on their way, as /api/v1 has them: to a draft, by its code in the header Draft or this device's cookie; to a case
 * whose notice is open, by its code and proof or by staff. Never takes a paper for a case from anybody else. */
#include "http/api.h"
#include "http/head.h"
#include "http/page_apply.h"

#include <inttypes.h>

typedef struct Holder { /* who hands over */
    const Pack *pack;   /* of what he applies for */
    Str key;            /* under which his papers lie */
} Holder;

static bool while_asked(const CaseOwn *own, Holder *out, Err *err) {
    if (!own->asked) return err_set(err, ERR_STATE, "http", "The case waits for nothing from the applicant.");
    *out = (Holder){own->pack, own->key};
    return true;
}

static bool holds_case(HttpRequest *r, Str id, Holder *out, Err *err) {
    CaseOwn own;
    AccessWho who; /* the route is everybody's, so nobody has asked for the session yet */
    TRY(access_session(r->site->store, r->token, r->now_us, r->a, &who, err));
    TRY(case_own_staff(r->site->house, &who, id, r->a, &own, err));
    return while_asked(&own, out, err);
}

static bool holds_code(HttpRequest *r, Str code, Holder *out, Err *err) {
    CaseOwn own;
    Str proof = r->headers.proof.n > 0 ? r->headers.proof : http_own_proof(r, code);
    if (proof.n == 0) return err_set(err, ERR_DENIED, "http", "Show who you are by the header Proof: the last four characters of a number in the application.");
    TRY(case_own(r->site->house, code, proof, r->now_us, r->a, &own, err));
    return while_asked(&own, out, err);
}

static bool holds_draft(HttpRequest *r, Holder *out, Err *err) {
    CaseDraft d;
    Str code = r->headers.draft;
    if (code.n == 0) code = http_draft_cookie(r, http_query(r, "service"));
    if (code.n == 0) return err_set(err, ERR_NOT_FOUND, "http", "There is no draft: send its code in the header Draft.");
    TRY(http_api_live_draft(r, code, &d, err));
    *out = (Holder){d.pack, d.code};
    return true;
}

static bool holder_of(HttpRequest *r, Holder *out, Err *err) {
    Str id = http_query(r, "case"), code = http_query(r, "tracking");
    if (id.n > 0) return holds_case(r, id, out, err);
    return code.n > 0 ? holds_code(r, code, out, err) : holds_draft(r, out, err);
}

static void send_upload(HttpRequest *r, HttpResponse *out, int status, const CaseUpload *u) {
    ValueBuild b = {.a = r->a};
    build_c(&b, "id", value_str(u->id));
    build_c(&b, "evidence", value_str(u->evidence));
    build_c(&b, "name", value_str(u->name));
    build_c(&b, "type", value_str(u->type));
    build_c(&b, "size", value_int(u->size));
    build_c(&b, "have", value_int(u->have));
    build_c(&b, "complete", value_bool(u->blob.n > 0));
    http_json(r, out, status, build_ctx(&b));
}

bool http_api_upload_begin(HttpRequest *r, HttpResponse *out, Err *err) {
    Holder held;
    Err trouble = {0};
    if (!holder_of(r, &held, &trouble)) return http_api_tries(r, out, &trouble, err);
    CaseUpload u = {.evidence = value_get_str(r->json, "evidence"), .name = value_get_str(r->json, "name"), .type = value_get_str(r->json, "type"),
                    .blob = value_get_str(r->json, "sha256"), .size = value_get_int(r->json, "size", 0)};
    TRY(case_upload_begin(r->site->house, held.pack, held.key, &u, r->seed, r->now_us, r->a, &u, err));
    send_upload(r, out, 201, &u);
    return true;
}

bool http_api_upload_piece(HttpRequest *r, HttpResponse *out, Err *err) {
    Holder held;
    Err trouble = {0};
    CaseUpload u;
    int64_t at;
    if (!str_to_int(r->headers.upload_offset, &at)) return err_set(err, ERR_INPUT, "http", "The header Upload-Offset is missing.");
    if (r->body.n > 0 && !str_is(STR("application/octet-stream"), http_media_type(r->headers.content_type))) {
        http_refuse(r, out, 415, "media_type", "请求内容须为 application/octet-stream。", "The body must be application/octet-stream.");
        return true;
    }
    if (!holder_of(r, &held, &trouble)) return http_api_tries(r, out, &trouble, err);
    TRY(case_upload_piece(r->site->house, held.pack, held.key, http_param(r, "id"), at, r->body, r->a, &u, err));
    send_upload(r, out, 200, &u);
    return true;
}

bool http_api_upload_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Holder held;
    Err trouble = {0};
    CaseUpload u;
    if (!holder_of(r, &held, &trouble)) return http_api_tries(r, out, &trouble, err);
    TRY(case_upload_get(r->site->house, held.key, http_param(r, "id"), r->a, &u, err));
    send_upload(r, out, 200, &u);
    return true;
}

bool http_api_upload_drop(HttpRequest *r, HttpResponse *out, Err *err) {
    Holder held;
    Err trouble = {0};
    if (!holder_of(r, &held, &trouble)) return http_api_tries(r, out, &trouble, err);
    return case_upload_drop(r->site->house, held.key, http_param(r, "id"), r->a, err);
}
