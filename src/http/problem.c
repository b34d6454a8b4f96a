/* What went wrong, told as application/problem+json (RFC 9457) or as a page. The texts here are for people;
 * a database's or library's own message never leaves the house, it goes to the operator's log. */
#include "http/http_in.h"

#include <stdio.h>

typedef struct Wording {
    int status;          /* HTTP's */
    const char *en, *zh; /* title of the problem */
} Wording;
static const Wording titles[] = {
    {400, "The request cannot be read", "请求无法识别"},
    {401, "Sign in first", "请先登录"},
    {403, "Not allowed", "没有权限"},
    {404, "Not found", "没有找到"},
    {405, "Method not allowed", "不支持这种请求方法"},
    {409, "Not possible in the present state", "当前状态下不能这样办理"},
    {412, "Changed by somebody else", "记录已被他人更改"},
    {413, "Too large", "内容过大"},
    {414, "Address too long", "网址过长"},
    {415, "Unsupported media type", "不支持的内容类型"},
    {422, "Some answers need correcting", "有内容需要更正"},
    {428, "The expected version is missing", "缺少所依据的版本号"},
    {429, "Too many requests", "请求次数过多"},
    {500, "Internal trouble", "系统内部故障"},
    {503, "Busy, try again", "系统繁忙，请稍后再试"},
    {507, "No storage space", "存储空间已满"},
};

const char *http_title(int status, Str lang) {
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (titles[i].status == status) return str_is(lang, "zh") ? titles[i].zh : titles[i].en;
    return str_is(lang, "zh") ? "出错了" : "Trouble";
}

typedef struct Kind {    /* one per ErrCode */
    int status;          /* HTTP's */
    bool secret;         /* Err.text is for the operator: en stands for it */
    const char *en, *zh; /* sentences for people; en only where secret, as Err.text is English already */
} Kind;
static const Kind kinds[] = {
    [ERR_NONE] = {500, true, "Internal trouble; it has been logged.", "系统内部故障，已记录。"},
    [ERR_INPUT] = {400, false, "", "请求内容无法识别。"},
    [ERR_INVALID] = {422, false, "", "有内容不符合要求。"},
    [ERR_LIMIT] = {413, false, "", "内容超出允许的大小。"},
    [ERR_DENIED] = {403, false, "", "您没有办理这件事的权限。"},
    [ERR_NO_SESSION] = {401, false, "", "请先登录，或登录已过期。"},
    [ERR_NOT_FOUND] = {404, false, "", "没有这条记录，或不属于您的单位。"},
    [ERR_STALE] = {412, false, "", "您打开之后，这条记录已被他人更改。"},
    [ERR_KEY_REUSED] = {422, false, "", "这个幂等键已用于另一份内容。"},
    [ERR_STATE] = {409, false, "", "这条记录当前的状态不允许这样办理。"},
    [ERR_CONFLICT] = {409, false, "", "与同时进行的另一项办理冲突，请重试。"},
    [ERR_DISK_FULL] = {507, true, "The disk is full. Nothing was stored; try again when there is space.",
                       "磁盘已满，本次内容没有保存；腾出空间后请重试。"},
    [ERR_READ_ONLY] = {507, true, "The disk takes no writes. Nothing was stored; try again when it has been repaired.",
                       "磁盘不能写入，本次内容没有保存；修复后请重试。"},
    [ERR_BUSY] = {503, false, "", "系统繁忙，请稍后再试。"},
    [ERR_IO] = {500, true, "Internal trouble; it has been logged.", "系统内部故障，已记录。"},
};

static Value field_error(Arena *a, Str field, const char *code, Str message) {
    ValueBuild b = {.a = a};
    build_c(&b, "field", value_str(field));
    build_c(&b, "code", value_c(code));
    build_c(&b, "message", value_str(message));
    return build_ctx(&b);
}

/* Only the operator reads this; the route's pattern stands for the path, which may hold a tracking code. */
static void log_trouble(const HttpRequest *r, const Err *err) {
    fprintf(stderr, "http: %s: " STR_FMT "\n", r->route ? r->route->path : "-", STR_ARG(err_line(r->a, err)));
}

HttpProblem http_problem_of(const HttpRequest *r, const Err *err) {
    assert(r && err);
    assert((size_t)err->code < COUNT_OF(kinds));
    const Kind *k = &kinds[err->code];
    bool zh = str_is(r->lang, "zh");
    const char *sentence = zh ? k->zh : k->secret ? k->en : err->text;
    HttpProblem p = {.status = k->status,
                     .code = k->secret && k->status == 500 ? "internal" : err_code_name(err->code),
                     .detail = str_copy(r->a, str_of(sentence)),
                     .position = -1};
    if (k->status >= 500 && err->code != ERR_BUSY) log_trouble(r, err);
    if (k->status == 400 && err->offset >= 0) {
        p.position = err->offset;
        p.line = err->line;
        p.column = err->column;
        if (err->line > 0)
            p.detail = str_printf(r->a, zh ? STR_FMT "（第 %d 行第 %d 个字符）" : STR_FMT " (line %d, column %d)",
                                  STR_ARG(p.detail), err->line, err->column);
    }
    if (k->status == 422 && err->element[0]) {
        Value *one = NEW(r->a, Value);
        *one = field_error(r->a, str_copy(r->a, str_of(err->element)), "invalid", p.detail);
        p.errors = value_list(one, 1);
    }
    return p;
}

static void problem_json(const HttpRequest *r, HttpResponse *out, const HttpProblem *p) {
    ValueBuild b = {.a = r->a};
    build_c(&b, "type", value_str(str_printf(r->a, "/problems/%s", p->code)));
    build_c(&b, "title", value_c(http_title(p->status, r->lang)));
    build_c(&b, "status", value_int(p->status));
    if (p->detail.n) build_c(&b, "detail", value_str(p->detail));
    if (p->errors.kind == VALUE_LIST) build_c(&b, "errors", p->errors);
    if (p->position >= 0) {
        build_c(&b, "position", value_int(p->position));
        build_c(&b, "line", value_int(p->line));
        build_c(&b, "column", value_int(p->column));
    }
    http_json(r, out, p->status, build_ctx(&b));
    out->type = "application/problem+json";
}

/* Seconds until the same may go well; 0 = waiting does not help. */
static int usual_wait(int status) {
    switch (status) {
    case 429: return 900; /* wrong passwords and proofs, see rooms access and case */
    case 503: return 1;
    case 507: return 60;
    default: return 0;
    }
}

void http_problem(HttpRequest *r, HttpResponse *out, const HttpProblem *p) {
    assert(p->status >= 400 && p->status <= 599);
    if (r->route && r->route->kind == HTTP_PAGE)
        http_page_problem(r, p, out);
    else if (!r->route && !str_starts(r->path, STR("/api/")))
        http_page_problem(r, p, out);
    else
        problem_json(r, out, p);
    int wait = p->retry_s ? p->retry_s : usual_wait(p->status);
    if (wait > 0) http_header(out, "Retry-After", str_printf(r->a, "%d", wait));
}

void http_refuse(HttpRequest *r, HttpResponse *out, int status, const char *code, const char *zh, const char *en) {
    Str detail = str_copy(r->a, str_of(str_is(r->lang, "zh") ? zh : en));
    HttpProblem p = {.status = status, .code = code, .detail = detail, .position = -1};
    http_problem(r, out, &p);
}

Str http_fault_text(const HttpRequest *r, const Pack *pack, const PaperFault *f) {
    Value label, fields = value_get(pack_texts(pack, r->lang), "fields");
    if (!value_find(fields, paper_fault_field(f, r->a), &label) || label.kind != VALUE_STRING)
        return paper_fault_text(pack->form, f, r->lang, r->a);
    return paper_fault_say(pack->form, f, value_text(label), r->lang, r->a);
}

void http_faults(HttpRequest *r, HttpResponse *out, const Pack *pack, const PaperFaults *faults) {
    assert(pack && faults->n > 0);
    ValueBuild list = {.a = r->a};
    for (size_t i = 0; i < faults->n; i++) {
        const PaperFault *f = &faults->items[i];
        build_item(&list, field_error(r->a, f->key, f->code, http_fault_text(r, pack, f)));
    }
    HttpProblem p = {.status = 422, .code = "answers", .errors = build_list(&list), .position = -1};
    Value first = value_get(p.errors.u.list[0], "message");
    p.detail = value_text(first);
    http_problem(r, out, &p);
}

void http_member_fault(HttpRequest *r, HttpResponse *out, Str field, const char *code, Str message) {
    Value *one = NEW(r->a, Value);
    *one = field_error(r->a, field, code, message);
    HttpProblem p = {.status = 422, .code = "members", .detail = message, .errors = value_list(one, 1), .position = -1};
    http_problem(r, out, &p);
}
