/* Scopes and roles as data: a scope is one right with a name, a role a bundle of them. No role can do everything: who
 * manages the system reads no case, who reads all of them decides none. */
#include "access/access_in.h"

typedef struct Scope { /* one right that can be granted */
    AccessRight right;
    const char *name, *zh, *en;
} Scope;
static const Scope scopes[] = {
    {ACCESS_CASE_CREATE, "case.create", "登记办件", "register cases"},
    {ACCESS_CASE_READ, "case.read", "查看办件", "read cases"},
    {ACCESS_CASE_DECIDE, "case.decide", "办理和决定", "handle and decide cases"},
    {ACCESS_CASE_MOVE, "case.move", "延期、改派环节", "extend deadlines and move cases in their process"},
    {ACCESS_CASE_MIGRATE, "case.migrate", "办件转用新版本", "let cases go on under another version"},
    {ACCESS_STUCK, "case.stuck", "处理停滞的办件", "have tried again what stands still"},
    {ACCESS_RATINGS, "ratings", "查看好差评", "see and follow up ratings"},
    {ACCESS_TICKET_SERVE, "ticket.serve", "窗口叫号", "call and serve tickets"},
    {ACCESS_CASH, "cash", "收费", "take fees"},
    {ACCESS_BOARD, "board", "值班看板、改派", "see the board and give cases to others"},
    {ACCESS_DESK_ADMIN, "desk.admin", "设置队列和开放时间", "set queues and opening hours"},
    {ACCESS_USER_ADMIN, "user.admin", "管理单位和用户", "manage offices and users"},
    {ACCESS_PACK_ADMIN, "pack.admin", "管理事项版本和日历", "manage versions of services and calendars"},
    {ACCESS_ADMIN, "system.admin", "系统管理", "manage the system"},
};

enum {
    CREATE = 1u << ACCESS_CASE_CREATE,
    READ = 1u << ACCESS_CASE_READ,
    DECIDE = 1u << ACCESS_CASE_DECIDE,
    MOVE = 1u << ACCESS_CASE_MOVE,
    MIGRATE = 1u << ACCESS_CASE_MIGRATE,
    STUCK = 1u << ACCESS_STUCK,
    RATINGS = 1u << ACCESS_RATINGS,
    SERVE = 1u << ACCESS_TICKET_SERVE,
    CASH = 1u << ACCESS_CASH,
    BOARD = 1u << ACCESS_BOARD,
    DESK_ADMIN = 1u << ACCESS_DESK_ADMIN,
    USER_ADMIN = 1u << ACCESS_USER_ADMIN,
    PACK_ADMIN = 1u << ACCESS_PACK_ADMIN,
    ADMIN = 1u << ACCESS_ADMIN,
};
static const AccessRole roles[] = {
    {"clerk", "窗口人员", "clerk", CREATE | READ | DECIDE | SERVE | CASH, ACCESS_REACH_OWN},
    {"officer", "经办人员", "officer", CREATE | READ | DECIDE | SERVE | CASH, ACCESS_REACH_OWN},
    {"supervisor", "值班主任", "supervisor", READ | DECIDE | MOVE | MIGRATE | STUCK | RATINGS | BOARD, ACCESS_REACH_BELOW},
    {"legal", "法制人员", "legal officer", READ | MIGRATE, ACCESS_REACH_ALL},
    {"admin", "管理员", "administrator", ADMIN | DESK_ADMIN | USER_ADMIN | PACK_ADMIN | STUCK, ACCESS_REACH_BELOW},
};

const AccessRole *access_role(Str name) {
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (str_is(name, roles[i].name)) return &roles[i];
    return NULL;
}

bool access_rights_of(Str what, unsigned *rights) {
    const AccessRole *role = access_role(what);
    if (role) *rights = role->rights;
    for (size_t i = 0; i < COUNT_OF(scopes) && !role; i++) {
        if (!str_is(what, scopes[i].name)) continue;
        *rights = 1u << scopes[i].right;
        return true;
    }
    return role != NULL;
}

const char *access_right_name(AccessRight right) {
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (scopes[i].right == right) return scopes[i].name;
    return right == ACCESS_PUBLIC ? "public" : "signed-in";
}

static Value named(Arena *a, const char *id, const char *zh, const char *en) {
    ValueBuild b = {.a = a};
    build_c(&b, "id", value_c(id));
    build_c(&b, "zh", value_c(zh));
    build_c(&b, "en", value_c(en));
    return build_ctx(&b);
}

static Value scopes_of(unsigned rights, Arena *a) {
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < COUNT_OF(scopes); i++)
        if (rights & 1u << scopes[i].right) build_item(&list, named(a, scopes[i].name, scopes[i].zh, scopes[i].en));
    return build_list(&list);
}

Value access_scope_list(Arena *a) {
    assert(a);
    return scopes_of(~0u, a);
}

Value access_role_list(Arena *a) {
    assert(a);
    static const char *const reaches[] = {"own", "below", "all"};
    ValueBuild list = {.a = a};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        Value one = named(a, roles[i].name, roles[i].zh, roles[i].en);
        one = value_with(a, one, STR("reach"), value_c(reaches[roles[i].reach]));
        build_item(&list, value_with(a, one, STR("scopes"), scopes_of(roles[i].rights, a)));
    }
    return build_list(&list);
}
