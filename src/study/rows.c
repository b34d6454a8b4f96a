/* Reads a file of history into the table: each data row is kept or refused with its line and the first
 * reason that holds. It must never drop a row silently, nor repair one. */
#include <string.h>

#include "study/study_in.h"

enum { PROGRESS_ROWS = 1 << 15 };
#define SEPARATOR '\x1f' /* study_csv_clean lets no row contain it */

const char *const study_reason_words[STUDY_REASONS] = {"broken_row", "bad_date", "placeholder_plate"};

/* ---- header ------------------------------------------------------------------------------------------- */
static bool find_column(StudyFile *f, size_t column, const Str *header, Err *err) {
    Str name = f->request->pack->columns->columns[column];
    f->places[column] = -1;
    for (size_t i = 0; i < f->n_fields; i++) {
        if (!str_eq(header[i], name)) continue;
        if (f->places[column] >= 0)
            return err_set(err, ERR_INVALID, "study", "The header has the column " STR_FMT " twice.", STR_ARG(name));
        f->places[column] = (int)i;
    }
    return f->places[column] >= 0 ||
           err_set(err, ERR_INVALID, "study", "The header has no column " STR_FMT ".", STR_ARG(name));
}

static bool read_header(StudyFile *f, StudyCsv *csv, Err *err) {
    StudyLine line;
    Str header[STUDY_FIELDS_MAX];
    bool more;
    TRY(study_csv_line(csv, &line, &more, err));
    if (!more) return err_set(err, ERR_INPUT, "study", "The file is empty: it has no header.");
    if (line.n >= 3 && memcmp(line.p, "\xef\xbb\xbf", 3) == 0) {
        line.p += 3;
        line.n -= 3;
    }
    f->n_fields = line.fits && study_csv_clean(line) ? study_csv_fields(line, header, STUDY_FIELDS_MAX) : 0;
    if (f->n_fields == 0)
        return err_set(err, ERR_INPUT, "study", "The header is broken or has more than %d columns.", STUDY_FIELDS_MAX);
    for (size_t i = 0; i < f->request->pack->columns->n_columns; i++) TRY(find_column(f, i, header, err));
    return true;
}

/* ---- one row ------------------------------------------------------------------------------------------- */
static uint8_t judge_facts(const PackReplay *r, const Str *values) {
    Str minor = values[PACK_MINOR], status = values[PACK_STATUS];
    bool is_minor = str_eq(minor, r->minor), is_revoked = str_eq(status, r->revoked);
    bool known = (is_minor || str_eq(minor, r->not_minor)) && (is_revoked || str_eq(status, r->valid));
    for (size_t i = PACK_MINOR; i < r->n_columns; i++) known = known && values[i].n > 0;
    return (uint8_t)((known ? 0 : STUDY_FACT_BROKEN) | (is_minor ? STUDY_FACT_MINOR : 0) |
                     (is_revoked ? STUDY_FACT_REVOKED : 0));
}

/* The combination of all columns but id, key and times; judged once, when it first appears. */
static uint32_t facts_of(StudyFile *f, const Str *values) {
    const PackReplay *r = f->request->pack->columns;
    char joined[STUDY_LINE_MAX + PACK_COLUMNS_MAX];
    size_t n = 0;
    for (size_t i = PACK_MINOR; i < r->n_columns; i++) {
        memcpy(joined + n, values[i].p, values[i].n);
        n += values[i].n;
        joined[n++] = SEPARATOR;
    }
    uint32_t facts = study_word(&f->table.facts, (Str){joined, n});
    if (facts == f->fact_flags.n) *(uint8_t *)study_column_add(&f->fact_flags) = judge_facts(r, values);
    return facts;
}

static bool readable(const PackReplay *r, Str subject) {
    if (!str_starts(subject, r->prefix) || subject.n == r->prefix.n) return false;
    for (size_t i = r->prefix.n; i < subject.n; i++)
        if (subject.p[i] < '0' || subject.p[i] > '9') return false;
    return true;
}

/* Keeps the row; false with the reason when it is refused. The reasons are tried in their order. */
static bool keep_row(StudyFile *f, StudyLine line, StudyReason *reason) {
    const PackReplay *r = f->request->pack->columns;
    Str fields[STUDY_FIELDS_MAX], values[PACK_COLUMNS_MAX];
    StudyRow row;
    *reason = STUDY_BROKEN_ROW;
    if (!line.fits || !study_csv_clean(line) || study_csv_fields(line, fields, STUDY_FIELDS_MAX) != f->n_fields)
        return false;
    for (size_t i = 0; i < r->n_columns; i++) values[i] = fields[f->places[i]];
    row.facts = facts_of(f, values);
    if (values[PACK_ID].n == 0 || (*(uint8_t *)study_column_at(&f->fact_flags, row.facts) & STUDY_FACT_BROKEN))
        return false;
    *reason = STUDY_BAD_DATE;
    if (!study_moment(values[PACK_OCCURRED], &row.occurred) || !study_moment(values[PACK_RECORDED], &row.recorded))
        return false;
    *reason = STUDY_PLACEHOLDER;
    if (!readable(r, values[PACK_VEHICLE])) return false;
    row.id = study_id(&f->table, values[PACK_ID]);
    row.subject = study_word(&f->table.subjects, values[PACK_VEHICLE]);
    *(StudyRow *)study_column_add(&f->table.rows) = row;
    return true;
}

static void refuse(StudyFile *f, int64_t line, StudyReason reason) {
    char text[24];
    f->counts[reason]++;
    study_put_field(&f->refused, study_number(line, text), ',');
    study_put_field(&f->refused, str_of(study_reason_words[reason]), '\n');
}

static void show_progress(const StudyReplay *q) {
    if (!q->progress || q->csv.total <= 0 || !q->csv.position) return;
    q->progress(q->progress_context, 0.8 * (double)q->csv.position(q->csv.context) / (double)q->csv.total, "read");
}

bool study_read(StudyFile *f, Err *err) {
    StudyCsv csv;
    StudyLine line;
    StudyReason reason;
    bool more;
    study_csv_open(&csv, f->request->csv, f->a);
    study_put(&f->refused, STR("line,reason\n"));
    TRY(read_header(f, &csv, err));
    for (;;) {
        TRY(study_csv_line(&csv, &line, &more, err));
        if (!more) return study_output_close(&f->refused, err);
        if (!keep_row(f, line, &reason)) refuse(f, line.number, reason);
        if (++f->rows % PROGRESS_ROWS == 0) show_progress(f->request);
        if (f->table.rows.n > STUDY_ROWS_MAX || arena_full(f->a))
            return err_set(err, ERR_LIMIT, "study", "The file has more rows than fit: stopped at line %lld.",
                           (long long)line.number);
    }
}
