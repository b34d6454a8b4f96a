/* Edits of the demo pack: one byte for the file, two for the place, one for how many bytes go, then up to the line's
 * end what comes there instead. The pack compiles, or there are faults that say where; one that compiles can decide.
 * Longest input: 96. */
#include "fuzz/fuzz.h"
#include "pack/pack.h"

enum { EDITS = 4 };
extern const char fuzz_pack_json[], fuzz_pack_law[], fuzz_pack_form[], fuzz_pack_process[], fuzz_pack_model[],
    fuzz_pack_letter_zh[], fuzz_pack_letter_en[], fuzz_pack_zh[], fuzz_pack_en[], fuzz_pack_cases[], fuzz_pack_replay[],
    fuzz_pack_authority[];

static const struct Part {
    const char *name, *bytes; /* in the pack's folder */
} PARTS[] = {
    {"pack.json", fuzz_pack_json},
    {"law.json", fuzz_pack_law},
    {"form.json", fuzz_pack_form},
    {"process.bpmn", fuzz_pack_process},
    {"replay.json", fuzz_pack_replay},
    {"cases.json", fuzz_pack_cases},
    {"texts/zh.json", fuzz_pack_zh},
    {"texts/en.json", fuzz_pack_en},
    {"letters/decision.zh.html", fuzz_pack_letter_zh},
    {"letters/decision.en.html", fuzz_pack_letter_en},
    {"decide.dmn", fuzz_pack_model},
};

static void edit(PackFile *files, Str line, Arena *a) {
    if (line.n < 4) return;
    const uint8_t *b = (const uint8_t *)line.p;
    Str *bytes = &files[b[0] % COUNT_OF(PARTS)].bytes;
    size_t at = bytes->n ? ((size_t)b[1] << 8 | b[2]) % bytes->n : 0;
    Str head = str_sub(*bytes, 0, at), tail = str_sub(*bytes, at + b[3], bytes->n);
    *bytes = str_join2(a, str_join2(a, head, str_sub(line, 4, line.n)), tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = fuzz_arena(256 << 20);
    PackFile files[COUNT_OF(PARTS)];
    Value authority;
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) files[i] = (PackFile){str_of(PARTS[i].name), str_of(PARTS[i].bytes)};
    Str rest = fuzz_text(data, size);
    for (int i = 0; i < EDITS && rest.n > 0; i++) edit(files, str_cut(rest, '\n', &rest), a);
    bool good = json_parse(str_of(fuzz_pack_authority), (JsonLimits){0}, a, &authority, NULL);
    assert(good);
    ErrList faults = {.a = a};
    Pack *pack = NULL;
    good = pack_compile(STR("traffic-first-violation"), files, COUNT_OF(PARTS), authority, a, &faults, &pack);
    assert(good == (pack != NULL) && good == (faults.n == 0));
    for (size_t i = 0; i < faults.n; i++) assert(faults.items[i].text[0] != '\0');
    if (!good) return 0;
    FeelRun run = {.arena = a, .fuel = 100000, .now_us = FUZZ_NOW};
    Value complete;
    PackProposal proposal;
    if (pack_complete(pack, value_ctx(NULL, 0), &run, &complete, NULL))
        (void)!pack_propose(pack, complete, STR(""), &run, &proposal, NULL);
    return 0;
}
