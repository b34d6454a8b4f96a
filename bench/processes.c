/* The bench of processes: how fast steps become durable beside the floor of the same disk, over HTTP, with a
 * million instances open, and what they weigh. Prints name=value; progress of the long parts goes to stderr.
 * Compare figures of one run only, best as ratios. */
#include "processes.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: processes DIR [--store URL] [--only PART] [--open N] [--timers N]\n"
                            "                     [--migrate N] | --core\n"
                            "  DIR          the data goes into a new folder here, which is removed at the end\n"
                            "  --store URL  an empty PostgreSQL database instead of SQLite in DIR; for parts durable, http, timers\n"
                            "               and migrate\n"
                            "  --only PART  core, durable, http, open, closed, timers or migrate; all unless given\n"
                            "  --open N     instances of part open, 1000000 unless given\n"
                            "  --timers N   timers that are due at once, 100000 unless given\n"
                            "  --migrate N  open cases that go over to another version, 100000 unless given\n"
                            "  --core       the same as --only core\n";

typedef struct Part {
    const char *name; /* for --only */
    BenchPart *run;
    bool sqlite; /* weighs SQLite's pages */
} Part;
static const Part parts[] = {{"durable", bench_durable}, {"http", bench_http},     {"core", bench_core},
                             {"timers", bench_timers},   {"migrate", bench_migrate}, {"closed", bench_closed, .sqlite = true}, {"open", bench_open, .sqlite = true}};

double bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void bench_check(bool ok, const char *what, const Err *err) {
    if (ok) return;
    fprintf(stderr, "processes: %s%s%s %s\n", what, err ? ": " : "", err ? err->text : "", err ? err->cause : "");
    exit(1);
}

void bench_line(const char *name, double value, int decimals) {
    printf("%s=%.*f\n", name, decimals, value);
    fflush(stdout);
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

double bench_median(double *values, size_t n) {
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

const char *bench_path(const Bench *b, Arena *a, const char *name) {
    return str_c(a, str_printf(a, "%s/%s", b->dir, name));
}

const char *bench_place(const Bench *b, Arena *a, const char *name) {
    return b->store ? b->store : bench_path(b, a, name);
}

/* Removes a folder of files and of folders of files, which is all that the parts make. */
static void remove_all(const char *dir, int depth) {
    char path[600];
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (unlink(path) != 0 && depth > 0) remove_all(path, depth - 1);
    }
    if (d) closedir(d);
    rmdir(dir);
}

static void run_parts(const Bench *b, const char *only) {
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (only ? strcmp(only, parts[i].name) != 0 : b->store && parts[i].sqlite) continue;
        known = true;
        parts[i].run(b);
    }
    bench_check(known, "there is no such part", NULL);
}

static bool read_options(int argc, char **argv, Bench *b, const char **only) {
    static const struct option options[] = {{"store", required_argument, NULL, 's'}, {"only", required_argument, NULL, 'o'},
                                            {"open", required_argument, NULL, 'n'},  {"timers", required_argument, NULL, 't'},
                                            {"migrate", required_argument, NULL, 'm'}, {"core", no_argument, NULL, 'c'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 's': b->store = optarg; break;
        case 'o': *only = optarg; break;
        case 'n': b->open = strtol(optarg, NULL, 10); break;
        case 't': b->timers = strtol(optarg, NULL, 10); break;
        case 'm': b->migrate = strtol(optarg, NULL, 10); break;
        case 'c': *only = "core"; break;
        default: return false;
        }
    }
    bool core = *only && strcmp(*only, "core") == 0;
    bool placed = optind + 1 == argc && strlen(argv[optind]) < 300;
    return b->open > 0 && b->timers > 0 && b->migrate > 0 && (placed || (core && optind == argc));
}

int main(int argc, char **argv) {
    Bench b = {.open = 1000000, .timers = 100000, .migrate = 100000};
    const char *only = NULL;
    char dir[400];
    if (!read_options(argc, argv, &b, &only)) {
        fputs(usage, stderr);
        return 2;
    }
    if (optind == argc) {
        bench_core(&b);
        return 0;
    }
    mkdir(argv[optind], 0700);
    snprintf(dir, sizeof dir, "%s/processes-XXXXXX", argv[optind]);
    bench_check(mkdtemp(dir) != NULL, "cannot create a folder", NULL);
    b.dir = dir;
    run_parts(&b, only);
    remove_all(dir, 2);
    return 0;
}
