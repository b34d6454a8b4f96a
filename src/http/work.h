/* Jobs and the threads that do them. A job is one request on its way through the house; the loop owns it
 * except between http_work_give and http_work_done, when a worker does. Knows no libmicrohttpd. */
#ifndef YC_HTTP_WORK_H
#define YC_HTTP_WORK_H

#include "http/http_in.h"

typedef enum HttpStage {
    HTTP_HEAD,     /* the head is being read */
    HTTP_BODY,     /* the body is being kept */
    HTTP_DROP,     /* the answer is known (a refusal); the body is read and forgotten */
    HTTP_WORK,     /* a worker has it */
    HTTP_ANSWERED, /* the response is ready to be sent */
} HttpStage;
typedef struct HttpSpool { /* a body on disk, of a form with files; see spool.c */
    int fd;              /* an unnamed file; -1 = none */
    uint64_t n;          /* bytes that came */
    void *map;           /* the file in memory, while a worker reads it */
} HttpSpool;
/* Keeps bytes up to HTTP_SPOOL_LIMIT and counts the rest. Err: ERR_IO, ERR_DISK_FULL. */
bool http_spool_add(HttpSpool *s, Str bytes, Err *err) MUST_USE;
/* Out: what was kept; "" when it was more than the limit. */
bool http_spool_map(HttpSpool *s, Str *out, Err *err) MUST_USE;
void http_spool_end(HttpSpool *s);

typedef struct HttpJob HttpJob;
struct HttpJob {
    void *connection;      /* libmicrohttpd's, for the loop only */
    Arena *a;              /* the request's lifetime */
    HttpRequest request;   /* what came */
    HttpResponse response; /* what goes */
    Buf body;              /* bytes of the body so far */
    HttpSpool spool;       /* or where they lie */
    uint64_t dropped;      /* bytes forgotten in HTTP_DROP */
    HttpStage stage;       /* how far it is */
    struct HttpStream *stream; /* what it watches; NULL = nothing */
    HttpJob *next;         /* in a queue or in the list of idle jobs */
};

typedef struct HttpWork HttpWork;
/* Starts the threads. In: limit = most jobs waiting; wake_fd = an eventfd written after each finished job. */
bool http_work_start(int threads, size_t limit, int wake_fd, Arena *house, HttpWork **out, Err *err) MUST_USE;
/* false when too many wait already, or after http_work_stop: the job stays the caller's. */
bool http_work_give(HttpWork *w, HttpJob *job) MUST_USE;
/* Takes all finished jobs as a list; NULL when there is none. */
HttpJob *http_work_done(HttpWork *w);
/* Finishes what waits, ends the threads. May be called twice. */
void http_work_stop(HttpWork *w);
void http_work_free(HttpWork *w);

#endif
