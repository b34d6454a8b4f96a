/* What bytes are, whatever their name or sender says: by the marks that each format begins with, and, of a picture, the
 * size that its head tells. Reads bytes of strangers and nothing else; guesses nothing. Fuzzed by fuzz/case_sniff.c. */
#include "case/case_in.h"

enum { SIDE_MAX = 20000, PIXELS_MAX = 100 * 1000 * 1000 };
static const Str png = STR_INIT("\x89PNG\r\n\x1a\n"), jpeg = STR_INIT("\xff\xd8\xff"), pdf = STR_INIT("%PDF-");

Str case_sniff(Str head) {
    if (str_starts(head, jpeg)) return STR("image/jpeg");
    if (str_starts(head, png)) return STR("image/png");
    return str_starts(head, pdf) ? STR("application/pdf") : STR("");
}

static int64_t number(Str s, size_t at, size_t n) {
    int64_t v = 0;
    for (size_t i = 0; i < n; i++) v = v << 8 | (unsigned char)s.p[at + i];
    return v;
}

/* A small file can hold a picture that fills the memory of who opens it. */
static bool side_fits(int64_t w, int64_t h) { return w > 0 && h > 0 && w <= SIDE_MAX && h <= SIDE_MAX && w * h <= PIXELS_MAX; }

static bool png_fits(Str head) {
    enum { WIDTH = 16, HEIGHT = 20, END = 24 };
    bool first = head.n >= END && str_eq(str_sub(head, 12, 4), STR("IHDR"));
    return first && side_fits(number(head, WIDTH, 4), number(head, HEIGHT, 4));
}

/* Start of a frame: C0 … CF but for the tables C4, C8, CC (Source: ISO/IEC 10918-1 table B.1). */
static bool is_frame(unsigned mark) { return mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc; }

static bool jpeg_fits(Str head) {
    for (size_t at = 2; at + 9 <= head.n;) {
        unsigned mark = (unsigned char)head.p[at + 1];
        if ((unsigned char)head.p[at] != 0xff) return false;
        if (mark == 0xff) { /* filling */
            at++;
            continue;
        }
        if (is_frame(mark)) return side_fits(number(head, at + 7, 2), number(head, at + 5, 2));
        int64_t length = number(head, at + 2, 2);
        if (length < 2 || mark == 0xd9 || mark == 0xda) return false;
        at += 2 + (size_t)length;
    }
    return false;
}

bool case_sniff_fits(Str type, Str head) {
    if (str_is(type, "image/png")) return png_fits(head);
    return str_is(type, "image/jpeg") ? jpeg_fits(head) : true;
}
