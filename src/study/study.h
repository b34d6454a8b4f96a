/* study: asks questions of history and never changes it: replays last year's cases through a pack. */
#ifndef YC_STUDY_H
#define YC_STUDY_H

#include "base/base.h"
#include "pack/pack.h"

/* Bytes come from a Reader and verdicts go to Writers that main opened. */
typedef struct StudyReader {
    ptrdiff_t (*read)(void *context, char *into, size_t n); /* 0 end, -1 trouble */
    void *context;
    int64_t total;                      /* bytes of input for progress, -1 unknown */
    int64_t (*position)(void *context); /* bytes of input consumed, same unit as total */
} StudyReader;
typedef struct StudyWriter {
    bool (*write)(void *context, const char *bytes, size_t n);
    void *context;
} StudyWriter;
typedef struct StudyReplay {
    const Pack *pack;
    StudyReader csv;
    int year;
    PackHistory reading; /* base reading (pack's, with --set applied) */
    bool compare;
    PackHistory other;                                                   /* the second reading */
    const StudyWriter *verdicts, *refused, *changed;                     /* NULL = not wanted */
    void (*progress)(void *context, double fraction, const char *phase); /* NULL = silent */
    void *progress_context;
    double (*clock)(void); /* seconds, monotonic; main's */
} StudyReplay;
typedef struct StudyReport {
    int64_t rows, decided;
    Value skipped, refused, outcomes; /* contexts name → count */
    int64_t changed;
    Value compare_outcomes;
    double seconds;
} StudyReport;
bool study_replay(const StudyReplay *request, Arena *a, StudyReport *out, Err *err) MUST_USE;
/* --set and --compare words: "window=P12M", "revoked=ignore", "order=recorded". */
bool study_reading(Str assignment, PackHistory *reading, Err *err) MUST_USE;

#endif
