/* The portable subset of SQL, put into each database's own words: few of them, and each listed here. Looks at
 * words outside quotes and comments only; understands no SQL beyond that and never changes what a statement means. */
#include "store/store_in.h"

#include <string.h>
#include <strings.h>

/* End of the quoted text or comment that begins at `at`; `at` itself when none does. */
static size_t skip_quiet(Str sql, size_t at) {
    char open = sql.p[at];
    size_t i = at + 1;
    if (open == '\'' || open == '"') {
        while (i < sql.n && sql.p[i] != open) i++;
        return i < sql.n ? i + 1 : i;
    }
    if (open != '-' || i >= sql.n || sql.p[i] != '-') return at;
    while (i < sql.n && sql.p[i] != '\n') i++;
    return i;
}

/* ---- SQLite ------------------------------------------------------------------------------------------------- */
static bool is_digit(Str sql, size_t at) {
    return at < sql.n && sql.p[at] >= '0' && sql.p[at] <= '9';
}

/* SQLite numbers $1 by first appearance, ?1 by its number. */
char *store_dialect_sqlite(Arena *a, Str sql) {
    char *text = str_c(a, sql);
    for (size_t i = 0; i < sql.n;) {
        size_t end = skip_quiet(sql, i);
        if (end == i && sql.p[i] == '$' && is_digit(sql, i + 1)) text[i] = '?';
        i = end > i ? end : i + 1;
    }
    return text;
}

static bool begins(Str s, const char *word) {
    return s.n >= strlen(word) && strncasecmp(s.p, word, strlen(word)) == 0;
}

/* What must stand between one DDL statement and its ';'. Without STRICT, SQLite keeps text in integers. */
static const char *table_ending(Str statement) {
    const char *tail = "without rowid";
    if (!begins(statement, "create table")) return "";
    statement = str_trim(statement);
    if (statement.n < strlen(tail)) return " strict";
    return begins(str_sub(statement, statement.n - strlen(tail), strlen(tail)), tail) ? ", strict" : " strict";
}

char *store_dialect_sqlite_script(Arena *a, Str sql) {
    Buf out = {.a = a};
    ptrdiff_t start = -1; /* of the current statement's first word */
    for (size_t i = 0, end; i < sql.n; i = end) {
        end = skip_quiet(sql, i);
        bool quiet = end > i;
        if (!quiet) end = i + 1;
        if (start >= 0 && !quiet && sql.p[i] == ';') {
            buf_c(&out, table_ending(str_sub(sql, (size_t)start, i - (size_t)start)));
            start = -1;
        } else if (start < 0 && !quiet && !strchr(" \t\r\n;", sql.p[i])) {
            start = (ptrdiff_t)i;
        }
        buf_add(&out, str_sub(sql, i, end - i));
    }
    return str_c(a, buf_str(&out));
}

/* ---- PostgreSQL ---------------------------------------------------------------------------------------------- */
typedef struct Word { /* one word of the subset that PostgreSQL calls otherwise */
    const char *portable, *own;
} Word;
/* Bytes are compared as bytes, whatever language the database was made for: SQLite does nothing else. */
static const Word types[] = {
    {"integer", "bigint"}, {"blob", "bytea"}, {"text", "text collate \"C\""}, {"without rowid", ""}};
static const Word casts[] = {{"integer", "bigint"}, {"blob", "bytea"}};
static const Str claim_mark = STR_INIT("-- skip locked");

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* The word of the list that stands at `at`, or NULL. */
static const Word *word_at(Str sql, size_t at, const Word *words, size_t n) {
    if (at > 0 && is_word(sql.p[at - 1])) return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t end = at + strlen(words[i].portable);
        if (begins(str_sub(sql, at, sql.n - at), words[i].portable) && (end == sql.n || !is_word(sql.p[end])))
            return &words[i];
    }
    return NULL;
}

static char *exchange(Arena *a, Str sql, const Word *words, size_t n) {
    Buf out = {.a = a};
    for (size_t i = 0, end; i < sql.n; i = end) {
        end = skip_quiet(sql, i);
        const Word *word = end == i ? word_at(sql, i, words, n) : NULL;
        if (word) {
            buf_c(&out, word->own);
            end = i + strlen(word->portable);
        } else {
            if (end == i) end = i + 1;
            Str piece = str_sub(sql, i, end - i);
            buf_add(&out, str_eq(piece, claim_mark) ? STR("for update skip locked") : piece);
        }
    }
    return str_c(a, buf_str(&out));
}

char *store_dialect_postgres(Arena *a, Str sql) {
    return exchange(a, sql, casts, COUNT_OF(casts));
}

char *store_dialect_postgres_script(Arena *a, Str sql) {
    return exchange(a, sql, types, COUNT_OF(types));
}
