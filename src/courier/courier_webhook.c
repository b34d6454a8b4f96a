/* Webhook: one signed POST per try, with the key in Idempotency-Key, so that the other side does it once. All use of
 * libcurl is in this file. Redirects are not followed, nothing goes in the clear but to this machine, and the other
 * side's answer is data of limited length: variables for the process, or an error code. */
#include "courier/courier_in.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>

enum { ANSWER_MAX = 64 * 1024, CODE_MAX = 100, TOLD_MAX = 200, SECRET_MIN = 16, CONNECT_S = 5 };

typedef struct Hook { /* one other side; read only once made */
    const char *url;
    Str secret;
} Hook;

static bool stays_here(Str url) {
    static const char *const here[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < COUNT_OF(here); i++) {
        Str host = str_of(here[i]), rest = str_sub(url, host.n, url.n);
        if (str_starts(url, host) && (rest.n == 0 || rest.p[0] == ':' || rest.p[0] == '/')) return true;
    }
    return false;
}

bool courier_webhook(Str url, Str secret, Arena *house, void **self, Err *err) {
    if (!str_starts(url, STR("https://")) && !stays_here(url))
        return err_set(err, ERR_INVALID, "courier", "a webhook's url begins with https://, or stays on this machine");
    if (secret.n < SECRET_MIN) return err_set(err, ERR_INVALID, "courier", "a webhook's secret has at least %d bytes", SECRET_MIN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return err_set(err, ERR_IO, "courier", "libcurl does not start");
    Hook *hook = NEW(house, Hook);
    *hook = (Hook){.url = str_c(house, url), .secret = str_copy(house, secret)};
    *self = hook;
    return true;
}

Str courier_signature(Str secret, Str key, int64_t seconds, Str body, Arena *a) {
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];
    crypto_auth_hmacsha256_state state;
    Str head = str_printf(a, STR_FMT ".%" PRId64 ".", STR_ARG(key), seconds);
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret.p, secret.n);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)head.p, head.n);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, sizeof text, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    return str_printf(a, "v1,%s", text);
}

static size_t take(char *bytes, size_t one, size_t n, void *to) {
    buf_add(to, (Str){bytes, one * n});
    return one * n;
}

static bool add(struct curl_slist **list, Str line, Arena *a) {
    struct curl_slist *longer = curl_slist_append(*list, str_c(a, line));
    if (longer) *list = longer;
    return longer != NULL;
}

static bool add_headers(const Hook *hook, const CaseEffect *e, int64_t seconds, Str body, Arena *a, struct curl_slist **list) {
    Str signature = courier_signature(hook->secret, e->key, seconds, body, a);
    return add(list, STR("Content-Type: application/json"), a) && add(list, str_printf(a, "Idempotency-Key: " STR_FMT, STR_ARG(e->key)), a) &&
           add(list, str_printf(a, "webhook-id: " STR_FMT, STR_ARG(e->key)), a) &&
           add(list, str_printf(a, "webhook-timestamp: %" PRId64, seconds), a) &&
           add(list, str_printf(a, "webhook-signature: " STR_FMT, STR_ARG(signature)), a);
}

static CURLcode post(CURL *curl, const Hook *hook, struct curl_slist *headers, Str body, Buf *answer) {
    curl_easy_setopt(curl, CURLOPT_URL, hook->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)COURIER_PATIENCE_S - 1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "yichuang");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    return curl_easy_perform(curl);
}

/* A status of 2xx: done, unless the body names an error. A body that is no JSON object says nothing. */
static CourierAnswer read_yes(const Buf *body, Arena *a) {
    Value said, variables;
    Err err = {0};
    if (body->over) return (CourierAnswer){.said = COURIER_NEVER, .reason = str_printf(a, "the answer is larger than %d bytes", ANSWER_MAX)};
    if (!json_parse(buf_str(body), (JsonLimits){.bytes = ANSWER_MAX, .depth = 20}, a, &said, &err)) return (CourierAnswer){.said = COURIER_DID};
    Str code = value_get_str(said, "error");
    if (code.n) return (CourierAnswer){.said = COURIER_REFUSED, .code = str_head(code, CODE_MAX)};
    variables = value_get(said, "variables");
    return (CourierAnswer){.said = COURIER_DID, .variables = variables.kind == VALUE_CONTEXT ? variables : value_null()};
}

static CourierAnswer read_answer(long status, const Buf *body, Arena *a) {
    if (status >= 200 && status < 300) return read_yes(body, a);
    Str told = str_head(buf_str(body), TOLD_MAX);
    while (!utf8_valid(told) && told.n > 0) told.n--;
    bool later = status >= 500 || status == 408 || status == 425 || status == 429;
    return (CourierAnswer){.said = later ? COURIER_LATER : COURIER_NEVER, .reason = str_printf(a, "HTTP status %ld " STR_FMT, status, STR_ARG(told))};
}

CourierAnswer courier_to_webhook(void *self, const CaseEffect *e, int64_t now_us, Arena *a) {
    const Hook *hook = self;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    Buf answer = {.a = a, .limit = ANSWER_MAX};
    CourierAnswer out = {.said = COURIER_LATER, .reason = STR("there is no memory for a request")};
    Str body = courier_body(e, a);
    if (curl && add_headers(hook, e, now_us / 1000000, body, a, &headers)) {
        long status = 0;
        CURLcode code = post(curl, hook, headers, body, &answer);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        out = code == CURLE_OK ? read_answer(status, &answer, a)
                               : (CourierAnswer){.said = COURIER_LATER, .reason = str_printf(a, "%s", curl_easy_strerror(code))};
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return out;
}
