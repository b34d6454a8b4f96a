/* page_papers: the papers of a case as its clerk has them: read in a new tab, and scanned at the counter for an applicant
 * who answers a notice there. Reading one writes the access line first (room case does). */
#include "http/page_in.h"

#include <inttypes.h>

/* Kinds of papers that may come as a file. */
static Value kinds_view(const HttpPage *p, const Pack *pack, Str chosen) {
    Value kinds = value_get(pack->json, "evidence");
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++) {
        Value kind = kinds.u.list[i];
        ValueBuild b = {.a = p->a};
        if (http_upload_accept(p, kind).n == 0) continue;
        build_c(&b, "id", value_get(kind, "id"));
        build_c(&b, "label", value_str(http_word_pick(p, kind)));
        build_c(&b, "selected", value_bool(str_eq(value_get_str(kind, "id"), chosen)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

/* The paper that the open notice asks for first. */
static Str asked_first(Value view) {
    Value notices = value_get(view, "notices");
    Value items = notices.size > 0 ? value_get(notices.u.list[notices.size - 1], "items") : value_list(NULL, 0);
    for (uint32_t i = 0; i < items.size; i++)
        if (str_is(value_get_str(items.u.list[i], "kind"), "evidence")) return value_get_str(items.u.list[i], "id");
    return STR("");
}

bool http_papers_put(HttpPage *p, const Pack *pack, Value view, const HttpTyped *typed, Err *err) {
    CaseOwn own;
    CaseUploads all;
    Str typed_kind = http_field(p->r, "evidence");
    bool may = value_get_bool(value_get(view, "acts"), "supply", false) && value_get_bool(view, "may_decide", false);
    if (!may) return true;
    TRY(case_own_staff(p->r->site->house, &p->r->who, value_get_str(view, "id"), p->a, &own, err));
    TRY(case_upload_list(p->r->site->house, own.key, p->a, &all, err));
    Value waiting = http_upload_views(p, &all, STR(""), false, STR(""));
    http_page_str(p, "file_hint", http_upload_hint(p, pack, STR("")));
    http_page_put(p, "waiting", waiting);
    http_page_put(p, "kinds", kinds_view(p, pack, typed_kind.n > 0 ? typed_kind : asked_first(view)));
    http_page_str(p, "file_error", typed->file_error);
    http_page_put(p, "supply_open", value_bool(waiting.size > 0 || typed->file_error.n > 0));
    return true;
}

static bool refused(HttpRequest *r, HttpResponse *out, Str error, Err *err) {
    return http_case_show(r, out, &(HttpTyped){.file_error = error}, err);
}

bool http_case_files_post(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseOwn own;
    Err trouble = {0};
    HttpPage words; /* only to word what is wrong */
    Str id = http_param(r, "id"), drop = http_field(r, "remove");
    TRY(case_own_staff(r->site->house, &r->who, id, r->a, &own, err));
    http_page_begin(&words, r, true);
    if (r->oversize > 0) return refused(r, out, http_upload_oversize(&words), err);
    if (!own.asked) return err_set(err, ERR_STATE, "http", "The case waits for nothing from the applicant.");
    bool done;
    if (drop.n > 0) done = case_upload_drop(r->site->house, own.key, drop, r->a, &trouble) || trouble.code == ERR_NOT_FOUND;
    else done = http_upload_take(r, own.pack, own.key, http_field(r, "evidence"), &trouble);
    if (!done && (trouble.code == ERR_INVALID || trouble.code == ERR_LIMIT)) return refused(r, out, http_upload_fault(&words, own.pack, http_field(r, "evidence"), &trouble), err);
    if (!done) {
        *err = trouble;
        return false;
    }
    http_redirect(out, str_printf(r->a, "/staff/cases/" STR_FMT "#supply", STR_ARG(id)));
    return true;
}

bool http_case_file_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseFile file;
    int64_t no;
    if (!str_to_int(http_param(r, "no"), &no)) return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
    TRY(case_file(r->site->house, &r->who, http_param(r, "id"), no, str_of(r->route->purpose), r->now_us, r->a, &file, err));
    http_paper(r, out, str_printf(r->a, STR_FMT "-%" PRId64, STR_ARG(file.evidence), no), file.type, file.bytes, true);
    return true;
}
