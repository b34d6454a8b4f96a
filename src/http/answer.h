/* From a request that was read to the response that is sent: target, route, origin, session, right, headers,
 * body, handler. Blocks as the handler does; runs on a worker thread, or on the loop for HTTP_ASSET rows. */
#ifndef YC_HTTP_ANSWER_H
#define YC_HTTP_ANSWER_H

#include "http/http_in.h"

/* Finds the route from method and target. In: request with site, a, method, target, headers, now_us, seed.
 * Out: false when out already holds the refusal. */
bool http_route(HttpRequest *r, HttpResponse *out) MUST_USE;
/* Everything after routing. In: r->body is complete. */
void http_answer(HttpRequest *r, HttpResponse *out);

#endif
