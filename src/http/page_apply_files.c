/* page_apply_files: papers to an application: one part of the page for each paper of the checklist that may come as a
 * file, sent whole by a form or in pieces by the script. No paper must be sent from here: each may be brought along. */
#include "http/page_apply.h"

bool http_apply_takes_files(const HttpApply *x) {
    return x->pack->checklist >= 0 && value_get(x->pack->json, "evidence").kind == VALUE_LIST;
}

static Str files_path(const HttpApply *x) { return str_printf(x->p.a, "/apply/" STR_FMT "/files", STR_ARG(x->pack->id)); }

bool http_apply_put_files(HttpApply *x, Err *err) {
    CaseUploads all;
    TRY(case_upload_list(x->p.r->site->house, x->draft.code, x->p.a, &all, err));
    Value papers = http_upload_views(&x->p, &all, STR(""), true, files_path(x));
    http_page_put(&x->p, "papers", papers);
    http_page_put(&x->p, "takes_files", value_bool(http_apply_takes_files(x)));
    http_page_put(&x->p, "has_papers", value_bool(papers.size > 0));
    http_page_str(&x->p, "files", http_apply_path(x, "files"));
    return true;
}

/* ---- the page ------------------------------------------------------------------------------------------------ */

static Value line_view(const HttpPage *p, const HttpApply *x, const CaseUploads *all, Value line, Str wrong, Str error) {
    Str id = value_get_str(line, "id"), needed = value_get_str(line, "needed");
    Value exempt = value_get(line, "exempt");
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_str(str_join2(p->a, STR("file-"), id)));
    build_c(&b, "evidence", value_str(id));
    build_c(&b, "name", value_str(http_word_pick(p, line)));
    build_c(&b, "needed", value_str(http_page_text(p, str_c(p->a, str_join2(p->a, STR("guide."), needed)))));
    build_c(&b, "exempt", value_str(value_is_null(exempt) ? STR("") : http_word_pick(p, exempt)));
    build_c(&b, "accept", value_str(http_upload_accept(p, line)));
    build_c(&b, "hint", value_str(http_upload_hint(p, x->pack, id)));
    build_c(&b, "uploads", http_upload_views(p, all, id, false, files_path(x)));
    build_c(&b, "error", value_str(str_eq(id, wrong) ? error : STR("")));
    return build_ctx(&b);
}

/* Lines that may come as a file. */
static Value lines_view(const HttpApply *x, const CaseUploads *all, Str wrong, Str error) {
    Value lines = value_get(x->look.guide, "checklist");
    ValueBuild list = {.a = x->p.a};
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++) {
        bool spare = str_is(value_get_str(lines.u.list[i], "needed"), "not_needed");
        if (!spare && http_upload_accept(&x->p, lines.u.list[i]).n > 0) build_item(&list, line_view(&x->p, x, all, lines.u.list[i], wrong, error));
    }
    return build_list(&list);
}

static bool show(HttpApply *x, HttpResponse *out, Str wrong, Str error, Err *err) {
    HttpPage *p = &x->p;
    CaseUploads all;
    TRY(case_upload_list(p->r->site->house, x->draft.code, p->a, &all, err));
    Value lines = lines_view(x, &all, wrong, error);
    http_apply_frame(x, x->n_steps + 1, http_page_text(p, "apply.files"));
    http_page_put(p, "lines", lines);
    http_page_put(p, "none", value_bool(lines.size == 0));
    http_page_str(p, "action", http_apply_path(x, "files"));
    http_page_str(p, "holder", str_printf(p->a, "service=" STR_FMT, STR_ARG(x->pack->id)));
    http_page_str(p, "next", http_apply_path(x, "check"));
    http_page_str(p, "other_href", http_apply_other(x, http_apply_path(x, "files")));
    http_page_str(p, "back", http_apply_path(x, str_c(p->a, str_printf(p->a, "%zu", x->n_steps))));
    if (error.n == 0) return http_page_send(p, out, 200, "resident/apply_files", err);
    ValueBuild one = {.a = p->a}, list = {.a = p->a};
    build_c(&one, "key", value_str(wrong.n > 0 ? str_join2(p->a, STR("file-"), wrong) : STR("main")));
    build_c(&one, "text", value_str(error));
    build_item(&list, build_ctx(&one));
    http_page_errors(p, http_page_say(p, "precheck.error_head", "n", STR("1"), NULL), build_list(&list));
    return http_page_send(p, out, 422, "resident/apply_files", err);
}

static bool open_files(HttpRequest *r, HttpResponse *out, HttpApply *x, bool *go, Err *err) {
    TRY(http_apply_open(r, out, x, go, err));
    size_t faulty = *go ? http_apply_first_faulty(x) : 0;
    if (faulty > 0) http_apply_go_to_fault(x, out, faulty, true);
    else if (*go && value_is_null(x->look.guide)) http_redirect(out, http_apply_path(x, "check"));
    *go = *go && faulty == 0 && !value_is_null(x->look.guide);
    return true;
}

bool http_apply_files_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    bool go;
    TRY(open_files(r, out, &x, &go, err));
    return !go || show(&x, out, STR(""), STR(""), err);
}

/* ---- taking a paper -------------------------------------------------------------------------------------------- */

bool http_apply_files_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    Err trouble = {0};
    bool go;
    Str evidence = http_field(r, "evidence"), drop = http_field(r, "remove");
    TRY(open_files(r, out, &x, &go, err));
    if (!go) return true;
    if (r->oversize > 0) return show(&x, out, STR(""), http_upload_oversize(&x.p), err);
    bool done = true;
    if (drop.n > 0) done = case_upload_drop(r->site->house, x.draft.code, drop, r->a, &trouble) || trouble.code == ERR_NOT_FOUND;
    else done = http_upload_take(r, x.pack, x.draft.code, evidence, &trouble);
    if (!done && (trouble.code == ERR_INVALID || trouble.code == ERR_LIMIT)) return show(&x, out, evidence, http_upload_fault(&x.p, x.pack, evidence, &trouble), err);
    if (!done) {
        *err = trouble;
        return false;
    }
    http_redirect(out, http_apply_path(&x, "files"));
    return true;
}

/* ---- handing one out -------------------------------------------------------------------------------------------- */

bool http_apply_file_get(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    CaseUpload u;
    Str bytes;
    bool go;
    TRY(http_apply_open(r, out, &x, &go, err));
    if (!go) return true;
    TRY(case_upload_get(r->site->house, x.draft.code, http_param(r, "id"), r->a, &u, err));
    if (u.blob.n == 0) return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
    TRY(case_file_read(r->site->house, u.blob, r->a, &bytes, err));
    http_paper(r, out, u.evidence, u.type, bytes, false);
    return true;
}
