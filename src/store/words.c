/* Names in rows: words that come again and again are kept once (store_word) and identifiers as numbers. Which words
 * the database has is remembered, so that a batch asks only for new ones; forgetting one costs a statement, nothing
 * else. Never gives a word a number itself: the database does, in the order of its commits. */
#include "store/store_in.h"

#include <string.h>

enum { SLOTS = 1 << 16, FULL = SLOTS / 2, SYMBOLS = 13 };

/* ---- identifiers: "c" and 13 symbols of five bits, without I, L, O and U --------------------------------------------- */
static const char symbols[] = "0123456789abcdefghjkmnpqrstvwxyz";

Str store_id_text(Arena *a, int64_t id) {
    assert(a && id > 0);
    char *p = arena_alloc(a, SYMBOLS + 1);
    p[0] = 'c';
    for (int i = 0; i < SYMBOLS; i++) p[SYMBOLS - i] = symbols[id >> 5 * i & 31];
    return (Str){p, SYMBOLS + 1};
}

bool store_id_read(Str text, int64_t *id) {
    uint64_t n = 0;
    if (text.n != SYMBOLS + 1 || text.p[0] != 'c') return false;
    for (size_t i = 1; i < text.n; i++) {
        const char *hit = text.p[i] ? strchr(symbols, text.p[i]) : NULL;
        if (!hit || n >> 58) return false;
        n = n << 5 | (uint64_t)(hit - symbols);
    }
    if (n == 0 || n > INT64_MAX) return false;
    *id = (int64_t)n;
    return true;
}

/* ---- streams ------------------------------------------------------------------------------------------------------------ */
void store_stream_args(Str stream, StoreArg out[STORE_STREAM_COLUMNS]) {
    const char *slash = memchr(stream.p, '/', stream.n);
    size_t head = slash ? (size_t)(slash - stream.p) : stream.n;
    Str tail = slash ? str_sub(stream, head + 1, stream.n - head - 1) : (Str){0};
    int64_t id = 0;
    bool numbered = !slash || store_id_read(tail, &id);
    out[0] = store_word(str_sub(stream, 0, head));
    out[1] = numbered ? store_int(id) : store_null();
    out[2] = numbered ? store_null() : store_word(tail);
}

/* Empty when a word is lost. */
Str store_stream_of(const StoreArg *head, Arena *a) {
    int64_t name = head[1].i;
    if (head[0].kind != STORE_TEXT || name == 0) return head[0].s;
    if (name < 0 && head[2].kind != STORE_TEXT) return (Str){0};
    Str tail = name > 0 ? store_id_text(a, name) : head[2].s;
    Str start = str_join2(a, head[0].s, STR("/"));
    return str_join2(a, start, tail);
}

/* ---- which words the database has ----------------------------------------------------------------------------------------- */
void store_words_open(StoreWords *w) {
    pthread_mutex_init(&w->lock, NULL);
    w->a = arena_new(0);
    w->slots = NEW_ARRAY(w->a, Str, SLOTS);
}

void store_words_close(StoreWords *w) {
    if (!w->a) return;
    arena_free(w->a);
    pthread_mutex_destroy(&w->lock);
}

/* Its slot, or the free one for it. */
static Str *slot_of(StoreWords *w, Str word) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < word.n; i++) h = (h ^ (uint8_t)word.p[i]) * 1099511628211u;
    size_t at = (h ^ h >> 32) % SLOTS;
    while (w->slots[at].p && !str_eq(w->slots[at], word)) at = (at + 1) % SLOTS;
    return &w->slots[at];
}

static void keep(StoreWords *w, Str word) {
    if (w->n == FULL) { /* forget all: cheaper than to choose */
        arena_reset(w->a);
        w->slots = NEW_ARRAY(w->a, Str, SLOTS);
        w->n = 0;
    }
    Str *slot = slot_of(w, word);
    if (slot->p) return;
    char *copy = arena_alloc(w->a, word.n + 1);
    if (word.n > 0) memcpy(copy, word.p, word.n);
    *slot = (Str){copy, word.n};
    w->n++;
}

typedef struct Fresh { /* words of one batch that the database may lack */
    StoreWords *known;  /* those it has */
    StoreBatch *b;      /* the batch */
    StoreStep *steps;   /* one for each */
    size_t n, cap;      /* of steps */
    int add;            /* statement */
} Fresh;

static void ask(Fresh *f, Str word) {
    if (slot_of(f->known, word)->p) return;
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->steps[i].args[0].s, word)) return;
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        f->steps = arena_grow(f->b->a, f->steps, f->cap * sizeof *f->steps, cap * sizeof *f->steps);
        f->cap = cap;
    }
    StoreArg *arg = NEW(f->b->a, StoreArg);
    *arg = store_text(word);
    f->steps[f->n++] = (StoreStep){.statement = f->add, .expect = -1, .args = arg, .n_args = 1};
}

static void ask_step(Fresh *f, const StoreStep *step) {
    for (size_t i = 0; i < step->n_args; i++)
        if (step->args[i].word) ask(f, step->args[i].s);
    if (step->statement >= 0) return;
    StoreArg stream[STORE_STREAM_COLUMNS];
    store_stream_args(step->event.stream, stream);
    for (size_t i = 0; i < STORE_STREAM_COLUMNS; i++)
        if (stream[i].word) ask(f, stream[i].s);
    ask(f, step->event.kind);
    ask(f, step->event.actor);
}

size_t store_words_ask(StoreWords *w, int add, StoreBatch *b) {
    Fresh f = {.known = w, .b = b, .add = add};
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < b->n; i++) ask_step(&f, &b->steps[i]);
    pthread_mutex_unlock(&w->lock);
    if (f.n == 0) return 0;
    StoreStep *steps = NEW_ARRAY(b->a, StoreStep, f.n + b->n);
    memcpy(steps, f.steps, f.n * sizeof *steps);
    memcpy(steps + f.n, b->steps, b->n * sizeof *steps);
    b->steps = steps;
    b->n = b->cap = b->n + f.n;
    return f.n;
}

void store_words_keep(StoreWords *w, const StoreBatch *b, size_t n) {
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < n; i++) keep(w, b->steps[i].args[0].s);
    pthread_mutex_unlock(&w->lock);
}
