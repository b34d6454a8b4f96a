/* yichuang replay: opens the table and the result files, shows progress, prints the report. */
#include "main/main_in.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

const char main_replay_usage[] =
    "usage: yichuang replay PACK --csv FILE --year YEAR [options]\n"
    "Runs a year of records through a pack's decisions again.\n"
    "  --csv FILE              the records, plain or gzip, rows in any order\n"
    "  --year YEAR             the year to decide, by time of the act\n"
    "  --set NAME=VALUE        another reading: window=P12M|P365D|year, revoked=ignore|count, order=occurred|recorded\n"
    "  --compare NAME=VALUE,…  decide by a second reading too and count the differences\n"
    "  --out DIR               write verdicts.csv, refused.csv and, with --compare, changed.csv\n"
    "  --json                  print the report as JSON\n";

typedef struct Job { /* one replay */
    Arena *a;                  /* start to end */
    const char *pack_name, *csv_path, *out_dir;
    Str set[8], compare;       /* assignments as given */
    size_t n_set;
    long year;
    bool json;
    gzFile gz;                 /* the table */
    int64_t size;              /* its bytes on disk */
    FILE *files[3];            /* verdicts, refused, changed; NULL = not wanted */
    double started, shown;     /* progress */
} Job;

static ptrdiff_t read_table(void *context, char *into, size_t n) {
    Job *job = context;
    int got = gzread(job->gz, into, n > (1u << 30) ? 1u << 30 : (unsigned)n);
    int status = Z_OK;
    if (got == 0) gzerror(job->gz, &status); /* a gzip file cut short */
    return status == Z_BUF_ERROR || got < 0 ? -1 : got;
}

static int64_t table_position(void *context) { return gzoffset(((Job *)context)->gz); }

static bool write_file(void *context, const char *bytes, size_t n) { return fwrite(bytes, 1, n, context) == n; }

static void show_progress(void *context, double fraction, const char *phase) {
    Job *job = context;
    double now = main_clock(), spent = now - job->started;
    if (now - job->shown < 0.2 || spent < 0.5) return;
    job->shown = now;
    double left = fraction > 0.01 ? spent * (1 - fraction) / fraction : 0;
    fprintf(stderr, "\r%-10s %3.0f %%  %.0f s, about %.0f s left ", phase, fraction * 100, spent, left);
}

static bool parse_options(int argc, char **argv, Job *job) {
    static const struct option options[] = {
        {"csv", required_argument, NULL, 'c'}, {"year", required_argument, NULL, 'y'}, {"set", required_argument, NULL, 's'},
        {"compare", required_argument, NULL, 'x'}, {"out", required_argument, NULL, 'o'}, {"json", no_argument, NULL, 'j'}, {0},
    };
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        char *end = NULL;
        switch (c) {
        case 'c': job->csv_path = optarg; break;
        case 'y':
            job->year = strtol(optarg, &end, 10);
            if (*end || job->year < 1 || job->year > 9998) return false;
            break;
        case 's':
            if (job->n_set == COUNT_OF(job->set)) return false;
            job->set[job->n_set++] = str_of(optarg);
            break;
        case 'x': job->compare = str_of(optarg); break;
        case 'o': job->out_dir = optarg; break;
        case 'j': job->json = true; break;
        default: return false;
        }
    }
    if (optind + 1 != argc || !job->csv_path || !job->year) return false;
    job->pack_name = argv[optind];
    return true;
}

static bool open_table(Job *job, Err *err) {
    struct stat info;
    job->gz = stat(job->csv_path, &info) == 0 && S_ISREG(info.st_mode) ? gzopen(job->csv_path, "rb") : NULL;
    if (!job->gz) return err_set(err, ERR_IO, "main", "%s cannot be opened", job->csv_path);
    gzbuffer(job->gz, 1 << 18);
    job->size = info.st_size;
    return true;
}

static bool open_results(Job *job, Err *err) {
    static const char *const names[] = {"verdicts.csv", "refused.csv", "changed.csv"};
    if (!job->out_dir) return true;
    if (mkdir(job->out_dir, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "main", "%s cannot be made: %s", job->out_dir, strerror(errno));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (i == 2 && !job->compare.n) continue;
        const char *path = str_c(job->a, str_printf(job->a, "%s/%s", job->out_dir, names[i]));
        job->files[i] = fopen(path, "wb");
        if (!job->files[i]) return err_set(err, ERR_IO, "main", "%s cannot be written: %s", path, strerror(errno));
        setvbuf(job->files[i], NULL, _IOFBF, 1 << 18);
    }
    return true;
}

static bool close_results(Job *job, Err *err) {
    bool ok = true;
    for (size_t i = 0; i < COUNT_OF(job->files); i++)
        if (job->files[i]) ok &= fclose(job->files[i]) == 0;
    return ok || err_set(err, ERR_IO, "main", "the results could not be written whole: %s", strerror(errno));
}

static bool readings(const Job *job, StudyReplay *replay, Err *err) {
    for (size_t i = 0; i < job->n_set; i++) TRY(study_reading(job->set[i], &replay->reading, err));
    replay->other = replay->reading;
    replay->compare = job->compare.n > 0;
    for (Str rest = job->compare; rest.n;) TRY(study_reading(str_cut(rest, ',', &rest), &replay->other, err));
    return true;
}

static double peak_mb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static Value report_value(const Job *job, const StudyReport *r) {
    ValueBuild b = {.a = job->a};
    Value seconds, peak;
    bool ok = dec_parse(job->a, str_printf(job->a, "%.3f", r->seconds), &seconds) &&
              dec_parse(job->a, str_printf(job->a, "%.1f", peak_mb()), &peak);
    assert(ok);
    build_c(&b, "rows", value_int(r->rows));
    build_c(&b, "decided", value_int(r->decided));
    build_c(&b, "skipped", r->skipped);
    build_c(&b, "refused", r->refused);
    build_c(&b, "outcomes", r->outcomes);
    if (job->compare.n) {
        build_c(&b, "changed", value_int(r->changed));
        build_c(&b, "compare_outcomes", r->compare_outcomes);
    }
    build_c(&b, "seconds", seconds);
    build_c(&b, "peak_mb", peak);
    return build_ctx(&b);
}

static void print_report(Value report, Arena *a) {
    for (uint32_t i = 0; i < report.size; i++) {
        const ValueEntry *e = &report.u.ctx[i];
        if (e->value.kind != VALUE_CONTEXT) {
            Str text = json_text(a, e->value);
            printf("%-18.*s " STR_FMT "\n", STR_ARG(e->key), STR_ARG(text));
            continue;
        }
        printf(STR_FMT "\n", STR_ARG(e->key));
        for (uint32_t k = 0; k < e->value.size; k++) {
            Str text = json_text(a, e->value.u.ctx[k].value);
            printf("  %-16.*s " STR_FMT "\n", STR_ARG(e->value.u.ctx[k].key), STR_ARG(text));
        }
    }
}

static bool run_job(Job *job, Err *err) {
    const char *dir;
    MainPack found;
    ErrList faults = {.a = job->a};
    StudyReport report = {0};
    TRY(main_find_pack(str_of(job->pack_name), job->a, &dir, err));
    if (!main_compile_pack(dir, job->a, &faults, &found)) {
        main_print_faults(&faults, job->a);
        return err_set(err, ERR_INVALID, "main", "the pack has %zu faults", faults.n + faults.more);
    }
    const Pack *pack = found.pack;
    if (!pack->has_history) return err_set(err, ERR_INVALID, "main", "the pack declares no history");
    StudyReplay replay = {.pack = pack, .csv = {read_table, job, 0, table_position}, .year = (int)job->year,
                          .reading = pack->history, .clock = main_clock, .progress_context = job};
    TRY(readings(job, &replay, err));
    TRY(open_table(job, err));
    TRY(open_results(job, err));
    StudyWriter writers[3];
    for (size_t i = 0; i < COUNT_OF(writers); i++) writers[i] = (StudyWriter){write_file, job->files[i]};
    replay.csv.total = job->size;
    replay.verdicts = job->files[0] ? &writers[0] : NULL;
    replay.refused = job->files[1] ? &writers[1] : NULL;
    replay.changed = job->files[2] ? &writers[2] : NULL;
    if (isatty(STDERR_FILENO)) replay.progress = show_progress;
    TRY(study_replay(&replay, job->a, &report, err));
    TRY(close_results(job, err));
    if (job->shown > 0) fputs("\r\033[K", stderr);
    Value told = report_value(job, &report);
    if (job->json) {
        Str text = json_text(job->a, told);
        printf(STR_FMT "\n", STR_ARG(text));
    } else print_report(told, job->a);
    return true;
}

int main_replay(int argc, char **argv) {
    Job job = {.a = arena_new((size_t)2 << 30), .started = main_clock()};
    Err err = {0};
    if (!parse_options(argc, argv, &job)) {
        arena_free(job.a);
        return EXIT_USAGE;
    }
    bool ok = run_job(&job, &err);
    int code = ok ? EXIT_YES : main_trouble(&err);
    if (job.gz) gzclose(job.gz);
    arena_free(job.a);
    return code;
}
