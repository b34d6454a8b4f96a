/* page_apply_end: the last pages of an application: answers to be checked and handed in, the receipt, leaving with a
 * code or a file, and what is said when a draft is no more. Handing in is the draft's end: pressed twice, it gives one
 * case and one receipt. */
#include "http/page_apply.h"

#include <inttypes.h>

static const int64_t DAY_US = 86400000000;

/* ---- check and hand in --------------------------------------------------------------------------------------- */

static Value step_view(const HttpApply *x, size_t i) {
    const HttpPage *p = &x->p;
    Buf absent = {.a = p->a};
    ValueBuild b = {.a = p->a};
    build_c(&b, "title", value_str(x->steps[i].title));
    build_c(&b, "tag", value_str(http_word_tag(p, x->steps[i].title)));
    build_c(&b, "rows", http_form_rows(p, x->steps[i].parts, &absent));
    build_c(&b, "absent", value_str(buf_str(&absent)));
    build_c(&b, "change", value_str(str_printf(p->a, "/apply/" STR_FMT "/%zu?change=1", STR_ARG(x->pack->id), i + 1)));
    return build_ctx(&b);
}

static Value offices_view(const HttpApply *x, Str chosen) {
    Value offices = case_draft_offices(x->pack, x->p.a);
    ValueBuild list = {.a = x->p.a};
    for (uint32_t i = 0; i < offices.size; i++) {
        Str id = value_get_str(offices.u.list[i], "id");
        ValueBuild b = {.a = x->p.a};
        build_c(&b, "value", value_str(id));
        build_c(&b, "id", value_str(i == 0 ? STR("office") : str_printf(x->p.a, "office-%u", (unsigned)i)));
        build_c(&b, "label", value_str(http_word_pick(&x->p, offices.u.list[i])));
        build_c(&b, "selected", value_bool(str_eq(id, chosen) || offices.size == 1));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static void add_error(HttpPage *p, ValueBuild *errors, const char *key, const char *text) {
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_c(key));
    build_c(&b, "text", value_str(http_page_text(p, text)));
    build_item(errors, build_ctx(&b));
    http_page_str(p, str_c(p->a, str_printf(p->a, "%s_error", key)), http_page_text(p, text));
}

/* What stands in the way of handing in: of the answers, of this page. */
static Value errors_of(HttpApply *x, bool judge, Str office) {
    HttpPage *p = &x->p;
    ValueBuild errors = {.a = p->a};
    Value faults = http_form_errors(p, x->pack, &x->look.faults);
    for (uint32_t i = 0; i < faults.size; i++) build_item(&errors, faults.u.list[i]);
    if (judge && office.n == 0) add_error(p, &errors, "office", "apply.office_missing");
    if (judge && http_field(p->r, "declare").n == 0) add_error(p, &errors, "declare", "apply.declare_missing");
    return build_list(&errors);
}

static bool show_check(HttpApply *x, HttpResponse *out, bool judge, Str office, Err *err) {
    HttpPage *p = &x->p;
    ValueBuild groups = {.a = p->a};
    Value errors = errors_of(x, judge, office);
    http_apply_frame(x, x->n_steps + 1 + http_apply_takes_files(x), http_page_text(p, "apply.check"));
    TRY(http_apply_put_files(x, err));
    for (size_t i = 0; i < x->n_steps; i++) build_item(&groups, step_view(x, i));
    http_page_put(p, "groups", build_list(&groups));
    http_page_put(p, "offices", offices_view(x, office));
    http_page_put(p, "declared", value_bool(http_field(p->r, "declare").n > 0));
    const char *last = http_apply_takes_files(x) ? "files" : str_c(p->a, str_printf(p->a, "%zu", x->n_steps));
    http_page_str(p, "back", http_apply_path(x, last));
    http_page_str(p, "action", http_apply_path(x, "check"));
    http_page_str(p, "lang_form", STR("form"));
    http_page_str(p, "other_href", http_apply_other(x, http_apply_path(x, "check")));
    http_page_put(p, "guided", value_bool(!value_is_null(x->look.guide)));
    http_page_put(p, "notices", http_word_notices(p, x->pack));
    if (!value_is_null(x->look.guide)) http_guide_put(p, x->pack, x->look.guide);
    Str n = str_printf(p->a, "%u", (unsigned)errors.size);
    http_page_errors(p, http_page_say(p, "precheck.error_head", "n", n, NULL), errors);
    return http_page_send(p, out, errors.size > 0 ? 422 : 200, "resident/apply_check", err);
}

size_t http_apply_first_faulty(const HttpApply *x) {
    for (size_t i = 0; i < x->n_steps; i++)
        if (http_apply_faults(x, &x->steps[i]).n > 0) return i + 1;
    return 0;
}

void http_apply_go_to_fault(const HttpApply *x, HttpResponse *out, size_t n, bool judge) {
    http_redirect(out, http_apply_path(x, str_c(x->p.a, str_printf(x->p.a, "%zu%s", n, judge ? "?judge=1" : ""))));
}

bool http_apply_check_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    bool go;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    size_t faulty = http_apply_first_faulty(&x);
    if (faulty == 0) return show_check(&x, out, false, x.draft.office, err);
    http_apply_go_to_fault(&x, out, faulty, http_query(r, "resumed").n == 0);
    return true;
}

bool http_apply_check_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    CaseReply reply = {0};
    bool go;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    Str office = http_field(r, "office");
    size_t faulty = http_apply_first_faulty(&x);
    if (http_page_only_show(r)) return show_check(&x, out, false, office, err);
    if (faulty > 0) http_apply_go_to_fault(&x, out, faulty, true);
    if (faulty > 0) return true;
    if (office.n == 0 || http_field(r, "declare").n == 0) return show_check(&x, out, true, office, err);
    x.draft.office = office;
    TRY(case_draft_submit(r->site->house, &x.draft, r->now_us, r->offset, r->seed, r->a, &reply, err));
    if (reply.faults.n > 0) return show_check(&x, out, true, office, err);
    http_redirect(out, http_apply_path(&x, "receipt"));
    return true;
}

/* ---- receipt ---------------------------------------------------------------------------------------------------- */

static bool draft_here(HttpRequest *r, CaseDraft *d, Err *err) {
    Str service = http_param(r, "service"), code = http_draft_cookie(r, service);
    if (code.n == 0) return err_set(err, ERR_NOT_FOUND, "http", "There is no draft of this service on this device.");
    TRY(case_draft_get(r->site->house, code, r->now_us, r->a, d, err));
    return str_eq(d->service, service) || err_set(err, ERR_NOT_FOUND, "http", "There is no draft of this service on this device.");
}

static Str office_name(const HttpPage *p, Str id) {
    AccessOffice office;
    Err err = {0};
    if (!access_office(p->r->site->store, id, p->a, &office, &err)) return id;
    return str_is(p->r->lang, "zh") ? office.name_zh : office.name_en;
}

static Str papers_of(const HttpPage *p, const Pack *pack, Value files) {
    Buf b = {.a = p->a};
    for (uint32_t i = 0; i < files.size; i++) {
        if (b.n > 0) buf_add(&b, http_page_text(p, "comma"));
        buf_add(&b, http_word_evidence(p, pack, value_get_str(files.u.list[i], "evidence")));
    }
    return buf_str(&b);
}

bool http_apply_receipt_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    Value view;
    HttpPage p;
    TRY(draft_here(r, &d, err));
    if (d.tracking_code.n == 0) {
        http_redirect(out, str_printf(r->a, "/apply/" STR_FMT, STR_ARG(d.service)));
        return true;
    }
    TRY(case_track(r->site->house, d.tracking_code, r->now_us, r->a, &view, err));
    const Pack *pack = case_view_pack(r->site->house, view);
    http_page_begin(&p, r, false);
    http_page_str(&p, "title", http_page_text(&p, "apply.received"));
    http_page_str(&p, "service", http_word_pick(&p, value_get(view, "title")));
    http_page_str(&p, "code", d.tracking_code);
    http_page_str(&p, "office", office_name(&p, value_get_str(view, "office")));
    http_page_str(&p, "when", http_word_moment(&p, value_get(view, "created_at")));
    http_page_str(&p, "papers", papers_of(&p, pack, value_get(view, "files")));
    http_page_put(&p, "silence", value_bool(pack && pack->n_silences > 0));
    if (pack) http_clock_put(&p, pack, value_get(view, "clocks"), false, false);
    return http_page_send(&p, out, 200, "resident/apply_receipt", err);
}

/* ---- leaving ---------------------------------------------------------------------------------------------------- */

bool http_apply_later_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    bool go;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    http_apply_frame(&x, 1, http_page_text(&x.p, "apply.later_title"));
    http_page_str(&x.p, "code", x.draft.code);
    http_page_str(&x.p, "until", http_word_day(&x.p, date_from_unix_us(r->a, x.draft.expires_us, r->offset)));
    return http_page_send(&x.p, out, 200, "resident/apply_later", err);
}

bool http_apply_forget_post(HttpRequest *r, HttpResponse *out, Err *err) {
    (void)err;
    http_draft_cookie_set(r, out, http_param(r, "service"), STR(""));
    http_redirect(out, STR("/apply?forgotten=1"));
    return true;
}

/* The draft as a file of the person's own: what was typed and for which version of the service; no secret in it. */
bool http_apply_save_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseDraft d;
    TRY(draft_here(r, &d, err));
    ValueBuild b = {.a = r->a};
    build_c(&b, "format", value_c("yichuang-draft"));
    build_c(&b, "service", value_str(d.service));
    build_c(&b, "version", value_str(d.kept ? d.kept->hash : STR("")));
    build_c(&b, "saved", value_str(http_word_iso(&(HttpPage){.r = r, .a = r->a}, date_from_unix_us(r->a, d.updated_us, r->offset))));
    build_c(&b, "answers", d.answers);
    Buf text = {.a = r->a};
    json_write(&text, build_ctx(&b));
    buf_byte(&text, '\n');
    out->type = "application/json";
    out->body = buf_str(&text);
    http_header(out, "Content-Disposition", str_printf(r->a, "attachment; filename=\"" STR_FMT ".draft.json\"", STR_ARG(d.service)));
    return true;
}

/* ---- no draft any more ------------------------------------------------------------------------------------------- */

static Value typed_rows(const HttpPage *p, const CaseDraft *d) {
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < d->answers.size; i++) {
        ValueEntry e = d->answers.u.ctx[i];
        Str value = d->kept ? http_word_value(p, d->kept, e.key, e.value) : json_text(p->a, e.value);
        ValueBuild b = {.a = p->a};
        build_c(&b, "label", value_str(d->kept ? http_word(http_word_texts(p, d->kept), "fields", e.key, e.key) : e.key));
        build_c(&b, "value", value_str(value));
        build_c(&b, "tag", value_str(http_word_tag(p, value)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

bool http_apply_ended(HttpRequest *r, HttpResponse *out, const CaseDraft *draft, const char *which, Err *err) {
    HttpPage p;
    bool pulled = draft->pack == NULL;
    http_page_begin(&p, r, false);
    int64_t days = (draft->expires_us - draft->updated_us) / DAY_US;
    http_page_str(&p, "title", http_page_say(&p, str_c(r->a, str_printf(r->a, "apply.%s", which)), "days", str_printf(r->a, "%" PRId64, days), NULL));
    http_page_str(&p, "text", http_page_text(&p, str_c(r->a, str_printf(r->a, "apply.%s_text", which))));
    http_page_str(&p, "id", draft->service);
    http_page_put(&p, "withdrawn", value_bool(pulled && !draft->expired));
    http_page_put(&p, "may_begin", value_bool(!pulled));
    http_page_put(&p, "rows", pulled ? typed_rows(&p, draft) : value_list(NULL, 0));
    http_page_str(&p, "other_href", str_printf(r->a, "/apply/" STR_FMT "?lang=%s", STR_ARG(draft->service), str_is(r->lang, "zh") ? "en" : "zh"));
    return http_page_send(&p, out, 410, "resident/apply_ended", err);
}
