/* The page rows of the one route table. A row names its right and, when it reads a record, the purpose that is
 * logged; no row may do more than its handler's room allows. */
#include "http/page_in.h"

#define PAGE(method, path, right, purpose, handler, doc) {method, path, HTTP_PAGE, right, purpose, handler, doc}

/* For anybody, at a price: look-ups by code and what writes without an account. */
#define PACED(method, path, price, handler, doc) {method, path, HTTP_PAGE, ACCESS_PUBLIC, NULL, handler, doc, .cost = price}

#define FILES(method, path, handler, doc) \
    {method, path, HTTP_PAGE, ACCESS_PUBLIC, NULL, handler, doc, .needs = HTTP_TAKES_FILES, .cost = HTTP_COST_FILE}

const HttpRoute http_page_routes[] = {
    PAGE("GET", "/", ACCESS_PUBLIC, NULL, http_home_get, "Home: search, services, life events, tracking code."),
    PAGE("GET", "/services", ACCESS_PUBLIC, NULL, http_services_get, "Services: all, by words, by life event."),
    PAGE("GET", "/services/{service}", ACCESS_PUBLIC, NULL, http_service_get, "The guide to one service."),
    PAGE("GET", "/about/services", ACCESS_PUBLIC, NULL, http_about_services_get, "What is verified in each service, and what is not."),
    PAGE("GET", "/track", ACCESS_PUBLIC, NULL, http_track_form_get, "Form for a tracking code."),
    PACED("GET", "/track/{code}", HTTP_COST, http_track_get, "A case as its resident sees it."),
    PACED("GET", "/track/{code}/notice", HTTP_COST, http_track_notice_get, "What is missing, all of it."),
    PACED("POST", "/track/{code}/notice", HTTP_COST, http_track_notice_post, "The applicant's answer to it."),
    PACED("GET", "/track/{code}/files", HTTP_COST, http_track_files_get, "One's own papers, and those that are asked for."),
    FILES("POST", "/track/{code}/files", http_track_files_post, "Shows who one is; takes a paper, or takes one back."),
    {"GET", "/track/{code}/files/{no}", HTTP_PAGE, ACCESS_PUBLIC, "own", http_track_file_get, "One's own paper; the reading is logged.", .cost = HTTP_COST},
    PACED("GET", "/track/{code}/withdraw", HTTP_COST, http_track_withdraw_get, "Asks whether to withdraw."),
    PACED("POST", "/track/{code}/withdraw", HTTP_COST, http_track_withdraw_post, "Withdraws."),
    PACED("GET", "/track/{code}/rate", HTTP_COST, http_track_rate_get, "Five levels, once."),
    PACED("POST", "/track/{code}/rate", HTTP_COST, http_track_rate_post, "Keeps a rating apart from its case."),
    PACED("GET", "/track/{code}/access", HTTP_COST, http_track_access_get, "Who looked at the record."),
    PACED("GET", "/track/{code}/letters/{no}", HTTP_COST, http_track_letter_get, "A letter, by tracking code."),
    PAGE("GET", "/pre-check/{service}", ACCESS_PUBLIC, NULL, http_precheck_get, "Questions of a pre-check."),
    PACED("POST", "/pre-check/{service}", HTTP_COST, http_precheck_post, "Its result; nothing is stored."),
    PAGE("GET", "/services/{service}/images/{name}", ACCESS_PUBLIC, NULL, http_picture_get, "A picture of a service's form."),
    PAGE("GET", "/apply", ACCESS_PUBLIC, NULL, http_resume_get, "Going on with a draft, by its code or file."),
    FILES("POST", "/apply", http_resume_post, "Opens a draft on this device."),
    PAGE("GET", "/apply/{service}", ACCESS_PUBLIC, NULL, http_apply_get, "Start of an application."),
    PACED("POST", "/apply/{service}", HTTP_COST_DRAFT, http_apply_post, "Begins a draft, with the answers of a pre-check."),
    PAGE("GET", "/apply/{service}/{step}", ACCESS_PUBLIC, NULL, http_apply_page_get, "One page of the form."),
    PACED("POST", "/apply/{service}/{step}", HTTP_COST, http_apply_page_post, "Keeps a page and goes on."),
    PAGE("GET", "/apply/{service}/files", ACCESS_PUBLIC, NULL, http_apply_files_get, "Papers to be handed over."),
    FILES("POST", "/apply/{service}/files", http_apply_files_post, "Takes a paper, or takes one back."),
    PAGE("GET", "/apply/{service}/files/{id}", ACCESS_PUBLIC, NULL, http_apply_file_get, "One's own paper."),
    PAGE("GET", "/apply/{service}/check", ACCESS_PUBLIC, NULL, http_apply_check_get, "Answers, fee and dates before handing in."),
    PACED("POST", "/apply/{service}/check", HTTP_COST, http_apply_check_post, "Hands in; again: the same case."),
    PAGE("GET", "/apply/{service}/receipt", ACCESS_PUBLIC, NULL, http_apply_receipt_get, "The receipt, with the tracking code."),
    PAGE("GET", "/apply/{service}/later", ACCESS_PUBLIC, NULL, http_apply_later_get, "The code to go on with later."),
    PAGE("GET", "/apply/{service}/save", ACCESS_PUBLIC, NULL, http_apply_save_get, "The draft as a file."),
    PACED("POST", "/apply/{service}/forget", HTTP_COST, http_apply_forget_post, "Takes the draft off this device."),
    PAGE("GET", "/staff", ACCESS_SIGNED_IN, NULL, http_staff_get, "To the worklist."),
    PAGE("GET", "/staff/sign-in", ACCESS_PUBLIC, NULL, http_sign_in_get, "Sign-in."),
    PAGE("POST", "/staff/sign-in", ACCESS_PUBLIC, NULL, http_sign_in_post, "Signs in and returns to where one was."),
    PAGE("POST", "/staff/sign-out", ACCESS_SIGNED_IN, NULL, http_sign_out_post, "Signs out."),
    PAGE("GET", "/staff/cases", ACCESS_CASE_READ, NULL, http_cases_get, "Worklist."),
    PAGE("GET", "/staff/register", ACCESS_CASE_CREATE, NULL, http_register_get, "Services to register a case of."),
    PAGE("GET", "/staff/ratings", ACCESS_RATINGS, NULL, http_ratings_get, "What people think, and what is to be followed up."),
    PAGE("POST", "/staff/ratings", ACCESS_RATINGS, NULL, http_ratings_post, "Notes that one was followed up."),
    PAGE("GET", "/staff/cases/new", ACCESS_CASE_CREATE, NULL, http_case_new_get, "Registration form."),
    PAGE("POST", "/staff/cases/new", ACCESS_CASE_CREATE, NULL, http_case_new_post, "Registers a case."),
    PAGE("GET", "/staff/cases/{id}", ACCESS_CASE_READ, "handling", http_case_page_get, "One case; your reading it is logged."),
    PAGE("GET", "/staff/cases/{id}/process", ACCESS_CASE_READ, "handling", http_case_process_get, "Where a case stands in its process."),
    PAGE("POST", "/staff/cases/{id}/process", ACCESS_CASE_MOVE, "decision", http_case_process_post, "Puts a case at another place of its process."),
    PAGE("GET", "/staff/drawings/{hash}", ACCESS_CASE_READ, NULL, http_drawing_get, "The process of one version of a service, as BPMN."),
    {"POST", "/staff/cases/{id}/files", HTTP_PAGE, ACCESS_CASE_DECIDE, "handling", http_case_files_post, "Takes a paper for the applicant, or takes one back.", .needs = HTTP_TAKES_FILES},
    PAGE("GET", "/staff/cases/{id}/files/{no}", ACCESS_CASE_READ, "evidence", http_case_file_get, "A paper of a case; your reading it is logged."),
    PAGE("POST", "/staff/cases/{id}/check", ACCESS_CASE_DECIDE, "handling", http_case_check_post, "Notes what the counter found out."),
    PAGE("POST", "/staff/cases/{id}/accept", ACCESS_CASE_DECIDE, "handling", http_case_accept_post, "Accepts the application."),
    PAGE("POST", "/staff/cases/{id}/refuse", ACCESS_CASE_DECIDE, "handling", http_case_refuse_post, "Refuses to accept it, with the reason."),
    PAGE("POST", "/staff/cases/{id}/correction-notice", ACCESS_CASE_DECIDE, "handling", http_case_notice_post, "Tells once what is missing."),
    PAGE("POST", "/staff/cases/{id}/supply", ACCESS_CASE_DECIDE, "handling", http_case_supply_post, "Answers a notice for the applicant."),
    PAGE("POST", "/staff/cases/{id}/withdraw", ACCESS_CASE_DECIDE, "handling", http_case_withdraw_post, "Withdraws it for the applicant."),
    PAGE("POST", "/staff/cases/{id}/adopt", ACCESS_CASE_DECIDE, "decision", http_case_adopt_post, "Adopts the proposal."),
    PAGE("POST", "/staff/cases/{id}/depart", ACCESS_CASE_DECIDE, "decision", http_case_depart_post, "Decides otherwise."),
    PAGE("POST", "/staff/cases/{id}/correct", ACCESS_CASE_DECIDE, "decision", http_case_correct_post, "Corrects a decision."),
    PAGE("POST", "/staff/cases/{id}/clock", ACCESS_CASE_DECIDE, "decision", http_case_clock_post, "Suspends, extends or ends a deadline."),
    PAGE("GET", "/staff/stuck", ACCESS_STUCK, NULL, http_stuck_get, "What stands still."),
    PAGE("POST", "/staff/stuck", ACCESS_STUCK, NULL, http_stuck_post, "Has one of them tried again."),
    PAGE("GET", "/staff/cases/{id}/letters/{no}", ACCESS_CASE_READ, "letter", http_case_letter_get, "A letter."),
};
const size_t http_page_route_count = COUNT_OF(http_page_routes);
