/* Inside room study: the table of text, its columns in memory, and the order of priors.
 * Memory is the point: about 60 bytes for a row, so that two years of a prefecture fit a small machine. */
#ifndef YC_STUDY_IN_H
#define YC_STUDY_IN_H

#include "study/study.h"

enum {
    STUDY_LINE_MAX = 1 << 16,  /* bytes of one line */
    STUDY_FIELDS_MAX = 64,     /* columns of a file */
    STUDY_ROWS_MAX = 20000000, /* rows kept */
};

/* ---- csv.c: lines and fields -------------------------------------------------------------------- */
typedef struct StudyCsv {
    StudyReader reader; /* where the bytes come from */
    char *buffer;       /* bytes read, not yet used up */
    size_t from, to;    /* unread part of the buffer */
    int64_t line;       /* number of the last line given, 1-based */
    bool ended;         /* the reader has no more */
} StudyCsv;
typedef struct StudyLine {
    char *p;        /* bytes without the line end; valid until the next line */
    size_t n;       /* length */
    int64_t number; /* 1-based */
    bool fits;      /* false: longer than STUDY_LINE_MAX, content dropped */
} StudyLine;
void study_csv_open(StudyCsv *csv, StudyReader reader, Arena *a);
/* The next line. Out: *more false at the end of the file. */
bool study_csv_line(StudyCsv *csv, StudyLine *out, bool *more, Err *err) MUST_USE;
/* Cuts a line into fields, unquoting in place. Out: how many; 0 when broken or more than cap. */
size_t study_csv_fields(StudyLine line, Str *fields, size_t cap);
/* Valid UTF-8 without control characters. */
bool study_csv_clean(StudyLine line);
/* Local civil time to microseconds since 1970-01-01; false when there is no such moment. */
bool study_moment(Str text, int64_t *us) MUST_USE;

/* ---- words.c: each different text once ------------------------------------------------------------ */
typedef struct StudyColumn {
    Arena *a;      /* owner */
    size_t item;   /* bytes of one item */
    size_t n;      /* items */
    char **chunks; /* equal chunks: a column grows without moving */
    size_t cap;    /* room in `chunks` */
} StudyColumn;
enum { STUDY_CHUNK = 1 << 15 }; /* items of a chunk */
void *study_column_add(StudyColumn *c);
static inline void *study_column_at(const StudyColumn *c, size_t i) {
    return c->chunks[i / STUDY_CHUNK] + (i % STUDY_CHUNK) * c->item;
}

typedef struct StudyWord {
    const char *p; /* text */
    uint32_t n;    /* its length */
    uint32_t hash; /* high half of its hash */
} StudyWord;
typedef struct StudyWords {
    Arena *a;          /* owner */
    StudyColumn words; /* StudyWord */
    uint32_t *slots;   /* open addressing: word number + 1, 0 = free */
    size_t mask;       /* slots - 1 */
    char *room;        /* where the next text goes */
    size_t room_left;  /* bytes left there */
} StudyWords;
void study_words_init(StudyWords *w, Arena *a);
/* Number of a text, given to it on its first appearance: 0, 1, 2 … */
uint32_t study_word(StudyWords *w, Str text);
Str study_word_text(const StudyWords *w, uint32_t number);

/* ---- order.c: rows by vehicle and time, priors by a sliding window ---------------------------------- */
typedef int64_t StudyId; /* a number as it is; ~word number for any other text */
typedef struct StudyRow {
    int64_t occurred; /* microseconds of local civil time */
    int64_t recorded; /* the same */
    StudyId id;       /* breaks ties */
    uint32_t subject; /* word number: whose history */
    uint32_t facts;   /* number of the row's distinct combination of other columns */
} StudyRow;
typedef struct StudyTable {
    StudyColumn rows;    /* StudyRow, in the order of the file */
    StudyWords subjects; /* vehicles */
    StudyWords ids;      /* ids that are no plain numbers */
    StudyWords facts;    /* combinations, fields joined by 0x1f */
} StudyTable;
static inline const StudyRow *study_row(const StudyTable *t, size_t i) {
    return study_column_at(&t->rows, i);
}
StudyId study_id(StudyTable *t, Str text);
/* <0, 0, >0: numbers by size before texts by code point. */
int study_id_cmp(const StudyTable *t, StudyId a, StudyId b);
/* Decimal digits of n ≥ 0. */
Str study_number(int64_t n, char room[24]);
Str study_id_text(const StudyTable *t, StudyId id, char room[24]);

/* Counts, for each row of the table, the rows of the same subject that are earlier under the reading and
 * still count. In: counts[f] tells whether rows with facts f are history at all; scratch holds 20 bytes a row.
 * Out: priors[row], rows that are no history 0. Cost: n log n in the worst case, linear when sorted. */
void study_priors(const StudyTable *t, const PackHistory *reading, const bool *counts, Arena *scratch,
                  uint32_t *priors);

/* ---- rows.c: a file into the table ------------------------------------------------------------------- */
typedef enum StudyReason { STUDY_BROKEN_ROW, STUDY_BAD_DATE, STUDY_PLACEHOLDER, STUDY_REASONS } StudyReason;
extern const char *const study_reason_words[STUDY_REASONS];
/* What a combination of facts says by itself; flags of StudyRow.facts. */
enum { STUDY_FACT_BROKEN = 1, STUDY_FACT_MINOR = 2, STUDY_FACT_REVOKED = 4 };
typedef struct StudyOutput {
    const StudyWriter *writer; /* NULL: not wanted, text is dropped */
    char *p;                   /* text not yet written */
    size_t n;                  /* its length */
    bool failed;               /* the writer could not */
} StudyOutput;
typedef struct StudyFile {
    const StudyReplay *request;    /* what is asked */
    Arena *a;                      /* the whole replay's memory */
    StudyTable table;              /* rows kept */
    StudyColumn fact_flags;        /* uint8_t of each fact */
    StudyOutput refused;           /* line, reason */
    int64_t rows;                  /* data rows seen */
    int64_t counts[STUDY_REASONS]; /* rows refused */
    int places[PACK_COLUMNS_MAX];  /* field of each column of the pack */
    size_t n_fields;               /* fields of a row */
} StudyFile;
/* Reads everything. Err: ERR_INPUT no header, ERR_INVALID a column is missing, ERR_LIMIT, ERR_IO. */
bool study_read(StudyFile *f, Err *err) MUST_USE;

/* ---- decide.c: a row's verdict ------------------------------------------------------------------------- */
typedef struct StudyVerdict {
    size_t outcome;    /* number in the pack */
    Str rule, article; /* what decided, and its citation */
} StudyVerdict;
typedef struct StudyDecider StudyDecider;
StudyDecider *study_decider(const StudyReplay *request, const StudyTable *table, Arena *a);
void study_decider_free(StudyDecider *d);
/* The model's answer for a row with that many priors. Equal inputs are decided once: a decision is a
 * pure function of them. Out: valid as long as the decider. */
bool study_decide(StudyDecider *d, const StudyRow *row, uint32_t priors, const StudyVerdict **out, Err *err) MUST_USE;

/* ---- output.c ------------------------------------------------------------------------------------------- */
void study_output_open(StudyOutput *o, const StudyWriter *writer, Arena *a);
void study_put(StudyOutput *o, Str text);
/* A field, quoted where RFC 4180 wants it, and the comma or line end behind it. */
void study_put_field(StudyOutput *o, Str text, char behind);
bool study_output_close(StudyOutput *o, Err *err) MUST_USE;

#endif
