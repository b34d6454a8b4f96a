/* The embedded files at /assets/: tagged by content and compressed once at start, then only handed out. */
#include "http/api.h"
#include "http/head.h"
#include "http/reply.h"

#include <inttypes.h>

static Str asset_bytes(size_t i) {
    return (Str){http_assets[i].bytes, *http_assets[i].size};
}

/* FNV-1a, 64 bit: tells versions of our own files apart; the tag must be equal on every machine of a county. */
static Str content_tag(Str bytes, Arena *a) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < bytes.n; i++) hash = (hash ^ (unsigned char)bytes.p[i]) * 1099511628211u;
    return str_printf(a, "%016" PRIx64, hash);
}

void http_assets_open(HttpSite *site, Arena *house) {
    site->asset_tags = NEW_ARRAY(house, Str, http_asset_count);
    site->asset_gzips = NEW_ARRAY(house, Str, http_asset_count);
    for (size_t i = 0; i < http_asset_count; i++) {
        site->asset_tags[i] = content_tag(asset_bytes(i), house);
        if (!http_gzip(asset_bytes(i), house, &site->asset_gzips[i])) site->asset_gzips[i] = STR("");
    }
}

static bool find_asset(Str name, size_t *at) {
    for (size_t i = 0; i < http_asset_count; i++) {
        if (!str_is(name, http_assets[i].name)) continue;
        *at = i;
        return true;
    }
    return false;
}

Str http_asset_url(const HttpSite *site, const char *name, Arena *a) {
    size_t i = 0;
    bool found = find_asset(str_of(name), &i);
    assert(found);
    return str_printf(a, "/assets/%s?v=" STR_FMT, name, STR_ARG(site->asset_tags[i]));
}

bool http_asset_handler(HttpRequest *r, HttpResponse *out, Err *err) {
    size_t i;
    if (!find_asset(http_param(r, "name"), &i)) return err_set(err, ERR_NOT_FOUND, "http", "There is no such file.");
    const HttpSite *site = r->site;
    Str tag = str_printf(r->a, "\"" STR_FMT "\"", STR_ARG(site->asset_tags[i]));
    bool named = str_eq(http_query(r, "v"), site->asset_tags[i]);
    out->cache = named ? "public, max-age=31536000, immutable" : "no-cache";
    http_header(out, "ETag", tag);
    if (str_find(r->headers.if_none_match, tag) >= 0) {
        out->status = 304;
        return true;
    }
    out->type = http_assets[i].type;
    out->encoded = site->asset_gzips[i].n > 0 && http_accepts_gzip(r->headers.accept_encoding);
    out->body = out->encoded ? site->asset_gzips[i] : asset_bytes(i);
    if (out->encoded) http_header(out, "Vary", STR("Accept-Encoding"));
    return true;
}
