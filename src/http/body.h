/* Reading the body and the query against what the route's row declares: unknown or wrong members are refused
 * by name before a handler runs. */
#ifndef YC_HTTP_BODY_H
#define YC_HTTP_BODY_H

#include "http/http_in.h"

/* multipart/form-data: fields into r->form, files into r->sent. Source: RFC 7578. Err: ERR_INPUT, ERR_LIMIT. */
bool http_read_multipart(HttpRequest *r, Err *err) MUST_USE;
/* Both: false when out already holds the refusal.
 * Pages: a posted form into r->form, before rights are checked, so that what was typed survives a lost session. */
bool http_read_posted(HttpRequest *r, HttpResponse *out) MUST_USE;
/* API: query and JSON body, after rights are checked, so that strangers learn nothing of them. */
bool http_read_members(HttpRequest *r, HttpResponse *out) MUST_USE;

#endif
