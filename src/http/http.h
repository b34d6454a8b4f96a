/* http: parses requests to commands, replies as page or JSON. Holds no rule of its own. One loop parses,
 * suspends and answers; worker threads call the rooms. All use of libmicrohttpd is in http.c. */
#ifndef YC_HTTP_H
#define YC_HTTP_H

#include "access/access.h"
#include "base/base.h"
#include "case/case.h"
#include "desk/desk.h"

typedef struct HttpServer HttpServer;
enum { HTTP_PACE = 6000, HTTP_PACE_MOST = 10000000 }; /* usual pace, and the fastest that may be asked for */
typedef struct HttpOptions {
    const char *address;   /* "127.0.0.1" */
    int port;              /* 0 = any free one */
    CaseHouse *house;
    DeskHouse *desk;       /* the hall */
    Store *store;          /* for sessions, through room access */
    Value authority;       /* authority.json: name, offices, time zone offset, sample flag */
    int workers;           /* threads; 0 = 64 */
    bool demo;             /* shows what a demonstration shows: messages that would have gone to telephones */
    bool secure;           /* cookies __Host-, HSTS: behind TLS */
    int pace;              /* what one client may look up and write a minute without an account; 0 = no limit */
    const char *client_header; /* in which a proxy of ours names its client, "X-Forwarded-For"; NULL = the connection tells */
} HttpOptions;
bool http_start(HttpOptions options, HttpServer **out, Err *err) MUST_USE;
int http_port(const HttpServer *s);
/* Serves until http_stop() is called from a signal handler or another thread. */
bool http_run(HttpServer *s, Err *err) MUST_USE;
void http_stop(HttpServer *s);    /* async-signal-safe */
void http_free(HttpServer *s);
/* OpenAPI 3.1 document generated from the one route table. */
Str http_openapi(Arena *a);

#endif
