/* yichuang doctor: looks at the place where the data are and at what waits in them, and says what is wrong and what to
 * do about it. It changes nothing. */
#include "main/house.h"
#include "main/main_in.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

const char main_doctor_usage[] =
    "usage: yichuang doctor --store PLACE [--packs FOLDER] [--json]\n"
    MAIN_PLACE_HELP
    "  --packs FOLDER  the authority's packs, for its calendars; packs/demo-prefecture unless given\n"
    "A server may run beside it.\n"
    "Exit: 0 all is well, 1 something is wrong: each line says what to do.\n";

enum { FREE_MIB_MIN = 512, WAL_MIB_MAX = 256, CLOCK_SLACK_S = 60, CALENDAR_DAYS_MIN = 30 };
static const int64_t SECOND_US = 1000000, DAY_S = 86400;

typedef struct Doctor { /* one examination */
    const char *dir, *packs; /* of the command line */
    bool json;
    Arena *a;
    int64_t now_us;
    ValueBuild checks;       /* [{name, ok, text, advice ("" when well)}] */
    size_t wrong;            /* of them not well */
} Doctor;

static void note(Doctor *d, const char *name, bool ok, Str text, const char *advice) {
    ValueBuild b = {.a = d->a};
    build_c(&b, "name", value_c(name));
    build_c(&b, "ok", value_bool(ok));
    build_c(&b, "text", value_str(text));
    build_c(&b, "advice", value_c(ok ? "" : advice));
    build_item(&d->checks, build_ctx(&b));
    d->wrong += !ok;
}

/* ---- the place ---- */

static void look_at_disk(Doctor *d) {
    struct statvfs fs;
    struct stat wal;
    if (store_is_url(d->dir)) return; /* the database server's own disk is not seen from here */
    if (statvfs(d->dir, &fs) == 0) {
        int64_t mib = (int64_t)((double)fs.f_bavail * (double)fs.f_frsize / (1 << 20));
        bool read_only = fs.f_flag & ST_RDONLY;
        note(d, "writable", !read_only, read_only ? STR("the disk is mounted read-only") : STR("the disk takes writes"), "Look in the system's log for the reason (a failing disk is made read-only), mend it, mount it writable and start the server again.");
        note(d, "disk", mib >= FREE_MIB_MIN, str_printf(d->a, "%" PRId64 " MiB free", mib), "Make room on the disk of the data folder: when it is full, nothing new is accepted.");
    }
    const char *path = str_c(d->a, str_printf(d->a, "%s/yichuang.db-wal", d->dir));
    int64_t mib = stat(path, &wal) == 0 ? wal.st_size / (1 << 20) : 0;
    note(d, "wal", mib <= WAL_MIB_MAX, str_printf(d->a, "write-ahead log of %" PRId64 " MiB", mib), "A long reading keeps the log from being folded into the database: end long replays and backups, or restart the server.");
}

static void look_at_clock(Doctor *d, int64_t newest_us) {
    int64_t behind_s = (newest_us - d->now_us) / SECOND_US;
    bool ok = behind_s <= CLOCK_SLACK_S;
    Str text = ok ? STR("not behind the newest event") : str_printf(d->a, "%" PRId64 " s behind the newest event", behind_s);
    note(d, "clock", ok, text, "Set this machine's clock by a time server; nothing is lost meanwhile, but times are wrong and timers wait.");
}

/* ---- what waits ---- */

static void count(Doctor *d, const char *name, int64_t n, const char *what, const char *advice) {
    note(d, name, n == 0, str_printf(d->a, "%" PRId64 " %s", n, what), advice);
}

static void look_at_work(Doctor *d, const CaseHealth *h) {
    count(d, "overdue", h->overdue, "effects open for more than 15 minutes", "yichuang outbox list says why; see that the server runs and that the other side answers.");
    count(d, "dead", h->dead, "dead letters", "yichuang outbox dead says why; mend the cause, then retry on the page /staff/stuck or by yichuang outbox retry.");
    count(d, "incidents", h->incidents, "tokens that stand with an incident", "A supervisor retries or moves the case on the page /staff/stuck.");
    count(d, "timers_late", h->late_timers, "timers due for more than a minute", "See that the server runs; it fires them in due order.");
    count(d, "timers_aside", h->set_aside, "timers set aside because the process could not go on", "The page /staff/stuck says why; a supervisor retries it or moves the case.");
    note(d, "provisional", true, str_printf(d->a, "%" PRId64 " cases whose deadline rests on a calendar to come", h->provisional), "");
}

/* ---- calendars ---- */

static int64_t newest_year(Value calendars) {
    int64_t last = 0;
    for (uint32_t i = 0; calendars.kind == VALUE_LIST && i < calendars.size; i++) {
        int64_t published = value_get_int(calendars.u.list[i], "year", 0);
        if (published > last) last = published;
    }
    return last;
}

/* As far as the nation's years and those of every layer reach. */
static void look_at_calendars(Doctor *d) {
    Value authority, layers;
    const char *dir = d->packs;
    Err err = {0};
    if ((!dir && !main_authority_dir("demo-prefecture", d->a, &dir, &err)) || !main_read_authority(dir, d->a, &authority, &err)) {
        note(d, "calendar", false, str_of(str_c(d->a, str_of(err.text))), "Give the authority's folder by --packs.");
        return;
    }
    int64_t last = newest_year(value_get(authority, "calendars")), year, day = d->now_us / SECOND_US / DAY_S + CALENDAR_DAYS_MIN;
    int month, of_month;
    layers = value_get(authority, "layer_calendars");
    for (uint32_t i = 0; layers.kind == VALUE_CONTEXT && i < layers.size; i++) {
        int64_t newest = newest_year(layers.u.ctx[i].value);
        if (newest < last) last = newest;
    }
    date_civil(day, &year, &month, &of_month);
    Str text = last ? str_printf(d->a, "days off are known until the end of %" PRId64, last) : STR("no year's days off are known");
    note(d, "calendar", last >= year, text, "Put the next year's published days off into the authority's folder calendars/ and restart: until then deadlines are provisional.");
}

/* ---- the whole ---- */

static bool look_inside(Doctor *d, Store *store, Err *err) {
    CaseHealth health;
    int64_t newest_us;
    TRY(store_newest(store, d->a, &newest_us, err));
    TRY(case_health(store, d->now_us, d->a, &health, err));
    look_at_clock(d, newest_us);
    look_at_work(d, &health);
    return true;
}

static void examine(Doctor *d) {
    Store *store;
    Err err = {0};
    bool opened = main_open_store(d->dir, true, &store, &err);
    bool ok = opened && look_inside(d, store, &err);
    if (opened) store_close(store);
    note(d, "store", ok, ok ? STR("reachable, of this program's version") : err_line(d->a, &err),
         "Without its store the counter is closed: see that the place is there, and that program and data have the same version.");
    look_at_disk(d);
    look_at_calendars(d);
}

static void print(const Doctor *d) {
    if (d->json) {
        ValueBuild b = {.a = d->a};
        build_c(&b, "ok", value_bool(d->wrong == 0));
        build_c(&b, "checks", build_list(&d->checks));
        Str text = json_text(d->a, build_ctx(&b));
        printf(STR_FMT "\n", STR_ARG(text));
        return;
    }
    for (size_t i = 0; i < d->checks.n; i++) {
        Value c = d->checks.u.items[i];
        Str name = value_get_str(c, "name"), text = value_get_str(c, "text"), advice = value_get_str(c, "advice");
        printf("%s  " STR_FMT ": " STR_FMT "\n", advice.n ? "WRONG" : "ok   ", STR_ARG(name), STR_ARG(text));
        if (advice.n) printf("       " STR_FMT "\n", STR_ARG(advice));
    }
    printf("%zu looked at, %zu wrong\n", d->checks.n, d->wrong);
}

int main_doctor(int argc, char **argv) {
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"store", required_argument, NULL, 'd'}, {"packs", required_argument, NULL, 'k'},
        {"json", no_argument, NULL, 'j'}, {0},
    };
    Doctor d = {.a = arena_new(0), .now_us = main_now_us()};
    bool usage = false;
    optind = 1;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'd': d.dir = optarg; break;
        case 'k': d.packs = optarg; break;
        case 'j': d.json = true; break;
        default: usage = true;
        }
    }
    d.checks.a = d.a;
    usage = usage || optind < argc || !d.dir;
    if (!usage) {
        examine(&d);
        print(&d);
    }
    arena_free(d.a);
    return usage ? EXIT_USAGE : d.wrong ? EXIT_NO : EXIT_YES;
}
