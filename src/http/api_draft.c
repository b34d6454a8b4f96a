/* Drafts and handing in, as /api/v1 has them. A draft's code is the only key. Rules are room case's. */
#include "http/api.h"
#include "http/head.h"
#include "http/page_apply.h"

#include <inttypes.h>

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

static Value fault_list(const HttpRequest *r, const Pack *pack, const PaperFaults *faults) {
    ValueBuild list = {.a = r->a};
    for (size_t i = 0; i < faults->n; i++) {
        ValueBuild b = {.a = r->a};
        build_c(&b, "field", value_str(faults->items[i].key));
        build_c(&b, "code", value_c(faults->items[i].code));
        build_c(&b, "message", value_str(http_fault_text(r, pack, &faults->items[i])));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static bool send_draft(HttpRequest *r, HttpResponse *out, int status, const CaseDraft *d, Err *err) {
    ValueBuild b = {.a = r->a};
    CaseLook look;
    build_c(&b, "draft", value_str(d->code));
    build_c(&b, "service", value_str(d->service));
    build_c(&b, "version", value_int(d->version));
    build_c(&b, "answers", d->answers);
    build_c(&b, "expires_at", date_from_unix_us(r->a, d->expires_us, r->offset));
    if (d->tracking_code.n > 0) build_c(&b, "tracking_code", value_str(d->tracking_code));
    if (d->pack && d->tracking_code.n == 0) {
        TRY(case_draft_look(r->site->house, d, r->now_us, r->offset, r->a, &look, err));
        build_c(&b, "faults", fault_list(r, d->pack, &look.faults));
    }
    http_etag(r, out, d->version);
    http_json(r, out, status, build_ctx(&b));
    return true;
}

bool http_api_live_draft(HttpRequest *r, Str code, CaseDraft *d, Err *err) {
    TRY(case_draft_get(r->site->house, code, r->now_us, r->a, d, err));
    if (d->expired) return err_set(err, ERR_STATE, "http", "The draft has expired; its answers are deleted.");
    return d->pack || err_set(err, ERR_STATE, "http", "The service has been withdrawn.");
}

bool http_api_draft_open(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    Value answers = value_get(r->json, "answers");
    if (value_is_null(answers)) answers = value_ctx(NULL, 0);
    TRY(case_draft_open(r->site->house, value_get_str(r->json, "service"), STR(""), answers, r->seed, r->now_us, r->a, &d, err));
    return send_draft(r, out, 201, &d, err);
}

bool http_api_draft_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    TRY(case_draft_get(r->site->house, http_param(r, "draft"), r->now_us, r->a, &d, err));
    if (d.expired) return err_set(err, ERR_STATE, "http", "The draft has expired; its answers are deleted.");
    return send_draft(r, out, 200, &d, err);
}

bool http_api_draft_save(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    TRY(http_api_live_draft(r, http_param(r, "draft"), &d, err));
    if (d.version != r->version) return err_set(err, ERR_STALE, "http", "The draft has changed: it is at version %" PRId64 " now.", d.version);
    d.answers = value_get(r->json, "answers");
    TRY(case_draft_save(r->site->house, &d, r->now_us, r->a, err));
    return send_draft(r, out, 200, &d, err);
}

bool http_api_draft_drop(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    (void)out;
    TRY(case_draft_get(r->site->house, http_param(r, "draft"), r->now_us, r->a, &d, err));
    return case_draft_drop(r->site->house, &d, r->a, err);
}

bool http_api_application(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    CaseReply reply;
    if (!value_get_bool(r->json, "declaration", false)) {
        http_member_fault(r, out, STR("declaration"), "required", STR("The applicant must declare that the information is true."));
        return true;
    }
    TRY(case_draft_get(r->site->house, value_get_str(r->json, "draft"), r->now_us, r->a, &d, err));
    d.office = value_get_str(r->json, "office");
    TRY(case_draft_submit(r->site->house, &d, r->now_us, r->offset, r->seed, r->a, &reply, err));
    if (reply.faults.n > 0) {
        http_faults(r, out, reply.pack, &reply.faults);
        return true;
    }
    ValueBuild b = {.a = r->a};
    build_c(&b, "tracking_code", value_str(reply.tracking_code));
    build_c(&b, "again", value_bool(reply.again));
    http_json(r, out, reply.again ? 200 : 201, build_ctx(&b));
    return true;
}
