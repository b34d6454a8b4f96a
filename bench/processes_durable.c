/* Durable steps through room case, one officer and 64, beside what the disk and SQLite allow in the same
 * seconds. Slices of each kind take turns and the medians are printed: disks change their mind. */
#include "processes.h"

#include <pthread.h>
#include <sys/resource.h>

enum { ROUNDS = 7, CLIENTS = 64 };
static const double slice = 0.4; /* seconds */

typedef struct Crowd { /* officers at work */
    BenchClient clients[CLIENTS];
    double until; /* when the slice ends */
} Crowd;
typedef struct Seat { /* what one thread sees */
    Crowd *crowd;
    BenchClient *client;
    pthread_t thread;
    long steps;
} Seat;

static void *work(void *arg) {
    Seat *s = arg;
    for (; bench_now() < s->crowd->until; s->steps++) bench_step(s->client);
    return NULL;
}

/* Seconds of all processors that this program has used. */
static double used(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* Steps a second of n officers. */
static double crowd_slice(Crowd *crowd, int n, long *steps) {
    Seat seats[CLIENTS];
    double begin = bench_now();
    crowd->until = begin + slice;
    *steps = 0;
    for (int i = 0; i < n; i++) {
        seats[i] = (Seat){.crowd = crowd, .client = &crowd->clients[i]};
        bench_check(pthread_create(&seats[i].thread, NULL, work, &seats[i]) == 0, "no thread", NULL);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(seats[i].thread, NULL);
        *steps += seats[i].steps;
    }
    return (double)*steps / (bench_now() - begin);
}

typedef struct Rates { /* one figure a round */
    double raw[ROUNDS], groups[ROUNDS], one[ROUNDS], many[ROUNDS];
    double raw_share[ROUNDS], raw_times[ROUNDS], group_share[ROUNDS]; /* ours beside the neighbours of the same round */
    long steps_one, steps_many;
    double cpu_many;                   /* seconds of all processors */
    BenchDisk disk_one;                /* what the single officer's steps cost */
    int64_t commits_one, commits_many; /* of the store */
} Rates;

static void round_of(BenchHand *hand, Crowd *crowd, Store *store, Rates *r, int i) {
    long steps;
    r->raw[i] = bench_hand_raw(hand, slice);
    BenchDisk before = bench_disk();
    StoreCounters at = store_counters(store);
    r->one[i] = crowd_slice(crowd, 1, &steps);
    r->steps_one += steps;
    r->disk_one.syncs += bench_disk().syncs - before.syncs;
    r->disk_one.pages += bench_disk().pages - before.pages;
    r->commits_one += store_counters(store).commits - at.commits;
    r->groups[i] = bench_hand_groups(hand, slice);
    at = store_counters(store);
    double cpu = used();
    r->many[i] = crowd_slice(crowd, CLIENTS, &steps);
    r->steps_many += steps;
    r->cpu_many += used() - cpu;
    r->commits_many += store_counters(store).commits - at.commits;
    r->raw_share[i] = r->one[i] / r->raw[i];
    r->raw_times[i] = r->many[i] / r->raw[i];
    r->group_share[i] = r->many[i] / r->groups[i];
}

static void print(Rates *r) {
    bench_line("raw_commits_per_s", bench_median(r->raw, ROUNDS), 0);
    bench_line("group32_per_s", bench_median(r->groups, ROUNDS), 0);
    bench_line("durable_steps_1", bench_median(r->one, ROUNDS), 0);
    bench_line("durable_steps_64", bench_median(r->many, ROUNDS), 0);
    bench_line("durable_1_to_raw", bench_median(r->raw_share, ROUNDS), 2);
    bench_line("durable_64_to_raw", bench_median(r->raw_times, ROUNDS), 2);
    bench_line("durable_64_to_group32", bench_median(r->group_share, ROUNDS), 2);
    bench_line("cpu_us_per_step_64", r->cpu_many / (double)r->steps_many * 1e6, 1);
    bench_line("steps_per_commit_64", (double)r->steps_many / (double)r->commits_many, 1);
    bench_line("syncs_per_commit", (double)r->disk_one.syncs / (double)r->commits_one, 3);
    bench_line("pages_per_step", (double)r->disk_one.pages / (double)r->steps_one, 2);
}

void bench_durable(const Bench *b) {
    Rates rates = {0};
    BenchCounter counter;
    Crowd crowd;
    bench_counter_open(b, "durable", BENCH_SMALL, &counter);
    BenchHand *hand = bench_hand_open(bench_path(b, counter.a, "hand.db"));
    for (int i = 0; i < CLIENTS; i++) bench_client_open(&counter, i + 1, &crowd.clients[i]);
    for (int i = 0; i < ROUNDS; i++) round_of(hand, &crowd, counter.store, &rates, i);
    print(&rates);
    for (int i = 0; i < CLIENTS; i++) bench_client_close(&crowd.clients[i]);
    bench_hand_close(hand);
    bench_counter_close(&counter);
}
