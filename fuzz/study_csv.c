/* Lines, fields and moments of arbitrary bytes. Every byte lands in exactly one line, a field is never
 * longer than its line, and what counts as clean is valid text.
 * Longest input: 2048. */
#include "fuzz/fuzz.h"
#include "study/study_in.h"

#include <string.h>

typedef struct Feed {
    Str rest;    /* not yet read */
    size_t step; /* most bytes of one read */
} Feed;

static ptrdiff_t feed(void *context, char *into, size_t n) {
    Feed *f = context;
    size_t take = f->rest.n < f->step ? f->rest.n : f->step;
    if (take > n) take = n;
    if (take > 0) memcpy(into, f->rest.p, take);
    f->rest = str_sub(f->rest, take, f->rest.n);
    return (ptrdiff_t)take;
}

static void check_line(StudyLine line) {
    Str fields[STUDY_FIELDS_MAX];
    int64_t us;
    bool clean = study_csv_clean(line);
    if (clean) assert(utf8_valid((Str){line.p, line.n}));
    size_t n = study_csv_fields(line, fields, STUDY_FIELDS_MAX), all = 0;
    assert(n <= STUDY_FIELDS_MAX);
    for (size_t i = 0; i < n; i++) {
        all += fields[i].n;
        if (study_moment(fields[i], &us)) assert(fields[i].n >= 16);
    }
    assert(all <= line.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Feed f = {fuzz_text(data, size), size > 0 ? 1 + data[0] : 1};
    StudyCsv csv;
    StudyLine line;
    Err err = {0};
    int64_t ends = 0;
    for (size_t i = 0; i < size; i++) ends += data[i] == '\n';
    study_csv_open(&csv, (StudyReader){.read = feed, .context = &f}, a);
    for (bool more = true; more;) {
        if (!study_csv_line(&csv, &line, &more, &err)) return 1;
        if (more) check_line(line);
    }
    assert(csv.line == ends + (size > 0 && data[size - 1] != '\n'));
    return 0;
}
