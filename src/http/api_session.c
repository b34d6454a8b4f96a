/* Signing in and out by the API. Room access decides; this only carries the cookie. */
#include "http/api.h"

bool http_api_sign_in(HttpRequest *r, HttpResponse *out, Err *err) {
    Str token;
    AccessWho who;
    Err trouble = {0};
    if (access_sign_in(r->site->store, value_get_str(r->json, "user"), value_get_str(r->json, "password"), r->seed,
                       r->now_us, r->a, &token, &who, &trouble)) {
        http_set_session(r, out, token);
    } else if (trouble.code == ERR_DENIED) {
        http_refuse(r, out, 401, "wrong_password", "用户名或密码不正确。", "The name or the password is wrong.");
    } else if (trouble.code == ERR_BUSY) {
        http_refuse(r, out, 429, "too_many_attempts", "尝试次数过多，请十五分钟后再试。",
                    "Too many attempts; try again in 15 minutes.");
    } else {
        *err = trouble;
        return false;
    }
    return true;
}

bool http_api_sign_out(HttpRequest *r, HttpResponse *out, Err *err) {
    TRY(access_sign_out(r->site->store, r->token, err));
    http_set_session(r, out, STR(""));
    return true;
}
