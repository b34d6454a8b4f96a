/* The one route table and the search in it: method, path, right, logged purpose, handler, documentation.
 * Dispatch, OpenAPI and the test "no route without a right" all read these rows. */
#include "http/api.h"
#include "http/head.h"
#include "http/http_in.h"

#include <string.h>

static const HttpMember session_body[] = {
    {"user", HTTP_STRING, true, "Login name"},
    {"password", HTTP_STRING, true, "Password"},
    {NULL},
};
static const HttpMember create_body[] = {
    {"service", HTTP_STRING, true, "Service, as listed by /api/v1/services"},
    {"inputs", HTTP_OBJECT, true, "Answers to the service's form"},
    {"agent", HTTP_OBJECT, false, "Who acts for the applicant: name, id_kind (id-card, residence-permit, passport, other), id_number, basis, paper"},
    {"identified", HTTP_STRING, false, "How the one who came was known: card-seen, card-read, checked-online, known-by-papers"},
    {NULL},
};
static const HttpMember create_reply[] = {
    {"id", HTTP_STRING, true, "Case"},
    {"version", HTTP_INTEGER, true, "Version to expect in If-Match"},
    {"tracking_code", HTTP_STRING, true, "Code for the resident"},
    {NULL},
};
static const HttpMember list_query[] = {
    {"state", HTTP_STRING, false, "Only cases in this state, or open, or ended"},
    {"whose", HTTP_STRING, false, "mine: only those you have; nobody: only open ones that nobody has"},
    {"find", HTTP_STRING, false, "Plate, number, name or tracking code"},
    {"after", HTTP_STRING, false, "`next` of the page before"},
    {"limit", HTTP_INTEGER, false, "Cases per page, 1 to 200"},
    {NULL},
};
static const HttpMember list_reply[] = {
    {"cases", HTTP_LIST, true, "Cases you may read"},
    {"next", HTTP_STRING, false, "Where the next page starts"},
    {"counts", HTTP_OBJECT, true, "Cases per state"},
    {NULL},
};
static const HttpMember case_query[] = {
    {"purpose", HTTP_STRING, false, "Why you read the record, at most 100 characters; logged"},
    {NULL},
};
static const HttpMember case_reply[] = {
    {"id", HTTP_STRING, true, "Case"},
    {"version", HTTP_INTEGER, true, "Version to expect in If-Match"},
    {"state", HTTP_STRING, true, "submitted, awaiting_correction, accepted, proposed, decided, closed …, as the service names it"},
    {"answers", HTTP_OBJECT, true, "What the form was answered"},
    {"proposal", HTTP_OBJECT, true, "Proposed outcome with rules and articles"},
    {"trace", HTTP_OBJECT, true, "Every table, rule and input, and why not"},
    {"decisions", HTTP_LIST, true, "What officers decided, oldest first"},
    {"letters", HTTP_LIST, true, "Letters written"},
    {"clocks", HTTP_LIST, true, "Deadlines: promised and statutory last days, and what moved them"},
    {"stuck", HTTP_LIST, true, "What stands still in it: incidents, timers, effects, each with its reason"},
    {"acts", HTTP_OBJECT, true, "What may be done now: check, accept, notice, supply, withdraw, decide"},
    {"notices", HTTP_LIST, true, "Notices of what is missing, with every item"},
    {"wants_decision", HTTP_BOOLEAN, true, "Does its process wait for a decision now?"},
    {NULL},
};
static const HttpMember depart_body[] = {
    {"outcome", HTTP_STRING, true, "Outcome code of the service"},
    {"reason", HTTP_STRING, true, "Why; kept and cited"},
    {"external", HTTP_STRING, false, "Reference in the system that issues the document"},
    {NULL},
};
static const HttpMember clock_body[] = {
    {"clock", HTTP_STRING, true, "Clock of the case"},
    {"do", HTTP_STRING, true, "suspend, resume, extend (asks for an extension), approve or refuse (what somebody else asked for; supervisors only), done"},
    {"days", HTTP_INTEGER, false, "extend: by how many days of the clock's unit"},
    {"reason", HTTP_STRING, false, "suspend, extend, refuse: why; kept, and shown to the applicant when it stands still or is extended"},
    {NULL},
};
static const HttpMember second_body[] = {
    {"agree", HTTP_BOOLEAN, true, "false: it is not decided so"},
    {"reason", HTTP_STRING, false, "Why not; kept in the record"},
    {NULL},
};
static const HttpMember assign_body[] = {
    {"to", HTTP_STRING, true, "Login of who has it from now on; empty: nobody"},
    {"note", HTTP_STRING, false, "For whoever had it and whoever gets it; needed when it goes from one to another"},
    {NULL},
};
static const HttpMember board_query[] = {
    {"office", HTTP_STRING, false, "Only this one of the offices that you cover"},
    {"after", HTTP_STRING, false, "`next` of the page before"},
    {"limit", HTTP_INTEGER, false, "Cases to act on first, 1 to 200"},
    {NULL},
};
static const HttpMember board_reply[] = {
    {"at", HTTP_STRING, true, "Moment of these figures, office time"},
    {"offices", HTTP_LIST, true, "Offices counted"},
    {"counts", HTTP_OBJECT, true, "Open cases: late, soon (the last day is today), ok, held, none (no deadline runs), free (of soon: nobody has it), open; closed today, of them in_time"},
    {"oldest", HTTP_STRING, false, "First last day that is past"},
    {"nearest", HTTP_STRING, false, "Next last day to come"},
    {"first", HTTP_LIST, true, "Cases to act on, the least time left first"},
    {"next", HTTP_STRING, false, "Where the next page starts"},
    {"services", HTTP_LIST, true, "Open cases of each service, counted likewise"},
    {NULL},
};
static const HttpMember move_body[] = {
    {"cancel", HTTP_STRING, false, "Element of the process at which the case waits and shall wait no more"},
    {"begin", HTTP_STRING, false, "Element at which it goes on"},
    {"reason", HTTP_STRING, true, "Why; kept in the record"},
    {NULL},
};
static const HttpMember check_body[] = {
    {"answers", HTTP_OBJECT, true, "What the counter found out, by form key"},
    {NULL},
};
static const HttpMember accept_body[] = {
    {"accept", HTTP_BOOLEAN, true, "false: it is not accepted"},
    {"reason", HTTP_STRING, false, "Why it is not accepted; the applicant gets it in writing"},
    {NULL},
};
static const HttpMember notice_body[] = {
    {"items", HTTP_LIST, true, "All that is missing: {evidence or field, fault (a word of the service), text}"},
    {"days", HTTP_INTEGER, true, "Working days to answer, 1 to 365"},
    {"reason", HTTP_STRING, false, "Why a second notice is needed; supervisors only"},
    {NULL},
};
static const HttpMember supply_body[] = {
    {"answers", HTTP_OBJECT, false, "Answers that change, by form key"},
    {"note", HTTP_STRING, false, "What else was handed in"},
    {NULL},
};
static const HttpMember withdraw_body[] = {
    {"reason", HTTP_STRING, true, "How the applicant asked for it"},
    {NULL},
};
static const HttpMember pay_body[] = {
    {"method", HTTP_STRING, true, "cash, card, qr; online: a provider is asked"},
    {"fen", HTTP_INTEGER, false, "What was seen to be due; refused when it is another sum by now"},
    {"reference", HTTP_STRING, false, "Of the terminal or provider"},
    {"counter", HTTP_STRING, false, "At which it is taken: whose drawer"},
    {NULL},
};
static const HttpMember own_pay_body[] = {
    {"method", HTTP_STRING, true, "online"},
    {"fen", HTTP_INTEGER, false, "What was seen to be due"},
    {NULL},
};
static const HttpMember refund_body[] = {
    {"payment", HTTP_INTEGER, true, "Number of the payment in the case"},
    {"reason", HTTP_STRING, true, "Why; kept"},
    {"reference", HTTP_STRING, false, "Of the terminal or provider"},
    {"counter", HTTP_STRING, false, "At which it is given back"},
    {NULL},
};
static const HttpMember see_body[] = {
    {"seen", HTTP_LIST, true, "All papers whose originals were seen so far, ids of the checklist"},
    {NULL},
};
static const HttpMember note_body[] = {
    {"text", HTTP_STRING, true, "To the next desk; the applicant can read it too"},
    {NULL},
};
static const HttpMember fees_query[] = {
    {"case", HTTP_STRING, true, "Case"},
    {NULL},
};
static const HttpMember fees_reply[] = {
    {"due", HTTP_INTEGER, false, "In fen; null: the amount is not known"},
    {"items", HTTP_LIST, true, "id, name, fen, checked_by, payment (number, or null)"},
    {"payments", HTTP_LIST, true, "no, state (created, success, failed, cancelled, error), method, fen, items, receipt, refund"},
    {NULL},
};
static const HttpMember day_query[] = {
    {"day", HTTP_STRING, false, "YYYY-MM-DD; silent: today"},
    {NULL},
};
static const HttpMember payments_reply[] = {
    {"payments", HTTP_LIST, true, "receipt, case, kind (paid, refunded), no, clerk, counter, method, fen, at; newest first"},
    {NULL},
};
static const HttpMember receipt_reply[] = {
    {"receipt", HTTP_STRING, true, "OFFICE-YEAR-NUMBER"},
    {"case", HTTP_STRING, true, "Case"},
    {"kind", HTTP_STRING, true, "paid or refunded"},
    {"method", HTTP_STRING, true, "How"},
    {"fen", HTTP_INTEGER, true, "Amount; below zero: given back"},
    {NULL},
};
static const HttpMember cash_reply[] = {
    {"cash_ups", HTTP_LIST, true, "office, clerk, counter, day, payments, expected, closed, counted, difference, reason, closed_by, closed_at"},
    {NULL},
};
static const HttpMember cash_body[] = {
    {"office", HTTP_STRING, false, "Silent: your own"},
    {"clerk", HTTP_STRING, false, "Whose drawer; silent: yours"},
    {"counter", HTTP_STRING, false, "Of which counter"},
    {"day", HTTP_STRING, false, "YYYY-MM-DD; silent: today"},
    {"counted", HTTP_OBJECT, true, "cash, card, qr: whole fen"},
    {"reason", HTTP_STRING, false, "Of a difference"},
    {NULL},
};
static const HttpMember own_supply_body[] = {
    {"proof", HTTP_STRING, true, "Last four characters of the telephone or identity number given in the application"},
    {"answers", HTTP_OBJECT, false, "Answers that change, by form key"},
    {"note", HTTP_STRING, false, "A word to the counter"},
    {NULL},
};
static const HttpMember own_withdraw_body[] = {
    {"proof", HTTP_STRING, true, "Last four characters of the telephone or identity number given in the application"},
    {"reason", HTTP_STRING, false, "Why; need not be said"},
    {NULL},
};
static const HttpMember adopt_body[] = {
    {"external", HTTP_STRING, false, "Reference in the system that issues the document"},
    {NULL},
};
static const HttpMember action_reply[] = {
    {"version", HTTP_INTEGER, true, "Version after the action"},
    {"state", HTTP_STRING, true, "State after the action"},
    {NULL},
};
static const HttpMember stuck_reply[] = {
    {"stuck", HTTP_LIST, true, "What stands still in the cases you may have tried again, oldest first"},
    {NULL},
};
static const HttpMember retry_body[] = {
    {"what", HTTP_STRING, true, "incident, timer or effect, as /api/v1/stuck tells it"},
    {"key", HTTP_STRING, true, "Which one, as /api/v1/stuck tells it"},
    {"reason", HTTP_STRING, true, "Why it is tried again; kept in the record"},
    {"variables", HTTP_OBJECT, false, "incident: variables of the process, corrected; supervisors only"},
    {NULL},
};
static const HttpMember letter_query[] = {
    {"lang", HTTP_STRING, false, "zh or en"},
    {NULL},
};
static const HttpMember letter_reply[] = {
    {"no", HTTP_INTEGER, true, "Number of the letter"},
    {"lang", HTTP_STRING, true, "zh or en"},
    {"html", HTTP_STRING, true, "The letter"},
    {NULL},
};
static const HttpMember track_reply[] = {
    {"state", HTTP_STRING, true, "Where the case stands"},
    {NULL},
};
static const HttpMember precheck_body[] = {
    {"inputs", HTTP_OBJECT, true, "Answers to the service's form"},
    {NULL},
};
static const HttpMember precheck_reply[] = {
    {"outcome", HTTP_STRING, true, "Outcome code that the rules give"},
    {"rules", HTTP_LIST, true, "Rules that matched: table, rule, articles"},
    {"trace", HTTP_ANY, true, "Every table, rule and input, and why not"},
    {NULL},
};
static const HttpMember services_reply[] = {
    {"services", HTTP_LIST, true, "Of each: id, version, status, title, keywords, life_events, channels, competent_authorities, costs"},
    {NULL},
};
static const HttpMember service_reply[] = {
    {"id", HTTP_STRING, true, "Of the service"},
    {"version", HTTP_STRING, true, "Of its pack"},
    {"status", HTTP_STRING, true, "sample, or adopted"},
    {"title", HTTP_OBJECT, true, "zh, en"},
    {"description", HTTP_OBJECT, false, "zh, en"},
    {"keywords", HTTP_OBJECT, false, "Lists: zh, en"},
    {"life_events", HTTP_LIST, true, "id, title"},
    {"channels", HTTP_LIST, true, "id, title"},
    {"competent_authorities", HTTP_LIST, true, "Offices that decide: id, title, kind, parent"},
    {"costs", HTTP_LIST, true, "Dated: id, title, value in yuan, currency, valid_from, valid_to, source, checked_on, checked_by"},
    {"output", HTTP_OBJECT, false, "What one gets: title"},
    {"evidence_types", HTTP_LIST, true, "Papers that may be asked for"},
    {"legal_resources", HTTP_LIST, true, "Articles it rests on: id, title"},
    {"periods", HTTP_LIST, true, "id, title, days, unit (working, calendar), promised_days, law"},
    {"processing_time", HTTP_STRING, false, "Until the decision, when the law counts calendar days"},
    {"checks", HTTP_LIST, true, "What is verified by whom and when, and what is not: kind, id, zh, en, source, checked_on, checked_by"},
    {NULL},
};
static const HttpMember requirements_reply[] = {
    {"requirements", HTTP_LIST, true, "kind eligibility: id, title, description, eligible; kind evidence: id, title, evidence_type_list"},
    {NULL},
};
static const HttpMember evidence_types_reply[] = {
    {"evidence_types", HTTP_LIST, true, "id, title, accept, max_bytes, issuer, exempt"},
    {NULL},
};
static const HttpMember channels_reply[] = {{"channels", HTTP_LIST, true, "id, title"}, {NULL}};
static const HttpMember life_events_reply[] = {{"life_events", HTTP_LIST, true, "id, title"}, {NULL}};
static const HttpMember legal_resources_reply[] = {
    {"legal_resources", HTTP_LIST, true, "id, title, description (the text, zh), version, status, source, checked_on, checked_by"},
    {NULL},
};
static const HttpMember organisations_reply[] = {{"public_organisations", HTTP_LIST, true, "id, title, kind, parent"}, {NULL}};
static const HttpMember health_reply[] = {
    {"status", HTTP_STRING, true, "ok; unavailable (with status 503) when the store does not answer"},
    {"detail", HTTP_STRING, false, "Why it is unavailable"},
    {NULL},
};

static const HttpMember draft_body[] = {
    {"service", HTTP_STRING, true, "Service, as listed by /api/v1/services"},
    {"answers", HTTP_OBJECT, false, "Answers so far, right or wrong"},
    {NULL},
};
static const HttpMember draft_save_body[] = {
    {"answers", HTTP_OBJECT, true, "All answers so far, right or wrong"},
    {NULL},
};
static const HttpMember draft_reply[] = {
    {"draft", HTTP_STRING, true, "Its code; whoever has it has the draft"},
    {"service", HTTP_STRING, true, "Service"},
    {"version", HTTP_INTEGER, true, "Version of the draft"},
    {"answers", HTTP_OBJECT, true, "Answers so far"},
    {"faults", HTTP_LIST, false, "What is missing or wrong in the form in force: field, code, message"},
    {"expires_at", HTTP_STRING, true, "When it is deleted"},
    {"tracking_code", HTTP_STRING, false, "Of the case that it has become"},
    {NULL},
};
static const HttpMember application_body[] = {
    {"draft", HTTP_STRING, true, "Code of the draft that is handed in"},
    {"office", HTTP_STRING, true, "Office that receives it"},
    {"declaration", HTTP_BOOLEAN, true, "true: the applicant declares that the information is true"},
    {NULL},
};
static const HttpMember application_reply[] = {
    {"tracking_code", HTTP_STRING, true, "Code for the applicant; the same when handed in again"},
    {"again", HTTP_BOOLEAN, true, "Was it handed in before?"},
    {NULL},
};
static const HttpMember upload_query[] = {
    {"service", HTTP_STRING, false, "A browser's draft of this service, by its cookie; others send the header Draft"},
    {"tracking", HTTP_STRING, false, "A case whose notice is open, by its tracking code; with the header Proof, or by cookie"},
    {"case", HTTP_STRING, false, "The same case, by staff who may decide it"},
    {NULL},
};
static const HttpMember upload_body[] = {
    {"evidence", HTTP_STRING, true, "Kind of paper, an id of the checklist"},
    {"name", HTTP_STRING, true, "Name of the file"},
    {"type", HTTP_STRING, false, "image/jpeg, image/png or application/pdf; the content decides"},
    {"size", HTTP_INTEGER, true, "Bytes, at most 10 MiB"},
    {"sha256", HTTP_STRING, false, "Of the whole file, 64 hexadecimal digits; compared at the end"},
    {NULL},
};
static const HttpMember upload_reply[] = {
    {"id", HTTP_STRING, true, "The upload"},
    {"evidence", HTTP_STRING, true, "Kind of paper"},
    {"name", HTTP_STRING, true, "Name, made harmless"},
    {"type", HTTP_STRING, true, "By content; empty until the first piece"},
    {"size", HTTP_INTEGER, true, "Bytes announced"},
    {"have", HTTP_INTEGER, true, "Bytes here: where the next piece begins"},
    {"complete", HTTP_BOOLEAN, true, "Is all here, and right?"},
    {NULL},
};

static const HttpMember queues_query[] = {
    {"office", HTTP_STRING, true, "Office"},
    {NULL},
};
static const HttpMember queues_reply[] = {
    {"office", HTTP_STRING, true, "Office"},
    {"name", HTTP_OBJECT, true, "Its name: zh, en"},
    {"open", HTTP_BOOLEAN, true, "Are tickets given now?"},
    {"hours", HTTP_LIST, true, "Opening hours of today: from, to"},
    {"why", HTTP_STRING, true, "Why it is closed today: weekday, exception, holiday; else empty"},
    {"queues", HTTP_LIST, true, "id, letter, name, services, booked, waiting, counters, minutes (from, to; null: no estimate yet), closed, away"},
    {NULL},
};
static const HttpMember office_body[] = {
    {"office", HTTP_STRING, false, "Office; your own unless given"},
    {NULL},
};
static const HttpMember close_body[] = {
    {"office", HTTP_STRING, false, "Office; your own unless given"},
    {"waiting", HTTP_STRING, true, "What happens to those who wait: serve (they are served still) or away (their tickets end)"},
    {"reason", HTTP_STRING, true, "Why; kept"},
    {"text", HTTP_OBJECT, true, "What those who wait are told: zh, en"},
    {NULL},
};
static const HttpMember ticket_body[] = {
    {"office", HTTP_STRING, true, "Office"},
    {"queue", HTTP_STRING, true, "Queue"},
    {"services", HTTP_LIST, false, "What it is about, ids of services of the queue"},
    {NULL},
};
static const HttpMember ticket_reply[] = {
    {"id", HTTP_STRING, false, "The ticket; null: nobody waits"},
    {"version", HTTP_INTEGER, true, "Version to expect in If-Match"},
    {"state", HTTP_STRING, true, "waiting, called, serving, parked, served, missed or cancelled"},
    {"code", HTTP_STRING, false, "Opens its page /tickets/CODE"},
    {"ticket", HTTP_OBJECT, false, "The ticket: label, queue, counter, note …"},
    {NULL},
};
static const HttpMember ticket_view_reply[] = {
    {"id", HTTP_STRING, true, "The ticket"},
    {"label", HTTP_STRING, true, "Letter and number"},
    {"state", HTTP_STRING, true, "waiting, called, serving, parked, served, missed or cancelled"},
    {"version", HTTP_INTEGER, true, "Version to expect in If-Match"},
    {"office", HTTP_STRING, true, "Office"},
    {"queue", HTTP_STRING, true, "Queue"},
    {"counter", HTTP_STRING, true, "Counter; empty before a call"},
    {"cases", HTTP_LIST, true, "Cases of this visit"},
    {NULL},
};
static const HttpMember ticket_look_reply[] = {
    {"label", HTTP_STRING, true, "Letter and number"},
    {"state", HTTP_STRING, true, "waiting, called, serving, parked, served, missed or cancelled"},
    {"ahead", HTTP_INTEGER, true, "How many wait before"},
    {"minutes", HTTP_OBJECT, false, "Estimate: from, to; null: none yet"},
    {"counter", HTTP_INTEGER, false, "Number of the counter to go to"},
    {"closed", HTTP_OBJECT, false, "What those who wait are told when the queue is closed: zh, en"},
    {NULL},
};
static const HttpMember act_body[] = {
    {"queue", HTTP_STRING, false, "transfer: the other queue"},
    {"reason", HTTP_STRING, false, "transfer, cancel, call, park: why"},
    {"note", HTTP_STRING, false, "transfer: for the next counter"},
    {"case", HTTP_STRING, false, "link: a case of this visit"},
    {NULL},
};
static const HttpMember hall_query[] = {
    {"office", HTTP_STRING, false, "Office; your own unless given"},
    {NULL},
};
static const HttpMember hall_reply[] = {
    {"queues", HTTP_LIST, true, "As /api/v1/queues tells them"},
    {"counters", HTTP_LIST, true, "id, no, name, queues; clerk, since_us and ticket where somebody sits"},
    {"waiting", HTTP_LIST, true, "Tickets in turn"},
    {"parked", HTTP_LIST, true, "Put aside; never called by themselves"},
    {"missed", HTTP_LIST, true, "Did not come"},
    {"mine", HTTP_STRING, true, "Counter at which you sit, or empty"},
    {"ticket", HTTP_STRING, false, "Ticket at your counter"},
    {NULL},
};
static const HttpMember display_reply[] = {
    {"calls", HTTP_LIST, true, "label, counter, calls, at, now; newest first"},
    {"queues", HTTP_LIST, true, "id, letter, name, waiting, closed, away"},
    {NULL},
};
static const HttpMember availability_query[] = {
    {"service", HTTP_STRING, true, "Service, as listed by /api/v1/services"},
    {"office", HTTP_STRING, false, "Office; without one, only which offices give appointments"},
    {NULL},
};
static const HttpMember availability_reply[] = {
    {"offices", HTTP_LIST, true, "Offices that give appointments for the service: office, name"},
    {"days", HTTP_LIST, true, "Of the office: date, day (since 1970-01-01), free (beginnings)"},
    {"minutes", HTTP_INTEGER, false, "How long it takes there"},
    {NULL},
};
static const HttpMember slots_query[] = {
    {"service", HTTP_STRING, true, "Service"},
    {"office", HTTP_STRING, true, "Office"},
    {"date", HTTP_STRING, true, "Day, YYYY-MM-DD in the office's time"},
    {NULL},
};
static const HttpMember slots_reply[] = {{"slots", HTTP_LIST, true, "at, start (microseconds since 1970), free (counters)"}, {NULL}};
static const HttpMember hold_body[] = {
    {"service", HTTP_STRING, true, "Service"},
    {"office", HTTP_STRING, true, "Office"},
    {"start", HTTP_INTEGER, true, "As /api/v1/slots tells it"},
    {NULL},
};
static const HttpMember appointment_reply[] = {
    {"code", HTTP_STRING, true, "Whoever has it has the appointment"},
    {"id", HTTP_STRING, true, "Opens nothing"},
    {"state", HTTP_STRING, true, "held, booked, checked_in, fulfilled, missed or cancelled"},
    {"version", HTTP_INTEGER, true, "Of the appointment"},
    {"office", HTTP_STRING, true, "Office"},
    {"service", HTTP_STRING, true, "Service"},
    {"at", HTTP_STRING, true, "When it begins"},
    {"minutes", HTTP_INTEGER, true, "How long it takes"},
    {"until", HTTP_STRING, false, "held: kept until then"},
    {"ticket", HTTP_OBJECT, false, "Once checked in: label, code"},
    {"may", HTTP_OBJECT, true, "What may be done now: tell, confirm, move, cancel, check_in"},
    {NULL},
};
static const HttpMember details_body[] = {
    {"name", HTTP_STRING, true, "Who comes; fixed once it is booked"},
    {"person", HTTP_STRING, true, "Identity number; only a keyed hash is kept"},
    {"phone", HTTP_STRING, true, "Where the code goes"},
    {"lang", HTTP_STRING, false, "zh or en: language of the messages"},
    {NULL},
};
static const HttpMember confirm_body[] = {{"confirm", HTTP_STRING, true, "The six digits that were sent"}, {NULL}};
static const HttpMember move_time_body[] = {{"start", HTTP_INTEGER, true, "As /api/v1/slots tells it"}, {NULL}};
static const HttpMember office_query[] = {{"office", HTTP_STRING, false, "Office; your own unless given"}, {NULL}};
static const HttpMember appointments_reply[] = {
    {"appointments", HTTP_LIST, true, "id, end (of the code), service, queue, counter, state, at, minutes, ticket; never a name"},
    {NULL},
};

enum { ACTION = HTTP_NEEDS_KEY | HTTP_NEEDS_VERSION };
const HttpRoute http_api_routes[] = {
    {"GET", "/healthz", HTTP_ASSET, ACCESS_PUBLIC, NULL, http_api_health, "Is the server alive, and does its store answer?",
     .reply = health_reply},
    {"GET", "/assets/{name}", HTTP_ASSET, ACCESS_PUBLIC, NULL, http_asset_handler, "A file of the pages."},
    {"GET", "/api/v1/openapi.json", HTTP_ASSET, ACCESS_PUBLIC, NULL, http_api_openapi, "This description."},
    {"POST", "/api/v1/sessions", HTTP_API, ACCESS_PUBLIC, NULL, http_api_sign_in, "Signs in; sets the session cookie.",
     .body = session_body, .success = 204},
    {"DELETE", "/api/v1/sessions", HTTP_API, ACCESS_SIGNED_IN, NULL, http_api_sign_out, "Signs out.", .success = 204},
    {"GET", "/api/v1/services", HTTP_API, ACCESS_PUBLIC, NULL, http_api_services, "Services of this authority.",
     .reply = services_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/services/{service}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_service, "One service, whole.",
     .reply = service_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/services/{service}/requirements", HTTP_API, ACCESS_PUBLIC, NULL, http_api_requirements,
     "Who may have it, and which papers may be asked for.", .reply = requirements_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/evidence-types", HTTP_API, ACCESS_PUBLIC, NULL, http_api_evidence_types, "Kinds of papers of all services.",
     .reply = evidence_types_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/channels", HTTP_API, ACCESS_PUBLIC, NULL, http_api_channels, "Ways to apply.", .reply = channels_reply,
     .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/legal-resources", HTTP_API, ACCESS_PUBLIC, NULL, http_api_legal_resources,
     "Articles that services rest on, with their text.", .reply = legal_resources_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/life-events", HTTP_API, ACCESS_PUBLIC, NULL, http_api_life_events, "What services are grouped by.",
     .reply = life_events_reply, .needs = HTTP_GIVES_LD},
    {"GET", "/api/v1/public-organisations", HTTP_API, ACCESS_PUBLIC, NULL, http_api_organisations, "Offices of this authority.",
     .reply = organisations_reply, .needs = HTTP_GIVES_LD},
    {"POST", "/api/v1/pre-checks/{service}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_precheck,
     "What the rules would give; nothing is stored.", .body = precheck_body, .reply = precheck_reply, .cost = HTTP_COST},
    {"GET", "/api/v1/tracking/{code}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_track,
     "What the resident sees of a case, and who looked at it.", .reply = track_reply, .cost = HTTP_COST},
    {"POST", "/api/v1/tracking/{code}/actions/supply", HTTP_API, ACCESS_PUBLIC, NULL, http_api_track_supply,
     "The applicant answers the notice; the papers that he has handed over go with it.", .body = own_supply_body, .reply = action_reply, .needs = ACTION, .cost = HTTP_COST},
    {"POST", "/api/v1/tracking/{code}/actions/withdraw", HTTP_API, ACCESS_PUBLIC, NULL, http_api_track_withdraw,
     "The applicant withdraws.", .body = own_withdraw_body, .reply = action_reply, .needs = ACTION, .cost = HTTP_COST},
    {"POST", "/api/v1/tracking/{code}/actions/pay", HTTP_API, ACCESS_PUBLIC, NULL, http_api_track_pay,
     "Somebody pays what is due: the provider is asked.", .body = own_pay_body, .reply = action_reply, .needs = ACTION, .cost = HTTP_COST},
    {"GET", "/api/v1/availability", HTTP_API, ACCESS_PUBLIC, NULL, http_api_availability, "On which days an appointment is free.", .query = availability_query,
     .reply = availability_reply},
    {"GET", "/api/v1/slots", HTTP_API, ACCESS_PUBLIC, NULL, http_api_slots, "The free times of a day.", .query = slots_query, .reply = slots_reply},
    {"GET", "/api/v1/appointments", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_appointments, "Today's appointments of an office, without names.",
     .query = office_query, .reply = appointments_reply},
    {"POST", "/api/v1/appointments", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_hold, "Holds a time for ten minutes; its code is shown here.",
     .body = hold_body, .reply = appointment_reply, .success = 201, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST_DRAFT},
    {"GET", "/api/v1/appointments/{code}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_get, "An appointment by its code; who it is for is not told.",
     .reply = appointment_reply, .cost = HTTP_COST},
    {"POST", "/api/v1/appointments/{code}/actions/details", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_details, "Says who comes; a code goes to the telephone.",
     .body = details_body, .reply = appointment_reply, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"POST", "/api/v1/appointments/{code}/actions/confirm", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_confirm, "Books it, with the code that was sent.",
     .body = confirm_body, .reply = appointment_reply, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"POST", "/api/v1/appointments/{code}/actions/move", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_move, "Moves it to another time.",
     .body = move_time_body, .reply = appointment_reply, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"POST", "/api/v1/appointments/{code}/actions/cancel", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_cancel, "Cancels it, until it begins.",
     .reply = appointment_reply, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"POST", "/api/v1/appointments/{code}/actions/check-in", HTTP_API, ACCESS_PUBLIC, NULL, http_api_appointment_check_in, "On its day: it becomes a ticket.",
     .reply = appointment_reply, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"POST", "/api/v1/drafts", HTTP_API, ACCESS_PUBLIC, NULL, http_api_draft_open, "Begins a draft; its code is shown here only.",
     .body = draft_body, .reply = draft_reply, .success = 201, .cost = HTTP_COST_DRAFT},
    {"GET", "/api/v1/drafts/{draft}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_draft_get, "A draft, with what is still wrong in it.",
     .reply = draft_reply, .cost = HTTP_COST},
    {"POST", "/api/v1/drafts/{draft}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_draft_save, "Keeps its answers.",
     .body = draft_save_body, .reply = draft_reply, .needs = HTTP_NEEDS_VERSION, .cost = HTTP_COST},
    {"DELETE", "/api/v1/drafts/{draft}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_draft_drop, "Deletes it with its files.", .success = 204, .cost = HTTP_COST},
    {"POST", "/api/v1/applications", HTTP_API, ACCESS_PUBLIC, NULL, http_api_application, "Hands a draft in; again: the same case.",
     .body = application_body, .reply = application_reply, .success = 201, .cost = HTTP_COST},
    {"POST", "/api/v1/uploads", HTTP_API, ACCESS_PUBLIC, NULL, http_api_upload_begin, "Begins to hand over a paper: to a draft, or to a case whose notice is open.",
     .query = upload_query, .body = upload_body, .reply = upload_reply, .success = 201, .cost = HTTP_COST_FILE},
    {"PATCH", "/api/v1/uploads/{id}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_upload_piece,
     "Adds a piece (application/octet-stream, 64 to 512 KiB, the last one any size) at Upload-Offset.", .query = upload_query,
     .reply = upload_reply, .cost = HTTP_COST},
    {"GET", "/api/v1/uploads/{id}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_upload_get, "How far it is.", .query = upload_query,
     .reply = upload_reply},
    {"DELETE", "/api/v1/uploads/{id}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_upload_drop, "Takes it back.", .query = upload_query,
     .success = 204, .cost = HTTP_COST},
    {"GET", "/api/v1/cases/{id}/files/{no}", HTTP_API, ACCESS_CASE_READ, "evidence", http_api_case_file,
     "A paper of a case, as it came; your reading it is logged."},
    {"GET", "/api/v1/queues", HTTP_API, ACCESS_PUBLIC, NULL, http_api_queues, "Queues of an office, and how long they are.", .query = queues_query, .reply = queues_reply},
    {"POST", "/api/v1/queues/{id}/call-next", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_call_next,
     "Calls the first who waits to your counter: of one queue, or of all that it serves (id: all).", .body = office_body, .reply = ticket_reply, .needs = HTTP_NEEDS_KEY},
    {"POST", "/api/v1/queues/{id}/actions/close", HTTP_API, ACCESS_BOARD, NULL, http_api_queue_close, "Closes a queue for today.", .body = close_body,
     .reply = ticket_reply, .needs = HTTP_NEEDS_KEY},
    {"POST", "/api/v1/queues/{id}/actions/reopen", HTTP_API, ACCESS_BOARD, NULL, http_api_queue_reopen, "Opens it again.", .body = office_body,
     .reply = ticket_reply, .needs = HTTP_NEEDS_KEY},
    {"POST", "/api/v1/tickets", HTTP_API, ACCESS_PUBLIC, NULL, http_api_ticket_issue, "Takes a number; the same key gives the same one.", .body = ticket_body,
     .reply = ticket_reply, .success = 201, .needs = HTTP_NEEDS_KEY, .cost = HTTP_COST},
    {"GET", "/api/v1/tickets/{id}", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_ticket_get, "One ticket.", .reply = ticket_view_reply},
    {"GET", "/api/v1/tickets/by-code/{code}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_ticket_look, "One's own ticket, by its code.", .reply = ticket_look_reply,
     .cost = HTTP_COST},
    {"POST", "/api/v1/tickets/{id}/actions/{act}", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_ticket_act,
     "recall, arrive, park, resume, transfer, miss, restore, finish, cancel, call (out of turn), reprint, link.", .body = act_body, .reply = ticket_reply, .needs = ACTION},
    {"GET", "/api/v1/counters", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_hall, "The hall as staff see it.", .query = hall_query, .reply = hall_reply},
    {"POST", "/api/v1/counters/{id}/actions/sit", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_counter_sit, "Sits down at a counter.", .body = office_body,
     .reply = ticket_reply, .needs = HTTP_NEEDS_KEY},
    {"POST", "/api/v1/counters/{id}/actions/leave", HTTP_API, ACCESS_TICKET_SERVE, NULL, http_api_counter_leave, "Gets up from it.", .body = office_body,
     .reply = ticket_reply, .needs = HTTP_NEEDS_KEY},
    {"GET", "/api/v1/displays/{office}", HTTP_API, ACCESS_PUBLIC, NULL, http_api_display, "What the wall of an office shows.", .reply = display_reply},
    {"POST", "/api/v1/cases", HTTP_API, ACCESS_CASE_CREATE, NULL, http_api_case_create, "Registers a case.",
     .body = create_body, .reply = create_reply, .success = 201, .needs = HTTP_TAKES_KEY},
    {"GET", "/api/v1/cases", HTTP_API, ACCESS_CASE_READ, NULL, http_api_case_list, "The worklist.", .query = list_query,
     .reply = list_reply},
    {"GET", "/api/v1/cases/{id}", HTTP_API, ACCESS_CASE_READ, "handling", http_api_case_get,
     "One case; your reading it is logged.", .query = case_query, .reply = case_reply},
    {"POST", "/api/v1/cases/{id}/actions/adopt", HTTP_API, ACCESS_CASE_DECIDE, "decision", http_api_case_adopt,
     "Adopts the proposal.", .body = adopt_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/depart", HTTP_API, ACCESS_CASE_DECIDE, "decision", http_api_case_depart,
     "Decides otherwise than proposed, with the reason.", .body = depart_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/correct", HTTP_API, ACCESS_CASE_DECIDE, "decision", http_api_case_correct,
     "Corrects an earlier decision by a further one, with the reason.", .body = depart_body, .reply = action_reply,
     .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/check", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_check,
     "Notes what the counter found out; the proposal is made anew.", .body = check_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/accept", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_accept,
     "Accepts the application, or refuses to with the reason.", .body = accept_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/correction-notices", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_notice,
     "Tells the applicant once all that is missing; the clocks stand still until it is answered.", .body = notice_body,
     .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/supply", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_supply,
     "Answers a notice at the counter, for the applicant, with the papers handed over for him.", .body = supply_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/withdraw", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_withdraw,
     "Withdraws the application for the applicant who asked for it.", .body = withdraw_body, .reply = action_reply,
     .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/see", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_see,
     "Notes which originals the counter has seen.", .body = see_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/note", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_note,
     "Leaves a word to the next desk.", .body = note_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/pay", HTTP_API, ACCESS_CASH, "handling", http_api_case_pay,
     "Takes what is due; pressed twice, it is taken once.", .body = pay_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/refund", HTTP_API, ACCESS_BOARD, "handling", http_api_case_refund,
     "Gives a payment back, with the reason; not by who took it.", .body = refund_body, .reply = action_reply, .needs = ACTION},
    {"GET", "/api/v1/fees", HTTP_API, ACCESS_CASE_READ, "handling", http_api_fees, "What is due for a case, and what was paid.",
     .query = fees_query, .reply = fees_reply},
    {"GET", "/api/v1/payments", HTTP_API, ACCESS_CASE_READ, NULL, http_api_payments, "What was taken and given back on a drawer's day: your own, or of your offices.",
     .query = day_query, .reply = payments_reply},
    {"GET", "/api/v1/receipts/{receipt}", HTTP_API, ACCESS_CASE_READ, NULL, http_api_receipt, "One receipt, by its number.", .reply = receipt_reply},
    {"GET", "/api/v1/cash-ups", HTTP_API, ACCESS_CASE_READ, NULL, http_api_cash, "Drawers of a day: what must lie in them, and what was counted.",
     .query = day_query, .reply = cash_reply},
    {"POST", "/api/v1/cash-ups", HTTP_API, ACCESS_CASE_READ, NULL, http_api_cash_close, "Closes a drawer with its counts; again with the same counts: nothing happens.",
     .body = cash_body, .success = 204},
    {"POST", "/api/v1/cases/{id}/actions/clock", HTTP_API, ACCESS_CASE_DECIDE, "decision", http_api_case_clock,
     "Suspends, resumes or ends a deadline; asks for its extension, which a supervisor approves or refuses.", .body = clock_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/second", HTTP_API, ACCESS_CASE_DECIDE, "decision", http_api_case_second,
     "Agrees to what somebody else decided where the service wants two people, or does not.", .body = second_body, .reply = action_reply, .needs = ACTION},
    {"POST", "/api/v1/cases/{id}/actions/assign", HTTP_API, ACCESS_CASE_DECIDE, "handling", http_api_case_assign,
     "Takes a case, hands it over, gives it to somebody (supervisors) or releases it.", .body = assign_body, .reply = action_reply, .needs = ACTION},
    {"GET", "/api/v1/board", HTTP_API, ACCESS_BOARD, NULL, http_api_board,
     "The supervisor's board: cases by deadline and service, and which to act on first.", .query = board_query, .reply = board_reply},
    {"POST", "/api/v1/cases/{id}/actions/move", HTTP_API, ACCESS_CASE_MOVE, "decision", http_api_case_move,
     "Puts a case at another place of its process, with the reason; supervisors only.", .body = move_body,
     .reply = action_reply, .needs = ACTION},
    {"GET", "/api/v1/stuck", HTTP_API, ACCESS_STUCK, NULL, http_api_stuck,
     "Incidents, dead letters, overdue effects and timers that could not fire.", .reply = stuck_reply},
    {"POST", "/api/v1/cases/{id}/actions/retry", HTTP_API, ACCESS_STUCK, "decision", http_api_case_retry,
     "Has what stands still tried again, with the reason.", .body = retry_body, .reply = action_reply, .needs = ACTION},
    {"GET", "/api/v1/cases/{id}/letters/{no}", HTTP_API, ACCESS_CASE_READ, "letter", http_api_case_letter,
     "A letter; your reading it is logged.", .query = letter_query, .reply = letter_reply},
};
const size_t http_api_route_count = COUNT_OF(http_api_routes);

size_t http_route_count(void) {
    return http_api_route_count + http_page_route_count;
}

const HttpRoute *http_route_at(size_t i) {
    assert(i < http_route_count());
    return i < http_api_route_count ? &http_api_routes[i] : &http_page_routes[i - http_api_route_count];
}

/* Out: the still encoded {name} parts and how many segments matched literally; false when it does not match. */
static bool fits(const char *pattern, Str path, Str raw[HTTP_PARAMS], int *literal) {
    Str left = str_of(pattern), segment, want;
    size_t params = 0;
    *literal = 0;
    for (;;) {
        want = str_cut(left, '/', &left);
        segment = str_cut(path, '/', &path);
        if (want.n && want.p[0] == '{') {
            if (segment.n == 0) return false;
            assert(params < HTTP_PARAMS);
            raw[params++] = segment;
        } else {
            if (!str_eq(want, segment)) return false;
            ++*literal;
        }
        /* A cut's rest starts after its separator, so an empty rest needs a look at the byte before it. */
        bool want_more = left.p > want.p + want.n, path_more = path.p > segment.p + segment.n;
        if (want_more != path_more) return false;
        if (!want_more) return true;
    }
}

static bool decode_params(Str raw[HTTP_PARAMS], Arena *a, Str params[HTTP_PARAMS]) {
    for (size_t i = 0; i < HTTP_PARAMS; i++)
        if (!http_decode(raw[i], false, a, &params[i])) return false;
    return true;
}

static void allow(Buf *b, const char *method) {
    if (b->n) buf_c(b, ", ");
    buf_c(b, method);
    if (str_is(STR("GET"), method)) buf_c(b, ", HEAD");
}

HttpMatch http_match(Str method, Str path, Arena *a, const HttpRoute **route, Str params[HTTP_PARAMS], Str *allowed) {
    const HttpRoute *best = NULL;
    Str raw[HTTP_PARAMS], best_raw[HTTP_PARAMS] = {{0}};
    Buf methods = {.a = a};
    int most = -1;
    Str wanted = str_is(method, "HEAD") ? STR("GET") : method;
    for (size_t i = 0; i < http_route_count(); i++) {
        const HttpRoute *r = http_route_at(i);
        int literal;
        memset(raw, 0, sizeof raw);
        if (!fits(r->path, path, raw, &literal) || literal < most) continue;
        if (literal > most) {
            best = NULL;
            methods.n = 0;
        }
        most = literal;
        allow(&methods, r->method);
        if (!str_is(wanted, r->method)) continue;
        best = r;
        memcpy(best_raw, raw, sizeof raw);
    }
    if (most < 0) return HTTP_NO_PATH;
    *allowed = buf_str(&methods);
    if (!best) return HTTP_NO_METHOD;
    if (!decode_params(best_raw, a, params)) return HTTP_NO_PATH;
    *route = best;
    return HTTP_MATCHED;
}
