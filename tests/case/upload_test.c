/* Papers handed over in pieces, on the real store: continued where they stopped, told by their content, kept once, part of
 * the case that takes them and gone with the draft that nobody hands in. */
#include "bench.h"

#include "case/case_in.h"

static const int64_t DAY_US = 86400000000;
static const char answers[] =
    "{\"applicantType\":\"resident\",\"personName\":\"岩温\",\"personId\":\"532801199001011234\",\"phone\":\"13800000000\","
    "\"term\":\"6\",\"validTo\":\"2027-01-10\",\"fullMarks\":\"no\",\"carClass\":\"ordinary\",\"issuedHere\":\"yes\"}";

static int set_up(void **state) {
    *state = service_bench("licence-renewal");
    return 0;
}

static CaseDraft begun(Bench *b) {
    CaseDraft d;
    Err err = {0};
    uint8_t seed[32] = {0};
    seed[12] = (uint8_t)++b->turn;
    must(case_draft_open(b->house, STR("licence-renewal"), STR(""), json(b, answers), seed, NOON_US, b->a, &d, &err), &err);
    return d;
}

/* A JPEG's head of the given size in pixels, and n bytes in all. */
static Str picture(Bench *b, size_t n, unsigned w, unsigned h) {
    static const unsigned char head[] = {0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8};
    char *p = arena_alloc(b->a, n);
    memset(p, 7, n);
    memcpy(p, head, sizeof head);
    p[13] = (char)(h >> 8), p[14] = (char)h, p[15] = (char)(w >> 8), p[16] = (char)w;
    return (Str){p, n};
}

static bool begin(Bench *b, const CaseDraft *d, const char *name, const char *type, int64_t size, CaseUpload *out, Err *err) {
    uint8_t seed[32] = {(uint8_t)++b->turn, 5};
    CaseUpload wanted = {.evidence = STR("id-resident"), .name = str_of(name), .type = str_of(type), .size = size, .blob = STR("")};
    return case_upload_begin(b->house, d->pack, d->code, &wanted, seed, NOON_US, b->a, out, err);
}

static bool piece(Bench *b, const CaseDraft *d, CaseUpload *u, int64_t at, Str bytes, Err *err) {
    return case_upload_piece(b->house, d->pack, d->code, u->id, at, bytes, b->a, u, err);
}

static CaseUpload sent(Bench *b, const CaseDraft *d, Str bytes) {
    CaseUpload u;
    Err err = {0};
    must(begin(b, d, "a.jpg", "image/jpeg", (int64_t)bytes.n, &u, &err), &err);
    for (size_t at = 0; at < bytes.n; at += CASE_PIECE_MAX) must(piece(b, d, &u, (int64_t)at, str_sub(bytes, at, CASE_PIECE_MAX), &err), &err);
    return u;
}

static bool kept(Bench *b, Str blob) {
    Err err = {0};
    Str bytes;
    return case_file_read(b->house, blob, b->a, &bytes, &err);
}

static void test_it_goes_on_where_it_stopped(void **state) {
    Bench *b = *state;
    CaseDraft d = begun(b), other = begun(b);
    CaseUpload u, seen;
    Err err = {0};
    Str bytes = picture(b, 3 * CASE_PIECE_MIN + 10, 100, 100), back;
    must(begin(b, &d, "C:\\照片\\\xe2\x80\xaegpj.exe", "", (int64_t)bytes.n, &u, &err), &err);
    assert_true(str_is(u.name, "gpj.exe")); /* without its folder, and the right way round */
    must(piece(b, &d, &u, 0, str_sub(bytes, 0, 2 * CASE_PIECE_MIN), &err), &err);
    assert_true(str_is(u.type, "image/jpeg"));
    assert_false(piece(b, &d, &u, 0, str_sub(bytes, 0, CASE_PIECE_MIN), &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_false(case_upload_get(b->house, other.code, u.id, b->a, &seen, &err)); /* nobody else's */
    must(case_upload_get(b->house, d.code, u.id, b->a, &seen, &err), &err);
    assert_int_equal(seen.have, 2 * CASE_PIECE_MIN);
    assert_false(piece(b, &d, &u, seen.have, str_sub(bytes, 0, CASE_PIECE_MIN - 1), &err)); /* neither large nor the last */
    must(piece(b, &d, &u, seen.have, str_sub(bytes, 2 * CASE_PIECE_MIN, bytes.n), &err), &err);
    assert_int_equal(u.blob.n, 64);
    must(case_file_read(b->house, u.blob, b->a, &back, &err), &err);
    assert_true(str_eq(back, bytes));
}

static void test_equal_papers_are_kept_once_and_go_with_the_last(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d = begun(b), e = begun(b);
    CaseUpload x = sent(b, &d, picture(b, 9000, 10, 10)), y = sent(b, &e, picture(b, 9000, 10, 10));
    assert_true(str_eq(x.blob, y.blob) && x.place == y.place);
    must(case_upload_drop(b->house, d.code, x.id, b->a, &err), &err);
    assert_true(kept(b, y.blob));
    must(case_tick(b->house, NOON_US + d.pack->drafts.days * DAY_US, &err), &err);
    assert_false(kept(b, y.blob));
}

static void test_what_is_not_taken(void **state) {
    Bench *b = *state;
    CaseDraft d = begun(b);
    static const struct { const char *type, *bytes; } wrong[] = {
        {"image/jpeg", "\x89PNG\r\n\x1a\n...."}, {"", "PK\003\004 an archive"}, {"application/pdf", "<html><script>"}, {"", "GIF89a"}, {"image/png", "x"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Err err = {0};
        CaseUpload u;
        Str bytes = str_of(wrong[i].bytes);
        must(begin(b, &d, "a", wrong[i].type, (int64_t)bytes.n, &u, &err), &err);
        assert_false(piece(b, &d, &u, 0, bytes, &err));
        assert_true(err.code == ERR_INVALID && str_is(str_of(err.element), "type"));
        assert_false(case_upload_get(b->house, d.code, u.id, b->a, &u, &err)); /* nothing of it stays */
    }
    Err err = {0};
    CaseUpload u;
    assert_false(begin(b, &d, "a", "", CASE_UPLOAD_MAX + 1, &u, &err));
    assert_true(err.code == ERR_INVALID && str_is(str_of(err.element), "size"));
    assert_false(begin(b, &d, "a", "image/gif", 10, &u, &err));
    assert_false(begin(b, &d, "a", "", 0, &u, &err));
    must(begin(b, &d, "a", "", CASE_UPLOAD_MAX, &u, &err), &err);
}

static void test_a_picture_that_no_camera_makes(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d = begun(b);
    CaseUpload u;
    Str bomb = picture(b, 200, 60000, 60000);
    must(begin(b, &d, "a.jpg", "", (int64_t)bomb.n, &u, &err), &err);
    assert_false(piece(b, &d, &u, 0, bomb, &err));
    assert_true(str_is(str_of(err.element), "type"));
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\x06\0\0\0";
    assert_false(case_sniff_fits(STR("image/png"), (Str){png, sizeof png - 1}));
    assert_false(case_sniff_fits(STR("image/jpeg"), STR("\xff\xd8\xff\xe0\0\1")));
    assert_false(case_sniff_fits(STR("image/jpeg"), STR("\xff\xd8\xff\xff\xff\xff\xff\xff\xff\xff\xff")));
}

static void test_what_was_announced_must_come(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseDraft d = begun(b);
    CaseUpload u, wanted = {.evidence = STR("id-resident"), .name = STR("a"), .type = STR(""), .size = 500,
                            .blob = STR("0000000000000000000000000000000000000000000000000000000000000000")};
    uint8_t seed[32] = {77};
    must(case_upload_begin(b->house, d.pack, d.code, &wanted, seed, NOON_US, b->a, &u, &err), &err);
    assert_false(piece(b, &d, &u, 0, picture(b, 500, 9, 9), &err));
    assert_true(str_is(str_of(err.element), "blob"));
}

static void test_too_many(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseUpload u;
    CaseDraft d = begun(b);
    for (int i = 0; i < 6; i++) must(begin(b, &d, "a", "", CASE_UPLOAD_MAX, &u, &err), &err);
    assert_false(begin(b, &d, "a", "", CASE_UPLOAD_MAX, &u, &err)); /* the seventh would be more than 64 MiB */
    assert_int_equal(err.code, ERR_LIMIT);
    for (int i = 0; i < d.pack->drafts.files - 6; i++) must(begin(b, &d, "a", "", 10, &u, &err), &err);
    assert_false(begin(b, &d, "a", "", 10, &u, &err));
}

static void test_the_case_takes_them_and_looks_are_logged(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r;
    CaseFile file;
    Value view;
    uint8_t seed[32] = {3};
    AccessWho wang = {.user = STR("wang"), .name = STR("wang"), .office = STR("demo-county"), .role = STR("clerk")};
    AccessWho zhao = {.user = STR("zhao"), .name = STR("zhao"), .office = STR("second-county"), .role = STR("clerk")};
    CaseDraft d = begun(b);
    CaseUpload u = sent(b, &d, picture(b, CASE_PIECE_MAX + 5, 50, 50));
    d.office = STR("demo-county");
    must(case_draft_submit(b->house, &d, NOON_US, OFFSET, seed, b->a, &r, &err), &err);
    must(case_tick(b->house, NOON_US + 2 * CASE_UPLOAD_DAYS * DAY_US, &err), &err);
    assert_true(kept(b, u.blob)); /* the case holds it now */
    must(case_file(b->house, &wang, r.id, 1, STR("evidence"), NOON_US, b->a, &file, &err), &err);
    assert_true(file.bytes.n == CASE_PIECE_MAX + 5 && str_is(file.type, "image/jpeg") && str_is(file.evidence, "id-resident"));
    assert_false(case_file(b->house, &wang, r.id, 2, STR("evidence"), NOON_US, b->a, &file, &err));
    assert_false(case_file(b->house, &zhao, r.id, 1, STR("evidence"), NOON_US, b->a, &file, &err));
    must(case_track(b->house, r.tracking_code, NOON_US, b->a, &view, &err), &err);
    Value lookers = value_get(view, "lookers");
    assert_true(lookers.size > 0 && str_is(value_get_str(lookers.u.list[lookers.size - 1], "purpose"), "evidence"));
}

/* ---- what verify finds --------------------------------------------------------------------------------------------- */

static const StoreSchema hand = {
    "hand", STR_INIT("-- what somebody, or a failing disk, could do to the papers\n"
                     "-- statement hand_parts\nupdate store_part set bytes = (select hash from store_head);\n"
                     "-- statement hand_blobs\nupdate store_blob set hash = (select hash from store_head) where id = (select min(id) from store_blob where size < 20000);\n")};

static void by_hand(Bench *b, const char *what) {
    StoreSchema schemas[] = {access_schema, case_schema, hand};
    StoreBatch *batch = store_batch(b->a);
    Err err = {0};
    store_close(b->store);
    must(store_open((StoreOptions){.dir = fixture_place(b->a, b->dir)}, schemas, COUNT_OF(schemas), &b->store, &err), &err);
    store_add(batch, store_statement(b->store, what), NULL, 0);
    must(store_commit(b->store, batch, &err), &err);
}

static void heard(void *who, int64_t bytes, int64_t all) {
    assert_true(bytes <= all);
    *(int64_t *)who = bytes;
}

static CasePapers checked(Bench *b) {
    Err err = {0};
    CasePapers papers;
    int64_t bytes = 0;
    must(case_papers_check(b->store, heard, &bytes, b->a, &papers, &err), &err);
    assert_int_equal(bytes, papers.bytes);
    return papers;
}

static bool told(Value list, Str case_id, const char *what) {
    for (uint32_t i = 0; i < list.size; i++)
        if (str_eq(value_get_str(list.u.list[i], "case"), case_id) && str_is(value_get_str(list.u.list[i], "what"), what)) return true;
    return false;
}

static void test_damage_is_found_and_named_with_its_case(void **state) {
    Bench *b = *state;
    Err err = {0};
    CaseReply r;
    uint8_t seed[32] = {4};
    CaseDraft d = begun(b), open = begun(b);
    (void)sent(b, &d, picture(b, 9000, 10, 10));
    (void)sent(b, &open, picture(b, 30000, 10, 10));
    d.office = STR("demo-county");
    must(case_draft_submit(b->house, &d, NOON_US, OFFSET, seed, b->a, &r, &err), &err);
    CasePapers good = checked(b);
    assert_true(good.papers == 2 && good.bytes == 39000 && good.damaged == 0 && good.list.size == 0);
    by_hand(b, "hand_parts");
    CasePapers bad = checked(b);
    assert_true(bad.papers == 2 && bad.damaged == 2);
    assert_true(told(bad.list, r.id, "changed") && told(bad.list, STR(""), "changed"));
    Value first = bad.list.u.list[0];
    assert_true(str_is(value_get_str(first, "evidence"), "id-resident") && str_is(value_get_str(first, "name"), "a.jpg") && value_get_str(first, "blob").n == 64);
    by_hand(b, "hand_blobs");
    assert_true(told(checked(b).list, r.id, "missing"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_goes_on_where_it_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_equal_papers_are_kept_once_and_go_with_the_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_picture_that_no_camera_makes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_announced_must_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_case_takes_them_and_looks_are_logged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage_is_found_and_named_with_its_case, set_up, tear_down),
    };
    fixture_need_store();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
