/* feel_case: upper and lower case by Unicode, without a locale (Source: DMN 1.5 §10.3.4.3). */
#include "feel/feel_in.h"

Str feel_change_case(Arena *a, Str s, bool up) {
    char *out = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool change = up ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
        out[i] = change ? (char)(c ^ 32) : c;
    }
    return (Str){out, s.n};
}
