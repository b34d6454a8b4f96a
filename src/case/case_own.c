/* Papers of a case in the hands of those who may hand them over: the applicant, who knows the code and has shown who he is,
 * and staff for him. His own papers go out to him only with the line that says so. */
#include "case/case_in.h"

Str case_own_key(Str id, Str code, Arena *a) { return code.n > 0 ? code : str_join2(a, STR("case/"), id); }

static bool read_own(CaseHouse *h, CaseRecord *r, Str key, Arena *a, CaseOwn *out, Err *err) {
    CaseStory story;
    const Pack *pack = case_pack_of(h, r);
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    TRY(case_read_story(h, pack, a, r, &story, err));
    *out = (CaseOwn){.key = key, .pack = pack, .asked = value_get_bool(case_acts(pack, r, a), "supply", false), .files = story.files};
    return true;
}

static bool read_proved(CaseHouse *h, Str code, Str proof, int64_t now_us, Arena *a, CaseRecord *r, Err *err) {
    TRY(case_by_code(h, code, a, r, err));
    return case_prove(h, case_pack_of(h, r), r, proof, now_us, a, err);
}

bool case_own(CaseHouse *h, Str code, Str proof, int64_t now_us, Arena *a, CaseOwn *out, Err *err) {
    assert(h && a && out);
    CaseRecord r;
    TRY(read_proved(h, code, proof, now_us, a, &r, err));
    return read_own(h, &r, r.code, a, out, err);
}

bool case_own_staff(CaseHouse *h, const AccessWho *who, Str id, Arena *a, CaseOwn *out, Err *err) {
    assert(h && who && a && out);
    CaseRecord r;
    TRY(case_read_for(h, who, ACCESS_CASE_DECIDE, id, a, &r, err));
    return read_own(h, &r, case_own_key(r.id, STR(""), a), a, out, err);
}

bool case_own_file(CaseHouse *h, Str code, Str proof, int64_t no, int64_t now_us, Arena *a, CaseFile *out, Err *err) {
    assert(h && a && out);
    CaseRecord r;
    CaseOwn own;
    TRY(read_proved(h, code, proof, now_us, a, &r, err));
    TRY(read_own(h, &r, r.code, a, &own, err));
    AccessWho himself = {.user = STR("applicant"), .role = STR("applicant"), .office = r.office};
    return case_file_handed(h, &himself, &r, own.files, no, STR("own"), now_us, a, out, err);
}
