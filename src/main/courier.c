/* Runs the couriers: a few threads, so that one other side that hangs does not stop the rest. They decide nothing;
 * trouble is printed when it changes and tried again. */
#include "main/courier.h"
#include "main/main_in.h"
#include "main/pulse.h"

#include <pthread.h>
#include <string.h>

enum { COURIERS = 4, WAYS_FILE_MAX = 1 << 20 };

typedef struct MainCourier { /* one thread */
    pthread_t thread;   /* runs until the pulse stops */
    Courier *courier;   /* its own */
    MainCouriers *all;  /* for the pulse */
} MainCourier;
struct MainCouriers {
    MainPulse pulse;            /* of all of them */
    MainCourier each[COURIERS]; /* n of them run */
    size_t n;                   /* of each */
};

static const char *folder_of(const char *file, Arena *a) {
    Str path = str_of(file);
    for (size_t i = path.n; i-- > 0;)
        if (path.p[i] == '/') return str_c(a, str_sub(path, 0, i + 1));
    return ".";
}

bool main_ways_out(const char *file, const char *demo_dir, Arena *house, CourierAdapters *out, Err *err) {
    Value config;
    Str bytes = STR("[{\"kind\": \"payment\", \"provider\": \"simulated\"}, {\"kind\": \"*\", \"folder\": \"sent\"}]");
    *out = (CourierAdapters){0};
    if (!file && !demo_dir) return true;
    if (file) TRY(main_read_file(file, WAYS_FILE_MAX, house, &bytes, err));
    if (!json_parse(bytes, (JsonLimits){0}, house, &config, err) ||
        !courier_adapters(config, file ? folder_of(file, house) : demo_dir, house, out, err)) {
        if (file) err_file(err, str_of(file));
        return false;
    }
    return true;
}

static void *run(void *arg) {
    MainCourier *one = arg;
    MainTrouble last = {""};
    do {
        Err err = {0};
        size_t tried = 1;
        bool ok = true;
        while (ok && tried > 0 && !main_pulse_stopping(&one->all->pulse)) ok = courier_round(one->courier, &tried, &err);
        main_pulse_tell(&last, "couriers", ok, &err);
    } while (main_pulse_wait(&one->all->pulse));
    return NULL;
}

static int64_t wall_clock(void *clock) {
    (void)clock;
    return main_now_us();
}

static bool start_one(MainCouriers *c, CaseHouse *cases, CourierAdapters ways, Arena *house, Err *err) {
    MainCourier *one = &c->each[c->n];
    CourierOptions options = {.house = cases, .adapters = ways, .now_us = wall_clock};
    TRY(main_random(options.seed, sizeof options.seed, err));
    *one = (MainCourier){.courier = courier_new(&options, house), .all = c};
    int rc = pthread_create(&one->thread, NULL, run, one);
    if (rc != 0) {
        courier_free(one->courier);
        return err_set(err, ERR_BUSY, "main", "a courier's thread does not start: %s", strerror(rc));
    }
    c->n++;
    return true;
}

bool main_couriers_start(CaseHouse *cases, CourierAdapters ways, Arena *house, MainCouriers **out, Err *err) {
    MainCouriers *c = NEW(house, MainCouriers);
    TRY(case_outbox_mend(cases, err));
    main_pulse_start(&c->pulse);
    for (int i = 0; i < COURIERS; i++)
        if (!start_one(c, cases, ways, house, err)) {
            main_couriers_stop(c);
            return false;
        }
    *out = c;
    return true;
}

void main_couriers_stop(MainCouriers *c) {
    main_pulse_stop(&c->pulse);
    for (size_t i = 0; i < c->n; i++) {
        pthread_join(c->each[i].thread, NULL);
        courier_free(c->each[i].courier);
    }
    main_pulse_free(&c->pulse);
}
