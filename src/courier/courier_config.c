/* The ways out, read once at start. A wrong entry stops the start with its number: an effect must not find out later
 * that nobody listens. Secrets stay in files of their own. */
#include "courier/courier_in.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ADAPTERS_MAX = 100, SECRET_MAX = 4096 };

static bool wrong(Err *err, uint32_t i, const char *what) {
    err_set(err, ERR_INVALID, "courier", "way out %u: %s", i + 1, what);
    return false;
}

static const char *path_in(const char *base, Str name, Arena *a) {
    if (name.n && name.p[0] == '/') return str_c(a, name);
    return str_c(a, str_printf(a, "%s/" STR_FMT, base, STR_ARG(name)));
}

static bool read_secret(const char *path, Arena *a, Str *out, Err *err) {
    FILE *f = fopen(path, "rb");
    if (!f) return err_set(err, ERR_IO, "courier", "the secret %s cannot be read: %s", path, strerror(errno));
    char *bytes = arena_alloc(a, SECRET_MAX);
    size_t n = fread(bytes, 1, SECRET_MAX, f);
    fclose(f);
    *out = str_trim((Str){bytes, n});
    return true;
}

static bool read_one(Value entry, uint32_t i, const char *base, Arena *house, CourierAdapter *out, Err *err) {
    Str kind = value_get_str(entry, "kind"), folder = value_get_str(entry, "folder"), url = value_get_str(entry, "url");
    Str secret_file = value_get_str(entry, "secret_file"), provider = value_get_str(entry, "provider"), secret;
    static const char *const members[] = {"kind", "target", "folder", "url", "secret_file", "provider"};
    for (uint32_t k = 0; entry.kind == VALUE_CONTEXT && k < entry.size; k++) {
        bool known = false;
        for (size_t m = 0; m < COUNT_OF(members); m++) known |= str_is(entry.u.ctx[k].key, members[m]);
        if (!known || entry.u.ctx[k].value.kind != VALUE_STRING) return wrong(err, i, "members are kind, target, folder, url, secret_file, provider, all of them text");
    }
    if (!kind.n) return wrong(err, i, "it has no kind; \"*\" means all");
    if (provider.n) {
        if (!str_is(provider, "simulated") || folder.n || url.n) return wrong(err, i, "the only provider built in is \"simulated\"; a real one has a url");
        *out = (CourierAdapter){.kind = kind, .target = value_get_str(entry, "target"), .deliver = courier_to_provider};
        return true;
    }
    if (!folder.n == !url.n) return wrong(err, i, "it needs a folder or a url");
    *out = (CourierAdapter){.kind = kind, .target = value_get_str(entry, "target")};
    if (folder.n) {
        out->deliver = courier_to_folder;
        return courier_folder(path_in(base, folder, house), house, &out->self, err);
    }
    if (!secret_file.n) return wrong(err, i, "a url needs a secret_file: what is sent is signed");
    out->deliver = courier_to_webhook;
    TRY(read_secret(path_in(base, secret_file, house), house, &secret, err));
    return courier_webhook(url, secret, house, &out->self, err);
}

bool courier_adapters(Value config, const char *base_dir, Arena *house, CourierAdapters *out, Err *err) {
    assert(base_dir && house && out);
    if (config.kind != VALUE_LIST || config.size > ADAPTERS_MAX) return err_set(err, ERR_INVALID, "courier", "the ways out are a list of at most %d", ADAPTERS_MAX);
    CourierAdapters made = {.items = NEW_ARRAY(house, CourierAdapter, config.size + 1)};
    for (; made.n < config.size; made.n++)
        TRY(read_one(config.u.list[made.n], (uint32_t)made.n, base_dir, house, &made.items[made.n], err));
    *out = made;
    return true;
}
