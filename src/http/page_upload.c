/* page_upload: what pages that take papers share: what is there, what may come, a file of a form taken in pieces, and its
 * trouble in words. Whoever calls has made sure that the key is the caller's. */
#include "http/page_in.h"

#include <inttypes.h>

/* "0.3 MB" or "7 KB", as people count them. */
Str http_megabytes(const HttpPage *p, int64_t bytes) {
    int64_t tenths = (bytes + 50000) / 100000;
    if (tenths == 0) return str_printf(p->a, "%" PRId64 " KB", (bytes + 999) / 1000);
    return str_printf(p->a, "%" PRId64 ".%" PRId64 " MB", tenths / 10, tenths % 10);
}

/* A limit, usually whole mebibytes. */
static Str limit_text(const HttpPage *p, int64_t bytes) {
    enum { MEBIBYTE = 1024 * 1024 };
    return bytes % MEBIBYTE == 0 ? str_printf(p->a, "%" PRId64 " MB", bytes / MEBIBYTE) : http_megabytes(p, bytes);
}

Str http_upload_hint(const HttpPage *p, const Pack *pack, Str evidence) {
    return http_page_say(p, "apply.file_hint", "most", limit_text(p, case_upload_most(pack, evidence)), NULL);
}

static Value upload_view(const HttpPage *p, const CaseUpload *u, Str files) {
    bool whole = u->blob.n > 0;
    ValueBuild b = {.a = p->a};
    build_c(&b, "upload", value_str(u->id));
    build_c(&b, "name", value_str(u->name));
    build_c(&b, "tag", value_str(http_word_tag(p, u->name)));
    build_c(&b, "size", value_str(http_megabytes(p, u->size)));
    build_c(&b, "whole", value_bool(whole));
    build_c(&b, "href", value_str(files.n > 0 ? str_printf(p->a, STR_FMT "/" STR_FMT, STR_ARG(files), STR_ARG(u->id)) : STR("")));
    build_c(&b, "part", value_str(http_page_say(p, "apply.partly", "have", http_megabytes(p, u->have), "size", http_megabytes(p, u->size), NULL)));
    return build_ctx(&b);
}

Value http_upload_views(const HttpPage *p, const CaseUploads *all, Str evidence, bool whole_only, Str files) {
    ValueBuild list = {.a = p->a};
    for (size_t i = 0; i < all->n; i++) {
        bool here = evidence.n == 0 || str_eq(all->items[i].evidence, evidence);
        if (here && (all->items[i].blob.n > 0 || !whole_only)) build_item(&list, upload_view(p, &all->items[i], files));
    }
    return build_list(&list);
}

Str http_upload_accept(const HttpPage *p, Value evidence) {
    Value accept = value_get(evidence, "accept");
    Buf b = {.a = p->a};
    for (uint32_t i = 0; accept.kind == VALUE_LIST && i < accept.size; i++) {
        if (b.n > 0) buf_c(&b, ",");
        buf_add(&b, value_text(accept.u.list[i]));
    }
    return buf_str(&b);
}

/* ---- taking one ------------------------------------------------------------------------------------------------- */

static Str too_large(const HttpPage *p, int64_t bytes, int64_t most) {
    return http_page_say(p, "apply.file_large", "n", http_megabytes(p, bytes), "most", limit_text(p, most), NULL);
}

Str http_upload_fault(const HttpPage *p, const Pack *pack, Str evidence, const Err *trouble) {
    int64_t bytes = p->r->n_sent > 0 ? (int64_t)p->r->sent[0].bytes.n : 0;
    Str element = str_of(trouble->element);
    if (trouble->code == ERR_LIMIT)
        return http_page_say(p, "apply.file_many", "n", str_printf(p->a, "%" PRId64, pack->drafts.files), "most", limit_text(p, pack->drafts.bytes), NULL);
    if (str_is(element, "size") && bytes == 0) return http_page_text(p, "apply.file_none");
    if (str_is(element, "size")) return too_large(p, bytes, case_upload_most(pack, evidence));
    return http_page_text(p, str_is(element, "type") ? "apply.file_type" : "apply.file_wrong");
}

Str http_upload_oversize(const HttpPage *p) { return too_large(p, (int64_t)p->r->oversize, CASE_UPLOAD_MAX); }

bool http_upload_take(HttpRequest *r, const Pack *pack, Str key, Str evidence, Err *err) {
    CaseHouse *h = r->site->house;
    HttpSent file = {.name = STR(""), .bytes = STR("")};
    if (r->n_sent > 0) file = r->sent[0];
    CaseUpload u = {.evidence = evidence, .name = file.name, .type = STR(""), .blob = STR(""), .size = (int64_t)file.bytes.n};
    TRY(case_upload_begin(h, pack, key, &u, r->seed, r->now_us, r->a, &u, err));
    for (size_t at = 0; at < file.bytes.n; at += CASE_PIECE_MAX)
        TRY(case_upload_piece(h, pack, key, u.id, (int64_t)at, str_sub(file.bytes, at, CASE_PIECE_MAX), r->a, &u, err));
    return true;
}

/* ---- handing one out -------------------------------------------------------------------------------------------- */

void http_paper(const HttpRequest *r, HttpResponse *out, Str name, Str type, Str bytes, bool shown) {
    bool png = str_is(type, "image/png"), jpeg = str_is(type, "image/jpeg"), inside = shown && (png || jpeg);
    out->type = png ? "image/png" : jpeg ? "image/jpeg" : "application/pdf";
    out->body = bytes;
    http_header(out, "Content-Disposition", str_printf(r->a, "%s; filename=\"" STR_FMT ".%s\"", inside ? "inline" : "attachment", STR_ARG(name), png ? "png" : jpeg ? "jpg" : "pdf"));
}
