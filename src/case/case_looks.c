/* Who looked at a case: the lines of room access and, since whoever acts has looked, the case's own events. Staff are
 * counted here and never named to a resident. */
#include "case/case_in.h"

static bool same_act(const StoreEvent *x, const StoreEvent *y) { return x->at_us == y->at_us && str_eq(x->actor, y->actor); }

/* The acts in the case's events, newest first; a command is one look, however many events it has. */
static size_t acts_of(const CaseStory *story, AccessLook *out) {
    size_t n = 0;
    for (size_t i = story->events.n; i > 0; i--) {
        const StoreEvent *e = &story->events.items[i - 1];
        AccessWho who;
        bool first = i == 1 || !same_act(e, e - 1);
        if (!first || !access_actor_read(e->actor, &who)) continue;
        out[n++] = (AccessLook){e->at_us, who.user, who.office, who.role, str_is(e->kind, "created") ? STR("register") : STR("decide")};
    }
    return n;
}

bool case_looks(CaseHouse *h, Str id, const CaseStory *story, Arena *a, AccessLooks *out, Err *err) {
    AccessLooks lines, all = {0};
    AccessLook *acts = NEW_ARRAY(a, AccessLook, story->events.n + 1);
    TRY(access_looks(h->store, id, a, &lines, err));
    size_t n_acts = acts_of(story, acts), i = 0, k = 0;
    all.items = NEW_ARRAY(a, AccessLook, lines.n + n_acts);
    while (i < lines.n || k < n_acts) {
        bool line = k == n_acts || (i < lines.n && lines.items[i].at_us >= acts[k].at_us);
        all.items[all.n++] = line ? lines.items[i++] : acts[k++];
    }
    *out = all;
    return true;
}

int64_t case_others(const AccessLooks *looks, Str me, int64_t since_us) {
    int64_t count = 0;
    for (size_t i = 0; i < looks->n && looks->items[i].at_us >= since_us; i++) {
        bool seen = str_eq(looks->items[i].login, me) || str_is(looks->items[i].role, "applicant");
        for (size_t k = 0; k < i; k++) seen |= str_eq(looks->items[k].login, looks->items[i].login);
        count += !seen;
    }
    return count;
}

Value case_lookers(const Pack *pack, const AccessLooks *looks, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < looks->n; i++) {
        const AccessLook *look = &looks->items[i];
        ValueBuild b = {.a = a};
        build_c(&b, "at", case_at(a, pack, look->at_us));
        build_c(&b, "office", value_str(look->office));
        build_c(&b, "role", value_str(look->role));
        build_c(&b, "purpose", value_str(look->purpose));
        build_item(&list, build_ctx(&b));
    }
    return build_list(&list);
}
