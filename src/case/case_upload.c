/* Papers on their way: begun, continued where a lost line left them, complete. Their bytes are a blob of the store, never
 * whole in memory here; what they are is told by their content. They become part of a case with the command that takes
 * them, or go with the code they belong to. */
#include "case/case_in.h"

#include <sodium.h>
#include <string.h>

static const int64_t DAY_US = 86400000000;
enum { NAME_CHARACTERS = 100, HEAD = STORE_PART_MAX, DROP_AT_ONCE = 100, HASH = 32 };

void case_upload_statements(CaseHouse *h) {
    const struct {
        int *slot;
        const char *name;
    } statements[] = {
        {&h->upload_add, "case_upload_add"},   {&h->upload_get, "case_upload_get"},   {&h->upload_list, "case_upload_list"},
        {&h->upload_type, "case_upload_type"}, {&h->upload_done, "case_upload_done"}, {&h->upload_drop, "case_upload_drop"},
        {&h->upload_due, "case_upload_due"},
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) *statements[i].slot = store_statement(h->store, statements[i].name);
}

static bool refuse(ErrCode code, const char *element, const char *text, Err *err) {
    err_set(err, code, "case", "%s", text);
    err_element(err, str_of(element));
    return false;
}

/* ---- what may be handed over ------------------------------------------------------------------------------------ */

static bool evidence_of(const Pack *pack, Str id, Value *out) {
    Value kinds = value_get(pack->json, "evidence");
    for (uint32_t i = 0; kinds.kind == VALUE_LIST && i < kinds.size; i++) {
        *out = kinds.u.list[i];
        if (id.n > 0 && str_eq(value_get_str(*out, "id"), id)) return true;
    }
    return false;
}

static bool accepts(Value evidence, Str type) {
    Value accept = value_get(evidence, "accept");
    for (uint32_t i = 0; accept.kind == VALUE_LIST && i < accept.size; i++)
        if (str_eq(value_text(accept.u.list[i]), type)) return true;
    return false;
}

int64_t case_upload_most(const Pack *pack, Str id) {
    Value evidence;
    assert(pack);
    int64_t most = evidence_of(pack, id, &evidence) ? value_get_int(evidence, "max_bytes", CASE_UPLOAD_MAX) : CASE_UPLOAD_MAX;
    return most < CASE_UPLOAD_MAX ? most : CASE_UPLOAD_MAX;
}

static bool check_wanted(const Pack *pack, const CaseUpload *w, Err *err) {
    Value evidence;
    if (!evidence_of(pack, w->evidence, &evidence)) return refuse(ERR_INVALID, "evidence", "the service does not ask for this paper", err);
    if (w->type.n > 0 && !accepts(evidence, w->type)) return refuse(ERR_INVALID, "type", "this kind of file is not taken for this paper", err);
    if (w->size <= 0) return refuse(ERR_INVALID, "size", "the file is empty", err);
    return w->size <= case_upload_most(pack, w->evidence) || refuse(ERR_INVALID, "size", "the file is too large", err);
}

/* What would turn round the text beside it, or is no character to be seen. */
static bool is_unseen(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static size_t character(Str s, size_t at, uint32_t *c) {
    unsigned char first = (unsigned char)s.p[at];
    size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    *c = n == 1 ? first : first & (0xff >> (n + 1));
    for (size_t i = 1; i < n && at + i < s.n; i++) *c = *c << 6 | ((unsigned char)s.p[at + i] & 0x3f);
    return n;
}

/* The last part of a path, without what is unseen, cut to a readable length. */
static Str harmless(Str name, Arena *a) {
    Buf b = {.a = a};
    size_t from = 0, seen = 0;
    if (!utf8_valid(name)) return STR("file");
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\') from = i + 1;
    for (size_t at = from, n; at < name.n && seen < NAME_CHARACTERS; at += n) {
        uint32_t c;
        n = character(name, at, &c);
        if (is_unseen(c)) continue;
        buf_add(&b, str_sub(name, at, n));
        seen++;
    }
    return b.n > 0 ? buf_str(&b) : STR("file");
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static Str id_text(Arena *a, int64_t id) { return store_id_text(a, id); }

static CaseUpload row_upload(const StoreArg *c, Arena *a) {
    return (CaseUpload){.id = id_text(a, c[0].i), .evidence = c[1].s, .name = c[2].s, .type = c[3].s, .blob = c[6].s.n > 0 ? c[6].s : STR(""),
                        .size = c[4].i, .have = c[8].i, .place = c[7].i};
}

/* The number of whoever the papers belong to: of a draft's or a case's code, or of a case in the hands of staff. */
static bool owner_of(Str key, int64_t *owner) {
    uint8_t hash[STORE_SHA256];
    if (!str_starts(key, STR("case/"))) return case_draft_id(key, owner);
    store_sha256(key, hash);
    memcpy(owner, hash, sizeof *owner);
    *owner &= INT64_MAX;
    return true;
}

/* told: the hash that was announced. */
static bool read_upload(CaseHouse *h, Str code, Str id, Arena *a, CaseUpload *out, Str *told, Err *err) {
    int64_t owner, number;
    StoreRows rows;
    if (!owner_of(code, &owner) || !store_id_read(id, &number)) return err_set(err, ERR_NOT_FOUND, "case", "no such upload");
    TRY(store_query(h->store, h->upload_get, (StoreArg[]){store_int(owner), store_int(number)}, 2, a, &rows, err));
    if (rows.n == 0) return err_set(err, ERR_NOT_FOUND, "case", "no such upload");
    *out = row_upload(rows.cells, a);
    if (told) *told = rows.cells[5].s;
    return true;
}

bool case_upload_get(CaseHouse *h, Str code, Str id, Arena *a, CaseUpload *out, Err *err) {
    assert(h && a && out);
    return read_upload(h, code, id, a, out, NULL, err);
}

bool case_upload_list(CaseHouse *h, Str code, Arena *a, CaseUploads *out, Err *err) {
    assert(h && a && out);
    int64_t owner;
    StoreRows rows;
    if (!owner_of(code, &owner)) return err_set(err, ERR_INPUT, "case", "this is no code");
    TRY(store_query(h->store, h->upload_list, (StoreArg[]){store_int(owner)}, 1, a, &rows, err));
    *out = (CaseUploads){NEW_ARRAY(a, CaseUpload, rows.n + 1), rows.n};
    for (size_t i = 0; i < rows.n; i++) out->items[i] = row_upload(rows.cells + i * rows.columns, a);
    return true;
}

/* ---- the way of one ------------------------------------------------------------------------------------------------ */

static bool check_quota(CaseHouse *h, const Pack *pack, Str code, int64_t more, Arena *a, Err *err) {
    CaseUploads all;
    int64_t bytes = more;
    TRY(case_upload_list(h, code, a, &all, err));
    for (size_t i = 0; i < all.n; i++) bytes += all.items[i].size;
    return ((int64_t)all.n < pack->drafts.files && bytes <= pack->drafts.bytes) || refuse(ERR_LIMIT, "size", "these are too many files, or too large together", err);
}

bool case_upload_begin(CaseHouse *h, const Pack *pack, Str code, const CaseUpload *wanted, const uint8_t seed[32], int64_t now_us, Arena *a, CaseUpload *out, Err *err) {
    assert(h && pack && wanted && seed && a && out);
    int64_t owner, id;
    if (!owner_of(code, &owner)) return err_set(err, ERR_INPUT, "case", "this is no code");
    TRY(check_wanted(pack, wanted, err));
    TRY(check_quota(h, pack, code, wanted->size, a, err));
    memcpy(&id, seed, sizeof id);
    id &= INT64_MAX;
    if (id == 0) id = 1;
    CaseUpload u = {.id = id_text(a, id), .evidence = wanted->evidence, .name = harmless(wanted->name, a), .type = wanted->type,
                    .blob = STR(""), .size = wanted->size, .place = id};
    StoreBatch *b = store_batch(a);
    store_blob_begin(h->store, b, id);
    store_add(b, h->upload_add, (StoreArg[]){store_int(id), store_int(owner), store_text(u.evidence), store_text(u.name), store_text(u.type),
              store_int(u.size), store_text(wanted->blob), store_int(now_us)}, 8);
    TRY(store_commit(h->store, b, err));
    *out = u;
    return true;
}

static StoreArg id_arg(const CaseUpload *u) {
    int64_t id = 0;
    bool known = store_id_read(u->id, &id);
    assert(known);
    return store_int(id);
}

static bool drop(CaseHouse *h, const CaseUpload *u, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    store_expect(b, h->upload_drop, (StoreArg[]){id_arg(u)}, 1, 1);
    store_blob_drop(h->store, b, u->place);
    return store_commit(h->store, b, err);
}

bool case_upload_drop(CaseHouse *h, Str code, Str id, Arena *a, Err *err) {
    CaseUpload u;
    TRY(case_upload_get(h, code, id, a, &u, err));
    return drop(h, &u, a, err);
}

/* It is not what it says: nothing of it stays. */
static bool reject(CaseHouse *h, const CaseUpload *u, Arena *a, const char *element, const char *text, Err *err) {
    TRY(drop(h, u, a, err));
    return refuse(ERR_INVALID, element, text, err);
}

static bool check_head(CaseHouse *h, const Pack *pack, CaseUpload *u, Str bytes, Arena *a, Err *err) {
    Value evidence;
    Str found = case_sniff(bytes);
    bool taken = found.n > 0 && evidence_of(pack, u->evidence, &evidence) && accepts(evidence, found);
    if (!taken || (u->type.n > 0 && !str_eq(u->type, found))) return reject(h, u, a, "type", "the content is not of a kind that is taken for this paper", err);
    u->type = found;
    return true;
}

/* The first bytes, as far as a picture's size can stand. */
static bool read_head(CaseHouse *h, const CaseUpload *u, Arena *a, Str *out, Err *err) {
    Buf b = {.a = a};
    for (Str part = STR("x"); part.n > 0 && b.n < HEAD;) {
        TRY(store_blob_part(h->store, u->place, (int64_t)b.n, a, &part, err));
        buf_add(&b, part);
    }
    *out = buf_str(&b);
    return true;
}

static Str hex_of(const uint8_t hash[HASH], Arena *a) {
    char *text = arena_alloc(a, 2 * HASH + 1);
    sodium_bin2hex(text, 2 * HASH + 1, hash, HASH);
    return (Str){text, 2 * HASH};
}

static bool complete(CaseHouse *h, CaseUpload *u, Str told, Arena *a, Err *err) {
    StoreBlob blob;
    Str head;
    TRY(read_head(h, u, a, &head, err));
    if (!case_sniff_fits(u->type, head)) return reject(h, u, a, "type", "the picture cannot be read, or is larger than any camera makes", err);
    TRY(store_blob_get(h->store, u->place, a, &blob, err));
    TRY(store_blob_hash(h->store, &blob, blob.hash, err));
    Str hash = hex_of(blob.hash, a);
    if (told.n > 0 && !str_eq(told, hash)) return reject(h, u, a, "blob", "the bytes are not those that were announced", err);
    Err trouble = {0};
    for (int turn = 0; turn < 2; turn++) { /* an equal one may be sealed at the same moment */
        int64_t kept;
        StoreBatch *b = store_batch(a);
        TRY(store_blob_seal(h->store, b, &blob, a, &kept, err));
        store_expect(b, h->upload_done, (StoreArg[]){id_arg(u), store_text(hash), store_int(kept)}, 3, 1);
        if (store_commit(h->store, b, &trouble)) {
            u->blob = hash;
            u->place = kept;
            return true;
        }
        if (trouble.code != ERR_CONFLICT) break;
    }
    if (err) *err = trouble;
    return false;
}

static bool add_bytes(CaseHouse *h, CaseUpload *u, Str bytes, Arena *a, Err *err) {
    StoreBatch *b = store_batch(a);
    store_blob_append(h->store, b, u->place, u->have, bytes);
    if (u->have == 0) store_add(b, h->upload_type, (StoreArg[]){id_arg(u), store_text(u->type)}, 2);
    TRY(store_commit(h->store, b, err));
    u->have += (int64_t)bytes.n;
    return true;
}

bool case_upload_piece(CaseHouse *h, const Pack *pack, Str code, Str id, int64_t at, Str bytes, Arena *a, CaseUpload *out, Err *err) {
    assert(h && pack && a && out);
    CaseUpload u;
    Str told;
    TRY(read_upload(h, code, id, a, &u, &told, err));
    int64_t left = u.size - u.have, n = (int64_t)bytes.n;
    if (at != u.have || u.blob.n > 0) return err_set(err, ERR_CONFLICT, "case", "the upload has %lld bytes", (long long)u.have);
    if (n > left || n > CASE_PIECE_MAX) return refuse(ERR_INVALID, "size", "the piece has more bytes than there is room for", err);
    if (n < left && n < CASE_PIECE_MIN) return refuse(ERR_INVALID, "size", "a piece but the last has at least 64 KiB", err);
    if (at == 0) TRY(check_head(h, pack, &u, bytes, a, err));
    if (n > 0) TRY(add_bytes(h, &u, bytes, a, err));
    if (u.have == u.size) TRY(complete(h, &u, told, a, err));
    *out = u;
    return true;
}

/* ---- into a case, out of the house ------------------------------------------------------------------------------ */

bool case_upload_files(CaseHouse *h, Str code, Arena *a, Value *out, Err *err) {
    CaseUploads all;
    ValueBuild list = {.a = a};
    TRY(case_upload_list(h, code, a, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        const CaseUpload *u = &all.items[i];
        ValueBuild b = {.a = a};
        if (u->blob.n == 0) continue;
        build_c(&b, "evidence", value_str(u->evidence));
        build_c(&b, "blob", value_str(u->blob));
        build_c(&b, "name", value_str(u->name));
        build_c(&b, "type", value_str(u->type));
        build_c(&b, "bytes", value_int(u->size));
        build_c(&b, "upload", value_str(u->id));
        build_item(&list, build_ctx(&b));
    }
    *out = build_list(&list);
    return true;
}

Value case_upload_kept(Value files, Arena *a) {
    ValueBuild list = {.a = a};
    for (uint32_t i = 0; i < files.size; i++) {
        Value file = files.u.list[i];
        ValueBuild b = {.a = a};
        for (uint32_t k = 0; k < file.size; k++)
            if (!str_is(file.u.ctx[k].key, "upload")) build_entry(&b, file.u.ctx[k].key, file.u.ctx[k].value);
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}

void case_upload_taken(CaseHouse *h, StoreBatch *b, Value files) {
    for (uint32_t i = 0; files.kind == VALUE_LIST && i < files.size; i++) {
        Str id = value_get_str(files.u.list[i], "upload");
        if (id.n > 0) store_expect(b, h->upload_drop, (StoreArg[]){case_id_arg(id)}, 1, 1);
    }
}

bool case_upload_drop_all(CaseHouse *h, StoreBatch *b, int64_t owner, Arena *a, Err *err) {
    StoreRows rows;
    TRY(store_query(h->store, h->upload_list, (StoreArg[]){store_int(owner)}, 1, a, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        const StoreArg *c = rows.cells + i * rows.columns;
        store_add(b, h->upload_drop, c, 1);
        store_blob_drop(h->store, b, c[7].i);
    }
    return true;
}

/* What belongs to no draft, some time after it was begun. */
bool case_upload_expire(CaseHouse *h, int64_t now_us, Arena *a, Err *err) {
    StoreRows due;
    StoreArg args[] = {store_int(now_us - CASE_UPLOAD_DAYS * DAY_US), store_int(DROP_AT_ONCE)};
    TRY(store_query(h->store, h->upload_due, args, COUNT_OF(args), a, &due, err));
    if (due.n == 0) return true;
    StoreBatch *b = store_batch(a);
    for (size_t i = 0; i < due.n; i++) {
        store_expect(b, h->upload_drop, &due.cells[i * 2], 1, 1);
        store_blob_drop(h->store, b, due.cells[i * 2 + 1].i);
    }
    Err trouble = {0};
    if (store_commit(h->store, b, &trouble) || trouble.code == ERR_CONFLICT) return true; /* another server's turn */
    if (err) *err = trouble;
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

bool case_file_read(CaseHouse *h, Str blob, Arena *a, Str *bytes, Err *err) {
    assert(h && a && bytes);
    uint8_t hash[HASH];
    size_t n = 0;
    StoreBlob found;
    if (sodium_hex2bin(hash, HASH, blob.p, blob.n, NULL, &n, NULL) != 0 || n != HASH) return err_set(err, ERR_NOT_FOUND, "case", "no such file");
    TRY(store_blob_find(h->store, hash, a, &found, err));
    Buf b = {.a = a};
    while ((int64_t)b.n < found.size) {
        Str part;
        TRY(store_blob_part(h->store, found.id, (int64_t)b.n, a, &part, err));
        if (part.n == 0) return err_set(err, ERR_IO, "case", "a part of a file is lost: run verify");
        buf_add(&b, part);
    }
    *bytes = buf_str(&b);
    return true;
}

bool case_file_handed(CaseHouse *h, const AccessWho *who, const CaseRecord *r, Value files, int64_t no, Str purpose, int64_t now_us, Arena *a, CaseFile *out, Err *err) {
    if (no < 1 || no > (int64_t)files.size) return err_set(err, ERR_NOT_FOUND, "case", "no such file");
    Value file = files.u.list[no - 1];
    StoreBatch *b = store_batch(a);
    access_line(b, who, r->id, purpose, now_us);
    TRY(store_commit(h->store, b, err));
    CaseFile f = {.evidence = value_get_str(file, "evidence"), .type = value_get_str(file, "type")};
    TRY(case_file_read(h, value_get_str(file, "blob"), a, &f.bytes, err));
    *out = f;
    return true;
}

bool case_file(CaseHouse *h, const AccessWho *who, Str case_id, int64_t no, Str purpose, int64_t now_us, Arena *a, CaseFile *out, Err *err) {
    assert(h && who && a && out);
    CaseRecord r;
    CaseStory story;
    TRY(case_read_for(h, who, ACCESS_CASE_READ, case_id, a, &r, err));
    const Pack *pack = case_pack_of(h, &r);
    if (!pack) return err_set(err, ERR_STATE, "case", "this program cannot read the case's version of the service");
    TRY(case_read_story(h, pack, a, &r, &story, err));
    return case_file_handed(h, who, &r, story.files, no, purpose, now_us, a, out, err);
}
