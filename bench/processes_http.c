/* Steps over HTTP: the built server, 64 connections that are kept open, each an officer who registers a case and
 * decides it in turn; one thread drives them all. Raw commits are taken in the same minute, while the server rests. */
#include "processes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS = 64, ROUNDS = 5, ANSWER_MAX = 4096, REQUEST_MAX = 2048, LATENCIES_MAX = 400000 };
static const double slice = 1.0, raw_slice = 0.4; /* seconds */

typedef struct Caller { /* one connection */
    int fd;
    int number;              /* of the connection */
    long turn;               /* requests so far */
    char id[40];             /* the open case; "" = the next request registers one */
    long version;            /* of the open case */
    char answer[ANSWER_MAX]; /* what came so far */
    size_t got;              /* of answer */
    double sent;             /* when the request went out */
    bool waits;              /* for an answer */
} Caller;
typedef struct Load {
    const BenchServer *server;
    char cookie[200];            /* of the session */
    Caller callers[CONNECTIONS];
    int epoll;                   /* over all connections */
    double *latencies;           /* seconds, one an answer */
    size_t n_latencies;
} Load;

static void sign_in(Load *l) {
    char body[150], request[400], answer[4000];
    snprintf(body, sizeof body, "{\"user\":\"bench\",\"password\":\"%s\"}", l->server->password);
    snprintf(request, sizeof request, "POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
             "Connection: close\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    bench_server_ask(l->server, request, answer, sizeof answer);
    const char *cookie = strcasestr(answer, "\r\nSet-Cookie: ");
    bench_check(cookie && sscanf(cookie + 14, "%199[^;]", l->cookie) == 1, "the officer cannot sign in", NULL);
}

static void send_request(Load *l, Caller *c) {
    char body[400], request[REQUEST_MAX], version[40] = "", path[100] = "/api/v1/cases";
    if (c->id[0]) {
        snprintf(path, sizeof path, "/api/v1/cases/%s/actions/depart", c->id);
        snprintf(version, sizeof version, "If-Match: \"%ld\"\r\n", c->version);
        snprintf(body, sizeof body, "{\"outcome\":\"FINE200\",\"reason\":\"bench\"}");
    } else
        snprintf(body, sizeof body, "{\"service\":\"small\",\"inputs\":{\"plate\":\"A%d%06ld\",\"points\":3,\"age\":34,\"kind\":\"renewal\","
                 "\"applicant\":\"resident-000123\",\"note\":\"first minor violation in 12 months\"}}", c->number + 10, c->turn);
    int n = snprintf(request, sizeof request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nContent-Type: application/json\r\n"
                     "Idempotency-Key: k%d-%ld\r\n%sContent-Length: %zu\r\n\r\n%s", path, l->cookie, c->number, ++c->turn, version,
                     strlen(body), body);
    c->got = 0;
    c->waits = true;
    c->sent = bench_now();
    bench_check(write(c->fd, request, (size_t)n) == n, "a request cannot be sent", NULL);
}

/* False while the answer is not whole. */
static bool whole(const Caller *c) {
    const char *end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "\r\nContent-Length: ");
    return end && length && c->got >= (size_t)(end + 4 - c->answer) + strtoul(length + 18, NULL, 10);
}

static void take_answer(Load *l, Caller *c) {
    const char *body = strstr(c->answer, "\r\n\r\n"), *id = strstr(c->answer, "\"id\":\""), *version = strstr(c->answer, "\"version\":");
    bool created = strncmp(c->answer, "HTTP/1.1 201", 12) == 0, acted = strncmp(c->answer, "HTTP/1.1 200", 12) == 0;
    bench_check((created && id && version) || acted, body ? body + 4 : c->answer, NULL);
    c->id[0] = '\0';
    if (created) {
        sscanf(id + 6, "%39[^\"]", c->id);
        c->version = strtol(version + 10, NULL, 10);
    }
    if (l->n_latencies < LATENCIES_MAX) l->latencies[l->n_latencies++] = bench_now() - c->sent;
    c->waits = false;
}

static void read_answer(Load *l, Caller *c) {
    ssize_t n = read(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got);
    bench_check(n > 0, "the server closed a connection", NULL);
    c->got += (size_t)n;
    c->answer[c->got] = '\0';
    if (whole(c)) take_answer(l, c);
}

/* Answers a second. Everybody who has an answer asks again until the slice is over; then all answers are awaited. */
static double load_slice(Load *l, double seconds) {
    struct epoll_event ready[CONNECTIONS];
    double begin = bench_now();
    long answers = 0;
    int open = CONNECTIONS;
    for (int i = 0; i < CONNECTIONS; i++) send_request(l, &l->callers[i]);
    while (open > 0) {
        int n = epoll_wait(l->epoll, ready, CONNECTIONS, 30000);
        bench_check(n > 0, "no answer came for half a minute", NULL);
        for (int i = 0; i < n; i++) {
            Caller *c = ready[i].data.ptr;
            read_answer(l, c);
            if (c->waits) continue;
            answers++;
            if (bench_now() < begin + seconds)
                send_request(l, c);
            else
                open--;
        }
    }
    return (double)answers / (bench_now() - begin);
}

static void connect_all(Load *l) {
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < CONNECTIONS; i++) {
        Caller *c = &l->callers[i];
        *c = (Caller){.fd = bench_server_connect(l->server), .number = i};
        struct epoll_event wish = {.events = EPOLLIN, .data.ptr = c};
        bench_check(epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &wish) == 0, "no epoll", NULL);
    }
}

static void disconnect_all(Load *l) {
    for (int i = 0; i < CONNECTIONS; i++) close(l->callers[i].fd);
    close(l->epoll);
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

void bench_http(const Bench *b) {
    Arena *a = arena_new(0);
    BenchServer server;
    double raw[ROUNDS], steps[ROUNDS], share[ROUNDS];
    Load *l = NEW(a, Load);
    l->server = &server;
    l->latencies = NEW_ARRAY(a, double, LATENCIES_MAX);
    bench_server_start(bench_place(b, a, "http"), true, &server);
    BenchHand *hand = bench_hand_open(bench_path(b, a, "http-hand.db"));
    sign_in(l);
    connect_all(l);
    double cpu = bench_server_cpu(&server);
    for (int i = 0; i < ROUNDS; i++) {
        raw[i] = bench_hand_raw(hand, raw_slice);
        steps[i] = load_slice(l, slice);
        share[i] = steps[i] / raw[i];
    }
    cpu = bench_server_cpu(&server) - cpu;
    qsort(l->latencies, l->n_latencies, sizeof *l->latencies, by_value);
    bench_line("http_steps_64", bench_median(steps, ROUNDS), 0);
    bench_line("http_64_to_raw", bench_median(share, ROUNDS), 2);
    bench_line("http_cpu_us_per_step", cpu / (double)l->n_latencies * 1e6, 1);
    bench_line("p50_ms_64", l->latencies[l->n_latencies / 2] * 1e3, 1);
    bench_line("p99_ms_64", l->latencies[l->n_latencies * 99 / 100] * 1e3, 1);
    disconnect_all(l);
    bench_hand_close(hand);
    bench_server_stop(&server);
    arena_free(a);
}
