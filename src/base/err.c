/* Err: what went wrong, for people and for programs. Fixed size, so that telling of trouble needs no
 * memory; text that does not fit is cut at a character. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ERRORS = 1000 };

/* Shortens to the last whole character after a cut in the middle of one. */
static void whole_characters(char *text) {
    size_t n = strlen(text);
    while (n && !utf8_valid((Str){text, n})) n--;
    text[n] = '\0';
}

static void copy_text(char *to, size_t cap, Str from) {
    size_t n = from.n < cap - 1 ? from.n : cap - 1;
    if (n) memcpy(to, from.p, n);
    to[n] = '\0';
    if (n < from.n) whole_characters(to);
}

static void fill(Err *err, ErrCode code, const char *room, const char *format, va_list args) {
    memset(err, 0, sizeof *err);
    err->code = code;
    err->offset = -1;
    copy_text(err->room, sizeof err->room, str_of(room));
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    if (n >= (int)sizeof err->text) whole_characters(err->text);
}

bool err_set(Err *err, ErrCode code, const char *room, const char *format, ...) {
    assert(code != ERR_NONE);
    if (!err) return false;
    va_list args;
    va_start(args, format);
    fill(err, code, room, format, args);
    va_end(args);
    return false;
}

void err_file(Err *err, Str file) {
    if (err && !err->file[0]) copy_text(err->file, sizeof err->file, file);
}

void err_element(Err *err, Str element) {
    if (err) copy_text(err->element, sizeof err->element, element);
}

void err_at(Err *err, int line, int column, int64_t offset) {
    if (!err) return;
    err->line = line;
    err->column = column;
    err->offset = offset;
}

Str err_line(Arena *a, const Err *err) {
    Buf b = {.a = a};
    if (err->file[0]) buf_c(&b, err->file);
    if (err->line) buf_printf(&b, "%s%d", err->file[0] ? ":" : "line ", err->line);
    if (err->line && err->column) buf_printf(&b, ":%d", err->column);
    if (b.n) buf_c(&b, ": ");
    if (err->element[0]) buf_printf(&b, "%s: ", err->element);
    if (err->cell[0]) buf_printf(&b, "%s: ", err->cell);
    buf_c(&b, err->text);
    if (err->cause[0]) buf_printf(&b, " (%s)", err->cause);
    return buf_str(&b);
}

const char *err_code_name(ErrCode code) {
    static const char *const names[] = {
        [ERR_NONE] = "none",           [ERR_INPUT] = "input",           [ERR_INVALID] = "invalid",
        [ERR_LIMIT] = "limit",         [ERR_DENIED] = "denied",         [ERR_NO_SESSION] = "no_session",
        [ERR_NOT_FOUND] = "not_found", [ERR_STALE] = "stale",           [ERR_KEY_REUSED] = "key_reused",
        [ERR_STATE] = "state",         [ERR_CONFLICT] = "conflict",     [ERR_DISK_FULL] = "disk_full",
        [ERR_READ_ONLY] = "read_only", [ERR_BUSY] = "busy",             [ERR_IO] = "io",
    };
    assert((size_t)code < COUNT_OF(names));
    return names[code];
}

void errlist_push(ErrList *list, const Err *err) {
    assert(list && list->a && err->code != ERR_NONE);
    if (list->n == MAX_ERRORS) {
        list->more++;
        return;
    }
    if ((list->n & (list->n - 1)) == 0) { /* grow at every power of two */
        size_t cap = list->n ? list->n * 2 : 1;
        list->items = arena_grow(list->a, list->items, list->n * sizeof(Err), cap * sizeof(Err));
    }
    list->items[list->n++] = *err;
}

Err *errlist_add(ErrList *list, ErrCode code, const char *room, const char *format, ...) {
    Err err;
    va_list args;
    va_start(args, format);
    fill(&err, code, room, format, args);
    va_end(args);
    size_t before = list->n;
    errlist_push(list, &err);
    if (list->n > before) return &list->items[before];
    Err *beyond_the_cap = arena_alloc(list->a, sizeof err); /* the caller may still fill it in */
    *beyond_the_cap = err;
    return beyond_the_cap;
}
