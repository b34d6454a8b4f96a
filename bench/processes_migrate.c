/* How long it takes to find out which of many open cases could go over to another version of their service, and to let
 * them: an event, the case's row and its version for each, every answer checked by the new form, in commits that are
 * durable like all others. */
#include "main/main_in.h"
#include "processes.h"

static Value go_over(const BenchCounter *c, bool (*how)(CaseHouse *, const CaseMigration *, CaseProgress *, void *, Arena *, Value *, Err *),
                     double *seconds) {
    CaseMigration order = {.service = c->service, .changes = value_null(), .reason = STR("bench"), .law = STR(""), .now_us = main_now_us(), .examples = 1,
                           .who = {.user = STR("bench"), .name = STR("bench"), .office = STR("bench"), .role = STR("supervisor")}};
    Err err = {0};
    Value report;
    double begin = bench_now();
    bench_check(how(c->house, &order, NULL, NULL, c->a, &report, &err), "the order", &err);
    *seconds = bench_now() - begin;
    return report;
}

void bench_migrate(const Bench *b) {
    BenchCounter counter;
    char code[32];
    double plan_s, run_s;
    bench_counter_open(b, "migrate", BENCH_SMALL, &counter);
    bench_fill(&counter, b->migrate, 0, code);
    bench_counter_close(&counter);
    bench_counter_open(b, "migrate", BENCH_NEXT, &counter);
    Value plan = go_over(&counter, case_migrate_plan, &plan_s);
    int64_t cases = value_get_int(plan, "cases", 0);
    bench_check(cases >= b->migrate && value_get_int(plan, "fits", 0) == cases, "not all cases fit", NULL);
    Value run = go_over(&counter, case_migrate_run, &run_s);
    bench_check(value_get_int(run, "migrated", 0) == cases, "not all cases went over", NULL);
    bench_check(value_get_int(go_over(&counter, case_migrate_plan, &(double){0}), "cases", -1) == 0, "a case was left", NULL);
    bench_line("migrate_cases", (double)cases, 0);
    bench_line("migrate_plan_100k_s", plan_s * 100000 / (double)cases, 2);
    bench_line("migrate_100k_s", run_s * 100000 / (double)cases, 2);
    bench_counter_close(&counter);
}
