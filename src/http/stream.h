/* Streams: pages that are told what changes, by server-sent events. One thread looks at each hall that somebody watches and
 * keeps the newest picture; each watcher is sent the newest it has not seen, so a slow one costs nothing. Knows no socket. */
#ifndef YC_HTTP_STREAM_H
#define YC_HTTP_STREAM_H

#include "http/http_in.h"

typedef struct HttpStreams HttpStreams;
typedef struct HttpTopic HttpTopic;
typedef struct HttpStream HttpStream;
struct HttpStream { /* one watcher; the loop owns it */
    void *connection;             /* libmicrohttpd's, for the loop only */
    HttpTopic *topic;             /* the hall it watches */
    uint64_t seen, beat;          /* newest picture and heartbeat that it was sent */
    char *text;                   /* being sent: n bytes, `sent` of them gone */
    size_t n, sent;
    bool asleep;                  /* suspended until there is something */
    uint8_t client[HTTP_CLIENT];  /* whose it is */
    HttpStream *next;             /* in the list of all */
};

/* Starts the thread. In: wake_fd = an eventfd written when there is something to send. */
bool http_streams_start(DeskHouse *desk, int wake_fd, Arena *house, HttpStreams **out, Err *err) MUST_USE;
/* A watcher of an office's hall. In: first = what it is sent at once; a = lives as long as it. Out: NULL when too many watch. */
HttpStream *http_stream_open(HttpStreams *s, Str office, const uint8_t client[HTTP_CLIENT], Str first, Arena *a);
void http_stream_close(HttpStreams *s, HttpStream *one);
/* The next bytes, at most `most`; 0 = nothing yet, -1 = it is over. */
ptrdiff_t http_stream_read(HttpStreams *s, HttpStream *one, char *out, size_t most);
/* The next sleeper that has something to read, awake now; NULL when there is none. */
HttpStream *http_stream_wake(HttpStreams *s);
void http_streams_end(HttpStreams *s); /* every watcher comes to its end; the thread too. May be called twice */
void http_streams_free(HttpStreams *s);
/* An event as it goes over the line. */
Str http_stream_event(Arena *a, const char *name, Str data);

#endif
