/* The loop: all use of libmicrohttpd is in this file, in external-loop mode only (its own epoll loop stalls at
 * multiples of 128 ready connections). It reads requests, hands them to the workers, suspends the connection
 * meanwhile and sends what comes back. Never blocks on a room, holds no rule. */
#include "http/http.h"
#include "http/answer.h"
#include "http/api.h"
#include "http/reply.h"
#include "http/stream.h"
#include "http/work.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 4096,            /* most at once */
    CONNECTIONS_PER_IP = 2048,     /* a whole county may sit behind one address */
    CONNECTION_MEMORY = 32 * 1024, /* head and buffers of one connection */
    IDLE_SECONDS = 30,             /* silence after which a connection is closed */
    WORKERS = 64,                  /* most wait for the disk most of the time, and those that wait share a commit */
    WAITING = 2048,                /* most jobs waiting for a worker */
    IDLE_JOBS = 64,                /* most that keep their arena while unused */
    SPOOLING = 64,                 /* most forms with files at once */
    FAREWELL_MS = 2000,            /* for sending the last answers at stop */
};
static const size_t REQUEST_MEMORY = 128u << 20; /* soft limit of one request's arena */
static const uint64_t DROP_LIMIT = 64u << 20;    /* a refused body is read up to here, so that the refusal arrives */

struct HttpServer {
    Arena *house;              /* everything from start to stop */
    HttpSite site;             /* what handlers see */
    struct MHD_Daemon *daemon; /* libmicrohttpd */
    HttpWork *work;            /* worker threads */
    HttpStreams *streams;      /* who watches what */
    HttpJob *idle;             /* jobs to use again */
    size_t n_idle;             /* how many of them keep an arena */
    size_t active;             /* jobs between head and end of reply */
    size_t spooling;           /* of them, those that may have a file on disk */
    int listen_fd, wake_fd;    /* socket; eventfd of workers and http_stop */
    int epoll_fd;              /* libmicrohttpd's, only to be polled */
    int port;                  /* the one we got */
    atomic_bool stop;          /* set by http_stop */
};

/* ---- jobs ---------------------------------------------------------------------------------------------- */
static HttpJob *job_new(HttpServer *s) {
    HttpJob *job = s->idle;
    Arena *a = job ? job->a : NULL;
    if (job) {
        s->idle = job->next;
        if (a) s->n_idle--;
    } else {
        job = NEW(s->house, HttpJob);
    }
    if (!a) a = arena_new(REQUEST_MEMORY);
    *job = (HttpJob){.a = a, .body = {.a = a, .limit = HTTP_BODY_LIMIT}, .spool = {.fd = -1}, .response = {.status = 200}};
    job->request = (HttpRequest){.site = &s->site, .a = a, .offset = s->site.offset, .version = -1, .lang = STR("en")};
    s->active++;
    return job;
}

static bool takes_files(const HttpJob *job) { return job->request.route && job->request.route->needs & HTTP_TAKES_FILES; }

static void job_end(HttpServer *s, HttpJob *job) {
    assert(s->active > 0 && job->stage != HTTP_WORK);
    if (job->stream) http_stream_close(s->streams, job->stream);
    if (takes_files(job)) s->spooling--;
    http_spool_end(&job->spool);
    bool keep = s->n_idle < IDLE_JOBS;
    if (keep) {
        arena_reset(job->a);
        s->n_idle++;
    } else {
        arena_free(job->a);
        job->a = NULL;
    }
    job->next = s->idle;
    s->idle = job;
    s->active--;
}

/* ---- reading the head ------------------------------------------------------------------------------------ */
typedef struct HeadReader {
    HttpJob *job;         /* whose headers */
    const char *doubled;  /* a header that came twice, or NULL */
    int lengths, codings; /* how many Content-Length and Transfer-Encoding came */
    uint64_t length;      /* Content-Length */
    bool expects;         /* Expect: 100-continue */
} HeadReader;

typedef struct HeadName {
    const char *name; /* as in the RFCs */
    size_t at;        /* where in HttpHeaders */
    bool list;        /* may legally come more than once; the first counts */
} HeadName;
static const HeadName head_names[] = {
    {"Host", offsetof(HttpHeaders, host), false},
    {"Origin", offsetof(HttpHeaders, origin), false},
    {"Sec-Fetch-Site", offsetof(HttpHeaders, fetch_site), false},
    {"Cookie", offsetof(HttpHeaders, cookie), false},
    {"Content-Type", offsetof(HttpHeaders, content_type), false},
    {"If-Match", offsetof(HttpHeaders, if_match), false},
    {"Idempotency-Key", offsetof(HttpHeaders, key), false},
    {"Upload-Offset", offsetof(HttpHeaders, upload_offset), false},
    {"Draft", offsetof(HttpHeaders, draft), false},
    {"Proof", offsetof(HttpHeaders, proof), false},
    {"If-None-Match", offsetof(HttpHeaders, if_none_match), true},
    {"Accept", offsetof(HttpHeaders, accept), true},
    {"Accept-Language", offsetof(HttpHeaders, accept_language), true},
    {"Accept-Encoding", offsetof(HttpHeaders, accept_encoding), true},
};

static void read_framing(HeadReader *h, const char *name, Str value) {
    if (strcasecmp(name, "Content-Length") == 0) {
        int64_t length;
        h->lengths++;
        h->length = str_to_int(value, &length) && length >= 0 ? (uint64_t)length : UINT64_MAX;
    }
    if (strcasecmp(name, "Transfer-Encoding") == 0) h->codings++;
    if (strcasecmp(name, "Expect") == 0) h->expects = true;
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                                 size_t value_n) {
    HeadReader *h = cls;
    Str text = {value ? value : "", value ? value_n : 0};
    (void)kind;
    (void)name_n;
    read_framing(h, name, text);
    for (size_t i = 0; i < COUNT_OF(head_names); i++) {
        if (strcasecmp(name, head_names[i].name) != 0) continue;
        Str *slot = (Str *)((char *)&h->job->request.headers + head_names[i].at);
        if (slot->p && !head_names[i].list) h->doubled = head_names[i].name;
        if (!slot->p) *slot = str_copy(h->job->a, text);
    }
    const char *client_header = h->job->request.site->client_header;
    if (client_header && strcasecmp(name, client_header) == 0) h->job->request.headers.client = str_copy(h->job->a, text);
    return MHD_YES;
}

/* Source: RFC 9112 §6.3: a message with two framings is an attempt at smuggling. */
static bool check_head(const HeadReader *h, HttpJob *job) {
    if (h->lengths > 1 || (h->lengths && h->codings)) {
        http_refuse(&job->request, &job->response, 400, "framing", "请求重复给出了长度。",
                    "The request gives its length twice.");
        return false;
    }
    if (h->doubled) {
        Arena *a = job->a;
        const char *zh = str_c(a, str_printf(a, "请求头 %s 出现了两次。", h->doubled));
        const char *en = str_c(a, str_printf(a, "The header %s came twice.", h->doubled));
        http_refuse(&job->request, &job->response, 400, "doubled", zh, en);
        return false;
    }
    return true;
}

static void too_large(HttpJob *job) {
    http_refuse(&job->request, &job->response, 413, "limit", "请求内容超过 1 MiB。", "The body has more than 1 MiB.");
}

static bool check_size(const HeadReader *h, HttpJob *job) {
    if (h->length <= (takes_files(job) ? DROP_LIMIT : HTTP_BODY_LIMIT)) return true;
    too_large(job);
    return false;
}

static void stamp(HttpRequest *r) {
    struct timespec now;
    int trouble = clock_gettime(CLOCK_REALTIME, &now);
    assert(trouble == 0);
    r->now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    ssize_t got = getrandom(r->seed, sizeof r->seed, 0);
    assert(got == (ssize_t)sizeof r->seed);
}

/* ---- streams ------------------------------------------------------------------------------------------------ */
typedef struct StreamReader { /* what libmicrohttpd's callback needs */
    HttpServer *s;      /* whose */
    HttpStream *stream; /* being sent */
} StreamReader;

/* Nothing to send yet: the connection sleeps until wake_streams. */
static ssize_t on_stream(void *cls, uint64_t at, char *out, size_t most) {
    StreamReader *reader = cls;
    (void)at;
    ptrdiff_t n = http_stream_read(reader->s->streams, reader->stream, out, most);
    if (n < 0) return MHD_CONTENT_READER_END_OF_STREAM;
    if (n == 0) MHD_suspend_connection(reader->stream->connection);
    return n;
}

static void wake_streams(HttpServer *s) {
    for (HttpStream *one; (one = http_stream_wake(s->streams));) MHD_resume_connection(one->connection);
}

static struct MHD_Response *open_stream(HttpServer *s, HttpJob *job) {
    enum { PIECE = 4096 };
    const HttpResponse *out = &job->response;
    job->stream = http_stream_open(s->streams, out->stream, job->request.client, out->body, job->a);
    if (!job->stream) return NULL;
    job->stream->connection = job->connection;
    StreamReader *reader = NEW(job->a, StreamReader);
    *reader = (StreamReader){s, job->stream};
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, on_stream, reader, NULL);
}

/* ---- replying ---------------------------------------------------------------------------------------------- */
static enum MHD_Result send_response(HttpServer *s, HttpJob *job) {
    const HttpResponse *out = &job->response;
    struct MHD_Response *m = out->stream.n > 0 ? open_stream(s, job) :
        MHD_create_response_from_buffer(out->body.n, (void *)(uintptr_t)out->body.p, MHD_RESPMEM_PERSISTENT);
    if (!m) return MHD_NO;
    for (size_t i = 0; i < out->n_headers; i++)
        if (MHD_add_response_header(m, out->headers[i].name, str_c(job->a, out->headers[i].value)) != MHD_YES) {
            MHD_destroy_response(m);
            return MHD_NO;
        }
    enum MHD_Result queued = MHD_queue_response(job->connection, (unsigned)out->status, m);
    MHD_destroy_response(m);
    return queued;
}

/* The answer is known; what still comes of the body is read and forgotten. */
static void refuse_at_head(HttpJob *job) {
    http_finish(&job->request, &job->response);
    job->stage = HTTP_DROP;
}

static void answer_here(HttpJob *job) {
    http_answer(&job->request, &job->response);
    http_finish(&job->request, &job->response);
    job->stage = HTTP_ANSWERED;
}

static enum MHD_Result too_busy(HttpServer *s, HttpJob *job) {
    job->stage = HTTP_ANSWERED;
    http_refuse(&job->request, &job->response, 503, "busy", "等待处理的请求过多。", "Too many requests are waiting.");
    http_finish(&job->request, &job->response);
    return send_response(s, job);
}

/* ---- what libmicrohttpd calls ---------------------------------------------------------------------------- */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection) {
    HttpJob *job = job_new(cls);
    job->connection = connection;
    job->request.target = str_copy(job->a, str_of(target));
    return job;
}

static bool room_for_files(HttpServer *s, HttpJob *job) {
    if (!takes_files(job) || ++s->spooling <= SPOOLING) return true;
    http_refuse(&job->request, &job->response, 503, "busy", "正在接收的文件太多，请稍后再试。", "Too many files are being received; try again soon.");
    return false;
}

static const struct sockaddr *peer_of(const HttpJob *job) {
    return MHD_get_connection_info(job->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static enum MHD_Result on_head(HttpServer *s, HttpJob *job, const char *method) {
    HeadReader h = {.job = job};
    job->request.method = str_copy(job->a, str_of(method));
    MHD_get_connection_values_n(job->connection, MHD_HEADER_KIND, on_header, &h);
    stamp(&job->request);
    http_client_of(peer_of(job), job->request.headers.client, job->request.client);
    job->stage = HTTP_BODY;
    bool good = http_route(&job->request, &job->response);
    if (!room_for_files(s, job) || !good || !check_head(&h, job) || !check_size(&h, job)) refuse_at_head(job);
    bool body_is_hopeless = h.length > DROP_LIMIT || (h.expects && job->stage == HTTP_DROP);
    if (job->stage == HTTP_DROP && body_is_hopeless) return send_response(s, job);
    return MHD_YES;
}

/* false: the client sends without end and is cut off. */
static bool on_file(HttpJob *job, Str bytes) {
    Err err = {0};
    if (http_spool_add(&job->spool, bytes, &err)) return job->spool.n <= DROP_LIMIT;
    HttpProblem p = http_problem_of(&job->request, &err);
    http_problem(&job->request, &job->response, &p);
    refuse_at_head(job);
    return true;
}

static bool on_body(HttpJob *job, Str bytes) {
    if (job->stage == HTTP_BODY && takes_files(job)) return on_file(job, bytes);
    if (job->stage == HTTP_BODY) {
        buf_add(&job->body, bytes);
        if (!job->body.over) return true;
        too_large(job);
        refuse_at_head(job);
    }
    job->dropped += bytes.n;
    return job->dropped <= DROP_LIMIT;
}

static enum MHD_Result on_complete(HttpServer *s, HttpJob *job) {
    Err err = {0};
    job->request.body = buf_str(&job->body);
    if (job->spool.n > HTTP_SPOOL_LIMIT) job->request.oversize = job->spool.n;
    if (job->stage == HTTP_BODY && takes_files(job) && !http_spool_map(&job->spool, &job->request.body, &err)) {
        HttpProblem p = http_problem_of(&job->request, &err);
        http_problem(&job->request, &job->response, &p);
        refuse_at_head(job);
    }
    if (job->stage == HTTP_BODY && job->request.route->kind == HTTP_ASSET) answer_here(job);
    if (job->stage != HTTP_BODY) return send_response(s, job);
    job->stage = HTTP_WORK;
    if (!http_work_give(s->work, job)) return too_busy(s, job);
    /* Not too late: only this thread resumes, when the loop turns next. */
    MHD_suspend_connection(job->connection);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *n, void **request) {
    HttpJob *job = *request;
    (void)url;
    (void)version;
    assert(job && job->connection == connection && job->stage != HTTP_WORK);
    if (job->stage == HTTP_HEAD) return on_head(cls, job, method);
    if (*n > 0) {
        Str piece = {bytes, *n};
        *n = 0;
        return on_body(job, piece) ? MHD_YES : MHD_NO;
    }
    return on_complete(cls, job);
}

static void on_end(void *cls, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode how) {
    (void)connection;
    (void)how;
    if (*request) job_end(cls, *request);
    *request = NULL;
}

/* We decode the target ourselves, strictly. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text) {
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* ---- start, run, stop ------------------------------------------------------------------------------------ */
/* Out: a bound, listening socket. */
static bool open_socket(const char *address, int port, int *fd, Err *err) {
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
    if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
        return err_set(err, ERR_INPUT, "http", "%s is no IP address.", address);
    const struct sockaddr *where = is_four ? (const struct sockaddr *)&four : (const struct sockaddr *)&six;
    socklen_t size = is_four ? sizeof four : sizeof six;
    int yes = 1, s = socket(where->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return err_set(err, ERR_IO, "http", "Cannot open a socket: %s.", strerror(errno));
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(s, where, size) != 0 || listen(s, 1024) != 0) {
        err_set(err, ERR_IO, "http", "Cannot listen on %s port %d: %s.", address, port, strerror(errno));
        close(s);
        return false;
    }
    *fd = s;
    return true;
}

static int port_of(int fd) {
    struct sockaddr_in6 where;
    socklen_t size = sizeof where;
    int trouble = getsockname(fd, (struct sockaddr *)&where, &size);
    assert(trouble == 0);
    return ntohs(where.sin6_port); /* at the same place in both families */
}

/* Each connection is a file; the usual soft limit of 1024 would be reached first. Out: connections we can hold. */
static unsigned connections_possible(void) {
    enum { OTHER_FILES = 128 };
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 256;
    rlim_t wanted = CONNECTIONS + OTHER_FILES;
    if (files.rlim_cur < wanted) {
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &files) != 0 || getrlimit(RLIMIT_NOFILE, &files) != 0) return 256;
    }
    if (files.rlim_cur >= wanted) return CONNECTIONS;
    return files.rlim_cur > 2 * OTHER_FILES ? (unsigned)files.rlim_cur - OTHER_FILES : OTHER_FILES;
}

static bool start_daemon(HttpServer *s, Err *err) {
    /* clang-format off: one option a line */
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, s,
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, connections_possible(),
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_IP,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, s,
        MHD_OPTION_END);
    /* clang-format on */
    if (!s->daemon) return err_set(err, ERR_IO, "http", "Cannot start the HTTP library: %s.", strerror(errno));
    s->epoll_fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

static HttpPace *open_pace(int a_minute, Arena *house) {
    uint8_t key[16];
    ssize_t got = getrandom(key, sizeof key, 0);
    assert(got == (ssize_t)sizeof key);
    return http_pace_open(a_minute, key, house);
}

static bool open_site(HttpServer *s, const HttpOptions *o, Err *err) {
    s->site = (HttpSite){.house = o->house,
                         .desk = o->desk,
                         .store = o->store,
                         .authority = o->authority,
                         .secure = o->secure, .demo = o->demo,
                         .client_header = o->client_header,
                         .offset = (int32_t)value_get_int(o->authority, "timezone_offset", 0)};
    s->site.openapi = http_openapi(s->house);
    if (o->pace > 0) s->site.pace = open_pace(o->pace, s->house);
    http_assets_open(&s->site, s->house);
    return http_pages_open(&s->site, s->house, err);
}

static bool open_all(HttpServer *s, const HttpOptions *o, Err *err) {
    TRY(open_site(s, o, err));
    TRY(open_socket(o->address, o->port, &s->listen_fd, err));
    s->port = port_of(s->listen_fd);
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake_fd < 0) return err_set(err, ERR_IO, "http", "Cannot make an eventfd: %s.", strerror(errno));
    TRY(http_streams_start(o->desk, s->wake_fd, s->house, &s->streams, err));
    TRY(http_work_start(o->workers > 0 ? o->workers : WORKERS, WAITING, s->wake_fd, s->house, &s->work, err));
    return start_daemon(s, err);
}

bool http_start(HttpOptions options, HttpServer **out, Err *err) {
    assert(options.address && options.house && options.desk && options.store && out);
    Arena *house = arena_new(0);
    HttpServer *s = NEW(house, HttpServer);
    s->house = house;
    s->listen_fd = s->wake_fd = -1;
    if (!open_all(s, &options, err)) {
        http_free(s);
        return false;
    }
    *out = s;
    return true;
}

int http_port(const HttpServer *s) {
    return s->port;
}

static void resume_finished(HttpServer *s) {
    for (HttpJob *job = http_work_done(s->work), *next; job; job = next) {
        next = job->next;
        job->stage = HTTP_ANSWERED;
        MHD_resume_connection(job->connection);
    }
}

/* One turn: waits for a socket, a finished job or a timeout of libmicrohttpd, then serves what is ready. */
static bool turn(HttpServer *s, int most_ms, Err *err) {
    MHD_UNSIGNED_LONG_LONG wanted;
    uint64_t woken;
    struct pollfd fds[] = {{.fd = s->epoll_fd, .events = POLLIN}, {.fd = s->wake_fd, .events = POLLIN}};
    int timeout = most_ms;
    if (MHD_get_timeout(s->daemon, &wanted) == MHD_YES && wanted < (unsigned)most_ms) timeout = (int)wanted;
    if (poll(fds, COUNT_OF(fds), timeout) < 0 && errno != EINTR)
        return err_set(err, ERR_IO, "http", "Waiting for requests failed: %s.", strerror(errno));
    if (read(s->wake_fd, &woken, sizeof woken) > 0) {
        resume_finished(s);
        wake_streams(s);
    }
    if (MHD_run(s->daemon) != MHD_YES) return err_set(err, ERR_IO, "http", "The HTTP library failed.");
    return true;
}

static int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool http_run(HttpServer *s, Err *err) {
    enum { LONGEST_WAIT_MS = 10000, LAST_WAIT_MS = 50 };
    assert(s);
    while (!atomic_load(&s->stop)) TRY(turn(s, LONGEST_WAIT_MS, err));
    /* What was accepted is finished and answered; then the door closes. */
    MHD_quiesce_daemon(s->daemon);
    http_work_stop(s->work);
    resume_finished(s);
    http_streams_end(s->streams);
    wake_streams(s);
    for (int64_t until = clock_ms() + FAREWELL_MS; s->active > 0 && clock_ms() < until;)
        TRY(turn(s, LAST_WAIT_MS, err));
    return true;
}

void http_stop(HttpServer *s) {
    uint64_t one = 1;
    atomic_store(&s->stop, true);
    ssize_t written = write(s->wake_fd, &one, sizeof one);
    (void)written; /* a full eventfd wakes the loop as well */
}

void http_free(HttpServer *s) {
    if (!s) return;
    if (s->work) {
        http_work_stop(s->work);
        resume_finished(s); /* libmicrohttpd ends only when no connection is suspended */
    }
    if (s->streams) {
        http_streams_end(s->streams);
        wake_streams(s);
    }
    if (s->daemon) MHD_stop_daemon(s->daemon);
    http_work_free(s->work);
    http_streams_free(s->streams);
    if (s->site.pace) http_pace_close(s->site.pace);
    if (s->listen_fd >= 0) close(s->listen_fd);
    if (s->wake_fd >= 0) close(s->wake_fd);
    for (HttpJob *job = s->idle; job; job = job->next) arena_free(job->a);
    arena_free(s->house);
}
