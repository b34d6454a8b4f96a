/* Reads a table of text line by line and cuts a line into fields (RFC 4180 quoting, LF or CRLF).
 * One line is one row: a quote left open at the line's end spoils that row and no other, so a single
 * bad byte can never swallow the rows behind it. It must never drop or repair a line silently. */
#include <string.h>

#include "study/study_in.h"

enum { BUFFER = 1 << 18 };

void study_csv_open(StudyCsv *csv, StudyReader reader, Arena *a) {
    assert(csv && reader.read && a);
    *csv = (StudyCsv){.reader = reader, .buffer = arena_alloc(a, BUFFER)};
}

/* Moves the unread tail to the front and reads behind it. false: trouble. */
static bool refill(StudyCsv *csv, Err *err) {
    memmove(csv->buffer, csv->buffer + csv->from, csv->to - csv->from);
    csv->to -= csv->from;
    csv->from = 0;
    if (csv->to == BUFFER) return true;
    ptrdiff_t got = csv->reader.read(csv->reader.context, csv->buffer + csv->to, BUFFER - csv->to);
    if (got < 0) return err_set(err, ERR_IO, "study", "The file could not be read to its end.");
    csv->ended = got == 0;
    csv->to += (size_t)got;
    return true;
}

/* Passes over the rest of a line that is too long to keep. */
static bool skip_rest(StudyCsv *csv, Err *err) {
    for (;;) {
        char *stop = memchr(csv->buffer + csv->from, '\n', csv->to - csv->from);
        csv->from = stop ? (size_t)(stop - csv->buffer) + 1 : csv->to;
        if (stop || csv->ended) return true;
        TRY(refill(csv, err));
    }
}

bool study_csv_line(StudyCsv *csv, StudyLine *out, bool *more, Err *err) {
    size_t looked = 0;
    char *stop = NULL;
    for (;;) {
        size_t have = csv->to - csv->from;
        if (have > looked) stop = memchr(csv->buffer + csv->from + looked, '\n', have - looked);
        looked = have;
        if (stop || csv->ended || have > STUDY_LINE_MAX) break;
        TRY(refill(csv, err));
    }
    *more = stop || looked > 0;
    if (!*more) return true;
    csv->line++;
    char *start = csv->buffer + csv->from;
    size_t n = stop ? (size_t)(stop - start) : looked;
    csv->from += n + (stop ? 1 : 0);
    if (n > 0 && start[n - 1] == '\r') n--;
    bool fits = n <= STUDY_LINE_MAX;
    *out = (StudyLine){.p = start, .n = fits ? n : 0, .number = csv->line, .fits = fits};
    return fits || stop || skip_rest(csv, err);
}

/* One quoted field from `at` (behind its opening quote): unescapes in place. Out: where it ends (at a
 * comma or the line's end), NULL when the quoting is broken. */
static char *quoted(char *at, char *end, Str *field) {
    char *into = at, *first = at;
    for (; at < end; *into++ = *at++)
        if (*at == '"') {
            if (at + 1 < end && at[1] == '"')
                at++;
            else
                break;
        }
    if (at == end || (at + 1 < end && at[1] != ',')) return NULL;
    *field = (Str){first, (size_t)(into - first)};
    return at + 1;
}

size_t study_csv_fields(StudyLine line, Str *fields, size_t cap) {
    char *at = line.p, *end = line.p + line.n;
    for (size_t n = 0; n < cap; at++) {
        char *stop = at;
        if (at < end && *at == '"') {
            stop = quoted(at + 1, end, &fields[n]);
            if (!stop) return 0;
        } else {
            while (stop < end && *stop != ',' && *stop != '"') stop++;
            if (stop < end && *stop == '"') return 0;
            fields[n] = (Str){at, (size_t)(stop - at)};
        }
        n++;
        if (stop == end) return n;
        at = stop;
    }
    return 0;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* No control characters, valid UTF-8. Eight bytes at a time, as nearly every line is plain ASCII. */
bool study_csv_clean(StudyLine line) {
    uint64_t high = 0;
    size_t at = 0;
    for (uint64_t word; at + 8 <= line.n; at += 8) {
        memcpy(&word, line.p + at, 8);
        high |= word;
        /* Some byte below 0x20 borrows into its top bit. */
        if ((word - EACH(0x20)) & ~word & EACH(0x80)) return false;
    }
    for (; at < line.n; at++) {
        high |= (unsigned char)line.p[at];
        if ((unsigned char)line.p[at] < 0x20) return false;
    }
    return !(high & EACH(0x80)) || utf8_valid((Str){line.p, line.n});
}
