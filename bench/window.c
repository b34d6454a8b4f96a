/* The counter under load over HTTP, as name=value: whole cases by 64 clients, 200 tickets and all clerks that are signed in, and
 * single pages. It speaks to a server that runs at URL, with logins that are given, or starts one of its own with 32 clerks. */
#include "base/base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 64, CLERKS = 32, TICKETS = 200, ANSWER = 256 * 1024, REQUEST = 8192, SAMPLES = 200000, PAGE_LOOKS = 200 };
static const char usage[] =
    "usage: window URL --logins FILE [--rounds N] [--seconds N]   FILE: what yichuang serve --demo printed\n"
    "       window URL --login NAME:PASSWORD…                     clerks of one office with a counter for each\n"
    "       window --dir DIR [--rounds N] [--seconds N]           a server of its own, with 32 clerks, data in DIR\n"
    "Prints cases_per_s (submit, accept, decide; 64 clients), calls_per_s, call_next_conflicts (must be 0), and p50, p95, p99\n"
    "of pages in ms.\n";

typedef struct Clerk {
    char name[64], password[64], cookie[200]; /* as signed in */
    char counter[16];                         /* at which he sits */
} Clerk;
typedef struct Window { /* one run */
    char host[64];         /* of the server */
    int port;              /* of it */
    Clerk clerks[CLERKS];  /* n of them */
    int n;                 /* of clerks */
    int rounds;            /* of 200 tickets */
    double seconds;        /* of cases */
    const char *office, *dir; /* whose hall; of a server of its own, or NULL */
    pid_t pid;             /* of that, or 0 */
    atomic_int called[TICKETS + 1]; /* how often each number of a round was called */
    atomic_long calls, conflicts; /* all calls; tickets that two clerks got */
    char first_label[16];  /* of a round: numbers count from there */
    atomic_int turn;       /* for keys */
    double samples[SAMPLES]; /* seconds of whole cases */
    atomic_long n_samples; /* of them */
    double until;          /* when clients of cases end */
} Window;
typedef struct Line { /* a connection that is kept */
    Window *w;             /* to its server */
    int fd;                /* socket */
    char *answer;          /* head and body, NUL-ended */
    const char *body;      /* of the answer */
    int status;            /* of it */
} Line;

static void fail(const char *what, const char *more) {
    fprintf(stderr, "window: %s: %.400s\n", what, more);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- one connection ------------------------------------------------------------------------------------------------- */

static Line line_open(Window *w) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)w->port)};
    Line l = {.w = w, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .answer = malloc(ANSWER)};
    if (inet_pton(AF_INET, w->host, &where.sin_addr) != 1) fail("no address", w->host);
    if (l.fd < 0 || !l.answer || connect(l.fd, (struct sockaddr *)&where, sizeof where) != 0) fail("no server", w->host);
    return l;
}

static void line_close(Line *l) {
    close(l->fd);
    free(l->answer);
}

/* An answer without a body tells no length. */
static bool whole(Line *l, size_t got) {
    const char *end = strstr(l->answer, "\r\n\r\n"), *length = strcasestr(l->answer, "\r\nContent-Length: ");
    if (!end) return false;
    l->body = end + 4;
    return got >= (size_t)(l->body - l->answer) + (length && length < end ? strtoul(length + 18, NULL, 10) : 0);
}

static void line_ask(Line *l, const char *method, const char *path, const char *headers, const char *body) {
    char request[REQUEST];
    size_t got = 0;
    int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s%sContent-Length: %zu\r\n\r\n%s", method, path, l->w->host, l->w->port, headers,
                     body ? "Content-Type: application/json\r\n" : "", body ? strlen(body) : 0, body ? body : "");
    if (n >= REQUEST || write(l->fd, request, (size_t)n) != n) fail("a request cannot be sent", path);
    l->answer[0] = '\0';
    while (!whole(l, got)) {
        ssize_t more = read(l->fd, l->answer + got, ANSWER - 1 - got);
        if (more <= 0) fail("the server closed a connection", path);
        got += (size_t)more;
        l->answer[got] = '\0';
    }
    l->status = (int)strtol(l->answer + 9, NULL, 10);
}

/* A command: with a key of its own. version < 0: none. */
static void line_do(Line *l, const Clerk *who, const char *path, long version, const char *body) {
    char headers[600], match[60] = "";
    if (version >= 0) snprintf(match, sizeof match, "If-Match: \"%ld\"\r\n", version);
    snprintf(headers, sizeof headers, "%s%s%sIdempotency-Key: w%d-%d\r\n%s", who ? "Cookie: " : "", who ? who->cookie : "", who ? "\r\n" : "", (int)getpid(),
             atomic_fetch_add(&l->w->turn, 1), match);
    line_ask(l, "POST", path, headers, body);
}

static bool word_of(const Line *l, const char *member, char *out, size_t n) {
    char mark[60];
    snprintf(mark, sizeof mark, "\"%s\":\"", member);
    const char *at = strstr(l->body, mark);
    size_t i = 0;
    for (at = at ? at + strlen(mark) : ""; *at && *at != '"' && i + 1 < n; at++) out[i++] = *at;
    out[i] = '\0';
    return i > 0;
}

static long number_of(const Line *l, const char *member) {
    char mark[60];
    snprintf(mark, sizeof mark, "\"%s\":", member);
    const char *at = strstr(l->body, mark);
    return at ? strtol(at + strlen(mark), NULL, 10) : -1;
}

/* ---- signing in ----------------------------------------------------------------------------------------------------- */

static void sign_in(Window *w, Clerk *c) {
    char body[200];
    Line l = line_open(w);
    snprintf(body, sizeof body, "{\"user\":\"%s\",\"password\":\"%s\"}", c->name, c->password);
    line_ask(&l, "POST", "/api/v1/sessions", "", body);
    const char *cookie = strcasestr(l.answer, "\r\nSet-Cookie: ");
    if (l.status != 204 || !cookie || sscanf(cookie + 14, "%199[^;]", c->cookie) != 1) fail("a clerk cannot sign in", c->name);
    line_close(&l);
}

/* Those who find a counter of the office to sit at. */
static void take_seats(Window *w) {
    char path[100];
    int seated = 0;
    Line l = line_open(w);
    for (int i = 0; i < w->n; i++) {
        Clerk *c = &w->clerks[i];
        sign_in(w, c);
        for (int k = 1; k <= CLERKS && !c->counter[0]; k++) {
            snprintf(path, sizeof path, "/api/v1/counters/w%d/actions/sit", k);
            line_do(&l, c, path, -1, "{}");
            if (l.status == 200) snprintf(c->counter, sizeof c->counter, "w%d", k);
            if (l.status == 403 || l.status == 404 || l.status == 422) break;
        }
        if (c->counter[0]) w->clerks[seated++] = *c;
    }
    w->n = seated;
    line_close(&l);
    if (seated == 0) fail("no clerk has a counter", w->office);
}

/* ---- tickets -------------------------------------------------------------------------------------------------------- */

static void issue_all(Window *w) {
    char body[100];
    Line l = line_open(w);
    snprintf(body, sizeof body, "{\"office\":\"%s\",\"queue\":\"licence\"}", w->office);
    for (int i = 0; i < TICKETS; i++) {
        line_do(&l, NULL, "/api/v1/tickets", -1, body);
        if (l.status != 201) fail("no ticket", l.body);
        if (i == 0) word_of(&l, "label", w->first_label, sizeof w->first_label);
        atomic_store(&w->called[i], 0);
    }
    line_close(&l);
}

typedef struct Hand { /* one thread */
    Window *w;         /* of which */
    const Clerk *who;  /* signed in */
    int number;        /* of the client */
    pthread_t thread;  /* it runs there */
} Hand;

static void count_call(Window *w, const char *label) {
    long at = strtol(label + 1, NULL, 10) - strtol(w->first_label + 1, NULL, 10);
    if (at < 0 || at >= TICKETS) return; /* somebody else's: it waited before the round */
    if (atomic_fetch_add(&w->called[at], 1) > 0) atomic_fetch_add(&w->conflicts, 1);
}

static void serve_one(Line *l, const Clerk *who, const char *id, long version) {
    static const char *const acts[] = {"arrive", "finish"};
    char path[120];
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        snprintf(path, sizeof path, "/api/v1/tickets/%s/actions/%s", id, acts[i]);
        line_do(l, who, path, version, "{}");
        if (l->status != 200) fail(path, l->body);
        version = number_of(l, "version");
    }
}

static void *call_all(void *arg) {
    Hand *h = arg;
    Line l = line_open(h->w);
    for (;;) {
        char id[40], label[16];
        line_do(&l, h->who, "/api/v1/queues/licence/call-next", -1, "{}");
        if (l.status != 200) fail("call-next", l.body);
        if (!word_of(&l, "id", id, sizeof id)) break; /* nobody waits */
        word_of(&l, "label", label, sizeof label);
        count_call(h->w, label);
        atomic_fetch_add(&h->w->calls, 1);
        serve_one(&l, h->who, id, number_of(&l, "version"));
    }
    line_close(&l);
    return NULL;
}

static void tickets(Window *w) {
    Hand hands[CLERKS];
    double busy = 0;
    for (int round = 0; round < w->rounds; round++) {
        issue_all(w);
        double began = now();
        for (int i = 0; i < w->n; i++) {
            hands[i] = (Hand){.w = w, .who = &w->clerks[i], .number = i};
            if (pthread_create(&hands[i].thread, NULL, call_all, &hands[i]) != 0) fail("no thread", "");
        }
        for (int i = 0; i < w->n; i++) pthread_join(hands[i].thread, NULL);
        busy += now() - began;
        for (int i = 0; i < TICKETS; i++)
            if (atomic_load(&w->called[i]) == 0) fail("a ticket was not called", w->first_label);
    }
    printf("clerks=%d\ntickets=%d\ncall_next_conflicts=%ld\ncalls_per_s=%.0f\n", w->n, w->rounds * TICKETS, atomic_load(&w->conflicts), (double)atomic_load(&w->calls) / busy);
    fflush(stdout);
}

/* ---- cases ---------------------------------------------------------------------------------------------------------- */

/* Submitted, accepted, decided. */
static void whole_case(Line *l, const Clerk *who, int client, int turn) {
    char path[120], body[600], id[40];
    snprintf(body, sizeof body,
             "{\"service\":\"driver-contact\",\"inputs\":{\"applicantType\":\"resident\",\"personName\":\"甲\",\"personId\":\"53280119900101%04d\","
             "\"phone\":\"138%08d\",\"kind\":\"contact\",\"placeHere\":\"yes\",\"newPhone\":\"13900000000\",\"changedOn\":\"2026-11-10\",\"papers\":\"complete\",\"changed\":\"phone\"}}",
             client, client * 100000 + turn);
    line_do(l, who, "/api/v1/cases", -1, body);
    if (l->status != 201 || !word_of(l, "id", id, sizeof id)) fail("a case is not taken", l->body);
    snprintf(path, sizeof path, "/api/v1/cases/%s/actions/accept", id);
    line_do(l, who, path, number_of(l, "version"), "{\"accept\":true}");
    if (l->status != 200) fail("a case is not accepted", l->body);
    snprintf(path, sizeof path, "/api/v1/cases/%s/actions/adopt", id);
    line_do(l, who, path, number_of(l, "version"), "{\"external\":\"W1\"}");
    if (l->status != 200) fail("a case is not decided", l->body);
}

static void *decide_all(void *arg) {
    Hand *h = arg;
    Line l = line_open(h->w);
    for (int turn = 0; now() < h->w->until; turn++) {
        double began = now();
        whole_case(&l, h->who, h->number, turn);
        long at = atomic_fetch_add(&h->w->n_samples, 1);
        if (at < SAMPLES) h->w->samples[at] = now() - began;
    }
    line_close(&l);
    return NULL;
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void print_times(const char *name, double *times, size_t n) {
    qsort(times, n, sizeof *times, by_value);
    printf("%s_p50_ms=%.1f\n%s_p95_ms=%.1f\n%s_p99_ms=%.1f\n", name, times[n / 2] * 1e3, name, times[n * 95 / 100] * 1e3, name, times[n * 99 / 100] * 1e3);
    fflush(stdout);
}

static void cases(Window *w) {
    Hand hands[CLIENTS];
    double began = now();
    w->until = began + w->seconds;
    for (int i = 0; i < CLIENTS; i++) {
        hands[i] = (Hand){.w = w, .who = &w->clerks[i % w->n], .number = i};
        if (pthread_create(&hands[i].thread, NULL, decide_all, &hands[i]) != 0) fail("no thread", "");
    }
    for (int i = 0; i < CLIENTS; i++) pthread_join(hands[i].thread, NULL);
    long n = atomic_load(&w->n_samples);
    printf("clients=%d\ncases=%ld\ncases_per_s=%.0f\n", CLIENTS, n, (double)n / (now() - began));
    print_times("case", w->samples, (size_t)(n < SAMPLES ? n : SAMPLES));
}

/* ---- pages ---------------------------------------------------------------------------------------------------------- */

static void pages(Window *w) {
    static const struct {
        const char *name, *path; /* of the line that is printed; of the page */
        bool staff;              /* behind the sign-in */
    } all[] = {
        {"home", "/", false}, {"services", "/services", false}, {"guide", "/services/licence-renewal", false}, {"kiosk", "/kiosk/%s", false},
        {"wall", "/display/%s", false}, {"queues", "/api/v1/queues?office=%s", false}, {"worklist", "/staff/cases", true}, {"hall", "/api/v1/counters", true},
    };
    Line l = line_open(w);
    double times[PAGE_LOOKS];
    char path[120], cookie[300];
    snprintf(cookie, sizeof cookie, "Cookie: %s\r\n", w->clerks[0].cookie);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        snprintf(path, sizeof path, all[i].path, w->office);
        for (int k = 0; k < PAGE_LOOKS; k++) {
            double began = now();
            line_ask(&l, "GET", path, all[i].staff ? cookie : "", NULL);
            if (l.status == 404 && k == 0) break; /* this authority has no such page */
            if (l.status != 200) fail(path, l.answer);
            times[k] = now() - began;
        }
        char name[60];
        snprintf(name, sizeof name, "page_%s", all[i].name);
        if (l.status == 200) print_times(name, times, PAGE_LOOKS);
    }
    line_close(&l);
}

/* ---- a server of its own -------------------------------------------------------------------------------------------- */

/* build/bench/window → the folder above build */
static void top_folder(char out[600]) {
    ssize_t n = readlink("/proc/self/exe", out, 599);
    if (n <= 0) fail("/proc/self/exe cannot be read", "");
    out[n] = '\0';
    for (int up = 0; up < 3; up++) *strrchr(out, '/') = '\0';
}

static Value many_counters(Value desk, Arena *a) {
    Value queues = value_get(desk, "queues");
    ValueBuild list = {.a = a}, ids = {.a = a};
    for (uint32_t i = 0; i < queues.size; i++) build_item(&ids, value_get(queues.u.list[i], "id"));
    for (int i = 1; i <= CLERKS; i++) {
        ValueBuild b = {.a = a};
        build_c(&b, "id", value_str(str_printf(a, "w%d", i)));
        build_c(&b, "no", value_int(i));
        build_c(&b, "name", value_get(queues.u.list[0], "name"));
        build_c(&b, "queues", build_list(&ids));
        build_item(&list, build_ctx(&b));
    }
    return value_with(a, desk, STR("counters"), build_list(&list));
}

/* The demo authority with a hall of 32 counters and a clerk for each. */
static Value larger(Value authority, const char *office, Arena *a) {
    Value offices = value_get(authority, "offices"), users = value_get(authority, "demo_users");
    ValueBuild halls = {.a = a}, people = {.a = a};
    for (uint32_t i = 0; i < offices.size; i++) {
        Value o = offices.u.list[i];
        bool ours = str_is(value_get_str(o, "id"), office);
        build_item(&halls, ours ? value_with(a, o, STR("desk"), many_counters(value_get(o, "desk"), a)) : o);
    }
    for (int i = 1; i <= CLERKS; i++) build_item(&people, value_with(a, users.u.list[0], STR("user"), value_str(str_printf(a, "clerk%d", i))));
    return value_with(a, value_with(a, authority, STR("offices"), build_list(&halls)), STR("demo_users"), build_list(&people));
}

static Str read_all(const char *path, Arena *a) {
    enum { MOST = 1 << 20 };
    FILE *f = fopen(path, "rb");
    if (!f) fail("cannot be read", path);
    char *bytes = arena_alloc(a, MOST);
    size_t n = fread(bytes, 1, MOST, f);
    fclose(f);
    return (Str){bytes, n};
}

/* A folder of packs: the authority that is larger, and links to what the demo authority has. */
static void lay_out(const Window *w, const char *top, char packs[700], Arena *a) {
    static const char *const shared[] = {"common", "calendars", "driver-contact", "licence-renewal"};
    Value authority;
    Err err = {0};
    const char *demo = str_c(a, str_printf(a, "%s/packs/demo-prefecture", top));
    snprintf(packs, 700, "%s/packs", w->dir);
    if (mkdir(packs, 0700) != 0) fail("the folder cannot be made (is it empty?)", packs);
    for (size_t i = 0; i < COUNT_OF(shared); i++)
        if (symlink(str_c(a, str_printf(a, "%s/%s", demo, shared[i])), str_c(a, str_printf(a, "%s/%s", packs, shared[i]))) != 0) fail("no link", shared[i]);
    if (!json_parse(read_all(str_c(a, str_printf(a, "%s/authority.json", demo)), a), (JsonLimits){0}, a, &authority, &err)) fail("authority.json", err.text);
    Str text = json_text(a, larger(authority, w->office, a));
    FILE *f = fopen(str_c(a, str_printf(a, "%s/authority.json", packs)), "wb");
    if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f) != 0) fail("cannot be written", packs);
}

static void read_logins(Window *w, FILE *from, bool ready) {
    char line[300], role[32];
    while ((!ready || w->n < CLERKS || w->port == 0) && fgets(line, sizeof line, from)) {
        Clerk *c = &w->clerks[w->n];
        if (ready && sscanf(line, "ready http://127.0.0.1:%d", &w->port) == 1) continue;
        if (w->n < CLERKS && sscanf(line, "login %63s %63s %31s", c->name, c->password, role) == 3 && (strcmp(role, "clerk") == 0 || strcmp(role, "officer") == 0)) w->n++;
    }
}

static void own_server(Window *w) {
    Arena *a = arena_new(0);
    char top[600], packs[700];
    int out[2];
    top_folder(top);
    mkdir(w->dir, 0700);
    lay_out(w, top, packs, a);
    const char *data = str_c(a, str_printf(a, "%s/data", w->dir)), *program = str_c(a, str_printf(a, "%s/build/yichuang", top));
    if (pipe(out) != 0) fail("no pipe", "");
    w->pid = fork();
    if (w->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* it ends with us, however we end */
        dup2(out[1], 1);
        close(out[0]);
        close(out[1]);
        execl(program, "yichuang", "serve", "--demo", "--dir", data, "--packs", packs, "--port", "0", NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *from = fdopen(out[0], "r");
    if (w->pid < 0 || !from) fail("no process", program);
    read_logins(w, from, true);
    fclose(from);
    if (w->port == 0 || w->n == 0) fail("the server does not start", program);
    arena_free(a);
}

/* ---- options -------------------------------------------------------------------------------------------------------- */

static bool read_login(Window *w, const char *text) {
    Clerk *c = &w->clerks[w->n];
    bool ok = w->n < CLERKS && sscanf(text, "%63[^:]:%63s", c->name, c->password) == 2;
    w->n += ok;
    return ok;
}

static bool read_options(Window *w, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (sscanf(argv[i], "http://%63[^:/]:%d", w->host, &w->port) == 2) continue;
        if (!next) return false;
        if (strcmp(argv[i], "--dir") == 0) w->dir = next;
        else if (strcmp(argv[i], "--office") == 0) w->office = next;
        else if (strcmp(argv[i], "--rounds") == 0) w->rounds = (int)strtol(next, NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0) w->seconds = strtod(next, NULL);
        else if (strcmp(argv[i], "--login") == 0 && !read_login(w, next)) return false;
        else if (strcmp(argv[i], "--logins") == 0) {
            FILE *f = fopen(next, "r");
            if (!f) fail("cannot be read", next);
            read_logins(w, f, false);
            fclose(f);
        } else if (strcmp(argv[i], "--login") != 0) return false;
        i++;
    }
    return w->rounds > 0 && w->seconds > 0 && (w->dir ? w->port == 0 : w->port > 0 && w->n > 0);
}

int main(int argc, char **argv) {
    static Window w = {.rounds = 3, .seconds = 5, .office = "demo-county", .host = "127.0.0.1"};
    int status = 0;
    signal(SIGPIPE, SIG_IGN);
    if (!read_options(&w, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    if (w.dir) own_server(&w);
    take_seats(&w);
    tickets(&w);
    cases(&w);
    pages(&w);
    if (w.pid > 0) {
        kill(w.pid, SIGTERM);
        waitpid(w.pid, &status, 0);
    }
    return atomic_load(&w.conflicts) > 0 || status != 0;
}
