/* Names in rows: words that come again and again are kept once (store_word) and identifiers as numbers. The numbers
 * are remembered, so that who writes need not look them up while others wait; a word that is new is committed before
 * the batch that needs it. Never gives a word a number itself: the database does, in the order of its commits. */
#include "store/store_in.h"

#include <string.h>

enum { SLOTS = 1 << 16, FULL = SLOTS / 2, SYMBOLS = 13, ROUNDS = 3 };

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

/* ---- the numbers that are known ------------------------------------------------------------------------------------------- */
static void forget(StoreWords *w) {
    arena_reset(w->a);
    w->slots = NEW_ARRAY(w->a, StoreWord, SLOTS);
    w->by_id = NEW_ARRAY(w->a, uint32_t, SLOTS);
    w->n = 0;
}

void store_words_open(StoreWords *w) {
    pthread_mutex_init(&w->lock, NULL);
    w->a = arena_new(0);
    forget(w);
}

void store_words_close(StoreWords *w) {
    if (!w->a) return;
    arena_free(w->a);
    pthread_mutex_destroy(&w->lock);
}

/* Its slot, or the free one for it. */
static StoreWord *slot_of(StoreWords *w, Str word) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < word.n; i++) h = (h ^ (uint8_t)word.p[i]) * 1099511628211u;
    size_t at = (h ^ h >> 32) % SLOTS;
    while (w->slots[at].word.p && !str_eq(w->slots[at].word, word)) at = (at + 1) % SLOTS;
    return &w->slots[at];
}

/* The slot of a number, or the free one for it. Numbers are given one after the other. */
static uint32_t *number_slot(StoreWords *w, int64_t id) {
    size_t at = (size_t)id % SLOTS;
    while (w->by_id[at] > 0 && w->slots[w->by_id[at] - 1].id != id) at = (at + 1) % SLOTS;
    return &w->by_id[at];
}

static void keep(StoreWords *w, Str word, int64_t id) {
    pthread_mutex_lock(&w->lock);
    if (w->n == FULL) forget(w); /* all: cheaper than to choose */
    StoreWord *slot = slot_of(w, word);
    if (!slot->word.p) {
        char *copy = arena_alloc(w->a, word.n + 1);
        if (word.n > 0) memcpy(copy, word.p, word.n);
        *slot = (StoreWord){{copy, word.n}, id};
        *number_slot(w, id) = (uint32_t)(slot - w->slots) + 1;
        w->n++;
    }
    pthread_mutex_unlock(&w->lock);
}

/* ---- numbers for a batch ---------------------------------------------------------------------------------------------------- */
typedef struct Fresh { /* words of one batch that are not known */
    StoreWords *known; /* those that are */
    Arena *a;          /* of words */
    Str *words;        /* each once */
    size_t n, cap;     /* of words */
} Fresh;

/* Out: its number; 0 when it is not known, and then it is among the fresh ones. */
static int64_t number_of(Fresh *f, Str word) {
    const StoreWord *slot = slot_of(f->known, word);
    if (slot->word.p) return slot->id;
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->words[i], word)) return 0;
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        f->words = arena_grow(f->a, f->words, f->cap * sizeof *f->words, cap * sizeof *f->words);
        f->cap = cap;
    }
    f->words[f->n++] = word;
    return 0;
}

static void number_event(Fresh *f, StoreStep *step) {
    StoreArg stream[STORE_STREAM_COLUMNS];
    store_stream_args(step->event.stream, stream);
    step->place = (StorePlace){.stream = number_of(f, stream[0].s),
                               .name = stream[2].word ? -number_of(f, stream[2].s) : stream[1].i,
                               .kind = number_of(f, step->event.kind),
                               .actor = number_of(f, step->event.actor)};
}

static void number_step(Fresh *f, StoreStep *step) {
    if (step->statement < 0) number_event(f, step);
    for (size_t i = 0; i < step->n_args; i++) {
        int64_t id = step->args[i].word ? number_of(f, step->args[i].s) : 0;
        if (id > 0) step->args[i] = store_int(id);
    }
}

/* What this batch shares with another that comes at once may be added twice: the second time nothing happens. */
static bool learn(Store *s, const Fresh *f, Err *err) {
    StoreBatch *b = store_batch(f->a);
    for (size_t i = 0; i < f->n; i++) store_add(b, s->word_add, (StoreArg[]){store_text(f->words[i])}, 1);
    TRY(store_commit_numbers(s, b, err));
    pthread_mutex_lock(&s->lock);
    s->counters.batches--; /* nobody's but the store's own */
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < f->n; i++) {
        StoreRows rows;
        StoreArg word = store_text(f->words[i]);
        TRY(store_query(s, s->word_get, &word, 1, f->a, &rows, err));
        if (rows.n == 1) keep(&s->words, f->words[i], rows.cells[0].i);
    }
    return true;
}

bool store_words_number(Store *s, StoreBatch *b, Err *err) {
    for (int round = 0; round < ROUNDS; round++) {
        Fresh f = {.known = &s->words, .a = b->a};
        pthread_mutex_lock(&s->words.lock);
        for (size_t i = 0; i < b->n; i++) number_step(&f, &b->steps[i]);
        pthread_mutex_unlock(&s->words.lock);
        if (f.n == 0) return true;
        TRY(learn(s, &f, err));
    }
    return err_set(err, ERR_LIMIT, "store", "one change uses too many new names");
}

/* ---- and back ------------------------------------------------------------------------------------------------------------ */
static bool known_words(StoreWords *w, StoreArg *numbers, size_t n, Arena *a) {
    bool all = true;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = numbers[i].kind == STORE_INT ? *number_slot(w, numbers[i].i) : 0;
        all &= at > 0 || numbers[i].kind != STORE_INT;
        if (at > 0) numbers[i] = store_text(str_copy(a, w->slots[at - 1].word));
    }
    pthread_mutex_unlock(&w->lock);
    return all;
}

bool store_words_of(Store *s, StoreArg *numbers, size_t n, Arena *a, Err *err) {
    assert(s && a && (numbers || n == 0));
    if (known_words(&s->words, numbers, n, a)) return true;
    for (size_t i = 0; i < n; i++) {
        StoreRows rows;
        int64_t id = numbers[i].i;
        if (numbers[i].kind != STORE_INT) continue;
        TRY(store_query(s, store_statement(s, "store_word_text"), &numbers[i], 1, a, &rows, err));
        if (rows.n == 0) return err_set(err, ERR_INVALID, "store", "the word of number %lld is lost: run verify", (long long)id);
        numbers[i] = rows.cells[0];
        keep(&s->words, numbers[i].s, id);
    }
    return true;
}
