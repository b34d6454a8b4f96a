/* page_files: names the embedded templates and texts. A template that is not listed here does not exist. */
#include "http/page_files.h"
#include "http/http_in.h"

#define TEMPLATES(X)                                                                                                   \
    X("shared/head", shared_head) X("shared/language", shared_language) X("shared/errors", shared_errors)              \
    X("shared/fields", shared_fields) X("shared/statute", shared_statute) X("shared/letter", shared_letter)            \
    X("resident/top", resident_top) X("resident/foot", resident_foot) X("resident/home", resident_home)                \
    X("resident/services", resident_services) X("resident/service", resident_service) X("resident/events", resident_events) \
    X("resident/groups", resident_groups) X("resident/about", resident_about) X("resident/checks", resident_checks) \
    X("resident/track", resident_track) X("resident/case", resident_case) X("resident/access", resident_access)        \
    X("resident/precheck", resident_precheck) X("resident/result", resident_result) X("resident/guide", resident_guide) X("resident/grounds", resident_grounds) \
    X("resident/problem", resident_problem) X("clerk/top", clerk_top) X("clerk/foot", clerk_foot)                      \
    X("clerk/notice", clerk_notice) X("clerk/signin", clerk_signin) X("clerk/cases", clerk_cases)                      \
    X("clerk/new", clerk_new) X("clerk/case", clerk_case) X("clerk/not", clerk_not) X("clerk/depart", clerk_depart)    \
    X("clerk/clocks", clerk_clocks) X("clerk/stale", clerk_stale) X("clerk/problem", clerk_problem)                       \
    X("resident/apply", resident_apply) X("resident/apply_form", resident_apply_form)                                  \
    X("resident/apply_check", resident_apply_check) X("resident/apply_receipt", resident_apply_receipt)                \
    X("resident/apply_later", resident_apply_later) X("resident/apply_resume", resident_apply_resume)                  \
    X("resident/apply_ended", resident_apply_ended) X("resident/apply_files", resident_apply_files) X("resident/upload", resident_upload) X("resident/papers", resident_papers)                                                                    \
    X("resident/notice", resident_notice) X("resident/withdraw", resident_withdraw) X("resident/proof", resident_proof)  \
    X("resident/rate", resident_rate) X("clerk/life", clerk_life) X("clerk/external", clerk_external)                  \
    X("clerk/assign", clerk_assign) X("clerk/second", clerk_second) X("clerk/board", clerk_board)                                                     \
    X("clerk/register", clerk_register) X("clerk/ratings", clerk_ratings)                                              \
    X("hall/kiosk", hall_kiosk) X("hall/slip", hall_slip) X("hall/display", hall_display) X("resident/ticket", resident_ticket) \
    X("clerk/missing", clerk_missing) X("clerk/desk", clerk_desk) X("clerk/desk_left", clerk_desk_left)                \
    X("clerk/desk_waits", clerk_desk_waits) X("clerk/desk_form", clerk_desk_form) X("clerk/desk_case", clerk_desk_case) \
    X("clerk/desk_right", clerk_desk_right) X("clerk/receipt", clerk_receipt) X("clerk/cash", clerk_cash)               \
    X("clerk/password", clerk_password) X("clerk/admin", clerk_admin) X("clerk/admin_nav", clerk_admin_nav) X("clerk/packs", clerk_packs) \
    X("clerk/versions", clerk_versions) X("clerk/years", clerk_years) X("clerk/user", clerk_user) X("clerk/preview", clerk_preview) \
    X("resident/book", resident_book) X("resident/times", resident_times) X("resident/appointment", resident_appointment) \
    X("resident/appointment_find", resident_appointment_find) X("resident/appointment_move", resident_appointment_move) \
    X("resident/appointment_cancel", resident_appointment_cancel) X("resident/check_in", resident_check_in)            \
    X("resident/messages", resident_messages) X("clerk/booked", clerk_booked)                                          \
    X("clerk/process", clerk_process) X("clerk/stuck", clerk_stuck)

#define DECLARE(name, symbol)                                                                                          \
    extern const char http_web_##symbol[];                                                                             \
    extern const size_t http_web_##symbol##_size;
#define ROW(name, symbol) {name, http_web_##symbol, &http_web_##symbol##_size},

TEMPLATES(DECLARE)
DECLARE("texts.zh.json", texts_zh)
DECLARE("texts.en.json", texts_en)
DECLARE("tongues.json", tongues)
DECLARE("icons.json", icons)
DECLARE("resident.css", resident_css)
DECLARE("staff.css", staff_css)
DECLARE("letter.css", letter_css)
DECLARE("keys.js", keys_js)
DECLARE("process.js", process_js)
DECLARE("process.css", process_css)
DECLARE("apply.js", apply_js)
DECLARE("hall.js", hall_js)
DECLARE("hall.css", hall_css)
DECLARE("desk.js", desk_js)
DECLARE("board.js", board_js)

const HttpFile http_templates[] = {TEMPLATES(ROW)};
const size_t http_template_count = COUNT_OF(http_templates);
const HttpFile http_texts_zh = {"texts.zh.json", http_web_texts_zh, &http_web_texts_zh_size};
const HttpFile http_texts_en = {"texts.en.json", http_web_texts_en, &http_web_texts_en_size};
const HttpFile http_tongues = {"tongues.json", http_web_tongues, &http_web_tongues_size};
const HttpFile http_icons = {"icons.json", http_web_icons, &http_web_icons_size};

#define CSS "text/css; charset=utf-8"
#define JS "text/javascript; charset=utf-8"
const HttpAsset http_assets[] = {
    {"resident.css", CSS, http_web_resident_css, &http_web_resident_css_size},
    {"staff.css", CSS, http_web_staff_css, &http_web_staff_css_size},
    {"letter.css", CSS, http_web_letter_css, &http_web_letter_css_size},
    {"keys.js", JS, http_web_keys_js, &http_web_keys_js_size},
    {"process.js", JS, http_web_process_js, &http_web_process_js_size},
    {"apply.js", JS, http_web_apply_js, &http_web_apply_js_size},
    {"hall.js", JS, http_web_hall_js, &http_web_hall_js_size},
    {"hall.css", CSS, http_web_hall_css, &http_web_hall_css_size},
    {"desk.js", JS, http_web_desk_js, &http_web_desk_js_size},
    {"board.js", JS, http_web_board_js, &http_web_board_js_size},
    {"process.css", CSS, http_web_process_css, &http_web_process_css_size},
};
const size_t http_asset_count = COUNT_OF(http_assets);
