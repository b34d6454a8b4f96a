/* page_apply_files: papers to an application: one part of the page for each paper of the checklist that may come as a
 * file, sent whole by a form or in pieces by the script. No paper must be sent from here: each may be brought along. */
#include "http/page_apply.h"

#include <inttypes.h>

bool http_apply_takes_files(const HttpApply *x) {
    return x->pack->checklist >= 0 && value_get(x->pack->json, "evidence").kind == VALUE_LIST;
}

/* "0.3 MB", as people count them. */
static Str megabytes(const HttpPage *p, int64_t bytes) {
    int64_t tenths = (bytes + 50000) / 100000;
    return str_printf(p->a, "%" PRId64 ".%" PRId64 " MB", tenths / 10, tenths % 10);
}

/* A limit, usually whole mebibytes. */
static Str limit_text(const HttpPage *p, int64_t bytes) {
    enum { MEBIBYTE = 1024 * 1024 };
    return bytes % MEBIBYTE == 0 ? str_printf(p->a, "%" PRId64 " MB", bytes / MEBIBYTE) : megabytes(p, bytes);
}

static Value upload_view(const HttpPage *p, const HttpApply *x, const CaseUpload *u) {
    bool whole = u->blob.n > 0;
    ValueBuild b = {.a = p->a};
    build_c(&b, "upload", value_str(u->id));
    build_c(&b, "name", value_str(u->name));
    build_c(&b, "tag", value_str(http_word_tag(p, u->name)));
    build_c(&b, "size", value_str(megabytes(p, u->size)));
    build_c(&b, "whole", value_bool(whole));
    build_c(&b, "href", value_str(str_printf(p->a, "/apply/" STR_FMT "/files/" STR_FMT, STR_ARG(x->pack->id), STR_ARG(u->id))));
    build_c(&b, "part", value_str(http_page_say(p, "apply.partly", "have", megabytes(p, u->have), "size", megabytes(p, u->size), NULL)));
    return build_ctx(&b);
}

static Value uploads_view(const HttpPage *p, const HttpApply *x, const CaseUploads *all, Str evidence, bool whole_only) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < all->n; i++) {
        bool here = evidence.n == 0 || str_eq(all->items[i].evidence, evidence);
        if (here && (all->items[i].blob.n > 0 || !whole_only)) build_item(&list, upload_view(p, x, &all->items[i]));
    }
    return build_list(&list);
}

bool http_apply_put_files(HttpApply *x, Err *err) {
    CaseUploads all;
    TRY(case_upload_list(x->p.r->site->house, x->draft.code, x->p.a, &all, err));
    Value papers = uploads_view(&x->p, x, &all, STR(""), true);
    http_page_put(&x->p, "papers", papers);
    http_page_put(&x->p, "takes_files", value_bool(http_apply_takes_files(x)));
    http_page_put(&x->p, "has_papers", value_bool(papers.size > 0));
    http_page_str(&x->p, "files", http_apply_path(x, "files"));
    return true;
}

/* ---- the page ------------------------------------------------------------------------------------------------ */

static Str accept_of(const HttpPage *p, Value line) {
    Value accept = value_get(line, "accept");
    Buf b = {.a = p->a};
    for (uint32_t i = 0; accept.kind == VALUE_LIST && i < accept.size; i++) {
        if (b.n > 0) buf_c(&b, ",");
        buf_add(&b, value_text(accept.u.list[i]));
    }
    return buf_str(&b);
}

static Value line_view(const HttpPage *p, const HttpApply *x, const CaseUploads *all, Value line, Str wrong, Str error) {
    Str id = value_get_str(line, "id"), needed = value_get_str(line, "needed");
    Value exempt = value_get(line, "exempt");
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_str(str_join2(p->a, STR("file-"), id)));
    build_c(&b, "evidence", value_str(id));
    build_c(&b, "name", value_str(http_word_pick(p, line)));
    build_c(&b, "needed", value_str(http_page_text(p, str_c(p->a, str_join2(p->a, STR("guide."), needed)))));
    build_c(&b, "exempt", value_str(value_is_null(exempt) ? STR("") : http_word_pick(p, exempt)));
    build_c(&b, "accept", value_str(accept_of(p, line)));
    build_c(&b, "hint", value_str(http_page_say(p, "apply.file_hint", "most", limit_text(p, case_upload_most(x->pack, id)), NULL)));
    build_c(&b, "uploads", uploads_view(p, x, all, id, false));
    build_c(&b, "error", value_str(str_eq(id, wrong) ? error : STR("")));
    return build_ctx(&b);
}

/* Lines that may come as a file. */
static Value lines_view(const HttpApply *x, const CaseUploads *all, Str wrong, Str error) {
    Value lines = value_get(x->look.guide, "checklist");
    ValueBuild list = {.a = x->p.a};
    for (uint32_t i = 0; lines.kind == VALUE_LIST && i < lines.size; i++) {
        bool spare = str_is(value_get_str(lines.u.list[i], "needed"), "not_needed");
        if (!spare && accept_of(&x->p, lines.u.list[i]).n > 0) build_item(&list, line_view(&x->p, x, all, lines.u.list[i], wrong, error));
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

static Str too_large(const HttpPage *p, int64_t bytes, int64_t most) {
    return http_page_say(p, "apply.file_large", "n", megabytes(p, bytes), "most", limit_text(p, most), NULL);
}

/* What is wrong, in a sentence that says what to do. In: bytes that came. */
static Str fault_of(const HttpPage *p, const Pack *pack, Str evidence, const Err *trouble, int64_t bytes) {
    Str element = str_of(trouble->element);
    if (trouble->code == ERR_LIMIT)
        return http_page_say(p, "apply.file_many", "n", str_printf(p->a, "%" PRId64, pack->drafts.files), "most", limit_text(p, pack->drafts.bytes), NULL);
    if (str_is(element, "size") && bytes == 0) return http_page_text(p, "apply.file_none");
    if (str_is(element, "size")) return too_large(p, bytes, case_upload_most(pack, evidence));
    return http_page_text(p, str_is(element, "type") ? "apply.file_type" : "apply.file_wrong");
}

static bool take(HttpApply *x, Str evidence, const HttpSent *file, Err *err) {
    HttpRequest *r = x->p.r;
    CaseHouse *h = r->site->house;
    CaseUpload u = {.evidence = evidence, .name = file->name, .type = STR(""), .blob = STR(""), .size = (int64_t)file->bytes.n};
    TRY(case_upload_begin(h, x->pack, x->draft.code, &u, r->seed, r->now_us, r->a, &u, err));
    for (size_t at = 0; at < file->bytes.n; at += CASE_PIECE_MAX)
        TRY(case_upload_piece(h, x->pack, x->draft.code, u.id, (int64_t)at, str_sub(file->bytes, at, CASE_PIECE_MAX), r->a, &u, err));
    return true;
}

bool http_apply_files_post(HttpRequest *r, HttpResponse *out, Err *err) {
    HttpApply x;
    Err trouble = {0};
    bool go;
    Str evidence = http_field(r, "evidence"), drop = http_field(r, "remove");
    TRY(open_files(r, out, &x, &go, err));
    if (!go) return true;
    if (r->oversize > 0) return show(&x, out, STR(""), too_large(&x.p, (int64_t)r->oversize, CASE_UPLOAD_MAX), err);
    bool done = true;
    int64_t bytes = r->n_sent > 0 ? (int64_t)r->sent[0].bytes.n : 0;
    HttpSent none = {.bytes = STR("")};
    if (drop.n > 0) done = case_upload_drop(r->site->house, x.draft.code, drop, r->a, &trouble) || trouble.code == ERR_NOT_FOUND;
    else done = take(&x, evidence, r->n_sent > 0 ? &r->sent[0] : &none, &trouble);
    if (!done && (trouble.code == ERR_INVALID || trouble.code == ERR_LIMIT)) return show(&x, out, evidence, fault_of(&x.p, x.pack, evidence, &trouble, bytes), err);
    if (!done) {
        *err = trouble;
        return false;
    }
    http_redirect(out, http_apply_path(&x, "files"));
    return true;
}

/* ---- handing one out -------------------------------------------------------------------------------------------- */

void http_paper(const HttpRequest *r, HttpResponse *out, Str name, Str type, Str bytes) {
    bool png = str_is(type, "image/png"), jpeg = str_is(type, "image/jpeg");
    out->type = png ? "image/png" : jpeg ? "image/jpeg" : "application/pdf";
    out->body = bytes;
    http_header(out, "Content-Disposition", str_printf(r->a, "attachment; filename=\"" STR_FMT ".%s\"", STR_ARG(name), png ? "png" : jpeg ? "jpg" : "pdf"));
}

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
    http_paper(r, out, u.evidence, u.type, bytes);
    return true;
}
