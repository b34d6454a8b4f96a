/* feel_case: upper, lower and folded case by Unicode, without a locale (Source: DMN 1.5 §10.3.4.3).
 * One character may become three; the tables are made at build time. */
#include "feel/feel_in.h"

static const FeelUniCase *find_case(const FeelUniCase *table, size_t n, uint32_t cp) {
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (table[middle].from < cp)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < n && table[lo].from == cp ? &table[lo] : NULL;
}

Str feel_change_case(Arena *a, Str s, bool up) {
    Buf b = {.a = a};
    for (size_t at = 0; at < s.n;) {
        char bytes[4];
        uint32_t cp = utf8_next(s, &at);
        const FeelUniCase *change =
            find_case(up ? feel_uni_upper : feel_uni_lower, up ? feel_uni_upper_n : feel_uni_lower_n, cp);
        if (!change) buf_add(&b, (Str){bytes, utf8_put(bytes, cp)});
        for (int i = 0; change && i < 3 && change->to[i]; i++)
            buf_add(&b, (Str){bytes, utf8_put(bytes, change->to[i])});
    }
    return buf_str(&b);
}

/* Simple folding: lower case where that is one character, else the character itself. */
uint32_t feel_fold_case(uint32_t cp) {
    if (cp < 128) return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    size_t lo = 0, hi = feel_uni_members_n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (feel_uni_members[middle].member < cp)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < feel_uni_members_n && feel_uni_members[lo].member == cp ? feel_uni_members[lo].key : cp;
}
