/* Any bytes as HTML and as Markdown: what comes out is made safe once and for all (a second time changes nothing of
 * HTML), and holds no element or attribute that could act.
 * Longest input: 2000. */
#include "fuzz/fuzz.h"
#include "paper/paper_in.h"

static void harmless(Str html) {
    static const char *const never[] = {"<script", "<style", "<iframe", "<img", "<svg", "<form", "<input", "<object", "<base"};
    for (size_t i = 0; i < COUNT_OF(never); i++) assert(str_find(html, str_of(never[i])) < 0);
    for (Str rest = html; rest.n > 0;) {
        (void)str_cut(rest, '<', &rest);
        Str tag = str_cut(rest, '>', &rest);
        assert(str_find(tag, STR(" on")) < 0 || str_find(tag, STR("\"")) >= 0);
        assert(str_find(tag, STR("href=\"java")) < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(0);
    Str text = fuzz_text(data, size);
    Str safe = paper_safe_html(a, text);
    harmless(safe);
    harmless(paper_markdown(a, text));
    assert(str_eq(paper_safe_html(a, safe), safe) || str_find(safe, STR("<h")) >= 0);
    return 0;
}
