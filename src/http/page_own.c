/* page_own: the papers of a case, for its applicant: those that are part of it, and those that an open notice asks for. A
 * code alone opens none of this; who has shown that the case is his is known on this device for half an hour. */
#include "http/page_in.h"

#include <inttypes.h>
#include <string.h>

enum { CODE = 13, PROOF = 4, KNOWN_S = 30 * 60 };

typedef struct Own { /* one case on this page */
    HttpPage p;              /* the page */
    Value view;              /* what case_track told */
    Str code;                /* as printed */
    CaseOwn own;             /* the case in his hands; only when known */
    bool known;              /* has he shown who he is? */
    const char *proof_error; /* text that says what is wrong with his proof, or NULL */
    Str wrong, error;        /* kind of paper that was not taken, and why; or "" */
} Own;

/* ---- what this device has shown ---------------------------------------------------------------------------------- */

static const char *cookie_name(const HttpRequest *r) { return r->site->secure ? "__Host-yc_own" : "yc_own"; }

/* The characters that count: the last four letters and digits. "" when there are fewer. */
static Str tail_of(Arena *a, Str proof) {
    Buf b = {.a = a};
    for (size_t i = 0; i < proof.n; i++) {
        char c = proof.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) buf_byte(&b, c);
    }
    Str all = buf_str(&b);
    return all.n < PROOF ? STR("") : str_sub(all, all.n - PROOF, PROOF);
}

Str http_own_proof(const HttpRequest *r, Str code) {
    char read[CODE + 1];
    Str kept = http_cookie(r->headers.cookie, cookie_name(r));
    bool his = kept.n == CODE + PROOF && case_code_read(code, read) && memcmp(kept.p, read, CODE) == 0;
    return his ? str_sub(kept, CODE, PROOF) : STR("");
}

static void keep(const HttpRequest *r, HttpResponse *out, Str code, Str proof) {
    char read[CODE + 1];
    bool is_code = case_code_read(code, read);
    assert(is_code);
    Str tail = tail_of(r->a, proof);
    if (tail.n > 0) http_set_cookie(r, out, cookie_name(r), str_join2(r->a, (Str){read, CODE}, tail), KNOWN_S, true);
}

bool http_own_known(HttpRequest *r, Str code, CaseOwn *own, bool *known, Err *err) {
    Str proof = http_own_proof(r, code);
    Err trouble = {0};
    *known = proof.n > 0 && case_own(r->site->house, code, proof, r->now_us, r->a, own, &trouble);
    if (*known || proof.n == 0 || trouble.code == ERR_DENIED || trouble.code == ERR_BUSY || trouble.code == ERR_STATE) return true;
    *err = trouble;
    return false;
}

/* ---- the page ------------------------------------------------------------------------------------------------------ */

static bool open_own(Own *o, HttpRequest *r, HttpResponse *out, bool *found, Err *err) {
    Err trouble = {0};
    Str typed = http_param(r, "code");
    *o = (Own){.wrong = STR(""), .error = STR("")};
    *found = case_track(r->site->house, typed, r->now_us, r->a, &o->view, &trouble);
    if (!*found && trouble.code == ERR_NOT_FOUND) return http_track_form(r, out, typed, true, err);
    if (!*found) {
        *err = trouble;
        return false;
    }
    o->code = value_get_str(o->view, "tracking_code");
    http_page_begin(&o->p, r, false);
    return http_own_known(r, o->code, &o->own, &o->known, err);
}

static Str path_of(const Own *o, const char *rest) { return str_printf(o->p.a, "/track/" STR_FMT "%s", STR_ARG(o->code), rest); }

static Value kind_of(const Pack *pack, Str evidence) {
    Value kinds = value_get(pack->json, "evidence");
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++)
        if (str_eq(value_get_str(kinds.u.list[i], "id"), evidence)) return kinds.u.list[i];
    return value_null();
}

/* What is part of the case: the paper's kind, its name, day and size. */
static Value files_view(const Own *o) {
    const HttpPage *p = &o->p;
    ValueBuild list = {.a = p->a};
    for (uint32_t i = 0; i < o->own.files.size; i++) {
        Value file = o->own.files.u.list[i];
        Str name = value_get_str(file, "name");
        ValueBuild b = {.a = p->a};
        build_c(&b, "kind", value_str(http_word_evidence(p, o->own.pack, value_get_str(file, "evidence"))));
        build_c(&b, "name", value_str(name));
        build_c(&b, "tag", value_str(http_word_tag(p, name)));
        build_c(&b, "size", value_str(http_megabytes(p, value_get_int(file, "bytes", 0))));
        build_c(&b, "time", value_str(http_word_moment(p, value_get(file, "at"))));
        build_c(&b, "href", value_str(str_printf(p->a, "/track/" STR_FMT "/files/%" PRIu32, STR_ARG(o->code), i + 1)));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

static Value line_view(const Own *o, Value item, const CaseUploads *all) {
    const HttpPage *p = &o->p;
    Str id = value_get_str(item, "id");
    Value what = value_get(item, "what");
    ValueBuild b = {.a = p->a};
    build_c(&b, "key", value_str(str_join2(p->a, STR("file-"), id)));
    build_c(&b, "evidence", value_str(id));
    build_c(&b, "name", value_str(http_word_pick(p, value_get(item, "name"))));
    build_c(&b, "needed", value_str(value_is_null(what) ? value_get_str(item, "text") : http_word_pick(p, what)));
    build_c(&b, "exempt", value_str(STR("")));
    build_c(&b, "accept", value_str(http_upload_accept(p, kind_of(o->own.pack, id))));
    build_c(&b, "hint", value_str(http_upload_hint(p, o->own.pack, id)));
    build_c(&b, "uploads", http_upload_views(p, all, id, false, STR("")));
    build_c(&b, "error", value_str(str_eq(id, o->wrong) ? o->error : STR("")));
    return build_ctx(&b);
}

/* The papers of the open notice that may come as a file. */
static Value lines_view(const Own *o, const CaseUploads *all) {
    Value notices = value_get(o->view, "notices");
    Value items = notices.size > 0 ? value_get(notices.u.list[notices.size - 1], "items") : value_list(NULL, 0);
    ValueBuild list = {.a = o->p.a};
    for (uint32_t i = 0; o->own.asked && i < items.size; i++) {
        Value item = items.u.list[i], kind = kind_of(o->own.pack, value_get_str(item, "id"));
        if (str_is(value_get_str(item, "kind"), "evidence") && http_upload_accept(&o->p, kind).n > 0) build_item(&list, line_view(o, item, all));
    }
    return build_list(&list);
}

static bool put_papers(Own *o, Err *err) {
    CaseUploads all;
    TRY(case_upload_list(o->p.r->site->house, o->own.key, o->p.a, &all, err));
    Value files = files_view(o), lines = lines_view(o, &all);
    http_page_put(&o->p, "files", files);
    http_page_put(&o->p, "has_files", value_bool(files.size > 0));
    http_page_put(&o->p, "lines", lines);
    http_page_put(&o->p, "asked", value_bool(lines.size > 0));
    return true;
}

static void put_errors(Own *o) {
    HttpPage *p = &o->p;
    ValueBuild b = {.a = p->a}, list = {.a = p->a};
    Str proof = o->proof_error ? http_page_text(p, o->proof_error) : STR("");
    http_page_str(p, "proof_error", proof);
    if (proof.n == 0 && o->error.n == 0) return;
    build_c(&b, "key", value_str(proof.n > 0 ? STR("proof") : o->wrong.n > 0 ? str_join2(p->a, STR("file-"), o->wrong) : STR("main")));
    build_c(&b, "text", value_str(proof.n > 0 ? proof : o->error));
    build_item(&list, build_ctx(&b));
    http_page_errors(p, http_page_text(p, "mine.error_head"), build_list(&list));
}

static bool show(Own *o, HttpResponse *out, Err *err) {
    HttpPage *p = &o->p;
    http_page_str(p, "title", http_page_text(p, "own.title"));
    http_page_str(p, "code", o->code);
    http_page_str(p, "service", http_word_pick(p, value_get(o->view, "title")));
    http_page_str(p, "back", path_of(o, ""));
    http_page_str(p, "notice", path_of(o, "/notice"));
    http_page_str(p, "action", path_of(o, "/files"));
    http_page_str(p, "holder", str_printf(p->a, "tracking=" STR_FMT, STR_ARG(o->code)));
    http_page_str(p, "script", http_asset_url(p->r->site, "apply.js", p->a));
    http_page_put(p, "known", value_bool(o->known));
    http_page_put(p, "provable", value_get(o->view, "provable"));
    http_page_str(p, "proof", o->proof_error ? http_field(p->r, "proof") : STR(""));
    if (o->known) TRY(put_papers(o, err));
    put_errors(o);
    return http_page_send(p, out, o->proof_error || o->error.n > 0 ? 422 : 200, "resident/papers", err);
}

bool http_track_files_get(HttpRequest *r, HttpResponse *out, Err *err) {
    Own o;
    bool found;
    TRY(open_own(&o, r, out, &found, err));
    return !found || show(&o, out, err);
}

/* ---- who he is, and a paper of his --------------------------------------------------------------------------------- */

static const char *word_of(const Err *trouble) {
    bool proof = str_is(str_of(trouble->room), "access");
    if (proof && trouble->code == ERR_BUSY) return "mine.proof_busy";
    if (proof && trouble->code == ERR_DENIED) return "mine.proof_wrong";
    return trouble->code == ERR_STATE ? "mine.window" : NULL;
}

static bool prove(Own *o, HttpRequest *r, HttpResponse *out, Err *err) {
    Err trouble = {0};
    Str proof = http_field(r, "proof");
    bool ok = case_own(r->site->house, o->code, proof, r->now_us, r->a, &o->own, &trouble);
    o->proof_error = ok ? NULL : word_of(&trouble);
    if (o->proof_error) return show(o, out, err);
    if (!ok) {
        *err = trouble;
        return false;
    }
    keep(r, out, o->code, proof);
    http_redirect(out, path_of(o, "/files"));
    return true;
}

static bool refused(Own *o, HttpResponse *out, Str evidence, Str error, Err *err) {
    o->wrong = evidence;
    o->error = error;
    return show(o, out, err);
}

bool http_track_files_post(HttpRequest *r, HttpResponse *out, Err *err) {
    Own o;
    bool found;
    Err trouble = {0};
    Str evidence = http_field(r, "evidence"), drop = http_field(r, "remove");
    TRY(open_own(&o, r, out, &found, err));
    if (!found) return true;
    if (!o.known && r->oversize > 0) return show(&o, out, err);
    if (!o.known) return prove(&o, r, out, err);
    if (r->oversize > 0) return refused(&o, out, STR(""), http_upload_oversize(&o.p), err);
    if (!o.own.asked) return refused(&o, out, STR(""), http_page_text(&o.p, "mine.not_now"), err);
    bool done;
    if (drop.n > 0) done = case_upload_drop(r->site->house, o.own.key, drop, r->a, &trouble) || trouble.code == ERR_NOT_FOUND;
    else done = http_upload_take(r, o.own.pack, o.own.key, evidence, &trouble);
    if (!done && (trouble.code == ERR_INVALID || trouble.code == ERR_LIMIT)) return refused(&o, out, evidence, http_upload_fault(&o.p, o.own.pack, evidence, &trouble), err);
    if (!done) {
        *err = trouble;
        return false;
    }
    http_redirect(out, path_of(&o, "/files"));
    return true;
}

bool http_track_file_get(HttpRequest *r, HttpResponse *out, Err *err) {
    CaseFile file;
    Err trouble = {0};
    int64_t no;
    Str code = http_param(r, "code"), proof = http_own_proof(r, code);
    if (!str_to_int(http_param(r, "no"), &no)) return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
    bool shown = proof.n > 0; /* asking with nothing would count as a wrong try */
    if (shown && case_own_file(r->site->house, code, proof, no, r->now_us, r->a, &file, &trouble)) {
        http_paper(r, out, str_printf(r->a, STR_FMT "-%" PRId64, STR_ARG(file.evidence), no), file.type, file.bytes, true);
        return true;
    }
    if (!shown || word_of(&trouble)) {
        http_redirect(out, str_printf(r->a, "/track/" STR_FMT "/files", STR_ARG(code)));
        return true;
    }
    *err = trouble;
    return false;
}
