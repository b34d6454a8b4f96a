/* What only the middle of room http needs from reply.c: the last touches on every response. Handlers never
 * call these. */
#ifndef YC_HTTP_REPLY_H
#define YC_HTTP_REPLY_H

#include "http/http_in.h"

const char *http_session_cookie(bool secure);
/* false: compressing is no gain. */
bool http_gzip(Str plain, Arena *a, Str *out) MUST_USE;
/* Compresses where asked for and worth it; adds the headers that every response carries. Call once, last. */
void http_finish(const HttpRequest *r, HttpResponse *out);

#endif
