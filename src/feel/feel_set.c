/* feel_set: sets of code points for regular expressions: ranges, negation, subtraction, case
 * closure, Unicode categories and the blocks that XML Schema names. */
#include "feel/feel_in.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t last_code_point = 0x10FFFF;

void feel_set_add(FeelSet *s, uint32_t lo, uint32_t hi) {
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        s->ranges = arena_grow(s->a, s->ranges, s->cap * sizeof(FeelSetRange), cap * sizeof(FeelSetRange));
        s->cap = cap;
    }
    s->ranges[s->n++] = (FeelSetRange){lo, hi};
}

static int by_start(const void *x, const void *y) {
    const FeelSetRange *a = x, *b = y;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

void feel_set_close(FeelSet *s) {
    if (!s->n) return;
    qsort(s->ranges, s->n, sizeof(FeelSetRange), by_start);
    size_t kept = 0;
    for (size_t i = 1; i < s->n; i++) {
        if (s->ranges[i].lo > s->ranges[kept].hi + 1)
            s->ranges[++kept] = s->ranges[i];
        else if (s->ranges[i].hi > s->ranges[kept].hi)
            s->ranges[kept].hi = s->ranges[i].hi;
    }
    s->n = kept + 1;
}

bool feel_set_has(const FeelSet *s, uint32_t cp) {
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (s->ranges[middle].hi < cp)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < s->n && s->ranges[lo].lo <= cp;
}

void feel_set_join(FeelSet *s, const FeelSet *other) {
    for (size_t i = 0; i < other->n; i++) feel_set_add(s, other->ranges[i].lo, other->ranges[i].hi);
}

FeelSet feel_set_not(const FeelSet *s) {
    FeelSet out = {.a = s->a};
    uint32_t next = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->ranges[i].lo > next) feel_set_add(&out, next, s->ranges[i].lo - 1);
        next = s->ranges[i].hi + 1;
    }
    if (next <= last_code_point) feel_set_add(&out, next, last_code_point);
    return out;
}

FeelSet feel_set_minus(const FeelSet *s, const FeelSet *other) {
    FeelSet outside = feel_set_not(s); /* s minus o = not (not s or o) */
    feel_set_join(&outside, other);
    feel_set_close(&outside);
    return feel_set_not(&outside);
}

void feel_set_variants(FeelSet *s, uint32_t cp) {
    uint32_t key = feel_fold_case(cp);
    size_t lo = 0, hi = feel_uni_folds_n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (feel_uni_folds[middle].key < key)
            lo = middle + 1;
        else
            hi = middle;
    }
    feel_set_add(s, cp, cp);
    for (; lo < feel_uni_folds_n && feel_uni_folds[lo].key == key; lo++)
        feel_set_add(s, feel_uni_folds[lo].member, feel_uni_folds[lo].member);
    feel_set_close(s);
}

/* The orbits lie together in the table, so one hit brings in its neighbours with the same key. */
void feel_set_fold(FeelSet *s) {
    feel_set_close(s);
    FeelSet extra = {.a = s->a};
    for (size_t i = 0, end; i < feel_uni_folds_n; i = end) {
        bool hit = false;
        for (end = i; end < feel_uni_folds_n && feel_uni_folds[end].key == feel_uni_folds[i].key; end++)
            hit |= feel_set_has(s, feel_uni_folds[end].member);
        for (size_t k = i; hit && k < end; k++)
            feel_set_add(&extra, feel_uni_folds[k].member, feel_uni_folds[k].member);
    }
    feel_set_join(s, &extra);
    feel_set_close(s);
}

static const char categories[][3] = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl",
                                     "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc",
                                     "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn"};

static bool add_category(FeelSet *s, Str name) {
    bool any = false;
    for (size_t c = 0; c < COUNT_OF(categories); c++) {
        if (name.n < 1 || name.n > 2 || memcmp(name.p, categories[c], name.n) != 0) continue;
        any = true;
        for (size_t i = 0; i < feel_uni_categories_n; i++)
            if (feel_uni_categories[i].category == c)
                feel_set_add(s, feel_uni_categories[i].lo, feel_uni_categories[i].hi);
    }
    feel_set_close(s);
    return any;
}

typedef struct Block {
    const char *name; /* as XML Schema writes it */
    uint32_t lo, hi;  /* code points */
} Block;

/* Source: XML Schema Part 2 (2nd edition) Appendix F.1.1. */
static const Block blocks[] = {
    {"BasicLatin", 0x0, 0x7F},
    {"Latin-1Supplement", 0x80, 0xFF},
    {"LatinExtended-A", 0x100, 0x17F},
    {"LatinExtended-B", 0x180, 0x24F},
    {"IPAExtensions", 0x250, 0x2AF},
    {"SpacingModifierLetters", 0x2B0, 0x2FF},
    {"CombiningDiacriticalMarks", 0x300, 0x36F},
    {"Greek", 0x370, 0x3FF},
    {"GreekandCoptic", 0x370, 0x3FF},
    {"Cyrillic", 0x400, 0x4FF},
    {"Armenian", 0x530, 0x58F},
    {"Hebrew", 0x590, 0x5FF},
    {"Arabic", 0x600, 0x6FF},
    {"Syriac", 0x700, 0x74F},
    {"Thaana", 0x780, 0x7BF},
    {"Devanagari", 0x900, 0x97F},
    {"Bengali", 0x980, 0x9FF},
    {"Gurmukhi", 0xA00, 0xA7F},
    {"Gujarati", 0xA80, 0xAFF},
    {"Oriya", 0xB00, 0xB7F},
    {"Tamil", 0xB80, 0xBFF},
    {"Telugu", 0xC00, 0xC7F},
    {"Kannada", 0xC80, 0xCFF},
    {"Malayalam", 0xD00, 0xD7F},
    {"Sinhala", 0xD80, 0xDFF},
    {"Thai", 0xE00, 0xE7F},
    {"Lao", 0xE80, 0xEFF},
    {"Tibetan", 0xF00, 0xFFF},
    {"Myanmar", 0x1000, 0x109F},
    {"Georgian", 0x10A0, 0x10FF},
    {"HangulJamo", 0x1100, 0x11FF},
    {"Ethiopic", 0x1200, 0x137F},
    {"Cherokee", 0x13A0, 0x13FF},
    {"UnifiedCanadianAboriginalSyllabics", 0x1400, 0x167F},
    {"Ogham", 0x1680, 0x169F},
    {"Runic", 0x16A0, 0x16FF},
    {"Khmer", 0x1780, 0x17FF},
    {"Mongolian", 0x1800, 0x18AF},
    {"LatinExtendedAdditional", 0x1E00, 0x1EFF},
    {"GreekExtended", 0x1F00, 0x1FFF},
    {"GeneralPunctuation", 0x2000, 0x206F},
    {"SuperscriptsandSubscripts", 0x2070, 0x209F},
    {"CurrencySymbols", 0x20A0, 0x20CF},
    {"CombiningMarksforSymbols", 0x20D0, 0x20FF},
    {"CombiningDiacriticalMarksforSymbols", 0x20D0, 0x20FF},
    {"LetterlikeSymbols", 0x2100, 0x214F},
    {"NumberForms", 0x2150, 0x218F},
    {"Arrows", 0x2190, 0x21FF},
    {"MathematicalOperators", 0x2200, 0x22FF},
    {"MiscellaneousTechnical", 0x2300, 0x23FF},
    {"ControlPictures", 0x2400, 0x243F},
    {"OpticalCharacterRecognition", 0x2440, 0x245F},
    {"EnclosedAlphanumerics", 0x2460, 0x24FF},
    {"BoxDrawing", 0x2500, 0x257F},
    {"BlockElements", 0x2580, 0x259F},
    {"GeometricShapes", 0x25A0, 0x25FF},
    {"MiscellaneousSymbols", 0x2600, 0x26FF},
    {"Dingbats", 0x2700, 0x27BF},
    {"BraillePatterns", 0x2800, 0x28FF},
    {"CJKRadicalsSupplement", 0x2E80, 0x2EFF},
    {"KangxiRadicals", 0x2F00, 0x2FDF},
    {"IdeographicDescriptionCharacters", 0x2FF0, 0x2FFF},
    {"CJKSymbolsandPunctuation", 0x3000, 0x303F},
    {"Hiragana", 0x3040, 0x309F},
    {"Katakana", 0x30A0, 0x30FF},
    {"Bopomofo", 0x3100, 0x312F},
    {"HangulCompatibilityJamo", 0x3130, 0x318F},
    {"Kanbun", 0x3190, 0x319F},
    {"BopomofoExtended", 0x31A0, 0x31BF},
    {"EnclosedCJKLettersandMonths", 0x3200, 0x32FF},
    {"CJKCompatibility", 0x3300, 0x33FF},
    {"CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF},
    {"CJKUnifiedIdeographs", 0x4E00, 0x9FFF},
    {"YiSyllables", 0xA000, 0xA48F},
    {"YiRadicals", 0xA490, 0xA4CF},
    {"HangulSyllables", 0xAC00, 0xD7AF},
    {"PrivateUse", 0xE000, 0xF8FF},
    {"PrivateUseArea", 0xE000, 0xF8FF},
    {"CJKCompatibilityIdeographs", 0xF900, 0xFAFF},
    {"AlphabeticPresentationForms", 0xFB00, 0xFB4F},
    {"ArabicPresentationForms-A", 0xFB50, 0xFDFF},
    {"CombiningHalfMarks", 0xFE20, 0xFE2F},
    {"CJKCompatibilityForms", 0xFE30, 0xFE4F},
    {"SmallFormVariants", 0xFE50, 0xFE6F},
    {"ArabicPresentationForms-B", 0xFE70, 0xFEFF},
    {"HalfwidthandFullwidthForms", 0xFF00, 0xFFEF},
    {"Specials", 0xFFF0, 0xFFFF},
    {"OldItalic", 0x10300, 0x1032F},
    {"Gothic", 0x10330, 0x1034F},
    {"Deseret", 0x10400, 0x1044F},
    {"ByzantineMusicalSymbols", 0x1D000, 0x1D0FF},
    {"MusicalSymbols", 0x1D100, 0x1D1FF},
    {"MathematicalAlphanumericSymbols", 0x1D400, 0x1D7FF},
    {"Emoticons", 0x1F600, 0x1F64F},
    {"CJKUnifiedIdeographsExtensionB", 0x20000, 0x2A6DF},
    {"CJKCompatibilityIdeographsSupplement", 0x2F800, 0x2FA1F},
    {"Tags", 0xE0000, 0xE007F},
};

bool feel_set_property(FeelSet *s, Str name) {
    if (!str_starts(name, STR("Is"))) return add_category(s, name);
    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        if (str_is(str_sub(name, 2, name.n), blocks[i].name)) {
            feel_set_add(s, blocks[i].lo, blocks[i].hi);
            return true;
        }
    return false;
}

static void add_pairs(FeelSet *s, const FeelSetRange *ranges, size_t n) {
    for (size_t i = 0; i < n; i++) feel_set_add(s, ranges[i].lo, ranges[i].hi);
    feel_set_close(s);
}

/* Source: XML 1.0 (5th edition) productions 4 and 4a. */
static void add_name_characters(FeelSet *s, bool start) {
    static const FeelSetRange first[] = {{':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
                                         {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                         {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                         {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
    static const FeelSetRange more[] = {{'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
    if (!start) add_pairs(s, more, COUNT_OF(more));
    add_pairs(s, first, COUNT_OF(first));
}

/* \w is everything but punctuation, separators and "other" (Source: XML Schema Part 2 App. F.1.1). */
static void add_words(FeelSet *s) {
    FeelSet others = {.a = s->a};
    add_category(&others, STR("P"));
    add_category(&others, STR("Z"));
    add_category(&others, STR("C"));
    feel_set_add(&others, 0xD800, 0xDFFF);
    feel_set_close(&others);
    FeelSet words = feel_set_not(&others);
    feel_set_join(s, &words);
}

bool feel_set_class(FeelSet *s, char letter) {
    static const FeelSetRange space[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    FeelSet set = {.a = s->a};
    switch (letter | 32) {
    case 'd':
        add_category(&set, STR("Nd"));
        break;
    case 's':
        add_pairs(&set, space, COUNT_OF(space));
        break;
    case 'w':
        add_words(&set);
        break;
    case 'i':
        add_name_characters(&set, true);
        break;
    case 'c':
        add_name_characters(&set, false);
        break;
    default:
        return false;
    }
    bool negate = letter >= 'A' && letter <= 'Z';
    if (negate) set = feel_set_not(&set);
    feel_set_join(s, &set);
    return true;
}
