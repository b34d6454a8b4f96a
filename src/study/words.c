/* Columns that grow without moving, and dictionaries: each different text is kept once and known by
 * its number. It must never hold a text twice, and never move what was handed out. */
#include <string.h>

#include "study/study_in.h"

enum { FIRST_SLOTS = 1 << 10, ROOM = 1 << 16 };

void *study_column_add(StudyColumn *c) {
    size_t chunk = c->n / STUDY_CHUNK;
    if (c->n % STUDY_CHUNK == 0) {
        if (chunk == c->cap) {
            size_t cap = c->cap ? c->cap * 2 : 8;
            c->chunks = arena_grow(c->a, c->chunks, c->cap * sizeof *c->chunks, cap * sizeof *c->chunks);
            c->cap = cap;
        }
        c->chunks[chunk] = arena_alloc(c->a, STUDY_CHUNK * c->item);
    }
    return study_column_at(c, c->n++);
}

void study_words_init(StudyWords *w, Arena *a) {
    *w = (StudyWords){.a = a, .words = {.a = a, .item = sizeof(StudyWord)}};
    w->slots = NEW_ARRAY(a, uint32_t, FIRST_SLOTS);
    w->mask = FIRST_SLOTS - 1;
}

static const StudyWord *word_at(const StudyWords *w, uint32_t number) {
    return study_column_at(&w->words, number);
}

/* Texts lie end to end; they need no alignment. */
static const char *keep(StudyWords *w, Str text) {
    if (text.n > w->room_left) {
        w->room_left = text.n > ROOM ? text.n : ROOM;
        w->room = arena_alloc(w->a, w->room_left);
    }
    char *p = memcpy(w->room, text.p, text.n);
    w->room += text.n;
    w->room_left -= text.n;
    return p;
}

/* Twice the slots, when three quarters are taken. */
static void spread(StudyWords *w) {
    size_t mask = w->mask * 2 + 1;
    uint32_t *slots = NEW_ARRAY(w->a, uint32_t, mask + 1);
    for (uint32_t i = 0; i < w->words.n; i++) {
        size_t at = word_at(w, i)->hash & mask;
        while (slots[at]) at = (at + 1) & mask;
        slots[at] = i + 1;
    }
    w->slots = slots;
    w->mask = mask;
}

uint32_t study_word(StudyWords *w, Str text) {
    uint32_t hash = (uint32_t)(str_hash(text) >> 32);
    size_t at = hash & w->mask;
    for (; w->slots[at]; at = (at + 1) & w->mask) {
        const StudyWord *word = word_at(w, w->slots[at] - 1);
        if (word->hash == hash && word->n == text.n && memcmp(word->p, text.p, text.n) == 0) return w->slots[at] - 1;
    }
    assert(w->words.n < UINT32_MAX - 1 && text.n <= UINT32_MAX);
    uint32_t number = (uint32_t)w->words.n;
    StudyWord *word = study_column_add(&w->words);
    *word = (StudyWord){.p = text.n ? keep(w, text) : "", .n = (uint32_t)text.n, .hash = hash};
    w->slots[at] = number + 1;
    if (w->words.n * 4 > (w->mask + 1) * 3) spread(w);
    return number;
}

Str study_word_text(const StudyWords *w, uint32_t number) {
    assert(number < w->words.n);
    const StudyWord *word = word_at(w, number);
    return (Str){word->p, word->n};
}
