/* Writes CSV through a writer that main opened, in large pieces. A failure is kept until the end: the
 * replay's numbers do not depend on it, but a file cut short is never passed off as whole. */
#include <string.h>

#include "study/study_in.h"

enum { PIECE = 1 << 16 };

void study_output_open(StudyOutput *o, const StudyWriter *writer, Arena *a) {
    *o = (StudyOutput){.writer = writer, .p = writer ? arena_alloc(a, PIECE) : NULL};
}

static void flush(StudyOutput *o) {
    if (o->n > 0 && !o->failed) o->failed = !o->writer->write(o->writer->context, o->p, o->n);
    o->n = 0;
}

void study_put(StudyOutput *o, Str text) {
    while (o->writer && text.n > 0) {
        size_t part = PIECE - o->n < text.n ? PIECE - o->n : text.n;
        memcpy(o->p + o->n, text.p, part);
        o->n += part;
        text = str_sub(text, part, text.n - part);
        if (o->n == PIECE) flush(o);
    }
}

void study_put_field(StudyOutput *o, Str text, char behind) {
    if (!o->writer) return;
    bool plain = true;
    for (size_t i = 0; i < text.n && plain; i++) plain = text.p[i] != ',' && text.p[i] != '"';
    if (!plain) study_put(o, STR("\""));
    for (size_t i = 0, from = 0; i <= text.n; i++)
        if (i == text.n || text.p[i] == '"') {
            study_put(o, str_sub(text, from, i - from));
            if (i < text.n) study_put(o, STR("\"\""));
            from = i + 1;
        }
    if (!plain) study_put(o, STR("\""));
    study_put(o, (Str){&behind, 1});
}

bool study_output_close(StudyOutput *o, Err *err) {
    if (o->writer) flush(o);
    return !o->failed || err_set(err, ERR_IO, "study", "A result file could not be written to its end.");
}
