/* From a request that was read to the response that is sent, in one fixed order of checks: target, route,
 * origin, session, right, key and version, body, handler. Holds no rule about cases. */
#include "http/answer.h"
#include "http/body.h"
#include "http/head.h"
#include "http/reply.h"
#include "http/tongue.h"

#include <string.h>

static Str language(const HttpRequest *r, bool page) {
    Str chosen = value_get_str(r->query, "lang");
    if (!http_tongue(chosen)) chosen = http_cookie(r->headers.cookie, "yc_lang");
    return http_tongue(chosen) ? chosen : http_language(r->headers.accept_language, page ? STR("zh") : STR("en"));
}

static void read_language(HttpRequest *r) {
    r->tongue = language(r, !str_starts(r->path, STR("/api/")));
    r->lang = http_tongue_base(http_tongue(r->tongue));
}

static bool refused(HttpRequest *r, HttpResponse *out, const Err *err) {
    HttpProblem p = http_problem_of(r, err);
    http_problem(r, out, &p);
    return false;
}

static bool read_target(HttpRequest *r, HttpResponse *out) {
    Str query;
    Err err = {0};
    r->tongue = r->lang = STR("en");
    if (r->target.n > HTTP_URI_LIMIT) {
        r->path = r->target; /* decides only whether a page or a problem answers */
        http_refuse(r, out, 414, "target_too_long", "网址超过 4096 字节。", "The address is longer than 4096 bytes.");
        return false;
    }
    if (!http_split_target(r->target, &r->path, &query)) {
        http_refuse(r, out, 400, "input", "请求的目标不是路径。", "The request target is no path.");
        return false;
    }
    read_language(r);
    if (!http_read_form(query, r->a, &r->query, &err)) return refused(r, out, &err);
    read_language(r);
    return true;
}

bool http_route(HttpRequest *r, HttpResponse *out) {
    Str allowed;
    TRY(read_target(r, out));
    switch (http_match(r->method, r->path, r->a, &r->route, r->params, &allowed)) {
    case HTTP_MATCHED:
        break;
    case HTTP_NO_PATH:
        http_refuse(r, out, 404, "not_found", "这个网址没有内容。", "There is nothing at this address.");
        return false;
    case HTTP_NO_METHOD:
        http_refuse(r, out, 405, "method", "这个网址不支持这种请求方法。", "This address does not answer this method.");
        http_header(out, "Allow", allowed);
        return false;
    }
    if (str_is(r->method, "HEAD")) r->method = STR("GET");
    return true;
}

/* A browser names the origin of what it sends across sites; what names another one is not ours to answer.
 * Without Origin, Sec-Fetch-Site tells. A client that is no browser sends neither and needs only its session. */
static bool check_origin(HttpRequest *r, HttpResponse *out) {
    const HttpHeaders *h = &r->headers;
    bool reads = str_is(r->method, "GET");
    bool ours = h->origin.n ? http_origin_is(h->origin, h->host, r->site->secure)
                            : reads || !h->fetch_site.n || str_is(h->fetch_site, "same-origin") ||
                                  str_is(h->fetch_site, "none");
    if (ours) return true;
    http_refuse(r, out, 403, "origin", "请求来自其他网站。", "The request comes from another site.");
    return false;
}

static bool read_session(HttpRequest *r, HttpResponse *out) {
    Err err = {0};
    r->token = http_cookie(r->headers.cookie, http_session_cookie(r->site->secure));
    bool wanted = r->route->right != ACCESS_PUBLIC || r->route->kind == HTTP_PAGE;
    if (!wanted || r->token.n == 0) return true;
    if (access_session(r->site->store, r->token, r->now_us, r->a, &r->who, &err)) return true;
    if (err.code == ERR_NO_SESSION) return true;
    return refused(r, out, &err);
}

static bool check_right(HttpRequest *r, HttpResponse *out) {
    AccessRight right = r->route->right;
    if (right == ACCESS_PUBLIC) return true;
    if (!http_signed_in(r)) {
        if (r->route->kind == HTTP_PAGE)
            http_page_no_session(r, out);
        else
            http_refuse(r, out, 401, "no_session", "请先登录。", "Sign in first.");
        return false;
    }
    if (right == ACCESS_SIGNED_IN || access_may(r->site->store, &r->who, right, STR(""))) return true;
    if (r->who.first_password && r->route->kind != HTTP_API) {
        http_redirect(out, STR("/staff/password"));
        return false;
    }
    if (r->who.first_password) {
        http_refuse(r, out, 403, "first_password", "请先改成自己的密码：打开 /staff/password。", "Choose a password of your own first, at /staff/password.");
        return false;
    }
    http_refuse(r, out, 403, "denied", "您的岗位没有这项权限。", "Your role does not allow this.");
    return false;
}

static bool check_key(HttpRequest *r, HttpResponse *out) {
    Str key = r->headers.key;
    if (r->route->needs & HTTP_NEEDS_KEY && key.n == 0) {
        http_refuse(r, out, 400, "no_key", "缺少请求头 Idempotency-Key。", "The header Idempotency-Key is missing.");
        return false;
    }
    if (key.n == 0 || http_key_ok(key)) return true;
    http_refuse(r, out, 400, "bad_key", "Idempotency-Key 须为 1 至 200 个可见 ASCII 字符。",
                "Idempotency-Key must be 1 to 200 visible ASCII characters.");
    return false;
}

static bool check_version(HttpRequest *r, HttpResponse *out) {
    if (!(r->route->needs & HTTP_NEEDS_VERSION)) return true;
    if (r->headers.if_match.n == 0) {
        http_refuse(r, out, 428, "no_version", "缺少写明所依据版本的请求头 If-Match。",
                    "The header If-Match with the expected version is missing.");
        return false;
    }
    if (http_read_version(r->headers.if_match, &r->version)) return true;
    http_refuse(r, out, 400, "bad_version", "If-Match 须为一个版本号，如 3 或 \"3\"；弱标签不能比较。",
                "If-Match must be one version, as 3 or \"3\"; weak tags do not compare.");
    return false;
}

/* After the form is read: the page that says to wait holds what was typed. */
static bool check_pace(HttpRequest *r, HttpResponse *out) {
    static const uint8_t here[HTTP_CLIENT];
    bool counts = r->site->pace && r->route->cost > 0 && memcmp(r->client, here, sizeof here) != 0;
    int wait = counts ? http_pace_take(r->site->pace, r->client, r->route->cost, r->now_us) : 0;
    if (wait == 0) return true;
    bool zh = str_is(r->lang, "zh");
    HttpProblem p = {.status = 429, .code = "too_fast", .position = -1, .retry_s = wait};
    p.detail = str_printf(r->a, zh ? "同一个网络发来的请求太多，请等 %d 秒再试。" : "Too many requests from your network; wait %d seconds.", wait);
    http_problem(r, out, &p);
    return false;
}

static void run_handler(HttpRequest *r, HttpResponse *out) {
    Err err = {0};
    HttpResponse answer = {.status = r->route->success ? r->route->success : 200};
    if (r->route->handler(r, &answer, &err))
        *out = answer;
    else if (err.code == ERR_NO_SESSION && r->route->kind == HTTP_PAGE)
        http_page_no_session(r, out);
    else
        refused(r, out, &err);
}

void http_answer(HttpRequest *r, HttpResponse *out) {
    assert(r->route && r->a);
    r->version = -1;
    out->status = 200;
    if (check_origin(r, out) && read_session(r, out) && http_read_posted(r, out) && check_pace(r, out) &&
        check_right(r, out) && check_key(r, out) && check_version(r, out) && http_read_members(r, out))
        run_handler(r, out);
}
