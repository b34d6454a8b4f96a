/* How long an application that nobody hands in is kept, and how many papers it may hold: the authority says so for all
 * its services, a service for itself. It keeps nothing and deletes nothing: room case does. */
#include "pack/pack_in.h"

enum { DAYS_MAX = 365, FILES_MAX = 100 };
static const int64_t BYTES_MAX = INT64_C(1) << 30;
static const PackKey DRAFTS[] = {{"days", PACK_ANY, true}, {"files", PACK_ANY, true}, {"bytes", PACK_ANY, true}};

static void read_member(PackCompile *c, Str file, Value drafts, const char *key, int64_t most, int64_t *out) {
    Value v;
    int64_t n;
    if (!value_find(drafts, str_of(key), &v)) return;
    if (value_to_int(v, &n) && n >= 1 && n <= most) *out = n;
    else pack_fault(c, file, pack_at(c->a, STR("/drafts"), str_of(key)), "This must be a whole number from 1 to %lld.", (long long)most);
}

static void read_drafts(PackCompile *c, Str file, Value json, PackDrafts *out) {
    Value drafts;
    if (!value_find(json, STR("drafts"), &drafts)) return;
    if (!pack_shape(c, file, STR("/drafts"), drafts, DRAFTS, COUNT_OF(DRAFTS))) return;
    read_member(c, file, drafts, "days", DAYS_MAX, &out->days);
    read_member(c, file, drafts, "files", FILES_MAX, &out->files);
    read_member(c, file, drafts, "bytes", BYTES_MAX, &out->bytes);
}

void pack_load_drafts(PackCompile *c) {
    c->pack->drafts = (PackDrafts){.days = 30, .files = 20, .bytes = 64 << 20};
    read_drafts(c, STR("authority.json"), c->pack->authority, &c->pack->drafts);
    read_drafts(c, STR("pack.json"), c->pack->json, &c->pack->drafts);
}
