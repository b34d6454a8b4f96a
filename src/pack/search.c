/* Finding a service by what a person types: Chinese words, English words, initials of pinyin. Everything searched is the
 * pack's own: titles, keywords, life events. Pure and without an index: a few hundred short texts are read in less time
 * than a page is written. It must never find what no text of the pack says. */
#include "pack/pack_in.h"

enum { TERMS_MAX = 12, CHARS_MAX = 40, TEXTS_MAX = 64, NEAR_MAX = 5, TYPO_MIN = 4 };
enum { EXACT = 100, INITIALS = 95, PREFIX = 80, INSIDE = 70, AROUND = 60, SCATTERED = 50, TYPO = 50, WITHIN = 40, PAIRS = 30 };

typedef struct Term { /* one word, or one run of Han characters */
    uint32_t c[CHARS_MAX]; /* small letters, digits, Han; what is longer is cut */
    size_t n;              /* of them */
    bool han;              /* Han characters */
} Term;
typedef struct Terms {
    Term term[TERMS_MAX]; /* in order */
    size_t n;             /* of them */
} Terms;
typedef struct Text { /* one text by which a pack is found */
    Str s;        /* as the pack has it */
    bool initial; /* it is initials of pinyin */
    int less;     /* how much less a find in it is worth */
} Text;
typedef struct Texts {
    Text text[TEXTS_MAX]; /* n of them */
    size_t n;             /* what is beyond the limit is not searched */
} Texts;

/* ---- text into terms -------------------------------------------------------------------------------------------- */
static bool is_han(uint32_t c) { return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF); }

/* Full-width letters and digits become plain ones, capitals small; 0 separates. */
static uint32_t folded(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_han(c) ? c : 0;
}

static void cut(Str text, Terms *out) {
    Term *now = NULL;
    out->n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t c = folded(utf8_next(text, &at));
        if (c == 0 || (now && now->han != is_han(c))) now = NULL;
        if (c == 0) continue;
        if (!now && out->n == TERMS_MAX) return;
        if (!now) {
            now = &out->term[out->n++];
            now->n = 0;
            now->han = is_han(c);
        }
        if (now->n < CHARS_MAX) now->c[now->n++] = c;
    }
}

static bool spells(const Term *t, const char *word) {
    size_t i = 0;
    while (i < t->n && word[i] && t->c[i] == (uint32_t)word[i]) i++;
    return i == t->n && !word[i];
}

/* English words that name nothing. */
static bool is_filler(const Term *t) {
    static const char *const words[] = {"a",  "an", "the", "my",  "i",  "is", "am",   "are",  "to",   "of",
                                        "for", "in", "on",  "at",  "and", "or", "do", "how", "can", "want", "need", "get", "with", "it", "s"};
    for (size_t i = 0; !t->han && i < COUNT_OF(words); i++)
        if (spells(t, words[i])) return true;
    return false;
}

static void drop_fillers(Terms *q) {
    size_t kept = 0;
    for (size_t i = 0; i < q->n; i++)
        if (!is_filler(&q->term[i])) q->term[kept++] = q->term[i];
    q->n = kept;
}

/* ---- one term in one text --------------------------------------------------------------------------------------- */
static bool same_from(const Term *t, size_t at, const Term *q) {
    if (at + q->n > t->n) return false;
    for (size_t i = 0; i < q->n; i++)
        if (t->c[at + i] != q->c[i]) return false;
    return true;
}

static bool contains(const Term *t, const Term *q) {
    for (size_t at = 0; at + q->n <= t->n; at++)
        if (same_from(t, at, q)) return true;
    return false;
}

/* Are q's characters in t, in this order? */
static bool scattered(const Term *t, const Term *q) {
    size_t i = 0;
    for (size_t k = 0; k < t->n && i < q->n; k++) i += t->c[k] == q->c[i];
    return i == q->n;
}

/* Number of letters to add, drop, change, or swap with the next, up to `most`; more than that is most + 1. */
static size_t distance(const Term *a, const Term *b, size_t most) {
    size_t row[3][CHARS_MAX + 1];
    if (a->n > b->n + most || b->n > a->n + most) return most + 1;
    for (size_t k = 0; k <= b->n; k++) row[0][k] = k;
    for (size_t i = 1; i <= a->n; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= b->n; k++) {
            size_t d = last[k - 1] + (a->c[i - 1] != b->c[k - 1]);
            if (last[k] + 1 < d) d = last[k] + 1;
            if (now[k - 1] + 1 < d) d = now[k - 1] + 1;
            bool swapped = i > 1 && k > 1 && a->c[i - 1] == b->c[k - 2] && a->c[i - 2] == b->c[k - 1];
            if (swapped && before[k - 2] + 1 < d) d = before[k - 2] + 1;
            now[k] = d;
        }
    }
    return row[a->n % 3][b->n] > most ? most + 1 : row[a->n % 3][b->n];
}

static int han_score(const Term *q, const Term *t) {
    bool starts = same_from(t, 0, q);
    if (starts) return t->n == q->n ? EXACT : PREFIX;
    if (contains(t, q)) return INSIDE;
    if (t->n >= 2 && contains(q, t)) return AROUND;
    if (q->n >= 2 && scattered(t, q)) return SCATTERED;
    return t->n >= 3 && scattered(q, t) ? WITHIN : 0;
}

static int word_score(const Term *q, const Term *t) {
    if (same_from(t, 0, q)) return t->n == q->n ? EXACT : q->n >= 2 ? PREFIX : 0;
    return q->n >= TYPO_MIN && t->n >= TYPO_MIN && distance(q, t, 1) <= 1 ? TYPO : 0;
}

static int initials_score(const Term *q, const Term *t) {
    if (!same_from(t, 0, q)) return 0;
    return t->n == q->n ? INITIALS : q->n >= 2 ? AROUND : 0;
}

static int text_score(const Term *q, const Text *text) {
    Terms terms;
    int best = 0;
    cut(text->s, &terms);
    for (size_t i = 0; i < terms.n; i++) {
        const Term *t = &terms.term[i];
        int score = q->han != t->han ? 0 : q->han ? han_score(q, t) : text->initial ? initials_score(q, t) : word_score(q, t);
        if (score - text->less > best) best = score - text->less;
    }
    return best;
}

/* ---- one pack ----------------------------------------------------------------------------------------------------- */
static void add_text(Texts *all, Value v, bool initial, int less) {
    if (v.kind == VALUE_STRING && all->n < TEXTS_MAX) all->text[all->n++] = (Text){value_text(v), initial, less};
}

static void add_texts(Texts *all, Value list, bool initial) {
    for (uint32_t i = 0; list.kind == VALUE_LIST && i < list.size; i++) add_text(all, list.u.list[i], initial, 0);
}

static void add_pair(Texts *all, Value pair, int less) {
    add_text(all, value_get(pair, "zh"), false, less);
    add_text(all, value_get(pair, "en"), false, less);
}

static void texts_of(const Pack *p, Texts *all) {
    enum { ASIDE = 15 };
    Value words = value_get(p->json, "keywords"), events = value_get(p->json, "life_events");
    all->n = 0;
    add_pair(all, value_get(p->json, "title"), 0);
    add_texts(all, value_get(words, "zh"), false);
    add_texts(all, value_get(words, "en"), false);
    add_texts(all, value_get(words, "pinyin"), true);
    add_pair(all, value_get(p->json, "subtitle"), ASIDE);
    add_pair(all, value_get(p->json, "output"), ASIDE);
    for (uint32_t i = 0; events.kind == VALUE_LIST && i < events.size; i++) add_pair(all, events.u.list[i], ASIDE);
}

/* How many of a Han term's pairs of neighbours stand somewhere in the texts: what is typed as one sentence names
 * several things. */
static int pairs_score(const Term *q, const Texts *all) {
    size_t hits = 0, pairs = q->n < 2 ? 0 : q->n - 1;
    for (size_t i = 0; i < pairs; i++) {
        Term two = {.c = {q->c[i], q->c[i + 1]}, .n = 2, .han = true};
        bool hit = false;
        for (size_t k = 0; k < all->n && !hit; k++) hit = text_score(&two, &all->text[k]) >= INSIDE - PAIRS / 2;
        hits += hit;
    }
    return hits > 0 && hits * 2 >= pairs ? (int)(PAIRS * hits / pairs) : 0;
}

static int term_score(const Term *q, const Texts *all) {
    int best = 0;
    for (size_t i = 0; i < all->n; i++) {
        int score = text_score(q, &all->text[i]);
        if (score > best) best = score;
    }
    return best == 0 && q->han ? pairs_score(q, all) : best;
}

/* All terms in one text are worth more than the same terms here and there. */
static int together(const Terms *q, const Texts *all) {
    enum { BONUS = 10 };
    for (size_t i = 0; q->n > 1 && i < all->n; i++) {
        size_t k = 0;
        while (k < q->n && text_score(&q->term[k], &all->text[i]) >= INSIDE) k++;
        if (k == q->n) return BONUS;
    }
    return 0;
}

static PackFound found_in(const Pack *p, const Terms *q) {
    Texts all;
    PackFound f = {.pack = p};
    texts_of(p, &all);
    for (size_t i = 0; i < q->n; i++) {
        int score = term_score(&q->term[i], &all);
        f.terms += score > 0;
        f.score += score;
    }
    if (f.terms > 0) f.score = f.score / (int)q->n + together(q, &all);
    return f;
}

/* ---- all packs ----------------------------------------------------------------------------------------------------- */
/* Keeps the best first; equals stay in the packs' order. */
static void insert(PackFound *out, size_t *n, PackFound f) {
    size_t at = *n;
    for (; at > 0 && (out[at - 1].terms < f.terms || (out[at - 1].terms == f.terms && out[at - 1].score < f.score)); at--)
        out[at] = out[at - 1];
    out[at] = f;
    ++*n;
}

size_t pack_search(const Pack *const *packs, size_t n, Str words, PackFound *out) {
    assert((packs && out) || n == 0);
    Terms q;
    size_t found = 0, kept = 0;
    cut(words, &q);
    drop_fillers(&q);
    for (size_t i = 0; q.n > 0 && i < n; i++) {
        PackFound f = found_in(packs[i], &q);
        if (f.terms * 2 >= q.n && f.terms > 0) insert(out, &found, f);
    }
    while (kept < found && out[kept].terms == out[0].terms && out[kept].score * 2 >= out[0].score) kept++;
    return kept;
}

/* ---- near words ------------------------------------------------------------------------------------------------------ */
static bool shares_character(const Term *q, const Term *t) {
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; k < t->n; k++)
            if (q->c[i] == t->c[k]) return true;
    return false;
}

static bool is_near(const Terms *q, Str text) {
    Terms terms;
    cut(text, &terms);
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; k < terms.n; k++) {
            const Term *x = &q->term[i], *y = &terms.term[k];
            if (x->han != y->han) continue;
            if (x->han ? shares_character(x, y) : x->n >= TYPO_MIN && y->n >= TYPO_MIN && distance(x, y, 2) <= 2) return true;
        }
    return false;
}

static bool listed(const ValueBuild *list, Str word) {
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(value_text(list->u.items[i]), word)) return true;
    return false;
}

Value pack_near(const Pack *const *packs, size_t n, Str words, const char *lang, Arena *a) {
    assert((packs || n == 0) && lang && a);
    Terms q;
    ValueBuild near = {.a = a};
    cut(words, &q);
    drop_fillers(&q);
    for (size_t i = 0; i < n; i++) {
        Value list = value_get(value_get(packs[i]->json, "keywords"), lang);
        for (uint32_t k = 0; list.kind == VALUE_LIST && k < list.size && near.n < NEAR_MAX; k++) {
            Str word = value_text(list.u.list[k]);
            if (!listed(&near, word) && is_near(&q, word)) build_item(&near, list.u.list[k]);
        }
    }
    return build_list(&near);
}
