/* Names of a case. Tracking codes: random, without a sequence, and with a check symbol that catches every single wrong
 * symbol and every swap of two. They open a resident's record, so nothing in them can be guessed.
 * Identifiers: they grow with time, so that cases of one time lie together; they open nothing. */
#include "case/case_in.h"

#include <string.h>

enum { SYMBOLS = 12 };
static const int64_t SECOND_US = 1000000;
/* Digits and capitals without I L O U: nothing that is read for something else. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* GF(32) with x^5 + x^2 + 1. */
static unsigned times_x(unsigned v) { return (v << 1 ^ (v & 16 ? 0x25 : 0)) & 31; }

/* Sum of symbol_i * x^(i+1): distinct weights, so one error or one swap never cancels. */
static unsigned check_of(const unsigned v[SYMBOLS]) {
    unsigned sum = 0;
    for (int i = SYMBOLS - 1; i >= 0; i--) sum = times_x(sum ^ v[i]);
    return sum;
}

Str case_code_text(Arena *a, int64_t number) {
    unsigned v[SYMBOLS];
    for (int i = 0; i < SYMBOLS; i++) v[i] = number >> 5 * i & 31;
    char *p = arena_alloc(a, 17), *q = p;
    for (int i = 0; i < SYMBOLS; i++) {
        *q++ = alphabet[v[i]];
        if (i % 4 == 3) *q++ = '-';
    }
    *q++ = alphabet[check_of(v)];
    *q = '\0';
    return (Str){p, (size_t)(q - p)};
}

Str case_code_make(const uint8_t random[8], Arena *a) {
    uint64_t bits = 0;
    memcpy(&bits, random, 8);
    return case_code_text(a, (int64_t)(bits & ((UINT64_C(1) << 5 * SYMBOLS) - 1)));
}

bool case_code_number(Str typed, int64_t *number) {
    char plain[SYMBOLS + 2];
    uint64_t bits = 0;
    if (!case_code_read(typed, plain)) return false;
    for (int i = SYMBOLS - 1; i >= 0; i--) bits = bits << 5 | (uint64_t)(strchr(alphabet, plain[i]) - alphabet);
    *number = (int64_t)bits;
    return true;
}

/* ---- identifiers: when a case was created, in 4096ths of a second, and 19 bits of chance ---------------------------- */
enum { CHANCE = 19, TICKS = 4096 };

Str case_id_make(Arena *a, int64_t now_us, const uint8_t random[3]) {
    int64_t ticks = now_us > 0 ? now_us / SECOND_US * TICKS + now_us % SECOND_US * TICKS / SECOND_US : 0;
    int64_t chance = (random[0] | random[1] << 8 | random[2] << 16) & ((1 << CHANCE) - 1);
    assert(ticks < INT64_C(1) << (63 - CHANCE));
    int64_t id = ticks << CHANCE | chance;
    return store_id_text(a, id ? id : 1);
}

int64_t case_id_us(int64_t id) {
    int64_t ticks = id >> CHANCE;
    return ticks / TICKS * SECOND_US + ticks % TICKS * SECOND_US / TICKS;
}

StoreArg case_id_arg(Str id) {
    int64_t number;
    return store_int(store_id_read(id, &number) ? number : 0);
}

/* What people type for a symbol: any case, O for 0, I and L for 1. -1 when it can be none. */
static int symbol_of(char c) {
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const char *hit = c ? strchr(alphabet, c) : NULL;
    return hit ? (int)(hit - alphabet) : -1;
}

bool case_code_read(Str typed, char out[14]) {
    unsigned v[SYMBOLS + 1];
    int n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-') continue;
        int symbol = symbol_of(c);
        if (symbol < 0 || n > SYMBOLS) return false;
        v[n++] = (unsigned)symbol;
    }
    if (n != SYMBOLS + 1 || check_of(v) != v[SYMBOLS]) return false;
    for (int i = 0; i <= SYMBOLS; i++) out[i] = alphabet[v[i]];
    out[SYMBOLS + 1] = '\0';
    return true;
}
