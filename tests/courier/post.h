/* What the stories of room courier share: the demo pack with a message sent between the decision and its letter, a
 * clock that the story moves, and a courier on it. */
#ifndef YC_TESTS_COURIER_POST_H
#define YC_TESTS_COURIER_POST_H

#include "../case/bench.h"
#include "courier/courier.h"

static const int64_t SECOND_US = 1000000;

/* In: extra: more headers. */
static inline void add_message(Bench *b, PackFile *files, size_t n, const char *retries, const char *extra) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (!str_is(files[i].name, "process.bpmn")) continue;
        *bytes = replaced(b, *bytes, "sourceRef=\"decide\" targetRef=\"letter\" />", "sourceRef=\"decide\" targetRef=\"tell\" />"
            "<bpmn:serviceTask id=\"tell\" name=\"短信通知\"><bpmn:extensionElements><zeebe:taskDefinition type=\"sms\" retries=\"RETRIES\" />"
            "<zeebe:taskHeaders><zeebe:header key=\"template\" value=\"decided\" />EXTRA</zeebe:taskHeaders>"
            "<zeebe:ioMapping><zeebe:input source=\"=plate\" target=\"plate\" /><zeebe:output source=\"=if sent = null then &quot;?&quot; else sent\" target=\"sent\" /></zeebe:ioMapping>"
            "</bpmn:extensionElements><bpmn:incoming>to_letter</bpmn:incoming><bpmn:outgoing>told</bpmn:outgoing></bpmn:serviceTask>"
            "<bpmn:sequenceFlow id=\"told\" sourceRef=\"tell\" targetRef=\"letter\" />");
        *bytes = replaced(b, *bytes, "<bpmn:incoming>to_letter</bpmn:incoming>\n", "<bpmn:incoming>told</bpmn:incoming>\n");
        *bytes = replaced(b, *bytes, "RETRIES", retries);
        *bytes = replaced(b, *bytes, "EXTRA", extra);
    }
}

static inline CaseReply decided(Bench *b, int64_t now_us) {
    Str args = str_printf(b->a, "{\"violationCode\":\"1039\",\"plate\":\"示A·%d\",\"at\":\"2026-11-23T08:42\",\"historyVerified\":true}", 10000 + b->turn);
    CaseReply r = does(b, CASE_CREATE, NULL, now_us, str_c(b->a, args));
    return does(b, CASE_ADOPT, &r, now_us, "{}");
}

static inline int64_t clock_now(void *clock) { return *(int64_t *)clock; }

static inline Courier *new_courier(Bench *b, int64_t *clock, CourierDeliver *deliver, void *self, uint8_t seed) {
    CourierAdapter *one = NEW(b->a, CourierAdapter);
    *one = (CourierAdapter){.kind = STR("*"), .target = STR(""), .deliver = deliver, .self = self};
    CourierOptions options = {.house = b->house, .adapters = {one, deliver ? 1 : 0}, .now_us = clock_now, .clock = clock, .seed = {seed}};
    return courier_new(&options, b->a);
}

static inline size_t go_round(Courier *c) {
    size_t n;
    Err err = {0};
    must(courier_round(c, &n, &err), &err);
    return n;
}

#endif
