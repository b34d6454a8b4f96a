/* yichuang serve: opens the data folder, compiles the packs, seats the demo authority, serves until a signal. */
#include "access/access.h"
#include "case/case.h"
#include "desk/desk.h"
#include "http/http.h"
#include "main/courier.h"
#include "main/house.h"
#include "main/main_in.h"
#include "main/timer.h"
#include "store/store.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char main_serve_usage[] =
    "usage: yichuang serve --store PLACE [--demo] [--port N] [--address IP] [--packs FOLDER] [--secure]\n"
    "                      [--courier FILE] [--pace N] [--client-header NAME]\n"
    MAIN_PLACE_HELP
    "                  what is missing is made\n"
    "  --demo          make demo users and sample cases of the demo authority, and print their logins\n"
    "  --port N        8080 unless given; 0 takes a free one\n"
    "  --address IP    127.0.0.1 unless given\n"
    "  --packs FOLDER  the authority's packs; packs/demo-prefecture unless given\n"
    "  --secure        behind TLS: __Host- cookies and HSTS\n"
    "  --courier FILE  where messages, webhooks and prints go (docs/formats/courier.md); with --demo they are files in\n"
    "                  PLACE/sent unless given; otherwise what has no way out is a dead letter\n"
    "  --pace N        look-ups and writes without an account that one network address may make a minute, twice as many\n"
    "                  at once; to begin a draft counts as 10, a file as 4; 6000 unless given, 0 = no limit\n"
    "  --client-header NAME  header in which the proxy in front names its client, as X-Forwarded-For; only for a counter\n"
    "                  that is reached through that proxy alone. Otherwise the connection's address counts\n";

typedef struct Counter { /* the counter being opened */
    Arena *house;            /* start to stop */
    const char *dir, *address, *packs_dir, *ways_file;
    const char *client_header; /* see HttpOptions */
    long port, pace;
    bool demo, secure;
    MainPacks packs;
    Store *store;
    CaseHouse *cases;
    DeskHouse *desk;
    HttpServer *server;
    MainTimer *timer;
    MainCouriers *couriers;
} Counter;

static HttpServer *volatile serving; /* for the signal handler only */
static volatile sig_atomic_t ending; /* a signal came, perhaps before there was a server */

static void on_signal(int signal_number) {
    (void)signal_number;
    ending = 1;
    if (serving) http_stop(serving);
}

/* Before the first file is opened: a stop during a long start ends as cleanly as one later. */
static void heed_signals(void) {
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static bool read_number(const char *text, long most, long *out) {
    char *end = NULL;
    *out = strtol(text, &end, 10);
    return *text && !*end && *out >= 0 && *out <= most;
}

static bool parse_options(int argc, char **argv, Counter *c) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"store", required_argument, NULL, 'd'}, {"demo", no_argument, NULL, 'm'}, {"port", required_argument, NULL, 'p'},
        {"address", required_argument, NULL, 'a'}, {"packs", required_argument, NULL, 'k'}, {"secure", no_argument, NULL, 's'},
        {"courier", required_argument, NULL, 'c'}, {"pace", required_argument, NULL, 'n'}, {"client-header", required_argument, NULL, 'h'}, {0},
    };
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'd':
            if (c->dir) return false;
            c->dir = optarg;
            break;
        case 'm': c->demo = true; break;
        case 'p':
            if (!read_number(optarg, 65535, &c->port)) return false;
            break;
        case 'n':
            if (!read_number(optarg, HTTP_PACE_MOST, &c->pace)) return false;
            break;
        case 'h': c->client_header = optarg; break;
        case 'a': c->address = optarg; break;
        case 'k': c->packs_dir = optarg; break;
        case 's': c->secure = true; break;
        case 'c': c->ways_file = optarg; break;
        default: return false;
        }
    }
    return optind == argc && c->dir;
}

/* Sample cases of demo.json, once: each has its own key, so a second start changes nothing. */
static bool seat_samples(Counter *c, Arena *a, Err *err) {
    const char *path = str_c(a, str_printf(a, "%s/demo.json", c->packs.dir));
    Str bytes;
    Value samples;
    Err none = {0};
    if (!main_read_file(path, 1 << 20, a, &bytes, &none)) return none.code == ERR_NOT_FOUND || err_set(err, none.code, "main", "%s", none.text);
    TRY(json_parse(bytes, (JsonLimits){0}, a, &samples, err));
    for (uint32_t i = 0; samples.kind == VALUE_LIST && i < samples.size; i++) {
        Value sample = samples.u.list[i];
        AccessWho who = {.user = value_get_str(sample, "user"), .name = value_get_str(sample, "name"),
                         .office = value_get_str(sample, "office"), .role = STR("clerk")};
        Command command = {.what = CASE_CREATE, .service = value_get_str(sample, "service"), .who = who, .version = -1,
                           .key = str_printf(a, "demo-sample-%u", i + 1), .args = value_get(sample, "answers"),
                           .now_us = main_now_us(), .offset = (int32_t)value_get_int(c->packs.authority, "timezone_offset", 0)};
        CaseReply reply;
        TRY(main_random(command.seed, sizeof command.seed, err));
        TRY(case_handle(c->cases, &command, a, &reply, err));
        if (reply.faults.n)
            return err_set(err, ERR_INVALID, "main", "%s: sample %u: " STR_FMT " is %s", path, i + 1, STR_ARG(reply.faults.items[0].key), reply.faults.items[0].code);
    }
    return true;
}

static bool open_house(Counter *c, Value *logins, Err *err) {
    uint8_t seed[32];
    TRY(main_open_packs(c->packs_dir, c->house, &c->packs, err));
    TRY(main_open_store(c->dir, false, &c->store, err));
    TRY(case_house(c->store, c->packs.sources, c->packs.n, main_now_us(), c->house, &c->cases, err));
    Value authority = c->demo ? c->packs.authority : value_with(c->house, c->packs.authority, STR("demo_users"), value_list(NULL, 0));
    TRY(main_random(seed, sizeof seed, err));
    TRY(access_install(c->store, authority, seed, main_now_us(), c->house, logins, err));
    TRY(desk_house(c->store, c->cases, authority, main_now_us(), c->house, &c->desk, err));
    if (!c->demo) return true;
    Arena *a = arena_new(0);
    bool ok = seat_samples(c, a, err);
    arena_free(a);
    return ok;
}

static void print_ready(const Counter *c, Value logins) {
    printf("ready http://%s:%d\n", c->address, http_port(c->server));
    for (uint32_t i = 0; logins.kind == VALUE_LIST && i < logins.size; i++) {
        Str name = value_get_str(logins.u.list[i], "name"), password = value_get_str(logins.u.list[i], "password");
        Str role = value_get_str(logins.u.list[i], "role");
        printf("login " STR_FMT " " STR_FMT " " STR_FMT "\n", STR_ARG(name), STR_ARG(password), STR_ARG(role));
    }
    fflush(stdout);
}

static bool serve(Counter *c, Err *err) {
    Value logins;
    heed_signals();
    CourierAdapters ways;
    TRY(open_house(c, &logins, err));
    TRY(main_ways_out(c->ways_file, c->demo && !store_is_url(c->dir) ? c->dir : NULL, c->house, &ways, err));
    if (ending) return true;
    HttpOptions options = {.address = c->address, .port = (int)c->port, .house = c->cases, .desk = c->desk, .store = c->store,
                           .authority = c->packs.authority, .secure = c->secure, .demo = c->demo, .pace = (int)c->pace, .client_header = c->client_header};
    TRY(http_start(options, &c->server, err));
    TRY(main_timer_start(c->cases, c->desk, c->house, &c->timer, err));
    TRY(main_couriers_start(c->cases, ways, c->house, &c->couriers, err));
    serving = c->server;
    if (ending) http_stop(serving);
    print_ready(c, logins);
    return http_run(c->server, err);
}

int main_serve(int argc, char **argv) {
    Counter c = {.house = arena_new(0), .address = "127.0.0.1", .port = 8080, .pace = HTTP_PACE};
    Err err = {0};
    if (!parse_options(argc, argv, &c)) {
        arena_free(c.house);
        return EXIT_USAGE;
    }
    int code = serve(&c, &err) ? EXIT_YES : main_trouble(&err);
    serving = NULL;
    if (c.timer) main_timer_stop(c.timer);
    if (c.couriers) main_couriers_stop(c.couriers);
    if (c.server) http_free(c.server);
    if (c.store) store_close(c.store);
    arena_free(c.house);
    return code;
}
