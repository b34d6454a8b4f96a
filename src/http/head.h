/* Reading what a client sends before and around the body: target, queries and forms, cookies, languages,
 * If-Match, Origin. Every function takes bytes from outside and refuses what is not exactly right; none
 * guesses, none keeps state. Fuzzed by fuzz/http_head.c. */
#ifndef YC_HTTP_HEAD_H
#define YC_HTTP_HEAD_H

#include "base/base.h"

/* "/a/b?c=d" or the absolute form "http://host/a/b?c=d" → path and query without "?".
 * Source: RFC 9112 §3.2.2 (a server must take the absolute form). */
bool http_split_target(Str target, Str *path, Str *query);
/* Percent decoding; plus: "+" is a space. Out: valid UTF-8 without control characters other than tab, CR, LF. */
bool http_decode(Str encoded, bool plus, Arena *a, Str *out) MUST_USE;
/* application/x-www-form-urlencoded → context; a repeated name gives a list. Err: ERR_INPUT, ERR_LIMIT. */
bool http_read_form(Str text, Arena *a, Value *out, Err *err) MUST_USE;
/* The best of the registry's languages (tongue.c) in an Accept-Language list, else `otherwise`. Source: RFC 9110 §12.5.4. */
Str http_language(Str accept_language, Str otherwise);
bool http_accepts_gzip(Str accept_encoding);
/* Does an Accept list name this media type, and with no less weight than the other? Source: RFC 9110 §12.5.1. */
bool http_prefers(Str accept, const char *type, const char *other);
/* VERSION or "VERSION"; weak tags, lists and * are refused. Source: RFC 9110 §13.1.1 (strong comparison). */
bool http_read_version(Str if_match, int64_t *out) MUST_USE;
/* An idempotency key: 1 to 200 visible ASCII characters. */
bool http_key_ok(Str key);
/* Is the Origin header our own: scheme://Host? */
bool http_origin_is(Str origin, Str host, bool secure);
/* Media type of a Content-Type header, lower case in a static text: "application/json",
 * "application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream", "" other. */
const char *http_media_type(Str content_type);

#endif
